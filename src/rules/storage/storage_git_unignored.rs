use super::{KEEP_ELSEWHERE, held};
use crate::finding::Level;
use crate::record::{Keeping, Record, Site};
use crate::rule::{Basis, Check, Remark, Rule, Settings};

pub(super) const RULE: Rule = Rule {
    name: "storage-git-unignored",
    level: Level::Warning,
    basis: Basis::Policy,
    fixable: false,
    summary: "a private key, client secret or token that can be used is in a working tree, and git neither tracks nor \
              ignores it",
    explanation: "\
One `git add .` stages the file, and the next commit gives its secrets to everybody who can read the repository. \
A file that is ignored is not staged by accident.

`aemcred audit` reports it of files in a working tree. `.gitignore` in each folder and `.git/info/exclude` are read; \
the list of ignored files in somebody's own configuration of git (`core.excludesFile`) is not, since others who clone the \
repository don't have it.",
    example: "\
$ git status --short
?? service_token.json",
    remedy: "\
Name the file in `.gitignore`, or move it out of the working tree: into a secret store, or encrypted with SOPS.",
    reference: "https://git-scm.com/docs/gitignore",
    forms: &[],
    check: Check::Place(check),
};

fn check(record: &Record, site: &Site, settings: &Settings<'_>) -> Option<Remark> {
    let is_concerned = site.keeping == Some(Keeping::Untracked) && record.is_live(site, settings.now);
    is_concerned.then(|| Remark {
        level: RULE.level,
        message: format!("a live {} is in a working tree, and git doesn't ignore it", held(record, site)),
        help: format!("One `git add .` stages it. {KEEP_ELSEWHERE}"),
    })
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::record::Keeping;
    use crate::rule::Check;
    use crate::rules::testing::settings;
    use crate::rules::testing::storage::entry;

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
            let mut record = entry("cm-p1-e2-integration-0", 15, year, &["a.json"]);
            (record.sites[0].keeping, record.sites[0].usable) = (keeping, usable);
            let Check::Place(check) = RULE.check else { continue };
            let remark = check(&record, &record.sites[0], &settings());
            assert_eq!(remark.is_some(), expected, "{keeping:?} {year} {usable}");
        }
    }
}
