//! Edits of a text: which of them fit together, and the text with them.
//!
//! Owns: nothing but arithmetic of places. Does not own: whether the outcome is right (see `proof`).

use crate::finding::{Edit, Finding};
use crate::secret::Secret;

/// The edits of as many findings as fit together, in the order of the text, and those findings.
pub(super) fn choose<'f>(findings: &[&'f Finding]) -> (Vec<&'f Edit>, Vec<&'f Finding>) {
    let mut chosen: Vec<&Edit> = Vec::new();
    let mut taken = Vec::new();
    for finding in findings {
        let Some(fix) = &finding.draft.fix else { continue };
        // Several findings may have the same correction.
        let new: Vec<_> =
            fix.edits().iter().filter(|edit| !chosen.iter().any(|other| is_same(edit, other))).collect();
        if new.iter().any(|edit| chosen.iter().any(|other| conflict(edit, other))) {
            continue;
        }
        chosen.extend(new);
        taken.push(*finding);
    }
    chosen.sort_by_key(|edit| edit.span);
    (chosen, taken)
}

/// `mark`, and `text` with `edits`, which are in its order and don't conflict.
pub(super) fn apply(text: &str, mark: &str, edits: &[&Edit]) -> Secret<String> {
    let added: usize = edits.iter().map(|edit| edit.replacement.expose().len()).sum();
    // Room for everything from the start: a string that grows leaves copies of itself behind.
    let mut edited = String::with_capacity(mark.len() + text.len() + added);
    edited.push_str(mark);
    let mut offset = 0;
    for edit in edits {
        edited.push_str(text.get(offset..edit.span.start).unwrap_or_default());
        edited.push_str(edit.replacement.expose());
        offset = edit.span.end;
    }
    edited.push_str(text.get(offset..).unwrap_or_default());
    Secret::new(edited)
}

fn is_same(left: &Edit, right: &Edit) -> bool {
    left.span == right.span && left.replacement.expose() == right.replacement.expose()
}

/// Whether the outcome would depend on which of both comes first.
fn conflict(left: &Edit, right: &Edit) -> bool {
    let (left, right) = (left.span, right.span);
    let overlap = left.start < right.end && right.start < left.end;
    let insertion = left.start == left.end || right.start == right.end;
    let touch = left.start == right.end || right.start == left.end;
    overlap || insertion && touch
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Replacement;
    use crate::source::Span;

    fn edit(start: usize, end: usize, text: &str) -> Edit {
        Edit { span: Span::new(start, end), replacement: Replacement::Public(text.to_owned()) }
    }

    #[test]
    fn edits_conflict_when_their_order_matters() {
        for (left, right, expected) in [
            (edit(0, 2, ""), edit(2, 4, ""), false),
            (edit(0, 2, ""), edit(1, 4, ""), true),
            (edit(0, 4, ""), edit(1, 2, ""), true),
            (edit(0, 2, ""), edit(2, 2, "x"), true),
            (edit(2, 2, "y"), edit(2, 2, "x"), true),
            (edit(1, 1, "y"), edit(2, 2, "x"), false),
            (edit(1, 1, "y"), edit(0, 2, ""), true),
        ] {
            assert_eq!(conflict(&left, &right), expected, "{left:?} {right:?}");
            assert_eq!(conflict(&right, &left), expected, "{right:?} {left:?}");
        }
    }

    #[test]
    fn everything_else_stays() {
        let edits = [edit(0, 0, "<"), edit(1, 3, ""), edit(3, 5, "12"), edit(7, 7, ">")];
        let edited = apply("abcdeé", "\u{FEFF}", &edits.iter().collect::<Vec<_>>());
        assert_eq!(edited.expose(), "\u{FEFF}<a12é>");
    }
}
