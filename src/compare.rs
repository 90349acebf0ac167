//! Whether one credential is a rotation of another: the same access, another key, a later end.
//!
//! Owns: what is compared and what follows from it. Does not own: reading credentials (see `inspect`), what is wrong with
//! each by itself (see `check`), where each is kept (see `search`), nor how the comparison looks. What can't be read is never taken for right.

mod checks;
pub mod search;

use chrono::{DateTime, TimeDelta, Utc};

use crate::inspect::{Inspected, Inspection};
use crate::record::CertificateRecord;

/// What the comparison of two documents came to.
#[derive(Clone, Debug)]
pub struct Comparison {
    /// What was compared, in the order in which people want to know.
    pub checks: Vec<AspectCheck>,
    /// What follows.
    pub conclusion: Conclusion,
    /// For how long both certificates are valid, negative when there is a gap; where both could be read.
    pub overlap: Option<TimeDelta>,
}

/// One thing that was compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AspectCheck {
    /// What.
    pub aspect: Aspect,
    /// Whether it is as in a rotation.
    pub outcome: Outcome,
    /// What is so, in one sentence without a final stop.
    pub message: String,
}

named! {
    /// What is compared.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum Aspect {
        /// Whether both are service credentials.
        Document = "document",
        /// The organization.
        Organization = "organization",
        /// The client ID.
        Client = "client",
        /// The technical account and its user.
        TechnicalAccount = "technical-account",
        /// The token service.
        Endpoint = "endpoint",
        /// What the tokens are good for.
        Metascopes = "metascopes",
        /// The key pair.
        Key = "key",
        /// The end of the validity.
        Expiry = "expiry",
        /// The time in which both are valid.
        Overlap = "overlap",
        /// Whether the newer one can be used.
        Usable = "usable",
    }
}

named! {
    /// Whether something is as in a rotation.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum Outcome {
        /// It is.
        Yes = "yes",
        /// It is, with something to mind.
        Caution = "mind",
        /// It is not.
        No = "no",
        /// It can't be told.
        Unknown = "unknown",
    }
}

impl Outcome {
    /// Whether it doesn't stand against a rotation.
    pub const fn is_fine(self) -> bool {
        matches!(self, Self::Yes | Self::Caution)
    }
}

named! {
    /// What follows from all comparisons.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum Conclusion,
    /// The same in a sentence without a final stop.
    sentence {
        Rotation = "rotation" => "NEW is a rotation of OLD",
        SameCredential = "same-credential" =>
            "NEW is not a rotation of OLD: both files contain the same credential",
        KeyKept = "key-kept" => "NEW is not a rotation of OLD: the private key was not rotated",
        WrongOrder = "wrong-order" => "the files were given in the wrong order: OLD is the newer of the two",
        NoRotation = "no-rotation" => "NEW is not a rotation of OLD",
        ///
        /// Nothing speaks against a rotation, but something that would have to be known can't be told.
        Unknown = "unknown" => "aemcred can't tell whether NEW is a rotation of OLD",
    }
}

/// Compares `old` with `new`, which claims to take its place, at `now`.
pub fn compare(old: &Inspected, new: &Inspected, now: DateTime<Utc>) -> Comparison {
    let (before, after) = match (old.credential(), new.credential()) {
        (Ok(before), Ok(after)) => (before, after),
        (before, after) => {
            let sides = [("OLD", before), ("NEW", after)];
            let reasons: Vec<String> = sides
                .iter()
                .filter_map(|(name, side)| {
                    let reason = side.as_ref().err()?;
                    Some(format!("{name} can't be compared: {reason}"))
                })
                .collect();
            return Comparison {
                checks: vec![AspectCheck::new(Aspect::Document, Outcome::No, reasons.join("; "))],
                conclusion: Conclusion::NoRotation,
                overlap: None,
            };
        }
    };
    let certificates = certificates(before, after);
    let overlap = certificates.map(|(before, after)| {
        let (before, after) = (before.validity, after.validity);
        before.not_after.min(after.not_after) - before.not_before.max(after.not_before)
    });
    let mut rows = vec![
        AspectCheck::new(Aspect::Document, Outcome::Yes, "both are service credentials"),
        checks::same(Aspect::Organization, &before.identity.organization, &after.identity.organization),
        checks::client(&before.identity, &after.identity),
        checks::technical_account(&before.identity, &after.identity),
        checks::endpoint(&before.endpoint, &after.endpoint),
        checks::metascopes(&before.metascopes, &after.metascopes),
        checks::key(before, after),
        checks::expiry(before, after),
    ];
    if let (Some((before, after)), Some(overlap)) = (certificates, overlap)
        && after.validity.not_after > before.validity.not_after
    {
        rows.push(checks::overlap(before.validity, after.validity, overlap, now));
    }
    rows.push(checks::usable(&new.checked.findings, &new.checked.failures));
    let conclusion = conclusion(&rows, before, after);
    Comparison { checks: rows, conclusion, overlap }
}

impl AspectCheck {
    fn new(aspect: Aspect, outcome: Outcome, message: impl Into<String>) -> Self {
        Self { aspect, outcome, message: message.into() }
    }
}

impl Inspection {
    /// SHA-256 of every public key in it: the private key's, then the certificate's.
    pub(crate) fn keys(&self) -> Vec<[u8; 32]> {
        let private = self.private_key.as_ref().ok().map(|key| key.public_key_sha256);
        let certified = self.certificate.as_ref().ok().map(|certificate| certificate.facts.public_key_sha256);
        private.into_iter().chain(certified).collect()
    }
}

fn certificates<'i>(
    before: &'i Inspection,
    after: &'i Inspection,
) -> Option<(&'i CertificateRecord, &'i CertificateRecord)> {
    let facts = |side: &'i Inspection| side.certificate.as_ref().ok().map(|section| &section.facts);
    Some((facts(before)?, facts(after)?))
}

fn conclusion(checks: &[AspectCheck], before: &Inspection, after: &Inspection) -> Conclusion {
    let is_fine = |aspect| checks.iter().any(|check| check.aspect == aspect && check.outcome.is_fine());
    let (old_keys, new_keys) = (before.keys(), after.keys());
    let key_kept = old_keys.iter().any(|key| new_keys.contains(key));
    let certificates = certificates(before, after);
    let program = |side: &Inspection| {
        side.identity.parts.as_ref().map(|parts| (parts.program.clone(), parts.environment.clone()))
    };
    if checks.iter().all(|check| check.outcome.is_fine()) {
        Conclusion::Rotation
    } else if old_keys == new_keys
        && certificates.is_some_and(|(before, after)| before.sha256 == after.sha256)
    {
        Conclusion::SameCredential
    } else if key_kept {
        Conclusion::KeyKept
    } else if certificates.is_some_and(|(before, after)| {
        let (before, after) = (before.validity, after.validity);
        after.not_after < before.not_after && after.not_before < before.not_before
    }) && is_fine(Aspect::Organization)
        && program(before) == program(after)
    {
        Conclusion::WrongOrder
    } else if checks.iter().all(|check| check.outcome != Outcome::No) {
        Conclusion::Unknown
    } else {
        Conclusion::NoRotation
    }
}
