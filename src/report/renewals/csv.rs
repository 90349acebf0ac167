//! `csv`: a row for each renewal, for spreadsheets (RFC 4180: CRLF, quotation marks doubled).
//!
//! Owns: the columns. Does not own: that no cell is taken for a formula, which is as in the CSV of `audit`.

use std::io::{self, Write};

use chrono::{DateTime, Utc};

use super::super::audit::csv::harmless;
use super::super::audit::place;
use super::RenewalResults;
use crate::credential::ClientId;
use crate::examine::hex;
use crate::renewal::Renewal;
use crate::report::instant;

const COLUMNS: [&str; 14] = [
    "status",
    "state",
    "kind",
    "client_id",
    "program",
    "environment",
    "organization",
    "not_before",
    "not_after",
    "renew_by",
    "days_left",
    "public_key_sha256",
    "superseded_by",
    "places",
];

/// Writes the report.
pub fn write(results: &RenewalResults, out: &mut dyn Write) -> io::Result<()> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(out);
    writer.write_record(COLUMNS)?;
    for renewal in &results.plan.renewals {
        writer.write_record(row(renewal, results.now).map(|cell| harmless(&cell)))?;
    }
    writer.flush()
}

fn row(renewal: &Renewal, now: DateTime<Utc>) -> [String; COLUMNS.len()] {
    let entry = &renewal.record;
    let client = entry.client_id.as_deref().and_then(ClientId::parse);
    let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
    let successor = renewal.successor.as_ref().and_then(|successor| successor.public_key_sha256.as_ref());
    [
        renewal.status.name().to_owned(),
        entry.state.name().to_owned(),
        entry.kind.name().to_owned(),
        text(entry.client_id.as_deref()),
        text(client.map(|client| client.program)),
        text(client.map(|client| client.environment)),
        text(entry.organization.as_deref()),
        entry.validity().map(|validity| instant(validity.not_before)).unwrap_or_default(),
        entry.validity().map(|validity| instant(validity.not_after)).unwrap_or_default(),
        renewal.renew_by.map(instant).unwrap_or_default(),
        entry.validity().map(|validity| validity.days_left(now).to_string()).unwrap_or_default(),
        entry.public_key.as_ref().map(|key| hex(&key.sha256)).unwrap_or_default(),
        successor.map(|sha256| hex(sha256)).unwrap_or_default(),
        entry.sites.iter().map(place).collect::<Vec<_>>().join("\n"),
    ]
}
