//! The one integration-test binary.

#![expect(
    clippy::format_collect,
    clippy::format_push_string,
    clippy::panic,
    clippy::print_stderr,
    clippy::unwrap_used,
    clippy::too_many_lines,
    reason = "clippy.toml allows them in test functions alone; here helpers are tests too, and tables are long"
)]

mod architecture;
mod audit;
mod audit_history;
mod baseline;
mod cases;
mod catalogue;
mod client;
mod common;
mod compare;
mod configuration;
mod contract;
mod corpora;
#[cfg(unix)]
mod fix;
mod fixtures;
mod formats;
mod forms;
mod gate;
mod git;
mod hard;
mod history;
mod inspect;
mod inspect_within;
#[cfg(target_os = "linux")]
mod interruption;
mod key_bytes;
mod library;
mod manual;
mod merge;
mod no_leak;
mod oracles;
mod owners;
mod pem_client;
mod pem_mutations;
mod pem_table;
mod properties;
mod readme;
mod redact;
mod renewals;
mod robustness;
mod staged;
mod templates;
mod tokens;
mod unwrap;
mod verdict;
