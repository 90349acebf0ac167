//! `json`: what must be renewed by when, for machines, a contract. Fields are added, never changed; the schema stands
//! beside it.
//!
//! Owns: the fields of a renewal. Does not own: those of a place and a failure, which other reports have too.

use std::collections::BTreeMap;
use std::io::{self, Write};

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::super::audit::json::PlaceReport;
use super::super::json::FailureReport;
use super::RenewalResults;
use crate::credential::ClientId;
use crate::examine::hex;
use crate::renewal::{Renewal, Status};
use crate::report::instant;

/// The JSON Schema of the report.
pub const SCHEMA: &str = include_str!("json/renewals.schema.json");

/// Writes the report.
pub fn write(results: &RenewalResults, out: &mut dyn Write) -> io::Result<()> {
    let report = Report {
        schema: "aemcred/renewals/1",
        version: env!("CARGO_PKG_VERSION"),
        now: instant(results.now),
        complete: results.complete,
        lead_seconds: results.lead.num_seconds(),
        summary: Summary {
            credentials: results.plan.renewals.len(),
            statuses: Status::ALL.map(Status::name).into_iter().zip(results.counts()).collect(),
            tokens_left_out: results.plan.tokens_left_out,
            undated: results.plan.undated,
            failures: results.failures.len(),
        },
        renewals: results
            .plan
            .renewals
            .iter()
            .map(|renewal| RenewalReport::new(renewal, results.now))
            .collect(),
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
    lead_seconds: i64,
    summary: Summary,
    renewals: Vec<RenewalReport<'r>>,
    failures: Vec<FailureReport<'r>>,
}

#[derive(Serialize)]
struct Summary {
    credentials: usize,
    statuses: BTreeMap<&'static str, usize>,
    tokens_left_out: usize,
    undated: usize,
    failures: usize,
}

#[derive(Serialize)]
struct RenewalReport<'r> {
    client_id: Option<&'r str>,
    program: Option<&'r str>,
    environment: Option<&'r str>,
    organization: Option<&'r str>,
    kind: &'static str,
    state: &'static str,
    status: &'static str,
    not_before: Option<String>,
    not_after: Option<String>,
    renew_by: Option<String>,
    days_left: Option<i64>,
    certificate_sha256: Option<String>,
    public_key_sha256: Option<String>,
    superseded_by: Option<SuccessorReport>,
    places: Vec<PlaceReport<'r>>,
}

#[derive(Serialize)]
struct SuccessorReport {
    public_key_sha256: Option<String>,
    not_before: String,
    not_after: String,
}

impl<'r> RenewalReport<'r> {
    fn new(renewal: &'r Renewal, now: DateTime<Utc>) -> Self {
        let entry = &renewal.record;
        let client = entry.client_id.as_deref().and_then(ClientId::parse);
        Self {
            client_id: entry.client_id.as_deref(),
            program: client.map(|client| client.program),
            environment: client.map(|client| client.environment),
            organization: entry.organization.as_deref(),
            kind: entry.kind.name(),
            state: entry.state.name(),
            status: renewal.status.name(),
            not_before: entry.validity().map(|validity| instant(validity.not_before)),
            not_after: entry.validity().map(|validity| instant(validity.not_after)),
            renew_by: renewal.renew_by.map(instant),
            days_left: entry.validity().map(|validity| validity.days_left(now)),
            certificate_sha256: entry.certificate_sha256().as_ref().map(|sha256| hex(sha256)),
            public_key_sha256: entry.public_key.as_ref().map(|key| hex(&key.sha256)),
            superseded_by: renewal.successor.as_ref().map(|successor| SuccessorReport {
                public_key_sha256: successor.public_key_sha256.as_ref().map(|sha256| hex(sha256)),
                not_before: instant(successor.validity.not_before),
                not_after: instant(successor.validity.not_after),
            }),
            places: entry.sites.iter().map(PlaceReport::new).collect(),
        }
    }
}
