//! What the tests of storage rules share: an inventory made by hand, and what a rule observes in it.

use chrono::{DateTime, Utc};
use dashu_int::UBig;

use super::settings;
use crate::inventory::{Entry, EntryKind, Inventory, Observations, PublicHalf, Site, State, Validity};
use crate::json::Pointer;
use crate::rule::{Check, Rule};
use crate::source::{PathName, Position};

/// A usable credential in one file, with the key `modulus` until the last second of `year`.
pub(in crate::rules) fn entry(client: &str, modulus: u32, year: i32, paths: &[&str]) -> Entry {
    let instant = |year: i32| -> DateTime<Utc> { format!("{year}-12-31T00:00:00Z").parse().unwrap() };
    let mut sha256 = [0; 32];
    sha256[..4].copy_from_slice(&modulus.to_be_bytes());
    let site = |path: &&str| Site {
        path: PathName::new(*path),
        steps: Vec::new(),
        position: Position::START,
        pointer: Pointer::root(),
        usable: true,
        mode: Some(0o600),
    };
    Entry {
        kind: EntryKind::ServiceCredentials,
        state: State::Sound,
        client_id: Some(client.to_owned()),
        organization: None,
        validity: Some(Validity { not_before: instant(year - 1), not_after: instant(year), days_left: 1 }),
        certificate_sha256: None,
        certificate_names: None,
        public_key: Some(PublicHalf { sha256, modulus: UBig::from(modulus) }),
        prime_digests: None,
        sites: paths.iter().map(site).collect(),
    }
}

/// What `rule` observes: `path message`, with the related places behind it.
pub(in crate::rules) fn observed(rule: &Rule, entries: Vec<Entry>) -> Vec<String> {
    let Check::Inventory(check) = rule.check else { return Vec::new() };
    let inventory = Inventory::new(entries);
    let mut observations = Observations::default();
    check(&inventory, &settings(), &mut observations);
    let path = |entry: usize, site: usize| inventory.entries[entry].sites[site].path.as_str().to_owned();
    let line = |observation: crate::inventory::Observation| {
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
