//! A PEM field: the scan of its text, and the way from a place in the PEM to a place in the document.

use std::ops::Range;

use super::Field;
use super::pem::{Block, Scan, Wanted, scan};
use crate::finding::Place;
use crate::json::{Pointer, Text};

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
}

impl<'v, 's> PemField<'v, 's> {
    pub(super) fn new(field: Field, text: &'v Text<'s>, pointer: Pointer) -> Self {
        let wanted = if field == Field::PrivateKey { Wanted::PrivateKey } else { Wanted::Certificate };
        Self { field, text, pointer, scan: scan(text.as_str(), wanted) }
    }

    /// The block that the client would read.
    #[must_use]
    pub fn block(&self) -> Option<&Block> {
        self.scan.block.as_ref()
    }

    /// The whole value.
    #[must_use]
    pub fn place(&self) -> Place {
        Place::new(self.pointer.clone(), self.text.span())
    }

    /// The bytes `range` of the decoded PEM, as a place in the document, escapes counted.
    #[must_use]
    pub fn place_of(&self, range: Range<usize>) -> Place {
        Place::new(self.pointer.clone(), self.text.place(range))
    }
}
