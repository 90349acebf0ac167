//! `json`: the comparison for machines, a contract. Fields are added, never changed; the schema stands beside it.

use std::io::{self, Write};

use chrono::{DateTime, Utc};

use super::super::wire::{contract, wire};
use super::{CompareResult, Side};
use crate::compare::{Comparand, Conclusion};
use crate::report::{plain, timestamp};
use crate::source::hex;

/// The JSON Schema of the report.
pub const SCHEMA: &str = include_str!("compare.schema.json");

/// Writes the report.
pub fn write(result: &CompareResult, out: &mut dyn Write) -> io::Result<()> {
    contract("aemcred/compare/1", result.now, &Report::new(result), out)
}

wire! {
    struct Report<'r>(result: &'r CompareResult) let comparison = &result.comparison; {
        rotation: bool = comparison.conclusion == Conclusion::Rotation,
        conclusion: &'static str = comparison.conclusion.name(),
        message: &'static str = comparison.conclusion.sentence(),
        overlap_seconds: Option<i64> = comparison.overlap.map(|overlap| overlap.num_seconds()),
        old: SideReport<'r> = SideReport::new(&result.old, result.now),
        new: SideReport<'r> = SideReport::new(&result.new, result.now),
        checks: Vec<CheckReport> = comparison.checks.iter().map(CheckReport::new).collect(),
    }

    struct SideReport<'r>(side: &'r Side, now: DateTime<Utc>)
    let inspection = side.inspected.credential().ok();
    let identity = inspection.map(|inspection| &inspection.identity);
    let certificate = inspection.and_then(|inspection| inspection.certificate.as_ref().ok());
    let facts = certificate.map(|certificate| &certificate.facts);
    let private_key = inspection.and_then(|inspection| inspection.private_key.as_ref().ok()); {
        path: &'r str = side.path.as_str(),
        client_id: Option<&'r str> = identity.and_then(|identity| identity.client_id.as_deref().ok()),
        organization: Option<&'r str> = identity.and_then(|identity| identity.organization.as_deref().ok()),
        technical_account: Option<&'r str> =
            identity.and_then(|identity| identity.technical_account.as_deref().ok()),
        not_before: Option<String> = facts.map(|facts| timestamp(facts.validity.not_before)),
        not_after: Option<String> = facts.map(|facts| timestamp(facts.validity.not_after)),
        days_left: Option<i64> = facts.map(|facts| facts.validity.days_left(now)),
        certificate_sha256: Option<String> = facts.map(|facts| hex(&facts.sha256)),
        certificate_public_key_sha256: Option<String> = facts.map(|facts| hex(&facts.public_key_sha256)),
        private_key_public_key_sha256: Option<String> = private_key.map(|key| hex(&key.public_key_sha256)),
    }

    struct CheckReport(check: &Comparand) {
        name: &'static str = check.aspect.name(),
        outcome: &'static str = check.outcome.name(),
        message: String = plain(&check.words),
    }
}
