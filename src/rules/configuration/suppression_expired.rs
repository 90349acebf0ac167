use crate::finding::{Draft, Findings, Level};
use crate::rule::{Basis, Check, Rule, Settings, SuppressionUse};

pub(super) const RULE: Rule = Rule {
    name: "suppression-expired",
    level: Level::Warning,
    basis: Basis::Policy,
    fixable: false,
    summary: "the `until` date of an ignore entry has passed, so its findings are reported again",
    explanation: "\
An `[[ignore]]` entry in `aemcred.toml` can have an `until` date: the date by which the problem is to be solved. The \
entry is in force through that day (UTC). From the next day on it suppresses nothing, and its findings are reported \
again. This finding names the entry, so that you know why.",
    example: "until = 2026-06-30    # and today is 2026-07-01",
    remedy: "\
Solve the problem that the entry ignores, then remove the entry. If you need more time, set a later `until` date and \
explain in `reason` what has changed.",
    reference: "docs/configuration.md",
    forms: &[],
    check: Check::Configuration(check),
};

fn check(used: &SuppressionUse<'_>, settings: &Settings, findings: &mut Findings) {
    let Some((until, place)) = used.until.as_ref().filter(|_| used.is_over) else { return };
    let days = (settings.now.date_naive() - *until).num_days();
    let days = if days == 1 { String::from("1 day") } else { format!("{days} days") };
    findings.push(
        Draft::new(place.clone(), format!("the ignore entry for {} expired after {until}, {days} ago", used.rule))
            .label("this date has passed")
            .help("Its findings are reported again. Solve the problem and remove the entry, or set a later date and \
                   say why."),
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
            ["the ignore entry for field-unknown expired after 2026-06-30, 1 day ago"]
        );
        assert_eq!(suppression_findings(&RULE, "2030-01-01T00:00:00Z", None, 0, true), [""; 0]);
    }
}
