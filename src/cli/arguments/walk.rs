//! What every command can be told that looks for credentials wherever they are kept.

use std::path::PathBuf;

use clap::Args;

use super::value::{parse_pattern, parse_size};
use crate::config::Pattern;

#[derive(Debug, Args)]
pub(in crate::cli) struct WalkOptions {
    /// Files and folders; `-` is standard input [default: the current folder]
    #[arg(value_name = "PATH")]
    pub(in crate::cli) paths: Vec<PathBuf>,

    /// Read paths from a file, separated by newlines or NUL characters; `-` is standard input
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) files_from: Option<PathBuf>,

    /// The name under which standard input is reported
    #[arg(long, value_name = "NAME", default_value = "<stdin>")]
    pub(in crate::cli) stdin_filename: String,

    /// Pass over files and folders that match this pattern, seen from the current folder; may be repeated
    #[arg(long, value_name = "PATTERN", value_parser = parse_pattern)]
    pub(in crate::cli) exclude: Vec<Pattern>,

    /// Pass over what .gitignore says; credentials are usually ignored by git, so this misses many
    #[arg(long)]
    pub(in crate::cli) respect_gitignore: bool,

    /// Stay on the file systems of the named folders
    #[arg(long)]
    pub(in crate::cli) one_file_system: bool,

    /// The largest file to look into, in bytes or with K, M or G
    #[arg(long, value_name = "SIZE", default_value = "64M", value_parser = parse_size)]
    pub(in crate::cli) max_size: u64,

    /// Look at plain documents only, not into manifests, exports, encodings and archives
    #[arg(long)]
    pub(in crate::cli) no_unwrap: bool,
}
