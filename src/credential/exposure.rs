//! What of a document may be shown. Everything else is masked.
//!
//! Owns: which spans are public, which strings are secret, and the last guard over every message. Does not own: the
//! masking itself (see `source`).

mod secrets;
mod shown;

use secrets::Secrets;
pub use shown::{presentable, presentable_id};

use super::pem::public_markers;
use super::shape::is_uuid;
use super::{CLIENT_ID, CLIENT_SECRET, Credential, Document, Field, FieldState, TOKEN, Token};
use crate::json::{Kind, Text, Value};
use crate::source::{Masked, Span, Surroundings};

/// Labels that stand in armour lines and say nothing secret.
pub(crate) const LABELS: [&str; 12] = [
    "RSA PRIVATE KEY",
    "PRIVATE KEY",
    "ENCRYPTED PRIVATE KEY",
    "EC PRIVATE KEY",
    "DSA PRIVATE KEY",
    "OPENSSH PRIVATE KEY",
    "CERTIFICATE",
    "X509 CERTIFICATE",
    "TRUSTED CERTIFICATE",
    "CERTIFICATE REQUEST",
    "PUBLIC KEY",
    "RSA PUBLIC KEY",
];

/// Names under which documents of all kinds keep secrets.
const SECRET_NAMES: [&str; 13] = [
    "privateKey",
    "private_key",
    "clientSecret",
    "client_secret",
    "client_secrets",
    "clientSecrets",
    // The key of a runtime namespace in a project of the Adobe Developer Console.
    "auth",
    "accessToken",
    "access_token",
    "refresh_token",
    "id_token",
    "password",
    "secret",
];

/// The visible and the secret parts of one document.
#[derive(Debug, Default)]
pub struct Exposure<'t> {
    visible: Vec<Span>,
    secrets: Secrets<'t>,
    /// A number that is public though it is as long as a secret may be.
    public_number: Option<Span>,
}

const WINDOW: usize = 8;

/// So many bytes of a masked copy are enough to show.
const LONG: usize = 256 * 1024;

/// Whether the client secret of `credential` stands in `value`, which is meant to be public: before `@AdobeOrg`, say.
pub(crate) fn holds_secret(credential: Option<&Credential<'_, '_>>, value: &str) -> bool {
    let secret = credential.and_then(|credential| credential.text(Field::ClientSecret));
    secret.is_some_and(|(secret, _)| {
        let secret = secret.as_str().trim();
        secret.len() >= WINDOW && value.len() > secret.len() && value.contains(secret)
    })
}

impl<'t> Exposure<'t> {
    /// The exposure of a document that could be parsed.
    pub fn of(text: &str, document: &'t Document<'t, 't>) -> Self {
        let mut exposure = Self { public_number: public_number(document), ..Self::default() };
        exposure.value(document.root, false);
        // A client ID where the secret should be means that the secret is where the ID should be.
        let swapped = document.credential.as_ref().is_some_and(|credential| {
            credential.text(Field::ClientSecret).is_some_and(|(text, _)| text.as_str().starts_with(CLIENT_ID))
        });
        let mut public = Vec::new();
        for entry in document.fields() {
            let (FieldState::Text(_, value) | FieldState::Placeholder(_, value)) = entry.state else {
                continue;
            };
            if swapped && entry.field == Field::ClientId {
                exposure.hide(value.as_str());
            } else if !entry.field.secret()
                && !entry.field.pem()
                && presentable(value.as_str())
                && !holds_secret(document.credential.as_ref(), value.as_str())
            {
                public.push((value, matches!(entry.state, FieldState::Placeholder(..))));
            }
        }
        // A piece of a secret may stand before `@techacct.adobe.com`. Placeholders have words in common.
        exposure.sort();
        public.retain(|(value, is_placeholder)| *is_placeholder || !exposure.leaks(value.as_str()));
        exposure.visible.extend(public.iter().map(|(value, _)| value.inner_span()));
        exposure.with_armour(text)
    }

    /// The exposure of a text that could not be parsed: known names in quotation marks, public values after them, and armor
    /// lines.
    pub fn of_unparsed(text: &'t str) -> Self {
        let (mut exposure, mut public) = Self::of_names(text);
        public.retain(|span| !exposure.leaks(text.get(span.range()).unwrap_or_default()));
        exposure.visible.extend(public);
        exposure.with_armour(text)
    }

    /// The same without values: for a copy that shows whose credential it is only if it is asked to.
    #[cfg(feature = "audit")]
    pub fn of_unparsed_names(text: &'t str) -> Self {
        let (mut exposure, _) = Self::of_names(text);
        exposure.visible.extend(armour(text));
        exposure.sort();
        exposure
    }

    /// Known names in quotation marks, and where public values are after them.
    fn of_names(text: &'t str) -> (Self, Vec<Span>) {
        let mut exposure = Self::default();
        let mut public = Vec::new();
        let mut quotes = memchr::memchr_iter(b'"', text.as_bytes()).peekable();
        while let (Some(open), Some(&close)) = (quotes.next(), quotes.peek()) {
            let name = &text[open + 1..close];
            if is_known_name(name) {
                exposure.visible.push(Span::new(open + 1, close));
                public.extend(public_value(text, name, close + 1));
            }
            // A secret is one whatever is wrong around it.
            let value = text[close + 1..].trim_start().strip_prefix(':').map(str::trim_start);
            if let Some(value) = value.filter(|_| SECRET_NAMES.contains(&name)) {
                let end = value.get(1..).and_then(|rest| rest.find('"')).map_or(value.len(), |end| end + 1);
                exposure.hide(value.get(1..end).unwrap_or_default());
            }
        }
        exposure.sort();
        (exposure, public)
    }

    /// The exposure of a text that is nothing but a token: the words of an `Authorization` header before it.
    pub fn of_bare_token(text: &str, token: &'t Token<'_, '_>) -> Self {
        let mut exposure = Self::default();
        if let Some(jws) = &token.jws {
            let (scheme, token) = jws.expose().split_at(jws.scheme_length());
            exposure.hide(token);
            let start = jws.place().span.start;
            exposure.visible.push(Span::new(start, start + scheme.len()));
        }
        exposure.with_armour(text)
    }

    /// The exposure of a text that should hold no secret at all, such as a configuration, and may do so by mistake:
    /// what doesn't look like one.
    pub fn of_settings(text: &'t str) -> Self {
        let mut exposure = Self::of_unparsed(text);
        let delimiter = |character: char| character.is_whitespace() || "\"',=[]{}()".contains(character);
        let mut start = 0;
        for part in text.split_inclusive(delimiter) {
            let word = part.trim_end_matches(delimiter);
            if presentable(word) && !exposure.leaks(word) {
                exposure.visible.push(Span::new(start, start + part.len()));
            }
            start += part.len();
        }
        exposure.with_armour(text)
    }

    /// The masked copy of the document.
    pub fn mask(&self, text: &str) -> Masked {
        Masked::new(text, &self.visible)
    }

    /// The masked copy of a document of which `places` will be shown. Of a long one, there is nothing else to see.
    pub fn mask_near(&self, text: &str, places: impl Iterator<Item = Span>) -> Masked {
        if text.len() <= LONG {
            self.mask(text)
        } else {
            Masked::parts(text, &self.visible, &near(text, places))
        }
    }

    /// The masked copy of the lines that `places` of the text around the document are about, and their neighbors.
    /// Nothing if they are so long that nobody would look at them.
    pub fn mask_around(
        &self,
        around: &dyn Surroundings,
        places: impl Iterator<Item = Span>,
    ) -> Option<Masked> {
        let text = around.source().text();
        let (start, end) =
            places.fold((usize::MAX, 0), |(start, end), place| (start.min(place.start), end.max(place.end)));
        let window = lines_around(text, start.min(end), end.min(text.len()))?;
        let part = text.get(window.range()).filter(|part| part.len() <= LONG)?;
        let mut outer = Self::default();
        outer.visible.extend(
            names(part)
                .filter(|name| !self.leaks(&part[name.range()]))
                .map(|name| Span::new(window.start + name.start, window.start + name.end)),
        );
        let exact = self.visible.iter().filter(|span| around.is_exact(**span));
        outer.visible.extend(exact.map(|span| around.outer(*span)).filter(|span| window.contains(*span)));
        let armour = markers(part).map(|span| Span::new(window.start + span.start, window.start + span.end));
        outer.visible.extend(armour);
        outer.sort();
        Some(Masked::window(text, &outer.visible, window))
    }

    /// Whether `text` holds eight characters of a secret.
    pub fn leaks(&self, text: &str) -> bool {
        self.secrets.are_in(text)
    }

    fn value(&mut self, value: &'t Value<'_>, secret: bool) {
        match &value.kind {
            Kind::Object(object) => {
                for member in &object.members {
                    let name = member.key.as_str();
                    if secret || !presentable(name) {
                        self.hide(name);
                    } else {
                        self.visible.push(member.key.inner_span());
                    }
                    self.value(&member.value, secret || SECRET_NAMES.contains(&name));
                }
            }
            Kind::Array(items) => items.iter().for_each(|item| self.value(item, secret)),
            Kind::String(text) => self.string(text, secret),
            Kind::Number(_) if self.public_number == Some(value.span) => self.visible.push(value.span),
            Kind::Number(number) if secret || number.len() >= WINDOW => self.hide(number),
            Kind::Number(_) | Kind::Bool(_) | Kind::Null => self.visible.push(value.span),
        }
    }

    fn string(&mut self, text: &'t Text<'_>, secret: bool) {
        let value = text.as_str();
        let has = |mark: &str| memchr::memmem::find(value.as_bytes(), mark.as_bytes()).is_some();
        let telling = ["PRIVATE KEY", CLIENT_SECRET, TOKEN].into_iter().any(has);
        // Adobe I/O Runtime has a user's UUID before the secret.
        let user = value.find(':').filter(|colon| is_uuid(&value[..*colon])).map_or(0, |colon| colon + 1);
        let value = &value[user..];
        if telling || secret && !super::is_placeholder(Field::ClientSecret, value) {
            self.hide(value);
            self.hide(text.raw().get(user..).unwrap_or(text.raw()));
        }
    }

    /// Takes `secret` for a secret, but for armour lines in it.
    fn hide(&mut self, secret: &'t str) {
        let mut from = 0;
        for armour in markers(secret).chain([Span::at(secret.len())]) {
            self.secrets.add(secret.get(from..armour.start).unwrap_or_default());
            from = armour.end;
        }
    }

    fn with_armour(mut self, text: &str) -> Self {
        self.visible.extend(markers(text));
        self.sort();
        self
    }

    fn sort(&mut self) {
        self.visible.sort_unstable();
        // A span within another one (armour in a key's name) adds nothing.
        let mut end = 0;
        self.visible.retain(|span| {
            let keep = span.start >= end && span.end > span.start;
            end = end.max(span.end);
            keep
        });
    }
}

/// The value of the public field `name`, which ends at `offset` of a text that isn't JSON: a literal, a status, or a text that
/// looks public.
fn public_value(text: &str, name: &str, offset: usize) -> Option<Span> {
    let field = Field::ALL.into_iter().find(|field| field.name() == name)?;
    let rest = text.get(offset..)?;
    let value = rest.trim_start().strip_prefix(':')?.trim_start();
    let start = text.len() - value.len();
    if let Some(value) = value.strip_prefix('"') {
        let value = value.get(..value.find('"')?)?;
        let is_public = !field.secret() && !field.pem() && presentable(value);
        return is_public.then(|| Span::new(start + 1, start + 1 + value.len()));
    }
    let literal = value.bytes().take_while(u8::is_ascii_alphanumeric).count();
    let literal = value.get(..literal)?;
    let is_status = literal.len() <= 3 && literal.bytes().all(|byte| byte.is_ascii_digit());
    let is_public = matches!(literal, "true" | "false" | "null") || is_status;
    is_public.then(|| Span::new(start, start + literal.len()))
}

/// What of `text` can be seen where both ends of each of `places` are shown, with the lines around them: a few lines before and
/// after, and of long ones what a terminal has room for. Sorted; no two touch.
fn near(text: &str, places: impl Iterator<Item = Span>) -> Vec<Span> {
    const LINES: usize = 6;
    const BEFORE: usize = 20 << 10;
    const BEHIND: usize = 52 << 10;
    let bytes = text.as_bytes();
    let mut found: Vec<Span> = Vec::new();
    let mut known = Span::default();
    for offset in places.flat_map(|place| [place.start, place.end]).map(|offset| offset.min(text.len())) {
        if !(known.start < offset && offset < known.end) {
            let mut starts = Vec::new();
            let mut at = offset;
            while let Some(newline) = memchr::memrchr(b'\n', &bytes[..at]).filter(|_| starts.len() < LINES) {
                starts.push(newline + 1);
                at = newline;
            }
            starts.push(if starts.len() < LINES { 0 } else { at });
            known.start = starts.first().copied().unwrap_or_default();
            let after = memchr::memchr_iter(b'\n', &bytes[offset..]).map(|newline| offset + newline + 1);
            let after: Vec<usize> = after.take(LINES).collect();
            known.end = after.first().map_or(text.len(), |next| next - 1);
            for start in starts.into_iter().chain(after) {
                let beginning = &bytes[start..text.len().min(start + BEHIND)];
                let length = memchr::memchr(b'\n', beginning).map_or(beginning.len(), |newline| newline + 1);
                found.push(Span::new(start, start + length));
            }
        }
        let (start, end) = (offset.saturating_sub(BEFORE).max(known.start), (offset + BEHIND).min(known.end));
        found.push(Span::new(start, end.max(start)));
    }
    found.sort_unstable();
    let floor = |at: usize| (0..=at).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    let mut windows: Vec<Span> = Vec::new();
    for span in found.into_iter().map(|span| Span::new(floor(span.start), floor(span.end))) {
        match windows.last_mut() {
            Some(last) if span.start <= last.end => last.end = last.end.max(span.end),
            _ => windows.push(span),
        }
    }
    windows
}

/// The lines from the one before `start` to the one after `end`.
fn lines_around(text: &str, start: usize, end: usize) -> Option<Span> {
    let before = text.as_bytes().get(..start)?;
    let line = memchr::memrchr(b'\n', before).unwrap_or(0);
    let first = memchr::memrchr(b'\n', &before[..line]).map_or(0, |newline| newline + 1);
    let after = text.as_bytes().get(end..)?;
    let mut newlines = memchr::memchr_iter(b'\n', after);
    let last = newlines.next().and_then(|_| newlines.next()).map_or(text.len(), |newline| end + newline);
    Some(Span::new(first, last))
}

/// The names at the beginnings of lines: of variables, of keys in YAML and properties. A name of something that looks
/// random, or after which nothing but padding follows, is none.
fn names(text: &str) -> impl Iterator<Item = Span> {
    let mut offset = 0;
    text.split_inclusive('\n').filter_map(move |line| {
        let start = offset;
        offset += line.len();
        let mut rest = line.trim_start_matches([' ', '\t', '-']);
        rest = rest.strip_prefix("export ").unwrap_or(rest).trim_start_matches(['"', '\'']);
        let length =
            rest.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || b"_.-".contains(byte)).count();
        let name = rest.get(..length).filter(|name| (1..=64).contains(&name.len()) && presentable(name))?;
        let follows = rest.get(length..)?.trim_start_matches(['"', '\'']);
        let value = follows.strip_prefix(':').or_else(|| follows.strip_prefix('='))?;
        let padding = value.trim_end().bytes().all(|byte| byte == b'=') && follows.starts_with('=');
        let at = start + (line.len() - rest.len());
        (!padding).then(|| Span::new(at, at + name.len()))
    })
}

/// The lifetime that a token service's answer has.
fn public_number(document: &Document<'_, '_>) -> Option<Span> {
    const LONGEST: usize = 20;
    let (_, place) = document.token.as_ref()?.expires_in()?;
    Some(place.span).filter(|span| span.end - span.start <= LONGEST)
}

/// Where `text` has BEGIN and END lines, right or wrong, in which nothing but words of labels stands.
fn markers(text: &str) -> impl Iterator<Item = Span> {
    public_markers(text).map(|range| Span::new(range.start, range.end))
}

/// Where `text` has `-----BEGIN …-----` or `-----END …-----` with a known label.
pub(crate) fn armour(text: &str) -> impl Iterator<Item = Span> {
    memchr::memmem::find_iter(text.as_bytes(), "-----").filter_map(|start| {
        let rest = &text[start + 5..];
        let label = rest.strip_prefix("BEGIN ").or_else(|| rest.strip_prefix("END "))?;
        let known = LABELS
            .iter()
            .find(|known| label.strip_prefix(**known).is_some_and(|end| end.starts_with("-----")))?;
        Some(Span::new(start, text.len() - label.len() + known.len() + 5))
    })
}

/// Whether `name` is a field's name, in any spelling: `client_id` and `ClientID` are as public as `clientId`.
pub(crate) fn is_known_name(name: &str) -> bool {
    let fields =
        [&Field::SERVICE[..], &Field::DEVELOPMENT_TOKEN, &Field::ACCESS_TOKEN, &Field::PROJECT_CREDENTIAL];
    name.len() <= 40
        && name.bytes().all(|byte| byte.is_ascii_alphabetic() || matches!(byte, b'_' | b'-'))
        && fields.into_iter().flatten().any(|field| plain_letters(field.name()).eq(plain_letters(name)))
}

/// The letters of a name in lower case, without separators.
fn plain_letters(name: &str) -> impl Iterator<Item = char> {
    let letters = name.chars().filter(|letter| !matches!(letter, '_' | '-'));
    letters.map(|letter| letter.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn public_values_are_presentable_and_secrets_are_not() {
        for value in [
            "ims-na1.adobelogin.com",
            "ent_aem_cloud_api",
            "ent_aem_cloud_sdk,ent_cloudmgr_sdk",
            "cm-p7603-e12614-integration-0",
            "0123456789ABCDEF01234567@AdobeOrg",
            "01234567-89ab-4def-8123-456789abcdef@techacct.adobe.com",
            "2024-03-06T00:33:34.000Z",
            "certificateExpirationDate",
            "https://ims-na1.adobelogin.com/",
            "ims-nа1.adobelogin.com",
            "2024-03-06T00:33:34.000Z to 2025-03-06T00:33:34.000Z",
            "",
        ] {
            assert!(presentable(value), "{value}");
        }
        for value in [
            "p8e-AbCdEfGhIjKlMnOpQrStUvWxYz012345",
            "eyJhbGciOiJSUzI1NiJ9.e30.AAAA",
            "MIIEowIBAAKCAQEAtest",
            "0123456789abcdef0123456789abcdef",
            "01234567-89ab-4def-8123-456789abcdef",
            "-----BEGIN RSA PRIVATE KEY-----",
            "a\u{202E}b",
            "a\u{1B}[31mb",
            "\u{2000}",
            "a\u{A0}b",
            "AbCdEfGhIjKlMnOp",
            "a1b2c3d4",
            "p 8 e - A b C d E f G h",
            "70:38:65:2D:41:62:43:64:45:66:47:68",
            "%70%38%65%2d%41%62%43%64%45%66%47%68",
            "0x70, 0x38, 0x65, 0x2d, 0x41, 0x62, 0x43, 0x64",
            "112 56 101 45 65 98 67 100 69 102 71 104",
            "AbCd-1fGh-Ij2l-MnO3",
            "AbCd\" + \"1fGh\" + \"Ij2l\" + \"MnO3",
        ] {
            assert!(!presentable(value), "{value}");
        }
    }

    #[test]
    fn a_broken_document_shows_only_names_and_armour() {
        let text = "{\"privateKey\": \"-----BEGIN RSA PRIVATE KEY-----\\nMIIEabcd\\n\" oops: p8e-12345678";
        let masked = Exposure::of_unparsed(text).mask(text);
        assert_eq!(
            masked.text(),
            "{\"privateKey\": \"-----BEGIN RSA PRIVATE KEY-----\\n••••••••\\n\" ••••: ••••••••••••"
        );
    }
}
