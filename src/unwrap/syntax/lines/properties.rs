//! Values as Java's property files write them.
//!
//! Owns: their escapes, and how far a value goes. Does not own: names, and which file is written so.

use crate::source::Span;
use crate::unwrap::place::{Builder, Extract};
use crate::unwrap::shared::{Dialect, Unread, end_of_line, is_continued};

/// Blanks, as Java takes them.
const BLANKS: [char; 3] = [' ', '\t', '\x0C'];

/// The name that the line from `start` to `line_end` begins with, where it is, and where its value begins: after a sign of
/// equality, a colon, or only blanks. Nothing for a comment and an empty line.
pub(crate) fn name(text: &str, start: usize, line_end: usize) -> Option<(String, Span, usize)> {
    let line = text.get(start..line_end)?;
    let line = line.strip_suffix('\r').unwrap_or(line);
    let rest = line.trim_start_matches(BLANKS);
    let at = line.len() - rest.len();
    if rest.starts_with(['#', '!']) {
        return None;
    }
    let mut is_escaped = false;
    let length = rest.find(|one: char| {
        let ends = !is_escaped && (matches!(one, '=' | ':') || BLANKS.contains(&one));
        is_escaped = one == '\\' && !is_escaped;
        ends
    });
    let length = length.unwrap_or(rest.len());
    let name = rest.get(..length).filter(|name| (1..=200).contains(&name.len()))?;
    let after = rest.get(length..)?.trim_start_matches(BLANKS);
    let value = after.strip_prefix(['=', ':']).unwrap_or(after).trim_start_matches(BLANKS);
    let mut plain = Builder::new(name.len());
    unescape_property(name, 0, &mut plain);
    let span = Span::new(start + at, start + at + length);
    Some((plain.finish().text().to_owned(), span, start + line.len() - value.len()))
}

/// A value as `Properties.load` reads it: over several lines, each but the last ending in a backslash, with
/// all escapes resolved.
pub(crate) fn value(unread: &Unread<'_>) -> Option<(Extract, usize)> {
    let Unread { text, start, line_end, dialect, .. } = *unread;
    // Quotation marks mean nothing to Java, so that something else must read what has them.
    if dialect != Dialect::Properties || unread.rest().starts_with(['"', '\'']) {
        return None;
    }
    let mut builder = Builder::new(line_end - start);
    let (mut from, mut end) = (start, line_end);
    loop {
        let goes_on = is_continued(text, from, end);
        let line = text.get(from..end).unwrap_or_default();
        let line = line.strip_suffix('\r').unwrap_or(line);
        unescape_property(
            if goes_on { line.strip_suffix('\\').unwrap_or(line) } else { line },
            from,
            &mut builder,
        );
        if !goes_on {
            return Some((builder.finish(), end));
        }
        let next = text.get(end + 1..).unwrap_or_default();
        from = end + 1 + next.len() - next.trim_start_matches([' ', '\t', '\x0C']).len();
        end = end_of_line(text, from);
    }
}

/// Resolves the escapes of a property in `line`, which begins at `start`. A backslash before anything else is dropped.
fn unescape_property(line: &str, start: usize, builder: &mut Builder) {
    let (mut plain, mut at) = (0, 0);
    while let Some(offset) = memchr::memchr(b'\\', line.as_bytes().get(at..).unwrap_or_default()) {
        let backslash = at + offset;
        builder.exact(line.get(plain..backslash).unwrap_or_default(), start + plain);
        let rest = line.get(backslash + 1..).unwrap_or_default();
        let (meaning, length) = match rest.chars().next() {
            Some('n') => (Some('\n'), 1),
            Some('r') => (Some('\r'), 1),
            Some('t') => (Some('\t'), 1),
            Some('f') => (Some('\x0C'), 1),
            Some('u') => {
                utf16_escape(rest).map_or((Some('u'), 1), |(meaning, length)| (Some(meaning), length))
            }
            Some(other) => (Some(other), other.len_utf8()),
            None => (None, 0),
        };
        at = backslash + 1 + length;
        plain = at;
        if let Some(meaning) = meaning {
            builder.character(meaning, Span::new(start + backslash, start + at));
        }
    }
    builder.exact(line.get(plain..).unwrap_or_default(), start + plain);
}

/// The character that `text` begins with as `uXXXX`, or as two such for a pair of surrogates, and the length of that.
fn utf16_escape(text: &str) -> Option<(char, usize)> {
    let unit = |text: &str| {
        let digits = text.strip_prefix('u')?.get(..4)?;
        let is_hex = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        if is_hex { u16::from_str_radix(digits, 16).ok() } else { None }
    };
    let first = unit(text)?;
    if let Some(character) = char::from_u32(u32::from(first)) {
        return Some((character, 5));
    }
    let second = text.get(5..).and_then(|rest| rest.strip_prefix('\\')).and_then(unit);
    match second.and_then(|second| char::decode_utf16([first, second]).next()?.ok()) {
        Some(character) => Some((character, 11)),
        None => Some((char::REPLACEMENT_CHARACTER, 5)),
    }
}

#[cfg(test)]
mod tests {
    use crate::source::Span;
    use crate::unwrap::limits::Attempts;
    use crate::unwrap::shared::Dialect;
    use crate::unwrap::syntax::lines::assignments;

    /// The values are those that `Properties.load` gives.
    #[test]
    fn properties_are_unescaped_as_java_does() {
        for (text, expected) in [
            (r"a.b-c=d", "d"),
            (r"a : \ d\t\n\r\f", " d\t\n\r\x0C"),
            (r#"a={\"b\"\:\\n \=\q\\\\}"#, r#"{"b":\n =q\\}"#),
            (r"a=\u0041\u00e9\uD83D\uDE00x", "Aé😀x"),
            (r"a=\uD83Dx\u+041\u12", "\u{FFFD}xu+041u12"),
            ("a=b\\\r\n \t c # d\\\\\ne=f", "bc # d\\"),
            ("a=b \\\n   \\ c  \nd=e", "b  c  "),
            ("a=b\\", "b"),
            ("a=\\", ""),
            ("a='b\\n'", "b\\n"),
        ] {
            let attempts = Attempts::new(10);
            let found: Vec<_> = assignments(text, Dialect::Properties, &attempts).collect();
            assert_eq!(found[0].value.text(), expected, "{text}");
            for (offset, character) in expected.char_indices().filter(|(_, one)| one.is_alphanumeric()) {
                let outer = found[0].value.origin.outer(Span::new(offset, offset + character.len_utf8()));
                let there = &text[outer.range()];
                assert!(there.ends_with(character) || there.starts_with("\\u"), "{text}: {there}");
            }
        }
    }
}
