use super::is_inverted;
use crate::credential::{CertificateField, FormKind, Phase};
use crate::finding::{Draft, Findings, Level};
use crate::rule::{Basis, Check, Rule, Settings};
use crate::rules::words;

pub(super) const RULE: Rule = Rule {
    name: "certificate-not-yet-valid",
    level: Level::Error,
    basis: Basis::Service,
    fixable: false,
    summary: "the certificate becomes valid more than 5 minutes from now",
    explanation: "\
Before `notBefore` the certificate is not valid, and Adobe refuses requests that are signed with its key. The AEM \
Developer Console issues certificates that are valid immediately. So either this machine's clock is wrong, or the \
certificate was not issued by the console. Clock differences of up to 5 minutes are accepted.",
    example: "\
\"publicKey\": \"-----BEGIN CERTIFICATE-----\\r\\n… notBefore: 10 days from now …\"",
    remedy: "\
Check this machine's clock. A wrong clock also makes requests for a token invalid. If the clock is right, download the \
service credentials again from the AEM Developer Console.",
    reference: "RFC 5280 section 4.1.2.5",
    forms: FormKind::SERVICE,
    check: Check::Certificate(check),
};

fn check(field: &CertificateField<'_, '_>, settings: &Settings, findings: &mut Findings) {
    let Ok(certificate) = &field.certificate else { return };
    let beginning = certificate.not_before.instant;
    if is_inverted(certificate) || certificate.validity().at(settings.now) != Phase::NotYetValid {
        return;
    }
    findings.push(
        Draft::new(
            field.pem.begin(),
            format!(
                "the certificate becomes valid on {}, {}",
                words::instant(beginning),
                words::distance(settings.now, beginning)
            ),
        )
        .label("not valid yet")
        .help(format!(
            "The AEM Developer Console issues certificates that are valid immediately. aemcred assumes that it is {} \
             now: if that is wrong, correct the clock. Otherwise download the service credentials again.",
            words::instant(settings.now)
        )),
    );
}

#[cfg(all(test, feature = "generate"))]
mod tests {
    use chrono::TimeDelta;

    use super::*;
    use crate::rules::synthetic::{Sample, messages_at};

    #[test]
    fn five_minutes_of_skew_are_allowed_to_the_second() {
        let sample = Sample::new();
        let document = sample.document();
        let said = |before| messages_at(&RULE, &document, sample.not_before - before);
        assert_eq!(said(TimeDelta::minutes(5)), [""; 0]);
        let messages = said(TimeDelta::seconds(301));
        assert_eq!(messages.len(), 1);
        assert!(messages[0].ends_with(" UTC, in 5 minutes"), "{}", messages[0]);
    }
}
