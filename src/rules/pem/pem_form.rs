use super::private_key_in;
use crate::credential::pem::{Label, OddityKind};
use crate::credential::{Credential, FormKind, KeyFormat, KeyOddity, PemField, PrivateKeyField};
use crate::finding::{Draft, Findings, Level};
use crate::rule::{Basis, Check, Rule, Settings};
use crate::rules::words;

pub(super) const RULE: Rule = Rule {
    name: "pem-form",
    level: Level::Warning,
    basis: Basis::Policy,
    fixable: false,
    summary: "Adobe's client accepts a PEM, but the AEM Developer Console doesn't issue it in this form",
    explanation: "\
Adobe's client can read this PEM, so everything works. But the AEM Developer Console doesn't write it like this: \
somebody edited the value, or a program rewrote it. Stricter programs (Java, Go, and most libraries that follow RFC \
7468 exactly) may refuse it.

Reported are line lengths other than 64, spaces at the ends of lines, text around the block, additional blocks, \
unusual labels, PKCS#8 content under an `RSA PRIVATE KEY` label, and bytes after the end of the key. Not reported are \
a PKCS#8 key under its own label, LF instead of CRLF, and a missing line break at the end.",
    example: "\
\"privateKey\": \"-----BEGIN RSA PRIVATE KEY-----\\n… in lines of 76 characters …\\n-----END RSA PRIVATE KEY-----\\n\"",
    remedy: "\
Copy the value again from the downloaded file. If you no longer have it, `openssl pkey -traditional` and `openssl \
x509` write keys and certificates in the issued form.",
    reference: "RFC 7468 sections 2, 5.2 and 10",
    forms: &[FormKind::Issued],
    check: Check::Credential(check),
};

fn check(credential: &Credential<'_, '_>, _: &Settings, findings: &mut Findings) {
    if let Some(field) = &credential.private_key {
        spelling(&field.pem, false, findings);
        key(field, findings);
    }
    if let Some(field) = &credential.certificate {
        // pem-label has more to say about a private key here than that it is one block too many.
        spelling(&field.pem, private_key_in(&field.pem).is_some(), findings);
        label(&field.pem, findings);
    }
}

fn spelling(field: &PemField<'_, '_>, holds_private_key: bool, findings: &mut Findings) {
    let oddities = &field.scan.oddities;
    for oddity in oddities {
        if holds_private_key && matches!(oddity.kind, OddityKind::FurtherBlocks { .. }) {
            continue;
        }
        let name = field.field.name();
        findings.push(
            Draft::new(
                field.place_of(oddity.range.clone()),
                format!("{} ({name}, line {} of the PEM)", oddity.kind.what(), oddity.line),
            )
            .label("first place")
            .help(format!(
                "Adobe's client accepts this, but the AEM Developer Console doesn't issue it. To correct it, {}.",
                oddity.kind.remedy()
            )),
        );
    }
}

fn key(field: &PrivateKeyField<'_, '_>, findings: &mut Findings) {
    const HELP: &str = "Adobe's client accepts this, but stricter programs don't. Copy privateKey again from the \
                        downloaded file.";
    let Ok(key) = &field.key else { return };
    let label = field.pem.block().map(|block| &block.label);
    if key.format == KeyFormat::Pkcs8 && label == Some(&Label::RsaPrivateKey) {
        findings.push(
            Draft::new(
                field.pem.begin(),
                "the key in privateKey is labeled RSA PRIVATE KEY, but its content is a PRIVATE KEY",
            )
            .label("should be PRIVATE KEY")
            .help(
                "The label means PKCS#1, but the content is PKCS#8. Adobe's client accepts this, stricter programs \
                 don't. Write PRIVATE KEY in the BEGIN and END lines, or copy the value again from the downloaded \
                 file.",
            ),
        );
    }
    for oddity in &key.oddities {
        let message = match oddity {
            KeyOddity::BytesAfterEnd(count) => {
                let verb = if *count == 1 { "follows" } else { "follow" };
                format!("{} {verb} after the end of the private key", words::counted(*count as u64, "byte"))
            }
            KeyOddity::Number => String::from(
                "a number of the private key is not valid DER: its leading zero is missing, or it has one too many",
            ),
            KeyOddity::Version => String::from("the private key has an unknown version number"),
        };
        findings.push(Draft::new(field.pem.begin(), message).label("in this key").help(HELP));
    }
}

fn label(field: &PemField<'_, '_>, findings: &mut Findings) {
    let Some(block) = field.block() else { return };
    if let Label::TrustedCertificate | Label::X509Certificate = block.label {
        findings.push(
            Draft::new(
                field.begin(),
                format!("the certificate in publicKey is labeled {} instead of CERTIFICATE", block.label),
            )
            .label("should be CERTIFICATE")
            .help(
                "OpenSSL knows this label, most other programs don't. Copy publicKey again from the downloaded file, \
                 or write the certificate with openssl x509.",
            ),
        );
    }
}

#[cfg(all(test, feature = "generate"))]
mod tests {
    use super::RULE;
    use crate::rules::synthetic::{Numbers, Sample, messages, wrapped_in_pkcs8};

    #[test]
    fn harmless_spellings_are_no_findings() {
        let sample = Sample::new();
        let edits: [fn(&str) -> String; 3] =
            [str::to_owned, |pem| pem.replace('\r', ""), |pem| pem.trim_end().to_owned()];
        for edit in edits {
            for field in ["privateKey", "publicKey"] {
                assert_eq!(messages(&RULE, &sample.respelt(field, edit)), [""; 0]);
            }
        }
        let pkcs8 = Sample { private_key: wrapped_in_pkcs8(&sample.private_key), ..Sample::new() };
        let plain = pkcs8.respelt("privateKey", |pem| pem.replace("RSA PRIVATE", "PRIVATE"));
        assert_eq!(messages(&RULE, &plain), [""; 0]);
        assert_eq!(
            messages(&RULE, &pkcs8.document()),
            ["the key in privateKey is labeled RSA PRIVATE KEY, but its content is a PRIVATE KEY"]
        );
    }

    #[test]
    fn odd_spellings_are_named() {
        let further = Sample::new().respelt("publicKey", |pem| format!("{pem}{pem}"));
        assert_eq!(
            messages(&RULE, &further),
            ["the PEM contains 1 additional block (CERTIFICATE) (publicKey, line 19 of the PEM)"]
        );
        let old = Sample::new().respelt("publicKey", |pem| pem.replace("CERTIFICATE", "X509 CERTIFICATE"));
        assert_eq!(
            messages(&RULE, &old),
            ["the certificate in publicKey is labeled X509 CERTIFICATE instead of CERTIFICATE"]
        );
        let mut longer = Sample::new();
        longer.private_key.push(0);
        assert_eq!(messages(&RULE, &longer.document()), ["1 byte follows after the end of the private key"]);
    }

    #[test]
    fn der_that_only_openssl_reads_is_named() {
        let said = |change: fn(&mut Numbers)| {
            let mut numbers = Numbers::of(&Sample::new().private_key);
            change(&mut numbers);
            let document = Sample { private_key: numbers.der(), ..Sample::new() }.document();
            let others = crate::rules::all().filter(|rule| rule.name != RULE.name);
            let others: Vec<_> = others.flat_map(|rule| messages(rule, &document)).collect();
            assert_eq!(others, [""; 0]);
            messages(&RULE, &document)
        };
        assert_eq!(
            said(|key| key.n.splice(0..0, [0, 0]).for_each(drop)),
            [
                "a number of the private key is not valid DER: its leading zero is missing, or it has one too many"
            ]
        );
        assert_eq!(said(|key| key.version = vec![2]), ["the private key has an unknown version number"]);
    }
}
