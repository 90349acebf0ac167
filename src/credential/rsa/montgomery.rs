//! Powers modulo an odd number, after P. L. Montgomery, "Modular multiplication without trial division" (1985).
//!
//! Owns: the arithmetic on arrays of limbs. Does not own: what a power says about a key or signature.
//!
//! A limb has fewer bits than its word, so that the sum of a whole column of products fits into two words: adding a product takes
//! two instructions and no carry. Why not a crate's: `docs/performance.md` has what was measured.

use dashu_int::ops::BitTest as _;
use dashu_int::{UBig, Word};

use crate::secret::Secret;

/// Numbers modulo an odd number of at most `N` limbs of `BITS` bits, the products of which have `W`, twice as many. R is 2 to the
/// power of `BITS`·`N`; a number a is kept as a·R modulo that number.
pub(super) struct Montgomery<const N: usize, const W: usize, const BITS: usize> {
    modulus: Secret<[u64; N]>,
    /// The inverse of the modulus modulo 2⁶⁴, negated.
    inverse: u64,
}

impl<const N: usize, const W: usize, const BITS: usize> Montgomery<N, W, BITS> {
    const MASK: u64 = (1 << BITS) - 1;

    /// Returns `None` if `modulus` is even or has more than `N` limbs.
    pub(super) fn new(modulus: &UBig) -> Option<Self> {
        const {
            assert!(W == 2 * N);
            // A column has at most N products of each of a multiplication and its reduction, and what is carried into it.
            assert!((2 * N + 1).ilog2() as usize + 1 + 2 * BITS <= 128);
        }
        let modulus = Secret::new(Self::limbs(modulus)?);
        let lowest = *modulus.expose().first()?;
        if lowest.is_multiple_of(2) {
            return None;
        }
        // Each step doubles the number of bits that are right, from the three of an odd number that is its own inverse modulo 8.
        let inverse = (0..5).fold(lowest, |inverse, _| {
            inverse.wrapping_mul(2_u64.wrapping_sub(lowest.wrapping_mul(inverse)))
        });
        Some(Self { modulus, inverse: inverse.wrapping_neg() })
    }

    /// The limbs of `number`, the lowest first; `None` if there are more than `N`.
    pub(super) fn limbs(number: &UBig) -> Option<[u64; N]> {
        let mut limbs = [0; N];
        let mut rest = limbs.iter_mut();
        let (mut bits, mut count) = (0_u128, 0);
        for word in number.as_words() {
            bits |= u128::from(*word) << count;
            count += Word::BITS as usize;
            while count >= BITS {
                *rest.next()? = low(bits) & Self::MASK;
                bits >>= BITS;
                count -= BITS;
            }
        }
        if bits != 0 {
            *rest.next()? = low(bits);
        }
        Some(limbs)
    }

    /// Returns `number` in the ring of `modulus`.
    pub(super) fn enter(number: &UBig, modulus: &UBig) -> [u64; N] {
        Self::limbs(&((number << (BITS * N)) % modulus)).unwrap_or([0; N])
    }

    /// Returns what `number` stands for, below the modulus.
    pub(super) fn residue(&self, number: &[u64; N]) -> [u64; N] {
        let mut wide = [0; W];
        for (column, limb) in wide.iter_mut().zip(number) {
            *column = u128::from(*limb);
        }
        self.reduce(wide)
    }

    pub(super) fn multiply(&self, left: &[u64; N], right: &[u64; N]) -> [u64; N] {
        let mut wide = [0; W];
        for (index, limb) in left.iter().enumerate() {
            for (column, other) in wide[index..].iter_mut().zip(right) {
                *column += product(*limb, *other);
            }
        }
        self.reduce(wide)
    }

    /// The same as multiplying `number` by itself, with half of the products.
    pub(super) fn square(&self, number: &[u64; N]) -> [u64; N] {
        let mut wide = [0; W];
        for (index, limb) in number.iter().enumerate() {
            wide[2 * index] += product(*limb, *limb);
            let twice = limb << 1;
            // By four, which is done without a loop.
            let (columns, last_columns) = wide[2 * index + 1..index + N].as_chunks_mut::<4>();
            let (others, last_others) = number[index + 1..].as_chunks::<4>();
            for (columns, others) in columns.iter_mut().zip(others) {
                for (column, other) in columns.iter_mut().zip(others) {
                    *column += product(twice, *other);
                }
            }
            for (column, other) in last_columns.iter_mut().zip(last_others) {
                *column += product(twice, *other);
            }
        }
        self.reduce(wide)
    }

    /// Twice `number`.
    pub(super) fn double(&self, number: &[u64; N]) -> [u64; N] {
        self.settle(number.iter().map(|limb| u128::from(*limb) << 1))
    }

    /// `base` to the power of `exponent`, which isn't 0.
    pub(super) fn power(&self, base: &[u64; N], exponent: &UBig) -> [u64; N] {
        self.climb(base, exponent, |power| self.multiply(power, base))
    }

    /// `base` to the power of `exponent`, where `times` multiplies by `base`.
    pub(super) fn climb(
        &self,
        base: &[u64; N],
        exponent: &UBig,
        times: impl Fn(&[u64; N]) -> [u64; N],
    ) -> [u64; N] {
        (0..exponent.bit_len().saturating_sub(1)).rev().fold(*base, |power, bit| {
            let square = self.square(&power);
            if exponent.bit(bit) { times(&square) } else { square }
        })
    }

    /// Divides by R. `wide` is below R times the modulus.
    fn reduce(&self, mut wide: [u128; W]) -> [u64; N] {
        let modulus = self.modulus.expose();
        let mut carry = 0;
        for index in 0..N {
            let Some(columns) = wide[index..].first_chunk_mut::<N>() else { break };
            columns[0] += carry;
            // Adding this multiple of the modulus makes the lowest limb 0.
            let factor = low(columns[0]).wrapping_mul(self.inverse) & Self::MASK;
            for (column, limb) in columns.iter_mut().zip(modulus) {
                *column += product(factor, *limb);
            }
            carry = columns[0] >> BITS;
        }
        wide[N] += carry;
        self.settle(wide[N..].iter().copied())
    }

    /// The number in `columns`, which is below twice the modulus, as limbs and below the modulus.
    fn settle(&self, columns: impl Iterator<Item = u128>) -> [u64; N] {
        let modulus = self.modulus.expose();
        let mut number = [0; N];
        let mut carry = 0;
        for (limb, column) in number.iter_mut().zip(columns) {
            carry += column;
            *limb = low(carry) & Self::MASK;
            carry >>= BITS;
        }
        // What the highest limb has no room for stays in it.
        number[N - 1] |= low(carry << BITS);
        // The highest limbs nearly always tell that there is nothing to subtract.
        if number[N - 1] < modulus[N - 1] {
            return number;
        }
        let mut difference = [0; N];
        let mut borrow = 0;
        for index in 0..N {
            let without = number[index].wrapping_sub(modulus[index]).wrapping_sub(borrow);
            difference[index] = without & Self::MASK;
            borrow = without >> 63;
        }
        if borrow == 0 { difference } else { number }
    }
}

/// `left · right`.
const fn product(left: u64, right: u64) -> u128 {
    left as u128 * right as u128
}

#[expect(clippy::cast_possible_truncation, reason = "the low half is what is asked for")]
const fn low(number: u128) -> u64 {
    number as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers that are the same every time: `SplitMix64`.
    struct Numbers(u64);

    impl Numbers {
        fn next(&mut self) -> u64 {
            self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
            let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
            mixed ^ mixed >> 31
        }

        /// A limb: mostly one of those at which carries begin and end.
        fn limb(&mut self) -> u64 {
            match self.next() % 9 {
                0 | 1 => 0,
                2 | 3 => u64::MAX,
                4 => 1,
                5 => 1 << 63,
                6 => u64::MAX - 1,
                _ => self.next(),
            }
        }

        fn number(&mut self, limbs: usize) -> UBig {
            (0..limbs).fold(UBig::ZERO, |number, _| (number << 64) + self.limb())
        }
    }

    fn value<const N: usize>(limbs: &[u64; N], bits: usize) -> UBig {
        limbs.iter().rev().fold(UBig::ZERO, |number, limb| (number << bits) + *limb)
    }

    /// Holds one round against dashu: products, squares and doubles, and a power of `exponent`.
    fn agrees<const N: usize, const W: usize, const BITS: usize>(numbers: &mut Numbers, exponent: u64) {
        let width = 1 + usize::try_from(numbers.next()).unwrap() % N;
        // Of whole limbs or of whole words, and of every width in between.
        let widest = UBig::ONE << (BITS * N);
        let shift = [0, 13, 26, 39][(numbers.next() % 4) as usize];
        let modulus = ((numbers.number(width) >> shift) % &widest) | UBig::ONE;
        let (one, other) = (numbers.number(N + 1) % &modulus, numbers.number(N + 1) % &modulus);
        let ring = Montgomery::<N, W, BITS>::new(&modulus).unwrap();
        let enter = |number: &UBig| Montgomery::<N, W, BITS>::enter(number, &modulus);
        let (left, right) = (enter(&one), enter(&other));
        let is = |limbs: [u64; N], expected: UBig| {
            let residue = value(&ring.residue(&limbs), BITS);
            assert_eq!(residue, expected, "{modulus} {one} {other} {exponent}");
            assert!(value(&limbs, BITS) < modulus && limbs.iter().all(|limb| *limb >> BITS == 0));
        };
        is(left, one.clone());
        is(ring.multiply(&left, &right), &one * &other % &modulus);
        is(ring.square(&left), &one * &one % &modulus);
        is(ring.double(&left), (&one << 1) % &modulus);
        let exponent = UBig::from(exponent);
        let dashu = dashu_int::fast_div::ConstDivisor::new(modulus.clone());
        is(ring.power(&left, &exponent), dashu.reduce(one.clone()).pow(&exponent).residue());
    }

    fn rounds(count: usize) {
        let mut numbers = Numbers(1);
        for round in 0..count {
            let exponent = 2 + numbers.next() % 6;
            match round % 50 {
                0 => agrees::<17, 34, 61>(&mut numbers, exponent),
                1 => agrees::<35, 70, 60>(&mut numbers, exponent),
                2..20 => agrees::<1, 2, 62>(&mut numbers, exponent),
                20..40 => agrees::<2, 4, 61>(&mut numbers, exponent),
                _ => agrees::<3, 6, 60>(&mut numbers, exponent),
            }
        }
        for exponent in [65_537, 3, u64::MAX, 1 << 63] {
            (0..8).for_each(|_| agrees::<17, 34, 61>(&mut numbers, exponent));
            (0..4).for_each(|_| agrees::<35, 70, 60>(&mut numbers, exponent));
        }
    }

    #[test]
    fn it_computes_what_dashu_computes() {
        rounds(5_000);
    }

    #[test]
    #[ignore = "slow: a million rounds"]
    fn it_computes_what_dashu_computes_a_million_times() {
        rounds(1_000_000);
    }

    #[test]
    fn only_odd_numbers_that_fit_have_a_ring() {
        let number = |decimal: &str| decimal.parse::<UBig>().unwrap();
        for (modulus, fits) in [
            ("0", false),
            ("2", false),
            ("1", true),
            // 2⁶¹ − 1, 2⁶¹ and 2⁶¹ + 1.
            ("2305843009213693951", true),
            ("2305843009213693952", false),
            ("2305843009213693953", false),
            ("18446744073709551617", false),
        ] {
            assert_eq!(Montgomery::<1, 2, 61>::new(&number(modulus)).is_some(), fits, "{modulus}");
        }
    }
}
