//! JSON (RFC 8259), and a token of Adobe's, which is all of a text.
//!
//! Owns: that all of a text is one value. Does not own: the grammar (see `json`), several values (see `json_lines`).

use crate::credential::Token;
use crate::json;
use crate::unwrap::Json;
use crate::unwrap::limits::{Budget, Limit};
use crate::unwrap::piece::{Inside, Pieces, pieces};
use crate::unwrap::place::Text;

/// The value that `text` is.
pub(crate) fn read<'t>(text: &'t Text<'_>, budget: &'t Budget<'_>) -> Result<Option<Pieces<'t>>, Limit> {
    // Further in, a token is a part, which says where it is.
    if text.is_outermost() && Token::bare(text.text()).is_some_and(|token| token.is_adobes()) {
        return Ok(Some(pieces([Inside::Whole.here()])));
    }
    if !text.text().trim_ascii_start().starts_with(['{', '[', '"']) {
        return Ok(None);
    }
    match json::parse(text.text(), budget.structure()) {
        Ok(root) => {
            text.json.set(Json::Valid);
            Ok(Some(pieces([Inside::Json(root).here(), Inside::Unexplained(text.all()).here()])))
        }
        Err(error) => match Limit::of(error.kind, budget.structure()) {
            Some(limit) => {
                text.json.set(Json::Valid);
                Ok(Some(pieces([Inside::Limit(limit).here(), Inside::Prose(text.all()).here()])))
            }
            None => {
                text.json.set(Json::Broken(error.kind));
                Ok(None)
            }
        },
    }
}
