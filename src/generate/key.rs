//! RSA key pairs: from a seed, from a pool of primes, or deliberately bad.
//!
//! Owns: choosing primes and the PKCS#1 encoding. Does not own: certificates and text.

use std::fmt;

use num_bigint_dig::prime::next_prime;
use num_bigint_dig::{BigUint, RandPrime};
use rand_chacha::ChaCha20Rng;
use rsa::pkcs1::EncodeRsaPrivateKey;
#[cfg(test)]
use rsa::traits::PublicKeyParts;
use rsa::{Pkcs1v15Sign, RsaPrivateKey};
use sha2::{Digest as _, Sha256};
use x509_cert::spki::SubjectPublicKeyInfoOwned;

use super::GenerateError;
use super::seed::{Purpose, Seed};
use crate::secret::Secret;

/// The seed, as [`Seed::from`] takes it, of the key that the defect `private-key-published` carries. With 2048 bits
/// it gives the key that is published with this project. It is as public as this line.
pub const PUBLISHED_SEED: u64 = 0x7E57_DA7A;

/// SHA-256, in lower-case hexadecimal, of the big-endian bytes of the published key's modulus.
#[cfg(test)]
const PUBLISHED_MODULUS_SHA256: &str = "e12d243c88d262adda230863d23091f21afa2f31f1245634c12dcb01ebb02860";

/// The usual public exponent.
const EXPONENT: u32 = 65_537;

/// The sizes that can be made, in bits. A smaller key can't hold a SHA-256 signature (RFC 8017 section 9.2).
const BITS: std::ops::RangeInclusive<usize> = 512..=8192;

/// An RSA key pair. It can't be printed, and is wiped when dropped.
#[derive(Clone)]
pub struct KeyPair(RsaPrivateKey);

impl KeyPair {
    /// The key pair of `bits` bits that `seed` stands for, with 65537 as its public exponent.
    ///
    /// # Errors
    ///
    /// [`GenerateError::Bits`] for a size outside 512 to 8192.
    pub fn generate(seed: &Seed, bits: usize) -> Result<Self, GenerateError> {
        Self::random(&mut seed.stream(Purpose::Key), bits, EXPONENT)
    }

    /// The bytes of the modulus, most significant first and without leading zeros. They are public.
    #[cfg(test)]
    pub fn modulus(&self) -> Vec<u8> {
        self.0.n().to_bytes_be()
    }

    /// A key pair that has nothing to do with [`KeyPair::generate`] of the same seed.
    pub(super) fn other(seed: &Seed, bits: usize) -> Result<Self, GenerateError> {
        Self::random(&mut seed.stream(Purpose::OtherKey), bits, EXPONENT)
    }

    /// A key pair with another public exponent, which must be an odd prime.
    pub(super) fn with_exponent(seed: &Seed, bits: usize, exponent: u32) -> Result<Self, GenerateError> {
        Self::random(&mut seed.stream(Purpose::Key), bits, exponent)
    }

    /// A key pair whose primes are neighbors, so that Fermat's method finds them at once.
    pub(super) fn with_close_primes(seed: &Seed, bits: usize) -> Result<Self, GenerateError> {
        check_bits(bits)?;
        let mut stream = seed.stream(Purpose::Key);
        let first = random_prime(&mut stream, bits / 2, EXPONENT);
        let mut second = next_prime(first.expose());
        while !suits(&second, EXPONENT) {
            second = next_prime(&second);
        }
        Self::from_primes(first.expose(), Secret::new(second).expose(), EXPONENT)
    }

    fn random(stream: &mut ChaCha20Rng, bits: usize, exponent: u32) -> Result<Self, GenerateError> {
        check_bits(bits)?;
        let first = random_prime(stream, bits - bits / 2, exponent);
        loop {
            let second = random_prime(stream, bits / 2, exponent);
            if first.expose() != second.expose() {
                return Self::from_primes(first.expose(), second.expose(), exponent);
            }
        }
    }

    fn from_primes(first: &BigUint, second: &BigUint, exponent: u32) -> Result<Self, GenerateError> {
        // Issued keys have the larger prime first, as OpenSSL does.
        let (larger, smaller) = if first < second { (second, first) } else { (first, second) };
        Ok(Self(RsaPrivateKey::from_p_q(larger.clone(), smaller.clone(), exponent.into())?))
    }

    /// The private key as PKCS#1 DER.
    pub(super) fn private_key_der(&self) -> Result<Secret<Vec<u8>>, GenerateError> {
        let der = self.0.to_pkcs1_der().map_err(|_| GenerateError::Encoding)?;
        Ok(Secret::new(der.as_bytes().to_vec()))
    }

    pub(super) fn public_key_info(&self) -> Result<SubjectPublicKeyInfoOwned, GenerateError> {
        SubjectPublicKeyInfoOwned::from_key(self.0.to_public_key()).map_err(|_| GenerateError::Encoding)
    }

    /// Signs `message` by RSASSA-PKCS1-v1_5 with SHA-256.
    pub(super) fn sign_sha256(&self, message: &[u8]) -> Result<Vec<u8>, GenerateError> {
        Ok(self.0.sign(Pkcs1v15Sign::new::<Sha256>(), &Sha256::digest(message))?)
    }
}

impl fmt::Debug for KeyPair {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("KeyPair")
    }
}

/// Primes from which many distinct keys are made quickly: every two of them make one.
///
/// For benchmarks only: whoever has two keys that share a prime can compute both.
#[cfg(any(test, feature = "internals"))]
#[derive(Debug)]
pub struct PrimePool {
    primes: Secret<Vec<BigUint>>,
}

#[cfg(any(test, feature = "internals"))]
impl PrimePool {
    /// Finds `count` distinct primes for keys of `bits` bits: 150 of them make 11,175 keys.
    ///
    /// # Errors
    ///
    /// [`GenerateError::Bits`] for a size outside 512 to 8192 or an odd one.
    pub fn new(seed: &Seed, count: usize, bits: usize) -> Result<Self, GenerateError> {
        check_bits(bits)?;
        if !bits.is_multiple_of(2) {
            return Err(GenerateError::Bits(bits));
        }
        let mut stream = seed.stream(Purpose::Pool);
        let mut primes = Vec::with_capacity(count);
        while primes.len() < count {
            let prime = random_prime(&mut stream, bits / 2, EXPONENT);
            if !primes.contains(prime.expose()) {
                primes.push(prime.expose().clone());
            }
        }
        Ok(Self { primes: Secret::new(primes) })
    }

    /// The number of keys.
    fn len(&self) -> usize {
        let primes = self.primes.expose().len();
        primes * primes.saturating_sub(1) / 2
    }

    /// The key made of the pair of primes number `index`, from 0: (0, 1), (0, 2), (1, 2), (0, 3) and so on.
    ///
    /// # Errors
    ///
    /// [`GenerateError::PoolExhausted`] when there are not so many pairs.
    pub fn key(&self, index: usize) -> Result<KeyPair, GenerateError> {
        let mut first = index;
        for (number, second) in self.primes.expose().iter().enumerate() {
            if first < number {
                return KeyPair::from_primes(&self.primes.expose()[first], second, EXPONENT);
            }
            first -= number;
        }
        Err(GenerateError::PoolExhausted(self.len()))
    }
}

/// A prime of exactly `bits` bits with its two highest bits set, so that a product of two is never a bit short.
fn random_prime(stream: &mut ChaCha20Rng, bits: usize, exponent: u32) -> Secret<BigUint> {
    loop {
        let prime = Secret::new(stream.gen_prime(bits));
        if suits(prime.expose(), exponent) {
            return prime;
        }
    }
}

/// Whether a private exponent exists: the public one, itself prime, must not divide `prime` - 1.
fn suits(prime: &BigUint, exponent: u32) -> bool {
    prime % exponent != BigUint::from(1_u8)
}

fn check_bits(bits: usize) -> Result<(), GenerateError> {
    if BITS.contains(&bits) { Ok(()) } else { Err(GenerateError::Bits(bits)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pool_makes_as_many_distinct_keys_as_it_has_pairs() {
        let pool = PrimePool::new(&Seed::from(1), 5, 512).unwrap();
        assert_eq!(pool.len(), 10);
        let mut moduli: Vec<_> = (0..10).map(|index| pool.key(index).unwrap().modulus()).collect();
        assert!(moduli.iter().all(|modulus| modulus.len() == 64 && modulus[0] >= 0x80));
        moduli.sort();
        moduli.dedup();
        assert_eq!(moduli.len(), 10);
        assert_eq!(pool.key(10).unwrap_err(), GenerateError::PoolExhausted(10));
    }

    #[test]
    fn sizes_are_exact_and_bounded() {
        for bits in [512, 513, 600, 1023] {
            let modulus = BigUint::from_bytes_be(&KeyPair::generate(&Seed::from(2), bits).unwrap().modulus());
            assert_eq!(modulus.bits(), bits);
        }
        for bits in [0, 511, 8193, usize::MAX] {
            assert_eq!(KeyPair::generate(&Seed::from(2), bits).unwrap_err(), GenerateError::Bits(bits));
        }
        assert_eq!(PrimePool::new(&Seed::from(2), 2, 513).unwrap_err(), GenerateError::Bits(513));
    }

    #[test]
    fn the_published_key_is_the_one_named() {
        let modulus = KeyPair::generate(&Seed::from(PUBLISHED_SEED), 2048).unwrap().modulus();
        assert_eq!(format!("{:x}", Sha256::digest(modulus)), PUBLISHED_MODULUS_SHA256);
    }
}
