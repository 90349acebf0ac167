//! The spelling that the console issues.
//!
//! Owns: writing it, and telling whether a text that has lost its line breaks can be written so without any doubt. Does
//! not own: what was wrong with the text (`diagnosis`), nor reading it (`recovery`).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use super::marker::{Marker, Word, markers};
use super::{Block, DefectGroup, Label, Scan};
use crate::secret::Secret;

/// The characters on a line, as issued and as RFC 7468 section 2 wants it.
pub const COLUMNS: usize = 64;

/// A block in lines of `columns` characters, a multiple of 4, with CRLF after every line including the last, as issued.
pub fn write(label: &str, contents: &[u8], columns: usize) -> Secret<String> {
    let lines = contents.chunks((columns / 4 * 3).max(1));
    // Room for everything from the start: a string that grows leaves copies of itself behind.
    let length = contents.len().div_ceil(3) * 4 + lines.len() * 2 + label.len() * 2 + 64;
    let mut text = String::with_capacity(length);
    for part in ["-----BEGIN ", label, "-----\r\n"] {
        text.push_str(part);
    }
    for line in lines {
        STANDARD.encode_string(line, &mut text);
        text.push_str("\r\n");
    }
    for part in ["-----END ", label, "-----\r\n"] {
        text.push_str(part);
    }
    Secret::new(text)
}

impl Scan {
    /// The same block as issued, if `text`, which this is the scan of, has wrong line breaks and nothing else is wrong or
    /// odd about it: one block, BEGIN and END spelt alike, nothing around them, and in between exactly the characters
    /// that its contents have in base64.
    pub fn with_line_breaks(&self, text: &str) -> Option<Secret<String>> {
        let newlines_only = !self.defects.is_empty()
            && self.defects.iter().all(|defect| defect.kind.group() == DefectGroup::Newlines);
        let block = self.block.as_ref().filter(|block| newlines_only && !block.encrypted)?;
        let [begin, end] = sole_pair(text)?;
        let name = block.label.name().filter(|_| !matches!(block.label, Label::Other(_)))?;
        let spelt = |marker: &Marker| marker.fault.is_none() && text.get(marker.label.clone()) == Some(name);
        let around = [0..begin.range.start, end.range.end..text.len()];
        let nothing_around = around
            .into_iter()
            .all(|range| text.get(range).and_then(without_line_breaks).is_some_and(|rest| rest.is_empty()));
        let body = without_line_breaks(text.get(begin.range.end..end.range.start)?)?;
        (spelt(&begin) && spelt(&end) && nothing_around && holds_exactly(&body, block))
            .then(|| write(name, block.contents.expose(), COLUMNS))
    }
}

/// The BEGIN and the END line, if there are no others.
fn sole_pair(text: &str) -> Option<[Marker; 2]> {
    let mut all = markers(text);
    let pair = [all.next()?, all.next()?];
    (all.next().is_none() && pair[0].word == Word::Begin && pair[1].word == Word::End).then_some(pair)
}

/// `text` without line breaks, blanks, and line breaks that were escaped; nothing if it holds a backslash for any other
/// reason.
fn without_line_breaks(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    let mut rest = text.bytes().peekable();
    let mut characters = Zeroizing::new(Vec::with_capacity(text.len()));
    while let Some(byte) = rest.next() {
        match byte {
            b' ' | b'\t' | b'\r' | b'\n' => {}
            b'\\' => {
                while rest.next_if_eq(&b'\\').is_some() {}
                rest.next_if(|letter| matches!(letter, b'r' | b'n'))?;
            }
            byte => characters.push(byte),
        }
    }
    Some(characters)
}

fn holds_exactly(body: &[u8], block: &Block) -> bool {
    let contents = block.contents.expose();
    let mut encoded = Zeroizing::new(String::with_capacity(contents.len().div_ceil(3) * 4));
    STANDARD.encode_string(contents, &mut encoded);
    encoded.as_bytes() == body
}

#[cfg(test)]
mod tests {
    use super::super::{Wanted, scan};
    use super::*;

    /// SEQUENCE of two INTEGERs and an OCTET STRING of 90 bytes.
    fn issued() -> String {
        let der = [&[0x30, 0x62, 2, 1, 1, 2, 1, 2, 4, 90][..], &[0xAB; 90]].concat();
        write("RSA PRIVATE KEY", &der, COLUMNS).expose().clone()
    }

    fn put_right(text: &str) -> Option<String> {
        scan(text, Wanted::PrivateKey).with_line_breaks(text).map(|text| text.expose().clone())
    }

    #[test]
    fn lost_line_breaks_come_back() {
        let issued = issued();
        assert_eq!(issued.lines().nth(1).map(str::len), Some(COLUMNS));
        for line_break in [" ", "", r"\n", r"\r\n", r"\\n", r"\r", "\r", "\\n\n", "  \t"] {
            assert_eq!(
                put_right(&issued.replace("\r\n", line_break)).as_ref(),
                Some(&issued),
                "{line_break:?}"
            );
        }
        let first_only = issued.replacen("\r\n", "", 1);
        assert_eq!(put_right(&first_only), Some(issued));
    }

    #[test]
    fn whatever_leaves_a_doubt_is_left_alone() {
        let issued = issued();
        let lost = issued.replace("\r\n", " ");
        let two = format!("{lost}{lost}");
        for text in [
            issued.as_str(),
            &two,
            &format!("text {lost}"),
            &format!("{lost} text"),
            &lost.replace("END RSA", "END EC"),
            &lost.replace("-----END", "----END"),
            &lost.replace("RSA PRIVATE KEY", "rsa private key"),
            &lost.replace("RSA PRIVATE KEY", "ANY PRIVATE KEY"),
            &lost.replace("==", ""),
            &lost.replace("==", "="),
            &lost.replace('+', " ").replace("q6ur", "q6u"),
            &lost.replace("q6ur", "q6u-"),
            &lost.replace("q6ur", "q6u\u{A0}r"),
            &lost.replace("q6ur", r"q6u\t"),
            &lost.replace(" MG", " Proc-Type: 4,ENCRYPTED DEK-Info: AES-128-CBC,00 MG"),
            "",
        ] {
            assert_eq!(put_right(text), None);
        }
    }
}
