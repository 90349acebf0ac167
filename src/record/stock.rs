//! All records of an audited set, as the rules about storage see them, and what these have to say.
//!
//! Owns: the order of records, which supersedes which, observations. Does not own: telling which are the same (see
//! `inventory`).

use std::borrow::Borrow;
use std::cmp::Reverse;
use std::collections::HashMap;

use super::Record;
use crate::credential::DocumentKind;

/// All credentials of an audited set.
#[derive(Debug, Default)]
pub struct Inventory {
    /// One for each distinct credential, the most urgent first.
    #[expect(clippy::vec_box, reason = "a million of them are not moved about")]
    pub records: Vec<Box<Record>>,
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
        Self { records: records.into_iter().map(Box::new).collect() }
    }
}

/// For each of `records` the newest one that supersedes it and `suits`: the candidate comes first. Of equally new ones the
/// first counts.
pub fn successors<R: Borrow<Record>>(
    records: &[R],
    suits: impl Fn(&Record, &Record) -> bool,
) -> Vec<Option<usize>> {
    let mut clients: HashMap<(DocumentKind, &str), Vec<(usize, &Record)>> = HashMap::new();
    for (index, record) in records.iter().map(Borrow::borrow).enumerate() {
        if let Some(client) = &record.client_id {
            clients.entry((record.kind, client)).or_default().push((index, record));
        }
    }
    for candidates in clients.values_mut() {
        // A stable sort: equally new ones stay in their order.
        candidates.sort_by_key(|(_, record)| {
            Reverse(record.validity().map(|validity| (validity.not_after, validity.not_before)))
        });
    }
    let successor = |record: &Record| {
        let mut candidates = clients.get(&(record.kind, record.client_id.as_deref()?))?.iter();
        let newest =
            candidates.find(|(_, candidate)| candidate.supersedes(record) && suits(candidate, record))?;
        Some(newest.0)
    };
    records.iter().map(|record| successor(record.borrow())).collect()
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
