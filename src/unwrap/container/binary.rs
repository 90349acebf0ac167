//! Texts in the middle of binary data: databases, dumps of memory, logs with holes.
//!
//! Owns: where such a text begins and ends. Does not own: what is in it.

use crate::credential::{CLIENT_ID, CLIENT_SECRET};
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
        let is_long = |text: &&str| text.len() >= SHORTEST;
        valid.split(is_control).filter(is_long).flat_map(values).map(move |text| {
            let offset = start + (text.as_ptr() as usize - valid.as_ptr() as usize);
            Span::new(offset, offset + text.len())
        })
    });
    chunks.filter(|span| span.end - span.start >= SHORTEST)
}

/// What `text` is made of: databases have nothing between a name and its value, so that a client's ID or secret begins where
/// the name ends.
fn values(text: &str) -> Vec<&str> {
    let mut starts: Vec<usize> = [CLIENT_ID, CLIENT_SECRET]
        .into_iter()
        .flat_map(|value| memchr::memmem::find_iter(text.as_bytes(), value))
        .filter(|at| text[..*at].ends_with(|before: char| before.is_alphanumeric() || before == '_'))
        .filter(|at| {
            let after = text[*at..].strip_prefix(CLIENT_ID);
            after.is_none_or(|after| after.starts_with(|next: char| next.is_ascii_digit()))
        })
        .collect();
    starts.sort_unstable();
    let ends = starts.iter().copied().chain([text.len()]);
    let begins = [0].into_iter().chain(starts.iter().copied());
    begins.zip(ends).filter_map(|(begin, end)| text.get(begin..end)).collect()
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
        let secret = format!("p8e-{}", "Ab1_".repeat(8));
        let row = format!(
            "\0\x01client_idcm-p1-e2-integration-1234\x02client_secret{secret} x{secret}\0-{secret}\0"
        );
        let found: Vec<&str> =
            texts(row.as_bytes()).map(|span| &row[span.range()]).filter(|text| text.contains('-')).collect();
        let expected = ["cm-p1-e2-integration-1234", &format!("{secret} x"), &secret, &format!("-{secret}")]
            .map(str::to_owned);
        assert_eq!(found, expected);
        assert_eq!(texts(b"").count() + texts(&[0xFF; 100]).count(), 0);
    }
}
