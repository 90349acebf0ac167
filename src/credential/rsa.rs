//! Arithmetic on RSA numbers: signatures, primes, and the ways in which a public key gives its private key away.
//!
//! Owns: RFC 8017's verification of a PKCS #1 v1.5 signature, and the known attacks. Does not own: reading keys.
//!
//! The `rsa` crate is not used for this: it accepts or refuses a key as a whole, while a rule must name the relation
//! that fails, and with the private key at hand a signature can be verified modulo each prime in a fraction of the time.

mod keys;
mod montgomery;
mod primes;
mod shared;

use dashu_int::UBig;
use dashu_int::fast_div::ConstDivisor;
use dashu_int::ops::{BitTest, Gcd as _};

pub use keys::{KeyNumbers, Keys, SharedPrimes};
use montgomery::Montgomery;

use crate::secret::Secret;

/// The widest number that is computed with, in bits. OpenSSL uses no larger modulus either
/// (`OPENSSL_RSA_MAX_MODULUS_BITS`).
pub const WIDEST: usize = 16_384;

/// The narrowest modulus that takes a SHA-256 digest with its padding, in bits (RFC 8017 section 9.2).
pub(super) const NARROWEST_SIGNING: usize = 489;

/// The narrowest modulus with which RS256 may be used, in bits (RFC 7518 section 3.3).
pub const NARROWEST: usize = 2048;

/// [`WIDEST`] in bytes.
pub const WIDEST_BYTES: usize = WIDEST / 8;

/// The widest number that is tested for being prime, in bits: a test takes about 0.1 s then, and six times as
/// long for every doubling.
pub const WIDEST_TESTED: usize = 4096;

/// The largest number in the fractions that the quotient of two primes is compared with.
const LARGEST_OF_FRACTION: u32 = 65_537;

/// How a private key can be computed from its public key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weakness {
    /// The modulus has the form of the flawed Infineon library (ROCA, CVE-2017-15361).
    Roca,
    /// The primes are so close that Fermat's method finds them in this many rounds.
    ClosePrimes(u32),
    /// The primes are so close to this multiple of each other that Fermat's method finds them.
    SmallQuotient(u32, u32),
    /// The primes have the lower half of their bits in common.
    SharedLowerHalf,
    /// One prime is the other one read backwards.
    Mirrored,
    /// A prime consists of one group of bits, again and again.
    Repeating,
    /// The primes have few bits that are set, at regular distances.
    Sparse,
    /// A prime factor so small that trial division finds it.
    SmallFactor(u32),
    /// The private exponent is so small that it follows from n and e (Wiener; Boneh and Durfee).
    TinyPrivateExponent,
    /// e = 1: encryption changes nothing.
    ExponentOne,
    /// An even e has no inverse, so no private exponent exists.
    EvenExponent,
}

/// The length of `number` in bits.
pub fn bits(number: &UBig) -> usize {
    number.bit_len()
}

/// Whether `signature` is an RSASSA-PKCS1-v1_5 signature over what `digest_info` describes (RFC 8017 section 8.2.2).
/// Nothing if the numbers are such that no implementation would try.
pub(super) fn signature_fits(
    modulus: &UBig,
    exponent: &UBig,
    factors: Option<(&UBig, &UBig)>,
    signature: &[u8],
    digest_info: &[u8],
) -> Option<bool> {
    let length = bits(modulus).div_ceil(8);
    // RFC 8017 section 9.2: 0x00 0x01, at least eight 0xFF, 0x00, DigestInfo. OpenSSL's limit for e is 64 bits.
    let padding = length.checked_sub(digest_info.len() + 3).filter(|padding| *padding >= 8)?;
    if bits(exponent) > 64 || *exponent < UBig::from(3_u8) || !modulus.bit(0) {
        return None;
    }
    let number = UBig::from_be_bytes(signature);
    if signature.len() != length || number >= *modulus {
        return Some(false);
    }
    let message = [&[0, 1], vec![0xFF; padding].as_slice(), &[0], digest_info].concat();
    let message = UBig::from_be_bytes(&message);
    let holds = |divisor: &UBig| power_is(&number, exponent, &message, divisor);
    Some(match factors {
        // By the Chinese remainder theorem both together are the same as modulo n, at half the work.
        Some((p, q)) if p != q => holds(p) && holds(q),
        _ => holds(modulus),
    })
}

/// Returns true if `base` to the power of `exponent` is `expected` modulo `modulus`, which is odd.
fn power_is(base: &UBig, exponent: &UBig, expected: &UBig, modulus: &UBig) -> bool {
    fn within<const N: usize, const W: usize, const BITS: usize>(
        base: &UBig,
        exponent: &UBig,
        expected: &UBig,
        modulus: &UBig,
    ) -> Option<bool> {
        let ring = Montgomery::<N, W, BITS>::new(modulus)?;
        let power = ring.power(&Montgomery::<N, W, BITS>::enter(base, modulus), exponent);
        Some(Montgomery::<N, W, BITS>::limbs(&(expected % modulus)) == Some(ring.residue(&power)))
    }
    let wide = || {
        let ring = ConstDivisor::new(modulus.clone());
        ring.reduce(base.clone()).pow(exponent) == ring.reduce(expected.clone())
    };
    // For the primes of a key of 2,048 bits, and for its modulus.
    within::<17, 34, 61>(base, exponent, expected, modulus)
        .or_else(|| within::<35, 70, 60>(base, exponent, expected, modulus))
        .unwrap_or_else(wide)
}

/// Whether `number` passes a Miller–Rabin test to base 2. Composite numbers that pass exist, but not by accident.
pub(super) fn probably_prime(number: &UBig) -> bool {
    if *number < UBig::from(4_u8) {
        return *number >= UBig::from(2_u8);
    }
    let minus_one = Secret::new(number - UBig::ONE);
    let minus_one = minus_one.expose();
    let Some(twos) = minus_one.trailing_zeros().filter(|twos| *twos > 0) else { return false };
    let odd = Secret::new(minus_one >> twos);
    probably_prime_within::<17, 34, 61>(number, odd.expose(), twos)
        .or_else(|| probably_prime_within::<35, 70, 60>(number, odd.expose(), twos))
        .unwrap_or_else(|| probably_prime_wide(number, odd.expose(), twos))
}

/// The same for a number of at most `N` limbs, which is `odd` · 2 to the power of `twos`, plus 1.
fn probably_prime_within<const N: usize, const W: usize, const BITS: usize>(
    number: &UBig,
    odd: &UBig,
    twos: usize,
) -> Option<bool> {
    let ring = Montgomery::<N, W, BITS>::new(number)?;
    let one = Montgomery::<N, W, BITS>::enter(&UBig::ONE, number);
    let last = Montgomery::<N, W, BITS>::enter(&(number - UBig::ONE), number);
    // Doubling is cheaper than multiplying by two.
    let power = ring.climb(&ring.double(&one), odd, |power| ring.double(power));
    let squares = std::iter::successors(Some(power), |power| Some(ring.square(power)));
    Some(power == one || squares.take(twos).any(|power| power == last))
}

/// The same for a number of any width.
fn probably_prime_wide(number: &UBig, odd: &UBig, twos: usize) -> bool {
    let ring = ConstDivisor::new(number.clone());
    let mut power = ring.reduce(UBig::from(2_u8)).pow(odd);
    let (one, last) = (ring.reduce(UBig::ONE), ring.reduce(number - UBig::ONE));
    if power == one || power == last {
        return true;
    }
    for _ in 1..twos {
        power = power.sqr();
        if power == last {
            return true;
        }
    }
    false
}

/// Whether e alone gives the private key away.
pub fn weak_exponent(exponent: &UBig) -> Option<Weakness> {
    if *exponent == UBig::ONE {
        Some(Weakness::ExponentOne)
    } else if !exponent.bit(0) {
        Some(Weakness::EvenExponent)
    } else {
        None
    }
}

/// The first known attack that succeeds on the public key (n, e), for an e that is not weak in itself.
///
/// The primes p and q of n only save work: with them the outcome of trial division and of Fermat's method can be told
/// without carrying them out.
pub(super) fn weakness(
    modulus: &UBig,
    exponent: &UBig,
    private_exponent: &UBig,
    p: &UBig,
    q: &UBig,
) -> Option<Weakness> {
    if let Ok(factor) = u32::try_from(p.min(q)) {
        return Some(Weakness::SmallFactor(factor));
    }
    if let Some(weakness) = primes::pattern(modulus, p, q) {
        return Some(weakness);
    }
    if tiny_private_exponent(modulus, exponent, private_exponent, p, q) {
        return Some(Weakness::TinyPrivateExponent);
    }
    roca(modulus).then_some(Weakness::Roca)
}

/// Boneh and Durfee, "Cryptanalysis of RSA with private key d less than N^0.292" (1999).
fn tiny_private_exponent(
    modulus: &UBig,
    exponent: &UBig,
    private_exponent: &UBig,
    p: &UBig,
    q: &UBig,
) -> bool {
    let tiny = |number: &UBig| bits(number) * 1000 <= bits(modulus) * 292;
    // Only a huge e has a tiny d. The d of a key may be any of those that fit e; the smallest is what can be computed.
    tiny(private_exponent)
        || bits(exponent) * 2 > bits(modulus) && {
            let (p_minus_1, q_minus_1) = (p - UBig::ONE, q - UBig::ONE);
            let common = (&p_minus_1).gcd(&q_minus_1);
            tiny(&(private_exponent % (p_minus_1 / common * q_minus_1)))
        }
}

/// The primes to 65,537, found when aemcred is compiled.
static SMALL_PRIMES: [u32; 6543] = {
    const LAST: u32 = 65_537;
    let mut composite = [false; LAST as usize + 1];
    let mut primes = [0; 6543];
    let (mut number, mut count) = (2_u32, 0);
    while number <= LAST {
        if !composite[number as usize] {
            primes[count] = number;
            count += 1;
            let mut multiple = number * 2;
            while multiple <= LAST {
                composite[multiple as usize] = true;
                multiple += number;
            }
        }
        number += 1;
    }
    primes
};

/// Nemec et al., "The Return of Coppersmith's Attack" (2017): the flawed primes are k·M + (65537^a mod M) for a product
/// M of the first primes, so n is a power of 65537 modulo every one of them. The paper's detector uses the primes to
/// 167; by chance an ordinary modulus passes that once in some 10⁸ times, so the larger primes that belong to its size
/// (table 1) must agree.
fn roca(modulus: &UBig) -> bool {
    let largest = match bits(modulus) {
        0..512 => return false,
        512..992 => 167,
        992..1984 => 353,
        1984..3968 => 701,
        _ => 1427,
    };
    // 2 says nothing, because n is odd. The powers of 65537 modulo 11 are only 1 and 10, so most tries end there.
    SMALL_PRIMES.iter().skip(1).take_while(|prime| **prime <= largest).all(|&prime| {
        let prime = u64::from(prime);
        let remainder = modulus % prime;
        let generator = 65_537 % prime;
        let mut power = 1;
        for _ in 0..prime {
            if power == remainder {
                return true;
            }
            power = power * generator % prime;
        }
        false
    })
}

#[cfg(test)]
mod tests {
    use dashu_int::ops::ExtendedGcd as _;
    use sha2::Digest as _;

    use super::*;

    fn number(decimal: &str) -> UBig {
        decimal.parse().unwrap()
    }

    /// Trial division.
    fn small_factor(modulus: &UBig) -> Option<u32> {
        SMALL_PRIMES.iter().copied().find(|prime| modulus % *prime == 0 && *modulus != UBig::from(*prime))
    }

    /// The next number from `start` that passes the primality test.
    pub(super) fn next_prime(mut start: UBig) -> UBig {
        start |= UBig::ONE;
        while small_factor(&start).is_some() || !probably_prime(&start) {
            start += UBig::from(2_u8);
        }
        start
    }

    /// Two primes of 512 bits with nothing about them.
    fn random_primes() -> (UBig, UBig) {
        let prime =
            |salt: u8| next_prime(UBig::from_be_bytes(&sha2::Sha512::digest([salt])) | UBig::ONE << 511);
        (prime(1), prime(2))
    }

    #[test]
    fn primes_and_composites_are_told_apart() {
        for prime in ["2", "3", "5", "65537", "170141183460469231731687303715884105727"] {
            assert!(probably_prime(&number(prime)), "{prime}");
        }
        for composite in ["0", "1", "4", "9", "561", "65536", "170141183460469231731687303715884105729"] {
            assert!(!probably_prime(&number(composite)), "{composite}");
        }
        assert_eq!(SMALL_PRIMES.len(), 6543, "the primes to 65,537");
    }

    #[test]
    fn each_weakness_is_found() {
        let (e, d) = (UBig::from(65_537_u32), UBig::ONE << 1020);
        let (p, q) = random_primes();
        let found = |p: &UBig, q: &UBig, e: &UBig, d: &UBig| weakness(&(p * q), e, d, p, q);
        assert_eq!(found(&p, &q, &e, &d), None);
        assert_eq!(found(&p, &q, &e, &(UBig::ONE << 200)), Some(Weakness::TinyPrivateExponent));
        assert_eq!(found(&p, &UBig::from(65_537_u32), &e, &d), Some(Weakness::SmallFactor(65_537)));
        assert_eq!(
            found(&p, &UBig::from(4_294_967_291_u32), &e, &d),
            Some(Weakness::SmallFactor(4_294_967_291))
        );
        assert_eq!(found(&p, &UBig::from(4_294_967_311_u64), &e, &d), None);
        assert_eq!(found(&p, &p, &e, &d), Some(Weakness::ClosePrimes(1)));
        let close = next_prime(&p + UBig::ONE);
        assert_eq!(found(&p, &close, &e, &d), Some(Weakness::ClosePrimes(1)));

        for (exponent, weakness) in [
            (0_u32, Some(Weakness::EvenExponent)),
            (1, Some(Weakness::ExponentOne)),
            (2, Some(Weakness::EvenExponent)),
            (3, None),
            (65_536, Some(Weakness::EvenExponent)),
            (65_537, None),
        ] {
            assert_eq!(weak_exponent(&UBig::from(exponent)), weakness, "{exponent}");
        }
    }

    #[test]
    fn a_tiny_private_exponent_is_found_behind_a_larger_one() {
        let (p, q) = random_primes();
        let totient = (&p - UBig::ONE) * (&q - UBig::ONE);
        let tiny = next_prime(UBig::ONE << 250);
        let (_, inverse, _) = (&tiny).gcd_ext(&totient);
        let order = dashu_int::IBig::from(totient.clone());
        let e = UBig::try_from((inverse % &order + &order) % &order).unwrap();
        assert_eq!((&e * &tiny) % &totient, UBig::ONE);
        let found = |d: &UBig| weakness(&(&p * &q), &e, d, &p, &q);
        assert_eq!(found(&tiny), Some(Weakness::TinyPrivateExponent));
        assert_eq!(found(&(&tiny + &totient)), Some(Weakness::TinyPrivateExponent));
    }

    #[test]
    fn roca_keys_are_recognized() {
        // Made as the flawed library does: primes k·M + (65537^a mod M), M the product of the primes to 701.
        let product =
            SMALL_PRIMES.iter().take(126).fold(UBig::ONE, |product, prime| product * UBig::from(*prime));
        let ring = ConstDivisor::new(product.clone());
        let prime = |power: u32, k: u64| {
            let residue = ring.reduce(UBig::from(65_537_u32)).pow(&UBig::from(power)).residue();
            let mut candidate = residue + UBig::from(k) * &product;
            while !probably_prime(&candidate) {
                candidate += &product;
            }
            candidate
        };
        let (p, q) = (prime(123_457, 1 << 54), prime(987_643, 1 << 53));
        let modulus = &p * &q;
        assert!((1984..3968).contains(&bits(&modulus)), "{}", bits(&modulus));
        assert!(roca(&modulus));
        assert!(!roca(&(next_prime(p + UBig::ONE) * q)), "one flawed prime is not enough");
    }
}
