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
    summary: "the certificate's period of validity begins more than 5 minutes from now",
    explanation: "\
Until `notBefore` the certificate counts for nothing, and Adobe refuses what is signed for it. The AEM Developer Console \
issues certificates that are valid at once, so either the clock of this machine is wrong, or the certificate wasn't \
issued by the console. Clocks that disagree by up to 5 minutes are no finding.",
    example: "\
\"publicKey\": \"-----BEGIN CERTIFICATE-----\\r\\n… notBefore: 10 days from now …\"",
    remedy: "\
Compare the clock of this machine with another one; a wrong clock also makes the requests for a token invalid. If the \
clock is right, download the service credentials again from the AEM Developer Console.",
    reference: "RFC 5280 section 4.1.2.5",
    forms: FormKind::SERVICE,
    check: Check::Certificate(check),
};

fn check(field: &CertificateField<'_, '_>, settings: &Settings<'_>, findings: &mut Findings) {
    let Ok(certificate) = &field.certificate else { return };
    let beginning = certificate.not_before.instant;
    if is_inverted(certificate) || certificate.validity().at(settings.now) != Phase::NotYetValid {
        return;
    }
    findings.push(
        Draft::new(
            field.pem.begin(),
            format!(
                "the certificate is valid only from {} on, {}",
                words::instant(beginning),
                words::distance(settings.now, beginning)
            ),
        )
        .label("not valid yet")
        .help(format!(
            "The AEM Developer Console issues certificates that are valid at once. The check assumes that it is {} now: \
             if that is wrong, correct the clock. Otherwise download the service credentials again.",
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
        assert!(messages[0].ends_with(" UTC on, in 5 minutes"), "{}", messages[0]);
    }
}
