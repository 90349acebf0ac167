//! Values without quotation marks, as shells and `env` have them.
//!
//! Owns: where such a value ends. Does not own: finding assignments.

use crate::source::Span;
use crate::unwrap::place::{Builder, Extract};
use crate::unwrap::shared::{Unread, end_of_line, is_continued, object_length};

/// How many lines a value may have: a key of 16,384 bits has 200.
const MOST_LINES: usize = 400;

/// A value without quotation marks: to the end of the line, but for a comment, or as far as the PEM block or the object
/// that it begins goes, as `env` prints them.
pub(crate) fn value(unread: &Unread<'_>) -> Option<(Extract, usize)> {
    let Unread { text, start, line_end, .. } = *unread;
    if let Some(next) = next_line(unread) {
        return value(&next);
    }
    if is_continued(text, start, line_end) {
        return Some(continued(text, start, line_end));
    }
    let end = more_lines(unread).unwrap_or(line_end);
    let whole = text.get(start..end).unwrap_or_default();
    let value =
        if end == line_end { whole.find(" #").map_or(whole, |comment| &whole[..comment]) } else { whole };
    let value = value.trim_end();
    // The mark that `set "NAME=value"` ends with is no part of the value.
    let opened = text.get(..start).unwrap_or_default();
    let opened = opened.get(opened.rfind('\n').map_or(0, |newline| newline + 1)..).unwrap_or_default();
    let value = match value.strip_suffix('"') {
        Some(inner) if opened.contains('"') && !value.starts_with(['"', '{']) => inner,
        _ => value,
    };
    let span = Span::new(start, start + value.len());
    Some((
        if value.starts_with("-----BEGIN ") { unindented(text, span) } else { Extract::slice(text, span) },
        end,
    ))
}

/// The line after a name that has nothing behind it, if a key begins there further in, as INI files may have it.
fn next_line<'t>(unread: &Unread<'t>) -> Option<Unread<'t>> {
    let Unread { text, start, line_end, .. } = *unread;
    let next =
        text.get(start..line_end).filter(|line| line.trim().is_empty()).and(text.get(line_end + 1..))?;
    let inner = next.trim_start_matches([' ', '\t']);
    let begin = text.len() - inner.len();
    let is_key = inner.len() < next.len() && inner.starts_with("-----BEGIN ");
    is_key.then(|| Unread { start: begin, line_end: end_of_line(text, begin), ..*unread })
}

/// A block without the blanks that all of its lines but the first begin with, as INI files have them.
fn unindented(text: &str, span: Span) -> Extract {
    let whole = Extract::slice(text, span);
    let lines = || whole.text().split_inclusive('\n');
    if lines().count() < 2 || !lines().skip(1).all(|line| line.starts_with([' ', '\t'])) {
        return whole;
    }
    let mut builder = Builder::new(span.end - span.start);
    let mut start = span.start;
    for line in lines() {
        let inner = line.trim_start_matches([' ', '\t']);
        builder.exact(inner, start + line.len() - inner.len());
        start += line.len();
    }
    builder.finish()
}

/// A value over several lines, each but the last ending in a backslash, as in Java's properties and in shells.
fn continued(text: &str, start: usize, line_end: usize) -> (Extract, usize) {
    let mut builder = Builder::new(line_end - start);
    let (mut from, mut end) = (start, line_end);
    for _ in 0..MOST_LINES {
        let goes_on = is_continued(text, from, end);
        let line = text.get(from..end).unwrap_or_default().trim_end_matches('\r');
        let line = if goes_on { line.strip_suffix('\\').unwrap_or(line) } else { line.trim_end() };
        builder.exact(line, from);
        if !goes_on {
            break;
        }
        let next = text.get(end + 1..).unwrap_or_default();
        from = end + 1 + next.len() - next.trim_start_matches([' ', '\t']).len();
        end = end_of_line(text, from);
    }
    (builder.finish(), end)
}

/// Where a value of many lines ends.
fn more_lines(unread: &Unread<'_>) -> Option<usize> {
    let Unread { text, start, line_end, attempts, .. } = *unread;
    let line = text.get(start..line_end)?;
    let is_pem = line.starts_with("-----BEGIN ") && !line.contains("-----END ");
    if attempts.exhausted().is_some() || !is_pem && !line.starts_with('{') {
        return None;
    }
    let within = limit(text, start);
    let end = if is_pem { pem_length(within) } else { object_length(within) };
    if end.is_none() {
        attempts.fail();
    }
    let end = start + end?;
    (end > line_end).then(|| if is_pem { end_of_line(text, end) } else { end })
}

/// Where the END line of the block that `text` begins with begins.
fn pem_length(text: &str) -> Option<usize> {
    let end = text.find("-----END ")?;
    (!text.get("-----BEGIN ".len()..end)?.contains("-----BEGIN ")).then_some(end)
}

/// As much of the text as a value of several lines may have.
fn limit(text: &str, start: usize) -> &str {
    let rest = text.get(start..).unwrap_or_default();
    let end = memchr::memchr_iter(b'\n', rest.as_bytes()).nth(MOST_LINES).unwrap_or(rest.len());
    rest.get(..end).unwrap_or_default()
}
