//! From bytes to text: UTF-8 as the client reads it, and the encodings that people save by accident.

use super::FileKind;
use crate::secret::Secret;

/// How a document's bytes were encoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8 without byte-order mark, as RFC 8259 section 8.1 asks.
    Utf8,
    /// UTF-8 behind a byte-order mark, which `JSON.parse` refuses.
    Utf8WithMark,
    /// UTF-16, by name (`UTF-16LE`, `UTF-16BE`).
    Utf16(&'static str),
    /// UTF-32, by name (`UTF-32LE`, `UTF-32BE`).
    Utf32(&'static str),
    /// Almost UTF-8: `offset` is where the first bad byte stands in [`super::Source::text`], in which every bad
    /// sequence is U+FFFD, just as the client would read it.
    Invalid {
        /// Byte offset in the decoded text.
        offset: usize,
    },
    /// Not text at all; the kind of file, if it is known.
    Binary(Option<FileKind>),
}

/// Decodes by byte-order mark first, then by the zero bytes that RFC 4627 section 3 describes, then as UTF-8.
pub(super) fn decode(bytes: Secret<Vec<u8>>) -> (Secret<String>, Encoding) {
    let raw = bytes.expose().as_slice();
    match raw {
        [0xEF, 0xBB, 0xBF, rest @ ..] => match std::str::from_utf8(rest) {
            Ok(text) => (Secret::new(text.to_owned()), Encoding::Utf8WithMark),
            Err(_) => lossy(rest),
        },
        [0xFF, 0xFE, 0, 0, rest @ ..] => utf32(rest, u32::from_le_bytes, "UTF-32LE"),
        [0, 0, 0xFE, 0xFF, rest @ ..] => utf32(rest, u32::from_be_bytes, "UTF-32BE"),
        [0xFF, 0xFE, rest @ ..] => utf16(rest, u16::from_le_bytes, "UTF-16LE"),
        [0xFE, 0xFF, rest @ ..] => utf16(rest, u16::from_be_bytes, "UTF-16BE"),
        [first, 0, 0, 0, ..] if *first != 0 => utf32(raw, u32::from_le_bytes, "UTF-32LE"),
        [0, 0, 0, last, ..] if *last != 0 => utf32(raw, u32::from_be_bytes, "UTF-32BE"),
        [first, 0, third, 0, ..] if *first != 0 && *third != 0 => utf16(raw, u16::from_le_bytes, "UTF-16LE"),
        [0, second, 0, fourth, ..] if *second != 0 && *fourth != 0 => {
            utf16(raw, u16::from_be_bytes, "UTF-16BE")
        }
        _ if (memchr::memchr(0, raw).is_some() && !is_damaged_json(raw)) || binary_kind(raw).is_some() => {
            (Secret::default(), Encoding::Binary(binary_kind(raw)))
        }
        _ => utf8(bytes),
    }
}

fn utf8(bytes: Secret<Vec<u8>>) -> (Secret<String>, Encoding) {
    match std::str::from_utf8(bytes.expose()) {
        Ok(_) => {
            let text = String::from_utf8(bytes.into_inner()).unwrap_or_default();
            (Secret::new(text), Encoding::Utf8)
        }
        Err(_) => lossy(bytes.expose()),
    }
}

/// Reads text with a few bad bytes as the client would.
fn lossy(raw: &[u8]) -> (Secret<String>, Encoding) {
    let offset = std::str::from_utf8(raw).map_or_else(|error| error.valid_up_to(), str::len);
    let text = Secret::new(String::from_utf8_lossy(raw).into_owned());
    if is_mostly_odd(text.expose()) {
        return (Secret::default(), Encoding::Binary(binary_kind(raw)));
    }
    (text, Encoding::Invalid { offset })
}

/// Returns true if more than a tenth of the characters are bad or control characters.
fn is_mostly_odd(text: &str) -> bool {
    let (mut all, mut odd) = (0_usize, 0_usize);
    for character in text.chars() {
        all += 1;
        odd += usize::from(
            character == '\u{FFFD}' || (character.is_control() && !matches!(character, '\n' | '\r' | '\t')),
        );
    }
    odd * 10 > all
}

/// Returns true if `raw` begins as JSON and is a text but for a few zero bytes, which divide no document into two.
fn is_damaged_json(raw: &[u8]) -> bool {
    raw.trim_ascii_start().starts_with(b"{")
        && std::str::from_utf8(raw).is_ok_and(|text| !is_mostly_odd(text))
}

fn utf16(raw: &[u8], unit: fn([u8; 2]) -> u16, name: &'static str) -> (Secret<String>, Encoding) {
    let (pairs, rest) = raw.as_chunks::<2>();
    let mut text = String::with_capacity(raw.len());
    let mut bad = !rest.is_empty();
    for decoded in char::decode_utf16(pairs.iter().map(|pair| unit(*pair))) {
        bad |= decoded.is_err();
        text.push(decoded.unwrap_or(char::REPLACEMENT_CHARACTER));
    }
    unless_binary(text, bad, Encoding::Utf16(name))
}

fn utf32(raw: &[u8], unit: fn([u8; 4]) -> u32, name: &'static str) -> (Secret<String>, Encoding) {
    let (quads, rest) = raw.as_chunks::<4>();
    let mut text = String::with_capacity(raw.len());
    let mut bad = !rest.is_empty();
    for quad in quads {
        let decoded = char::from_u32(unit(*quad));
        bad |= decoded.is_none();
        text.push(decoded.unwrap_or(char::REPLACEMENT_CHARACTER));
    }
    unless_binary(text, bad, Encoding::Utf32(name))
}

/// A wide encoding is only believed when all of it decodes and the result has no zero character.
fn unless_binary(text: String, bad: bool, encoding: Encoding) -> (Secret<String>, Encoding) {
    let text = Secret::new(text);
    if bad || text.expose().contains('\0') {
        return (Secret::default(), Encoding::Binary(None));
    }
    (text, encoding)
}

/// The kind of file that `raw` is, if that is no text.
fn binary_kind(raw: &[u8]) -> Option<FileKind> {
    FileKind::of(raw).filter(|kind| kind.is_binary())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings_are_told_apart() {
        let text = "{\"é\": 1}";
        let le16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let be16: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        let le32: Vec<u8> = text.chars().flat_map(|c| u32::from(c).to_le_bytes()).collect();
        let be32: Vec<u8> = text.chars().flat_map(|c| u32::from(c).to_be_bytes()).collect();
        let marked = |mark: &[u8], rest: &[u8]| [mark, rest].concat();
        let table: Vec<(Vec<u8>, Encoding)> = vec![
            (text.as_bytes().to_vec(), Encoding::Utf8),
            (marked(b"\xEF\xBB\xBF", text.as_bytes()), Encoding::Utf8WithMark),
            (marked(b"\xFF\xFE", &le16), Encoding::Utf16("UTF-16LE")),
            (marked(b"\xFE\xFF", &be16), Encoding::Utf16("UTF-16BE")),
            (marked(b"\xFF\xFE\0\0", &le32), Encoding::Utf32("UTF-32LE")),
            (marked(b"\0\0\xFE\xFF", &be32), Encoding::Utf32("UTF-32BE")),
            (le16, Encoding::Utf16("UTF-16LE")),
            (be16, Encoding::Utf16("UTF-16BE")),
            (le32, Encoding::Utf32("UTF-32LE")),
            (be32, Encoding::Utf32("UTF-32BE")),
        ];
        for (bytes, expected) in table {
            let (decoded, encoding) = decode(Secret::new(bytes));
            assert_eq!((decoded.expose().as_str(), encoding), (text, expected));
        }
    }

    #[test]
    fn bad_and_binary_bytes_are_values_not_failures() {
        let latin1 = b"{\"name\": \"caf\xE9 on the corner of the street\"}".to_vec();
        assert_eq!(decode(Secret::new(latin1)).1, Encoding::Invalid { offset: 13 });
        for (bytes, expected) in [
            (&b"\x1F\x8B\x08\0\0"[..], Some(FileKind::Gzip)),
            (b"PK\x03\x04\0", Some(FileKind::Zip)),
            (b"\x30\x82\x01\x00\x02", Some(FileKind::Der)),
            (b"\xFE\xED\xFE\xED\0\0", Some(FileKind::JavaKeyStore)),
            (b"{\"a\": \0}", None),
            (b"\xFF\xFE\x00\xD8\x00", None),
            (b"\x90\x91\x92\x93\x94", None),
        ] {
            assert_eq!(decode(Secret::new(bytes.to_vec())).1, Encoding::Binary(expected), "{bytes:?}");
        }
        assert_eq!(decode(Secret::new(Vec::new())).1, Encoding::Utf8, "nothing is valid UTF-8");
        let zero_byte = b" {\"name\": \"a zero \0 byte\"}".to_vec();
        assert_eq!(
            decode(Secret::new(zero_byte)).1,
            Encoding::Utf8,
            "what is wrong with it has a place in the text"
        );
    }
}
