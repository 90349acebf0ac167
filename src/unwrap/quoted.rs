//! Values in the quotation marks of shells, `.env` files and programs.
//!
//! Owns: where such a value ends, and what its escapes mean. Does not own: finding assignments (see `lines`).

use super::decode::unescape;
use super::derived::{Builder, Derived};
use crate::json;
use crate::source::{Origin, Span};

pub(super) fn triple(rest: &str, start: usize) -> Option<(Derived, usize)> {
    let length = rest.get(3..)?.find("\"\"\"")?;
    Some((slice(rest, start, 3, 3 + length), start + length + 6))
}

pub(super) fn backtick(rest: &str, start: usize) -> Option<(Derived, usize)> {
    let length = rest.get(1..)?.find('`')?;
    Some((slice(rest, start, 1, 1 + length), start + length + 2))
}

/// Single quotation marks, in which nothing is escaped; `'\''` between two such strings is one such mark.
pub(super) fn single(rest: &str, start: usize) -> Option<(Derived, usize)> {
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

/// Double quotation marks: a backslash escapes what a shell lets it escape. `\n` is left to whoever reads the value,
/// unless that makes an object of it: then it is a string of a language in which `\n` is a line break.
pub(super) fn double(rest: &str, start: usize) -> Option<(Derived, usize)> {
    let shell = escaped(rest, start, 1, '"', |character| {
        matches!(character, '"' | '\\' | '$' | '`').then_some(character)
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

/// `$'…'`, as `declare` writes values with line breaks.
pub(super) fn ansi(rest: &str, start: usize) -> Option<(Derived, usize)> {
    escaped(rest, start, 2, '\'', |character| match character {
        'n' => Some('\n'),
        'r' => Some('\r'),
        't' => Some('\t'),
        '\\' | '\'' | '"' => Some(character),
        _ => None,
    })
}

fn escaped(
    rest: &str,
    start: usize,
    open: usize,
    close: char,
    unescape: fn(char) -> Option<char>,
) -> Option<(Derived, usize)> {
    let end = closing(rest, open, close)?;
    let mut builder = Builder::new(end);
    let (mut plain, mut at) = (open, open);
    while let Some(offset) = memchr::memchr(b'\\', rest.as_bytes().get(at..end)?) {
        let backslash = at + offset;
        let character = rest.get(backslash + 1..)?.chars().next()?;
        at = backslash + 1 + character.len_utf8();
        if let Some(meaning) = unescape(character) {
            builder.exact(rest.get(plain..backslash)?, start + plain);
            builder.character(meaning, Span::new(start + backslash, start + at));
            plain = at;
        }
    }
    builder.exact(rest.get(plain..end)?, start + plain);
    Some((builder.finish(), start + end + close.len_utf8()))
}

/// The first `close` without a backslash before it.
pub(super) fn closing(rest: &str, open: usize, close: char) -> Option<usize> {
    let mut escaped = false;
    rest.char_indices().skip_while(|(offset, _)| *offset < open).find_map(|(offset, character)| {
        let closes = character == close && !escaped;
        escaped = character == '\\' && !escaped;
        closes.then_some(offset)
    })
}

fn slice(rest: &str, start: usize, from: usize, to: usize) -> Derived {
    let mut builder = Builder::new(to - from);
    builder.exact(rest.get(from..to).unwrap_or_default(), start + from);
    builder.finish()
}
