//! Powers modulo an odd number, after P. L. Montgomery, "Modular multiplication without trial division" (1985).
//!
//! Owns: the arithmetic on arrays of limbs. Does not own: what a power says about a key or signature.
//!
//! Why not a crate's: `docs/performance.md` has what was measured.

use dashu_int::UBig;
use dashu_int::ops::BitTest as _;

use crate::secret::Secret;

/// Numbers modulo an odd number of at most `N` limbs, the products of which have `W`, twice as many. R is 2 to the power of
/// 64·`N`; a number a is kept as a·R modulo that number.
pub(super) struct Montgomery<const N: usize, const W: usize> {
    modulus: Secret<[u64; N]>,
    /// The inverse of the modulus modulo 2⁶⁴, negated.
    inverse: u64,
}

impl<const N: usize, const W: usize> Montgomery<N, W> {
    /// Returns `None` if `modulus` is even or has more than `N` limbs.
    pub(super) fn new(modulus: &UBig) -> Option<Self> {
        const { assert!(W == 2 * N) };
        let modulus = Secret::new(limbs(modulus)?);
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

    /// Returns `number` in the ring of `modulus`.
    pub(super) fn enter(number: &UBig, modulus: &UBig) -> [u64; N] {
        limbs(&((number << (64 * N)) % modulus)).unwrap_or([0; N])
    }

    /// Returns what `number` stands for, below the modulus.
    pub(super) fn residue(&self, number: &[u64; N]) -> [u64; N] {
        let mut wide = [0; W];
        wide[..N].copy_from_slice(number);
        self.reduce(&mut wide)
    }

    pub(super) fn multiply(&self, left: &[u64; N], right: &[u64; N]) -> [u64; N] {
        let mut wide = [0; W];
        for index in 0..N {
            let mut carry = 0;
            for offset in 0..N {
                (wide[index + offset], carry) =
                    add_product(wide[index + offset], left[index], right[offset], carry);
            }
            wide[index + N] = carry;
        }
        self.reduce(&mut wide)
    }

    /// The same as multiplying `number` by itself, with half of the products.
    pub(super) fn square(&self, number: &[u64; N]) -> [u64; N] {
        let mut wide = [0; W];
        for index in 0..N {
            let mut carry = 0;
            for other in index + 1..N {
                (wide[index + other], carry) =
                    add_product(wide[index + other], number[index], number[other], carry);
            }
            wide[index + N] = carry;
        }
        // Twice those, and each limb's own square.
        let (mut carry, mut bit) = (0, 0);
        for index in 0..N {
            let (low, high) = (wide[2 * index], wide[2 * index + 1]);
            let (square_low, square_high) = add_product(0, number[index], number[index], 0);
            (wide[2 * index], carry) = add(low << 1 | bit, square_low, carry);
            (wide[2 * index + 1], carry) = add(high << 1 | low >> 63, square_high, carry);
            bit = high >> 63;
        }
        self.reduce(&mut wide)
    }

    /// Twice `number`.
    pub(super) fn double(&self, number: &[u64; N]) -> [u64; N] {
        let mut bit = 0;
        let doubled = number.map(|limb| {
            let doubled = limb << 1 | bit;
            bit = limb >> 63;
            doubled
        });
        self.below_modulus(doubled, bit)
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
    fn reduce(&self, wide: &mut [u64; W]) -> [u64; N] {
        let modulus = self.modulus.expose();
        let mut over = 0;
        for index in 0..N {
            // Adding this multiple of the modulus makes the lowest limb 0.
            let factor = wide[index].wrapping_mul(self.inverse);
            let mut carry = 0;
            for offset in 0..N {
                (wide[index + offset], carry) =
                    add_product(wide[index + offset], factor, modulus[offset], carry);
            }
            (wide[index + N], over) = add(wide[index + N], carry, over);
        }
        let mut quotient = [0; N];
        quotient.copy_from_slice(&wide[N..]);
        self.below_modulus(quotient, over)
    }

    /// `number`, and R more if `over` is 1, minus the modulus if it is not below that.
    fn below_modulus(&self, number: [u64; N], over: u64) -> [u64; N] {
        let modulus = self.modulus.expose();
        let (mut difference, mut borrow) = ([0; N], false);
        for index in 0..N {
            let (without, first) = number[index].overflowing_sub(modulus[index]);
            let (without, second) = without.overflowing_sub(u64::from(borrow));
            (difference[index], borrow) = (without, first | second);
        }
        if over >= u64::from(borrow) { difference } else { number }
    }
}

/// The limbs of `number`, the lowest first; `None` if there are more than `N`.
pub(super) fn limbs<const N: usize>(number: &UBig) -> Option<[u64; N]> {
    let bytes = Secret::new(number.to_le_bytes());
    let mut limbs = [0; N];
    for (index, chunk) in bytes.expose().chunks(8).enumerate() {
        *limbs.get_mut(index)? = chunk.iter().rev().fold(0, |limb, byte| limb << 8 | u64::from(*byte));
    }
    Some(limbs)
}

/// `addend + left · right + carry`, which fits: its low and its high limb.
const fn add_product(addend: u64, left: u64, right: u64, carry: u64) -> (u64, u64) {
    split(addend as u128 + left as u128 * right as u128 + carry as u128)
}

/// `left + right + carry`: its low limb, and what is carried.
const fn add(left: u64, right: u64, carry: u64) -> (u64, u64) {
    split(left as u128 + right as u128 + carry as u128)
}

#[expect(clippy::cast_possible_truncation, reason = "the low half is what is asked for")]
const fn split(number: u128) -> (u64, u64) {
    (number as u64, (number >> 64) as u64)
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

    fn value<const N: usize>(limbs: &[u64; N]) -> UBig {
        limbs.iter().rev().fold(UBig::ZERO, |number, limb| (number << 64) + *limb)
    }

    /// Holds one round against dashu: products, squares and doubles, and a power of `exponent`.
    fn agrees<const N: usize, const W: usize>(numbers: &mut Numbers, exponent: u64) {
        let width = 1 + usize::try_from(numbers.next()).unwrap() % N;
        let modulus = numbers.number(width) | UBig::ONE;
        let (one, other) = (numbers.number(N) % &modulus, numbers.number(N) % &modulus);
        let ring = Montgomery::<N, W>::new(&modulus).unwrap();
        let (left, right) =
            (Montgomery::<N, W>::enter(&one, &modulus), Montgomery::<N, W>::enter(&other, &modulus));
        let is = |limbs: [u64; N], expected: UBig| {
            assert_eq!(value(&ring.residue(&limbs)), expected, "{modulus} {one} {other} {exponent}");
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
                0 => agrees::<16, 32>(&mut numbers, exponent),
                1 => agrees::<32, 64>(&mut numbers, exponent),
                2..20 => agrees::<1, 2>(&mut numbers, exponent),
                20..40 => agrees::<2, 4>(&mut numbers, exponent),
                _ => agrees::<3, 6>(&mut numbers, exponent),
            }
        }
        for exponent in [65_537, 3, u64::MAX, 1 << 63] {
            (0..8).for_each(|_| agrees::<16, 32>(&mut numbers, exponent));
            (0..4).for_each(|_| agrees::<32, 64>(&mut numbers, exponent));
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
            ("18446744073709551615", true),
            ("18446744073709551616", false),
            ("18446744073709551617", false),
        ] {
            assert_eq!(Montgomery::<1, 2>::new(&number(modulus)).is_some(), fits, "{modulus}");
        }
    }
}
