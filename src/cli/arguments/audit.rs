//! What `aemcred audit` can be told.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::history::HistoryOptions;
use super::output::{Formats, OutputOptions};
use super::policy::PolicyOptions;
use super::value::{Color, RuleNames};
use super::walk::WalkOptions;
use super::{INPUT, JUDGMENT, OUTPUT};
use crate::config::FailOn;
use crate::rule::Rule;

/// The heading of what puts many runs together.
const MANY: &str = "Many machines";

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  aemcred audit
  aemcred audit --git-history ~/projects/shop
  aemcred audit --format html exports/ > inventory.html

Exit status: 0 when nothing is at or above the failing level, 1 when something is, 2 when not all could be done, \
130 when interrupted.")]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch on the command line")]
pub(in crate::cli) struct AuditOptions {
    #[command(flatten, next_help_heading = INPUT)]
    pub(in crate::cli) walk: WalkOptions,

    /// Don't ask git which files are tracked or ignored
    #[arg(long, help_heading = INPUT)]
    pub(in crate::cli) no_git: bool,

    /// Fail with status 2 when there is nothing to look at
    #[arg(long, help_heading = INPUT)]
    pub(in crate::cli) error_on_no_input: bool,

    #[command(flatten)]
    pub(in crate::cli) history: HistoryOptions,

    /// Put lines of many runs together to one inventory; paths are files that --format jsonl wrote, `-` is standard input
    #[arg(
        long,
        help_heading = MANY,
        conflicts_with_all = [
            "history", "link_key", "no_git", "respect_gitignore", "one_file_system", "exclude", "no_unwrap", "max_size"
        ]
    )]
    pub(in crate::cli) merge: bool,

    /// Give secrets digests by which --merge ties them across runs; the file has at least 32 random bytes, the same for all
    /// runs
    #[arg(long, value_name = "FILE", help_heading = MANY)]
    pub(in crate::cli) link_key: Option<PathBuf>,

    #[command(flatten, next_help_heading = JUDGMENT)]
    pub(in crate::cli) policy: PolicyOptions,

    /// The lowest level that makes the exit status 1 [default: error]
    #[arg(long, value_name = "LEVEL", help_heading = JUDGMENT)]
    pub(in crate::cli) fail_on: Option<FailOn>,

    /// Report these rules only; states stay what they are
    #[arg(
        long, value_name = "RULE", value_delimiter = ',', value_parser = RuleNames, hide_possible_values = true,
        help_heading = JUDGMENT
    )]
    pub(in crate::cli) only: Vec<&'static Rule>,

    /// Leave out findings that are in this baseline, which `aemcred check --write-baseline` makes
    #[arg(long, value_name = "FILE", help_heading = JUDGMENT)]
    pub(in crate::cli) baseline: Option<PathBuf>,

    #[command(flatten, next_help_heading = OUTPUT)]
    pub(in crate::cli) output: OutputOptions<AuditFormat>,

    /// Show the table only, and no progress
    #[arg(long, short, help_heading = OUTPUT)]
    pub(in crate::cli) quiet: bool,

    /// When to use colors
    #[arg(long, value_name = "WHEN", default_value = "auto", help_heading = OUTPUT)]
    pub(in crate::cli) color: Color,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum AuditFormat {
    /// For people
    Table,
    /// Everything, for machines
    Json,
    /// The same line by line, as it is found
    Jsonl,
    /// A row for each credential, for spreadsheets
    Csv,
    /// Tables, for summaries and wikis
    Markdown,
    /// One page with a timeline, which needs no network
    Html,
    /// SARIF 2.1.0, for code scanning
    Sarif,
}

impl Formats for AuditFormat {
    const DEFAULTS: [&'static [Self]; 2] = [&[Self::Table]; 2];
    const FORMAT: &'static str = "The format on standard output [default: table]";
    const EXAMPLE: &'static str = "html=inventory.html";
}
