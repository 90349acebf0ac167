//! Texts that stand for bytes: base64, hexadecimal, percent encoding, backslash escapes.
//!
//! Owns: recognising that a whole text is encoded, decoding it with places. Does not own: what the bytes are.

use super::derived::{Builder, Derived};
use super::step::Step;
use crate::source::Span;

/// Texts shorter than this hold no document, and words of some length are base64 by chance.
const LEAST: usize = 24;

/// Decodes `text` if all of it is in one of the encodings that people wrap documents in.
pub(super) fn decode(text: &str) -> Option<(Step, Derived)> {
    hex(text).or_else(|| base64(text)).or_else(|| percent(text)).or_else(|| escapes(text))
}

/// Decodes hexadecimal, wrapped or not, after `0x` or not, or as databases write it: `\x…`, of which a word among others is
/// only what comes after the backslash, and `X'…'`.
fn hex(text: &str) -> Option<(Step, Derived)> {
    let trimmed = text.trim_ascii();
    let after =
        ["0x", "0X", "\\x", "\\\\x", "x'", "X'", "x"].iter().find_map(|mark| trimmed.strip_prefix(mark));
    let digits = after.unwrap_or(trimmed);
    let start = text.len() - text.trim_ascii_start().len() + trimmed.len() - digits.len();
    let digits = digits.strip_suffix('\'').unwrap_or(digits);
    let blank = |byte: &u8| byte.is_ascii_whitespace();
    let count = digits.bytes().filter(|byte| !blank(byte)).count();
    if count < LEAST * 2
        || count % 2 == 1
        || !digits.bytes().all(|byte| byte.is_ascii_hexdigit() || blank(&byte))
    {
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

/// Decodes percent encoding (RFC 3986 section 2.1) of an object, in which a plus may stand for a space.
fn percent(text: &str) -> Option<(Step, Derived)> {
    let trimmed = text.trim_ascii();
    let quoted = trimmed.contains("%22");
    if !quoted || trimmed.len() < LEAST || trimmed.bytes().any(|byte| matches!(byte, b' ' | b'"' | b'\n')) {
        return None;
    }
    let plus_is_space = !trimmed.contains("%20");
    let start = text.len() - text.trim_ascii_start().len();
    let mut builder = Builder::new(trimmed.len());
    let mut plain = 0;
    for offset in memchr::memchr2_iter(b'%', b'+', trimmed.as_bytes()) {
        if offset < plain {
            continue;
        }
        let (decoded, length) = match trimmed.as_bytes().get(offset..) {
            Some([b'%', high, low, ..]) => {
                match (char::from(*high).to_digit(16), char::from(*low).to_digit(16)) {
                    (Some(high), Some(low)) => (u8::try_from(high << 4 | low).unwrap_or_default(), 3),
                    _ => continue,
                }
            }
            Some([b'+', ..]) if plus_is_space => (b' ', 1),
            _ => continue,
        };
        builder.exact(trimmed.get(plain..offset)?, start + plain);
        builder.whole([decoded], Span::new(start + offset, start + offset + length));
        plain = offset + length;
    }
    builder.exact(trimmed.get(plain..)?, start + plain);
    Some((Step::Decoding("percent"), builder.finish()))
}

/// Takes the backslashes off an object that was pasted from inside a string, or stored as Java's properties have it.
pub(super) fn escapes(text: &str) -> Option<(Step, Derived)> {
    let trimmed = text.trim_ascii_start();
    // FileVault escapes the bracket too, lest it be taken for a type: `c="\{…}"`, and in a list `c="[\{…}]"`.
    if trimmed.starts_with("\\{") || trimmed.starts_with("[\\{") {
        return Some((Step::Decoding("escapes"), unescape(text)));
    }
    let inner = trimmed.strip_prefix('{')?;
    let inner = inner.trim_start_matches([' ', '\t', '\r', '\n']);
    let is_quoted = ["\\\"", "\\n", "\\r", "\\t", "\\u0022"].iter().any(|mark| inner.starts_with(mark));
    // Java's properties put a backslash before the colon.
    let name = inner.strip_prefix('"').and_then(|name| name.split_once('"'));
    if !is_quoted && !name.is_some_and(|(_, rest)| rest.starts_with("\\:")) {
        return None;
    }
    Some((Step::Decoding("escapes"), unescape(text)))
}

/// Resolves the escapes of JSON, and takes the backslash off anything else. A line that ends in one goes on.
pub(super) fn unescape(text: &str) -> Derived {
    escaped_by(text, b'\\')
}

/// The same where `mark` escapes what follows it, as PowerShell's backtick does.
pub(super) fn escaped_by(text: &str, mark: u8) -> Derived {
    let mut builder = Builder::new(text.len());
    let (mut plain, mut at) = (0, 0);
    while let Some(backslash) = memchr::memchr(mark, text.as_bytes().get(at..).unwrap_or_default()) {
        let backslash = at + backslash;
        let rest = text.get(backslash + 1..).unwrap_or_default();
        let Some(next) = rest.chars().next() else { break };
        builder.exact(&text[plain..backslash], plain);
        let code = |digits: &str| u32::from_str_radix(digits, 16).ok().and_then(char::from_u32);
        let unicode = (next == 'u').then(|| rest.get(1..5).and_then(code)).flatten();
        let (length, meaning) = match (next, unicode) {
            (_, Some(character)) => (6, Some(character)),
            ('n', _) => (2, Some('\n')),
            ('r', _) => (2, Some('\r')),
            ('t', _) => (2, Some('\t')),
            ('\r' | '\n', _) => (1 + rest.len() - rest.trim_ascii_start().len(), None),
            (other, _) => (1 + other.len_utf8(), Some(other)),
        };
        at = backslash + length;
        plain = at;
        if let Some(meaning) = meaning {
            builder.character(meaning, Span::new(backslash, at));
        }
    }
    builder.exact(text.get(plain..).unwrap_or_default(), plain);
    builder.finish()
}

/// Decodes base64 (RFC 4648 sections 4 and 5): in either alphabet, wrapped or not, padded or not.
fn base64(text: &str) -> Option<(Step, Derived)> {
    (text.len() >= LEAST).then(|| short_base64(text)).flatten()
}

/// The same where names say that there is base64, however short it is.
pub(super) fn short_base64(text: &str) -> Option<(Step, Derived)> {
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
fn decode_quads(text: &str, start: usize, digits: usize) -> Derived {
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
            assert!(base64(text).is_none(), "{text}");
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
            let (_, decoded) = base64(&text).unwrap();
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
