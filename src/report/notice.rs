//! One finding or mistake for people: what, where, an excerpt, and what to do.
//!
//! Owns: its frame, colors. Does not own: the lines of the excerpt (see `excerpt`), the words.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};

use super::Drawing;
use super::drawing::level_color;
use super::excerpt::Excerpt;
use super::lines::{hang, whole_place};
use crate::finding::Level;

/// What is written about one thing.
pub(super) struct Notice<'n> {
    pub(super) level: Level,
    /// The rule, if it is a finding.
    pub(super) rule: Option<&'n str>,
    pub(super) message: &'n str,
    /// `path:line:column`, on one line.
    pub(super) place: &'n str,
    pub(super) excerpt: Option<Excerpt<'n>>,
    /// What is said below: a name such as `help`, and the text.
    pub(super) notes: Vec<(&'static str, String)>,
}

impl Notice<'_> {
    /// Writes it and an empty line.
    pub(super) fn write(&self, drawing: Drawing, out: &mut dyn Write) -> io::Result<()> {
        let rows = self.excerpt.as_ref().map(|excerpt| excerpt.rows(drawing, level_color(self.level)));
        let digits = rows.as_ref().map_or(1, |rows| rows.digits);
        self.title(drawing, out)?;
        let frame = drawing.style(Style::new().fg_color(Some(AnsiColor::Blue.into())).bold());
        let blanks = " ".repeat(digits + 1);
        let place = whole_place(self.place);
        // A name that needs all of the line gets it.
        let place = hang(digits + 4, &place, drawing.width);
        let gap = if place.is_below { "" } else { " " };
        writeln!(out, "{blanks}{frame}╭▸{frame:#}{gap}{}", place.text(str::to_owned))?;
        if let Some(rows) = rows {
            writeln!(out, "{blanks}{frame}│{frame:#}")?;
            for (number, row) in rows.rows {
                let number = number.map(|number| number.to_string()).unwrap_or_default();
                let row = format!("{frame}{number:>digits$} │{frame:#} {row}");
                writeln!(out, "{}", row.trim_end())?;
            }
        }
        if !self.notes.is_empty() {
            writeln!(out, "{blanks}{frame}│{frame:#}")?;
        }
        let bold = drawing.bold();
        for (index, (name, text)) in self.notes.iter().enumerate() {
            let is_last = index + 1 == self.notes.len();
            let (corner, bar) = if is_last { ('╰', ' ') } else { ('├', '│') };
            let hanging = hang(digits + 5 + name.len(), text, drawing.width);
            let mut lines = hanging.lines.iter();
            let first = if hanging.is_below { None } else { lines.next() };
            let first = first.map(|line| format!(" {line}")).unwrap_or_default();
            writeln!(out, "{blanks}{frame}{corner}{frame:#} {bold}{name}:{bold:#}{first}")?;
            for line in lines {
                match hanging.indent.checked_sub(digits + 2) {
                    Some(indent) => writeln!(out, "{blanks}{frame}{bar}{frame:#}{:indent$}{line}", "")?,
                    None => writeln!(out, "{:1$}{line}", "", hanging.indent)?,
                }
            }
        }
        writeln!(out)
    }

    fn title(&self, drawing: Drawing, out: &mut dyn Write) -> io::Result<()> {
        let rule = self.rule.map(|rule| format!("[{rule}]")).unwrap_or_default();
        let lead = format!("{}{rule}", self.level);
        let hanging = hang(2, &format!("{lead}: {}", self.message), drawing.width);
        let (style, bold) = (drawing.bright(level_color(self.level)), drawing.bold());
        for (index, line) in hanging.lines.iter().enumerate() {
            match line.strip_prefix(lead.as_str()).filter(|_| index == 0) {
                Some(rest) => writeln!(out, "{style}{lead}{style:#}{bold}{rest}{bold:#}")?,
                None => writeln!(
                    out,
                    "{:1$}{bold}{line}{bold:#}",
                    "",
                    if index == 0 { 0 } else { hanging.indent }
                )?,
            }
        }
        Ok(())
    }
}
