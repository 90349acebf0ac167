//! The private key in `privateKey`: parsed once, its numbers held against each other.
//!
//! Owns: reading PKCS#1 and PKCS#8, and the relations of RFC 8017 section 3.2. Does not own: the text around the key
//! (see `pem`), nor whether others could compute it (see `rsa`).

use dashu_int::UBig;
use der::asn1::OctetStringRef;
use der::{Decode, ErrorKind, Reader, SliceReader};
use pkcs1::UintRef;
use pkcs8::{AlgorithmIdentifierRef, ObjectIdentifier, PrivateKeyInfo};

use super::pem::Label;
use super::rsa::{self, Weakness};
use super::{Certificate, CertificateField, DerDefect, PemField, PublicKey, SelfSignature};
use crate::secret::Secret;

/// `privateKey` with a text in it.
#[derive(Debug)]
pub struct PrivateKeyField<'v, 's> {
    /// The text.
    pub pem: PemField<'v, 's>,
    /// The key, or why there is none.
    pub key: Result<PrivateKey, PrivateKeyDefect>,
}

/// Why there is no private key to look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PrivateKeyDefect {
    /// The PEM has no private key's block that could be read; the PEM rules say why.
    NoBlock,
    /// PKCS#1 bytes under a `PRIVATE KEY` label, which announces PKCS#8.
    Pkcs1UnderPkcs8Label,
    /// It needs a pass phrase.
    Encrypted,
    /// The block's bytes are not one DER key.
    Syntax(DerDefect),
    /// Not two-prime RSA: what it is instead.
    Algorithm(&'static str),
    /// A number of the key is wider than 16,384 bits: how wide, in bits.
    TooWide(usize),
}

/// The structure in which the key is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyFormat {
    /// `RSAPrivateKey` of RFC 8017 appendix A.1.2.
    Pkcs1,
    /// `PrivateKeyInfo` of RFC 5208 around it.
    Pkcs8,
}

/// An RSA private key.
#[derive(Debug)]
pub struct PrivateKey {
    /// How it is written.
    pub format: KeyFormat,
    /// The relations of RFC 8017 section 3.2 that do not hold, as formulas; empty for a sound key.
    pub contradictions: Vec<&'static str>,
    modulus: UBig,
    public_exponent: UBig,
    private_exponent: Secret<UBig>,
    primes: [Secret<UBig>; 2],
}

/// The two factors of a modulus, known to multiply to it.
#[derive(Clone, Copy)]
pub(super) struct Factors<'k> {
    pub(super) modulus: &'k UBig,
    pub(super) p: &'k UBig,
    pub(super) q: &'k UBig,
}

impl<'v, 's> PrivateKeyField<'v, 's> {
    pub(super) fn new(pem: PemField<'v, 's>) -> Self {
        let key = match pem.block() {
            None => Err(PrivateKeyDefect::NoBlock),
            Some(block) if block.encrypted => Err(PrivateKeyDefect::Encrypted),
            Some(block) => {
                let der = block.contents.expose().as_slice();
                match block.label {
                    Label::RsaPrivateKey => PrivateKey::from_der(der),
                    Label::PrivateKey if pkcs1_announced(der) => Err(PrivateKeyDefect::Pkcs1UnderPkcs8Label),
                    Label::PrivateKey => PrivateKey::from_pkcs8(der),
                    Label::EncryptedPrivateKey => Err(match encrypted_private_key_info(der) {
                        Ok(()) => PrivateKeyDefect::Encrypted,
                        Err(error) => PrivateKeyDefect::Syntax(error.into()),
                    }),
                    Label::EcPrivateKey => Err(PrivateKeyDefect::Algorithm("an elliptic-curve (EC) key")),
                    Label::DsaPrivateKey => Err(PrivateKeyDefect::Algorithm("a DSA key")),
                    _ => Err(PrivateKeyDefect::NoBlock),
                }
            }
        };
        Self { pem, key }
    }
}

impl PrivateKey {
    /// Reads what stands under `RSA PRIVATE KEY`: PKCS#1, or PKCS#8 as the client tolerates it there.
    fn from_der(der: &[u8]) -> Result<Self, PrivateKeyDefect> {
        match Self::from_pkcs1(der, KeyFormat::Pkcs1) {
            Err(PrivateKeyDefect::Syntax(_)) if pkcs8_announced(der) => Self::from_pkcs8(der),
            read => read,
        }
    }

    fn from_pkcs8(der: &[u8]) -> Result<Self, PrivateKeyDefect> {
        const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
        const PSS: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.10");
        const EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
        const ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");
        const DSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10040.4.1");

        let info = PrivateKeyInfo::from_der(der).map_err(|error| PrivateKeyDefect::Syntax(error.into()))?;
        match info.algorithm.oid {
            RSA => {}
            PSS => return Err(PrivateKeyDefect::Algorithm("an RSA key restricted to RSASSA-PSS")),
            EC => return Err(PrivateKeyDefect::Algorithm("an elliptic-curve (EC) key")),
            ED25519 => return Err(PrivateKeyDefect::Algorithm("an Ed25519 key")),
            DSA => return Err(PrivateKeyDefect::Algorithm("a DSA key")),
            _ => return Err(PrivateKeyDefect::Algorithm("a key of an algorithm other than RSA")),
        }
        let inner = der.len() - info.private_key.len();
        Self::from_pkcs1(info.private_key, KeyFormat::Pkcs8).map_err(|defect| match defect {
            PrivateKeyDefect::Syntax(syntax) => {
                PrivateKeyDefect::Syntax(DerDefect::new(inner + syntax.offset, syntax.reason))
            }
            other => other,
        })
    }

    fn from_pkcs1(der: &[u8], format: KeyFormat) -> Result<Self, PrivateKeyDefect> {
        let key = pkcs1::RsaPrivateKey::from_der(der).map_err(|error| match error.kind() {
            // The one value that pkcs1 checks is the version: 0 for two primes, 1 for more.
            ErrorKind::Value { tag: der::Tag::Integer } if der.get(4..7) == Some(&[2, 1, 1]) => {
                PrivateKeyDefect::Algorithm("an RSA key of more than two primes")
            }
            _ => PrivateKeyDefect::Syntax(error.into()),
        })?;
        if key.other_prime_infos.is_some() {
            return Err(PrivateKeyDefect::Algorithm("an RSA key of more than two primes"));
        }
        let numbers = [
            key.modulus,
            key.public_exponent,
            key.private_exponent,
            key.prime1,
            key.prime2,
            key.exponent1,
            key.exponent2,
            key.coefficient,
        ];
        if let Some(wide) =
            numbers.iter().map(|number| number.as_bytes().len()).find(|&n| n > rsa::WIDEST_BYTES)
        {
            return Err(PrivateKeyDefect::TooWide(wide * 8));
        }
        let secret = |number: UintRef<'_>| Secret::new(UBig::from_be_bytes(number.as_bytes()));
        let mut key = Self {
            format,
            contradictions: Vec::new(),
            modulus: UBig::from_be_bytes(key.modulus.as_bytes()),
            public_exponent: UBig::from_be_bytes(key.public_exponent.as_bytes()),
            private_exponent: secret(key.private_exponent),
            primes: [secret(key.prime1), secret(key.prime2)],
        };
        let [_, _, _, _, _, exponent1, exponent2, coefficient] = numbers.map(secret);
        key.contradictions = key.contradictions(exponent1.expose(), exponent2.expose(), coefficient.expose());
        Ok(key)
    }

    /// Which relations of RFC 8017 section 3.2 do not hold.
    fn contradictions(&self, exponent1: &UBig, exponent2: &UBig, coefficient: &UBig) -> Vec<&'static str> {
        let (p, q) = (self.primes[0].expose(), self.primes[1].expose());
        let (d, e) = (self.private_exponent.expose(), &self.public_exponent);
        let one = UBig::ONE;
        if *p <= one || *q <= one || *e == UBig::ZERO {
            return vec!["a prime or the public exponent is 0 or 1"];
        }
        if p * q != self.modulus {
            // Everything else is computed from the primes, so nothing more can be said.
            return vec!["n = p·q"];
        }
        let (p_minus_1, q_minus_1) = (p - &one, q - &one);
        let (d_p, d_q) = (d % &p_minus_1, d % &q_minus_1);
        let inverse = |exponent: &UBig, order: &UBig| (exponent * e) % order == &one % order;
        let relations = [
            (p != q, "p ≠ q"),
            (inverse(&d_p, &p_minus_1), "e·d ≡ 1 (mod p−1)"),
            (inverse(&d_q, &q_minus_1), "e·d ≡ 1 (mod q−1)"),
            (d_p == *exponent1, "dP = d mod (p−1)"),
            (d_q == *exponent2, "dQ = d mod (q−1)"),
            (coefficient < p && (coefficient * q) % p == one, "qInv·q ≡ 1 (mod p)"),
        ];
        relations.into_iter().filter(|(holds, _)| !holds).map(|(_, relation)| relation).collect()
    }

    /// The modulus n.
    #[must_use]
    pub const fn modulus(&self) -> &UBig {
        &self.modulus
    }

    /// The public exponent e.
    #[must_use]
    pub const fn public_exponent(&self) -> &UBig {
        &self.public_exponent
    }

    /// The modulus' length in bits.
    #[must_use]
    pub fn bits(&self) -> usize {
        rsa::bits(&self.modulus)
    }

    pub(super) fn factors(&self) -> Option<Factors<'_>> {
        let (p, q) = (self.primes[0].expose(), self.primes[1].expose());
        // Without that first relation the numbers are no factors of anything.
        let known = !self
            .contradictions
            .iter()
            .any(|relation| *relation == "n = p·q" || relation.starts_with("a prime"));
        known.then_some(Factors { modulus: &self.modulus, p, q })
    }

    /// Whether a number that should be prime is not, and which: `p` or `q`.
    ///
    /// `certificate` may vouch for them. A signature that verifies was made with a working private exponent; the
    /// relations e·d ≡ 1 (mod p−1) and (mod q−1) together with it hold for composite numbers only if somebody
    /// takes pains to make them, so the costly test is left out then.
    #[must_use]
    pub fn composite(&self, certificate: Option<&Certificate>) -> Option<&'static str> {
        if !self.contradictions.is_empty() || self.vouched(certificate) {
            return None;
        }
        let names = ["p", "q"];
        names
            .into_iter()
            .zip(&self.primes)
            .find(|(_, prime)| !rsa::probably_prime(prime.expose()))
            .map(|(name, _)| name)
    }

    /// How the private key could be computed from the public one, if it could.
    #[must_use]
    pub fn weakness(&self, certificate: Option<&Certificate>) -> Option<Weakness> {
        let factors = self.factors().map(|factors| (factors.p, factors.q));
        let prime = self.contradictions.is_empty() && self.vouched(certificate);
        rsa::weakness(&self.modulus, &self.public_exponent, self.private_exponent.expose(), factors, prime)
    }

    fn vouched(&self, certificate: Option<&Certificate>) -> bool {
        certificate.is_some_and(|certificate| {
            certificate.self_signature == SelfSignature::Valid
                && matches!(&certificate.public_key, PublicKey::Rsa { modulus, exponent }
                    if *modulus == self.modulus && *exponent == self.public_exponent)
        })
    }
}

/// Reads `EncryptedPrivateKeyInfo` (RFC 5208 section 6): an algorithm and what it encrypted.
fn encrypted_private_key_info(der: &[u8]) -> der::Result<()> {
    let mut reader = SliceReader::new(der)?;
    reader.sequence(|inside| {
        AlgorithmIdentifierRef::decode(inside)?;
        OctetStringRef::decode(inside)?;
        Ok(())
    })?;
    reader.finish(())
}

/// `SEQUENCE { INTEGER 0, INTEGER … }`: the version and then the modulus.
fn pkcs1_announced(der: &[u8]) -> bool {
    after_version(der) == Some(0x02)
}

/// `SEQUENCE { INTEGER, SEQUENCE … }`: the version and then the algorithm.
fn pkcs8_announced(der: &[u8]) -> bool {
    after_version(der) == Some(0x30)
}

/// The tag that follows the version in a key's outer sequence.
fn after_version(der: &[u8]) -> Option<u8> {
    let (&tag, rest) = der.split_first()?;
    let (&length, rest) = rest.split_first()?;
    let skip = if length < 0x80 { 0 } else { usize::from(length & 0x7F) };
    let inside = rest.get(skip..).filter(|_| tag == 0x30 && skip <= 4)?;
    inside.strip_prefix(&[2, 1])?.get(1).copied()
}

/// A certificate and a private key that could both be read.
#[derive(Clone, Copy, Debug)]
pub struct KeyPair<'c, 'v, 's> {
    /// The private key's field.
    pub private_key_field: &'c PrivateKeyField<'v, 's>,
    /// The private key.
    pub private_key: &'c PrivateKey,
    /// The certificate's field.
    pub certificate_field: &'c CertificateField<'v, 's>,
    /// The certificate.
    pub certificate: &'c Certificate,
}

impl<'c, 'v, 's> KeyPair<'c, 'v, 's> {
    pub(super) fn new(
        private_key_field: &'c PrivateKeyField<'v, 's>,
        certificate_field: &'c CertificateField<'v, 's>,
    ) -> Option<Self> {
        let private_key = private_key_field.key.as_ref().ok()?;
        let certificate = certificate_field.certificate.as_ref().ok()?;
        Some(Self { private_key_field, private_key, certificate_field, certificate })
    }
}
