//! Finding what is encoded or structured in the middle of a text that is neither: scripts, logs, notes.
//!
//! Owns: where such a stretch begins and ends. Does not own: what is in it.

use super::covered::Covered;
use super::lines::object_length;
use super::literal::{Escaping, Literal};
use super::object;
use crate::credential::SERVICE_NAMES;
use crate::json;
use crate::source::Span;

/// How far an object's beginning may lie before a field, and its end behind.
const REACH: usize = 32 * 1024;

/// How many opening brackets before a field are tried.
const BRACKETS: usize = 8;

/// Words shorter than this hold no document.
const SHORTEST: usize = 64;

/// The digits of a document in base64 that isn't wrapped are more than this in a row.
const LONG: usize = 256;

/// Whether there are so many digits of base64 or hexadecimal in a row in `text` that they may be a document.
pub(super) fn has_long_word(text: &str) -> bool {
    // Of as many bytes in a row one in `LONG` is looked at, as long as these aren't digits.
    let bytes = text.as_bytes();
    let mut at = LONG;
    while at <= bytes.len() {
        let run = bytes[at - LONG..at].iter().rev().take_while(|byte| is_digit(**byte)).count();
        if run == LONG {
            return true;
        }
        at += LONG - run;
    }
    false
}

/// Something in a text that may be a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stretch {
    /// An object of JSON.
    Object(Span),
    /// An object as source code has it.
    Source(Span),
    /// The inside of a string in which an object's quotation marks are escaped.
    Quoted(Literal),
    /// An object in percent encoding.
    Percent(Span),
    /// A run of characters without blanks, or of lines, that may be encoded.
    Word(Span),
}

impl Stretch {
    pub(super) const fn span(self) -> Span {
        match self {
            Self::Object(span) | Self::Source(span) | Self::Percent(span) | Self::Word(span) => span,
            Self::Quoted(literal) => literal.span,
        }
    }
}

/// All such stretches in `text`, in order, not overlapping. What is in `covered` is left out. `in_vain` says how many
/// fields may still be tried in vain.
pub(super) fn stretches(text: &str, covered: &Covered, in_vain: &mut usize) -> Vec<Stretch> {
    let mut found = objects(text, in_vain);
    percent(text, &mut found);
    words(text, &mut found);
    found.sort_by_key(|stretch| (stretch.span().start, matches!(stretch, Stretch::Word(_))));
    let mut end = 0;
    found.retain(|stretch| {
        let span = stretch.span();
        let free = span.start >= end && !covered.touches(span);
        if free {
            end = span.end;
        }
        free
    });
    found
}

fn objects(text: &str, in_vain: &mut usize) -> Vec<Stretch> {
    let mut places: Vec<(usize, usize)> = SERVICE_NAMES
        .iter()
        .flat_map(|name| {
            memchr::memmem::find_iter(text.as_bytes(), name.as_bytes()).map(|at| (at, name.len()))
        })
        .collect();
    places.sort_unstable();
    let mut found: Vec<Stretch> = Vec::new();
    let mut end = 0;
    for (at, length) in places {
        let around = |before: &str, after: &str| {
            text[..at].ends_with(before) && text[at + length..].starts_with(after)
        };
        if at < end || *in_vain == 0 {
            continue;
        }
        let escaping = Escaping::of(text, Span::new(at, at + length));
        let stretch = if let Some(escaping) = escaping {
            Literal::around(text, at, escaping).map(Stretch::Quoted)
        } else if around("\"", "\"") {
            object(text, at).or_else(|| source(text, at))
        } else if is_name_in_source(text, Span::new(at, at + length)) {
            source(text, at)
        } else {
            continue;
        };
        match stretch {
            Some(stretch) => {
                end = stretch.span().end;
                found.push(stretch);
            }
            None => *in_vain -= 1,
        }
    }
    found
}

/// The smallest object around `at`.
fn object(text: &str, at: usize) -> Option<Stretch> {
    let from = floor(text, at.saturating_sub(REACH));
    let to = floor(text, (at + REACH).min(text.len()));
    memchr::memrchr_iter(b'{', &text.as_bytes()[from..at]).take(BRACKETS).find_map(|bracket| {
        let start = from + bracket;
        let length = object_length(&text[start..to])?;
        (start + length > at).then(|| Stretch::Object(Span::new(start, start + length)))
    })
}

/// The same in source code.
fn source(text: &str, at: usize) -> Option<Stretch> {
    let from = floor(text, at.saturating_sub(REACH));
    let within = &text[..floor(text, (at + REACH).min(text.len()))];
    memchr::memrchr_iter(b'{', &text.as_bytes()[from..at]).take(BRACKETS).find_map(|bracket| {
        let object = object::read(within, from + bracket, json::Limits::default())?;
        (object.span.end > at).then_some(Stretch::Source(object.span))
    })
}

/// Whether what is at `span` is the name of a member as source code has it: in single quotation marks or none.
fn is_name_in_source(text: &str, span: Span) -> bool {
    let (before, after) = (&text[..span.start], &text[span.end..]);
    let is_quoted = before.ends_with('\'') && after.starts_with('\'');
    let after = if is_quoted { &after[1..] } else { after }.trim_ascii_start();
    let begins = is_quoted
        || before.ends_with(|one: char| one.is_ascii_whitespace() || matches!(one, '{' | ',' | '/'));
    begins && (after.starts_with(':') || after.starts_with("=>"))
}

/// Objects in percent encoding: from `%7B`, over what is never encoded and what always is.
fn percent(text: &str, found: &mut Vec<Stretch>) {
    let bytes = text.as_bytes();
    // Browsers and libraries leave some of what a query may hold as it is (RFC 3986 section 3.4).
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || b"%+-_.~*/:@".contains(byte);
    let mut end = 0;
    for start in memchr::memmem::find_iter(bytes, b"%7") {
        if start < end || !matches!(bytes.get(start + 2), Some(b'B' | b'b')) {
            continue;
        }
        end = start + bytes[start..].iter().take_while(|byte| is_part(byte)).count();
        if end - start >= SHORTEST {
            found.push(Stretch::Percent(Span::new(start, end)));
        }
    }
}

/// Words and runs of lines in the digits of base64 and its kin.
fn words(text: &str, found: &mut Vec<Stretch>) {
    let mut run: Option<(Span, usize)> = None;
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let trimmed = line.trim_ascii();
        let at = start + (line.len() - line.trim_ascii_start().len());
        let span = Span::new(at, at + trimmed.len());
        start += line.len();
        if !trimmed.is_empty() && trimmed.bytes().all(is_digit) {
            run = match run.take() {
                Some((whole, lines)) => Some((Span::new(whole.start, span.end), lines + 1)),
                None => Some((span, 1)),
            };
            continue;
        }
        found.extend(finished(run.take()));
        found.extend(line_words(text, span));
    }
    found.extend(finished(run));
}

fn finished(run: Option<(Span, usize)>) -> Option<Stretch> {
    let (span, _) = run?;
    (span.end - span.start >= SHORTEST).then_some(Stretch::Word(span))
}

fn line_words(text: &str, line: Span) -> impl Iterator<Item = Stretch> {
    let part = &text[line.range()];
    part.split(|character: char| !character.is_ascii() || !is_digit(character as u8))
        .map(move |word| {
            // `NAME=value`: a sign of equality ends base64 and begins a value.
            let padding = word.len() - word.trim_end_matches('=').len();
            let body = &word[..word.len() - padding];
            let value = body.rfind('=').map_or(0, |sign| sign + 1);
            let offset = word.as_ptr() as usize - part.as_ptr() as usize;
            Span::new(line.start + offset + value, line.start + offset + word.len())
        })
        .filter(|span| span.end - span.start >= SHORTEST)
        .map(Stretch::Word)
}

/// Whether `byte` may be in base64 of either alphabet, and so in hexadecimal.
const fn is_digit(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_' | b'=')
}

fn floor(text: &str, offset: usize) -> usize {
    (0..=offset).rev().find(|offset| text.is_char_boundary(*offset)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_words_are_seen_wherever_they_begin() {
        for before in 0..300 {
            let text = |length: usize| format!("{} {} x", "ab ".repeat(before), "A".repeat(length));
            assert!(has_long_word(&text(LONG)) && !has_long_word(&text(LONG - 1)));
        }
    }
}
