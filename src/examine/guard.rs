//! The last line of defence against leaks.
//!
//! Owns: looking through everything that a rule wants to say. Does not own: what a secret is (see `Exposure`).

use crate::credential::Exposure;
use crate::finding::{Change, Draft, Fix, Replacement};
use crate::json;
use crate::rule::Rule;
use crate::secret::Secret;

/// The last line of defence: a message in which a secret stands after all gives way to the rule's own summary.
pub(super) fn guarded(mut draft: Draft, rule: &'static Rule, exposure: &Exposure<'_>) -> Draft {
    let guard = |text: &mut String, instead: &str| {
        if exposure.leaks(text) {
            instead.clone_into(text);
        }
    };
    guard(&mut draft.message, rule.summary);
    guard(&mut draft.label, "");
    guard(&mut draft.help, rule.remedy);
    if let Some(Fix { label, change }) = &mut draft.fix {
        guard(label, "correct it");
        if let Change::Text(edits) = change {
            for edit in edits {
                if let Replacement::Public(text) = &mut edit.replacement
                    && exposure.leaks(text)
                {
                    edit.replacement = Replacement::Secret(Secret::new(std::mem::take(text)));
                }
            }
        }
    }
    draft.related.iter_mut().for_each(|related| guard(&mut related.message, "see here"));
    if exposure.leaks(draft.place.pointer.as_str()) {
        draft.place.pointer = json::Pointer::root();
    }
    for related in &mut draft.related {
        if exposure.leaks(related.place.pointer.as_str()) {
            related.place.pointer = json::Pointer::root();
        }
    }
    draft
}
