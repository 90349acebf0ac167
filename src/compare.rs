//! Whether one credential is a rotation of another: the same access, another key, a later end.
//!
//! Owns: what is compared and what follows from it. Does not own: reading credentials (see `inspect`), what is wrong with
//! each by itself (see `check`), nor how the comparison looks. What can't be read is never taken for right.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};

use crate::check::{CertificateFacts, hex};
use crate::finding::{Finding, Level};
use crate::inspect::{
    ClientIdParts, EndpointSection, Fact, Identity, Inspected, Inspection, MetascopeSection,
};

/// What the comparison of two documents came to.
#[derive(Clone, Debug)]
pub struct Comparison {
    /// What was compared, in the order in which people want to know.
    pub checks: Vec<Comparand>,
    /// What follows.
    pub conclusion: Conclusion,
    /// For how long both certificates are valid, negative when there is a gap; where both could be read.
    pub overlap: Option<TimeDelta>,
}

/// One thing that was compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comparand {
    /// What.
    pub aspect: Aspect,
    /// Whether it is as in a rotation.
    pub outcome: Outcome,
    /// What is so, in one sentence without a final stop.
    pub words: String,
}

/// What is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aspect {
    /// Whether both are service credentials.
    Document,
    /// The organisation.
    Organization,
    /// The client ID.
    Client,
    /// The technical account and its user.
    TechnicalAccount,
    /// The token service.
    Endpoint,
    /// What the tokens are good for.
    Metascopes,
    /// The key pair.
    Key,
    /// The end of the validity.
    Expiry,
    /// The time in which both are valid.
    Overlap,
    /// Whether the newer one can be used.
    Usable,
}

impl Aspect {
    /// The name in machine-readable output.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Document => "document",
            Self::Organization => "organization",
            Self::Client => "client",
            Self::TechnicalAccount => "technical-account",
            Self::Endpoint => "endpoint",
            Self::Metascopes => "metascopes",
            Self::Key => "key",
            Self::Expiry => "expiry",
            Self::Overlap => "overlap",
            Self::Usable => "usable",
        }
    }
}

/// Whether something is as in a rotation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is.
    Yes,
    /// It is, with something to mind.
    Mind,
    /// It is not.
    No,
    /// It can't be told.
    Unknown,
}

impl Outcome {
    /// The name in machine-readable output.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::Mind => "mind",
            Self::No => "no",
            Self::Unknown => "unknown",
        }
    }

    /// Whether it doesn't stand against a rotation.
    #[must_use]
    pub const fn is_fine(self) -> bool {
        matches!(self, Self::Yes | Self::Mind)
    }
}

/// What follows from all comparisons.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Conclusion {
    /// NEW is a rotation of OLD.
    Rotation,
    /// Both hold the same certificate and key.
    SameCredential,
    /// The private key is the same.
    KeyKept,
    /// OLD is the newer of the two.
    WrongOrder,
    /// Something else is not as in a rotation, or can't be told.
    NoRotation,
}

impl Conclusion {
    /// The name in machine-readable output.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Rotation => "rotation",
            Self::SameCredential => "same-credential",
            Self::KeyKept => "key-kept",
            Self::WrongOrder => "wrong-order",
            Self::NoRotation => "no-rotation",
        }
    }

    /// The same in a sentence without a final stop.
    #[must_use]
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::Rotation => "NEW is a rotation of OLD",
            Self::SameCredential => "NEW is no rotation of OLD: both files hold the same credential",
            Self::KeyKept => "NEW is no rotation of OLD: private key was not rotated",
            Self::WrongOrder => "the files were given in the wrong order: OLD is the newer of the two",
            Self::NoRotation => "NEW is no rotation of OLD",
        }
    }
}

/// Compares `old` with `new`, which claims to take its place, at `now`.
#[must_use]
pub fn compare(old: &Inspected, new: &Inspected, now: DateTime<Utc>) -> Comparison {
    let (before, after) = match (&old.credential, &new.credential) {
        (Ok(before), Ok(after)) => (before, after),
        (before, after) => {
            let sides = [("OLD", before), ("NEW", after)];
            let reasons: Vec<String> = sides
                .iter()
                .filter_map(|(name, side)| {
                    let unread = side.as_ref().err()?;
                    Some(format!("{name} can't be compared: {}", unread.reason))
                })
                .collect();
            return Comparison {
                checks: vec![Comparand::new(Aspect::Document, Outcome::No, reasons.join("; "))],
                conclusion: Conclusion::NoRotation,
                overlap: None,
            };
        }
    };
    let certificates = certificates(before, after);
    let overlap = certificates.map(|(before, after)| {
        before.not_after.min(after.not_after) - before.not_before.max(after.not_before)
    });
    let mut checks = vec![
        Comparand::new(Aspect::Document, Outcome::Yes, "both are service credentials"),
        same(Aspect::Organization, &before.identity.organization, &after.identity.organization),
        client(&before.identity, &after.identity),
        technical_account(&before.identity, &after.identity),
        endpoint(&before.endpoint, &after.endpoint),
        metascopes(&before.metascopes, &after.metascopes),
        key(before, after),
        expiry(before, after),
    ];
    if let (Some((before, after)), Some(overlap)) = (certificates, overlap)
        && after.not_after > before.not_after
    {
        checks.push(overlap_words(before, after, overlap, now));
    }
    checks.push(usable(&new.checked.findings, &new.checked.failures));
    let conclusion = conclusion(&checks, before, after);
    Comparison { checks, conclusion, overlap }
}

impl Comparand {
    fn new(aspect: Aspect, outcome: Outcome, words: impl Into<String>) -> Self {
        Self { aspect, outcome, words: words.into() }
    }
}

impl Inspection {
    /// SHA-256 of every public key in it: the private key's, then the certificate's.
    fn keys(&self) -> Vec<[u8; 32]> {
        let private = self.private_key.as_ref().ok().map(|key| key.public_key_sha256);
        let certified = self.certificate.as_ref().ok().map(|certificate| certificate.facts.public_key_sha256);
        private.into_iter().chain(certified).collect()
    }
}

fn certificates<'i>(
    before: &'i Inspection,
    after: &'i Inspection,
) -> Option<(&'i CertificateFacts, &'i CertificateFacts)> {
    let facts = |side: &'i Inspection| side.certificate.as_ref().ok().map(|section| &section.facts);
    Some((facts(before)?, facts(after)?))
}

fn conclusion(checks: &[Comparand], before: &Inspection, after: &Inspection) -> Conclusion {
    let is_fine = |aspect| checks.iter().any(|check| check.aspect == aspect && check.outcome.is_fine());
    let (old_keys, new_keys) = (before.keys(), after.keys());
    let key_kept = old_keys.iter().any(|key| new_keys.contains(key));
    let certificates = certificates(before, after);
    let program = |side: &Inspection| {
        side.identity.parts.as_ref().map(|parts| (parts.program.clone(), parts.environment.clone()))
    };
    if checks.iter().all(|check| check.outcome.is_fine()) {
        Conclusion::Rotation
    } else if key_kept && certificates.is_some_and(|(before, after)| before.sha256 == after.sha256) {
        Conclusion::SameCredential
    } else if key_kept {
        Conclusion::KeyKept
    } else if certificates.is_some_and(|(before, after)| {
        after.not_after < before.not_after && after.not_before < before.not_before
    }) && is_fine(Aspect::Organization)
        && program(before) == program(after)
    {
        Conclusion::WrongOrder
    } else {
        Conclusion::NoRotation
    }
}

/// What to say when one side, or both, can't be told; the words come from the first that can't.
fn unread<T, U>(aspect: Aspect, before: &Fact<T>, after: &Fact<U>) -> Comparand {
    let reason = match (before, after) {
        (Err(unread), _) => format!("OLD's can't be told: {}", unread.reason),
        (_, Err(unread)) => format!("NEW's can't be told: {}", unread.reason),
        _ => String::from("it can't be told"),
    };
    Comparand::new(aspect, Outcome::Unknown, reason)
}

fn same(aspect: Aspect, before: &Fact<String>, after: &Fact<String>) -> Comparand {
    match (before, after) {
        (Ok(before), Ok(after)) if before == after => {
            Comparand::new(aspect, Outcome::Yes, format!("the same: {after}"))
        }
        (Ok(before), Ok(after)) => Comparand::new(aspect, Outcome::No, format!("{before} became {after}")),
        _ => unread(aspect, before, after),
    }
}

fn client(before: &Identity, after: &Identity) -> Comparand {
    let same = same(Aspect::Client, &before.client_id, &after.client_id);
    let (Outcome::No, Some(old), Some(new)) = (same.outcome, &before.parts, &after.parts) else {
        return same;
    };
    if is_next(old, new) {
        let words = format!("the next of the same environment: {}", same.words);
        return Comparand::new(Aspect::Client, Outcome::Yes, words);
    }
    let difference = if old.program != new.program {
        "another program"
    } else if old.environment != new.environment {
        "another environment"
    } else {
        "not the next index"
    };
    Comparand::new(Aspect::Client, Outcome::No, format!("{difference}: {}", same.words))
}

/// Whether `new` has the index after `old`'s in the same environment. Older client IDs have none.
fn is_next(old: &ClientIdParts, new: &ClientIdParts) -> bool {
    let number = |index: &Option<String>| index.as_ref().map(|index| index.parse::<u64>().ok());
    let next = match (number(&old.index), number(&new.index)) {
        (None, Some(Some(new))) => new <= 1,
        (Some(Some(old)), Some(Some(new))) => old.checked_add(1) == Some(new),
        _ => false,
    };
    next && (&old.program, &old.environment) == (&new.program, &new.environment)
}

fn technical_account(before: &Identity, after: &Identity) -> Comparand {
    let aspect = Aspect::TechnicalAccount;
    let account = same(aspect, &before.technical_account, &after.technical_account);
    let next = matches!((&before.parts, &after.parts), (Some(old), Some(new)) if is_next(old, new));
    match account.outcome {
        Outcome::No if next => Comparand::new(
            aspect,
            Outcome::Mind,
            format!(
                "another, as belongs to the next index: {}; its user in AEM needs the old one's permissions",
                account.words
            ),
        ),
        Outcome::Yes => {
            let user = same(aspect, &before.user, &after.user);
            match user.outcome {
                Outcome::Yes => account,
                Outcome::No => {
                    let words = format!("the same ID, but another user in AEM: {}", user.words);
                    Comparand::new(aspect, Outcome::No, words)
                }
                _ => user,
            }
        }
        _ => account,
    }
}

fn endpoint(before: &Fact<EndpointSection>, after: &Fact<EndpointSection>) -> Comparand {
    match (before, after) {
        (Ok(before), Ok(after)) => same(Aspect::Endpoint, &Ok(before.host.clone()), &Ok(after.host.clone())),
        _ => unread(Aspect::Endpoint, before, after),
    }
}

fn metascopes(before: &Fact<Vec<MetascopeSection>>, after: &Fact<Vec<MetascopeSection>>) -> Comparand {
    let aspect = Aspect::Metascopes;
    let (Ok(old), Ok(new)) = (before, after) else { return unread(aspect, before, after) };
    let names = |sections: &[MetascopeSection]| -> Fact<BTreeSet<String>> {
        sections.iter().map(|section| section.name.clone()).collect()
    };
    let (before, after) = (names(old), names(new));
    let (Ok(old), Ok(new)) = (&before, &after) else { return unread(aspect, &before, &after) };
    let joined = |names: Vec<&String>| names.iter().map(|name| name.as_str()).collect::<Vec<_>>().join(", ");
    let (lost, gained) = (joined(old.difference(new).collect()), joined(new.difference(old).collect()));
    let words = match (lost.is_empty(), gained.is_empty()) {
        (true, true) => {
            let words = format!("the same: {}", joined(new.iter().collect()));
            return Comparand::new(aspect, Outcome::Yes, words);
        }
        (false, true) => format!("NEW lacks {lost}"),
        (true, false) => format!("NEW adds {gained}"),
        (false, false) => format!("NEW lacks {lost} and adds {gained}"),
    };
    Comparand::new(aspect, Outcome::No, words)
}

fn key(before: &Inspection, after: &Inspection) -> Comparand {
    let aspect = Aspect::Key;
    let (old, new) = (before.keys(), after.keys());
    let short = |key: &[u8; 32]| hex(&key[..4]);
    if let Some(kept) = old.iter().find(|key| new.contains(key)) {
        let words = format!("private key was not rotated: both hold the key {}", short(kept));
        return Comparand::new(aspect, Outcome::No, words);
    }
    match (old.first(), new.first()) {
        (Some(old), Some(new)) => {
            Comparand::new(aspect, Outcome::Yes, format!("another: {} became {}", short(old), short(new)))
        }
        (None, _) => unread(aspect, &before.private_key, &after.private_key),
        (_, None) => unread(aspect, &Ok(()), &after.private_key),
    }
}

fn expiry(before: &Inspection, after: &Inspection) -> Comparand {
    let aspect = Aspect::Expiry;
    let Some((old, new)) = certificates(before, after) else {
        return unread(aspect, &before.certificate, &after.certificate);
    };
    let dates = format!("{} became {}", instant(old.not_after), instant(new.not_after));
    let (outcome, words) = match new.not_after.cmp(&old.not_after) {
        Ordering::Greater => {
            (Outcome::Yes, format!("{} later: {dates}", amount(new.not_after - old.not_after)))
        }
        Ordering::Equal => (Outcome::No, format!("the same: {}", instant(new.not_after))),
        Ordering::Less => {
            (Outcome::No, format!("NEW ends {} before OLD: {dates}", amount(old.not_after - new.not_after)))
        }
    };
    Comparand::new(aspect, outcome, words)
}

fn overlap_words(
    before: &CertificateFacts,
    after: &CertificateFacts,
    overlap: TimeDelta,
    now: DateTime<Utc>,
) -> Comparand {
    let aspect = Aspect::Overlap;
    if overlap < TimeDelta::zero() {
        let words = format!(
            "none: for {}, from {} to {}, neither is valid",
            amount(-overlap),
            instant(before.not_after),
            instant(after.not_before)
        );
        return Comparand::new(aspect, Outcome::Mind, words);
    }
    let until = before.not_after;
    let words = format!("both are valid for {}, until {}", amount(overlap), instant(until));
    // RFC 5280 section 4.1.2.5: the second of notAfter is still valid.
    if now.timestamp() > until.timestamp() {
        Comparand::new(aspect, Outcome::Yes, format!("{words}, which is over"))
    } else {
        Comparand::new(aspect, Outcome::Yes, format!("{words}, {} from now", amount(until - now)))
    }
}

fn usable(findings: &[Finding], failures: &[String]) -> Comparand {
    let aspect = Aspect::Usable;
    let rules = |level| -> Vec<&str> {
        let mut names: Vec<&str> = findings
            .iter()
            .filter(|finding| finding.level == level)
            .map(|finding| finding.rule.name)
            .collect();
        names.dedup();
        names
    };
    let (errors, warnings) = (rules(Level::Error), rules(Level::Warning));
    if !errors.is_empty() {
        let words = format!("NEW can't be used: {}; `aemcred check` says more", errors.join(", "));
        Comparand::new(aspect, Outcome::No, words)
    } else if !failures.is_empty() {
        Comparand::new(aspect, Outcome::Unknown, "not everything about NEW could be checked")
    } else if !warnings.is_empty() {
        let words = format!("NEW can be used, with warnings: {}", warnings.join(", "));
        Comparand::new(aspect, Outcome::Mind, words)
    } else {
        Comparand::new(aspect, Outcome::Yes, "NEW can be used")
    }
}

/// `2026-11-22`
fn instant(instant: DateTime<Utc>) -> String {
    instant.format("%Y-%m-%d").to_string()
}

/// `20 days`, `less than a day`
fn amount(duration: TimeDelta) -> String {
    match duration.num_days() {
        0 => String::from("less than a day"),
        1 => String::from("1 day"),
        days => format!("{days} days"),
    }
}
