//! Words and runs of lines in the digits of base64 and its kin.
//!
//! Owns: where one begins and ends. Does not own: what it stands for (see `decode`).

use crate::source::Span;
use crate::unwrap::decode::decode;
use crate::unwrap::limits::Attempts;
use crate::unwrap::piece::Piece;
use crate::unwrap::prose::{Occurrence, Scope};
use crate::unwrap::shared::is_digit;

/// Shorter ones hold no document.
const SHORTEST: usize = 64;

/// All of them.
pub(crate) fn find<'t>(text: &'t str, _: &Attempts) -> Vec<Occurrence<'t>> {
    let mut found = Vec::new();
    let mut run: Option<Span> = None;
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let trimmed = line.trim_ascii();
        let at = start + (line.len() - line.trim_ascii_start().len());
        let span = Span::new(at, at + trimmed.len());
        start += line.len();
        // Two hyphens set off the parts of a mail.
        if !trimmed.is_empty() && !trimmed.starts_with("--") && trimmed.bytes().all(is_digit) {
            run = Some(run.map_or(span, |whole| Span::new(whole.start, span.end)));
            continue;
        }
        found.extend(run.take().filter(is_long));
        found.extend(line_words(text, span));
    }
    found.extend(run.filter(is_long));
    found.into_iter().map(|span| Occurrence::new(span, read)).collect()
}

/// What a word stands for. The claims of a token can be decoded, but then the token would be lost.
fn read<'t>(span: Span, scope: &Scope<'t>) -> Option<Piece<'t>> {
    if scope.tokens.touches(span) {
        return None;
    }
    let (step, decoded) = decode(&scope.part[span.range()])?;
    scope.text(step, decoded, span.start)
}

fn is_long(span: &Span) -> bool {
    span.end - span.start >= SHORTEST
}

fn line_words(text: &str, line: Span) -> impl Iterator<Item = Span> {
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
        .filter(is_long)
}
