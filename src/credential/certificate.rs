//! The certificate in `publicKey`: parsed once, with every fact that a rule may ask for.
//!
//! Owns: reading it, as strictly as DER and OpenSSL together: what one of them can't read is no certificate. Does not own:
//! the text around it (see `pem`), nor whether a fact is a problem.

mod name;
mod signature;
mod time;
#[cfg(test)]
mod vectors;

use dashu_int::UBig;
use der::Decode as _;
use der::asn1::ObjectIdentifier;
use sha2::{Digest as _, Sha256};

pub use time::{CertificateTime, TimeEncoding};

use self::name::Name;
use self::signature::{Algorithm, self_signature};
use super::der::{Element, Tag, Walk};
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
    /// The issuer's name, its attributes in the certificate's order.
    pub issuer: String,
    /// The subject's name.
    pub subject: String,
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
    /// Not an RSA PKCS #1 v1.5 signature over a digest of the SHA-2 family, so it wasn't tried.
    NotTried,
    /// Its algorithm is unknown, so nobody can try it.
    Unknown,
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
        let issuer = Name::read(&parts.issuer)?;
        let subject = Name::read(&parts.subject)?;
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
            issuer: issuer.text,
            subject: subject.text,
            common_name: subject.common_name,
            issuer_common_name: issuer.common_name,
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

/// The parts of a certificate, walked by hand: readers of certificates say neither how times are written nor where a
/// certificate stops being one, and refuse spellings of times that others take.
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
        let certificate = all.sound(Tag::SEQUENCE)?;
        all.finish("more bytes follow after the certificate's end")?;
        let mut walk = certificate.inside();
        let to_be_signed = walk.sound(Tag::SEQUENCE)?;
        let outer_algorithm = walk.expect(Tag::SEQUENCE)?;
        let signature = walk.sound(Tag::BIT_STRING)?;
        walk.finish("more follows after the signature")?;

        let mut walk = to_be_signed.inside();
        if let Some(version) = walk.optional(Tag::context(0))? {
            let mut walk = version.explicit()?;
            if !matches!(walk.sound(Tag::INTEGER)?.contents(), [0..=2]) {
                return Err(version.defect("no such version of X.509 exists"));
            }
            walk.finish("more follows after the version")?;
        }
        let serial = walk.sound(Tag::INTEGER)?.contents();
        let inner_algorithm = walk.clone().expect(Tag::SEQUENCE)?;
        let algorithm = walk.algorithm()?.identifier;
        if inner_algorithm.bytes != outer_algorithm.bytes {
            // RFC 5280 section 4.1.1.2.
            return Err(outer_algorithm.defect("another signature algorithm is named here than inside"));
        }
        let issuer = walk.sound(Tag::SEQUENCE)?;
        let mut validity = walk.sound(Tag::SEQUENCE)?.inside();
        let mut time = || {
            let time = validity.next()?;
            time.sound()?;
            CertificateTime::read(time.tag, time.contents())
                .ok_or_else(|| time.defect("one of the two times can't be read"))
        };
        let (not_before, not_after) = (time()?, time()?);
        validity.finish("more than two times stand here")?;
        let subject = walk.sound(Tag::SEQUENCE)?;
        let public_key = walk.sound(Tag::SEQUENCE)?;
        unique_ids_and_extensions(walk)?;
        Ok(Self {
            to_be_signed,
            serial,
            issuer,
            not_before,
            not_after,
            subject,
            public_key,
            algorithm,
            signature: whole_bytes(&signature)?,
        })
    }
}

/// What may follow the public key. Extensions say nothing that a rule asks for, but must be there in the right form.
fn unique_ids_and_extensions(mut walk: Walk<'_>) -> Result<(), DerDefect> {
    for number in [1, 2] {
        if let Some(identifier) = walk.optional(Tag::context(number))? {
            identifier.is_sound(Tag::BIT_STRING)?;
        }
    }
    if let Some(extensions) = walk.optional(Tag::context(3))? {
        let mut explicit = extensions.explicit()?;
        let mut list = explicit.sound(Tag::SEQUENCE)?.inside();
        explicit.finish("more follows after the extensions")?;
        while !list.is_finished() {
            let mut extension = list.sound(Tag::SEQUENCE)?.inside();
            extension.sound(Tag::OBJECT)?;
            if let Some(critical) = extension.optional(Tag::BOOLEAN)? {
                critical.sound()?;
            }
            extension.sound(Tag::OCTET_STRING)?;
            extension.finish("more follows after an extension's value")?;
        }
    }
    walk.finish("more follows after the extensions")
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
    let algorithm = walk.algorithm()?;
    let key = whole_bytes(&walk.sound(Tag::BIT_STRING)?)?;
    walk.finish("more follows after the public key")?;
    Ok(match ObjectIdentifier::from_bytes(algorithm.identifier) {
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
