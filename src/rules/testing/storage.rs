//! What the tests of storage rules share: an inventory made by hand, and what a rule observes in it.

use super::settings;
use crate::record::{Inventory, Observation, Observations, Record};
use crate::rule::{Check, Rule};

/// A usable credential in one file, with the key `modulus` until the last second of `year`.
pub(in crate::rules) fn entry(client: &str, modulus: u32, year: i32, paths: &[&str]) -> Record {
    let end = format!("{year}-12-31T00:00:00Z").parse().unwrap();
    crate::record::tests::sample(client, modulus, end, paths)
}

/// What `rule` observes: `path message`, with the related places behind it.
pub(in crate::rules) fn observed(rule: &Rule, entries: Vec<Record>) -> Vec<String> {
    let Check::Inventory(check) = rule.check else { return Vec::new() };
    let inventory = Inventory::new(entries);
    let mut observations = Observations::default();
    check(&inventory, &settings(), &mut observations);
    let path = |entry: usize, site: usize| inventory.entries[entry].sites[site].path.as_str().to_owned();
    let line = |observation: Observation| {
        assert!(!observation.message.ends_with('.') && observation.help.ends_with('.'));
        let related = observation.related.iter().map(|(entry, site, what)| {
            assert!(!what.is_empty());
            format!(" + {}", path(*entry, *site))
        });
        let related: String = related.collect();
        format!("{}: {}{related}", path(observation.entry, observation.site), observation.message)
    };
    observations.into_sorted().into_iter().map(line).collect()
}
