//! From a document to its record: what is public of it, and what tells it from others.
//!
//! Owns: which facts there are, and when they may be shown. Does not own: how they are written, nor what is wrong with it.

use std::sync::Arc;

use sha2::{Digest as _, Sha256};

use crate::credential::{
    CLIENT_ID, Credential, Document, DocumentKind, Exposure, Field, FieldEntry, FieldState, PrivateKey,
    Project, Token, holds_client_secret, holds_secret, is_client_secret, is_placeholder, may_be_secret,
    presentable, presentable_id,
};
use crate::json::{self, Kind};
use crate::record::{CertificateRecord, InClear, ListedCredential, PublicHalf, Record, TokenRecord};

impl Record {
    /// That of `document`, as far as the document alone says; with what ties it to other records if `ties` is true.
    pub(super) fn of(document: &Document<'_, '_>, exposure: &Exposure<'_>, ties: bool) -> Self {
        let credential = document.credential.as_ref().map(|credential| Self::of_credential(credential, ties));
        let token = || document.token.as_ref().map(Self::of_token);
        let project = || document.project.as_ref().map(|project| Self::of_project(project, exposure));
        credential.or_else(token).or_else(project).unwrap_or_default()
    }

    fn of_credential(credential: &Credential<'_, '_>, ties: bool) -> Self {
        // A client secret in the client ID's place must not be shown as an ID.
        let swapped = credential
            .text(Field::ClientSecret)
            .is_some_and(|(text, _)| text.as_str().starts_with(CLIENT_ID));
        let shown = |field, is_public: fn(&str) -> bool| {
            let (text, _) = credential.text(field)?;
            let exposed = holds_secret(Some(credential), text.as_str());
            (is_public(text.as_str()) && !swapped && !exposed).then(|| text.as_str().to_owned())
        };
        let certificate = credential.certificate.as_ref().and_then(|field| field.certificate.as_ref().ok());
        let [private_key_clear, client_secret_clear] = [Field::PrivateKey, Field::ClientSecret]
            .map(|field| credential.entry(field).is_some_and(in_clear));
        let is_emptied = |field| credential.entry(field).is_some_and(was_emptied);
        Self {
            kind: DocumentKind::ServiceCredentials,
            client_id: shown(Field::ClientId, presentable_id),
            organization: shown(Field::Org, presentable).map(Arc::from),
            certificate: certificate.map(|certificate| CertificateRecord::of(certificate, ties)),
            public_key: public_half(credential, ties),
            client_secret: credential.value(Field::ClientSecret).map(|secret| digest(secret.as_str())),
            usable: private_key_clear || client_secret_clear,
            in_clear: InClear {
                private_key: private_key_clear,
                client_secret: client_secret_clear,
                token: false,
            },
            emptied: !private_key_clear && is_emptied(Field::PrivateKey)
                || !client_secret_clear && is_emptied(Field::ClientSecret),
            complete: certificate.is_some(),
            ..Self::default()
        }
    }

    pub(super) fn of_token(token: &Token<'_, '_>) -> Self {
        let claims = token.dated().map(|(_, claims)| claims);
        // The request for a token says whose it is, too.
        let named = claims.or_else(|| token.claims().filter(|claims| claims.request.is_some()));
        let shown = |claim: &crate::credential::Claim| claim.presentable().map(str::to_owned);
        let times = claims.and_then(|claims| Some((claims, claims.times.as_ref().ok()?)));
        Self {
            kind: token.kind(),
            client_id: named.and_then(|claims| shown(&claims.client_id)),
            token: times.map(|(claims, times)| {
                let (kind, user_id) = (shown(&claims.kind), shown(&claims.user_id));
                Box::new(TokenRecord { validity: times.validity(), kind, user_id })
            }),
            token_sha256: token.jws.as_ref().map(|jws| Box::new(digest(jws.expose()))),
            usable: token.jws.is_some(),
            in_clear: InClear { token: token.jws.is_some(), ..InClear::default() },
            emptied: token.fields.iter().any(|entry| entry.field.secret() && was_emptied(entry)),
            complete: times.is_some(),
            ..Self::default()
        }
    }

    fn of_project(project: &Project<'_, '_>, exposure: &Exposure<'_>) -> Self {
        // Names are chosen by people, who may also have pasted something else there.
        let shown = |text: Option<&str>| text.filter(|text| !exposure.leaks(text)).map(str::to_owned);
        let secrets = || project.credentials.iter().flat_map(|credential| &credential.secrets);
        let usable = secrets().any(|in_clear| *in_clear);
        let organization = project.organization.text().map(json::Text::as_str);
        Self {
            kind: project.kind(),
            organization: shown(organization.filter(|text| presentable(text))).map(Arc::from),
            listed: project
                .credentials
                .iter()
                .map(|credential| ListedCredential {
                    kind: credential.kind,
                    name: shown(credential.name),
                    client_id: shown(credential.client_id),
                })
                .collect(),
            usable,
            in_clear: InClear { client_secret: usable, ..InClear::default() },
            emptied: secrets().any(|in_clear| !in_clear),
            ..Self::default()
        }
    }
}

/// Whether a value of its own, of which somebody may make use, stands in a field, be it of the wrong type.
pub(super) fn in_clear(entry: &FieldEntry<'_, '_>) -> bool {
    match entry.state {
        FieldState::Text(_, text) => may_be_secret(entry.field, text.as_str()),
        FieldState::WrongType(member) => !matches!(member.value.kind, Kind::Null),
        _ => false,
    }
}

/// Which secrets stand anywhere in `text`, JSON or not, whatever is around them.
pub(super) fn loose_secrets(text: &str) -> InClear {
    InClear {
        private_key: PrivateKey::from_any_pem(text).is_ok(),
        client_secret: holds_client_secret(text),
        token: false,
    }
}

/// Which secrets stand anywhere in the document that `text` is, in fields that nobody reads: under other names, or before
/// another value of the same name.
pub(super) fn other_secrets(text: &str, root: &json::Value<'_>) -> InClear {
    let mut found = loose_secrets(text);
    root.walk(&json::Pointer::root(), &mut |pointer, value| {
        let Some(text) = value.as_text().map(json::Text::as_str).filter(|text| !text.trim().is_empty())
        else {
            return;
        };
        let name = pointer.as_str().rsplit('/').next().unwrap_or_default();
        let is = |field: Field, shape: bool| {
            (shape || name == field.name()) && !is_placeholder(field, text) && may_be_secret(field, text)
        };
        found.client_secret |= is(Field::ClientSecret, is_client_secret(text.trim()));
        found.private_key |= is(Field::PrivateKey, text.contains("PRIVATE KEY-----"));
    });
    found
}

/// Whether something else stands in a field's place than a value: a placeholder, nothing, or `null`.
fn was_emptied(entry: &FieldEntry<'_, '_>) -> bool {
    match entry.state {
        FieldState::Placeholder(..) | FieldState::Empty(..) => true,
        FieldState::Text(_, text) => !may_be_secret(entry.field, text.as_str()),
        FieldState::WrongType(member) => matches!(member.value.kind, Kind::Null),
        _ => false,
    }
}

fn public_half(credential: &Credential<'_, '_>, ties: bool) -> Option<PublicHalf> {
    let certificate = credential.certificate.as_ref().and_then(|field| field.certificate.as_ref().ok());
    let Some(key) = private_key(credential) else { return certificate.and_then(PublicHalf::of_certificate) };
    // Both may hold the same numbers and differ in how the public key is written.
    let certified = certificate.filter(|certificate| certificate.public_key.is_of(key));
    Some(PublicHalf::of_private_key(key, certified.map(|certificate| certificate.public_key_sha256), ties))
}

fn private_key<'c>(credential: &'c Credential<'_, '_>) -> Option<&'c PrivateKey> {
    credential.private_key.as_ref().and_then(|field| field.key.as_ref().ok())
}

/// The digest by which secrets are told apart.
pub(super) fn digest(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}
