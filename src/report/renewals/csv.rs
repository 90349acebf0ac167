//! `csv`: a row for each renewal, for spreadsheets (RFC 4180: CRLF, quotation marks doubled).
//!
//! Owns: the columns. Does not own: what is told of every credential, and that no cell
//! is taken for a formula, which are as in the CSV of `audit`.

use std::io::{self, Write};

use super::super::inventory::csv::{CREDENTIAL, credential, days_left, places, public_key, rows};
use super::RenewalResults;
use crate::renewal::Renewal;
use crate::report::timestamp;
use crate::source::hex;

/// What the columns end with, after the status and what is told of every credential.
const COLUMNS: [&str; 5] = ["renew_by", "days_left", "public_key_sha256", "superseded_by", "places"];

/// Writes the report.
pub fn write(results: &RenewalResults, out: &mut dyn Write) -> io::Result<()> {
    let row = |renewal: &Renewal| {
        let record = &renewal.record;
        let status = [renewal.status.name().to_owned()];
        let by = renewal.renew_by.map(timestamp).unwrap_or_default();
        let successor = renewal.successor.and_then(|successor| successor.public_key_sha256);
        let successor = successor.map(|sha256| hex(&sha256)).unwrap_or_default();
        let rest = [by, days_left(record, results.now), public_key(record), successor, places(record)];
        status.into_iter().chain(credential(record)).chain(rest).collect()
    };
    rows(&[&["status"], &CREDENTIAL[..], &COLUMNS].concat(), results.plan.renewals.iter().map(row), out)
}
