use super::is_inverted;
use crate::credential::{CertificateField, FormKind};
use crate::finding::{Draft, Findings, Level};
use crate::rule::{Basis, Check, Rule, Settings};
use crate::rules::words::{self, RENEW};

pub(super) const RULE: Rule = Rule {
    name: "certificate-validity-inverted",
    level: Level::Error,
    basis: Basis::Damage,
    fixable: false,
    summary: "the certificate's notAfter is before its notBefore",
    explanation: "\
`notAfter` is before `notBefore`, so the certificate is never valid. The AEM Developer Console doesn't issue such \
certificates: this one was made or changed by another program.

The other rules about the certificate's dates don't apply then.",
    example: "\
\"publicKey\": \"-----BEGIN CERTIFICATE-----\\r\\n… notBefore: 2027-06-10, notAfter: 2026-06-10 …\"",
    remedy: "\
Create a new private key for the technical account in the AEM Developer Console (Integrations tab), and store the \
complete downloaded file.",
    reference: "RFC 5280 section 4.1.2.5",
    forms: FormKind::SERVICE,
    check: Check::Certificate(check),
};

fn check(field: &CertificateField<'_, '_>, _: &Settings, findings: &mut Findings) {
    let Ok(certificate) = &field.certificate else { return };
    if !is_inverted(certificate) {
        return;
    }
    let (begin, end) = (certificate.not_before.instant, certificate.not_after.instant);
    findings.push(
        Draft::new(
            field.pem.begin(),
            format!(
                "the certificate is never valid: it expires on {}, {} before it becomes valid on {}",
                words::instant(end),
                words::duration(begin - end),
                words::instant(begin)
            ),
        )
        .label("notAfter is before notBefore")
        .help(format!("The AEM Developer Console doesn't issue such certificates. {RENEW}")),
    );
}

#[cfg(all(test, feature = "generate"))]
mod tests {
    use chrono::TimeDelta;

    use super::RULE;
    use crate::rules::certificate::RULES;
    use crate::rules::synthetic::{Sample, messages_at};

    #[test]
    fn one_defect_is_one_finding_whatever_the_time() {
        let now = Sample::new().now;
        let year = TimeDelta::days(365);
        let sample = Sample::valid(now + year, now - TimeDelta::seconds(1));
        let document = sample.document();
        for now in [now - year * 2, now, now + year * 2] {
            for rule in RULES {
                let messages = messages_at(rule, &document, now);
                assert_eq!(
                    messages.len(),
                    usize::from(rule.name == RULE.name),
                    "{}: {messages:?}",
                    rule.name
                );
            }
        }
        let instant = Sample::valid(now, now).document();
        assert_eq!(messages_at(&RULE, &instant, now), [""; 0], "a single second is short but not inverted");
    }
}
