//! `markdown`: what must be renewed by when, for job summaries, mails and the body of an issue.
//!
//! Owns: the layout, and that the report fits into an issue of GitHub. Does not own: escaping, which is that of the Markdown report of `check`.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::{self, Write};

use super::super::counted;
use super::super::escape::{plain, text};
use super::super::inventory::markdown::{INTERRUPTED, client, places};
use super::super::markdown::{FAILURES, failure};
use super::{RenewalResults, TOKEN_STEPS, advice, date, environment, expires, steps, word};
use crate::renewal::{Renewal, Status};

/// The longest report in bytes. GitHub refuses an issue or a comment of more than 65,536 characters, and whoever posts
/// the report may have a line of their own to add.
const LONGEST: usize = 60_000;

/// What the environments and the failures may take of it, each.
const LONGEST_LIST: usize = 12_000;

/// What the sentences around the lists take at most.
const SENTENCES: usize = 2_000;

/// Writes the report.
pub fn write(results: &RenewalResults, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "## AEM credential renewals\n\nAs of {}: {}.\n", date(results.now), results.sentence())?;
    if !results.complete {
        writeln!(out, "{INTERRUPTED}")?;
    }
    let (how, failures) = (how(results), failures(results));
    let room = LONGEST.saturating_sub(how.len() + failures.len() + SENTENCES);
    if !results.plan.renewals.is_empty() {
        table(results, room, out)?;
    }
    write!(out, "{how}")?;
    if let Some(left_out) = results.left_out() {
        writeln!(out, "{}\n", text(&left_out))?;
    }
    write!(out, "{failures}")
}

/// The rows that fit into `room` bytes. The most urgent are kept, whatever their place in the order of rows is.
fn table(results: &RenewalResults, room: usize, out: &mut dyn Write) -> io::Result<()> {
    let mut rows: Vec<(Option<usize>, usize, String)> = results
        .plan
        .broken_first()
        .enumerate()
        .map(|(index, renewal)| (urgency(renewal), index, row(renewal, results)))
        .collect();
    rows.sort_unstable();
    let all = rows.len();
    let mut used = 0;
    rows.truncate(
        rows.iter()
            .take_while(|(_, _, row)| {
                used += row.len();
                used <= room
            })
            .count(),
    );
    let left_out = all - rows.len();
    rows.sort_unstable_by_key(|(_, index, _)| *index);
    writeln!(
        out,
        "| status | client | renew by | expires | what to do | places |\n|---|---|---|---|---|---|"
    )?;
    rows.iter().try_for_each(|(_, _, row)| write!(out, "{row}"))?;
    writeln!(out)?;
    if left_out > 0 {
        writeln!(
            out,
            "and {left_out} more, none more urgent: `aemcred renewals --format table` lists all, an issue has no room for them\n"
        )?;
    }
    Ok(())
}

/// The place in the order of [`Status::ALL`], what is broken before all.
fn urgency(renewal: &Renewal) -> Option<usize> {
    let place = Status::ALL.into_iter().position(|one| one == renewal.status);
    place.filter(|_| !renewal.is_broken())
}

fn row(renewal: &Renewal, results: &RenewalResults) -> String {
    let record = &renewal.record;
    format!(
        "| {} {} | {} | {} | {} | {} | {} |\n",
        mark(renewal),
        word(renewal),
        client(record),
        renewal.renew_by.map(date).unwrap_or_default(),
        expires(renewal),
        text(&plain(&advice(renewal, results.now))),
        places(record),
    )
}

/// How to renew what is pressing, for whoever does it for the first time in a year: said once, then where.
fn how(results: &RenewalResults) -> String {
    let pressing = || results.plan.renewals.iter().filter(|renewal| renewal.is_pressing());
    let (mut places, mut seen) = (Vec::new(), BTreeSet::new());
    for renewal in pressing().filter(|renewal| !renewal.record.is_token()) {
        let record = &renewal.record;
        let place = environment(record)
            .map_or_else(|| format!("of {}", client(record)), |environment| text(&environment));
        let line = format!("- {place}\n");
        if seen.insert(line.clone()) {
            places.push(line);
        }
    }
    let mut how = String::new();
    // Writing to a string can't fail.
    if !places.is_empty() {
        let _ = writeln!(how, "{}\n", text(&steps("the program and environment")));
        how.push_str(&fitting(&places, "environment"));
        how.push('\n');
    }
    if pressing().any(|renewal| renewal.record.is_token()) {
        let _ = writeln!(how, "{}\n", text(TOKEN_STEPS));
    }
    if how.is_empty() {
        return how;
    }
    format!("<details>\n<summary>How to renew</summary>\n\n{how}</details>\n\n")
}

fn failures(results: &RenewalResults) -> String {
    if results.failures.is_empty() {
        return String::new();
    }
    let rows: Vec<String> = results.failures.iter().map(failure).collect();
    format!("{FAILURES}{}\n", fitting(&rows, "failure"))
}

/// The lines that fit into a list, and how many don't.
fn fitting(lines: &[String], noun: &str) -> String {
    let mut fitting = String::new();
    for (index, line) in lines.iter().enumerate() {
        if fitting.len() + line.len() > LONGEST_LIST {
            let _ = writeln!(fitting, "\nand {} more", counted(lines.len() - index, noun));
            break;
        }
        fitting.push_str(line);
    }
    fitting
}

fn mark(renewal: &Renewal) -> &'static str {
    if renewal.is_broken() {
        return "🔴";
    }
    match renewal.status {
        Status::Expired | Status::Imminent => "🔴",
        Status::Due | Status::Unknown => "🟠",
        Status::Later => "🟢",
        Status::Never | Status::Superseded => "⚪",
    }
}
