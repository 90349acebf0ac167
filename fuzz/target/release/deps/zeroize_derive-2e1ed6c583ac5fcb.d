/work/helpers/hard/fuzz/target/release/deps/zeroize_derive-2e1ed6c583ac5fcb.d: /root/.cargo/registry/src/index.crates.io-1949cf8c6b5b557f/zeroize_derive-1.5.0/src/lib.rs

/work/helpers/hard/fuzz/target/release/deps/libzeroize_derive-2e1ed6c583ac5fcb.so: /root/.cargo/registry/src/index.crates.io-1949cf8c6b5b557f/zeroize_derive-1.5.0/src/lib.rs

/root/.cargo/registry/src/index.crates.io-1949cf8c6b5b557f/zeroize_derive-1.5.0/src/lib.rs:
