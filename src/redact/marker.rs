//! What stands in the place of what is hidden. `field-placeholder` recognizes every marker.

use crate::credential::{Certificate, PublicKey, presentable, rsa};
use crate::source::hex;

/// Stands for anything in a text without structure.
pub(super) const HIDDEN: &str = "***";

const OPEN: &str = "***REDACTED: ";
const CLOSE: &str = "***";

/// The marker that says `what` stood here.
pub(super) fn marker(what: &str) -> String {
    format!("{OPEN}{what}{CLOSE}")
}

/// What is said of a certificate: its key, its validity, and the fingerprint by which its owner finds it. Not its
/// names, because the subject is the client ID.
pub(super) fn certificate(certificate: &Certificate) -> String {
    let key = match &certificate.public_key {
        PublicKey::Rsa { modulus, .. } => format!("RSA {} bits", rsa::bits(modulus)),
        PublicKey::Other(_) | PublicKey::Unreadable => String::from("not a usable RSA key"),
    };
    let instant =
        |time: chrono::DateTime<chrono::Utc>| time.to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
    format!(
        "{CERTIFICATE}, {key}, valid {} to {}{FINGERPRINT}{}",
        instant(certificate.not_before.instant),
        instant(certificate.not_after.instant),
        hex(&certificate.sha256)
    )
}

const FINGERPRINT: &str = ", SHA-256 ";

/// What markers say of anything else; those of keys are numbered.
pub(super) const MARKERS: [&str; 11] = [
    PRIVATE_KEY,
    CLIENT_SECRET,
    TOKEN,
    SECRET,
    CLIENT_ID,
    ACCOUNT_ID,
    EMAIL,
    ORGANIZATION,
    CERTIFICATE,
    TEXT,
    KEY,
];

pub(super) const PRIVATE_KEY: &str = "private key";
pub(super) const CLIENT_SECRET: &str = "client secret";
pub(super) const TOKEN: &str = "token";
pub(super) const SECRET: &str = "secret";
pub(super) const CLIENT_ID: &str = "client ID";
pub(super) const ACCOUNT_ID: &str = "technical account ID";
pub(super) const EMAIL: &str = "email address";
pub(super) const ORGANIZATION: &str = "organization ID";
pub(super) const CERTIFICATE: &str = "certificate";
pub(super) const TEXT: &str = "text";
pub(super) const KEY: &str = "key";

/// Whether `value` is a marker already, so that a copy of a copy is the same.
pub(super) fn is_marker(value: &str) -> bool {
    let what = value.strip_prefix(OPEN).and_then(|rest| rest.strip_suffix(CLOSE));
    what.is_some_and(|what| MARKERS.contains(&what) || is_numbered_key(what) || is_certificate(what))
}

fn is_numbered_key(what: &str) -> bool {
    what.strip_prefix(KEY)
        .and_then(|rest| rest.strip_prefix(' '))
        .is_some_and(|number| number.len() < 8 && number.bytes().all(|digit| digit.is_ascii_digit()))
}

/// Whether `what` is what [`certificate`] says of some certificate.
fn is_certificate(what: &str) -> bool {
    what.rsplit_once(FINGERPRINT).is_some_and(|(words, digits)| {
        let plain = |letter: char| letter.is_ascii_alphanumeric() || " ,:-".contains(letter);
        let words = words.strip_prefix(CERTIFICATE).filter(|words| words.starts_with(", "));
        is_fingerprint(digits) && words.is_some_and(|words| words.chars().all(plain) && presentable(words))
    })
}

fn is_fingerprint(digits: &str) -> bool {
    digits.len() == 64 && digits.bytes().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::credential::{Field, is_placeholder};

    #[test]
    fn markers_are_placeholders_and_recognised_again() {
        let certificate = format!(
            "certificate, RSA 2048 bits, valid 2026-10-23T12:00:00Z to 9999-12-31T23:59:59Z, SHA-256 {}",
            "0a".repeat(32)
        );
        for what in MARKERS.into_iter().chain(["key 17", &certificate]) {
            let marker = marker(what);
            assert!(is_marker(&marker), "{marker}");
            assert!(Field::SERVICE.into_iter().all(|field| is_placeholder(field, &marker)), "{marker}");
        }
        for other in
            ["", "certificate, Ab12Cd34Ef56, SHA-256 00", "key p8e-", "password", "***", "key 123456789"]
        {
            assert!(!is_marker(&marker(other)), "{other}");
        }
    }
}
