//! What `aemcred rules` can be told.

use clap::{Args, ValueEnum};

use super::value::{Color, RuleNames};
use crate::rule::Rule;

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  aemcred rules
  aemcred rules key-pair-mismatch
  aemcred rules --format json")]
pub(in crate::cli) struct RulesOptions {
    /// The rule to explain
    #[arg(value_name = "NAME", value_parser = RuleNames, hide_possible_values = true)]
    pub(in crate::cli) name: Option<&'static Rule>,

    /// The format
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(in crate::cli) format: ListingFormat,

    /// When to use colors
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub(in crate::cli) color: Color,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(in crate::cli) enum ListingFormat {
    Text,
    Json,
    Markdown,
}
