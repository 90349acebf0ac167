//! Values that several commands take: times, sizes, rules, colors.

use std::ffi::OsStr;

use chrono::{DateTime, NaiveDate, Utc};
use clap::builder::{PossibleValue, TypedValueParser};
use clap::{Arg, Command, Error, ValueEnum};

use crate::config::Pattern;
use crate::gate;
use crate::rule::Rule;
use crate::rules;

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(in crate::cli) enum Color {
    Auto,
    Always,
    Never,
}

/// Reads the name of a rule, and lists all names for completions.
#[derive(Clone)]
pub(super) struct RuleNames;

impl TypedValueParser for RuleNames {
    type Value = &'static Rule;

    fn parse_ref(&self, command: &Command, arg: Option<&Arg>, value: &OsStr) -> Result<Self::Value, Error> {
        parse_rule.parse_ref(command, arg, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(rules::all().map(|rule| PossibleValue::new(rule.name))))
    }
}

pub(super) fn parse_rule(name: &str) -> Result<&'static Rule, String> {
    let shown = gate::word(name);
    rules::find(name).ok_or_else(|| match rules::similar(name, rules::all().map(|rule| rule.name)) {
        Some(similar) => format!("there is no rule “{shown}”; did you mean “{similar}”?"),
        None => format!("there is no rule “{shown}”; `aemcred rules` lists them"),
    })
}

pub(super) fn parse_time(text: &str) -> Result<DateTime<Utc>, String> {
    let midnight = || Some(text.parse::<NaiveDate>().ok()?.and_hms_opt(0, 0, 0)?.and_utc());
    DateTime::parse_from_rfc3339(text).map(|time| time.to_utc()).ok().or_else(midnight).ok_or_else(|| {
        String::from("a time has the form 2026-11-22T12:00:00Z (or 2026-11-22 for midnight UTC)")
    })
}

pub(super) fn parse_size(text: &str) -> Result<u64, String> {
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

pub(super) fn parse_pattern(text: &str) -> Result<Pattern, String> {
    Pattern::new(text).map_err(|(problem, help)| format!("{problem}. {help}"))
}

#[cfg(test)]
mod tests {
    use super::*;

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
