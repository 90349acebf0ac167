//! What a JSON document is that people take for service credentials, and what is around one.
//!
//! Owns: telling such documents apart. Does not own: recognizing a credential (see `recognise`).

use super::Field;
use super::recognise::{has_envelope, is_integration, is_success};
use crate::json::{Kind, Object, Text, Value};
use crate::source::Span;

/// Documents that aren't service credentials but that people have beside them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Foreign {
    /// The console's error answer: no credential in it.
    ErrorResponse,
    /// The token service's error answer (RFC 6749 section 5.2).
    TokenError,
    /// Encrypted by SOPS, which leaves its record at the top.
    Encrypted,
    /// A document with nothing but brackets and a name around it; the document's place.
    Enclosed(Span),
    /// A JSON string that itself holds a document.
    StringifiedDocument,
    /// A Kubernetes manifest.
    Kubernetes,
    /// A JSON Web Key or a set of them.
    WebKey,
    /// A key of a Google service account.
    GoogleServiceAccount,
    /// None of those.
    Other,
}

/// Names that people and tools put around a whole document, and no export of a secret store by itself does.
pub const ENCLOSURES: [&str; 5] = ["data", "integration", "response", "result", "body"];

/// The document with nothing around it but arrays and objects of one member.
pub fn enclosed<'v, 's>(root: &'v Value<'s>) -> Option<&'v Value<'s>> {
    /// More levels than this nobody puts around a document.
    const DEEPEST: usize = 8;
    let mut value = root;
    for _ in 0..DEEPEST {
        value = match &value.kind {
            Kind::Array(items) => match items.as_slice() {
                [item] => item,
                _ => return None,
            },
            Kind::Object(object) => match object.members.as_slice() {
                [member] if ENCLOSURES.contains(&member.key.as_str()) => &member.value,
                _ => return None,
            },
            _ => return None,
        };
        let inner = value.as_object();
        let is_document = |object: &Object<'_>| {
            let integration =
                object.get(Field::Integration.name()).and_then(|member| member.value.as_object());
            integration.is_some_and(|integration| is_integration(integration, 1)) || is_integration(object, 2)
        };
        if inner.is_some_and(is_document) {
            return Some(value);
        }
    }
    None
}

pub(super) fn foreign(root: &Value<'_>) -> Foreign {
    if root.as_object().is_some_and(|top| top.has("sops")) {
        return Foreign::Encrypted;
    }
    if let Some(inner) = enclosed(root) {
        return Foreign::Enclosed(inner.span);
    }
    let object = match &root.kind {
        Kind::Object(object) => object,
        Kind::String(text) if text.as_str().trim_start().starts_with('{') => {
            return Foreign::StringifiedDocument;
        }
        _ => return Foreign::Other,
    };
    let string = |name: &str| object.get(name).and_then(|member| member.value.as_text()).map(Text::as_str);
    if has_envelope(object) && !is_success(object)
        || object.has("error") && object.has(Field::StatusCode.name())
    {
        Foreign::ErrorResponse
    } else if string("error").is_some() && string("error_description").is_some() {
        Foreign::TokenError
    } else if object.has("apiVersion") && object.has("kind") {
        Foreign::Kubernetes
    } else if object.has("kty") || object.has("keys") {
        Foreign::WebKey
    } else if string("type") == Some("service_account") {
        Foreign::GoogleServiceAccount
    } else {
        Foreign::Other
    }
}
