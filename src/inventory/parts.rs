//! Loose keys, certificates and client secrets: to which credential of the set each belongs.
//!
//! Owns: tying by the key or the secret itself, and what goes together though it belongs to nothing. Does not own: what one
//! input says of its parts (see `examine`).

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use super::{Group, Groups, Occurrence};
use crate::credential::DocumentKind;
use crate::record::{Location, Record};
use crate::source::PathName;

/// What makes two loose parts the same.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum LooseIdentity {
    Key(DocumentKind, [u8; 32]),
    Secret(DocumentKind, [u8; 32]),
    Place(DocumentKind, Location),
}

impl Groups {
    /// All credentials, with the loose keys and secrets that belong to them. What belongs to none is a record of its own.
    pub(super) fn with_parts(self) -> Vec<Group> {
        let Self { mut credentials, parts } = self;
        let (certificates, parts): (Vec<Occurrence>, Vec<Occurrence>) =
            parts.into_iter().partition(|part| part.record.kind == DocumentKind::Certificate);
        let owners = Owners::of(&parts, &credentials);
        // Of several certificates of one key the last to end counts.
        let mut certificates: Vec<Box<Record>> = certificates.into_iter().map(|part| part.record).collect();
        certificates.sort_by_key(|record| (record.validity(), record.certificate_sha256()));
        let certificates: BTreeMap<[u8; 32], Box<Record>> =
            certificates.into_iter().filter_map(|record| Some((key(&record)?, record))).collect();
        let mut loose = Vec::new();
        for part in parts {
            match owners.index(&part.record).and_then(|owner| credentials.get_mut(owner)) {
                Some(owner) => owner.record.tie(*part.record),
                None => loose.push(part),
            }
        }
        let pairs = pairs(&loose);
        // A key says more of the two than its secret, and so comes first. The sort is stable.
        loose.sort_by_key(|part| part.record.public_key.is_none());
        let mut added = BTreeMap::new();
        for Occurrence { mut record, is_aems, findings } in loose {
            let own = key(&record);
            let certificate = own.and_then(|key| certificates.get(&key));
            // A client secret is Adobe's for sure, and so is the key beside it.
            let is_paired = || own.is_some() && pairs.values().any(|paired| *paired == own);
            if certificate.is_none() && !is_aems && !is_paired() {
                continue;
            }
            if let Some(certificate) = certificate {
                // A certificate of its own says whose key it is, and until when.
                record.certify(certificate);
            }
            let paired = record.client_secret.and_then(|secret| *pairs.get(&secret)?);
            let Some(identity) = loose_identity(&record, paired) else { continue };
            let new = Group::new(record, findings);
            match added.entry(identity) {
                Entry::Vacant(vacant) => drop(vacant.insert(new)),
                Entry::Occupied(mut known) => known.get_mut().take_in(new, Record::tie),
            }
        }
        credentials.extend(added.into_values());
        credentials
    }
}

/// Which credential is the first with a key or a secret, of those that parts have.
struct Owners {
    keys: BTreeMap<[u8; 32], Option<usize>>,
    secrets: BTreeMap<[u8; 32], Option<usize>>,
}

impl Owners {
    fn of(parts: &[Occurrence], credentials: &[Group]) -> Self {
        let records = || parts.iter().map(|part| &part.record);
        let mut keys: BTreeMap<_, _> =
            records().filter_map(|record| key(record)).map(|key| (key, None)).collect();
        let mut secrets: BTreeMap<_, _> =
            records().filter_map(|record| record.client_secret).map(|secret| (secret, None)).collect();
        for (index, Group { record, .. }) in credentials.iter().enumerate() {
            let owner = key(record).and_then(|key| keys.get_mut(&key));
            owner.map(|owner: &mut Option<usize>| *owner.get_or_insert(index));
            let owner = record.client_secret.and_then(|secret| secrets.get_mut(&secret));
            owner.map(|owner: &mut Option<usize>| *owner.get_or_insert(index));
        }
        Self { keys, secrets }
    }

    fn index(&self, part: &Record) -> Option<usize> {
        let by_key = key(part).and_then(|key| *self.keys.get(&key)?);
        by_key.or_else(|| *self.secrets.get(&part.client_secret?)?)
    }
}

/// What a part is that belongs to no credential; `paired` is the digest of the public key that a client secret goes with.
fn loose_identity(record: &Record, paired: Option<[u8; 32]>) -> Option<LooseIdentity> {
    let place = record.locations.first()?;
    Some(match (key(record), record.client_secret, paired) {
        (Some(key), ..) => LooseIdentity::Key(record.kind, key),
        (None, Some(_), Some(key)) => LooseIdentity::Key(DocumentKind::PrivateKey, key),
        (None, Some(digest), None) => LooseIdentity::Secret(record.kind, digest),
        (None, None, _) => LooseIdentity::Place(record.kind, place.clone()),
    })
}

fn key(record: &Record) -> Option<[u8; 32]> {
    record.public_key.as_ref().map(|key| key.sha256)
}

/// Which private keys go with which client secrets, by digests: those that are the only ones in one file, of what belongs to
/// no credential. A secret that stands beside several keys goes with none of them.
fn pairs(loose: &[Occurrence]) -> BTreeMap<[u8; 32], Option<[u8; 32]>> {
    /// The digests of what stands loose in one file: keys and secrets.
    type Beside = (BTreeSet<[u8; 32]>, BTreeSet<[u8; 32]>);
    let mut files: BTreeMap<&PathName, Beside> = BTreeMap::new();
    for Occurrence { record, .. } in loose {
        for location in &record.locations {
            let (keys, secrets) = files.entry(&location.path).or_default();
            keys.extend(key(record));
            secrets.extend(record.client_secret);
        }
    }
    let mut pairs: BTreeMap<[u8; 32], Option<[u8; 32]>> = BTreeMap::new();
    for (keys, secrets) in files.into_values() {
        if let (Some(key), Some(secret), 1, 1) = (keys.first(), secrets.first(), keys.len(), secrets.len()) {
            let paired = pairs.entry(*secret).or_insert(Some(*key));
            *paired = paired.filter(|paired| paired == key);
        }
    }
    pairs
}
