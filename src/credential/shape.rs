//! The shapes of issued values.
//!
//! Owns: what an issued client ID, client secret, e-mail address, account ID and organization ID look like, and which
//! field a value is by its shape alone, whatever it is called. Does not own: whether another shape is a problem.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

use super::{CLIENT_SECRET, ClientId, Endpoint, Field, Metascope, TOKEN, token_scheme, trimmed};

/// How the ID and the e-mail address of a technical account end.
pub const TECHNICAL_ACCOUNT: &str = "@techacct.adobe.com";

/// How an organization's ID ends.
pub const ORGANISATION: &str = "@AdobeOrg";

/// How the names of the metascopes begin that Adobe's products have.
const METASCOPE: &str = "ent_";

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

/// The field of an issued document that only `text` can be, by its shape alone: `None` if the shape says nothing, as that of
/// older client secrets does. Spellings that programs use beside the issued one have the same field: a metascope or an
/// endpoint as URL, a list, PEM with escaped line breaks, PEM in base64.
pub fn field_of(text: &str) -> Option<Field> {
    let text = &text[trimmed(text)];
    let is = |field: Field| is_shaped(field, text).then_some(field);
    is(Field::ClientId)
        .or_else(|| is_client_secret(text).then_some(Field::ClientSecret))
        .or_else(|| is_address(text, ORGANISATION).then_some(Field::Org))
        .or_else(|| is_address(text, TECHNICAL_ACCOUNT).then(|| account_field(text)))
        .or_else(|| pem_field(text))
        .or_else(|| is_token(text).then_some(Field::AccessToken))
        .or_else(|| is_metascopes(text).then_some(Field::Metascopes))
        .or_else(|| is_token_service(text).then_some(Field::ImsEndpoint))
}

/// Returns true if `text` is one name before `domain`, whatever the name is made of.
fn is_address(text: &str, domain: &str) -> bool {
    let is_of_name = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.*".contains(&byte);
    text.strip_suffix(domain).is_some_and(|name| !name.is_empty() && name.bytes().all(is_of_name))
}

/// The account's e-mail address begins with a UUID, its ID with 24 digits.
fn account_field(text: &str) -> Field {
    if text.strip_suffix(TECHNICAL_ACCOUNT).is_some_and(is_uuid) { Field::Email } else { Field::Id }
}

/// What the first PEM label of `text` says that it holds. `text` may be PEM, a JSON list of its lines, or either in base64.
fn pem_field(text: &str) -> Option<Field> {
    /// Enough for the first line.
    const LABEL: usize = 64;
    let encoded = |text: &str| {
        let length = text.bytes().take(LABEL).take_while(|byte| is_base64(*byte)).count();
        let bytes = BASE64_STANDARD.decode(text.get(..length / 4 * 4)?).ok()?;
        label_field(&String::from_utf8_lossy(&bytes))
    };
    label_field(text).or_else(|| encoded(text))
}

const fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/')
}

fn label_field(text: &str) -> Option<Field> {
    let text = text.trim_start_matches(|one: char| one.is_whitespace() || "[\"'`".contains(one));
    let label = text.trim_start_matches('-').strip_prefix("BEGIN ").filter(|_| text.starts_with("--"))?;
    let label = label.split("--").next().unwrap_or_default();
    if label.ends_with("PRIVATE KEY") {
        Some(Field::PrivateKey)
    } else {
        label.ends_with("CERTIFICATE").then_some(Field::PublicKey)
    }
}

/// Returns true if `text` has the three parts of a token, the first of which is a JSON object in base64.
fn is_token(text: &str) -> bool {
    let mut parts = text[token_scheme(text)..].split('.');
    let first = parts.next().is_some_and(|part| part.len() > 16 && part.starts_with(TOKEN));
    let is_part = |part: &str| part.len() > 16 && part.bytes().all(is_secret_byte);
    first
        && (parts.next().is_some_and(is_part) && parts.next().is_some_and(is_part))
        && parts.next().is_none()
}

/// Returns true if `text` has nothing but names of metascopes, bare or as URL, however they are separated.
fn is_metascopes(text: &str) -> bool {
    let is_name = |name: &str| {
        let rest = name.strip_prefix(METASCOPE);
        rest.is_some_and(|rest| {
            !rest.is_empty() && rest.bytes().all(|byte| is_secret_byte(byte) && byte != b'-')
        })
    };
    if !text.contains(METASCOPE) {
        return false;
    }
    let all = Metascope::all(text);
    !all.is_empty()
        && all.iter().all(|scope| {
            let url = scope.url.as_ref().map(|url| &text[url.clone()]);
            is_name(&scope.name) && url.is_none_or(|url| url.contains("://") && url.ends_with("/s/"))
        })
}

/// Returns true if `text` is the host or a URL of Adobe's token service, or a URL of another host with a path of that service.
fn is_token_service(text: &str) -> bool {
    // Before an at sign, a URL has a name and a password.
    if text.contains(|sign: char| sign.is_whitespace() || sign == '@') {
        return false;
    }
    let endpoint = Endpoint::parse(text);
    let path = endpoint.rest.clone().map_or("", |rest| &text[rest]);
    let is_exchange = endpoint.scheme.is_some() && path.starts_with("/ims/exchange/");
    endpoint.service().is_some() || is_exchange && !endpoint.name.is_empty()
}

/// Returns true if `text` is shaped like the client IDs of the Adobe Developer Console.
pub fn is_console_client(text: &str) -> bool {
    text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

const fn is_secret_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')
}

fn is_id(text: &str) -> bool {
    text.len() == 24 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'A'..=b'F'))
}

/// Whether `text` is a UUID (RFC 9562 section 4), of any version.
pub(super) fn is_uuid(text: &str) -> bool {
    let is_digit = |(index, byte): (usize, u8)| match index {
        8 | 13 | 18 | 23 => byte == b'-',
        _ => byte.is_ascii_hexdigit(),
    };
    text.len() == 36 && text.bytes().enumerate().all(is_digit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_say_what_they_are_by_their_shape() {
        let pem = |label: &str| format!("-----BEGIN {label}-----\r\nMIIEow\r\n-----END {label}-----\r\n");
        let key = pem("RSA PRIVATE KEY");
        let lines = format!("[\"{}\"]", key.trim_end().replace("\r\n", "\", \""));
        let jwt = format!("eyJ{0}.eyJ{0}.{0}", "Ab1_".repeat(10));
        for (text, field) in [
            ("cm-p7603-e12614-integration", Field::ClientId),
            (" cm-p7603-e12614-integration-10\n", Field::ClientId),
            ("p8e-Qz_7Rk2vLx9TzW4-bNc8YpD3fGh6JmS1", Field::ClientSecret),
            ("5EED00000000000000000001@AdobeOrg", Field::Org),
            ("REDACTED@AdobeOrg", Field::Org),
            ("5EED00000000000000000001@techacct.adobe.com", Field::Id),
            ("0a1b2c3d-0000-4000-8000-000000000001@techacct.adobe.com", Field::Email),
            ("ent_aem_cloud_api", Field::Metascopes),
            ("ent_aem_cloud_sdk,ent_cloudmgr_sdk", Field::Metascopes),
            ("[\"ent_aem_cloud_api\"]", Field::Metascopes),
            ("[ ent_aem_cloud_api, ent_cloudmgr_sdk ]", Field::Metascopes),
            ("https://ims-na1.adobelogin.com/s/ent_aem_cloud_api", Field::Metascopes),
            ("https://ims.evil.example/s/ent_aem_cloud_api", Field::Metascopes),
            ("ims-na1.adobelogin.com", Field::ImsEndpoint),
            ("https://ims-na1.adobelogin.com", Field::ImsEndpoint),
            ("https://ims-na1-stg1.adobelogin.com/ims/exchange/jwt", Field::ImsEndpoint),
            ("https://ims-na1.adobelogin.com/c/", Field::ImsEndpoint),
            ("https://ims-na1.adobelogin.com/c/cm-p1-e2-integration", Field::ImsEndpoint),
            ("https://evil.example/ims/exchange/jwt", Field::ImsEndpoint),
            (key.as_str(), Field::PrivateKey),
            (&key.replace("\r\n", "\\n"), Field::PrivateKey),
            (&pem("PRIVATE KEY"), Field::PrivateKey),
            (&pem("ENCRYPTED PRIVATE KEY"), Field::PrivateKey),
            (&pem("CERTIFICATE"), Field::PublicKey),
            (&lines, Field::PrivateKey),
            (&BASE64_STANDARD.encode(&key), Field::PrivateKey),
            (&BASE64_STANDARD.encode(pem("CERTIFICATE")), Field::PublicKey),
            (&BASE64_STANDARD.encode(&lines), Field::PrivateKey),
            (&jwt, Field::AccessToken),
            (&format!("Bearer {jwt}"), Field::AccessToken),
        ] {
            assert_eq!(field_of(text), Some(field), "{text}");
        }
    }

    #[test]
    fn other_values_have_no_field() {
        for text in [
            "",
            "-----BEGIN ",
            "-----BEGIN PGP MESSAGE-----",
            "-----BEGIN CERTIFICATE REQUEST-----",
            "LS0tLS1CRUdJTi",
            "eyJhbGciOiJSUzI1NiJ9",
            "eyJ.eyJ.a",
            "eyJhbGciOiJSUzI1NiJ9.eyJhbGciOiJSUzI1NiJ9",
            "0123456789abcdef0123456789abcdef",
            "0a1b2c3d-0000-4000-8000-000000000001",
            "p8e-short",
            "@AdobeOrg",
            "write to 5EED00000000000000000001@AdobeOrg",
            "ent_",
            "entitlement",
            "ent_aem_cloud_api of AEM",
            "openid,AdobeID,read_organizations",
            "https://example.com/ent_aem",
            "https://example.com",
            "/ims/exchange/jwt",
            "the host ims-na1.adobelogin.com",
            "adobelogin.com",
        ] {
            assert_eq!(field_of(text), None, "{text}");
        }
    }
}
