//! A finding's identity across runs, for baselines and for those who watch reports.

use sha2::{Digest as _, Sha256};

use crate::finding::Finding;
#[cfg(feature = "cli")]
use crate::record::Location;
use crate::record::Record;
use crate::rule::{Check, Rule};
use crate::source::hex;

/// A finding's identity across runs: no clock, no line and no secret in it.
pub fn fingerprint(finding: &Finding, path: &str, record: &Record) -> String {
    let within = record.within();
    fingerprint_of(finding.rule, finding.draft.place.pointer.as_str(), &within, path, record)
}

/// The identity of what `rule` says of a credential at one of its places, which has the same as that of a finding there.
#[cfg(feature = "cli")]
pub fn fingerprint_at(rule: &Rule, location: &Location, path: &str, record: &Record) -> String {
    let within = location.steps.join(" → ");
    fingerprint_of(rule, location.pointer.as_str(), &within, path, record)
}

fn fingerprint_of(rule: &Rule, pointer: &str, within: &str, path: &str, record: &Record) -> String {
    let certificate = record.certificate.as_ref();
    // A baseline that knows a place must not let another key in there. Of a client secret nothing may be told.
    let own = record.public_key.as_ref().map(|key| &key.sha256).or(record.token_sha256.as_deref());
    let own = own.filter(|_| matches!(rule.check, Check::Place(_)));
    let key = certificate.map(|certificate| &certificate.public_key_sha256).or(own);
    let key = key.map(|sha256| hex(sha256)).unwrap_or_default();
    let parts = [rule.name, path, pointer, &key, within];
    // A document that is the whole file counts as it did before others were looked into.
    identity(if within.is_empty() { &parts[..4] } else { &parts })
}

/// The digest of `parts` in their order.
pub fn identity(parts: &[&str]) -> String {
    let mut digest = Sha256::new();
    for part in parts {
        digest.update(part.as_bytes());
        digest.update([0]);
    }
    hex(&digest.finalize())
}

/// The first eight digits of a fingerprint, which are enough to tell keys apart by eye.
pub fn short(sha256: &[u8; 32]) -> String {
    hex(&sha256[..4])
}
