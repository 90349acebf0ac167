//! Access tokens: the local development token, the token service's answer, and a token on its own.
//!
//! Owns: which documents and texts are tokens, whose they are, and their fields. Does not own: the parts of the token
//! (see `jws`) and what its claims say (see `claims`).
//!
//! A token's signature can't be verified here: it was made with a key of Adobe's. So what the claims say is what the
//! token claims, no more.

mod claims;
mod jws;
mod stated;

pub use claims::{Claim, Claims, Issuer, Request, TimeDefect, Times};
pub(crate) use jws::scheme;
pub use jws::{Header, Jws, JwsDefectKind, Part};
pub use stated::StatedLifetime;

use super::field::Holder;
use super::{DocumentKind, Field, FieldEntry, FieldState, FieldValue, is_invisible};
use crate::finding::Place;
use crate::json::{Kind, Object, Pointer};
use crate::source::Span;

named! {
    /// The forms in which a token is stored.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum TokenForm {
        /// `{"ok": true, "statusCode": 200, "accessToken": "…"}` of the AEM Developer Console.
        Development = "development-token",
        /// `{"token_type": "bearer", "access_token": "…", "expires_in": 86399999}` of the token service.
        Answer = "answer",
        /// The token alone, or with the words of an `Authorization` header before it.
        Bare = "bare",
    }
}

/// A token and what it stands in, read once.
#[derive(Debug)]
pub struct Token<'v, 's> {
    /// How it is stored.
    pub form: TokenForm,
    /// One entry for each field of its form, in the order in which they are issued; none for a bare token.
    pub fields: Vec<FieldEntry<'v, 's>>,
    /// The token, if its field holds text.
    pub jws: Option<Jws<'v, 's>>,
    /// Whether names around it say that a refresh token is meant, so that it is one in its place.
    pub is_named_refresh: bool,
    /// Whether the document has what only answers of the AEM Developer Console have around a token.
    enveloped: bool,
}

impl<'v, 's> Token<'v, 's> {
    /// The token in the document `top`, if it is one of the two that hold tokens.
    pub(super) fn of_document(top: &Holder<'v, 's>) -> Option<Self> {
        let object = top.object;
        // The aio CLI keeps a token as `{"token": …, "expiry": …}`: what is inside is the token.
        let is_holder =
            |name: &str| object.get(name).is_some_and(|member| member.value.as_object().is_some());
        if is_holder(Field::AccessToken.name()) || is_holder(Field::DevelopmentToken.name()) {
            return None;
        }
        let (form, issued, field) = if object.has(Field::DevelopmentToken.name()) {
            (TokenForm::Development, Field::DEVELOPMENT_TOKEN, Field::DevelopmentToken)
        } else if object.has(Field::AccessToken.name()) {
            (TokenForm::Answer, Field::ACCESS_TOKEN, Field::AccessToken)
        } else {
            return None;
        };
        let fields: Vec<_> = issued.into_iter().map(|field| FieldEntry::find(field, Some(top))).collect();
        let enveloped = form == TokenForm::Development
            && [Field::Ok, Field::StatusCode].into_iter().any(|field| object.has(field.name()));
        let value = fields.iter().find(|entry| entry.field == field).and_then(FieldEntry::value);
        let jws = value.map(|value| Jws::read(TokenText::Field(value)));
        let token = Self { form, fields, jws, is_named_refresh: false, enveloped };
        token.is_plausible(object).then_some(token)
    }

    /// The token that `text` is, if it is nothing else: white space may be around it, and the words of an
    /// `Authorization` header before it.
    pub fn bare(text: &'s str) -> Option<Self> {
        let value = text.trim();
        let token = &value[scheme(value)..];
        let is_token = |character: char| {
            character.is_ascii_alphanumeric() || "-_.+/=".contains(character) || is_invisible(character)
        };
        let announced = token.len() < value.len() && !token.contains(char::is_whitespace);
        if token.is_empty() || !token.chars().all(is_token) || !announced && !looks_encoded(token) {
            return None;
        }
        let start = text.len() - text.trim_start().len();
        let jws = Some(Jws::read(TokenText::Bare { text: value, start }));
        Some(Self {
            form: TokenForm::Bare,
            fields: Vec::new(),
            jws,
            is_named_refresh: false,
            enveloped: false,
        })
    }

    /// Whose token it is.
    pub fn issuer(&self) -> Issuer {
        self.claims().map_or(Issuer::Unknown, |claims| claims.issuer)
    }

    /// What the token claims, if that could be read.
    pub fn claims(&self) -> Option<&Claims> {
        self.jws.as_ref()?.claims.as_ref()
    }

    /// The token and its claims, if it is an access token of Adobe's: of others no rule knows anything.
    pub fn access(&self) -> Option<(&Jws<'v, 's>, &Claims)> {
        let (jws, claims) = (self.jws.as_ref()?, self.claims()?);
        (claims.issuer == Issuer::Adobe && claims.is_access_token()).then_some((jws, claims))
    }

    /// Whether it is a refresh token where one is meant.
    pub fn is_refresh(&self) -> bool {
        self.is_named_refresh && self.claims().is_some_and(Claims::is_refresh_token)
    }

    /// The token and its claims, if it is an access token of Adobe's, or a refresh token where one is meant: what ends when its
    /// claims say so.
    pub fn dated(&self) -> Option<(&Jws<'v, 's>, &Claims)> {
        let (jws, claims) = (self.jws.as_ref()?, self.claims()?);
        (claims.issuer == Issuer::Adobe && (claims.is_access_token() || self.is_refresh()))
            .then_some((jws, claims))
    }

    /// The kind in machine-readable output. A token of another issuer is none of the kinds.
    pub fn kind(&self) -> DocumentKind {
        match self.form {
            _ if self.issuer() == Issuer::Other => DocumentKind::Unknown,
            TokenForm::Development => DocumentKind::DevelopmentToken,
            TokenForm::Answer | TokenForm::Bare => DocumentKind::AccessToken,
        }
    }

    /// Whether it is Adobe's, so that it is worth a report where nobody asked for this file by name.
    pub fn is_adobes(&self) -> bool {
        match self.issuer() {
            Issuer::Adobe | Issuer::Client => true,
            Issuer::Other => false,
            // Other services count seconds, and none issues tokens for months.
            Issuer::Unknown => {
                let milliseconds = |number: f64| (1e7..=8.64e7).contains(&number);
                self.enveloped || self.expires_in().is_some_and(|(number, _)| milliseconds(number))
            }
        }
    }

    /// What the token service's answer says of the token's lifetime, in whatever unit; infinite if no number is large
    /// enough.
    pub fn expires_in(&self) -> Option<(f64, Place)> {
        let entry = self.fields.iter().find(|entry| entry.field == Field::ExpiresIn)?;
        let FieldState::Other(member) = entry.state else { return None };
        let Kind::Number(written) = &member.value.kind else { return None };
        Some((written.parse().ok()?, entry.place()))
    }

    /// How that fits the token's own lifetime, if both can be read.
    pub fn stated_lifetime(&self) -> Option<StatedLifetime> {
        let (_, claims) = self.access()?;
        let times = claims.times.as_ref().ok()?;
        StatedLifetime::new(self.expires_in()?.0, times.lifetime)
    }

    /// Whether a document with a key that other programs use too is meant to be one of these.
    fn is_plausible(&self, object: &Object<'_>) -> bool {
        let known = |key: &str| self.fields.iter().any(|entry| entry.field.name() == key);
        self.enveloped
            || self.form == TokenForm::Answer
            || matches!(self.issuer(), Issuer::Adobe | Issuer::Client)
            || object.members.iter().all(|member| known(member.key.as_str()))
    }
}

/// Whether `text` begins like a JSON object in base64, and has a second part.
fn looks_encoded(text: &str) -> bool {
    ["eyJ", "eyAi", "ewog", "ewoJ", "ew0K", "eyAg", "ewoi"].iter().any(|sign| text.starts_with(sign))
        && text.contains('.')
}

/// The text of a token and the way from it to the document.
#[derive(Debug)]
pub(super) enum TokenText<'v, 's> {
    /// The string of a field.
    Field(FieldValue<'v, 's>),
    /// A text on its own, from byte `start` of the document.
    Bare {
        /// Without white space around it.
        text: &'s str,
        /// Where it begins.
        start: usize,
    },
}

impl TokenText<'_, '_> {
    /// The whole value, secret.
    fn as_str(&self) -> &str {
        match self {
            Self::Field(value) => value.as_str(),
            Self::Bare { text, .. } => text,
        }
    }

    fn place_of(&self, range: std::ops::Range<usize>) -> Place {
        match self {
            Self::Field(value) => value.place_of(range),
            Self::Bare { start, .. } => {
                Place::new(Pointer::root(), Span::new(start + range.start, start + range.end))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use serde_json::Value;

    use super::{Claim, Token};

    const HEADER: &str = r#"{"alg":"RS256","itt":"at"}"#;
    const CLAIMS: &str = r#"{"type":"access_token","client_id":"a","created_at":"1"}"#;

    fn token(header: &str, claims: &str) -> String {
        [header, claims, "signature"].map(|part| URL_SAFE_NO_PAD.encode(part)).join(".")
    }

    #[test]
    fn a_header_is_refused_where_another_library_refuses_it() {
        for header in [
            HEADER,
            r#"{"typ":"JWT"}"#,
            r#"{"alg":null}"#,
            r#"{"alg":"none"}"#,
            r#"{"alg":"rs256"}"#,
            r#"{"alg":"ES512"}"#,
            r#"{"alg":7}"#,
            r#"{"alg":"PS512"}"#,
            r#"{"alg":"EdDSA","typ":"JWT","kid":"a","x5u":"a.cer","jku":"b","cty":"JWT"}"#,
            r#"{"alg":"RS256","kid":7}"#,
            r#"{"alg":"RS256","kid":null}"#,
            r#"{"alg":"RS256","typ":[]}"#,
            r#"{"alg":"RS256","x5t":{},"x5u":"a"}"#,
            r#"{"alg":"RS256","x5t#S256":true}"#,
            r#"{"alg":"RS256","x5c":["a","b"]}"#,
            r#"{"alg":"RS256","x5c":["a",1]}"#,
            r#"{"alg":"RS256","x5c":"a"}"#,
            r#"{"alg":"RS256","crit":["b64"],"b64":false}"#,
            r#"{"alg":"RS256","crit":"b64"}"#,
            r#"{"alg":"RS256","enc":1}"#,
            r#"{"alg":"RS256","zip":"DEF"}"#,
            r#"{"alg":"RS256","url":1}"#,
            r#"{"alg":"RS256","nonce":{}}"#,
            r#"{"alg":"RS256","jwk":{"kty":"oct","k":"AQ"}}"#,
            r#"{"alg":"RS256","jwk":7}"#,
            r#"{"alg":"RS256","kid":"\ud800"}"#,
            r#"{"alg":"RS256","other":[1,{"a":null}]}"#,
        ] {
            let text = token(header, CLAIMS);
            let read = Token::bare(&text).unwrap().jws.unwrap().header.unwrap().algorithm;
            let other = jsonwebtoken::decode_header(&text).ok().map(|header| format!("{:?}", header.alg));
            assert_eq!(read, other, "{header}");
        }
    }

    #[test]
    fn claims_are_refused_where_another_library_refuses_them() {
        for claims in [
            CLAIMS,
            "{}",
            r#"{"type":7,"client_id":null,"created_at":1.5e3}"#,
            r#"{"created_at":1e400}"#,
            r#"{"expires_in":-1e400}"#,
            r#"{"created_at":123456789012345678901234567890}"#,
            r#"{"type":"\ud83d\ude00"}"#,
            r#"{"type":"\ud83d"}"#,
            r#"{"scope":"\ude00"}"#,
            r#"{"scope":"\ufffd \uFFFD"}"#,
            r#"{"scope":["a",{"b":[]}],"as":{}}"#,
        ] {
            let text = token(HEADER, claims);
            let jws = Token::bare(&text).unwrap().jws.unwrap();
            let other: Result<Value, _> = jsonwebtoken::dangerous::insecure_decode_claims(&text);
            assert_eq!(jws.claims.is_some(), other.is_ok(), "{claims}");
            let (Some(read), Ok(other)) = (jws.claims, other) else { continue };
            for (claim, name) in
                [(&read.kind, "type"), (&read.client_id, "client_id"), (&read.scope, "scope")]
            {
                assert_eq!(claim.text(), other[name].as_str(), "{claims}");
                assert_eq!(matches!(claim, Claim::Missing), other.get(name).is_none(), "{claims}");
            }
        }
    }
}
