use crate::credential::{Document, Field, Foreign, FormKind, presentable};
use crate::finding::{Draft, Findings, Level, Place};
use crate::json::{Kind, Pointer};
use crate::rule::{Basis, Check, Rule, Settings};

pub(super) const RULE: Rule = Rule {
    name: "document-kind",
    level: Level::Error,
    basis: Basis::Client,
    fixable: false,
    summary: "the document is JSON, but not a credential that aemcred knows",
    explanation: "\
Adobe's client needs the document that the AEM Developer Console issues under Integrations: an object with \
`integration`, which contains the endpoint, metascopes, account, key and certificate. Other JSON documents are often \
stored in its place: manifests that contain the credential, keys of other vendors, or the same document encoded twice.

aemcred also knows local development tokens, responses of Adobe's token service, and projects of the Adobe Developer \
Console.

This rule applies to files that you name. Other files that are found in folders are skipped and counted.",
    example: "{\"type\": \"service_account\", \"project_id\": \"…\", \"private_key_id\": \"…\"}",
    remedy: "\
Name the file that contains the service credentials, or download them from the AEM Developer Console: open the \
environment, choose Integrations, and download the private key of the technical account.",
    reference: "https://experienceleague.adobe.com/docs/experience-manager-cloud-service/content/implementing/developing/generating-access-tokens-for-server-side-apis.html",
    forms: FormKind::AS_ISSUED,
    check: Check::Document(check),
};

const DOWNLOAD: &str = "Download the service credentials from the AEM Developer Console (Integrations tab).";

fn check(document: &Document<'_, '_>, _: &Settings, findings: &mut Findings) {
    let Some(foreign) = document.foreign else { return };
    let key = |name: &str| {
        let member = document.top()?.get(name)?;
        Some(Place::new(Pointer::root().key(name), member.key.span()))
    };
    let (place, message, label, help) = match foreign {
        // Reported by document-error-response and document-wrapper.
        Foreign::ErrorResponse | Foreign::TokenError | Foreign::Enclosed(_) => return,
        Foreign::Encrypted => (
            key("sops"),
            "the document is encrypted by SOPS",
            "encrypted",
            "This is a good way to store it, but Adobe's client needs the decrypted document. Check the output of sops \
             --decrypt.".to_owned(),
        ),
        Foreign::StringifiedDocument => (
            None,
            "the document is inside a JSON string: it was encoded twice",
            "a string, not an object",
            "JSON.parse returns a string instead of an object. Decode it once, for example with jq -r . FILE, and \
             store the result. Or remove one JSON.stringify or json.dumps from the program that writes the file."
                .to_owned(),
        ),
        Foreign::Kubernetes => (
            key("apiVersion"),
            "this is a Kubernetes manifest, not the service credentials themselves",
            "a manifest",
            "Adobe's client reads the file that the manifest creates in the container. To check that file, take its \
             value from data, decode it with base64 -d, and pass it to aemcred check."
                .to_owned(),
        ),
        Foreign::WebKey => (
            key("kty").or_else(|| key("keys")),
            "this is a JSON Web Key, not service credentials",
            "a key in another format",
            format!("Adobe's client needs PEM keys inside Adobe's document. {DOWNLOAD}"),
        ),
        Foreign::GoogleServiceAccount => (
            key("type"),
            "this is a key of a Google service account, not Adobe's service credentials",
            "Google's, not Adobe's",
            format!("Look for the correct file. This one is a secret too. {DOWNLOAD}"),
        ),
        Foreign::Other => return findings.push(other(document)),
    };
    let place = place.unwrap_or_else(|| document.beginning());
    findings.push(Draft::new(place, message).label(label).help(help));
}

fn other(document: &Document<'_, '_>) -> Draft {
    if let Some(place) = document.nested_credential() {
        let pointer = place.pointer.as_str();
        let at = if pointer.split('/').all(presentable) { format!(", at {pointer}") } else { String::new() };
        return Draft::new(
            place.clone(),
            format!(
                "the service credentials are deeper inside this document{at}"
            ),
        )
        .label("they start here")
        .help(
            "Adobe's client looks for them at the top level. Store the part that starts here in a separate file. If it \
             is a string, decode it first.",
        );
    }
    let has = |field: Field| document.top().is_some_and(|top| top.has(field.name()));
    let (message, label, help) = match &document.root.kind {
        Kind::Object(_) if has(Field::Integration) || has(Field::Ok) && has(Field::StatusCode) => (
            "this looks like a response of the AEM Developer Console, but it contains no credential"
                .to_owned(),
            "no credential here",
            "Perhaps there is no technical account yet. In the AEM Developer Console choose Integrations, Create new \
             technical account, and then download the service credentials.",
        ),
        Kind::Object(object) if object.members.is_empty() => (
            "the document is an empty object".to_owned(),
            "empty",
            "The program that should write the credential here didn't. Download the service credentials from the AEM \
             Developer Console (Integrations tab).",
        ),
        Kind::Object(_) => (
            "this is JSON, but not service credentials".to_owned(),
            "another kind of document",
            "Name the file that contains the service credentials, or download them from the AEM Developer Console \
             (Integrations tab).",
        ),
        _ => (
            format!("the document is {}; service credentials are an object", document.root.type_name()),
            "not an object",
            "Name the file that contains the service credentials, or download them from the AEM Developer Console \
             (Integrations tab).",
        ),
    };
    Draft::new(document.beginning(), message).label(label).help(help)
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::rules::testing::{Sample, findings, places};

    #[test]
    fn other_documents_are_named() {
        let bare = Sample::new().bare();
        let string =
            format!("{{\"SecretString\": {}}}", serde_json::to_string(&Sample::new().text()).unwrap());
        for (text, expected) in [
            (r#""{\"ok\": true}""#, "1:1 the document is inside a JSON string"),
            (r#"{"apiVersion": "v1", "kind": "Secret"}"#, "1:2 this is a Kubernetes manifest"),
            (r#"{"kty": "RSA"}"#, "1:2 this is a JSON Web Key"),
            (r#"{"type": "service_account"}"#, "1:2 this is a key of a Google service account"),
            (
                r#"{"ok": true, "statusCode": 200}"#,
                "1:1 this looks like a response of the AEM Developer Console",
            ),
            ("{}", "1:1 the document is an empty object"),
            (r#"{"a": 1}"#, "1:1 this is JSON, but not service credentials"),
            ("[]", "1:1 the document is an array; service credentials are an object"),
            ("null", "1:1 the document is null; service credentials are an object"),
            (&format!("[1, {bare}]"), "1:5 the service credentials are deeper inside this document, at /1"),
            (
                &format!("{{\"data\": {{\"value\": {bare}}}}}"),
                "1:20 the service credentials are deeper inside this document, at /data/value",
            ),
            (&string, "1:18 the service credentials are deeper inside this document, at /SecretString"),
            (
                &format!("{{\"p8e-SampleSample\": {bare}}}"),
                "1:22 the service credentials are deeper inside this document",
            ),
        ] {
            let found = findings(&RULE, text);
            assert!(found.len() == 1 && found[0].starts_with(expected), "{expected}: {found:?}");
            assert!(!found[0].contains("p8e-"));
        }
        assert_eq!(places(&RULE, r#"{"a": 1, "kty": "x"}"#), [["\"kty\""]]);
    }

    #[test]
    fn credentials_and_error_answers_are_not_its_business() {
        let sample = Sample::new;
        for text in [
            sample().text(),
            sample().bare(),
            sample().without("org").text(),
            r#"{"ok": false, "statusCode": 403}"#.to_owned(),
            r#"{"error": "invalid_token", "error_description": "x"}"#.to_owned(),
            r#"{"ok": true, "statusCode": 200, "accessToken": "x"}"#.to_owned(),
            r#"{"access_token": "x"}"#.to_owned(),
            r#"{"project": {"org": {}}}"#.to_owned(),
        ] {
            assert_eq!(findings(&RULE, text), [""; 0]);
        }
    }
}
