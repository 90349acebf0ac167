use std::cmp::Ordering;

use chrono::{DateTime, TimeDelta, Timelike as _, Utc};

use crate::credential::{Credential, Field, FormKind};
use crate::finding::{Draft, Findings, Level};
use crate::rule::{Basis, Check, Rule, Settings};
use crate::rules::words;

pub(super) const RULE: Rule = Rule {
    name: "certificate-expiration-date",
    level: Level::Warning,
    basis: Basis::Policy,
    fixable: false,
    summary: "certificateExpirationDate is not a date and time with a time zone, or differs from the certificate's \
              notAfter",
    explanation: "\
Newer service credentials have `certificateExpirationDate`, so that programs can tell when to renew without reading \
the certificate. It must be an ISO 8601 date and time with a time zone, and equal to the certificate's `notAfter` to \
the second. If it isn't, reminders come at the wrong time, and the credential may expire without notice. Adobe's \
client doesn't read this field.

Most often, the private key and the certificate were replaced and this field was forgotten.",
    example: "\
\"publicKey\": \"-----BEGIN CERTIFICATE-----\\r\\n… notAfter: 2027-10-23 12:00:00 UTC …\",
\"certificateExpirationDate\": \"2026-10-23T12:00:00.000Z\"",
    remedy: "\
Take all fields from the same download. If only this field is wrong, set it to the certificate's `notAfter`, for \
example `2027-10-23T12:00:00.000Z`.",
    reference: "RFC 3339 section 5.6; RFC 5280 section 4.1.2.5",
    forms: FormKind::SERVICE,
    check: Check::Credential(check),
};

fn check(credential: &Credential<'_, '_>, _: &Settings, findings: &mut Findings) {
    let Some((text, place)) = credential.text(Field::CertificateExpirationDate) else { return };
    let date = match instant(text.as_str()) {
        Ok(date) => date,
        Err(flaw) => {
            findings.push(
                Draft::new(place, format!("certificateExpirationDate is not a valid date and time: {}", flaw.words()))
                    .label("not an ISO 8601 date and time with a time zone")
                    .help(
                        "Reminders that use this field can't read it. Write the certificate's notAfter in the form \
                         2027-10-23T12:00:00.000Z.",
                    ),
            );
            return;
        }
    };
    let field = credential.certificate.as_ref();
    let Some((field, certificate)) = field.and_then(|field| Some((field, field.certificate.as_ref().ok()?)))
    else {
        return;
    };
    let end = certificate.not_after.instant;
    // chrono counts a leap second as nanoseconds of the one before it; here it is a second of its own.
    let leap = i64::from(date.nanosecond() / 1_000_000_000);
    let late = TimeDelta::seconds(date.timestamp() + leap - end.timestamp());
    let relation = match late.cmp(&TimeDelta::zero()) {
        Ordering::Equal => return,
        Ordering::Less => "before",
        Ordering::Greater => "after",
    };
    findings.push(
        Draft::new(
            place,
            format!(
                "certificateExpirationDate is {}, {} {relation} the certificate expires on {}",
                words::instant(date),
                words::duration(late),
                words::instant(end)
            ),
        )
        .label("not when the certificate expires")
        .related(field.pem.begin(), format!("this certificate expires on {}", words::instant(end)))
        .help(
            "Reminders that use this field come at the wrong time. If the certificate was replaced and this field was \
             not, store the complete new download. Otherwise set this field to the certificate's notAfter.",
        ),
    );
}

/// What is missing from an instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Flaw {
    Number,
    DateOnly,
    NoZone,
    Form,
    NoSuchTime,
}

impl Flaw {
    const fn words(self) -> &'static str {
        match self {
            Self::Number => "it is a number, such as seconds or milliseconds since 1970",
            Self::DateOnly => "it is a date without a time",
            Self::NoZone => "it has no time zone, such as a final Z",
            Self::Form => "it is not in ISO 8601 form, such as 2027-10-23T12:00:00.000Z",
            Self::NoSuchTime => "this date or time does not exist",
        }
    }
}

/// Reads an instant of ISO 8601, in its extended form (which RFC 3339 takes up) or its basic one.
///
/// chrono's own parsers are laxer: they skip blanks between the parts and take numbers of any length.
fn instant(text: &str) -> Result<DateTime<Utc>, Flaw> {
    // White space around values is field-whitespace's to report.
    let text = text.trim();
    let mut rest = Digits(text);
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) && text.len() != 8 {
        return Err(Flaw::Number);
    }
    let (year, extended) = (rest.take(4)?, rest.skip("-"));
    let month = rest.take(2)?;
    if extended && !rest.skip("-") {
        return Err(Flaw::Form);
    }
    let day = rest.take(2)?;
    if rest.0.is_empty() {
        return Err(Flaw::DateOnly);
    }
    if !["T", "t", " "].into_iter().any(|separator| rest.skip(separator)) {
        return Err(Flaw::Form);
    }
    let hour = rest.take(2)?;
    let extended = rest.skip(":");
    let minute = rest.take(2)?;
    let more = if extended { rest.skip(":") } else { rest.0.starts_with(|c: char| c.is_ascii_digit()) };
    let second = if more { rest.take(2)? } else { "00" };
    if more && (rest.skip(".") || rest.skip(",")) {
        // Fractions are finer than what a certificate has.
        let digits = rest.0.bytes().take_while(u8::is_ascii_digit).count();
        if digits == 0 {
            return Err(Flaw::Form);
        }
        rest = Digits(&rest.0[digits..]);
    }
    let zone = match rest.0 {
        "" => return Err(Flaw::NoZone),
        "Z" | "z" => String::from("+00:00"),
        _ => {
            let sign = if rest.skip("+") {
                '+'
            } else if rest.skip("-") || rest.skip("\u{2212}") {
                '-'
            } else {
                return Err(Flaw::Form);
            };
            let hours = rest.take(2)?;
            let minutes = if rest.skip(":") || !rest.0.is_empty() { rest.take(2)? } else { "00" };
            format!("{sign}{hours}:{minutes}")
        }
    };
    if !matches!(rest.0, "" | "Z" | "z") {
        return Err(Flaw::Form);
    }
    let canonical = format!("{year}-{month}-{day}T{hour}:{minute}:{second}{zone}");
    DateTime::parse_from_rfc3339(&canonical).map(|date| date.to_utc()).map_err(|_| Flaw::NoSuchTime)
}

/// A text that is read from its beginning.
struct Digits<'t>(&'t str);

impl<'t> Digits<'t> {
    /// Exactly `count` digits.
    fn take(&mut self, count: usize) -> Result<&'t str, Flaw> {
        let (digits, rest) = self.0.split_at_checked(count).ok_or(Flaw::Form)?;
        if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(Flaw::Form);
        }
        self.0 = rest;
        Ok(digits)
    }

    /// Whether `mark` came next.
    fn skip(&mut self, mark: &str) -> bool {
        let rest = self.0.strip_prefix(mark);
        self.0 = rest.unwrap_or(self.0);
        rest.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_to_write_an_instant_is_read() {
        for text in [
            "2024-03-06T00:33:34.000Z",
            "2024-03-06T00:33:34Z",
            "2024-03-06t00:33:34z",
            "2024-03-06 00:33:34Z",
            "2024-03-06T00:33:34.999999999999Z",
            "2024-03-06T00:33:34,5Z",
            "2024-03-06T01:33:34+01:00",
            "2024-03-05T19:03:34-05:30",
            "2024-03-05T19:03:34\u{2212}05:30",
            "2024-03-06T02:33:34+0200",
            "2024-03-06T02:33:34+02",
            "20240306T003334Z",
            "20240306T013334+0100",
            " 2024-03-06T00:33:34Z\n",
        ] {
            assert_eq!(instant(text).map(|date| date.timestamp()), Ok(1_709_685_214), "{text}");
        }
        assert_eq!(instant("2024-03-06T00:33Z").map(|date| date.timestamp()), Ok(1_709_685_180));
    }

    #[test]
    fn anything_else_is_told_what_it_lacks() {
        for (text, flaw) in [
            ("2024-03-06", Flaw::DateOnly),
            ("20240306", Flaw::DateOnly),
            ("2024-03-06T00:33:34", Flaw::NoZone),
            ("2024-03-06T00:33:34.000", Flaw::NoZone),
            ("2024-03-06T00:33", Flaw::NoZone),
            ("1709685214", Flaw::Number),
            ("1709685214000", Flaw::Number),
            ("2024-02-30T00:00:00Z", Flaw::NoSuchTime),
            ("2024-13-01T00:00:00Z", Flaw::NoSuchTime),
            ("2024-03-06T24:33:34Z", Flaw::NoSuchTime),
            ("2024-03-06T00:33:34+25:00", Flaw::NoSuchTime),
            ("", Flaw::Form),
            ("tomorrow", Flaw::Form),
            ("March 6, 2024", Flaw::Form),
            ("Wed Mar 06 2024 00:33:34 GMT+0000", Flaw::Form),
            ("06.03.2024 00:33", Flaw::Form),
            ("2024-3-6T0:33:34Z", Flaw::Form),
            ("2024-03- 6T00:33:34Z", Flaw::Form),
            ("2024-0306T00:33:34Z", Flaw::Form),
            ("2024-03-06T00:33:34.Z", Flaw::Form),
            ("2024-03-06T00:33:34ZZ", Flaw::Form),
            ("2024-03-06T00:33:34 UTC", Flaw::Form),
            ("2024-03-06T00:33:34+1", Flaw::Form),
            ("+12024-03-06T00:33:34Z", Flaw::Form),
            ("２０２４-03-06T00:33:34Z", Flaw::Form),
            ("2024-03-06T00:33:34é", Flaw::Form),
        ] {
            assert_eq!(instant(text), Err(flaw), "{text}");
        }
    }
}

#[cfg(all(test, feature = "generate"))]
mod against_the_certificate {
    use super::RULE;
    use crate::rules::synthetic::{Sample, messages};

    fn said(date: &str) -> Vec<String> {
        messages(&RULE, &Sample { expiration_date: date.to_owned(), ..Sample::new() }.document())
    }

    #[test]
    fn the_second_counts() {
        assert_eq!(said("2027-10-23T12:00:00.000Z"), [""; 0]);
        assert_eq!(said("2027-10-23T14:00:00.9+02:00"), [""; 0]);
        // The leap second of the minute before is as long as any other.
        assert_eq!(said("2027-10-23T11:59:60Z"), [""; 0]);
        for (date, shown, relation) in [
            ("2027-10-23T12:00:01.000Z", "2027-10-23 12:00:01 UTC", "1 second after"),
            ("2027-10-23T11:59:59.000Z", "2027-10-23 11:59:59 UTC", "1 second before"),
            ("2027-10-24T12:00:00.000Z", "2027-10-24 12:00:00 UTC", "24 hours after"),
            ("2026-10-23T12:00:00.000Z", "2026-10-23 12:00:00 UTC", "365 days before"),
        ] {
            assert_eq!(
                said(date),
                [format!(
                    "certificateExpirationDate is {shown}, {relation} the certificate expires on 2027-10-23 12:00:00 UTC"
                )],
                "{date}"
            );
        }
    }

    #[test]
    fn without_a_certificate_only_the_form_counts() {
        let said = |date: &str| {
            let sample =
                Sample { certificate: vec![0x30, 0], expiration_date: date.to_owned(), ..Sample::new() };
            messages(&RULE, &sample.document())
        };
        assert_eq!(said("1999-01-01T00:00:00Z"), [""; 0]);
        assert_eq!(
            said("1999-01-01T00:00:00"),
            [
                "certificateExpirationDate is not a valid date and time: it has no time zone, such as a final Z"
            ]
        );
    }
}
