use super::{claim, consequence, metascopes_form};
use crate::credential::{Document, Expected, FieldState, FormKind};
use crate::finding::{Draft, Findings, Level};
use crate::json::{Kind, Value};
use crate::rule::{Basis, Check, Rule, Settings};
use crate::rules::words;

pub(super) const RULE: Rule = Rule {
    name: "field-type",
    level: Level::Error,
    basis: Basis::Client,
    fixable: false,
    summary: "a field has a different JSON type than in issued documents",
    explanation: "\
`ok` is a boolean, `statusCode` and `expires_in` are numbers, `integration` and `technicalAccount` are objects, and \
everything else is a string. Adobe's client throws an error if a required field is `null`, `false` or `0`, if \
`metascopes` or `privateKey` is not a string, or if one of the objects is something else. It sends any other value, \
and Adobe refuses it.

Adobe's client never reads `ok`, `statusCode`, `publicKey` and `certificateExpirationDate` (a warning) or `email` (a \
note). Metascopes in an array are reported by `metascopes-form`.",
    example: "\
\"technicalAccount\": {\"clientId\": null, \"clientSecret\": 12345}",
    remedy: "\
Check the tool that wrote the value: `null` was probably a variable without a value, an array is often a PEM that was \
split into lines, and an object in quotation marks was encoded twice. The downloaded file has the correct types.",
    reference: "https://github.com/adobe/aemcs-api-client-lib (README, exchange)",
    forms: FormKind::AS_ISSUED,
    check: Check::Document(check),
};

fn check(document: &Document<'_, '_>, _: &Settings, findings: &mut Findings) {
    for entry in document.fields() {
        let FieldState::WrongType(member) = entry.state else { continue };
        let (name, expected, found) = (entry.field.name(), entry.field.expected(), member.value.type_name());
        if metascopes_form::listed(entry).is_some() {
            continue;
        }
        let (basis, level) = claim(entry);
        findings.push(
            Draft::new(entry.place(), format!("{name} is {found}, but must be {}", expected.name()))
                .claim(basis, level)
                .label(format!("expected {}", expected.name()))
                .help(format!("{} {}", consequence(entry), help(document, expected, &member.value))),
        );
    }
}

fn help(document: &Document<'_, '_>, expected: Expected, value: &Value<'_>) -> String {
    let (words, again) = match (expected, &value.kind) {
        (_, Kind::Null) => (
            "The program that fills in this value had none. Check the job or template that writes this file.",
            true,
        ),
        (Expected::Boolean | Expected::Number, Kind::String(_)) => {
            ("Remove the quotation marks around it.", false)
        }
        (Expected::Object, Kind::String(_)) => (
            "It may be an object that was encoded twice: decode the string once and put the object in its place, or \
             store the complete downloaded file.",
            false,
        ),
        (Expected::String, Kind::Array(_)) => (
            "If this is text that was split into lines, join them into one string with \\n between them, or store the \
             complete downloaded file.",
            false,
        ),
        (Expected::String, Kind::Number(_) | Kind::Bool(_)) => (
            "If the value itself is correct, put it in quotation marks. But it may be the value of another field: \
             compare it with the downloaded file.",
            false,
        ),
        _ => ("", true),
    };
    let again = if again { words::get_again(document) } else { "" };
    format!("{words} {again}").trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::rules::testing::{Sample, findings, places};

    #[test]
    fn other_types_are_reported() {
        for (key, value, expected) in [
            ("ok", "\"true\"", "2:9 ok is a string, but must be a boolean"),
            ("ok", "1", "2:9 ok is a number, but must be a boolean"),
            ("statusCode", "\"200\"", "17:17 statusCode is a string, but must be a number"),
            ("org", "null", "12:12 org is null, but must be a string"),
            ("clientSecret", "12345678", "8:23 clientSecret is a number, but must be a string"),
            ("clientSecret", "true", "8:23 clientSecret is a boolean, but must be a string"),
            ("metascopes", "[\"ent_aem_cloud_api\", 1]", "5:19 metascopes is an array, but must be a string"),
            ("privateKey", "{\"a\": 1}", "13:19 privateKey is an object, but must be a string"),
            (
                "certificateExpirationDate",
                "0",
                "15:34 certificateExpirationDate is a number, but must be a string",
            ),
        ] {
            assert_eq!(findings(&RULE, Sample::new().with(key, value)), [expected]);
        }
        let account = Sample::new().without("clientId").without("clientSecret");
        let account = account.and("integration", "technicalAccount", "\"{}\"").text();
        assert_eq!(places(&RULE, &account), [["\"{}\""]]);
        assert_eq!(
            findings(&RULE, "{\"ok\": true, \"statusCode\": 200, \"integration\": []}"),
            ["1:48 integration is an array, but must be an object"]
        );
    }

    #[test]
    fn the_right_types_are_right() {
        for text in [Sample::new().text(), Sample::new().bare(), Sample::new().without("org").text()] {
            assert_eq!(findings(&RULE, text), [""; 0]);
        }
    }
}
