//! Sections of labels and values, as wide as the terminal.
//!
//! Owns: columns, wrapping, colors. Does not own: what is said.

use std::collections::HashSet;
use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use chrono::{DateTime, Utc};
use unicode_width::UnicodeWidthStr as _;

use crate::credential::DocumentKind;
use crate::credential::{Phase, Validity};
use crate::inspect::{Fact, Unread};
use crate::report::inspect::bar::{Bar, MARK};
use crate::report::lines::{NARROWEST, hang, padded, whole_place, wrap};
use crate::report::{Drawing, FileResult, one_line};

/// In longer lines the eye gets lost.
const WIDEST: usize = 120;

/// The columns of the labels, with the space around them.
const LABELS: usize = 22;

/// A label and what it stands for.
pub(super) struct Row {
    label: String,
    value: String,
    tone: Tone,
    /// The rule whose finding the value repeats, because there is nothing else to say.
    rule: Option<&'static str>,
}

/// How a value is colored. The words always say the same.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Tone {
    Plain,
    Good,
    Doubtful,
    Bad,
}

impl Row {
    pub(super) fn new(label: &str, value: impl Into<String>) -> Self {
        Self { label: label.to_owned(), value: value.into(), tone: Tone::Plain, rule: None }
    }

    pub(super) fn toned(self, tone: Tone) -> Self {
        Self { tone, ..self }
    }

    pub(super) fn unread(label: &str, unread: &Unread) -> Self {
        let rule = unread.rule.map(|rule| format!(" [{rule}]")).unwrap_or_default();
        let row = Self::new(label, format!("– {}{rule}", unread.reason)).toned(Tone::Doubtful);
        Self { rule: unread.rule, ..row }
    }

    pub(super) fn text(label: &str, fact: &Fact<String>) -> Self {
        match fact {
            Ok(text) => Self::new(label, text.as_str()),
            Err(unread) => Self::unread(label, unread),
        }
    }
}

/// The rows of a section that may not have been read.
pub(super) fn fact<T>(label: &str, fact: &Fact<T>, rows: impl Fn(&T) -> Vec<Row>) -> Vec<Row> {
    match fact {
        Ok(section) => rows(section),
        Err(unread) => vec![Row::unread(label, unread)],
    }
}

/// What is written to, and how wide and colorful that is.
pub(super) struct Page<'o> {
    out: &'o mut dyn Write,
    width: usize,
    drawing: Drawing,
    /// Reasons that were given already.
    told: HashSet<String>,
}

impl<'o> Page<'o> {
    pub(super) fn new(drawing: Drawing, out: &'o mut dyn Write) -> Self {
        Self { out, width: drawing.width.clamp(NARROWEST, WIDEST), drawing, told: HashSet::new() }
    }

    pub(super) fn heading(&mut self, file: &FileResult) -> io::Result<()> {
        let kind = match file.checked.record.kind {
            DocumentKind::Unknown => String::from("unknown document"),
            kind => kind.name().replace('-', " "),
        };
        let bold = self.drawing.bold();
        let title = wrap(&format!("{}: {kind}", whole_place(&file.place())), self.width).join("\n");
        // The kind is the last of it, and is left out of what stands out if it fits on that line.
        let (place, kind) = match title.strip_suffix(&format!(": {kind}")) {
            Some(place) => (place, format!(": {kind}")),
            None => (title.as_str(), String::new()),
        };
        writeln!(self.out, "{bold}{place}{bold:#}{kind}")
    }

    pub(super) fn section(&mut self, title: &str, rows: &[Row]) -> io::Result<()> {
        let rule = "─".repeat(self.width.saturating_sub(title.chars().count() + 4));
        let (bold, dim) = (self.drawing.bold(), self.drawing.style(Style::new().dimmed()));
        writeln!(self.out, "\n{dim}──{dim:#} {bold}{title}{bold:#} {dim}{rule}{dim:#}")?;
        rows.iter().try_for_each(|row| self.row(row))
    }

    fn row(&mut self, row: &Row) -> io::Result<()> {
        let value = match row.rule {
            Some(rule) if !self.told.insert(row.value.clone()) => format!("– see {rule} below"),
            _ => one_line(&row.value),
        };
        let style = self.drawing.style(match row.tone {
            Tone::Plain => Style::new(),
            Tone::Good => Style::new().fg_color(Some(AnsiColor::Green.into())),
            Tone::Doubtful => Style::new().fg_color(Some(AnsiColor::Yellow.into())),
            Tone::Bad => Style::new().fg_color(Some(AnsiColor::Red.into())),
        });
        let name = self.drawing.style(Style::new().fg_color(Some(AnsiColor::Cyan.into())));
        let label = padded(&format!("  {}", one_line(&row.label)), LABELS - 1);
        let value = hang(label.width() + 1, &value, self.width);
        let (label, gap) = if value.is_below { (label.trim_end(), "") } else { (label.as_str(), " ") };
        let value = value.text(|line| format!("{style}{line}{style:#}"));
        writeln!(self.out, "{name}{label}{name:#}{gap}{value}")
    }

    pub(super) fn bar(&mut self, validity: Validity, now: DateTime<Utc>) -> io::Result<()> {
        const INDENT: usize = 2;
        let Some(bar) = Bar::new(validity, now, self.width - 2 * INDENT) else {
            return Ok(());
        };
        let color = if validity.at(now) == Phase::Valid { AnsiColor::Green } else { AnsiColor::Red };
        let (mark, dim) = (self.drawing.bright(color), self.drawing.style(Style::new().dimmed()));
        let Bar { dates, before, after, today } = bar;
        writeln!(self.out, "\n{:INDENT$}{dim}{dates}{dim:#}", "")?;
        writeln!(self.out, "{:INDENT$}{dim}{before}{dim:#}{mark}{MARK}{mark:#}{after}", "")?;
        writeln!(self.out, "{:INDENT$}{mark}{today}{mark:#}", "")
    }

    /// The last line, on its own.
    pub(super) fn verdict(&mut self, color: Option<AnsiColor>, words: &str) -> io::Result<()> {
        let style = self.drawing.style(Style::new().fg_color(color.map(Into::into)).bold());
        writeln!(self.out, "\n{style}{}{style:#}", wrap(words, self.width).join("\n"))
    }
}
