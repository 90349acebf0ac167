//! Lines of a masked text with marks below what is wrong, no wider than the terminal.
//!
//! Owns: which lines and columns are shown, long hidden runs in short, marks and their labels. Does not own: what is masked
//! (see `source`), the frame (see `notice`).

use std::ops::Range;

use anstyle::{AnsiColor, Style};
use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr};

use super::Drawing;
use super::lines::wrap;
use crate::source::{Masked, Span, harmless};

/// Lines around marks.
pub(super) struct Excerpt<'m> {
    pub(super) masked: &'m Masked,
    pub(super) marks: Vec<Mark>,
    /// What the certificate says of itself, for the line with it.
    pub(super) certificate: Option<String>,
}

/// A place to be marked.
pub(super) struct Mark {
    pub(super) span: Span,
    /// A few words beside the mark.
    pub(super) label: String,
    /// Whether it is what the finding is about; otherwise it belongs to it.
    pub(super) is_primary: bool,
}

/// The rows of an excerpt.
pub(super) struct Rows {
    /// How many digits the greatest number of a line has.
    pub(super) digits: usize,
    /// Each with the number of its line, if it is one.
    pub(super) rows: Vec<(Option<usize>, String)>,
}

/// Marks no further apart than this many lines have the lines between them shown.
const NEAR: usize = 4;

/// A longer run of hidden characters, which is more than a line of a PEM, is shown as one character.
const LONG: usize = 72;

/// How many hidden characters are shown on both sides of where a mark begins or ends among them.
const AROUND: usize = 8;

/// What the certificate's lines begin with.
const CERTIFICATE: &str = "-----BEGIN CERTIFICATE-----";

/// One character as it is drawn.
struct Cell {
    shown: String,
    columns: usize,
    source: Range<usize>,
}

/// The part of a mark that is on one line.
struct Part<'e> {
    line: usize,
    range: Range<usize>,
    /// The label, below the last part of a mark.
    label: &'e str,
    is_primary: bool,
}

impl Excerpt<'_> {
    pub(super) fn rows(&self, drawing: Drawing, color: AnsiColor) -> Rows {
        let text = self.masked.text();
        let lines = Lines::of(text);
        let mut parts: Vec<Part<'_>> = self.marks.iter().flat_map(|mark| self.parts(mark, &lines)).collect();
        parts.sort_by_key(|part| (part.range.start, part.is_primary));
        let mut shown: Vec<usize> = Vec::new();
        for part in &parts {
            shown.extend(part.line.saturating_sub(1)..=(part.line + 1).min(lines.last()));
        }
        shown.sort_unstable();
        shown.dedup();
        // A gap of a line or two takes no more room than the sign for it.
        let gaps =
            shown.windows(2).filter(|pair| pair[1] - pair[0] <= NEAR).flat_map(|pair| pair[0] + 1..pair[1]);
        let gaps: Vec<usize> = gaps.collect();
        shown.extend(gaps);
        shown.sort_unstable();
        let before = self.masked.lines_before() + 1;
        let digits = shown.last().map_or(1, |last| (last + before).to_string().len());
        let mut rows = Vec::new();
        let room = drawing.width.saturating_sub(digits + 3);
        let mut certificate = self.certificate.as_deref();
        let mut previous = None;
        for line in shown {
            if previous.is_some_and(|previous| previous + 1 < line) {
                rows.push((None, String::from("⋮")));
            }
            previous = Some(line);
            let here: Vec<&Part<'_>> = parts.iter().filter(|part| part.line == line).collect();
            let range = lines.range(line);
            let view = View::new(text, range.clone(), &here, room);
            rows.push((Some(line + before), view.text()));
            for part in &here {
                let color = if part.is_primary { color } else { AnsiColor::Blue };
                let style = drawing.style(Style::new().fg_color(Some(color.into())).bold());
                rows.extend(view.mark(part, room, style).into_iter().map(|row| (None, row)));
            }
            if !here.is_empty()
                && text.get(range).is_some_and(|line| line.contains(CERTIFICATE))
                && let Some(facts) = certificate.take()
            {
                let dim = drawing.style(Style::new().dimmed());
                let start = here.first().map_or(0, |part| view.columns(&part.range).start);
                let rows_of_it = beside(start, facts, room, dim);
                rows.extend(rows_of_it.into_iter().map(|row| (None, row)));
            }
        }
        Rows { digits, rows }
    }

    /// The parts of a mark: on one line each, and of a mark over many lines those on the first and the last.
    fn parts<'e>(&self, mark: &'e Mark, lines: &Lines) -> Vec<Part<'e>> {
        let text = self.masked.text();
        let range = self.masked.range(mark.span);
        let (first, last) = (lines.at(range.start), lines.at(range.end));
        // A line break at its end belongs to the line before.
        let last = if last > first && lines.range(last).start == range.end { last - 1 } else { last };
        let part = |line: usize| {
            let of_line = lines.range(line);
            let (start, end) = (range.start.max(of_line.start), range.end.min(of_line.end));
            let inside = text.get(start..end.max(start)).unwrap_or_default();
            // Indentation is no part of what is wrong, except where it is all.
            let blank = inside.len() - inside.trim_start_matches([' ', '\t']).len();
            let start = if line > first && blank < inside.len() { start + blank } else { start };
            let label = if line == last { mark.label.as_str() } else { "" };
            Part { line, range: start..end.max(start), label, is_primary: mark.is_primary }
        };
        let lines = if last - first < NEAR { (first..=last).collect() } else { vec![first, last] };
        lines.into_iter().map(part).collect()
    }
}

/// A line of a masked text in at most `room` columns, without what could fool a terminal.
pub(super) fn short_line(line: &str, room: usize) -> String {
    let line = line.trim_end_matches('\r');
    View::new(line, 0..line.len(), &[], room).text()
}

/// Where lines begin and end.
struct Lines(Vec<Range<usize>>);

impl Lines {
    fn of(text: &str) -> Self {
        let mut start = 0;
        let lines = text.split('\n').map(|line| {
            let range = start..start + line.trim_end_matches('\r').len();
            start += line.len() + 1;
            range
        });
        Self(lines.collect())
    }

    fn last(&self) -> usize {
        self.0.len().saturating_sub(1)
    }

    fn range(&self, line: usize) -> Range<usize> {
        self.0.get(line).cloned().unwrap_or_default()
    }

    /// The line that the character at `offset` is on.
    fn at(&self, offset: usize) -> usize {
        self.0.partition_point(|line| line.start <= offset).saturating_sub(1)
    }
}

/// One line as it is drawn.
struct View {
    cells: Vec<Cell>,
}

impl View {
    /// The line `range` of `text` in at most `room` columns, with what is marked in it.
    fn new(text: &str, range: Range<usize>, parts: &[&Part<'_>], room: usize) -> Self {
        /// How many bytes before and behind the beginning of a mark may make a difference.
        const BEFORE: usize = 16 << 10;
        const BEHIND: usize = 48 << 10;
        let marked = primary(parts).map_or(range.start, |part| part.range.start);
        let boundary = |offset: usize| (0..=offset).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
        let start = boundary(range.start.max(marked.saturating_sub(BEFORE)));
        let end = boundary(range.end.min(marked.saturating_add(BEHIND)));
        let mut cells = cells(text.get(start..end).unwrap_or_default(), start, parts);
        if start > range.start {
            cells.insert(0, Cell::new("…", range.start..start));
        }
        if end < range.end {
            cells.push(Cell::new("…", end..range.end));
        }
        let mut view = Self { cells };
        view.cut(parts, room);
        view
    }

    fn text(&self) -> String {
        self.cells.iter().map(|cell| cell.shown.as_str()).collect()
    }

    fn width(&self) -> usize {
        self.cells.iter().map(|cell| cell.columns).sum()
    }

    /// The columns that a range of the text takes.
    fn columns(&self, range: &Range<usize>) -> Range<usize> {
        let (mut column, mut start, mut end) = (0, None, 0);
        for cell in &self.cells {
            if cell.source.end > range.start && cell.source.start < range.end.max(range.start + 1) {
                start.get_or_insert(column);
                end = column + cell.columns;
            }
            column += cell.columns;
        }
        let start = start.unwrap_or(column);
        start..end.max(start + 1)
    }

    /// Leaves out what doesn't fit: first behind what is marked, then before it.
    fn cut(&mut self, parts: &[&Part<'_>], room: usize) {
        if self.width() <= room {
            return;
        }
        let marked = primary(parts).map_or(0..0, |part| self.columns(&part.range));
        if marked.end + 1 > room {
            // The mark's end is shown if all of it fits, else its beginning.
            let wanted =
                if marked.len() + 2 <= room { marked.end + 2 - room } else { marked.start.saturating_sub(2) };
            let mut left = 0;
            let gone = self.cells.iter().take_while(|cell| {
                left += cell.columns;
                left <= wanted + 1
            });
            let gone = gone.count();
            let end = self.cells.get(gone).map_or(0, |cell| cell.source.start);
            if gone > 0 {
                let start = self.cells.first().map_or(0, |cell| cell.source.start);
                drop(self.cells.splice(..gone, [Cell::new("…", start..end)]));
            }
        }
        if self.width() > room {
            let (mut used, mut kept) = (0, 0);
            while let Some(cell) = self.cells.get(kept).filter(|cell| used + cell.columns < room) {
                used += cell.columns;
                kept += 1;
            }
            let start = self.cells.get(kept).map_or(0, |cell| cell.source.start);
            let end = self.cells.last().map_or(0, |cell| cell.source.end);
            self.cells.truncate(kept);
            self.cells.push(Cell::new("…", start..end));
        }
    }

    /// The row with a mark, and more rows where its label doesn't fit beside it.
    fn mark(&self, part: &Part<'_>, room: usize, style: Style) -> Vec<String> {
        let columns = self.columns(&part.range);
        let start = columns.start.min(room.saturating_sub(1));
        let sign = if part.is_primary { "━" } else { "─" };
        let line = sign.repeat(columns.len().min(room - start).max(1));
        let blanks = " ".repeat(start);
        let width = start + line.width();
        if part.label.is_empty() {
            return vec![format!("{blanks}{style}{line}{style:#}")];
        }
        if width + 1 + part.label.width() <= room {
            return vec![format!("{blanks}{style}{line} {}{style:#}", part.label)];
        }
        let mut rows = vec![format!("{blanks}{style}{line}{style:#}")];
        rows.extend(beside(start, part.label, room, style));
        rows
    }
}

/// The part that has to be seen.
fn primary<'p>(parts: &[&'p Part<'_>]) -> Option<&'p Part<'p>> {
    parts.iter().find(|part| part.is_primary).or(parts.first()).copied()
}

/// `text` in rows that begin at the column `start`, or before it where there is too little room.
fn beside(start: usize, text: &str, room: usize, style: Style) -> Vec<String> {
    let longest = text.split(' ').map(UnicodeWidthStr::width).max().unwrap_or_default();
    let wanted = text.width().min(longest.max(40));
    let start = start.min(room.saturating_sub(wanted));
    let blanks = " ".repeat(start);
    wrap(text, room - start).iter().map(|line| format!("{blanks}{style}{line}{style:#}")).collect()
}

impl Cell {
    fn new(shown: impl Into<String>, source: Range<usize>) -> Self {
        let shown = shown.into();
        Self { columns: shown.width(), shown, source }
    }
}

/// The characters of a line that begins at `offset`: harmless, and of long hidden runs only what is next to a mark.
fn cells(line: &str, offset: usize, parts: &[&Part<'_>]) -> Vec<Cell> {
    const NEAR: usize = AROUND * '•'.len_utf8();
    let ends = || parts.iter().flat_map(|part| [part.range.start, part.range.end]);
    let mut cells: Vec<Cell> = Vec::new();
    let mut rest = line;
    while let Some(character) = rest.chars().next() {
        let start = offset + line.len() - rest.len();
        let length = hidden_run(rest);
        if length == 0 {
            let source = start..start + character.len_utf8();
            match character {
                '\t' => cells.push(Cell::new("    ", source)),
                _ if harmless(character) => {
                    let columns = character.width().unwrap_or_default();
                    cells.push(Cell { shown: character.to_string(), columns, source });
                }
                _ => cells.push(Cell::new(character.escape_default().to_string(), source)),
            }
            rest = &rest[character.len_utf8()..];
            continue;
        }
        let (run, behind) = rest.split_at(length);
        rest = behind;
        let whole = start..start + length;
        // Where a mark is somewhere in the run, what is around its ends is shown.
        let splits = ends().any(|end| whole.start < end && end < whole.end);
        let mut gone = start;
        let near = run.char_indices().map(|(at, character)| (start + at, character));
        for (at, character) in near.filter(|(at, _)| splits && ends().any(|end| at.abs_diff(end) < NEAR)) {
            if at > gone {
                cells.push(Cell::new("…", gone..at));
            }
            gone = at + character.len_utf8();
            cells.push(Cell::new(character.to_string(), at..gone));
        }
        if whole.end > gone {
            cells.push(Cell::new("…", gone..whole.end));
        }
    }
    cells
}

/// How many bytes at the beginning of `text` are a run of hidden characters with line breaks in it that is too long to be shown; 0
/// if there is none.
fn hidden_run(text: &str) -> usize {
    /// Of more backslashes in a row none is a line break.
    const ESCAPES: usize = 16;
    let (mut length, mut hidden, mut previous) = (0, 0, None);
    for character in text.chars() {
        match character {
            '•' => hidden += 1,
            // Before the first hidden character, all have one byte.
            '\\' if hidden > 0 || length < ESCAPES => {}
            'r' | 'n' | 't' if previous == Some('\\') && (hidden > 0 || length < ESCAPES) => {}
            _ => break,
        }
        length += character.len_utf8();
        previous = Some(character);
    }
    if hidden > LONG { length } else { 0 }
}
