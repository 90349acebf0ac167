//! `json`: the machine-readable report, a contract. Fields are added, never changed; the schema stands beside it.

mod token;

use std::io::{self, Write};

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::{Value, json};

use super::InspectResult;
use crate::examine::hex;
use crate::inspect::{
    Assertion, CertificateSection, Claim, ClaimValue, ClientSecret, EndpointSection, Fact, Identity,
    Inspection, MetascopeSection, Operator, PrivateKeySection, Signature, Subject, Unread,
};
use crate::record::{Record, State};
use crate::report::instant;
use crate::report::json::{self as check, FindingReport, ListedReport};
use token::TokenReport;

/// The JSON Schema of the report. What a finding is stands in the schema of `check`, and is taken from there.
pub fn schema() -> String {
    let finding = check::SCHEMA.find("    \"finding\": {\n").map_or("", |start| {
        let rest = &check::SCHEMA[start..];
        rest.find("\n    }").map_or("", |end| &rest[..end + "\n    }".len()])
    });
    include_str!("inspect.schema.json").replace("    \"@finding\": {}", finding)
}

/// Writes the report.
pub fn write(result: &InspectResult, out: &mut dyn Write) -> io::Result<()> {
    let file = &result.file;
    let report = Report {
        schema: "aemcred/inspect/1",
        version: env!("CARGO_PKG_VERSION"),
        now: instant(result.now),
        path: file.path.as_str(),
        within: file.checked.record.within(),
        kind: file.checked.record.kind.name(),
        verdict: result.verdict(),
        state: file.state().map(State::name),
        credential: match &result.subject {
            Ok(Subject::Credential(inspection)) => Some(CredentialReport::new(inspection, result.now)),
            _ => None,
        },
        token: match &result.subject {
            Ok(Subject::Token(inspection)) => Some(TokenReport::new(inspection)),
            _ => None,
        },
        project: match &result.subject {
            Ok(Subject::Project) => Some(ProjectReport::new(&file.checked.record)),
            _ => None,
        },
        unread: unread(result),
        findings: file.checked.findings.iter().map(|finding| FindingReport::new(finding, file)).collect(),
        failures: &file.checked.failures,
    };
    serde_json::to_writer_pretty(&mut *out, &report)?;
    writeln!(out)
}

#[derive(Serialize)]
struct Report<'r> {
    schema: &'static str,
    version: &'static str,
    now: String,
    path: &'r str,
    /// What the document lies in within the file; only where it lies in something.
    #[serde(skip_serializing_if = "String::is_empty")]
    within: String,
    kind: &'static str,
    verdict: &'static str,
    state: Option<&'static str>,
    credential: Option<CredentialReport<'r>>,
    token: Option<TokenReport<'r>>,
    project: Option<ProjectReport<'r>>,
    unread: Vec<UnreadReport<'r>>,
    findings: Vec<FindingReport<'r>>,
    failures: &'r [String],
}

#[derive(Serialize)]
struct ProjectReport<'r> {
    organization: Option<&'r str>,
    credentials: Vec<ListedReport<'r>>,
}

#[derive(Serialize)]
struct CredentialReport<'r> {
    identity: IdentityReport<'r>,
    endpoint: Option<EndpointReport<'r>>,
    metascopes: Option<Vec<MetascopeReport<'r>>>,
    certificate: Option<CertificateReport<'r>>,
    private_key: Option<PrivateKeyReport<'r>>,
    assertion: AssertionReport<'r>,
}

#[derive(Serialize)]
struct IdentityReport<'r> {
    client_id: Option<&'r str>,
    program: Option<&'r str>,
    environment: Option<&'r str>,
    index: Option<&'r str>,
    organization: Option<&'r str>,
    technical_account: Option<&'r str>,
    user: Option<&'r str>,
    client_secret: Option<&'static str>,
}

#[derive(Serialize)]
struct EndpointReport<'r> {
    host: Option<&'r str>,
    operator: &'static str,
    exchange_url: Option<&'r str>,
}

#[derive(Serialize)]
struct MetascopeReport<'r> {
    name: Option<&'r str>,
    meaning: Option<&'static str>,
}

#[derive(Serialize)]
struct CertificateReport<'r> {
    subject: Option<&'r str>,
    issuer: Option<&'r str>,
    self_issued: bool,
    serial: &'r str,
    public_key: &'r str,
    signature_algorithm: &'static str,
    self_signature_verifies: Option<bool>,
    not_before: String,
    not_after: String,
    days_left: i64,
    stage: &'static str,
    sha256: String,
    public_key_sha256: String,
}

#[derive(Serialize)]
struct PrivateKeyReport<'r> {
    format: &'static str,
    bits: usize,
    exponent: &'r str,
    consistent: bool,
    public_key_sha256: String,
    fits_certificate: Option<bool>,
}

#[derive(Serialize)]
struct AssertionReport<'r> {
    header: Value,
    claims: Vec<ClaimReport<'r>>,
    verifies: Option<bool>,
}

#[derive(Serialize)]
struct ClaimReport<'r> {
    name: Option<&'r str>,
    value: Option<Value>,
}

#[derive(Serialize)]
struct UnreadReport<'r> {
    what: &'static str,
    reason: &'r str,
    rule: Option<&'static str>,
}

impl<'r> ProjectReport<'r> {
    fn new(record: &'r Record) -> Self {
        Self {
            organization: record.organization.as_deref(),
            credentials: record.listed.iter().map(ListedReport::new).collect(),
        }
    }
}

impl<'r> CredentialReport<'r> {
    fn new(inspection: &'r Inspection, now: DateTime<Utc>) -> Self {
        Self {
            identity: IdentityReport::new(&inspection.identity),
            endpoint: inspection.endpoint.as_ref().ok().map(EndpointReport::new),
            metascopes: inspection
                .metascopes
                .as_ref()
                .ok()
                .map(|scopes| scopes.iter().map(MetascopeReport::new).collect()),
            certificate: inspection
                .certificate
                .as_ref()
                .ok()
                .map(|section| CertificateReport::new(section, now)),
            private_key: inspection.private_key.as_ref().ok().map(PrivateKeyReport::new),
            assertion: AssertionReport::new(&inspection.assertion),
        }
    }
}

impl<'r> IdentityReport<'r> {
    fn new(identity: &'r Identity) -> Self {
        let parts = identity.parts.as_ref();
        Self {
            client_id: identity.client_id.as_deref().ok(),
            program: parts.map(|parts| parts.program.as_str()),
            environment: parts.map(|parts| parts.environment.as_str()),
            index: parts.and_then(|parts| parts.index.as_deref()),
            organization: identity.organization.as_deref().ok(),
            technical_account: identity.technical_account.as_deref().ok(),
            user: identity.user.as_deref().ok(),
            client_secret: identity.client_secret.as_ref().ok().map(|secret| match secret {
                ClientSecret::AsIssued => "as-issued",
                ClientSecret::OtherShape => "other-shape",
            }),
        }
    }
}

impl<'r> EndpointReport<'r> {
    fn new(endpoint: &'r EndpointSection) -> Self {
        Self {
            host: endpoint.host.as_deref().ok(),
            operator: match endpoint.operator {
                Operator::Adobe => "adobe",
                Operator::AdobeStage => "adobe-stage",
                Operator::Trusted => "trusted",
                Operator::Unknown => "unknown",
            },
            exchange_url: endpoint.exchange_url.as_deref().ok(),
        }
    }
}

impl<'r> MetascopeReport<'r> {
    fn new(scope: &'r MetascopeSection) -> Self {
        Self { name: scope.name.as_deref().ok(), meaning: scope.meaning }
    }
}

impl<'r> CertificateReport<'r> {
    fn new(section: &'r CertificateSection, now: DateTime<Utc>) -> Self {
        let facts = &section.facts;
        Self {
            subject: section.subject.as_deref().ok(),
            issuer: section.issuer.as_deref().ok(),
            self_issued: section.is_self_issued,
            serial: &section.serial,
            public_key: &section.public_key,
            signature_algorithm: section.signature_algorithm,
            self_signature_verifies: section.self_signature,
            not_before: instant(facts.validity.not_before),
            not_after: instant(facts.validity.not_after),
            days_left: facts.validity.days_left(now),
            stage: section.phase.name(),
            sha256: hex(&facts.sha256),
            public_key_sha256: hex(&facts.public_key_sha256),
        }
    }
}

impl<'r> PrivateKeyReport<'r> {
    fn new(section: &'r PrivateKeySection) -> Self {
        Self {
            format: section.format,
            bits: section.bits,
            exponent: &section.exponent,
            consistent: section.is_consistent,
            public_key_sha256: hex(&section.public_key_sha256),
            fits_certificate: section.is_the_certificates,
        }
    }
}

impl<'r> AssertionReport<'r> {
    fn new(assertion: &'r Assertion) -> Self {
        Self {
            header: json!({"alg": Assertion::ALGORITHM, "typ": Assertion::TYPE}),
            claims: assertion.claims.iter().map(ClaimReport::new).collect(),
            verifies: match assertion.signature {
                Signature::Verified => Some(true),
                Signature::NotVerified => Some(false),
                Signature::NotTried(_) => None,
            },
        }
    }
}

impl<'r> ClaimReport<'r> {
    fn new(claim: &'r Claim) -> Self {
        let value = |value: &ClaimValue| match value {
            ClaimValue::Text(text) => json!(text),
            ClaimValue::Instant(time) => json!(time.timestamp()),
            ClaimValue::True => json!(true),
        };
        Self { name: claim.name.as_deref().ok(), value: claim.value.as_ref().ok().map(value) }
    }
}

/// Something that may not have been read.
type Tried<'r> = (&'static str, Option<&'r Unread>);

fn failed<T>(fact: &Fact<T>) -> Option<&Unread> {
    fact.as_ref().err()
}

/// Everything that could not be read, in the order of the sections.
fn unread(result: &InspectResult) -> Vec<UnreadReport<'_>> {
    let all = match &result.subject {
        Ok(Subject::Credential(inspection)) => tried(inspection),
        Ok(Subject::Token(inspection)) => token::tried(inspection),
        Ok(Subject::Project) => Vec::new(),
        Err(unread) => vec![("credential", Some(unread))],
    };
    all.into_iter().filter_map(|(what, unread)| Some(UnreadReport::new(what, unread?))).collect()
}

fn tried(inspection: &Inspection) -> Vec<Tried<'_>> {
    let Inspection { identity, endpoint, metascopes, certificate, private_key, assertion } = inspection;
    let mut all = vec![
        ("client_id", failed(&identity.client_id)),
        ("organization", failed(&identity.organization)),
        ("technical_account", failed(&identity.technical_account)),
        ("user", failed(&identity.user)),
        ("client_secret", failed(&identity.client_secret)),
        ("endpoint", failed(endpoint)),
    ];
    all.extend(endpoint.iter().flat_map(|section| {
        [("endpoint.host", failed(&section.host)), ("endpoint.exchange_url", failed(&section.exchange_url))]
    }));
    all.push(("metascopes", failed(metascopes)));
    all.extend(metascopes.iter().flatten().map(|scope| ("metascopes", failed(&scope.name))));
    all.push(("certificate", failed(certificate)));
    all.extend(certificate.iter().flat_map(|section| {
        [("certificate.subject", failed(&section.subject)), ("certificate.issuer", failed(&section.issuer))]
    }));
    all.push(("private_key", failed(private_key)));
    all.extend(
        assertion
            .claims
            .iter()
            .map(|claim| ("assertion.claims", failed(&claim.name).or(failed(&claim.value)))),
    );
    if let Signature::NotTried(unread) = &assertion.signature {
        all.push(("assertion.verifies", Some(unread)));
    }
    all
}

impl<'r> UnreadReport<'r> {
    fn new(what: &'static str, unread: &'r Unread) -> Self {
        Self { what, reason: &unread.reason, rule: unread.rule }
    }
}
