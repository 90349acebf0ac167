#!/usr/bin/env bash
# The steps of action.yml:
#   prepare   says where the program belongs and under which key it is kept
#   install   builds it, unless it is there already
#   check     runs it on the inputs, which come as INPUT_* variables and are never evaluated
set -euo pipefail

source_folder=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

fail() {
  echo "::error title=aemcred::$1"
  exit 2
}

# What the program is made of: the sources, their dependencies and the compiler.
identity() {
  local compiler
  compiler=$(rustc --version) || fail 'Rust is not installed on this runner; install it in a step before this one.'
  {
    echo "$compiler"
    (cd "$source_folder" && find Cargo.toml Cargo.lock src -type f -exec sha256sum {} + | LC_ALL=C sort)
  } | sha256sum | cut -c 1-16
}

locate() {
  identity=$(identity)
  root=${RUNNER_TOOL_CACHE:-${RUNNER_TEMP:?}}/aemcred/$identity
}

prepare() {
  locate
  {
    echo "root=$root"
    echo "key=aemcred-${RUNNER_OS:-unknown}-${RUNNER_ARCH:-unknown}-$identity"
  } >>"$GITHUB_OUTPUT"
}

install() {
  locate
  if "$root/bin/aemcred" --version 2>/dev/null; then
    echo 'is there already: nothing to build'
    return
  fi
  cargo install --locked --quiet --path "$source_folder" --root "$root"
  "$root/bin/aemcred" --version
}

# The lines of a text as an array named by the first argument; empty lines are no elements.
lines() {
  local -n elements=$1
  local line
  elements=()
  while IFS= read -r line || [ -n "$line" ]; do
    line=${line%$'\r'}
    [ -z "$line" ] || elements+=("$line")
  done <<<"$2"
}

# A number from the summary of a JSON report. Quotes in texts are escaped, so nothing else looks like this.
count() {
  sed -n "s/^ *\"$1\": *\([0-9][0-9]*\),\{0,1\}\$/\1/p" "$2" | head -n 1
}

check() {
  locate
  local -a paths arguments
  local sarif=${INPUT_SARIF:-} report status=0
  lines paths "${INPUT_PATHS:-.}"
  lines arguments "${INPUT_ARGS:-}"
  [ ${#paths[@]} -gt 0 ] || paths=(.)
  # A line break would begin another output.
  case $sarif in *[[:cntrl:]]*) fail 'The input sarif must be one line.' ;; esac

  report=$(mktemp "${RUNNER_TEMP:?}/aemcred-XXXXXX")
  arguments+=(--fail-on "${INPUT_FAIL_ON:-error}" --output "json=$report")
  [ -z "$sarif" ] || arguments+=(--output "sarif=$sarif")
  case ${INPUT_SUMMARY:-true} in
    true) arguments+=(--github-summary) ;;
    false) ;;
    *) fail 'The input summary must be true or false.' ;;
  esac

  "$root/bin/aemcred" check "${arguments[@]}" -- "${paths[@]}" </dev/null || status=$?

  {
    echo "status=$status"
    echo "errors=$(count errors "$report")"
    echo "warnings=$(count warnings "$report")"
    if [ -n "$sarif" ] && [ -f "$sarif" ]; then echo "sarif=$sarif"; else echo 'sarif='; fi
  } >>"$GITHUB_OUTPUT"
  rm -f "$report"
  return "$status"
}

case ${1:-} in
  prepare | install | check) "$1" ;;
  *) fail 'ci/action.sh wants prepare, install or check.' ;;
esac
