//! `json`: the machine-readable report, a contract. Fields are added, never changed; the schema stands beside it.
//!
//! Owns: the fields of a finding, a failure and the summary, which `jsonl` writes too. Does not own: other formats.

use std::io::{self, Write};

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::{Failure, FileResult, PathName, Results, instant};
use crate::examine::{fingerprint, hex};
use crate::finding::Finding;
use crate::record::{CertificateRecord, ListedCredential, State, TokenRecord};

/// The JSON Schema of the report.
pub const SCHEMA: &str = include_str!("json/check.schema.json");

/// Writes the report.
///
/// # Errors
///
/// When `out` can't be written.
pub fn write(results: &Results, out: &mut dyn Write) -> io::Result<()> {
    let report = Report {
        schema: "aemcred/check/1",
        version: env!("CARGO_PKG_VERSION"),
        now: instant(results.now),
        summary: Summary::new(results),
        files: results.files.iter().map(|file| FileReport::new(file, results.now)).collect(),
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
    summary: Summary,
    files: Vec<FileReport<'r>>,
    failures: Vec<FailureReport<'r>>,
}

#[derive(Serialize)]
pub(super) struct Summary {
    files: usize,
    credentials: usize,
    templates: usize,
    errors: usize,
    warnings: usize,
    notes: usize,
    skipped: usize,
    suppressed: usize,
    failures: usize,
}

impl Summary {
    pub(super) fn new(results: &Results) -> Self {
        let summary = results.summary();
        Self {
            files: summary.files,
            credentials: summary.credentials,
            templates: summary.templates,
            errors: summary.errors,
            warnings: summary.warnings,
            notes: summary.notes,
            skipped: summary.skipped,
            suppressed: summary.suppressed,
            failures: summary.failures,
        }
    }
}

#[derive(Serialize)]
pub(super) struct FailureReport<'r> {
    path: Option<&'r str>,
    message: &'r str,
}

impl<'r> FailureReport<'r> {
    pub(super) fn new(failure: &'r Failure) -> Self {
        Self { path: failure.path.as_ref().map(PathName::as_str), message: &failure.message }
    }
}

#[derive(Serialize)]
struct FileReport<'r> {
    path: &'r str,
    /// What the document lies in within the file; only where it lies in something.
    #[serde(skip_serializing_if = "String::is_empty")]
    within: String,
    kind: &'static str,
    /// In what state the credential is; not for what is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    state: Option<&'static str>,
    client_id: Option<&'r str>,
    organization: Option<&'r str>,
    certificate: Option<CertificateReport>,
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<TokenReport<'r>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    credentials: Vec<ListedReport<'r>>,
    findings: Vec<FindingReport<'r>>,
}

#[derive(Serialize)]
struct TokenReport<'r> {
    created_at: String,
    expires_at: String,
    minutes_left: i64,
    #[serde(rename = "type")]
    kind: Option<&'r str>,
    user_id: Option<&'r str>,
}

#[derive(Serialize)]
pub(in crate::report) struct ListedReport<'r> {
    #[serde(rename = "type")]
    kind: &'static str,
    name: Option<&'r str>,
    client_id: Option<&'r str>,
}

#[derive(Serialize)]
struct CertificateReport {
    not_before: String,
    not_after: String,
    days_left: i64,
    sha256: String,
    public_key_sha256: String,
}

#[derive(Serialize)]
pub(in crate::report) struct FindingReport<'r> {
    rule: &'static str,
    level: &'static str,
    basis: &'static str,
    message: &'r str,
    help: &'r str,
    pointer: &'r str,
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
    fixable: bool,
    fix: Option<&'r str>,
    fingerprint: String,
    related: Vec<RelatedReport<'r>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    suppressed: Option<SuppressionReport<'r>>,
}

#[derive(Serialize)]
struct SuppressionReport<'r> {
    kind: &'static str,
    reason: &'r str,
}

#[derive(Serialize)]
struct RelatedReport<'r> {
    pointer: &'r str,
    line: usize,
    column: usize,
    message: &'r str,
}

impl<'r> FileReport<'r> {
    fn new(file: &'r FileResult, now: DateTime<Utc>) -> Self {
        let record = &file.checked.record;
        Self {
            path: file.path.as_str(),
            within: record.within(),
            kind: record.kind.name(),
            state: file.state().map(State::name),
            client_id: record.client_id.as_deref(),
            organization: record.organization.as_deref(),
            certificate: record
                .certificate
                .as_ref()
                .map(|certificate| CertificateReport::new(certificate, now)),
            token: record.token.as_ref().map(|token| TokenReport::new(token, now)),
            credentials: record.listed.iter().map(ListedReport::new).collect(),
            findings: file.checked.findings.iter().map(|finding| FindingReport::new(finding, file)).collect(),
        }
    }
}

impl<'r> TokenReport<'r> {
    fn new(token: &'r TokenRecord, now: DateTime<Utc>) -> Self {
        Self {
            created_at: instant(token.validity.not_before),
            expires_at: instant(token.validity.not_after),
            minutes_left: token.validity.minutes_left(now),
            kind: token.kind.as_deref(),
            user_id: token.user_id.as_deref(),
        }
    }
}

impl<'r> ListedReport<'r> {
    pub(in crate::report) fn new(credential: &'r ListedCredential) -> Self {
        Self {
            kind: credential.kind.name(),
            name: credential.name.as_deref(),
            client_id: credential.client_id.as_deref(),
        }
    }
}

impl CertificateReport {
    fn new(certificate: &CertificateRecord, now: DateTime<Utc>) -> Self {
        Self {
            not_before: instant(certificate.validity.not_before),
            not_after: instant(certificate.validity.not_after),
            days_left: certificate.validity.days_left(now),
            sha256: hex(&certificate.sha256),
            public_key_sha256: hex(&certificate.public_key_sha256),
        }
    }
}

impl<'r> FindingReport<'r> {
    pub(in crate::report) fn new(finding: &'r Finding, file: &FileResult) -> Self {
        let draft = &finding.draft;
        Self {
            rule: finding.rule.name,
            level: finding.level.name(),
            basis: finding.basis.name(),
            message: &draft.message,
            help: &draft.help,
            pointer: draft.place.pointer.as_str(),
            line: finding.start.line.number(),
            column: finding.start.column.number(),
            end_line: finding.end.line.number(),
            end_column: finding.end.column.number(),
            fixable: draft.fix.is_some(),
            fix: draft.fix.as_ref().map(|fix| fix.label.as_str()),
            fingerprint: fingerprint(finding, file.path.as_str(), &file.checked.record),
            related: draft
                .related
                .iter()
                .zip(&finding.related)
                .map(|(related, position)| RelatedReport {
                    pointer: related.place.pointer.as_str(),
                    line: position.line.number(),
                    column: position.column.number(),
                    message: &related.message,
                })
                .collect(),
            suppressed: finding.suppression.as_ref().map(|suppression| SuppressionReport {
                kind: suppression.kind(),
                reason: suppression.reason(),
            }),
        }
    }
}
