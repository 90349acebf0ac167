//! What is known of many credentials together: one entry for each distinct credential, with all its places.
//!
//! Owns: what an entry is, its state, and the order of urgency. Does not own: finding credentials (see `discover`),
//! telling which are the same (see `audit`), nor what the rules about storage say of them.

use std::cmp::Reverse;
use std::collections::HashMap;

use chrono::{DateTime, Datelike as _, Utc};
use dashu_int::UBig;

use crate::credential::{Certificate, CertificateTime, TimeEncoding, presentable};
use crate::json::Pointer;
use crate::source::{PathName, Position};

/// All credentials of an audited set.
#[derive(Debug, Default)]
pub struct Inventory {
    /// One for each distinct credential, the most urgent first.
    pub entries: Vec<Entry>,
}

/// A credential: one key and client, wherever it is kept.
#[derive(Clone, Debug)]
pub struct Entry {
    /// What it is.
    pub kind: EntryKind,
    /// In what state it is.
    pub state: State,
    /// The client ID.
    pub client_id: Option<String>,
    /// The organisation's ID.
    pub organization: Option<String>,
    /// From when until when it can be used, as its certificate or token says.
    pub validity: Option<Validity>,
    /// SHA-256 of the certificate's DER.
    pub certificate_sha256: Option<[u8; 32]>,
    /// What the certificate is called.
    pub certificate_names: Option<CertificateNames>,
    /// The key pair's public half: the private key's where there is one, else the certificate's.
    pub public_key: Option<PublicHalf>,
    /// SHA-256 of the private key's two primes, where it is at hand and sound; never shown. By them, keys are told that
    /// share a prime.
    pub prime_digests: Option<[[u8; 32]; 2]>,
    /// Where it stands, sorted; never empty.
    pub sites: Vec<Site>,
}

/// What a certificate calls itself, by which dashboards know it. All of it may be shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CertificateNames {
    /// The serial number in lower-case hexadecimal, without leading zeros.
    pub serial: String,
    /// The subject's common name, if it has exactly one.
    pub subject: Option<String>,
    /// The issuer's common name, if it has exactly one.
    pub issuer: Option<String>,
}

/// The period in which a credential can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Validity {
    /// The first instant.
    pub not_before: DateTime<Utc>,
    /// The last instant.
    pub not_after: DateTime<Utc>,
    /// Whole days from the run's clock to `not_after`, negative when that is past.
    pub days_left: i64,
}

impl CertificateNames {
    /// Those of `certificate`, without names that may be something else than a name.
    #[must_use]
    pub fn of(certificate: &Certificate) -> Self {
        let shown = |name: &Option<String>| name.clone().filter(|name| presentable(name));
        Self {
            serial: certificate.serial.clone(),
            subject: shown(&certificate.common_name),
            issuer: shown(&certificate.issuer_common_name),
        }
    }
}

impl Validity {
    /// Whether it has no end (RFC 5280 section 4.1.2.5).
    #[must_use]
    pub fn never_ends(&self) -> bool {
        CertificateTime { instant: self.not_after, encoding: TimeEncoding::Regular }.is_never()
    }
}

/// The public half of a key pair.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicHalf {
    /// SHA-256 of the `SubjectPublicKeyInfo`'s DER.
    pub sha256: [u8; 32],
    /// The RSA modulus n.
    pub modulus: UBig,
}

/// What an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum EntryKind {
    /// Service credentials.
    ServiceCredentials,
    /// A local development token.
    DevelopmentToken,
    /// A token of the token service.
    AccessToken,
    /// A credential of an Adobe Developer Console project.
    DeveloperConsole,
    /// A private key by itself.
    PrivateKey,
    /// A certificate by itself, which is no secret.
    Certificate,
    /// A client secret by itself.
    ClientSecret,
    /// Something that is kept encrypted, and so well.
    Encrypted,
}

impl EntryKind {
    /// The name in machine-readable output.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::ServiceCredentials => "service-credentials",
            Self::DevelopmentToken => "development-token",
            Self::AccessToken => "access-token",
            Self::DeveloperConsole => "developer-console-project",
            Self::PrivateKey => "private-key",
            Self::Certificate => "certificate",
            Self::ClientSecret => "client-secret",
            Self::Encrypted => "encrypted",
        }
    }
}

/// In what state a credential is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum State {
    /// Its validity is over.
    Expired,
    /// It is soon over.
    Expiring,
    /// The client or the token service will refuse it for another reason.
    Broken,
    /// It can be used.
    Sound,
    /// A part of a credential without the rest.
    Partial,
    /// Its secrets were taken out.
    Redacted,
    /// It can't be read without a key that isn't here.
    Encrypted,
}

impl State {
    /// All states, the most urgent first.
    pub const ALL: [Self; 7] = [
        Self::Expired,
        Self::Expiring,
        Self::Broken,
        Self::Sound,
        Self::Partial,
        Self::Redacted,
        Self::Encrypted,
    ];

    /// The name in every output.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Expired => "expired",
            Self::Expiring => "expiring",
            Self::Broken => "broken",
            Self::Sound => "sound",
            Self::Partial => "partial",
            Self::Redacted => "redacted",
            Self::Encrypted => "encrypted",
        }
    }
}

/// One place at which a credential stands.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Site {
    /// The file.
    pub path: PathName,
    /// The way from the outermost text to the credential: `data."service.json"`, `base64`. Empty for a plain file.
    pub steps: Vec<String>,
    /// Line and column in the outermost text.
    pub position: Position,
    /// The value within the document.
    pub pointer: Pointer,
    /// Whether somebody who reads this place can use the credential: nothing is redacted or encrypted here.
    pub usable: bool,
    /// The file's permission bits, where the system has such.
    pub mode: Option<u32>,
}

impl Entry {
    /// Whether any of its places gives away a secret.
    #[must_use]
    pub fn usable(&self) -> bool {
        self.sites.iter().any(|site| site.usable)
    }

    /// The key of the order of urgency: state, then the date, then the name, then the place.
    #[must_use]
    pub fn urgency(&self) -> impl Ord + '_ {
        let not_after = self.validity.map(|validity| validity.not_after);
        (self.state, not_after.is_none(), not_after, &self.client_id, self.kind, &self.sites)
    }

    /// Whether `self` is a later credential of the same client than `other`, and one that can take its place: not broken,
    /// not of another organisation, and not with a certificate that never ends, which no console issues.
    #[must_use]
    pub fn supersedes(&self, other: &Self) -> bool {
        let newest = |entry: &Self| entry.validity.map(|validity| (validity.not_after, validity.not_before));
        let key = |entry: &Self| (entry.public_key.as_ref().map(|key| key.sha256), entry.certificate_sha256);
        let organizations = (&self.organization, &other.organization);
        self.kind == other.kind
            && self.state != State::Broken
            && self.client_id.is_some()
            && self.client_id == other.client_id
            && !matches!(organizations, (Some(this), Some(that)) if this != that)
            && self.validity.is_none_or(|validity| validity.not_after.year() < 9999)
            && key(self) != key(other)
            && matches!((newest(self), newest(other)), (Some(this), Some(that)) if this > that)
    }
}

impl Inventory {
    /// Sorts entries and places, so that equal sets give equal inventories.
    #[must_use]
    pub fn new(mut entries: Vec<Entry>) -> Self {
        for entry in &mut entries {
            entry.sites.sort();
            entry.sites.dedup();
        }
        entries.sort_by(|left, right| left.urgency().cmp(&right.urgency()));
        Self { entries }
    }
}

/// For each of `entries` the newest one that supersedes it and `suits`: the candidate comes first. Of equally new ones the
/// first counts.
#[must_use]
pub fn successors(entries: &[Entry], suits: impl Fn(&Entry, &Entry) -> bool) -> Vec<Option<usize>> {
    let mut clients: HashMap<(EntryKind, &str), Vec<(usize, &Entry)>> = HashMap::new();
    for (index, entry) in entries.iter().enumerate() {
        if let Some(client) = &entry.client_id {
            clients.entry((entry.kind, client)).or_default().push((index, entry));
        }
    }
    for candidates in clients.values_mut() {
        // A stable sort: equally new ones stay in their order.
        candidates.sort_by_key(|(_, entry)| {
            Reverse(entry.validity.map(|validity| (validity.not_after, validity.not_before)))
        });
    }
    let successor = |entry: &Entry| {
        let mut candidates = clients.get(&(entry.kind, entry.client_id.as_deref()?))?.iter();
        let newest =
            candidates.find(|(_, candidate)| candidate.supersedes(entry) && suits(candidate, entry))?;
        Some(newest.0)
    };
    entries.iter().map(successor).collect()
}

/// What a rule about storage has to say of an entry. The rule and its level are added by whoever calls it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Observation {
    /// The entry, by its index.
    pub entry: usize,
    /// Which of its places, by its index.
    pub site: usize,
    /// What is wrong, in one sentence without a final stop.
    pub message: String,
    /// Why it matters and what to do, in plain sentences.
    pub help: String,
    /// Other places that belong to it: entry, place, and what is there.
    pub related: Vec<(usize, usize, String)>,
}

/// Collects what rules about storage observe.
#[derive(Debug, Default)]
pub struct Observations {
    all: Vec<Observation>,
}

impl Observations {
    /// Adds an observation.
    pub fn push(&mut self, observation: Observation) {
        self.all.push(observation);
    }

    /// All of them, in the order of the inventory.
    #[must_use]
    pub fn into_sorted(mut self) -> Vec<Observation> {
        self.all.sort_by_key(|observation| (observation.entry, observation.site));
        self.all
    }
}
