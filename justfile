# Common tasks. `just` lists them.

_:
    @just --list --unsorted

# What CI runs
ci:
    .ci/run

# All tests
test:
    cargo test

# Formatting and lints
lint:
    cargo fmt --check
    cargo clippy --all-targets -- -D warnings

# The pre-commit hook, the GitHub action and the guides' recipes
hooks:
    tests/hooks/run.sh

# aemcred beside a Node process and a jq and openssl script, in one run
bench:
    cargo bench --bench throughput

# aemcred audit beside ripgrep and secret scanners, in one run
bench-audit:
    cargo bench --bench audit

# Make fixtures, docs/rules and snapshots again
bless:
    AEMCRED_BLESS=1 INSTA_UPDATE=always cargo test --test it
    AEMCRED_BLESS=1 cargo test --lib report::tests
