use super::field_unknown::misspelling;
use super::{claim, consequence};
use crate::credential::{Document, FieldState, FormKind};
use crate::finding::{Draft, Findings, Level, Place};
use crate::rule::{Basis, Check, Rule, Settings};
use crate::rules::words;

pub(super) const RULE: Rule = Rule {
    name: "field-missing",
    level: Level::Error,
    basis: Basis::Client,
    fixable: false,
    summary: "a required field is missing",
    explanation: "\
Every document that the AEM Developer Console issues has `imsEndpoint`, `metascopes`, `technicalAccount` with \
`clientId` and `clientSecret`, `email`, `id`, `org`, `privateKey` and `publicKey`. Adobe's client throws an error if \
one of them is missing, except for two that it never reads: without `publicKey` the expiry date is unknown (a \
warning), and `email` is the account's user ID inside AEM (a note). A local development token has `accessToken`. The \
token service's response has `access_token`, and `token_type` and `expires_in` (a warning).",
    example: "\
{\"ok\": true, \"integration\": {
  \"metascopes\": \"ent_aem_cloud_api\",
  …
}}",
    remedy: "\
Download the service credentials again from the AEM Developer Console and store the complete file. If the field is \
missing on purpose because another system fills it in, check the file that this system writes.",
    reference: "https://github.com/adobe/aemcs-api-client-lib (README, exchange)",
    forms: FormKind::AS_ISSUED,
    check: Check::Document(check),
};

fn check(document: &Document<'_, '_>, _: &Settings, findings: &mut Findings) {
    for entry in document.fields().filter(|entry| entry.field.required()) {
        let FieldState::Missing(_) = entry.state else { continue };
        let (name, meaning) = (entry.field.name(), entry.field.meaning());
        let (basis, level) = claim(entry);
        let draft = Draft::new(entry.place(), format!("{name} is missing: {meaning}"))
            .claim(basis, level)
            .label(format!("{name} is missing here"));
        let holder = document.holder(entry.field.parent());
        let misspelt = holder.as_ref().and_then(|(object, pointer)| {
            let key = &misspelling(object, entry.field, document.issued())?.key;
            Some(Place::new(pointer.key(key.as_str()), key.span()))
        });
        findings.push(match misspelt {
            Some(place) => draft.related(place, format!("this may have been meant for {name}")).help(format!(
                "Programs look for exactly this spelling: {name}. Rename the key that may have been meant."
            )),
            None => draft.help(format!(
                "Every issued document has this field. {} {}",
                consequence(entry),
                words::get_again(document)
            )),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::rules::testing::{Sample, findings, places};

    #[test]
    fn each_required_field_is_missed() {
        for (key, expected) in [
            ("imsEndpoint", "3:3 imsEndpoint is missing: the host name of Adobe's token service"),
            ("metascopes", "3:3 metascopes is missing: the scopes that the token will have"),
            ("clientId", "6:5 clientId is missing: the client ID"),
            ("clientSecret", "6:5 clientSecret is missing: the client secret"),
            ("id", "3:3 id is missing: the technical account's ID"),
            ("org", "3:3 org is missing: the organization's ID"),
            ("privateKey", "3:3 privateKey is missing: the private key that signs the request for a token"),
            ("publicKey", "3:3 publicKey is missing: the certificate that Adobe knows the key by"),
        ] {
            assert_eq!(findings(&RULE, Sample::new().without(key)), [expected]);
        }
        let account = Sample::new().without("clientId").without("clientSecret").text();
        assert_eq!(
            findings(&RULE, account.as_str()),
            ["3:3 technicalAccount is missing: the client's ID and secret"]
        );
        assert_eq!(places(&RULE, &account), [["\"integration\""]]);
        let misspelt = Sample::new().without("org").and("integration", "org_id", "1").text();
        assert_eq!(places(&RULE, &misspelt), [["\"integration\"", "\"org_id\""]]);
        let bare = Sample::new().without("org").bare();
        assert_eq!(places(&RULE, &bare), [["{"]]);
    }

    #[test]
    fn optional_and_present_fields_are_right() {
        let sample = Sample::new;
        for text in [
            sample().text(),
            sample().bare(),
            sample().without("ok").without("statusCode").without("certificateExpirationDate").text(),
            sample().with("org", "null").with("id", "\"\"").text(),
            "{\"ok\": true, \"statusCode\": 200, \"integration\": null}".to_owned(),
        ] {
            assert_eq!(findings(&RULE, text), [""; 0]);
        }
    }
}
