//! What tells one credential from another, for an inventory of many.
//!
//! Owns: the key pair's public half, digests of secrets, and whether there is anything to steal. Nothing of it but the
//! public half is ever shown. Does not own: what is done with it (see `audit`).

use sha2::{Digest as _, Sha256};

use crate::credential::{
    Credential, Document, Field, FieldEntry, FieldState, PrivateKey, PublicKey, Token, TokenForm,
};
use crate::inventory::{CertificateNames, PublicHalf};
use crate::json::Kind;
use crate::source::{Position, Source, Span, Surroundings};

/// What tells a credential from others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trace {
    /// The private key's public half; the certificate's where there is no private key.
    pub public_key: Option<PublicHalf>,
    /// SHA-256 of the private key's primes, where there is one whose numbers fit.
    pub prime_digests: Option<[[u8; 32]; 2]>,
    /// What the certificate is called.
    pub certificate_names: Option<CertificateNames>,
    /// SHA-256 of the client secret.
    pub client_secret: Option<[u8; 32]>,
    /// SHA-256 of the token, where the document holds one.
    pub token: Option<[u8; 32]>,
    /// Whether a secret stands in it.
    pub usable: bool,
    /// Whether secrets were taken out of it.
    pub redacted: bool,
    /// Where the document begins, in the text that people see.
    pub beginning: Position,
}

impl Trace {
    pub(super) fn of(
        document: &Document<'_, '_>,
        source: &Source,
        surroundings: Option<&dyn Surroundings>,
    ) -> Option<Self> {
        if let Some(token) = &document.token {
            return token.is_adobes().then(|| Self::of_token(token, source, surroundings));
        }
        let beginning = position(document.beginning().span, source, surroundings);
        let Some(credential) = document.credential.as_ref() else {
            let nothing = Self {
                public_key: None,
                prime_digests: None,
                certificate_names: None,
                client_secret: None,
                token: None,
                usable: true,
                redacted: false,
                beginning,
            };
            return document.project.is_some().then_some(nothing);
        };
        let secrets = || credential.fields.iter().filter(|entry| entry.field.secret());
        Some(Self {
            public_key: public_half(credential),
            prime_digests: private_key(credential).and_then(PrivateKey::prime_digests),
            certificate_names: credential
                .certificate
                .as_ref()
                .and_then(|field| field.certificate.as_ref().ok())
                .map(CertificateNames::of),
            client_secret: credential.value(Field::ClientSecret).map(|secret| digest(secret.as_str())),
            token: None,
            usable: secrets().any(|entry| match entry.state {
                FieldState::Text(..) => true,
                FieldState::WrongType(member) => !matches!(member.value.kind, Kind::Null),
                _ => false,
            }),
            redacted: secrets().any(was_taken_out),
            beginning,
        })
    }

    pub(super) fn of_token(
        token: &Token<'_, '_>,
        source: &Source,
        surroundings: Option<&dyn Surroundings>,
    ) -> Self {
        let beginning = token
            .jws
            .as_ref()
            .filter(|_| token.form == TokenForm::Bare)
            .map_or(Span::at(0), |jws| jws.place().span);
        Self {
            public_key: None,
            prime_digests: None,
            certificate_names: None,
            client_secret: None,
            token: token.jws.as_ref().map(|jws| digest(jws.expose())),
            usable: token.jws.is_some(),
            redacted: token.fields.iter().any(|entry| entry.field.secret() && was_taken_out(entry)),
            beginning: position(beginning, source, surroundings),
        }
    }
}

/// Whether something else stands in a field's place than the value that was there: a redaction, or `null`.
fn was_taken_out(entry: &FieldEntry<'_, '_>) -> bool {
    match entry.state {
        FieldState::Placeholder(..) => true,
        FieldState::WrongType(member) => matches!(member.value.kind, Kind::Null),
        _ => false,
    }
}

/// Where `span` begins, in the text that people see.
fn position(span: Span, source: &Source, surroundings: Option<&dyn Surroundings>) -> Position {
    match surroundings {
        Some(around) => around.source().position(around.outer(span).start),
        None => source.position(span.start),
    }
}

fn public_half(credential: &Credential<'_, '_>) -> Option<PublicHalf> {
    let certificate = credential.certificate.as_ref().and_then(|field| field.certificate.as_ref().ok());
    let certified = certificate.and_then(|certificate| match &certificate.public_key {
        PublicKey::Rsa { modulus, exponent } => Some((modulus, exponent, certificate.public_key_sha256)),
        PublicKey::Other(_) | PublicKey::Unreadable => None,
    });
    match (private_key(credential), certified) {
        (Some(key), Some((modulus, exponent, sha256)))
            if (key.modulus(), key.public_exponent()) == (modulus, exponent) =>
        {
            Some(PublicHalf { sha256, modulus: modulus.clone() })
        }
        (Some(key), _) => {
            Some(PublicHalf { sha256: key.public_key_sha256(), modulus: key.modulus().clone() })
        }
        (None, Some((modulus, _, sha256))) => Some(PublicHalf { sha256, modulus: modulus.clone() }),
        (None, None) => None,
    }
}

fn private_key<'c>(credential: &'c Credential<'_, '_>) -> Option<&'c PrivateKey> {
    credential.private_key.as_ref().and_then(|field| field.key.as_ref().ok())
}

fn digest(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}
