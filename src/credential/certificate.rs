//! The certificate in `publicKey`: parsed once, with every fact that a rule may ask for.
//!
//! Owns: reading it (through x509-parser), its times and whether its own signature verifies. Does not own: the text
//! around it (see `pem`), nor whether a fact is a problem.

mod time;

use dashu_int::UBig;
use der::asn1::{AnyRef, BitStringRef};
use der::{Decode, Header, Reader, SliceReader, Tag, TagNumber, Tagged};
use sha2::{Digest, Sha256, Sha384, Sha512};
use x509_parser::certificate::X509Certificate;
use x509_parser::oid_registry as oid;
use x509_parser::prelude::FromDer;

pub use time::{CertificateTime, TimeEncoding};

use super::private_key::Factors;
use super::{DerDefect, PemField, rsa};

/// `publicKey` with a text in it.
#[derive(Debug)]
pub struct CertificateField<'v, 's> {
    /// The text.
    pub pem: PemField<'v, 's>,
    /// The certificate, or why there is none.
    pub certificate: Result<Certificate, CertificateDefect>,
}

/// Why there is no certificate to look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CertificateDefect {
    /// The PEM has no certificate's block that could be read; the PEM rules say why.
    NoBlock,
    /// The block's bytes are not one DER certificate.
    Syntax(DerDefect),
}

/// The facts of an X.509 certificate (RFC 5280 section 4.1). All of them are public.
#[derive(Clone, Debug)]
pub struct Certificate {
    /// Version as people count: 1, 2 or 3.
    pub version: u32,
    /// The serial number in lower-case hexadecimal, without leading zeros or separators.
    pub serial: String,
    /// The issuer's name (RFC 4514 order as x509-parser prints it).
    pub issuer: String,
    /// The subject's name.
    pub subject: String,
    /// The subject's common name, if it has exactly one.
    pub common_name: Option<String>,
    /// The first second at which it is valid.
    pub not_before: CertificateTime,
    /// The last second at which it is valid.
    pub not_after: CertificateTime,
    /// The subject's public key.
    pub public_key: PublicKey,
    /// The name of the signature's algorithm, such as `sha256WithRSAEncryption`.
    pub signature_algorithm: &'static str,
    /// Whether that algorithm hashes with MD2, MD5 or SHA-1.
    pub broken_digest: bool,
    /// Whether issuer and subject are the same name.
    pub self_issued: bool,
    /// Whether its own key made its signature.
    pub self_signature: SelfSignature,
    /// SHA-256 of the certificate's DER.
    pub sha256: [u8; 32],
    /// SHA-256 of the `SubjectPublicKeyInfo`'s DER.
    pub public_key_sha256: [u8; 32],
}

/// A certificate's public key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PublicKey {
    /// RSA (RFC 8017).
    Rsa {
        /// The modulus n.
        modulus: UBig,
        /// The public exponent e.
        exponent: UBig,
    },
    /// Another algorithm, by name.
    Other(&'static str),
    /// The algorithm is RSA, but its numbers can't be read or are wider than 16,384 bits.
    Unreadable,
}

/// Whether a self-issued certificate's signature is its own key's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SelfSignature {
    /// Issuer and subject differ: the signature is somebody else's.
    NotSelfIssued,
    /// It verifies.
    Valid,
    /// It does not verify.
    Invalid,
    /// Not an RSA PKCS #1 v1.5 signature over SHA-256, SHA-384 or SHA-512, so it wasn't tried.
    NotTried,
}

impl<'v, 's> CertificateField<'v, 's> {
    /// Reads the certificate. `factors` of the private key, if it has the same modulus, halve the work.
    pub(super) fn new(pem: PemField<'v, 's>, factors: Option<Factors<'_>>) -> Self {
        let block = pem.block().filter(|block| block.label.is_certificate());
        let certificate = match block {
            None => Err(CertificateDefect::NoBlock),
            Some(block) => {
                Certificate::from_der(block.contents.expose(), factors).map_err(CertificateDefect::Syntax)
            }
        };
        Self { pem, certificate }
    }
}

impl Certificate {
    /// Reads one DER certificate.
    ///
    /// # Errors
    ///
    /// The first place at which the bytes are not one.
    fn from_der(der: &[u8], factors: Option<Factors<'_>>) -> Result<Self, DerDefect> {
        let skeleton = Skeleton::from_der(der)?;
        let parsed = match X509Certificate::from_der(der) {
            Ok(([], parsed)) => parsed,
            Ok((rest, _)) => {
                return Err(DerDefect::new(
                    der.len() - rest.len(),
                    "more bytes follow after the certificate's end",
                ));
            }
            Err(_) => {
                return Err(DerDefect::new(0, "a part of it doesn't have the form that X.509 gives it"));
            }
        };
        let public_key = public_key(&parsed);
        let algorithm = Algorithm::of(&parsed.signature_algorithm.algorithm);
        let self_issued = parsed.issuer().as_raw() == parsed.subject().as_raw();
        let self_signature = if self_issued {
            self_signature(&public_key, algorithm, skeleton.to_be_signed, skeleton.signature, factors)
        } else {
            SelfSignature::NotSelfIssued
        };
        let mut names = parsed.subject().iter_common_name();
        let common_name = match (names.next(), names.next()) {
            (Some(name), None) => name.as_str().ok().map(str::to_owned),
            _ => None,
        };
        Ok(Self {
            version: parsed.version().0.saturating_add(1),
            serial: parsed.tbs_certificate.serial.to_str_radix(16),
            issuer: parsed.issuer().to_string(),
            subject: parsed.subject().to_string(),
            common_name,
            not_before: skeleton.not_before,
            not_after: skeleton.not_after,
            public_key,
            signature_algorithm: algorithm.name(),
            broken_digest: matches!(algorithm, Algorithm::Broken(_)),
            self_issued,
            self_signature,
            sha256: Sha256::digest(der).into(),
            public_key_sha256: Sha256::digest(parsed.public_key().raw).into(),
        })
    }
}

/// The parts that are read by hand: what x509-parser doesn't keep (how times are written, raw signed bytes), and the
/// walk that tells where a certificate stops being one.
struct Skeleton<'d> {
    to_be_signed: &'d [u8],
    signature: &'d [u8],
    not_before: CertificateTime,
    not_after: CertificateTime,
}

impl<'d> Skeleton<'d> {
    fn from_der(der: &'d [u8]) -> Result<Self, DerDefect> {
        let mut reader = SliceReader::new(der)?;
        let outer = Header::decode(&mut reader)?;
        outer
            .tag
            .assert_eq(Tag::Sequence)
            .map_err(|_| DerDefect::new(0, "it doesn't begin with a SEQUENCE"))?;
        let end = offset(&reader);
        let length = usize::try_from(u32::from(outer.length)).unwrap_or(usize::MAX);
        match der.len().checked_sub(end.saturating_add(length)) {
            None => {
                return Err(DerDefect::new(
                    der.len(),
                    "the bytes end before the certificate does (it was cut off)",
                ));
            }
            Some(0) => {}
            Some(_) => {
                let reason = "more bytes follow after the certificate's end";
                return Err(DerDefect::new(end.saturating_add(length), reason));
            }
        }
        let to_be_signed = reader.tlv_bytes()?;
        let times = validity(to_be_signed, end)?;
        AnyRef::decode(&mut reader)?;
        let signature = BitStringRef::decode(&mut reader)?;
        if !reader.is_finished() {
            let reason = "more follows after the signature";
            return Err(DerDefect::new(offset(&reader), reason));
        }
        let signature =
            signature.as_bytes().ok_or(DerDefect::new(end, "the signature is no whole number of bytes"))?;
        Ok(Self { to_be_signed, signature, not_before: times.0, not_after: times.1 })
    }
}

/// Walks `TBSCertificate` (RFC 5280 section 4.1) up to its validity. `base` is its offset in the certificate.
fn validity(to_be_signed: &[u8], base: usize) -> Result<(CertificateTime, CertificateTime), DerDefect> {
    let shift = |error: der::Error| {
        let defect = DerDefect::from(error);
        DerDefect::new(base + defect.offset, defect.reason)
    };
    let mut reader = SliceReader::new(to_be_signed).map_err(shift)?;
    Header::decode(&mut reader).and_then(|header| header.tag.assert_eq(Tag::Sequence)).map_err(shift)?;
    let mut next = || {
        let here = base + offset(&reader);
        AnyRef::decode(&mut reader).map(|value| (here, value)).map_err(shift)
    };
    let (mut here, mut value) = next()?;
    if value.tag() == (Tag::ContextSpecific { constructed: true, number: TagNumber::N0 }) {
        (here, value) = next()?;
    }
    // The serial number, the signature's algorithm and the issuer come first.
    for expected in [Tag::Integer, Tag::Sequence, Tag::Sequence] {
        if value.tag() != expected {
            return Err(DerDefect::new(
                here,
                "another kind of value stands here than X.509 has in this place",
            ));
        }
        (here, value) = next()?;
    }
    let unreadable = || DerDefect::new(here, "the validity period can't be read");
    if value.tag() != Tag::Sequence {
        return Err(unreadable());
    }
    let mut times = SliceReader::new(value.value()).map_err(|_| unreadable())?;
    let mut time = || {
        let value = AnyRef::decode(&mut times).ok()?;
        CertificateTime::read(value.tag(), value.value())
    };
    match (time(), time()) {
        (Some(not_before), Some(not_after)) => Ok((not_before, not_after)),
        _ => Err(unreadable()),
    }
}

fn offset(reader: &SliceReader<'_>) -> usize {
    usize::try_from(u32::from(reader.position())).unwrap_or(usize::MAX)
}

fn public_key(parsed: &X509Certificate<'_>) -> PublicKey {
    let info = parsed.public_key();
    let algorithm = &info.algorithm.algorithm;
    if *algorithm != oid::OID_PKCS1_RSAENCRYPTION && *algorithm != oid::OID_PKCS1_RSASSAPSS {
        return PublicKey::Other(if *algorithm == oid::OID_KEY_TYPE_EC_PUBLIC_KEY {
            "elliptic curve (EC)"
        } else if *algorithm == oid::OID_SIG_ED25519 {
            "Ed25519"
        } else if *algorithm == oid::OID_KEY_TYPE_DSA {
            "DSA"
        } else {
            "an algorithm other than RSA"
        });
    }
    let Ok(key) = pkcs1::RsaPublicKey::from_der(&info.subject_public_key.data) else {
        return PublicKey::Unreadable;
    };
    let (modulus, exponent) = (key.modulus.as_bytes(), key.public_exponent.as_bytes());
    if modulus.len() > rsa::WIDEST_BYTES || exponent.len() > rsa::WIDEST_BYTES {
        return PublicKey::Unreadable;
    }
    PublicKey::Rsa { modulus: UBig::from_be_bytes(modulus), exponent: UBig::from_be_bytes(exponent) }
}

#[derive(Clone, Copy)]
enum Algorithm {
    Sha256,
    Sha384,
    Sha512,
    /// A digest in which collisions can be made, by the algorithm's name.
    Broken(&'static str),
    Other(&'static str),
}

impl Algorithm {
    fn of(identifier: &x509_parser::asn1_rs::Oid<'_>) -> Self {
        let table = [
            (oid::OID_PKCS1_SHA256WITHRSA, Self::Sha256),
            (oid::OID_PKCS1_SHA384WITHRSA, Self::Sha384),
            (oid::OID_PKCS1_SHA512WITHRSA, Self::Sha512),
            (oid::OID_PKCS1_SHA1WITHRSA, Self::Broken("sha1WithRSAEncryption")),
            (oid::OID_SHA1_WITH_RSA, Self::Broken("sha1WithRSA")),
            (oid::OID_PKCS1_MD5WITHRSAENC, Self::Broken("md5WithRSAEncryption")),
            (oid::OID_PKCS1_MD2WITHRSAENC, Self::Broken("md2WithRSAEncryption")),
            (oid::OID_PKCS1_RSASSAPSS, Self::Other("RSASSA-PSS")),
            (oid::OID_SIG_ECDSA_WITH_SHA256, Self::Other("ecdsa-with-SHA256")),
        ];
        table
            .into_iter()
            .find(|(known, _)| known == identifier)
            .map_or(Self::Other("an algorithm that aemcred doesn't know"), |(_, algorithm)| algorithm)
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Sha256 => "sha256WithRSAEncryption",
            Self::Sha384 => "sha384WithRSAEncryption",
            Self::Sha512 => "sha512WithRSAEncryption",
            Self::Broken(name) | Self::Other(name) => name,
        }
    }

    /// The `DigestInfo` of `message` (RFC 8017 section 9.2 note 1).
    fn digest_info(self, message: &[u8]) -> Option<Vec<u8>> {
        let (prefix, digest): (&[u8], Vec<u8>) = match self {
            Self::Sha256 => (
                b"\x30\x31\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00\x04\x20",
                Sha256::digest(message).to_vec(),
            ),
            Self::Sha384 => (
                b"\x30\x41\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x02\x05\x00\x04\x30",
                Sha384::digest(message).to_vec(),
            ),
            Self::Sha512 => (
                b"\x30\x51\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x03\x05\x00\x04\x40",
                Sha512::digest(message).to_vec(),
            ),
            Self::Broken(_) | Self::Other(_) => return None,
        };
        Some([prefix, &digest].concat())
    }
}

fn self_signature(
    key: &PublicKey,
    algorithm: Algorithm,
    to_be_signed: &[u8],
    signature: &[u8],
    factors: Option<Factors<'_>>,
) -> SelfSignature {
    let (PublicKey::Rsa { modulus, exponent }, Some(info)) = (key, algorithm.digest_info(to_be_signed))
    else {
        return SelfSignature::NotTried;
    };
    let factors = factors.filter(|factors| factors.modulus == modulus).map(|factors| (factors.p, factors.q));
    match rsa::signature_fits(modulus, exponent, factors, signature, &info) {
        None => SelfSignature::NotTried,
        Some(true) => SelfSignature::Valid,
        Some(false) => SelfSignature::Invalid,
    }
}
