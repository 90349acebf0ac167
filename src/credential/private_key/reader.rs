//! From a block's bytes to the numbers of a key, as the documented client gets there: through OpenSSL 3.0.
//!
//! Owns: PKCS#1 and PKCS#8 to the byte, under each label. Does not own: whether the numbers fit (see `private_key`). A key
//! that the client can use must not be called unreadable, nor the other way round; `tests/it/key_bytes.rs` holds this
//! against Node.

use std::cell::OnceCell;

use dashu_int::UBig;
use der::asn1::ObjectIdentifier;

use super::pss;
use super::{KeyFormat, KeyOddity, PrivateKey, PrivateKeyDefect};
use crate::credential::DerDefect;
use crate::credential::der::{Element, Tag, Walk, second_tag};
use crate::credential::pem::{Block, Label};
use crate::credential::rsa;
use crate::secret::Secret;

impl PrivateKey {
    pub(super) fn from_block(block: Option<&Block>) -> Result<Self, PrivateKeyDefect> {
        let Some(block) = block else { return Err(PrivateKeyDefect::NoBlock) };
        if block.encrypted {
            return Err(PrivateKeyDefect::Encrypted);
        }
        let der = block.contents.expose().as_slice();
        let second = second_tag(der);
        match block.label {
            // The client tolerates PKCS#8 there, but not PKCS#1 under the label of PKCS#8.
            Label::RsaPrivateKey if second == Some(Tag::SEQUENCE) => from_pkcs8(der).map_err(rsa_only),
            Label::RsaPrivateKey => from_walk(Walk::openssl(der), KeyFormat::Pkcs1, 0),
            Label::PrivateKey if second == Some(Tag::INTEGER) => Err(PrivateKeyDefect::Pkcs1UnderPkcs8Label),
            Label::EncryptedPrivateKey if encrypted_private_key_info(der).is_ok() => {
                Err(PrivateKeyDefect::Encrypted)
            }
            // The client doesn't mind if a key isn't encrypted that is said to be.
            Label::PrivateKey | Label::EncryptedPrivateKey => from_pkcs8(der),
            Label::EcPrivateKey => Err(of_label(EC_KEY, der, second == Some(Tag::OCTET_STRING))),
            Label::DsaPrivateKey => Err(of_label(DSA_KEY, der, is_dsa_private_key(der).is_ok())),
            _ => Err(PrivateKeyDefect::NoBlock),
        }
    }
}

const EC_KEY: &str = "an elliptic-curve (EC) key";
const DSA_KEY: &str = "a DSA key";
const SEVERAL_PRIMES: &str = "an RSA key with more than two primes";

/// `RSA_MAX_PRIME_NUM` without p and q.
const MOST_FURTHER_PRIMES: usize = 3;

/// Reads `PrivateKeyInfo` (RFC 5208 section 5). Of its successor `OneAsymmetricKey` (RFC 5958 section 2) OpenSSL 3.0 takes
/// the version, but not the public key.
fn from_pkcs8(der: &[u8]) -> Result<PrivateKey, PrivateKeyDefect> {
    const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
    /// The name that RSA has in X.500, which OpenSSL takes for the same.
    const X500_RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.8.1.1");
    const PSS: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.10");
    const EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
    const ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");
    const DSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10040.4.1");

    let mut all = Walk::openssl(der);
    let mut walk = all.sound(Tag::SEQUENCE)?.inside();
    walk.sound(Tag::INTEGER)?;
    let algorithm = walk.algorithm()?;
    let key = walk.sound(Tag::OCTET_STRING)?;
    if let Some(attributes) = walk.optional(Tag::context(0))? {
        attributes_are_sound(&attributes)?;
    }
    walk.finish(
        "the data after the key is not attributes; Adobe's client doesn't accept a public key there either",
    )?;
    let numbers = || {
        let bytes = key.string()?;
        from_walk(Walk::openssl(bytes.expose()).inside(&key), KeyFormat::Pkcs8, all.remaining())
    };
    match ObjectIdentifier::from_bytes(algorithm.identifier) {
        Ok(RSA | X500_RSA) => numbers(),
        Ok(PSS) => {
            let allows = |bits| pss::allows_sha256(algorithm.parameters.as_ref(), bits);
            let signs = numbers().is_ok_and(|key| key.computes() && allows(key.bits()));
            Err(another("an RSA key restricted to RSASSA-PSS", signs))
        }
        Ok(EC) => Err(another(EC_KEY, true)),
        Ok(ED25519) => Err(another("an Ed25519 key", false)),
        Ok(DSA) => Err(another(DSA_KEY, true)),
        _ => Err(another("a key of an algorithm other than RSA", false)),
    }
}

/// `Attributes` (RFC 5208 section 5): nobody has a use for them, but OpenSSL reads them.
fn attributes_are_sound(attributes: &Element<'_>) -> Result<(), DerDefect> {
    let mut walk = attributes.inside();
    while !walk.is_finished() {
        let mut attribute = walk.sound(Tag::SEQUENCE)?.inside();
        attribute.sound(Tag::OBJECT)?;
        let mut values = attribute.expect(Tag::SET)?.inside();
        while !values.is_finished() {
            values.next()?.sound()?;
        }
        attribute.finish("more follows after an attribute's values")?;
    }
    Ok(())
}

/// Reads `RSAPrivateKey` (RFC 8017 appendix A.1.2).
///
/// As lax as OpenSSL: numbers but for the version may lack their leading zero, have more of them or no digits at all, and
/// nothing is asked of the bytes after the end.
fn from_walk(mut walk: Walk<'_>, format: KeyFormat, after: usize) -> Result<PrivateKey, PrivateKeyDefect> {
    let sequence = walk.sound(Tag::SEQUENCE)?;
    let after = after + walk.remaining();
    let mut walk = sequence.inside();
    let mut oddities = Vec::new();
    let mut odd = |oddity| {
        if !oddities.contains(&oddity) {
            oddities.push(oddity);
        }
    };
    let version = version(&walk.expect(Tag::INTEGER)?)?;
    let mut number = || {
        let element = walk.expect(Tag::INTEGER)?;
        let bytes = primitive(&element)?;
        match *bytes {
            [0, next, ..] if next < 0x80 => odd(KeyOddity::Number),
            [] => odd(KeyOddity::Number),
            [first, ..] if first >= 0x80 => odd(KeyOddity::Number),
            _ => {}
        }
        let number = Secret::new(UBig::from_be_bytes(bytes));
        match rsa::bits(number.expose()) {
            0..=rsa::WIDEST => Ok(number),
            wide => Err(PrivateKeyDefect::TooWide(wide)),
        }
    };
    let [modulus, public_exponent, private_exponent] = [number()?, number()?, number()?];
    let primes = [number()?, number()?];
    let [exponent1, exponent2, coefficient] = [number()?, number()?, number()?];
    let further = walk.optional(Tag::SEQUENCE)?;
    walk.finish("more follows after the key's last number")?;
    match (version, further.as_ref().map(further_primes).transpose()?) {
        (1, None) => {
            return Err(sequence
                .defect("its version says more than two primes, but no further prime follows")
                .into());
        }
        (1, Some(further)) => {
            // Others aren't worth a closer look.
            let count = further.len();
            let product = further
                .into_iter()
                .fold(primes[0].expose() * primes[1].expose(), |product, prime| product * prime);
            let fits = product == *modulus.expose() && (1..=MOST_FURTHER_PRIMES).contains(&count);
            return Err(another(SEVERAL_PRIMES, fits));
        }
        (_, Some(_)) => return Err(another(SEVERAL_PRIMES, true)),
        (0, None) => {}
        (_, None) => odd(KeyOddity::Version),
    }
    if after > 0 {
        odd(KeyOddity::BytesAfterEnd(after));
    }
    let mut key = PrivateKey {
        format,
        oddities,
        contradictions: Vec::new(),
        modulus: modulus.into_inner(),
        public_exponent: public_exponent.into_inner(),
        private_exponent,
        primes,
        coefficient_bits: rsa::bits(coefficient.expose()),
        composite: OnceCell::new(),
    };
    key.contradictions = key.contradictions(exponent1.expose(), exponent2.expose(), coefficient.expose());
    Ok(key)
}

/// The version, which OpenSSL reads as an integer of 32 bits (`uint32_c2i`); without digits it is zero.
fn version(element: &Element<'_>) -> Result<i32, DerDefect> {
    let bytes = primitive(element)?;
    if bytes.is_empty() {
        return Ok(0);
    }
    element.sound()?;
    let sign = if bytes[0] >= 0x80 { -1 } else { 0 };
    let value =
        bytes.iter().try_fold(sign, |value: i64, byte| Some(value.checked_mul(256)? | i64::from(*byte)));
    value
        .and_then(|value| i32::try_from(value).ok())
        .ok_or_else(|| element.defect("the version number is too large"))
}

/// The bytes of a number, which can't come in pieces.
fn primitive<'d>(element: &Element<'d>) -> Result<&'d [u8], DerDefect> {
    element.primitive().map(|()| element.contents())
}

/// The primes in `OtherPrimeInfos` (RFC 8017 appendix A.1.2).
fn further_primes(further: &Element<'_>) -> Result<Vec<UBig>, DerDefect> {
    let (mut walk, mut primes) = (further.inside(), Vec::new());
    while !walk.is_finished() {
        let mut prime = walk.sound(Tag::SEQUENCE)?.inside();
        let numbers = [prime.expect(Tag::INTEGER)?, prime.expect(Tag::INTEGER)?, prime.expect(Tag::INTEGER)?];
        for number in &numbers {
            primitive(number)?;
        }
        prime.finish("more follows after a prime's numbers")?;
        primes.push(UBig::from_be_bytes(numbers[0].contents()));
    }
    Ok(primes)
}

/// A key that isn't two-prime RSA.
const fn another(kind: &'static str, signs: bool) -> PrivateKeyDefect {
    PrivateKeyDefect::Algorithm { kind, signs }
}

/// What the client makes of another algorithm's key under the label of RSA.
fn rsa_only(defect: PrivateKeyDefect) -> PrivateKeyDefect {
    match defect {
        PrivateKeyDefect::Algorithm { kind, .. } if kind != SEVERAL_PRIMES => another(kind, false),
        defect => defect,
    }
}

/// A key under the label of another algorithm, in `own` structure or as PKCS#8.
fn of_label(kind: &'static str, der: &[u8], own: bool) -> PrivateKeyDefect {
    let signs = own || from_pkcs8(der).is_err_and(|defect| defect == another(kind, true));
    another(kind, signs)
}

/// Reads `DSAPrivateKey`, which only OpenSSL has: version, p, q, g and both keys.
fn is_dsa_private_key(der: &[u8]) -> Result<(), DerDefect> {
    let mut walk = Walk::openssl(der).sound(Tag::SEQUENCE)?.inside();
    for _ in 0..6 {
        primitive(&walk.expect(Tag::INTEGER)?)?;
    }
    walk.finish("more follows after the key's last number")
}

/// Reads `EncryptedPrivateKeyInfo` (RFC 5208 section 6): an algorithm and what it encrypted.
fn encrypted_private_key_info(der: &[u8]) -> Result<(), DerDefect> {
    let mut walk = Walk::openssl(der).sound(Tag::SEQUENCE)?.inside();
    walk.algorithm()?;
    walk.sound(Tag::OCTET_STRING)?;
    walk.finish("more follows after the encrypted key")
}
