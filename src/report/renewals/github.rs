//! `github`: what is due, as GitHub's workflow commands, which become annotations.
//!
//! Owns: which status becomes which command. Does not own: their syntax, which is that of `check`.

use std::io::{self, Write};

use super::super::escape::{github_data as data, github_property as property, plain};
use super::super::github::failures;
use super::super::inventory::{client_name, short_place};
use super::{RenewalResults, advice, console, date, word};
use crate::renewal::{Renewal, Status};

/// Writes the report.
pub fn write(results: &RenewalResults, out: &mut dyn Write) -> io::Result<()> {
    let is_told =
        |renewal: &&Renewal| renewal.is_broken() || renewal.is_pressing() || renewal.is_unreadable();
    for renewal in results.plan.broken_first().filter(is_told) {
        let command = match renewal.status {
            _ if renewal.is_broken() => "error",
            Status::Expired | Status::Imminent => "error",
            _ => "warning",
        };
        let Some(location) = renewal.record.locations.first() else { continue };
        let file = property(location.path.in_repository());
        let (line, column) = (location.position.line.number(), location.position.column.number());
        let title = property(&format!("AEM credential: {}", word(renewal)));
        let message = data(&message(renewal, results));
        writeln!(out, "::{command} file={file},line={line},col={column},title={title}::{message}")?;
    }
    failures(&results.failures, out)
}

fn message(renewal: &Renewal, results: &RenewalResults) -> String {
    let record = &renewal.record;
    let until = record.validity().map(|validity| format!(", valid until {}", date(validity.not_after)));
    let advice = plain(&advice(renewal, results.now));
    let mut message = format!("{}{}: {advice}", client_name(record), until.unwrap_or_default());
    for location in record.locations.iter().skip(1) {
        message = format!("{message}\nalso in {}", short_place(location));
    }
    if renewal.is_pressing() { format!("{message}\n{}", console(record)) } else { message }
}
