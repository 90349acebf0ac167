use super::{Ending, report_ending};
use crate::credential::{CertificateField, FormKind};
use crate::finding::{Findings, Level};
use crate::rule::{Basis, Check, Rule, Settings};
use crate::rules::words::RENEW;

pub(super) const RULE: Rule = Rule {
    name: "certificate-expiring",
    level: Level::Warning,
    basis: Basis::Policy,
    fixable: false,
    summary: "the certificate expires within 30 days (`--expiring` changes this)",
    explanation: "\
Everything still works. When the certificate expires, Adobe issues no more access tokens for this credential. A \
credential can't be extended, only replaced. Adobe also starts to send reminders 30 days before, but the people who \
get them may have left the project.",
    example: "\
\"publicKey\": \"-----BEGIN CERTIFICATE-----\\r\\n… notAfter: 20 days from now …\",
\"certificateExpirationDate\": \"2026-12-12T12:00:00.000Z\"",
    remedy: "\
Plan the renewal: create a new private key for the same technical account in the AEM Developer Console (Integrations \
tab), download the service credentials, and replace the old file everywhere. The old key stays valid until it expires, \
so you can switch without downtime.",
    reference: "RFC 5280 section 4.1.2.5; https://experienceleague.adobe.com/docs/experience-manager-cloud-service/content/implementing/developing/generating-access-tokens-for-server-side-apis.html",
    forms: FormKind::SERVICE,
    check: Check::Certificate(check),
};

fn check(field: &CertificateField<'_, '_>, settings: &Settings, findings: &mut Findings) {
    let help = format!("{RENEW} The old key stays valid until then, so you can switch without downtime.");
    report_ending(Ending::Near, "expires soon", help, field, settings, findings);
}

#[cfg(all(test, feature = "generate"))]
mod tests {
    use chrono::{DateTime, TimeDelta, Utc};

    use super::super::certificate_expired::RULE as EXPIRED;
    use super::super::certificate_expiry_imminent::RULE as IMMINENT;
    use super::RULE as NEAR;
    use crate::rules::synthetic::{Sample, messages_at};

    /// Which of the three rules speaks, and what it says, that long before the second of notAfter.
    fn said(before: TimeDelta) -> Option<(&'static str, String)> {
        let sample = Sample::new();
        let document = sample.document();
        let end: DateTime<Utc> = sample.not_after;
        let mut all = [&EXPIRED, &IMMINENT, &NEAR].into_iter().flat_map(|rule| {
            messages_at(rule, &document, end - before).into_iter().map(|message| (rule.name, message))
        });
        let first = all.next();
        assert_eq!(all.next(), None, "only the strongest is reported");
        first
    }

    #[test]
    fn boundaries_hold_to_the_second() {
        let second = TimeDelta::seconds(1);
        for (before, rule, distance) in [
            (TimeDelta::days(30) + second, None, ""),
            (TimeDelta::days(30), Some(NEAR.name), "in 30 days"),
            (TimeDelta::days(3) + second, Some(NEAR.name), "in 3 days"),
            (TimeDelta::days(3), Some(IMMINENT.name), "in 3 days"),
            (second, Some(IMMINENT.name), "in 1 second"),
            (TimeDelta::zero(), Some(IMMINENT.name), "right now"),
            (-TimeDelta::milliseconds(500), Some(EXPIRED.name), "1 second ago"),
            (-second, Some(EXPIRED.name), "1 second ago"),
            (-TimeDelta::days(10), Some(EXPIRED.name), "10 days ago"),
        ] {
            let found = said(before);
            assert_eq!(found.as_ref().map(|(rule, _)| *rule), rule, "{before}");
            if let Some((_, message)) = found {
                assert!(message.ends_with(&format!(" UTC, {distance}")), "{before}: {message}");
            }
        }
    }
}
