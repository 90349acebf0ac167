//! The sections about a token.

use super::{ClientReport, MetascopeReport, Tried, failed, metascopes};
use crate::credential::{StatedLifetime, TokenForm};
use crate::inspect::{Stated, TokenHeader, TokenIdentity, TokenInspection, TokenValidity};
use crate::report::timestamp;
use crate::report::wire::wire;

wire! {
    pub(super) struct TokenReport<'r>(inspection: &'r TokenInspection) {
        form: &'static str = match inspection.form {
            TokenForm::Development => "development-token",
            TokenForm::Answer => "answer",
            TokenForm::Bare => "bare",
        },
        identity: Option<IdentityReport<'r>> = inspection.identity.as_ref().ok().map(IdentityReport::new),
        validity: Option<ValidityReport> = inspection.validity.as_ref().ok().map(ValidityReport::new),
        answer: Option<AnswerReport> = inspection.stated.as_ref().map(AnswerReport::new),
        header: Option<HeaderReport<'r>> = inspection.header.as_ref().ok().map(HeaderReport::new),
    }

    struct IdentityReport<'r>(identity: &'r TokenIdentity) {
        #[serde(flatten)]
        client: ClientReport<'r> = ClientReport::new(&identity.client_id, identity.parts.as_ref()),
        user: Option<&'r str> = identity.user.as_deref().ok(),
        organization: Option<&'r str> = identity.organization.as_ref().and_then(|id| id.as_deref().ok()),
        server: Option<&'r str> = identity.server.as_deref().ok(),
        #[serde(rename = "type")]
        kind: Option<&'r str> = identity.kind.as_deref().ok(),
        scopes: Option<Vec<MetascopeReport<'r>>> = metascopes(&identity.scopes),
    }

    struct ValidityReport(validity: &TokenValidity) {
        created_at: String = timestamp(validity.validity.not_before),
        expires_at: String = timestamp(validity.validity.not_after),
        lifetime_milliseconds: i64 = validity.lifetime.num_milliseconds(),
        minutes_left: i64 = validity.minutes_left,
        stage: &'static str = validity.phase.name(),
    }

    struct AnswerReport(stated: &Stated) {
        expires_in: Option<u64> = stated.number,
        fits: Option<&'static str> = stated.fits.map(|fits| match fits {
            StatedLifetime::Fits => "fits",
            StatedLifetime::Seconds => "seconds",
            StatedLifetime::Thousandfold => "thousandfold",
            StatedLifetime::Longer => "longer",
            StatedLifetime::Nothing => "nothing",
        }),
    }

    struct HeaderReport<'r>(header: &'r TokenHeader) {
        alg: Option<&'r str> = header.algorithm.as_deref().ok(),
        kid: Option<&'r str> = header.key_id.as_deref().ok(),
        x5u: Option<&'r str> = header.certificate_url.as_deref().ok(),
        itt: Option<&'r str> = header.token_kind.as_deref().ok(),
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
