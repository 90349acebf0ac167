//! Whether a text that can't be read was meant to be a credential.
//!
//! Owns: the answer for texts that are no JSON. Does not own: recognising documents (see `credential`).

use crate::credential::Field;

/// Fields whose names occur in hardly any other document.
const TELLING: [Field; 4] =
    [Field::ImsEndpoint, Field::Metascopes, Field::TechnicalAccount, Field::PrivateKey];

/// How most tokens begin: `{"` in base64.
const TOKEN: &str = "eyJ";

/// Whether a text that is not JSON was meant to be a credential: it names two of its fields.
pub(super) fn mentions_credential(text: &str) -> bool {
    // A key, in the quotation marks of JSON or of those who write it by hand: names alone stand in programs, too.
    let names = |name: &str| {
        memchr::memmem::find_iter(text.as_bytes(), name.as_bytes()).any(|start| {
            let before = text.get(..start).unwrap_or_default();
            let after = text.get(start + name.len()..).unwrap_or_default();
            let quoted = ['"', '\'']
                .into_iter()
                .find_map(|mark| before.strip_suffix(mark).and(after.strip_prefix(mark)));
            quoted.is_some_and(|after| after.trim_start().starts_with(':'))
        })
    };
    let has = |words: &str| memchr::memmem::find(text.as_bytes(), words.as_bytes()).is_some();
    let development_token =
        || names(Field::DevelopmentToken.name()) && names(Field::StatusCode.name()) && has(TOKEN);
    TELLING.iter().filter(|field| names(field.name())).count() >= 2 || development_token()
}
