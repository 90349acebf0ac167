//! `json`: the machine-readable report, a contract. Fields are added, never changed; the schema stands beside it.

mod token;

use std::io::{self, Write};

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::super::wire::{Digest, Time, contract, schema, wire};
use super::{InspectResult, Verdict};
use crate::credential::{DocumentKind, Phase};
use crate::inspect::{
    Assertion, CertificateSection, Claim, ClaimValue, ClientIdParts, ClientSecret, EndpointSection, Fact,
    Identity, Inspection, MetascopeSection, Operator, PrivateKeySection, Signature, Subject, Unread,
};
use crate::record::{Record, State};
use crate::report::json::{FindingReport, ListedReport};
use token::TokenReport;

schema!("inspect.schema.json", "aemcred/inspect/1", "inspect --format json", whole::<Report<'_>>);

/// Writes the report.
pub fn write(result: &InspectResult, out: &mut dyn Write) -> io::Result<()> {
    contract(CONTRACT, result.now, &Report::new(result), out)
}

wire! {
    /// What `aemcred inspect` can tell of one credential. Fields may be added within version 1; none is removed or
    /// changes its meaning. Null is what could not be read or may not be shown; `unread` says why.
    struct Report<'r>(result: &'r InspectResult)
    let file = &result.file;
    let record = &file.checked.record;
    let subject = result.subject.as_ref().ok(); {
        /// The file's name.
        path: &'r str = file.path.as_str(),
        /// What the document is in within the file, outermost first, such as `data."service.json" → base64`; only
        /// if it is in something. Lines and columns are those of the outermost text.
        #[serde(skip_serializing_if = "String::is_empty")]
        #[cfg_attr(test, schemars(length(min = 1)))]
        within: String = record.within(),
        /// What the document is, as in `check --format json`.
        kind: DocumentKind = record.kind,
        /// Whether it can be used, by Adobe's client or, if it is a token, for requests to AEM: sound and usable
        /// mean yes (without or with findings; a credential without a certificate, whose expiry date is
        /// unknown, is usable and never sound), broken means no; listed when it is a project of the Adobe Developer
        /// Console, whose credentials are not judged; no-credential when there is none. A token's signature is not
        /// verified.
        verdict: Verdict = result.verdict(),
        /// In what state the credential is; null for what is none.
        // Older reports of version 1 lack it.
        #[cfg_attr(test, schemars(skip_serializing_if = "older"))]
        state: Option<State> = file.state(),
        /// The sections about a service credential; null when there is none or it could not be read.
        credential: Option<CredentialReport<'r>> = match subject {
            Some(Subject::Credential(inspection)) => Some(CredentialReport::new(inspection, result.now)),
            _ => None,
        },
        /// The sections about a token; null when there is none.
        token: Option<TokenReport<'r>> = match subject {
            Some(Subject::Token(inspection)) => Some(TokenReport::new(inspection)),
            _ => None,
        },
        /// The credentials of a project of the Adobe Developer Console; null when there is none.
        project: Option<ProjectReport<'r>> = match subject {
            Some(Subject::Project) => Some(ProjectReport::new(record)),
            _ => None,
        },
        /// What could not be read or may not be shown.
        unread: Vec<UnreadReport<'r>> = unread(result),
        /// As in `check --format json`; the place of the document is in `within` and not in the messages.
        findings: Vec<FindingReport<'r>> =
            file.checked.findings.iter().map(|finding| FindingReport::new(finding, file)).collect(),
        /// Checks that could not be carried out, for reasons outside the document.
        failures: &'r [String] = &file.checked.failures,
    }

    /// A project of the Adobe Developer Console. No rule judges its OAuth server-to-server credentials.
    struct ProjectReport<'r>(record: &'r Record) {
        /// The organization's ID.
        organization: Option<&'r str> = record.organization.as_deref(),
        /// The credentials of its workspace, in order.
        credentials: Vec<ListedReport<'r>> = record.listed.iter().map(ListedReport::new).collect(),
    }

    /// The sections about a service credential.
    struct CredentialReport<'r>(inspection: &'r Inspection, now: DateTime<Utc>) {
        /// Whose it is.
        identity: IdentityReport<'r> = IdentityReport::new(&inspection.identity),
        /// Who receives the secrets.
        endpoint: Option<EndpointReport<'r>> = inspection.endpoint.as_ref().ok().map(EndpointReport::new),
        /// The metascopes.
        metascopes: Option<Vec<MetascopeReport<'r>>> = metascopes(&inspection.metascopes),
        /// The certificate.
        certificate: Option<CertificateReport<'r>> =
            inspection.certificate.as_ref().ok().map(|section| CertificateReport::new(section, now)),
        /// The private key, by its public numbers.
        private_key: Option<PrivateKeyReport<'r>> =
            inspection.private_key.as_ref().ok().map(PrivateKeyReport::new),
        /// The JWT that Adobe's client would send for a token. Neither the token nor its signature is in here.
        assertion: AssertionReport<'r> = AssertionReport::new(&inspection.assertion),
    }

    /// The client ID and the numbers in it.
    struct ClientReport<'r>(client_id: &'r Fact<String>, parts: Option<&'r ClientIdParts>) {
        /// The client ID.
        client_id: Option<&'r str> = client_id.as_deref().ok(),
        /// The number of the Cloud Manager program, from the client ID.
        #[cfg_attr(test, schemars(extend("pattern" = "^[0-9]+$")))]
        program: Option<&'r str> = parts.map(|parts| parts.program.as_str()),
        /// The number of the environment, from the client ID.
        #[cfg_attr(test, schemars(extend("pattern" = "^[0-9]+$")))]
        environment: Option<&'r str> = parts.map(|parts| parts.environment.as_str()),
        /// Which of the environment's technical accounts, from newer client IDs.
        #[cfg_attr(test, schemars(extend("pattern" = "^[0-9]+$")))]
        index: Option<&'r str> = parts.and_then(|parts| parts.index.as_deref()),
    }

    /// Whose it is.
    struct IdentityReport<'r>(identity: &'r Identity) {
        #[serde(flatten)]
        client: ClientReport<'r> = ClientReport::new(&identity.client_id, identity.parts.as_ref()),
        /// The organization's ID.
        organization: Option<&'r str> = identity.organization.as_deref().ok(),
        /// The technical account's ID.
        technical_account: Option<&'r str> = identity.technical_account.as_deref().ok(),
        /// The technical account's email address, which is its user ID in AEM.
        user: Option<&'r str> = identity.user.as_deref().ok(),
        /// Whether there is a client secret: of a shape that Adobe issues, or of another one.
        client_secret: Option<ClientSecret> = identity.client_secret.as_ref().ok().copied(),
    }

    /// Who receives the secrets.
    struct EndpointReport<'r>(endpoint: &'r EndpointSection) {
        /// The host that a client connects to.
        host: Option<&'r str> = endpoint.host.as_deref().ok(),
        /// Whose host it is: Adobe's token service, the one for Adobe's tests, one that the configuration trusts, or
        /// neither.
        operator: Operator = endpoint.operator,
        /// The URL to which the client posts client ID, client secret and assertion.
        exchange_url: Option<&'r str> = endpoint.exchange_url.as_deref().ok(),
    }

    /// A metascope, or a token's scope.
    struct MetascopeReport<'r>(scope: &'r MetascopeSection) {
        /// Its name.
        name: Option<&'r str> = scope.name.as_deref().ok(),
        /// What it gives access to, where that is known.
        meaning: Option<&'static str> = scope.meaning,
    }

    /// The certificate.
    struct CertificateReport<'r>(section: &'r CertificateSection, now: DateTime<Utc>)
    let facts = &section.facts; {
        /// The subject's name.
        subject: Option<&'r str> = section.subject.as_deref().ok(),
        /// The issuer's name.
        issuer: Option<&'r str> = section.issuer.as_deref().ok(),
        /// Whether both are the same name.
        self_issued: bool = section.is_self_issued,
        /// The serial number in lowercase hexadecimal.
        #[cfg_attr(test, schemars(extend("pattern" = "^[0-9a-f]+$")))]
        serial: &'r str = &section.serial,
        /// The key's algorithm and size.
        public_key: &'r str = &section.public_key,
        /// The signature's algorithm.
        signature_algorithm: &'static str = section.signature_algorithm,
        /// Whether its own key made its signature; null where that wasn't tried.
        self_signature_verifies: Option<bool> = section.self_signature,
        /// The first second of its validity.
        not_before: Time = Time::new(facts.validity.not_before),
        /// The last second of its validity.
        not_after: Time = Time::new(facts.validity.not_after),
        /// Whole days from now to `not_after`, rounded down; negative when that is past.
        days_left: i64 = facts.validity.days_left(now),
        /// Where in its validity now lies; inverted when `not_after` is before `not_before`.
        stage: Phase = section.phase,
        /// SHA-256 of the certificate's DER.
        sha256: Digest = Digest::new(facts.sha256.get()),
        /// SHA-256 of the public key's DER (`SubjectPublicKeyInfo`).
        public_key_sha256: Digest = Digest::new(&facts.public_key_sha256),
    }

    /// The private key, by its public numbers.
    struct PrivateKeyReport<'r>(section: &'r PrivateKeySection) {
        /// How it is written.
        #[cfg_attr(test, schemars(extend("enum" = ["PKCS#1", "PKCS#8"])))]
        format: &'static str = section.format,
        /// The modulus' length.
        bits: usize = section.bits,
        /// The public exponent in decimal, or how wide it is when it has more than 64 bits.
        exponent: &'r str = &section.exponent,
        /// Whether its numbers agree with each other (RFC 8017 section 3.2).
        consistent: bool = section.is_consistent,
        /// SHA-256 of the public key's DER (`SubjectPublicKeyInfo`): equal to the certificate's if they belong together.
        public_key_sha256: Digest = Digest::new(&section.public_key_sha256),
        /// Whether the certificate has the same public key; null where no certificate could be read.
        fits_certificate: Option<bool> = section.is_the_certificates,
    }

    /// The JWT that Adobe's client would send for a token. Neither the token nor its signature is in here.
    struct AssertionReport<'r>(assertion: &'r Assertion) {
        /// The header.
        header: HeaderReport = HeaderReport::new(),
        /// The claims as far as they can be made, in the client's order.
        claims: Vec<ClaimReport<'r>> = assertion.claims.iter().map(ClaimReport::new).collect(),
        /// Whether a signature made with the private key verifies with the certificate; null where that could not be
        /// tried.
        verifies: Option<bool> = match assertion.signature {
            Signature::Verified => Some(true),
            Signature::NotVerified => Some(false),
            Signature::NotTried(_) => None,
        },
    }

    /// What every assertion's header is.
    struct HeaderReport() {
        /// The algorithm of the signature.
        #[cfg_attr(test, schemars(extend("enum" = [Assertion::ALGORITHM])))]
        alg: &'static str = Assertion::ALGORITHM,
        /// That it is a JWT.
        #[cfg_attr(test, schemars(extend("enum" = [Assertion::TYPE])))]
        typ: &'static str = Assertion::TYPE,
    }

    /// A claim.
    struct ClaimReport<'r>(claim: &'r Claim) {
        /// Its name.
        name: Option<&'r str> = claim.name.as_deref().ok(),
        /// Its value: a string, seconds since 1970, or true.
        #[cfg_attr(test, schemars(extend("type" = ["string", "integer", "boolean", "null"])))]
        value: Option<Value> = claim.value.as_ref().ok().map(|value| match value {
            ClaimValue::Text(text) => json!(text),
            ClaimValue::Instant(time) => json!(time.timestamp()),
            ClaimValue::True => json!(true),
        }),
    }

    /// Something that could not be read or may not be shown.
    struct UnreadReport<'r>(what: &'static str, unread: &'r Unread) {
        /// Which.
        #[cfg_attr(test, schemars(extend("enum" = [
            "credential", "client_id", "organization", "technical_account", "user", "client_secret",
            "endpoint", "endpoint.host", "endpoint.exchange_url", "metascopes", "certificate",
            "certificate.subject", "certificate.issuer", "private_key", "assertion.claims",
            "assertion.verifies", "token.identity", "token.client_id", "token.user",
            "token.organization", "token.server", "token.type", "token.scopes", "token.validity",
            "token.header", "token.header.alg", "token.header.kid", "token.header.x5u",
            "token.header.itt"
        ])))]
        what: &'static str = what,
        /// Why, in plain words.
        #[cfg_attr(test, schemars(length(min = 1)))]
        reason: &'r str = &unread.reason,
        /// The rule of the finding that says so, if there is one.
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
