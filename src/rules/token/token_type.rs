use super::renew;
use crate::credential::{
    Claim, Field, FieldState, FormKind, Issuer, Jws, Request, Token, presentable, trimmed,
};
use crate::finding::{Draft, Findings, Level};
use crate::rule::{Basis, Check, Rule, Settings};

pub(super) const RULE: Rule = Rule {
    name: "token-type",
    level: Level::Error,
    basis: Basis::Service,
    fixable: false,
    summary: "the token is not an Adobe access token, or `token_type` is not bearer",
    explanation: "\
Adobe's token service issues several kinds of tokens, and the claim `type` says which kind. AEM accepts only access \
tokens. A refresh token, ID token or authorization code looks similar, but AEM responds with 401. If a name says that it \
is a refresh token, as in the aio CLI, it is not reported.

A JWT assertion is the request for a token, which a client signs with its private key (`iss`, `sub` and `aud` say for \
whom). It must be exchanged for an access token.

A token of another service has different claims. Only that service can say whether it is valid.

`token_type` says how to send the token. AEM accepts only `bearer`, in uppercase or lowercase.",
    example: "\
{\"token_type\": \"mac\", \"access_token\": \"eyJ…\", \"expires_in\": 86399999}
claims: {\"type\": \"refresh_token\", \"as\": \"ims-na1\", …}",
    remedy: "\
Use the value of `access_token` from the token service's response, or of `accessToken` from the AEM Developer Console.",
    reference: "RFC 6749 sections 5.1 and 7.1; RFC 6750 section 2.1",
    forms: &[FormKind::Token],
    check: Check::Token(check),
};

fn check(token: &Token<'_, '_>, _: &Settings, findings: &mut Findings) {
    if let (Some(jws), Some(claims)) = (&token.jws, token.claims()) {
        if claims.issuer == Issuer::Other {
            findings.push(
                Draft::new(jws.place(), "the token was not issued by Adobe, or its claims were changed")
                    .label("not an Adobe token")
                    .help(format!(
                        "AEM refuses it with status 401. Adobe's access tokens have the claims type, client_id, as, \
                         created_at and expires_in. {}",
                        renew(token.form)
                    )),
            );
        } else if let Some(request) = claims.request {
            findings.push(assertion(jws, request));
        } else if !claims.is_access_token() && !token.is_refresh() {
            findings.push(
                Draft::new(jws.place(), format!("the token is {}, not an access token", kind(&claims.kind)))
                    .label("the claim type is not access_token")
                    .help(format!(
                        "AEM accepts only access tokens and responds with 401. {}",
                        renew(token.form)
                    )),
            );
        }
    }
    let entry = token.fields.iter().find(|entry| entry.field == Field::TokenType);
    if let Some(entry) = entry
        && let FieldState::Text(_, text) = entry.state
    {
        let value = &text.as_str()[trimmed(text.as_str())];
        if !value.eq_ignore_ascii_case("bearer") {
            let shown = if presentable(value) { value } else { "something else" };
            findings.push(
                Draft::new(entry.place(), format!("token_type is {shown}, but must be bearer"))
                    .label("expected bearer")
                    .help(
                        "AEM accepts only bearer tokens. The response was changed, or comes from another service: \
                         request a new token from Adobe's token service.",
                    ),
            );
        }
    }
}

/// Says that this is the request for a token and not the token.
fn assertion(jws: &Jws<'_, '_>, request: Request) -> Draft {
    let end = if request.ends_in_milliseconds {
        " Its exp is in milliseconds, which the token service refuses: write seconds (RFC 7519 section 2)."
    } else {
        ""
    };
    Draft::new(jws.place(), "this is a JWT assertion (the signed request for a token), not the token itself")
        .label("iss, sub and aud are those of a client")
        .help(format!(
            "AEM refuses it with status 401. Exchange it first: send it as jwt_token, with client_id and \
             client_secret, to https://ims-na1.adobelogin.com/ims/exchange/jwt, and use access_token from the \
             response.{end}"
        ))
}

/// What a token with this claim is.
fn kind(claim: &Claim) -> String {
    match claim.text() {
        Some("refresh_token") => "a refresh token".to_owned(),
        Some("id_token") => "an ID token".to_owned(),
        Some("authorization_code") => "an authorization code".to_owned(),
        Some("device_token") => "a device token".to_owned(),
        Some("service_token") => "a service token".to_owned(),
        _ => match claim.presentable() {
            Some(kind) => format!("of type {kind}"),
            None if matches!(claim, Claim::Missing) => "of no type".to_owned(),
            None => "of an unknown type".to_owned(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::rules::testing::{
        CLAIMS, answer, claims_with, development_token, findings, places, run, token,
    };

    fn of_type(kind: &str) -> String {
        token(&claims_with("\"type\":\"access_token\"", kind))
    }

    #[test]
    fn other_types_are_named() {
        for (kind, expected) in [
            (r#""type":"refresh_token""#, "a refresh token"),
            (r#""type":"id_token""#, "an ID token"),
            (r#""type":"authorization_code""#, "an authorization code"),
            (r#""type":"Access_Token""#, "of type Access_Token"),
            (r#""type":"p8e-SampleSample""#, "of an unknown type"),
            (r#""type":null"#, "of an unknown type"),
            (r#""kind":0"#, "of no type"),
        ] {
            let document = development_token(&of_type(kind));
            assert_eq!(
                findings(&RULE, document.as_str()),
                [format!("4:19 the token is {expected}, not an access token")]
            );
        }
    }

    #[test]
    fn tokens_of_others_are_told_apart() {
        let message = "the token was not issued by Adobe, or its claims were changed";
        for claims in [
            "{}",
            r#"{"iss":"https://example.com","exp":1}"#,
            r#"{"type":"access_token","client_id":"x","exp":1}"#,
            r#"{"type":"refresh_token","client_id":"x","created_at":"1","as":"other"}"#,
        ] {
            assert_eq!(findings(&RULE, token(claims)), [format!("1:1 {message}")], "{claims}");
            let answer = answer(&token(claims), "3600");
            assert_eq!(findings(&RULE, answer), [format!("1:43 {message}")], "{claims}");
        }
    }

    #[test]
    fn only_bearer_tokens_are_known() {
        let answer = |kind: &str| answer(&token(CLAIMS), "1").replace("\"bearer\"", kind);
        assert_eq!(findings(&RULE, answer("\"mac\"")), ["1:16 token_type is mac, but must be bearer"]);
        assert_eq!(
            findings(&RULE, answer("\"p8e-SampleSample\"")),
            ["1:16 token_type is something else, but must be bearer"]
        );
        assert_eq!(places(&RULE, &answer("\"mac\"")), [["\"mac\""]]);
        for kind in ["\"bearer\"", "\"Bearer\"", "\" BEARER\"", "\"\"", "null", "\"<type>\""] {
            assert_eq!(findings(&RULE, answer(kind)), [""; 0], "{kind}");
        }
    }

    #[test]
    fn a_request_for_a_token_is_named() {
        let claims = |exp: &str| {
            format!(
                r#"{{"exp":{exp},"iss":"5EED00000000000000000001@AdobeOrg","sub":"5EED00000000000000000002@techacct.adobe.com","aud":"https://ims-na1.adobelogin.com/c/cm-p1-e2-integration"}}"#
            )
        };
        let said = "this is a JWT assertion (the signed request for a token), not the token itself";
        assert_eq!(findings(&RULE, token(&claims("1795964400"))), [format!("1:1 {said}")]);
        assert_eq!(findings(&RULE, development_token(&token(&claims("1")))), [format!("4:19 {said}")]);
        let help = |exp: &str| run(&RULE, token(&claims(exp))).findings[0].draft.help.clone();
        assert!(
            help("1795964400000").contains("milliseconds") && !help("1795964400").contains("milliseconds")
        );
        let other = token(&claims("1").replace("/c/", "/d/"));
        assert_eq!(findings(&RULE, other).len(), 1);
    }

    #[test]
    fn access_tokens_and_what_cannot_be_read_are_right() {
        let without_server = token(&claims_with("\"as\":\"ims-na1\",", ""));
        for text in [token(CLAIMS), without_server, development_token("x.y"), development_token("")] {
            assert_eq!(findings(&RULE, text), [""; 0]);
        }
    }
}
