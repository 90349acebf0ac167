use crate::credential::{CertificateField, FormKind, SelfSignature};
use crate::finding::{Draft, Findings, Level};
use crate::rule::{Basis, Check, Rule, Settings};
use crate::rules::words::RENEW;

pub(super) const RULE: Rule = Rule {
    name: "certificate-signature",
    level: Level::Error,
    basis: Basis::Damage,
    fixable: false,
    summary: "the self-signature of a self-issued certificate is invalid, or its algorithm is unknown",
    explanation: "\
The AEM Developer Console issues self-signed certificates: issuer and subject are the same, and the certificate is \
signed with its own key. If that signature is invalid, the certificate was damaged or changed after it was signed, or \
it was signed with a different key.

aemcred verifies RSA signatures (PKCS #1 v1.5) with SHA-224, SHA-256, SHA-384 or SHA-512. A certificate with a \
signature algorithm that doesn't exist is reported as well, because nobody can verify it. Other algorithms that are in \
use are not verified and not reported.",
    example: "\
\"publicKey\": \"-----BEGIN CERTIFICATE-----\\r\\n… with a character changed …\\r\\n-----END CERTIFICATE-----\\r\\n\"",
    remedy: "\
Copy `publicKey` again from the downloaded file. If that file has the same problem, create a new private key for the \
technical account in the AEM Developer Console (Integrations tab) and store the complete new file.",
    reference: "RFC 5280 section 4.1.1.3; RFC 8017 section 8.2.2",
    forms: FormKind::SERVICE,
    check: Check::Certificate(check),
};

fn check(field: &CertificateField<'_, '_>, _: &Settings, findings: &mut Findings) {
    let Ok(certificate) = &field.certificate else { return };
    let (message, label) = match certificate.self_signature {
        SelfSignature::Invalid => (
            "the certificate's self-signature is invalid: the certificate was changed or damaged after it was issued",
            "the signature is invalid",
        ),
        SelfSignature::Unknown => (
            "the certificate's self-signature can't be verified: its algorithm is unknown",
            "can't be verified",
        ),
        SelfSignature::NotSelfIssued | SelfSignature::Valid | SelfSignature::NotTried => return,
    };
    findings.push(Draft::new(field.pem.begin(), message).label(label).help(format!(
        "Nothing in this certificate can be trusted. Copy publicKey again from the downloaded file. If that doesn't \
         help: {RENEW}",
    )));
}
