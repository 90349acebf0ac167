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
    Entry {
        rule: "certificate-syntax",
        description: "a certificate without its last 16 bytes",
        tampering: Tampering::Blocks(|blocks, _| {
            blocks.public_key.bytes = truncated(&blocks.public_key.bytes);
            Ok(())
        }),
    },
    Entry {
        rule: "certificate-expired",
        description: "a certificate that expired 10 days ago",
        tampering: Tampering::Draft(|draft, specification| ends_in(draft, specification, -10)),
    },
    Entry {
        rule: "certificate-expiry-imminent",
        description: "a certificate that expires in 2 days",
        tampering: Tampering::Draft(|draft, specification| ends_in(draft, specification, 2)),
    },
    Entry {
        rule: "certificate-expiring",
        description: "a certificate that expires in 20 days",
        tampering: Tampering::Draft(|draft, specification| ends_in(draft, specification, 20)),
    },
    Entry {
        rule: "certificate-not-yet-valid",
        description: "a certificate that begins in 10 days",
        tampering: Tampering::Draft(|draft, specification| {
            draft.set_validity(from_now(specification, 10)?, from_now(specification, 10 + YEAR)?)
        }),
    },
    Entry {
        rule: "certificate-validity-inverted",
        description: "a certificate that ends in 200 days, a year before it begins",
        // Now can't lie between the two. Either the end is past or the beginning is to come; the latter is chosen,
        // and a checker is expected to let this rule stand for both and for the lifetime.
        tampering: Tampering::Draft(|draft, specification| {
            draft.set_validity(from_now(specification, 200 + YEAR)?, from_now(specification, 200)?)
        }),
    },
    Entry {
        rule: "certificate-lifetime",
        description: "a certificate that lives from 5 years ago to 5 years ahead",
        tampering: Tampering::Draft(|draft, specification| {
            draft.set_validity(from_now(specification, -5 * YEAR)?, from_now(specification, 5 * YEAR)?)
        }),
    },
    Entry {
        rule: "certificate-time-encoding",
        description: "a date before 2050 as GeneralizedTime",
        tampering: Tampering::Draft(|draft, _| misencode_time(draft)),
    },
    Entry {
        rule: "certificate-expiration-date",
        description: "a certificateExpirationDate one day after the certificate's end",
        tampering: Tampering::Draft(|draft, _| {
            let later = draft.expiration_date.checked_add_signed(TimeDelta::days(1));
            draft.expiration_date = later.ok_or(GenerateError::Date)?;
            Ok(())
        }),
    },
    Entry {
        rule: "certificate-signature",
        description: "a self-signed certificate with one bit of its signature changed",
        // The last bit, so that the signature stays a number below the modulus.
        tampering: Tampering::Blocks(|blocks, _| {
            let mut bytes = blocks.public_key.bytes.expose().clone();
            if let Some(last) = bytes.last_mut() {
                *last ^= 1;
            }
            blocks.public_key.bytes = Secret::new(bytes);
            Ok(())
        }),
    },
    Entry {
        rule: "certificate-issuer",
        description: "a certificate issued and signed by somebody else",
        tampering: Tampering::Draft(|draft, specification| {
            draft.certificate.issuer = String::from("Synthetic Issuing CA");
            draft.certificate.signer = KeyPair::other(&specification.seed, specification.bits)?;
            Ok(())
        }),
    },
    Entry {
        rule: "certificate-algorithm",
        description: "a certificate whose key is for RSASSA-PSS alone",
        tampering: Tampering::Values(|draft| draft.certificate.is_pss = true),
    },
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
