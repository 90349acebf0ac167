//! Primes that several keys share.
//!
//! Where private keys are at hand, their primes are compared by their digests. Of the others only the product of the
//! primes is known, the modulus, and two of them that share a prime have a greatest common divisor. Comparing each with
//! each would take the square of their number. Instead, all of them are multiplied together, and each meets the product of
//! all others modulo itself, by way of a tree of products (D. J. Bernstein, "How to find smooth parts of integers", 2004,
//! as used by Heninger et al., "Mining your Ps and Qs", 2012).

use std::collections::{BTreeMap, HashMap, HashSet};

use dashu_int::UBig;
use dashu_int::ops::Gcd as _;

/// A key as far as it is known.
#[derive(Clone, Copy, Debug)]
pub struct KnownKey<'k> {
    /// The modulus, the least significant byte first, without zeros at its end.
    pub modulus: &'k [u8],
    /// Digests of its primes, where the private key is at hand.
    pub primes: Option<[[u8; 32]; 2]>,
}

/// Those of `keys` that have a prime in common with another one, and the first such other: two indices each, in the order
/// of the first. Equal moduli are one key, kept twice, and share nothing with each other. Numbers below 2 are left out.
pub fn sharing(keys: &[KnownKey<'_>]) -> Vec<(usize, usize)> {
    let distinct = distinct(keys);
    let mut partners = Partners::default();
    let mut owners: HashMap<[u8; 32], Vec<usize>> = HashMap::new();
    for (position, key) in distinct.iter().enumerate() {
        for prime in key.primes.iter().flatten() {
            owners.entry(*prime).or_default().push(position);
        }
    }
    for owners in owners.values() {
        if let [first, second, ..] = owners.as_slice() {
            let pairs = owners.iter().skip(1).map(|owner| (*owner, *first));
            partners.extend(pairs.chain([(*first, *second)]));
        }
    }
    let numbers = distinct.iter().enumerate().map(|(position, key)| Number { position, bytes: key.modulus });
    let is_known =
        |number: &Number<'_>| distinct.get(number.position).is_some_and(|key| key.primes.is_some());
    let (known, unknown): (Vec<Number<'_>>, Vec<Number<'_>>) = numbers.partition(is_known);
    within(&suspects(&unknown), &mut partners);
    let touched = among(&unknown, &known);
    let touching: HashSet<usize> = touched.iter().map(|(position, _)| *position).collect();
    partners.extend(touched);
    let touching: Vec<Number<'_>> =
        unknown.iter().filter(|number| touching.contains(&number.position)).copied().collect();
    partners.extend(among(&known, &touching));

    let mut pairs: Vec<(usize, usize)> = partners
        .first
        .iter()
        .filter_map(|(position, partner)| Some((distinct.get(*position)?, distinct.get(*partner)?)))
        .flat_map(|(key, partner)| {
            let first = partner.indices.first().copied();
            key.indices.iter().filter_map(move |index| Some((*index, first?)))
        })
        .collect();
    pairs.sort_unstable();
    pairs
}

/// One key, however often it was kept.
struct DistinctKey<'k> {
    modulus: &'k [u8],
    primes: Option<[[u8; 32]; 2]>,
    /// Where it stands among the keys.
    indices: Vec<usize>,
}

/// Distinct keys, in the order in which they come.
fn distinct<'k>(keys: &[KnownKey<'k>]) -> Vec<DistinctKey<'k>> {
    let mut equal: BTreeMap<&[u8], DistinctKey<'k>> = BTreeMap::new();
    for (index, key) in keys.iter().enumerate().filter(|(_, key)| !matches!(key.modulus, [] | [0 | 1])) {
        let fresh = || DistinctKey { modulus: key.modulus, primes: None, indices: Vec::new() };
        let known = equal.entry(key.modulus).or_insert_with(fresh);
        known.primes = known.primes.or(key.primes);
        known.indices.push(index);
    }
    let mut distinct: Vec<DistinctKey<'k>> = equal.into_values().collect();
    distinct.sort_by(|left, right| left.indices.cmp(&right.indices));
    distinct
}

/// A modulus, and its position among the distinct ones.
#[derive(Clone, Copy)]
struct Number<'k> {
    position: usize,
    bytes: &'k [u8],
}

impl Number<'_> {
    fn value(self) -> UBig {
        UBig::from_le_bytes(self.bytes)
    }
}

/// For positions, the first other position with which it has a prime in common.
#[derive(Default)]
struct Partners {
    first: BTreeMap<usize, usize>,
}

impl Partners {
    fn extend(&mut self, pairs: impl IntoIterator<Item = (usize, usize)>) {
        for (position, partner) in pairs {
            let first = self.first.entry(position).or_insert(partner);
            *first = partner.min(*first);
        }
    }

    /// Those of `numbers` that have none yet.
    fn alone<'k>(&self, numbers: &[Number<'k>]) -> Vec<Number<'k>> {
        numbers.iter().filter(|number| !self.first.contains_key(&number.position)).copied().collect()
    }
}

/// No product is longer, in bits: multiplying takes sixteen times the memory of what comes out. More numbers are taken block by
/// block, so that work grows with the square of the number of blocks, and memory doesn't grow. Tests have many blocks of few.
const LONGEST_PRODUCT: usize = if cfg!(test) { 64 } else { 1 << 25 };

/// Of so many numbers something is taken modulo each; of more it is taken modulo the product of each half first.
const FEW: usize = if cfg!(test) { 2 } else { 16 };

/// Numbers in blocks whose products aren't too long.
fn blocks<'n, 'k>(numbers: &'n [Number<'k>]) -> impl Iterator<Item = &'n [Number<'k>]> {
    let mut length = 0;
    numbers.chunk_by(move |before, _| {
        length += before.bytes.len() * 8;
        let fits = length < LONGEST_PRODUCT;
        length *= usize::from(fits);
        fits
    })
}

/// Those of `numbers` that share a factor with any other of them.
fn suspects<'k>(numbers: &[Number<'k>]) -> Vec<Number<'k>> {
    let mut found = Vec::new();
    for (index, block) in blocks(numbers).enumerate() {
        let tree = Tree::new(block);
        // The sum of the products that leave out one number each: modulo any of them, only its own product is left.
        let mut others = leaving_out_one(block).all_but_one;
        for (_, other) in blocks(numbers).enumerate().filter(|(other, _)| *other != index) {
            others = others * product(other) % &tree.product;
        }
        found.extend(tree.sharing(block, &others));
    }
    found
}

struct Products {
    all: UBig,
    /// The sum of the products of all numbers but one, for each number that is left out.
    all_but_one: UBig,
}

fn leaving_out_one(numbers: &[Number<'_>]) -> Products {
    match numbers {
        [] => Products { all: UBig::ONE, all_but_one: UBig::ZERO },
        [number] => Products { all: number.value(), all_but_one: UBig::ONE },
        _ => {
            let (left, right) = numbers.split_at(numbers.len() / 2);
            let (left, right) = (leaving_out_one(left), leaving_out_one(right));
            Products {
                all_but_one: left.all_but_one * &right.all + right.all_but_one * &left.all,
                all: left.all * right.all,
            }
        }
    }
}

/// Finds for each of `numbers` the first of the others that shares a factor with it.
///
/// Each half is compared with the product of the other one, so that where most keys share a prime, as those of a broken
/// generator do, the work still doesn't grow with the square of their number.
fn within(numbers: &[Number<'_>], partners: &mut Partners) {
    if numbers.len() < 2 {
        return;
    }
    let (left, right) = numbers.split_at(numbers.len() / 2);
    within(left, partners);
    partners.extend(among(&partners.alone(left), right));
    partners.extend(among(&partners.alone(right), left));
    within(right, partners);
}

/// For those of `sought` that share a factor with any of `numbers` the first such: two positions each.
fn among(sought: &[Number<'_>], numbers: &[Number<'_>]) -> Vec<(usize, usize)> {
    if sought.is_empty() || numbers.is_empty() {
        return Vec::new();
    }
    let mut hits = Vec::new();
    for block in blocks(sought) {
        let tree = Tree::new(block);
        let all = blocks(numbers).fold(UBig::ONE, |all, other| all * product(other) % &tree.product);
        hits.extend(tree.sharing(block, &all));
    }
    if let [only] = numbers {
        return hits.iter().map(|hit| (hit.position, only.position)).collect();
    }
    let (left, right) = numbers.split_at(numbers.len() / 2);
    let mut found = among(&hits, left);
    let first: HashSet<usize> = found.iter().map(|(position, _)| *position).collect();
    hits.retain(|hit| !first.contains(&hit.position));
    found.extend(among(&hits, right));
    found
}

fn product(numbers: &[Number<'_>]) -> UBig {
    match numbers {
        [] => UBig::ONE,
        [number] => number.value(),
        _ => {
            let (left, right) = numbers.split_at(numbers.len() / 2);
            product(left) * product(right)
        }
    }
}

/// The product of numbers and of each half of them, down to a few: by way of it something long is divided by each of them.
/// Dividing it by one after the other would take the square.
struct Tree {
    product: UBig,
    halves: Option<Box<[Self; 2]>>,
}

impl Tree {
    fn new(numbers: &[Number<'_>]) -> Self {
        if numbers.len() <= FEW {
            return Self { product: product(numbers), halves: None };
        }
        let (left, right) = numbers.split_at(numbers.len() / 2);
        let halves = [Self::new(left), Self::new(right)];
        let [left, right] = &halves;
        Self { product: &left.product * &right.product, halves: Some(Box::new(halves)) }
    }

    /// Those of `numbers`, of which this is the tree, that share a factor with `other`, which may be 0.
    fn sharing<'k>(&self, numbers: &[Number<'k>], other: &UBig) -> Vec<Number<'k>> {
        let rest = other % &self.product;
        let Some(halves) = &self.halves else {
            let shares = |number: &&Number<'_>| {
                let number = number.value();
                (&rest % &number).gcd(number) != UBig::ONE
            };
            return numbers.iter().filter(shares).copied().collect();
        };
        let (left, right) = numbers.split_at(numbers.len() / 2);
        let [left_tree, right_tree] = &**halves;
        [left_tree.sharing(left, &rest), right_tree.sharing(right, &rest)].concat()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What is shared by keys of which nothing is known but the modulus.
    fn pairs(numbers: &[u64]) -> Vec<(usize, usize)> {
        pairs_of(&numbers.iter().map(|number| (*number, None)).collect::<Vec<_>>())
    }

    fn pairs_of(keys: &[(u64, Option<[u64; 2]>)]) -> Vec<(usize, usize)> {
        let moduli: Vec<_> = keys.iter().map(|(modulus, _)| UBig::from(*modulus).to_le_bytes()).collect();
        let digest = |prime: u64| {
            let mut digest = [0; 32];
            digest[..8].copy_from_slice(&prime.to_be_bytes());
            digest
        };
        let keys: Vec<KnownKey<'_>> = moduli
            .iter()
            .zip(keys)
            .map(|(modulus, (_, primes))| KnownKey {
                modulus,
                primes: primes.map(|primes| primes.map(digest)),
            })
            .collect();
        sharing(&keys)
    }

    #[test]
    fn common_primes_are_found_and_equal_numbers_are_one_key() {
        for (numbers, expected) in [
            (&[][..], &[][..]),
            (&[15], &[]),
            (&[0, 1, 1, 15], &[]),
            (&[15, 15], &[]),
            (&[15, 77, 221], &[]),
            (&[15, 77, 21], &[(0, 2), (1, 2), (2, 0)]),
            // Both primes of the first stand in others: its divisor is the modulus itself.
            (&[15, 21, 35, 221], &[(0, 1), (1, 0), (2, 0)]),
            // Every copy of such a key is known to be one.
            (&[15, 21, 15, 21], &[(0, 1), (1, 0), (2, 1), (3, 0)]),
        ] {
            assert_eq!(pairs(numbers), expected, "{numbers:?}");
        }
    }

    const PRIMES: [u64; 12] = [3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41];

    proptest! {
        #[test]
        fn the_tree_finds_what_comparing_each_with_each_finds(
            numbers in prop::collection::vec(2_u64..5000, 0..40),
        ) {
            let common = |mut a: u64, mut b: u64| {
                while b != 0 {
                    (a, b) = (b, a % b);
                }
                a > 1
            };
            let other = |one: u64| numbers.iter().position(|other| *other != one && common(one, *other));
            let expected: Vec<(usize, usize)> =
                numbers.iter().enumerate().filter_map(|(at, number)| Some((at, other(*number)?))).collect();
            prop_assert_eq!(pairs(&numbers), expected);
        }

        #[test]
        fn it_is_the_same_whatever_is_known_of_the_primes(
            keys in prop::collection::vec((0_usize..12, 1_usize..12, any::<bool>()), 0..12),
        ) {
            let keys: Vec<(u64, Option<[u64; 2]>)> = keys
                .into_iter()
                .map(|(first, step, known)| {
                    let primes = [PRIMES[first], PRIMES[(first + step) % 12]];
                    (primes[0] * primes[1], known.then_some(primes))
                })
                .collect();
            let numbers: Vec<u64> = keys.iter().map(|(modulus, _)| *modulus).collect();
            prop_assert_eq!(pairs_of(&keys), pairs(&numbers));
        }
    }
}
