use super::{client, telling_site};
use crate::credential::rsa::{KnownKey, sharing};
use crate::finding::Level;
use crate::record::{Inventory, Observation, Observations, Record};
use crate::rule::{Basis, Check, Rule, Settings};

pub(super) const RULE: Rule = Rule {
    name: "storage-shared-prime",
    level: Level::Error,
    basis: Basis::Exposure,
    fixable: false,
    summary: "two keys of the audited set share a prime, so that both can be computed",
    explanation: "\
An RSA modulus is the product of two primes that nobody else has. Where a generator of random numbers was poor, two \
keys can come out with a prime in common; the greatest common divisor of the two public keys then gives both private \
keys away, to anyone and within a second. It can't be seen in either key alone, which is why it takes a whole set to \
find it.",
    example: "gcd(n₁, n₂) ≠ 1",
    remedy: "\
Treat both keys as published: create new private keys for both clients in the AEM Developer Console and revoke these. \
Find out what made the keys, because others that it made are no better.",
    reference: "Heninger et al., Mining Your Ps and Qs (USENIX Security 2012); Lenstra et al., Ron was wrong, Whit is right (2012)",
    forms: &[],
    check: Check::Inventory(check),
};

fn check<'i>(inventory: &'i Inventory, _: &Settings<'_>, observations: &mut Observations) {
    let key = |entry: &'i Record| {
        Some(KnownKey { modulus: &entry.public_key.as_ref()?.modulus, primes: entry.prime_digests })
    };
    let (indices, keys): (Vec<usize>, Vec<KnownKey<'_>>) =
        inventory.entries.iter().enumerate().filter_map(|(index, entry)| Some((index, key(entry)?))).unzip();
    for (first, second) in sharing(&keys) {
        let (Some(&first), Some(&second)) = (indices.get(first), indices.get(second)) else { continue };
        let (Some(one), Some(other)) = (inventory.entries.get(first), inventory.entries.get(second)) else {
            continue;
        };
        observations.push(Observation {
            entry: first,
            site: telling_site(one),
            message: format!("the keys of {} and of {} share a prime", client(one), client(other)),
            help: String::from(
                "Anyone can compute both private keys from the two certificates. Treat them as published: create new \
                 keys for both clients in the AEM Developer Console and revoke these.",
            ),
            related: vec![(second, telling_site(other), String::from("the other key"))],
        });
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::rules::testing::storage::{entry, observed};

    #[test]
    fn keys_with_a_common_prime_are_named_both() {
        let a = || entry("cm-p1-e2-integration-0", 15, 2027, &["a.json"]);
        let other = entry("cm-p1-e3-integration-0", 77, 2028, &["b.json"]);
        let same = entry("cm-p1-e4-integration-0", 15, 2029, &["c.json"]);
        assert_eq!(observed(&RULE, vec![a(), other, same]), [""; 0]);
        let shared = entry("cm-p1-e3-integration-0", 21, 2028, &["b.json"]);
        assert_eq!(
            observed(&RULE, vec![shared, a()]),
            [
                "a.json: the keys of cm-p1-e2-integration-0 and of cm-p1-e3-integration-0 share a prime + b.json",
                "b.json: the keys of cm-p1-e3-integration-0 and of cm-p1-e2-integration-0 share a prime + a.json",
            ]
        );
    }
}
