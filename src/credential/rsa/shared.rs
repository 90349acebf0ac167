//! Moduli that share a factor.
//!
//! Two of them that share a prime have a greatest common divisor. Comparing each with each would take the square of their
//! number. Instead, all of them are multiplied together, and each meets the product of all others modulo itself, by way of a tree
//! of products (D. J. Bernstein, "How to find smooth parts of integers", 2004, as used by Heninger et al., "Mining your Ps and
//! Qs", 2012).
//!
//! Owns: the arithmetic. Does not own: which keys are compared (see `keys`).

use std::collections::{BTreeMap, HashSet};

use dashu_int::UBig;
use dashu_int::ops::{BitTest as _, Gcd as _};

use super::WIDEST;

/// A modulus, the least significant byte first, and its position among the distinct ones.
#[derive(Clone, Copy, Debug)]
pub(super) struct Number<'k> {
    pub(super) position: usize,
    pub(super) bytes: &'k [u8],
}

impl Number<'_> {
    fn value(self) -> UBig {
        UBig::from_le_bytes(self.bytes)
    }
}

/// For positions, the first other position with which it has a prime in common.
#[derive(Debug, Default)]
pub(super) struct Partners {
    pub(super) first: BTreeMap<usize, usize>,
}

impl Partners {
    pub(super) fn extend(&mut self, pairs: impl IntoIterator<Item = (usize, usize)>) {
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

/// No product is longer, in bits, but for its last number: multiplying takes some twenty times the memory. More numbers are taken
/// block by block, so that work grows with the square of the number of blocks, and memory doesn't grow. Tests have many blocks of
/// few.
const LONGEST_PRODUCT: usize = if cfg!(test) { 64 } else { 1 << 23 };

/// Of so many numbers something is taken modulo each; of more it is taken modulo the product of each half first.
const FEW: usize = if cfg!(test) { 2 } else { 16 };

/// `numbers` of so many `bytes` in blocks whose products aren't too long.
pub(super) fn blocks<N>(numbers: &[N], bytes: impl Fn(&N) -> usize) -> impl Iterator<Item = &[N]> {
    let mut length = 0;
    numbers.chunk_by(move |before, _| {
        length += bytes(before) * 8;
        let fits = length < LONGEST_PRODUCT;
        length *= usize::from(fits);
        fits
    })
}

/// Numbers that are in memory, in such blocks.
fn blocks_of<'n, 'k>(numbers: &'n [Number<'k>]) -> impl Iterator<Item = &'n [Number<'k>]> {
    blocks(numbers, |number| number.bytes.len())
}

/// Finds for each of `numbers` the first of the others that shares a factor with it.
pub(super) fn among_themselves(numbers: &[Number<'_>], partners: &mut Partners) {
    within(&suspects(numbers), partners);
}

/// Those of `numbers` that share a factor with any other of them.
fn suspects<'k>(numbers: &[Number<'k>]) -> Vec<Number<'k>> {
    let mut found = Vec::new();
    for (index, block) in blocks_of(numbers).enumerate() {
        let tree = Tree::new(block);
        // The sum of the products that leave out one number each: modulo any of them, only its own product is left.
        let mut others = leaving_out_one(block).all_but_one;
        for (_, other) in blocks_of(numbers).enumerate().filter(|(other, _)| *other != index) {
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

/// Numbers that meet others, block by block, until it is told which of them share a factor with any.
#[derive(Debug)]
pub(super) struct Meeting {
    blocks: Vec<Met>,
}

/// A block of numbers, and the product of all that it has met.
#[derive(Debug)]
struct Met {
    /// The product of the block, which is odd.
    product: UBig,
    /// What is met is divided by 2 to the power of this, which is at least the number of bits of this block and of those.
    bits: usize,
    /// -1 / product modulo that power.
    inverse: UBig,
    /// What was met, modulo the product, and times a power of two, which shares no factor with it.
    others: UBig,
}

impl Meeting {
    /// `others` is how many bytes all the others have that are to be met.
    pub(super) fn new(sought: &[Number<'_>], others: usize) -> Self {
        let longest = others.saturating_mul(8).min(LONGEST_PRODUCT + WIDEST);
        Self { blocks: blocks_of(sought).map(|block| Met::new(product(block), longest)).collect() }
    }

    pub(super) fn with(&mut self, others: &[Number<'_>]) {
        let others = product(others);
        self.blocks.iter_mut().for_each(|block| block.meet(&others));
    }

    /// Those of `sought`, of which this is the meeting, that share a factor with any number that they have met.
    pub(super) fn touched<'k>(&self, sought: &[Number<'k>]) -> Vec<Number<'k>> {
        let blocks = blocks_of(sought).zip(&self.blocks);
        blocks.flat_map(|(block, met)| Tree::new(block).sharing(block, &met.others)).collect()
    }
}

impl Met {
    fn new(product: UBig, longest: usize) -> Self {
        let bits = product.bit_len().max(longest);
        // Newton's iteration: each step doubles the number of right digits.
        let (mut inverse, mut right) = (UBig::ONE, 1);
        while right < bits {
            right = bits.min(right * 2);
            let error = low(low(product.clone(), right) * &inverse, right);
            inverse = low(inverse * ((UBig::ONE << right) + UBig::from(2_u8) - error), right);
        }
        let inverse = (UBig::ONE << bits) - inverse;
        Self { product, bits, inverse, others: UBig::ONE }
    }

    /// Multiplies by `others`, and divides by a power of two rather than by the product, which takes a third of the time
    /// (P. L. Montgomery, "Modular multiplication without trial division", 1985).
    fn meet(&mut self, others: &UBig) {
        let all = std::mem::take(&mut self.others) * others;
        let quotient = low(low(all.clone(), self.bits) * &self.inverse, self.bits);
        self.others = (all + quotient * &self.product) >> self.bits;
    }
}

/// The last `bits` of a number.
fn low(number: UBig, bits: usize) -> UBig {
    number.split_bits(bits).0
}

/// For those of `sought` that share a factor with any of `numbers` the first such: two positions each.
pub(super) fn among(sought: &[Number<'_>], numbers: &[Number<'_>]) -> Vec<(usize, usize)> {
    if sought.is_empty() || numbers.is_empty() {
        return Vec::new();
    }
    let mut meeting = Meeting::new(sought, numbers.iter().map(|number| number.bytes.len()).sum());
    blocks_of(numbers).for_each(|block| meeting.with(block));
    let mut hits = meeting.touched(sought);
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
