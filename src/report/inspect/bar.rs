//! A validity as a bar, with a mark where now lies.

use chrono::{DateTime, TimeDelta, Utc};

use crate::credential::{Phase, Validity};
use crate::rules::words::distance;

/// The bar, its mark, and the words under them; three lines of at most `width` columns.
pub(super) struct Bar {
    /// The days on which validity begins and ends; the minutes, if it is a matter of hours.
    pub(super) dates: String,
    /// The part of the bar before the mark, the mark, and the part after it.
    pub(super) before: String,
    pub(super) after: String,
    /// Now, below the mark.
    pub(super) today: String,
}

/// Stands for now.
pub(super) const MARK: char = '●';

/// How many columns stand for all the time outside of the validity; they are not to scale.
const OUTSIDE: usize = 6;

impl Bar {
    /// The bar of `validity`; nothing where none can be drawn.
    pub(super) fn new(validity: Validity, now: DateTime<Utc>, width: usize) -> Option<Self> {
        let phase = validity.at(now);
        let outside = if phase == Phase::Valid { 0 } else { OUTSIDE };
        let (begin, end) = (date(validity, validity.not_before), date(validity, validity.not_after));
        let length = width.checked_sub(outside).filter(|length| *length >= begin.len() + end.len() + 4)?;
        let (spent, rest) = ("━", "─");
        let (before, after) = match phase {
            Phase::Inverted => return None,
            Phase::Valid => {
                let at = position(validity, now, length);
                (spent.repeat(at), rest.repeat(length - at - 1))
            }
            Phase::NotYetValid => {
                (String::new(), format!("{}{}", "┄".repeat(OUTSIDE - 1), rest.repeat(length)))
            }
            Phase::Expired => (format!("{}{}", spent.repeat(length), "┄".repeat(OUTSIDE - 1)), String::new()),
        };
        let indent = if phase == Phase::NotYetValid { OUTSIDE } else { 0 };
        let gap = length.saturating_sub(begin.len() + end.len());
        let dates = format!("{}{begin}{}{end}", " ".repeat(indent), " ".repeat(gap));
        let today = label(validity, now, before.chars().count(), width);
        Some(Self { dates, before, after, today })
    }
}

/// A day, or with the time of day where days say nothing.
fn date(validity: Validity, instant: DateTime<Utc>) -> String {
    let short = validity.not_after - validity.not_before < TimeDelta::days(4);
    instant.format(if short { "%Y-%m-%d %H:%MZ" } else { "%Y-%m-%d" }).to_string()
}

/// The column for `now`, from 0 at the beginning to `length` − 1 at the end.
fn position(validity: Validity, now: DateTime<Utc>, length: usize) -> usize {
    let seconds = |from: DateTime<Utc>, to: DateTime<Utc>| i128::from((to - from).num_seconds());
    let (all, spent) = (seconds(validity.not_before, validity.not_after), seconds(validity.not_before, now));
    let last = length - 1;
    if all <= 0 {
        return 0;
    }
    let column = spent * i128::try_from(last).unwrap_or(0) / all;
    usize::try_from(column).unwrap_or(0).min(last)
}

/// What stands under the mark in column `at`: beside an arrow that points to it, or, where neither side has the room,
/// beside another mark.
fn label(validity: Validity, now: DateTime<Utc>, at: usize, width: usize) -> String {
    let far = match validity.at(now) {
        Phase::NotYetValid => format!("begins {}", distance(now, validity.not_before)),
        Phase::Expired => format!("ended {}", distance(now, validity.not_after)),
        Phase::Valid | Phase::Inverted => format!("ends {}", distance(now, validity.not_after)),
    };
    let words = format!("{}, {far}", date(validity, now));
    let length = words.chars().count() + 2;
    if at + length <= width {
        format!("{}▲ {words}", " ".repeat(at))
    } else if at + 1 >= length {
        format!("{}{words} ▲", " ".repeat(at + 1 - length))
    } else if length <= width {
        let indent = at.saturating_sub(length / 2).min(width - length);
        format!("{}{MARK} {words}", " ".repeat(indent))
    } else {
        format!("{MARK} {far}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(not_before: &str, not_after: &str, now: &str, width: usize) -> Option<[String; 3]> {
        let [not_before, not_after, now] = [not_before, not_after, now].map(|text| text.parse().unwrap());
        let bar = Bar::new(Validity::of_certificate(not_before, not_after), now, width)?;
        Some([bar.dates, format!("{}{MARK}{}", bar.before, bar.after), bar.today])
    }

    #[test]
    fn today_lies_where_it_should() {
        let year = ("2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z");
        for (now, line, below) in [
            (
                "2026-01-01T00:00:00Z",
                "●───────────────────────────────────────",
                "▲ 2026-01-01, ends in 365 days",
            ),
            (
                "2026-07-02T12:00:00Z",
                "━━━━━━━━━━━━━━━━━━━●────────────────────",
                "● 2026-07-02, ends in 182 days",
            ),
            (
                "2027-01-01T00:00:00Z",
                "━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━●",
                "  2027-01-01, ends right now ▲",
            ),
            (
                "2027-01-01T00:00:01Z",
                "━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┄┄┄┄┄●",
                "  2027-01-01, ended 1 second ago ▲",
            ),
            (
                "2025-12-31T23:50:00Z",
                "●┄┄┄┄┄──────────────────────────────────",
                "▲ 2025-12-31, begins in 10 minutes",
            ),
        ] {
            let [_, bar, today] = drawn(year.0, year.1, now, 40).unwrap();
            assert_eq!((bar.as_str(), today.trim_start()), (line, below.trim_start()), "{now}");
            assert!(bar.chars().count() == 40 && today.chars().count() <= 40, "{now}");
            let column = |text: &str, mark| text.chars().position(|character| character == mark);
            assert!(column(&today, MARK).is_some() || column(&bar, MARK) == column(&today, '▲'), "{now}");
        }
    }

    #[test]
    fn hours_are_told_where_days_say_nothing() {
        let day = ("2026-11-22T11:00:00Z", "2026-11-23T11:00:00Z");
        let bar = drawn(day.0, day.1, "2026-11-22T12:00:00Z", 56).unwrap();
        assert_eq!(bar[0], format!("2026-11-22 11:00Z{}2026-11-23 11:00Z", " ".repeat(22)));
        assert_eq!(bar[2], "  ▲ 2026-11-22 12:00Z, ends in 23 hours");
        for now in ["2026-11-22T10:59:59Z", "2026-11-22T12:00:00Z", "7026-11-23T11:00:00Z"] {
            for width in 20..60 {
                let bar = drawn(day.0, day.1, now, width);
                assert!(
                    bar.is_none_or(|bar| bar.iter().all(|line| line.chars().count() <= width)),
                    "{now} at {width}"
                );
            }
        }
    }

    #[test]
    fn odd_periods_are_drawn_or_left_out() {
        let leap = drawn("2027-03-01T00:00:00Z", "2028-02-29T00:00:00Z", "2028-02-29T00:00:00Z", 30).unwrap();
        assert_eq!(leap[0], "2027-03-01          2028-02-29");
        let far = drawn("2026-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "2026-11-22T00:00:00Z", 30).unwrap();
        assert_eq!(far[1], format!("●{}", "─".repeat(29)));
        let moment =
            drawn("2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z", 40).unwrap();
        assert_eq!(moment[1], format!("●{}", "─".repeat(39)));
        assert_eq!(drawn("2027-01-01T00:00:00Z", "2026-01-01T00:00:00Z", "2026-06-01T00:00:00Z", 30), None);
        assert_eq!(drawn("2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z", "2026-06-01T00:00:00Z", 20), None);
        for now in ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "+262142-12-31T00:00:00Z"] {
            assert!(drawn("1950-01-01T00:00:00Z", "9999-12-31T23:59:59Z", now, 60).is_some(), "{now}");
        }
    }
}
