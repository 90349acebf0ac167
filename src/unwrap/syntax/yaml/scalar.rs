//! Where each character of a YAML scalar stands.
//!
//! Owns: laying a scalar's value over the characters that it was read from. Does not own: the value, which the parser
//! has read; where the two can't be laid over each other, the rest of the value belongs to the rest of the characters.

use saphyr_parser::ScalarStyle;

use crate::source::Span;
use crate::unwrap::place::{Builder, Extract};

/// Lays `value` over the part `span` of `text`. A scalar that is `marked` has a tag or an anchor before it.
pub(crate) fn align(text: &str, span: Span, value: &str, style: ScalarStyle, marked: bool) -> Extract {
    let mut at = span.start;
    if marked {
        at += marks(text.get(span.range()).unwrap_or_default());
    }
    let mut aligner =
        Aligner { text: text.get(..span.end).unwrap_or_default(), at, builder: Builder::new(value.len()) };
    let rest = match style {
        ScalarStyle::Literal => aligner.literal(value),
        ScalarStyle::Folded => aligner.folded(value),
        ScalarStyle::Plain | ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => {
            aligner.flow(value, style)
        }
    };
    aligner.builder.whole(rest, Span::new(aligner.at.min(span.end), span.end));
    aligner.builder.finish()
}

/// The length of tags and anchors at the beginning of `text`, and of the header of a block scalar after them.
fn marks(text: &str) -> usize {
    let mut rest = text;
    while rest.starts_with(['!', '&']) {
        rest = rest.trim_start_matches(|character: char| !character.is_whitespace()).trim_start();
    }
    if rest.starts_with(['|', '>']) {
        rest = rest.find('\n').map_or("", |end| &rest[end + 1..]);
    }
    text.len() - rest.len()
}

struct Aligner<'t> {
    text: &'t str,
    at: usize,
    builder: Builder,
}

impl<'t> Aligner<'t> {
    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// Line by line: each line of the value is the end of one line of the text. Gives what could not be laid over.
    fn literal<'v>(&mut self, value: &'v str) -> &'v str {
        let mut left = value;
        while !left.is_empty() {
            let end = left.find('\n');
            let line = &left[..end.unwrap_or(left.len())];
            let raw_end = self.rest().find('\n').map_or(self.text.len(), |length| self.at + length);
            let raw = self.text.get(self.at..raw_end).unwrap_or_default();
            let raw = raw.strip_suffix('\r').unwrap_or(raw);
            // Empty lines at the beginning are no part of the place that the parser gives.
            if line.is_empty() && !raw.trim().is_empty() {
                self.builder.whole("\n", Span::at(self.at));
                left = &left[1..];
                continue;
            }
            let Some(indent) = raw.strip_suffix(line) else { return left };
            self.builder.exact(line, self.at + indent.len());
            let after = self.at + raw.len();
            self.at = (raw_end + 1).min(self.text.len());
            match end {
                Some(end) => {
                    self.line_break(Span::new(after, self.at));
                    left = &left[end + 1..];
                }
                None => return "",
            }
        }
        left
    }

    fn line_break(&mut self, outer: Span) {
        if self.text.get(outer.range()) == Some("\n") {
            self.builder.exact("\n", outer.start);
        } else {
            self.builder.whole("\n", outer);
        }
    }

    /// Words stand as they are; what is between them belongs to what was between them.
    fn folded<'v>(&mut self, value: &'v str) -> &'v str {
        let mut left = value;
        while !left.is_empty() {
            let blank = left.len() - left.trim_start_matches([' ', '\t', '\n']).len();
            let raw_blank = self.blank();
            if blank > 0 {
                self.between(&left[..blank], raw_blank);
            }
            self.at += raw_blank;
            left = &left[blank..];
            let length = left.find([' ', '\t', '\n']).unwrap_or(left.len());
            if !self.rest().starts_with(&left[..length]) {
                return left;
            }
            self.builder.exact(&left[..length], self.at);
            self.at += length;
            left = &left[length..];
        }
        left
    }

    /// Scalars with and without quotation marks, whose lines are folded (YAML 1.2.2 section 6.5).
    fn flow<'v>(&mut self, value: &'v str, style: ScalarStyle) -> &'v str {
        if style != ScalarStyle::Plain {
            self.at += 1;
        }
        let mut left = value;
        while let Some(character) = left.chars().next() {
            let raw = self.rest();
            if style == ScalarStyle::DoubleQuoted && raw.starts_with('\\') {
                let Some((length, meaning)) = escape(raw) else { return left };
                let outer = Span::new(self.at, self.at + length);
                match meaning {
                    // The line goes on.
                    None => {}
                    Some(meaning) if meaning == character => {
                        self.builder.character(meaning, outer);
                        left = &left[character.len_utf8()..];
                    }
                    Some(_) => return left,
                }
                self.at += length;
            } else if style == ScalarStyle::SingleQuoted && character == '\'' && raw.starts_with("''") {
                self.builder.character('\'', Span::new(self.at, self.at + 2));
                self.at += 2;
                left = &left[1..];
            } else if let Some((breaks, blanks)) = blanks(raw) {
                let folded = match breaks {
                    0 => blanks,
                    1 => " ",
                    _ => &"\n".repeat(breaks - 1),
                };
                let Some(after) = left.strip_prefix(folded) else { return left };
                self.between(&left[..folded.len()], blanks.len());
                self.at += blanks.len();
                left = after;
            } else if raw.starts_with(character) {
                self.builder.exact(&left[..character.len_utf8()], self.at);
                self.at += character.len_utf8();
                left = &left[character.len_utf8()..];
            } else {
                return left;
            }
        }
        left
    }

    fn blank(&self) -> usize {
        self.rest().len() - self.rest().trim_start_matches([' ', '\t', '\r', '\n']).len()
    }

    /// Blanks of the value that belong to the next `length` bytes of the text.
    fn between(&mut self, blanks: &str, length: usize) {
        if self.rest().get(..length) == Some(blanks) {
            self.builder.exact(blanks, self.at);
        } else {
            self.builder.whole(blanks, Span::new(self.at, self.at + length));
        }
    }
}

/// The blanks that `raw` begins with, if it does, and how many line breaks are among them.
fn blanks(raw: &str) -> Option<(usize, &str)> {
    let blanks = &raw[..raw.len() - raw.trim_start_matches([' ', '\t', '\r', '\n']).len()];
    (!blanks.is_empty()).then(|| (blanks.matches('\n').count(), blanks))
}

/// The escape that `raw` begins with (YAML 1.2.2 section 5.7): its length, and its meaning unless it joins two lines.
fn escape(raw: &str) -> Option<(usize, Option<char>)> {
    let mut characters = raw.chars();
    let (_, kind) = (characters.next()?, characters.next()?);
    let digits = |count: usize| {
        let code = u32::from_str_radix(raw.get(2..2 + count)?, 16).ok()?;
        Some((2 + count, Some(char::from_u32(code)?)))
    };
    let simple = match kind {
        '\n' | '\r' => {
            let rest = &raw[1..];
            let length = rest.len() - rest.trim_start_matches([' ', '\t', '\r', '\n']).len();
            return Some((1 + length, None));
        }
        'x' => return digits(2),
        'u' => return digits(4),
        'U' => return digits(8),
        '0' => '\0',
        'a' => '\u{7}',
        'b' => '\u{8}',
        't' => '\t',
        'n' => '\n',
        'v' => '\u{B}',
        'f' => '\u{C}',
        'r' => '\r',
        'e' => '\u{1B}',
        'N' => '\u{85}',
        '_' => '\u{A0}',
        'L' => '\u{2028}',
        'P' => '\u{2029}',
        other => other,
    };
    Some((1 + kind.len_utf8(), Some(simple)))
}
