use crate::credential::{Document, Field, Foreign, FormKind, TokenForm};
use crate::finding::{Draft, Findings, Level, Place};
use crate::json::{Kind, Pointer, Text, Value};
use crate::rule::{Basis, Check, Rule, Settings};

pub(super) const RULE: Rule = Rule {
    name: "document-error-response",
    level: Level::Error,
    basis: Basis::Client,
    fixable: false,
    summary: "the file is an error response: `ok` is not true, `statusCode` is not 2xx, or there is an `error`",
    explanation: "\
The document is the HTTP response of the AEM Developer Console, with `ok` and `statusCode` as the console sent them. A \
response with `ok: false` or a status other than 2xx is an error message that was saved instead of the credential. If \
it contains an `integration` or a token all the same, somebody combined two responses by hand. Adobe's client doesn't \
read `ok` and `statusCode`, so that case is a warning.

If the token service refuses a request, its response has `error` and `error_description` (RFC 6749 section 5.2) and no \
token.",
    example: "{\"ok\": false, \"statusCode\": 403}",
    remedy: "\
Sign in to the AEM Developer Console again as a user who is an AEM administrator of the environment, and download the \
service credentials again. Look at the page before you save it: it must show `\"ok\": true`. If the token service \
refused the request, correct the problem that its error names and request a token again.",
    reference: "RFC 6749 section 5.2; https://experienceleague.adobe.com/docs/experience-manager-cloud-service/content/implementing/developing/generating-access-tokens-for-server-side-apis.html",
    forms: FormKind::AS_ISSUED,
    check: Check::Document(check),
};

fn check(document: &Document<'_, '_>, _: &Settings, findings: &mut Findings) {
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
        "This file is an error response that was saved instead of the credential."
    } else {
        "Programs use the rest of the file all the same, but the console sends no credential with an error. Somebody \
         changed this file by hand."
    };
    let draft = match (status, refused) {
        (Some((status, place)), refused) => {
            let (words, advice) = meaning(status);
            let (message, label) = if status < 100 {
                (
                    "statusCode is not an HTTP status code, so the console's response is unknown".to_owned(),
                    "not a status code",
                )
            } else {
                (
                    format!("the console responded with an error: statusCode is {status}{words}"),
                    "the status code of an error",
                )
            };
            let draft = Draft::new(place, message).label(label).help(if status < 100 {
                format!(
                    "The console sends a whole number such as 200, so this file was changed by hand or by a \
                         program. {advice}"
                )
            } else {
                format!("{saved} {advice}")
            });
            match refused {
                Some((_, place)) => draft.related(place, "ok is false as well"),
                None => draft,
            }
        }
        (None, Some((_, place))) => Draft::new(place, "the console responded with an error: ok is false")
            .label("an error")
            .help(format!("{saved} {}", meaning(0).1)),
        (None, None) if error_answer => Draft::new(
            document.beginning(),
            "this is an error response of the AEM Developer Console, without a credential",
        )
        .label("an error response")
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
    let advice = known
        .map_or("Look at error_description, correct the request, and request a token again.", |known| {
            known.1
        });
    Draft::new(place, format!("the token service refused the request{said}"))
        .label("an error instead of a token")
        .help(format!("This file is an error response that was saved instead of the token. {advice}"))
}

/// The errors of RFC 6749 section 5.2 and those that Adobe's token service adds, with what to do.
const TOKEN_ERRORS: [(&str, &str); 7] = [
    (
        "invalid_client",
        "The client ID or the client secret is wrong or no longer valid. Compare them with a new download of the \
         service credentials.",
    ),
    (
        "invalid_token",
        "The signed request was not accepted because of its time, its audience, or a private key that doesn't match \
         the certificate. Run aemcred check on the service credentials that were used.",
    ),
    (
        "invalid_grant",
        "The signed request was not accepted. Run aemcred check on the service credentials that were used.",
    ),
    (
        "invalid_scope",
        "The metascopes don't match the client. Compare metascopes with a new download of the service credentials.",
    ),
    (
        "invalid_request",
        "Something is missing or duplicated in the request. Correct it and request a token again.",
    ),
    (
        "unauthorized_client",
        "This client is not allowed to request tokens in this way. Check it in the AEM Developer Console.",
    ),
    (
        "unsupported_grant_type",
        "The request was sent to an address for another kind of request. Correct it and try again.",
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
            "The console session had expired. Sign in again and download the service credentials again.",
        ),
        403 => (
            " (not allowed)",
            "Only AEM administrators of the environment can see its credentials. Ask one to download them, or to give \
             you that role in the Adobe Admin Console.",
        ),
        404 => (
            " (not found)",
            "The environment or technical account doesn't exist, or was deleted. Open the correct environment in the \
             AEM Developer Console, and create the technical account if there is none.",
        ),
        429 => (" (too many requests)", "Wait a few minutes, then download the service credentials again."),
        300..=399 => (
            " (a redirect)",
            "Probably to a sign-in page. Sign in to the AEM Developer Console and download the service credentials \
             again.",
        ),
        400..=499 => (
            " (the request was refused)",
            "Sign in to the AEM Developer Console and download the service credentials again.",
        ),
        500..=599 => (
            " (a server error)",
            "The problem is on Adobe's side and usually temporary. Try again later. If it continues, look at \
             status.adobe.com.",
        ),
        _ => ("", "Sign in to the AEM Developer Console and download the service credentials again."),
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::rules::testing::{Sample, findings, places};

    #[test]
    fn error_answers_are_told() {
        let sample = Sample::new;
        let at = "the console responded with an error: ";
        for (text, expected) in [
            (
                r#"{"ok": false, "statusCode": 403}"#.to_owned(),
                format!("1:29 {at}statusCode is 403 (not allowed)"),
            ),
            (r#"{"ok": false, "statusCode": 200}"#.to_owned(), format!("1:8 {at}ok is false")),
            (
                r#"{"ok": true, "statusCode": 503}"#.to_owned(),
                format!("1:28 {at}statusCode is 503 (a server error)"),
            ),
            (
                r#"{"error": "x", "statusCode": "401"}"#.to_owned(),
                "1:1 this is an error response of the AEM Developer Console, without a credential".to_owned(),
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
                "17:17 statusCode is not an HTTP status code, so the console's response is unknown";
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
