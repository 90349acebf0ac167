use crate::credential::{CertificateField, FormKind, TimeEncoding};
use crate::finding::{Draft, Findings, Level};
use crate::rule::{Basis, Check, Rule, Settings};
use crate::rules::words;

pub(super) const RULE: Rule = Rule {
    name: "certificate-time-encoding",
    level: Level::Warning,
    basis: Basis::Policy,
    fixable: false,
    summary: "a date in the certificate is not encoded as RFC 5280 requires",
    explanation: "\
RFC 5280 requires `UTCTime` for dates through 2049 and `GeneralizedTime` for later ones, both with seconds, without \
fractions, and with a final `Z`. Some programs refuse anything else, others read it differently. Then the same \
certificate is valid in one place and expired in another.

The AEM Developer Console follows RFC 5280, so this certificate was made by another program.",
    example: "\
\"publicKey\": \"-----BEGIN CERTIFICATE-----\\r\\n… notAfter: GeneralizedTime 20271023120000Z …\"",
    remedy: "\
If the certificate was issued by the AEM Developer Console, download the service credentials again. If you made it \
yourself, make it with a program that follows RFC 5280, such as OpenSSL.",
    reference: "RFC 5280 sections 4.1.2.5, 4.1.2.5.1 and 4.1.2.5.2",
    forms: FormKind::SERVICE,
    check: Check::Certificate(check),
};

fn check(field: &CertificateField<'_, '_>, _: &Settings, findings: &mut Findings) {
    let Ok(certificate) = &field.certificate else { return };
    let times = [("notBefore", certificate.not_before), ("notAfter", certificate.not_after)];
    let wrong = times.into_iter().filter_map(|(name, time)| {
        let how = match time.encoding {
            TimeEncoding::Regular => return None,
            TimeEncoding::GeneralizedTimeBefore2050 => {
                "as GeneralizedTime, although dates through 2049 must be UTCTime"
            }
            TimeEncoding::WithoutSeconds => "without seconds",
            TimeEncoding::Fraction => "with a fraction of a second",
            TimeEncoding::NotZulu => "with an offset from UTC or without the final Z",
        };
        Some(format!("its {name} ({}) is encoded {how}", words::instant(time.instant)))
    });
    // Whoever wrote one date wrong wrote the other wrong too: one finding.
    let wrong: Vec<String> = wrong.collect();
    if wrong.is_empty() {
        return;
    }
    findings.push(
        Draft::new(
            field.pem.begin(),
            format!("the certificate's dates are not encoded as RFC 5280 requires: {}", wrong.join(", and ")),
        )
        .label("nonstandard date encoding")
        .help(
            "Some programs refuse such a certificate, others read its dates differently. The AEM Developer Console \
             doesn't issue such certificates: download the service credentials again, or make the certificate with a \
             program that follows RFC 5280.",
        ),
    );
}

#[cfg(all(test, feature = "generate"))]
mod tests {
    use super::RULE;
    use crate::rules::synthetic::{Sample, messages};

    #[test]
    fn every_irregular_form_is_named() {
        for (tag, time, said) in [
            (0x17, "271023120000Z", None),
            (
                0x18,
                "20271023120000Z",
                Some("as GeneralizedTime, although dates through 2049 must be UTCTime"),
            ),
            (0x17, "2710231200Z", Some("without seconds")),
            (0x18, "20511023120000.5Z", Some("with a fraction of a second")),
            (0x17, "271023140000+0200", Some("with an offset from UTC or without the final Z")),
        ] {
            let mut sample = Sample::new();
            sample.rewrite_not_after(tag, time);
            let messages = messages(&RULE, &sample.document());
            assert_eq!(messages.len(), usize::from(said.is_some()), "{time}: {messages:?}");
            if let Some(said) = said {
                assert!(messages[0].ends_with(said), "{time}: {}", messages[0]);
            }
        }
    }
}
