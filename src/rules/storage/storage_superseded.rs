use super::{client, telling_location};
use crate::finding::Level;
use crate::record::{Inventory, Observation, Observations, State, successors};
use crate::rule::{Basis, Check, Rule, Settings};
use crate::rules::words::instant;

pub(super) const RULE: Rule = Rule {
    name: "storage-superseded",
    level: Level::Warning,
    basis: Basis::Policy,
    fixable: false,
    summary: "there is a newer credential of the same client",
    explanation: "\
A technical account can have several keys at once, so that a new one can be introduced before the old one expires. \
When every program uses the new one, the old one is only a risk: whoever finds it can use it until its own certificate \
expires, and somebody may use it by mistake.\n\nThe newer one is the one whose certificate expires later. Redacted \
copies are not reported.",
    example: "service_token.json is valid until 2026-12-01, service_token.new.json of the same client until 2027-11-20",
    remedy: "\
Make sure that nothing uses the old one any more, revoke its private key in the AEM Developer Console (Integrations \
tab), and delete its copies.",
    reference: "Adobe, Service Credentials for AEM as a Cloud Service: refresh and revoke credentials",
    forms: &[],
    check: Check::Inventory(check),
};

fn check(inventory: &Inventory, _: &Settings, observations: &mut Observations) {
    let records = inventory.records.iter().zip(successors(&inventory.records, |_, _| true)).enumerate();
    for (index, (record, newer)) in records.filter(|(_, (record, _))| record.gives_away()) {
        let Some(newer) = newer else { continue };
        let (Some(successor), Some(validity)) = (inventory.records.get(newer), record.validity()) else {
            continue;
        };
        let Some(until) = successor.validity().map(|validity| instant(validity.not_after)) else { continue };
        let still = if record.state == State::Expired { "expired" } else { "is still valid" };
        let preposition = if record.state == State::Expired { "on" } else { "until" };
        observations.push(Observation {
            record: index,
            location: telling_location(record),
            message: format!("there is a newer credential of {}, valid until {until}", client(record)),
            help: format!(
                "This one {still} {preposition} {}. When nothing uses it any more, revoke its private key in the AEM \
                 Developer Console and delete it.",
                instant(validity.not_after)
            ),
            related: vec![(newer, telling_location(successor), String::from("the newer one"))],
        });
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::rules::testing::storage::{observed, record};

    #[test]
    fn the_older_of_two_is_reported_with_the_newest() {
        let client = "cm-p1-e2-integration-0";
        let set = || vec![record(client, 15, 2027, &["old.json"]), record(client, 77, 2029, &["new.json"])];
        let message =
            "there is a newer credential of cm-p1-e2-integration-0, valid until 2029-12-31 00:00:00 UTC";
        let old = format!("old.json: {message} + new.json");
        assert_eq!(observed(&RULE, set()), std::slice::from_ref(&old));
        let mut three = set();
        three.push(record(client, 221, 2028, &["middle.json"]));
        assert_eq!(observed(&RULE, three), [old, format!("middle.json: {message} + new.json")]);
        // Another client is no successor, nor is the same credential of another organization, nor one that never ends.
        let other = record("cm-p1-e2-integration-1", 77, 2029, &["b"]);
        assert_eq!(observed(&RULE, vec![record(client, 15, 2027, &["a"]), other]), [""; 0]);
        let mut foreign = set();
        foreign[0].organization = Some("a".into());
        foreign[1].organization = Some("b".into());
        assert_eq!(observed(&RULE, foreign), [""; 0]);
        let endless = record(client, 77, 9999, &["b"]);
        assert_eq!(observed(&RULE, vec![record(client, 15, 2027, &["a"]), endless]), [""; 0]);
        let mut redacted = set();
        redacted[0].locations[0].usable = false;
        assert_eq!(observed(&RULE, redacted), [""; 0]);
    }
}
