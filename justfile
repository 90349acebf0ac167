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

# Formatting and lints
lint:
    cargo fmt --check
    cargo clippy --all-targets -- -D warnings
    cargo clippy --bins -- -D warnings

# The pre-commit hook, the GitHub action and the guides' recipes
hooks:
    tests/hooks/run.sh

# aemcred beside a Node process and a jq and openssl script, in one run
bench:
    cargo bench --features internals --bench throughput

# aemcred audit beside ripgrep and secret scanners, in one run
bench-audit:
    cargo bench --features internals --bench audit

# aemcred audit --git-history beside git's own reading and secret scanners, in one run
bench-git:
    cargo bench --bench git

# Make fixtures, docs/rules, pictures and snapshots again
bless:
    tests/bless

# The skeleton of a rule
new-rule name subject="":
    tools/new-rule {{name}} {{subject}}
