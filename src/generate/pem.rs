//! PEM text as the console issues it.

use crate::credential::pem;
use crate::secret::Secret;

/// The bytes of one PEM block and how they are spelled.
pub(super) struct Block {
    pub(super) label: &'static str,
    pub(super) bytes: Secret<Vec<u8>>,
    /// The characters on a line, a multiple of 4.
    pub(super) columns: usize,
}

impl Block {
    /// A block in lines as issued.
    pub(super) const fn new(label: &'static str, bytes: Secret<Vec<u8>>) -> Self {
        Self { label, bytes, columns: pem::COLUMNS }
    }

    /// The text, with CRLF after every line including the last, as issued.
    pub(super) fn text(&self) -> Secret<String> {
        pem::write(self.label, self.bytes.expose(), self.columns)
    }
}
