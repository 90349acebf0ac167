//! `jsonl`: one JSON value a line, each with a `type`: findings, then failures, then the summary. For streams and `jq`.
//!
//! Owns: the lines. Does not own: the fields of findings, failures and the summary, which are those of `json`.

use std::io::{self, Write};

use serde::Serialize;

use super::Results;
use super::json::{FailureReport, FindingReport, Summary};
use super::wire::{Head, line, schema};

schema!("jsonl/check-lines.schema.json", "aemcred/check-lines/1", "check --format jsonl", lines::<Line<'_>>);

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
    let head = Head::new(CONTRACT, results.now);
    line(&Line::Summary { head, summary: Summary::new(results) }, out)
}

/// Each line is one JSON value. Fields may be added within version 1; none is removed or changes its meaning.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(tag = "type", rename_all = "lowercase")]
enum Line<'r> {
    /// A template, of which nothing is asked: every secret in it is a placeholder.
    Template {
        /// The file's name; bytes that are not UTF-8 stand as \xNN.
        path: &'r str,
        /// What the document is in within the file. Absent when the document is the whole file.
        #[serde(skip_serializing_if = "String::is_empty")]
        #[cfg_attr(test, schemars(length(min = 1)))]
        within: String,
        /// The client ID, if it could be read.
        client_id: Option<&'r str>,
    },
    /// A finding, suppressed ones included.
    Finding {
        /// The file's name; bytes that are not UTF-8 stand as \xNN.
        path: &'r str,
        #[serde(flatten)]
        finding: FindingReport<'r>,
    },
    /// Something that was asked for and could not be done.
    Failure(FailureReport<'r>),
    /// The last line.
    Summary {
        #[serde(flatten)]
        head: Head,
        /// Counts.
        summary: Summary,
    },
}
