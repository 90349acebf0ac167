//! Text in lines that fit the terminal.
//!
//! Owns: where a line is broken, for every report for people. Does not own: colors, what is said.

use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

use super::one_line;

/// Stands for a blank at which no line is broken. No text from outside holds it: [`one_line`] escapes it.
const GLUE: char = '\u{1F}';

/// No line is taken for narrower than this.
pub(super) const NARROWEST: usize = 40;

/// `text` on one line and as one word, whatever blanks are in it: the name of a file, say.
pub(super) fn whole(text: &str) -> String {
    one_line(text).replace(' ', GLUE.encode_utf8(&mut [0; 4]))
}

/// A path and the steps behind it: each is one word, and a line may end behind an arrow.
pub(super) fn whole_place(text: &str) -> String {
    let steps: Vec<String> = text.split(" → ").map(whole).collect();
    steps.join(&format!("{GLUE}→ "))
}

/// `text` in lines of at most `width` columns: broken at blanks, and within a word only if it alone is longer than a line.
pub(super) fn wrap(text: &str, width: usize) -> Vec<String> {
    let width = width.max(1);
    let mut lines = vec![String::new()];
    let mut used = 0;
    for (index, word) in text.split(' ').enumerate() {
        if index > 0 && used + 1 + columns(word) > width {
            lines.push(String::new());
            used = 0;
        } else if index > 0 {
            push(&mut lines, ' ');
            used += 1;
        }
        for character in word.chars() {
            let columns = column(character);
            if used + columns > width {
                lines.push(String::new());
                used = 0;
            }
            push(&mut lines, if character == GLUE { ' ' } else { character });
            used += columns;
        }
    }
    for line in &mut lines {
        line.truncate(line.trim_end().len());
    }
    lines
}

/// The columns that `text` takes once glue is a blank.
fn columns(text: &str) -> usize {
    text.chars().map(column).sum()
}

fn column(character: char) -> usize {
    if character == GLUE { 1 } else { character.width().unwrap_or_default() }
}

fn push(lines: &mut [String], character: char) {
    if let Some(line) = lines.last_mut() {
        line.push(character);
    }
}

/// `text` behind a lead of `lead` columns, in lines of at most `width` columns in all, each but the first to be indented by
/// [`Hanging::indent`].
pub(super) fn hang(lead: usize, text: &str, width: usize) -> Hanging {
    /// Where there is no room beside the lead, the text is below it, this far from the left.
    const BELOW: usize = 4;
    let longest = text.split(' ').map(columns).max().unwrap_or_default();
    let fits = |indent: usize| width.checked_sub(indent).is_some_and(|room| longest <= room);
    let is_beside = fits(lead) && width >= lead + longest.max(width / 4);
    let indent = if is_beside || lead <= BELOW && fits(lead) {
        lead
    } else if fits(BELOW) {
        BELOW
    } else {
        0
    };
    let is_below = indent != lead;
    Hanging { lines: wrap(text, width.saturating_sub(indent)), indent, is_below }
}

/// A text that is laid out behind or below something.
pub(super) struct Hanging {
    /// The lines, without indentation.
    pub(super) lines: Vec<String>,
    /// How far they are indented.
    pub(super) indent: usize,
    /// Whether the first line, too, is on a line of its own.
    pub(super) is_below: bool,
}

impl Hanging {
    /// The lines as one text, to be written behind the lead, each passed through `paint`.
    pub(super) fn text(&self, paint: impl Fn(&str) -> String) -> String {
        let mut text = String::new();
        for (index, line) in self.lines.iter().enumerate() {
            if index > 0 || self.is_below {
                text.push('\n');
                text.push_str(&" ".repeat(self.indent));
            }
            text.push_str(&paint(line));
        }
        text
    }
}

/// `lead` and `text` behind it or, where there is no room, below it.
pub(super) fn behind(lead: &str, text: &str, width: usize) -> String {
    let hanging = hang(lead.width(), text, width);
    let lead = if hanging.is_below { lead.trim_end() } else { lead };
    format!("{lead}{}", hanging.text(str::to_owned))
}

/// `text` with `indent` blanks before each line, in lines of at most `width` columns.
pub(super) fn indented(indent: usize, text: &str, width: usize) -> Vec<String> {
    let hanging = hang(indent, text, width);
    let blanks = " ".repeat(hanging.indent);
    hanging.lines.iter().map(|line| format!("{blanks}{line}")).collect()
}

/// `text` with blanks behind it, up to `width` columns.
pub(super) fn padded(text: &str, width: usize) -> String {
    format!("{text}{}", " ".repeat(width.saturating_sub(text.width())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_break_at_blanks_and_words_only_where_they_must() {
        let lines = |text: &str, width| wrap(text, width).join("|");
        assert_eq!(lines("one two three four", 9), "one two|three|four");
        assert_eq!(lines("a incomprehensibilities b", 9), "a|incompreh|ensibilit|ies b");
        assert_eq!(lines("", 9), "");
        assert_eq!(lines("    \"a\": 1,  b", 12), "    \"a\": 1,|b");
        assert_eq!(lines(&format!("in {}", whole("a b/c d.json")), 12), "in|a b/c d.json");
        assert_eq!(lines(&format!("{} x", whole("a b c")), 6), "a b c|x");
        assert_eq!(lines(&whole_place("a b.yaml → c → d e"), 12), "a b.yaml →|c → d e");
        assert_eq!(lines("日本語 日本語", 7), "日本語|日本語");
    }

    #[test]
    fn text_is_beside_its_lead_where_there_is_room() {
        let written = |text, width| behind("lead  ", text, width);
        assert_eq!(written("one two three", 14), "lead  one two\n      three");
        assert_eq!(written("one incomprehensible", 20), "lead\n    one\n    incomprehensible");
        assert_eq!(written("incomprehensibilities", 21), "lead\nincomprehensibilities");
    }
}
