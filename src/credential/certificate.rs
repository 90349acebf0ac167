//! The certificate in `publicKey`: parsed once, with every fact that a rule may ask for.
//!
//! Owns: reading it (names through x509-parser), its times and whether its own signature verifies. Does not own: the text
//! around it (see `pem`), nor whether a fact is a problem.

mod time;
#[cfg(test)]
mod vectors;

use std::fmt;

use dashu_int::UBig;
use der::asn1::ObjectIdentifier;
use der::{Decode as _, Tag, TagNumber};
use sha2::{Digest as _, Sha256, Sha384, Sha512};
use x509_parser::prelude::FromDer as _;
use x509_parser::x509::X509Name;

pub use time::{CertificateTime, TimeEncoding};

use super::der::{Element, Walk};
use super::pem::{Block, Label, Wanted, scan};
use super::private_key::{Factors, PrivateKey};
use super::rsa_der;
use super::{DerDefect, LazyDigest, PemField, Validity, rsa};
use crate::source::hex;

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
    /// The serial number in lower-case hexadecimal, without leading zeros or separators.
    pub serial: String,
    /// The issuer's name.
    pub issuer: Name,
    /// The subject's name.
    pub subject: Name,
    /// The subject's common name, if it has exactly one.
    pub common_name: Option<String>,
    /// The issuer's common name, if it has exactly one.
    pub issuer_common_name: Option<String>,
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
    pub sha256: LazyDigest,
    /// SHA-256 of the `SubjectPublicKeyInfo`'s DER.
    pub public_key_sha256: [u8; 32],
}

/// A distinguished name, as x509-parser prints it. It is written out only when it is asked for: the table of attributes that
/// this takes costs more to make than all the rest of a certificate.
#[derive(Clone, Debug, Default)]
pub struct Name(Vec<u8>);

impl fmt::Display for Name {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match X509Name::from_der(&self.0) {
            Ok((_, name)) => name.fmt(formatter),
            Err(_) => Ok(()),
        }
    }
}

impl Certificate {
    /// When it can be used.
    pub const fn validity(&self) -> Validity {
        Validity::of_certificate(self.not_before.instant, self.not_after.instant)
    }
}

impl PublicKey {
    /// Whether it is the public half of `key`.
    pub fn is_of(&self, key: &PrivateKey) -> bool {
        matches!(self, Self::Rsa { modulus, exponent }
            if modulus == key.modulus() && exponent == key.public_exponent())
    }
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

impl PublicKey {
    /// `SubjectPublicKeyInfo` in DER (RFC 5280 section 4.1.2.7), for RSA.
    pub fn to_info_der(&self) -> Option<Vec<u8>> {
        match self {
            Self::Rsa { modulus, exponent } => Some(rsa_der::public_key_info(modulus, exponent)),
            Self::Other(_) | Self::Unreadable => None,
        }
    }
}

impl<'v, 's> CertificateField<'v, 's> {
    /// Reads the certificate. `factors` of the private key, if it has the same modulus, halve the work.
    pub(super) fn new(pem: PemField<'v, 's>, factors: Option<Factors<'_>>) -> Self {
        let certificate = Certificate::from_block(pem.block(), factors);
        Self { pem, certificate }
    }
}

impl Certificate {
    /// Reads the certificate that stands alone in `text` as PEM (RFC 7468).
    ///
    /// # Errors
    ///
    /// Why there is none.
    pub fn from_pem(text: &str) -> Result<Self, CertificateDefect> {
        Self::from_block(scan(text, Wanted::Certificate).block.as_ref(), None)
    }

    fn from_block(block: Option<&Block>, factors: Option<Factors<'_>>) -> Result<Self, CertificateDefect> {
        let block = block.filter(|block| block.label.is_certificate()).ok_or(CertificateDefect::NoBlock)?;
        let mut der = block.contents.expose().as_slice();
        if block.label == Label::TrustedCertificate
            && let Ok(certificate) = Walk::new(der).next()
        {
            // What follows the certificate there are OpenSSL's own notes of what to trust it for.
            der = certificate.bytes;
        }
        Self::from_der(der, factors).map_err(CertificateDefect::Syntax)
    }

    /// Reads one DER certificate.
    ///
    /// # Errors
    ///
    /// The first place at which the bytes are not one.
    fn from_der(der: &[u8], factors: Option<Factors<'_>>) -> Result<Self, DerDefect> {
        let parts = Parts::from_der(der)?;
        let issuer = name(&parts.issuer, "the issuer's name can't be read")?;
        let subject = name(&parts.subject, "the subject's name can't be read")?;
        let public_key = public_key(&parts.public_key)?;
        let algorithm = Algorithm::of(parts.algorithm);
        let self_issued = parts.issuer.bytes == parts.subject.bytes;
        let self_signature = if self_issued {
            self_signature(&public_key, algorithm, parts.to_be_signed.bytes, parts.signature, factors)
        } else {
            SelfSignature::NotSelfIssued
        };
        Ok(Self {
            serial: digits(parts.serial),
            issuer: Name(parts.issuer.bytes.to_vec()),
            subject: Name(parts.subject.bytes.to_vec()),
            common_name: common_name(&subject),
            issuer_common_name: common_name(&issuer),
            not_before: parts.not_before,
            not_after: parts.not_after,
            public_key,
            signature_algorithm: algorithm.name(),
            broken_digest: matches!(algorithm, Algorithm::Broken(_)),
            self_issued,
            self_signature,
            sha256: LazyDigest::of(der),
            public_key_sha256: Sha256::digest(parts.public_key.bytes).into(),
        })
    }
}

/// The parts of a certificate, walked by hand: x509-parser says neither how times are written nor where a certificate
/// stops being one, and it refuses spellings of times that other readers take.
struct Parts<'d> {
    to_be_signed: Element<'d>,
    serial: &'d [u8],
    issuer: Element<'d>,
    not_before: CertificateTime,
    not_after: CertificateTime,
    subject: Element<'d>,
    public_key: Element<'d>,
    /// The object identifier of the signature's algorithm.
    algorithm: &'d [u8],
    signature: &'d [u8],
}

impl<'d> Parts<'d> {
    fn from_der(der: &'d [u8]) -> Result<Self, DerDefect> {
        let mut all = Walk::new(der);
        let certificate = all.expect(Tag::Sequence)?;
        all.finish("more bytes follow after the certificate's end")?;
        let mut walk = certificate.inside();
        let to_be_signed = walk.expect(Tag::Sequence)?;
        let outer_algorithm = walk.expect(Tag::Sequence)?;
        let signature = walk.expect(Tag::BitString)?;
        walk.finish("more follows after the signature")?;

        let mut walk = to_be_signed.inside();
        if let Some(version) = walk.optional(explicit(TagNumber::N0))?
            && !matches!(version.inside().expect(Tag::Integer)?.contents(), [0..=2])
        {
            return Err(version.defect("no such version of X.509 exists"));
        }
        let serial = walk.expect(Tag::Integer)?.contents();
        let inner_algorithm = walk.expect(Tag::Sequence)?;
        if inner_algorithm.bytes != outer_algorithm.bytes {
            // RFC 5280 section 4.1.1.2.
            return Err(outer_algorithm.defect("another signature algorithm is named here than inside"));
        }
        let issuer = walk.expect(Tag::Sequence)?;
        let mut validity = walk.expect(Tag::Sequence)?.inside();
        let mut time = || {
            let time = validity.next()?;
            CertificateTime::read(time.tag, time.contents())
                .ok_or_else(|| time.defect("one of the two times can't be read"))
        };
        let (not_before, not_after) = (time()?, time()?);
        validity.finish("more than two times stand here")?;
        let subject = walk.expect(Tag::Sequence)?;
        let public_key = walk.expect(Tag::Sequence)?;
        unique_ids_and_extensions(walk)?;
        Ok(Self {
            to_be_signed,
            serial,
            issuer,
            not_before,
            not_after,
            subject,
            public_key,
            algorithm: outer_algorithm.inside().expect(Tag::ObjectIdentifier)?.contents(),
            signature: whole_bytes(&signature)?,
        })
    }
}

fn name<'d>(element: &Element<'d>, reason: &'static str) -> Result<X509Name<'d>, DerDefect> {
    match X509Name::from_der(element.bytes) {
        Ok(([], name)) => Ok(name),
        _ => Err(element.defect(reason)),
    }
}

/// The one common name.
fn common_name(name: &X509Name<'_>) -> Option<String> {
    let mut names = name.iter_common_name();
    match (names.next(), names.next()) {
        (Some(name), None) => name.as_str().ok().map(str::to_owned),
        _ => None,
    }
}

/// What may follow the public key. Extensions say nothing that a rule asks for, but must be there in the right form.
fn unique_ids_and_extensions(mut walk: Walk<'_>) -> Result<(), DerDefect> {
    for number in [TagNumber::N1, TagNumber::N2] {
        walk.optional(Tag::ContextSpecific { constructed: false, number })?;
    }
    if let Some(extensions) = walk.optional(explicit(TagNumber::N3))? {
        let mut list = extensions.inside().expect(Tag::Sequence)?.inside();
        while !list.is_finished() {
            let mut extension = list.expect(Tag::Sequence)?.inside();
            extension.expect(Tag::ObjectIdentifier)?;
            extension.optional(Tag::Boolean)?;
            extension.expect(Tag::OctetString)?;
            extension.finish("more follows after an extension's value")?;
        }
    }
    walk.finish("more follows after the extensions")
}

const fn explicit(number: TagNumber) -> Tag {
    Tag::ContextSpecific { constructed: true, number }
}

/// A bit string's bytes.
fn whole_bytes<'d>(bits: &Element<'d>) -> Result<&'d [u8], DerDefect> {
    match bits.contents() {
        [0, bytes @ ..] => Ok(bytes),
        _ => Err(bits.defect("the bits here are no whole number of bytes")),
    }
}

/// A serial number without leading zeros.
fn digits(bytes: &[u8]) -> String {
    let text = hex(bytes);
    let digits = text.trim_start_matches('0');
    String::from(if digits.is_empty() { "0" } else { digits })
}

/// `SubjectPublicKeyInfo` (RFC 5280 section 4.1.2.7).
fn public_key(info: &Element<'_>) -> Result<PublicKey, DerDefect> {
    const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
    const PSS: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.10");
    const EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
    const ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");
    const DSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10040.4.1");

    let mut walk = info.inside();
    let algorithm = walk.expect(Tag::Sequence)?.inside().expect(Tag::ObjectIdentifier)?;
    let key = whole_bytes(&walk.expect(Tag::BitString)?)?;
    walk.finish("more follows after the public key")?;
    Ok(match ObjectIdentifier::from_bytes(algorithm.contents()) {
        Ok(RSA) => rsa_public_key(key).unwrap_or(PublicKey::Unreadable),
        Ok(PSS) => PublicKey::Other("RSA restricted to RSASSA-PSS"),
        Ok(EC) => PublicKey::Other("elliptic curve (EC)"),
        Ok(ED25519) => PublicKey::Other("Ed25519"),
        Ok(DSA) => PublicKey::Other("DSA"),
        _ => PublicKey::Other("an algorithm that aemcred doesn't know"),
    })
}

fn rsa_public_key(der: &[u8]) -> Option<PublicKey> {
    let key = pkcs1::RsaPublicKey::from_der(der).ok()?;
    let (modulus, exponent) = (key.modulus.as_bytes(), key.public_exponent.as_bytes());
    let wide = modulus.len() > rsa::WIDEST_BYTES || exponent.len() > rsa::WIDEST_BYTES;
    (!wide).then(|| PublicKey::Rsa {
        modulus: UBig::from_be_bytes(modulus),
        exponent: UBig::from_be_bytes(exponent),
    })
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
    fn of(identifier: &[u8]) -> Self {
        const TABLE: [(ObjectIdentifier, Algorithm); 12] = [
            (ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.11"), Algorithm::Sha256),
            (ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.12"), Algorithm::Sha384),
            (ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.13"), Algorithm::Sha512),
            (
                ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.5"),
                Algorithm::Broken("sha1WithRSAEncryption"),
            ),
            (ObjectIdentifier::new_unwrap("1.3.14.3.2.29"), Algorithm::Broken("sha1WithRSASignature")),
            (ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.4"), Algorithm::Broken("md5WithRSAEncryption")),
            (ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.2"), Algorithm::Broken("md2WithRSAEncryption")),
            (ObjectIdentifier::new_unwrap("1.2.840.10045.4.1"), Algorithm::Broken("ecdsa-with-SHA1")),
            (ObjectIdentifier::new_unwrap("1.2.840.10040.4.3"), Algorithm::Broken("dsa-with-sha1")),
            (ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.10"), Algorithm::Other("RSASSA-PSS")),
            (ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.2"), Algorithm::Other("ecdsa-with-SHA256")),
            (ObjectIdentifier::new_unwrap("1.3.101.112"), Algorithm::Other("Ed25519")),
        ];
        TABLE
            .into_iter()
            .find(|(known, _)| known.as_bytes() == identifier)
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
