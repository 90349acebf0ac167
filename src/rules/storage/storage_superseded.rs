use super::{client, telling_site};
use crate::finding::Level;
use crate::record::{Inventory, Observation, Observations, State, successors};
use crate::rule::{Basis, Check, Rule, Settings};
use crate::rules::words::instant;

pub(super) const RULE: Rule = Rule {
    name: "storage-superseded",
    level: Level::Warning,
    basis: Basis::Policy,
    fixable: false,
    summary: "a newer credential of the same client is in the audited set",
    explanation: "\
A technical account can hold several keys at once, so that a new one can be brought in before the old one runs out. \
Once every program uses the new one, the old one is only a risk: it still opens the environment for whoever finds it, \
until its own certificate ends. It is also the file that somebody takes by mistake.\n\
\n\
Which of two is newer is decided by the end of the certificates' validity. Redacted copies are not reported.",
    example: "service_token.json is valid until 2026-12-01, service_token.new.json of the same client until 2027-11-20",
    remedy: "\
See to it that nothing uses the old one any more, revoke its private key in the AEM Developer Console (Integrations \
tab), and delete its copies.",
    reference: "Adobe, Service Credentials for AEM as a Cloud Service: refresh and revoke credentials",
    forms: &[],
    check: Check::Inventory(check),
};

fn check(inventory: &Inventory, _: &Settings<'_>, observations: &mut Observations) {
    let entries = inventory.entries.iter().zip(successors(&inventory.entries, |_, _| true)).enumerate();
    for (index, (entry, newer)) in entries.filter(|(_, (entry, _))| entry.gives_away()) {
        let Some(newer) = newer else { continue };
        let (Some(successor), Some(validity)) = (inventory.entries.get(newer), entry.validity()) else {
            continue;
        };
        let Some(until) = successor.validity().map(|validity| instant(validity.not_after)) else { continue };
        let still = if entry.state == State::Expired { "ran out" } else { "is still valid" };
        let preposition = if entry.state == State::Expired { "on" } else { "until" };
        observations.push(Observation {
            entry: index,
            site: telling_site(entry),
            message: format!("a newer credential of {} is here, valid until {until}", client(entry)),
            help: format!(
                "This one {still} {preposition} {}. Once nothing uses it any more, revoke its private key in the AEM \
                 Developer Console and delete it.",
                instant(validity.not_after)
            ),
            related: vec![(newer, telling_site(successor), String::from("the newer one"))],
        });
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::rules::testing::storage::{entry, observed};

    #[test]
    fn the_older_of_two_is_reported_with_the_newest() {
        let client = "cm-p1-e2-integration-0";
        let set = || vec![entry(client, 15, 2027, &["old.json"]), entry(client, 77, 2029, &["new.json"])];
        let message =
            "a newer credential of cm-p1-e2-integration-0 is here, valid until 2029-12-31 00:00:00 UTC";
        let old = format!("old.json: {message} + new.json");
        assert_eq!(observed(&RULE, set()), std::slice::from_ref(&old));
        let mut three = set();
        three.push(entry(client, 221, 2028, &["middle.json"]));
        assert_eq!(observed(&RULE, three), [old, format!("middle.json: {message} + new.json")]);
        // Another client is no successor, nor is the same credential of another organisation, nor one that never ends.
        let other = entry("cm-p1-e2-integration-1", 77, 2029, &["b"]);
        assert_eq!(observed(&RULE, vec![entry(client, 15, 2027, &["a"]), other]), [""; 0]);
        let mut foreign = set();
        foreign[0].organization = Some(String::from("a"));
        foreign[1].organization = Some(String::from("b"));
        assert_eq!(observed(&RULE, foreign), [""; 0]);
        let endless = entry(client, 77, 9999, &["b"]);
        assert_eq!(observed(&RULE, vec![entry(client, 15, 2027, &["a"]), endless]), [""; 0]);
        let mut redacted = set();
        redacted[0].sites[0].usable = false;
        assert_eq!(observed(&RULE, redacted), [""; 0]);
    }
}
