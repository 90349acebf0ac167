//! The proof that fixes changed what they were to change, and nothing else.
//!
//! Owns: holding two documents against each other. Does not own: making the second one.

use sha2::{Digest as _, Sha256};

use super::Refusal;
use crate::credential::{Field, PemField, enclosed, recognise};
use crate::finding::Edit;
use crate::json::{self, Kind, Limits, Text, Value};

/// Whether `after` is the document `before` but for strings in which one of `edits` was made, and but for what is around it
/// that shouldn't be or that was missing.
pub(super) fn same_document(
    before: &str,
    after: &str,
    edits: &[&Edit],
    limits: Limits,
) -> Result<(), Refusal> {
    let root = json::parse(before, limits).map_err(|_| Refusal::Syntax)?;
    // What is around the document may go.
    let old = enclosed(&root).unwrap_or(&root);
    let new = json::parse(after, limits).map_err(|_| Refusal::Syntax)?;
    let edited = |old: &Value<'_>, new: &Value<'_>| is_edited(old, new, edits);
    let wrapped = || wrapped(&new).is_some_and(|inner| old.is_same(inner, &edited));
    if !old.is_same(&new, &edited) && !wrapped() {
        return Err(Refusal::Values);
    }
    let keys = |text, root| {
        let credential = recognise(text, root).credential;
        let private_key = credential.as_ref().and_then(|credential| credential.private_key.as_ref());
        let certificate = credential.as_ref().and_then(|credential| credential.certificate.as_ref());
        [private_key.map(|field| &field.pem), certificate.map(|field| &field.pem)].map(digest)
    };
    if equal(&keys(before, old), &keys(after, &new)) { Ok(()) } else { Err(Refusal::Key) }
}

/// What stands in the wrapper, if `root` is nothing but the wrapper and that.
fn wrapped<'v, 's>(root: &'v Value<'s>) -> Option<&'v Value<'s>> {
    let [ok, integration, status] = root.as_object()?.members.as_slice() else { return None };
    let names = [ok, integration, status].map(|member| member.key.as_str());
    let right = names == [Field::Ok, Field::Integration, Field::StatusCode].map(Field::name)
        && matches!(ok.value.kind, Kind::Bool(true))
        && matches!(status.value.kind, Kind::Number("200"));
    right.then_some(&integration.value)
}

/// Whether an edit was made between the quotation marks of the string `old`, or wrote the strings of an array as one.
fn is_edited(old: &Value<'_>, new: &Value<'_>, edits: &[&Edit]) -> bool {
    let inside = edits.partition_point(|edit| edit.span.start <= old.span.start);
    match (&old.kind, &new.kind) {
        (Kind::String(_), Kind::String(_)) => {
            edits.get(inside).is_some_and(|edit| edit.span.end < old.span.end)
        }
        (Kind::Array(items), Kind::String(new)) => {
            let names: Option<Vec<&str>> =
                items.iter().map(|item| item.as_text().map(Text::as_str)).collect();
            inside.checked_sub(1).is_some_and(|last| edits[last].span == old.span)
                && names.is_some_and(|names| names.join(",") == new.as_str())
        }
        _ => false,
    }
}

type Digests = [Option<[u8; 32]>; 2];

fn digest(field: Option<&PemField<'_, '_>>) -> Option<[u8; 32]> {
    Some(Sha256::digest(field?.block()?.contents.expose()).into())
}

/// Compares in a time that says nothing about what is in the keys.
fn equal(left: &Digests, right: &Digests) -> bool {
    left.iter().zip(right).all(|pair| match pair {
        (Some(left), Some(right)) => left.iter().zip(right).fold(0, |all, (l, r)| all | (l ^ r)) == 0,
        (left, right) => left.is_none() && right.is_none(),
    })
}

#[cfg(test)]
mod tests {
    use super::super::edits::apply;
    use super::*;
    use crate::finding::Replacement;
    use crate::source::Span;

    /// A document with a key of 100 bytes, which is no key, but DER.
    fn document() -> String {
        let der = [&[0x30, 0x62, 2, 1, 1, 2, 1, 2, 4, 90][..], &[0xAB; 90]].concat();
        let pem = crate::credential::pem::write("RSA PRIVATE KEY", &der, 64);
        let pem = json::escaped(pem.expose());
        format!(
            "{{\"imsEndpoint\": \" a\", \"metascopes\": \"b\", \"privateKey\": \"{}\", \"n\": [1, null]}}",
            pem.expose()
        )
    }

    /// What comes of replacing the first `old` by `new`.
    fn outcome(old: &str, new: &str) -> Result<(), Refusal> {
        let text = document();
        let start = text.find(old).unwrap();
        let span = Span::new(start, start + old.len());
        let edit = Edit { span, replacement: Replacement::Public(new.to_owned()) };
        let after = apply(&text, "", &[&edit]);
        same_document(&text, after.expose(), &[&edit], Limits::default())
    }

    #[test]
    fn only_strings_change_and_never_the_key() {
        for (old, new, expected) in [
            (" a", "a", Ok(())),
            ("\": \" a", "\":   \" a", Ok(())),
            ("\": \"b", "\": \"c", Err(Refusal::Values)),
            ("\"b\"", "\"c\"", Err(Refusal::Values)),
            ("\"b\"", "1", Err(Refusal::Values)),
            ("metascopes", "metaScopes", Err(Refusal::Values)),
            ("1,", "2,", Err(Refusal::Values)),
            ("null", "true", Err(Refusal::Values)),
            (", null", "", Err(Refusal::Values)),
            (", \"metascopes\": \"b\"", "", Err(Refusal::Values)),
            ("\"b\"", "\"b", Err(Refusal::Syntax)),
            ("\"b\"", "", Err(Refusal::Syntax)),
            ("KEY-----\\r\\nMGIC", "KEY-----\\nMGIC", Ok(())),
            ("q6ur", "q6us", Err(Refusal::Key)),
            ("-----END RSA", "----END RSA", Ok(())),
            ("MGIC", "MGI", Err(Refusal::Key)),
        ] {
            assert_eq!(outcome(old, new), expected, "{new}");
        }
    }

    #[test]
    fn the_wrapper_may_come_around_it() {
        let text = document();
        for (before, after, expected) in [
            ("{\"ok\": true, \"integration\": ", ", \"statusCode\": 200}", Ok(())),
            ("{\"ok\": false, \"integration\": ", ", \"statusCode\": 200}", Err(Refusal::Values)),
            ("{\"ok\": true, \"integration\": ", ", \"statusCode\": 201}", Err(Refusal::Values)),
            ("{\"integration\": ", "}", Err(Refusal::Values)),
            ("[", "]", Err(Refusal::Values)),
        ] {
            let wrapped = format!("{before}{text}{after}");
            assert_eq!(same_document(&text, &wrapped, &[], Limits::default()), expected, "{before}");
        }
    }
}
