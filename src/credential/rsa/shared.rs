//! Primes that several keys share: a greatest common divisor over all moduli at once.
//!
//! Comparing each key with each other would take the square of their number. Instead, all moduli are multiplied
//! together in a tree, and on the way back down each modulus meets the product of all others modulo itself (the
//! method of D. J. Bernstein, "How to find smooth parts of integers", 2004, as used by Heninger et al., "Mining your
//! Ps and Qs", 2012).

use dashu_int::UBig;
use dashu_int::ops::Gcd as _;

/// The pairs of `moduli` with a common factor, each as two indices, the lower first. Equal moduli are no pair: that is
/// one key, kept twice. Numbers below 2 are left out.
#[must_use]
pub fn shared_factors(moduli: &[UBig]) -> Vec<(usize, usize)> {
    let mut distinct: Vec<(usize, &UBig)> =
        moduli.iter().enumerate().filter(|(_, modulus)| **modulus > UBig::ONE).collect();
    distinct.sort_by(|left, right| (left.1, left.0).cmp(&(right.1, right.0)));
    distinct.dedup_by(|later, earlier| later.1 == earlier.1);
    distinct.sort_by_key(|(index, _)| *index);
    let numbers: Vec<&UBig> = distinct.iter().map(|(_, modulus)| *modulus).collect();
    let suspects: Vec<(usize, &UBig)> = distinct
        .iter()
        .zip(products_of_others(&numbers))
        .filter(|((_, modulus), others)| (*modulus).gcd(others) != UBig::ONE)
        .map(|(suspect, _)| *suspect)
        .collect();
    // Few keys ever come as far as this, so that comparing each with each costs nothing.
    let pairs = suspects.iter().enumerate().flat_map(|(at, (first, modulus))| {
        let later = suspects.iter().skip(at + 1);
        let shared = later.filter(move |(_, other)| (*modulus).gcd(*other) != UBig::ONE);
        shared.map(move |(second, _)| (*first, *second))
    });
    pairs.collect()
}

/// For each of `numbers` the product of all others, modulo that number.
fn products_of_others(numbers: &[&UBig]) -> Vec<UBig> {
    match numbers {
        [] => Vec::new(),
        [number] => vec![UBig::ONE % *number],
        _ => {
            let mut levels = vec![numbers.chunks(2).map(product).collect::<Vec<UBig>>()];
            while let Some(level) = levels.last().filter(|level| level.len() > 1) {
                let pairs: Vec<&UBig> = level.iter().collect();
                levels.push(pairs.chunks(2).map(product).collect());
            }
            // At the root nothing is left out. Going down, what one half must not hold is in the other.
            let mut others = vec![UBig::ONE];
            levels.pop();
            while let Some(level) = levels.pop() {
                others = descend(&level.iter().collect::<Vec<_>>(), &others);
            }
            descend(numbers, &others)
        }
    }
}

fn product(pair: &[&UBig]) -> UBig {
    pair.iter().fold(UBig::ONE, |product, number| product * *number)
}

/// From the products of others for the nodes of one level to those for their children.
fn descend(children: &[&UBig], above: &[UBig]) -> Vec<UBig> {
    let pairs = children.chunks(2).zip(above);
    pairs
        .flat_map(|(pair, others)| match pair {
            [left, right] => vec![
                (others % *left) * (*right % *left) % *left,
                (others % *right) * (*left % *right) % *right,
            ],
            [only, ..] => vec![others % *only],
            [] => Vec::new(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn pairs(numbers: &[u64]) -> Vec<(usize, usize)> {
        shared_factors(&numbers.iter().map(|number| UBig::from(*number)).collect::<Vec<_>>())
    }

    #[test]
    fn common_primes_are_found_and_equal_numbers_are_one_key() {
        for (numbers, expected) in [
            (&[][..], &[][..]),
            (&[15], &[]),
            (&[0, 1, 1, 15], &[]),
            (&[15, 15], &[]),
            (&[15, 77, 221], &[]),
            (&[15, 77, 21], &[(0, 2), (1, 2)]),
            // Both primes of the first stand in others: its divisor is the modulus itself.
            (&[15, 21, 35, 221], &[(0, 1), (0, 2), (1, 2)]),
            (&[15, 21, 15, 21], &[(0, 1)]),
        ] {
            assert_eq!(pairs(numbers), expected, "{numbers:?}");
        }
    }

    proptest! {
        #[test]
        fn the_tree_finds_what_comparing_each_with_each_finds(
            numbers in prop::collection::vec(2_u64..5000, 0..40),
        ) {
            let mut expected = Vec::new();
            let new = |at: usize| !numbers[..at].contains(&numbers[at]);
            for first in (0..numbers.len()).filter(|at| new(*at)) {
                for second in (first + 1..numbers.len()).filter(|at| new(*at)) {
                    let (mut a, mut b) = (numbers[first], numbers[second]);
                    while b != 0 {
                        (a, b) = (b, a % b);
                    }
                    if a > 1 {
                        expected.push((first, second));
                    }
                }
            }
            prop_assert_eq!(pairs(&numbers), expected);
        }
    }
}
