use crate::finding::{Draft, Findings, Level};
use crate::rule::{Basis, Check, Rule, Settings, SuppressionUse};

pub(super) const RULE: Rule = Rule {
    name: "suppression-expired",
    level: Level::Warning,
    basis: Basis::Policy,
    fixable: false,
    summary: "an ignore entry's `until` date has passed, so that its findings count again",
    explanation: "\
An `[[ignore]]` entry of `aemcred.toml` may say until when it holds: a promise that the matter is dealt with by then. \
The day itself, in UTC, still counts. From the next day on the entry suppresses nothing, and what it suppressed is \
reported again. This finding names the entry, so that nobody wonders where the others come from.",
    example: "until = 2026-06-30    # and today is 2026-07-01",
    remedy: "\
Deal with what the entry ignores, then remove the entry. If more time is needed, write a later date into `until` and \
say in `reason` what has changed.",
    reference: "docs/configuration.md",
    forms: &[],
    check: Check::Configuration(check),
};

fn check(used: &SuppressionUse<'_>, settings: &Settings<'_>, findings: &mut Findings) {
    let Some((until, place)) = used.until.as_ref().filter(|_| used.is_over) else { return };
    let days = (settings.now.date_naive() - *until).num_days();
    let days = if days == 1 { String::from("1 day") } else { format!("{days} days") };
    findings.push(
        Draft::new(place.clone(), format!("the entry that ignores {} held until {until}, {days} ago", used.rule))
            .label("this day has passed")
            .help("What it ignored counts again. Deal with it and remove the entry, or set a later date and say why."),
    );
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::rules::testing::suppression_findings;

    #[test]
    fn the_day_after_is_too_late() {
        let entry = |now: &str| suppression_findings(&RULE, now, Some("2026-06-30"), 1, true);
        assert_eq!(entry("2026-06-30T23:59:59Z"), [""; 0]);
        assert_eq!(
            entry("2026-07-01T00:00:00Z"),
            ["the entry that ignores field-unknown held until 2026-06-30, 1 day ago"]
        );
        assert_eq!(suppression_findings(&RULE, "2030-01-01T00:00:00Z", None, 0, true), [""; 0]);
    }
}
