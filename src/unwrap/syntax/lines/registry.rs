//! Values of the Windows registry that an export writes as bytes: `"NAME"=hex(7):41,00,\` and so on.
//!
//! Owns: reading the bytes, and what text they are. Does not own: values in quotation marks, which are like any others.

use crate::source::Span;
use crate::unwrap::place::{Builder, Extract};
use crate::unwrap::shared::{Assignment, closing};

/// No document has more bytes.
const LONGEST: usize = 256 * 1024;

/// The value at `start` of `text` as the text that its bytes are, and where it ends. Nothing if there is no such value, or if
/// its bytes are no text.
pub(crate) fn variables(text: &str, start: usize) -> Option<(Vec<Assignment>, usize)> {
    let rest = text.get(start..)?.strip_prefix('"')?;
    let name = closing(rest, 0, '"')?;
    let after = rest.get(name + 1..)?.strip_prefix("=hex")?;
    // The type is of no matter: what is text is text.
    let digits = match after.strip_prefix('(') {
        Some(kind) => kind.split_once("):")?.1,
        None => after.strip_prefix(':')?,
    };
    let (bytes, end) = bytes(text, text.len() - digits.len());
    let name_span = Span::new(start + 1, start + 1 + name);
    let value = value(&bytes).filter(|value| !value.text().is_empty())?;
    let name = text.get(name_span.range())?.replace("\\\\", "\\").replace("\\\"", "\"");
    Some((vec![Assignment { name, name_span, value }], end))
}

/// The bytes from `at` on, each with its place, and where they end: a line that goes on in the next ends in a backslash.
fn bytes(text: &str, mut at: usize) -> (Vec<(u8, Span)>, usize) {
    let mut found = Vec::new();
    let all = text.as_bytes();
    while let Some(rest) = all.get(at..) {
        match rest {
            [b',' | b' ' | b'\t', ..] => at += 1,
            [b'\\', b'\n', ..] => at += 2,
            [b'\\', b'\r', b'\n', ..] => at += 3,
            [high, low, ..] if found.len() < LONGEST => {
                let digit = |digit: u8| char::from(digit).to_digit(16);
                let (Some(high), Some(low)) = (digit(*high), digit(*low)) else { break };
                found.push((u8::try_from(high << 4 | low).unwrap_or_default(), Span::new(at, at + 2)));
                at += 2;
            }
            _ => break,
        }
    }
    (found, at)
}

/// The text that `bytes` are, in UTF-16 or else in UTF-8, without the zeros at its end. Strings of a list are lines.
fn value(bytes: &[(u8, Span)]) -> Option<Extract> {
    let (pairs, odd) = bytes.as_chunks::<2>();
    let high_zeros = pairs.iter().filter(|[_, (high, _)]| *high == 0).count();
    let mut builder = Builder::new(bytes.len());
    if odd.is_empty() && high_zeros * 2 > pairs.len() {
        let last = pairs.iter().rposition(|[(low, _), (high, _)]| (*low, *high) != (0, 0))?;
        let pairs = pairs.get(..=last)?;
        let units = pairs.iter().map(|[(low, _), (high, _)]| u16::from_le_bytes([*low, *high]));
        let mut unit = 0;
        for character in char::decode_utf16(units) {
            let character = character.ok()?;
            let first = pairs.get(unit)?[0].1;
            unit += character.len_utf16();
            let outer = Span::new(first.start, pairs.get(unit - 1)?[1].1.end);
            builder.character(if character == '\0' { '\n' } else { character }, outer);
        }
    } else {
        let last = bytes.iter().rposition(|(byte, _)| *byte != 0)?;
        for (byte, span) in bytes.get(..=last)? {
            builder.whole([if *byte == 0 { b'\n' } else { *byte }], *span);
        }
    }
    Some(builder.finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The text in UTF-16 with a zero at its end, as the registry has it, with a line break after so many bytes.
    fn wide(text: &str, width: usize) -> String {
        let bytes: Vec<String> = text
            .encode_utf16()
            .chain([0])
            .flat_map(u16::to_le_bytes)
            .map(|byte| format!("{byte:02x}"))
            .collect();
        let lines: Vec<String> = bytes.chunks(width).map(|line| line.join(",")).collect();
        lines.join(",\\\r\n  ")
    }

    #[test]
    fn bytes_are_the_text_that_the_registry_has() {
        for (text, expected) in [
            (format!("\"A\"=hex(1):{}\r\n", wide("b c", 99)), Some(("A", "b c"))),
            (format!("\"A\"=hex(2):{}", wide("%PATH%", 3)), Some(("A", "%PATH%"))),
            (format!("\"A\"=hex(7):{}", wide("b=c\0d=e\0", 7)), Some(("A", "b=c\nd=e"))),
            (format!("\"A\"=hex:{}\n", wide("aé😀", 2)), Some(("A", "aé😀"))),
            (format!("\"A\\\\B\\\"C\"=hex(1):{}\n", wide("d", 2)), Some(("A\\B\"C", "d"))),
            (String::from("\"A\"=hex(1):62,00"), Some(("A", "b"))),
            (String::from("\"A\"=hex(1):62,63,64"), Some(("A", "bcd"))),
            (String::from("\"A\"=hex(7):62,63,00,64,65,00,00"), Some(("A", "bc\nde"))),
            (String::from("\"A\"=hex(2):62,\\\n  63,\\\n  64\n\"B\"=\"c\""), Some(("A", "bcd"))),
            (String::from("\"A\"=HEX(1):62"), None),
            // Cut off, no digits, no end, no value, half a pair of surrogates.
            (String::from("\"A\"=hex(1):62,00,6"), Some(("A", "b"))),
            (String::from("\"A\"=hex(1):62,xx"), Some(("A", "b"))),
            (String::from("\"A\"=hex(1"), None),
            (String::from("\"A\"=hex(1):"), None),
            (String::from("\"A"), None),
            (String::from("\"A\"=hex(1):3d,d8,00,00"), None),
            (String::from("\"A\"=hex(3):00,00"), None),
            (String::from("\"A\"=dword:00000001"), None),
            (String::from("A=hex:62"), None),
            // Without end.
            (format!("\"A\"=hex:{}", "\\\n".repeat(100_000)), None),
            (format!("\"A\"=hex(7):62{}", ",00".repeat(100_000)), Some(("A", "b"))),
            (format!("\"{}", "\\".repeat(100_000)), None),
        ] {
            let found = variables(&text, 0);
            let shown = found.as_ref().map(|(found, _)| (found[0].name.as_str(), found[0].value.text()));
            assert_eq!(shown, expected, "{}", &text[..text.len().min(100)]);
            if let Some((found, end)) = &found {
                assert!(found[0].value.all().end <= *end && *end <= text.len());
            }
        }
        let endless = format!("\"A\"=hex:{}", "62,".repeat(LONGEST + 5));
        assert_eq!(variables(&endless, 0).unwrap().0[0].value.text().len(), LONGEST);
    }
}
