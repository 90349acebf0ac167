//! What a character stands for after a backslash or the like.
//!
//! Owns: undoing escapes, and telling by an object's PEM that it still has some. Does not own: where a string ends.

use crate::json::{self, Kind, Pointer};
use crate::source::Span;
use crate::unwrap::place::{Builder, Extract};

/// Resolves the escapes of JSON and JavaScript, and takes the backslash off anything else. A line that ends in one goes on.
pub(crate) fn unescape(text: &str) -> Extract {
    escaped_by(text, b'\\')
}

/// The same where `mark` escapes what follows it, as PowerShell's backtick does.
pub(crate) fn escaped_by(text: &str, mark: u8) -> Extract {
    let mut builder = Builder::new(text.len());
    let (mut plain, mut at) = (0, 0);
    while let Some(backslash) = memchr::memchr(mark, text.as_bytes().get(at..).unwrap_or_default()) {
        let backslash = at + backslash;
        let rest = text.get(backslash + 1..).unwrap_or_default();
        let Some(next) = rest.chars().next() else { break };
        builder.exact(&text[plain..backslash], plain);
        let code = |digits: &str| u32::from_str_radix(digits, 16).ok().and_then(char::from_u32);
        let braced =
            || Some(&rest[2..2 + rest.get(1..)?.strip_prefix('{')?.find('}').filter(|end| *end <= 6)?]);
        let digits = match next {
            'u' => braced().or_else(|| rest.get(1..5)),
            'x' => rest.get(1..3),
            _ => None,
        };
        let unicode = digits.and_then(|digits| Some((digits.len(), code(digits)?)));
        let (length, meaning) = match (next, unicode) {
            (_, Some((length, character))) => {
                let brackets = if rest[1..].starts_with('{') { 2 } else { 0 };
                (2 + brackets + length, Some(character))
            }
            ('n', _) => (2, Some('\n')),
            ('r', _) => (2, Some('\r')),
            ('t', _) => (2, Some('\t')),
            // The next line's indentation is part of the string, as in JavaScript, Python and shells.
            ('\r', _) if rest.starts_with("\r\n") => (3, None),
            ('\r' | '\n', _) => (2, None),
            (other, _) => (1 + other.len_utf8(), Some(other)),
        };
        at = backslash + length;
        plain = at;
        if let Some(meaning) = meaning {
            builder.character(meaning, Span::new(backslash, at));
        }
    }
    builder.exact(text.get(plain..).unwrap_or_default(), plain);
    builder.finish()
}

/// `text` with one `quote` where two stand.
pub(crate) fn undoubled(text: &str, quote: u8) -> Extract {
    let mut builder = Builder::new(text.len());
    let (mut plain, mut at) = (0, 0);
    while let Some(mark) = memchr::memchr(quote, text.as_bytes().get(at..).unwrap_or_default()) {
        let mark = at + mark;
        at = mark + 1;
        if text.as_bytes().get(at) == Some(&quote) {
            builder.exact(&text[plain..mark], plain);
            at += 1;
            builder.character(char::from(quote), Span::new(mark, at));
            plain = at;
        }
    }
    builder.exact(&text[plain..], plain);
    builder.finish()
}

/// `object` with one level of escapes less, if only then its PEM has line breaks.
pub(crate) fn unescaped_once(object: &str) -> Option<Extract> {
    let has = |mark: &[u8]| memchr::memmem::find(object.as_bytes(), mark).is_some();
    // A line that goes on in the next may be cut anywhere.
    if !has(b"-----\\\\") && !has(b"\\\n") && !has(b"\\\r\n") {
        return None;
    }
    if has_line_breaks(object) {
        return None;
    }
    let once = unescape(object);
    has_line_breaks(once.text()).then_some(once)
}

/// Whether `text` is JSON with PEM in it that has line breaks.
fn has_line_breaks(text: &str) -> bool {
    let Ok(root) = json::parse(text, json::Limits::default()) else { return false };
    let mut has = false;
    root.walk(&Pointer::root(), &mut |_, value| {
        if let Kind::String(string) = &value.kind {
            has |= string.as_str().trim_ascii_start().starts_with("-----BEGIN")
                && string.as_str().contains('\n');
        }
    });
    has
}
