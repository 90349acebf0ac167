//! `json`: what must be renewed by when, for machines, a contract. Fields are added, never changed; the schema stands
//! beside it.
//!
//! Owns: the fields of a renewal. Does not own: those of a place and a failure, which other reports have too.

use std::collections::BTreeMap;
use std::io::{self, Write};

use chrono::{DateTime, Utc};

use super::super::inventory::json::{DigestsReport, IdentityReport, PlaceReport};
use super::super::json::FailureReport;
use super::super::wire::{Digest, Time, contract, schema, wire};
use super::RenewalResults;
use crate::credential::Threshold;
use crate::renewal::{Renewal, Status, Successor};

schema!("json/renewals.schema.json", "aemcred/renewals/1", "renewals --format json", whole::<Report<'_>>);

/// Writes the report.
pub fn write(results: &RenewalResults, out: &mut dyn Write) -> io::Result<()> {
    contract(CONTRACT, results.now, &Report::new(results), out)
}

fn lead_seconds(results: &RenewalResults) -> i64 {
    let validities = || results.plan.renewals.iter().filter_map(|renewal| renewal.record.validity());
    match results.lead {
        Threshold::Left(left) => left.num_seconds(),
        lead @ Threshold::Percent(_) => {
            validities().map(|validity| validity.threshold(lead).num_seconds()).max().unwrap_or_default()
        }
    }
}

wire! {
    /// What must be renewed by when. Fields may be added within version 1; none is removed or changes its meaning.
    struct Report<'r>(results: &'r RenewalResults) let renewals = &results.plan.renewals; {
        /// Whether everything was checked; false when the run was interrupted.
        complete: bool = results.complete,
        /// How long before its end a credential should be renewed, in seconds; with `lead_percent`, the longest of any row.
        #[cfg_attr(test, schemars(range(min = 0)))]
        lead_seconds: i64 = lead_seconds(results),
        /// How long before its end a credential should be renewed, in hundredths of its validity; null when `lead_seconds`
        /// holds for all.
        // Older reports of version 1 lack it.
        #[cfg_attr(test, schemars(skip_serializing_if = "older"))]
        lead_percent: Option<u8> = match results.lead { Threshold::Percent(percent) => Some(percent), Threshold::Left(_) => None },
        /// Counts.
        summary: Summary = Summary::new(results),
        /// What counts, by date; then what has no date; then what is superseded.
        renewals: Vec<RenewalReport<'r>> =
            renewals.iter().map(|renewal| RenewalReport::new(renewal, results.now)).collect(),
        /// What could not be done, sorted by path.
        failures: Vec<FailureReport<'r>> = results.failures.iter().map(FailureReport::new).collect(),
    }

    /// Counts.
    struct Summary(results: &RenewalResults) {
        /// Rows.
        credentials: usize = results.plan.renewals.len(),
        /// Rows in each status.
        #[cfg_attr(test, schemars(extend("required" = Status::ALL)))]
        statuses: BTreeMap<&'static str, usize> =
            Status::ALL.map(Status::name).into_iter().zip(results.counts()).collect(),
        /// Tokens that were left out because --tokens is not given.
        tokens_left_out: usize = results.plan.tokens_left_out,
        /// Parts and redacted copies that were left out because their expiry date is unknown.
        undated: usize = results.plan.undated,
        /// Things that could not be done.
        failures: usize = results.failures.len(),
    }

    /// A credential and by when it must be renewed.
    struct RenewalReport<'r>(renewal: &'r Renewal, now: DateTime<Utc>)
    let record = &renewal.record;
    let validity = record.validity(); {
        #[serde(flatten)]
        identity: IdentityReport<'r> = IdentityReport::new(record),
        /// How urgent its renewal is: expired; imminent (--imminent); due (--lead); unknown, when its expiry date can't
        /// be read; later; never, when it has no expiry date; superseded, when a newer one
        /// of the same client is in the set.
        status: Status = renewal.status,
        /// When its validity begins.
        not_before: Option<Time> = validity.map(|validity| Time::new(validity.not_before)),
        /// The last second of its validity.
        not_after: Option<Time> = validity.map(|validity| Time::new(validity.not_after)),
        /// By when a new one should be in place: `not_after` less the lead. Null when nothing is to be renewed or no date
        /// is known.
        renew_by: Option<Time> = renewal.renew_by.map(Time::new),
        /// Whole days from now to `not_after`, negative when that is past.
        days_left: Option<i64> = validity.map(|validity| validity.days_left(now)),
        #[serde(flatten)]
        digests: DigestsReport = DigestsReport::new(record),
        /// The newest credential of the same client, when this one is superseded.
        superseded_by: Option<SuccessorReport> = renewal.successor.as_ref().map(SuccessorReport::new),
        /// Where it stands, sorted.
        #[cfg_attr(test, schemars(length(min = 1)))]
        places: Vec<PlaceReport<'r>> = record.locations.iter().map(PlaceReport::new).collect(),
    }

    /// A newer credential.
    struct SuccessorReport(successor: &Successor) {
        /// SHA-256 of its `SubjectPublicKeyInfo`'s DER.
        public_key_sha256: Option<Digest> = successor.public_key_sha256.map(|sha256| Digest::new(&sha256)),
        /// When its validity begins.
        not_before: Time = Time::new(successor.validity.not_before),
        /// The last second of its validity.
        not_after: Time = Time::new(successor.validity.not_after),
    }
}
