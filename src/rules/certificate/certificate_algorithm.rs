use crate::credential::{Certificate, Credential, FormKind, PrivateKeyDefect, PublicKey, rsa};
use crate::finding::{Draft, Findings, Level};
use crate::rule::{Basis, Check, Rule, Settings};
use crate::rules::words::{self, RENEW};

pub(super) const RULE: Rule = Rule {
    name: "certificate-algorithm",
    level: Level::Error,
    basis: Basis::Service,
    fixable: false,
    summary: "the certificate's key is not RSA with at least 2048 bits, or its signature uses MD5 or SHA-1",
    explanation: "\
Adobe's client signs each request for a token with RS256 (RSA with SHA-256), and Adobe verifies that signature with \
the key in the certificate. RFC 7518 requires at least 2048 bits for RS256. If the certificate has another kind of key \
or a smaller one, Adobe refuses the request.

MD5 and SHA-1 are broken: an attacker can make two certificates that share one signature. The certificate's own \
signature is not needed to request a token, so this case is a warning.

The AEM Developer Console issues RSA keys of 2048 bits and signs certificates with SHA-256.

If the private key has the same problem, only `private-key-algorithm` is reported, because a new private key comes \
with a new certificate.",
    example: "\
\"publicKey\": \"-----BEGIN CERTIFICATE-----\\r\\n… signature: sha1WithRSAEncryption …\"",
    remedy: "\
Create a new private key for the technical account in the AEM Developer Console (Integrations tab), and store the \
complete downloaded file. It contains the new certificate.",
    reference: "RFC 7518 section 3.3; RFC 6194; NIST SP 800-131A",
    forms: FormKind::SERVICE,
    check: Check::Credential(check),
};

fn check(credential: &Credential<'_, '_>, _: &Settings, findings: &mut Findings) {
    let Some(field) = &credential.certificate else { return };
    let Ok(certificate) = &field.certificate else { return };
    let key = if reported_at_the_private_key(credential, certificate) { None } else { key_flaw(certificate) };
    if let Some((message, label)) = key {
        findings.push(Draft::new(field.pem.begin(), message).label(label).help(format!(
            "Adobe verifies requests with RS256, which needs an RSA key of at least 2,048 bits, and refuses requests \
             that this key can't verify. {RENEW}",
        )));
    }
    if certificate.broken_digest {
        let algorithm = &certificate.signature_algorithm;
        let message =
            format!("the certificate is signed with {algorithm}, which uses a broken hash function");
        let draft = Draft::new(field.pem.begin(), message).claim(Basis::Policy, Level::Warning);
        findings.push(draft.label("broken hash function").help(format!(
            "The credential works, because the certificate's own signature is not needed to request a token. But the \
             AEM Developer Console signs with SHA-256, so this certificate may come from somewhere else. {RENEW}",
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
                "the certificate's key has {}, fewer than the {} that RS256 requires",
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
                "the certificate's RSA key can't be read, or has more than {} bits",
                words::grouped(rsa::WIDEST as u64)
            ),
            "key can't be read",
        ),
    })
}

#[cfg(all(test, feature = "generate"))]
mod tests {
    use super::RULE;
    use crate::rules::private_key::private_key_algorithm::RULE as PRIVATE_KEY;
    use crate::rules::synthetic::{Numbers, Sample, messages};

    #[test]
    fn a_small_pair_is_reported_once() {
        let small = Sample::with_bits(1024);
        assert_eq!(messages(&RULE, &small.document()), [""; 0]);
        assert_eq!(
            messages(&PRIVATE_KEY, &small.document()),
            ["the private key has 1,024 bits, fewer than the 2,048 that RS256 requires"]
        );
        let mixed = Sample { certificate: small.certificate, ..Sample::new() };
        assert_eq!(
            messages(&RULE, &mixed.document()),
            ["the certificate's key has 1,024 bits, fewer than the 2,048 that RS256 requires"]
        );
        assert_eq!(messages(&PRIVATE_KEY, &mixed.document()), [""; 0]);
    }

    /// Neither key is RSA, or neither can be read: the private key says it.
    #[test]
    fn a_pair_of_another_kind_is_reported_once() {
        let sound = Sample::new();
        let certificate = |from: &[u8], to: &[u8]| {
            let start = sound.certificate.windows(from.len()).rposition(|window| window == from).unwrap();
            let mut certificate = sound.certificate.clone();
            certificate[start..start + to.len()].copy_from_slice(to);
            certificate
        };
        let rsa = [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 1, 1];
        let other = Sample {
            certificate: certificate(&rsa, &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 1, 0x0A]),
            ..sound.clone()
        };
        // The sequence in the bit string becomes a set.
        let unreadable = Sample {
            certificate: certificate(&[3, 0x82, 1, 0x0F, 0, 0x30], &[3, 0x82, 1, 0x0F, 0, 0x31]),
            ..sound.clone()
        };
        let wide = Numbers { n: [&[1][..], &[0; 2048]].concat(), ..Numbers::of(&sound.private_key) }.der();
        let elliptic =
            |sample: &Sample| sample.respelt("privateKey", |pem| pem.replace("RSA PRIVATE", "EC PRIVATE"));
        let wider = |sample: &Sample| Sample { private_key: wide.clone(), ..sample.clone() }.document();
        let is_other = "the certificate's key is not an RSA key: RSA restricted to RSASSA-PSS";
        let is_unreadable = "the certificate's RSA key can't be read, or has more than 16,384 bits";
        for (document, expected) in [
            (other.document(), Some(is_other)),
            (elliptic(&other), None),
            (wider(&other), Some(is_other)),
            (unreadable.document(), Some(is_unreadable)),
            (elliptic(&unreadable), Some(is_unreadable)),
            (wider(&unreadable), None),
            (elliptic(&sound), None),
            (wider(&sound), None),
        ] {
            assert_eq!(messages(&RULE, &document), Vec::from_iter(expected));
        }
    }
}
