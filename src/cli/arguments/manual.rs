//! What `aemcred completions` and `aemcred man` can be told.

use std::path::PathBuf;

use clap::Args;

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  source <(aemcred completions bash)
  aemcred completions zsh > ~/.zfunc/_aemcred
  aemcred completions fish | source")]
pub(in crate::cli) struct CompletionsOptions {
    /// The shell
    #[arg(value_name = "SHELL")]
    pub(in crate::cli) shell: clap_complete::Shell,
}

// `aemcred help COMMAND`, which says the same as `aemcred COMMAND --help`.
#[derive(Debug, Args)]
pub(in crate::cli) struct HelpOptions {
    /// The command
    #[arg(value_name = "COMMAND")]
    pub(in crate::cli) command: Option<String>,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  aemcred man | man -l -
  aemcred man > aemcred.1
  aemcred man --dir ~/.local/share/man/man1")]
pub(in crate::cli) struct ManOptions {
    /// The folder to write aemcred.1 and a page for each command to; it must exist
    #[arg(long, value_name = "DIR")]
    pub(in crate::cli) dir: Option<PathBuf>,
}
