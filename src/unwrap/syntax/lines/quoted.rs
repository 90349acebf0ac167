//! Values in the quotation marks of shells, `.env` files and programs.
//!
//! Owns: where such a value ends, and what its escapes mean. Does not own: finding assignments .

use crate::json;
use crate::source::{Origin, Span};
use crate::unwrap::place::{Builder, Extract};
use crate::unwrap::shared::{Dialect, Unread, closing, closing_quote, escaped_by, unescape, unescaped_once};

/// A value in quotation marks.
pub(crate) fn value(unread: &Unread<'_>) -> Option<(Extract, usize)> {
    let (start, rest) = (unread.start, unread.rest());
    // A shell takes what is between single quotation marks as it is, and has no blank before them.
    let follows_sign = || unread.text.get(..start).unwrap_or_default().ends_with('=');
    let is_shell = rest.starts_with('\'') && (unread.dialect == Dialect::Literal || follows_sign());
    let quoted = match rest.as_bytes() {
        _ if unread.attempts.exhausted().is_some() => None,
        [b'"', b'"', b'"', ..] => triple(rest, start),
        [b'"', ..] => double(rest, start),
        [b'\'', ..] if is_shell => single(rest, start),
        [b'\'', ..] => program(rest, start).or_else(|| single(rest, start)),
        [b'$', b'\'', ..] => ansi(rest, start),
        [b'`', ..] => backtick(rest, start),
        _ => None,
    };
    if quoted.is_none() && rest.starts_with(['"', '\'', '`']) {
        unread.attempts.fail();
    }
    let (value, end) = quoted?;
    match unescaped_once(value.text()) {
        Some(once) if !is_shell => Some((once.through(&value.origin), end)),
        _ => Some((value, end)),
    }
}

fn triple(rest: &str, start: usize) -> Option<(Extract, usize)> {
    let length = rest.get(3..)?.find("\"\"\"")?;
    Some((slice(rest, start, 3, 3 + length), start + length + 6))
}

fn backtick(rest: &str, start: usize) -> Option<(Extract, usize)> {
    let length = rest.get(1..)?.find('`')?;
    Some((slice(rest, start, 1, 1 + length), start + length + 2))
}

/// Single quotation marks, in which nothing is escaped; `'\''` between two such strings is one such mark.
fn single(rest: &str, start: usize) -> Option<(Extract, usize)> {
    // As much as a file of many short values needs; more where a mark is escaped.
    let mut builder = Builder::new(rest.get(1..)?.find('\'')?);
    let mut at = 1;
    loop {
        let length = rest.get(at..)?.find('\'')?;
        builder.exact(rest.get(at..at + length)?, start + at);
        at += length + 1;
        if !rest.get(at..)?.starts_with("\\''") {
            return Some((builder.finish(), start + at));
        }
        builder.character('\'', Span::new(start + at - 1, start + at + 3));
        at += 3;
    }
}

/// Single quotation marks of a program, in which one has a backslash before it; nothing if none has.
fn program(rest: &str, start: usize) -> Option<(Extract, usize)> {
    let end = closing(rest, 1, '\'')?;
    let raw = rest.get(1..end).filter(|raw| raw.contains("\\'") && !raw.contains('\n'))?;
    // A shell ends a string there, and begins another one.
    let is_shell = raw.contains("'\\''") || rest.get(end..)?.starts_with("''");
    (!is_shell).then(|| (unescape(raw).through(&Origin::exact(raw.len(), start + 1)), start + end + 1))
}

/// Double quotation marks: a backslash escapes what a shell lets it escape. `\n` is left to whoever reads the value,
/// unless that makes an object of it: then it is a string of a language in which `\n` is a line break.
fn double(rest: &str, start: usize) -> Option<(Extract, usize)> {
    // PowerShell's line breaks say that its escapes are meant.
    let end = closing_quote(rest.get(1..)?, "\"", b'`');
    if let Some(raw) = end.and_then(|end| rest.get(1..=end)).filter(|raw| raw.contains("-----`")) {
        return Some((
            escaped_by(raw, b'`').through(&Origin::exact(raw.len(), start + 1)),
            start + raw.len() + 2,
        ));
    }
    // A line that goes on in the next is a program's, in which `\n` is a line break, or it is of no matter.
    let (is_key, end) = (rest.starts_with("\"-----BEGIN "), closing(rest, 1, '"')?);
    let raw = rest.get(1..end).filter(|raw| is_key && (raw.contains("\\\n") || raw.contains("\\\r\n")));
    if let Some(raw) = raw {
        return Some((unescape(raw).through(&Origin::exact(raw.len(), start + 1)), start + end + 1));
    }
    let shell = escaped(rest, start, 1, '"', |escape| {
        escape.chars().next().filter(|one| matches!(one, '"' | '\\' | '$' | '`')).map(|one| (1, one))
    });
    let (value, end) = shell?;
    if is_broken_object(value.text()) {
        let raw = rest.get(1..end - start - 1)?;
        let string = unescape(raw).through(&Origin::exact(raw.len(), start + 1));
        if json::parse(string.text(), json::Limits::default()).is_ok() {
            return Some((string, end));
        }
    }
    Some((value, end))
}

/// Whether `text` has an escape where JSON can't have one, or something else that makes it none.
fn is_broken_object(text: &str) -> bool {
    text.trim_ascii_start().starts_with(['{', '['])
        && text.contains('\\')
        && json::parse(text, json::Limits::default()).is_err()
}

/// `$'…'`, as `declare`, `printf %q` and zsh's `typeset -p` write values with line breaks.
fn ansi(rest: &str, start: usize) -> Option<(Extract, usize)> {
    escaped(rest, start, 2, '\'', |escape| {
        let code = |from: usize, most: usize, radix: u32| {
            let digits =
                escape.get(from..)?.bytes().take(most).take_while(|byte| char::from(*byte).is_digit(radix));
            let length = from + digits.count();
            // What isn't ASCII is a byte of several, and not a character.
            let code = u8::from_str_radix(escape.get(from..length)?, radix).ok().filter(u8::is_ascii)?;
            Some((length, char::from(code)))
        };
        match escape.as_bytes() {
            [b'n', ..] => Some((1, '\n')),
            [b'r', ..] => Some((1, '\r')),
            [b't', ..] => Some((1, '\t')),
            [one @ (b'\\' | b'\'' | b'"'), ..] => Some((1, char::from(*one))),
            [b'C', b'-', one @ b'@'..=b'_', ..] => Some((3, char::from(one & 0x1F))),
            [b'x', ..] => code(1, 2, 16),
            [b'0'..=b'7', ..] => code(0, 3, 8),
            _ => None,
        }
    })
}

/// What is between two marks. `unescape` says how many of the bytes after a backslash belong to it, and what they mean.
fn escaped(
    rest: &str,
    start: usize,
    open: usize,
    close: char,
    unescape: fn(&str) -> Option<(usize, char)>,
) -> Option<(Extract, usize)> {
    let end = closing(rest, open, close)?;
    let mut builder = Builder::new(end);
    let (mut plain, mut at) = (open, open);
    while let Some(offset) = memchr::memchr(b'\\', rest.as_bytes().get(at..end)?) {
        let backslash = at + offset;
        let escape = rest.get(backslash + 1..end)?;
        if let Some((length, meaning)) = unescape(escape) {
            at = backslash + 1 + length;
            builder.exact(rest.get(plain..backslash)?, start + plain);
            builder.character(meaning, Span::new(start + backslash, start + at));
            plain = at;
        } else {
            at = backslash + 1 + escape.chars().next()?.len_utf8();
        }
    }
    builder.exact(rest.get(plain..end)?, start + plain);
    Some((builder.finish(), start + end + close.len_utf8()))
}

fn slice(rest: &str, start: usize, from: usize, to: usize) -> Extract {
    let mut builder = Builder::new(to - from);
    builder.exact(rest.get(from..to).unwrap_or_default(), start + from);
    builder.finish()
}
