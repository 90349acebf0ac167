//! What one file holds: the document that it is, or the documents that lie in it.
//!
//! Owns: what counts of what unwrapping finds, and saying of a document where it lies. Does not own: unwrapping (see
//! `discover`), judging.

use crate::check::Checked;
use crate::credential::Form;
use crate::discover::unwrap::{self, Document, Trail, Unwrapped, said_of};
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
    let mut any = false;
    let rest = unwrap::unwrap(name, bytes, &unwrap::Limits::default(), &mut |found| match found {
        Unwrapped::Document(document)
            if document.trail.steps().is_empty() && document.form == Form::Document =>
        {
            plain = Some(document.bytes);
        }
        Unwrapped::Document(document) => {
            any = true;
            inner(document);
        }
        // A damaged archive that nobody asked for by name is no reason to fail.
        Unwrapped::Unreadable { trail, reason } if named => failures.push(said_of(&trail, reason)),
        // The rules about documents have limits of their own, and say so.
        Unwrapped::LimitHit { trail, .. } if trail.steps().is_empty() => {}
        Unwrapped::LimitHit { trail, limit } => failures.push(said_of(&trail, &limit.to_string())),
        Unwrapped::Part(_) | Unwrapped::Encrypted(_) | Unwrapped::Unreadable { .. } => {}
    });
    // What comes back is the file as it is, and what was handed out may be in another encoding.
    Opened { whole: rest.or(plain).filter(|_| !any), failures }
}

/// Says of what was found in a document that this lies behind `trail`. There it can't be edited in place.
pub(super) fn locate(checked: &mut Checked, trail: &Trail) {
    checked.facts.within = trail.to_string();
    for finding in &mut checked.findings {
        finding.draft.fix = None;
        finding.suggestions.clear();
    }
}
