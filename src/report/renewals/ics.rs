//! `ics`: a calendar (RFC 5545) with an event on the day by which a credential should be renewed.
//!
//! Owns: which events there are, and the text of a calendar: content lines, folding. Written by hand because
//! the crates for it read the clock, or fold and escape differently from the standard. Does not own: the words.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::{self, Write};

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use sha2::{Digest as _, Sha256};

use super::super::escape::{self, plain};
use super::super::inventory::{client_name, listed, place};
use super::{BROKEN, RenewalResults, console, date, defect, successor_words};
use crate::credential::{Threshold, Validity};
use crate::renewal::{Renewal, Status, renew_by};
use crate::report::one_line;
use crate::source::hex;

/// How many days before the end an alarm goes off, besides that on the day of the event: when Adobe begins to remind weekly,
/// a week before, and when Adobe begins to remind daily.
const ALARMS: [i64; 3] = [30, 7, 3];

/// How many places are listed in a description.
const LISTED: usize = 20;

/// The longest content line in bytes, without its end (RFC 5545 section 3.1).
const LONGEST_LINE: usize = 75;

/// Writes the report.
pub fn write(results: &RenewalResults, out: &mut dyn Write) -> io::Result<()> {
    let mut calendar = Lines { out };
    calendar.line("BEGIN", "VCALENDAR")?;
    calendar.line("VERSION", "2.0")?;
    calendar.line("PRODID", concat!("-//aemcred//renewals ", env!("CARGO_PKG_VERSION"), "//EN"))?;
    calendar.line("CALSCALE", "GREGORIAN")?;
    calendar.line("METHOD", "PUBLISH")?;
    calendar.text("NAME", "AEM credentials")?;
    calendar.text("X-WR-CALNAME", "AEM credentials")?;
    let mut any = false;
    for renewal in &results.plan.renewals {
        if let Some(validity) = ending(renewal) {
            any = true;
            event(renewal, validity, results, &mut calendar)?;
        }
    }
    if !any {
        // A calendar must have at least one component (RFC 5545 section 3.4), and this one says nothing.
        for (name, value) in [
            ("BEGIN", "VTIMEZONE"),
            ("TZID", "Etc/UTC"),
            ("BEGIN", "STANDARD"),
            ("DTSTART", "19700101T000000"),
            ("TZOFFSETFROM", "+0000"),
            ("TZOFFSETTO", "+0000"),
            ("END", "STANDARD"),
            ("END", "VTIMEZONE"),
        ] {
            calendar.line(name, value)?;
        }
    }
    calendar.line("END", "VCALENDAR")
}

/// The validity of what has a day on which it ends.
fn ending(renewal: &Renewal) -> Option<Validity> {
    match renewal.status {
        Status::Expired | Status::Imminent | Status::Due | Status::Later => renewal.record.validity(),
        Status::Superseded => renewal.record.validity().filter(|validity| !validity.never_ends()),
        Status::Never | Status::Unknown => None,
    }
}

fn event(
    renewal: &Renewal,
    validity: Validity,
    results: &RenewalResults,
    calendar: &mut Lines<'_>,
) -> io::Result<()> {
    let replaced = renewal.status == Status::Superseded;
    let name = one_line(client_name(&renewal.record));
    let (now, end) = (results.now, in_calendar(validity.not_after).date_naive());
    let day = day(&validity, results.lead);
    calendar.line("BEGIN", "VEVENT")?;
    calendar.line("UID", &identifier(renewal, validity))?;
    calendar.line("DTSTAMP", &utc(now))?;
    calendar.line("DTSTART;VALUE=DATE", &basic(day))?;
    // An all-day event ends on the day after, which is not part of it. Without this line it takes a day as well.
    if let Some(after) = day.succ_opt().filter(|after| *after <= LAST_DAY) {
        calendar.line("DTEND;VALUE=DATE", &basic(after))?;
    }
    calendar.line("SEQUENCE", &sequence(now).to_string())?;
    calendar.line("STATUS", if replaced { "CANCELLED" } else { "CONFIRMED" })?;
    calendar.line("TRANSP", "TRANSPARENT")?;
    calendar.line("CATEGORIES", "AEM")?;
    let summary = if replaced {
        format!("AEM credential {name} was renewed")
    } else {
        format!("Renew AEM credential {name}, which expires on {}", end.format("%Y-%m-%d"))
    };
    calendar.text("SUMMARY", &summary)?;
    calendar.text("DESCRIPTION", &description(renewal, validity, &name))?;
    // For programs: the instants to the second, and names letter by letter. Not every reader takes a property that it
    // doesn't know for text (RFC 5545 section 3.8.8.2) without being told.
    calendar.line("X-AEMCRED-NOT-AFTER", &utc(validity.not_after))?;
    if let Some(by) = renewal.renew_by {
        calendar.line("X-AEMCRED-RENEW-BY", &utc(by))?;
    }
    if let Some(client) = &renewal.record.client_id {
        calendar.text("X-AEMCRED-CLIENT-ID;VALUE=TEXT", client)?;
    }
    for location in renewal.record.locations.iter().take(LISTED) {
        calendar.text("X-AEMCRED-PATH;VALUE=TEXT", location.path.as_str())?;
    }
    for days in alarms(day, end).into_iter().filter(|_| !replaced) {
        calendar.line("BEGIN", "VALARM")?;
        calendar.line("ACTION", "DISPLAY")?;
        calendar.line("TRIGGER", &trigger(days))?;
        calendar.text("DESCRIPTION", &summary)?;
        calendar.line("END", "VALARM")?;
    }
    calendar.line("END", "VEVENT")
}

/// The day of the event: that by which it should be renewed, and no later than its end.
fn day(validity: &Validity, lead: Threshold) -> NaiveDate {
    in_calendar(renew_by(validity, lead)).date_naive()
}

/// When the alarms of an event on `day` go off, in days after its beginning: on the day, and before `end`.
fn alarms(day: NaiveDate, end: NaiveDate) -> BTreeSet<i64> {
    let left = (end - day).num_days();
    ALARMS.into_iter().map(|before| left - before).chain([0]).collect()
}

/// The time of an alarm (RFC 5545 section 3.8.6.3), `days` after the beginning.
fn trigger(days: i64) -> String {
    match days {
        0 => String::from("PT0S"),
        ..0 => format!("-P{}D", -days),
        _ => format!("P{days}D"),
    }
}

/// Whose, until when, what to do and where the files are.
fn description(renewal: &Renewal, validity: Validity, name: &str) -> String {
    let record = &renewal.record;
    let organization =
        record.organization.as_deref().map(|organization| format!(" of {}", one_line(organization)));
    let end = validity.not_after.format("%Y-%m-%d %H:%M:%S UTC");
    let mut text = String::new();
    if renewal.is_broken() {
        // Writing to a string can't fail.
        let _ = write!(text, "It is {BROKEN}, whatever its date: {}.\n\n", one_line(&plain(defect(renewal))));
    }
    let _ =
        write!(text, "The credential of {name}{} expires on {end}.\n\n", organization.unwrap_or_default());
    let _ = match (&renewal.successor, renewal.renew_by) {
        (Some(successor), _) => write!(
            text,
            "It was replaced by {}. Once nothing uses it, revoke and delete it.",
            successor_words(successor)
        ),
        (None, Some(by)) => write!(text, "Renew it by {}. {}", date(by), console(record)),
        (None, None) => write!(text, "{}", console(record)),
    };
    text.push_str("\n\nIt is kept in:");
    for place in listed(record, LISTED, place) {
        let _ = write!(text, "\n- {place}");
    }
    text
}

/// The same for the same credential in every run: a calendar then updates its event. It is made from the public key; the
/// client belongs to it because one key may be in the hands of several. What has no key is known by its end.
fn identifier(renewal: &Renewal, validity: Validity) -> String {
    let record = &renewal.record;
    let mut digest = Sha256::new();
    digest.update(record.kind.name());
    digest.update([0]);
    digest.update(record.client_id.as_deref().unwrap_or_default());
    digest.update([0]);
    match (&record.public_key, record.locations.first()) {
        (Some(key), _) => digest.update(key.sha256),
        (None, Some(location)) => {
            digest.update(validity.not_after.timestamp().to_be_bytes());
            digest.update(place(location));
        }
        (None, None) => {}
    }
    let digest = hex(&digest.finalize());
    format!("aemcred-{}", digest.get(..32).unwrap_or(&digest))
}

/// The revision, which must grow or the calendar keeps what it has (RFC 5545 section 3.8.7.4): a credential that was
/// superseded counts again once the newer one is gone. Nobody remembers the run before, so it is counted by the clock.
fn sequence(now: DateTime<Utc>) -> i64 {
    const EPOCH: i64 = 1_577_836_800; // 2020-01-01 in seconds since 1970
    ((now.timestamp() - EPOCH) / 60).clamp(0, i64::from(i32::MAX))
}

/// The last day that a calendar can name: years have four digits (RFC 5545 section 3.3.4).
const LAST_DAY: NaiveDate = match NaiveDate::from_ymd_opt(9999, 12, 31) {
    Some(day) => day,
    None => NaiveDate::MAX,
};

/// The first. There is a year 0 in ISO 8601, but not in every program that reads calendars.
const FIRST_DAY: NaiveDate = match NaiveDate::from_ymd_opt(1, 1, 1) {
    Some(day) => day,
    None => NaiveDate::MIN,
};

/// The instant, or the nearest that a calendar can name.
fn in_calendar(instant: DateTime<Utc>) -> DateTime<Utc> {
    let day = instant.date_naive();
    if day < FIRST_DAY {
        FIRST_DAY.and_time(chrono::NaiveTime::MIN).and_utc()
    } else if day > LAST_DAY {
        LAST_DAY.and_time(chrono::NaiveTime::MIN).and_utc() + TimeDelta::seconds(86_399)
    } else {
        instant
    }
}

/// `20261122T120000Z`
fn utc(instant: DateTime<Utc>) -> String {
    in_calendar(instant).format("%Y%m%dT%H%M%SZ").to_string()
}

/// `20261122`
fn basic(day: NaiveDate) -> String {
    day.format("%Y%m%d").to_string()
}

/// Content lines (RFC 5545 section 3.1).
struct Lines<'o> {
    out: &'o mut dyn Write,
}

impl Lines<'_> {
    /// A line with a value of type TEXT (RFC 5545 section 3.3.11).
    fn text(&mut self, name: &str, value: &str) -> io::Result<()> {
        self.line(name, &escape::calendar(value))
    }

    /// A line, folded where it is long: at no more than 75 bytes, and never within a character.
    fn line(&mut self, name: &str, value: &str) -> io::Result<()> {
        let mut used = 0;
        let mut folded = String::with_capacity(name.len() + value.len() + 2);
        for character in name.chars().chain([':']).chain(value.chars()) {
            if used + character.len_utf8() > LONGEST_LINE {
                folded.push_str("\r\n ");
                used = 1;
            }
            folded.push(character);
            used += character.len_utf8();
        }
        write!(self.out, "{folded}\r\n")
    }
}
