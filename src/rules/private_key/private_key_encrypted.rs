use crate::credential::{Credential, FormKind, PrivateKeyDefect, PrivateKeyField};
use crate::finding::{Draft, Findings, Level};
use crate::rule::{Basis, Check, Rule, Settings};

pub(super) const RULE: Rule = Rule {
    name: "private-key-encrypted",
    level: Level::Error,
    basis: Basis::Client,
    fixable: false,
    summary: "the private key is encrypted and needs a passphrase",
    explanation: "\
Adobe's client can't ask for a passphrase, so it can't use an encrypted key. The AEM Developer Console issues keys \
that are not encrypted: somebody encrypted this one later, in PKCS#8 (`ENCRYPTED PRIVATE KEY`) or in the traditional \
form (`Proc-Type: 4,ENCRYPTED`).

A stored key must be protected, and a passphrase is one way. Then the program that passes the file to the client must \
decrypt it first.",
    example: "\
\"privateKey\": \"-----BEGIN ENCRYPTED PRIVATE KEY-----\\r\\n…\"",
    remedy: "\
If you know the passphrase, decrypt the key with `openssl pkey -traditional`, and store the result in a secret store. \
If another program decrypts the file before it is used, check the file that this program writes. If the passphrase is \
lost, create a new private key in the AEM Developer Console (Integrations tab).",
    reference: "RFC 5208 section 6; RFC 1421 section 4.6.1; https://github.com/adobe/aemcs-api-client-lib (README, exchange)",
    forms: FormKind::SERVICE,
    check: Check::PrivateKey(check),
};

fn check(_: &Credential<'_, '_>, field: &PrivateKeyField<'_, '_>, _: &Settings, findings: &mut Findings) {
    if field.key.as_ref().err() != Some(&PrivateKeyDefect::Encrypted) {
        return;
    }
    findings.push(
        Draft::new(
            field.pem.begin(),
            "the private key is encrypted: it needs a passphrase, which Adobe's client can't ask for",
        )
        .label("encrypted")
        .help(
            "Decrypt it (openssl pkey -traditional) and store the result in a secret store, or check the file that \
             your decryption step writes. If the passphrase is lost, create a new private key in the AEM Developer \
             Console (Integrations tab).",
        ),
    );
}

#[cfg(all(test, feature = "generate"))]
mod tests {
    use super::RULE;
    use crate::rules::synthetic::{Sample, messages};

    #[test]
    fn both_kinds_of_encryption_are_seen() {
        let traditional = Sample::new().respelt("privateKey", |pem| {
            let header = "\r\nProc-Type: 4,ENCRYPTED\r\nDEK-Info: AES-128-CBC,00112233445566778899AABBCCDDEEFF\r\n\r\n";
            pem.replacen("\r\n", header, 1)
        });
        let algorithm = [0x30, 0x05, 0x06, 0x03, 0x2A, 0x03, 0x04];
        let mut pkcs8 = Sample::new();
        pkcs8.private_key = [&[0x30, 0x0B][..], &algorithm, &[0x04, 0x02, 1, 2]].concat();
        let pkcs8 = pkcs8.respelt("privateKey", |pem| pem.replace("RSA PRIVATE", "ENCRYPTED PRIVATE"));
        for document in [traditional, pkcs8] {
            assert_eq!(
                messages(&RULE, &document),
                ["the private key is encrypted: it needs a passphrase, which Adobe's client can't ask for"]
            );
        }
    }
}
