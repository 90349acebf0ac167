//! Scanning a text: lines, quotation marks, brackets, digits.
//!
//! Owns: where something ends. Does not own: what it is.

/// The offset of the line feed that ends the line at `offset`, or of the end of the text.
pub(crate) fn end_of_line(text: &str, offset: usize) -> usize {
    let rest = text.as_bytes().get(offset..).unwrap_or_default();
    memchr::memchr(b'\n', rest).map_or(text.len(), |length| offset + length)
}

/// Returns true if the line ends in a backslash that isn't itself escaped, so that the next one belongs to it.
pub(crate) fn is_continued(text: &str, start: usize, line_end: usize) -> bool {
    let line = text.get(start..line_end).unwrap_or_default();
    let line = line.strip_suffix('\r').unwrap_or(line);
    !is_bare(line.as_bytes(), line.len(), b'\\') && line_end < text.len()
}

/// Returns true if the byte at `at` isn't escaped by an `escape` before it.
pub(crate) fn is_bare(bytes: &[u8], at: usize, escape: u8) -> bool {
    let before = bytes.get(..at).unwrap_or_default();
    before.iter().rev().take_while(|byte| **byte == escape).count() % 2 == 0
}

/// The first `close` without a backslash before it, from `open` on.
pub(crate) fn closing(rest: &str, open: usize, close: char) -> Option<usize> {
    let mut escaped = false;
    rest.char_indices().skip_while(|(offset, _)| *offset < open).find_map(|(offset, character)| {
        let closes = character == close && !escaped;
        escaped = character == '\\' && !escaped;
        closes.then_some(offset)
    })
}

/// The length of the JSON object or array that `text` begins with, judged by brackets and strings alone.
pub(crate) fn object_length(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let (mut depth, mut string, mut offset) = (0_usize, false, 0);
    while let Some(byte) = bytes.get(offset) {
        match byte {
            b'\\' if string => offset += 1,
            b'"' => string = !string,
            b'{' | b'[' if !string => depth += 1,
            b'}' | b']' if !string => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    return Some(offset + 1);
                }
            }
            _ => {}
        }
        offset += 1;
    }
    None
}

/// The last boundary of a character up to `offset`.
pub(crate) fn floor(text: &str, offset: usize) -> usize {
    (0..=offset).rev().find(|offset| text.is_char_boundary(*offset)).unwrap_or_default()
}

/// Returns true if `byte` may be in base64 of either alphabet, and so in hexadecimal.
pub(crate) const fn is_digit(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_' | b'=')
}
