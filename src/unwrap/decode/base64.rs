//! Base64 in either alphabet.
//!
//! Owns: recognising that all of a text is that, decoding it with places. Does not own: what the bytes are.

use crate::source::Span;
use crate::unwrap::place::{Builder, Extract, Step};

/// Shorter texts hold no document, and words of some length are base64 by chance.
const LEAST: usize = 24;

/// Decodes base64 (RFC 4648 sections 4 and 5): in either alphabet, wrapped or not, padded or not.
pub(crate) fn decode(text: &str) -> Option<(Step, Extract)> {
    (text.len() >= LEAST).then(|| decode_short(text)).flatten()
}

/// The same where names say that there is base64, however short it is.
pub(crate) fn decode_short(text: &str) -> Option<(Step, Extract)> {
    let trimmed = text.trim_ascii_start();
    // Most strings aren't base64, and most of those show it at once.
    let unpadded = trimmed.trim_end_matches([' ', '\t', '\r', '\n', '=']);
    let padding = trimmed.get(unpadded.len()..)?.matches('=').count();
    if unpadded.is_empty() || padding > 2 {
        return None;
    }
    let (mut digits, mut standard, mut url) = (0, false, false);
    for byte in unpadded.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' => digits += 1,
            b'+' | b'/' => (digits, standard) = (digits + 1, true),
            b'-' | b'_' => (digits, url) = (digits + 1, true),
            b' ' | b'\t' | b'\r' | b'\n' => {}
            _ => return None,
        }
    }
    if digits % 4 == 1 || (standard && url) {
        return None;
    }
    let start = text.len() - text.trim_ascii_start().len();
    let step = Step::Decoding(if url { "base64url" } else { "base64" });
    Some((step, decode_quads(unpadded, start, digits)))
}

/// Decodes four digits at a time, so that a line break costs no more than the exact place of three bytes.
fn decode_quads(text: &str, start: usize, digits: usize) -> Extract {
    let mut builder = Builder::new(digits / 4 * 3 + 3);
    let (mut bits, mut count, mut first) = (0_u32, 0_usize, 0);
    let mut end = 0;
    for (offset, byte) in text.bytes().enumerate() {
        let Some(value) = sextet(byte) else { continue };
        if count == 0 {
            first = offset;
        }
        (bits, count, end) = (bits << 6 | u32::from(value), count + 1, offset + 1);
        if count == 4 {
            let [_, bytes @ ..] = bits.to_be_bytes();
            quad(&mut builder, &bytes, Span::new(start + first, start + end));
            (bits, count) = (0, 0);
        }
    }
    if count >= 2 {
        let [_, bytes @ ..] = (bits << (6 * (4 - count))).to_be_bytes();
        // Two digits are a byte, three are two; the last digit doesn't hold all of its bits.
        quad(&mut builder, &bytes[..count - 1], Span::new(start + first, start + end));
    }
    builder.finish()
}

/// A line break inside a quad leaves no proportion.
fn quad(builder: &mut Builder, bytes: &[u8], outer: Span) {
    if outer.end - outer.start == bytes.len() + 1 {
        builder.scaled(bytes, outer);
    } else {
        builder.whole(bytes, outer);
    }
}

const fn sextet(byte: u8) -> Option<u8> {
    match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'+' | b'-' => Some(62),
        b'/' | b'_' => Some(63),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE};
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_not_all_base64_is_left_alone() {
        for text in [
            "",
            "integration",
            "AAAAAAAAAAAAAAAAAAAAAAAAA",
            "AAAAAAAAAAAAAAAAAAAA+AAA-AAA",
            "AAAAAAAAAAAA==AAAAAAAAAAAAAA",
            "AAAAAAAAAAAAAAAAAAAAAAAAA===",
            "AAAAAAAAAAAAAAAAAAAAAAAA.AAA",
        ] {
            assert!(decode(text).is_none(), "{text}");
        }
    }

    proptest! {
        /// The bytes are right and each lies on the digits that hold its bits, however the text is wrapped.
        #[test]
        fn bytes_and_places_are_right(
            bytes in prop::collection::vec(any::<u8>(), 18..200),
            width in 1_usize..90,
            form in 0_u8..3,
        ) {
            let encoded = match form {
                0 => STANDARD.encode(&bytes),
                1 => STANDARD_NO_PAD.encode(&bytes),
                _ => URL_SAFE.encode(&bytes),
            };
            let lines: Vec<&str> =
                encoded.as_bytes().chunks(width).map(|line| std::str::from_utf8(line).unwrap()).collect();
            let text = format!("  {}\r\n", lines.join("\r\n"));
            let (_, decoded) = decode(&text).unwrap();
            prop_assert_eq!(decoded.bytes(), &bytes);
            let digits: Vec<usize> =
                text.bytes().enumerate().filter(|(_, byte)| sextet(*byte).is_some()).map(|(at, _)| at).collect();
            for index in 0..bytes.len() {
                let outer = decoded.origin.outer(Span::new(index, index + 1));
                let (first, last) = (digits[index * 8 / 6], digits[(index * 8 + 7) / 6]);
                prop_assert!(outer.start <= first && last < outer.end, "{index}: {outer:?} {first} {last}");
                if width % 4 == 0 {
                    prop_assert_eq!(outer, Span::new(first, last + 1));
                }
            }
        }
    }
}
