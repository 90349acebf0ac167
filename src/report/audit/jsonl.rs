//! `jsonl`: one JSON value a line, each with a `type`. Credentials come as they are met, place by place, so that a long
//! audit can be followed; at the end come the whole inventory's findings, failures and the summary.
//!
//! Owns: the lines. Does not own: their fields, which are those of `json`.

use std::io::{self, Write};

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::super::json::FailureReport;
use super::super::wire::{self, Head, schema};
use super::AuditResults;
use super::json::{CredentialReport, FindingReport, Summary};
use crate::inventory::Audited;
use crate::rule::Check;

schema!("jsonl/audit-lines.schema.json", "aemcred/audit-lines/1", "audit --format jsonl", lines::<Line<'_>>);

/// Writes a line for one credential at one place, as soon as it is met.
pub fn occurrence(audited: &Audited, now: DateTime<Utc>, out: &mut dyn Write) -> io::Result<()> {
    line(&Line::Occurrence(CredentialReport::new(audited, now)), out)
}

/// Writes what only the whole set tells.
pub fn finish(results: &AuditResults, out: &mut dyn Write) -> io::Result<()> {
    for (audited, finding) in results.findings() {
        if matches!(finding.rule.check, Check::Inventory(_) | Check::Place(_)) {
            let client_id = audited.record.client_id.as_deref();
            line(&Line::Finding { client_id, finding: FindingReport::new(finding) }, out)?;
        }
    }
    for failure in &results.failures {
        line(&Line::Failure(FailureReport::new(failure)), out)?;
    }
    let head = Head::new(CONTRACT, results.now);
    line(&Line::Summary { head, complete: results.complete, summary: Summary::new(results) }, out)
}

fn line(line: &Line<'_>, out: &mut dyn Write) -> io::Result<()> {
    wire::line(line, out)?;
    out.flush()
}

/// A credential at one place as soon as it is met (`sighting`), then findings about the whole set, failures, and the
/// summary.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(tag = "type", rename_all = "lowercase")]
enum Line<'r> {
    /// A credential at one place.
    #[serde(rename = "sighting")]
    Occurrence(CredentialReport<'r>),
    /// Something that was found in the whole set.
    Finding {
        /// The client ID.
        client_id: Option<&'r str>,
        #[serde(flatten)]
        finding: FindingReport<'r>,
    },
    /// Something that could not be done.
    Failure(FailureReport<'r>),
    /// The last line.
    Summary {
        #[serde(flatten)]
        head: Head,
        /// Whether everything was checked; false when the run was interrupted.
        complete: bool,
        /// Counts.
        summary: Summary,
    },
}
