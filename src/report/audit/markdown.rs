//! `markdown`: the inventory for job summaries, issues and wikis.
//!
//! Owns: the layout. Does not own: escaping, which is that of the Markdown report of `check`.

use std::io::{self, Write};

use super::super::escape::{code, text};
use super::super::inventory::markdown::{INTERRUPTED, client, places};
use super::super::inventory::{no_end, place};
use super::super::markdown::{failures, level};
use super::super::{date, days};
use super::AuditResults;
use crate::record::State;

/// Writes the report.
pub fn write(results: &AuditResults, out: &mut dyn Write) -> io::Result<()> {
    let summary = results.summary();
    writeln!(out, "## aemcred audit: {}\n", summary.sentence())?;
    writeln!(out, "{}.\n", results.extent.sentence())?;
    if !results.complete {
        writeln!(out, "{INTERRUPTED}")?;
    }
    if !results.credentials.is_empty() {
        writeln!(out, "| state | client | organization | until | places |\n|---|---|---|---|---|")?;
        for audited in &results.credentials {
            let record = &audited.record;
            let until = record.validity().map_or_else(
                || no_end(record).to_owned(),
                |validity| {
                    format!("{} ({})", date(validity.not_after), days(validity.days_left(results.now)))
                },
            );
            writeln!(
                out,
                "| {} | {} | {} | {until} | {} |",
                mark(record.state),
                client(record),
                record.organization.as_deref().map(code).unwrap_or_default(),
                places(record),
            )?;
        }
        writeln!(out)?;
    }
    if results.findings().next().is_some() {
        writeln!(out, "### Findings\n\n| level | place | message | rule |\n|---|---|---|---|")?;
        for (_, finding) in results.findings() {
            let (level, rule) = (level(finding.level), finding.rule.name);
            let place = code(&place(&finding.location));
            writeln!(out, "| {level} | {place} | {} | `{rule}` |", text(&finding.message))?;
        }
        writeln!(out)?;
    }
    failures(&results.failures, out)
}

const fn mark(state: State) -> &'static str {
    match state {
        State::Expired => "🔴 expired",
        State::Expiring => "🟠 expiring",
        State::Broken => "🔴 broken",
        State::Sound => "🟢 sound",
        State::Partial => "🟠 partial",
        State::Redacted => "⚪ redacted",
        State::Encrypted => "🔒 encrypted",
    }
}
