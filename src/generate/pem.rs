//! PEM text as the console issues it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::secret::Secret;

/// The bytes of one PEM block and how they are spelled.
pub(super) struct Block {
    pub(super) label: &'static str,
    pub(super) bytes: Secret<Vec<u8>>,
    /// The characters on a line, a multiple of 4.
    pub(super) columns: usize,
}

impl Block {
    /// A block in lines of 64 columns, as issued.
    pub(super) const fn new(label: &'static str, bytes: Secret<Vec<u8>>) -> Self {
        Self { label, bytes, columns: 64 }
    }

    /// The text, with CRLF after every line including the last, as issued.
    pub(super) fn text(&self) -> Secret<String> {
        let bytes = self.bytes.expose();
        let lines = bytes.chunks(self.columns / 4 * 3);
        // Room for everything from the start: a string that grows leaves copies of itself behind.
        let length = bytes.len().div_ceil(3) * 4 + lines.len() * 2 + self.label.len() * 2 + 64;
        let mut text = String::with_capacity(length);
        for part in ["-----BEGIN ", self.label, "-----\r\n"] {
            text.push_str(part);
        }
        for line in lines {
            STANDARD.encode_string(line, &mut text);
            text.push_str("\r\n");
        }
        for part in ["-----END ", self.label, "-----\r\n"] {
            text.push_str(part);
        }
        Secret::new(text)
    }
}
