# Common tasks. `just` lists them.

_:
    @just --list --unsorted

# What CI runs
ci:
    .ci/run

# All tests but the slow ones, and what they skipped
test:
    cargo test
    tests/skipped

# The slow tests alone
test-slow:
    cargo test --test it -- --ignored
    tests/skipped

# Tests that take minutes
slow:
    cargo test --test it -- --ignored

# Other people's keys, certificates and JSON, held against OpenSSL and Node; gets them once
corpora:
    tests/corpora/get
    cargo test --test it corpora:: -- --ignored --nocapture

# Formatting and lints
lint:
    cargo fmt --check
    cargo clippy --all-targets -- -D warnings
    cargo clippy --bins -- -D warnings

# The pre-commit hook, the GitHub action and the guides' recipes
hooks:
    tests/hooks/run.sh

# Make and test what is published: wheel, npm, static, deb or image
package KIND:
    packaging/test {{KIND}}

# aemcred beside floors and peers, in one run, as the tables of docs/performance.md
bench:
    cargo build --release --examples
    cargo bench --features internals --bench table

# The stages of a check, each by itself
bench-stages:
    cargo bench --features internals --bench stages

# What checking costs in instructions, held against the goals (needs valgrind)
instructions:
    benches/instructions.sh

# aemcred audit --git-history beside git's own reading and secret scanners, in one run
bench-git:
    cargo bench --bench git

# aemcred audit --git-history beside git's own reading and secret scanners, in one run
bench-git:
    cargo bench --bench git

# contrib/spark on a cluster of two workers on this machine (needs Java 17; gets PySpark, 494 MB)
spark:
    cargo build --release
    tests/spark/run

# The recipes of docs/audit.md against real stores, each started on loopback
stores:
    cargo build
    tests/stores/run

# How the merge of inventories grows with the number of credentials
bench-merge:
    cargo build --release
    benches/merge.py target/release/aemcred

# Make fixtures, docs/rules, pictures and snapshots again
bless:
    tests/bless

# The skeleton of a rule
new-rule name subject="":
    tools/new-rule {{name}} {{subject}}
