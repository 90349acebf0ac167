//! What `aemcred init` can be told.

use std::path::PathBuf;

use clap::Args;

use crate::config::FILE_NAME;

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  aemcred init
  aemcred init config/aemcred.toml
  aemcred init --force")]
pub(in crate::cli) struct InitOptions {
    /// The file to write
    #[arg(value_name = "FILE", default_value = FILE_NAME)]
    pub(in crate::cli) file: PathBuf,

    /// Replace an existing file
    #[arg(long)]
    pub(in crate::cli) force: bool,
}
