use super::{client, telling_location};
use crate::finding::Level;
use crate::record::{Inventory, Observation, Observations};
use crate::rule::{Basis, Check, Rule, Settings};

pub(super) const RULE: Rule = Rule {
    name: "storage-key-shared",
    level: Level::Warning,
    basis: Basis::Policy,
    fixable: false,
    summary: "different clients use the same private key",
    explanation: "\
The AEM Developer Console makes a new key pair for each credential. If two clients have the same key, somebody \
combined parts of two credentials, or brought a key of their own and used it twice. Whoever gets one credential has \
the key of the other as well, so a production environment is only as safe as the test environment.",
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

fn check(inventory: &Inventory, _: &Settings, observations: &mut Observations) {
    let named = inventory.records.iter().enumerate().filter(|(_, record)| record.client_id.is_some());
    let key = |index: &usize| inventory.records.get(*index)?.public_key.as_ref().map(|key| &key.sha256);
    let mut owners: Vec<usize> = named.map(|(index, _)| index).filter(|index| key(index).is_some()).collect();
    // A stable sort: those with one key stay in their order.
    owners.sort_by_key(key);
    for indices in owners.chunk_by(|left, right| key(left) == key(right)) {
        let records = || indices.iter().filter_map(|index| Some((*index, inventory.records.get(*index)?)));
        let Some((_, first)) = records().next() else { continue };
        for (index, record) in records().filter(|(_, record)| record.client_id != first.client_id) {
            observations.push(Observation {
                record: index,
                location: telling_location(record),
                message: format!("{} has the same private key as {}", client(record), client(first)),
                help: String::from(
                    "Whoever gets one has the key of the other as well. Create a new private key for one of them in \
                     the AEM Developer Console.",
                ),
                related: records()
                    .filter(|(other, _)| *other != index)
                    .take(LISTED)
                    .map(|(other, record)| (other, telling_location(record), format!("the same key, for {}", client(record))))
                    .collect(),
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::rules::testing::storage::{observed, record};

    #[test]
    fn one_key_belongs_to_one_client() {
        let a = || record("cm-p1-e2-integration-0", 15, 2027, &["a.json"]);
        let b = record("cm-p1-e3-integration-0", 15, 2028, &["b.json"]);
        let c = record("cm-p1-e4-integration-0", 77, 2028, &["c.json"]);
        let renewed = record("cm-p1-e2-integration-0", 15, 2029, &["d.json"]);
        let mut nameless = a();
        nameless.client_id = None;
        assert_eq!(observed(&RULE, vec![a(), c, renewed, nameless]), [""; 0]);
        assert_eq!(
            observed(&RULE, vec![a(), b]),
            ["b.json: cm-p1-e3-integration-0 has the same private key as cm-p1-e2-integration-0 + a.json"]
        );
    }
}
