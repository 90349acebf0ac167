//! Values that both the configuration and flags have: durations and levels.

use std::str::FromStr;

use chrono::TimeDelta;

use crate::credential::Threshold;
use crate::finding::Level;

/// The lowest level that makes the exit status 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
pub enum FailOn {
    /// Errors.
    Error,
    /// Warnings and errors.
    Warning,
    /// Anything.
    Note,
    /// Nothing.
    Never,
}

impl FailOn {
    /// The lowest level that fails; nothing when none does.
    pub const fn level(self) -> Option<Level> {
        match self {
            Self::Error => Some(Level::Error),
            Self::Warning => Some(Level::Warning),
            Self::Note => Some(Level::Note),
            Self::Never => None,
        }
    }

    /// As it is written.
    pub const fn name(self) -> &'static str {
        match self.level() {
            Some(level) => level.name(),
            None => "never",
        }
    }
}

impl FromStr for FailOn {
    type Err = ();

    fn from_str(name: &str) -> Result<Self, ()> {
        let all = [Self::Error, Self::Warning, Self::Note, Self::Never];
        all.into_iter().find(|fail_on| fail_on.name() == name).ok_or(())
    }
}

/// A level, or nothing for `off`.
///
/// # Errors
///
/// In plain words, when `text` is neither.
pub fn parse_level(text: &str) -> Result<Option<Level>, &'static str> {
    match text {
        "off" => Ok(None),
        _ => text.parse().map(Some).map_err(|()| match text.to_ascii_lowercase().as_str() {
            "warn" | "warnings" => "write warning; levels are error, warning, note and off",
            "err" | "errors" | "fatal" => "write error; levels are error, warning, note and off",
            "info" | "hint" | "notes" => "write note; levels are error, warning, note and off",
            "none" | "never" | "ignore" | "disabled" => "write off; levels are error, warning, note and off",
            _ => "levels are error, warning, note and off",
        }),
    }
}

/// A duration such as `30d`.
///
/// # Errors
///
/// In plain words, when `text` is none.
pub fn parse_duration(text: &str) -> Result<TimeDelta, &'static str> {
    let wrong = "a duration is a whole number and a unit: 30d, 12h, 90m or 45s";
    let unit = text.chars().next_back().ok_or(wrong)?;
    let (_, seconds) = UNITS.into_iter().find(|(name, _)| *name == unit).ok_or(wrong)?;
    let count: u32 = text[..text.len() - 1].parse().map_err(|_| wrong)?;
    TimeDelta::try_seconds(i64::from(count) * seconds).ok_or(wrong)
}

/// A duration as [`parse_duration`] reads it, in the largest unit that fits.
pub fn duration_text(duration: TimeDelta) -> String {
    let all = duration.num_seconds();
    let unit = UNITS.into_iter().find(|(_, seconds)| all % seconds == 0);
    let (name, seconds) = unit.unwrap_or(('s', 1));
    format!("{}{name}", all / seconds)
}

/// A duration, or a share of the validity such as `25%`.
///
/// # Errors
///
/// In plain words, when `text` is neither.
pub fn parse_threshold(text: &str) -> Result<Threshold, &'static str> {
    let wrong = "it is a duration such as 30d, 12h, 90m or 45s, or a share of the validity from 0% to 100%";
    let Some(percent) = text.strip_suffix('%') else {
        return parse_duration(text).map(Threshold::Left).map_err(|_| wrong);
    };
    let digits = !percent.is_empty() && percent.bytes().all(|byte| byte.is_ascii_digit());
    let percent = percent.parse().ok().filter(|percent| digits && *percent <= 100);
    percent.map(Threshold::Percent).ok_or(wrong)
}

/// A threshold as [`parse_threshold`] reads it.
pub fn threshold_text(threshold: Threshold) -> String {
    match threshold {
        Threshold::Left(left) => duration_text(left),
        Threshold::Percent(percent) => format!("{percent}%"),
    }
}

/// The units of durations in seconds, the largest first.
const UNITS: [(char, i64); 4] = [('d', 86_400), ('h', 3_600), ('m', 60), ('s', 1)];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_and_written() {
        assert_eq!(parse_duration("30d"), Ok(TimeDelta::days(30)));
        assert_eq!(parse_duration("90m"), Ok(TimeDelta::minutes(90)));
        assert_eq!(parse_duration("0s"), Ok(TimeDelta::zero()));
        for wrong in ["", "d", "-1d", "1.5d", "30", "30 d", "9999999999999d", "3é"] {
            assert!(parse_duration(wrong).is_err(), "{wrong}");
        }
        for text in ["30d", "12h", "90m", "45s"] {
            assert_eq!(duration_text(parse_duration(text).unwrap()), text);
        }
        assert_eq!(duration_text(TimeDelta::hours(48)), "2d");
        for text in ["30d", "0%", "25%", "100%"] {
            assert_eq!(parse_threshold(text).map(threshold_text).as_deref(), Ok(text));
        }
        for wrong in ["", "%", "-1%", "+1%", "101%", "256%", "2.5%", "25 %", "25%%", "25", "é%"] {
            assert!(parse_threshold(wrong).is_err(), "{wrong}");
        }
    }
}
