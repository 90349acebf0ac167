//! What is wrong with a configuration, and where.

use crate::source::Span;

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
