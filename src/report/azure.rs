//! `azure`: logging commands of Azure Pipelines, which become issues of the run.
//!
//! Owns: their syntax and escaping. Does not own: the outcome of the step, which follows from the exit code as in every
//! format; no `task.complete` is written.
//! <https://learn.microsoft.com/en-us/azure/devops/pipelines/scripts/logging-commands>

use std::io::{self, Write};

use super::Results;
use super::escape::{azure_data as data, azure_property as property};
use crate::finding::Level;

/// Writes the report.
pub fn write(results: &Results, out: &mut dyn Write) -> io::Result<()> {
    for file in &results.files {
        let path = property(file.path.in_repository());
        for finding in file.findings() {
            let (line, column) = (finding.start.line.number(), finding.start.column.number());
            let (rule, message) = (finding.rule.name, &finding.draft.message);
            let kind = match finding.level {
                Level::Error => "error",
                Level::Warning => "warning",
                Level::Note => {
                    // Azure knows errors and warnings only. A command is also one in the middle of a line, so the
                    // closing bracket, without which it is none, is escaped here too.
                    writeln!(out, "{path}:{line}:{column}: note[{rule}%5D {}", property(message))?;
                    continue;
                }
            };
            let place = format!("sourcepath={path};linenumber={line};columnnumber={column}");
            writeln!(out, "##vso[task.logissue type={kind};{place};code={rule}]{}", data(message))?;
        }
    }
    for failure in &results.failures {
        let path =
            failure.path.as_ref().map(|path| format!(";sourcepath={}", property(path.in_repository())));
        let (path, message) = (path.unwrap_or_default(), data(&failure.message));
        writeln!(out, "##vso[task.logissue type=error{path}]{message}")?;
    }
    Ok(())
}
