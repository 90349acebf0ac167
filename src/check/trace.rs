//! What tells one credential from another, for an inventory of many.
//!
//! Owns: the key pair's public half, digests of secrets, and whether there is anything to steal. Nothing of it but the
//! public half is ever shown. Does not own: what is done with it (see `audit`).

use sha2::{Digest as _, Sha256};

use crate::credential::{Credential, Document, Field, FieldState, PublicKey};
use crate::inventory::{CertificateNames, PublicHalf};
use crate::source::{Position, Source, Surroundings};

/// What tells a credential from others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trace {
    /// The private key's public half; the certificate's where there is no private key.
    pub public_key: Option<PublicHalf>,
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
        let credential = document.credential.as_ref()?;
        let beginning = document.beginning().span;
        let secrets = || credential.fields.iter().filter(|entry| entry.field.secret());
        Some(Self {
            public_key: public_half(credential),
            certificate_names: credential
                .certificate
                .as_ref()
                .and_then(|field| field.certificate.as_ref().ok())
                .map(CertificateNames::of),
            client_secret: credential.value(Field::ClientSecret).map(|secret| digest(secret.as_str())),
            token: None,
            usable: secrets()
                .any(|entry| matches!(entry.state, FieldState::Text(..) | FieldState::WrongType(_))),
            redacted: secrets().any(|entry| matches!(entry.state, FieldState::Placeholder(..))),
            beginning: match surroundings {
                Some(around) => around.source().position(around.outer(beginning).start),
                None => source.position(beginning.start),
            },
        })
    }
}

fn public_half(credential: &Credential<'_, '_>) -> Option<PublicHalf> {
    let certificate = credential.certificate.as_ref().and_then(|field| field.certificate.as_ref().ok());
    let certified = certificate.and_then(|certificate| match &certificate.public_key {
        PublicKey::Rsa { modulus, exponent } => Some((modulus, exponent, certificate.public_key_sha256)),
        PublicKey::Other(_) | PublicKey::Unreadable => None,
    });
    let key = credential.private_key.as_ref().and_then(|field| field.key.as_ref().ok());
    match (key, certified) {
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

fn digest(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}
