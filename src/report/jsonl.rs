//! `jsonl`: one JSON value a line, each with a `type`: findings, then failures, then the summary. For streams and `jq`.
//!
//! Owns: the lines. Does not own: the fields of findings, failures and the summary, which are those of `json`.

use std::io::{self, Write};

use serde::Serialize;

use super::json::{FailureReport, FindingReport, Summary};
use super::{Results, instant};

/// The JSON Schema of a line.
pub const SCHEMA: &str = include_str!("jsonl/check-lines.schema.json");

/// Writes the report.
///
/// # Errors
///
/// When `out` can't be written.
pub fn write(results: &Results, out: &mut dyn Write) -> io::Result<()> {
    let mut line = |line: &Line<'_>| {
        serde_json::to_writer(&mut *out, line)?;
        writeln!(out)
    };
    for file in &results.files {
        if file.is_template() {
            let within = file.checked.record.within();
            let client_id = file.checked.record.client_id.as_deref();
            line(&Line::Template { path: file.path.as_str(), within, client_id })?;
        }
        for finding in &file.checked.findings {
            line(&Line::Finding { path: file.path.as_str(), finding: FindingReport::new(finding, file) })?;
        }
    }
    for failure in &results.failures {
        line(&Line::Failure(FailureReport::new(failure)))?;
    }
    line(&Line::Summary {
        schema: "aemcred/check-lines/1",
        version: env!("CARGO_PKG_VERSION"),
        now: instant(results.now),
        summary: Summary::new(results),
    })
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
enum Line<'r> {
    Template {
        path: &'r str,
        #[serde(skip_serializing_if = "String::is_empty")]
        within: String,
        client_id: Option<&'r str>,
    },
    Finding {
        path: &'r str,
        #[serde(flatten)]
        finding: FindingReport<'r>,
    },
    Failure(FailureReport<'r>),
    Summary {
        schema: &'static str,
        version: &'static str,
        now: String,
        summary: Summary,
    },
}
