//! `azure`: logging commands of Azure Pipelines, which become issues of the run.
//!
//! Owns: their syntax and escaping. Does not own: the outcome of the step, which follows from the exit code as in every
//! format; no `task.complete` is written.
//! <https://learn.microsoft.com/en-us/azure/devops/pipelines/scripts/logging-commands>

use std::io::{self, Write};

use super::Results;
use super::escape;
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

/// Escapes a command's message (`escapedata` in azure-pipelines-task-lib).
fn data(text: &str) -> String {
    escape::command(text, &[('%', "%AZP25"), ('\r', "%0D"), ('\n', "%0A")])
}

/// Escapes a property's value (`escape` in azure-pipelines-task-lib).
fn property(text: &str) -> String {
    escape::command(text, &[('%', "%AZP25"), ('\r', "%0D"), ('\n', "%0A"), (']', "%5D"), (';', "%3B")])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_breaks_out_of_a_command() {
        let hostile = "a;b]##vso[task.setvariable variable=x]1%0A\r\n\u{1B}";
        assert_eq!(property(hostile), "a%3Bb%5D##vso[task.setvariable variable=x%5D1%AZP250A%0D%0A\\u{1b}");
        assert_eq!(data("50% ]\n"), "50%AZP25 ]%0A");
    }
}
