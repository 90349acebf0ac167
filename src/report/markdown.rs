//! `markdown`: for job summaries, comments and mails. GitHub's flavour, of which tables and `<details>` are used.
//!
//! Owns: the layout, and that nothing from a document or a file's name becomes markup. Does not own: where it is posted.

use std::io::{self, Write};

use super::escape::{code, text};
use super::{Failure, FileResult, Results, counted};
use crate::finding::{Finding, Level};
use crate::record::State;

/// Writes the report.
pub fn write(results: &Results, out: &mut dyn Write) -> io::Result<()> {
    let summary = results.summary();
    writeln!(out, "## aemcred: {} in {}\n", summary.findings(), counted(summary.files, "file"))?;
    if summary.suppressed > 0 {
        let verb = if summary.suppressed == 1 { "is" } else { "are" };
        writeln!(out, "{} more {verb} suppressed by the configuration or a baseline.\n", summary.suppressed)?;
    }
    findings(results, out)?;
    usable(results, out)?;
    failures(&results.failures, out)
}

/// What could not be done, if anything.
pub(super) fn failures(failures: &[Failure], out: &mut dyn Write) -> io::Result<()> {
    if failures.is_empty() {
        return Ok(());
    }
    writeln!(out, "{FAILURES}{}", failures.iter().map(failure).collect::<String>())
}

/// The head of the table of [`failures`].
pub(super) const FAILURES: &str = "### Could not be done\n\n| file | reason |\n|---|---|\n";

/// A row of it.
pub(super) fn failure(failure: &Failure) -> String {
    let path = failure.path.as_ref().map(|path| code(&path.one_line())).unwrap_or_default();
    format!("| {path} | {} |\n", text(&failure.message))
}

/// One table for all files: whoever reads a summary wants the worst at one glance.
fn findings(results: &Results, out: &mut dyn Write) -> io::Result<()> {
    let with_findings: Vec<&FileResult> =
        results.files.iter().filter(|file| file.findings().next().is_some()).collect();
    if with_findings.is_empty() {
        return Ok(());
    }
    writeln!(out, "### Findings\n\n| level | place | message | rule |\n|---|---|---|---|")?;
    for file in &with_findings {
        let path = file.path.one_line();
        for finding in file.findings() {
            let (level, rule) = (level(finding.level), finding.rule.name);
            let place = code(&format!("{path}:{}", finding.start));
            writeln!(out, "| {level} | {place} | {} | `{rule}` |", text(&finding.draft.message))?;
        }
    }
    let helped = |file: &&FileResult| file.findings().any(|finding| !finding.draft.help.is_empty());
    if !with_findings.iter().any(helped) {
        return writeln!(out);
    }
    writeln!(out, "\n<details>\n<summary>What to do</summary>\n")?;
    for file in with_findings {
        let path = file.path.one_line();
        for finding in file.findings().filter(|finding| !finding.draft.help.is_empty()) {
            writeln!(out, "- {}", help(finding, &path))?;
        }
    }
    writeln!(out, "\n</details>\n")
}

fn help(finding: &Finding, path: &str) -> String {
    let place = code(&format!("{path}:{}", finding.start));
    format!("`{}` at {place}: {}", finding.rule.name, text(&finding.draft.help))
}

fn usable(results: &Results, out: &mut dyn Write) -> io::Result<()> {
    let is_usable = |state| matches!(state, State::Sound | State::Expiring | State::Partial);
    let usable = |file: &&FileResult| file.checked.is_credential && file.state().is_some_and(is_usable);
    let files: Vec<&FileResult> = results.files.iter().filter(usable).collect();
    if files.is_empty() {
        return Ok(());
    }
    writeln!(
        out,
        "### Usable credentials\n\n| file | client | valid until | days left |\n|---|---|---|---|"
    )?;
    for file in files {
        let (path, record) = (code(&file.place()), &file.checked.record);
        let client = record.client_id.as_deref().map_or_else(|| String::from("not shown"), code);
        let (date, days) = match record.validity() {
            Some(validity) => {
                // A token lives a day.
                let format = if record.is_token() { "%Y-%m-%d %H:%MZ" } else { "%Y-%m-%d" };
                (validity.not_after.format(format).to_string(), validity.days_left(results.now).to_string())
            }
            // Nothing but a certificate or a token says when.
            None => (String::from("unknown, without a certificate"), String::new()),
        };
        writeln!(out, "| {path} | {client} | {date} | {days} |")?;
    }
    writeln!(out)
}

pub(super) const fn level(level: Level) -> &'static str {
    match level {
        Level::Error => "🔴 error",
        Level::Warning => "🟠 warning",
        Level::Note => "🔵 note",
    }
}
