//! What a document is.
//!
//! Owns: which object of a tree is one, and that a text is meant to be one object. Does not own: assembling one from fields.

use crate::credential::{
    CLIENT_SECRET, DOCUMENT_NAMES, DocumentKind, Field, OWN, field_of, is_card, recognise,
};
use crate::json::{Object, Value};
use crate::source::Span;
use crate::unwrap::Json;
use crate::unwrap::decode::escapes::is_escaped;
use crate::unwrap::decode::quoted_printable::is_all;
use crate::unwrap::find::encrypted::is_sops_value;
use crate::unwrap::find::field;
use crate::unwrap::place::{Extract, Text};
use crate::unwrap::shared::{Format, Member, Node, Writer, get};

/// Returns true if `text` begins like JSON and can't be read as it, and isn't an object with escapes or in quoted-printable either.
pub(crate) fn is_broken_json(text: &Text<'_>) -> bool {
    matches!(text.json.get(), Json::Broken(_)) && !is_escaped(text.text()) && !is_all(text.text())
}

/// Returns true if `text` begins with an object whose first name isn't written as JSON has it.
pub(crate) fn is_source_object(text: &str) -> bool {
    text.trim_ascii_start().strip_prefix('{').is_some_and(|inner| !inner.trim_ascii_start().starts_with('"'))
}

/// The text of `node`, which is part of `text`, as JSON, if it may be a document.
pub(crate) fn written(node: &Node<'_>, text: &str, format: Format) -> Option<Extract> {
    let members = node.members();
    if !may_be_document(members) {
        return None;
    }
    match format {
        Format::Json => Some(Extract::slice(text, node.span())),
        Format::Other if has_own(members) || get(members, Field::Integration.name()).is_some() => {
            let mut writer = Writer::new(node.span().length(), Span::at(node.span().start));
            writer.node(node, text);
            Some(writer.finish())
        }
        Format::Other => None,
    }
}

/// Whether an object with these members is worth a look as a document.
pub(crate) fn may_be_document(members: &[Member<'_>]) -> bool {
    let is_token = |member: &Member<'_>| member.name.starts_with("access");
    let names = |member: &Member<'_>| {
        DOCUMENT_NAMES.contains(&&*member.name) && (!is_token(member) || is_answer(members))
    };
    // In a schema, each name has an object.
    let has_value = || members.iter().any(|member| member.value.members().is_empty());
    is_card(|| members.iter().map(|member| &*member.name)) && has_value()
        || members.iter().any(names) && !is_flat(members)
}

/// Whether the client's ID or secret stands beside the other fields, where issued documents have an object for the two: so
/// programs keep them.
fn is_flat(members: &[Member<'_>]) -> bool {
    let has = |field: Field| get(members, field.name()).is_some();
    (has(Field::ClientId) || has(Field::ClientSecret))
        && !has(Field::TechnicalAccount)
        && !has(Field::Integration)
}

/// Whether these are the members of a document's inner object, which has the client's ID and secret in one of its own.
pub(crate) fn is_inner(members: &[Member]) -> bool {
    get(members, Field::TechnicalAccount.name()).is_some()
        && get(members, Field::Integration.name()).is_none()
        && !is_card(|| members.iter().map(|member| &*member.name))
}

/// Whether nothing but one token and what is said about it is in an object, as services answer. Whoever keeps a token beside
/// other secrets or in an object with its expiry is a program.
fn is_answer(members: &[Member<'_>]) -> bool {
    let is_secret = |member: &Member<'_>| {
        let field = member.value.scalar().and_then(|scalar| field::of(&member.name, &scalar.text()));
        matches!(field, Some(Field::ClientSecret | Field::PrivateKey))
    };
    let is_token = |member: &&Member<'_>| {
        member.value.scalar().is_some_and(|scalar| field_of(&scalar.text()) == Some(Field::AccessToken))
    };
    members.iter().all(|member| member.value.members().is_empty() && !is_secret(member))
        && members.iter().filter(is_token).count() < 2
}

/// Whether `value` is a document. A pair of keys, which other programs keep as `privateKey` and `publicKey` too, is none
/// of AEM's without a third field.
pub(crate) fn is_document(value: &Value<'_>) -> bool {
    let Some(object) = value.as_object() else { return false };
    // What it is doesn't depend on the text around it.
    let kind = recognise("", value).kind();
    if kind != DocumentKind::ServiceCredentials {
        return kind != DocumentKind::Unknown;
    }
    let inner = object.get(Field::Integration.name()).and_then(|member| member.value.as_object());
    let has_own = |object: &Object<'_>| OWN.iter().any(|field| object.has(field.name()));
    // A schema has objects where a document has strings.
    let is_text = |field: &Field| {
        let holders = [Some(object), inner].into_iter().flatten();
        holders.filter_map(|object| object.get(field.name())).any(|member| member.value.as_object().is_none())
    };
    let mut texts =
        [Field::ImsEndpoint, Field::Metascopes, Field::PrivateKey, Field::PublicKey, Field::Org].iter();
    (has_own(object) || inner.is_some_and(has_own)) && texts.any(is_text)
}

fn has_own(members: &[Member<'_>]) -> bool {
    OWN.iter().any(|field| get(members, field.name()).is_some())
}

/// Whether what is secret in a document is encrypted.
pub(crate) fn has_sops_values(text: &str) -> bool {
    is_sops_value(text) && !text.contains("PRIVATE KEY-----") && !text.contains(CLIENT_SECRET)
}
