//! `jsonl`: one JSON value a line, each with a `type`: findings, then failures, then the summary. For streams and `jq`.
//!
//! Owns: the lines. Does not own: the fields of findings, failures and the summary, which are those of `json`.

use std::io::{self, Write};

use serde::Serialize;

use super::Results;
use super::json::{FailureReport, FindingReport, Summary};
use super::wire::{Head, line};

/// The JSON Schema of a line.
pub const SCHEMA: &str = include_str!("jsonl/check-lines.schema.json");

/// Writes the report.
pub fn write(results: &Results, out: &mut dyn Write) -> io::Result<()> {
    for file in &results.files {
        if file.is_template() {
            let within = file.checked.record.within();
            let client_id = file.checked.record.client_id.as_deref();
            line(&Line::Template { path: file.path.as_str(), within, client_id }, out)?;
        }
        for finding in &file.checked.findings {
            let path = file.path.as_str();
            line(&Line::Finding { path, finding: FindingReport::new(finding, file) }, out)?;
        }
    }
    for failure in &results.failures {
        line(&Line::Failure(FailureReport::new(failure)), out)?;
    }
    let head = Head::new("aemcred/check-lines/1", results.now);
    line(&Line::Summary { head, summary: Summary::new(results) }, out)
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
        #[serde(flatten)]
        head: Head,
        summary: Summary,
    },
}
