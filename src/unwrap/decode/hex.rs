//! Hexadecimal.
//!
//! Owns: recognising that all of a text is that, decoding it with places. Does not own: what the bytes are.

use crate::source::Span;
use crate::unwrap::place::{Builder, Extract, Step};

/// Texts of fewer bytes hold no document.
const LEAST: usize = 24;

/// Decodes hexadecimal, wrapped or not, after `0x` or not, or as databases write it: `\x…`, of which a word among others is
/// only what comes after the backslash, and `X'…'`.
pub(crate) fn decode(text: &str) -> Option<(Step, Extract)> {
    let trimmed = text.trim_ascii();
    let after =
        ["0x", "0X", "\\x", "\\\\x", "x'", "X'", "x"].iter().find_map(|mark| trimmed.strip_prefix(mark));
    let digits = after.unwrap_or(trimmed);
    let start = text.len() - text.trim_ascii_start().len() + trimmed.len() - digits.len();
    let digits = digits.strip_suffix('\'').unwrap_or(digits);
    let blank = |byte: &u8| byte.is_ascii_whitespace();
    // In almost every text the first byte says no.
    if !digits.bytes().all(|byte| byte.is_ascii_hexdigit() || blank(&byte)) {
        return None;
    }
    let count = digits.bytes().filter(|byte| !blank(byte)).count();
    if count < LEAST * 2 || count % 2 == 1 {
        return None;
    }
    let mut builder = Builder::new(count / 2);
    let mut high: Option<(usize, u32)> = None;
    for (offset, byte) in digits.bytes().enumerate() {
        let Some(digit) = char::from(byte).to_digit(16) else { continue };
        match high.take() {
            None => high = Some((offset, digit)),
            Some((first, high)) => {
                let byte = u8::try_from(high << 4 | digit).unwrap_or_default();
                let outer = Span::new(start + first, start + offset + 1);
                if offset == first + 1 {
                    builder.scaled(&[byte], outer);
                } else {
                    builder.whole([byte], outer);
                }
            }
        }
    }
    Some((Step::Decoding("hex"), builder.finish()))
}
