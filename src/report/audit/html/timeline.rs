//! The timeline of the page: one bar for each credential, all on one scale.
//!
//! Owns: the scale and what is drawn on it. Does not own: where it stands.

use std::fmt::Write as _;

use chrono::{DateTime, Datelike as _, TimeDelta, TimeZone as _, Utc};

use super::super::super::days;
use super::AuditResults;
use crate::record::Record;

/// The time that the timeline shows.
pub(super) struct Period {
    start: DateTime<Utc>,
    end: DateTime<Utc>,
}

impl Period {
    /// From the first beginning to the last end, today included, but no more than a few years to either side of it: a
    /// certificate that never expires must not press all others into a line.
    pub(super) fn of(results: &AuditResults) -> Option<Self> {
        let most = TimeDelta::days(3 * 366);
        let (earliest, latest) =
            (results.now.checked_sub_signed(most)?, results.now.checked_add_signed(most)?);
        let validities = || results.credentials.iter().filter_map(|audited| audited.record.validity());
        validities().next()?;
        let start = validities().map(|validity| validity.not_before).chain([results.now]).min()?;
        let end = validities().map(|validity| validity.not_after).chain([results.now]).max()?;
        let month = TimeDelta::days(31);
        Some(Self {
            start: start.max(earliest).checked_sub_signed(month)?,
            end: end.min(latest).checked_add_signed(month)?,
        })
    }

    /// Where `instant` lies, in hundredths of a per cent of the width.
    fn at(&self, instant: DateTime<Utc>) -> i64 {
        let whole = (self.end - self.start).num_seconds().max(1);
        let clamped = instant.clamp(self.start, self.end);
        (clamped - self.start).num_seconds() * 10_000 / whole
    }

    pub(super) fn ticks(&self, now: DateTime<Utc>) -> String {
        let mut ticks = String::from("<div class=\"axis\" aria-hidden=\"true\">");
        // No more than a few have room.
        let every = 1 + (self.end.year() - self.start.year()) / 4;
        for year in (self.start.year()..=self.end.year()).filter(|year| year % every == 0) {
            let Some(first) = Utc.with_ymd_and_hms(year, 1, 1, 0, 0, 0).single() else { continue };
            if first > self.start && first < self.end {
                // Writing to a string can't fail.
                let _ = write!(ticks, "<span style=\"left:{}\">{year}</span>", percent(self.at(first)));
            }
        }
        let _ = write!(
            ticks,
            "<span class=\"today\" style=\"left:{}\" title=\"today, {}\">today</span></div>",
            percent(self.at(now)),
            now.format("%Y-%m-%d")
        );
        ticks
    }

    pub(super) fn bar(&self, record: &Record, now: DateTime<Utc>) -> String {
        let Some(validity) = record.validity() else { return String::new() };
        let (from, to) = (self.at(validity.not_before), self.at(validity.not_after));
        let words = format!(
            "valid from {} to {}, {}",
            validity.not_before.format("%Y-%m-%d"),
            validity.not_after.format("%Y-%m-%d"),
            days(validity.days_left(now))
        );
        format!(
            "<div class=\"track\" role=\"img\" aria-label=\"{words}\" title=\"{words}\"><i class=\"bar\" \
             style=\"left:{};width:{}\"></i><i class=\"now\" style=\"left:{}\"></i></div>",
            percent(from),
            percent((to - from).max(30)),
            percent(self.at(now)),
        )
    }
}

/// `12.5%` from hundredths.
fn percent(hundredths: i64) -> String {
    format!("{}.{:02}%", hundredths / 100, hundredths % 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_on_the_timeline_are_within_it() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        let period = Period { start: at("2026-01-01T00:00:00Z"), end: at("2027-01-01T00:00:00Z") };
        assert_eq!(percent(period.at(at("2026-07-02T12:00:00Z"))), "50.00%");
        assert_eq!(percent(period.at(at("1900-01-01T00:00:00Z"))), "0.00%");
        assert_eq!(percent(period.at(at("9999-12-31T23:59:59Z"))), "100.00%");
    }
}
