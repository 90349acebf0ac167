//! `github`: GitHub's workflow commands, which become annotations beside the lines of a pull request.
//!
//! Owns: their syntax and escaping. Does not own: GitHub's limits (ten of a level are shown for a step).
//! <https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands>

use std::io::{self, Write};

use super::escape::{github_data as data, github_property as property};
use super::{Failure, Results, message_and_help};
use crate::finding::{Finding, Level};

/// Writes the report.
pub fn write(results: &Results, out: &mut dyn Write) -> io::Result<()> {
    for file in &results.files {
        let path = property(file.path.in_repository());
        for finding in file.findings() {
            let command = match finding.level {
                Level::Error => "error",
                Level::Warning => "warning",
                Level::Note => "notice",
            };
            let (place, title) = (place(finding), property(finding.rule.name));
            let message = data(&message_and_help(finding));
            writeln!(out, "::{command} file={path},{place},title={title}::{message}")?;
        }
    }
    failures(&results.failures, out)
}

/// Writes what could not be done.
pub(super) fn failures(failures: &[Failure], out: &mut dyn Write) -> io::Result<()> {
    for failure in failures {
        let file = failure.path.as_ref().map(|path| format!("file={},", property(path.in_repository())));
        let (file, message) = (file.unwrap_or_default(), data(&failure.message));
        writeln!(out, "::error {file}title=aemcred could not do this::{message}")?;
    }
    Ok(())
}

/// Columns mean something to GitHub only when both ends stand on one line.
fn place(finding: &Finding) -> String {
    let (start, end) = (finding.start, finding.end);
    let (line, end_line) = (start.line.number(), end.line.number());
    if line == end_line {
        let (column, end_column) = (start.column.number(), end.column.number());
        format!("line={line},endLine={end_line},col={column},endColumn={end_column}")
    } else {
        format!("line={line},endLine={end_line}")
    }
}
