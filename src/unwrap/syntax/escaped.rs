//! Values whose punctuation is escaped in a text that isn't read as a program reads it: `cm\-p1` as converters to Markdown
//! write it, `p8e\x2d` in a program, `{\x22clientId\x22:` in the logs of nginx, `client_id%3Dcm-p1` in an address in another's
//! query.
//!
//! Owns: in which lines that is so, and undoing it there. Does not own: the strings of programs, which are read before.

use crate::credential::{CLIENT_ID, CLIENT_SECRET, SERVICE_NAMES};
use crate::source::Span;
use crate::unwrap::limits::Budget;
use crate::unwrap::piece::{Inside, Pieces, pieces};
use crate::unwrap::place::{Builder, Extract, SpanSet, Step, Text};

/// All of `text` without these escapes, if a value in it has some.
pub(crate) fn read<'t>(text: &'t Text<'_>, _: &'t Budget<'_>) -> Option<Pieces<'t>> {
    let plain = unescaped(text.text())?;
    Some(pieces([Inside::Text(plain).after(Step::Decoding("escapes"))]))
}

fn unescaped(text: &str) -> Option<Extract> {
    let is_escaped = memchr::memchr_iter(b'\\', text.as_bytes()).any(|at| is_of_value(text, at));
    let words = percent_encoded(text);
    if !is_escaped && words.is_none() {
        return None;
    }
    let words = words.unwrap_or_default();
    let mut builder = Builder::new(text.len());
    let (mut plain, mut at) = (0, 0);
    while let Some(mark) = memchr::memchr2(b'\\', b'%', text.as_bytes().get(at..).unwrap_or_default()) {
        let mark = at + mark;
        at = mark + 1;
        let is_percent = text[mark..].starts_with('%');
        let meaning = if is_percent {
            let code = percent(&text[at..]).filter(|_| words.touches(Span::new(mark, at)));
            code.map(|meaning| (2, meaning))
        } else {
            meaning(&text[at..]).filter(|_| is_escaped)
        };
        let Some((length, meaning)) = meaning else { continue };
        builder.exact(&text[plain..mark], plain);
        at += length;
        builder.character(meaning, Span::new(mark, at));
        plain = at;
    }
    builder.exact(&text[plain..], plain);
    Some(builder.finish())
}

/// The words in which a client's ID or secret comes after a sign in percent encoding.
fn percent_encoded(text: &str) -> Option<SpanSet> {
    let bytes = text.as_bytes();
    let is_part = |byte: &u8| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\'' | b'<' | b'>' | b'`');
    let mut words: Option<SpanSet> = None;
    for value in [CLIENT_ID, CLIENT_SECRET] {
        // A word is looked at once, however many values are in it.
        let mut seen = 0;
        for at in memchr::memmem::find_iter(bytes, value) {
            let sign = at.checked_sub(3).and_then(|sign| text.get(sign..at)?.strip_prefix('%'));
            if at < seen || sign.and_then(percent).is_none() {
                continue;
            }
            let start = at - bytes[..at].iter().rev().take_while(|byte| is_part(byte)).count();
            seen = at + bytes[at..].iter().take_while(|byte| is_part(byte)).count();
            // An object or a key in percent encoding is one as a whole.
            let word = text.get(start..seen).unwrap_or_default();
            if !["%7B", "%7b", "-----BEGIN"].iter().any(|beginning| word.contains(beginning)) {
                words.get_or_insert_default().add(Span::new(start, seen));
            }
        }
    }
    words
}

/// What the two digits stand for that `rest` begins with, if that is punctuation or a line break.
fn percent(rest: &str) -> Option<char> {
    let code = u8::from_str_radix(rest.get(..2)?, 16).ok()?;
    (code.is_ascii_punctuation() || matches!(code, b' ' | b'\n' | b'\r')).then(|| char::from(code))
}

/// Whether the backslash at `at` is in a client's ID or secret, or before one or a name of a document's field.
fn is_of_value(text: &str, at: usize) -> bool {
    let (before, after) = text.split_at(at);
    let Some((length, meaning)) = meaning(&after[1..]) else { return false };
    let rest = &after[1 + length..];
    match meaning {
        '-' => {
            let begins = |value: &str| {
                let (word, end) = value.split_once('-').unwrap_or((value, ""));
                before.ends_with(word) && rest.starts_with(end)
            };
            begins(CLIENT_ID) || begins(CLIENT_SECRET)
        }
        '"' if length > 1 => {
            [CLIENT_ID, CLIENT_SECRET].iter().chain(&SERVICE_NAMES).any(|value| rest.starts_with(value))
        }
        _ => false,
    }
}

/// What is after a backslash, if that is punctuation or the code of some, and of how many bytes it is.
fn meaning(rest: &str) -> Option<(usize, char)> {
    let first = rest.chars().next()?;
    let digits = match first {
        'x' => rest.get(1..3)?,
        'u' => rest.get(1..5)?,
        _ => return "-_.@+=*#".contains(first).then_some((1, first)),
    };
    let code = u32::from_str_radix(digits, 16).ok().and_then(char::from_u32)?;
    code.is_ascii_graphic().then_some((1 + digits.len(), code))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_in_values_is_undone() {
        for (text, expected) in [
            (r"ID: cm\-p1\-e2\-integration\-0 \* x", Some("ID: cm-p1-e2-integration-0 * x")),
            (r"Secret p8e\-a\_b\n", Some(r"Secret p8e-a_b\n")),
            (r"'p8e\x2da' + 'b\u002Dc'", Some("'p8e-a' + 'b-c'")),
            (r"{\x22imsEndpoint\x22:\x22a\x22}", Some(r#"{"imsEndpoint":"a"}"#)),
            (r"\x22cm-p1-e2-integration-0\x22", Some("\"cm-p1-e2-integration-0\"")),
            (r"cm\u002dp1", Some("cm-p1")),
            (
                "https://x/?next=https%3A%2F%2Fy%2F%3Fclient_id%3Dcm-p1%26client_secret%3Dp8e-a%20b 100%25",
                Some("https://x/?next=https://y/?client_id=cm-p1&client_secret=p8e-a b 100%25"),
            ),
            ("data:,ID%3Dcm-p1%0AS%3Dp8e-a", Some("data:,ID=cm-p1\nS=p8e-a")),
            // Nothing of a value, or no end.
            ("100%25cm %3D cm-p1 %zzcm-p1", None),
            (r"a\-b \x22x\x22 p8e\q", None),
            (r#"{\"imsEndpoint\":\"a\"}"#, None),
            (r"p8e\", None),
            (r"p8e\x2", None),
            (r"p8e\u002", None),
            ("cm\\é", None),
            ("", None),
        ] {
            let found = unescaped(text);
            assert_eq!(found.as_ref().map(Extract::text), expected, "{text}");
        }
        assert!(unescaped(&"\\".repeat(100_000)).is_none());
        assert!(unescaped(&"%3Dcm-p".repeat(20_000)).is_some());
        assert!(unescaped(&r"p8e\-".repeat(20_000)).is_some());
    }
}
