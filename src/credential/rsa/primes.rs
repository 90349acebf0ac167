//! Primes that aren't independent of each other, or not as random as they should be.
//!
//! Owns: the patterns by which a modulus gives its primes away. Does not own: finding the primes, which are at hand here, so
//! that each pattern is a comparison and no search. By chance none of them is met: each fixes hundreds of bits.

use dashu_int::ops::{BitTest as _, SquareRoot as _};
use dashu_int::{UBig, Word};
use zeroize::Zeroizing;

use super::{Weakness, bits};

/// Where primes were moved to the next one, that many low bits say nothing.
const SEARCHED: usize = 64;

/// Where the length of primes was forced, that many high bits say nothing.
const FORCED: usize = 8;

/// The first pattern that p and q have.
pub(super) fn pattern(modulus: &UBig, p: &UBig, q: &UBig) -> Option<Weakness> {
    small_quotient(p, q).or_else(|| {
        if lower_half_is_shared(modulus, p, q) {
            Some(Weakness::SharedLowerHalf)
        } else if is_mirrored(p, q) {
            Some(Weakness::Mirrored)
        } else if is_repeating(p) || is_repeating(q) {
            Some(Weakness::Repeating)
        } else {
            is_sparse(modulus).then_some(Weakness::Sparse)
        }
    })
}

/// Fermat's method, carried out on n times a product of two small numbers (Lehman): it finds primes whose quotient is
/// about a fraction of them, and with 1/1 those that are close to each other.
///
/// The fraction, if there is one, is a convergent of p/q, because it is much nearer than its own denominator.
fn small_quotient(p: &UBig, q: &UBig) -> Option<Weakness> {
    if may_have_small_quotient(p, q) { fraction_by_fermat(p, q) } else { None }
}

/// Returns false if the highest bits of p and q alone tell that no fraction of small numbers is near enough to p/q for
/// [`fermat_rounds`]. That takes a small part of the time, and for independent primes it is always so.
///
/// With b·p and a·q closer to each other than 2 to the power of (half of the bits + 29), and as many bits cut off as leave 100,
/// b times what is left of p and a times what is left of q differ by no more than a or b, which makes a/b a convergent of
/// that quotient, too.
fn may_have_small_quotient(p: &UBig, q: &UBig) -> bool {
    const SEEN: usize = 100;
    const LARGEST: u128 = super::LARGEST_OF_FRACTION as u128;
    let longest = bits(p).max(bits(q));
    if longest < 2 * (SEEN + 29) {
        return true;
    }
    let highest = |number: &UBig| u128::try_from(number >> (longest - SEEN)).unwrap_or_default();
    let (p, q) = (highest(p), highest(q));
    let (mut dividend, mut divisor) = (p, q);
    let [mut before, mut last] = [(0, 1), (1, 0)];
    while divisor != 0 {
        let whole = dividend / divisor;
        let next = (whole * last.0 + before.0, whole * last.1 + before.1);
        if next.0 > LARGEST || next.1 > LARGEST {
            return false;
        }
        if next.0 != 0 && (next.1 * p).abs_diff(next.0 * q) <= next.0.max(next.1) {
            return true;
        }
        (dividend, divisor) = (divisor, dividend % divisor);
        (before, last) = (last, next);
    }
    false
}

fn fraction_by_fermat(p: &UBig, q: &UBig) -> Option<Weakness> {
    let largest = UBig::from(super::LARGEST_OF_FRACTION);
    let (mut dividend, mut divisor) = (p.clone(), q.clone());
    let [mut before, mut last] = [(UBig::ZERO, UBig::ONE), (UBig::ONE, UBig::ZERO)];
    while divisor != UBig::ZERO {
        let whole = &dividend / &divisor;
        let next = (&whole * &last.0 + &before.0, &whole * &last.1 + &before.1);
        if next.0 > largest || next.1 > largest {
            break;
        }
        if next.0 != UBig::ZERO
            && let Some(rounds) = fermat_rounds(&(&next.1 * p), &(&next.0 * q))
        {
            return Some(match (u32::try_from(&next.0).ok()?, u32::try_from(&next.1).ok()?) {
                (1, 1) => Weakness::ClosePrimes(rounds),
                (numerator, denominator) => Weakness::SmallQuotient(numerator, denominator),
            });
        }
        let remainder = &dividend % &divisor;
        (dividend, divisor) = (divisor, remainder);
        (before, last) = (last, next);
    }
    None
}

/// In which round Fermat's method would arrive at x·y: it counts a up from ⌈√(x·y)⌉ until a² − x·y is a square, which it
/// is at a = (x + y) / 2. For numbers of which one is even it is carried out on four times the product.
fn fermat_rounds(x: &UBig, y: &UBig) -> Option<u32> {
    let difference = if x > y { x - y } else { y - x };
    // The method takes about (x − y)² / (8·√(x·y)) rounds: more than can be counted from here on, and the root is saved.
    if bits(&difference) > (bits(x) + bits(y)) / 4 + 20 {
        return None;
    }
    let scale = usize::from((x.bit(0)) != y.bit(0));
    let product = (x * y) << (2 * scale);
    let middle: UBig = ((x + y) << scale) >> 1;
    let root = product.sqrt();
    let first = if &root * &root == product { root } else { root + UBig::ONE };
    // No odd numbers have their mean below that root.
    let rounds = if middle < first { return None } else { middle - first };
    u32::try_from(rounds).ok().and_then(|rounds| rounds.checked_add(1))
}

/// n alone gives the shared half: it is a square root of n modulo a power of two. The other half follows by Coppersmith's
/// method.
fn lower_half_is_shared(modulus: &UBig, p: &UBig, q: &UBig) -> bool {
    /// Bits that can be guessed.
    const GUESSED: usize = 16;
    let difference = if p > q { p - q } else { q - p };
    difference.trailing_zeros().is_none_or(|shared| shared + GUESSED >= bits(modulus) / 4)
}

/// The digits of one are those of the other read backwards (groups of bits, or decimal digits), or their complement. All
/// are found from both ends of n at once.
fn is_mirrored(p: &UBig, q: &UBig) -> bool {
    let sum = p + q;
    let power = UBig::ONE << bits(&sum);
    if bits(&(&power - &sum)) <= SEARCHED || bits(&(&sum - (&power >> 1))) <= SEARCHED {
        return true;
    }
    [(p, q), (q, p)].into_iter().any(|(one, other)| {
        [1, 4, 8, 16, 32, 64].into_iter().any(|group| is_reverse(one, other, group))
            || is_decimal_reverse(one, other)
    })
}

fn is_reverse(one: &UBig, other: &UBig, group: usize) -> bool {
    let groups = bits(one).max(bits(other)).div_ceil(group);
    let opposite = |index: usize| group * (groups - 1 - index / group) + index % group;
    groups * group > 2 * SEARCHED
        && (SEARCHED..groups * group).all(|index| one.bit(index) == other.bit(opposite(index)))
}

fn is_decimal_reverse(one: &UBig, other: &UBig) -> bool {
    /// Of [`SEARCHED`] bits.
    const DIGITS: usize = 20;
    if !may_be_decimal_reverse(one, other) {
        return false;
    }
    let [one, other] = [one, other].map(|number| Zeroizing::new(number.to_string()));
    one.len() == other.len()
        && one.len() > 2 * DIGITS
        && one.bytes().zip(other.bytes().rev()).take(one.len() - DIGITS).all(|(one, other)| one == other)
}

/// Returns false if the first six decimal digits of `one` aren't the last six of `other` read backwards, so that nobody needs
/// all of them: to write out both takes as long as a fifth of all other checks of a credential.
fn may_be_decimal_reverse(one: &UBig, other: &UBig) -> bool {
    const SEEN: u32 = 6;
    let shift = bits(one).saturating_sub(64);
    let highest = u64::try_from(one >> shift).unwrap_or_default();
    #[expect(clippy::cast_precision_loss, reason = "six digits are asked for, and twelve are right")]
    let logarithm = (highest as f64).log10() + shift as f64 * std::f64::consts::LOG10_2;
    let first = 10_f64.powf(logarithm.fract() + f64::from(SEEN - 1));
    let last = other % 10_u32.pow(SEEN);
    let reversed = (0..SEEN).fold(0, |reversed, digit| reversed * 10 + last / 10_u32.pow(digit) % 10);
    // Next to a power of ten the logarithm may be on the wrong side of it.
    let is_power_of_ten = !(1.000_001..=9.999_999).contains(&(first / f64::from(10_u32.pow(SEEN - 1))));
    is_power_of_ten || (-1.0..=2.0).contains(&(first - f64::from(reversed)))
}

/// A group of bits repeats through the whole number. Where it is half of the number or less, so few bits are left open that
/// the number is found by trying, or by Coppersmith's method.
fn is_repeating(prime: &UBig) -> bool {
    const WORD: usize = Word::BITS as usize;
    let length = bits(prime);
    if length < 4 * SEARCHED {
        return false;
    }
    let repeats = |period: usize| {
        (1..=length / 2).contains(&period)
            && (SEARCHED..length - period - FORCED).all(|index| prime.bit(index) == prime.bit(index + period))
    };
    // Hardly any period begins with the same bits as the number itself, from the first that count.
    let word = |index: usize| prime.as_words().get(index).copied().unwrap_or_default();
    let beginning = word(SEARCHED / WORD);
    (SEARCHED / WORD..=(SEARCHED + length / 2) / WORD).any(|index| {
        let (low, high) = (word(index), word(index + 1) << 1);
        let bits = |shift: usize| low >> shift | high << (WORD - 1 - shift);
        let begins_alike = |shift: usize| (bits(shift) ^ beginning).trailing_zeros() >= 32;
        (0..WORD).any(|shift| begins_alike(shift) && repeats(index * WORD + shift - SEARCHED))
    })
}

/// So few bits are set in both halves of n that its primes are polynomials with small coefficients, whose product is factored
/// as a polynomial. The bounds are those of badkeys (`rsapoly`).
fn is_sparse(modulus: &UBig) -> bool {
    const SHORTEST: usize = 500;
    let length = bits(modulus);
    let few = |number: &UBig| number.count_ones() * 100 < bits(number) * 40;
    length >= SHORTEST && few(modulus) && few(&(modulus % (UBig::ONE << (length / 2))))
}

#[cfg(test)]
mod tests {
    use super::super::tests::next_prime;
    use super::*;

    /// Some prime of 512 bits with nothing about it.
    fn prime(seed: u64) -> UBig {
        next_prime(random(seed))
    }

    fn random(seed: u64) -> UBig {
        use sha2::{Digest as _, Sha512};
        UBig::from_be_bytes(&Sha512::digest(seed.to_be_bytes())) | UBig::ONE << 511
    }

    fn found(p: &UBig, q: &UBig) -> Option<Weakness> {
        let (found, swapped) = (pattern(&(p * q), p, q), pattern(&(p * q), q, p));
        assert_eq!(found.is_some(), swapped.is_some());
        found
    }

    #[test]
    fn independent_primes_have_none() {
        for seed in 0..8 {
            assert_eq!(found(&prime(2 * seed), &prime(2 * seed + 1)), None, "{seed}");
        }
    }

    #[test]
    fn a_small_quotient_is_found() {
        let p = prime(1);
        for (numerator, denominator) in
            [(1_u32, 2), (1, 3), (2, 3), (3, 5), (7, 4), (1, 100), (999, 1000), (1, 65_000)]
        {
            let q = next_prime(&p * UBig::from(denominator) / UBig::from(numerator));
            assert_eq!(found(&p, &q), Some(Weakness::SmallQuotient(numerator, denominator)));
        }
        assert_eq!(found(&p, &next_prime(&p * UBig::from(70_000_u32))), None, "too many fractions to try");
        assert_eq!(found(&p, &next_prime(&p + UBig::ONE)), Some(Weakness::ClosePrimes(1)));
    }

    /// The highest bits rule nothing out that all bits would find.
    #[test]
    fn what_fermat_finds_is_not_ruled_out() {
        let mut found = 0;
        for seed in 0..400_u32 {
            let number = |seed: u32| random(10_000 + u64::from(seed));
            let small = |seed: u32| 1 + number(seed) % 1000_u32 % (1 + seed % 300);
            let (numerator, denominator) = (small(3 * seed), small(3 * seed + 1));
            let p = number(3 * seed + 2) >> ((seed % 3) as usize * 100);
            let near = &p * UBig::from(denominator) / UBig::from(numerator);
            let q = near + (random(u64::from(seed)) >> (512 - (seed % 64 * 5) as usize));
            for (p, q) in [(&p, &q), (&q, &p)] {
                let by_fermat = fraction_by_fermat(p, q);
                found += usize::from(by_fermat.is_some());
                assert!(by_fermat.is_none() || may_have_small_quotient(p, q), "{p} {q}");
            }
        }
        assert!(found > 200, "{found}");
        let far = |seed: u64| may_have_small_quotient(&prime(seed), &prime(seed + 1));
        assert!(!(0..8).any(far));
    }

    /// The first and last digits rule nothing out that is a number read backwards.
    #[test]
    fn what_is_read_backwards_is_not_ruled_out() {
        let backwards =
            |number: &UBig| number.to_string().chars().rev().collect::<String>().parse::<UBig>().unwrap();
        for seed in 0..200_usize {
            let one = random(20_000 + seed as u64) >> (seed % 400);
            let ten = UBig::from(10_u8).pow(100 + seed % 50);
            for one in [&one * UBig::from(10_u8) + UBig::from(3_u8), &ten + UBig::ONE, &ten - UBig::ONE] {
                let other = backwards(&one);
                assert!(may_be_decimal_reverse(&one, &other), "{one}");
                assert!(may_be_decimal_reverse(&other, &one), "{one}");
            }
        }
        let by_chance = (0..100).filter(|seed| may_be_decimal_reverse(&random(*seed), &random(seed + 100)));
        assert!(by_chance.count() < 3);
    }

    #[test]
    fn a_shared_lower_half_is_found() {
        let p = prime(1);
        let with_shared = |count: usize| {
            let low = &p % (UBig::ONE << count);
            let mut q = ((random(7) >> count) << count) + &low;
            while !super::super::probably_prime(&q) {
                q += UBig::ONE << count;
            }
            q
        };
        assert_eq!(found(&p, &with_shared(256)), Some(Weakness::SharedLowerHalf));
        assert_eq!(found(&p, &with_shared(300)), Some(Weakness::SharedLowerHalf));
        assert_eq!(found(&p, &with_shared(200)), None);
    }

    #[test]
    fn mirrored_digits_are_found() {
        let p = prime(1);
        let text = |radix| format!("{}", p.in_radix(radix)).chars().rev().collect::<String>();
        for radix in [2, 10, 16] {
            let q = next_prime(UBig::from_str_radix(&text(radix), radix.into()).unwrap());
            assert_eq!(found(&p, &q), Some(Weakness::Mirrored), "{radix}");
        }
        let q = next_prime(UBig::from_be_bytes(&p.to_le_bytes()));
        assert_eq!(found(&p, &q), Some(Weakness::Mirrored), "bytes");
        let q = next_prime((UBig::ONE << 512) - &p);
        assert_eq!(found(&p, &q), Some(Weakness::Mirrored), "complement");
    }

    #[test]
    fn repeated_digits_are_found() {
        let p = prime(1);
        for (unit, bytes) in [
            (0xA5_u128, 1),
            (0xC0DE, 2),
            (0x00AB_CDEF, 3),
            (0xDEAD_BEEF, 4),
            (0x0123_4567_89AB_CDEF, 8),
            (u128::MAX / 7, 16),
        ] {
            let unit = unit.to_be_bytes();
            let repeated: Vec<u8> = unit[16 - bytes..].iter().copied().cycle().take(64).collect();
            let q = next_prime(UBig::from_be_bytes(&repeated) | UBig::from(3_u8) << 510);
            assert_eq!(found(&p, &q), Some(Weakness::Repeating), "{bytes}");
        }
        let half = random(9) >> 256;
        assert_eq!(found(&p, &next_prime((&half << 256) + &half)), Some(Weakness::Repeating), "half");
    }

    #[test]
    fn sparse_numbers_are_found() {
        // A few low bits in each limb, as badkeys has them of two products.
        let sparse = |seed: u64| {
            let limbs = (0..16).map(|limb| random(seed + limb) % UBig::from(200_u8) + UBig::ONE);
            next_prime(limbs.fold(UBig::ZERO, |number, limb| (number << 32) + limb))
        };
        assert!(matches!(found(&sparse(100), &sparse(200)), Some(Weakness::Sparse | Weakness::Repeating)));
    }
}
