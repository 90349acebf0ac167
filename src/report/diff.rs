//! A unified diff of what fixes change, for people: both sides are the masked copies, so it can't be applied.
//!
//! Owns: changes, each without the lines around it, and saying in words what the mask hides. Does not own: what is masked.

use std::io::{self, Write};
use std::ops::Range;

use anstyle::{AnsiColor, Style};

use super::excerpt::short_line;
use super::lines::{whole, wrap};
use super::{Drawing, PathName};
use crate::fix::{Fixed, Version};

/// Writes the diff of one file, after a line for each finding that is put right.
pub fn write(path: &PathName, fixed: &Fixed, drawing: Drawing, out: &mut dyn Write) -> io::Result<()> {
    let path = path.one_line();
    for step in &fixed.steps {
        let place = whole(&format!("{path}:{}:", step.start));
        drawing.remark(out, '#', &format!("{place} {}: {}", step.rule.name, step.label))?;
    }
    drawing.line(out, Tone::Header, &format!("--- {path}"))?;
    drawing.line(out, Tone::Header, &format!("+++ {path}"))?;
    let (old, new) = (Lines::of(&fixed.before), Lines::of(&fixed.after));
    let changes = changes(&old, &new);
    if changes.is_empty() {
        drawing.remark(out, '#', "the text stays the same, and only its bytes are others")?;
    }
    changes.iter().try_for_each(|change| write_change(change, &old, &new, drawing, out))
}

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

fn write_change(
    change: &Change,
    old: &Lines<'_>,
    new: &Lines<'_>,
    drawing: Drawing,
    out: &mut dyn Write,
) -> io::Result<()> {
    // An empty side is counted from the line before it.
    let range = |lines: &Range<usize>| {
        let line = if lines.is_empty() { lines.start } else { lines.start + 1 };
        format!("{line},{}", lines.len())
    };
    drawing.line(out, Tone::Range, &format!("@@ -{} +{} @@", range(&change.old), range(&change.new)))?;
    write_lines(old, change.old.clone(), '-', Tone::Removed, drawing, out)?;
    write_lines(new, change.new.clone(), '+', Tone::Added, drawing, out)?;
    if looks_alike(change, old, new, drawing) {
        drawing.remark(out, '\\', "what differs here is in characters that are not shown")?;
    }
    Ok(())
}

/// Whether some line of a change looks the same on both sides because of the mask.
fn looks_alike(change: &Change, old: &Lines<'_>, new: &Lines<'_>, drawing: Drawing) -> bool {
    change.old.len() == change.new.len()
        && change.old.clone().zip(change.new.clone()).any(|(old_line, new_line)| {
            let masked = |lines: &Lines<'_>, line: usize| {
                lines.lines.get(line).map(|(_, masked)| short_line(masked, drawing.width.saturating_sub(1)))
            };
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
        drawing.line(out, tone, &format!("{sign}{}", short_line(masked, drawing.width.saturating_sub(1))))?;
        if line + 1 == lines.len() && !lines.ended {
            drawing.remark(out, '\\', "No newline at end of file")?;
        }
    }
    Ok(())
}

#[derive(Clone, Copy)]
enum Tone {
    Header,
    Range,
    Removed,
    Added,
    Remark,
}

impl Drawing {
    /// Writes what is said about the diff, with `sign` before each line.
    fn remark(self, out: &mut dyn Write, sign: char, text: &str) -> io::Result<()> {
        let lines = wrap(text, self.width.saturating_sub(2));
        lines.iter().try_for_each(|line| self.line(out, Tone::Remark, &format!("{sign} {line}")))
    }

    fn line(self, out: &mut dyn Write, tone: Tone, text: &str) -> io::Result<()> {
        let colored = |color: AnsiColor| Style::new().fg_color(Some(color.into()));
        let style = self.style(match tone {
            Tone::Header => Style::new().bold(),
            Tone::Range => colored(AnsiColor::Cyan),
            Tone::Removed => colored(AnsiColor::Red),
            Tone::Added => colored(AnsiColor::Green),
            Tone::Remark => Style::new().dimmed(),
        });
        writeln!(out, "{style}{text}{style:#}")
    }
}
