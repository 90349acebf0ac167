/work/helpers/hard/fuzz/target/x86_64-unknown-linux-gnu/release/deps/crypto_common-35fbe08ec5d43e23.d: /root/.cargo/registry/src/index.crates.io-1949cf8c6b5b557f/crypto-common-0.1.6/src/lib.rs

/work/helpers/hard/fuzz/target/x86_64-unknown-linux-gnu/release/deps/libcrypto_common-35fbe08ec5d43e23.rlib: /root/.cargo/registry/src/index.crates.io-1949cf8c6b5b557f/crypto-common-0.1.6/src/lib.rs

/work/helpers/hard/fuzz/target/x86_64-unknown-linux-gnu/release/deps/libcrypto_common-35fbe08ec5d43e23.rmeta: /root/.cargo/registry/src/index.crates.io-1949cf8c6b5b557f/crypto-common-0.1.6/src/lib.rs

/root/.cargo/registry/src/index.crates.io-1949cf8c6b5b557f/crypto-common-0.1.6/src/lib.rs:
