//! `json`: the machine-readable report, a contract. Fields are added, never changed; the schema stands beside it.

mod token;

use std::io::{self, Write};

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::super::wire::{contract, wire};
use super::InspectResult;
use crate::inspect::{
    Assertion, CertificateSection, Claim, ClaimValue, ClientIdParts, ClientSecret, EndpointSection, Fact,
    Identity, Inspection, MetascopeSection, Operator, PrivateKeySection, Signature, Subject, Unread,
};
use crate::record::{Record, State};
use crate::report::json::{self as check, FindingReport, ListedReport};
use crate::report::timestamp;
use crate::source::hex;
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
    contract("aemcred/inspect/1", result.now, &Report::new(result), out)
}

wire! {
    struct Report<'r>(result: &'r InspectResult)
    let file = &result.file;
    let record = &file.checked.record;
    let subject = result.subject.as_ref().ok(); {
        path: &'r str = file.path.as_str(),
        /// What the document lies in within the file; only where it lies in something.
        #[serde(skip_serializing_if = "String::is_empty")]
        within: String = record.within(),
        kind: &'static str = record.kind.name(),
        verdict: &'static str = result.verdict(),
        state: Option<&'static str> = file.state().map(State::name),
        credential: Option<CredentialReport<'r>> = match subject {
            Some(Subject::Credential(inspection)) => Some(CredentialReport::new(inspection, result.now)),
            _ => None,
        },
        token: Option<TokenReport<'r>> = match subject {
            Some(Subject::Token(inspection)) => Some(TokenReport::new(inspection)),
            _ => None,
        },
        project: Option<ProjectReport<'r>> = match subject {
            Some(Subject::Project) => Some(ProjectReport::new(record)),
            _ => None,
        },
        unread: Vec<UnreadReport<'r>> = unread(result),
        findings: Vec<FindingReport<'r>> =
            file.checked.findings.iter().map(|finding| FindingReport::new(finding, file)).collect(),
        failures: &'r [String] = &file.checked.failures,
    }

    struct ProjectReport<'r>(record: &'r Record) {
        organization: Option<&'r str> = record.organization.as_deref(),
        credentials: Vec<ListedReport<'r>> = record.listed.iter().map(ListedReport::new).collect(),
    }

    struct CredentialReport<'r>(inspection: &'r Inspection, now: DateTime<Utc>) {
        identity: IdentityReport<'r> = IdentityReport::new(&inspection.identity),
        endpoint: Option<EndpointReport<'r>> = inspection.endpoint.as_ref().ok().map(EndpointReport::new),
        metascopes: Option<Vec<MetascopeReport<'r>>> = metascopes(&inspection.metascopes),
        certificate: Option<CertificateReport<'r>> =
            inspection.certificate.as_ref().ok().map(|section| CertificateReport::new(section, now)),
        private_key: Option<PrivateKeyReport<'r>> =
            inspection.private_key.as_ref().ok().map(PrivateKeyReport::new),
        assertion: AssertionReport<'r> = AssertionReport::new(&inspection.assertion),
    }

    /// The client ID and the numbers in it.
    struct ClientReport<'r>(client_id: &'r Fact<String>, parts: Option<&'r ClientIdParts>) {
        client_id: Option<&'r str> = client_id.as_deref().ok(),
        program: Option<&'r str> = parts.map(|parts| parts.program.as_str()),
        environment: Option<&'r str> = parts.map(|parts| parts.environment.as_str()),
        index: Option<&'r str> = parts.and_then(|parts| parts.index.as_deref()),
    }

    struct IdentityReport<'r>(identity: &'r Identity) {
        #[serde(flatten)]
        client: ClientReport<'r> = ClientReport::new(&identity.client_id, identity.parts.as_ref()),
        organization: Option<&'r str> = identity.organization.as_deref().ok(),
        technical_account: Option<&'r str> = identity.technical_account.as_deref().ok(),
        user: Option<&'r str> = identity.user.as_deref().ok(),
        client_secret: Option<&'static str> = identity.client_secret.as_ref().ok().map(|secret| match secret {
            ClientSecret::AsIssued => "as-issued",
            ClientSecret::OtherShape => "other-shape",
        }),
    }

    struct EndpointReport<'r>(endpoint: &'r EndpointSection) {
        host: Option<&'r str> = endpoint.host.as_deref().ok(),
        operator: &'static str = match endpoint.operator {
            Operator::Adobe => "adobe",
            Operator::AdobeStage => "adobe-stage",
            Operator::Trusted => "trusted",
            Operator::Unknown => "unknown",
        },
        exchange_url: Option<&'r str> = endpoint.exchange_url.as_deref().ok(),
    }

    struct MetascopeReport<'r>(scope: &'r MetascopeSection) {
        name: Option<&'r str> = scope.name.as_deref().ok(),
        meaning: Option<&'static str> = scope.meaning,
    }

    struct CertificateReport<'r>(section: &'r CertificateSection, now: DateTime<Utc>)
    let facts = &section.facts; {
        subject: Option<&'r str> = section.subject.as_deref().ok(),
        issuer: Option<&'r str> = section.issuer.as_deref().ok(),
        self_issued: bool = section.is_self_issued,
        serial: &'r str = &section.serial,
        public_key: &'r str = &section.public_key,
        signature_algorithm: &'static str = section.signature_algorithm,
        self_signature_verifies: Option<bool> = section.self_signature,
        not_before: String = timestamp(facts.validity.not_before),
        not_after: String = timestamp(facts.validity.not_after),
        days_left: i64 = facts.validity.days_left(now),
        stage: &'static str = section.phase.name(),
        sha256: String = hex(&facts.sha256),
        public_key_sha256: String = hex(&facts.public_key_sha256),
    }

    struct PrivateKeyReport<'r>(section: &'r PrivateKeySection) {
        format: &'static str = section.format,
        bits: usize = section.bits,
        exponent: &'r str = &section.exponent,
        consistent: bool = section.is_consistent,
        public_key_sha256: String = hex(&section.public_key_sha256),
        fits_certificate: Option<bool> = section.is_the_certificates,
    }

    struct AssertionReport<'r>(assertion: &'r Assertion) {
        header: Value = json!({"alg": Assertion::ALGORITHM, "typ": Assertion::TYPE}),
        claims: Vec<ClaimReport<'r>> = assertion.claims.iter().map(ClaimReport::new).collect(),
        verifies: Option<bool> = match assertion.signature {
            Signature::Verified => Some(true),
            Signature::NotVerified => Some(false),
            Signature::NotTried(_) => None,
        },
    }

    struct ClaimReport<'r>(claim: &'r Claim) {
        name: Option<&'r str> = claim.name.as_deref().ok(),
        value: Option<Value> = claim.value.as_ref().ok().map(|value| match value {
            ClaimValue::Text(text) => json!(text),
            ClaimValue::Instant(time) => json!(time.timestamp()),
            ClaimValue::True => json!(true),
        }),
    }

    struct UnreadReport<'r>(what: &'static str, unread: &'r Unread) {
        what: &'static str = what,
        reason: &'r str = &unread.reason,
        rule: Option<&'static str> = unread.rule,
    }
}

fn metascopes(scopes: &Fact<Vec<MetascopeSection>>) -> Option<Vec<MetascopeReport<'_>>> {
    Some(scopes.as_ref().ok()?.iter().map(MetascopeReport::new).collect())
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
