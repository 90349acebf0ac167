use crate::credential::{KeyPair, PublicKey};
use crate::finding::{Draft, Findings, Level};
use crate::rule::{Check, Rule};

pub(super) const RULE: Rule = Rule {
    name: "key-pair-mismatch",
    level: Level::Error,
    fixable: false,
    summary: "the private key is not the certificate's: modulus or public exponent differ",
    explanation: "\
Adobe knows the credential by its certificate and verifies the signature of every request for a token with the public \
key in it. A private key that doesn't belong to that certificate makes signatures which Adobe refuses, so no token is \
ever issued.

The two get mixed when parts of several downloads are joined by hand, or when a secret store is updated in one field \
and not in the other during a rotation.",
    example: "\
\"privateKey\": \"-----BEGIN RSA PRIVATE KEY-----\\r\\n… of the new download …\",
\"publicKey\": \"-----BEGIN CERTIFICATE-----\\r\\n… of the old one …\"",
    remedy: "\
Take both fields from one and the same download. If you no longer know which belong together, create a new private key \
in the AEM Developer Console (Integrations tab) and store the downloaded file as a whole.",
    reference: "RFC 8017 section 3.1; https://experienceleague.adobe.com/docs/experience-manager-cloud-service/content/implementing/developing/generating-access-tokens-for-server-side-apis.html",
    check: Check::KeyPair(check),
};

fn check(pair: &KeyPair<'_, '_, '_>, findings: &mut Findings) {
    // A key of another kind in the certificate is certificate-algorithm's to report.
    let PublicKey::Rsa { modulus, exponent } = &pair.certificate.public_key else { return };
    let key = pair.private_key;
    let differ = match (modulus == key.modulus(), exponent == key.public_exponent()) {
        (true, true) => return,
        (true, false) => "their public exponents differ",
        (false, _) => "their moduli differ",
    };
    findings.push(
        Draft::new(
            pair.private_key_field.pem.place(),
            format!("the private key does not belong to the certificate in publicKey: {differ}"),
        )
        .label("this key…")
        .related(pair.certificate_field.pem.place(), "…is not the one that this certificate is for")
        .help(
            "Adobe verifies signatures with the certificate, so every request for a token will be refused. Take both \
             fields from the same download, or create a new private key in the AEM Developer Console.",
        ),
    );
}
