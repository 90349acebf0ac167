use super::times;
use crate::credential::{FormKind, StatedLifetime, Token};
use crate::finding::{Draft, Findings, Level};
use crate::rule::{Basis, Check, Rule, Settings};
use crate::rules::words;

pub(super) const RULE: Rule = Rule {
    name: "token-expires-in",
    level: Level::Warning,
    basis: Basis::Policy,
    fixable: false,
    summary: "`expires_in` beside the token contradicts the token's own `expires_in`, often because seconds and \
              milliseconds were confused",
    explanation: "\
In the response of Adobe's token service to service credentials, `expires_in` is in **milliseconds**, like the claim \
with the same name inside the token, and not larger than that claim. In OAuth 2 it is in seconds (RFC 6749 section \
5.1), and also in most libraries and in Adobe's newer token service for OAuth server-to-server credentials.

A program that confuses the two uses an expired token for 1,000 days, or requests a new one every minute and a half.",
    example: "{\"token_type\": \"bearer\", \"access_token\": \"eyJ…\", \"expires_in\": 86399}",
    remedy: "\
Store the response unchanged, and read `expires_in` in the unit of the service that sent it. If in doubt, use the \
claims of the token itself.",
    reference: "RFC 6749 section 5.1; https://github.com/adobe/aemcs-api-client-lib (README)",
    forms: &[FormKind::Token],
    check: Check::Token(check),
};

fn check(token: &Token<'_, '_>, _: &Settings, findings: &mut Findings) {
    let (Some((jws, times)), Some((_, place))) = (times(token), token.expires_in()) else { return };
    let Some(stated) = token.stated_lifetime() else { return };
    let own = times.lifetime.num_milliseconds().unsigned_abs();
    let own_words = format!("{} milliseconds, {}", words::grouped(own), words::duration(times.lifetime));
    let (message, label, help) = match stated {
        StatedLifetime::Fits => return,
        StatedLifetime::Seconds => (
            format!("expires_in is in seconds, but in the token it is {own_words}"),
            "seconds, not milliseconds",
            "A program that expects milliseconds, as in the response of Adobe's token service to service credentials, \
             discards the token at once. If the response comes from the newer service for OAuth server-to-server \
             credentials, read seconds and turn this rule off. Otherwise store the response unchanged.",
        ),
        StatedLifetime::Thousandfold => (
            format!("expires_in is 1,000 times the value in the token, which is {own_words}"),
            "1,000 times too large",
            "A program took seconds for milliseconds and multiplied them. A program that uses this number uses the \
             token long after it has expired. Store the response unchanged.",
        ),
        StatedLifetime::Longer => (
            format!("expires_in is larger than in the token, where it is {own_words}"),
            "longer than the token is valid",
            "A program that uses this number uses the token after it has expired. Store the response unchanged. \
             Perhaps the response and the token are from two different requests.",
        ),
        StatedLifetime::Nothing => (
            String::from("expires_in is zero or less, so the token would never be valid"),
            "not greater than zero",
            "A program that uses this number never uses the token. Store the response unchanged, or request a new \
             token.",
        ),
    };
    let related = format!("in the token, expires_in is {own_words}");
    findings.push(Draft::new(place, message).label(label).related(jws.place(), related).help(help));
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::rules::testing::{CLAIMS, answer, claims_with, development_token, findings, places, token};

    #[test]
    fn contradictions_are_told() {
        let own = "86,400,000 milliseconds, 24 hours";
        for (number, expected) in [
            ("86399", format!("expires_in is in seconds, but in the token it is {own}")),
            ("86400", format!("expires_in is in seconds, but in the token it is {own}")),
            ("86399999000", format!("expires_in is 1,000 times the value in the token, which is {own}")),
            ("864e8", format!("expires_in is 1,000 times the value in the token, which is {own}")),
            ("86401001", format!("expires_in is larger than in the token, where it is {own}")),
            ("1e400", format!("expires_in is larger than in the token, where it is {own}")),
            ("0", "expires_in is zero or less, so the token would never be valid".to_owned()),
            ("-86399999", "expires_in is zero or less, so the token would never be valid".to_owned()),
        ] {
            let text = answer(&token(CLAIMS), number);
            let found = findings(&RULE, text.as_str());
            assert!(found.len() == 1 && found[0].ends_with(&expected), "{number}: {found:?}");
            assert_eq!(places(&RULE, &text), [[number, &token(CLAIMS)]]);
        }
        let seconds = token(&claims_with("86400000", "86400"));
        assert_eq!(findings(&RULE, answer(&seconds, "86399999")).len(), 1);
    }

    #[test]
    fn what_is_left_of_it_is_right() {
        let sound = token(CLAIMS);
        for number in
            ["86400000", "86399999", "86400000.0", "8.64e7", "86400500", "3600000", "1", "\"86399\"", "null"]
        {
            assert_eq!(findings(&RULE, answer(&sound, number)), [""; 0], "{number}");
        }
        assert_eq!(findings(&RULE, answer("x", "86399")), [""; 0]);
        assert_eq!(findings(&RULE, development_token(&sound)), [""; 0]);
        let long = token(&claims_with("86400000", "99999999999999"));
        assert_eq!(findings(&RULE, answer(&long, "86399")), [""; 0]);
    }
}
