use std::collections::BTreeMap;

use super::{client, telling_site};
use crate::finding::Level;
use crate::record::{Inventory, Observation, Observations};
use crate::rule::{Basis, Check, Rule, Settings};

pub(super) const RULE: Rule = Rule {
    name: "storage-key-shared",
    level: Level::Warning,
    basis: Basis::Policy,
    fixable: false,
    summary: "one private key is used under different clients",
    explanation: "\
The AEM Developer Console makes a new key pair for every credential, so two clients with the same one mean that a \
credential was put together from parts of others, or that somebody brought a key of their own and used it twice. Who \
gets hold of the one then has the other as well, and a production environment is only as safe as the test environment \
beside it.",
    example: "cm-p1-e2-integration-0 and cm-p1-e3-integration-0 have the same public key",
    remedy: "\
Find out which client the key was issued for: its certificate names it. Create a new private key for the other one in \
the AEM Developer Console.",
    reference: "NIST SP 800-57 Part 1 Rev. 5, section 5.2 (a key is used for one purpose)",
    forms: &[],
    check: Check::Inventory(check),
};

/// How many of the other clients are listed: with thousands of them, each naming all others would take the square.
const LISTED: usize = 5;

fn check(inventory: &Inventory, _: &Settings<'_>, observations: &mut Observations) {
    let mut owners: BTreeMap<[u8; 32], Vec<usize>> = BTreeMap::new();
    for (index, entry) in inventory.entries.iter().enumerate().filter(|(_, entry)| entry.client_id.is_some())
    {
        if let Some(key) = &entry.public_key {
            owners.entry(key.sha256).or_default().push(index);
        }
    }
    for indices in owners.into_values() {
        let entries = || indices.iter().filter_map(|index| Some((*index, inventory.entries.get(*index)?)));
        let Some((_, first)) = entries().next() else { continue };
        for (index, entry) in entries().filter(|(_, entry)| entry.client_id != first.client_id) {
            observations.push(Observation {
                entry: index,
                site: telling_site(entry),
                message: format!("{} has the same private key as {}", client(entry), client(first)),
                help: String::from(
                    "Whoever gets hold of one has the other as well. Create a new private key for one of them in the \
                     AEM Developer Console.",
                ),
                related: entries()
                    .filter(|(other, _)| *other != index)
                    .take(LISTED)
                    .map(|(other, entry)| (other, telling_site(entry), format!("the same key, for {}", client(entry))))
                    .collect(),
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::rules::testing::storage::{entry, observed};

    #[test]
    fn one_key_belongs_to_one_client() {
        let a = || entry("cm-p1-e2-integration-0", 15, 2027, &["a.json"]);
        let b = entry("cm-p1-e3-integration-0", 15, 2028, &["b.json"]);
        let c = entry("cm-p1-e4-integration-0", 77, 2028, &["c.json"]);
        let renewed = entry("cm-p1-e2-integration-0", 15, 2029, &["d.json"]);
        let mut nameless = a();
        nameless.client_id = None;
        assert_eq!(observed(&RULE, vec![a(), c, renewed, nameless]), [""; 0]);
        assert_eq!(
            observed(&RULE, vec![a(), b]),
            ["b.json: cm-p1-e3-integration-0 has the same private key as cm-p1-e2-integration-0 + a.json"]
        );
    }
}
