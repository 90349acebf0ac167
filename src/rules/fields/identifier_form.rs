use std::ops::Range;

use super::identifier_swapped::{self, called};
use crate::credential::{
    Document, Field, FieldEntry, FieldValue, FormKind, ORGANISATION, TECHNICAL_ACCOUNT, character_name,
    is_console_client, is_invisible, is_shaped,
};
use crate::finding::{Draft, Findings, Level};
use crate::rule::{Basis, Check, Rule, Settings};

pub(super) const RULE: Rule = Rule {
    name: "identifier-form",
    level: Level::Warning,
    basis: Basis::Policy,
    fixable: false,
    summary: "`clientId`, `clientSecret`, `id`, `org` or `email` doesn't have the form that Adobe issues",
    explanation: "\
Issued documents have

- `clientId`: `cm-p<program>-e<environment>-integration`, newer ones with `-<number>` at the end,
- `clientSecret`: `p8e-` and 32 letters, digits, `-` or `_`; older ones have other forms,
- `id`: 24 hexadecimal digits in uppercase and `@techacct.adobe.com`,
- `org`: 24 hexadecimal digits in uppercase and `@AdobeOrg`,
- `email`: a UUID and `@techacct.adobe.com`.

In a project of the Adobe Developer Console the same is true for `technical_account_id`, `technical_account_email` and \
`ims_org_id`.

A value in another form was cut off, retyped, or copied from another field. Adobe may change these forms, so this is a \
warning. But with an incomplete identifier every request for a token fails. Two swapped values, and a client secret in \
a field that is not secret, are reported by `identifier-swapped`.",
    example: "\"id\": \"5EED00000000000000000001@AdobeOrg\",\n\"org\": \"5EED00000000000000000001@AdobeOrg\"",
    remedy: "\
Compare the value with a new download from the AEM Developer Console.",
    reference: "https://experienceleague.adobe.com/docs/experience-manager-cloud-service/content/implementing/developing/generating-access-tokens-for-server-side-apis.html",
    forms: &FormKind::ALL,
    check: Check::Document(check),
};

/// The fields with a shape of their own, in a service-credentials document and in a credential of the Adobe Developer
/// Console. That console's client IDs and secrets have had too many shapes.
const FIELDS: [Field; 5] = [Field::ClientId, Field::ClientSecret, Field::Email, Field::Id, Field::Org];
const PROJECT_FIELDS: [Field; 3] = [Field::ProjectAccountEmail, Field::ProjectAccountId, Field::ProjectOrg];

fn check(document: &Document<'_, '_>, _: &Settings, findings: &mut Findings) {
    let fields = if document.project.is_some() { &PROJECT_FIELDS[..] } else { &FIELDS };
    let is_free = document.form() == Some(FormKind::Fields);
    for group in document.groups() {
        check_group(group, fields, is_free, findings);
    }
}

fn check_group(group: &[FieldEntry<'_, '_>], fields: &[Field], is_free: bool, findings: &mut Findings) {
    // What stands in each other's place, and secrets in the open, are identifier-swapped's.
    let pairs = identifier_swapped::swapped(group);
    let told = |field: Field| pairs.iter().any(|(one, other)| one.field == field || other.field == field);
    for field in fields.iter().copied().filter(|field| !told(*field)) {
        let Some(value) = group.iter().find(|entry| entry.field == field).and_then(FieldEntry::value) else {
            continue;
        };
        let text = value.as_str();
        // Programs keep the clients of the other console in the same way.
        let is_other = is_free && field == Field::ClientId && is_console_client(text);
        if is_shaped(field, text) || is_other || identifier_swapped::is_exposed(&value) {
            continue;
        }
        // A UUID or a hexadecimal number may be anything.
        let shape = fields.iter().copied().find(|other| *other != field && is_shaped(*other, text));
        if let Some(shape) = shape.filter(|shape| *shape != Field::ClientSecret) {
            findings.push(misplaced(&value, shape));
        } else if let Some(problem) = problem(field, text) {
            findings.push(
                Draft::new(value.place_of(problem.range), format!("{} {}", field.name(), problem.message))
                    .label(format!("expected {}", expected(field)))
                    .help(problem.help),
            );
        }
    }
}

const fn expected(field: Field) -> &'static str {
    match field {
        Field::ClientId => "cm-p<program>-e<environment>-integration",
        Field::ClientSecret => "p8e- and 32 characters",
        Field::Email | Field::ProjectAccountEmail => "<UUID>@techacct.adobe.com",
        Field::Id | Field::ProjectAccountId => "<24 hexadecimal digits>@techacct.adobe.com",
        _ => "<24 hexadecimal digits>@AdobeOrg",
    }
}

fn misplaced(value: &FieldValue<'_, '_>, shape: Field) -> Draft {
    Draft::new(
        value.place(),
        format!("{} contains {} instead of {}", value.field.name(), called(shape), called(value.field)),
    )
    .label(format!("belongs in {}", shape.name()))
    .help(
        "A value is in the wrong field. Compare both fields with a new download from the AEM Developer Console.",
    )
}

struct Problem {
    range: Range<usize>,
    message: String,
    help: &'static str,
}

const COMPARE: &str = "It may have been cut off or retyped. Compare it with a new download from the AEM Developer \
                       Console. If that has the same value, leave it.";

/// What is wrong with a value that isn't shaped as issued. Nothing, if it may be an older client secret.
fn problem(field: Field, text: &str) -> Option<Problem> {
    let problem = |range, message: &str, help| Some(Problem { range, message: message.to_owned(), help });
    let whole = 0..text.len();
    if let Some((start, character)) = text.char_indices().find(|(_, character)| is_invisible(*character)) {
        let message = format!("contains {}", character_name(character));
        let range = start..start + character.len_utf8();
        return problem(
            range,
            &message,
            "Such characters come from copying, and Adobe compares every character. Remove it.",
        );
    }
    let domain = match field {
        Field::ClientSecret => return secret_problem(text),
        Field::ClientId => {
            return problem(
                whole,
                "does not have the form of the client IDs that Adobe issues for AEM",
                COMPARE,
            );
        }
        Field::Org | Field::ProjectOrg => ORGANISATION,
        _ => TECHNICAL_ACCOUNT,
    };
    let Some(at) = text.find('@') else {
        return problem(
            whole,
            &format!("has no {domain} at its end"),
            "The part after the @ is part of the value: Adobe compares all of it.",
        );
    };
    if text[at..] != *domain {
        let message = format!("does not end in {domain}");
        return problem(
            at..text.len(),
            &message,
            "The part after the @ is part of the value, and Adobe compares all of it.",
        );
    }
    let id = &text[..at];
    if matches!(field, Field::Email | Field::ProjectAccountEmail) {
        return problem(0..at, "has no UUID before the @, as technical accounts have", COMPARE);
    }
    if let Some((start, odd)) = id.char_indices().find(|(_, character)| !character.is_ascii_hexdigit()) {
        let range = start..start + odd.len_utf8();
        return problem(range, "has a character before the @ that is not a hexadecimal digit", COMPARE);
    }
    if id.len() != 24 {
        let message = format!("has {} hexadecimal digits before the @ instead of 24", id.len());
        return problem(0..at, &message, COMPARE);
    }
    problem(
        0..at,
        "is in lowercase; Adobe issues these identifiers in uppercase",
        "Adobe may treat it as a different identifier. Write the digits A to F in uppercase, as in the downloaded \
         file.",
    )
}

/// Says lengths and kinds, never characters. Older secrets have shapes that aren't all known.
fn secret_problem(text: &str) -> Option<Problem> {
    let length = text.chars().count();
    let message = if text.starts_with("p8e-") && length != 36 {
        format!("has {length} characters; client secrets that start with p8e- have 36")
    } else if !text.bytes().all(|byte| byte.is_ascii_graphic() && !b"\"'`<>\\".contains(&byte))
        || text.starts_with("p8e-")
    {
        "has characters that client secrets never have".to_owned()
    } else if length < 16 {
        format!("is too short for a client secret: {length} characters")
    } else {
        return None;
    };
    let help = "It may have been cut off, or damaged by a shell or template. Compare it with a new download, and if \
                they differ, copy it again.";
    Some(Problem { range: 0..text.len(), message, help })
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::rules::testing::{Sample, findings, places};

    fn with(fields: &[(&str, &str)]) -> Sample {
        fields.iter().fold(Sample::new(), |sample, (key, value)| sample.with(key, &format!("\"{value}\"")))
    }

    const UUID: &str = "0a1b2c3d-0000-4000-8000-000000000001";

    #[test]
    fn other_shapes_are_described() {
        for (key, value, expected) in [
            (
                "clientId",
                "my-integration",
                "7:20 clientId does not have the form of the client IDs that Adobe issues for AEM",
            ),
            (
                "clientId",
                "CM-P1-E2-integration",
                "7:20 clientId does not have the form of the client IDs that Adobe issues for AEM",
            ),
            (
                "clientId",
                "0123456789abcdef0123456789abcdef",
                "7:20 clientId does not have the form of the client IDs that Adobe issues for AEM",
            ),
            (
                "clientId",
                "cm-p1-\u{200B}e2-integration",
                "7:26 clientId contains a zero-width space (U+200B)",
            ),
            (
                "clientSecret",
                "p8e-Sample",
                "8:24 clientSecret has 10 characters; client secrets that start with p8e- have 36",
            ),
            (
                "clientSecret",
                "p8e-Sample+Sample+Sample+Sample+Samp",
                "8:24 clientSecret has characters that client secrets never have",
            ),
            ("clientSecret", "q7Rk2v", "8:24 clientSecret is too short for a client secret: 6 characters"),
            (
                "clientSecret",
                "caf\u{E9}-secret-secret-secret",
                "8:24 clientSecret has characters that client secrets never have",
            ),
            ("clientSecret", "Ab1Cd2 Ef3Gh4 Ij5Kl6", "8:30 clientSecret contains a space (U+0020)"),
            (
                "clientSecret",
                "cm-p1-e2-integration",
                "8:24 clientSecret contains a client ID instead of a client secret",
            ),
            ("org", "5EED00000000000000000001", "12:13 org has no @AdobeOrg at its end"),
            ("org", "5EED00000000000000000001@adobeorg", "12:37 org does not end in @AdobeOrg"),
            (
                "org",
                "5EED0000000000000000001@AdobeOrg",
                "12:13 org has 23 hexadecimal digits before the @ instead of 24",
            ),
            (
                "org",
                "5EED0000000000000000000O@AdobeOrg",
                "12:36 org has a character before the @ that is not a hexadecimal digit",
            ),
            (
                "org",
                "5eed00000000000000000001@AdobeOrg",
                "12:13 org is in lowercase; Adobe issues these identifiers in uppercase",
            ),
            (
                "org",
                "5EED00000000000000000002@techacct.adobe.com",
                "12:13 org contains a technical account's ID instead of an organization's ID",
            ),
            ("id", "anna@example.com", "11:16 id does not end in @techacct.adobe.com"),
            (
                "email",
                "anna@techacct.adobe.com",
                "10:15 email has no UUID before the @, as technical accounts have",
            ),
            (
                "email",
                "5EED00000000000000000002@techacct.adobe.com",
                "10:15 email contains a technical account's ID instead of a technical account's email address",
            ),
        ] {
            assert_eq!(findings(&RULE, with(&[(key, value)])), [expected], "{value}");
        }
        assert_eq!(places(&RULE, &with(&[("org", "5EED@adobe")]).text()), [["@adobe"]]);
    }

    #[test]
    fn issued_and_older_shapes_are_right() {
        for (key, value) in [
            ("clientId", "cm-p7603-e12614-integration-0"),
            ("clientId", " cm-p7603-e12614-integration\\n"),
            ("clientId", "<client>"),
            ("clientSecret", UUID),
            ("clientSecret", "0123456789abcdef0123456789ABCDEF01"),
            ("clientSecret", "SampleSample.Sample~Sample"),
            ("clientSecret", ""),
        ] {
            assert_eq!(findings(&RULE, with(&[(key, value)])), [""; 0], "{value}");
        }
        assert_eq!(findings(&RULE, Sample::new()), [""; 0]);
        assert_eq!(findings(&RULE, Sample::new().without("org").with("id", "1")), [""; 0]);
    }
}
