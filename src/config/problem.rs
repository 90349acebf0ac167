//! What is wrong with a configuration, and where.

use crate::source::Span;

/// Everything that is wrong with one configuration.
#[derive(Debug)]
pub struct Problems {
    /// Whether the text is not TOML at all. It may be any file then, passed by mistake, so little of it may be shown.
    pub is_syntax: bool,
    /// The mistakes, in the order of the text.
    pub list: Vec<Problem>,
}

/// One mistake.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The characters concerned.
    pub span: Span,
    /// What is wrong, in one clause without a final stop.
    pub message: String,
    /// A few words beside the caret.
    pub label: String,
    /// What to do; may be empty.
    pub help: String,
}
