//! Tables for spreadsheets (RFC 4180: CRLF, quotation marks doubled).
//!
//! Owns: the columns that both reports have, and that no cell is taken for a formula.

use std::io::{self, Write};

use chrono::{DateTime, Utc};

use super::super::{escape, timestamp};
use super::{client, place};
use crate::record::{Past, Record};
use crate::source::hex;

/// What a credential is and until when, in every table.
pub(in crate::report) const CREDENTIAL: [&str; 8] =
    ["state", "kind", "client_id", "program", "environment", "organization", "not_before", "not_after"];

/// Writes a table.
pub(in crate::report) fn rows(
    columns: Vec<&str>,
    rows: impl Iterator<Item = Vec<String>>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(out);
    writer.write_record(columns)?;
    for row in rows {
        writer.write_record(row.iter().map(|cell| escape::cell(cell)))?;
    }
    writer.flush()
}

/// The cells of [`CREDENTIAL`].
pub(in crate::report) fn credential(record: &Record) -> [String; CREDENTIAL.len()] {
    let (client, validity) = (client(record), record.validity());
    let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
    [
        record.state.name().to_owned(),
        record.kind.name().to_owned(),
        text(record.client_id.as_deref()),
        text(client.map(|client| client.program)),
        text(client.map(|client| client.environment)),
        text(record.organization.as_deref()),
        validity.map(|validity| timestamp(validity.not_before)).unwrap_or_default(),
        validity.map(|validity| timestamp(validity.not_after)).unwrap_or_default(),
    ]
}

pub(in crate::report) fn days_left(record: &Record, now: DateTime<Utc>) -> String {
    record.validity().map(|validity| validity.days_left(now).to_string()).unwrap_or_default()
}

pub(in crate::report) fn public_key(record: &Record) -> String {
    record.public_key.as_ref().map(|key| hex(&key.sha256)).unwrap_or_default()
}

pub(in crate::report) fn places(record: &Record) -> String {
    record.locations.iter().map(place).collect::<Vec<_>>().join("\n")
}

/// The commit that brought each of the places in the history of a repository, the one that removed it, and both in words; a
/// line for each place.
pub(in crate::report) fn pasts(record: &Record) -> [String; 3] {
    let lines = |line: &dyn Fn(&Past) -> Option<String>| {
        let lines: Vec<_> =
            record.locations.iter().map(|location| location.past.as_deref().and_then(line)).collect();
        let lines = lines.into_iter().map(Option::unwrap_or_default).collect::<Vec<_>>().join("\n");
        if lines.trim().is_empty() { String::new() } else { lines }
    };
    [
        lines(&|past| past.commit.clone()),
        lines(&|past| past.removed_by.clone()),
        lines(&|past| Some(past.sentence())),
    ]
}
