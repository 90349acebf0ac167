//! All records of an audited set, as the rules about storage see them, and what these have to say.
//!
//! Owns: the order of records, which supersedes which, observations. Does not own: telling which are the same (see
//! `inventory`).

use std::borrow::Borrow;

use super::Record;
use crate::credential::rsa::SharedPrimes;

/// All credentials of an audited set.
#[derive(Debug, Default)]
pub struct Inventory {
    /// One for each distinct credential, the most urgent first.
    #[expect(clippy::vec_box, reason = "a million of them are not moved about")]
    pub records: Vec<Box<Record>>,
    /// Records whose keys have a prime in common with another, and the first such other, by their indices; in their order.
    pub sharing: Vec<(usize, usize)>,
}

impl Inventory {
    /// The inventory of `records`, of whose `keys` those are known that share a prime with another.
    #[expect(clippy::vec_box, reason = "a million of them are not moved about")]
    pub fn of(records: Vec<Box<Record>>, keys: SharedPrimes) -> Self {
        let sharing =
            keys.among(records.iter().map(|record| record.public_key.as_ref().map(|key| &key.sha256)));
        Self { records, sharing }
    }
}

#[cfg(test)]
impl Inventory {
    /// Sorts records and places, so that equal sets give equal inventories.
    pub fn new(mut records: Vec<Record>) -> Self {
        for record in &mut records {
            record.locations.sort();
            record.locations.dedup();
        }
        records.sort_by(|left, right| left.urgency().cmp(&right.urgency()));
        let mut keys = crate::credential::rsa::Keys::default();
        for key in records.iter().filter_map(|record| record.public_key.as_ref()) {
            keys.add(&key.sha256, key.numbers.as_ref().unwrap());
        }
        let (keys, compared) = keys.compared();
        compared.unwrap();
        Self::of(records.into_iter().map(Box::new).collect(), keys)
    }
}

/// For each of `records` the newest one that supersedes it and `suits`: the candidate comes first. Of equally new ones the
/// first counts.
pub fn successors<R: Borrow<Record>>(
    records: &[R],
    suits: impl Fn(&Record, &Record) -> bool,
) -> Vec<Option<usize>> {
    let get = |index: &usize| records.get(*index).map(Borrow::borrow);
    let client = |index: &usize| get(index).map(|record| (record.kind, record.client_id.as_deref()));
    let newness =
        |record: &Record| record.validity().map(|validity| (validity.not_after, validity.not_before));
    let has_client = |index: &usize| get(index).is_some_and(|record| record.client_id.is_some());
    let mut order: Vec<usize> = (0..records.len()).filter(has_client).collect();
    // A stable sort: equally new ones stay in their order.
    order.sort_by(|left, right| {
        client(left).cmp(&client(right)).then_with(|| get(right).map(newness).cmp(&get(left).map(newness)))
    });
    let mut successors = vec![None; records.len()];
    for candidates in order.chunk_by(|left, right| client(left) == client(right)) {
        for index in candidates {
            let takes_over = |candidate: &Record| {
                get(index).is_some_and(|record| candidate.supersedes(record) && suits(candidate, record))
            };
            let newest = candidates.iter().find(|candidate| get(candidate).is_some_and(takes_over));
            if let (Some(successor), Some(newest)) = (successors.get_mut(*index), newest) {
                *successor = Some(*newest);
            }
        }
    }
    successors
}

/// What a rule about storage has to say of a record. The rule and its level are added by whoever calls it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Observation {
    /// The record, by its index.
    pub record: usize,
    /// Which of its places, by its index.
    pub location: usize,
    /// What is wrong, in one sentence without a final stop.
    pub message: String,
    /// Why it matters and what to do, in plain sentences.
    pub help: String,
    /// Other places that belong to it: record, place, and what is there.
    pub related: Vec<(usize, usize, String)>,
}

/// Collects what rules about storage observe.
#[derive(Debug, Default)]
pub struct Observations {
    all: Vec<Observation>,
}

impl Observations {
    /// Adds an observation.
    pub fn push(&mut self, observation: Observation) {
        self.all.push(observation);
    }

    /// All of them, in the order of the inventory.
    pub fn into_sorted(mut self) -> Vec<Observation> {
        self.all.sort_by_key(|observation| (observation.record, observation.location));
        self.all
    }
}
