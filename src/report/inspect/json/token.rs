//! The sections about a token.

use super::{ClientReport, MetascopeReport, Tried, failed, metascopes};
use crate::credential::{Phase, StatedLifetime, TokenForm};
use crate::inspect::{Stated, TokenHeader, TokenIdentity, TokenInspection, TokenValidity};
use crate::report::wire::{Time, wire};

wire! {
    /// The sections about a token. Nothing of the token itself nor of its signature is in here, and the signature is
    /// not verified: the key is Adobe's.
    pub(super) struct TokenReport<'r>(inspection: &'r TokenInspection) {
        /// How it is stored: a local development token of the AEM Developer Console, the token service's answer, or the
        /// token alone.
        form: TokenForm = inspection.form,
        /// Whose token it is, as it claims.
        identity: Option<IdentityReport<'r>> = inspection.identity.as_ref().ok().map(IdentityReport::new),
        /// When it expires, as it claims.
        validity: Option<ValidityReport> = inspection.validity.as_ref().ok().map(ValidityReport::new),
        /// What the token service's answer says of the token's lifetime; null where it says nothing.
        answer: Option<AnswerReport> = inspection.stated.as_ref().map(AnswerReport::new),
        /// What its header names.
        header: Option<HeaderReport<'r>> = inspection.header.as_ref().ok().map(HeaderReport::new),
    }

    /// Whose token it is, as it claims.
    struct IdentityReport<'r>(identity: &'r TokenIdentity) {
        #[serde(flatten)]
        client: ClientReport<'r> = ClientReport::new(&identity.client_id, identity.parts.as_ref()),
        /// The account that it acts as.
        user: Option<&'r str> = identity.user.as_deref().ok(),
        /// The organization's ID; also null when the token claims none.
        organization: Option<&'r str> = identity.organization.as_ref().and_then(|id| id.as_deref().ok()),
        /// The authorization server that issued it (the claim `as`).
        server: Option<&'r str> = identity.server.as_deref().ok(),
        /// What kind of token it is.
        #[serde(rename = "type")]
        kind: Option<&'r str> = identity.kind.as_deref().ok(),
        /// What it may be used for.
        scopes: Option<Vec<MetascopeReport<'r>>> = metascopes(&identity.scopes),
    }

    /// When it expires, as it claims.
    struct ValidityReport(validity: &TokenValidity) {
        /// When it was created.
        created_at: Time = Time::new(validity.validity.not_before),
        /// The first instant at which it is no longer valid.
        expires_at: Time = Time::new(validity.validity.not_after),
        /// The time between the two.
        #[cfg_attr(test, schemars(range(min = 0)))]
        lifetime_milliseconds: i64 = validity.lifetime.num_milliseconds(),
        /// Whole minutes from now to `expires_at`, rounded down; negative when that is past.
        minutes_left: i64 = validity.minutes_left,
        /// Where in its validity now lies.
        stage: Phase = validity.phase,
    }

    /// What the token service's answer says of the token's lifetime; null where it says nothing.
    struct AnswerReport(stated: &Stated) {
        /// The number; null if it is not whole, negative or too large.
        expires_in: Option<u64> = stated.number,
        /// How it fits the token's own: it does, it is in seconds, 1,000 times too much, more than that, or nothing at
        /// all; null where the token's own could not be read.
        fits: Option<StatedLifetime> = stated.fits,
    }

    /// What its header names.
    struct HeaderReport<'r>(header: &'r TokenHeader) {
        /// The algorithm of its signature.
        alg: Option<&'r str> = header.algorithm.as_deref().ok(),
        /// Which of the issuer's keys signed it.
        kid: Option<&'r str> = header.key_id.as_deref().ok(),
        /// Where the certificate of that key is to be found.
        x5u: Option<&'r str> = header.certificate_url.as_deref().ok(),
        /// Adobe's own word for the kind of token.
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
