use crate::finding::{Draft, Findings, Level};
use crate::rule::{Basis, Check, Rule, Settings, SuppressionUse, Suppressor};

pub(super) const RULE: Rule = Rule {
    name: "suppression-unused",
    level: Level::Note,
    basis: Basis::Policy,
    fixable: false,
    summary: "an ignore entry or a baseline line matched nothing, although everything that it could match was checked",
    explanation: "\
The finding that an `[[ignore]]` entry or a line of the baseline suppresses no longer exists: the problem was solved, \
the file was moved, or the entry has a mistake. If you keep the entry, it would hide the same finding if it came back.

This is reported only if this run checked everything that the entry could match: the run walked a folder that contains \
every path that the entry can match, it skipped none of them (excluded files, links, files above the size limit), \
nothing failed, and the rule was on. So a commit hook, which gets single files, never reports it.",
    example: "[[ignore]]\nrule = \"certificate-expiring\"\npath = \"config/old.json\"    # this file no longer exists",
    remedy: "\
Remove the entry. For a baseline, write it again for the same folder with `--write-baseline`. If the entry should \
match something, compare its path, pointer and fingerprint with the output of `aemcred check --no-ignores --format \
json`.",
    reference: "docs/configuration.md",
    forms: &[],
    check: Check::Configuration(check),
};

fn check(used: &SuppressionUse<'_>, _: &Settings, findings: &mut Findings) {
    if used.is_over || used.matched > 0 || !used.is_covered {
        return;
    }
    let (message, help) = match used.suppressor {
        Suppressor::Entry => (
            format!("the ignore entry for {} matched nothing", used.rule),
            "Everything that it could match was checked. Remove the entry, or correct its path, pointer or \
             fingerprint.",
        ),
        Suppressor::Baseline => (
            format!("the baseline has a finding of {} that no longer exists", used.rule),
            "The file was checked. Write the baseline again with --write-baseline to remove this line.",
        ),
    };
    findings.push_with(|| Draft::new(used.place.clone(), message).label("matched nothing").help(help));
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::rules::testing::suppression_findings;

    #[test]
    fn only_what_was_looked_at_counts() {
        let entry = |until, matched, covered| {
            suppression_findings(&RULE, "2026-11-22T12:00:00Z", until, matched, covered).len()
        };
        assert_eq!(entry(None, 0, true), 1);
        assert_eq!(entry(None, 0, false), 0);
        assert_eq!(entry(None, 1, true), 0);
        assert_eq!(entry(Some("2020-01-01"), 0, true), 0, "it is expired already");
        assert_eq!(entry(Some("2026-11-22"), 0, true), 1);
    }
}
