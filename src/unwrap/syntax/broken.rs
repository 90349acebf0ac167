//! A document that can't be parsed.
//!
//! Owns: that a text is meant to be one. Does not own: what is wrong with it, which the check says.

use crate::credential::names_service_credential;
use crate::unwrap::find::document::{is_broken_json, is_source_object};
use crate::unwrap::find::{parts, prefilter};
use crate::unwrap::limits::Budget;
use crate::unwrap::piece::{Inside, Pieces, pieces};
use crate::unwrap::place::Text;

/// The parts of a broken document. The file itself comes back to the caller. A whole object in it doesn't make up for what
/// is wrong around it, but its parts are still there.
pub(crate) fn read<'t>(text: &'t Text<'_>, _: &'t Budget<'_>) -> Option<Pieces<'t>> {
    if !is_broken_json(text) || !text.text().trim_ascii_start().starts_with('{') || !means_document(text) {
        return None;
    }
    let whole = (!text.is_outermost()).then(|| Inside::Whole.here());
    let secrets = parts::all(text.text()).into_iter().filter(|(field, _)| field.secret() || field.pem());
    let parts = secrets.map(|(field, span)| Inside::Value(field, String::new(), text.slice(span)).here());
    Some(pieces(parts.chain(whole)))
}

/// Returns true if a text that is no JSON was meant to be a document: it names fields as JSON does, or, where a document is
/// kept as a value, in whatever way.
fn means_document(text: &Text<'_>) -> bool {
    names_service_credential(text.text())
        || !text.is_outermost()
            && is_source_object(text.text())
            && !text.is_assigned_in_source()
            && prefilter::names_credential(text.text().as_bytes())
}
