//! Backslash escapes around an object.
//!
//! Owns: recognising that an object is escaped. Does not own: what an escape stands for (see `shared::escape`).

use crate::unwrap::place::{Extract, Step};
use crate::unwrap::shared::unescape;

/// Takes the backslashes off an object that was pasted from inside a string, or stored as Java's properties have it.
pub(crate) fn decode(text: &str) -> Option<(Step, Extract)> {
    is_escaped(text).then(|| (Step::Decoding("escapes"), unescape(text)))
}

/// Returns true if `text` is an object whose quotation marks or line breaks have backslashes before them.
pub(crate) fn is_escaped(text: &str) -> bool {
    let trimmed = text.trim_ascii_start();
    // FileVault escapes the bracket too, lest it be taken for a type: `c="\{…}"`, and in a list `c="[\{…}]"`.
    if trimmed.starts_with("\\{") || trimmed.starts_with("[\\{") {
        return true;
    }
    let Some(inner) = trimmed.strip_prefix('{') else { return false };
    let inner = inner.trim_start_matches([' ', '\t', '\r', '\n']);
    let is_quoted = ["\\\"", "\\n", "\\r", "\\t", "\\u0022"].iter().any(|mark| inner.starts_with(mark));
    // Java's properties put a backslash before the colon.
    let name = inner.strip_prefix('"').and_then(|name| name.split_once('"'));
    is_quoted || name.is_some_and(|(_, rest)| rest.starts_with("\\:"))
}
