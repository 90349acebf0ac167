//! Values of credentials anywhere in a text, known by their shapes.
//!
//! Owns: where such a value begins and ends among other text. Does not own: the shapes (see `credential::shape`), PEM and
//! tokens, which are parts by themselves (see `parts`).

use std::sync::LazyLock;

use memchr::memmem::Finder;

use crate::credential::{
    CLIENT_ID, CLIENT_SECRET, Field, ORGANISATION, TECHNICAL_ACCOUNT, field_of, is_console_client, is_shaped,
};
use crate::source::Span;
use crate::unwrap::find::field;

/// Something that stands in each value of some shape, and what else may be around it in one.
struct Shape {
    literal: Finder<'static>,
    is_part: fn(u8) -> bool,
}

static SHAPES: LazyLock<[Shape; 6]> = LazyLock::new(|| {
    let shape = |literal: &'static str, is_part| Shape { literal: Finder::new(literal), is_part };
    [
        shape(CLIENT_ID, is_name),
        shape(CLIENT_SECRET, is_name),
        shape(ORGANISATION, is_address),
        shape(TECHNICAL_ACCOUNT, is_address),
        shape("ent_", is_scope),
        shape(".adobelogin.com", is_host),
    ]
});

/// Names of variables after which an older client secret is one.
const SECRET_NAMES: [&str; 3] = ["secret", "SECRET", "Secret"];

/// How far behind its name an older client secret may begin.
const NEAR: usize = 24;

/// All values in `text` that say by their shape what they are, in order, none within another.
pub(crate) fn all(text: &str) -> Vec<(Field, Span)> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    for shape in SHAPES.iter() {
        let mut from = 0;
        for at in shape.literal.find_iter(bytes) {
            if at < from {
                continue;
            }
            let span = word(bytes, at, from, shape.is_part);
            from = span.end.max(at + 1);
            found.extend(value(text, span));
        }
    }
    if !found.is_empty() {
        // Below the heading of a column, the last one's name is on the line before.
        found.extend(console_clients(text));
        found.extend(older_secrets(text));
    }
    found.sort_by_key(|(_, span)| (span.start, std::cmp::Reverse(span.end)));
    let mut end = 0;
    found.retain(|(_, span)| {
        let is_outside = span.start >= end;
        end = end.max(span.end);
        is_outside
    });
    found
}

/// The value that the word at `span` is, without punctuation around it.
fn value(text: &str, span: Span) -> Option<(Field, Span)> {
    let word = text.get(span.range())?;
    let inner =
        word.trim_start_matches(['-', '.', ',', '/', ':', '_']).trim_end_matches(['.', ',', '/', ':']);
    let start = span.start + (word.len() - word.trim_start_matches(['-', '.', ',', '/', ':', '_']).len());
    let field = field_of(inner)?;
    Some((field, Span::new(start, start + inner.len())))
}

/// The longest run of such bytes around `at`, from `from` on.
fn word(bytes: &[u8], at: usize, from: usize, is_part: fn(u8) -> bool) -> Span {
    let before = bytes.get(from..at).unwrap_or_default();
    let start = at - before.iter().rev().take_while(|byte| is_part(**byte)).count();
    let after = bytes.get(at..).unwrap_or_default();
    let end = at + after.iter().take_while(|byte| is_part(**byte) || **byte == b'@').count();
    Span::new(start, end)
}

const fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')
}

const fn is_host(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.')
}

const fn is_address(byte: u8) -> bool {
    is_host(byte) || byte == b'_'
}

const fn is_scope(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b',' | b':' | b'/')
}

/// Client secrets of the older shapes, a UUID or hexadecimal digits, behind a name that says what they are.
fn older_secrets(text: &str) -> Vec<(Field, Span)> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    for name in SECRET_NAMES {
        for at in memchr::memmem::find_iter(bytes, name) {
            let after = at + name.len();
            let near = bytes.get(after..(after + NEAR).min(bytes.len())).unwrap_or_default();
            let Some(length) = near.iter().position(u8::is_ascii_hexdigit) else { continue };
            // Between the two is at least a sign, and no other word.
            let is_sign = |byte: &u8| !byte.is_ascii_alphanumeric();
            if length == 0 || !near[..length].iter().all(is_sign) {
                continue;
            }
            // AEM's own encryption is in braces.
            if near[..length].ends_with(b"{") {
                continue;
            }
            let span = word(bytes, after + length, after + length, is_name);
            let value = text.get(span.range()).unwrap_or_default();
            if !value.starts_with(CLIENT_SECRET) && is_shaped(Field::ClientSecret, value) {
                found.push((Field::ClientSecret, span));
            }
        }
    }
    found
}

/// Client IDs of the Adobe Developer Console, which are 32 hexadecimal digits, behind a name that says what they are or below
/// one.
fn console_clients(text: &str) -> Vec<(Field, Span)> {
    let mut found = Vec::new();
    let mut heading: Option<Heading> = None;
    let mut line_start = 0;
    for line in text.split_inclusive('\n') {
        if line.trim_ascii().is_empty() {
            heading = None;
        } else if let Some(next) = Heading::of(line) {
            heading = Some(next);
        }
        let mut start = 0;
        for word in line.as_bytes().split(|byte| !is_name(*byte)) {
            let span = Span::new(line_start + start, line_start + start + word.len());
            let value = text.get(span.range()).unwrap_or_default();
            let is_below = || heading.as_ref().is_some_and(|heading| heading.is_above(line, start));
            if is_console_client(value) && (is_client(name(text, span.start), value) || is_below()) {
                found.push((Field::ClientId, span));
            }
            start += word.len() + 1;
        }
        line_start += line.len();
    }
    found
}

fn is_client(name: &str, value: &str) -> bool {
    field::of(name, value) == Some(Field::ClientId)
}

/// The first line of a table: what is between its columns, and how many there are before that of a client ID.
struct Heading {
    sign: char,
    columns: usize,
    client: usize,
}

impl Heading {
    fn of(line: &str) -> Option<Self> {
        const SIGNS: [char; 4] = ['|', '\t', ',', ';'];
        let names_client = ["lient", "LIENT", "api", "API"].iter().any(|part| line.contains(part));
        let sign = SIGNS.into_iter().find(|sign| names_client && line.contains(*sign))?;
        let is_of_name = |one: char| one.is_ascii_alphanumeric() || "_-. \"'`*".contains(one);
        // Any client ID will do.
        let names = |cell: &str| cell.trim().chars().all(is_of_name) && is_client(cell, &"0".repeat(32));
        let client = line.split(sign).position(names)?;
        Some(Self { sign, columns: line.matches(sign).count(), client })
    }

    /// Whether `start` of `line` is below the name of the client ID.
    fn is_above(&self, line: &str, start: usize) -> bool {
        line.matches(self.sign).count() == self.columns
            && line[..start].matches(self.sign).count() == self.client
    }
}

/// The words before the signs that `start` of `text` comes after: `client_id` of `client_id": "`, `Client ID` of `Client ID: `.
fn name(text: &str, start: usize) -> &str {
    let before = text.get(..start).unwrap_or_default();
    let from = before.char_indices().rev().nth(2 * NEAR).map_or(0, |(at, _)| at);
    let near = &before[from..];
    let words = near.trim_end_matches(|sign: char| !sign.is_ascii_alphanumeric());
    let is_of_name = |one: char| one.is_ascii_alphanumeric() || matches!(one, '_' | '-' | '.' | ' ');
    &words[words.trim_end_matches(is_of_name).len()..]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_found_among_other_text() {
        let secret = format!("p8e-{}", "Ab1_".repeat(8));
        for (text, expected) in [
            (
                format!("curl -d client_id=cm-p1-e2-integration-0 -d client_secret={secret} x"),
                vec![(Field::ClientId, "cm-p1-e2-integration-0"), (Field::ClientSecret, secret.as_str())],
            ),
            (format!("(\"{secret}\")"), vec![(Field::ClientSecret, secret.as_str())]),
            (format!("x{secret}"), vec![]),
            (
                String::from("Ask cm-p1-e2-integration, or 5EED00000000000000000001@AdobeOrg."),
                vec![
                    (Field::ClientId, "cm-p1-e2-integration"),
                    (Field::Org, "5EED00000000000000000001@AdobeOrg"),
                ],
            ),
            (
                String::from("{'https://ims-na1.adobelogin.com/s/ent_aem_cloud_api': true}"),
                vec![(Field::Metascopes, "https://ims-na1.adobelogin.com/s/ent_aem_cloud_api")],
            ),
            (
                String::from("scope: ent_aem_cloud_api,ent_cloudmgr_sdk;"),
                vec![(Field::Metascopes, "ent_aem_cloud_api,ent_cloudmgr_sdk")],
            ),
            (
                String::from("POST https://ims-na1.adobelogin.com/ims/exchange/jwt HTTP/1.1"),
                vec![(Field::ImsEndpoint, "ims-na1.adobelogin.com")],
            ),
            (
                String::from("cm-p1-e2-integration\nCLIENT_SECRET = '0123456789abcdef0123456789abcdef'"),
                vec![
                    (Field::ClientId, "cm-p1-e2-integration"),
                    (Field::ClientSecret, "0123456789abcdef0123456789abcdef"),
                ],
            ),
            (String::from("CLIENT_SECRET = '0123456789abcdef0123456789abcdef'"), vec![]),
            (
                format!("client_id=0123456789abcdef0123456789abcdef&client_secret={secret}"),
                vec![
                    (Field::ClientId, "0123456789abcdef0123456789abcdef"),
                    (Field::ClientSecret, secret.as_str()),
                ],
            ),
            (
                format!("Client ID: 0123456789abcdef0123456789abcdef\n{secret}"),
                vec![
                    (Field::ClientId, "0123456789abcdef0123456789abcdef"),
                    (Field::ClientSecret, secret.as_str()),
                ],
            ),
            (
                format!("0123456789abcdef0123456789abcdef md5 0123456789abcdef0123456789abcdef {secret}"),
                vec![(Field::ClientSecret, secret.as_str())],
            ),
            (String::from("client_id=0123456789abcdef0123456789abcdef"), vec![]),
            (
                format!(
                    "name,client_id,sum\na,0123456789abcdef0123456789abcdef,fedcba9876543210fedcba9876543210\n{secret}"
                ),
                vec![
                    (Field::ClientId, "0123456789abcdef0123456789abcdef"),
                    (Field::ClientSecret, secret.as_str()),
                ],
            ),
            (
                format!("client_id,client_secret\n0123456789abcdef0123456789abcdef,{secret}"),
                vec![
                    (Field::ClientId, "0123456789abcdef0123456789abcdef"),
                    (Field::ClientSecret, secret.as_str()),
                ],
            ),
            (
                format!("new(client_id, x)\nmd5(0123456789abcdef0123456789abcdef, x) {secret}"),
                vec![(Field::ClientSecret, secret.as_str())],
            ),
            (String::from("cm-p1, p8e-short, ent_, @AdobeOrg, student_id, adobelogin.com"), vec![]),
        ] {
            let found: Vec<_> =
                all(&text).into_iter().map(|(field, span)| (field, &text[span.range()])).collect();
            assert_eq!(found, expected, "{text}");
        }
        for word in ["cm-p", "ent_", "@AdobeOrg", "-cm-p1-e2-integration", ".adobelogin.com"] {
            let _ = all(&word.repeat(20_000));
        }
    }
}
