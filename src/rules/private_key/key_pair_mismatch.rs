use crate::credential::{FormKind, KeyPair, PublicKey, Relation};
use crate::finding::{Draft, Findings, Level};
use crate::rule::{Basis, Check, Rule};

pub(super) const RULE: Rule = Rule {
    name: "key-pair-mismatch",
    level: Level::Error,
    basis: Basis::Service,
    fixable: false,
    summary: "the private key doesn't match the certificate: their modulus or public exponent differs",
    explanation: "\
Adobe knows the credential by its certificate and verifies the signature of every request with the public key in it. \
Adobe refuses signatures of a private key that doesn't match the certificate, so it never issues a token.

aemcred compares modulus and public exponent. It doesn't compare numbers that contradict the rest of the private key: \
`private-key-inconsistent` reports those, and nobody can tell which certificate such a key belongs to.

Keys get mixed up if parts of several downloads are combined by hand, or if only one field of a secret store is \
updated during a rotation.",
    example: "\
\"privateKey\": \"-----BEGIN RSA PRIVATE KEY-----\\r\\n… of the new download …\",
\"publicKey\": \"-----BEGIN CERTIFICATE-----\\r\\n… of the old one …\"",
    remedy: "\
Take both fields from the same download. If you no longer know which belong together, create a new private key in the \
AEM Developer Console (Integrations tab) and store the complete downloaded file.",
    reference: "RFC 8017 section 3.1; https://experienceleague.adobe.com/docs/experience-manager-cloud-service/content/implementing/developing/generating-access-tokens-for-server-side-apis.html",
    forms: FormKind::SERVICE,
    check: Check::KeyPair(check),
};

fn check(pair: &KeyPair<'_, '_, '_>, findings: &mut Findings) {
    // A key of another kind in the certificate is certificate-algorithm's to report.
    let PublicKey::Rsa { modulus, exponent } = &pair.certificate.public_key else { return };
    let key = pair.private_key;
    let contradicts = |relations: &[Relation]| {
        key.contradictions.iter().any(|contradiction| relations.contains(contradiction))
    };
    let differ = if modulus != key.modulus() {
        if contradicts(&[Relation::Product, Relation::PrimesMoreThanOne]) {
            return;
        }
        "their moduli differ"
    } else if exponent != key.public_exponent() {
        if contradicts(&[Relation::InverseModuloP, Relation::InverseModuloQ]) {
            return;
        }
        "their public exponents differ"
    } else {
        return;
    };
    findings.push(
        Draft::new(
            pair.private_key_field.pem.begin(),
            format!("the private key does not match the certificate in publicKey: {differ}"),
        )
        .label("this key…")
        .related(pair.certificate_field.pem.begin(), "…is not the key of this certificate")
        .help(
            "Adobe verifies signatures with the certificate, so it refuses every request for a token. Take both fields \
             from the same download, or create a new private key in the AEM Developer Console.",
        ),
    );
}

#[cfg(all(test, feature = "generate"))]
mod tests {
    use super::RULE;
    use crate::rules::synthetic::{Numbers, Sample, messages};

    #[test]
    fn only_numbers_that_can_be_trusted_are_compared() {
        let said = |change: fn(&mut Numbers)| {
            let mut numbers = Numbers::of(&Sample::new().private_key);
            change(&mut numbers);
            messages(&RULE, &Sample { private_key: numbers.der(), ..Sample::new() }.document())
        };
        let mismatch = "the private key does not match the certificate in publicKey:";
        assert_eq!(said(|_| ()), [""; 0]);
        assert_eq!(said(Numbers::swap_primes), [""; 0]);
        assert_eq!(said(|key| key.n[5] ^= 1), [""; 0], "n contradicts p and q");
        assert_eq!(said(|key| key.e = vec![1, 0, 3]), [""; 0], "e contradicts d");
        assert_eq!(said(Numbers::make_composite), [format!("{mismatch} their moduli differ")]);
        let other_exponent = |key: &mut Numbers| {
            key.e = vec![1, 0, 3];
            key.compute();
        };
        assert_eq!(said(other_exponent), [format!("{mismatch} their public exponents differ")]);
    }
}
