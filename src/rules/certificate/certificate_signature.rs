use crate::credential::{CertificateField, FormKind, SelfSignature};
use crate::finding::{Draft, Findings, Level};
use crate::rule::{Basis, Check, Rule, Settings};
use crate::rules::words::RENEW;

pub(super) const RULE: Rule = Rule {
    name: "certificate-signature",
    level: Level::Error,
    basis: Basis::Damage,
    fixable: false,
    summary: "a self-issued certificate whose signature its own key didn't make, or can't be checked by anyone",
    explanation: "\
The AEM Developer Console issues certificates that vouch for themselves: issuer and subject are the same, and the \
certificate's own key made the signature. When that signature doesn't verify, some bytes of the certificate are not \
those that were signed: it was damaged or altered, or it was signed with another key.

Signatures by RSA (PKCS #1 v1.5) over SHA-224, SHA-256, SHA-384 or SHA-512 are verified. If the certificate names a \
signature algorithm that doesn't exist, nobody can verify the signature, and that is reported as well. Other algorithms \
that are in use are not verified, and nothing is said of them here.",
    example: "\
\"publicKey\": \"-----BEGIN CERTIFICATE-----\\r\\n… with a character changed …\\r\\n-----END CERTIFICATE-----\\r\\n\"",
    remedy: "\
Copy `publicKey` again from the file that the AEM Developer Console let you download. If the fault is in that file too, \
create a new private key for the technical account (Integrations tab) and store the new file whole.",
    reference: "RFC 5280 section 4.1.1.3; RFC 8017 section 8.2.2",
    forms: FormKind::SERVICE,
    check: Check::Certificate(check),
};

fn check(field: &CertificateField<'_, '_>, _: &Settings, findings: &mut Findings) {
    let Ok(certificate) = &field.certificate else { return };
    let (message, label) = match certificate.self_signature {
        SelfSignature::Invalid => (
            "the certificate's signature was not made by its own key: the certificate was altered or damaged after it \
             was issued",
            "its signature doesn't verify",
        ),
        SelfSignature::Unknown => (
            "the certificate's self-signature can't be checked: it names an unknown signature algorithm",
            "its signature can't be checked",
        ),
        SelfSignature::NotSelfIssued | SelfSignature::Valid | SelfSignature::NotTried => return,
    };
    findings.push(Draft::new(field.pem.begin(), message).label(label).help(format!(
        "Nothing that this certificate says can be relied on. Copy publicKey again from the downloaded file. If that \
         doesn't help: {RENEW}",
    )));
}
