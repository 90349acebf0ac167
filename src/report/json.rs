//! `json`: the machine-readable report, a contract. Fields are added, never changed; the schema stands beside it.
//!
//! Owns: the fields of a finding, a failure and the summary, which `jsonl` writes too. Does not own: other formats.

use std::io::{self, Write};

use chrono::{DateTime, Utc};

use super::wire::{contract, wire};
use super::{Failure, FileResult, PathName, Results, timestamp};
use crate::examine::fingerprint;
use crate::finding::{Finding, Related, Suppression};
use crate::record::{CertificateRecord, ListedCredential, State, TokenRecord};
use crate::source::Position;
use crate::source::hex;

/// The JSON Schema of the report.
pub const SCHEMA: &str = include_str!("json/check.schema.json");

/// Writes the report.
pub fn write(results: &Results, out: &mut dyn Write) -> io::Result<()> {
    contract("aemcred/check/1", results.now, &Report::new(results), out)
}

wire! {
    struct Report<'r>(results: &'r Results) {
        summary: Summary = Summary::new(results),
        files: Vec<FileReport<'r>> =
            results.files.iter().map(|file| FileReport::new(file, results.now)).collect(),
        failures: Vec<FailureReport<'r>> = results.failures.iter().map(FailureReport::new).collect(),
    }

    pub(super) struct Summary(results: &Results) let summary = results.summary(); {
        files: usize = summary.files,
        credentials: usize = summary.credentials,
        templates: usize = summary.templates,
        errors: usize = summary.errors,
        warnings: usize = summary.warnings,
        notes: usize = summary.notes,
        skipped: usize = summary.skipped,
        suppressed: usize = summary.suppressed,
        failures: usize = summary.failures,
    }

    pub(super) struct FailureReport<'r>(failure: &'r Failure) {
        path: Option<&'r str> = failure.path.as_ref().map(PathName::as_str),
        message: &'r str = &failure.message,
    }

    struct FileReport<'r>(file: &'r FileResult, now: DateTime<Utc>) let record = &file.checked.record; {
        path: &'r str = file.path.as_str(),
        /// What the document lies in within the file; only where it lies in something.
        #[serde(skip_serializing_if = "String::is_empty")]
        within: String = record.within(),
        kind: &'static str = record.kind.name(),
        /// In what state the credential is; not for what is none.
        #[serde(skip_serializing_if = "Option::is_none")]
        state: Option<&'static str> = file.state().map(State::name),
        client_id: Option<&'r str> = record.client_id.as_deref(),
        organization: Option<&'r str> = record.organization.as_deref(),
        certificate: Option<CertificateReport> =
            record.certificate.as_ref().map(|certificate| CertificateReport::new(certificate, now)),
        #[serde(skip_serializing_if = "Option::is_none")]
        token: Option<TokenReport<'r>> = record.token.as_ref().map(|token| TokenReport::new(token, now)),
        #[serde(skip_serializing_if = "Vec::is_empty")]
        credentials: Vec<ListedReport<'r>> = record.listed.iter().map(ListedReport::new).collect(),
        findings: Vec<FindingReport<'r>> =
            file.checked.findings.iter().map(|finding| FindingReport::new(finding, file)).collect(),
    }

    struct TokenReport<'r>(token: &'r TokenRecord, now: DateTime<Utc>) {
        created_at: String = timestamp(token.validity.not_before),
        expires_at: String = timestamp(token.validity.not_after),
        minutes_left: i64 = token.validity.minutes_left(now),
        #[serde(rename = "type")]
        kind: Option<&'r str> = token.kind.as_deref(),
        user_id: Option<&'r str> = token.user_id.as_deref(),
    }

    pub(in crate::report) struct ListedReport<'r>(credential: &'r ListedCredential) {
        #[serde(rename = "type")]
        kind: &'static str = credential.kind.name(),
        name: Option<&'r str> = credential.name.as_deref(),
        client_id: Option<&'r str> = credential.client_id.as_deref(),
    }

    struct CertificateReport(certificate: &CertificateRecord, now: DateTime<Utc>) {
        not_before: String = timestamp(certificate.validity.not_before),
        not_after: String = timestamp(certificate.validity.not_after),
        days_left: i64 = certificate.validity.days_left(now),
        sha256: String = hex(&certificate.sha256),
        public_key_sha256: String = hex(&certificate.public_key_sha256),
    }

    pub(in crate::report) struct FindingReport<'r>(finding: &'r Finding, file: &FileResult)
    let draft = &finding.draft; {
        rule: &'static str = finding.rule.name,
        level: &'static str = finding.level.name(),
        basis: &'static str = finding.basis.name(),
        message: &'r str = &draft.message,
        help: &'r str = &draft.help,
        pointer: &'r str = draft.place.pointer.as_str(),
        line: usize = finding.start.line.number(),
        column: usize = finding.start.column.number(),
        end_line: usize = finding.end.line.number(),
        end_column: usize = finding.end.column.number(),
        fixable: bool = draft.fix.is_some(),
        fix: Option<&'r str> = draft.fix.as_ref().map(|fix| fix.label.as_str()),
        fingerprint: String = fingerprint(finding, file.path.as_str(), &file.checked.record),
        related: Vec<RelatedReport<'r>> =
            draft.related.iter().zip(&finding.related).map(|(one, at)| RelatedReport::new(one, *at)).collect(),
        #[serde(skip_serializing_if = "Option::is_none")]
        suppressed: Option<SuppressionReport<'r>> = finding.suppression.as_ref().map(SuppressionReport::new),
    }

    struct SuppressionReport<'r>(suppression: &'r Suppression) {
        kind: &'static str = suppression.kind(),
        reason: &'r str = suppression.reason(),
    }

    struct RelatedReport<'r>(related: &'r Related, position: Position) {
        pointer: &'r str = related.place.pointer.as_str(),
        line: usize = position.line.number(),
        column: usize = position.column.number(),
        message: &'r str = &related.message,
    }
}
