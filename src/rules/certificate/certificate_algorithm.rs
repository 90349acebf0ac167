use crate::credential::{Certificate, Credential, FormKind, PrivateKeyDefect, PublicKey, rsa};
use crate::finding::{Draft, Findings, Level};
use crate::rule::{Basis, Check, Rule, Settings};
use crate::rules::words::{self, RENEW};

pub(super) const RULE: Rule = Rule {
    name: "certificate-algorithm",
    level: Level::Error,
    basis: Basis::Service,
    fixable: false,
    summary: "the certificate's key is not RSA of at least 2048 bits, or its signature uses MD5 or SHA-1",
    explanation: "\
Requests for a token are signed by RS256, which is RSA with SHA-256, and RFC 7518 demands at least 2048 bits. Adobe \
verifies them with the key in the certificate, so that must be such a key as well. MD5 and SHA-1 are broken: anyone with \
some means can make two certificates to which one such signature belongs. Nobody verifies that signature when a token is \
requested, so this is a warning.

The AEM Developer Console issues RSA keys of 2048 bits, and signs with SHA-256.

If the private key is of the same kind, it is `private-key-algorithm` that is reported, because replacing that key \
replaces the certificate as well.",
    example: "\
\"publicKey\": \"-----BEGIN CERTIFICATE-----\\r\\n… signature: sha1WithRSAEncryption …\"",
    remedy: "\
Create a new private key for the technical account in the AEM Developer Console (Integrations tab), and store the \
downloaded file whole: the new certificate comes with it.",
    reference: "RFC 7518 section 3.3; RFC 6194; NIST SP 800-131A",
    forms: FormKind::SERVICE,
    check: Check::Credential(check),
};

fn check(credential: &Credential<'_, '_>, _: &Settings<'_>, findings: &mut Findings) {
    let Some(field) = &credential.certificate else { return };
    let Ok(certificate) = &field.certificate else { return };
    let key = if reported_at_the_private_key(credential, certificate) { None } else { key_flaw(certificate) };
    if let Some((message, label)) = key {
        findings.push(Draft::new(field.pem.begin(), message).label(label).help(format!(
            "Adobe verifies requests by RS256, with RSA keys of at least 2,048 bits, and refuses what this key can't \
             verify. {RENEW}",
        )));
    }
    if certificate.broken_digest {
        let algorithm = &certificate.signature_algorithm;
        let message = format!("the certificate is signed with {algorithm}, whose digest is broken");
        let draft = Draft::new(field.pem.begin(), message).claim(Basis::Policy, Level::Warning);
        findings.push(draft.label("signed with a broken digest").help(format!(
            "It works, because nobody needs the certificate's own signature to request a token, but the AEM Developer \
             Console signs with SHA-256. {RENEW}",
        )));
    }
}

/// One defect, one finding: a pair of keys is too small or of the wrong kind as a whole.
fn reported_at_the_private_key(credential: &Credential<'_, '_>, certificate: &Certificate) -> bool {
    let key = credential.private_key.as_ref().map(|field| &field.key);
    match (key, &certificate.public_key) {
        (Some(Ok(key)), PublicKey::Rsa { modulus, .. }) => key.modulus() == modulus,
        // Their numbers are not compared, but two keys that both aren't RSA hardly come from two places.
        (Some(Err(PrivateKeyDefect::Algorithm { .. })), PublicKey::Other(_))
        | (Some(Err(PrivateKeyDefect::TooWide(_))), PublicKey::Unreadable) => true,
        _ => false,
    }
}

fn key_flaw(certificate: &Certificate) -> Option<(String, &'static str)> {
    Some(match &certificate.public_key {
        PublicKey::Rsa { modulus, .. } if rsa::bits(modulus) >= rsa::NARROWEST => return None,
        PublicKey::Rsa { modulus, .. } => (
            format!(
                "the certificate's key has {}, fewer than the {} that RS256 demands",
                words::counted(rsa::bits(modulus) as u64, "bit"),
                words::grouped(rsa::NARROWEST as u64)
            ),
            "key too small",
        ),
        PublicKey::Other(algorithm) => {
            (format!("the certificate's key is not an RSA key: {algorithm}"), "not an RSA key")
        }
        PublicKey::Unreadable => (
            format!(
                "the certificate's RSA key can't be read, or is wider than {} bits",
                words::grouped(rsa::WIDEST as u64)
            ),
            "unreadable key",
        ),
    })
}

#[cfg(all(test, feature = "generate"))]
mod tests {
    use super::RULE;
    use crate::rules::private_key::private_key_algorithm::RULE as PRIVATE_KEY;
    use crate::rules::synthetic::{Sample, messages};

    #[test]
    fn a_small_pair_is_reported_once() {
        let small = Sample::with_bits(1024);
        assert_eq!(messages(&RULE, &small.document()), [""; 0]);
        assert_eq!(
            messages(&PRIVATE_KEY, &small.document()),
            ["the private key has 1,024 bits, fewer than the 2,048 that RS256 demands"]
        );
        let mixed = Sample { certificate: small.certificate, ..Sample::new() };
        assert_eq!(
            messages(&RULE, &mixed.document()),
            ["the certificate's key has 1,024 bits, fewer than the 2,048 that RS256 demands"]
        );
        assert_eq!(messages(&PRIVATE_KEY, &mixed.document()), [""; 0]);
    }
}
