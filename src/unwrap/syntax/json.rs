//! JSON (RFC 8259), and a token of Adobe's, which is all of a text.
//!
//! Owns: that all of a text is one value. Does not own: the grammar (see `json`), several values (see `json_lines`).

use crate::credential::Token;
use crate::unwrap::Json;
use crate::unwrap::limits::{Budget, Limit};
use crate::unwrap::piece::{Inside, Pieces, pieces, too_much};
use crate::unwrap::place::Text;
use crate::unwrap::shared::Node;

/// The value that `text` is.
pub(crate) fn read<'t>(text: &'t Text<'_>, budget: &'t Budget<'_>) -> Option<Pieces<'t>> {
    // Further in, a token is a part, which says where it is.
    if text.is_outermost() && Token::bare(text.text()).is_some_and(|token| token.is_adobes()) {
        return Some(pieces([Inside::Whole.here()]));
    }
    let beginning = text.text().trim_ascii_start();
    if !beginning.starts_with(['{', '[', '"']) || is_markup(beginning.as_bytes()) {
        return None;
    }
    let (json, read) = match Node::json(text.text(), text.all(), budget.structure()) {
        Ok(root) => {
            (Json::Valid, Some(pieces([Inside::Json(root).here(), Inside::Unexplained(text.all()).here()])))
        }
        Err(error) => match Limit::of(error.kind, budget.structure()) {
            Some(limit) => (Json::Valid, Some(too_much(limit, text.all()))),
            None => (Json::Broken(error.kind), None),
        },
    };
    text.json.set(json);
    read
}

/// What Jira and Confluence call blocks of text.
const BLOCKS: [&[u8]; 4] = [b"code", b"noformat", b"panel", b"quote"];

/// Returns true if `text` begins with the mark of such a block, as `{code:json}` and `{noformat}` are, and not with an object.
pub(crate) fn is_markup(text: &[u8]) -> bool {
    let named = |name: &&[u8]| text.strip_prefix(b"{")?.strip_prefix(*name);
    let Some(after) = BLOCKS.iter().find_map(named) else { return false };
    let line = after.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let is_closed = line.contains(&b'}') && !line.contains(&b'"') && !line.contains(&b'\'');
    after.starts_with(b"}") || after.starts_with(b":") && is_closed
}

#[cfg(test)]
mod tests {
    use super::is_markup;

    #[test]
    fn marks_of_blocks_are_no_objects() {
        for text in ["{code}", "{code:json}\n{}", "{code:title=a.json|borderStyle=solid}", "{noformat}x"] {
            assert!(is_markup(text.as_bytes()), "{text}");
        }
        for text in ["{code", "{\"code\": 1}", "{code: 'x'}", "{code: {", "{codes}", "{a}", "{}", ""] {
            assert!(!is_markup(text.as_bytes()), "{text}");
        }
    }
}
