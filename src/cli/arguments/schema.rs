//! What `aemcred schema` can be told.

use std::borrow::Cow;

use clap::{Args, ValueEnum};

use crate::config;
use crate::report::{audit, compare, inspect, json, jsonl, renewals};

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  aemcred schema check
  aemcred schema audit > audit.schema.json
  aemcred schema config")]
pub(in crate::cli) struct SchemaOptions {
    /// The format whose schema is wanted
    #[arg(value_name = "NAME")]
    pub(in crate::cli) name: SchemaName,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(in crate::cli) enum SchemaName {
    /// `check --format json`
    Check,
    /// A line of `check --format jsonl`
    Jsonl,
    /// `inspect --format json`
    Inspect,
    /// `audit --format json`
    Audit,
    /// A line of `audit --format jsonl`
    AuditJsonl,
    /// `renewals --format json`
    Renewals,
    /// `compare --format json`
    Compare,
    /// `aemcred.toml`
    Config,
}

impl SchemaName {
    pub(in crate::cli) fn schema(self) -> Cow<'static, str> {
        match self {
            Self::Check => Cow::Borrowed(json::SCHEMA),
            Self::Jsonl => Cow::Borrowed(jsonl::SCHEMA),
            Self::Inspect => Cow::Borrowed(inspect::json::SCHEMA),
            Self::Audit => Cow::Borrowed(audit::json::SCHEMA),
            Self::AuditJsonl => Cow::Borrowed(audit::jsonl::SCHEMA),
            Self::Renewals => Cow::Borrowed(renewals::json::SCHEMA),
            Self::Compare => Cow::Borrowed(compare::json::SCHEMA),
            Self::Config => Cow::Owned(config::schema()),
        }
    }
}
