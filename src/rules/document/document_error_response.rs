use crate::credential::{Document, Field, Foreign, FormKind, TokenForm};
use crate::finding::{Draft, Findings, Level, Place};
use crate::json::{Kind, Pointer, Text, Value};
use crate::rule::{Basis, Check, Rule, Settings};

pub(super) const RULE: Rule = Rule {
    name: "document-error-response",
    level: Level::Error,
    basis: Basis::Client,
    fixable: false,
    summary: "`ok` is not true, `statusCode` is not 2xx, or there is an `error`: an error answer was saved",
    explanation: "\
The document is the AEM Developer Console's own HTTP answer, with `ok` and `statusCode` as the console sent them. An \
answer with `ok: false` or a status other than 2xx is an error message that was saved as if it were the credential. If \
there is an `integration` or a token in it all the same, it was put together by hand from two answers. The client doesn't \
read `ok` and `statusCode`, so this is a warning.

The token service answers a request that it refuses with `error` and `error_description` (RFC 6749 section 5.2), and \
with no token.",
    example: "{\"ok\": false, \"statusCode\": 403}",
    remedy: "\
Sign in to the AEM Developer Console again, with a user who is an AEM administrator of the environment, and download \
the service credentials anew. Look at the page before saving: it must show `\"ok\": true`. If the token service \
refused the request, correct what its error says and ask again.",
    reference: "RFC 6749 section 5.2; https://experienceleague.adobe.com/docs/experience-manager-cloud-service/content/implementing/developing/generating-access-tokens-for-server-side-apis.html",
    forms: FormKind::AS_ISSUED,
    check: Check::Document(check),
};

fn check(document: &Document<'_, '_>, _: &Settings<'_>, findings: &mut Findings) {
    if document.foreign == Some(Foreign::TokenError) {
        return findings.push(token_error(document));
    }
    let error_answer = document.foreign == Some(Foreign::ErrorResponse);
    let wrapped = document.credential.as_ref().is_some_and(|credential| credential.wrapped)
        || document.token.as_ref().is_some_and(|token| token.form == TokenForm::Development);
    let Some(top) = document.top().filter(|_| error_answer || wrapped) else { return };
    let place = |field: Field| {
        let value = &top.get(field.name())?.value;
        Some((value, Place::new(Pointer::root().key(field.name()), value.span)))
    };
    // A value of another type is field-type's to report where there is a credential to check.
    let refused = place(Field::Ok).filter(|(value, _)| matches!(value.kind, Kind::Bool(false)));
    let status = place(Field::StatusCode).and_then(|(value, place)| Some((status(value)?, place)));
    let status = status.filter(|(status, _)| !(200..300).contains(status));
    let saved = if error_answer {
        "This file is an error answer that was saved instead of the credential."
    } else {
        "Programs use what is beside it all the same, but the console sends no credential with an error, so this file was \
         put together by hand."
    };
    let draft = match (status, refused) {
        (Some((status, place)), refused) => {
            let (words, advice) = meaning(status);
            let (message, label) = if status < 100 {
                (
                    "statusCode is not an HTTP status, so nobody can say what the console answered"
                        .to_owned(),
                    "no status",
                )
            } else {
                (
                    format!("the console answered with an error: statusCode is {status}{words}"),
                    "an error's status",
                )
            };
            let draft = Draft::new(place, message)
            .label(label)
            .help(if status < 100 {
                format!("The console sends a whole number such as 200, so this file was changed by hand or by a program. {advice}")
            } else {
                format!("{saved} {advice}")
            });
            match refused {
                Some((_, place)) => draft.related(place, "ok is false as well"),
                None => draft,
            }
        }
        (None, Some((_, place))) => Draft::new(place, "the console answered with an error: ok is false")
            .label("an error")
            .help(format!("{saved} {}", meaning(0).1)),
        (None, None) if error_answer => Draft::new(
            document.beginning(),
            "this is an error answer of the AEM Developer Console, without credentials",
        )
        .label("an error answer")
        .help(meaning(0).1),
        (None, None) => return,
    };
    // The client reads neither `ok` nor `statusCode`.
    findings.push(if error_answer { draft } else { draft.claim(Basis::Policy, Level::Warning) });
}

/// The token service's refusal. Only codes from the standard are quoted: a description may quote the request.
fn token_error(document: &Document<'_, '_>) -> Draft {
    let member = document.top().and_then(|top| top.get("error"));
    let code = member.and_then(|member| member.value.as_text()).map_or("", Text::as_str);
    let known = TOKEN_ERRORS.iter().find(|(known, _)| *known == code);
    let place = member.map_or_else(
        || document.beginning(),
        |member| Place::new(Pointer::root().key("error"), member.value.span),
    );
    let said = known.map_or_else(String::new, |(code, _)| format!(": {code}"));
    let advice =
        known.map_or("Look at error_description, correct the request and ask again.", |known| known.1);
    Draft::new(place, format!("the token service refused the request{said}"))
        .label("an error, no token")
        .help(format!("This file is an error answer that was saved instead of the token. {advice}"))
}

/// The errors of RFC 6749 section 5.2 and those that Adobe's token service adds, with what to do.
const TOKEN_ERRORS: [(&str, &str); 7] = [
    (
        "invalid_client",
        "The client ID or the client secret is wrong or no longer valid: compare them with a fresh download of the \
         service credentials.",
    ),
    (
        "invalid_token",
        "The signed request was not accepted: its time, its audience, or a private key that the certificate doesn't \
         belong to. Check the service credentials that it was made from with aemcred check.",
    ),
    (
        "invalid_grant",
        "The signed request was not accepted. Check the service credentials that it was made from with aemcred check.",
    ),
    (
        "invalid_scope",
        "The metascopes are not those of the client: compare metascopes with a fresh download of the service \
         credentials.",
    ),
    ("invalid_request", "Something is missing in the request, or is there twice. Correct it and ask again."),
    (
        "unauthorized_client",
        "The client may not ask for tokens in this way. Look at it in the AEM Developer Console.",
    ),
    (
        "unsupported_grant_type",
        "The client asked at an address for another kind of request. Correct it and ask again.",
    ),
];

/// The status that a number is; 0, which is none, for what is no whole number of up to three digits.
fn status(value: &Value<'_>) -> Option<u32> {
    // 2e2 and 200.0 are the same number as 200.
    let Kind::Number(written) = &value.kind else { return None };
    let number =
        written.parse().ok().filter(|number: &f64| (0.0..1e3).contains(number) && number.fract() == 0.0);
    Some(number.and_then(|number| format!("{number:.0}").parse().ok()).unwrap_or(0))
}

/// What a status means (RFC 9110 section 15), and what to do.
const fn meaning(status: u32) -> (&'static str, &'static str) {
    match status {
        401 => (
            " (not signed in)",
            "The session in the console had run out: sign in again and download the service credentials \
             anew.",
        ),
        403 => (
            " (not allowed)",
            "Only AEM administrators of the environment may see its credentials: have one download them, or \
             have the right given to you in the Adobe Admin Console.",
        ),
        404 => (
            " (not found)",
            "There is no such environment or technical account, or it was deleted: open the right \
             environment in the AEM Developer Console, and create the technical account if there is none.",
        ),
        429 => (" (too many requests)", "Wait a few minutes, then download the service credentials again."),
        300..=399 => (
            " (a redirection)",
            "Most likely to a sign-in page: sign in to the AEM Developer Console and download the service \
             credentials again.",
        ),
        400..=499 => (
            " (the request was refused)",
            "Sign in to the AEM Developer Console again and download the service credentials anew.",
        ),
        500..=599 => (
            " (the console was in trouble)",
            "The fault is on Adobe's side and usually passes: try again later, and look at status.adobe.com \
             if it doesn't.",
        ),
        _ => ("", "Sign in to the AEM Developer Console again and download the service credentials anew."),
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::rules::testing::{Sample, findings, places};

    #[test]
    fn error_answers_are_told() {
        let sample = Sample::new;
        let at = "the console answered with an error: ";
        for (text, expected) in [
            (
                r#"{"ok": false, "statusCode": 403}"#.to_owned(),
                format!("1:29 {at}statusCode is 403 (not allowed)"),
            ),
            (r#"{"ok": false, "statusCode": 200}"#.to_owned(), format!("1:8 {at}ok is false")),
            (
                r#"{"ok": true, "statusCode": 503}"#.to_owned(),
                format!("1:28 {at}statusCode is 503 (the console was in trouble)"),
            ),
            (
                r#"{"error": "x", "statusCode": "401"}"#.to_owned(),
                "1:1 this is an error answer of the AEM Developer Console, without credentials".to_owned(),
            ),
            (
                r#"{"error": "invalid_scope", "error_description": "p8e-"}"#.to_owned(),
                "1:11 the token service refused the request: invalid_scope".to_owned(),
            ),
            (
                r#"{"error_description": "x", "error": "p8e-SampleSample"}"#.to_owned(),
                "1:37 the token service refused the request".to_owned(),
            ),
            (
                r#"{"ok": false, "statusCode": 200, "accessToken": "eyJ.eyJ.A"}"#.to_owned(),
                format!("1:8 {at}ok is false"),
            ),
            (sample().with("ok", "false").text(), format!("2:9 {at}ok is false")),
            (sample().with("statusCode", "404").text(), format!("17:17 {at}statusCode is 404 (not found)")),
            (sample().with("statusCode", "199").text(), format!("17:17 {at}statusCode is 199")),
        ] {
            assert_eq!(findings(&RULE, text), [expected]);
        }
        for number in [
            "1",
            "-200",
            "-0",
            "200.7",
            "200.0000001",
            "2e-2",
            "1000",
            "2e9",
            "1e400",
            "-1e400",
            "20000000000000000000",
        ] {
            let expected =
                "17:17 statusCode is not an HTTP status, so nobody can say what the console answered";
            assert_eq!(findings(&RULE, sample().with("statusCode", number).text()), [expected], "{number}");
        }
        let both = sample().with("ok", "false").with("statusCode", "401").text();
        assert_eq!(places(&RULE, &both), [["401", "false"]]);
    }

    #[test]
    fn successes_and_what_is_absent_are_right() {
        let sample = Sample::new;
        for text in [
            sample().text(),
            sample().bare(),
            sample().with("statusCode", "201").text(),
            sample().with("statusCode", "2.0e2").text(),
            sample().without("ok").without("statusCode").text(),
            // Wrong types belong to field-type.
            sample().with("ok", "\"false\"").with("statusCode", "\"500\"").text(),
            "{}".to_owned(),
            r#"{"ok": true, "statusCode": 200, "accessToken": "x"}"#.to_owned(),
            r#"{"error": "x"}"#.to_owned(),
            r#"{"error": "x", "error_description": "y", "access_token": "z"}"#.to_owned(),
        ] {
            assert_eq!(findings(&RULE, text), [""; 0]);
        }
    }
}
