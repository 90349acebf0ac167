//! Loose keys, certificates and client secrets: to which credential of the set each belongs.
//!
//! Owns: tying by the key or the secret itself, and what goes together though it belongs to nothing. Does not own: what one
//! input says of its parts (see `examine`).

use std::collections::{BTreeMap, BTreeSet};

use super::{AuditFinding, Group, Groups, Identity, Occurrence};
use crate::credential::DocumentKind;
use crate::finding::Finding;
use crate::record::Record;
use crate::source::PathName;

impl Groups {
    /// Gives loose keys and secrets to the credential that they belong to. What belongs to none is a record of its own.
    pub(super) fn tie_parts(&mut self) {
        let mut keys: BTreeMap<[u8; 32], Identity> = BTreeMap::new();
        let mut secrets: BTreeMap<[u8; 32], Identity> = BTreeMap::new();
        for (identity, Group { record, .. }) in &self.credentials {
            if let Some(key) = &record.public_key {
                keys.entry(key.sha256).or_insert_with(|| identity.clone());
            }
            if let Some(secret) = record.client_secret {
                secrets.entry(secret).or_insert_with(|| identity.clone());
            }
        }
        let (certificates, parts): (Vec<Occurrence>, Vec<Occurrence>) = std::mem::take(&mut self.parts)
            .into_iter()
            .partition(|part| part.record.kind == DocumentKind::Certificate);
        // Of several certificates of one key the last to end counts.
        let mut certificates: Vec<Record> = certificates.into_iter().map(|part| part.record).collect();
        certificates.sort_by_key(|record| (record.validity(), record.certificate_sha256()));
        let certificates: BTreeMap<[u8; 32], Record> =
            certificates.into_iter().filter_map(|record| Some((key(&record)?, record))).collect();
        let mut loose = Vec::new();
        for part in parts {
            let owner = key(&part.record).and_then(|key| keys.get(&key));
            let owner = owner.or_else(|| secrets.get(&part.record.client_secret?));
            match owner.and_then(|owner| self.credentials.get_mut(owner)) {
                Some(owner) => owner.record.tie(part.record),
                None => loose.push(part),
            }
        }
        let pairs = pairs(&loose);
        // A key says more of the two than its secret, and so comes first. The sort is stable.
        loose.sort_by_key(|part| part.record.public_key.is_none());
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
            self.add_loose(record, paired, findings);
        }
    }

    /// Adds a part that belongs to no credential; `paired` is the digest of the public key that a client secret goes with.
    fn add_loose(&mut self, record: Record, paired: Option<[u8; 32]>, findings: Vec<Finding>) {
        let Some(location) = record.locations.first().cloned() else { return };
        let place = location.clone();
        let identity = match (key(&record), record.client_secret, paired) {
            (Some(key), ..) => Identity::Key(record.kind, None, key, None),
            (None, Some(_), Some(key)) => Identity::Key(DocumentKind::PrivateKey, None, key, None),
            (None, Some(digest), None) => Identity::Secret(record.kind, digest),
            (None, None, _) => Identity::Place(record.kind, None, location),
        };
        let findings = findings.into_iter().map(|finding| AuditFinding::about(finding, &place)).collect();
        self.put(identity, Group { record, findings }, Record::tie);
    }
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
