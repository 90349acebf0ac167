//! `table`: the inventory for people at a terminal, as wide as that is.
//!
//! Owns: columns, what is left out where it is narrow, colors. Does not own: the words of findings.

use std::io::{self, Write};

use chrono::{DateTime, Utc};
use comfy_table::{ColumnConstraint, ContentArrangement, Table, Width, presets};

use super::super::drawing::{bright, level_color, state_color};
use super::super::inventory::{client_name, listed, no_end, past, place, short_place};
use super::super::{Drawing, date, days};
use super::AuditResults;
use crate::credential::DocumentKind;
use crate::examine::short;
use crate::finding::Level;
use crate::inventory::Audited;
use crate::record::{Location, State};
use crate::report::{counted, one_line};

/// From this width on the organization and the key have columns of their own.
const WIDE: usize = 130;

/// How many places of a credential are listed, and how many findings of one rule.
const LISTED: usize = 4;

/// Writes the report.
pub fn write(results: &AuditResults, drawing: Drawing, out: &mut dyn Write) -> io::Result<()> {
    if !results.credentials.is_empty() {
        for line in table(results, drawing).lines() {
            writeln!(out, "{}", colored(line.trim_end(), drawing))?;
        }
        if !drawing.quiet {
            writeln!(out)?;
        }
    }
    if drawing.quiet {
        return Ok(());
    }
    findings(results, drawing, out)?;
    if !results.complete {
        writeln!(out, "interrupted: this is what was found until then")?;
    }
    let bold = drawing.bold();
    let summary = results.summary();
    let failures = match summary.failures {
        0 => String::new(),
        failures => format!("; {}", counted(failures, "failure")),
    };
    writeln!(out, "{bold}{}: {}{failures}{bold:#}", results.extent.sentence(), summary.sentence())
}

fn table(results: &AuditResults, drawing: Drawing) -> String {
    let wide = drawing.width >= WIDE;
    let mut table = Table::new();
    table
        .load_style(presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(u16::try_from(drawing.width).unwrap_or(u16::MAX));
    let mut header = vec!["STATE", "CLIENT"];
    header.extend(wide.then_some("ORGANIZATION"));
    header.push("UNTIL");
    header.extend(wide.then_some("KEY"));
    header.push("PLACE");
    table.set_header(header);
    for audited in &results.credentials {
        table.add_row(row(audited, results.now, wide));
    }
    // Dates and states are useless in pieces; names may wrap.
    let columns: &[(usize, u16)] = if wide { &[(0, 11), (2, 35), (3, 16)] } else { &[(0, 11), (2, 16)] };
    for &(index, width) in columns {
        if let Some(column) = table.column_mut(index) {
            column.set_constraint(ColumnConstraint::LowerBoundary(Width::Fixed(width)));
        }
    }
    table.to_string()
}

fn row(audited: &Audited, now: DateTime<Utc>, wide: bool) -> Vec<String> {
    let record = &audited.record;
    let mut client = one_line(client_name(record));
    match record.kind {
        DocumentKind::ServiceCredentials | DocumentKind::Encrypted => {}
        kind => client = format!("{client}\n{}", kind.name().replace('-', " ")),
    }
    if audited.superseded {
        client.push_str("\na newer one is here");
    }
    let until = record.validity().map_or_else(
        || no_end(record).to_owned(),
        |validity| format!("{}\n{}", date(validity.not_after), days(validity.days_left(now))),
    );
    let mut cells = vec![record.state.name().to_owned(), client];
    cells.extend(wide.then(|| record.organization.as_deref().map(one_line).unwrap_or_default()));
    cells.push(until);
    cells.extend(wide.then(|| record.public_key.as_ref().map(|key| short(&key.sha256)).unwrap_or_default()));
    let place = |location: &Location| match past(location) {
        past if past.is_empty() => short_place(location),
        past => format!("{}\n{past}", short_place(location)),
    };
    cells.push(listed(record, LISTED, place).join("\n"));
    cells
}

/// The findings in short: what `aemcred check` says of a file at length is not said again.
fn findings(results: &AuditResults, drawing: Drawing, out: &mut dyn Write) -> io::Result<()> {
    let mut any = false;
    for level in Level::ALL.into_iter().rev() {
        let mut listed: Vec<(&str, usize)> = Vec::new();
        for (_, finding) in results.findings().filter(|(_, finding)| finding.level == level) {
            let name = finding.rule.name;
            let index = listed.iter().position(|(known, _)| *known == name).unwrap_or(listed.len());
            if index == listed.len() {
                listed.push((name, 0));
            }
            let count = listed.get_mut(index).map_or(0, |(_, count)| {
                *count += 1;
                *count
            });
            if count > LISTED {
                continue;
            }
            any = true;
            let color = drawing.bright(level_color(level));
            let times =
                if finding.times > 1 { format!(" (at {} places)", finding.times) } else { String::new() };
            writeln!(out, "{color}{level}[{name}]{color:#}: {}{times}", one_line(&finding.message))?;
            writeln!(out, "  {}", place(&finding.location))?;
            for (location, what) in finding.related.iter().take(LISTED) {
                writeln!(out, "  {}: {}", place(location), one_line(what))?;
            }
        }
        for (name, count) in listed.into_iter().filter(|(_, count)| *count > LISTED) {
            writeln!(out, "{level}[{name}]: {} more", count - LISTED)?;
        }
    }
    if any { writeln!(out) } else { Ok(()) }
}

/// The line with its state in color, where it begins with one.
fn colored(line: &str, drawing: Drawing) -> String {
    let state = State::ALL.into_iter().find(|state| {
        line.strip_prefix(' ')
            .and_then(|line| line.strip_prefix(state.name()))
            .is_some_and(|rest| rest.starts_with(' '))
    });
    match state.filter(|_| drawing.color) {
        Some(state) => {
            let style = bright(state_color(state));
            let name = state.name();
            format!(" {style}{name}{style:#}{}", line.get(1 + name.len()..).unwrap_or_default())
        }
        None => line.to_owned(),
    }
}
