//! `concise`: one line a finding, `path:line:column: level[rule] message`, as editors and `grep` like it.

use std::io::{self, Write};

use super::{Results, one_line};

/// Writes the report.
pub fn write(results: &Results, out: &mut dyn Write) -> io::Result<()> {
    for file in &results.files {
        let path = file.path.one_line();
        // A runner takes a line that begins so for a command to itself.
        let path = if path.starts_with("::") || path.starts_with("##") { format!("./{path}") } else { path };
        for finding in file.findings() {
            let (level, rule, message) = (finding.level, finding.rule.name, one_line(&finding.draft.message));
            writeln!(out, "{path}:{}: {level}[{rule}] {message}", finding.start)?;
        }
    }
    Ok(())
}
