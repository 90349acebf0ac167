//! `json`: the inventory for machines, a contract. Fields are added, never changed; the schema stands beside it.
//!
//! Owns: the fields of a credential, a place and a finding, which `jsonl` writes too. Does not own: other formats.

use std::collections::BTreeMap;
use std::io::{self, Write};

use chrono::{DateTime, Utc};
use serde::{Serialize, Serializer};

use super::super::inventory::json::{DigestsReport, IdentityReport, PlaceReport};
use super::super::json::FailureReport;
use super::super::wire::{Time, contract, schema, wire};
use super::AuditResults;
use crate::credential::Validity;
use crate::finding::Level;
use crate::inventory::{AuditFinding, Audited};
use crate::record::{Location, State};
use crate::rule::Basis;

schema!("json/audit.schema.json", "aemcred/audit/1", "audit --format json", whole::<Report<'_>>);

/// Writes the report.
pub fn write(results: &AuditResults, out: &mut dyn Write) -> io::Result<()> {
    contract(CONTRACT, results.now, &Report::new(results), out)
}

/// All credentials. There may be a million, so that each is made when it is written.
struct Credentials<'r>(&'r AuditResults);

impl Serialize for Credentials<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(AuditResults { credentials, now, .. }) = self;
        serializer.collect_seq(credentials.iter().map(|audited| CredentialReport::new(audited, *now)))
    }
}

wire! {
    /// The inventory that `aemcred audit` made. Fields may be added within version 1; none is removed or changes its
    /// meaning.
    struct Report<'r>(results: &'r AuditResults) {
        /// Whether everything was checked; false when the run was interrupted.
        complete: bool = results.complete,
        /// Counts.
        summary: Summary = Summary::new(results),
        /// The most urgent first.
        #[cfg_attr(test, schemars(with = "Vec<CredentialReport<'r>>"))]
        credentials: Credentials<'r> = Credentials(results),
        /// What could not be done, sorted by path.
        failures: Vec<FailureReport<'r>> = results.failures.iter().map(FailureReport::new).collect(),
    }

    /// Counts.
    pub(super) struct Summary(results: &AuditResults)
    let summary = results.summary();
    let at = |level: Level| {
        let mut levels = Level::ALL.into_iter().zip(summary.levels);
        levels.find(|(candidate, _)| *candidate == level).map_or(0, |(_, count)| count)
    }; {
        /// Files that were read.
        files: u64 = results.extent.files,
        /// Their size.
        bytes: u64 = results.extent.bytes,
        /// Files and folders that were met and not read.
        skipped: u64 = results.extent.skipped,
        /// Distinct credentials.
        credentials: usize = summary.credentials,
        /// Places at which they stand.
        places: usize = summary.places,
        /// Credentials in each state.
        #[cfg_attr(test, schemars(extend("required" = State::ALL)))]
        states: BTreeMap<&'static str, usize> =
            State::ALL.map(State::name).into_iter().zip(summary.states).collect(),
        /// Findings of level error.
        errors: usize = at(Level::Error),
        /// Findings of level warning.
        warnings: usize = at(Level::Warning),
        /// Findings of level note.
        notes: usize = at(Level::Note),
        /// Things that could not be done.
        failures: usize = summary.failures,
    }

    /// A distinct credential: one key of one client, with all its places.
    pub(super) struct CredentialReport<'r>(audited: &'r Audited, now: DateTime<Utc>)
    let record = &audited.record; {
        #[serde(flatten)]
        identity: IdentityReport<'r> = IdentityReport::new(record),
        /// Whether a newer credential of the same client is in the set.
        superseded: bool = audited.superseded,
        /// When it can be used; null where nothing says so.
        validity: Option<ValidityReport> = record.validity().map(|validity| ValidityReport::new(validity, now)),
        #[serde(flatten)]
        digests: DigestsReport = DigestsReport::new(record),
        /// Where it is.
        #[cfg_attr(test, schemars(length(min = 1)))]
        places: Vec<PlaceReport<'r>> = record.locations.iter().map(PlaceReport::new).collect(),
        /// What is wrong with it, the worst first.
        findings: Vec<FindingReport<'r>> = audited.findings.iter().map(FindingReport::new).collect(),
    }

    /// When a credential can be used.
    struct ValidityReport(validity: Validity, now: DateTime<Utc>) {
        /// The first second.
        not_before: Time = Time::new(validity.not_before),
        /// The last second.
        not_after: Time = Time::new(validity.not_after),
        /// Whole days from now to `not_after`, rounded down; negative when that is past.
        days_left: i64 = validity.days_left(now),
    }

    /// Something that was found.
    pub(super) struct FindingReport<'r>(finding: &'r AuditFinding) {
        /// The rule's name.
        rule: &'static str = finding.rule.name,
        /// How bad it is.
        level: Level = finding.level,
        /// On what its claim rests.
        // Older reports of version 1 lack it.
        #[cfg_attr(test, schemars(skip_serializing_if = "older"))]
        basis: Basis = finding.basis,
        /// What is wrong, in one clause.
        message: &'r str = &finding.message,
        /// Why it matters and what to do.
        help: &'r str = &finding.help,
        /// A place at which a credential stands.
        place: PlaceReport<'r> = PlaceReport::new(&finding.location),
        /// At how many places of the credential the same is found.
        times: usize = finding.times,
        /// Other places that belong to it.
        related: Vec<RelatedReport<'r>> =
            finding.related.iter().map(|(location, message)| RelatedReport::new(location, message)).collect(),
    }

    /// Another place that belongs to it.
    struct RelatedReport<'r>(location: &'r Location, message: &'r str) {
        #[serde(flatten)]
        place: PlaceReport<'r> = PlaceReport::new(location),
        /// What is there.
        message: &'r str = message,
    }
}
