//! All records of an audited set, as the rules about storage see them, and what these have to say.
//!
//! Owns: the order of records, which supersedes which, observations. Does not own: telling which are the same (see
//! `inventory`).

use std::cmp::Reverse;
use std::collections::HashMap;

use super::Record;
use crate::credential::DocumentKind;

/// All credentials of an audited set.
#[derive(Debug, Default)]
pub struct Inventory {
    /// One for each distinct credential, the most urgent first.
    pub entries: Vec<Record>,
}

impl Inventory {
    /// Sorts entries and places, so that equal sets give equal inventories.
    pub fn new(mut entries: Vec<Record>) -> Self {
        for entry in &mut entries {
            entry.sites.sort();
            entry.sites.dedup();
        }
        entries.sort_by(|left, right| left.urgency().cmp(&right.urgency()));
        Self { entries }
    }
}

/// For each of `entries` the newest one that supersedes it and `suits`: the candidate comes first. Of equally new ones the
/// first counts.
pub fn successors(entries: &[Record], suits: impl Fn(&Record, &Record) -> bool) -> Vec<Option<usize>> {
    let mut clients: HashMap<(DocumentKind, &str), Vec<(usize, &Record)>> = HashMap::new();
    for (index, entry) in entries.iter().enumerate() {
        if let Some(client) = &entry.client_id {
            clients.entry((entry.kind, client)).or_default().push((index, entry));
        }
    }
    for candidates in clients.values_mut() {
        // A stable sort: equally new ones stay in their order.
        candidates.sort_by_key(|(_, entry)| {
            Reverse(entry.validity().map(|validity| (validity.not_after, validity.not_before)))
        });
    }
    let successor = |entry: &Record| {
        let mut candidates = clients.get(&(entry.kind, entry.client_id.as_deref()?))?.iter();
        let newest =
            candidates.find(|(_, candidate)| candidate.supersedes(entry) && suits(candidate, entry))?;
        Some(newest.0)
    };
    entries.iter().map(successor).collect()
}

/// What a rule about storage has to say of an entry. The rule and its level are added by whoever calls it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Observation {
    /// The entry, by its index.
    pub entry: usize,
    /// Which of its places, by its index.
    pub site: usize,
    /// What is wrong, in one sentence without a final stop.
    pub message: String,
    /// Why it matters and what to do, in plain sentences.
    pub help: String,
    /// Other places that belong to it: entry, place, and what is there.
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
        self.all.sort_by_key(|observation| (observation.entry, observation.site));
        self.all
    }
}
