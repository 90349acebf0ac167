//! Texts in the middle of binary data: databases, dumps of memory, logs with holes.
//!
//! Owns: where such a text begins and ends. Does not own: what is in it.

use crate::source::Span;

/// Shorter texts hold not even a part of a credential.
const SHORTEST: usize = 24;

/// The runs of UTF-8 without control characters in `bytes`.
pub(crate) fn texts(bytes: &[u8]) -> impl Iterator<Item = Span> {
    let mut at = 0;
    let chunks = bytes.utf8_chunks().flat_map(move |chunk| {
        let start = at;
        at += chunk.valid().len() + chunk.invalid().len();
        let is_control = |character: char| character.is_control() && !matches!(character, '\t' | '\n' | '\r');
        let valid = chunk.valid();
        valid.split(is_control).map(move |text| {
            let offset = start + (text.as_ptr() as usize - valid.as_ptr() as usize);
            Span::new(offset, offset + text.len())
        })
    });
    chunks.filter(|span| span.end - span.start >= SHORTEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_end_at_what_is_none() {
        let word = "é".repeat(12);
        let bytes =
            [b"\0\x01\xFFab", word.as_bytes(), b"\r\n\t\0short\x1B", word.as_bytes(), b"\xC3"].concat();
        let found: Vec<&[u8]> = texts(&bytes).map(|span| &bytes[span.range()]).collect();
        assert_eq!(found, [format!("ab{word}\r\n\t").as_bytes(), word.as_bytes()]);
        assert_eq!(texts(b"").count() + texts(&[0xFF; 100]).count(), 0);
    }
}
