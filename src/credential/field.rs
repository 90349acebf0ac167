//! The fields of issued documents: one table of names, places, types and requirements.

use std::ops::Range;

use super::{is_placeholder, presentable, trimmed};
use crate::finding::Place;
use crate::json::{Kind, Member, Object, Pointer, Text, Value};
use crate::source::Span;

named! {
    /// A field of a known document. The names are Adobe's.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    pub enum Field,
    /// What the field is, in a few words.
    meaning {
        Ok = "ok" => "whether the console's response was a success",
        Integration = "integration" => "the credential itself",
        StatusCode = "statusCode" => "the HTTP status of the console's response",
        ImsEndpoint = "imsEndpoint" => "the host name of Adobe's token service",
        Metascopes = "metascopes" => "the scopes that the token will have",
        TechnicalAccount = "technicalAccount" => "the client's ID and secret",
        ClientId = "clientId" => "the client ID",
        ClientSecret = "clientSecret" => "the client secret",
        Email = "email" => "the technical account's email address and its user ID inside AEM",
        Id = "id" => "the technical account's ID",
        Org = "org" => "the organization's ID",
        PrivateKey = "privateKey" => "the private key that signs the request for a token",
        PublicKey = "publicKey" => "the certificate that Adobe knows the key by",
        CertificateExpirationDate = "certificateExpirationDate" => "when the certificate expires",
        DevelopmentToken = "accessToken" => "the token itself",
        AccessToken = "access_token" => "the token itself",
        TokenType = "token_type" => "how to use the token",
        ExpiresIn = "expires_in" => "for how many milliseconds the token is valid",
        ProjectOrg = "ims_org_id" => "the organization's ID",
        ProjectClientId = "client_id" => "the client ID",
        ProjectClientSecret = "client_secret" => "the client secret",
        ProjectAccountId = "technical_account_id" => "the technical account's ID",
        ProjectAccountEmail = "technical_account_email" => "the technical account's email address",
    }
}

named! {
    /// The JSON type that a field has in issued documents.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum Expected {
        /// `true` or `false`
        Boolean = "a boolean",
        /// A number.
        Number = "a number",
        /// A string.
        String = "a string",
        /// An object.
        Object = "an object",
    }
}

impl Expected {
    fn fits(self, value: &Value<'_>) -> bool {
        matches!(
            (self, &value.kind),
            (Self::Boolean, Kind::Bool(_))
                | (Self::Number, Kind::Number(_))
                | (Self::String, Kind::String(_))
                | (Self::Object, Kind::Object(_))
        )
    }
}

impl Field {
    /// All fields of a service-credentials document, in the order in which they are issued.
    pub const SERVICE: [Self; 14] = [
        Self::Ok,
        Self::Integration,
        Self::ImsEndpoint,
        Self::Metascopes,
        Self::TechnicalAccount,
        Self::ClientId,
        Self::ClientSecret,
        Self::Email,
        Self::Id,
        Self::Org,
        Self::PrivateKey,
        Self::PublicKey,
        Self::CertificateExpirationDate,
        Self::StatusCode,
    ];

    /// All fields of a local development token, in the order in which they are issued.
    pub const DEVELOPMENT_TOKEN: [Self; 3] = [Self::Ok, Self::StatusCode, Self::DevelopmentToken];

    /// All fields of the token service's answer (RFC 6749 section 5.1), in the order in which they are issued.
    pub const ACCESS_TOKEN: [Self; 3] = [Self::TokenType, Self::AccessToken, Self::ExpiresIn];

    /// The fields of a `jwt` credential in a project of the Adobe Developer Console about which rules have something
    /// to say.
    pub const PROJECT_CREDENTIAL: [Self; 4] =
        [Self::ProjectClientId, Self::ProjectClientSecret, Self::ProjectAccountEmail, Self::ProjectAccountId];

    /// The field of a service-credentials document that holds this one; nothing for those at the top and of other
    /// documents.
    pub const fn parent(self) -> Option<Self> {
        match self {
            Self::ClientId | Self::ClientSecret => Some(Self::TechnicalAccount),
            Self::ImsEndpoint
            | Self::Metascopes
            | Self::TechnicalAccount
            | Self::Email
            | Self::Id
            | Self::Org
            | Self::PrivateKey
            | Self::PublicKey
            | Self::CertificateExpirationDate => Some(Self::Integration),
            _ => None,
        }
    }

    /// The type in issued documents.
    pub const fn expected(self) -> Expected {
        match self {
            Self::Ok => Expected::Boolean,
            Self::StatusCode | Self::ExpiresIn => Expected::Number,
            Self::Integration | Self::TechnicalAccount => Expected::Object,
            _ => Expected::String,
        }
    }

    /// Whether every issued document has it and the client or Adobe needs it.
    pub const fn required(self) -> bool {
        !matches!(self, Self::Ok | Self::StatusCode | Self::CertificateExpirationDate) && !self.of_project()
    }

    /// Whether it stands in a project of the Adobe Developer Console: such a field may be absent, but not empty.
    pub const fn of_project(self) -> bool {
        matches!(
            self,
            Self::ProjectOrg
                | Self::ProjectClientId
                | Self::ProjectClientSecret
                | Self::ProjectAccountId
                | Self::ProjectAccountEmail
        )
    }

    /// Whether its value must never be shown.
    pub const fn secret(self) -> bool {
        matches!(
            self,
            Self::PrivateKey
                | Self::ClientSecret
                | Self::DevelopmentToken
                | Self::AccessToken
                | Self::ProjectClientSecret
        )
    }

    /// Whether it holds PEM or a token: long text that may contain any short word by chance.
    pub(super) const fn encoded(self) -> bool {
        self.pem() || matches!(self, Self::DevelopmentToken | Self::AccessToken)
    }

    /// Whether it holds PEM.
    pub const fn pem(self) -> bool {
        matches!(self, Self::PrivateKey | Self::PublicKey)
    }
}

/// A field of one document and what was found there.
#[derive(Debug)]
pub struct FieldEntry<'v, 's> {
    /// Which field.
    pub field: Field,
    /// Where it is or would be.
    pub pointer: Pointer,
    /// What is there.
    pub state: FieldState<'v, 's>,
}

/// What is found in a field's place.
#[derive(Debug)]
pub enum FieldState<'v, 's> {
    /// Nothing, though the object that should hold it is there: that object's key, or its opening bracket.
    Missing(Span),
    /// Nothing, because what should hold it is missing or no object; that is said there.
    Unreachable,
    /// A value of another type than issued.
    WrongType(&'v Member<'s>),
    /// A string of nothing, or of nothing that can be seen.
    Empty(&'v Member<'s>, &'v Text<'s>),
    /// A redaction or a template's variable.
    Placeholder(&'v Member<'s>, &'v Text<'s>),
    /// A string.
    Text(&'v Member<'s>, &'v Text<'s>),
    /// A value of another type, as issued.
    Other(&'v Member<'s>),
}

impl<'v, 's> FieldEntry<'v, 's> {
    /// Looks for `field` in `holder`, the object that should hold it.
    pub(super) fn find(field: Field, holder: Option<&Holder<'v, 's>>) -> Self {
        let Some(holder) = holder else {
            return Self {
                field,
                pointer: Pointer::root().key(field.name()),
                state: FieldState::Unreachable,
            };
        };
        let pointer = holder.pointer.key(field.name());
        let Some(member) = holder.object.get(field.name()) else {
            return Self { field, pointer, state: FieldState::Missing(holder.name) };
        };
        let state = match &member.value.kind {
            _ if !field.expected().fits(&member.value) => FieldState::WrongType(member),
            Kind::String(text) if trimmed(text.as_str()).is_empty() => FieldState::Empty(member, text),
            Kind::String(text) if is_placeholder(field, text.as_str()) => {
                FieldState::Placeholder(member, text)
            }
            Kind::String(text) => FieldState::Text(member, text),
            _ => FieldState::Other(member),
        };
        Self { field, pointer, state }
    }

    /// The key and value, whatever they are.
    pub fn member(&self) -> Option<&'v Member<'s>> {
        match self.state {
            FieldState::Missing(_) | FieldState::Unreachable => None,
            FieldState::WrongType(member)
            | FieldState::Empty(member, _)
            | FieldState::Placeholder(member, _)
            | FieldState::Text(member, _)
            | FieldState::Other(member) => Some(member),
        }
    }

    /// The string, if it is one that can be read further: neither empty nor a placeholder.
    pub fn text(&self) -> Option<&'v Text<'s>> {
        match self.state {
            FieldState::Text(_, text) => Some(text),
            _ => None,
        }
    }

    /// The same without white space and invisible characters at the ends, which are a defect of their own.
    pub fn value(&self) -> Option<FieldValue<'v, 's>> {
        let text = self.text()?;
        let range = trimmed(text.as_str());
        Some(FieldValue { field: self.field, pointer: self.pointer.clone(), text, range })
    }

    /// Where the value stands, or what should hold it if it is missing.
    pub fn place(&self) -> Place {
        let span = match self.state {
            FieldState::Missing(holder) => holder,
            _ => self.member().map_or_else(Span::default, |member| member.value.span),
        };
        Place::new(self.pointer.clone(), span)
    }
}

/// A field's string without what is invisible at its ends, and the way from it to the document.
#[derive(Debug)]
pub struct FieldValue<'v, 's> {
    /// Which field.
    pub field: Field,
    pointer: Pointer,
    text: &'v Text<'s>,
    range: Range<usize>,
}

impl FieldValue<'_, '_> {
    /// The value. It may be secret.
    pub fn as_str(&self) -> &str {
        &self.text.as_str()[self.range.clone()]
    }

    /// The value for use in a message: only that of a public field, and only if it doesn't look like a secret.
    pub fn presentable(&self) -> Option<&str> {
        let value = self.as_str();
        (!self.field.secret() && !self.field.pem() && presentable(value)).then_some(value)
    }

    /// Where the value stands, without quotation marks.
    pub fn place(&self) -> Place {
        self.place_of(0..self.range.len())
    }

    /// Where the bytes `range` of the value stand.
    pub fn place_of(&self, range: Range<usize>) -> Place {
        let base = self.range.start;
        Place::new(self.pointer.clone(), self.text.place(base + range.start..base + range.end))
    }
}

/// An object in which fields are looked for.
#[derive(Clone, Debug)]
pub(super) struct Holder<'v, 's> {
    pub(super) object: &'v Object<'s>,
    pub(super) pointer: Pointer,
    /// Its key, or its opening bracket: what to point at when something is missing in it.
    pub(super) name: Span,
}
