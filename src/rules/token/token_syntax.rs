use crate::credential::{FormKind, Token};
use crate::finding::{Draft, Findings, Level};
use crate::rule::{Basis, Check, Rule, Settings};
use crate::rules::token_words::{help, time_words, words};

pub(super) const RULE: Rule = Rule {
    name: "token-syntax",
    level: Level::Error,
    basis: Basis::Service,
    fixable: false,
    summary: "the token is not a JSON Web Token that can be read, or doesn't say when it expires",
    explanation: "\
Adobe's access tokens are JSON Web Tokens: a header, claims and a signature, each in base64url without padding, \
separated by periods. If a token was cut off, wrapped into lines, or encoded again, AEM refuses it with status 401 and \
doesn't say why.

`Bearer` before the token belongs to the HTTP header. If it is in the field, it is sent twice.

Adobe's tokens have no `exp`. Their claims `created_at` and `expires_in`, both in milliseconds, say when they expire.

Adobe signs with RS256, so a complete signature has at least 256 bytes. A shorter one was cut off.

**aemcred doesn't verify the signature.** That needs a key that only Adobe has. So a token whose claims were changed \
can be sound here, and AEM still refuses it.",
    example: "{\"ok\": true, \"statusCode\": 200, \"accessToken\": \"Bearer eyJ…\"}",
    remedy: "\
Copy the complete token again: store the response of the AEM Developer Console or of the token service instead of \
copying from a terminal, which breaks long lines. The program that sends the request adds `Bearer`.",
    reference: "RFC 7515 sections 2 and 7.1; RFC 7519 section 4; RFC 7518 section 3.3; RFC 6750 section 2.1",
    forms: &[FormKind::Token],
    check: Check::Token(check),
};

fn check(token: &Token<'_, '_>, _: &Settings, findings: &mut Findings) {
    let Some(jws) = &token.jws else { return };
    for defect in &jws.defects {
        let (message, label) = words(defect.kind);
        findings.push(Draft::new(jws.place_of(defect), message).label(label).help(help(defect.kind)));
    }
    let defects = token.access().and_then(|(_, claims)| claims.times.as_ref().err());
    for (claim, defect) in defects.into_iter().flatten() {
        findings.push(
            Draft::new(jws.place_of_claim(claim), format!("the claim {claim} {}", time_words(*defect)))
                .label("here")
                .help(
                    "Without it the expiry date is unknown. Adobe writes created_at and expires_in as whole \
                     milliseconds, such as \"1795348800000\" and \"86400000\": another program made or changed this \
                     token.",
                ),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::rules::testing::{
        CLAIMS, answer, claims_with, development_token, findings, places, token, token_of,
    };

    const HEADER: &str = r#"{"alg":"RS256"}"#;

    #[test]
    fn every_flaw_of_the_text_is_named_and_placed() {
        let sound = token(CLAIMS);
        let (rest, signature) = sound.rsplit_once('.').unwrap();
        let (header, claims) = rest.split_once('.').unwrap();
        let bearer = "the token starts with Bearer, which belongs to the HTTP header and not to the token";
        let cut = &claims[..claims.len() - 4];
        for (text, expected, place) in [
            (format!("Bearer {sound}"), bearer, Some("Bearer ")),
            (format!("authorization: bearer  {sound}"), bearer, Some("authorization: bearer  ")),
            (
                format!("{header}.{claims}"),
                "the token has 2 parts separated by periods instead of three",
                None,
            ),
            (
                format!("{sound}.{signature}"),
                "the token has 4 parts separated by periods instead of three",
                None,
            ),
            (
                format!("{sound}.a.b"),
                "the token has five parts: it is encrypted (JWE), which Adobe's tokens are not",
                None,
            ),
            (
                String::from("p8e-SampleSample"),
                "this is not a JSON Web Token: it has no periods, which separate header, claims and signature",
                None,
            ),
            (format!("{header}.{claims}."), "the signature of the token is empty", Some("")),
            (format!("{header}..{signature}"), "the claims of the token are empty", Some("")),
            (
                format!("{header}==.{claims}.{signature}"),
                "the header of the token ends with =, which tokens in base64url don't have",
                Some("=="),
            ),
            (
                format!("{header}.{claims}.{signature}+A"),
                "the signature of the token has + or /, where base64url has - and _",
                Some("+"),
            ),
            (
                format!("{header}.{claims}.{signature}/A"),
                "the signature of the token has + or /, where base64url has - and _",
                Some("/"),
            ),
            (
                format!("{header}.{claims}*.{signature}"),
                "the claims of the token have a character that base64url doesn't have",
                Some("*"),
            ),
            (
                format!("{header}.{claims}.a=b"),
                "the signature of the token has a character that base64url doesn't have",
                Some("="),
            ),
            (
                format!("{header}.{claims}.abcde"),
                "the signature of the token is incomplete: base64url can't end like this",
                Some(""),
            ),
            (
                format!("{header}.{claims}.ab\\n cd"),
                "there is a line break (U+000A) inside the token",
                Some("\\n"),
            ),
            (
                format!("{header}.{claims}.ab\u{200B}cd"),
                "there is a zero-width space (U+200B) inside the token",
                Some("\u{200B}"),
            ),
            (format!("{header}.{cut}.{signature}"), "the claims of the token are not JSON", Some("")),
            (
                format!("e4GB.{claims}.{signature}"),
                "the header of the token has bytes that are not UTF-8",
                Some("4G"),
            ),
            (
                format!("{}.{claims}.{signature}", "A".repeat(64 << 10)),
                "the token has 66,060 bytes; aemcred reads up to 65,536",
                None,
            ),
        ] {
            let document = development_token(&text);
            let found = findings(&RULE, document.as_str());
            assert!(found.len() == 1 && found[0].ends_with(expected), "{expected}: {found:?}");
            let place = place.unwrap_or(&text);
            assert_eq!(places(&RULE, &document), [[place]], "{expected}");
        }
        let two = development_token(&format!("{header}=.{claims}.*"));
        assert_eq!(findings(&RULE, two).len(), 2, "each part has its own");
    }

    #[test]
    fn every_flaw_of_the_contents_is_named() {
        let deep = format!("{{\"a\":{}1{}}}", "[".repeat(200), "]".repeat(200));
        let many = format!("[{}0]", "0,".repeat(20_000));
        for (header, claims, expected) in [
            ("[]", CLAIMS, "the header of the token is an array, but must be an object"),
            (HEADER, "null", "the claims of the token are null, but must be an object"),
            (HEADER, "\"x\"", "the claims of the token are a string, but must be an object"),
            (HEADER, many.as_str(), "the claims of the token are an array, but must be an object"),
            (HEADER, deep.as_str(), "the claims of the token have more nesting or values than aemcred reads"),
            (HEADER, "{\"a\":1,\"\\u0061\":1}", "a name appears twice in the claims of the token"),
            (r#"{"alg":"RS256","alg":"none"}"#, CLAIMS, "a name appears twice in the header of the token"),
            ("{}", CLAIMS, "the header of the token has no algorithm (alg)"),
            (r#"{"alg":"None"}"#, CLAIMS, "the header says that the token is not signed (alg is none)"),
            (
                r#"{"alg":"XS1"}"#,
                CLAIMS,
                "the header of the token has an unknown algorithm, or a value of the wrong type",
            ),
            (
                r#"{"alg":"RS256","kid":7}"#,
                CLAIMS,
                "the header of the token has an unknown algorithm, or a value of the wrong type",
            ),
            (
                HEADER,
                r#"{"type":"\ud800","as":"ims-na1"}"#,
                "the claims of the token have a value that JSON parsers refuse",
            ),
            (
                HEADER,
                r#"{"created_at":1e400,"as":"ims-na1"}"#,
                "the claims of the token have a value that JSON parsers refuse",
            ),
        ] {
            let found = findings(&RULE, development_token(&token_of(&[header, claims])));
            assert!(found.len() == 1 && found[0].ends_with(expected), "{expected}: {found:?}");
        }
    }

    #[test]
    fn what_adobe_never_issues_is_named_and_placed() {
        let other = |name: &str| {
            format!("the header says that the token is signed with {name}; Adobe signs with RS256")
        };
        let parameter =
            |name: &str| format!("the header of the token has {name}, which Adobe's tokens don't have");
        for (header, expected) in [
            (r#"{"alg":"HS256"}"#, other("HS256")),
            (r#"{"alg":"ES256"}"#, other("ES256")),
            (r#"{"alg":"PS512"}"#, other("PS512")),
            (r#"{"alg":"EdDSA"}"#, other("EdDSA")),
            (r#"{"alg":"RS256","crit":["x"]}"#, parameter("crit")),
            (r#"{"alg":"RS256","b64":false}"#, parameter("b64")),
        ] {
            let text = token_of(&[header, CLAIMS]);
            let found = findings(&RULE, development_token(&text));
            assert!(found.len() == 1 && found[0].ends_with(&expected), "{expected}: {found:?}");
            let place = &places(&RULE, &development_token(&text))[0][0];
            assert!(text.starts_with("eyJ") && text.contains(place.as_str()) && place.len() < text.len() / 2);
        }
        let both = token_of(&[r#"{"alg":"RS256","crit":["b64"],"b64":false}"#, CLAIMS]);
        assert_eq!(findings(&RULE, both).len(), 2);
        let foreign = token_of(&[r#"{"alg":"HS256","b64":false}"#, r#"{"iss":"https://example.com"}"#]);
        assert_eq!(findings(&RULE, foreign), [""; 0]);
    }

    #[test]
    fn a_signature_that_is_cut_off_is_named_at_its_end() {
        use base64::Engine as _;
        let sound = token(CLAIMS);
        let (rest, _) = sound.rsplit_once('.').unwrap();
        let cut = |length| {
            format!("the token was cut off: its signature has {length} bytes instead of at least 256")
        };
        for (length, expected) in [
            (3, Some(cut(3))),
            (192, Some(cut(192))),
            (255, Some(cut(255))),
            (256, None),
            (
                257,
                Some(String::from("the signature of the token has 257 bytes, which is not a valid length")),
            ),
            (384, None),
            (512, None),
        ] {
            let encode = |bytes| base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes);
            let text = format!("{rest}.{}", encode(vec![b'x'; length]));
            let found = findings(&RULE, text.as_str());
            assert_eq!(found.len(), usize::from(expected.is_some()), "{length}: {found:?}");
            if let Some(expected) = expected {
                assert!(found[0].ends_with(&expected), "{length}: {found:?}");
                assert!(found[0].contains(&(text.len() + 1).to_string()), "{length}: {found:?}");
            }
        }
    }

    #[test]
    fn times_that_say_nothing_are_named() {
        let (created, lifetime) = ("\"1795345200000\"", "\"86400000\"");
        for (from, to, expected) in [
            ("\"created_at\"", "\"created\"", "created_at is missing"),
            ("\"expires_in\"", "\"expires\"", "expires_in is missing"),
            (created, "null", "created_at is neither a string nor a number"),
            (created, "[1]", "created_at is neither a string nor a number"),
            (created, "{\"a\":1}", "created_at is neither a string nor a number"),
            (created, "true", "created_at is neither a string nor a number"),
            (created, "\"\"", "created_at is not a whole number of milliseconds"),
            (created, "\"2026-11-22\"", "created_at is not a whole number of milliseconds"),
            (created, "\" 1\"", "created_at is not a whole number of milliseconds"),
            (created, "1.5", "created_at is not a whole number of milliseconds"),
            (created, "\"1795345200000.5\"", "created_at is not a whole number of milliseconds"),
            (lifetime, "\"-1\"", "expires_in is less than zero"),
            (lifetime, "-1", "expires_in is less than zero"),
            (lifetime, "-1e300", "expires_in is less than zero"),
            (lifetime, "1e300", "expires_in is too large: it means a date after the year 9999"),
            (lifetime, "9223372036854775807", "expires_in is too large: it means a date after the year 9999"),
            (
                lifetime,
                "\"9223372036854775807\"",
                "expires_in is too large: it means a date after the year 9999",
            ),
            (lifetime, "\"253402300799999\"", "expires_in is too large: it means a date after the year 9999"),
            (
                lifetime,
                "\"99999999999999999999999999999999999999999999999999\"",
                "expires_in is too large: it means a date after the year 9999",
            ),
            (
                lifetime,
                "\"-99999999999999999999999999999999999999999999999999\"",
                "expires_in is less than zero",
            ),
        ] {
            let found = findings(&RULE, token(&claims_with(from, to)));
            let expected = format!("the claim {expected}");
            assert!(found.len() == 1 && found[0].ends_with(&expected), "{expected}: {found:?}");
        }
        let neither = r#"{"type":"access_token","as":"ims-na1"}"#;
        assert_eq!(findings(&RULE, token(neither)).len(), 2);
    }

    #[test]
    fn a_claim_is_placed_where_it_is_encoded() {
        use base64::Engine as _;
        let text = token(&claims_with("\"1795345200000\"", "null"));
        let place = &places(&RULE, &text)[0][0];
        assert_eq!(place.len(), "\"created_at\":null".len() * 4 / 3 + 1);
        let claims = text.split('.').nth(1).unwrap();
        let start = claims.find(place.as_str()).unwrap();
        let from = start / 4 * 4;
        let decoded =
            base64::engine::general_purpose::STANDARD_NO_PAD.decode(&claims[from..from + 24]).unwrap();
        assert!(String::from_utf8(decoded).unwrap().contains("created_at"));
    }

    #[test]
    fn sound_tokens_are_right() {
        let sound = token(CLAIMS);
        let number = token(&claims_with("\"86400000\"", "8.64e7"));
        let zeros = token(&claims_with("\"86400000\"", "\"000086400000\""));
        let more = token(&claims_with("{", r#"{"moi":"x","fg":[{"a":1e400}],"#));
        let foreign = token(r#"{"iss":"https://example.com","exp":1}"#);
        for text in [
            sound.clone(),
            format!(" \n{sound}\r\n"),
            format!("Authorization: Bearer {sound}\n"),
            format!("bearer\t{sound}"),
            development_token(&sound),
            development_token(&format!(" {sound}\\n")),
            development_token("***REDACTED***"),
            development_token(""),
            answer(&sound, "86399999"),
            number,
            zeros,
            more,
            foreign,
        ] {
            assert_eq!(findings(&RULE, text.as_str()), [""; 0], "{text}");
        }
    }
}
