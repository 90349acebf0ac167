//! `json`: the comparison for machines, a contract. Fields are added, never changed; the schema stands beside it.

use std::io::{self, Write};

use chrono::{DateTime, Utc};

use super::super::inventory::json::PlaceReport;
use super::super::json::FailureReport;
use super::super::wire::{Digest, Time, contract, schema, wire};
use super::{CompareResult, SearchResult, Side};
use crate::compare::search::{HeldPart, HoldingPlace, Holds};
use crate::compare::{Aspect, AspectCheck, Conclusion, Outcome};
use crate::credential::DocumentKind;
use crate::record::State;
use crate::report::escape::plain;
use crate::source::PathName;

schema!("compare.schema.json", "aemcred/compare/1", "compare --format json", whole::<Report<'_>>);

/// Writes the report.
pub fn write(result: &CompareResult, out: &mut dyn Write) -> io::Result<()> {
    contract(CONTRACT, result.now, &Report::new(result), out)
}

wire! {
    /// Whether one credential is a rotation of another. Fields may be added within version 1; none is removed or
    /// changes its meaning.
    struct Report<'r>(result: &'r CompareResult) let comparison = &result.comparison; {
        /// Whether NEW is a rotation of OLD.
        rotation: bool = comparison.conclusion == Conclusion::Rotation,
        /// What follows from all checks.
        conclusion: Conclusion = comparison.conclusion,
        /// The same in message.
        #[cfg_attr(test, schemars(length(min = 1)))]
        message: &'static str = comparison.conclusion.sentence(),
        /// For how long both certificates are valid, negative when there is a gap; null when one can't be read.
        overlap_seconds: Option<i64> = comparison.overlap.map(|overlap| overlap.num_seconds()),
        /// One of the two documents.
        old: SideReport<'r> = SideReport::new(&result.old, result.now),
        /// One of the two documents.
        new: SideReport<'r> = SideReport::new(&result.new, result.now),
        /// What was compared.
        #[cfg_attr(test, schemars(length(min = 1)))]
        checks: Vec<CheckReport> = comparison.checks.iter().map(CheckReport::new).collect(),
        /// Where the two are; only with `--in`.
        #[serde(skip_serializing_if = "Option::is_none")]
        search: Option<SearchReport<'r>> = result.search.as_ref().map(SearchReport::new),
    }

    /// Where the two are.
    struct SearchReport<'r>(search: &'r SearchResult) {
        /// The folders that were looked through, and standard input.
        paths: Vec<&'r str> = search.paths.iter().map(PathName::as_str).collect(),
        /// Whether everything was checked; false when the run was interrupted.
        complete: bool = search.complete,
        /// Files that were read.
        files: u64 = search.extent.files,
        /// Files and folders that were met and not read.
        skipped: u64 = search.extent.skipped,
        /// Whether a place holds OLD, or may hold it and can't be read.
        old_is_left: bool = search.places.iter().any(HoldingPlace::is_left),
        /// Every place at which a credential or a part of one is: those of OLD first, then those that hold parts of both,
        /// those of which it is unknown, those of NEW, of what both have, and of others.
        places: Vec<HoldingReport<'r>> = search.places.iter().map(HoldingReport::new).collect(),
        /// What could not be done, sorted by path.
        failures: Vec<FailureReport<'r>> = search.failures.iter().map(FailureReport::new).collect(),
    }

    /// A place and what it holds.
    struct HoldingReport<'r>(holding: &'r HoldingPlace) {
        /// What it holds: parts of OLD or NEW, of both, or only what the two have in common; unknown where too little can be
        /// read.
        holds: Holds = holding.holds,
        /// Whether it holds all of OLD, or all of NEW.
        whole: bool = holding.is_whole,
        /// The parts that it holds; of OLD, where it holds parts of both.
        parts: Vec<HeldPart> = holding.parts.iter().copied().collect(),
        /// What was found there.
        kind: DocumentKind = holding.kind,
        /// In what state it is.
        state: State = holding.state,
        /// The client ID.
        client_id: Option<&'r str> = holding.client_id.as_deref(),
        #[serde(flatten)]
        place: PlaceReport<'r> = PlaceReport::new(&holding.location),
    }

    /// One of the two documents.
    struct SideReport<'r>(side: &'r Side, now: DateTime<Utc>)
    let inspection = side.inspected.credential().ok();
    let identity = inspection.map(|inspection| &inspection.identity);
    let certificate = inspection.and_then(|inspection| inspection.certificate.as_ref().ok());
    let facts = certificate.map(|certificate| &certificate.facts);
    let private_key = inspection.and_then(|inspection| inspection.private_key.as_ref().ok()); {
        /// The file's name; bytes that are not UTF-8 stand as \xNN.
        path: &'r str = side.path.as_str(),
        /// The client ID.
        client_id: Option<&'r str> = identity.and_then(|identity| identity.client_id.as_deref().ok()),
        /// The organization's ID.
        organization: Option<&'r str> = identity.and_then(|identity| identity.organization.as_deref().ok()),
        /// The technical account's ID.
        technical_account: Option<&'r str> =
            identity.and_then(|identity| identity.technical_account.as_deref().ok()),
        /// When the certificate's validity begins.
        not_before: Option<Time> = facts.map(|facts| Time::new(facts.validity.not_before)),
        /// The last second of the certificate's validity.
        not_after: Option<Time> = facts.map(|facts| Time::new(facts.validity.not_after)),
        /// Whole days from now to `not_after`, negative when that is past.
        days_left: Option<i64> = facts.map(|facts| facts.validity.days_left(now)),
        /// SHA-256 of the certificate's DER.
        certificate_sha256: Option<Digest> = facts.map(|facts| Digest::new(facts.sha256.get())),
        /// SHA-256 of the certificate's `SubjectPublicKeyInfo`.
        certificate_public_key_sha256: Option<Digest> = facts.map(|facts| Digest::new(&facts.public_key_sha256)),
        /// SHA-256 of the private key's public half, as a `SubjectPublicKeyInfo`.
        private_key_public_key_sha256: Option<Digest> = private_key.map(|key| Digest::new(&key.public_key_sha256)),
    }

    /// Something that was compared.
    struct CheckReport(check: &AspectCheck) {
        /// What.
        name: Aspect = check.aspect,
        /// Whether it is as in a rotation; mind: it is, with something to mind.
        outcome: Outcome = check.outcome,
        /// What is so.
        #[cfg_attr(test, schemars(length(min = 1)))]
        message: String = plain(&check.message),
    }
}
