//! The ways in which a text misses JSON's grammar, as values.
//!
//! Owns: their kinds. Does not own: finding them (see `parser`), nor words for them (see the rule `document-syntax`).

#[cfg(doc)]
use super::Limits;
use crate::source::Span;

/// Why a text is not one JSON value, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    /// What is wrong.
    pub kind: SyntaxErrorKind,
    /// The offending characters; empty at the end of the text.
    pub span: Span,
}

/// The ways in which a text misses the grammar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SyntaxErrorKind {
    /// Nothing but white space.
    Empty,
    /// The text ends where more must follow: inside what, and where that began.
    Truncated {
        /// `object`, `array`, `string` or `value`.
        inside: &'static str,
        /// Byte offset of its first character.
        opened: usize,
    },
    /// A second value or other text after the first value.
    TrailingData,
    /// A comma before a closing bracket.
    TrailingComma,
    /// A `//`, `/* */` or `#` comment.
    Comment,
    /// A string in single quotation marks.
    SingleQuotes,
    /// A string in typographic quotation marks, as word processors make them.
    CurlyQuotes,
    /// A key without quotation marks.
    UnquotedKey,
    /// Two values or members without a comma between them.
    MissingComma,
    /// A key without a colon after it.
    MissingColon,
    /// A key or value is missing: two commas, or a comma right after a bracket.
    MissingValue,
    /// A bracket closes what was opened by one of the other kind.
    WrongBracket,
    /// A line break inside a string.
    LineBreakInString,
    /// Another control character inside a string (RFC 8259 section 7).
    ControlCharacter,
    /// A backslash before something that can't be escaped.
    Escape,
    /// A number that JSON doesn't know (leading zero or plus, bare point, hexadecimal).
    Number,
    /// `True`, `None`, `NaN`, `undefined` and their like.
    Literal,
    /// Anything else.
    Unexpected,
    /// Nesting deeper than [`Limits::depth`].
    TooDeep,
    /// More values than [`Limits::values`].
    TooMany,
}
