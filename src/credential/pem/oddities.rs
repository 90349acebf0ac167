//! What is odd about a text whose block the client reads.

use std::ops::Range;

use super::kinds::OddityKind;
use super::label::Label;
use super::reader::{Attempt, Body};

const COLUMNS: usize = 64;
const BYTE_ORDER_MARK: char = '\u{feff}';

/// Oddities in the order of the text; each kind once, at its first place.
pub(super) fn of(
    text: &str,
    attempts: &[Attempt],
    used: usize,
    body: &Body,
) -> Vec<(OddityKind, Range<usize>)> {
    let mut found = Found(Vec::new());
    let attempt = &attempts[used];

    outside(text, attempts, used, &mut found);
    further(text, attempts, used, &mut found);
    if let Some(header) = &body.header
        && !body.encrypted
    {
        if !text[..header.blank.start].ends_with('\n') {
            // The rest of an overlong line of blanks, which are reported as such.
        } else if header.lines.is_empty() {
            found.add(OddityKind::BlankLineAfterBegin, header.blank.clone());
        } else {
            found.add(OddityKind::DroppedHeader, header.lines.clone());
        }
    }
    line_ends(text, attempt.begin.start..body.end.end, &mut found);
    columns(text, body, &mut found);
    if let Some(hyphen) = body.stopped_at {
        found.add(OddityKind::TextAfterContents, hyphen..body.data.end);
    }
    found.0.sort_by_key(|(_, range)| range.start);
    found.0
}

struct Found(Vec<(OddityKind, Range<usize>)>);

impl Found {
    fn add(&mut self, kind: OddityKind, range: Range<usize>) {
        if self.0.iter().all(|(known, _)| *known != kind) {
            self.0.push((kind, range));
        }
    }
}

/// Text that belongs to no block.
fn outside(text: &str, attempts: &[Attempt], used: usize, found: &mut Found) {
    let mut from = 0;
    let mut after_refused = false;
    for (index, attempt) in attempts.iter().enumerate() {
        let mut gap = from..attempt.begin.start;
        if text[gap.clone()].ends_with(BYTE_ORDER_MARK) {
            gap.end -= BYTE_ORDER_MARK.len_utf8();
            found.add(OddityKind::ByteOrderMark, gap.end..attempt.begin.start);
        }
        // What follows a refused block is the rest of that block.
        if !after_refused {
            let kind = if index <= used { OddityKind::TextBefore } else { OddityKind::TextAfter };
            gap_between(text, gap, index == 0, kind, found);
        }
        from = attempt.next;
        after_refused = attempt.outcome.is_err();
    }
    if !after_refused {
        gap_between(text, from..text.len(), false, OddityKind::TextAfter, found);
    }
}

fn gap_between(text: &str, gap: Range<usize>, first: bool, kind: OddityKind, found: &mut Found) {
    let between = &text[gap.clone()];
    let trimmed = between.trim();
    if !trimmed.is_empty() {
        let start = gap.start + (between.len() - between.trim_start().len());
        found.add(kind, start..start + trimmed.len());
    } else if first && !gap.is_empty() {
        found.add(OddityKind::LeadingBlankLines, gap);
    }
}

fn further(text: &str, attempts: &[Attempt], used: usize, found: &mut Found) {
    let others =
        || attempts.iter().enumerate().filter(|(index, _)| *index != used).map(|(_, attempt)| attempt);
    let Some(first) = others().next() else { return };
    let mut labels: Vec<Label> = Vec::new();
    for other in others() {
        let label = Label::new(&text[other.label.clone()]);
        if !labels.contains(&label) {
            labels.push(label);
        }
    }
    found.add(OddityKind::FurtherBlocks { count: attempts.len() - 1, labels }, first.begin.clone());
}

/// How the lines of the block end.
fn line_ends(text: &str, block: Range<usize>, found: &mut Found) {
    let has_nul = memchr::memchr(0, &text.as_bytes()[block.clone()]).is_some();
    let mut first_ends_with_cr_lf = None;
    let mut start = block.start;
    while start < block.end {
        let next =
            memchr::memchr(b'\n', &text.as_bytes()[start..]).map_or(text.len(), |index| start + index + 1);
        let line = &text[start..next];
        if let Some(line) = line.strip_suffix('\n') {
            let cr_lf = line.ends_with('\r');
            if *first_ends_with_cr_lf.get_or_insert(cr_lf) != cr_lf {
                found.add(OddityKind::MixedLineEnds, next - 1..next);
            }
        }
        let line = line.strip_suffix('\n').unwrap_or(line);
        line_end(line.strip_suffix('\r').unwrap_or(line), start, has_nul, found);
        start = next;
    }
}

fn line_end(line: &str, start: usize, has_nul: bool, found: &mut Found) {
    let printable = printable_length(line.as_bytes());
    if printable < line.len() {
        let rest = &line[printable..];
        let range = start + printable..start + line.len();
        if rest.bytes().all(|byte| matches!(byte, b' ' | b'\t')) {
            found.add(OddityKind::TrailingBlanks, range);
        } else if rest.bytes().all(|byte| matches!(byte, b' ' | b'\t' | b'\r')) {
            found.add(OddityKind::StrayCarriageReturns, range);
        } else {
            found.add(OddityKind::CharactersAtLineEnd, range);
        }
    }
    if let Some(carriage_return) = memchr::memchr(b'\r', &line.as_bytes()[..printable]) {
        found.add(OddityKind::StrayCarriageReturns, start + carriage_return..start + carriage_return + 1);
    }
    if has_nul && let Some(nul) = memchr::memchr(0, &line.as_bytes()[..printable]) {
        found.add(OddityKind::HiddenByNul, start + nul..start + printable);
    }
}

/// How the base64 is broken into lines.
fn columns(text: &str, body: &Body, found: &mut Found) {
    let end = body.stopped_at.unwrap_or(body.data.end);
    let bytes = text.as_bytes();
    let mut start = body.data.start;
    let mut short: Option<Range<usize>> = None;
    while start < end {
        let next = memchr::memchr2(b'\n', b'\r', &bytes[start..end]).map_or(end, |index| start + index + 1);
        let line = start..start + printable_length(&bytes[start..next]);
        start = next;
        if line.is_empty() {
            continue;
        }
        let mut columns = line.len();
        if body.spaced
            && let Some(index) = memchr::memchr2(b' ', b'\t', &bytes[line.clone()])
        {
            found.add(OddityKind::BlanksInside, line.start + index..line.start + index + 1);
            columns -= memchr::memchr2_iter(b' ', b'\t', &bytes[line.clone()]).count();
        }
        // A short line is odd only if another follows.
        if let Some(short) = short.take() {
            found.add(OddityKind::Wrapping, short);
        }
        if columns > COLUMNS {
            found.add(OddityKind::Wrapping, line);
        } else if columns < COLUMNS {
            short = Some(line);
        }
    }
}

/// The length of `line` without what OpenSSL drops at its end.
fn printable_length(line: &[u8]) -> usize {
    line.iter().rposition(|byte| (b'!'..=0x7f).contains(byte)).map_or(0, |index| index + 1)
}
