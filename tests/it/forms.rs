//! What is asked of a text depends on what it is: an issued document, the fields of a program, a credential of the Adobe
//! Developer Console.

use std::ffi::OsStr;
use std::fs;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::common::{root, run};

/// The integration of a sound document.
fn integration() -> Value {
    let text = fs::read_to_string(root().join("fixtures/key-pair-mismatch/good.json")).unwrap();
    serde_json::from_str::<Value>(&text).unwrap()["integration"].take()
}

/// The status of a check, and the errors that it reports.
fn errors(path: &Path) -> (u8, Vec<String>) {
    let run = run([OsStr::new("check"), "--format=json".as_ref(), path.as_os_str()]);
    let report: Value = serde_json::from_str(&run.out).unwrap();
    let files = report["files"].as_array().unwrap();
    let findings = files.iter().flat_map(|file| file["findings"].as_array().unwrap());
    let errors = findings.filter(|finding| finding["level"] == "error");
    (run.code, errors.map(|finding| finding["rule"].as_str().unwrap().to_owned()).collect())
}

/// State, and whether client and key are known, of each credential that an audit lists.
fn listed(path: &Path) -> Vec<(String, bool, bool)> {
    let report: Value =
        serde_json::from_str(&run([OsStr::new("audit"), "--format=json".as_ref(), path.as_os_str()]).out)
            .unwrap();
    let credentials = report["credentials"].as_array().unwrap().iter();
    credentials
        .map(|one| {
            let is_known = |name: &str| !one[name].is_null();
            (one["state"].as_str().unwrap().to_owned(), is_known("client_id"), is_known("public_key_sha256"))
        })
        .collect()
}

/// The variables of a program with a value for each of `changed` instead of the issued one.
fn variables(prefix: &str, changed: &[(&str, &str)]) -> String {
    let integration = integration();
    let issued = [
        ("CLIENT_ID", &integration["technicalAccount"]["clientId"]),
        ("CLIENT_SECRET", &integration["technicalAccount"]["clientSecret"]),
        ("TECHNICAL_ACCOUNT_ID", &integration["id"]),
        ("ORG_ID", &integration["org"]),
        ("METASCOPES", &integration["metascopes"]),
        ("PRIVATE_KEY", &integration["privateKey"]),
    ];
    let mut members = serde_json::Map::new();
    for (name, value) in issued {
        members.insert(format!("{prefix}{name}"), value.clone());
    }
    for (name, value) in changed {
        members.insert(format!("{prefix}{name}"), json!(value));
    }
    Value::Object(members).to_string()
}

#[test]
fn a_program_may_spell_and_leave_out_as_it_likes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config.json");
    let key = integration()["privateKey"].as_str().unwrap().to_owned();
    let lines = json!(key.lines().collect::<Vec<_>>()).to_string();
    for changed in [
        &[][..],
        &[("IMS_ENDPOINT", "https://ims-na1.adobelogin.com")],
        &[("IMS_ENDPOINT", "https://ims-na1.adobelogin.com/ims/exchange/jwt")],
        &[("METASCOPES", "https://ims-na1.adobelogin.com/s/ent_aem_cloud_api")],
        &[("METASCOPES", "[\"ent_aem_cloud_api\"]")],
        &[("METASCOPES", "ent_aem_cloud_api, ent_cloudmgr_sdk")],
        &[("PRIVATE_KEY", &STANDARD.encode(&key))],
        &[("PRIVATE_KEY", &lines)],
        &[("PRIVATE_KEY", &key.replace("\r\n", "\\n"))],
        &[("PRIVATE_KEY", &key.replace("\r\n", " "))],
        &[("CLIENT_SECRET", "")],
    ] {
        fs::write(&path, variables("AEM_", changed)).unwrap();
        assert_eq!(errors(&path), (0, Vec::new()), "{changed:?}");
        assert_eq!(listed(&path), [("partial".to_owned(), true, true)], "{changed:?}");
    }
}

#[test]
fn what_cannot_be_used_is_told_of_fields_too() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config.json");
    let key = integration()["privateKey"].as_str().unwrap().to_owned();
    let cut = &key[..400];
    let joined = format!("{cut}-----END RSA PRIVATE KEY-----\n");
    for (changed, rule) in [
        (("IMS_ENDPOINT", "https://ims.example.com/ims/exchange/jwt"), "ims-endpoint-host"),
        (("PRIVATE_KEY", cut), "pem-syntax"),
        (("PRIVATE_KEY", joined.as_str()), "pem-newlines"),
        (("CLIENT_ID", "7e57da7a7e57da7a7e57da7a7e57da7a"), "credential-retired"),
    ] {
        fs::write(&path, variables("AEM_", &[changed])).unwrap();
        let (code, errors) = errors(&path);
        assert!(code == 1 && errors.contains(&rule.to_owned()), "{rule}: {errors:?}");
        assert_eq!(listed(&path)[0].0, "broken", "{rule}");
    }
}

#[test]
fn an_issued_document_with_the_seven_fields_is_partial() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("service.json");
    let mut integration = integration();
    let fields = integration.as_object_mut().unwrap();
    fields.remove("email");
    fs::write(&path, json!({"ok": true, "integration": fields, "statusCode": 200}).to_string()).unwrap();
    assert_eq!(errors(&path), (0, Vec::new()));
    assert_eq!(listed(&path), [("sound".to_owned(), true, true)]);
    fields.remove("publicKey");
    fields.remove("certificateExpirationDate");
    fs::write(&path, json!({"ok": true, "integration": fields, "statusCode": 200}).to_string()).unwrap();
    assert_eq!(errors(&path), (0, Vec::new()));
    assert_eq!(listed(&path), [("partial".to_owned(), true, true)]);
}

#[test]
fn public_variables_are_told_without_a_change_of_state() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config.json");
    fs::write(&path, variables("NEXT_PUBLIC_AEM_", &[])).unwrap();
    assert_eq!(errors(&path), (1, vec!["exposed-to-browser".to_owned(); 2]));
    assert_eq!(listed(&path), [("partial".to_owned(), true, true)]);
    fs::write(&path, variables("NEXT_PUBLIC_AEM_", &[("CLIENT_SECRET", "<secret>"), ("PRIVATE_KEY", "")]))
        .unwrap();
    assert_eq!(errors(&path).0, 0);
    let token = fs::read_to_string(root().join("fixtures/token-syntax/good.json")).unwrap();
    let token = serde_json::from_str::<Value>(&token).unwrap()["accessToken"].as_str().unwrap().to_owned();
    let document = fs::read_to_string(root().join("fixtures/key-pair-mismatch/good.json")).unwrap();
    let document: Value = serde_json::from_str(&document).unwrap();
    let env = folder.path().join(".env");
    for contents in [
        format!("VITE_AEM_TOKEN={token}\n"),
        format!("GATSBY_AEM='{document}'\n"),
        "REACT_APP_CLIENT_SECRET=p8e-Qz_7Rk2vLx9TzW4-bNc8YpD3fGh6JmS1\n".to_owned(),
    ] {
        fs::write(&env, &contents).unwrap();
        assert_eq!(errors(&env), (1, vec!["exposed-to-browser".to_owned()]), "{contents}");
        assert!(!["broken", "redacted"].contains(&listed(&env)[0].0.as_str()), "{contents}");
        fs::write(
            &env,
            contents.replacen("VITE_", "", 1).replacen("GATSBY_", "", 1).replacen("REACT_APP_", "", 1),
        )
        .unwrap();
        assert_eq!(errors(&env).0, 0, "{contents}");
    }
}

#[test]
fn credentials_of_the_other_console_are_listed_with_their_client() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config.json");
    let secret = "p8e-Qz_7Rk2vLx9TzW4-bNc8YpD3fGh6JmS1";
    let client = "7e57da7a7e57da7a7e57da7a7e57da7a";
    let organization = "5EED00000000000000000001@AdobeOrg";
    for (document, state, code) in [
        (
            json!({"client_id": client, "client_secrets": [secret], "scopes": ["openid"], "ims_org_id": organization}),
            "partial",
            0,
        ),
        (
            json!({"CLIENT_ID": client, "CLIENT_SECRETS": [secret], "SCOPES": ["openid"], "ORG_ID": organization}),
            "partial",
            0,
        ),
        (
            json!({"a": [{"clientId": client, "clientSecret": secret, "scopes": "openid", "imsOrgId": organization}]}),
            "partial",
            0,
        ),
        (
            json!({"client_id": client, "client_secret": "<secret>", "scopes": [], "ims_org_id": organization}),
            "redacted",
            0,
        ),
        (
            json!({"name": "x", "integration_type": "service", "jwt": {"client_id": client, "client_secret": secret}}),
            "broken",
            1,
        ),
    ] {
        fs::write(&path, document.to_string()).unwrap();
        assert_eq!(errors(&path).0, code, "{document}");
        assert_eq!(listed(&path), [(state.to_owned(), true, false)], "{document}");
    }
}
