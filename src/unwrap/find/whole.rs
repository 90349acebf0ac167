//! Telling at a glance that a text is itself the issued document, before anything is parsed.
//!
//! Owns: the glance. Does not own: the answer in doubt, which the document's structure gives (see `credential`).

use crate::credential::{DISTINCTIVE, Field};
use crate::unwrap::decode::quoted_printable::is_all;

/// Fields that stand in an object of their own in issued documents.
const FLAT: [Field; 2] = [Field::ClientId, Field::ClientSecret];

/// Whether `bytes` are one JSON object with the fields of service credentials, well-formed or not.
///
/// This costs a small part of a check: strings are skipped, and only the keys of the two upper levels are compared.
pub(crate) fn is_document(bytes: &[u8]) -> bool {
    let mut keys = Keys { bytes, offset: 0, depth: 0 };
    let (mut telling, mut inside, mut integration) = (0, 0, false);
    // Client and secret among the other fields make other names likely, which variables may have and documents may not.
    let mut flat = 0;
    while let Some((depth, key)) = keys.next() {
        let tells = DISTINCTIVE.iter().any(|field| field.name().as_bytes() == key);
        match depth {
            // What SOPS has encrypted says so at the top.
            1 if key == b"sops" => return false,
            1 => {
                integration = key == Field::Integration.name().as_bytes();
                telling += usize::from(tells);
                flat += usize::from(FLAT.iter().any(|field| field.name().as_bytes() == key));
            }
            _ => inside += usize::from(tells && integration),
        }
    }
    let is_all = keys.bytes.get(keys.offset..).unwrap_or_default().trim_ascii().is_empty();
    is_all && (telling >= 2 && flat == 0 || inside >= 1)
}

/// Whether `bytes`, which look like a document, are one in quoted-printable.
pub(crate) fn is_encoded(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).is_ok_and(is_all)
}

/// The keys of the two upper levels of an object, as they are written.
struct Keys<'b> {
    bytes: &'b [u8],
    offset: usize,
    depth: usize,
}

impl<'b> Keys<'b> {
    fn next(&mut self) -> Option<(usize, &'b [u8])> {
        loop {
            let byte = *self.bytes.get(self.offset)?;
            self.offset += 1;
            match byte {
                b'{' | b'[' => self.depth += 1,
                b'}' | b']' => {
                    self.depth = self.depth.checked_sub(1)?;
                    if self.depth == 0 {
                        return None;
                    }
                }
                b'"' => {
                    let string = self.string();
                    let rest = self.bytes.get(self.offset..).unwrap_or_default().trim_ascii_start();
                    if matches!(self.depth, 1 | 2) && rest.first() == Some(&b':') {
                        return Some((self.depth, string));
                    }
                }
                byte if self.depth == 0 && !byte.is_ascii_whitespace() => return None,
                _ => {}
            }
        }
    }

    /// Skips the string that was just opened.
    fn string(&mut self) -> &'b [u8] {
        let start = self.offset;
        for quote in memchr::memchr_iter(b'"', self.bytes.get(start..).unwrap_or_default()) {
            let string = &self.bytes[start..start + quote];
            let backslashes = string.iter().rev().take_while(|byte| **byte == b'\\').count();
            if backslashes % 2 == 0 {
                self.offset = start + quote + 1;
                return string;
            }
        }
        self.offset = self.bytes.len();
        &[]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_document_itself_is_taken_for_it() {
        for (text, expected) in [
            (r#"{"integration": {"imsEndpoint": "x"}}"#, true),
            (r#" {"ok": true, "integration" : {"a": "}\"", "privateKey": 1}, "statusCode": 200} "#, true),
            (r#"{"imsEndpoint": "", "metascopes": ""}"#, true),
            (r#"{"integration": {"imsEndpoint": "x", "#, true),
            (r#"{"imsEndpoint": "", "metascopes": "", "technicalAccount": {"clientId": "x"}}"#, true),
            (r#"{"imsEndpoint": "", "metascopes": "", "clientId": "", "clientSecret": ""}"#, false),
            (r#"{"imsEndpoint": ""}"#, false),
            (r#"{"integration": {}, "other": {"imsEndpoint": ""}}"#, false),
            (r#"{"integration": {"a": {"imsEndpoint": ""}}}"#, false),
            (r#"{"a": {"imsEndpoint": "", "metascopes": ""}}"#, false),
            (r#"{"sops": {}, "integration": {"imsEndpoint": "x"}}"#, false),
            (r#"{"integration": {"imsEndpoint": "x"}} {"#, false),
            (r#"[{"imsEndpoint": "", "metascopes": ""}"#, false),
            (r#"x{"imsEndpoint": "", "metascopes": ""}"#, false),
            (r#""imsEndpoint": "", "metascopes": ""}"#, false),
            ("", false),
            ("{\"a", false),
            ("}", false),
        ] {
            assert_eq!(is_document(text.as_bytes()), expected, "{text}");
        }
    }
}
