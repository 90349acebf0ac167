//! A JSON string: its value, and the way back from the value to the text.

use std::ops::Range;

use crate::secret::Secret;
use crate::source::{Origin, Span};

/// A string or key. Borrowed from the source where it has no escapes; otherwise unescaped into memory that is wiped.
pub struct Text<'s> {
    /// Where the first quotation mark stands.
    start: usize,
    /// The characters between the quotation marks, as written.
    raw: &'s str,
    /// In a box, since most strings have none, and a file may have a million.
    unescaped: Option<Box<Secret<String>>>,
}

impl<'s> Text<'s> {
    pub(super) fn new(span: Span, raw: &'s str, escaped: bool) -> Self {
        let unescaped = escaped.then(|| Box::new(unescape(raw)));
        Self { start: span.start, raw, unescaped }
    }

    /// The value. It may be secret.
    pub fn as_str(&self) -> &str {
        self.unescaped.as_ref().map_or(self.raw, |unescaped| unescaped.expose())
    }

    /// The characters between the quotation marks, as written. They may be secret.
    pub fn raw(&self) -> &'s str {
        self.raw
    }

    /// Returns true if no escape in it is half a character: a surrogate alone.
    pub fn is_unicode(&self) -> bool {
        Characters::new(self.raw).all(|(offset, length, character)| {
            let is_escape = character == char::REPLACEMENT_CHARACTER && length == "\\ufffd".len();
            !is_escape || self.raw[offset..offset + length].eq_ignore_ascii_case("\\ufffd")
        })
    }

    /// The whole string with its quotation marks.
    pub fn span(&self) -> Span {
        Span::new(self.start, self.start + self.raw.len() + 2)
    }

    /// What is between the quotation marks.
    pub fn inner_span(&self) -> Span {
        Span::new(self.start + 1, self.start + 1 + self.raw.len())
    }

    /// Where the bytes `range` of [`Text::as_str`] stand in the document, escapes counted.
    pub fn place(&self, range: Range<usize>) -> Span {
        let start = self.start + 1;
        if self.unescaped.is_none() {
            return Span::new(start + range.start.min(self.raw.len()), start + range.end.min(self.raw.len()));
        }
        let mut value_offset = 0;
        let mut begin = None;
        for (raw_offset, raw_length, character) in Characters::new(self.raw) {
            let next = value_offset + character.len_utf8();
            if begin.is_none() && range.start < next {
                begin = Some(raw_offset);
            }
            if range.end < next {
                // An empty range lies before this character, any other ends before it or inside it.
                let end = if range.end > value_offset { raw_offset + raw_length } else { raw_offset };
                return Span::new(start + begin.unwrap_or(raw_offset), start + end);
            }
            value_offset = next;
        }
        Span::new(start + begin.unwrap_or(self.raw.len()), start + self.raw.len())
    }
}

impl Text<'_> {
    /// How [`Text::as_str`] lies in the document.
    pub fn origin(&self) -> Origin {
        origin(self.raw, self.start + 1)
    }
}

/// How the value of `raw`, a string as written, which begins at `start`, lies in the document.
pub fn origin(raw: &str, start: usize) -> Origin {
    let mut origin = Origin::default();
    let mut offset = 0;
    while let Some(plain) = memchr::memchr(b'\\', &raw.as_bytes()[offset..]) {
        origin.push_exact(plain, start + offset);
        offset += plain;
        let (length, character) = escape(&raw[offset..]);
        origin.push_whole(character.len_utf8(), Span::new(start + offset, start + offset + length));
        offset += length;
    }
    origin.push_exact(raw.len() - offset, start + offset);
    origin
}

/// `value` as it stands between the quotation marks of a JSON string: escaped where RFC 8259 section 7 demands it and
/// nowhere else.
pub fn escaped(value: &str) -> Secret<String> {
    // No escape is longer than six characters, and a string that grows leaves copies of itself behind.
    let special = value.chars().filter(|character| matches!(character, '"' | '\\' | '\0'..='\u{1F}')).count();
    let mut raw = String::with_capacity(value.len() + 5 * special);
    for character in value.chars() {
        match character {
            '"' => raw.push_str("\\\""),
            '\\' => raw.push_str("\\\\"),
            '\n' => raw.push_str("\\n"),
            '\r' => raw.push_str("\\r"),
            '\t' => raw.push_str("\\t"),
            '\0'..='\u{1F}' => {
                let code = u32::from(character);
                raw.push_str("\\u00");
                raw.extend([code >> 4, code & 0xF].iter().filter_map(|digit| char::from_digit(*digit, 16)));
            }
            other => raw.push(other),
        }
    }
    Secret::new(raw)
}

impl std::fmt::Debug for Text<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Text({:?})", self.span())
    }
}

/// The value of `raw`, a string as written, which the parser has read.
pub fn unescape(raw: &str) -> Secret<String> {
    // An escape is never shorter than what it stands for, so this never reallocates and leaves no unwiped copy.
    let mut value = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(plain) = memchr::memchr(b'\\', rest.as_bytes()) {
        value.push_str(&rest[..plain]);
        let (length, character) = escape(&rest[plain..]);
        value.push(character);
        rest = &rest[plain + length..];
    }
    value.push_str(rest);
    Secret::new(value)
}

/// The characters of a raw string: offset and length as written, and what they stand for.
struct Characters<'s> {
    raw: &'s str,
    offset: usize,
}

impl<'s> Characters<'s> {
    fn new(raw: &'s str) -> Self {
        Self { raw, offset: 0 }
    }
}

impl Iterator for Characters<'_> {
    type Item = (usize, usize, char);

    fn next(&mut self) -> Option<Self::Item> {
        let rest = &self.raw[self.offset..];
        let first = rest.chars().next()?;
        let (length, character) = if first == '\\' { escape(rest) } else { (first.len_utf8(), first) };
        let offset = self.offset;
        self.offset += length;
        Some((offset, length, character))
    }
}

/// The escape that `text` begins with: its length and its meaning. The parser has already checked the grammar.
///
/// A lone surrogate, which RFC 8259 section 8.2 allows and warns of, is U+FFFD.
fn escape(text: &str) -> (usize, char) {
    let bytes = text.as_bytes();
    let simple = match bytes.get(1) {
        Some(b'b') => '\u{8}',
        Some(b'f') => '\u{C}',
        Some(b'n') => '\n',
        Some(b'r') => '\r',
        Some(b't') => '\t',
        Some(b'u') => return unicode_escape(bytes),
        Some(other) => char::from(*other),
        None => '\\',
    };
    (bytes.len().min(2), simple)
}

fn unicode_escape(bytes: &[u8]) -> (usize, char) {
    let unit = |from: usize| {
        let digits = bytes.get(from..from + 6)?.strip_prefix(b"\\u")?;
        u16::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
    };
    let Some(first) = unit(0) else { return (bytes.len().min(2), char::REPLACEMENT_CHARACTER) };
    let pair = unit(6).filter(|second| (0xDC00..0xE000).contains(second));
    match (first, pair) {
        (0xD800..0xDC00, Some(second)) => {
            let code = 0x10000 + ((u32::from(first) - 0xD800) << 10) + (u32::from(second) - 0xDC00);
            (12, char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER))
        }
        _ => (6, char::from_u32(u32::from(first)).unwrap_or(char::REPLACEMENT_CHARACTER)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(raw: &str) -> Text<'_> {
        Text::new(Span::new(0, raw.len() + 2), raw, raw.contains('\\'))
    }

    #[test]
    fn escapes_become_characters() {
        let raw = r#"\"\\\/\b\f\n\r\t\u00e9\uD83D\uDE00\uD83Dx\uDE00é"#;
        assert_eq!(text(raw).as_str(), "\"\\/\u{8}\u{C}\n\r\té\u{1F600}\u{FFFD}x\u{FFFD}é");
        assert_eq!(text("plain").as_str(), "plain");
    }

    #[test]
    fn what_is_escaped_reads_as_before() {
        for value in ["plain é", "\"\\/\r\n\t", "\0\u{1}\u{8}\u{C}\u{1F}\u{7F}\u{1F600}"] {
            assert_eq!(text(escaped(value).expose()).as_str(), value);
            let quoted = format!("\"{}\"", escaped(value).expose());
            assert_eq!(serde_json::from_str::<String>(&quoted).unwrap(), value);
        }
        assert_eq!(escaped("a/b\r\n").expose(), r"a/b\r\n");
    }

    #[test]
    fn places_count_the_escapes() {
        let raw = r"ab\r\ncd\u00e9f";
        let text = text(raw);
        let place = |from: &str| {
            let start = text.as_str().find(from).unwrap();
            let span = text.place(start..start + from.len());
            &raw[span.start - 1..span.end - 1]
        };
        assert_eq!(place("cd"), "cd");
        assert_eq!(place("\n"), "\\n");
        assert_eq!(place("é"), "\\u00e9");
        assert_eq!(place("f"), "f");
        assert_eq!(place("b\r\nc"), "b\\r\\nc");
        assert_eq!(text.place(0..0), Span::at(1));
        assert_eq!(text.place(2..2), Span::at(3));
        assert_eq!(text.place(999..1000), Span::at(raw.len() + 1));
        let end = text.as_str().len();
        assert_eq!(text.place(end..end), Span::at(raw.len() + 1));
        let boundaries: Vec<usize> = text.as_str().char_indices().map(|(offset, _)| offset).collect();
        for (index, start) in boundaries.iter().enumerate() {
            for end in &boundaries[index + 1..] {
                assert_eq!(text.origin().outer(Span::new(*start, *end)), text.place(*start..*end));
            }
        }
    }
}
