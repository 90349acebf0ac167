//! What `aemcred generate` can be told.

use std::path::PathBuf;

use chrono::{DateTime, Utc};
use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};

use super::value::{parse_rule, parse_time};
use crate::generate::{Defect, Kind};

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  aemcred generate service_token.json
  aemcred generate --days 10 --seed 1
  aemcred generate --defect key-pair-mismatch broken.json")]
pub(in crate::cli) struct GenerateOptions {
    /// The file to write; without it the credential goes to standard output
    #[arg(value_name = "FILE")]
    pub(in crate::cli) file: Option<PathBuf>,

    /// The client ID, such as cm-p1-e2-integration-0
    #[arg(long, value_name = "ID")]
    pub(in crate::cli) client_id: Option<String>,

    /// The organization's ID: 24 hexadecimal digits and `@AdobeOrg`
    #[arg(long, value_name = "ID")]
    pub(in crate::cli) organization: Option<String>,

    /// What to make [default: service-credentials, or what the defect needs]
    #[arg(long, value_name = "KIND", value_parser = parse_kind())]
    pub(in crate::cli) kind: Option<Kind>,

    /// When the validity begins [default: 30 days ago; for a token, an hour ago]
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    pub(in crate::cli) not_before: Option<DateTime<Utc>>,

    /// For how many days it is valid [default: 365; for a token, 1]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=3_000_000))]
    pub(in crate::cli) days: Option<u32>,

    /// The size of the key in bits
    #[arg(long, value_name = "N", default_value_t = 2048)]
    pub(in crate::cli) bits: usize,

    /// Make the same credential every time from this number [default: a random one]
    #[arg(long, value_name = "N")]
    pub(in crate::cli) seed: Option<u64>,

    /// Bring in the defect that this rule finds
    #[arg(long, value_name = "RULE", value_parser = parse_defect)]
    pub(in crate::cli) defect: Option<Defect>,

    /// The clock by which a defect of time is one, such as 2026-11-22T12:00:00Z [default: the current time]
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    pub(in crate::cli) now: Option<DateTime<Utc>>,

    /// Replace an existing file
    #[arg(long)]
    pub(in crate::cli) force: bool,
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
