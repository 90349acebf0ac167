//! What reports may say of a credential besides findings: its public facts.
//!
//! Owns: which facts there are and when they may be shown. Does not own: how they are written.

use chrono::{DateTime, TimeDelta, Utc};

use crate::credential::{
    Certificate, Credential, Document, Exposure, Field, Project, ProjectCredentialKind, Token, holds_secret,
    presentable,
};

/// Public facts of a credential.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// What the document lies in within its file: `data."service.json" → base64`. Empty if it is the whole file.
    pub within: String,
    /// The client ID.
    pub client_id: Option<String>,
    /// The organisation's ID.
    pub organization: Option<String>,
    /// The certificate's.
    pub certificate: Option<CertificateFacts>,
    /// The token's.
    pub token: Option<TokenFacts>,
    /// The credentials of a project of the Adobe Developer Console.
    pub listed: Vec<ListedCredential>,
}

/// Public facts of a certificate.
#[derive(Clone, Debug)]
pub struct CertificateFacts {
    /// The first second of its validity.
    pub not_before: DateTime<Utc>,
    /// The last second of its validity.
    pub not_after: DateTime<Utc>,
    /// Whole days from now to `not_after`, negative when that is past.
    pub days_left: i64,
    /// SHA-256 of the certificate's DER.
    pub sha256: [u8; 32],
    /// SHA-256 of the public key's DER.
    pub public_key_sha256: [u8; 32],
}

impl CertificateFacts {
    /// The facts of `certificate` as of `now`.
    #[must_use]
    pub fn new(certificate: &Certificate, now: DateTime<Utc>) -> Self {
        Self {
            not_before: certificate.not_before.instant,
            not_after: certificate.not_after.instant,
            days_left: days_left(now, certificate.not_after.instant),
            sha256: certificate.sha256,
            public_key_sha256: certificate.public_key_sha256,
        }
    }
}

/// What a token claims of itself. Nobody but Adobe can verify it.
#[derive(Clone, Debug)]
pub struct TokenFacts {
    /// When it was created.
    pub created_at: DateTime<Utc>,
    /// The first instant at which it is no longer valid.
    pub expires_at: DateTime<Utc>,
    /// Whole minutes from now to `expires_at`, rounded down, negative when that is past.
    pub minutes_left: i64,
    /// Its type, such as `access_token`.
    pub kind: Option<String>,
    /// The account that it acts as.
    pub user_id: Option<String>,
}

/// A credential that is named but not judged.
#[derive(Clone, Debug)]
pub struct ListedCredential {
    /// Its type.
    pub kind: ProjectCredentialKind,
    /// Its name.
    pub name: Option<String>,
    /// Its client ID.
    pub client_id: Option<String>,
}

/// Whole days from `now` until `instant`, rounded towards the past, so that one second late is day −1.
#[must_use]
pub fn days_left(now: DateTime<Utc>, instant: DateTime<Utc>) -> i64 {
    (instant - now).num_seconds().div_euclid(TimeDelta::days(1).num_seconds())
}

/// Whole minutes from `now` until `instant`, rounded towards the past.
#[must_use]
pub fn minutes_left(now: DateTime<Utc>, instant: DateTime<Utc>) -> i64 {
    (instant - now).num_seconds().div_euclid(60)
}

impl Facts {
    pub(super) fn of(document: &Document<'_, '_>, exposure: &Exposure, now: DateTime<Utc>) -> Self {
        let Document { credential, token, project, .. } = document;
        let credential = credential.as_ref().map(|credential| Self::of_credential(credential, now));
        let token = || token.as_ref().map(|token| Self::of_token(token, now));
        let project = || project.as_ref().map(|project| Self::of_project(project, exposure));
        credential.or_else(token).or_else(project).unwrap_or_default()
    }

    fn of_credential(credential: &Credential<'_, '_>, now: DateTime<Utc>) -> Self {
        // A client secret in the client ID's place must not be shown as an ID.
        let swapped =
            credential.text(Field::ClientSecret).is_some_and(|(text, _)| text.as_str().starts_with("cm-p"));
        let shown = |field| {
            let (text, _) = credential.text(field)?;
            let exposed = holds_secret(Some(credential), text.as_str());
            (presentable(text.as_str()) && !swapped && !exposed).then(|| text.as_str().to_owned())
        };
        let certificate = credential.certificate.as_ref().and_then(|field| field.certificate.as_ref().ok());
        Self {
            client_id: shown(Field::ClientId),
            organization: shown(Field::Org),
            certificate: certificate.map(|certificate| CertificateFacts::new(certificate, now)),
            ..Self::default()
        }
    }

    pub(super) fn of_token(token: &Token<'_, '_>, now: DateTime<Utc>) -> Self {
        let Some((_, claims)) = token.access() else { return Self::default() };
        let shown = |claim: &crate::credential::Claim| claim.shown().map(str::to_owned);
        Self {
            client_id: shown(&claims.client_id),
            token: claims.times.as_ref().ok().map(|times| TokenFacts {
                created_at: times.created_at,
                expires_at: times.expires_at,
                minutes_left: minutes_left(now, times.expires_at),
                kind: shown(&claims.kind),
                user_id: shown(&claims.user_id),
            }),
            ..Self::default()
        }
    }

    fn of_project(project: &Project<'_, '_>, exposure: &Exposure) -> Self {
        // Names are chosen by people, who may also have pasted something else there.
        let shown = |text: Option<&str>| text.filter(|text| !exposure.leaks(text)).map(str::to_owned);
        let organization = project.organization.text().map(crate::json::Text::as_str);
        Self {
            organization: shown(organization.filter(|text| presentable(text))),
            listed: project
                .credentials
                .iter()
                .map(|credential| ListedCredential {
                    kind: credential.kind,
                    name: shown(credential.name),
                    client_id: shown(credential.client_id),
                })
                .collect(),
            ..Self::default()
        }
    }
}
