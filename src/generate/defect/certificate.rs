//! Defects of the certificate.

use chrono::{DateTime, TimeDelta, Utc};
use der::asn1::GeneralizedTime;
use x509_cert::time::Time;

use super::{Row, Tampering};
use crate::generate::blueprint::Blueprint;
use crate::generate::key::KeyPair;
use crate::generate::{GenerateError, Specification, truncated};
use crate::secret::Secret;

pub(super) const DEFECTS: &[Row] = &[
    (
        "certificate-syntax",
        Tampering::Blocks(|blocks, _| {
            blocks.public_key.bytes = truncated(&blocks.public_key.bytes);
            Ok(())
        }),
    ),
    (
        "certificate-expired",
        Tampering::Blueprint(|blueprint, specification| ends_in(blueprint, specification, -10)),
    ),
    (
        "certificate-expiry-imminent",
        Tampering::Blueprint(|blueprint, specification| ends_in(blueprint, specification, 2)),
    ),
    (
        "certificate-expiring",
        Tampering::Blueprint(|blueprint, specification| ends_in(blueprint, specification, 20)),
    ),
    (
        "certificate-not-yet-valid",
        Tampering::Blueprint(|blueprint, specification| {
            blueprint.set_validity(from_now(specification, 10)?, from_now(specification, 10 + YEAR)?)
        }),
    ),
    // Now can't lie between the two. Either the end is past or the beginning is to come; the latter is chosen,
    // and a checker is expected to let this rule stand for both and for the lifetime.
    (
        "certificate-validity-inverted",
        Tampering::Blueprint(|blueprint, specification| {
            blueprint.set_validity(from_now(specification, 200 + YEAR)?, from_now(specification, 200)?)
        }),
    ),
    (
        "certificate-lifetime",
        Tampering::Blueprint(|blueprint, specification| {
            blueprint.set_validity(from_now(specification, -5 * YEAR)?, from_now(specification, 5 * YEAR)?)
        }),
    ),
    ("certificate-time-encoding", Tampering::Blueprint(|blueprint, _| misencode_time(blueprint))),
    (
        "certificate-expiration-date",
        Tampering::Blueprint(|blueprint, _| {
            let later = blueprint.expiration_date.checked_add_signed(TimeDelta::days(1));
            blueprint.expiration_date = later.ok_or(GenerateError::Date)?;
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
        Tampering::Blueprint(|blueprint, specification| {
            blueprint.certificate.issuer = String::from("Synthetic Issuing CA");
            blueprint.certificate.signer = KeyPair::other(&specification.seed, specification.bits)?;
            Ok(())
        }),
    ),
    ("certificate-algorithm", Tampering::Values(|blueprint| blueprint.certificate.is_pss = true)),
];

/// The lifetime of an issued certificate in days. The specification's own is not used here: with another one, some
/// of these defects would bring others along.
const YEAR: i64 = 365;

fn ends_in(blueprint: &mut Blueprint, specification: &Specification, days: i64) -> Result<(), GenerateError> {
    blueprint.set_validity(from_now(specification, days - YEAR)?, from_now(specification, days)?)
}

fn from_now(specification: &Specification, days: i64) -> Result<DateTime<Utc>, GenerateError> {
    specification.now.checked_add_signed(TimeDelta::days(days)).ok_or(GenerateError::Date)
}

/// The end of the validity if it lies before 2050, otherwise the beginning.
fn misencode_time(blueprint: &mut Blueprint) -> Result<(), GenerateError> {
    let certificate = &mut blueprint.certificate;
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
