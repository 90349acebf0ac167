use crate::credential::{Document, Field, FieldEntry, FieldValue, FormKind, is_client_secret, is_shaped};
use crate::finding::{Draft, Findings, Level};
use crate::rule::{Basis, Check, Rule, Settings};

pub(super) const RULE: Rule = Rule {
    name: "identifier-swapped",
    level: Level::Error,
    basis: Basis::Service,
    fixable: false,
    summary: "two values are in each other's fields, or a client secret is in a field that is not secret",
    explanation: "\
The values of `clientId`, `clientSecret`, `id`, `org` and `email` have forms that can't be confused. If each of two \
values has the form of the other, they were swapped, and Adobe refuses every request for a token.

A client secret (`p8e-…`) in `clientId`, `id`, `org`, `email` or `metascopes` is worse. Adobe's client puts these \
fields into the claims of a signed request and into a URL, and programs write them to logs, where secrets must not be.

A single value in the wrong field is reported by `identifier-form`.",
    example: "\"clientId\": \"p8e-…\",\n\"clientSecret\": \"cm-p7603-e12614-integration\"",
    remedy: "\
Put each value in its own field, or store a new download from the AEM Developer Console. If a client secret was in a \
field that is not secret and anyone has used the file, create a new private key with a new secret: the old one may be \
in logs and tickets.",
    reference: "https://github.com/adobe/aemcs-api-client-lib (src/exchange: what becomes a claim and what the URL)",
    forms: &FormKind::ALL,
    check: Check::Document(check),
};

/// The fields with a shape of their own, in a service-credentials document and in a credential of the Adobe Developer
/// Console, whose client IDs and secrets have had too many shapes.
const FIELDS: [Field; 5] = [Field::ClientId, Field::ClientSecret, Field::Email, Field::Id, Field::Org];
const PROJECT_FIELDS: [Field; 3] = [Field::ProjectAccountEmail, Field::ProjectAccountId, Field::ProjectOrg];

fn check(document: &Document<'_, '_>, _: &Settings, findings: &mut Findings) {
    for group in document.groups() {
        let told = check_swapped(group, findings);
        let elsewhere = group.iter().filter(|entry| !told.contains(&entry.field));
        elsewhere.filter_map(FieldEntry::value).for_each(|value| check_exposed(&value, findings));
    }
}

/// Reports what stands in each other's fields. The answer is which fields these are.
fn check_swapped(group: &[FieldEntry<'_, '_>], findings: &mut Findings) -> Vec<Field> {
    let mut told = Vec::new();
    for (one, other) in swapped(group) {
        told.extend([one.field, other.field]);
        findings.push(exchanged(&one, &other));
    }
    told
}

/// The pairs of values that stand in each other's fields; no field is in two of them.
pub(super) fn swapped<'v, 's>(group: &[FieldEntry<'v, 's>]) -> Vec<(FieldValue<'v, 's>, FieldValue<'v, 's>)> {
    let values = |fields: &'static [Field]| {
        let value = |field: &Field| group.iter().find(|entry| entry.field == *field)?.value();
        fields.iter().filter_map(value).collect::<Vec<_>>()
    };
    let mut pairs = Vec::new();
    for fields in [&FIELDS[..], &PROJECT_FIELDS] {
        let mut left = values(fields);
        while !left.is_empty() {
            let one = left.remove(0);
            if is_shaped(one.field, one.as_str()) {
                continue;
            }
            let is_other = |other: &FieldValue<'_, '_>| {
                is_shaped(other.field, one.as_str()) && is_shaped(one.field, other.as_str())
            };
            if let Some(index) = left.iter().position(is_other) {
                pairs.push((one, left.remove(index)));
            }
        }
    }
    pairs
}

/// Whether `value` is a client secret in a field that is no secret.
pub(super) fn is_exposed(value: &FieldValue<'_, '_>) -> bool {
    let public = matches!(
        value.field,
        Field::ClientId
            | Field::Email
            | Field::Id
            | Field::Org
            | Field::Metascopes
            | Field::ProjectClientId
            | Field::ProjectAccountEmail
            | Field::ProjectAccountId
            | Field::ProjectOrg
    );
    public && value.as_str().split([',', ';', ' ']).any(is_client_secret)
}

fn check_exposed(value: &FieldValue<'_, '_>, findings: &mut Findings) {
    if !is_exposed(value) {
        return;
    }
    let name = value.field.name();
    let message = format!("{name} contains a client secret instead of {}", called(value.field));
    findings.push(Draft::new(value.place(), message).claim(Basis::Exposure, Level::Error).label("belongs in clientSecret").help(
        "Adobe's client sends this field in claims and URLs, and programs write it to logs, so it must not contain a \
         secret. Put each value in its own field, and create new credentials if anyone has used this file.",
    ));
}

/// Words for what the values are, without showing either.
pub(super) const fn called(field: Field) -> &'static str {
    match field {
        Field::ClientId | Field::ProjectClientId => "a client ID",
        Field::ClientSecret => "a client secret",
        Field::Email | Field::ProjectAccountEmail => "a technical account's email address",
        Field::Id | Field::ProjectAccountId => "a technical account's ID",
        Field::Metascopes => "names of metascopes",
        _ => "an organization's ID",
    }
}

fn exchanged(one: &FieldValue<'_, '_>, other: &FieldValue<'_, '_>) -> Draft {
    let (first, second) = (one.field.name(), other.field.name());
    let secret = [one.field, other.field].contains(&Field::ClientSecret);
    let exposed = " The secret was in a field that is not secret and may be in logs: create a new private key with a \
                   new secret if anyone has used this file.";
    Draft::new(one.place(), format!("{first} and {second} are swapped: each has the form of the other"))
        .claim(if secret { Basis::Exposure } else { Basis::Service }, Level::Error)
        .label(format!("this is {}", called(other.field)))
        .related(other.place(), format!("and this is {}", called(one.field)))
        .help(format!(
            "With these values Adobe refuses every request for a token. Swap the two values.{}",
            if secret { exposed } else { "" }
        ))
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::rules::fields::{identifier_form, metascopes_aem, metascopes_form};
    use crate::rules::testing::{Sample, findings, places};

    fn with(fields: &[(&str, &str)]) -> Sample {
        fields.iter().fold(Sample::new(), |sample, (key, value)| sample.with(key, &format!("\"{value}\"")))
    }

    const SECRET: &str = "p8e-SampleSampleSampleSampleSample12";
    const UUID: &str = "0a1b2c3d-0000-4000-8000-000000000001";

    /// Nothing else says the same of these values.
    fn alone(sample: &Sample) {
        for other in [&identifier_form::RULE, &metascopes_form::RULE, &metascopes_aem::RULE] {
            assert_eq!(findings(other, sample.clone()), [""; 0], "{}", other.name);
        }
    }

    #[test]
    fn swapped_values_are_one_finding() {
        let organization = "5EED00000000000000000001@AdobeOrg";
        let id = "5EED00000000000000000002@techacct.adobe.com";
        let email = format!("{UUID}@techacct.adobe.com");
        let client = "cm-p7603-e12614-integration";
        for (one, other, first, second, expected) in [
            ("id", "org", organization, id, "11:12 id and org are swapped: each has the form of the other"),
            (
                "email",
                "id",
                id,
                email.as_str(),
                "10:15 email and id are swapped: each has the form of the other",
            ),
            (
                "clientId",
                "clientSecret",
                SECRET,
                client,
                "7:20 clientId and clientSecret are swapped: each has the form of the other",
            ),
            (
                "clientId",
                "clientSecret",
                UUID,
                client,
                "7:20 clientId and clientSecret are swapped: each has the form of the other",
            ),
            (
                "clientSecret",
                "org",
                organization,
                SECRET,
                "8:24 clientSecret and org are swapped: each has the form of the other",
            ),
        ] {
            let sample = with(&[(one, first), (other, second)]);
            assert_eq!(places(&RULE, &sample.text()), [[first, second]]);
            alone(&sample);
            assert_eq!(findings(&RULE, sample), [expected]);
        }
        // Two pairs at once.
        let sample =
            with(&[("clientId", SECRET), ("clientSecret", client), ("id", organization), ("org", id)]);
        assert_eq!(places(&RULE, &sample.text()).len(), 2);
        alone(&sample);
    }

    #[test]
    fn client_secrets_where_no_secret_must_go_are_reported() {
        for (key, value, expected) in [
            ("clientId", SECRET, "7:20 clientId contains a client secret instead of a client ID"),
            ("org", SECRET, "12:13 org contains a client secret instead of an organization's ID"),
            ("id", SECRET, "11:12 id contains a client secret instead of a technical account's ID"),
            (
                "email",
                SECRET,
                "10:15 email contains a client secret instead of a technical account's email address",
            ),
            ("metascopes", SECRET, "5:20 metascopes contains a client secret instead of names of metascopes"),
        ] {
            let sample = with(&[(key, value)]);
            assert_eq!(places(&RULE, &sample.text()), [[value]]);
            alone(&sample);
            assert_eq!(findings(&RULE, sample), [expected]);
        }
        // Beside what belongs there it must not stand either.
        let sample = with(&[("metascopes", &format!("ent_aem_cloud_api,{SECRET}"))]);
        assert_eq!(findings(&RULE, sample).len(), 1);
    }

    #[test]
    fn what_is_only_unusual_is_not_reported() {
        for (key, value) in [
            // A single value from elsewhere is identifier-form's.
            ("org", "5EED00000000000000000002@techacct.adobe.com"),
            ("clientId", UUID),
            ("clientId", "p8e-Sample"),
            ("clientId", "my-integration"),
            ("clientSecret", "cm-p1-e2-integration"),
            ("metascopes", "p8e-"),
            ("clientId", "${CLIENT_ID}"),
        ] {
            assert_eq!(findings(&RULE, with(&[(key, value)])), [""; 0], "{value}");
        }
        assert_eq!(findings(&RULE, Sample::new()), [""; 0]);
        // Two secrets of an older shape can't be told apart from other UUIDs.
        assert_eq!(findings(&RULE, with(&[("clientId", UUID), ("clientSecret", UUID)])), [""; 0]);
    }
}
