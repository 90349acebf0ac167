//! Quoted-printable (RFC 2045 section 6.7).
//!
//! Owns: undoing it with places. Does not own: telling that a text is in it.

use crate::source::Span;
use crate::unwrap::place::{Builder, Extract};

/// What `text` stands for, how many of its signs of equality stand for something, and how many don't and are left as they
/// are.
pub(crate) fn quoted_printable(text: &str) -> (Extract, usize, usize) {
    let mut builder = Builder::new(text.len());
    let (mut plain, mut sound, mut stray) = (0, 0, 0);
    for sign in memchr::memchr_iter(b'=', text.as_bytes()) {
        if sign < plain {
            continue;
        }
        let rest = text.as_bytes().get(sign + 1..).unwrap_or_default();
        let blanks = rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        let (byte, length) = match rest {
            [high, low, ..] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                let digit = |digit: u8| char::from(digit).to_digit(16).unwrap_or_default();
                (u8::try_from(digit(*high) << 4 | digit(*low)).ok(), 3)
            }
            // A line that is cut goes on in the next.
            _ => match rest.get(blanks..) {
                Some([b'\n', ..]) => (None, blanks + 2),
                Some([b'\r', b'\n', ..]) => (None, blanks + 3),
                Some([]) => (None, blanks + 1),
                _ => {
                    stray += 1;
                    continue;
                }
            },
        };
        sound += 1;
        builder.exact(text.get(plain..sign).unwrap_or_default(), plain);
        plain = sign + length;
        if let Some(byte) = byte {
            builder.whole([byte], Span::new(sign, plain));
        }
    }
    builder.exact(text.get(plain..).unwrap_or_default(), plain);
    (builder.finish(), sound, stray)
}
