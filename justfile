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

# The slow tests, a quarter of an hour or more, and random searches from another seed than everybody's; needs what `corpora` gets
slow:
    tests/corpora/get
    cargo build --release
    AEMCRED_PROGRAM=$(realpath "${CARGO_TARGET_DIR:-target}/release/aemcred") cargo test --lib --test it -- --ignored
    PROPTEST_RNG_SEED=$(date +%s) cargo test
    tests/skipped

# Other people's keys, certificates and JSON, held against OpenSSL, Node and badkeys; gets them once
corpora:
    tests/corpora/get
    cargo test --test it corpora:: -- --ignored --nocapture

# Each fuzz target for as many seconds; needs cargo-fuzz
fuzz-smoke seconds="20":
    cargo test --test it fuzz::seeds_are_written -- --ignored
    for target in $(ls fuzz/corpus); do \
        mkdir -p "fuzz/target/corpus/$target"; \
        RUSTC_BOOTSTRAP=1 cargo fuzz run -s none "$target" "fuzz/target/corpus/$target" "fuzz/corpus/$target" fuzz/target/seeds -- \
            -dict=fuzz/target/dictionary -max_total_time={{seconds}} -timeout=10 -rss_limit_mb=2048 -max_len=65536 || exit 1; \
    done

# A part (`1/4`, say) of the mutants of what judges, held against the tests beside the code; needs cargo-mutants
mutants part="0/4":
    cargo mutants --shard {{part}} --sharding round-robin --cargo-arg=--lib \
        -f src/rules/certificate.rs -f 'src/rules/certificate/**' -f src/rules/private_key.rs -f 'src/rules/private_key/**' \
        -f src/credential/private_key.rs -f 'src/credential/private_key/**' -f 'src/examine/**'

# Source code of others, in which no credential is: crates, packages of npm and of Python; gets them once
sources:
    tests/corpora/get-sources
    AEMCRED_SOURCE_TREE="${CARGO_HOME:-$HOME/.cargo}/registry/src:target/corpora/node_modules:target/corpora/site-packages" cargo test --test it source_code_holds -- --ignored

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

# contrib/spark on a cluster of two workers on this machine (needs Java 17; gets PySpark, 494 MB)
spark:
    cargo build --release
    tests/spark/run

# The recipes of docs/audit.md against real stores, each started on loopback
stores:
    cargo build
    tests/stores/run

# How much memory a large file takes, in times of the file, held against the goal
bench-memory:
    cargo build --release
    benches/memory.py target/release/aemcred

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
