//! `table`: what must be renewed by when, with a timeline as wide as the terminal has room for.
//!
//! Owns: where what stands at which width, colors. Does not own: words, the timeline's columns.

mod timeline;

use std::fmt::Write as _;
use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use unicode_width::UnicodeWidthStr as _;

use super::super::Drawing;
use super::super::drawing::bright;
use super::super::escape::plain;
use super::super::inventory::{client_name, short_place};
use super::super::lines::{NARROWEST, indented, padded, whole_place, wrap};
use super::{RenewalResults, advice, date, expires, word};
use crate::credential::DocumentKind;
use crate::renewal::{Renewal, Status};
use crate::report::{counted, one_line};
use timeline::{Mark, Timeline};

/// The width of the column with the status, with what sets it apart from the next.
const STATUS: usize = 12;

/// The width of a column with a date, likewise.
const DATE: usize = 12;

/// The fewest columns in which a timeline says anything.
const TIMELINE: usize = 36;

/// A longer name of a client wraps.
const LONGEST_NAME: usize = 40;

/// How many places of a credential are listed.
const LISTED: usize = 3;

/// Writes the report.
pub fn write(results: &RenewalResults, drawing: Drawing, out: &mut dyn Write) -> io::Result<()> {
    let renewals = &results.plan.renewals;
    let layout = Layout::new(results, drawing);
    if !renewals.is_empty() {
        layout.header(out)?;
        for renewal in results.plan.broken_first() {
            layout.row(renewal, results, out)?;
        }
    }
    if drawing.quiet {
        return Ok(());
    }
    if !renewals.is_empty() {
        writeln!(out)?;
        layout.legend(results, out)?;
    }
    if !results.complete {
        writeln!(out, "interrupted: this is what was found until then")?;
    }
    let failures = match results.failures.len() {
        0 => String::new(),
        failures => format!("; {}", counted(failures, "failure")),
    };
    let summary = format!("{}{failures}", results.sentence());
    for line in wrap(&summary, layout.width) {
        writeln!(out, "{}", layout.painted(Style::new().bold(), &line))?;
    }
    let left_out = results.left_out().unwrap_or_default();
    wrap(&left_out, layout.width)
        .iter()
        .filter(|line| !line.is_empty())
        .try_for_each(|line| writeln!(out, "{line}"))
}

/// Where what stands.
struct Layout {
    color: bool,
    width: usize,
    /// The width of the clients' names.
    names: usize,
    /// Whether the dates have columns of their own.
    dates: bool,
    /// Whether the timeline stands beside the dates; otherwise below.
    beside: bool,
    timeline: Option<Timeline>,
}

impl Layout {
    fn new(results: &RenewalResults, drawing: Drawing) -> Self {
        let renewals = &results.plan.renewals;
        let width = drawing.width.max(NARROWEST);
        let names = renewals.iter().map(|renewal| one_line(client_name(&renewal.record)).width());
        let names = names.max().unwrap_or_default().clamp("CLIENT".len(), LONGEST_NAME.min(width - STATUS));
        let left = width.checked_sub(STATUS + names + 2 + 2 * DATE);
        let beside = left.filter(|left| *left >= TIMELINE);
        let timeline = Timeline::new(renewals, results.now, beside.unwrap_or(width - STATUS));
        // A gap is not needed behind the last column.
        let dates = left.is_some() || width + 2 >= STATUS + names + 2 + 2 * DATE;
        Self { color: drawing.color, width, names, dates, beside: beside.is_some(), timeline }
    }

    fn header(&self, out: &mut dyn Write) -> io::Result<()> {
        let mut header = padded("STATUS", STATUS) + &padded("CLIENT", self.names + 2);
        if self.dates {
            header += &(padded("RENEW BY", DATE) + &padded("EXPIRES", DATE));
        }
        let axis = self.timeline.as_ref().map(Timeline::axis);
        let bold = |text: &str| self.painted(Style::new().bold(), text);
        match axis {
            Some([years, months]) if self.beside => {
                writeln!(out, "{}{}", " ".repeat(header.width()), bold(&years))?;
                writeln!(out, "{}", bold(&(header + &months)))
            }
            Some(axis) => {
                writeln!(out, "{}", bold(header.trim_end()))?;
                axis.iter().try_for_each(|line| writeln!(out, "{}{}", " ".repeat(STATUS), bold(line)))
            }
            None => writeln!(out, "{}", bold(header.trim_end())),
        }
    }

    fn row(&self, renewal: &Renewal, results: &RenewalResults, out: &mut dyn Write) -> io::Result<()> {
        let record = &renewal.record;
        let mut names = wrap(&one_line(client_name(record)), self.names).into_iter();
        let by = renewal.renew_by.map(date).unwrap_or_default();
        let expires = expires(renewal);
        let (style, word) = (style(renewal), word(renewal));
        let mut line = self.painted(style, word);
        line += &" ".repeat(STATUS.saturating_sub(word.len()));
        line += &padded(&names.next().unwrap_or_default(), self.names + 2);
        if self.dates {
            line += &(padded(&by, DATE) + &padded(&expires, DATE));
        }
        let bar = self.timeline.as_ref().map(|timeline| self.bar(&timeline.bar(renewal), style));
        let (beside, below) = if self.beside { (bar, None) } else { (None, bar) };
        line += beside.as_deref().unwrap_or_default();
        writeln!(out, "{}", line.trim_end())?;

        let mut more: Vec<String> = names.collect();
        match record.kind {
            DocumentKind::ServiceCredentials | DocumentKind::Encrypted => {}
            kind => more.push(kind.name().replace('-', " ")),
        }
        if !self.dates {
            let dates = [("renew by", by), ("expires", expires)];
            let dates = dates.iter().filter(|(_, date)| !date.is_empty());
            let dates: Vec<String> = dates.map(|(what, date)| format!("{what} {date}")).collect();
            more.extend((!dates.is_empty()).then(|| dates.join(", ")));
        }
        more.push(plain(&advice(renewal, results.now)));
        more.extend(record.locations.iter().take(LISTED).map(|location| whole_place(&short_place(location))));
        if let Some(more_places @ 1..) = record.locations.len().checked_sub(LISTED) {
            more.push(format!("and {}", counted(more_places, "more place")));
        }
        let indent = " ".repeat(STATUS);
        for text in more {
            for line in indented(STATUS, &text, self.width) {
                writeln!(out, "{line}")?;
            }
        }
        below.map_or(Ok(()), |bar| writeln!(out, "{indent}{bar}"))
    }

    /// The marks, in color where there are colors.
    fn bar(&self, marks: &[Mark], of_row: Style) -> String {
        let mut bar = String::new();
        for run in marks.chunk_by(|left, right| left == right) {
            let Some(mark) = run.first() else { continue };
            let text: String = run.iter().map(|mark| mark.symbol()).collect();
            let style = match mark {
                Mark::Past | Mark::Month | Mark::FormerEnd => Style::new().dimmed(),
                Mark::Window => Style::new().fg_color(Some(AnsiColor::Yellow.into())),
                Mark::Today => Style::new().bold(),
                Mark::End | Mark::Earlier => of_row,
                Mark::Nothing | Mark::Ahead | Mark::After => Style::new(),
            };
            bar += &self.painted(style, &text);
        }
        bar.trim_end().to_owned()
    }

    fn legend(&self, results: &RenewalResults, out: &mut dyn Write) -> io::Result<()> {
        if self.timeline.is_none() {
            return Ok(());
        }
        let today = format!("today, {}", date(results.now));
        let marks = [
            (Mark::Today, today.as_str()),
            (Mark::Past, "past"),
            (Mark::Ahead, "ahead"),
            (Mark::Window, "renewal window"),
            (Mark::End, "expires"),
            (Mark::FormerEnd, "replaced"),
        ];
        let mut line = String::new();
        for (mark, words) in marks {
            let record = format!("{} {words}", mark.symbol());
            if !line.is_empty() && line.width() + 3 + record.width() > self.width {
                writeln!(out, "{line}")?;
                line.clear();
            }
            let gap = if line.is_empty() { "" } else { "   " };
            // Writing to a string can't fail.
            let _ = write!(line, "{gap}{record}");
        }
        writeln!(out, "{line}")
    }

    fn painted(&self, style: Style, text: &str) -> String {
        if self.color && style != Style::new() { format!("{style}{text}{style:#}") } else { text.to_owned() }
    }
}

fn style(renewal: &Renewal) -> Style {
    let color = match renewal.status {
        Status::Superseded => return Style::new().dimmed(),
        _ if renewal.is_broken() => AnsiColor::Red,
        Status::Expired | Status::Imminent => AnsiColor::Red,
        Status::Due | Status::Unknown => AnsiColor::Yellow,
        Status::Later | Status::Never => AnsiColor::Green,
    };
    bright(color)
}
