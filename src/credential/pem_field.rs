//! A PEM field: the scan of its text, and the way from a place in the PEM to a place in the document.

use std::ops::Range;

use super::pem::{Block, Scan, Wanted, scan};
use super::spelling::{names_pem, plain};
use super::{Field, FormKind};
use crate::finding::Place;
use crate::json::{Pointer, Text};
use crate::secret::Secret;

/// `privateKey` or `publicKey` with a text in it.
#[derive(Debug)]
pub struct PemField<'v, 's> {
    /// Which of the two.
    pub field: Field,
    /// The field's string.
    pub text: &'v Text<'s>,
    /// Where the field stands.
    pub pointer: Pointer,
    /// What the scanner met.
    pub scan: Scan,
    /// The PEM, where the string is another spelling of it.
    plain: Option<Secret<String>>,
}

impl<'v, 's> PemField<'v, 's> {
    /// Reads the text of `field`. A program may keep its fields in another spelling than PEM, and undo that; a text that
    /// isn't PEM in any spelling is that program's business, so `None`.
    pub(super) fn new(field: Field, text: &'v Text<'s>, pointer: Pointer, form: FormKind) -> Option<Self> {
        let wanted = if field == Field::PrivateKey { Wanted::PrivateKey } else { Wanted::Certificate };
        let is_free = form == FormKind::Fields;
        let plain = if is_free { plain(text.as_str()) } else { None };
        let pem = plain.as_ref().map_or(text.as_str(), |plain| plain.expose());
        let scan = scan(pem, wanted);
        (!is_free || names_pem(pem)).then_some(Self { field, text, pointer, scan, plain })
    }

    /// The PEM.
    pub fn pem(&self) -> &str {
        self.plain.as_ref().map_or(self.text.as_str(), |plain| plain.expose())
    }

    /// The block that the client would read.
    pub fn block(&self) -> Option<&Block> {
        self.scan.block.as_ref()
    }

    /// The whole value.
    pub fn place(&self) -> Place {
        Place::new(self.pointer.clone(), self.text.span())
    }

    /// The bytes `range` of the decoded PEM, as a place in the document, escapes counted.
    pub fn place_of(&self, range: Range<usize>) -> Place {
        if self.plain.is_some() {
            return self.place();
        }
        Place::new(self.pointer.clone(), self.text.place(range))
    }

    /// The BEGIN line of the block that the client would read; the whole value if there is none.
    ///
    /// Findings about what is inside point here, because nobody gains anything from a caret under 1,700 characters.
    pub fn begin(&self) -> Place {
        /// `-----BEGIN `, misspelt by a character or two.
        const LONGEST_OPENING: usize = 16;
        let Some(block) = self.block() else { return self.place() };
        let label = &block.label_range;
        let hyphens = |text: &str| text.len() - text.trim_start_matches('-').len();
        let end = label.end + self.pem().get(label.end..).map_or(0, hyphens);
        let opening = label.start.saturating_sub(block.range.start);
        let start = if opening <= LONGEST_OPENING { block.range.start.min(label.start) } else { label.start };
        self.place_of(start..end)
    }

    /// The base64 character in which byte `offset` of the block's contents begins; the last one, if the contents are
    /// shorter than that.
    pub fn place_of_byte(&self, offset: usize) -> Place {
        let Some(block) = self.block() else { return self.place() };
        let text = self.pem();
        // If BEGIN is missing, the label is the one of the END line.
        let begin = if block.label_range.start < block.range.start + (block.range.len() / 2) {
            block.label_range.end
        } else {
            block.range.start
        };
        let body = text.get(begin..block.range.end).unwrap_or_default();
        let body = body.trim_start_matches('-');
        let start = text.get(..block.range.end).map_or(0, str::len) - body.len();
        let body = body.split("-----").next().unwrap_or_default();
        let (wanted, mut met, mut last) = (offset.saturating_mul(8) / 6, 0, None);
        let mut characters = body.char_indices();
        while let Some((index, character)) = characters.next() {
            match character {
                // Line breaks that were escaped twice.
                '\\' => {
                    characters.next();
                }
                _ if character.is_ascii_alphanumeric() || "+/-_".contains(character) => {
                    last = Some(index);
                    if met == wanted {
                        break;
                    }
                    met += 1;
                }
                _ => {}
            }
        }
        last.map_or_else(|| self.begin(), |index| self.place_of(start + index..start + index + 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::{Kind, Limits, parse};

    /// What is pointed at for a byte, or else for the block, in a document that is nothing but `pem`.
    fn pointed_at(pem: &str, byte: Option<usize>) -> String {
        let json = serde_json::to_string(pem).unwrap();
        let value = parse(&json, Limits::default()).unwrap();
        let Kind::String(text) = &value.kind else { panic!("a string is a string") };
        let field = PemField::new(Field::PublicKey, text, Pointer::root(), FormKind::Issued).unwrap();
        let place = byte.map_or_else(|| field.begin(), |byte| field.place_of_byte(byte));
        format!("{}@{}", &json[place.span.range()], place.span.start)
    }

    // SEQUENCE of two INTEGERs and an OCTET STRING of 90 bytes.
    fn pem(line_break: &str) -> String {
        use base64::Engine as _;
        let der = [&[0x30, 0x62, 2, 1, 1, 2, 1, 2, 4, 90][..], &[0xAB; 90]].concat();
        let body = base64::engine::general_purpose::STANDARD.encode(der);
        let (first, second) = body.split_at(64);
        ["-----BEGIN CERTIFICATE-----", first, second, "-----END CERTIFICATE-----", ""].join(line_break)
    }

    #[test]
    fn the_begin_line_is_found_in_every_spelling() {
        for pem in [pem("\n"), pem("\r\n"), pem(r"\n"), pem(" "), format!("text\n{}", pem("\n"))] {
            let begin = pointed_at(&pem, None);
            assert!(begin.starts_with("-----BEGIN CERTIFICATE-----@"), "{begin}");
        }
        let bare = pem("\n").replace("-----BEGIN CERTIFICATE-----\n", "");
        assert!(pointed_at(&bare, None).starts_with("CERTIFICATE-----@"));
        assert_eq!(pointed_at("no PEM", None), "\"no PEM\"@0");
    }

    #[test]
    fn bytes_are_found_in_every_spelling() {
        let body = "-----BEGIN CERTIFICATE-----".len() + 1;
        for (line_break, width) in [("\n", 2), ("\r\n", 4), (r"\n", 3), (" ", 1)] {
            for (byte, character) in [(0, 0), (1, 1), (3, 4), (46, 61), (47, 62), (48, 64), (99, 132)] {
                let found = pointed_at(&pem(line_break), Some(byte));
                let offset = body + width + character + if character >= 64 { width } else { 0 };
                assert!(found.ends_with(&format!("@{offset}")), "byte {byte}: {found}, not {offset}");
                assert_eq!(found.find('@'), Some(1));
            }
            let beyond = pointed_at(&pem(line_break), Some(usize::MAX));
            let last = pointed_at(&pem(line_break), Some(99));
            let offset = |found: &str| found[2..].parse::<usize>().unwrap();
            assert_eq!(offset(&beyond), offset(&last) + 1, "a byte begins in the last character but one");
        }
    }
}
