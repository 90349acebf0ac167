//! What the tests of storage rules share: an inventory made by hand, and what a rule observes in it.

use super::settings;
use crate::record::{Inventory, Observation, Observations, Record};
use crate::rule::{Check, Rule};

/// A usable credential in one file, with the key `modulus` until the last second of `year`.
pub(in crate::rules) fn record(client: &str, modulus: u32, year: i32, paths: &[&str]) -> Record {
    let end = format!("{year}-12-31T00:00:00Z").parse().unwrap();
    crate::record::tests::sample(client, modulus, end, paths)
}

/// What `rule` observes: `path message`, with the related places behind it.
pub(in crate::rules) fn observed(rule: &Rule, records: Vec<Record>) -> Vec<String> {
    let Check::Inventory(check) = rule.check else { return Vec::new() };
    let inventory = Inventory::new(records);
    let mut observations = Observations::default();
    check(&inventory, &settings(), &mut observations);
    let path = |record: usize, location: usize| {
        inventory.records[record].locations[location].path.as_str().to_owned()
    };
    let line = |observation: Observation| {
        assert!(!observation.message.ends_with('.') && observation.help.ends_with('.'));
        let related = observation.related.iter().map(|(record, location, what)| {
            assert!(!what.is_empty());
            format!(" + {}", path(*record, *location))
        });
        let related: String = related.collect();
        format!("{}: {}{related}", path(observation.record, observation.location), observation.message)
    };
    observations.into_sorted().into_iter().map(line).collect()
}
