//! The times in a certificate, and whether they are written as RFC 5280 section 4.1.2.5 asks.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use crate::credential::der::Tag;

/// One end of a validity period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CertificateTime {
    /// The instant.
    pub instant: DateTime<Utc>,
    /// How it is written.
    pub encoding: TimeEncoding,
}

/// How a time is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeEncoding {
    /// As RFC 5280 section 4.1.2.5 asks.
    Regular,
    /// `GeneralizedTime` for a date through 2049, which must be `UTCTime`.
    GeneralizedTimeBefore2050,
    /// Without seconds.
    WithoutSeconds,
    /// With a fraction of a second.
    Fraction,
    /// With an offset, or without the `Z`.
    NotZulu,
}

impl CertificateTime {
    /// Reads the contents of a `UTCTime` or `GeneralizedTime`, in any spelling that readers in use accept.
    pub(super) fn read(tag: Tag, contents: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(contents).ok().filter(|text| text.is_ascii())?;
        let (year, rest) = match tag {
            Tag::UTC_TIME => {
                let year: i32 = digits(text, 2)?.try_into().ok()?;
                // RFC 5280 section 4.1.2.5.1: 50 to 99 are 19YY, 00 to 49 are 20YY.
                (if year >= 50 { 1900 + year } else { 2000 + year }, &text[2..])
            }
            Tag::GENERALIZED_TIME => (digits(text, 4)?.try_into().ok()?, &text[4..]),
            _ => return None,
        };
        let (month, day, hour, minute) = (
            digits(rest, 2)?,
            digits(rest.get(2..)?, 2)?,
            digits(rest.get(4..)?, 2)?,
            digits(rest.get(6..)?, 2)?,
        );
        let rest = rest.get(8..)?;
        let (second, rest, seconds) = match digits(rest, 2) {
            Some(second) => (second, &rest[2..], true),
            None => (0, rest, false),
        };
        let fraction =
            rest.strip_prefix(['.', ',']).map(|tail| tail.trim_start_matches(|c: char| c.is_ascii_digit()));
        let zone = fraction.unwrap_or(rest);
        let offset = match zone.as_bytes() {
            b"Z" | b"" => 0,
            [sign @ (b'+' | b'-'), hours_and_minutes @ ..] if hours_and_minutes.len() == 4 => {
                let (hours, minutes) = (digits(&zone[1..], 2)?, digits(&zone[3..], 2)?);
                let total = i64::from(hours * 60 + minutes);
                if *sign == b'-' { -total } else { total }
            }
            _ => return None,
        };
        let local = NaiveDate::from_ymd_opt(year, month, day)?.and_hms_opt(hour, minute, second)?;
        let instant = local.checked_sub_signed(TimeDelta::minutes(offset))?.and_utc();
        let encoding = if zone != "Z" {
            TimeEncoding::NotZulu
        } else if !seconds {
            TimeEncoding::WithoutSeconds
        } else if fraction.is_some() {
            TimeEncoding::Fraction
        } else if tag == Tag::GENERALIZED_TIME && year < 2050 {
            TimeEncoding::GeneralizedTimeBefore2050
        } else {
            TimeEncoding::Regular
        };
        Some(Self { instant, encoding })
    }
}

fn digits(text: &str, count: usize) -> Option<u32> {
    let digits = text.get(..count).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))?;
    digits.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_is_read_and_named() {
        use TimeEncoding as E;
        for (tag, text, instant, encoding) in [
            (Tag::UTC_TIME, "201127120241Z", "2020-11-27T12:02:41Z", E::Regular),
            (Tag::UTC_TIME, "491231235959Z", "2049-12-31T23:59:59Z", E::Regular),
            (Tag::UTC_TIME, "500101000000Z", "1950-01-01T00:00:00Z", E::Regular),
            (Tag::GENERALIZED_TIME, "20500101000000Z", "2050-01-01T00:00:00Z", E::Regular),
            (Tag::GENERALIZED_TIME, "99991231235959Z", "9999-12-31T23:59:59Z", E::Regular),
            (Tag::GENERALIZED_TIME, "20491231235959Z", "2049-12-31T23:59:59Z", E::GeneralizedTimeBefore2050),
            (Tag::UTC_TIME, "2011271202Z", "2020-11-27T12:02:00Z", E::WithoutSeconds),
            (Tag::GENERALIZED_TIME, "20510101000000.5Z", "2051-01-01T00:00:00Z", E::Fraction),
            (Tag::UTC_TIME, "201127120241+0130", "2020-11-27T10:32:41Z", E::NotZulu),
            (Tag::GENERALIZED_TIME, "20510101000000", "2051-01-01T00:00:00Z", E::NotZulu),
        ] {
            let read = CertificateTime::read(tag, text.as_bytes()).unwrap();
            assert_eq!(read.instant.to_rfc3339_opts(chrono::SecondsFormat::Secs, true), instant, "{text}");
            assert_eq!(read.encoding, encoding, "{text}");
        }
        for (tag, text) in [
            (Tag::UTC_TIME, ""),
            (Tag::UTC_TIME, "201327120241Z"),
            (Tag::UTC_TIME, "200230120241Z"),
            (Tag::UTC_TIME, "20112712024"),
            (Tag::GENERALIZED_TIME, "2020112712024é"),
            (Tag::GENERALIZED_TIME, "20201127120241+1"),
            (Tag::INTEGER, "201127120241Z"),
        ] {
            assert_eq!(CertificateTime::read(tag, text.as_bytes()), None, "{text}");
        }
    }
}
