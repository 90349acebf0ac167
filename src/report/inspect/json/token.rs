//! The sections about a token.

use serde::Serialize;

use super::{MetascopeReport, Tried, failed};
use crate::credential::{StatedLifetime, TokenForm};
use crate::inspect::{Stated, TokenHeader, TokenIdentity, TokenInspection, TokenValidity};
use crate::report::instant;

#[derive(Serialize)]
pub(super) struct TokenReport<'r> {
    form: &'static str,
    identity: Option<IdentityReport<'r>>,
    validity: Option<ValidityReport>,
    answer: Option<AnswerReport>,
    header: Option<HeaderReport<'r>>,
}

#[derive(Serialize)]
struct IdentityReport<'r> {
    client_id: Option<&'r str>,
    program: Option<&'r str>,
    environment: Option<&'r str>,
    index: Option<&'r str>,
    user: Option<&'r str>,
    organization: Option<&'r str>,
    server: Option<&'r str>,
    #[serde(rename = "type")]
    kind: Option<&'r str>,
    scopes: Option<Vec<MetascopeReport<'r>>>,
}

#[derive(Serialize)]
struct ValidityReport {
    created_at: String,
    expires_at: String,
    lifetime_milliseconds: i64,
    minutes_left: i64,
    stage: &'static str,
}

#[derive(Serialize)]
struct AnswerReport {
    expires_in: Option<u64>,
    fits: Option<&'static str>,
}

#[derive(Serialize)]
struct HeaderReport<'r> {
    alg: Option<&'r str>,
    kid: Option<&'r str>,
    x5u: Option<&'r str>,
    itt: Option<&'r str>,
}

impl<'r> TokenReport<'r> {
    pub(super) fn new(inspection: &'r TokenInspection) -> Self {
        Self {
            form: match inspection.form {
                TokenForm::Development => "development-token",
                TokenForm::Answer => "answer",
                TokenForm::Bare => "bare",
            },
            identity: inspection.identity.as_ref().ok().map(IdentityReport::new),
            validity: inspection.validity.as_ref().ok().map(ValidityReport::new),
            answer: inspection.stated.as_ref().map(AnswerReport::new),
            header: inspection.header.as_ref().ok().map(HeaderReport::new),
        }
    }
}

impl<'r> IdentityReport<'r> {
    fn new(identity: &'r TokenIdentity) -> Self {
        let parts = identity.parts.as_ref();
        Self {
            client_id: identity.client_id.as_deref().ok(),
            program: parts.map(|parts| parts.program.as_str()),
            environment: parts.map(|parts| parts.environment.as_str()),
            index: parts.and_then(|parts| parts.index.as_deref()),
            user: identity.user.as_deref().ok(),
            organization: identity.organization.as_ref().and_then(|id| id.as_deref().ok()),
            server: identity.server.as_deref().ok(),
            kind: identity.kind.as_deref().ok(),
            scopes: identity
                .scopes
                .as_ref()
                .ok()
                .map(|scopes| scopes.iter().map(MetascopeReport::new).collect()),
        }
    }
}

impl ValidityReport {
    fn new(validity: &TokenValidity) -> Self {
        Self {
            created_at: instant(validity.validity.not_before),
            expires_at: instant(validity.validity.not_after),
            lifetime_milliseconds: validity.lifetime.num_milliseconds(),
            minutes_left: validity.minutes_left,
            stage: validity.phase.name(),
        }
    }
}

impl AnswerReport {
    fn new(stated: &Stated) -> Self {
        let fits = |fits| match fits {
            StatedLifetime::Fits => "fits",
            StatedLifetime::Seconds => "seconds",
            StatedLifetime::Thousandfold => "thousandfold",
            StatedLifetime::Longer => "longer",
            StatedLifetime::Nothing => "nothing",
        };
        Self { expires_in: stated.number, fits: stated.fits.map(fits) }
    }
}

impl<'r> HeaderReport<'r> {
    fn new(header: &'r TokenHeader) -> Self {
        Self {
            alg: header.algorithm.as_deref().ok(),
            kid: header.key_id.as_deref().ok(),
            x5u: header.certificate_url.as_deref().ok(),
            itt: header.token_kind.as_deref().ok(),
        }
    }
}

/// Everything that may not have been read.
pub(super) fn tried(inspection: &TokenInspection) -> Vec<Tried<'_>> {
    let TokenInspection { identity, validity, header, .. } = inspection;
    let mut all = vec![("token.identity", failed(identity))];
    if let Ok(identity) = identity {
        all.extend([
            ("token.client_id", failed(&identity.client_id)),
            ("token.user", failed(&identity.user)),
            ("token.organization", identity.organization.as_ref().and_then(failed)),
            ("token.server", failed(&identity.server)),
            ("token.type", failed(&identity.kind)),
            ("token.scopes", failed(&identity.scopes)),
        ]);
        all.extend(identity.scopes.iter().flatten().map(|scope| ("token.scopes", failed(&scope.name))));
    }
    all.extend([("token.validity", failed(validity)), ("token.header", failed(header))]);
    if let Ok(header) = header {
        all.extend([
            ("token.header.alg", failed(&header.algorithm)),
            ("token.header.kid", failed(&header.key_id)),
            ("token.header.x5u", failed(&header.certificate_url)),
            ("token.header.itt", failed(&header.token_kind)),
        ]);
    }
    all
}
