//! Strings of programming languages, databases and tables, whose escapes must be undone to have what is in them.
//!
//! Owns: where the string around a place begins and ends, undoing its escapes, and telling by an object's PEM that the
//! string around it still has some. Does not own: what is in the string.

use crate::source::Span;
use crate::unwrap::place::Extract;
use crate::unwrap::shared::{escaped_by, floor, is_bare, undoubled, unescape, unescaped_once};

/// How far a string's beginning may lie before a place in it, and its end behind.
const REACH: usize = 32 * 1024;

/// How far before an object the string that it is in may begin.
const BEFORE: usize = 256;

/// What is written before raw strings: `\` means nothing in them.
const RAW: [&str; 6] = ["r", "br", "rb", "fr", "rf", "raw"];

/// How a string has a quotation mark in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Escaping {
    /// `\"`, as most languages have it, and databases in their dumps, which have `''` too.
    Backslash,
    /// `""`, as tables have it (RFC 4180 section 2), C#'s strings after `@`, and Visual Basic.
    Doubled,
    /// `` `" ``, as PowerShell has it.
    Backtick,
}

impl Escaping {
    /// How the quotation marks around the part `span` of `text` are escaped; nothing if they aren't.
    pub(crate) fn of(text: &str, span: Span) -> Option<Self> {
        let (before, after) = (&text[..span.start], &text[span.end..]);
        // Strings in strings have more backslashes.
        let quote = after.trim_start_matches('\\');
        if ["\\x22", "\\u0022"].iter().any(|mark| before.ends_with(mark) && after.starts_with(mark)) {
            return Some(Self::Backslash);
        }
        if before.ends_with("\\\"") && quote.len() < after.len() && quote.starts_with('"') {
            Some(Self::Backslash)
        } else if before.ends_with("\"\"") && quote.starts_with("\"\"") {
            Some(Self::Doubled)
        } else if before.ends_with("`\"") && after.starts_with("`\"") {
            Some(Self::Backtick)
        } else {
            None
        }
    }

    /// What escapes the character after it.
    const fn mark(self) -> Option<u8> {
        match self {
            Self::Backslash => Some(b'\\'),
            Self::Doubled => None,
            Self::Backtick => Some(b'`'),
        }
    }
}

/// The inside of a string with an object in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Literal {
    pub(crate) span: Span,
    /// The quotation mark, if one of them is written as two.
    doubled: Option<u8>,
    escaping: Escaping,
}

impl Literal {
    /// The string around `at`, if it begins with an object.
    pub(crate) fn around(text: &str, at: usize, escaping: Escaping) -> Option<Self> {
        let from = floor(text, at.saturating_sub(REACH));
        let bytes = text.as_bytes();
        let marks = |quote: usize| {
            let mark = bytes.get(quote);
            bytes[from..=quote].iter().rev().take_while(|byte| Some(*byte) == mark).count()
        };
        let is_opening = |quote: &usize| {
            // Most marks have no object after them; the others have only their own run to be counted.
            let is_mark = || match escaping {
                Escaping::Backslash => is_bare(bytes, *quote, b'\\'),
                Escaping::Doubled => bytes[*quote] == b'"' && marks(*quote) % 2 == 1,
                Escaping::Backtick => bytes[*quote] == b'"' && is_bare(bytes, *quote, b'`'),
            };
            begins_object(&text[quote + 1..at]) && is_mark()
        };
        let mut quotes = memchr::memrchr3_iter(b'"', b'\'', b'`', bytes.get(from..at)?);
        let opening = quotes.find_map(|quote| Some(from + quote).filter(is_opening))?;
        let quote = *bytes.get(opening)?;
        let doubled = match escaping {
            Escaping::Doubled => true,
            // Three of them are quotation marks of another kind.
            Escaping::Backslash => quote == b'\'' && marks(opening) == 1,
            Escaping::Backtick => false,
        };
        let doubled = doubled.then_some(quote);
        let literal = Self { span: Span::at(opening + 1), doubled, escaping };
        let end = literal.closing(bytes.get(..(at + REACH).min(bytes.len()))?, quote)?;
        (end > at).then_some(Self { span: Span::new(opening + 1, end), ..literal })
    }

    /// The first `quote` that ends the string.
    fn closing(self, bytes: &[u8], quote: u8) -> Option<usize> {
        let mut at = self.span.start;
        loop {
            let mark = at + memchr::memchr(quote, bytes.get(at..)?)?;
            let is_pair = self.doubled.is_some() && bytes.get(mark + 1) == Some(&quote);
            let is_escaped = self.escaping.mark().is_some_and(|escape| !is_bare(bytes, mark, escape));
            if !is_pair && !is_escaped {
                return Some(mark);
            }
            at = mark + if is_escaped { 1 } else { 2 };
        }
    }

    /// What is in the string, which is part of `text`.
    pub(crate) fn unescaped(self, text: &str) -> Extract {
        let raw = Extract::slice(text, self.span);
        let raw = match self.doubled {
            Some(quote) => undoubled(raw.text(), quote).through(&raw.origin),
            None => raw,
        };
        match self.escaping {
            Escaping::Backslash => unescape(raw.text()).through(&raw.origin),
            Escaping::Doubled => raw,
            Escaping::Backtick => escaped_by(raw.text(), b'`').through(&raw.origin),
        }
    }
}

/// The object at `span` of `text` as the string around it means it: with one level of escapes less.
///
/// Its quotation marks are bare, so that it is an object in either way, but only in this one does its PEM have line
/// breaks. Nothing where no string is around it, or one that takes `\` as it is: in single quotation marks all do if
/// `literally` says so.
pub(crate) fn inside(text: &str, span: Span, literally: bool) -> Option<Extract> {
    if !is_in_string(text, span, literally) && !is_field_of_dump(text, span) {
        return None;
    }
    let object = Extract::slice(text, span);
    // As databases have it.
    let is_doubled = text[span.end..].starts_with('\'') && object.text().contains("''") && !literally;
    let object = if is_doubled { undoubled(object.text(), b'\'').through(&object.origin) } else { object };
    match unescaped_once(object.text()) {
        Some(once) => Some(once.through(&object.origin)),
        None => is_doubled.then_some(object),
    }
}

/// Whether what is at `span` stands at the end of a string in which `\` escapes something.
fn is_in_string(text: &str, span: Span, literally: bool) -> bool {
    let after = skip_breaks(text.get(span.end..).unwrap_or_default());
    let quote = after.chars().next().filter(|quote| matches!(quote, '"' | '\'' | '`'));
    // Markdown sets off blocks in which everything is as it is.
    let Some(quote) = quote.filter(|_| !after.starts_with("```")) else { return false };
    if literally && quote == '\'' {
        return false;
    }
    let from = floor(text, span.start.saturating_sub(BEFORE));
    let before = text.get(from..span.start).unwrap_or_default();
    let Some(open) = before.rfind(quote) else { return false };
    let before = before[..open].trim_end_matches(quote).trim_end_matches('#');
    let word = before
        .rfind(|character: char| !character.is_ascii_alphanumeric())
        .map_or(0, |end| end + before[end..].chars().next().map_or(0, char::len_utf8));
    !RAW.iter().any(|raw| raw.eq_ignore_ascii_case(&before[word..]))
}

/// Whether what is at `span` is one of several fields of a line with tabs between them, as `PostgreSQL`'s COPY writes them.
fn is_field_of_dump(text: &str, span: Span) -> bool {
    let (before, after) = (text.get(..span.start), text.get(span.end..));
    let (before, mut after) = (before.unwrap_or_default(), after.unwrap_or_default());
    // The last line of a file ends in a line break, too.
    while let Some(rest) = after.strip_prefix("\\n").or(after.strip_prefix("\\r")) {
        after = rest;
    }
    let ends = after.is_empty() || after.starts_with(['\t', '\n', '\r']);
    let begins = before.is_empty() || before.ends_with('\n');
    let follows =
        before.strip_suffix('\t').is_some_and(|field| !field.ends_with(['\n', '\t']) && !field.is_empty());
    let is_line = !text.get(span.range()).unwrap_or_default().contains('\n');
    is_line && ends && (follows || begins && after.starts_with('\t'))
}

/// Whether `text` begins with an object or an array, after blanks and line breaks, written out or not.
fn begins_object(text: &str) -> bool {
    let text = skip_breaks(text);
    text.starts_with(['{', '['])
        || ["\\x7b", "\\x7B", "\\u007b", "\\u007B"].iter().any(|mark| text.starts_with(mark))
}

fn skip_breaks(text: &str) -> &str {
    let mut rest = text;
    loop {
        let trimmed = rest.trim_ascii_start();
        match ["\\n", "\\r", "\\t", "\\\n", "\\\r\n"].iter().find_map(|mark| trimmed.strip_prefix(mark)) {
            Some(after) => rest = after,
            None => return trimmed,
        }
    }
}
