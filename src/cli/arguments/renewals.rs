//! What `aemcred renewals` can be told.

use chrono::TimeDelta;
use clap::{Args, ValueEnum};

use super::output::{Formats, OutputOptions};
use super::policy::PolicyOptions;
use super::value::Color;
use super::walk::WalkOptions;
use super::{INPUT, JUDGMENT, OUTPUT};
use crate::config::{Threshold, parse_duration, parse_threshold};
use crate::report::renewals::{Label, PathLabels};

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  aemcred renewals
  aemcred renewals --format ics exports/ > renewals.ics
  aemcred renewals --quiet-until 14d --output json=due.json .

Exit status: 0 when nothing is due, 1 when something is (--fail-within), 2 when not all could be done, 130 when \
interrupted. A credential whose expiry date can't be read counts as due.")]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch on the command line")]
pub(in crate::cli) struct RenewalsOptions {
    #[command(flatten, next_help_heading = INPUT)]
    pub(in crate::cli) walk: WalkOptions,

    #[command(flatten, next_help_heading = OUTPUT)]
    pub(in crate::cli) output: OutputOptions<RenewalsFormat>,

    /// Add the Markdown report to the summary of the job in GitHub Actions
    #[arg(long, help_heading = OUTPUT)]
    pub(in crate::cli) github_summary: bool,

    /// How long before its end a credential should be renewed, or at which share of its validity, such as 25% [default:
    /// that of --expiring, 30d]
    #[arg(long, value_name = "DURATION", value_parser = parse_threshold)]
    pub(in crate::cli) lead: Option<Threshold>,

    /// Fail when a credential has no more than this left [default: that of --imminent, 3d]
    #[arg(long, value_name = "DURATION", value_parser = parse_duration)]
    pub(in crate::cli) fail_within: Option<TimeDelta>,

    /// Print nothing while every credential has more than this left and the run doesn't fail
    #[arg(long, value_name = "DURATION", value_parser = parse_duration)]
    pub(in crate::cli) quiet_until: Option<TimeDelta>,

    /// List tokens too; they live a day, and count as imminent in their last hour
    #[arg(long)]
    pub(in crate::cli) tokens: bool,

    /// Add a label to every series of Prometheus, such as team=web; may be repeated
    #[arg(long, value_name = "NAME=VALUE", value_parser = Label::parse, help_heading = OUTPUT)]
    pub(in crate::cli) label: Vec<Label>,

    /// Add labels out of the path of the file to its series of Prometheus, such as secrets/{team}/**; may be repeated
    #[arg(long, value_name = "PATTERN", value_parser = PathLabels::parse, help_heading = OUTPUT)]
    pub(in crate::cli) label_from_path: Vec<PathLabels>,

    /// Don't ask git which files are tracked or ignored, for the series of Prometheus about findings
    #[arg(long, help_heading = INPUT)]
    pub(in crate::cli) no_git: bool,

    #[command(flatten, next_help_heading = JUDGMENT)]
    pub(in crate::cli) policy: PolicyOptions,

    /// Show the table only, and no progress
    #[arg(long, short, help_heading = OUTPUT)]
    pub(in crate::cli) quiet: bool,

    /// When to use colors
    #[arg(long, value_name = "WHEN", default_value = "auto", help_heading = OUTPUT)]
    pub(in crate::cli) color: Color,

    /// Fail with status 2 when there is nothing to look at
    #[arg(long, help_heading = INPUT)]
    pub(in crate::cli) error_on_no_input: bool,

    /// Fail with status 2 when no credential is found that could be renewed, and leave the files of --output as they are
    #[arg(long, help_heading = INPUT)]
    pub(in crate::cli) error_on_no_credentials: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum RenewalsFormat {
    /// For people, with a timeline
    Table,
    /// A table, for summaries, mails and issues
    Markdown,
    /// Everything, for machines
    Json,
    /// A row for each credential, for spreadsheets
    Csv,
    /// A calendar with alarms (iCalendar)
    Ics,
    /// Metrics for the textfile collector of Prometheus' node exporter
    Prometheus,
    /// Workflow commands of GitHub Actions, which become annotations
    Github,
}

impl Formats for RenewalsFormat {
    const DEFAULTS: [&'static [Self]; 2] = [&[Self::Table], &[Self::Table, Self::Github]];
    const FORMAT: &'static str =
        "The format on standard output [default: table; in GitHub Actions table, then github]";
    const OUTPUT: &'static str = "Write the report to a file as well, whole and in every run that isn't interrupted, in a format or that of the \
         file's extension; may be repeated";
    const EXAMPLE: &'static str = "ics=renewals.ics";
}
