//! Percent encoding.
//!
//! Owns: recognising that all of a text is that, decoding it with places. Does not own: what the bytes are.

use crate::source::Span;
use crate::unwrap::place::{Builder, Extract, Step};

/// Shorter texts hold no document.
const LEAST: usize = 24;

/// Decodes percent encoding (RFC 3986 section 2.1) of an object or of PEM, in which a plus may stand for a space.
pub(crate) fn decode(text: &str) -> Option<(Step, Extract)> {
    let trimmed = text.trim_ascii();
    let has_quote = ["%22", "%2522"].iter().any(|quote| trimmed.contains(quote));
    let quoted = has_quote || trimmed.starts_with("-----BEGIN") && trimmed.contains("%0A");
    // What has a bare ampersand is a form with several values.
    let is_other = |byte| matches!(byte, b' ' | b'"' | b'\n' | b'&');
    if !quoted || trimmed.len() < LEAST || trimmed.bytes().any(is_other) {
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
