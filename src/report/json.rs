//! `json`: the machine-readable report, a contract. Fields are added, never changed; the schema stands beside it.
//!
//! Owns: the fields of a finding, a failure and the summary, which `jsonl` writes too. Does not own: other formats.

use std::io::{self, Write};

use chrono::{DateTime, Utc};

use super::wire::{Digest, PositionReport, Time, contract, schema, wire};
use super::{Failure, FileResult, PathName, Results};
use crate::credential::{DocumentKind, ProjectCredentialKind};
use crate::examine::fingerprint;
use crate::finding::{Finding, Level, Related, Suppression};
use crate::record::{CertificateRecord, ListedCredential, State, TokenRecord};
use crate::rule::Basis;
use crate::source::Position;

schema!("json/check.schema.json", "aemcred/check/1", "check --format json", whole::<Report<'_>>);

/// Writes the report.
pub fn write(results: &Results, out: &mut dyn Write) -> io::Result<()> {
    contract(CONTRACT, results.now, &Report::new(results), out)
}

wire! {
    /// What `aemcred check` found out. Fields may be added within version 1; none is removed or changes its meaning.
    struct Report<'r>(results: &'r Results) {
        /// Counts.
        summary: Summary = Summary::new(results),
        /// The files that were checked, sorted by path.
        files: Vec<FileReport<'r>> =
            results.files.iter().map(|file| FileReport::new(file, results.now)).collect(),
        /// What could not be done, sorted by path.
        failures: Vec<FailureReport<'r>> = results.failures.iter().map(FailureReport::new).collect(),
    }

    /// Counts.
    pub(super) struct Summary(results: &Results) let summary = results.summary(); {
        /// Files that were checked.
        files: usize = summary.files,
        /// Credentials among them.
        credentials: usize = summary.credentials,
        /// Templates among them, of which nothing is asked: every secret in them is a placeholder.
        // Older reports of version 1 lack it.
        #[cfg_attr(test, schemars(skip_serializing_if = "older"))]
        templates: usize = summary.templates,
        /// Findings of level error.
        errors: usize = summary.errors,
        /// Findings of level warning.
        warnings: usize = summary.warnings,
        /// Findings of level note.
        notes: usize = summary.notes,
        /// Files of a walk that were passed over.
        skipped: usize = summary.skipped,
        /// Findings that the configuration or a baseline suppresses.
        suppressed: usize = summary.suppressed,
        /// Things that could not be done.
        failures: usize = summary.failures,
    }

    /// Something that was asked for and could not be done.
    pub(super) struct FailureReport<'r>(failure: &'r Failure) {
        /// The file concerned, if it is about one.
        path: Option<&'r str> = failure.path.as_ref().map(PathName::as_str),
        /// What and why.
        #[cfg_attr(test, schemars(length(min = 1)))]
        message: &'r str = &failure.message,
    }

    /// A file that was checked.
    struct FileReport<'r>(file: &'r FileResult, now: DateTime<Utc>) let record = &file.checked.record; {
        /// The file's name; bytes that are not UTF-8 stand as \xNN.
        path: &'r str = file.path.as_str(),
        /// What the document is in within the file, such as `data."service.json" → base64`. Lines and columns are
        /// those of the outermost text. Absent when the document is the whole file.
        #[serde(skip_serializing_if = "String::is_empty")]
        #[cfg_attr(test, schemars(length(min = 1)))]
        within: String = record.within(),
        /// What the document is.
        kind: DocumentKind = record.kind,
        /// In what state the credential is; not there for what is none.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[cfg_attr(test, schemars(with = "State"))]
        state: Option<State> = file.state(),
        /// The client ID, if it could be read.
        client_id: Option<&'r str> = record.client_id.as_deref(),
        /// The organization's ID, if it could be read.
        organization: Option<&'r str> = record.organization.as_deref(),
        /// Public facts of the certificate, if it could be read.
        certificate: Option<CertificateReport> =
            record.certificate.as_ref().map(|certificate| CertificateReport::new(certificate, now)),
        /// Present when the claims of an access token could be read: what they say. Its signature is never verified,
        /// because only Adobe can do that.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[cfg_attr(test, schemars(with = "TokenReport<'r>"))]
        token: Option<TokenReport<'r>> = record.token.as_ref().map(|token| TokenReport::new(token, now)),
        /// Present for a project of the Adobe Developer Console that has credentials: which there are. aemcred has no
        /// rules for them.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        #[cfg_attr(test, schemars(length(min = 1)))]
        credentials: Vec<ListedReport<'r>> = record.listed.iter().map(ListedReport::new).collect(),
        /// In the order of the text.
        findings: Vec<FindingReport<'r>> =
            file.checked.findings.iter().map(|finding| FindingReport::new(finding, file)).collect(),
    }

    /// Present when the claims of an access token could be read: what they say. Its signature is never verified,
    /// because only Adobe can do that.
    struct TokenReport<'r>(token: &'r TokenRecord, now: DateTime<Utc>) {
        /// When it was created, rounded down to a second.
        created_at: Time = Time::new(token.validity.not_before),
        /// The first instant at which it is no longer valid, rounded down to a second.
        expires_at: Time = Time::new(token.validity.not_after),
        /// Whole minutes from now to `expires_at`, rounded down; negative when that is past.
        minutes_left: i64 = token.validity.minutes_left(now),
        /// The claim type.
        #[serde(rename = "type")]
        kind: Option<&'r str> = token.kind.as_deref(),
        /// The account that it acts as, if that can be shown.
        user_id: Option<&'r str> = token.user_id.as_deref(),
    }

    /// A credential that is named but not judged.
    pub(in crate::report) struct ListedReport<'r>(credential: &'r ListedCredential) {
        /// Its type.
        #[serde(rename = "type")]
        kind: ProjectCredentialKind = credential.kind,
        /// Its name, if that can be shown.
        name: Option<&'r str> = credential.name.as_deref(),
        /// Its client ID, if that can be shown.
        client_id: Option<&'r str> = credential.client_id.as_deref(),
    }

    /// Public facts of a certificate.
    struct CertificateReport(certificate: &CertificateRecord, now: DateTime<Utc>) {
        /// The first second of its validity.
        not_before: Time = Time::new(certificate.validity.not_before),
        /// The last second of its validity.
        not_after: Time = Time::new(certificate.validity.not_after),
        /// Whole days from now to `not_after`, rounded down; negative when that is past.
        days_left: i64 = certificate.validity.days_left(now),
        /// SHA-256 of the certificate's DER.
        sha256: Digest = Digest::new(certificate.sha256.get()),
        /// SHA-256 of the public key's DER (`SubjectPublicKeyInfo`).
        public_key_sha256: Digest = Digest::new(&certificate.public_key_sha256),
    }

    /// Something that a rule found.
    pub(in crate::report) struct FindingReport<'r>(finding: &'r Finding, file: &FileResult)
    let draft = &finding.draft; {
        /// The rule's name; see `aemcred rules`.
        #[cfg_attr(test, schemars(regex(pattern = "^[a-z0-9]+(-[a-z0-9]+)*$")))]
        rule: &'static str = finding.rule.name,
        /// How bad it is.
        level: Level = finding.level,
        /// Why it is reported: Adobe's client throws an error, the token service or AEM refuses it, others have the secrets
        /// or will get them, parts can't be read or contradict each other, or it works but isn't as Adobe issues it.
        basis: Basis = finding.basis,
        /// What is wrong.
        #[cfg_attr(test, schemars(length(min = 1)))]
        message: &'r str = &draft.message,
        /// Why it matters and what to do.
        help: &'r str = &draft.help,
        /// The JSON pointer (RFC 6901) of the value concerned; empty for the whole document.
        #[cfg_attr(test, schemars(regex(pattern = "^(/.*)?$")))]
        pointer: &'r str = draft.place.pointer.as_str(),
        #[serde(flatten)]
        start: PositionReport = PositionReport::new(finding.start),
        /// The line on which it ends.
        #[cfg_attr(test, schemars(range(min = 1)))]
        end_line: usize = finding.end.line.number(),
        /// The column after its last character.
        #[cfg_attr(test, schemars(range(min = 1)))]
        end_column: usize = finding.end.column.number(),
        /// Whether aemcred check --fix can put this very finding right.
        fixable: bool = draft.fix.is_some(),
        /// What --fix would do about it, in words; null where it can't do anything.
        fix: Option<&'r str> = draft.fix.as_ref().map(|fix| fix.label.as_str()),
        /// The finding's identity across runs: SHA-256 over rule, path, pointer and the certificate's public key.
        fingerprint: Digest = Digest(fingerprint(finding, file.path.as_str(), &file.checked.record)),
        /// Other places that belong to it.
        related: Vec<RelatedReport<'r>> =
            draft.related.iter().zip(&finding.related).map(|(one, at)| RelatedReport::new(one, *at)).collect(),
        /// Present when the finding doesn't count: it is in no number of the summary but `suppressed`, and fails no
        /// run.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[cfg_attr(test, schemars(with = "SuppressionReport<'r>"))]
        suppressed: Option<SuppressionReport<'r>> = finding.suppression.as_ref().map(SuppressionReport::new),
    }

    /// Present when the finding doesn't count: it is in no number of the summary but `suppressed`, and fails no run.
    struct SuppressionReport<'r>(suppression: &'r Suppression) {
        /// An ignore entry of the configuration, or a baseline.
        #[cfg_attr(test, schemars(extend("enum" = ["ignored", "baseline"])))]
        kind: &'static str = suppression.kind(),
        /// Why, in plain words.
        reason: &'r str = suppression.reason(),
    }

    /// Another place.
    struct RelatedReport<'r>(related: &'r Related, position: Position) {
        /// The JSON pointer.
        pointer: &'r str = related.place.pointer.as_str(),
        #[serde(flatten)]
        position: PositionReport = PositionReport::new(position),
        /// What is there.
        #[cfg_attr(test, schemars(length(min = 1)))]
        message: &'r str = &related.message,
    }
}
