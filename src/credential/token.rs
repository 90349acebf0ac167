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

pub use claims::{Claim, Claims, Issuer, TimeDefect, Times};
pub(crate) use jws::scheme;
pub use jws::{Header, Jws, JwsDefect, JwsDefectKind, Part};
pub use stated::StatedLifetime;

use super::field::Holder;
use super::{DocumentKind, Field, FieldEntry, FieldState, FieldValue, is_invisible};
use crate::finding::Place;
use crate::json::{Kind, Object, Pointer};
use crate::source::Span;

/// The forms in which a token is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenForm {
    /// `{"ok": true, "statusCode": 200, "accessToken": "…"}` of the AEM Developer Console.
    Development,
    /// `{"token_type": "bearer", "access_token": "…", "expires_in": 86399999}` of the token service.
    Answer,
    /// The token alone, or with the words of an `Authorization` header before it.
    Bare,
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
    /// Whether the document has what only answers of the AEM Developer Console have around a token.
    enveloped: bool,
}

impl<'v, 's> Token<'v, 's> {
    /// The token in the document `top`, if it is one of the two that hold tokens.
    pub(super) fn of_document(top: &Holder<'v, 's>) -> Option<Self> {
        let object = top.object;
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
        let token = Self { form, fields, jws, enveloped };
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
        Some(Self { form: TokenForm::Bare, fields: Vec::new(), jws, enveloped: false })
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
            Issuer::Adobe => true,
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
            || self.issuer() == Issuer::Adobe
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
