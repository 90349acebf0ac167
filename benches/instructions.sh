#!/usr/bin/env bash
# just instructions: what checking costs in instructions, which is the same however busy the machine is. Fails above a goal.
#
# Counted by valgrind's callgrind over whole processes on one core. valgrind runs no SHA instructions, so hashing weighs more
# here than on a real processor.
set -euo pipefail
cd "$(dirname "$0")/.."

command -v valgrind >/dev/null || { echo 'valgrind is not installed: nothing is counted'; exit 0; }

# The profile that is distributed.
profile=release
if grep -q '^\[profile\.dist\]' Cargo.toml; then profile=dist; fi
# Or a program that was built before.
aemcred=${AEMCRED_PROGRAM:-}
if [ ! -x "$aemcred" ]; then
  cargo build --quiet --profile "$profile"
  aemcred=${CARGO_TARGET_DIR:-target}/$profile/aemcred
fi

# By this clock everything that is made below is valid.
now=2026-11-22T12:00:00Z
few=10 many=30
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
for set in sound mismatched; do
  mkdir -p "$folder/$set/few" "$folder/$set/many"
  defect=()
  if [ "$set" = mismatched ]; then defect=(--defect key-pair-mismatch); fi
  for index in $(seq "$many"); do
    "$aemcred" generate --seed "$index" --now "$now" "${defect[@]}" "$folder/$set/many/$index.json"
  done
  for index in $(seq "$few"); do cp "$folder/$set/many/$index.json" "$folder/$set/few/"; done
done
cp "$folder/sound/many/1.json" "$folder/one.json"
# Somebody's source code that has nothing to do with credentials.
cp src/json/text.rs "$folder/unrelated.rs"
# What a path costs depends on its words, and that of a temporary folder is random.
aemcred=$(realpath "$aemcred")
cd "$folder"

count() {
  RAYON_NUM_THREADS=1 valgrind --tool=callgrind --callgrind-out-file=/dev/null \
    "$aemcred" check --no-config --now "$now" "$@" 2>&1 >/dev/null | sed -n 's/.*Collected : //p'
}

failed=0
# row NAME COUNT GOAL
row() {
  local verdict=
  if [ "$2" -gt "$3" ]; then verdict='  above the goal' failed=1; fi
  printf '%-45s %10d %10d%s\n' "$1" "$2" "$3" "$verdict"
}

printf '%-45s %10s %10s\n' 'instructions' 'counted' 'at most'
# bulk SET: what one more credential costs.
bulk() { echo $((($(count --quiet "$1/many") - $(count --quiet "$1/few")) / (many - few))); }

row 'a sound credential, in bulk' "$(bulk sound)" 680000
row 'a mismatched pair, in bulk' "$(bulk mismatched)" 1700000
row 'a hook on a file without a credential' "$(count --skip-unrelated unrelated.rs)" 2300000
row 'one file, from start to exit' "$(count one.json)" 1600000
exit "$failed"
