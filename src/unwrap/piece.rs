//! What a reader finds inside a text.
//!
//! Owns: the kinds of things that are handed to the driver. Does not own: what becomes of them.

use crate::credential::Field;
use crate::source::Span;
use crate::unwrap::Encryption;
use crate::unwrap::limits::Limit;
use crate::unwrap::place::{Extract, Step};
use crate::unwrap::shared::{Assignment, Format, Node};

/// Things inside a text, in order, each made when it is asked for: so only one of them need be in memory.
pub(crate) type Pieces<'t> = Box<dyn Iterator<Item = Piece<'t>> + 't>;

/// Something inside a text.
pub(crate) struct Piece<'t> {
    /// The steps to it from the text that was read.
    pub(crate) steps: Vec<Step>,
    pub(crate) inside: Inside<'t>,
}

/// The kinds of things inside a text. All places are in the text that was read.
pub(crate) enum Inside<'t> {
    /// The text as a whole is a document, though it can't be parsed.
    Whole,
    /// The text as a whole is this value.
    Json(Node<'t>),
    /// A part of the text that is meant to be a document, though it can't be parsed.
    Document(Span),
    /// A structured part of the text.
    Tree(Node<'t>, Format),
    /// Names and values without more structure.
    Assignments(Vec<Assignment>),
    /// A text to be looked at in its own right.
    Text(Extract),
    /// A part of the text without a structure of its own.
    Prose(Span),
    /// A value that says by its shape which field it is, and its name, if it has one.
    Value(Field, String, Extract),
    /// A part of the text whose structure has been read. Values are still in what it doesn't explain: in keys, say.
    Unexplained(Span),
    /// Something encrypted.
    Encrypted(Encryption, Span),
    /// Something was too much to be read.
    Limit(Limit),
}

impl<'t> Inside<'t> {
    /// This without further steps.
    pub(crate) const fn here(self) -> Piece<'t> {
        Piece { steps: Vec::new(), inside: self }
    }

    /// This after one step.
    pub(crate) fn after(self, step: Step) -> Piece<'t> {
        Piece { steps: vec![step], inside: self }
    }
}

/// What is too much for the limits of its syntax, to be looked through as prose.
pub(crate) fn too_much<'t>(limit: Limit, span: Span) -> Pieces<'t> {
    pieces([Inside::Limit(limit).here(), Inside::Prose(span).here()])
}

/// Pieces that are there already.
pub(crate) fn pieces<'t>(pieces: impl IntoIterator<Item = Piece<'t>, IntoIter: 't>) -> Pieces<'t> {
    Box::new(pieces.into_iter())
}
