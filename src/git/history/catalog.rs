//! All objects of a repository by name, each with a number.
//!
//! Owns: which objects there are, loose or packed, and finding one quickly. Does not own: reading them.

use std::sync::atomic::{AtomicU64, Ordering};

use super::super::id::ObjectId;

/// Names of objects, in order. The number of an object is its position.
pub(super) struct Catalog {
    ids: Vec<ObjectId>,
    /// The first eight bytes of each name: as good as all of it, and quicker to compare.
    beginnings: Vec<u64>,
    /// Where the names begin that have these first bits.
    starts: Vec<u32>,
    /// How many bits these are not.
    shift: u32,
}

impl Catalog {
    pub(super) fn new(mut ids: Vec<ObjectId>) -> Self {
        ids.sort_unstable();
        ids.dedup();
        let bits = ids.len().max(2).ilog2().min(24);
        let shift = u64::BITS.saturating_sub(bits);
        let beginnings: Vec<u64> = ids.iter().map(ObjectId::beginning).collect();
        let mut starts = vec![0_u32; (1_usize << bits).saturating_add(2)];
        for beginning in &beginnings {
            if let Some(count) = starts.get_mut(place(*beginning, shift).saturating_add(1)) {
                *count = count.saturating_add(1);
            }
        }
        let mut sum = 0_u32;
        for start in &mut starts {
            sum = sum.saturating_add(*start);
            *start = sum;
        }
        Self { ids, beginnings, starts, shift }
    }

    pub(super) fn len(&self) -> usize {
        self.ids.len()
    }

    pub(super) fn id(&self, number: u32) -> Option<ObjectId> {
        self.ids.get(usize::try_from(number).ok()?).copied()
    }

    pub(super) fn find(&self, id: &ObjectId) -> Option<u32> {
        let beginning = id.beginning();
        let place = place(beginning, self.shift);
        let start = usize::try_from(*self.starts.get(place)?).ok()?;
        let end = usize::try_from(*self.starts.get(place.saturating_add(1))?).ok()?;
        let candidates = self.beginnings.get(start..end)?.iter().zip(start..);
        let mut found = candidates.filter(|(candidate, _)| **candidate == beginning).map(|(_, index)| index);
        found.find(|index| self.ids.get(*index) == Some(id)).and_then(|index| u32::try_from(index).ok())
    }
}

/// Returns the number that the first bits of a name are.
fn place(beginning: u64, shift: u32) -> usize {
    usize::try_from(beginning.checked_shr(shift).unwrap_or_default()).unwrap_or_default()
}

/// Some of the objects of a catalog, marked by many threads.
pub(super) struct Marks(Vec<AtomicU64>);

impl Marks {
    pub(super) fn new(catalog: &Catalog) -> Self {
        Self((0..=catalog.len() / 64).map(|_| AtomicU64::new(0)).collect())
    }

    /// Marks an object. Returns true if it wasn't marked yet.
    pub(super) fn mark(&self, number: u32) -> bool {
        let (word, bit) = bit_of(number);
        self.0.get(word).is_some_and(|word| word.fetch_or(bit, Ordering::Relaxed) & bit == 0)
    }

    pub(super) fn has(&self, number: u32) -> bool {
        let (word, bit) = bit_of(number);
        self.0.get(word).is_some_and(|word| word.load(Ordering::Relaxed) & bit != 0)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.iter().all(|word| word.load(Ordering::Relaxed) == 0)
    }
}

fn bit_of(number: u32) -> (usize, u64) {
    (usize::try_from(number / 64).unwrap_or(usize::MAX), 1 << (number % 64))
}

#[cfg(test)]
mod tests {
    use super::super::super::id::ObjectFormat;
    use super::*;

    #[test]
    fn every_name_is_found_and_no_other() {
        let id = |number: u32| ObjectFormat::Sha1.hash(&[&number.to_be_bytes()]);
        let catalog = Catalog::new((0..5_000).chain(0..10).map(id).collect());
        assert_eq!(catalog.len(), 5_000);
        for number in 0..5_000 {
            let found = catalog.find(&id(number)).unwrap();
            assert_eq!(catalog.id(found), Some(id(number)));
        }
        assert!((5_000..10_000).all(|number| catalog.find(&id(number)).is_none()));
        let marks = Marks::new(&catalog);
        assert!(marks.is_empty() && marks.mark(4_999) && !marks.mark(4_999));
        assert!(marks.has(4_999) && !marks.has(63) && !marks.has(u32::MAX) && !marks.mark(u32::MAX));
    }
}
