use chrono::TimeDelta;

use super::{renew, times};
use crate::credential::{FormKind, Token};
use crate::finding::{Draft, Findings, Level};
use crate::rule::{Basis, Check, Rule, Settings};
use crate::rules::words;

pub(super) const RULE: Rule = Rule {
    name: "token-lifetime",
    level: Level::Warning,
    basis: Basis::Policy,
    fixable: false,
    summary: "the token's lifetime is more than 24 hours, or its creation time is in the future",
    explanation: "\
Adobe's access tokens are valid for exactly 24 hours. A token with a longer lifetime was not issued for AEM, or was \
changed, and then its signature is invalid. A creation time in the future means that a clock is wrong. Differences of \
up to five minutes are accepted.

aemcred can't verify the signature, so this is a warning.",
    example: "claims: {\"created_at\": \"1795258800000\", \"expires_in\": \"864000000\", …}    ten days",
    remedy: "Get a new token. If new tokens have the same problem, check this machine's clock, and `--now`.",
    reference: "https://experienceleague.adobe.com/docs/experience-manager-cloud-service/content/implementing/developing/generating-access-tokens-for-server-side-apis.html",
    forms: &[FormKind::Token],
    check: Check::Token(check),
};

/// The lifetime of Adobe's access tokens.
const ISSUED: TimeDelta = TimeDelta::hours(24);

/// How much clocks may differ.
const SKEW: TimeDelta = TimeDelta::minutes(5);

fn check(token: &Token<'_, '_>, settings: &Settings, findings: &mut Findings) {
    let Some((jws, times)) = times(token) else { return };
    let milliseconds = words::grouped(times.lifetime.num_milliseconds().unsigned_abs());
    let draft = if times.lifetime > ISSUED {
        let message = format!(
            "the token's lifetime is {} ({milliseconds} milliseconds), which is more than 24 hours",
            words::duration(times.lifetime)
        );
        Draft::new(jws.place(), message).label("more than 24 hours")
    } else if times.created_at - settings.now > SKEW {
        let (date, distance) =
            (words::instant(times.created_at), words::distance(settings.now, times.created_at));
        Draft::new(jws.place(), format!("the token's creation time is in the future: {date}, {distance}"))
            .label("in the future")
    } else {
        return;
    };
    findings.push(draft.help(format!(
        "Adobe's access tokens are valid for 24 hours from their creation. Another program made or changed this one, \
         or a clock is wrong. {}",
        renew(token.form)
    )));
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::rules::testing::{CLAIMS, claims_with, findings, token};

    #[test]
    fn long_lives_and_births_to_come_are_told() {
        for (from, to, expected) in [
            (
                "86400000",
                "864000000",
                "1:1 the token's lifetime is 10 days (864,000,000 milliseconds), which is more than 24 hours",
            ),
            (
                "86400000",
                "86400001",
                "1:1 the token's lifetime is 24 hours (86,400,001 milliseconds), which is more than 24 hours",
            ),
            (
                "1795345200000",
                "1795349100001",
                "1:1 the token's creation time is in the future: 2026-11-22 12:05:00 UTC, in 5 minutes",
            ),
            (
                "1795345200000",
                "179534520000000",
                "1:1 the token's creation time is in the future: 7659-03-22 20:00:00 UTC, in 2,057,166 days",
            ),
        ] {
            assert_eq!(findings(&RULE, token(&claims_with(from, to))), [expected]);
        }
    }

    #[test]
    fn a_day_and_five_minutes_of_skew_are_right() {
        let refresh = claims_with("access_token", "refresh_token").replace("86400000", "1209600000");
        for claims in [
            CLAIMS.to_owned(),
            claims_with("86400000", "0"),
            claims_with("1795345200000", "1795349100000"),
            refresh,
        ] {
            assert_eq!(findings(&RULE, token(&claims)), [""; 0]);
        }
    }
}
