use super::{basis, private_key_in};
use crate::credential::pem::Label;
use crate::credential::{CertificateField, Credential, Field, FormKind, PrivateKeyDefect, PrivateKeyField};
use crate::finding::{Draft, Findings, Level};
use crate::rule::{Basis, Check, Rule, Settings};

pub(super) const RULE: Rule = Rule {
    name: "pem-label",
    level: Level::Error,
    basis: Basis::Client,
    fixable: false,
    summary: "a PEM block is not of the kind that its field or its label says",
    explanation: "\
`privateKey` contains an RSA private key. `publicKey` contains a certificate, in spite of its name: not a bare public \
key. A block of another kind can't be used there. A private key in `publicKey` is dangerous, because people show that \
field to others.

Private keys have two forms. The label `RSA PRIVATE KEY` means PKCS#1, and `PRIVATE KEY` means PKCS#8. Adobe's client \
refuses PKCS#1 content under a PKCS#8 label. It accepts the opposite, which is reported by `pem-form`. It always \
refuses OpenSSH's own form (`OPENSSH PRIVATE KEY`).",
    example: "\
\"privateKey\": \"-----BEGIN CERTIFICATE-----\\r\\n…\",
\"publicKey\": \"-----BEGIN RSA PRIVATE KEY-----\\r\\n…\"",
    remedy: "\
Put each block back in its own field, as in the downloaded file. If a private key was in `publicKey` in a file that \
anyone else could see, treat it as published: create a new private key in the AEM Developer Console (Integrations \
tab), and revoke the old certificate there.",
    reference: "RFC 7468 sections 5, 10 and 13; RFC 8017 appendix A.1.2; RFC 5208 section 5",
    forms: FormKind::SERVICE,
    check: Check::Credential(check),
};

fn check(credential: &Credential<'_, '_>, _: &Settings, findings: &mut Findings) {
    let (private_key, certificate) = (credential.private_key.as_ref(), credential.certificate.as_ref());
    if let (Some(private_key), Some(certificate)) = (private_key, certificate)
        && private_key.pem.block().is_some_and(|block| block.label.is_certificate())
        && certificate.pem.block().is_some_and(|block| block.label.is_private_key())
    {
        findings.push(
            Draft::new(
                private_key.pem.begin(),
                "privateKey and publicKey are swapped: the private key is in publicKey, the field that people show to \
                 others",
            )
            .label("a certificate")
            .related(certificate.pem.begin(), "the private key")
            .help(format!("Swap the two values. {SHOWN}")),
        );
        return;
    }
    findings_in_private_key(private_key, findings);
    findings_in_public_key(certificate, findings);
}

/// What to do if a private key stood where the certificate should.
const SHOWN: &str = "If anyone else could see publicKey, treat the key as published: create a new private key in the \
                     AEM Developer Console (Integrations tab) and revoke the old certificate there.";

fn findings_in_private_key(field: Option<&PrivateKeyField<'_, '_>>, findings: &mut Findings) {
    let Some((field, block)) = field.and_then(|field| Some((field, field.pem.block()?))) else { return };
    let (message, help) = match &block.label {
        Label::OpenSshPrivateKey => (
            String::from("privateKey contains a key in OpenSSH's own form, which Adobe's client can't read"),
            "The AEM Developer Console issues keys as RSA PRIVATE KEY, and Adobe knows no other key for this account. \
             Copy privateKey again from the downloaded file.",
        ),
        _ if field.key.as_ref().err() == Some(&PrivateKeyDefect::Pkcs1UnderPkcs8Label) => (
            String::from(
                "the key in privateKey is labeled PRIVATE KEY, but its content is an RSA PRIVATE KEY",
            ),
            "The label means PKCS#8, but the content is PKCS#1, and Adobe's client refuses that. Somebody probably \
             edited the label: write RSA PRIVATE KEY in the BEGIN and END lines, or copy the value again from the \
             downloaded file.",
        ),
        label if label.is_private_key() => return,
        label => (
            format!("privateKey contains {} instead of the private key", described(label)),
            "Without the private key Adobe's client can't sign requests for a token. Copy privateKey again from the \
             downloaded file.",
        ),
    };
    findings.push(Draft::new(field.pem.begin(), message).label("wrong kind of block").help(help));
}

fn findings_in_public_key(field: Option<&CertificateField<'_, '_>>, findings: &mut Findings) {
    let Some(field) = field else { return };
    if let Some(range) = private_key_in(&field.pem) {
        findings.push(
            Draft::new(
                field.pem.place_of(range),
                "publicKey contains a private key: it is a secret, in the field that people show to others",
            )
            .claim(basis(Field::PublicKey), Level::Error)
            .label("a private key in publicKey")
            .help(format!("Remove it from publicKey, which is for the certificate. {SHOWN}")),
        );
        return;
    }
    let Some(block) = field.pem.block().filter(|block| !block.label.is_certificate()) else { return };
    let help = match block.label {
        Label::PublicKey | Label::RsaPublicKey => {
            "In spite of its name, this field is for the certificate, which says whose the key is and when it expires. \
             A bare public key says neither. Copy publicKey again from the downloaded file."
        }
        Label::CertificateRequest | Label::NewCertificateRequest => {
            "A certificate request is not a certificate. Copy publicKey again from the downloaded file."
        }
        _ => {
            "This field is for the certificate by which Adobe knows the key. Copy publicKey again from the downloaded \
             file."
        }
    };
    findings.push(
        Draft::new(
            field.pem.begin(),
            format!("publicKey contains {} instead of a certificate", described(&block.label)),
        )
        .claim(basis(Field::PublicKey), Level::Error)
        .label("wrong kind of block")
        .help(help),
    );
}

fn described(label: &Label) -> String {
    match label {
        Label::Other(Some(words)) => format!("a block labeled {words}"),
        Label::Other(None) => String::from("a block of an unknown kind"),
        label => label.meaning().to_owned(),
    }
}

#[cfg(all(test, feature = "generate"))]
mod tests {
    use super::RULE;
    use crate::rules::synthetic::{Sample, findings, messages};

    fn relabeled(field: &str, label: &str) -> Vec<u8> {
        let issued = if field == "privateKey" { "RSA PRIVATE KEY" } else { "CERTIFICATE" };
        Sample::new().respelt(field, |pem| pem.replace(issued, label))
    }

    #[test]
    fn every_wrong_kind_is_named() {
        for (field, label, said) in [
            ("privateKey", "RSA PRIVATE KEY", None),
            ("publicKey", "CERTIFICATE", None),
            (
                "privateKey",
                "OPENSSH PRIVATE KEY",
                Some("privateKey contains a key in OpenSSH's own form, which Adobe's client can't read"),
            ),
            (
                "privateKey",
                "PRIVATE KEY",
                Some("the key in privateKey is labeled PRIVATE KEY, but its content is an RSA PRIVATE KEY"),
            ),
            (
                "privateKey",
                "PUBLIC KEY",
                Some("privateKey contains a bare public key instead of the private key"),
            ),
            (
                "privateKey",
                "CERTIFICATE",
                Some("privateKey contains a certificate instead of the private key"),
            ),
            (
                "publicKey",
                "PUBLIC KEY",
                Some("publicKey contains a bare public key instead of a certificate"),
            ),
            (
                "publicKey",
                "CERTIFICATE REQUEST",
                Some("publicKey contains a certificate request instead of a certificate"),
            ),
            ("publicKey", "PKCS7", Some("publicKey contains a PKCS#7 envelope instead of a certificate")),
            (
                "publicKey",
                "PGP PUBLIC KEY BLOCK",
                Some("publicKey contains a block labeled PGP PUBLIC KEY BLOCK instead of a certificate"),
            ),
            (
                "publicKey",
                "RSA PRIVATE KEY",
                Some(
                    "publicKey contains a private key: it is a secret, in the field that people show to others",
                ),
            ),
        ] {
            let messages = messages(&RULE, &relabeled(field, label));
            assert_eq!(messages, said.into_iter().collect::<Vec<_>>(), "{field}: {label}");
        }
    }

    #[test]
    fn swapped_fields_are_one_finding() {
        let document = String::from_utf8(Sample::new().document()).unwrap();
        let document = document
            .replace("\"privateKey\"", "\"held\"")
            .replace("\"publicKey\"", "\"privateKey\"")
            .replace("\"held\"", "\"publicKey\"");
        let found = findings(&RULE, document.as_bytes());
        assert_eq!(found.len(), 1);
        assert!(found[0].draft.message.starts_with("privateKey and publicKey are swapped"));
        assert_eq!(found[0].draft.place.pointer.as_str(), "/integration/privateKey");
        assert_eq!(found[0].draft.related[0].place.pointer.as_str(), "/integration/publicKey");
    }

    #[test]
    fn a_private_key_beside_the_certificate_is_found() {
        let key = Sample::new().private_key_pem();
        let document = Sample::new().respelt("publicKey", |pem| format!("{pem}{key}"));
        assert_eq!(
            messages(&RULE, &document),
            ["publicKey contains a private key: it is a secret, in the field that people show to others"]
        );
        assert_eq!(messages(&super::super::pem_form::RULE, &document), [""; 0], "said once");
    }
}
