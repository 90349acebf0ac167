//! What is known of one credential: one record, whoever asks.
//!
//! Owns: the record, its places, its state, and what of two records is kept when they turn out to be the same
//! credential's. Nothing of it is secret: digests are there to tell records apart, and are not shown. Does not own: making
//! one (see `examine`), telling which are the same (see `inventory`).

mod keeping;
mod past;
mod state;
mod stock;

use std::sync::Arc;

use chrono::{DateTime, Datelike as _, Utc};

pub use keeping::{InClear, Keeping};
pub use past::{Past, Reference};
pub use state::State;
pub use stock::{Inventory, Observation, Observations, successors};

use crate::credential::rsa::KeyNumbers;
use crate::credential::{
    Certificate, DocumentKind, LazyDigest, PrivateKey, ProjectCredentialKind, PublicKey, Validity,
    presentable,
};
use crate::json::Pointer;
use crate::source::{PathName, Position};

/// What is known of one credential or of a part of one.
#[derive(Clone, Debug, Default, PartialEq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "four facts that don't depend on each other; the state follows from them"
)]
pub struct Record {
    /// What it is.
    pub kind: DocumentKind,
    /// In what state it is. [`Record::settle`] says so.
    pub state: State,
    /// The client ID.
    pub client_id: Option<String>,
    /// The organization's ID, which many have in common.
    pub organization: Option<Arc<str>>,
    /// The certificate.
    pub certificate: Option<CertificateRecord>,
    /// The token.
    pub token: Option<Box<TokenRecord>>,
    /// The credentials of a project of the Adobe Developer Console.
    pub listed: Box<[ListedCredential]>,
    /// The key pair's public half: the private key's where there is one, else the certificate's.
    pub public_key: Option<PublicHalf>,
    /// SHA-256 of the client secret. By it, a secret that is found alone is tied to its credential.
    pub client_secret: Option<[u8; 32]>,
    /// SHA-256 of the token.
    pub token_sha256: Option<Box<[u8; 32]>>,
    /// Whether a private key, client secret or token stands in it, usable or not.
    pub usable: bool,
    /// Which secrets these are, as far as that is known.
    pub in_clear: InClear,
    /// Whether something stands in a secret's place that is none: a placeholder, nothing, `null`.
    pub emptied: bool,
    /// Whether a finding says that it can't be used, or that nobody can vouch for it. Settings don't change that.
    pub broken: bool,
    /// Whether nothing that is needed to call it sound is unknown.
    pub complete: bool,
    /// Where it stands; sorted in an inventory.
    pub locations: Vec<Location>,
}

/// What is known of a certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificateRecord {
    /// When it can be used.
    pub validity: Validity,
    /// SHA-256 of the certificate's DER.
    pub sha256: LazyDigest,
    /// SHA-256 of the `SubjectPublicKeyInfo`'s DER.
    pub public_key_sha256: [u8; 32],
    /// What it is called; unknown where only lines tell of it.
    pub names: Option<Box<CertificateNames>>,
}

/// What a certificate is called.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CertificateNames {
    /// The serial number in lower-case hexadecimal, without leading zeros.
    pub serial: String,
    /// The subject's common name, if it has exactly one that may be shown.
    pub subject: Option<String>,
    /// The issuer's common name, if it has exactly one that may be shown.
    pub issuer: Option<String>,
}

/// What a token claims of itself. Nobody but Adobe can verify it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenRecord {
    /// When it can be used, from `created_at` on.
    pub validity: Validity,
    /// Its type, such as `access_token`.
    pub kind: Option<String>,
    /// The account that it acts as.
    pub user_id: Option<String>,
}

/// A credential that is named but not judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedCredential {
    /// Its type.
    pub kind: ProjectCredentialKind,
    /// Its name.
    pub name: Option<String>,
    /// Its client ID.
    pub client_id: Option<String>,
}

/// The public half of a key pair.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicHalf {
    /// SHA-256 of the `SubjectPublicKeyInfo`'s DER.
    pub sha256: [u8; 32],
    /// Its numbers, as long as it has not been taken into an inventory, which has each key's once.
    pub numbers: Option<Box<KeyNumbers>>,
}

/// One place at which a credential stands.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Location {
    /// The file.
    pub path: PathName,
    /// The way from the outermost text to the credential: `data."service.json"`, `base64`. Empty for a plain file.
    pub steps: Box<[String]>,
    /// Line and column in the outermost text.
    pub position: Position,
    /// The value within the document.
    pub pointer: Pointer,
    /// Whether somebody who reads this place can use the credential: nothing is redacted or encrypted here.
    pub usable: bool,
    /// Which secrets can be read here, as far as that is known.
    pub in_clear: InClear,
    /// The file's permission bits, where the system has such.
    pub mode: Option<u32>,
    /// How git keeps the file, where that was asked and git has something to do with it.
    pub keeping: Option<Keeping>,
    /// Where in the history of a repository it is, if it was found there and not in a file.
    pub past: Option<Arc<Past>>,
}

impl Location {
    /// Takes in what `other` knows more of the same place. Returns false if it is another one.
    pub fn takes_in(&mut self, other: &Self) -> bool {
        let (mode, keeping) = (self.mode.or(other.mode), self.keeping.or(other.keeping));
        let whole = |location: &Self| Self { mode, keeping, ..location.clone() };
        let is_same = whole(self) == whole(other);
        if is_same {
            (self.mode, self.keeping) = (mode, keeping);
        }
        is_same
    }
}

impl CertificateRecord {
    /// That of `certificate`, without names that may be something else than a name. What is `kept` with many others has its
    /// digest computed.
    pub fn of(certificate: &Certificate, kept: bool) -> Self {
        let shown = |name: &Option<String>| name.clone().filter(|name| presentable(name));
        Self {
            validity: certificate.validity(),
            sha256: if kept { certificate.sha256.computed() } else { certificate.sha256.clone() },
            public_key_sha256: certificate.public_key_sha256,
            names: Some(Box::new(CertificateNames {
                serial: certificate.serial.clone(),
                subject: shown(&certificate.common_name),
                issuer: shown(&certificate.issuer_common_name),
            })),
        }
    }
}

impl PublicHalf {
    /// The public half of `key`, with digests of its primes if it is to be `kept` with many others. `certified` is the SHA-256
    /// of it as a certificate has it.
    pub fn of_private_key(key: &PrivateKey, certified: Option<[u8; 32]>, kept: bool) -> Self {
        let prime_digests = if kept { key.prime_digests() } else { None };
        let sha256 = certified.unwrap_or_else(|| key.public_key_sha256());
        Self::new(sha256, key.modulus().to_le_bytes(), prime_digests)
    }

    /// The key of `certificate`, if it is an RSA key that can be read.
    pub fn of_certificate(certificate: &Certificate) -> Option<Self> {
        let PublicKey::Rsa { modulus, .. } = &certificate.public_key else { return None };
        Some(Self::new(certificate.public_key_sha256, modulus.to_le_bytes(), None))
    }

    /// Takes in what `other` knows more of the same key.
    fn learn(&mut self, other: Self) {
        let primes = |half: &Self| half.numbers.as_ref().and_then(|numbers| numbers.prime_digests);
        if self.sha256 == other.sha256 && primes(self).is_none() {
            self.numbers = other.numbers.or(self.numbers.take());
        }
    }

    /// That with these numbers.
    pub fn new(sha256: [u8; 32], modulus: Box<[u8]>, prime_digests: Option<[[u8; 32]; 2]>) -> Self {
        Self { sha256, numbers: Some(Box::new(KeyNumbers { modulus, prime_digests })) }
    }
}

impl Record {
    /// From when until when it can be used, as its certificate or token says.
    pub fn validity(&self) -> Option<Validity> {
        let token = || self.token.as_ref().map(|token| token.validity);
        self.certificate.as_ref().map(|certificate| certificate.validity).or_else(token)
    }

    /// SHA-256 of the certificate's DER.
    pub fn certificate_sha256(&self) -> Option<[u8; 32]> {
        self.certificate.as_ref().map(|certificate| *certificate.sha256.get())
    }

    /// Whether it is a token.
    pub const fn is_token(&self) -> bool {
        self.kind.is_token()
    }

    /// Whether any of its places gives away a secret.
    pub fn gives_away(&self) -> bool {
        self.locations.iter().any(|location| location.usable)
    }

    /// What its first place lies in within the file: `data."service.json" → base64`. Empty if it is the whole file.
    pub fn within(&self) -> String {
        self.locations.first().map(|location| location.steps.join(" → ")).unwrap_or_default()
    }

    /// The key of the order of urgency: state, then the date, then the name, then the place.
    pub fn urgency(&self) -> impl Ord + '_ {
        let not_after = self.validity().map(|validity| validity.not_after);
        (self.state, not_after.is_none(), not_after, &self.client_id, self.kind, &self.locations)
    }

    /// Whether `self` is a later credential of the same client than `other`, and one that can take its place: not broken,
    /// not of another organization, and not with a certificate that never ends, which no console issues.
    pub fn supersedes(&self, other: &Self) -> bool {
        let newest = |record: &Self| -> Option<(DateTime<Utc>, DateTime<Utc>)> {
            record.validity().map(|validity| (validity.not_after, validity.not_before))
        };
        let key =
            |record: &Self| (record.public_key.as_ref().map(|key| key.sha256), record.certificate_sha256());
        let organizations = (&self.organization, &other.organization);
        self.kind == other.kind
            && self.state != State::Broken
            && self.client_id.is_some()
            && self.client_id == other.client_id
            && !matches!(organizations, (Some(this), Some(that)) if this != that)
            && self.validity().is_none_or(|validity| validity.not_after.year() < 9999)
            && key(self) != key(other)
            && matches!((newest(self), newest(other)), (Some(this), Some(that)) if this > that)
    }

    /// Takes in another record of the same credential. A usable copy says more of the state than a broken one, that more
    /// than a redacted one, and then the more urgent; among equals the first place counts.
    pub fn join(&mut self, other: Self) {
        let weight = |record: &Self| {
            let redacted = matches!(record.state, State::Redacted | State::Encrypted);
            (!redacted, record.state != State::Broken, std::cmp::Reverse(record.state))
        };
        let mut locations = std::mem::take(&mut self.locations);
        locations.extend(other.locations.iter().cloned());
        let client_secret = self.client_secret.or(other.client_secret);
        if weight(&other) > weight(self) {
            *self = other;
        }
        (self.locations, self.client_secret) = (locations, client_secret);
    }

    /// Takes in a copy of the same key without a certificate, as variables are. A usable copy makes usable what was known
    /// from a redacted one alone, whose date holds for it too. What is wrong with a redacted copy says nothing of the other,
    /// so that the two are never called sound.
    pub fn complete_with(&mut self, copy: Self) {
        if self.state == State::Redacted && copy.state != State::Redacted {
            (self.usable, self.broken, self.complete) = (copy.usable, copy.broken, copy.complete);
        }
        self.tie(copy);
    }

    /// What makes it the same credential as another record of its kind.
    pub fn identity(&self) -> impl Eq + '_ {
        let key = self.public_key.as_ref().map(|key| key.sha256);
        (self.kind, &self.client_id, key, self.certificate_sha256(), &self.token_sha256, self.client_secret)
    }

    /// Whether `part` is the key, certificate or secret of this very credential.
    pub fn holds(&self, part: &Self) -> bool {
        let key = |record: &Self| record.public_key.as_ref().map(|key| key.sha256);
        key(part).is_some() && key(part) == key(self)
            || part.client_secret.is_some() && part.client_secret == self.client_secret
    }

    /// Takes in what a certificate of its own says of a key: whose it is, and until when.
    pub fn certify(&mut self, certificate: &Self) {
        self.client_id.clone_from(&certificate.client_id);
        self.certificate.clone_from(&certificate.certificate);
    }

    /// Says of a document of which nothing can be read what is known of the only credential in it.
    pub fn stand_for(&mut self, member: &Self) {
        let (kind, locations) = (self.kind, std::mem::take(&mut self.locations));
        *self = Self { kind, locations, ..member.clone() };
    }

    /// Takes in what a part of it says of the whole, of which nothing can be read.
    pub fn absorb(&mut self, part: Self) {
        self.client_id = self.client_id.take().or(part.client_id);
        self.certificate = self.certificate.take().or(part.certificate);
        match (&mut self.public_key, part.public_key) {
            (Some(own), Some(other)) => own.learn(other),
            (own, other) => *own = own.take().or(other),
        }
        self.client_secret = self.client_secret.or(part.client_secret);
        self.usable |= part.usable;
        self.in_clear = InClear {
            private_key: self.in_clear.private_key || part.in_clear.private_key,
            client_secret: self.in_clear.client_secret || part.in_clear.client_secret,
            token: self.in_clear.token || part.in_clear.token,
        };
        for location in &mut self.locations {
            (location.usable, location.in_clear) = (self.usable, self.in_clear);
        }
    }

    /// Says that its private key stands at `place`, and not where the rest of it does.
    pub fn keep_key_at(&mut self, place: Location) {
        for location in &mut self.locations {
            location.in_clear.private_key = false;
            location.usable = location.in_clear != InClear::default();
        }
        self.locations.push(place);
    }

    /// Takes in the places and secrets of a part that belongs to it.
    pub fn tie(&mut self, part: Self) {
        self.locations.extend(part.locations);
        self.client_secret = self.client_secret.or(part.client_secret);
    }
}

#[cfg(test)]
pub(crate) use past::tests as testing;

#[cfg(test)]
pub(crate) mod tests {
    //! Records made by hand.

    use chrono::TimeDelta;
    use dashu_int::UBig;

    use super::*;

    /// A usable credential with the key `modulus` and a year until `not_after`.
    pub(crate) fn sample(client: &str, modulus: u32, not_after: DateTime<Utc>, paths: &[&str]) -> Record {
        let mut sha256 = [0; 32];
        sha256[..4].copy_from_slice(&modulus.to_be_bytes());
        let location = |path: &&str| Location {
            path: PathName::new(*path),
            steps: Box::default(),
            position: Position::START,
            pointer: Pointer::root(),
            usable: true,
            in_clear: InClear { private_key: true, client_secret: true, token: false },
            mode: Some(0o600),
            keeping: None,
            past: None,
        };
        let certificate = CertificateRecord {
            validity: Validity::of_certificate(not_after - TimeDelta::days(365), not_after),
            sha256: sha256.into(),
            public_key_sha256: sha256,
            names: None,
        };
        Record {
            kind: DocumentKind::ServiceCredentials,
            state: State::Sound,
            client_id: Some(client.to_owned()),
            certificate: Some(certificate),
            public_key: Some(PublicHalf::new(sha256, UBig::from(modulus).to_le_bytes(), None)),
            locations: paths.iter().map(location).collect(),
            ..Record::default()
        }
    }
}
