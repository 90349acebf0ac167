//! Defects of the certificate.

use chrono::{DateTime, TimeDelta, Utc};
use der::asn1::GeneralizedTime;
use x509_cert::time::Time;

use super::{Entry, Tampering};
use crate::generate::draft::Draft;
use crate::generate::key::KeyPair;
use crate::generate::{GenerateError, Specification, truncated};
use crate::secret::Secret;

pub(super) const DEFECTS: &[Entry] = &[
    (
        "certificate-syntax",
        Tampering::Blocks(|blocks, _| {
            blocks.public_key.bytes = truncated(&blocks.public_key.bytes);
            Ok(())
        }),
    ),
    ("certificate-expired", Tampering::Draft(|draft, specification| ends_in(draft, specification, -10))),
    (
        "certificate-expiry-imminent",
        Tampering::Draft(|draft, specification| ends_in(draft, specification, 2)),
    ),
    ("certificate-expiring", Tampering::Draft(|draft, specification| ends_in(draft, specification, 20))),
    (
        "certificate-not-yet-valid",
        Tampering::Draft(|draft, specification| {
            draft.set_validity(from_now(specification, 10)?, from_now(specification, 10 + YEAR)?)
        }),
    ),
    // Now can't lie between the two. Either the end is past or the beginning is to come; the latter is chosen,
    // and a checker is expected to let this rule stand for both and for the lifetime.
    (
        "certificate-validity-inverted",
        Tampering::Draft(|draft, specification| {
            draft.set_validity(from_now(specification, 200 + YEAR)?, from_now(specification, 200)?)
        }),
    ),
    (
        "certificate-lifetime",
        Tampering::Draft(|draft, specification| {
            draft.set_validity(from_now(specification, -5 * YEAR)?, from_now(specification, 5 * YEAR)?)
        }),
    ),
    ("certificate-time-encoding", Tampering::Draft(|draft, _| misencode_time(draft))),
    (
        "certificate-expiration-date",
        Tampering::Draft(|draft, _| {
            let later = draft.expiration_date.checked_add_signed(TimeDelta::days(1));
            draft.expiration_date = later.ok_or(GenerateError::Date)?;
            Ok(())
        }),
    ),
    // The last bit, so that the signature stays a number below the modulus.
    (
        "certificate-signature",
        Tampering::Blocks(|blocks, _| {
            let mut bytes = blocks.public_key.bytes.expose().clone();
            if let Some(last) = bytes.last_mut() {
                *last ^= 1;
            }
            blocks.public_key.bytes = Secret::new(bytes);
            Ok(())
        }),
    ),
    (
        "certificate-issuer",
        Tampering::Draft(|draft, specification| {
            draft.certificate.issuer = String::from("Synthetic Issuing CA");
            draft.certificate.signer = KeyPair::other(&specification.seed, specification.bits)?;
            Ok(())
        }),
    ),
    ("certificate-algorithm", Tampering::Values(|draft| draft.certificate.is_pss = true)),
];

/// The lifetime of an issued certificate in days. The specification's own is not used here: with another one, some
/// of these defects would bring others along.
const YEAR: i64 = 365;

fn ends_in(draft: &mut Draft, specification: &Specification, days: i64) -> Result<(), GenerateError> {
    draft.set_validity(from_now(specification, days - YEAR)?, from_now(specification, days)?)
}

fn from_now(specification: &Specification, days: i64) -> Result<DateTime<Utc>, GenerateError> {
    specification.now.checked_add_signed(TimeDelta::days(days)).ok_or(GenerateError::Date)
}

/// The end of the validity if it lies before 2050, otherwise the beginning.
fn misencode_time(draft: &mut Draft) -> Result<(), GenerateError> {
    let certificate = &mut draft.certificate;
    for time in [&mut certificate.not_after, &mut certificate.not_before] {
        if let Time::UtcTime(right) = time {
            *time = Time::GeneralTime(GeneralizedTime::from_date_time(right.to_date_time()));
            return Ok(());
        }
    }
    Err(GenerateError::Defect {
        rule: "certificate-time-encoding",
        reason: "both dates lie after 2049, where GeneralizedTime is right and UTCTime impossible",
    })
}
