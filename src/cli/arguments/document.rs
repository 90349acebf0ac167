//! What every command can be told that reads single documents.

use clap::Args;

use super::value::{Color, parse_size};

#[derive(Debug, Args)]
pub(in crate::cli) struct DocumentOptions {
    /// The name under which standard input is reported
    #[arg(long, value_name = "NAME", default_value = "<stdin>")]
    pub(in crate::cli) stdin_filename: String,

    /// The largest file to look at, in bytes or with K, M or G
    #[arg(long, value_name = "SIZE", default_value = "1M", value_parser = parse_size)]
    pub(in crate::cli) max_size: u64,

    /// When to use colors
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub(in crate::cli) color: Color,
}
