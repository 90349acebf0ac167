use super::{argument, held};
use crate::finding::Level;
use crate::record::{Location, Record};
use crate::rule::{Basis, Check, Remark, Rule, Settings};
use crate::rules::words;

pub(super) const RULE: Rule = Rule {
    name: "storage-git-history",
    level: Level::Error,
    basis: Basis::Exposure,
    fixable: false,
    summary: "a live private key, client secret or token is in the history of a git repository",
    explanation: "\
Whoever can read the repository can use the technical account, whether the file still exists or not: a commit that \
deletes the file leaves it in all earlier commits, and every clone and fork has those.

A secret is live if it is in plain text and has not expired, whatever else is wrong with the document around it (see \
`storage-git-tracked`). aemcred checks each blob that a reference reaches: on a branch, under a tag, in the stash, or \
from a merge. For each place, the report says which commit added it first, which commit removed it last, and which \
references reach it.

`aemcred audit --git-history` reports this. `--unreachable` also lists what no reference reaches; that is not a \
finding. An expired secret is a note.",
    example: "\
$ aemcred audit --git-history
error[storage-git-history]: a live private key and client secret of cm-p7603-e12614-integration-0 is in the git \
history: added in 1a2b3c4 on 2026-03-01, removed in 5d6e7f8, still on branch x",
    remedy: "\
Replace the credential first: create a new private key in the AEM Developer Console, and delete the old one there. \
Then the copies can do no harm. After that, rewrite the history, for example with `git filter-repo --invert-paths \
--path FILE`, push all branches and tags again, and have everybody clone again. `docs/git.md` has the steps.

For test fixtures, use `exclude` in `aemcred.toml`.",
    reference: "https://docs.github.com/en/code-security/secret-scanning/working-with-secret-scanning-and-push-protection/remediating-a-leaked-secret",
    forms: &[],
    check: Check::Place(check),
};

fn check(record: &Record, location: &Location, settings: &Settings) -> Option<Remark> {
    let past = location.past.as_ref().filter(|past| past.is_reachable && location.usable)?;
    let (what, sentence) = (held(record, location), past.sentence());
    let over = record.validity().filter(|_| !record.is_live(location, settings.now));
    let (level, message) = match over {
        None => (Level::Error, format!("a live {what} is in the git history: {sentence}")),
        Some(validity) => {
            let end = words::instant(validity.not_after);
            (Level::Note, format!("an expired {what} is in the git history: {sentence}; it expired on {end}"))
        }
    };
    let replace = if record.is_token() {
        "Others may have it: replace the credential that it was made from"
    } else {
        "Others may have it: replace it first, with a new private key from the AEM Developer Console"
    };
    let help = format!(
        "{replace}. Then rewrite the history without the file (`git filter-repo --invert-paths --path {}`), push all \
         branches and tags again, and have everybody clone again.",
        argument(location)
    );
    Some(Remark { level, message, help })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::RULE;
    use crate::finding::Level;
    use crate::record::Past;
    use crate::record::testing::past;
    use crate::rule::Check;
    use crate::rules::testing::settings;
    use crate::rules::testing::storage::record;

    fn remark(past: Option<Past>, year: i32, usable: bool) -> Option<(Level, String)> {
        let mut record = record("cm-p1-e2-integration-0", 15, year, &["a b.json"]);
        (record.locations[0].past, record.locations[0].usable) = (past.map(Arc::new), usable);
        let Check::Place(check) = RULE.check else { return None };
        let remark = check(&record, &record.locations[0], &settings())?;
        assert!(remark.help.contains("--path 'a b.json'"), "{}", remark.help);
        Some((remark.level, remark.message))
    }

    #[test]
    fn what_is_live_and_reachable_is_an_error() {
        let gone = || past(Some("5d6e7f8"), &[], &["main"]);
        let sentence = gone().sentence();
        let what = "private key and client secret of cm-p1-e2-integration-0 is in the git history";
        assert_eq!(
            remark(Some(gone()), 2027, true),
            Some((Level::Error, format!("a live {what}: {sentence}")))
        );
        let over = format!("an expired {what}: {sentence}; it expired on 2025-12-31 00:00:00 UTC");
        assert_eq!(remark(Some(gone()), 2025, true), Some((Level::Note, over)));
        let unreachable = Past { is_reachable: false, ..gone() };
        for (past, usable) in [(None, true), (Some(gone()), false), (Some(unreachable), true)] {
            assert_eq!(remark(past, 2027, usable), None);
        }
    }
}
