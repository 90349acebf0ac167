//! One credential in depth: everything public that can be told about it, and what could not be read and why.
//!
//! Owns: the sections of `aemcred inspect` as values. Does not own: what is wrong (see `check`), nor how it looks (see
//! `report`). No secret gets into any of these values: they are made of public fields that are presentable, of
//! certificates, and of numbers that follow from public keys.

mod assertion;
mod read;
mod token;

use chrono::{DateTime, Utc};

pub use assertion::{Assertion, Claim, ClaimValue, Signature};
pub use token::{Stated, TokenHeader, TokenIdentity, TokenInspection, TokenValidity};

use crate::credential::rsa;
use crate::credential::{
    ClientId, Credential, Endpoint, Exposure, Field, FieldState, KeyFormat, Metascope, Phase, PublicKey,
    SelfSignature, Token, TokenService, is_shaped, metascope_meaning,
};
use crate::examine::{Checked, View};
use crate::record::CertificateRecord;
use crate::rule::Settings;
use crate::rules::words::counted;
use read::Reading;

/// A fact, or why it can't be told.
pub type Fact<T> = Result<T, Unread>;

/// Why something can't be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unread {
    /// In plain words: those of the finding about it, where there is one.
    pub reason: String,
    /// The rule of that finding.
    pub rule: Option<&'static str>,
}

/// A document in depth.
#[derive(Debug)]
pub struct Inspected {
    /// As `check` has it.
    pub checked: Checked,
    /// What is in it, or why nothing can be told of it.
    pub subject: Fact<Subject>,
}

impl Inspected {
    /// The service credential.
    ///
    /// # Errors
    ///
    /// Why there is none to speak of, in words to be said of the file.
    pub fn credential(&self) -> Result<&Inspection, &str> {
        match &self.subject {
            Ok(Subject::Credential(inspection)) => Ok(inspection),
            Ok(Subject::Token(_)) => Err("it is a token, not service credentials"),
            Ok(Subject::Project) => {
                Err("it is a project of the Adobe Developer Console, not service credentials")
            }
            Err(unread) => Err(&unread.reason),
        }
    }
}

/// What a document holds.
#[derive(Debug)]
pub enum Subject {
    /// A service credential.
    Credential(Box<Inspection>),
    /// A token.
    Token(Box<TokenInspection>),
    /// A project of the Adobe Developer Console. Its credentials are listed in the public facts, and no more is known.
    Project,
}

/// All sections about a service credential.
#[derive(Debug)]
pub struct Inspection {
    /// Whose it is.
    pub identity: Identity,
    /// Who will receive the secrets.
    pub endpoint: Fact<EndpointSection>,
    /// What its tokens will be good for.
    pub metascopes: Fact<Vec<MetascopeSection>>,
    /// The certificate.
    pub certificate: Fact<CertificateSection>,
    /// The private key, by its public numbers.
    pub private_key: Fact<PrivateKeySection>,
    /// What the client would sign.
    pub assertion: Assertion,
}

/// Whose credential it is.
#[derive(Debug)]
pub struct Identity {
    /// The client ID.
    pub client_id: Fact<String>,
    /// The client ID taken apart, if it is shaped as issued.
    pub parts: Option<ClientIdParts>,
    /// The organization's ID.
    pub organization: Fact<String>,
    /// The technical account's ID.
    pub technical_account: Fact<String>,
    /// The technical account's e-mail address, under which AEM has it as a user.
    pub user: Fact<String>,
    /// Whether there is a client secret, and nothing else about it.
    pub client_secret: Fact<ClientSecret>,
}

/// The parts of a client ID that is shaped as issued.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientIdParts {
    /// The number of the Cloud Manager program.
    pub program: String,
    /// The number of the environment.
    pub environment: String,
    /// Which of the environment's technical accounts; only in newer client IDs.
    pub index: Option<String>,
}

named! {
    /// What may be said of a client secret.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum ClientSecret {
        /// It has a shape that Adobe is known to issue.
        AsIssued = "as-issued",
        /// It has another shape, perhaps an older one.
        OtherShape = "other-shape",
    }
}

/// Who will receive the secrets.
#[derive(Debug)]
pub struct EndpointSection {
    /// The host that a client connects to.
    pub host: Fact<String>,
    /// Whose host that is.
    pub operator: Operator,
    /// The URL to which the client posts client ID, client secret and assertion.
    pub exchange_url: Fact<String>,
}

named! {
    /// Whose host an endpoint is.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum Operator {
        /// Adobe's token service.
        Adobe = "adobe",
        /// Adobe's token service for its own tests.
        AdobeStage = "adobe-stage",
        /// Trusted by the configuration.
        Trusted = "trusted",
        /// Neither.
        Unknown = "unknown",
    }
}

/// One metascope, or a token's scope.
#[derive(Debug)]
pub struct MetascopeSection {
    /// Its name, if it can be shown.
    pub name: Fact<String>,
    /// What it gives access to, where that is known.
    pub meaning: Option<&'static str>,
}

/// The certificate.
#[derive(Debug)]
pub struct CertificateSection {
    /// Validity and fingerprints.
    pub facts: CertificateRecord,
    /// Where in its validity today lies.
    pub phase: Phase,
    /// Whether its end is the one that means "none" (99991231235959Z, RFC 5280 section 4.1.2.5).
    pub is_without_end: bool,
    /// The subject's name.
    pub subject: Fact<String>,
    /// The issuer's name.
    pub issuer: Fact<String>,
    /// Whether both are the same name.
    pub is_self_issued: bool,
    /// The serial number in hexadecimal.
    pub serial: String,
    /// The signature's algorithm.
    pub signature_algorithm: &'static str,
    /// Whether its own key made its signature, where that could be tried.
    pub self_signature: Option<bool>,
    /// The key, such as `RSA, 2048 bits`.
    pub public_key: String,
}

/// The private key, by its public numbers.
#[derive(Debug)]
pub struct PrivateKeySection {
    /// How it is written: `PKCS#1` or `PKCS#8`.
    pub format: &'static str,
    /// The modulus' length in bits.
    pub bits: usize,
    /// The public exponent in decimal, or how wide it is.
    pub exponent: String,
    /// SHA-256 of the public key's DER.
    pub public_key_sha256: [u8; 32],
    /// Whether its numbers agree with each other (RFC 8017 section 3.2).
    pub is_consistent: bool,
    /// Whether the certificate has the same public key, if it could be read.
    pub is_the_certificates: Option<bool>,
}

/// What there is to tell of a document that was `checked`, or why nothing can be told.
///
/// # Errors
///
/// The worst finding about the document, or what it is instead.
pub fn inspect(view: &View<'_>, checked: &Checked, settings: &Settings) -> Fact<Subject> {
    let nothing = || read::about_document(checked);
    let (text, around) = (view.source.text(), view.context.surroundings);
    let token = |token: &Token<'_, '_>, exposure: &Exposure<'_>| {
        Subject::Token(Box::new(TokenInspection::new(token, exposure, checked, around, settings.now)))
    };
    let Some(document) = view.document else {
        let bare = view.token.ok_or_else(nothing)?;
        return Ok(token(bare, &Exposure::of_bare_token(text, bare)));
    };
    let exposure = Exposure::of(text, document);
    if let Some(found) = &document.token {
        return Ok(token(found, &exposure));
    }
    if document.project.is_some() {
        return Ok(Subject::Project);
    }
    let credential = document.credential.as_ref().ok_or_else(nothing)?;
    let reading = Reading { credential, checked, exposure };
    Ok(Subject::Credential(Box::new(Inspection {
        identity: identity(&reading),
        endpoint: endpoint(&reading, settings),
        metascopes: metascopes(&reading),
        certificate: certificate(&reading, settings.now),
        private_key: private_key(&reading),
        assertion: Assertion::new(&reading, settings.now),
    })))
}

/// Why nothing can be told of what was `checked`: its worst finding, or that it is only a part.
pub fn unread(checked: &Checked) -> Unread {
    let kind = checked.record.kind;
    let part = || Unread::words(format!("it is a {} by itself", kind.name().replace('-', " ")));
    if kind.is_part() { part() } else { read::about_document(checked) }
}

impl ClientIdParts {
    fn of(client_id: &Fact<String>) -> Option<Self> {
        client_id.as_deref().ok().and_then(ClientId::parse).map(|id| Self {
            program: id.program.to_owned(),
            environment: id.environment.to_owned(),
            index: id.index.map(str::to_owned),
        })
    }
}

fn identity(reading: &Reading<'_, '_, '_>) -> Identity {
    let client_id = reading.public(Field::ClientId);
    let parts = ClientIdParts::of(&client_id);
    let secret = reading.credential.value(Field::ClientSecret);
    let shape = |secret: &str| {
        if is_shaped(Field::ClientSecret, secret) { ClientSecret::AsIssued } else { ClientSecret::OtherShape }
    };
    Identity {
        client_id,
        parts,
        organization: reading.public(Field::Org),
        technical_account: reading.public(Field::Id),
        user: reading.public(Field::Email),
        client_secret: secret
            .map(|secret| shape(secret.as_str()))
            .ok_or_else(|| reading.unread(Field::ClientSecret)),
    }
}

fn endpoint(reading: &Reading<'_, '_, '_>, settings: &Settings) -> Fact<EndpointSection> {
    let value = reading.credential.value(Field::ImsEndpoint);
    let value = value.ok_or_else(|| reading.unread(Field::ImsEndpoint))?;
    let endpoint = Endpoint::parse(value.as_str());
    let operator = match endpoint.service() {
        Some(TokenService::Production) => Operator::Adobe,
        Some(TokenService::Stage) => Operator::AdobeStage,
        None if endpoint.is_one_of(&settings.trusted_ims_hosts, value.as_str()) => Operator::Trusted,
        None => Operator::Unknown,
    };
    Ok(EndpointSection {
        host: reading.presented(endpoint.name, Field::ImsEndpoint),
        operator,
        exchange_url: reading
            .written(Field::ImsEndpoint)
            .map(|written| format!("https://{written}/ims/exchange/jwt")),
    })
}

fn metascopes(reading: &Reading<'_, '_, '_>) -> Fact<Vec<MetascopeSection>> {
    let value = reading.credential.value(Field::Metascopes);
    let value = value.ok_or_else(|| reading.unread(Field::Metascopes))?;
    let section = |scope: Metascope| MetascopeSection {
        meaning: metascope_meaning(&scope.name),
        name: reading.presented(scope.name, Field::Metascopes),
    };
    let all = Metascope::all(value.as_str());
    if all.is_empty() {
        Err(reading.unread(Field::Metascopes))
    } else {
        Ok(all.into_iter().map(section).collect())
    }
}

fn certificate(reading: &Reading<'_, '_, '_>, now: DateTime<Utc>) -> Fact<CertificateSection> {
    let certificate = reading.certificate().ok_or_else(|| reading.unread(Field::PublicKey))?;
    let facts = CertificateRecord::of(certificate, false);
    Ok(CertificateSection {
        phase: facts.validity.at(now),
        is_without_end: facts.validity.never_ends(),
        facts,
        subject: reading.certificate_name(&certificate.subject),
        issuer: reading.certificate_name(&certificate.issuer),
        is_self_issued: certificate.self_issued,
        serial: certificate.serial.clone(),
        signature_algorithm: certificate.signature_algorithm,
        self_signature: match certificate.self_signature {
            SelfSignature::Valid => Some(true),
            SelfSignature::Invalid => Some(false),
            SelfSignature::NotSelfIssued | SelfSignature::NotTried | SelfSignature::Unknown => None,
        },
        public_key: match &certificate.public_key {
            PublicKey::Rsa { modulus, .. } => format!("RSA, {}", counted(rsa::bits(modulus) as u64, "bit")),
            PublicKey::Other(name) => (*name).to_owned(),
            PublicKey::Unreadable => String::from("RSA, with numbers that can't be read"),
        },
    })
}

fn private_key(reading: &Reading<'_, '_, '_>) -> Fact<PrivateKeySection> {
    let key = reading.private_key().ok_or_else(|| reading.unread(Field::PrivateKey))?;
    let exponent = key.public_exponent();
    Ok(PrivateKeySection {
        format: match key.format {
            KeyFormat::Pkcs1 => "PKCS#1",
            KeyFormat::Pkcs8 => "PKCS#8",
        },
        bits: key.bits(),
        exponent: match u64::try_from(exponent) {
            Ok(number) => number.to_string(),
            Err(_) => format!("a number of {} bits", rsa::bits(exponent)),
        },
        public_key_sha256: key.public_key_sha256(),
        is_consistent: key.contradictions.is_empty(),
        is_the_certificates: reading.certificate().map(|certificate| certificate.public_key.is_of(key)),
    })
}

/// The text of a field as the client takes it: placeholders and white space at its ends included.
fn as_written<'v>(credential: &Credential<'v, '_>, field: Field) -> Option<&'v str> {
    match credential.entry(field)?.state {
        FieldState::Text(_, text) | FieldState::Placeholder(_, text) | FieldState::Empty(_, text) => {
            Some(text.as_str()).filter(|text| !text.is_empty())
        }
        _ => None,
    }
}
