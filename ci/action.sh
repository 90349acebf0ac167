#!/usr/bin/env bash
# The steps of action.yml; also runs under the old bash of macOS.
#   prepare   says where the program belongs and under which key it is kept
#   install   takes it from the release that was made of these sources, or builds it, unless it is there already
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

# Sets `identity` to a digest of what the program is made of, `root` to its place, and `suffix` to the end of its name.
locate() {
  identity=$("$source_folder/packaging/lib/source-digest")
  root=${RUNNER_TOOL_CACHE:-${RUNNER_TEMP:?}}/aemcred/${identity:0:16}
  suffix=
  if [ "${RUNNER_OS:-}" = Windows ]; then suffix=.exe; fi
}

prepare() {
  {
    echo "root=$root"
    echo "key=aemcred-${RUNNER_OS:-unknown}-${RUNNER_ARCH:-unknown}-${identity:0:16}"
  } >>"$GITHUB_OUTPUT"
}

# Takes the program from the release of this version, if there is one for this platform that was made of these sources; a
# branch or commit after the release isn't the same program.
take_release() {
  local name folder base version expected
  case ${RUNNER_OS:-}-${RUNNER_ARCH:-} in
    Linux-X64) name=aemcred-x86_64-linux ;;
    Linux-ARM64) name=aemcred-aarch64-linux ;;
    macOS-X64) name=aemcred-x86_64-macos ;;
    macOS-ARM64) name=aemcred-aarch64-macos ;;
    Windows-X64) name=aemcred-x86_64-windows ;;
    *) return 1 ;;
  esac
  [ -n "${ACTION_REPOSITORY:-}" ] && command -v curl >/dev/null || return 1
  version=$(sed -n '/^\[package\]/,/^\[/s/^version = "\(.*\)"$/\1/p' "$source_folder/Cargo.toml")
  base=${GITHUB_SERVER_URL:-https://github.com}/$ACTION_REPOSITORY/releases/download/v$version
  folder=$(mktemp -d "${RUNNER_TEMP:?}/aemcred-XXXXXX")
  fetch() { curl --fail --silent --location --retry 3 --max-time 300 --output "$folder/$1" "$base/$1"; }
  if ! fetch "$name.source" || [ "$(cat "$folder/$name.source")" != "$identity" ]; then return 1; fi
  if ! fetch SHA256SUMS || ! fetch "$name.tar.gz"; then
    fail "The release v$version has no $name.tar.gz or SHA256SUMS, or they can't be fetched: run the job again."
  fi
  expected=$(sed -n "s/^\([0-9a-f]\{64\}\) [ *]$name\.tar\.gz\$/\1/p" "$folder/SHA256SUMS")
  if [ "$(digest <"$folder/$name.tar.gz" | cut -c 1-64)" != "$expected" ]; then
    fail "$name.tar.gz of the release v$version has another checksum than its SHA256SUMS says: it is damaged or was replaced. Nothing of it was run."
  fi
  # The shell doesn't stop by itself at what fails within a condition.
  if ! { tar -xzf "$folder/$name.tar.gz" -C "$folder" && mkdir -p "$root/bin" && mv "$folder/$name/aemcred$suffix" "$root/bin/"; }; then
    fail "$name.tar.gz can't be unpacked into $root."
  fi
  rm -rf "$folder"
  echo "It is taken from the release v$version."
}

install() {
  if "$root/bin/aemcred$suffix" --version 2>/dev/null; then
    echo 'It is there already: nothing to install.'
  else
    if ! take_release; then
      command -v cargo >/dev/null ||
        fail 'There is no release for these sources and this platform, and no Rust on this runner: pin a release, or install Rust in a step before this one.'
      cargo install --locked --quiet --path "$source_folder" --root "$root"
    fi
    "$root/bin/aemcred$suffix" --version
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
  command=("$root/bin/aemcred$suffix" check --fail-on "${INPUT_FAIL_ON:-error}")
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
