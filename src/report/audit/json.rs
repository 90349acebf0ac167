//! `json`: the inventory for machines, a contract. Fields are added, never changed; the schema stands beside it.
//!
//! Owns: the fields of a credential, a place and a finding, which `jsonl` writes too. Does not own: other formats.

use std::collections::BTreeMap;
use std::io::{self, Write};

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::super::json::FailureReport;
use super::{AuditResults, client};
use crate::examine::hex;
use crate::finding::Level;
use crate::inventory::{AuditFinding, Audited};
use crate::record::{Site, State};
use crate::report::instant;

/// The JSON Schema of the report.
pub const SCHEMA: &str = include_str!("json/audit.schema.json");

/// Writes the report.
pub fn write(results: &AuditResults, out: &mut dyn Write) -> io::Result<()> {
    let credentials = results.credentials.iter();
    let report = Report {
        schema: "aemcred/audit/1",
        version: env!("CARGO_PKG_VERSION"),
        now: instant(results.now),
        complete: results.complete,
        summary: Summary::new(results),
        credentials: credentials.map(|audited| CredentialReport::new(audited, results.now)).collect(),
        failures: results.failures.iter().map(FailureReport::new).collect(),
    };
    serde_json::to_writer_pretty(&mut *out, &report)?;
    writeln!(out)
}

#[derive(Serialize)]
struct Report<'r> {
    schema: &'static str,
    version: &'static str,
    now: String,
    complete: bool,
    summary: Summary,
    credentials: Vec<CredentialReport<'r>>,
    failures: Vec<FailureReport<'r>>,
}

#[derive(Serialize)]
pub(super) struct Summary {
    files: u64,
    bytes: u64,
    skipped: u64,
    credentials: usize,
    places: usize,
    states: BTreeMap<&'static str, usize>,
    errors: usize,
    warnings: usize,
    notes: usize,
    failures: usize,
}

impl Summary {
    pub(super) fn new(results: &AuditResults) -> Self {
        let summary = results.summary();
        let at = |level: Level| {
            let mut levels = Level::ALL.into_iter().zip(summary.levels);
            levels.find(|(candidate, _)| *candidate == level).map_or(0, |(_, count)| count)
        };
        Self {
            files: results.extent.files,
            bytes: results.extent.bytes,
            skipped: results.extent.skipped,
            credentials: summary.credentials,
            places: summary.places,
            states: State::ALL.map(State::name).into_iter().zip(summary.states).collect(),
            errors: at(Level::Error),
            warnings: at(Level::Warning),
            notes: at(Level::Note),
            failures: summary.failures,
        }
    }
}

#[derive(Serialize)]
pub(super) struct CredentialReport<'r> {
    client_id: Option<&'r str>,
    program: Option<&'r str>,
    environment: Option<&'r str>,
    organization: Option<&'r str>,
    kind: &'static str,
    state: &'static str,
    superseded: bool,
    validity: Option<ValidityReport>,
    certificate_sha256: Option<String>,
    public_key_sha256: Option<String>,
    places: Vec<PlaceReport<'r>>,
    findings: Vec<FindingReport<'r>>,
}

#[derive(Serialize)]
struct ValidityReport {
    not_before: String,
    not_after: String,
    days_left: i64,
}

#[derive(Serialize)]
pub(in crate::report) struct PlaceReport<'r> {
    path: &'r str,
    steps: &'r [String],
    pointer: &'r str,
    line: usize,
    column: usize,
    usable: bool,
}

#[derive(Serialize)]
pub(super) struct FindingReport<'r> {
    rule: &'static str,
    level: &'static str,
    basis: &'static str,
    message: &'r str,
    help: &'r str,
    place: PlaceReport<'r>,
    times: usize,
    related: Vec<RelatedReport<'r>>,
}

#[derive(Serialize)]
struct RelatedReport<'r> {
    #[serde(flatten)]
    place: PlaceReport<'r>,
    message: &'r str,
}

impl<'r> CredentialReport<'r> {
    pub(super) fn new(audited: &'r Audited, now: DateTime<Utc>) -> Self {
        let entry = &audited.record;
        let client = client(entry);
        Self {
            client_id: entry.client_id.as_deref(),
            program: client.map(|client| client.program),
            environment: client.map(|client| client.environment),
            organization: entry.organization.as_deref(),
            kind: entry.kind.name(),
            state: entry.state.name(),
            superseded: audited.superseded,
            validity: entry.validity().map(|validity| ValidityReport {
                not_before: instant(validity.not_before),
                not_after: instant(validity.not_after),
                days_left: validity.days_left(now),
            }),
            certificate_sha256: entry.certificate_sha256().as_ref().map(|sha256| hex(sha256)),
            public_key_sha256: entry.public_key.as_ref().map(|key| hex(&key.sha256)),
            places: entry.sites.iter().map(PlaceReport::new).collect(),
            findings: audited.findings.iter().map(FindingReport::new).collect(),
        }
    }
}

impl<'r> PlaceReport<'r> {
    pub(in crate::report) fn new(site: &'r Site) -> Self {
        Self {
            path: site.path.as_str(),
            steps: &site.steps,
            pointer: site.pointer.as_str(),
            line: site.position.line.number(),
            column: site.position.column.number(),
            usable: site.usable,
        }
    }
}

impl<'r> FindingReport<'r> {
    pub(super) fn new(finding: &'r AuditFinding) -> Self {
        Self {
            rule: finding.rule.name,
            level: finding.level.name(),
            basis: finding.basis.name(),
            message: &finding.message,
            help: &finding.help,
            place: PlaceReport::new(&finding.site),
            times: finding.times,
            related: finding
                .related
                .iter()
                .map(|(site, message)| RelatedReport { place: PlaceReport::new(site), message })
                .collect(),
        }
    }
}
