//! What one file holds: the document that it is, or the documents that lie in it.
//!
//! Owns: what counts of what unwrapping finds, and saying of a document where it lies. Does not own: unwrapping (see
//! `discover`), judging.

use std::path::Path;

use crate::check::Checked;
use crate::credential::Form;
use crate::discover::unwrap::{self, Document, Step, Trail, Unwrapped, said_of};
use crate::secret::Secret;

/// A file that was looked into.
pub(super) struct Opened {
    /// The file as it is: it is a document itself, or there is none in it.
    pub(super) whole: Option<Secret<Vec<u8>>>,
    /// What of it could not be looked at.
    pub(super) failures: Vec<String>,
}

/// Looks into the file `name`, and hands each document that lies in it to `inner`. `named` says whether somebody asked
/// for just this file.
pub(super) fn open(
    name: &str,
    named: bool,
    bytes: Secret<Vec<u8>>,
    inner: &mut dyn FnMut(Document),
) -> Opened {
    let mut failures = Vec::new();
    let mut plain = None;
    let mut documents = Vec::new();
    let means_json = means_json(name, bytes.expose());
    let rest = unwrap::unwrap(name, bytes, &unwrap::Limits::default(), &mut |found| match found {
        Unwrapped::Document(document)
            if document.trail.steps().is_empty() && document.form == Form::Document =>
        {
            plain = Some(document.bytes);
        }
        Unwrapped::Document(document) => documents.push(document),
        // A damaged archive that nobody asked for by name is no reason to fail.
        Unwrapped::Unreadable { trail, reason } if named => failures.push(said_of(&trail, reason)),
        // The rules about documents have limits of their own, and say so.
        Unwrapped::LimitHit { trail, .. } if trail.steps().is_empty() => {}
        Unwrapped::LimitHit { trail, limit } => failures.push(said_of(&trail, &limit.to_string())),
        Unwrapped::Part(_) | Unwrapped::Encrypted(_) | Unwrapped::Unreadable { .. } => {}
    });
    // JSON with a comment before it, or twice the same, is no JSON: the client gets the whole file, not what we find in it.
    let is_remainder =
        |document: &Document| matches!(document.trail.steps(), [Step::Embedded(_) | Step::DocumentNumber(_)]);
    if means_json && documents.iter().all(is_remainder) {
        documents.clear();
    }
    // What comes back is the file as it is, and what was handed out may be in another encoding.
    let whole = rest.or(plain).filter(|_| documents.is_empty());
    documents.into_iter().for_each(inner);
    Opened { whole, failures }
}

/// Whether a file is meant to be one JSON document, by its name or by how it begins.
fn means_json(name: &str, bytes: &[u8]) -> bool {
    let named = Path::new(name).extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json"));
    let start = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes).trim_ascii_start();
    named || start.first().is_some_and(|first| b"{,'\"/(".contains(first))
}

/// Says of what was found in a document that this lies behind `trail`. There it can't be edited in place.
pub(super) fn locate(checked: &mut Checked, trail: &Trail) {
    checked.facts.within = trail.to_string();
    for finding in &mut checked.findings {
        finding.draft.fix = None;
        finding.suggestions.clear();
    }
}
