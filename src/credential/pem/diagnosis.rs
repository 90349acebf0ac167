//! Why the client refuses a text: the one thing to change.
//!
//! Owns: going from the place where the client gave up to the mistake that somebody made. Does not own: whether the
//! client refuses it (`reader`).

use std::ops::Range;

use super::base64::Problem;
use super::kinds::{DefectKind, Escape};
use super::marker::{Marker, Word, markers};
use super::reader::{Attempt, Header, Refusal, RefusalKind, on_boundaries};
use super::recovery;

/// A defect before its line is known.
pub(super) type Found = (DefectKind, Range<usize>);

/// Why the client sees no BEGIN line at all.
pub(super) fn without_begin(text: &str) -> Found {
    let mut all = markers(text);
    let Some(first) = all.next() else {
        let looks_like_base64_der = recovery::looks_like_base64_der(text);
        return (DefectKind::NoArmour { looks_like_base64_der }, 0..text.len());
    };
    let begin = if first.word == Word::Begin { Some(first) } else { all.find(|m| m.word == Word::Begin) };
    let Some(begin) = begin else {
        return (DefectKind::MissingBegin, 0..0);
    };
    around(text, &begin)
        .or_else(|| begin.fault.map(|fault| (fault, begin.range.clone())))
        .unwrap_or((DefectKind::TextBesideArmour, line_around(text, begin.range)))
}

/// Why the client refuses a block whose BEGIN line it sees.
pub(super) fn of_refusal(text: &str, attempt: &Attempt, refusal: &Refusal) -> Found {
    let begin = attempt.begin.end;
    if let Some(found) = begin_swallows_more(text, attempt).or_else(|| header_instead_of_body(text, refusal))
    {
        return found;
    }
    match refusal.kind {
        RefusalKind::NoEnd => without_end(text, begin),
        RefusalKind::EndDiffers => end_differs(text, attempt, refusal.at.clone()),
        RefusalKind::SecondBlankLine => (DefectKind::BlankLine, refusal.at.clone()),
        RefusalKind::LineAfterShort => {
            let line = previous_line(text, refusal.at.start);
            marker_in(text, line.clone())
                .or_else(|| marker_in(text, refusal.at.clone()))
                .unwrap_or((DefectKind::ShortLine, line))
        }
        RefusalKind::LineTooLong => {
            marker_in(text, refusal.at.clone()).unwrap_or((DefectKind::LongLine, refusal.at.clone()))
        }
        RefusalKind::HeaderNotClosed => header_not_closed(text, begin, refusal.at.start),
        RefusalKind::Header { .. } => (DefectKind::UnknownHeader, refusal.at.clone()),
        RefusalKind::Empty => (DefectKind::Empty, refusal.at.clone()),
        RefusalKind::Base64(problem) => of_base64(text, begin, &problem),
        RefusalKind::TooLarge => (DefectKind::TooLarge, refusal.at.clone()),
    }
}

/// Why contents that stop at the hyphen at `hyphen` are incomplete.
pub(super) fn of_hyphen(text: &str, hyphen: usize) -> Found {
    let line = line_around(text, hyphen..hyphen);
    if let Some(marker) = markers(&text[line.start..]).next().map(|marker| shifted(marker, line.start))
        && marker.range.start < line.end
    {
        if marker.word == Word::Begin {
            return (DefectKind::MissingEnd, marker.range);
        }
        if let Some(found) = around(text, &marker) {
            return found;
        }
        if let Some(fault) = marker.fault {
            return (fault, marker.range);
        }
    }
    (DefectKind::UrlSafeBase64, hyphen..hyphen + 1)
}

/// To the client a label is all that stands between the first five hyphens and the last five of the line.
fn begin_swallows_more(text: &str, attempt: &Attempt) -> Option<Found> {
    let start = attempt.begin.start;
    let marker = markers(&text[start..]).next().map(|marker| shifted(marker, start))?;
    if marker.range == attempt.begin && marker.fault.is_none() {
        return None;
    }
    around(text, &marker).or_else(|| marker.fault.map(|fault| (fault, marker.range)))
}

/// Behind a blank line the client takes what stood before it for a header.
fn header_instead_of_body(text: &str, refusal: &Refusal) -> Option<Found> {
    let Header { lines, blank } = refusal.header.clone()?;
    let header = &text.as_bytes()[lines];
    let body = !header.is_empty() && !header.contains(&b':');
    (body && refusal.kind != RefusalKind::NoEnd).then_some((DefectKind::BlankLine, blank))
}

fn without_end(text: &str, begin: usize) -> Found {
    if let Some(marker) = markers(&text[begin..]).next().map(|marker| shifted(marker, begin)) {
        if marker.word == Word::Begin {
            return around(text, &marker)
                .filter(|(kind, _)| matches!(kind, DefectKind::NewlinesEscaped(_)))
                .unwrap_or((DefectKind::MissingEnd, marker.range));
        }
        if let Some(found) = around(text, &marker) {
            return found;
        }
        return (marker.fault.unwrap_or(DefectKind::Misspelt), marker.range);
    }
    escape_in(text, begin..text.len()).unwrap_or((DefectKind::MissingEnd, text.len()..text.len()))
}

fn end_differs(text: &str, attempt: &Attempt, line: Range<usize>) -> Found {
    let earlier = markers(&text[attempt.begin.end..line.start]).next();
    if earlier.is_some() {
        return without_end(text, attempt.begin.end);
    }
    let begin_label = &text[attempt.label.clone()];
    let Some(marker) = markers(&text[line.start..]).next().map(|marker| shifted(marker, line.start)) else {
        return (DefectKind::Misspelt, line);
    };
    if let Some(found) = around(text, &marker) {
        return found;
    }
    let label = &text[marker.label.clone()];
    match marker.fault {
        Some(fault) if label.eq_ignore_ascii_case(begin_label) => (fault, marker.range),
        Some(fault @ (DefectKind::TypographicDash | DefectKind::ForbiddenCharacter)) => (fault, marker.range),
        _ => (DefectKind::LabelsDiffer, marker.range),
    }
}

fn header_not_closed(text: &str, begin: usize, colon: usize) -> Found {
    let line = line_around(text, colon..colon);
    let name = &text.as_bytes()[line.start..colon];
    let is_header = !name.is_empty() && name.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'-');
    // A colon may stand on the BEGIN line itself.
    let is_first = text.get(begin..line.start).is_some_and(|between| between.trim().is_empty());
    if is_header && is_first {
        (DefectKind::HeaderNotClosed, line)
    } else {
        (DefectKind::ForeignCharacter, colon..colon + 1)
    }
}

fn of_base64(text: &str, begin: usize, problem: &Problem) -> Found {
    let one = |offset: usize| on_boundaries(text, offset..offset + 1);
    match *problem {
        Problem::Hyphen(offset) => of_hyphen(text, offset),
        Problem::AfterPadding(offset) => (DefectKind::DataAfterPadding, one(offset)),
        Problem::Padding(offset) => (DefectKind::Padding, one(offset)),
        Problem::Incomplete(offset) => (DefectKind::Padding, one(offset.max(begin))),
        Problem::Foreign(offset) => match text.as_bytes()[offset] {
            b'\\' => escape_at_start(&text[offset..], offset)
                .unwrap_or((DefectKind::ForeignCharacter, one(offset))),
            b'_' => (DefectKind::UrlSafeBase64, one(offset)),
            b'!'..=b'~' => (DefectKind::ForeignCharacter, one(offset)),
            _ => (DefectKind::ForbiddenCharacter, one(offset)),
        },
    }
}

/// What stands wrongly beside `marker` on its line. Lost line breaks go first: they are the cause of the rest.
fn around(text: &str, marker: &Marker) -> Option<Found> {
    let line = line_around(text, marker.range.clone());
    let before = &text[line.start..marker.range.start];
    let after = &text[marker.range.end..line.end];

    // In BEGIN's line the break after it is the first one that is wrong, in END's line the break before it.
    let escapes_before = || escape_at_end(before, line.start);
    let escapes_after = || escape_at_start(after, marker.range.end);
    let escape = match marker.word {
        Word::Begin => escapes_after().or_else(escapes_before),
        Word::End => escapes_before().or_else(escapes_after),
    };
    if escape.is_some() {
        return escape;
    }
    if let Some(index) = after.strip_suffix('\r').unwrap_or(after).find('\r') {
        let start = marker.range.end + index;
        return Some((DefectKind::LoneCarriageReturns, start..start + 1));
    }
    if before.ends_with('\r') {
        return Some((DefectKind::LoneCarriageReturns, marker.range.start - 1..marker.range.start));
    }

    let (inside, outside) = match marker.word {
        Word::Begin => (after, before),
        Word::End => (before, after),
    };
    if is_body(inside) || outside.contains("-----") {
        let gap = match marker.word {
            _ if !is_body(inside) => marker.range.clone(),
            Word::Begin => {
                marker.range.end
                    ..marker.range.end + (inside.len() - inside.trim_start_matches(is_blank).len())
            }
            Word::End => {
                marker.range.start - (inside.len() - inside.trim_end_matches(is_blank).len())
                    ..marker.range.start
            }
        };
        let kind = if gap.is_empty() || gap == marker.range {
            DefectKind::NewlinesMissing
        } else {
            DefectKind::NewlinesAsSpaces
        };
        let gap = if gap.is_empty() { marker.range.clone() } else { gap };
        return Some((kind, gap));
    }
    if !before.is_empty() {
        let range = line.start..marker.range.start;
        return Some(if before.chars().all(is_blank) {
            (DefectKind::Indented, range)
        } else {
            beside(before, line.start)
        });
    }
    // Blanks and the like at the end of the line do no harm.
    after.bytes().any(|byte| byte.is_ascii_graphic()).then(|| beside(after, marker.range.end))
}

/// Text beside a marker: either invisible or plain.
fn beside(text: &str, offset: usize) -> Found {
    let visible = text.bytes().any(|byte| byte.is_ascii_graphic());
    match text.char_indices().find(|(_, c)| !visible && !is_blank(*c)) {
        Some((index, c)) => (DefectKind::ForbiddenCharacter, offset + index..offset + index + c.len_utf8()),
        None => (DefectKind::TextBesideArmour, offset..offset + text.len()),
    }
}

/// Whether `text` beside a marker is base64 or another marker, so that a line break must have stood between.
fn is_body(text: &str) -> bool {
    const ENOUGH: usize = 16;
    let text = text.trim_matches(|c: char| is_blank(c) || c == '\r');
    let base64 = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '=' | '-' | '_');
    !text.is_empty()
        && (text.contains("-----")
            || text.contains("Proc-Type:")
            || text.contains("REDACTED")
            || text.chars().all(base64)
            || text.split(is_blank).any(|word| word.len() >= ENOUGH && word.chars().all(base64)))
}

/// What is wrong with an END or BEGIN line that the client took for base64.
fn marker_in(text: &str, line: Range<usize>) -> Option<Found> {
    let marker = markers(&text[line.clone()]).next().map(|marker| shifted(marker, line.start))?;
    around(text, &marker).or_else(|| marker.fault.map(|fault| (fault, marker.range)))
}

fn escape_at_start(text: &str, offset: usize) -> Option<Found> {
    let spelling = text.trim_start_matches(is_blank);
    let start = offset + (text.len() - spelling.len());
    let after = |text: &str, letter: char| {
        let letters = text.trim_start_matches('\\');
        (letters.len() < text.len() && letters.starts_with(letter)).then(|| text.len() - letters.len() + 1)
    };
    let (escape, length) = match (after(spelling, 'n'), after(spelling, 'r')) {
        (Some(length), _) => (Escape::LineFeed, length),
        (None, Some(first)) => match after(&spelling[first..], 'n') {
            Some(second) => (Escape::CarriageReturnLineFeed, first + second),
            None => (Escape::CarriageReturn, first),
        },
        (None, None) => return None,
    };
    Some((DefectKind::NewlinesEscaped(escape), start..start + length))
}

fn escape_at_end(text: &str, offset: usize) -> Option<Found> {
    let trimmed = text.trim_end_matches(is_blank);
    let before = |text: &str, letter: char| {
        let slashes = text.strip_suffix(letter)?;
        let rest = slashes.trim_end_matches('\\');
        (rest.len() < slashes.len()).then_some(rest.len())
    };
    let start = match (before(trimmed, 'n'), before(trimmed, 'r')) {
        (Some(start), _) => before(&trimmed[..start], 'r').unwrap_or(start),
        (None, Some(start)) => start,
        (None, None) => return None,
    };
    escape_at_start(&trimmed[start..], offset + start)
}

/// The first escaped line break in `range`.
fn escape_in(text: &str, range: Range<usize>) -> Option<Found> {
    let within = &text[range.clone()];
    within
        .match_indices('\\')
        .filter(|(index, _)| !within[..*index].ends_with('\\'))
        .find_map(|(index, _)| escape_at_start(&within[index..], range.start + index))
}

fn is_blank(character: char) -> bool {
    matches!(character, ' ' | '\t')
}

/// The line (between line feeds) around `range`, without its line end.
fn line_around(text: &str, range: Range<usize>) -> Range<usize> {
    let bytes = text.as_bytes();
    let start = memchr::memrchr(b'\n', &bytes[..range.start]).map_or(0, |index| index + 1);
    let end = memchr::memchr(b'\n', &bytes[range.end..]).map_or(bytes.len(), |index| range.end + index);
    start..end
}

/// The last line before `offset` that is not blank.
fn previous_line(text: &str, offset: usize) -> Range<usize> {
    let end = text[..offset].trim_end().len();
    line_around(text, end..end)
}

fn shifted(marker: Marker, by: usize) -> Marker {
    let shift = |range: Range<usize>| range.start + by..range.end + by;
    Marker { range: shift(marker.range), label: shift(marker.label), ..marker }
}
