use super::telling_location;
use crate::credential::DocumentKind;
use crate::finding::Level;
use crate::record::{Inventory, Observation, Observations, Record};
use crate::rule::{Basis, Check, Rule, Settings};

pub(super) const RULE: Rule = Rule {
    name: "storage-duplicate",
    level: Level::Note,
    basis: Basis::Policy,
    fixable: false,
    summary: "the same credential is stored in several places",
    explanation: "\
The same key of the same client was found more than once. Each copy can be stolen, and each copy must be found when \
the credential is renewed. A forgotten copy breaks a program a year later.\n\nRedacted copies don't count, nor do \
copies that are only in the history of a repository.",
    example: "./service_token.json and ./backup/service_token.json contain the same private key",
    remedy: "Keep one copy, preferably in a secret store, and let programs read it from there. Delete the others.",
    reference: "NIST SP 800-57 Part 1 Rev. 5, section 8.2.2.1 (minimize the number of copies of a key)",
    forms: &[],
    check: Check::Inventory(check),
};

/// How many of the other places are listed.
const LISTED: usize = 20;

fn check(inventory: &Inventory, _: &Settings, observations: &mut Observations) {
    for (record, credential) in inventory.records.iter().enumerate() {
        let copies = copies(credential);
        if copies.len() < 2 {
            continue;
        }
        let others = copies.iter().skip(1).take(LISTED);
        observations.push(Observation {
            record,
            location: telling_location(credential),
            message: format!("this credential is stored in {} places", copies.len()),
            help: String::from(
                "Each copy can be stolen, and each copy must be found when the credential is renewed. Keep one and \
                 delete the others.",
            ),
            related: others.map(|location| (record, *location, String::from("the same credential"))).collect(),
        });
    }
}

/// The places that count as copies. A loose key and the client secret that stands beside it in one file are two parts of one
/// copy.
fn copies(credential: &Record) -> Vec<usize> {
    let mut copies: Vec<usize> = Vec::new();
    for (index, location) in credential
        .locations
        .iter()
        .enumerate()
        .filter(|(_, location)| location.usable && location.past.is_none())
    {
        let beside = copies.last().and_then(|last| credential.locations.get(*last));
        let is_beside = beside.is_some_and(|beside| beside.path == location.path);
        if credential.kind != DocumentKind::PrivateKey || !is_beside {
            copies.push(index);
        }
    }
    copies
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::credential::DocumentKind;
    use crate::record::Record;
    use crate::rules::testing::storage::{observed, record};

    #[test]
    fn usable_copies_are_counted() {
        let client = "cm-p1-e2-integration-0";
        let mut redacted = record(client, 15, 2027, &["a.json", "b.json"]);
        redacted.locations[1].usable = false;
        let mut three = record(client, 15, 2027, &["c.json", "a.json", "b.json"]);
        three.locations[1].usable = false;
        let mut beside = record(client, 15, 2027, &["a.log", "a.log"]);
        beside.locations[1].steps = [String::from("base64")].into();
        for (credential, expected) in [
            (record(client, 15, 2027, &["a.json"]), &[][..]),
            (Record { kind: DocumentKind::PrivateKey, ..beside.clone() }, &[]),
            (beside, &["a.log: this credential is stored in 2 places + a.log"]),
            (redacted, &[]),
            (three, &["b.json: this credential is stored in 2 places + c.json"]),
        ] {
            assert_eq!(observed(&RULE, vec![credential]), expected);
        }
    }
}
