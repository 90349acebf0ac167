//! What `aemcred check` can be told.

use std::path::PathBuf;
use std::str::FromStr;

use clap::{Args, ValueEnum};

use super::output::{Formats, OutputOptions};
use super::policy::PolicyOptions;
use super::value::{Color, RuleNames, parse_pattern, parse_rule, parse_size};
use super::{INPUT, JUDGMENT, OUTPUT};
use crate::config::{FailOn, Pattern, parse_level};
use crate::finding::Level;
use crate::gate;
use crate::rule::Rule;

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  aemcred check service_token.json
  aemcred check --staged
  aemcred check --format sarif --output json=report.json .

Exit status: 0 when nothing is at or above the failing level, 1 when something is, 2 when not all could be done, 130 when \
interrupted, and then nothing is reported.")]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch on the command line")]
pub(in crate::cli) struct CheckOptions {
    /// Files and folders; `-` is standard input [default: the current folder]
    #[arg(value_name = "PATH")]
    pub(in crate::cli) paths: Vec<PathBuf>,

    /// Look at what is staged in git, not at files: report each secret that the next commit would bring
    #[arg(long, help_heading = INPUT, conflicts_with_all = ["paths", "files_from", "fix", "diff"])]
    pub(in crate::cli) staged: bool,

    /// Read paths from a file, separated by newlines or NUL characters; `-` is standard input
    #[arg(long, value_name = "FILE", help_heading = INPUT)]
    pub(in crate::cli) files_from: Option<PathBuf>,

    /// The name under which standard input is reported
    #[arg(long, value_name = "NAME", default_value = "<stdin>", help_heading = INPUT)]
    pub(in crate::cli) stdin_filename: String,

    /// Pass over files and folders that match this pattern, seen from the current folder; may be repeated
    #[arg(long, value_name = "PATTERN", value_parser = parse_pattern, help_heading = INPUT)]
    pub(in crate::cli) exclude: Vec<Pattern>,

    /// Pass over what is excluded even where it is named
    #[arg(long, help_heading = INPUT)]
    pub(in crate::cli) force_exclude: bool,

    /// Pass over named files that hold no credential, as a walk does: for hooks that name every changed file
    #[arg(long, help_heading = INPUT)]
    pub(in crate::cli) skip_unrelated: bool,

    /// Look at plain documents only, not into manifests, exports, encodings and archives
    #[arg(long, help_heading = INPUT)]
    pub(in crate::cli) no_unwrap: bool,

    /// The largest file to look at, in bytes or with K, M or G; with --staged 64M unless another is given
    #[arg(
        long, value_name = "SIZE", default_value = "1M", default_value_if("staged", "true", "64M"),
        value_parser = parse_size, help_heading = INPUT
    )]
    pub(in crate::cli) max_size: u64,

    /// Fail with status 2 when there is nothing to check
    #[arg(long, help_heading = INPUT)]
    pub(in crate::cli) error_on_no_input: bool,

    #[command(flatten, next_help_heading = JUDGMENT)]
    pub(in crate::cli) policy: PolicyOptions,

    /// The lowest level that makes the exit status 1 [default: error]
    #[arg(long, value_name = "LEVEL", help_heading = JUDGMENT)]
    pub(in crate::cli) fail_on: Option<FailOn>,

    /// Run these rules only
    #[arg(
        long, value_name = "RULE", value_delimiter = ',', value_parser = RuleNames, hide_possible_values = true,
        help_heading = JUDGMENT
    )]
    pub(in crate::cli) only: Vec<&'static Rule>,

    /// Report what the configuration's [[ignore]] entries ignore, too
    #[arg(long, help_heading = JUDGMENT)]
    pub(in crate::cli) no_ignores: bool,

    /// Let findings count only when they are not in this baseline
    #[arg(long, value_name = "FILE", help_heading = JUDGMENT)]
    pub(in crate::cli) baseline: Option<PathBuf>,

    /// Write what is found to a baseline; what it says of files that were not looked at stays
    #[arg(long, value_name = "FILE", help_heading = JUDGMENT)]
    pub(in crate::cli) write_baseline: Option<PathBuf>,

    /// Print what is set and where each value comes from, and check nothing
    #[arg(long, help_heading = JUDGMENT)]
    pub(in crate::cli) show_settings: bool,

    /// Correct in the files what is beyond doubt, and report the rest
    #[arg(long, help_heading = "Repair", conflicts_with = "diff")]
    pub(in crate::cli) fix: bool,

    /// Show as a diff what --fix would change, secrets masked, instead of a report, and write nothing
    #[arg(long, help_heading = "Repair", conflicts_with = "format")]
    pub(in crate::cli) diff: bool,

    #[command(flatten, next_help_heading = OUTPUT)]
    pub(in crate::cli) output: OutputOptions<Format>,

    /// Add the Markdown report to the summary of the job in GitHub Actions
    #[arg(long, help_heading = OUTPUT)]
    pub(in crate::cli) github_summary: bool,

    /// Show findings only: no lines for sound files, no summary
    #[arg(long, short, help_heading = OUTPUT)]
    pub(in crate::cli) quiet: bool,

    /// Show a line for each credential, templates too, and with --staged what doesn't concern the commit
    #[arg(long, short, help_heading = OUTPUT, conflicts_with = "quiet")]
    pub(in crate::cli) verbose: bool,

    /// When to use colors
    #[arg(long, value_name = "WHEN", default_value = "auto", help_heading = OUTPUT)]
    pub(in crate::cli) color: Color,
}

impl CheckOptions {
    /// Returns true if nothing says which files are meant.
    pub(in crate::cli) const fn is_without_path(&self) -> bool {
        self.paths.is_empty() && self.files_from.is_none()
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum Format {
    /// Excerpts with carets, for people
    Text,
    /// One line a finding
    Concise,
    /// Everything, for machines
    Json,
    /// The same in one line a finding, for streams
    Jsonl,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// Workflow commands of GitHub Actions, which become annotations
    Github,
    /// GitLab's code quality report
    Gitlab,
    /// JUnit XML, a case for each file and group of rules
    Junit,
    /// Logging commands of Azure Pipelines
    Azure,
    /// The Reviewdog Diagnostic Format
    Rdjson,
    /// Tables, for summaries and comments
    Markdown,
}

impl Formats for Format {
    const DEFAULTS: [&'static [Self]; 2] = [&[Self::Text], &[Self::Text, Self::Github]];
    const FORMAT: &'static str =
        "The format on standard output [default: text; in GitHub Actions text, then github]";
    const EXAMPLE: &'static str = "json=report.json";
}

/// `--severity RULE=LEVEL`; a level of nothing is `off`.
#[derive(Clone, Debug)]
pub(in crate::cli) struct Severity {
    pub(in crate::cli) rule: &'static Rule,
    pub(in crate::cli) level: Option<Level>,
}

impl FromStr for Severity {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (rule, level) =
            text.split_once('=').ok_or("it has the form RULE=LEVEL, such as field-unknown=off")?;
        let rule = parse_rule(rule)?;
        let level =
            parse_level(level).map_err(|levels| format!("“{}” is no level; {levels}", gate::word(level)))?;
        Ok(Self { rule, level })
    }
}
