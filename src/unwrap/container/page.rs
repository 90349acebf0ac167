//! The text on a page of a PDF file (ISO 32000-1 section 9.4): what its operators show, line by line.
//!
//! Owns: strings and where lines end. Does not own: streams, fonts that number their glyphs otherwise than ASCII does.

use crate::secret::Secret;

/// What a page begins with, which makes prose of it: nobody means it to be JSON.
const HEAD: &[u8] = b"Page\n";

/// The text that the content stream `bytes` shows, as far as its strings are text. Nothing if it is no such stream.
pub(crate) fn text(bytes: &[u8]) -> Option<Secret<Vec<u8>>> {
    let mut page =
        Page { bytes, at: 0, shown: Secret::default(), operands: Secret::default(), has_text: false };
    page.shown.append(HEAD);
    while page.token() {}
    (page.has_text && page.shown.expose().len() > HEAD.len()).then_some(page.shown)
}

struct Page<'b> {
    bytes: &'b [u8],
    at: usize,
    shown: Secret<Vec<u8>>,
    /// The strings before the next operator.
    operands: Secret<Vec<u8>>,
    has_text: bool,
}

impl Page<'_> {
    /// Reads what comes next. Returns false at the end.
    fn token(&mut self) -> bool {
        let Some(first) = self.bytes.get(self.at) else { return false };
        self.at += 1;
        match first {
            b'(' => self.literal(),
            // A dictionary begins with two.
            b'<' if self.bytes.get(self.at) == Some(&b'<') => self.at += 1,
            b'<' => self.hexadecimal(),
            b'%' => self.at += self.rest().iter().take_while(|byte| !matches!(byte, b'\r' | b'\n')).count(),
            byte if is_regular(*byte) => {
                let start = self.at - 1;
                self.at += self.rest().iter().take_while(|byte| is_regular(**byte)).count();
                let bytes = self.bytes;
                self.operator(bytes.get(start..self.at).unwrap_or_default());
            }
            _ => {}
        }
        true
    }

    fn rest(&self) -> &[u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    fn operator(&mut self, name: &[u8]) {
        match name {
            // These begin a line, and then show what they were given.
            b"'" | b"\"" => {
                self.line();
                self.show();
            }
            b"Tj" | b"TJ" => self.show(),
            b"Td" | b"TD" | b"T*" | b"Tm" | b"ET" => self.line(),
            // A number or a name is another operand.
            [b'0'..=b'9' | b'-' | b'+' | b'.' | b'/', ..] => return,
            _ => {}
        }
        self.operands = Secret::default();
    }

    fn show(&mut self) {
        self.has_text = true;
        let operands = std::mem::take(&mut self.operands);
        self.shown.append(operands.expose());
    }

    fn line(&mut self) {
        if self.shown.expose().last().is_some_and(|last| *last != b'\n') {
            self.shown.append(b"\n");
        }
    }

    /// A string in brackets, in which those that are in pairs need no backslash.
    fn literal(&mut self) {
        let mut depth = 0_usize;
        while let Some(byte) = self.bytes.get(self.at).copied() {
            self.at += 1;
            let character = match byte {
                b'\\' => match self.escaped() {
                    Some(character) => character,
                    None => continue,
                },
                b')' if depth == 0 => return,
                b'(' => {
                    depth += 1;
                    byte
                }
                b')' => {
                    depth -= 1;
                    byte
                }
                _ => byte,
            };
            self.operands.append(&[character]);
        }
    }

    /// What is after a backslash; nothing at the end of a line, which goes on.
    fn escaped(&mut self) -> Option<u8> {
        let first = self.bytes.get(self.at).copied()?;
        self.at += 1;
        match first {
            b'n' => Some(b'\n'),
            b'r' => Some(b'\r'),
            b't' => Some(b'\t'),
            b'\r' | b'\n' => {
                self.at += usize::from(first == b'\r' && self.bytes.get(self.at) == Some(&b'\n'));
                None
            }
            b'0'..=b'7' => {
                let mut code = u32::from(first - b'0');
                for _ in 0..2 {
                    let Some(digit @ b'0'..=b'7') = self.bytes.get(self.at).copied() else { break };
                    code = code * 8 + u32::from(digit - b'0');
                    self.at += 1;
                }
                u8::try_from(code & 0xFF).ok()
            }
            other => Some(other),
        }
    }

    /// A string of hexadecimal digits.
    fn hexadecimal(&mut self) {
        let mut high = None;
        while let Some(byte) = self.bytes.get(self.at).copied() {
            self.at += 1;
            if byte == b'>' {
                break;
            }
            let Some(digit) = char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok()) else {
                continue;
            };
            match high.take() {
                Some(high) => self.operands.append(&[high << 4 | digit]),
                None => high = Some(digit),
            }
        }
        if let Some(high) = high {
            self.operands.append(&[high << 4]);
        }
    }
}

/// Whether `byte` is of a word: neither blank nor a delimiter (section 7.2.2).
const fn is_regular(byte: u8) -> bool {
    !matches!(byte, 0 | b'\t' | b'\n' | 0x0C | b'\r' | b' ')
        && !matches!(byte, b'(' | b')' | b'<' | b'>' | b'[' | b']' | b'{' | b'}' | b'%')
}

#[cfg(test)]
mod tests {
    use super::{HEAD, text};

    #[test]
    fn what_operators_show_is_text() {
        for (content, expected) in [
            ("BT /F1 12 Tf (a) Tj ET", Some("a\n")),
            ("BT 10 20 Td (a) Tj 0 -12 Td (b) Tj ET", Some("a\nb\n")),
            ("BT (a) Tj T* (b) Tj T* ET BT (c) Tj ET", Some("a\nb\nc\n")),
            ("BT [(a) -20 (b) 3.5 (c)] TJ ET", Some("abc\n")),
            ("BT (a) Tj (b) ' 1 2 (c) \" ET", Some("a\nb\nc\n")),
            ("BT <616263> Tj <6 1 6> Tj ET", Some("abca`\n")),
            ("BT (a\\(b\\)\\\\\\n(c)\\101\\7) Tj ET", Some("a(b)\\\n(c)A\u{7}\n")),
            ("BT (a\\\r\nb\\\nc) Tj ET", Some("abc\n")),
            ("BT (a)Tj ET % (no)Tj\nBT(b)Tj ET", Some("a\nb\n")),
            // What no operator shows, no text, no end.
            ("/Name (a) BDC BT (b) Tj ET EMC", Some("b\n")),
            ("0 0 m 10 10 l S", None),
            ("BT ET", None),
            ("BT (a", None),
            ("BT <61", None),
            ("(\\", None),
            ("<< /K (a) >> Tj", Some("a")),
            ("", None),
        ] {
            let found = text(content.as_bytes());
            let found =
                found.as_ref().map(|found| std::str::from_utf8(&found.expose()[HEAD.len()..]).unwrap());
            assert_eq!(found, expected, "{content}");
        }
        assert!(text(&b"(".repeat(100_000)).is_none());
        assert!(text(&b"<".repeat(100_000)).is_none());
        assert!(
            text(&b"(a) Tj ".repeat(100_000))
                .is_some_and(|found| found.expose().len() == HEAD.len() + 100_000)
        );
    }
}
