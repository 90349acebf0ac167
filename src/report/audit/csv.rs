//! `csv`: a row for each credential, for spreadsheets (RFC 4180: CRLF, quotation marks doubled).
//!
//! Owns: the columns, and that no cell is taken for a formula. Does not own: other formats.

use std::io::{self, Write};

use chrono::{DateTime, Utc};

use super::{AuditResults, client, place};
use crate::examine::hex;
use crate::inventory::Audited;
use crate::report::instant;

const COLUMNS: [&str; 13] = [
    "state",
    "kind",
    "client_id",
    "program",
    "environment",
    "organization",
    "not_before",
    "not_after",
    "days_left",
    "public_key_sha256",
    "certificate_sha256",
    "findings",
    "places",
];

/// Writes the report.
pub fn write(results: &AuditResults, out: &mut dyn Write) -> io::Result<()> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(out);
    writer.write_record(COLUMNS)?;
    for audited in &results.credentials {
        writer.write_record(row(audited, results.now).map(|cell| harmless(&cell)))?;
    }
    writer.flush()
}

fn row(audited: &Audited, now: DateTime<Utc>) -> [String; COLUMNS.len()] {
    let entry = &audited.record;
    let client = client(entry);
    let validity = entry.validity();
    let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
    let rules = audited.findings.iter().map(|finding| format!("{} {}", finding.level, finding.rule.name));
    [
        entry.state.name().to_owned(),
        entry.kind.name().to_owned(),
        text(entry.client_id.as_deref()),
        text(client.map(|client| client.program)),
        text(client.map(|client| client.environment)),
        text(entry.organization.as_deref()),
        validity.map(|validity| instant(validity.not_before)).unwrap_or_default(),
        validity.map(|validity| instant(validity.not_after)).unwrap_or_default(),
        validity.map(|validity| validity.days_left(now).to_string()).unwrap_or_default(),
        entry.public_key.as_ref().map(|key| hex(&key.sha256)).unwrap_or_default(),
        entry.certificate_sha256().as_ref().map(|sha256| hex(sha256)).unwrap_or_default(),
        rules.collect::<Vec<_>>().join("\n"),
        entry.sites.iter().map(place).collect::<Vec<_>>().join("\n"),
    ]
}

/// A cell that spreadsheets don't compute: one that begins like a formula gets an apostrophe before it, which they
/// don't show (OWASP, CSV Injection). Numbers below zero stay numbers.
pub(in crate::report) fn harmless(cell: &str) -> String {
    let formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r']) && cell.parse::<i64>().is_err();
    if formula { format!("'{cell}") } else { cell.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_disarmed() {
        for (cell, expected) in
            [("=1+1", "'=1+1"), ("@a", "'@a"), ("-12", "-12"), ("-a", "'-a"), ("a=b", "a=b"), ("", "")]
        {
            assert_eq!(harmless(cell), expected);
        }
    }
}
