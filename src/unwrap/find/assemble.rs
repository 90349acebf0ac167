//! Putting a document together from values that belong to each other.
//!
//! Owns: which values make up a credential; the document's text and where each part of it comes from. Does not own: where
//! values are found, and which belong together (see `owners`).

use crate::credential::{
    CLIENT_SECRET, ClientId, Field, ORGANISATION, TECHNICAL_ACCOUNT, Variable, Variables, field_of,
};
use crate::source::Span;
use crate::unwrap::find::names::{self, Name};
use crate::unwrap::find::values::FieldValue;
use crate::unwrap::place::{Builder, Extract, Step, Trail, shown};
use crate::unwrap::shared::Writer;

/// A document that was put together from values of one text.
#[derive(Debug)]
pub(crate) struct Assembled {
    /// The way from the file to what holds all of it.
    pub(crate) steps: Vec<Step>,
    /// From the text to the outermost.
    pub(crate) trail: Trail,
    /// The text.
    pub(crate) document: Extract,
    /// The variables that count, in the order of the issued document.
    pub(crate) variables: Variables,
}

/// Puts `values` of one text, which belong together, into a document; `None` if they are no credential of AEM.
pub(crate) fn assemble(values: &[&FieldValue]) -> Option<Assembled> {
    let present: Vec<&FieldValue> =
        Field::SERVICE.into_iter().filter_map(|field| last(values, field)).collect();
    if !is_credential(&present) {
        return None;
    }
    let variable = |value: &&FieldValue| Variable {
        field: value.field,
        name: if value.name.is_empty() { value.field.name().to_owned() } else { shown(&value.name) },
        span: value.trail.outer(value.name_span),
    };
    Some(Assembled {
        steps: steps(&present),
        trail: present.first()?.trail.clone(),
        document: write(&present),
        variables: Variables {
            present: present.iter().map(variable).collect(),
            key_file: present.iter().find_map(|value| value.key_file.clone()),
        },
    })
}

/// The value of `field` that counts: the last of those that are called like it, or else of all.
pub(crate) fn last<'v>(values: &[&'v FieldValue], field: Field) -> Option<&'v FieldValue> {
    let mut same = values.iter().copied().filter(|value| value.field == field);
    let is_named = |value: &&FieldValue| names::classify(&value.name).is_some_and(|name| name.field == field);
    same.clone().rfind(is_named).or_else(|| same.next_back())
}

/// What the ways to all values have in common, and how their names begin.
fn steps(values: &[&FieldValue]) -> Vec<Step> {
    let mut common: Vec<&Step> = values.first().map_or_else(Vec::new, |value| value.path().collect());
    for value in values {
        let length = common.iter().zip(value.path()).take_while(|(one, other)| **one == *other).count();
        common.truncate(length);
    }
    let named: Vec<(&str, Name)> = values
        .iter()
        .filter_map(|value| Some((value.name.as_str(), names::classify(&value.name)?)))
        .collect();
    let longest = named.iter().map(|(_, name)| name.prefix.as_str()).max_by_key(|prefix| prefix.len());
    // `IMS_ORG_ID` is the organization of `IMS_*` as well as that of variables without a prefix.
    let begins = |prefix: &str, (written, name): &(&str, Name)| {
        name.prefix == prefix || name.ims && written.starts_with(prefix)
    };
    let prefix = longest.filter(|prefix| {
        !prefix.is_empty() && named.len() == values.len() && named.iter().all(|name| begins(prefix, name))
    });
    common.into_iter().cloned().chain(prefix.map(|prefix| Step::Variables(shown(prefix)))).collect()
}

/// Whether these values make up a credential of AEM: a key or a secret, something to use it with, and a sign that it is
/// Adobe's. A client ID and a secret alone, as everybody's OAuth clients have them, don't.
fn is_credential(present: &[&FieldValue]) -> bool {
    let get = |field| present.iter().find(|value| value.field == field);
    let has = |field| get(field).is_some();
    let filled = |field| get(field).is_some_and(|value| !value.value.text().trim().is_empty());
    let is_own = present
        .iter()
        .any(|value| names::classify(&value.name).is_some_and(|name| names::is_own(&name.group)));
    let names_adobe = |value: &&FieldValue| {
        let name = value.name.to_ascii_uppercase();
        ["AEM", "ADOBE", "IMS"].iter().any(|word| name.contains(word))
    };
    let secret = filled(Field::PrivateKey) || filled(Field::ClientSecret);
    // A key that a broken file has cut up is none.
    let is_whole = |value: &&&FieldValue| !line_breaks(&value.value).text().contains('\\');
    let has_key = get(Field::PrivateKey).as_ref().is_some_and(is_whole);
    let is_scoped = || {
        has_key && filled(Field::PrivateKey) && get(Field::Metascopes).is_some_and(|value| is_adobes(value))
    };
    let client = has(Field::ClientId) || has(Field::Id) || has(Field::Org) || is_scoped();
    let is_aems =
        get(Field::ClientId).is_some_and(|value| ClientId::parse(value.value.text().trim()).is_some());
    let is_issued = get(Field::ClientSecret).is_some_and(|value| is_adobes(value)) && has(Field::ClientId);
    let adobe = is_own || present.iter().any(|value| names_adobe(value) || is_adobes(value));
    let jwt = has(Field::PrivateKey) || has(Field::Metascopes) || is_own || is_aems || is_issued;
    secret && client && adobe && jwt
}

/// Whether a value is shaped as only Adobe issues it.
fn is_adobes(value: &FieldValue) -> bool {
    let text = value.value.text().trim();
    match value.field {
        Field::ClientId => ClientId::parse(text).is_some(),
        Field::ClientSecret => text.starts_with(CLIENT_SECRET),
        Field::Email | Field::Id => text.ends_with(TECHNICAL_ACCOUNT),
        Field::Org => text.ends_with(ORGANISATION),
        Field::Metascopes => field_of(text) == Some(Field::Metascopes),
        Field::ImsEndpoint => text.contains("adobelogin.com"),
        _ => false,
    }
}

/// Writes the document as it is issued, with the fields that are present.
fn write(present: &[&FieldValue]) -> Extract {
    // A character of a JSON string has six bytes at most, which stand for one byte at least.
    let length: usize = present.iter().map(|value| value.value.text().len() * 6 + 64).sum();
    let nowhere = present.first().map_or(Span::default(), |value| value.name_span);
    let mut text = Writer::new(length + 256, nowhere);
    text.made_up("{\"ok\":true,\"integration\":{");
    let mut separator = "";
    let of = |parent| present.iter().filter(move |value| value.field.parent() == Some(parent));
    if of(Field::TechnicalAccount).next().is_some() {
        text.made_up("\"technicalAccount\":{");
        for value in of(Field::TechnicalAccount) {
            member(&mut text, separator, value);
            separator = ",";
        }
        text.made_up("}");
        separator = ",";
    }
    for value in of(Field::Integration) {
        member(&mut text, separator, value);
        separator = ",";
    }
    text.made_up("},\"statusCode\":200}");
    text.finish()
}

/// `"name":"value"`, the name at the variable's, the value at its own place.
fn member(text: &mut Writer, separator: &str, value: &FieldValue) {
    text.made_up(separator);
    text.name(value.field.name(), value.name_span, &value.name);
    if value.value.text().is_empty() {
        return text.empty_string(value.name_span);
    }
    let unescaped = value.field.pem().then(|| line_breaks(&value.value));
    text.string(unescaped.as_ref().unwrap_or(&value.value));
}

/// PEM with `\n` and `\r\n` written out, as single-line variables have it, with real line breaks.
fn line_breaks(value: &Extract) -> Extract {
    let text = value.text();
    let mut builder = Builder::new(text.len());
    let mut plain = 0;
    for backslash in memchr::memchr_iter(b'\\', text.as_bytes()) {
        let break_character = match text.as_bytes().get(backslash + 1) {
            Some(b'n') => "\n",
            Some(b'r') => "\r",
            _ => continue,
        };
        if backslash < plain {
            continue;
        }
        builder.part(&text[plain..backslash], &value.origin, Span::new(plain, backslash));
        plain = backslash + 2;
        builder.whole(break_character, value.origin.outer(Span::new(backslash, plain)));
    }
    builder.part(&text[plain..], &value.origin, Span::new(plain, text.len()));
    builder.finish()
}
