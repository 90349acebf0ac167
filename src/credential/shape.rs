//! The shapes of issued identifiers.
//!
//! Owns: what an issued client ID, client secret, e-mail address, account ID and organization ID look like. Does not
//! own: whether another shape is a problem.

use super::{CLIENT_SECRET, ClientId, Field};

/// How the ID and the e-mail address of a technical account end.
pub const TECHNICAL_ACCOUNT: &str = "@techacct.adobe.com";

/// How an organization's ID ends.
pub const ORGANISATION: &str = "@AdobeOrg";

/// Whether `text` has exactly the shape of issued values of `field`, older ones included. Fields without a shape of
/// their own take everything.
pub fn is_shaped(field: Field, text: &str) -> bool {
    let account = |domain: &str, id: fn(&str) -> bool| text.strip_suffix(domain).is_some_and(id);
    match field {
        Field::ClientId => ClientId::parse(text).is_some(),
        Field::ClientSecret => {
            is_client_secret(text)
                || is_uuid(text)
                || text.len() >= 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
        }
        Field::Email | Field::ProjectAccountEmail => account(TECHNICAL_ACCOUNT, is_uuid),
        Field::Id | Field::ProjectAccountId => account(TECHNICAL_ACCOUNT, is_id),
        Field::Org | Field::ProjectOrg => account(ORGANISATION, is_id),
        _ => true,
    }
}

/// Whether `text` is a client secret beyond doubt: `p8e-` and 32 characters. Older ones could be many a thing.
pub fn is_client_secret(text: &str) -> bool {
    text.strip_prefix(CLIENT_SECRET).is_some_and(|rest| rest.len() == 32 && rest.bytes().all(is_secret_byte))
}

const fn is_secret_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')
}

fn is_id(text: &str) -> bool {
    text.len() == 24 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'A'..=b'F'))
}

/// Whether `text` is a UUID (RFC 9562 section 4), of any version.
pub(super) fn is_uuid(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    parts.iter().map(|part| part.len()).eq([8, 4, 4, 4, 12])
        && parts.iter().all(|part| part.bytes().all(|byte| byte.is_ascii_hexdigit()))
}
