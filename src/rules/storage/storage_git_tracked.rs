use super::{KEEP_ELSEWHERE, argument, held};
use crate::finding::Level;
use crate::record::{Keeping, Record, Site};
use crate::rule::{Basis, Check, Remark, Rule, Settings};
use crate::rules::words;

pub(super) const RULE: Rule = Rule {
    name: "storage-git-tracked",
    level: Level::Error,
    basis: Basis::Exposure,
    fixable: false,
    summary: "a private key, client secret or token that can be used is staged in git, or in a file that git tracks",
    explanation: "\
Whoever can read the repository can act as the technical account: every clone, fork and backup, and every system that \
builds from it. A commit can't be taken back once it is pushed, and deleting the file later leaves it in the history.

What counts is the secret, not the document around it. A client secret beside a redacted key is reported, and so are a key \
without its certificate, a key that doesn't belong to its certificate, and either of two values of one variable. \
Placeholders, references to a secret store, certificates and encrypted files are not.

`aemcred check --staged` reports it of what the next commit brings, whatever is in the folder by now. `aemcred audit` \
reports it of files in a working tree that are in git's index. A secret that is past its end is a warning.",
    example: "\
$ git add secrets/service_token.json
$ aemcred check --staged
error[storage-git-tracked]: a live private key and client secret of cm-p7603-e12614-integration-0 is staged",
    remedy: "\
Unstage the file with `git restore --staged FILE`, or with `git rm --cached FILE` if there is no commit yet or the file is \
tracked already. Keep the credential where git doesn't see it: in a file that `.gitignore` names, in a secret store, or \
encrypted with SOPS. A template with placeholders, such as `${CLIENT_SECRET}`, can be committed.

If it was ever pushed, replace it: create a new private key in the AEM Developer Console, and delete the old one there. \
Fixtures can be excused in `aemcred.toml`, by `exclude` or by an `[[ignore]]` entry.",
    reference: "https://git-scm.com/docs/gitglossary#Documentation/gitglossary.txt-index",
    forms: &[],
    check: Check::Place(check),
};

fn check(record: &Record, site: &Site, settings: &Settings<'_>) -> Option<Remark> {
    let (how, first) = match site.keeping? {
        Keeping::Staged { first } => ("is staged", first),
        Keeping::Tracked => ("is in a file that git tracks", true),
        Keeping::Untracked => return None,
    };
    if !site.usable {
        return None;
    }
    let what = held(record, site);
    let over = record.validity().filter(|_| !record.is_live(site, settings.now));
    let (level, message) = match over {
        None => (Level::Error, format!("a live {what} {how}")),
        Some(validity) => {
            let end = words::instant(validity.not_after);
            (Level::Warning, format!("an expired {what} {how}; its end was {end}"))
        }
    };
    let remove = if first { "rm --cached" } else { "restore --staged" };
    let effect = if site.keeping == Some(Keeping::Tracked) { "Stop tracking it" } else { "Unstage it" };
    let help = format!(
        "{effect} with `git {remove} {}`. {KEEP_ELSEWHERE} If it was ever pushed, others may have it: replace it{}.",
        argument(site),
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
    use crate::rules::testing::storage::entry;

    fn remark(keeping: Option<Keeping>, year: i32, usable: bool) -> Option<(Level, String, String)> {
        let mut record = entry("cm-p1-e2-integration-0", 15, year, &["a b.json"]);
        (record.sites[0].keeping, record.sites[0].usable) = (keeping, usable);
        let Check::Place(check) = RULE.check else { return None };
        let remark = check(&record, &record.sites[0], &settings())?;
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
            format!("an expired {what} is in a file that git tracks; its end was 2025-12-31 00:00:00 UTC");
        assert_eq!((level, message), (Level::Warning, expected));
        assert!(help.starts_with("Stop tracking it with `git rm --cached 'a b.json'`."), "{help}");
        for (keeping, usable) in [(staged, false), (None, true), (Some(Keeping::Untracked), true)] {
            assert_eq!(remark(keeping, 2027, usable), None);
        }
    }

    #[test]
    fn it_says_which_secrets_there_are() {
        let mut record = entry("cm-p1-e2-integration-0", 15, 2027, &["a"]);
        for (in_clear, words) in [
            (InClear { private_key: true, ..InClear::default() }, "private key"),
            (InClear { client_secret: true, ..InClear::default() }, "client secret"),
            (InClear { token: true, ..InClear::default() }, "token"),
            (InClear::default(), "credential"),
        ] {
            record.sites[0].in_clear = in_clear;
            assert_eq!(super::held(&record, &record.sites[0]), format!("{words} of cm-p1-e2-integration-0"));
        }
        record.client_id = None;
        assert_eq!(super::held(&record, &record.sites[0]), "credential");
    }
}
