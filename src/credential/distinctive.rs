//! The names and texts by which credentials of AEM are known, wherever they stand.
//!
//! Owns: the one table of names. Recognizing a document, looking for one in another text, and the glance over raw bytes
//! derive from it. Does not own: what the fields hold, nor any decision in doubt.

use super::{ClientId, Field, is_placeholder};

/// Fields that no other document has.
pub const OWN: [Field; 3] = [Field::ImsEndpoint, Field::Metascopes, Field::TechnicalAccount];

/// Fields of which two together occur in hardly any other document.
pub const DISTINCTIVE: [Field; 5] = [OWN[0], OWN[1], OWN[2], Field::PrivateKey, Field::PublicKey];

/// Names of which one stands in every service credential, issued or without its wrapper.
pub const SERVICE_NAMES: [&str; 4] = [Field::Integration.name(), OWN[0].name(), OWN[1].name(), OWN[2].name()];

/// Names of which one stands at the top of every document of Adobe's that is looked for.
pub const DOCUMENT_NAMES: [&str; 7] = [
    SERVICE_NAMES[0],
    SERVICE_NAMES[1],
    SERVICE_NAMES[2],
    SERVICE_NAMES[3],
    Field::DevelopmentToken.name(),
    Field::AccessToken.name(),
    "project",
];

/// How client IDs begin; the program's number follows.
pub const CLIENT_ID: &str = "cm-p";

/// How issued client secrets begin.
pub const CLIENT_SECRET: &str = "p8e-";

/// How tokens begin: `{"` in base64.
pub const TOKEN: &str = "eyJ";

/// Parts of the names that variables have, and documents in other spellings. Ordinary source code has none of it.
pub const VARIABLE_NAMES: [&str; 12] = [
    "SERVICECREDENTIALS",
    "AEM_AUTH_",
    "META_SCOPE",
    "METASCOPE",
    "meta_scope",
    "metaScope",
    "TECHNICAL_ACCOUNT",
    "TECHNICALACCOUNT",
    "technical_account",
    "technical-account",
    "server_to_server",
    "serverToServer",
];

/// Parts of the values.
pub const VALUES: [&str; 7] = [
    super::ORGANISATION,
    super::TECHNICAL_ACCOUNT,
    "ent_aem_cloud",
    "adobelogin.com",
    CLIENT_SECRET,
    "PRIVATE KEY-----",
    "BEGIN CERTIFICATE",
];

/// What follows `name` and its closing quotation mark at each place where `text` has it in quotation marks, as JSON or as
/// those have it who write it by hand.
fn after_name<'t>(text: &'t str, name: &'static str) -> impl Iterator<Item = &'t str> {
    memchr::memmem::find_iter(text.as_bytes(), name).filter_map(move |start| {
        let (before, after) = (&text[..start], &text[start + name.len()..]);
        after.strip_prefix(['"', '\'']).filter(|_| before.ends_with(['"', '\'']))
    })
}

/// How many of `fields` are named in `text` with that after it to which `follows` says yes.
fn names(text: &str, fields: &[Field], follows: impl Fn(&str) -> bool) -> usize {
    fields.iter().filter(|field| after_name(text, field.name()).any(&follows)).count()
}

/// What a text that is not JSON has as values of `field`.
fn named_values(text: &str, field: Field) -> impl Iterator<Item = &str> {
    let values = after_name(text, field.name()).filter_map(|after| after.trim_start().strip_prefix(':'));
    values.map(|value| {
        let value = value.trim_start_matches(['"', '\'', ' ']);
        value.split(['"', '\'', '\n']).next().unwrap_or_default().trim()
    })
}

/// Each secret that a text which is not JSON has as a key, and whether it stands there in clear; otherwise it is a placeholder
/// or empty.
pub fn named_secrets(text: &str) -> impl Iterator<Item = (Field, bool)> + '_ {
    [Field::ClientSecret, Field::PrivateKey, Field::DevelopmentToken].into_iter().flat_map(move |field| {
        named_values(text, field)
            .map(move |value| (field, !value.is_empty() && value != "null" && !is_placeholder(field, value)))
    })
}

/// The client of AEM that a text which is not JSON names, if it is only one.
pub fn named_client(text: &str) -> Option<&str> {
    let mut clients = named_values(text, Field::ClientId).filter(|value| ClientId::parse(value).is_some());
    let client = clients.next()?;
    clients.all(|other| other == client).then_some(client)
}

/// Whether a text that is not JSON was meant to be a service credential: it names two of its fields.
pub fn names_service_credential(text: &str) -> bool {
    names(text, &DISTINCTIVE, |_| true) >= 2
}

/// Whether a text that is not JSON was meant to be a document of Adobe's: it has two of its fields as keys. Names alone stand
/// in programs, too.
pub fn names_document(text: &str) -> bool {
    let is_key = |after: &str| after.trim_start().starts_with(':');
    let named = |fields: &[Field]| names(text, fields, is_key);
    let has_token = || memchr::memmem::find(text.as_bytes(), TOKEN.as_bytes()).is_some();
    // A pair of keys is anybody's.
    named(&DISTINCTIVE[..4]) >= 2 || named(&[Field::DevelopmentToken, Field::StatusCode]) == 2 && has_token()
}
