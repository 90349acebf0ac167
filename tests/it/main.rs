//! The one integration-test binary.

mod architecture;
mod catalogue;
mod common;
mod fixtures;
mod no_leak;
mod oracles;
mod pem_client;
mod pem_mutations;
mod pem_table;
mod properties;
mod robustness;
