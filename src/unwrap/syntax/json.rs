//! JSON (RFC 8259), and a token of Adobe's, which is all of a text.
//!
//! Owns: that all of a text is one value. Does not own: the grammar (see `json`), several values (see `json_lines`).

use crate::credential::Token;
use crate::json;
use crate::unwrap::Json;
use crate::unwrap::limits::{Budget, Limit};
use crate::unwrap::piece::{Inside, Pieces, pieces, too_much};
use crate::unwrap::place::Text;

/// The value that `text` is.
pub(crate) fn read<'t>(text: &'t Text<'_>, budget: &'t Budget<'_>) -> Option<Pieces<'t>> {
    // Further in, a token is a part, which says where it is.
    if text.is_outermost() && Token::bare(text.text()).is_some_and(|token| token.is_adobes()) {
        return Some(pieces([Inside::Whole.here()]));
    }
    if !text.text().trim_ascii_start().starts_with(['{', '[', '"']) {
        return None;
    }
    let (json, read) = match json::parse(text.text(), budget.structure()) {
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
