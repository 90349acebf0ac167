//! The one integration-test binary.

#![expect(
    clippy::print_stderr,
    clippy::unwrap_used,
    clippy::too_many_lines,
    reason = "clippy.toml allows them in test functions alone; here helpers are tests too, and tables are long"
)]

#[cfg(feature = "generate")]
mod generated;
mod pem_client;
mod pem_mutations;
mod pem_table;
