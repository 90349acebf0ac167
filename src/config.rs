//! The configuration, `aemcred.toml`: what can be set in it, and what an entry suppresses.
//!
//! Owns: the keys, reading them from text, mistakes with their places, what [`init`](TEMPLATE) writes, the schema.
//! Does not own: files, the clock, flags, and what comes of a setting.

mod ignore;
mod pattern;
mod problem;
mod reader;
mod value;

use chrono::TimeDelta;

pub use crate::credential::Threshold;
use crate::finding::Level;
use crate::rule::Rule;
use crate::rules;
use crate::source::Span;

pub use ignore::Ignore;
pub use pattern::{Pattern, relative};
pub use problem::Problem;
pub use reader::parse;
pub use value::{FailOn, duration_text, parse_duration, parse_level, parse_threshold, threshold_text};

/// What a configuration is called when nothing else is said.
pub const FILE_NAME: &str = "aemcred.toml";

/// The largest configuration, in bytes.
pub const MAX_SIZE: u64 = 1 << 20;

/// What `aemcred init` writes: every key with its default, as comments.
pub const TEMPLATE: &str = include_str!("config/template.toml");

/// `certificate-expiring` unless set.
pub const EXPIRING: Threshold = Threshold::Left(crate::rule::EXPIRING);

/// `certificate-expiry-imminent` unless set.
pub const IMMINENT: TimeDelta = crate::rule::IMMINENT;

/// What a configuration says. What it doesn't say is empty.
#[derive(Debug, Default)]
pub struct Config {
    /// `expiring`
    pub expiring: Option<Placed<Threshold>>,
    /// `imminent`
    pub imminent: Option<Placed<TimeDelta>>,
    /// `fail-on`
    pub fail_on: Option<Placed<FailOn>>,
    /// `[levels]`; a level of nothing is `off`.
    pub levels: Vec<(&'static Rule, Placed<Option<Level>>)>,
    /// `trusted-ims-hosts`
    pub trusted_ims_hosts: Option<Placed<Vec<String>>>,
    /// `exclude`
    pub exclude: Option<Placed<Vec<Pattern>>>,
    /// `blocklist`: a path relative to the configuration's folder.
    pub blocklist: Option<Placed<String>>,
    /// `[[ignore]]`
    pub ignores: Vec<Ignore>,
}

/// A value and where it stands in the configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placed<T> {
    /// The value.
    pub value: T,
    /// Where it stands.
    pub span: Span,
}

/// The configuration's JSON Schema. The names of rules in it come from the catalogue.
pub fn schema() -> String {
    let names = |keep: fn(&Rule) -> bool| {
        let quoted: Vec<_> =
            rules::all().filter(|rule| keep(rule)).map(|rule| format!("\"{}\"", rule.name)).collect();
        quoted.join(", ")
    };
    include_str!("config/aemcred.schema.json")
        .replace("\"@rules\"", &names(|_| true))
        .replace("\"@content-rules\"", &names(Rule::is_about_files))
}
