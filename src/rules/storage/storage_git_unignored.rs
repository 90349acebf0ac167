use super::{KEEP_ELSEWHERE, held};
use crate::finding::Level;
use crate::record::{Keeping, Location, Record};
use crate::rule::{Basis, Check, Remark, Rule, Settings};

pub(super) const RULE: Rule = Rule {
    name: "storage-git-unignored",
    level: Level::Warning,
    basis: Basis::Policy,
    fixable: false,
    summary: "a live private key, client secret or token is in a working tree, and git neither tracks nor ignores the \
              file",
    explanation: "\
`git add .` would stage the file, and the next commit would give its secrets to everybody who can read the repository. \
An ignored file can't be staged by accident.

`aemcred audit` reports this for files in a working tree. It reads `.gitignore` in each folder and \
`.git/info/exclude`. It doesn't read your personal list of ignored files (`core.excludesFile`), because others who \
clone the repository don't have it.",
    example: "\
$ git status --short
?? service_token.json",
    remedy: "\
Add the file to `.gitignore`, or move it out of the working tree: into a secret store, or encrypt it with SOPS.",
    reference: "https://git-scm.com/docs/gitignore",
    forms: &[],
    check: Check::Place(check),
};

fn check(record: &Record, location: &Location, settings: &Settings) -> Option<Remark> {
    let is_concerned = location.keeping == Some(Keeping::Untracked) && record.is_live(location, settings.now);
    is_concerned.then(|| Remark {
        level: RULE.level,
        message: format!(
            "a live {} is in a working tree, and git doesn't ignore the file",
            held(record, location)
        ),
        help: format!("`git add .` would stage it. {KEEP_ELSEWHERE}"),
    })
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::record::Keeping;
    use crate::rule::Check;
    use crate::rules::testing::settings;
    use crate::rules::testing::storage::record;

    #[test]
    fn only_what_is_live_and_neither_tracked_nor_ignored_is_reported() {
        let untracked = Some(Keeping::Untracked);
        for (keeping, year, usable, expected) in [
            (untracked, 2027, true, true),
            (untracked, 2025, true, false),
            (untracked, 2027, false, false),
            (Some(Keeping::Tracked), 2027, true, false),
            (None, 2027, true, false),
        ] {
            let mut record = record("cm-p1-e2-integration-0", 15, year, &["a.json"]);
            (record.locations[0].keeping, record.locations[0].usable) = (keeping, usable);
            let Check::Place(check) = RULE.check else { continue };
            let remark = check(&record, &record.locations[0], &settings());
            assert_eq!(remark.is_some(), expected, "{keeping:?} {year} {usable}");
        }
    }
}
