/work/helpers/hard/fuzz/target/x86_64-unknown-linux-gnu/release/deps/subtle-2ae3a613a6b68cba.d: /root/.cargo/registry/src/index.crates.io-1949cf8c6b5b557f/subtle-2.6.1/src/lib.rs

/work/helpers/hard/fuzz/target/x86_64-unknown-linux-gnu/release/deps/libsubtle-2ae3a613a6b68cba.rlib: /root/.cargo/registry/src/index.crates.io-1949cf8c6b5b557f/subtle-2.6.1/src/lib.rs

/work/helpers/hard/fuzz/target/x86_64-unknown-linux-gnu/release/deps/libsubtle-2ae3a613a6b68cba.rmeta: /root/.cargo/registry/src/index.crates.io-1949cf8c6b5b557f/subtle-2.6.1/src/lib.rs

/root/.cargo/registry/src/index.crates.io-1949cf8c6b5b557f/subtle-2.6.1/src/lib.rs:
