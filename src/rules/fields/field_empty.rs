use super::{claim, consequence};
use crate::credential::{Document, FieldState, FormKind};
use crate::finding::{Draft, Findings, Level};
use crate::rule::{Basis, Check, Rule, Settings};
use crate::rules::words;

pub(super) const RULE: Rule = Rule {
    name: "field-empty",
    level: Level::Error,
    basis: Basis::Client,
    fixable: false,
    summary: "a required field is empty or contains only whitespace",
    explanation: "\
Adobe's client treats an empty value as missing and throws an error, if the field is one of the seven that it \
requires. A value that contains only whitespace or invisible characters is worse: most pass that check, and Adobe \
refuses them. Adobe's client doesn't read `publicKey` (a warning: without it the expiry date is unknown) and `email` \
(a note).

Usually, a variable was not set when the file was made from a template.",
    example: "\"technicalAccount\": {\"clientId\": \"\", \"clientSecret\": \" \"}",
    remedy: "\
Check what fills in the value (a template, a secret store, a pipeline variable) and set it there, or store the \
complete file from the AEM Developer Console.",
    reference: "https://github.com/adobe/aemcs-api-client-lib (README, exchange)",
    forms: FormKind::AS_ISSUED,
    check: Check::Document(check),
};

fn check(document: &Document<'_, '_>, _: &Settings, findings: &mut Findings) {
    let filled = document.fields().filter(|entry| entry.field.required() || entry.field.of_project());
    for entry in filled {
        let FieldState::Empty(_, text) = entry.state else { continue };
        let (name, meaning) = (entry.field.name(), entry.field.meaning());
        let how = if text.as_str().is_empty() { "is empty" } else { "contains no visible character" };
        let (basis, level) = claim(entry);
        findings.push(
            Draft::new(entry.place(), format!("{name} {how}: {meaning}"))
                .claim(basis, level)
                .label("no value")
                .help(format!(
                    "{} Check what fills in this value: a template, a secret store or a variable. If that doesn't \
                     help: {}",
                    consequence(entry),
                    words::get_again(document)
                )),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::rules::testing::{Sample, findings, places};

    #[test]
    fn nothing_and_nothing_visible_are_reported() {
        for (key, value, expected) in [
            ("clientSecret", "\"\"", "8:23 clientSecret is empty: the client secret"),
            ("org", "\" \\t\"", "12:12 org contains no visible character: the organization's ID"),
            (
                "clientId",
                "\"\u{200B}\u{A0}\\ufeff\"",
                "7:19 clientId contains no visible character: the client ID",
            ),
            (
                "privateKey",
                "\"\\r\\n\"",
                "13:19 privateKey contains no visible character: the private key that signs the request for a token",
            ),
        ] {
            assert_eq!(findings(&RULE, Sample::new().with(key, value)), [expected]);
        }
        assert_eq!(places(&RULE, &Sample::new().with("id", "\" \"").text()), [["\" \""]]);
    }

    #[test]
    fn other_values_are_right() {
        let sample = Sample::new;
        for text in
            [sample().text(), sample().with("org", "null").text(), sample().with("org", "\"x\"").text()]
        {
            assert_eq!(findings(&RULE, text), [""; 0]);
        }
    }
}
