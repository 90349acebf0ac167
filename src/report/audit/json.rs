//! `json`: the inventory for machines, a contract. Fields are added, never changed; the schema stands beside it.
//!
//! Owns: the fields of a credential, a place and a finding, which `jsonl` writes too. Does not own: other formats.

use std::collections::BTreeMap;
use std::io::{self, Write};

use chrono::{DateTime, Utc};

use super::super::inventory::json::{DigestsReport, IdentityReport, PlaceReport};
use super::super::json::FailureReport;
use super::super::wire::{contract, wire};
use super::AuditResults;
use crate::credential::Validity;
use crate::finding::Level;
use crate::inventory::{AuditFinding, Audited};
use crate::record::{Site, State};
use crate::report::timestamp;

/// The JSON Schema of the report.
pub const SCHEMA: &str = include_str!("json/audit.schema.json");

/// Writes the report.
pub fn write(results: &AuditResults, out: &mut dyn Write) -> io::Result<()> {
    contract("aemcred/audit/1", results.now, &Report::new(results), out)
}

wire! {
    struct Report<'r>(results: &'r AuditResults) {
        complete: bool = results.complete,
        summary: Summary = Summary::new(results),
        credentials: Vec<CredentialReport<'r>> =
            results.credentials.iter().map(|audited| CredentialReport::new(audited, results.now)).collect(),
        failures: Vec<FailureReport<'r>> = results.failures.iter().map(FailureReport::new).collect(),
    }

    pub(super) struct Summary(results: &AuditResults)
    let summary = results.summary();
    let at = |level: Level| {
        let mut levels = Level::ALL.into_iter().zip(summary.levels);
        levels.find(|(candidate, _)| *candidate == level).map_or(0, |(_, count)| count)
    }; {
        files: u64 = results.extent.files,
        bytes: u64 = results.extent.bytes,
        skipped: u64 = results.extent.skipped,
        credentials: usize = summary.credentials,
        places: usize = summary.places,
        states: BTreeMap<&'static str, usize> =
            State::ALL.map(State::name).into_iter().zip(summary.states).collect(),
        errors: usize = at(Level::Error),
        warnings: usize = at(Level::Warning),
        notes: usize = at(Level::Note),
        failures: usize = summary.failures,
    }

    pub(super) struct CredentialReport<'r>(audited: &'r Audited, now: DateTime<Utc>)
    let record = &audited.record; {
        #[serde(flatten)]
        identity: IdentityReport<'r> = IdentityReport::new(record),
        superseded: bool = audited.superseded,
        validity: Option<ValidityReport> = record.validity().map(|validity| ValidityReport::new(validity, now)),
        #[serde(flatten)]
        digests: DigestsReport = DigestsReport::new(record),
        places: Vec<PlaceReport<'r>> = record.sites.iter().map(PlaceReport::new).collect(),
        findings: Vec<FindingReport<'r>> = audited.findings.iter().map(FindingReport::new).collect(),
    }

    struct ValidityReport(validity: Validity, now: DateTime<Utc>) {
        not_before: String = timestamp(validity.not_before),
        not_after: String = timestamp(validity.not_after),
        days_left: i64 = validity.days_left(now),
    }

    pub(super) struct FindingReport<'r>(finding: &'r AuditFinding) {
        rule: &'static str = finding.rule.name,
        level: &'static str = finding.level.name(),
        basis: &'static str = finding.basis.name(),
        message: &'r str = &finding.message,
        help: &'r str = &finding.help,
        place: PlaceReport<'r> = PlaceReport::new(&finding.site),
        times: usize = finding.times,
        related: Vec<RelatedReport<'r>> =
            finding.related.iter().map(|(site, message)| RelatedReport::new(site, message)).collect(),
    }

    struct RelatedReport<'r>(site: &'r Site, message: &'r str) {
        #[serde(flatten)]
        place: PlaceReport<'r> = PlaceReport::new(site),
        message: &'r str = message,
    }
}
