//! A name and a value with their places, whatever syntax they are from.
//!
//! Owns: the pair. Does not own: which of them belong together (see `find::assemble`).

use crate::source::{Origin, Span};
use crate::unwrap::limits::Attempts;
use crate::unwrap::place::Extract;
use crate::unwrap::shared::Dialect;

/// A name and a value, as `.env` files, property files and objects have them.
#[derive(Clone, Debug)]
pub(crate) struct Assignment {
    /// The name as written.
    pub(crate) name: String,
    /// Where the name is.
    pub(crate) name_span: Span,
    /// The value, and where it is.
    pub(crate) value: Extract,
}

impl Assignment {
    /// The same in a text in which everything is `by` bytes further on.
    pub(crate) fn shifted(self, by: usize) -> Self {
        let name_span = Span::new(self.name_span.start + by, self.name_span.end + by);
        Self { name: self.name, name_span, value: self.value.shifted(by) }
    }

    /// The same with its places carried through `outer`, the origin of the text that it was read from.
    pub(crate) fn through(self, outer: &Origin) -> Self {
        let name_span = outer.outer(self.name_span);
        Self { name: self.name, name_span, value: self.value.through(outer) }
    }
}

/// The value of an assignment before it is read.
#[derive(Clone, Copy)]
pub(crate) struct Unread<'t> {
    pub(crate) text: &'t str,
    /// Where the value begins.
    pub(crate) start: usize,
    /// Where the line ends in which it begins.
    pub(crate) line_end: usize,
    /// How the file is written.
    pub(crate) dialect: Dialect,
    /// How many values that seem to have many lines and don't are still followed.
    pub(crate) attempts: &'t Attempts,
}

impl<'t> Unread<'t> {
    /// The text from the value on.
    pub(crate) fn rest(&self) -> &'t str {
        self.text.get(self.start..).unwrap_or_default()
    }
}
