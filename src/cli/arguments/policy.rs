//! What every command can be told that judges documents: the clock, thresholds, levels, the configuration.

use std::path::PathBuf;

use chrono::{DateTime, TimeDelta, Utc};
use clap::Args;

use super::check::Severity;
use super::value::parse_time;
use crate::config::{Threshold, parse_duration, parse_threshold};

#[derive(Debug, Args)]
pub(in crate::cli) struct PolicyOptions {
    /// Judge by this clock instead of the current time, such as 2026-11-22T12:00:00Z
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    pub(in crate::cli) now: Option<DateTime<Utc>>,

    /// Warn when a certificate has no more than this left, or this share of its validity, such as 25% [default: 30d]
    #[arg(long, value_name = "DURATION", value_parser = parse_threshold)]
    pub(in crate::cli) expiring: Option<Threshold>,

    /// Report an error when a certificate has no more than this left [default: 3d]
    #[arg(long, value_name = "DURATION", value_parser = parse_duration)]
    pub(in crate::cli) imminent: Option<TimeDelta>,

    /// Change a rule's level to error, warning, note or off; may be repeated
    #[arg(long, value_name = "RULE=LEVEL")]
    pub(in crate::cli) severity: Vec<Severity>,

    /// A list of published keys in badkeys' format
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) blocklist: Option<PathBuf>,

    /// The configuration to use, instead of the nearest aemcred.toml up to the repository's root
    #[arg(long, value_name = "FILE", conflicts_with = "no_config")]
    pub(in crate::cli) config: Option<PathBuf>,

    /// Use no configuration
    #[arg(long)]
    pub(in crate::cli) no_config: bool,
}
