//! `table`: the inventory for people at a terminal, as wide as that is.
//!
//! Owns: columns, what is left out where it is narrow, colors. Does not own: the words of findings.

use std::io::{self, Write};

use chrono::{DateTime, Utc};
use unicode_width::UnicodeWidthStr as _;

use super::super::drawing::{level_color, state_color};
use super::super::inventory::{client_name, listed, no_end, past, place, short_place};
use super::super::lines::{hang, indented, padded, whole, whole_place, wrap};
use super::super::{Drawing, date, days};
use super::AuditResults;
use crate::credential::DocumentKind;
use crate::examine::short;
use crate::finding::Level;
use crate::inventory::Audited;
use crate::record::{Record, State};
use crate::report::{counted, one_line};
use crate::rule::Basis;

/// From this width on the organization and the key have columns of their own.
const WIDE: usize = 130;

/// How many places of a credential are listed, and how many findings of one rule.
const LISTED: usize = 4;

/// Writes the report.
pub fn write(results: &AuditResults, drawing: Drawing, out: &mut dyn Write) -> io::Result<()> {
    if !results.credentials.is_empty() {
        let layout = Layout::new(results, drawing);
        layout.header(out)?;
        results.credentials.iter().try_for_each(|audited| layout.row(audited, results.now, out))?;
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
    let line = format!("{}: {}{failures}", results.extent.sentence(), summary.sentence());
    indented(0, &line, drawing.width).iter().try_for_each(|line| writeln!(out, "{bold}{line}{bold:#}"))
}

/// Where what is.
struct Layout {
    drawing: Drawing,
    /// The width of the clients' names.
    names: usize,
    /// The width of what is said of the end; 0 where it is below the name.
    ends: usize,
    /// Whether organization and key have columns of their own.
    wide: bool,
    /// Where the places begin, if they are beside the rest.
    places: Option<usize>,
}

/// The width of the column with the state, with what sets it apart from the next.
const STATE: usize = 11;

/// The width of the organization's and the key's columns, likewise.
const ORGANIZATION: usize = 35;
const KEY: usize = 10;

impl Layout {
    fn new(results: &AuditResults, drawing: Drawing) -> Self {
        let records = || results.credentials.iter().map(|audited| &audited.record);
        let longest = |texts: &mut dyn Iterator<Item = String>| {
            texts.map(|text| text.width()).max().unwrap_or_default()
        };
        let room = drawing.width.saturating_sub(STATE);
        let names = longest(&mut records().map(|record| one_line(client_name(record))));
        let names = names.clamp("CLIENT".len(), room.max("CLIENT".len()));
        let ends = longest(&mut records().map(|record| end(record, results.now))).max("EXPIRES".len());
        let ends = if names + 2 + ends <= room { ends } else { 0 };
        let columns = STATE + names + 2 + if ends > 0 { ends + 2 } else { 0 };
        let wide = drawing.width >= WIDE && columns + ORGANIZATION + KEY <= drawing.width;
        let columns = if wide { columns + ORGANIZATION + KEY } else { columns };
        let has_past = records().flat_map(|record| &record.locations).any(|location| location.past.is_some());
        let places = longest(&mut records().flat_map(|record| listed(record, LISTED, short_place)));
        let fits = !has_past && columns + places.max("PLACE".len()) <= drawing.width;
        Self { drawing, names, ends, wide, places: fits.then_some(columns) }
    }

    fn header(&self, out: &mut dyn Write) -> io::Result<()> {
        let mut header = padded("STATE", STATE) + &padded("CLIENT", self.names + 2);
        if self.ends > 0 {
            header += &padded("EXPIRES", self.ends + 2);
        }
        if self.wide {
            header += &(padded("ORGANIZATION", ORGANIZATION) + &padded("KEY", KEY));
        }
        if self.places.is_some() {
            header += "PLACE";
        }
        let bold = self.drawing.bold();
        writeln!(out, "{bold}{}{bold:#}", header.trim_end())
    }

    fn row(&self, audited: &Audited, now: DateTime<Utc>, out: &mut dyn Write) -> io::Result<()> {
        let record = &audited.record;
        let state = record.state;
        let style = self.drawing.bright(state_color(state));
        let mut names = wrap(&whole(client_name(record)), self.names).into_iter();
        let mut line = padded(&names.next().unwrap_or_default(), self.names + 2);
        let end = end(record, now);
        if self.ends > 0 {
            line += &padded(&end, self.ends + 2);
        }
        if self.wide {
            let organization = record.organization.as_deref().map(one_line).unwrap_or_default();
            let key = record.public_key.as_ref().map(|key| short(&key.sha256)).unwrap_or_default();
            line += &(padded(&organization, ORGANIZATION) + &padded(&key, KEY));
        }
        let mut places = listed(record, LISTED, |location| whole_place(&short_place(location))).into_iter();
        if self.places.is_some() {
            line += &places.next().map(|place| wrap(&place, usize::MAX).concat()).unwrap_or_default();
        }
        let blanks = " ".repeat(STATE.saturating_sub(state.name().len()));
        writeln!(out, "{style}{}{style:#}{blanks}{}", state.name(), line.trim_end())?;
        if let Some(column) = self.places {
            places
                .try_for_each(|place| writeln!(out, "{:column$}{}", "", wrap(&place, usize::MAX).concat()))?;
        }
        let mut below: Vec<String> = names.collect();
        match record.kind {
            DocumentKind::ServiceCredentials | DocumentKind::Encrypted => {}
            kind => below.push(kind.name().replace('-', " ")),
        }
        if self.ends == 0 && record.validity().is_some() {
            below.push(format!("expires {end}"));
        }
        below.extend(audited.superseded.then(|| String::from("a newer one is here")));
        below.extend(why(audited));
        if self.places.is_none() {
            for location in record.locations.iter().take(LISTED) {
                below.push(whole_place(&short_place(location)));
                below.extend(Some(past(location)).filter(|past| !past.is_empty()));
            }
            below.extend(places.nth(record.locations.len().min(LISTED)));
        }
        below
            .iter()
            .flat_map(|text| indented(STATE, text, self.drawing.width))
            .try_for_each(|line| writeln!(out, "{line}"))
    }
}

/// `2026-11-22, 10 days ago`
fn end(record: &Record, now: DateTime<Utc>) -> String {
    record.validity().map_or_else(
        || no_end(record).to_owned(),
        |validity| format!("{}, {}", date(validity.not_after), days(validity.days_left(now))),
    )
}

/// Which rules say that a credential is broken: `why: key-pair-mismatch`
fn why(audited: &Audited) -> Option<String> {
    let errors = audited.findings.iter().filter(|finding| {
        finding.level == Level::Error && finding.basis != Basis::Policy && finding.rule.is_about_content()
    });
    let mut names: Vec<&str> = errors.map(|finding| finding.rule.name).collect();
    names.dedup();
    let is_broken = audited.record.state == State::Broken && !names.is_empty();
    is_broken.then(|| format!("why: {}", names.join(", ")))
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
            let lead = format!("{level}[{name}]");
            let text = hang(2, &format!("{lead}: {}{times}", one_line(&finding.message)), drawing.width);
            let text = text.lines.join("\n  ");
            writeln!(out, "{color}{lead}{color:#}{}", text.strip_prefix(&lead).unwrap_or_default())?;
            let line = |text: &str| indented(2, text, drawing.width).join("\n");
            writeln!(out, "{}", line(&whole_place(&place(&finding.location))))?;
            for (location, what) in finding.related.iter().take(LISTED) {
                writeln!(out, "{}", line(&format!("{}: {}", whole_place(&place(location)), one_line(what))))?;
            }
        }
        for (name, count) in listed.into_iter().filter(|(_, count)| *count > LISTED) {
            writeln!(out, "{level}[{name}]: {} more", count - LISTED)?;
        }
    }
    if any { writeln!(out) } else { Ok(()) }
}
