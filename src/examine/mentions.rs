//! Whether a text that can't be read was meant to be a credential.
//!
//! Owns: the answer for texts that are no JSON. Does not own: recognising documents (see `credential`).

use crate::credential::{Field, is_placeholder};

/// Fields whose names occur in hardly any other document.
const TELLING: [Field; 4] =
    [Field::ImsEndpoint, Field::Metascopes, Field::TechnicalAccount, Field::PrivateKey];

/// How most tokens begin: `{"` in base64.
const TOKEN: &str = "eyJ";

/// Of each secret that a text names like JSON does whether it stands there in clear; otherwise it is a placeholder or empty.
pub(super) fn mentioned_secrets(text: &str) -> impl Iterator<Item = (Field, bool)> + '_ {
    [Field::ClientSecret, Field::PrivateKey, Field::DevelopmentToken].into_iter().flat_map(move |field| {
        values(text, field.name()).map(move |value| {
            let value = value.trim_start_matches(['"', '\'', ' ']);
            let value = value.split(['"', '\'', '\n']).next().unwrap_or_default().trim();
            (field, !value.is_empty() && value != "null" && !is_placeholder(field, value))
        })
    })
}

/// Whether a text that is not JSON was meant to be a credential: it names two of its fields.
pub(super) fn mentions_credential(text: &str) -> bool {
    let names = |name: &str| values(text, name).next().is_some();
    let has = |words: &str| memchr::memmem::find(text.as_bytes(), words.as_bytes()).is_some();
    let development_token =
        || names(Field::DevelopmentToken.name()) && names(Field::StatusCode.name()) && has(TOKEN);
    TELLING.iter().filter(|field| names(field.name())).count() >= 2 || development_token()
}

/// What follows each key called `name` and its colon. A key stands in the quotation marks of JSON or of those who write it by
/// hand: names alone stand in programs, too.
fn values<'t>(text: &'t str, name: &str) -> impl Iterator<Item = &'t str> {
    let starts: Vec<usize> = memchr::memmem::find_iter(text.as_bytes(), name.as_bytes()).collect();
    let length = name.len();
    starts.into_iter().filter_map(move |start| {
        let (before, after) = (text.get(..start)?, text.get(start + length..)?);
        let quoted =
            ['"', '\''].into_iter().find_map(|mark| before.strip_suffix(mark).and(after.strip_prefix(mark)));
        quoted?.trim_start().strip_prefix(':')
    })
}
