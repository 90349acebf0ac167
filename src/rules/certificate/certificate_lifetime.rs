use chrono::{DateTime, Datelike as _, NaiveDate, TimeDelta, Utc};

use super::is_inverted;
use crate::credential::{CertificateField, FormKind};
use crate::finding::{Draft, Findings, Level};
use crate::rule::{Basis, Check, Rule, Settings};
use crate::rules::words;

pub(super) const RULE: Rule = Rule {
    name: "certificate-lifetime",
    level: Level::Warning,
    basis: Basis::Policy,
    fixable: false,
    summary: "the certificate is not valid for one year, or has no expiry date",
    explanation: "\
The AEM Developer Console issues certificates for one year: 365 days or one calendar year, plus or minus one hour. A \
different lifetime means that the certificate was not issued by the console, so Adobe may not know it. A long lifetime \
also means that a stolen key can be used for longer.

In X.509, the date 9999-12-31 23:59:59 UTC means that a certificate has no expiry date.",
    example: "\
\"publicKey\": \"-----BEGIN CERTIFICATE-----\\r\\n… valid from 2021-11-23 to 2031-11-21 …\"",
    remedy: "\
If you made the certificate yourself, find out whether Adobe accepts it. Otherwise create a new private key for the \
technical account in the AEM Developer Console (Integrations tab), and store the complete downloaded file.",
    reference: "RFC 5280 section 4.1.2.5; https://experienceleague.adobe.com/docs/experience-manager-cloud-service/content/implementing/developing/generating-access-tokens-for-server-side-apis.html",
    forms: FormKind::SERVICE,
    check: Check::Certificate(check),
};

fn check(field: &CertificateField<'_, '_>, _: &Settings, findings: &mut Findings) {
    let Ok(certificate) = &field.certificate else { return };
    let (begin, end) = (certificate.not_before.instant, certificate.not_after.instant);
    if is_inverted(certificate) || is_one_year(begin, end) {
        return;
    }
    let message = if certificate.validity().never_ends() {
        String::from("the certificate has no expiry date: its notAfter is 9999-12-31 23:59:59 UTC")
    } else {
        format!(
            "the certificate is valid for {}, from {} to {}, instead of one year",
            words::duration(end - begin),
            words::instant(begin),
            words::instant(end)
        )
    };
    findings.push(Draft::new(field.pem.begin(), message).label("not one year").help(
        "The AEM Developer Console issues certificates for one year, so this one may come from somewhere else, and \
         Adobe may not know it. Compare it with the technical account's certificates in the console (Integrations \
         tab).",
    ));
}

/// Whether the period is 365 days or a calendar year. Calendars map 29 February to the day before or after.
fn is_one_year(begin: DateTime<Utc>, end: DateTime<Utc>) -> bool {
    const ROUNDING: TimeDelta = TimeDelta::hours(1);
    let anniversary = |month, day| {
        NaiveDate::from_ymd_opt(begin.year() + 1, month, day)
            .map(|date| date.and_time(begin.time()).and_utc())
    };
    let anniversaries = match (begin.month(), begin.day()) {
        (2, 29) => [anniversary(2, 28), anniversary(3, 1)],
        (month, day) => [anniversary(month, day), None],
    };
    let year_of_365_days = begin.checked_add_signed(TimeDelta::days(365));
    let mut candidates = anniversaries.into_iter().flatten().chain(year_of_365_days);
    candidates.any(|candidate| (end - candidate).abs() <= ROUNDING)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_year_is_365_days_or_a_calendar_year_and_an_hour_is_allowed() {
        for (begin, end, one_year) in [
            ("2020-11-27T12:02:41Z", "2021-11-27T12:02:41Z", true),
            // Over a leap day: the public sample of 2023, and the calendar year.
            ("2023-03-07T00:33:34Z", "2024-03-06T00:33:34Z", true),
            ("2023-03-07T00:33:34Z", "2024-03-07T00:33:34Z", true),
            ("2023-03-07T00:33:34Z", "2024-03-08T00:33:34Z", false),
            ("2024-02-29T00:00:00Z", "2025-02-28T00:00:00Z", true),
            ("2024-02-29T00:00:00Z", "2025-03-01T00:00:00Z", true),
            ("2024-02-29T00:00:00Z", "2025-03-02T00:00:00Z", false),
            ("2024-02-29T00:00:00Z", "2025-02-27T00:00:00Z", false),
            ("2023-03-01T00:00:00Z", "2024-02-29T00:00:00Z", true),
            ("2025-01-01T00:00:00Z", "2026-01-01T01:00:00Z", true),
            ("2025-01-01T00:00:00Z", "2026-01-01T01:00:01Z", false),
            ("2025-01-01T00:00:00Z", "2025-12-31T23:00:00Z", true),
            ("2025-01-01T00:00:00Z", "2025-12-31T22:59:59Z", false),
            ("2025-01-01T00:00:00Z", "2025-01-01T00:00:00Z", false),
            ("2025-01-01T00:00:00Z", "9999-12-31T23:59:59Z", false),
            ("9999-06-01T00:00:00Z", "9999-12-31T23:59:59Z", false),
            ("0000-02-29T00:00:00Z", "0001-02-28T00:00:00Z", true),
        ] {
            assert_eq!(
                is_one_year(begin.parse().unwrap(), end.parse().unwrap()),
                one_year,
                "{begin} to {end}"
            );
        }
    }
}

#[cfg(all(test, feature = "generate"))]
mod messages {
    use super::*;
    use crate::rules::synthetic::{Sample, messages};

    #[test]
    fn no_expiry_is_named_as_such() {
        let begin = Sample::new().not_before;
        let said = |end: &str| messages(&RULE, &Sample::valid(begin, end.parse().unwrap()).document());
        assert_eq!(
            said("9999-12-31T23:59:59Z"),
            ["the certificate has no expiry date: its notAfter is 9999-12-31 23:59:59 UTC"]
        );
        assert_eq!(
            said("2036-10-20T12:00:00Z"),
            [
                "the certificate is valid for 3,650 days, from 2026-10-23 12:00:00 UTC to 2036-10-20 12:00:00 UTC, \
                 instead of one year"
            ]
        );
    }
}
