//! The one integration-test binary.

#![expect(
    clippy::format_collect,
    clippy::format_push_string,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::unwrap_used,
    clippy::too_many_lines,
    reason = "clippy.toml allows them in test functions alone; here helpers are tests too, and tables are long"
)]

mod architecture;
mod around;
mod audit;
mod audit_history;
mod baseline;
mod bombs;
mod cases;
mod catalogue;
mod client;
mod common;
mod compare;
mod configuration;
mod contract;
mod corpora;
mod decisions;
mod dressed;
mod echo;
#[cfg(unix)]
mod fix;
mod fixtures;
mod formats;
mod forms;
mod fuzz;
mod gate;
mod git;
mod hard;
mod history;
mod inspect;
mod inspect_within;
#[cfg(target_os = "linux")]
mod interruption;
mod key_bytes;
#[cfg(unix)]
mod key_files;
mod library;
mod manual;
mod merge;
mod metrics;
mod no_leak;
mod oracles;
mod owners;
mod pem_client;
mod pem_mutations;
mod pem_table;
mod plain;
mod promises;
mod properties;
mod readme;
mod redact;
mod renewals;
mod robustness;
mod rotation;
mod spelling;
mod staged;
mod templates;
mod text;
mod tokens;
mod unwrap;
mod usage;
mod verdict;
mod width;
