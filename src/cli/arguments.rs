//! What can be said on the command line.

use std::borrow::Cow;
use std::path::PathBuf;
use std::str::FromStr;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::config::{self, FILE_NAME, FailOn, parse_duration, parse_level};
use crate::finding::Level;
use crate::generate::{Defect, Kind};
use crate::report::{json, jsonl};
use crate::rule::Rule;
use crate::rules;

/// What `aemcred` alone prints.
pub(super) const SHORT_HELP: &str = "\
aemcred checks the credentials that programs use to reach Adobe Experience Manager as a Cloud Service.
It works offline and never contacts Adobe.

  aemcred check service_token.json      is this file usable, and until when?
  aemcred check .                       every credential below this folder
  aemcred rules key-pair-mismatch       what a finding means and what to do

`aemcred --help` lists all commands, `aemcred check --help` all options.
";

#[derive(Debug, Parser)]
#[command(name = "aemcred", version, about, max_term_width = 100, disable_help_subcommand = true)]
pub(super) struct Arguments {
    #[command(subcommand)]
    pub(super) command: Option<Command>,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Check credentials in files, folders or standard input
    Check(Box<CheckOptions>),
    /// Make a synthetic credential for tests, sound or with a named defect
    Generate(Box<GenerateOptions>),
    /// List the rules, or explain one
    Rules(RulesOptions),
    /// Write a commented configuration, aemcred.toml
    Init(InitOptions),
    /// Print the JSON Schema of a format
    Schema(SchemaOptions),
    /// Print a completion script for a shell
    Completions(CompletionsOptions),
    /// Print the manual page, or write one for each command
    Man(ManOptions),
}

#[derive(Debug, Args)]
#[command(after_help = "\
Exit status: 0 when nothing is at or above the failing level, 1 when something is, 2 when not all could be done.")]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch on the command line")]
pub(super) struct CheckOptions {
    /// Files and folders; `-` is standard input
    #[arg(value_name = "PATH")]
    pub(super) paths: Vec<PathBuf>,

    /// The format on standard output [default: text; in GitHub Actions text, then github]
    #[arg(long, value_name = "FORMAT")]
    pub(super) format: Option<Format>,

    /// Write the report to a file as well; may be repeated
    #[arg(long, value_name = "FORMAT=PATH")]
    pub(super) output: Vec<Output>,

    /// Add the Markdown report to the summary of the job in GitHub Actions
    #[arg(long)]
    pub(super) github_summary: bool,

    /// Judge by this clock instead of the current time, such as 2026-11-22T12:00:00Z
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    pub(super) now: Option<DateTime<Utc>>,

    /// Warn when a certificate has no more than this left [default: 30d]
    #[arg(long, value_name = "DURATION", value_parser = parse_duration)]
    pub(super) expiring: Option<TimeDelta>,

    /// Report an error when a certificate has no more than this left [default: 3d]
    #[arg(long, value_name = "DURATION", value_parser = parse_duration)]
    pub(super) imminent: Option<TimeDelta>,

    /// The lowest level that makes the exit status 1 [default: error]
    #[arg(long, value_name = "LEVEL")]
    pub(super) fail_on: Option<FailOn>,

    /// Change a rule's level to error, warning, note or off; may be repeated
    #[arg(long, value_name = "RULE=LEVEL")]
    pub(super) severity: Vec<Severity>,

    /// Run these rules only
    #[arg(long, value_name = "RULE", value_delimiter = ',', value_parser = parse_rule)]
    pub(super) only: Vec<&'static Rule>,

    /// A list of published keys in badkeys' format
    #[arg(long, value_name = "FILE")]
    pub(super) blocklist: Option<PathBuf>,

    /// The configuration to use, instead of the nearest aemcred.toml up to the repository's root
    #[arg(long, value_name = "FILE", conflicts_with = "no_config")]
    pub(super) config: Option<PathBuf>,

    /// Use no configuration
    #[arg(long)]
    pub(super) no_config: bool,

    /// Print what is set and where each value comes from, and check nothing
    #[arg(long)]
    pub(super) show_settings: bool,

    /// Report what the configuration's [[ignore]] entries ignore, too
    #[arg(long)]
    pub(super) no_ignores: bool,

    /// Pass over what the configuration excludes even where it is named
    #[arg(long)]
    pub(super) force_exclude: bool,

    /// Let findings count only when they are not in this baseline
    #[arg(long, value_name = "FILE")]
    pub(super) baseline: Option<PathBuf>,

    /// Write what is found to a baseline; what it says of files that were not looked at stays
    #[arg(long, value_name = "FILE")]
    pub(super) write_baseline: Option<PathBuf>,

    /// The name under which standard input is reported
    #[arg(long, value_name = "NAME", default_value = "<stdin>")]
    pub(super) stdin_filename: String,

    /// Read paths from a file, separated by newlines or NUL characters; `-` is standard input
    #[arg(long, value_name = "FILE")]
    pub(super) files_from: Option<PathBuf>,

    /// Pass over named files that hold no credential, as a walk does: for hooks that name every changed file
    #[arg(long)]
    pub(super) skip_unrelated: bool,

    /// The largest file to look at, in bytes or with K, M or G
    #[arg(long, value_name = "SIZE", default_value = "1M", value_parser = parse_size)]
    pub(super) max_size: u64,

    /// Show findings only: no lines for sound files, no summary
    #[arg(long, short)]
    pub(super) quiet: bool,

    /// When to use colours
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub(super) color: Color,

    /// Fail with status 2 when there is nothing to check
    #[arg(long)]
    pub(super) error_on_no_input: bool,
}

#[derive(Debug, Args)]
pub(super) struct GenerateOptions {
    /// The file to write; without it the credential goes to standard output
    #[arg(value_name = "FILE")]
    pub(super) file: Option<PathBuf>,

    /// The client ID: cm-p<program>-e<environment>-integration-<index>
    #[arg(long, value_name = "ID")]
    pub(super) client_id: Option<String>,

    /// The organisation's ID: 24 hexadecimal digits and `@AdobeOrg`
    #[arg(long, value_name = "ID")]
    pub(super) organization: Option<String>,

    /// What to make [default: service-credentials, or what the defect needs]
    #[arg(long, value_name = "KIND", value_parser = parse_kind())]
    pub(super) kind: Option<Kind>,

    /// When the validity begins [default: 30 days ago; for a token, an hour ago]
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    pub(super) not_before: Option<DateTime<Utc>>,

    /// For how many days it is valid [default: 365; for a token, 1]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=3_000_000))]
    pub(super) days: Option<u32>,

    /// The size of the key in bits
    #[arg(long, value_name = "N", default_value_t = 2048)]
    pub(super) bits: usize,

    /// Make the same credential every time from this number [default: a random one]
    #[arg(long, value_name = "N")]
    pub(super) seed: Option<u64>,

    /// Bring in the defect that this rule finds
    #[arg(long, value_name = "RULE", value_parser = parse_defect)]
    pub(super) defect: Option<Defect>,

    /// The clock by which a defect of time is one, such as 2026-11-22T12:00:00Z [default: the current time]
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    pub(super) now: Option<DateTime<Utc>>,

    /// Replace an existing file
    #[arg(long)]
    pub(super) force: bool,
}

#[derive(Debug, Args)]
pub(super) struct RulesOptions {
    /// The rule to explain
    #[arg(value_name = "NAME", value_parser = parse_rule)]
    pub(super) name: Option<&'static Rule>,

    /// The format
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(super) format: ListingFormat,
}

#[derive(Debug, Args)]
pub(super) struct InitOptions {
    /// The file to write
    #[arg(value_name = "FILE", default_value = FILE_NAME)]
    pub(super) file: PathBuf,

    /// Replace an existing file
    #[arg(long)]
    pub(super) force: bool,
}

#[derive(Debug, Args)]
pub(super) struct SchemaOptions {
    /// The format whose schema is wanted
    #[arg(value_name = "NAME")]
    pub(super) name: SchemaName,
}

#[derive(Debug, Args)]
pub(super) struct CompletionsOptions {
    /// The shell
    #[arg(value_name = "SHELL")]
    pub(super) shell: clap_complete::Shell,
}

#[derive(Debug, Args)]
pub(super) struct ManOptions {
    /// The folder to write aemcred.1 and a page for each command to; it must exist
    #[arg(long, value_name = "DIR")]
    pub(super) dir: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
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

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum ListingFormat {
    Text,
    Json,
    Markdown,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum SchemaName {
    /// `check --format json`
    Check,
    /// A line of `check --format jsonl`
    Jsonl,
    /// `aemcred.toml`
    Config,
}

impl SchemaName {
    pub(super) fn schema(self) -> Cow<'static, str> {
        match self {
            Self::Check => Cow::Borrowed(json::SCHEMA),
            Self::Jsonl => Cow::Borrowed(jsonl::SCHEMA),
            Self::Config => Cow::Owned(config::schema()),
        }
    }
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum Color {
    Auto,
    Always,
    Never,
}

/// `--output FORMAT=PATH`
#[derive(Clone, Debug)]
pub(super) struct Output {
    pub(super) format: Format,
    pub(super) path: PathBuf,
}

impl FromStr for Output {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (format, path) =
            text.split_once('=').ok_or("it has the form FORMAT=PATH, such as json=report.json")?;
        if path.is_empty() {
            return Err(String::from("the path is missing after the equals sign"));
        }
        Ok(Self { format: Format::from_str(format, true)?, path: PathBuf::from(path) })
    }
}

/// `--severity RULE=LEVEL`; a level of nothing is `off`.
#[derive(Clone, Debug)]
pub(super) struct Severity {
    pub(super) rule: &'static Rule,
    pub(super) level: Option<Level>,
}

impl FromStr for Severity {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (rule, level) =
            text.split_once('=').ok_or("it has the form RULE=LEVEL, such as field-unknown=off")?;
        let rule = parse_rule(rule)?;
        let level = parse_level(level).map_err(|levels| format!("“{level}” is no level; {levels}"))?;
        Ok(Self { rule, level })
    }
}

fn parse_rule(name: &str) -> Result<&'static Rule, String> {
    rules::find(name).ok_or_else(|| match rules::similar(name, rules::all().map(|rule| rule.name)) {
        Some(similar) => format!("there is no rule “{name}”; did you mean “{similar}”?"),
        None => format!("there is no rule “{name}”; `aemcred rules` lists them"),
    })
}

fn parse_defect(name: &str) -> Result<Defect, String> {
    let rule = parse_rule(name)?;
    Defect::from_rule(rule.name)
        .ok_or_else(|| format!("a file alone can't have the defect that “{}” finds", rule.name))
}

fn parse_kind() -> impl TypedValueParser<Value = Kind> {
    let kind = |name: String| Kind::ALL.into_iter().find(|kind| kind.name() == name).ok_or("no such kind");
    PossibleValuesParser::new(Kind::ALL.map(Kind::name)).try_map(kind)
}

fn parse_time(text: &str) -> Result<DateTime<Utc>, String> {
    let midnight = || Some(text.parse::<NaiveDate>().ok()?.and_hms_opt(0, 0, 0)?.and_utc());
    DateTime::parse_from_rfc3339(text).map(|time| time.to_utc()).ok().or_else(midnight).ok_or_else(|| {
        String::from("a time has the form 2026-11-22T12:00:00Z (or 2026-11-22 for midnight UTC)")
    })
}

fn parse_size(text: &str) -> Result<u64, String> {
    let wrong =
        || String::from("a size is a whole number of bytes, or one with K, M or G: 1048576, 1024K, 1M");
    let digits = text.trim_end_matches(|unit: char| unit.is_ascii_alphabetic());
    let factor: u64 = match text[digits.len()..].to_ascii_uppercase().as_str() {
        "" | "B" => 1,
        "K" | "KB" | "KIB" => 1 << 10,
        "M" | "MB" | "MIB" => 1 << 20,
        "G" | "GB" | "GIB" => 1 << 30,
        _ => return Err(wrong()),
    };
    let size = digits.parse::<u64>().ok().and_then(|count| count.checked_mul(factor)).ok_or_else(wrong)?;
    if size == 0 || size > 1 << 30 {
        return Err(String::from("the limit must be between 1 byte and 1G"));
    }
    Ok(size)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_definition_is_consistent() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn times_and_sizes_are_read() {
        assert_eq!(parse_size("1M"), Ok(1 << 20));
        assert_eq!(parse_size("2kib"), Ok(2048));
        for wrong in ["", "M", "0", "2G", "-1", "1X", "99999999999999999999"] {
            assert!(parse_size(wrong).is_err(), "{wrong}");
        }
        assert_eq!(parse_time("2026-11-22T13:00:00+01:00"), parse_time("2026-11-22T12:00:00Z"));
        assert_eq!(parse_time("2026-11-22"), parse_time("2026-11-22T00:00:00Z"));
        assert!(parse_time("yesterday").is_err());
    }

    #[test]
    fn unknown_rules_get_a_suggestion() {
        assert_eq!(
            parse_rule("key-pair-missmatch").map(|rule| rule.name),
            Err(String::from("there is no rule “key-pair-missmatch”; did you mean “key-pair-mismatch”?"))
        );
        assert!(parse_rule("zzz").is_err_and(|message| message.contains("aemcred rules")));
    }
}
