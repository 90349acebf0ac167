//! A unified diff of what fixes change, for people: both sides are the masked copies, so it can't be applied.
//!
//! Owns: hunks, and saying in words what the mask hides. Does not own: what is masked.

use std::io::{self, Write};
use std::ops::Range;

use anstyle::{AnsiColor, Style};

use super::{Drawing, PathName};
use crate::fix::{Fixed, Version};

/// Writes the diff of one file, after a line for each finding that is put right.
pub fn write(path: &PathName, fixed: &Fixed, drawing: Drawing, out: &mut dyn Write) -> io::Result<()> {
    let path = path.one_line();
    for step in &fixed.steps {
        drawing.line(
            out,
            Tone::Remark,
            &format!("# {path}:{}: {}: {}", step.start, step.rule.name, step.label),
        )?;
    }
    drawing.line(out, Tone::Header, &format!("--- {path}"))?;
    drawing.line(out, Tone::Header, &format!("+++ {path}"))?;
    let (old, new) = (Lines::of(&fixed.before), Lines::of(&fixed.after));
    let changes = changes(&old, &new);
    if changes.is_empty() {
        drawing.line(out, Tone::Remark, "# the text stays the same, and only its bytes are others")?;
    }
    for hunk in hunks(&changes) {
        write_hunk(hunk, &old, &new, drawing, out)?;
    }
    Ok(())
}

/// How many unchanged lines stand around a change.
const CONTEXT: usize = 3;

/// The lines of a text, and what is shown of them.
struct Lines<'v> {
    lines: Vec<(&'v str, &'v str)>,
    /// Whether the last line ends with a line break.
    ended: bool,
}

impl<'v> Lines<'v> {
    fn of(version: &'v Version) -> Self {
        let text = version.source.text();
        // The masked copy has the same lines.
        let pairs = text.split('\n').zip(version.masked.text().split('\n'));
        let mut lines: Vec<_> = pairs.collect();
        let ended = text.ends_with('\n');
        if ended || text.is_empty() {
            lines.pop();
        }
        Self { lines, ended }
    }

    fn raw(&self, line: usize) -> Option<&'v str> {
        self.lines.get(line).map(|(raw, _)| *raw)
    }

    fn len(&self) -> usize {
        self.lines.len()
    }
}

/// Lines on the old side and what stands for them on the new one.
#[derive(Clone)]
struct Change {
    old: Range<usize>,
    new: Range<usize>,
}

/// Fixes change lines in place, or put some around everything: between the lines that begin and end both texts alike, the
/// two sides go line by line, or are one change.
fn changes(old: &Lines<'_>, new: &Lines<'_>) -> Vec<Change> {
    let shorter = old.len().min(new.len());
    let same = |&line: &usize| old.raw(line) == new.raw(line);
    let start = (0..shorter).take_while(same).count();
    let from_end = |&line: &usize| old.raw(old.len() - 1 - line) == new.raw(new.len() - 1 - line);
    let end = (0..shorter - start).take_while(from_end).count();
    let (old_end, new_end) = (old.len() - end, new.len() - end);
    if old.len() != new.len() {
        return vec![Change { old: start..old_end, new: start..new_end }];
    }
    let mut changes: Vec<Change> = Vec::new();
    for line in (start..old_end).filter(|line| !same(line)) {
        match changes.last_mut().filter(|last| last.old.end == line) {
            Some(last) => (last.old.end, last.new.end) = (line + 1, line + 1),
            None => changes.push(Change { old: line..line + 1, new: line..line + 1 }),
        }
    }
    changes
}

/// Changes whose surroundings touch share a hunk.
fn hunks(changes: &[Change]) -> impl Iterator<Item = &[Change]> {
    changes.chunk_by(|left, right| right.old.start - left.old.end <= 2 * CONTEXT)
}

fn write_hunk(
    changes: &[Change],
    old: &Lines<'_>,
    new: &Lines<'_>,
    drawing: Drawing,
    out: &mut dyn Write,
) -> io::Result<()> {
    let (Some(first), Some(last)) = (changes.first(), changes.last()) else { return Ok(()) };
    let before = first.old.start.min(CONTEXT);
    let after = (old.len() - last.old.end).min(CONTEXT);
    let range = |start: usize, end: usize| {
        let (start, end) = (start - before, end + after);
        // An empty side is counted from the line before it.
        let line = if start == end { start } else { start + 1 };
        format!("{line},{}", end - start)
    };
    let (old_range, new_range) = (range(first.old.start, last.old.end), range(first.new.start, last.new.end));
    drawing.line(out, Tone::Range, &format!("@@ -{old_range} +{new_range} @@"))?;
    let mut line = first.old.start - before;
    for change in changes {
        write_lines(old, line..change.old.start, ' ', Tone::Plain, drawing, out)?;
        write_lines(old, change.old.clone(), '-', Tone::Removed, drawing, out)?;
        write_lines(new, change.new.clone(), '+', Tone::Added, drawing, out)?;
        if looks_alike(change, old, new) {
            drawing.line(out, Tone::Remark, "\\ what differs here is in characters that are not shown")?;
        }
        line = change.old.end;
    }
    write_lines(old, line..last.old.end + after, ' ', Tone::Plain, drawing, out)
}

/// Whether some line of a change looks the same on both sides because of the mask.
fn looks_alike(change: &Change, old: &Lines<'_>, new: &Lines<'_>) -> bool {
    change.old.len() == change.new.len()
        && change.old.clone().zip(change.new.clone()).any(|(old_line, new_line)| {
            let masked =
                |lines: &Lines<'_>, line: usize| lines.lines.get(line).map(|(_, masked)| shown(masked));
            masked(old, old_line) == masked(new, new_line)
        })
}

fn write_lines(
    lines: &Lines<'_>,
    range: Range<usize>,
    sign: char,
    tone: Tone,
    drawing: Drawing,
    out: &mut dyn Write,
) -> io::Result<()> {
    for line in range {
        let Some((_, masked)) = lines.lines.get(line) else { continue };
        drawing.line(out, tone, &format!("{sign}{}", shown(masked)))?;
        if line + 1 == lines.len() && !lines.ended {
            drawing.line(out, Tone::Remark, "\\ No newline at end of file")?;
        }
    }
    Ok(())
}

/// A line without the CR of a CRLF, which no fix touches, and without what could fool a terminal; tabs stay.
fn shown(masked: &str) -> String {
    let line = masked.strip_suffix('\r').unwrap_or(masked);
    line.split('\t').map(super::one_line).collect::<Vec<_>>().join("\t")
}

#[derive(Clone, Copy)]
enum Tone {
    Plain,
    Header,
    Range,
    Removed,
    Added,
    Remark,
}

impl Drawing {
    fn line(self, out: &mut dyn Write, tone: Tone, text: &str) -> io::Result<()> {
        let colored = |color: AnsiColor| Style::new().fg_color(Some(color.into()));
        let style = self.style(match tone {
            Tone::Plain => Style::new(),
            Tone::Header => Style::new().bold(),
            Tone::Range => colored(AnsiColor::Cyan),
            Tone::Removed => colored(AnsiColor::Red),
            Tone::Added => colored(AnsiColor::Green),
            Tone::Remark => Style::new().dimmed(),
        });
        writeln!(out, "{style}{text}{style:#}")
    }
}
