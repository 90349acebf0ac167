//! `json`: what must be renewed by when, for machines, a contract. Fields are added, never changed; the schema stands
//! beside it.
//!
//! Owns: the fields of a renewal. Does not own: those of a place and a failure, which other reports have too.

use std::collections::BTreeMap;
use std::io::{self, Write};

use chrono::{DateTime, Utc};

use super::super::inventory::json::{DigestsReport, IdentityReport, PlaceReport};
use super::super::json::FailureReport;
use super::super::wire::{contract, wire};
use super::RenewalResults;
use crate::renewal::{Renewal, Status, Successor};
use crate::report::timestamp;
use crate::source::hex;

/// The JSON Schema of the report.
pub const SCHEMA: &str = include_str!("json/renewals.schema.json");

/// Writes the report.
pub fn write(results: &RenewalResults, out: &mut dyn Write) -> io::Result<()> {
    contract("aemcred/renewals/1", results.now, &Report::new(results), out)
}

wire! {
    struct Report<'r>(results: &'r RenewalResults) let renewals = &results.plan.renewals; {
        complete: bool = results.complete,
        lead_seconds: i64 = results.lead.num_seconds(),
        summary: Summary = Summary::new(results),
        renewals: Vec<RenewalReport<'r>> =
            renewals.iter().map(|renewal| RenewalReport::new(renewal, results.now)).collect(),
        failures: Vec<FailureReport<'r>> = results.failures.iter().map(FailureReport::new).collect(),
    }

    struct Summary(results: &RenewalResults) {
        credentials: usize = results.plan.renewals.len(),
        statuses: BTreeMap<&'static str, usize> =
            Status::ALL.map(Status::name).into_iter().zip(results.counts()).collect(),
        tokens_left_out: usize = results.plan.tokens_left_out,
        undated: usize = results.plan.undated,
        failures: usize = results.failures.len(),
    }

    struct RenewalReport<'r>(renewal: &'r Renewal, now: DateTime<Utc>)
    let record = &renewal.record;
    let validity = record.validity(); {
        #[serde(flatten)]
        identity: IdentityReport<'r> = IdentityReport::new(record),
        status: &'static str = renewal.status.name(),
        not_before: Option<String> = validity.map(|validity| timestamp(validity.not_before)),
        not_after: Option<String> = validity.map(|validity| timestamp(validity.not_after)),
        renew_by: Option<String> = renewal.renew_by.map(timestamp),
        days_left: Option<i64> = validity.map(|validity| validity.days_left(now)),
        #[serde(flatten)]
        digests: DigestsReport = DigestsReport::new(record),
        superseded_by: Option<SuccessorReport> = renewal.successor.as_ref().map(SuccessorReport::new),
        places: Vec<PlaceReport<'r>> = record.sites.iter().map(PlaceReport::new).collect(),
    }

    struct SuccessorReport(successor: &Successor) {
        public_key_sha256: Option<String> = successor.public_key_sha256.map(|sha256| hex(&sha256)),
        not_before: String = timestamp(successor.validity.not_before),
        not_after: String = timestamp(successor.validity.not_after),
    }
}
