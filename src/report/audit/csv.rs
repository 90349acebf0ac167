//! `csv`: a row for each credential, for spreadsheets (RFC 4180: CRLF, quotation marks doubled).
//!
//! Owns: the columns that only an audit has. Does not own: the others (see `report/inventory`).

use std::io::{self, Write};

use super::super::inventory::csv::{CREDENTIAL, credential, days_left, pasts, places, public_key, rows};
use super::AuditResults;
use crate::inventory::Audited;
use crate::source::hex;

/// What the columns of an audit end with.
const COLUMNS: [&str; 8] = [
    "days_left",
    "public_key_sha256",
    "certificate_sha256",
    "findings",
    "places",
    "commits",
    "removed_by",
    "git",
];

/// Writes the report.
pub fn write(results: &AuditResults, out: &mut dyn Write) -> io::Result<()> {
    let row = |audited: &Audited| {
        let record = &audited.record;
        let rules = audited.findings.iter().map(|finding| format!("{} {}", finding.level, finding.rule.name));
        let certificate = record.certificate_sha256().map(|sha256| hex(&sha256)).unwrap_or_default();
        let findings = rules.collect::<Vec<_>>().join("\n");
        let rest =
            [days_left(record, results.now), public_key(record), certificate, findings, places(record)];
        credential(record).into_iter().chain(rest).chain(pasts(record)).collect()
    };
    rows([&CREDENTIAL[..], &COLUMNS].concat(), results.credentials.iter().map(row), out)
}
