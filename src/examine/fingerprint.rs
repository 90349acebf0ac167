//! A finding's identity across runs, for baselines and for those who watch reports.

use sha2::{Digest as _, Sha256};

use crate::finding::Finding;
use crate::record::Record;
use crate::rule::Check;
use crate::source::hex;

/// A finding's identity across runs: no clock, no line and no secret in it.
pub fn fingerprint(finding: &Finding, path: &str, record: &Record) -> String {
    let certificate = record.certificate.as_ref();
    // A baseline that knows a place must not let another key in there. Of a client secret nothing may be told.
    let own = record.public_key.as_ref().map(|key| &key.sha256).or(record.token_sha256.as_ref());
    let own = own.filter(|_| matches!(finding.rule.check, Check::Place(_)));
    let key = certificate.map(|certificate| &certificate.public_key_sha256).or(own);
    let key = key.map(|sha256| hex(sha256)).unwrap_or_default();
    let within = record.within();
    let parts = [finding.rule.name, path, finding.draft.place.pointer.as_str(), &key, &within];
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
