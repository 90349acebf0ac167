use chrono::TimeDelta;

use super::{renew, times};
use crate::credential::{FormKind, Token};
use crate::finding::{Draft, Findings, Level};
use crate::rule::{Basis, Check, Rule, Settings};
use crate::rules::words;

pub(super) const RULE: Rule = Rule {
    name: "token-expiring",
    level: Level::Warning,
    basis: Basis::Policy,
    fixable: false,
    summary: "the token expires within an hour",
    explanation: "\
The token still works. But a longer job that starts now fails halfway with status 401.",
    example: "claims: {\"created_at\": \"1795264200000\", \"expires_in\": \"86400000\", …}    30 minutes left",
    remedy: "\
Get a new token before a long job. A program that needs a token every day should use the service credentials.",
    reference: "https://experienceleague.adobe.com/docs/experience-manager-cloud-service/content/implementing/developing/generating-access-tokens-for-server-side-apis.html",
    forms: &[FormKind::Token],
    check: Check::Token(check),
};

fn check(token: &Token<'_, '_>, settings: &Settings, findings: &mut Findings) {
    let Some((jws, times)) = times(token) else { return };
    if !times.validity().ends_within(TimeDelta::MAX, settings.now) {
        return;
    }
    let (date, distance) =
        (words::instant(times.expires_at), words::distance(settings.now, times.expires_at));
    findings.push(
        Draft::new(jws.place(), format!("the token expires on {date}, {distance}"))
            .label("expires soon")
            .help(format!("A job that takes longer fails halfway. {}", renew(token.form))),
    );
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::rules::testing::{claims_with, findings, token};

    /// A token that has so many milliseconds left.
    fn with_left(milliseconds: i64) -> String {
        token(&claims_with("1795345200000", &(1_795_348_800_000 - 86_400_000 + milliseconds).to_string()))
    }

    #[test]
    fn the_last_hour_is_told_in_minutes() {
        for (left, expected) in [
            (3_600_000, Some("1:1 the token expires on 2026-11-22 13:00:00 UTC, in 60 minutes")),
            (3_600_001, None),
            (3_601_000, None),
            (90_000, Some("1:1 the token expires on 2026-11-22 12:01:30 UTC, in 90 seconds")),
            (1, Some("1:1 the token expires on 2026-11-22 12:00:00 UTC, right now")),
            (0, None),
            (-1, None),
        ] {
            let expected: Vec<&str> = expected.into_iter().collect();
            assert_eq!(findings(&RULE, with_left(left)), expected, "{left}");
        }
    }
}
