//! All objects of a repository by name, each with a number.
//!
//! Owns: which objects there are, loose or packed, and finding one quickly. Does not own: reading them.

use std::sync::atomic::{AtomicU64, Ordering};

use super::super::id::ObjectId;

/// Names of objects, in order. The number of an object is its position.
pub(super) struct Catalog {
    ids: Vec<ObjectId>,
    /// Where the names begin that have these first two bytes.
    starts: Vec<u32>,
}

impl Catalog {
    pub(super) fn new(mut ids: Vec<ObjectId>) -> Self {
        ids.sort_unstable();
        ids.dedup();
        let mut starts = vec![0_u32; 0x1_0002];
        for id in &ids {
            if let Some(count) = starts.get_mut(beginning(id).saturating_add(1)) {
                *count = count.saturating_add(1);
            }
        }
        let mut sum = 0_u32;
        for start in &mut starts {
            sum = sum.saturating_add(*start);
            *start = sum;
        }
        Self { ids, starts }
    }

    pub(super) fn len(&self) -> usize {
        self.ids.len()
    }

    pub(super) fn id(&self, number: u32) -> Option<ObjectId> {
        self.ids.get(usize::try_from(number).ok()?).copied()
    }

    pub(super) fn find(&self, id: &ObjectId) -> Option<u32> {
        let place = beginning(id);
        let start = *self.starts.get(place)?;
        let end = *self.starts.get(place.saturating_add(1))?;
        let candidates = self.ids.get(usize::try_from(start).ok()?..usize::try_from(end).ok()?)?;
        let found = candidates.binary_search(id).ok()?;
        start.checked_add(u32::try_from(found).ok()?)
    }
}

/// Returns the number that the first two bytes of a name are.
fn beginning(id: &ObjectId) -> usize {
    match id.as_bytes() {
        [first, second, ..] => usize::from(*first) << 8 | usize::from(*second),
        _ => 0,
    }
}

/// Some of the objects of a catalog, marked by many threads.
pub(super) struct Marks(Vec<AtomicU64>);

impl Marks {
    pub(super) fn new(catalog: &Catalog) -> Self {
        Self((0..=catalog.len() / 64).map(|_| AtomicU64::new(0)).collect())
    }

    /// Marks an object. Returns true if it wasn't marked yet.
    pub(super) fn mark(&self, number: u32) -> bool {
        let (word, bit) = place(number);
        self.0.get(word).is_some_and(|word| word.fetch_or(bit, Ordering::Relaxed) & bit == 0)
    }

    pub(super) fn has(&self, number: u32) -> bool {
        let (word, bit) = place(number);
        self.0.get(word).is_some_and(|word| word.load(Ordering::Relaxed) & bit != 0)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.iter().all(|word| word.load(Ordering::Relaxed) == 0)
    }
}

fn place(number: u32) -> (usize, u64) {
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
