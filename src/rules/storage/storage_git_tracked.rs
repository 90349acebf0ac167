use super::{KEEP_ELSEWHERE, argument, held};
use crate::finding::Level;
use crate::record::{Keeping, Location, Record};
use crate::rule::{Basis, Check, Remark, Rule, Settings};
use crate::rules::words;

pub(super) const RULE: Rule = Rule {
    name: "storage-git-tracked",
    level: Level::Error,
    basis: Basis::Exposure,
    fixable: false,
    summary: "a live private key, client secret or token is staged in git, or is in a file that git tracks",
    explanation: "\
Whoever can read the repository can use the technical account: this includes every clone, fork and backup, and every \
system that builds from it. You can't take back a commit after a push, and deleting the file later leaves it in the \
history.

A secret is live if it is in plain text and has not expired, whatever else is wrong with the document around it. So a \
client secret beside a redacted key is reported, and so are a key without its certificate, a key that doesn't match \
its certificate, and each of two values of one variable. Placeholders, references to a secret store, certificates and \
encrypted files are not reported.

`aemcred check --staged` checks what the next commit adds, even if the file in the folder has changed since. `aemcred \
audit` checks files in a working tree that are in git's index. An expired secret is a warning.",
    example: "\
$ git add secrets/service_token.json
$ aemcred check --staged
error[storage-git-tracked]: a live private key and client secret of cm-p7603-e12614-integration-0 is staged",
    remedy: "\
Unstage the file with `git restore --staged FILE`, or with `git rm --cached FILE` if there is no commit yet or the \
file is already tracked. Store the credential where git doesn't see it: in a file that `.gitignore` names, in a secret \
store, or encrypted with SOPS. You can commit a template with placeholders, such as `${CLIENT_SECRET}`.

If it was ever pushed, replace it: create a new private key in the AEM Developer Console, and delete the old one \
there. For test fixtures, use `exclude` or an `[[ignore]]` entry in `aemcred.toml`.",
    reference: "https://git-scm.com/docs/gitglossary#Documentation/gitglossary.txt-index",
    forms: &[],
    check: Check::Place(check),
};

fn check(record: &Record, location: &Location, settings: &Settings) -> Option<Remark> {
    let (how, first) = match location.keeping? {
        Keeping::Staged { first } => ("is staged", first),
        Keeping::Tracked => ("is in a file that git tracks", true),
        Keeping::Untracked => return None,
    };
    if !location.usable {
        return None;
    }
    let what = held(record, location);
    let over = record.validity().filter(|_| !record.is_live(location, settings.now));
    let (level, message) = match over {
        None => (Level::Error, format!("a live {what} {how}")),
        Some(validity) => {
            let end = words::instant(validity.not_after);
            (Level::Warning, format!("an expired {what} {how}; it expired on {end}"))
        }
    };
    let remove = if first { "rm --cached" } else { "restore --staged" };
    let effect = if location.keeping == Some(Keeping::Tracked) { "Stop tracking it" } else { "Unstage it" };
    let help = format!(
        "{effect} with `git {remove} {}`. {KEEP_ELSEWHERE} If it was ever pushed, others may have it: replace it{}.",
        argument(location),
        if record.is_token() { "" } else { ", with a new private key from the AEM Developer Console" }
    );
    Some(Remark { level, message, help })
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::finding::Level;
    use crate::record::{InClear, Keeping};
    use crate::rule::Check;
    use crate::rules::testing::settings;
    use crate::rules::testing::storage::record;

    fn remark(keeping: Option<Keeping>, year: i32, usable: bool) -> Option<(Level, String, String)> {
        let mut record = record("cm-p1-e2-integration-0", 15, year, &["a b.json"]);
        (record.locations[0].keeping, record.locations[0].usable) = (keeping, usable);
        let Check::Place(check) = RULE.check else { return None };
        let remark = check(&record, &record.locations[0], &settings())?;
        Some((remark.level, remark.message, remark.help))
    }

    #[test]
    fn what_is_live_is_an_error_and_what_is_over_a_warning() {
        let staged = Some(Keeping::Staged { first: false });
        let what = "private key and client secret of cm-p1-e2-integration-0";
        let (level, message, help) = remark(staged, 2027, true).unwrap();
        assert_eq!((level, message), (Level::Error, format!("a live {what} is staged")));
        assert!(help.starts_with("Unstage it with `git restore --staged 'a b.json'`."), "{help}");
        let (_, _, help) = remark(Some(Keeping::Staged { first: true }), 2027, true).unwrap();
        assert!(help.starts_with("Unstage it with `git rm --cached 'a b.json'`."), "{help}");
        let (level, message, help) = remark(Some(Keeping::Tracked), 2025, true).unwrap();
        let expected =
            format!("an expired {what} is in a file that git tracks; it expired on 2025-12-31 00:00:00 UTC");
        assert_eq!((level, message), (Level::Warning, expected));
        assert!(help.starts_with("Stop tracking it with `git rm --cached 'a b.json'`."), "{help}");
        for (keeping, usable) in [(staged, false), (None, true), (Some(Keeping::Untracked), true)] {
            assert_eq!(remark(keeping, 2027, usable), None);
        }
    }

    #[test]
    fn it_says_which_secrets_there_are() {
        let mut record = record("cm-p1-e2-integration-0", 15, 2027, &["a"]);
        for (in_clear, words) in [
            (InClear { private_key: true, ..InClear::default() }, "private key"),
            (InClear { client_secret: true, ..InClear::default() }, "client secret"),
            (InClear { token: true, ..InClear::default() }, "token"),
            (InClear::default(), "credential"),
        ] {
            record.locations[0].in_clear = in_clear;
            assert_eq!(
                super::held(&record, &record.locations[0]),
                format!("{words} of cm-p1-e2-integration-0")
            );
        }
        record.client_id = None;
        assert_eq!(super::held(&record, &record.locations[0]), "credential");
    }
}
