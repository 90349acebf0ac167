use crate::finding::{Draft, Findings, Level};
use crate::rule::{Basis, Check, Rule, Settings, SuppressionUse, Suppressor};

pub(super) const RULE: Rule = Rule {
    name: "suppression-unused",
    level: Level::Note,
    basis: Basis::Policy,
    fixable: false,
    summary: "an ignore entry or a line of the baseline matched nothing, although all that it could match was looked at",
    explanation: "\
What an `[[ignore]]` entry or a line of the baseline suppressed is no longer found: it was dealt with, the file has \
moved, or the entry has a mistake in it. Left in place, it would hide the same finding if it came back.

It is reported only when all that the entry could match was looked at in this run: a folder was walked that holds \
everything the entry's path can name, nothing in there was passed over that the path matches (an excluded file, a link, \
a file beyond the size limit), nothing failed, and the rule was in force. So a commit hook, which gets single files, \
never reports it.",
    example: "[[ignore]]\nrule = \"certificate-expiring\"\npath = \"config/old.json\"    # there is no such file any more",
    remedy: "\
Remove the entry. For a baseline, write it anew over the same folder with `--write-baseline`. If the entry was meant to \
match something, compare its path, pointer and fingerprint with `aemcred check --no-ignores --format json`.",
    reference: "docs/configuration.md",
    forms: &[],
    check: Check::Configuration(check),
};

fn check(used: &SuppressionUse<'_>, _: &Settings<'_>, findings: &mut Findings) {
    if used.is_over || used.matched > 0 || !used.is_covered {
        return;
    }
    let (message, help) = match used.suppressor {
        Suppressor::Entry => (
            format!("the entry that ignores {} matched nothing", used.rule),
            "All that it could match was looked at. Remove it, or correct its path, pointer or fingerprint.",
        ),
        Suppressor::Baseline => (
            format!("the baseline has a finding of {} that is there no more", used.rule),
            "The file was looked at. Write the baseline anew with --write-baseline, and this line goes.",
        ),
    };
    findings.push_with(|| Draft::new(used.place.clone(), message).label("matches nothing").help(help));
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
