use crate::credential::{Credential, FormKind, PrivateKeyDefect, PrivateKeyField};
use crate::finding::{Draft, Findings, Level};
use crate::rule::{Basis, Check, Rule, Settings};
use crate::rules::words::RENEW;

pub(super) const RULE: Rule = Rule {
    name: "private-key-syntax",
    level: Level::Error,
    basis: Basis::Client,
    fixable: false,
    summary: "privateKey is not one DER-encoded key",
    explanation: "\
The PEM in `privateKey` is correct, but its content is not a key, neither PKCS#1 nor PKCS#8. Adobe's client refuses \
it, so no token can be requested.

Usually, part of the text was lost or duplicated when the value was copied by hand. An incomplete key can't be \
repaired.",
    example: "\
\"privateKey\": \"-----BEGIN RSA PRIVATE KEY-----\\r\\n… without its last lines …\\r\\n-----END RSA PRIVATE KEY-----\\r\\n\"",
    remedy: "\
Copy `privateKey` again from the downloaded file. If you no longer have it, create a new private key in the AEM \
Developer Console (Integrations tab) and store the complete downloaded file.",
    reference: "RFC 8017 appendix A.1.2; RFC 5208 section 5; ITU-T X.690 section 10",
    forms: FormKind::SERVICE,
    check: Check::PrivateKey(check),
};

fn check(_: &Credential<'_, '_>, field: &PrivateKeyField<'_, '_>, _: &Settings, findings: &mut Findings) {
    let Err(PrivateKeyDefect::Syntax(defect)) = &field.key else { return };
    findings.push(
        Draft::new(
            field.pem.place_of_byte(defect.offset),
            defect.sentence("privateKey", "key"),
        )
        .label("can't be read from here")
        .help(format!(
            "The PEM itself is correct, so part of the value was probably lost or duplicated when it was copied. Copy \
             privateKey again from the downloaded file. If you no longer have it: {RENEW}",
        )),
    );
}

#[cfg(all(test, feature = "generate"))]
mod tests {
    use super::RULE;
    use crate::rules::synthetic::{Sample, findings, messages};
    use crate::rules::words::counted;

    #[test]
    fn the_place_is_named_and_no_byte_of_the_key() {
        let key = Sample::new().private_key;
        let said = |private_key| messages(&RULE, &Sample { private_key, ..Sample::new() }.document());
        assert_eq!(said(key.clone()), [""; 0]);
        assert_eq!(said([&key[..], &[0; 9]].concat()), [""; 0], "OpenSSL doesn't mind");
        assert_eq!(
            said(key[..key.len() - 16].to_vec()),
            [format!("the key in privateKey is cut off after {}", counted(key.len() - 16, "byte"))]
        );
        let other = vec![0x30, 0x05, 0x02, 0x01, 0x00, 0x05, 0x00];
        let document = Sample { private_key: other, ..Sample::new() }.document();
        let found = &findings(&RULE, &document)[0];
        assert_eq!(
            found.draft.message,
            "privateKey is not one key: at byte 5, there is a value of the wrong type"
        );
        let text = String::from_utf8(document).unwrap();
        let span = found.draft.place.span;
        // MAUCAQAFAA==: byte 5 begins in the seventh character.
        assert_eq!(&text[span.start - 6..span.end], "MAUCAQA");
    }

    #[test]
    fn no_change_to_a_byte_makes_any_rule_stumble() {
        let sample = Sample::new();
        let spoilt = |der: &[u8], at: usize, change: u8| {
            let mut der = der.to_vec();
            der[at] ^= change;
            der
        };
        for rule in crate::rules::all() {
            for at in (0..sample.private_key.len()).step_by(if rule.name == RULE.name { 1 } else { 41 }) {
                let private_key = spoilt(&sample.private_key, at, if at % 2 == 0 { 0x80 } else { 0xFF });
                messages(rule, &Sample { private_key, ..sample.clone() }.document());
            }
            for at in (0..sample.certificate.len()).step_by(23) {
                let certificate = spoilt(&sample.certificate, at, if at % 2 == 0 { 0x80 } else { 0xFF });
                messages(rule, &Sample { certificate, ..sample.clone() }.document());
                let cut = sample.certificate[..at].to_vec();
                messages(rule, &Sample { certificate: cut, ..sample.clone() }.document());
            }
        }
    }
}
