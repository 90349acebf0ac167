//! `markdown`: what must be renewed by when, for job summaries, mails and the body of an issue.
//!
//! Owns: the layout. Does not own: escaping, which is that of the Markdown report of `check`.

use std::io::{self, Write};

use super::super::audit::{client_name, short_place};
use super::super::markdown::{code, text};
use super::{RenewalResults, advice, console, date, expires};
use crate::renewal::{Renewal, Status};

/// How many places of a credential are listed.
const LISTED: usize = 5;

/// Writes the report.
///
/// # Errors
///
/// When `out` can't be written.
pub fn write(results: &RenewalResults, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "## AEM credential renewals\n\nAs of {}: {}.\n", date(results.now), results.sentence())?;
    if !results.complete {
        writeln!(out, "**The run was interrupted: this is what was found until then.**\n")?;
    }
    if !results.plan.renewals.is_empty() {
        writeln!(
            out,
            "| status | client | renew by | expires | what to do | places |\n|---|---|---|---|---|---|"
        )?;
        results.plan.renewals.iter().try_for_each(|renewal| row(renewal, results, out))?;
        writeln!(out)?;
    }
    how(results, out)?;
    if let Some(left_out) = results.left_out() {
        writeln!(out, "{}\n", text(&left_out))?;
    }
    if !results.failures.is_empty() {
        writeln!(out, "### Could not be done\n\n| file | reason |\n|---|---|")?;
        for failure in &results.failures {
            let path = failure.path.as_ref().map(|path| code(&path.one_line())).unwrap_or_default();
            writeln!(out, "| {path} | {} |", text(&failure.message))?;
        }
        writeln!(out)?;
    }
    Ok(())
}

fn row(renewal: &Renewal, results: &RenewalResults, out: &mut dyn Write) -> io::Result<()> {
    let entry = &renewal.entry;
    let mut places: Vec<String> =
        entry.sites.iter().take(LISTED).map(|site| code(&short_place(site))).collect();
    if let Some(more @ 1..) = entry.sites.len().checked_sub(LISTED) {
        places.push(format!("and {more} more"));
    }
    writeln!(
        out,
        "| {} | {} | {} | {} | {} | {} |",
        mark(renewal.status),
        code(client_name(entry)),
        renewal.renew_by.map(date).unwrap_or_default(),
        expires(renewal),
        text(&super::super::plain(&advice(renewal, results.now))),
        places.join("<br>"),
    )
}

/// How to renew what is pressing, for whoever does it for the first time in a year.
fn how(results: &RenewalResults, out: &mut dyn Write) -> io::Result<()> {
    let pressing = || results.plan.renewals.iter().filter(|renewal| renewal.is_pressing());
    if pressing().next().is_none() {
        return Ok(());
    }
    writeln!(out, "<details>\n<summary>How to renew</summary>\n")?;
    for renewal in pressing() {
        writeln!(out, "- {}: {}", code(client_name(&renewal.entry)), text(&console(&renewal.entry)))?;
    }
    writeln!(out, "\n</details>\n")
}

const fn mark(status: Status) -> &'static str {
    match status {
        Status::Expired => "🔴 expired",
        Status::Imminent => "🔴 imminent",
        Status::Due => "🟠 due",
        Status::Unknown => "🟠 unknown",
        Status::Later => "🟢 later",
        Status::Never => "⚪ never",
        Status::Superseded => "⚪ superseded",
    }
}
