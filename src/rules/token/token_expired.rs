use super::{renew, times};
use crate::credential::{FormKind, Phase, Token};
use crate::finding::{Draft, Findings, Level};
use crate::rule::{Basis, Check, Rule, Settings};
use crate::rules::words;

pub(super) const RULE: Rule = Rule {
    name: "token-expired",
    level: Level::Error,
    basis: Basis::Service,
    fixable: false,
    summary: "the token has expired: `created_at` plus `expires_in` is in the past",
    explanation: "\
Adobe's access tokens are valid for 24 hours from `created_at`. After that AEM responds to every request with status \
401. A token can't be extended, and a stored token has always expired a day later: programs should request a new one \
when they need it.

At the exact moment of its expiry a token is no longer valid (RFC 7519 section 4.1.4).",
    example: "claims: {\"created_at\": \"1795176000000\", \"expires_in\": \"86400000\", …}    expired on 2026-11-21 \
              12:00 UTC",
    remedy: "\
Get a new token: from the token service with the service credentials, or from the AEM Developer Console for local \
development. A program that needs a token every day should use the service credentials.",
    reference: "RFC 7519 section 4.1.4; https://experienceleague.adobe.com/docs/experience-manager-cloud-service/content/implementing/developing/generating-access-tokens-for-server-side-apis.html",
    forms: &[FormKind::Token],
    check: Check::Token(check),
};

fn check(token: &Token<'_, '_>, settings: &Settings, findings: &mut Findings) {
    let Some((jws, times)) = times(token) else { return };
    if times.validity().at(settings.now) != Phase::Expired {
        return;
    }
    let (date, distance) =
        (words::instant(times.expires_at), words::distance(settings.now, times.expires_at));
    let unit = times.created_in_seconds().map_or_else(String::new, |created| {
        format!(
            " Adobe writes created_at in milliseconds. Read as seconds it would be {}, so another program made or \
             changed this token.",
            words::instant(created)
        )
    });
    findings.push(
        Draft::new(jws.place(), format!("the token expired on {date}, {distance}")).label("expired").help(
            format!("AEM refuses it with status 401, and it can't be extended. {}{unit}", renew(token.form)),
        ),
    );
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::rules::testing::{CLAIMS, claims_with, findings, places, run, token};

    /// A token that was created so many milliseconds before the clock, for 24 hours.
    fn aged(milliseconds: i64) -> String {
        token(&claims_with("1795345200000", &(1_795_348_800_000 - milliseconds).to_string()))
    }

    const DAY: i64 = 86_400_000;

    #[test]
    fn the_instant_of_expiry_is_too_late() {
        let at = "1:1 the token expired on 2026-11-22 12:00:00 UTC";
        assert_eq!(findings(&RULE, aged(DAY)), [format!("{at}, right now")]);
        assert_eq!(
            findings(&RULE, aged(2 * DAY)),
            ["1:1 the token expired on 2026-11-21 12:00:00 UTC, 24 hours ago"]
        );
        assert_eq!(findings(&RULE, aged(DAY - 1)), [""; 0]);
        let text = aged(DAY);
        assert_eq!(places(&RULE, &text), [[text.as_str()]]);
        // Numbers are read like strings.
        let number = token(&claims_with("\"1795345200000\"", "0").replace("\"86400000\"", "0"));
        assert_eq!(findings(&RULE, number).len(), 1);
    }

    #[test]
    fn seconds_are_explained() {
        let seconds = token(&claims_with("1795345200000", "1795345200"));
        let checked = run(&RULE, seconds);
        let draft = &checked.findings[0].draft;
        assert!(draft.message.starts_with("the token expired on 1970-01-22"), "{}", draft.message);
        assert!(draft.help.contains("Read as seconds it would be 2026-11-22 11:00:00 UTC"), "{}", draft.help);
        assert!(!run(&RULE, aged(2 * DAY)).findings[0].draft.help.contains("seconds"));
    }

    #[test]
    fn what_is_no_access_token_has_no_end() {
        let refresh = token(&claims_with("access_token", "refresh_token").replace("1795345200000", "1"));
        let foreign = token(r#"{"created_at":"1","expires_in":"1"}"#);
        for text in [token(CLAIMS), refresh, foreign, "{}".to_owned()] {
            assert_eq!(findings(&RULE, text), [""; 0]);
        }
    }
}
