//! What `aemcred rules` can be told.

use clap::{Args, ValueEnum};

use super::value::parse_rule;
use crate::rule::Rule;

#[derive(Debug, Args)]
pub(in crate::cli) struct RulesOptions {
    /// The rule to explain
    #[arg(value_name = "NAME", value_parser = parse_rule)]
    pub(in crate::cli) name: Option<&'static Rule>,

    /// The format
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(in crate::cli) format: ListingFormat,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(in crate::cli) enum ListingFormat {
    Text,
    Json,
    Markdown,
}
