use crate::credential::{CertificateDefect, CertificateField, FormKind};
use crate::finding::{Draft, Findings, Level};
use crate::rule::{Basis, Check, Rule, Settings};

pub(super) const RULE: Rule = Rule {
    name: "certificate-syntax",
    level: Level::Error,
    basis: Basis::Damage,
    fixable: false,
    summary: "publicKey is not one DER-encoded X.509 certificate",
    explanation: "\
The PEM in `publicKey` is correct, but its content is not one certificate. Programs that watch the expiry date can't \
read it, and aemcred can't tell when it expires or whether it matches the private key.

Usually, part of the text was lost or duplicated when the value was copied by hand, or something else was put between \
the BEGIN and END lines.",
    example: "\
\"publicKey\": \"-----BEGIN CERTIFICATE-----\\r\\n… without its last lines …\\r\\n-----END CERTIFICATE-----\\r\\n\"",
    remedy: "\
Copy `publicKey` again from the downloaded file. If you no longer have it, open the technical account in the AEM \
Developer Console (Integrations tab) and download its service credentials again.",
    reference: "RFC 5280 section 4.1; ITU-T X.690 section 10",
    forms: FormKind::SERVICE,
    check: Check::Certificate(check),
};

fn check(field: &CertificateField<'_, '_>, _: &Settings, findings: &mut Findings) {
    let Err(CertificateDefect::Syntax(defect)) = &field.certificate else { return };
    findings.push(
        Draft::new(
            field.pem.place_of_byte(defect.offset),
            defect.sentence("publicKey", "certificate"),
        )
        .label("can't be read from here")
        .help(
            "The PEM itself is correct, so part of the value was probably lost or duplicated when it was copied. Copy \
             publicKey again from the downloaded file. If you no longer have it, open the technical account in the AEM \
             Developer Console (Integrations tab) and download its service credentials again.",
        ),
    );
}

#[cfg(all(test, feature = "generate"))]
mod tests {
    use super::RULE;
    use crate::rules::synthetic::{Sample, messages};

    #[test]
    fn what_is_not_one_certificate_is_reported_with_its_place() {
        let sample = Sample::new();
        let der = sample.certificate.clone();
        let said =
            |certificate: Vec<u8>| messages(&RULE, &Sample { certificate, ..Sample::new() }.document());
        assert_eq!(said(der.clone()), [""; 0]);
        let cut = der[..der.len() - 16].to_vec();
        let longer = [&der[..], &[0; 3]].concat();
        assert_eq!(
            said(cut.clone()),
            [format!("the certificate in publicKey is cut off after {} bytes", cut.len())]
        );
        assert_eq!(
            said(longer),
            [format!(
                "publicKey is not one certificate: at byte {}, more bytes follow after the certificate's end",
                der.len()
            )]
        );
        assert_eq!(
            said(vec![0x30, 0x03, 0x02, 0x01, 0x00]),
            ["publicKey is not one certificate: at byte 2, there is a value of the wrong type"]
        );
    }
}
