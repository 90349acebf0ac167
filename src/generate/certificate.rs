//! The certificate: from values to signed DER, laid out as the one that Adobe documents.
//!
//! Owns: the certificate's fields, extensions and times. Does not own: which values they have.
//!
//! The model is the certificate in the README of `adobe/aemcs-api-client-lib`: version 3, a serial number of 9 bytes,
//! common names as `PrintableString`, three extensions of which none is critical, no key identifiers.

use std::time::Duration;

use chrono::{DateTime, Utc};
use der::asn1::{
    Any, BitString, GeneralizedTime, Ia5String, ObjectIdentifier, OctetString, PrintableStringRef, SetOfVec,
    UtcTime,
};
use der::oid::AssociatedOid;
use der::{Decode, Encode};
use rand_chacha::rand_core::RngCore;
use x509_cert::attr::AttributeTypeAndValue;
use x509_cert::certificate::{Certificate, TbsCertificate, Version};
use x509_cert::ext::Extension;
use x509_cert::ext::pkix::name::GeneralName;
use x509_cert::ext::pkix::{BasicConstraints, KeyUsage, KeyUsages, SubjectAltName};
use x509_cert::name::{Name, RdnSequence, RelativeDistinguishedName};
use x509_cert::serial_number::SerialNumber;
use x509_cert::spki::AlgorithmIdentifierOwned;
use x509_cert::time::{Time, Validity};

use super::GenerateError;
use super::key::KeyPair;
use super::seed::{Purpose, Seed};

/// RFC 8017 appendix A.2.4.
const SHA256_WITH_RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.11");
/// RFC 4055 section 1.2: a key for RSASSA-PSS alone.
const RSASSA_PSS: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.10");
/// X.520.
const COMMON_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.3");

/// The subject alternative name in every issued certificate.
const ALTERNATIVE_NAME: &str = "http://example.org/webid#me";

/// RFC 5280 section 4.1.2.5: dates from this year on are `GeneralizedTime`, those before it `UTCTime`.
const FIRST_YEAR_OF_GENERALIZED_TIME: u16 = 2050;

/// A certificate before it is signed.
pub(super) struct CertificateBlueprint {
    pub(super) serial: [u8; 9],
    /// The common names.
    pub(super) issuer: String,
    pub(super) subject: String,
    pub(super) not_before: Time,
    pub(super) not_after: Time,
    /// The key that is certified.
    pub(super) key: KeyPair,
    /// The key that signs: the same one, if the certificate is self-signed.
    pub(super) signer: KeyPair,
    /// Whether the certified key is said to be for RSASSA-PSS alone.
    pub(super) is_pss: bool,
}

impl CertificateBlueprint {
    /// Encodes and signs.
    pub(super) fn der(&self) -> Result<Vec<u8>, GenerateError> {
        let algorithm = AlgorithmIdentifierOwned { oid: SHA256_WITH_RSA, parameters: Some(Any::null()) };
        let mut public_key = self.key.public_key_info()?;
        if self.is_pss {
            public_key.algorithm = AlgorithmIdentifierOwned { oid: RSASSA_PSS, parameters: None };
        }
        let tbs_certificate = TbsCertificate {
            version: Version::V3,
            serial_number: SerialNumber::new(&self.serial)?,
            signature: algorithm.clone(),
            issuer: name(&self.issuer)?,
            validity: Validity { not_before: self.not_before, not_after: self.not_after },
            subject: name(&self.subject)?,
            subject_public_key_info: public_key,
            issuer_unique_id: None,
            subject_unique_id: None,
            extensions: Some(extensions()?),
        };
        let signature = self.signer.sign_sha256(&tbs_certificate.to_der()?)?;
        let signature = BitString::from_bytes(&signature)?;
        Ok(Certificate { tbs_certificate, signature_algorithm: algorithm, signature }.to_der()?)
    }
}

/// A positive serial number that fills 9 bytes.
pub(super) fn serial(seed: &Seed) -> [u8; 9] {
    let mut serial = [0; 9];
    seed.stream(Purpose::Serial).fill_bytes(&mut serial);
    // Neither negative nor with a leading zero that DER would drop.
    serial[0] = serial[0] & 0x7F | 0x40;
    serial
}

/// `instant` in the form that RFC 5280 section 4.1.2.5 demands.
pub(super) fn time(instant: DateTime<Utc>) -> Result<Time, GenerateError> {
    let seconds = u64::try_from(instant.timestamp()).map_err(|_| GenerateError::Date)?;
    let time =
        der::DateTime::from_unix_duration(Duration::from_secs(seconds)).map_err(|_| GenerateError::Date)?;
    Ok(if time.year() < FIRST_YEAR_OF_GENERALIZED_TIME {
        Time::UtcTime(UtcTime::from_date_time(time)?)
    } else {
        Time::GeneralTime(GeneralizedTime::from_date_time(time))
    })
}

/// The certified public key of a certificate, as DER.
pub(super) fn public_key_of(certificate: &[u8]) -> Result<Vec<u8>, GenerateError> {
    Ok(Certificate::from_der(certificate)?.tbs_certificate.subject_public_key_info.to_der()?)
}

fn name(common_name: &str) -> Result<Name, GenerateError> {
    let value = Any::from(PrintableStringRef::new(common_name)?);
    let attribute = AttributeTypeAndValue { oid: COMMON_NAME, value };
    Ok(RdnSequence(vec![RelativeDistinguishedName(SetOfVec::try_from(vec![attribute])?)]))
}

fn extensions() -> Result<Vec<Extension>, GenerateError> {
    let usage = KeyUsages::DigitalSignature
        | KeyUsages::NonRepudiation
        | KeyUsages::KeyEncipherment
        | KeyUsages::DataEncipherment
        | KeyUsages::KeyCertSign;
    let alternative_name = GeneralName::UniformResourceIdentifier(Ia5String::new(ALTERNATIVE_NAME)?);
    Ok(vec![
        extension(&BasicConstraints { ca: true, path_len_constraint: None })?,
        extension(&KeyUsage(usage))?,
        extension(&SubjectAltName(vec![alternative_name]))?,
    ])
}

fn extension<T: AssociatedOid + Encode>(value: &T) -> Result<Extension, GenerateError> {
    Ok(Extension { extn_id: T::OID, critical: false, extn_value: OctetString::new(value.to_der()?)? })
}
