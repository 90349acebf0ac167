//! Parts of credentials that stand alone: PEM blocks, client secrets, access tokens.
//!
//! Owns: recognising them by their own structure. Does not own: which credential they belong to.

use crate::credential::{
    CLIENT_SECRET, Field, Issuer, TOKEN, Token, is_placeholder, may_be_secret, token_scheme,
};
use crate::json::{self, Kind};
use crate::source::Span;
use crate::unwrap::decode::base64::decode_short;
use crate::unwrap::find::margin::Margin;
use crate::unwrap::find::{framed, names, shapes};
use crate::unwrap::place::{Builder, Extract};
use crate::unwrap::shared::name_before;

/// All values in `text` that say by their shape what they are, in order, none within another.
pub(crate) fn all(text: &str) -> Vec<(Field, Span)> {
    // Of shapes there may be very many, and they are in memory once.
    let mut found = shapes::all(text);
    found.extend(pem(text));
    found.extend(client_secrets(text).into_iter().map(|span| (Field::ClientSecret, span)));
    found.extend(tokens(text).into_iter().map(|span| (Field::AccessToken, span)));
    // Where two begin at one place, the longer one counts.
    found.sort_by_key(|(_, span)| (span.start, std::cmp::Reverse(span.end)));
    let mut end = 0;
    found.retain(|(_, span)| {
        let is_outside = span.start >= end;
        end = end.max(span.end);
        is_outside
    });
    found
}

/// The value at `span` of `text`. Lines of PEM that all begin alike, be it with blanks, are without that: it is of the text
/// around them.
pub(crate) fn block(text: &str, span: Span) -> Extract {
    let whole = Extract::slice(text, span);
    let value = whole.text();
    if !value.starts_with("-----BEGIN") || !value.contains('\n') {
        return whole;
    }
    let line_start = memchr::memrchr(b'\n', text.get(..span.start).unwrap_or_default().as_bytes());
    let first = text.get(line_start.map_or(0, |newline| newline + 1)..span.start).unwrap_or_default();
    if let Some(margin) = Margin::of_block(text, span) {
        return margin.stripped(text, span);
    }
    if let Some(framed) = framed::block(text, span) {
        return framed;
    }
    let is_indented = !first.is_empty() && first.trim_matches([' ', '\t']).is_empty();
    let is_without = |line: &str| line.trim().is_empty() || line.starts_with(first);
    if !is_indented || !value.split('\n').skip(1).all(is_without) {
        return whole;
    }
    let mut builder = Builder::new(value.len());
    let mut start = span.start;
    for line in value.split_inclusive('\n') {
        let inner = line.strip_prefix(first).unwrap_or(line);
        builder.exact(inner, start + line.len() - inner.len());
        start += line.len();
    }
    builder.finish()
}

/// Certificates and private keys in armour (RFC 7468), with real line breaks or written-out ones.
pub(crate) fn pem(text: &str) -> Vec<(Field, Span)> {
    const BEGIN: &str = "-----BEGIN ";
    let mut begins = memchr::memmem::find_iter(text.as_bytes(), BEGIN).peekable();
    let mut found = Vec::new();
    // Each end belongs to the beginning that stands last before it.
    for end in memchr::memmem::find_iter(text.as_bytes(), "-----END ") {
        let mut begin = None;
        while let Some(next) = begins.next_if(|begin| *begin < end) {
            begin = Some(next);
        }
        let Some(begin) = begin else { continue };
        let label = text[begin + BEGIN.len()..].split("-----").next().unwrap_or_default();
        let kind = match label {
            "CERTIFICATE" => Field::PublicKey,
            _ if label.len() < 30 && label.ends_with("PRIVATE KEY") => Field::PrivateKey,
            _ => continue,
        };
        let armour = format!("-----END {label}-----");
        if text[end..].starts_with(&armour) {
            found.push((kind, Span::new(begin, end + armour.len())));
        }
    }
    found
}

/// `p8e-` and at least twenty further characters, as Adobe issues client secrets.
fn client_secrets(text: &str) -> Vec<Span> {
    memchr::memmem::find_iter(text.as_bytes(), CLIENT_SECRET)
        .filter(|start| !text[..*start].ends_with(|before: char| before.is_alphanumeric() || before == '-'))
        .filter_map(|start| {
            let rest = &text[start..];
            let end = rest.find(|character: char| !is_url_digit(character)).unwrap_or(rest.len());
            is_client_secret(&rest[..end]).then(|| Span::new(start, start + end))
        })
        .collect()
}

/// Whether `text` begins as Adobe's client secrets do, and is as long.
pub(crate) fn is_client_secret(text: &str) -> bool {
    let is_long = (24..=100).contains(&text.len());
    let field = Field::ClientSecret;
    is_long && text.starts_with(CLIENT_SECRET) && !is_placeholder(field, text) && may_be_secret(field, text)
}

/// Tokens (RFC 7519) whose claims are those of Adobe's access tokens, or of a request for one in the place of one.
pub(crate) fn tokens(text: &str) -> Vec<Span> {
    let mut from = 0;
    memchr::memmem::find_iter(text.as_bytes(), TOKEN)
        .filter_map(|start| {
            if start < from {
                return None;
            }
            let rest = &text[start..];
            let end = rest
                .find(|character: char| !is_url_digit(character) && character != '.')
                .unwrap_or(rest.len());
            from = start + end;
            let token = &rest[..end];
            let is_named = || is_announced(&text[..start]) || names::is_token(name_before(text, start));
            let is_sent = || is_request(token) && is_named();
            (is_adobes(token) || is_sent()).then(|| Span::new(start, start + end))
        })
        .collect()
}

/// Whether `before`, which is before a token, ends in the word that an `Authorization` header has there.
fn is_announced(before: &str) -> bool {
    let start = before.trim_end().trim_end_matches(|one: char| one.is_ascii_alphabetic()).len();
    token_scheme(&before[start..]) > 0
}

/// Returns true if `text` is the signed request for a token of Adobe's, with the words of an `Authorization` header before it
/// or without.
pub(crate) fn is_request(text: &str) -> bool {
    Token::bare(text).is_some_and(|token| token.issuer() == Issuer::Client)
}

/// Whether a token was issued by Adobe's token service, as far as its claims say so.
pub(crate) fn is_adobes(token: &str) -> bool {
    let mut parts = token.split('.');
    let (Some(_), Some(claims), Some(_), None) = (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return false;
    };
    let Some((_, claims)) = decode_short(claims) else { return false };
    let Ok(claims) = json::parse(claims.text(), json::Limits::default()) else { return false };
    let claim = |name: &str| {
        let value = &claims.as_object()?.get(name)?.value;
        Some(match &value.kind {
            Kind::String(text) => text.as_str(),
            _ => "",
        })
    };
    claim("as").is_some_and(|server| server.starts_with("ims-"))
        || claim("type") == Some("access_token") && claim("client_id").is_some()
}

fn is_url_digit(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '-' | '_')
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    use super::*;

    #[test]
    fn only_what_is_adobes_or_armoured_is_a_part() {
        let token = |claims: &str| {
            let encode = |text: &str| URL_SAFE_NO_PAD.encode(text);
            format!("{}.{}.c2lnbmF0dXJl", encode("{\"alg\":\"RS256\"}"), encode(claims))
        };
        let secret = format!("p8e-{}", "Ab1_".repeat(8));
        let key = "-----BEGIN PRIVATE KEY-----\\nAAAA\\n-----END PRIVATE KEY-----";
        for (text, expected) in [
            (secret.clone(), vec![(Field::ClientSecret, 0)]),
            (format!("x \"{secret}\""), vec![(Field::ClientSecret, 3)]),
            (format!("x{secret}"), vec![]),
            (
                String::from("p8e-short, p8e-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"),
                vec![(Field::ClientSecret, 11)],
            ),
            (format!("Bearer {}", token("{\"as\":\"ims-na1\"}")), vec![(Field::AccessToken, 7)]),
            (token("{\"type\":\"access_token\",\"client_id\":\"x\"}"), vec![(Field::AccessToken, 0)]),
            (token("{\"iss\":\"https://accounts.google.com\"}"), vec![]),
            (token("[]"), vec![]),
            (String::from("eyJhbGciOiJSUzI1NiJ9.eyJhbGciOiJSUzI1NiJ9"), vec![]),
            (format!("a {key} {key}"), vec![(Field::PrivateKey, 2), (Field::PrivateKey, 3 + key.len())]),
            (
                String::from("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"),
                vec![(Field::PublicKey, 0)],
            ),
            (String::from("-----BEGIN PRIVATE KEY----- ***REDACTED*** ----END PRIVATE KEY-----"), vec![]),
            (String::from("-----BEGIN PRIVATE KEY-----\n-----BEGIN X-----\n-----END X-----"), vec![]),
            (String::from("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----"), vec![]),
        ] {
            let found: Vec<_> = all(&text).into_iter().map(|(kind, span)| (kind, span.start)).collect();
            assert_eq!(found, expected, "{text}");
        }
    }
}
