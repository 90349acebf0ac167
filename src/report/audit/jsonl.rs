//! `jsonl`: one JSON value a line, each with a `type`. Credentials come as they are met, place by place, so that a long
//! audit can be followed; at the end come the whole inventory's findings, failures and the summary. Lines of many runs can be
//! put together again: `merge` in each has what that needs.
//!
//! Owns: the lines. Does not own: their fields, which are those of `json` and of `mergeable`, nor reading them (see
//! `inventory`).

use std::io::{self, Write};

use serde::Serialize;

use super::super::json::FailureReport;
use super::super::wire::{self, Head, schema};
use super::AuditResults;
use super::json::{CredentialReport, FindingReport, Summary};
use super::mergeable::{MergeEnd, MergeReport};
use crate::inventory::{Accompanying, Occurrence, Run};
use crate::rule::Check;

schema!("jsonl/audit-lines.schema.json", "aemcred/audit-lines/1", "audit --format jsonl", lines::<Line<'_>>);

/// Writes a line for one credential at one place, as soon as it is met. It is the line of this `number` of the run.
pub fn occurrence(
    occurrence: &Occurrence,
    accompanying: &Accompanying,
    (run, number): (&Run, u32),
    out: &mut dyn Write,
) -> io::Result<()> {
    let audited = occurrence.alone();
    let now = accompanying.from.as_ref().map_or(run.now, |(now, _)| *now);
    let merge = MergeReport::new(occurrence, accompanying, run, number);
    line(&Line::Occurrence { credential: CredentialReport::new(&audited, now), merge }, out)
}

/// Writes what only the whole set tells, after so many `sightings` of the run.
pub fn finish(results: &AuditResults, (run, sightings): (&Run, u32), out: &mut dyn Write) -> io::Result<()> {
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
    let merge = MergeEnd::new(run, results.now, sightings);
    line(&Line::Summary { head, complete: results.complete, summary: Summary::new(results), merge }, out)
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
#[expect(clippy::large_enum_variant, reason = "there is one at a time, and it is written at once")]
enum Line<'r> {
    /// A credential at one place.
    #[serde(rename = "sighting")]
    Occurrence {
        #[serde(flatten)]
        credential: CredentialReport<'r>,
        /// What `aemcred audit --merge` needs beside the rest.
        // Older reports of version 1 lack it.
        #[cfg_attr(test, schemars(skip_serializing_if = "older"))]
        merge: MergeReport,
    },
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
        /// What `aemcred audit --merge` needs beside the rest.
        // Older reports of version 1 lack it.
        #[cfg_attr(test, schemars(skip_serializing_if = "older"))]
        merge: MergeEnd,
    },
}
