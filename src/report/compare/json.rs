//! `json`: the comparison for machines, a contract. Fields are added, never changed; the schema stands beside it.

use std::io::{self, Write};

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::{CompareResult, Side};
use crate::compare::{Comparand, Conclusion};
use crate::examine::hex;
use crate::report::{instant, plain};

/// The JSON Schema of the report.
pub const SCHEMA: &str = include_str!("compare.schema.json");

/// Writes the report.
pub fn write(result: &CompareResult, out: &mut dyn Write) -> io::Result<()> {
    let comparison = &result.comparison;
    let report = Report {
        schema: "aemcred/compare/1",
        version: env!("CARGO_PKG_VERSION"),
        now: instant(result.now),
        rotation: comparison.conclusion == Conclusion::Rotation,
        conclusion: comparison.conclusion.name(),
        message: comparison.conclusion.sentence(),
        overlap_seconds: comparison.overlap.map(|overlap| overlap.num_seconds()),
        old: SideReport::new(&result.old, result.now),
        new: SideReport::new(&result.new, result.now),
        checks: comparison.checks.iter().map(CheckReport::new).collect(),
    };
    serde_json::to_writer_pretty(&mut *out, &report)?;
    writeln!(out)
}

#[derive(Serialize)]
struct Report<'r> {
    schema: &'static str,
    version: &'static str,
    now: String,
    rotation: bool,
    conclusion: &'static str,
    message: &'static str,
    overlap_seconds: Option<i64>,
    old: SideReport<'r>,
    new: SideReport<'r>,
    checks: Vec<CheckReport>,
}

#[derive(Serialize)]
struct SideReport<'r> {
    path: &'r str,
    client_id: Option<&'r str>,
    organization: Option<&'r str>,
    technical_account: Option<&'r str>,
    not_before: Option<String>,
    not_after: Option<String>,
    days_left: Option<i64>,
    certificate_sha256: Option<String>,
    certificate_public_key_sha256: Option<String>,
    private_key_public_key_sha256: Option<String>,
}

#[derive(Serialize)]
struct CheckReport {
    name: &'static str,
    outcome: &'static str,
    message: String,
}

impl<'r> SideReport<'r> {
    fn new(side: &'r Side, now: DateTime<Utc>) -> Self {
        let inspection = side.inspected.credential().ok();
        let identity = inspection.map(|inspection| &inspection.identity);
        let certificate = inspection.and_then(|inspection| inspection.certificate.as_ref().ok());
        let facts = certificate.map(|certificate| &certificate.facts);
        let private_key = inspection.and_then(|inspection| inspection.private_key.as_ref().ok());
        Self {
            path: side.path.as_str(),
            client_id: identity.and_then(|identity| identity.client_id.as_deref().ok()),
            organization: identity.and_then(|identity| identity.organization.as_deref().ok()),
            technical_account: identity.and_then(|identity| identity.technical_account.as_deref().ok()),
            not_before: facts.map(|facts| instant(facts.validity.not_before)),
            not_after: facts.map(|facts| instant(facts.validity.not_after)),
            days_left: facts.map(|facts| facts.validity.days_left(now)),
            certificate_sha256: facts.map(|facts| hex(&facts.sha256)),
            certificate_public_key_sha256: facts.map(|facts| hex(&facts.public_key_sha256)),
            private_key_public_key_sha256: private_key.map(|key| hex(&key.public_key_sha256)),
        }
    }
}

impl CheckReport {
    fn new(check: &Comparand) -> Self {
        Self { name: check.aspect.name(), outcome: check.outcome.name(), message: plain(&check.words) }
    }
}
