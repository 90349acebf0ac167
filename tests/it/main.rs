//! The one integration-test binary.

mod pem_client;
mod pem_mutations;
mod pem_table;
