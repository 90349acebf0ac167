//! The contents of a block that the client refuses for its spelling.
//!
//! Owns: reading on where the intention is beyond doubt, so that one misspelling doesn't hide what else is wrong.
//! Does not own: deciding that the spelling is wrong. Contents count as recovered only if they are one complete DER
//! value and nothing else, which base64 with a lost or added character isn't.

use std::ops::Range;

use super::Block;
use super::base64;
use super::label::Label;
use super::marker::{Marker, Word, markers};
use super::reader::LARGEST_CONTENTS;

const PROC_TYPE: &str = "Proc-Type:";
const DEK_INFO: &str = "DEK-Info:";

/// The block that somebody meant, if any. With several, the first of which `preferred` approves, or else the first.
pub(super) fn recover(text: &str, preferred: impl Fn(&Label) -> bool) -> Option<Block> {
    let mut first = None;
    let mut all = markers(text).peekable();
    let mut is_first = true;
    while let Some(marker) = all.next() {
        let block = match marker.word {
            Word::Begin => {
                let end = all.next_if(|next| next.word == Word::End);
                between(text, Some(&marker), end.as_ref(), all.peek())
            }
            // Only the very first, so that no text is looked at twice.
            Word::End if is_first => between(text, None, Some(&marker), None),
            Word::End => None,
        };
        is_first = false;
        match block {
            Some(block) if preferred(&block.label) => return Some(block),
            Some(block) => first = first.or(Some(block)),
            None => {}
        }
    }
    first
}

/// The same for the block whose BEGIN line starts at `start`: no other will do.
pub(super) fn recover_at(text: &str, start: usize) -> Option<Block> {
    let mut all = markers(text).skip_while(|marker| marker.range.end <= start).peekable();
    let begin = all.next()?;
    let end = all.next_if(|next| next.word == Word::End);
    between(text, Some(&begin), end.as_ref(), all.peek())
}

/// Whether `text` is base64 that begins as a key or certificate does.
pub(super) fn looks_like_base64_der(text: &str) -> bool {
    const SHORTEST: usize = 64;
    let text = text.trim();
    // A SEQUENCE begins with the byte 0x30: an M, and a second character whose two high bits are zero.
    text.len() >= SHORTEST
        && matches!(text.as_bytes(), [b'M', b'A'..=b'P', ..])
        && text.bytes().all(|byte| {
            byte.is_ascii_alphanumeric() || byte.is_ascii_whitespace() || b"+/=-_\\".contains(&byte)
        })
}

fn between(text: &str, begin: Option<&Marker>, end: Option<&Marker>, next: Option<&Marker>) -> Option<Block> {
    let start = begin.map_or(0, |begin| begin.range.end);
    let stop = end.or(next).map_or(text.len(), |marker| marker.range.start);
    let inside = text.get(start..stop)?;
    let (encrypted, body) = without_header(inside);
    let contents = contents(&text[start + body.start..start + body.end], encrypted)?;
    let armour = begin.or(end)?;
    let label_range = armour.label.clone();
    let range = begin.map_or(0, |begin| begin.range.start)..end.map_or(stop, |end| end.range.end);
    let label = Label::new(&text[label_range.clone()].to_ascii_uppercase());
    Some(Block { label, contents, range, label_range, encrypted })
}

/// Whether `inside` begins with an encryption header, and where its base64 is.
fn without_header(inside: &str) -> (bool, Range<usize>) {
    let all = 0..inside.len();
    if !inside.contains(PROC_TYPE) {
        let header_line = inside.rfind(':').and_then(|colon| Some(colon + inside[colon..].find('\n')?));
        return (false, header_line.unwrap_or(0)..inside.len());
    }
    let Some(information) = inside.find(DEK_INFO) else { return (true, all) };
    let Some(comma) = inside[information..].find(',') else { return (true, all) };
    let vector = information + comma + 1;
    let body =
        inside[vector..].find(|c: char| !c.is_ascii_hexdigit()).map_or(inside.len(), |index| vector + index);
    (true, body..inside.len())
}

fn contents(body: &str, encrypted: bool) -> Option<crate::secret::Secret<Vec<u8>>> {
    let mut characters = zeroize::Zeroizing::new(Vec::with_capacity(body.len() + 2));
    let mut rest = body.bytes().peekable();
    while let Some(byte) = rest.next() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'+' | b'/' => characters.push(byte),
            b'-' => characters.push(b'+'),
            b'_' => characters.push(b'/'),
            b'\\' => {
                while rest.next_if_eq(&b'\\').is_some() {}
                rest.next_if(|letter| b"nrt".contains(letter))?;
            }
            // Padding is put right below; blanks, control and non-ASCII characters mean nothing.
            b'=' => {}
            byte if byte.is_ascii_graphic() => return None,
            _ => {}
        }
    }
    while characters.len() % 4 > 1 {
        characters.push(b'=');
    }
    let decoded = base64::decode(std::iter::once((0, characters.as_slice())), characters.len()).ok()?;
    let length = decoded.contents.expose().len();
    let complete = encrypted || der_length(decoded.contents.expose()) == Some(length);
    (complete && length > 0 && length <= LARGEST_CONTENTS).then_some(decoded.contents)
}

/// How long the DER value is that `contents` begin with, by its own account, if it is a SEQUENCE.
pub(super) fn der_length(contents: &[u8]) -> Option<usize> {
    const SEQUENCE: u8 = 0x30;
    const LONG_FORM: u8 = 0x80;
    let (&first, rest) = contents.strip_prefix(&[SEQUENCE])?.split_first()?;
    if first < LONG_FORM {
        return Some(2 + usize::from(first));
    }
    let width = usize::from(first - LONG_FORM);
    if width == 0 || width > 4 {
        return None;
    }
    let length = rest.get(..width)?.iter().fold(0, |length, &byte| length << 8 | usize::from(byte));
    Some(2 + width + length)
}
