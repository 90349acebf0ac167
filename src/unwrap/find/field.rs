//! Which field a value is: by its shape, and where that says nothing, by its name.
//!
//! Owns: that decision for values of programs, whatever the syntax. Does not own: shapes (see `credential`), names (see
//! `names`).

use crate::credential::{self, Field, is_console_client, is_path, is_placeholder, is_shaped};
use crate::source::Span;
use crate::unwrap::find::{names, parts};

/// Fewer digits in a row are no key.
const SHORTEST_KEY: usize = 200;

/// Of a value whose name says what it is and whose shape says otherwise, one of these was taken for another of them; a rule
/// has something to say about that.
const IDENTIFIERS: [Field; 4] = [Field::ClientId, Field::ClientSecret, Field::Org, Field::Id];

/// Returns which field the value `text` called `name` is; `None` if it is nothing of a credential, a text that describes a
/// field included.
pub(crate) fn of(name: &str, text: &str) -> Option<Field> {
    let text = bare(text);
    let named = names::classify(name).map(|name| name.field);
    // The request for a token isn't one, unless it is in the place of one.
    let is_token =
        || credential::token_scheme(text.trim()) > 0 || names::is_token(name) || !parts::is_request(text);
    let shape = credential::field_of(text).filter(|shape| *shape != Field::AccessToken || is_token());
    match (named, shape) {
        (Some(named), Some(shape)) => {
            let is_swapped = IDENTIFIERS.contains(&named) && IDENTIFIERS.contains(&shape);
            Some(if is_swapped { named } else { shape })
        }
        (None, Some(shape)) => Some(shape),
        (Some(named), None) => is_plausible(named, text).then_some(named),
        (None, None) if is_secret(name, text) => Some(Field::ClientSecret),
        (None, None) => is_console_id(name, text).then_some(Field::ClientId),
    }
}

/// Quotation marks in pairs, typographic ones included.
const QUOTES: [(char, char); 9] = [
    ('"', '"'),
    ('\'', '\''),
    ('`', '`'),
    ('\u{201c}', '\u{201d}'),
    ('\u{201e}', '\u{201c}'),
    ('\u{201d}', '\u{201d}'),
    ('\u{2018}', '\u{2019}'),
    ('\u{201a}', '\u{2018}'),
    ('\u{ab}', '\u{bb}'),
];

/// `text` without blanks, characters that nobody sees, and quotation marks around it, which come along where a value is
/// copied from a page or a message.
pub(crate) fn bare(text: &str) -> &str {
    let is_unseen = |one: char| {
        one.is_whitespace()
            || matches!(one, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}' | '\u{feff}')
    };
    let mut text = text.trim_matches(is_unseen);
    while let Some(inner) =
        QUOTES.iter().find_map(|(open, close)| text.strip_prefix(*open)?.strip_suffix(*close))
    {
        text = inner.trim_matches(is_unseen);
    }
    text
}

/// Where the only value of `field` by its shape is in `text`, which is more than that value: the expression that falls back to it
/// (`os.getenv('CLIENT_ID', 'cm-…')`), a literal (`b'p8e-…'`), `<p8e-…>`, `cm-…;`.
pub(crate) fn dressed(field: Field, text: &str) -> Option<Span> {
    if !DRESSED.contains(&field) {
        return None;
    }
    let [(shape, only)] = parts::all(text)[..] else { return None };
    // Of a redaction, what was left is no value.
    let is_left = || field == Field::ClientSecret && is_placeholder(field, bare(text));
    (shape == field && only.end - only.start < bare(text).len() && !is_left()).then_some(only)
}

/// Values that never have anything else around them in one place.
const DRESSED: [Field; 5] = [Field::ClientId, Field::ClientSecret, Field::Org, Field::Id, Field::Email];

/// What names of variables end in that have the path to a private key, beside the key's own name: without separators and in
/// capitals.
const KEY_FILES: [&str; 5] = ["PATH", "FILE", "FILENAME", "LOCATION", "FILEPATH"];

/// Returns true if the value `text` called `name` is the path to a private key.
pub(crate) fn is_key_file(name: &str, text: &str) -> bool {
    let path = text.trim();
    if name.len() > 100 || !is_path(path) {
        return false;
    }
    let mut plain: String =
        name.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_uppercase()).collect();
    if let Some(ending) = KEY_FILES.iter().find(|ending| plain.ends_with(*ending)) {
        plain.truncate(plain.len() - ending.len());
    }
    names::classify(&plain).is_some_and(|name| name.field == Field::PrivateKey)
}

/// Whether `text`, whose shape says nothing, may be the value of `field`, or stands in the place of one.
fn is_plausible(field: Field, text: &str) -> bool {
    let trimmed = text.trim();
    if trimmed.is_empty() || is_placeholder(field, trimmed) {
        return true;
    }
    match field {
        // A path to a key is none.
        Field::PrivateKey | Field::PublicKey => trimmed.contains("-----") || is_long_word(trimmed),
        Field::Metascopes => !trimmed.contains("://") || trimmed.contains("/s/"),
        Field::ImsEndpoint => trimmed.contains('.') && !trimmed.contains(char::is_whitespace),
        _ => !trimmed.contains(char::is_whitespace),
    }
}

/// Whether so many digits of base64 or hexadecimal stand in a row that they may be a key without its armour.
fn is_long_word(text: &str) -> bool {
    let is_digit = |one: char| one.is_ascii_alphanumeric() || matches!(one, '+' | '/' | '=' | '-' | '_');
    text.len() >= SHORTEST_KEY && text.chars().all(|one| is_digit(one) || one.is_whitespace() || one == '\\')
}

/// Whether `text` has the shape of a client ID of the Adobe Developer Console, which many a hash has, under a name that only
/// may be a client's.
fn is_console_id(name: &str, text: &str) -> bool {
    is_console_client(text.trim()) && names::may_be_client(name)
}

/// An older client secret, whose shape others have too, under a name that only ends like one.
fn is_secret(name: &str, text: &str) -> bool {
    let ends = |ending: &str| {
        name.len() >= ending.len()
            && name.is_char_boundary(name.len() - ending.len())
            && name[name.len() - ending.len()..].eq_ignore_ascii_case(ending)
    };
    ends("secret") && is_shaped(Field::ClientSecret, text.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_count_and_names_help() {
        let key = "-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----";
        let digits = "A".repeat(300);
        for (name, text, expected) in [
            ("API_KEY", "cm-p1-e2-integration-0", Some(Field::ClientId)),
            ("", "5EED00000000000000000001@AdobeOrg", Some(Field::Org)),
            (
                "adobeLoginClaimKey",
                "https://ims-na1.adobelogin.com/s/ent_aem_cloud_api",
                Some(Field::Metascopes),
            ),
            ("clientId", "p8e-Qz_7Rk2vLx9TzW4-bNc8YpD3fGh6JmS1", Some(Field::ClientId)),
            ("ORG", "ent_aem_cloud_api", Some(Field::Metascopes)),
            ("CLIENT_SECRET", "0123456789abcdef", Some(Field::ClientSecret)),
            ("CLIENT_SECRET", "", Some(Field::ClientSecret)),
            ("CLIENT_SECRET", "<your client secret>", Some(Field::ClientSecret)),
            ("AEM_SECRET", "0123456789abcdef0123456789abcdef", Some(Field::ClientSecret)),
            ("AEM_SECRET", "0123456789abcdef", None),
            ("clientSecret", "The client's secret", Some(Field::ClientSecret)),
            ("id", "'\"cm-p1-e2-integration-0\"'", Some(Field::ClientId)),
            ("id", "\u{200b}\u{201c}cm-p1-e2-integration-0\u{201d} ", Some(Field::ClientId)),
            ("id", "'cm-p1-e2-integration-0", None),
            ("CLIENT_SECRET", "''", Some(Field::ClientSecret)),
            ("PRIVATE_KEY", key, Some(Field::PrivateKey)),
            ("whatever", key, Some(Field::PrivateKey)),
            ("PRIVATE_KEY", &digits, Some(Field::PrivateKey)),
            ("PRIVATE_KEY", "MIIEow", None),
            ("privateKey", "string", Some(Field::PrivateKey)),
            ("imsEndpoint", "string", Some(Field::ImsEndpoint)),
            ("PATH", "/usr/bin", None),
            ("API_KEY", "0123456789abcdef0123456789abcdef", Some(Field::ClientId)),
            ("x-api-key", "0123456789ABCDEF0123456789ABCDEF", Some(Field::ClientId)),
            ("AEM_CLIENT", "0123456789abcdef0123456789abcdef", Some(Field::ClientId)),
            ("client_id", "0123456789abcdef0123456789abcdef", Some(Field::ClientId)),
            ("API_KEY", "0123456789abcdef0123456789abcdeg", None),
            ("API_KEY", "<your API key>", None),
            ("md5", "0123456789abcdef0123456789abcdef", None),
            ("", "0123456789abcdef0123456789abcdef", None),
        ] {
            assert_eq!(of(name, text), expected, "{name}={text}");
        }
    }
}
