use crate::credential::{Credential, Field, FieldState, FormKind, is_path, trimmed};
use crate::finding::{Draft, Findings, Level};
use crate::gate;
use crate::rule::{Basis, Check, Rule, Settings};

pub(super) const RULE: Rule = Rule {
    name: "key-file-unread",
    level: Level::Note,
    basis: Basis::Policy,
    fixable: false,
    summary: "the private key is in a file of its own that was not read",
    explanation: "\
Programs often have the path to the private key beside the client ID (`PRIVATE_KEY_PATH=keys/aem.pem`). aemcred follows \
it and checks the key with the rest, if the path leads to a regular file with one private key below the folder of the \
file that has the path (with `--staged`: to one that is staged there).

It opens nothing else: whoever writes a file must not decide what aemcred reads. In standard input, archives and the \
history of a repository no path is followed.

So nothing is known of that key: whether it fits, whether it can be read, who else has it.",
    example: "PRIVATE_KEY_PATH=/etc/aem/private.pem",
    remedy: "\
If the key is elsewhere, run aemcred on its file, too. If it should be where the path leads, check the path: it \
begins in the folder of the file that has it.",
    reference: "docs/audit.md",
    forms: &[FormKind::Fields],
    check: Check::Credential(check),
};

fn check(credential: &Credential<'_, '_>, _: &Settings, findings: &mut Findings) {
    let Some(entry) = credential.entry(Field::PrivateKey) else { return };
    let FieldState::Placeholder(_, text) = entry.state else { return };
    let path = &text.as_str()[trimmed(text.as_str())];
    if !is_path(path) {
        return;
    }
    findings.push(
        Draft::new(entry.place(), format!("the private key is in another file, {}, which was not read", gate::path(path)))
            .label("not checked")
            .help(
                "aemcred follows such a path only to a file with one private key below the folder of this file, and \
                 found none. Run it on the key's file, too.",
            ),
    );
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::credential::recognise;
    use crate::finding::Findings;
    use crate::json::{self, Limits};
    use crate::rules::testing::{Sample, settings};

    #[test]
    fn only_paths_are_reported() {
        for (value, shown) in [
            ("/etc/aem/private.pem", Some("/etc/aem/private.pem")),
            (" keys/a.key ", Some("keys/a.key")),
            ("keys/p8e-Qz_7Rk2vLx9TzW4-bNc8YpD3fGh6JmS1.pem", None),
            ("${PRIVATE_KEY}", None),
            ("***", None),
            ("", None),
            ("-----BEGIN PRIVATE KEY-----", None),
        ] {
            let text = Sample::new().with("privateKey", &format!("\"{value}\"")).text();
            let root = json::parse(&text, Limits::default()).unwrap();
            let mut findings = Findings::default();
            check(&recognise(&text, &root).credential.unwrap(), &settings(), &mut findings);
            let message = findings.drafts.pop().map(|draft| draft.message);
            let expected =
                shown.map(|path| format!("the private key is in another file, {path}, which was not read"));
            assert_eq!(message, expected, "{value}");
        }
    }
}
