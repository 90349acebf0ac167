#!/usr/bin/env bash
# The steps of action.yml; also runs under the old bash of macOS.
#   prepare   says where the program belongs and under which key it is kept
#   install   builds it, unless it is there already
#   check     runs it on the inputs, which come as INPUT_* variables and are never evaluated
set -euo pipefail

source_folder=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

fail() {
  echo "::error title=aemcred::$1"
  exit 2
}

digest() {
  if command -v sha256sum >/dev/null; then sha256sum; else shasum -a 256; fi
}

# Sets `identity` to a name for what the program is made of (sources, dependencies, compiler) and `root` to its place.
locate() {
  local compiler files
  compiler=$(rustc --version) || fail 'There is no Rust on this runner: install it in a step before this one.'
  files=$(cd "$source_folder" && find Cargo.toml Cargo.lock src -type f | LC_ALL=C sort)
  identity=$(
    cd "$source_folder"
    { echo "$compiler" && echo "$files" && echo "$files" | tr '\n' '\0' | xargs -0 cat; } | digest | cut -c 1-16
  )
  root=${RUNNER_TOOL_CACHE:-${RUNNER_TEMP:?}}/aemcred/$identity
}

prepare() {
  {
    echo "root=$root"
    echo "key=aemcred-${RUNNER_OS:-unknown}-${RUNNER_ARCH:-unknown}-$identity"
  } >>"$GITHUB_OUTPUT"
}

install() {
  if "$root/bin/aemcred" --version 2>/dev/null; then
    echo 'It is there already: nothing to build.'
  else
    cargo install --locked --quiet --path "$source_folder" --root "$root"
    "$root/bin/aemcred" --version
  fi
  # Later steps can call it as well.
  echo "$root/bin" >>"$GITHUB_PATH"
}

# Appends the lines of a text to `command`; an empty line is no argument.
append_lines() {
  local line
  while IFS= read -r line || [ -n "$line" ]; do
    line=${line%$'\r'}
    [ -z "$line" ] || command+=("$line")
  done <<<"$1"
}

# A number from the summary of a JSON report. Quotes in texts are escaped, so nothing else looks like this.
count() {
  sed -n "s/^ *\"$1\": *\([0-9][0-9]*\),\{0,1\}\$/\1/p" "$2" | head -n 1
}

check() {
  local sarif=${INPUT_SARIF:-} paths=${INPUT_PATHS:-.} report status=0
  # A line break would begin another output.
  case $sarif in *[[:cntrl:]]*) fail 'The input sarif must be one line.' ;; esac

  report=$(mktemp "${RUNNER_TEMP:?}/aemcred-XXXXXX")
  command=("$root/bin/aemcred" check --fail-on "${INPUT_FAIL_ON:-error}")
  [ -z "$sarif" ] || command+=(--output "sarif=$sarif")
  # Reports are written in this order, so if this one is there, all are.
  command+=(--output "json=$report")
  case ${INPUT_SUMMARY:-true} in
    true) command+=(--github-summary) ;;
    false) ;;
    *) fail 'The input summary must be true or false.' ;;
  esac
  append_lines "${INPUT_ARGS:-}"
  command+=(--)
  append_lines "$paths"

  "${command[@]}" </dev/null || status=$?

  if [ ! -s "$report" ]; then sarif=; fi
  {
    echo "status=$status"
    echo "errors=$(count errors "$report")"
    echo "warnings=$(count warnings "$report")"
    echo "sarif=$sarif"
  } >>"$GITHUB_OUTPUT"
  rm -f "$report"
  return "$status"
}

case ${1:-} in
  prepare | install | check)
    locate
    "$1"
    ;;
  *) fail 'ci/action.sh wants prepare, install or check.' ;;
esac
