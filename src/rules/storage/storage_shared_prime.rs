use super::{client, telling_location};
use crate::finding::Level;
use crate::record::{Inventory, Observation, Observations};
use crate::rule::{Basis, Check, Rule, Settings};

pub(super) const RULE: Rule = Rule {
    name: "storage-shared-prime",
    level: Level::Error,
    basis: Basis::Exposure,
    fixable: false,
    summary: "two keys share a prime, so both private keys can be computed",
    explanation: "\
An RSA modulus is the product of two primes that no other key should have. With a poor random number generator, two \
keys can share a prime. Then anyone can compute both private keys from the two public keys within a second: the \
greatest common divisor is the shared prime. Only a comparison of keys shows this.",
    example: "gcd(n₁, n₂) ≠ 1",
    remedy: "\
Treat both keys as published: create new private keys for both clients in the AEM Developer Console and revoke the old \
ones. Find out which program made the keys, because its other keys may be weak too.",
    reference: "Heninger et al., Mining Your Ps and Qs (USENIX Security 2012); Lenstra et al., Ron was wrong, Whit is right (2012)",
    forms: &[],
    check: Check::Inventory(check),
};

fn check(inventory: &Inventory, _: &Settings, observations: &mut Observations) {
    for (first, second) in inventory.sharing.iter().copied() {
        let (Some(one), Some(other)) = (inventory.records.get(first), inventory.records.get(second)) else {
            continue;
        };
        observations.push(Observation {
            record: first,
            location: telling_location(one),
            message: format!("the keys of {} and of {} share a prime", client(one), client(other)),
            help: String::from(
                "Anyone can compute both private keys from the two certificates. Treat them as published: create new \
                 keys for both clients in the AEM Developer Console and revoke the old ones.",
            ),
            related: vec![(second, telling_location(other), String::from("the other key"))],
        });
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::rules::testing::storage::{observed, record};

    #[test]
    fn keys_with_a_common_prime_are_named_both() {
        let a = || record("cm-p1-e2-integration-0", 15, 2027, &["a.json"]);
        let other = record("cm-p1-e3-integration-0", 77, 2028, &["b.json"]);
        let same = record("cm-p1-e4-integration-0", 15, 2029, &["c.json"]);
        assert_eq!(observed(&RULE, vec![a(), other, same]), [""; 0]);
        let shared = record("cm-p1-e3-integration-0", 21, 2028, &["b.json"]);
        assert_eq!(
            observed(&RULE, vec![shared, a()]),
            [
                "a.json: the keys of cm-p1-e2-integration-0 and of cm-p1-e3-integration-0 share a prime + b.json",
                "b.json: the keys of cm-p1-e3-integration-0 and of cm-p1-e2-integration-0 share a prime + a.json",
            ]
        );
    }
}
