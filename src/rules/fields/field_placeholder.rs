use std::cmp::Reverse;

use super::{claim, consequence};
use crate::credential::{Document, FieldEntry, FieldState, FormKind, presentable, trimmed};
use crate::finding::{Draft, Findings, Level};
use crate::rule::{Basis, Check, Rule, Settings};
use crate::rules::words;

pub(super) const RULE: Rule = Rule {
    name: "field-placeholder",
    level: Level::Error,
    basis: Basis::Service,
    fixable: false,
    summary: "a value is a placeholder: it was redacted, or a template variable was not filled in",
    explanation: "\
`***REDACTED***`, `<client secret>`, `${CLIENT_SECRET}`, `{{ secret }}`, `your-client-id`, `xxxx`, `changeme`: such a \
value is not the real one. Adobe's documentation redacts its samples, people write `p8e-...` and `MIIE...`, and \
templates that were not filled in still contain their variables: `$[secret:NAME]`, `$(NAME)`, `((name))`, `#{Name}#`, \
`__NAME__`, `%NAME%`, `process.env.NAME`, `var.name`, `env('NAME')`. The same is true for references to a secret that \
is stored elsewhere (`op://vault/item/field`, `vault:path#key`, `arn:aws:secretsmanager:…`, `projects/…/secrets/…`, \
`@Microsoft.KeyVault(…)`, `!Ref …`, the path of a key file) and for single values that are encrypted (`ENC(…)`, \
`{cipher}…`).

A word such as REDACTED or FAKE makes a placeholder only if the value can't be used. The default value of a variable \
(`${SECRET:-p8e-…}`) is a value like any other.

Adobe's client can't tell a placeholder from a value, so the error comes late, from Adobe, and doesn't say why. Only a \
placeholder for the private key, or an endpoint that can't be part of a URL, stops the client itself. In fields that \
it never reads (`publicKey`, `email`, `certificateExpirationDate`) a placeholder is a warning or a note.",
    example: "\"technicalAccount\": {\"clientId\": \"cm-p7603-e12614-integration\", \"clientSecret\": \"***REDACTED***\"}",
    remedy: "\
If a template should have been filled in, run that step, and check its result. If the document should be used as it \
is, download it again. Don't commit a file with real values to git. A template passes if it isn't named on the command \
line, or with `--skip-unrelated`.",
    reference: "https://experienceleague.adobe.com/docs/experience-manager-cloud-service/content/implementing/developing/generating-access-tokens-for-server-side-apis.html",
    forms: FormKind::AS_ISSUED,
    check: Check::Document(check),
};

/// One finding for all of a document: it is one template.
fn check(document: &Document<'_, '_>, _: &Settings, findings: &mut Findings) {
    let entries: Vec<_> =
        document.fields().filter(|entry| matches!(entry.state, FieldState::Placeholder(..))).collect();
    let gravity = |entry: &&&FieldEntry<'_, '_>| {
        let (basis, level) = claim(entry);
        (Reverse(level), basis)
    };
    let Some(worst) = entries.iter().min_by_key(gravity) else { return };
    let message = match entries.as_slice() {
        [one] => format!("{} is a placeholder{}, not {}", one.field.name(), shown(one), one.field.meaning()),
        several => {
            let names: Vec<&str> = several.iter().map(|entry| entry.field.name()).collect();
            format!("{} are placeholders", words::list(&names))
        }
    };
    let (basis, level) = claim(worst);
    let draft = Draft::new(worst.place(), message)
        .claim(basis, level)
        .label("a placeholder")
        .help(format!(
            "{} If a template should have been filled in, check that step and its result. Don't commit a file with \
             real values to git.",
            consequence(worst)
        ));
    let others = entries.iter().filter(|entry| entry.field != worst.field);
    findings.push(others.fold(draft, |draft, entry| draft.related(entry.place(), "also here")));
}

/// The value, where anybody may see it.
fn shown(entry: &FieldEntry<'_, '_>) -> String {
    let FieldState::Placeholder(_, text) = entry.state else { return String::new() };
    let value = &text.as_str()[trimmed(text.as_str())];
    let is_public = !entry.field.secret() && !entry.field.pem() && presentable(value);
    if is_public { format!(" ({value})") } else { String::new() }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::rules::testing::{Sample, findings, places};

    #[test]
    fn placeholders_are_reported() {
        for (key, value, expected) in [
            ("clientSecret", "***REDACTED***", "8:23 clientSecret is a placeholder, not the client secret"),
            ("clientId", "${CLIENT_ID}", "7:19 clientId is a placeholder (${CLIENT_ID}), not the client ID"),
            ("org", " <org>\\n", "12:12 org is a placeholder (<org>), not the organization's ID"),
            (
                "imsEndpoint",
                "{{ims}}",
                "4:20 imsEndpoint is a placeholder ({{ims}}), not the host name of Adobe's token service",
            ),
            (
                "publicKey",
                "-----BEGIN CERTIFICATE----- ***REDACTED*** -----END CERTIFICATE-----",
                "14:18 publicKey is a placeholder, not the certificate that Adobe knows the key by",
            ),
            (
                "certificateExpirationDate",
                "TODO",
                "15:34 certificateExpirationDate is a placeholder (TODO), not when the certificate expires",
            ),
            ("id", "${A\u{202E}B}", "11:11 id is a placeholder, not the technical account's ID"),
            (
                "email",
                "<p8e-SampleSample>",
                "10:14 email is a placeholder, not the technical account's email address and its user ID inside AEM",
            ),
        ] {
            assert_eq!(findings(&RULE, Sample::new().with(key, &format!("\"{value}\""))), [expected]);
        }
        assert_eq!(places(&RULE, &Sample::new().with("id", "\"xxxx\"").text()), [["\"xxxx\""]]);
        let several = Sample::new().with("email", "\"<a>\"").with("id", "\"xxxx\"").with("org", "\"<b>\"");
        assert_eq!(places(&RULE, &several.text()), [["\"xxxx\"", "\"<a>\"", "\"<b>\""]]);
        assert_eq!(findings(&RULE, several), ["11:11 email, id and org are placeholders"]);
    }

    #[test]
    fn real_values_are_right() {
        let sample = Sample::new;
        for text in [sample().text(), sample().with("org", "\"\"").text(), sample().with("id", "null").text()]
        {
            assert_eq!(findings(&RULE, text), [""; 0]);
        }
    }
}
