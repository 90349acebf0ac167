use crate::finding::Level;
use crate::record::{Inventory, Observation, Observations};
use crate::rule::{Basis, Check, Rule, Settings};

pub(super) const RULE: Rule = Rule {
    name: "storage-permissions",
    level: Level::Warning,
    basis: Basis::Policy,
    fixable: false,
    summary: "a file with a usable secret can be read by its group or by everybody on the machine",
    explanation: "\
Whoever can read the file can use the technical account until the certificate expires: the token service asks only for \
the private key and the client secret. Files are often created with read permission for everybody. On a shared server \
or a build agent, that can be many people and programs.\n\nOnly files that contain a usable secret are reported, on \
systems with POSIX permissions. A redacted sample or an encrypted file may be read by anyone.",
    example: "-rw-r--r-- 1 deploy deploy 3514 service_token.json",
    remedy: "\
Let only the owner read it: `chmod 600 FILE`. If a service reads it under another account, make that account the \
owner, or store the credential in a secret store. If others had access, create a new private key in the AEM Developer \
Console.",
    reference: "POSIX.1-2017, sys/stat.h, file mode bits",
    forms: &[],
    check: Check::Inventory(check),
};

/// The bits that let the group and others read.
const GROUP: u32 = 0o040;
const OTHERS: u32 = 0o004;

fn check(inventory: &Inventory, _: &Settings, observations: &mut Observations) {
    for (record, credential) in inventory.records.iter().enumerate() {
        for (location, place) in credential.locations.iter().enumerate().filter(|(_, place)| place.usable) {
            let Some(mode) = place.mode else { continue };
            let who = match (mode & GROUP != 0, mode & OTHERS != 0) {
                (false, false) => continue,
                (true, false) => "its group",
                (_, true) => "everybody on this machine",
            };
            observations.push(Observation {
                record,
                location,
                message: format!("the file can be read by {who} (mode {:03o})", mode & 0o777),
                help: String::from(
                    "Whoever reads it can use the technical account. Let only the owner read it (chmod 600). If others \
                     may have read it, create a new private key in the AEM Developer Console.",
                ),
                related: Vec::new(),
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::rules::testing::storage::{observed, record};

    #[test]
    fn only_readable_files_with_secrets_are_reported() {
        for (mode, usable, expected) in [
            (Some(0o600), true, &[][..]),
            (Some(0o700), true, &[]),
            (Some(0o622), true, &[]),
            (Some(0o640), true, &["a.json: the file can be read by its group (mode 640)"]),
            (
                Some(0o100_644),
                true,
                &["a.json: the file can be read by everybody on this machine (mode 644)"],
            ),
            (Some(0o604), true, &["a.json: the file can be read by everybody on this machine (mode 604)"]),
            (Some(0o644), false, &[]),
            (None, true, &[]),
        ] {
            let mut credential = record("cm-p1-e2-integration-0", 15, 2027, &["a.json"]);
            (credential.locations[0].mode, credential.locations[0].usable) = (mode, usable);
            assert_eq!(observed(&RULE, vec![credential]), expected, "{mode:?}");
        }
    }
}
