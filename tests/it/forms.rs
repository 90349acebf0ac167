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

/// State, client and whether the key is known, of each credential that an audit lists.
fn clients(path: &Path) -> Vec<(String, Option<String>, bool)> {
    let report: Value =
        serde_json::from_str(&run([OsStr::new("audit"), "--format=json".as_ref(), path.as_os_str()]).out)
            .unwrap();
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let credentials = report["credentials"].as_array().unwrap().iter();
    let mut rows: Vec<_> = credentials
        .map(|one| {
            (text(&one["state"]).unwrap(), text(&one["client_id"]), !one["public_key_sha256"].is_null())
        })
        .collect();
    rows.sort();
    rows
}

const ONE: &str = "5a7be57da7a4f3c2b1d09e8f7a6b5c4d";
const OTHER: &str = "d4c5b6a7f8e90d1b2c3f4a7ad75eb7a5";

/// Programs' own files with clients of the other console, which have 32 hexadecimal digits as many a hash has, and the clients
/// that an audit names.
const OTHER_CONSOLE: &[(&str, &str, &[Option<&str>])] = &[
    (
        "a.sh",
        "curl -X POST https://ims-na1.adobelogin.com/ims/token/v3 -d 'grant_type=client_credentials&client_id=<C>&client_secret=<S>&scope=openid,AdobeID'\n",
        &[Some(ONE)],
    ),
    (".env", "IMS_CLIENT_ID=<C>\nIMS_CLIENT_SECRET=<S>\nIMS_SCOPES=openid\n", &[Some(ONE)]),
    ("a.env", "API_KEY=<C>\nCLIENT_SECRET=<S>\n", &[Some(ONE)]),
    ("b.yml", "adobe:\n  client_id: <C>\n  client_secret: <S>\n  org: <O>\n", &[Some(ONE)]),
    (
        "A.java",
        "class A {\n  static final String API_KEY = \"<C>\";\n  static final String CLIENT_SECRET = \"<S>\";\n}\n",
        &[Some(ONE)],
    ),
    (
        "two.yml",
        "dev:\n  client_id: <C>\n  client_secret: <S>\nprod:\n  client_id: <C2>\n  client_secret: <S2>\n",
        &[Some(ONE), Some(OTHER)],
    ),
    (
        "two.sh",
        "curl -d client_id=<C> -d client_secret=<S> https://ims-na1.adobelogin.com/x\ncurl -d client_id=<C2> -d client_secret=<S2> https://ims-na1.adobelogin.com/x\n",
        &[Some(ONE), Some(OTHER)],
    ),
    (
        "x.postman_environment.json",
        r#"{"name": "x", "values": [{"key": "CLIENT_SECRET", "value": "<S>", "enabled": true}, {"key": "API_KEY", "value": "<C>"}, {"key": "ACCESS_TOKEN", "value": ""}, {"key": "SCOPES", "value": ["openid"]}, {"key": "TECHNICAL_ACCOUNT_ID", "value": "<A>"}, {"key": "IMS", "value": "ims-na1.adobelogin.com"}, {"key": "IMS_ORG", "value": "<O>"}]}"#,
        &[Some(ONE)],
    ),
    (
        "config.json",
        r#"{"CLIENT_SECRET": "<S>", "ORG_ID": "<O>", "API_KEY": "<C>", "CLIENT_ID": "<C>", "TECHNICAL_ACCOUNT_ID": "<A>"}"#,
        &[Some(ONE)],
    ),
    (
        "aio.env",
        "AIO_ims_contexts_x_client__id=<C>\nAIO_ims_contexts_x_client__secrets=[\"<S>\"]\nAIO_ims_contexts_x_technical__account__id=<A>\nAIO_ims_contexts_x_ims__org__id=<O>\nAIO_ims_contexts_x_scopes=[\"openid\"]\n",
        &[Some(ONE)],
    ),
    (
        ".aio",
        "{\n  ims: {\n    contexts: {\n      cm: {\n        client_id: <C>\n        client_secrets: [\n          <S>\n        ]\n        ims_org_id: <O>\n        scopes: [ openid ]\n      }\n    }\n  }\n}\n",
        &[Some(ONE)],
    ),
    (
        "aio.yml",
        "ims:\n  contexts:\n    cm:\n      client_id: <C>\n      client_secrets:\n      - <S>\n      ims_org_id: <O>\n      scopes:\n      - openid\n",
        &[Some(ONE)],
    ),
    (
        "connector-umapi.yml",
        "enterprise:\n  org_id: <O>\n  client_id: <C>\n  client_secret: <S>\n  tech_acct_id: <A>\n  priv_key_path: private.key\n",
        &[Some(ONE)],
    ),
    (
        "pairs.json",
        r#"[{"name": "CLIENT_ID", "value": "<C>"}, {"name": "CLIENT_SECRET", "value": "<S>"}]"#,
        &[Some(ONE)],
    ),
    (
        "a.py",
        "requests.post(\"https://ims-na1.adobelogin.com/ims/token/v3\", data={\"client_id\": \"<C>\", \"client_secret\": \"<S>\", \"scope\": \"openid\"})\n",
        &[Some(ONE)],
    ),
    ("a.tfvars", "adobe_client_id = \"<C>\"\nadobe_client_secret = \"<S>\"\n", &[Some(ONE)]),
    (
        "upper.tfvars",
        "client_id = \"5A7BE57DA7A4F3C2B1D09E8F7A6B5C4D\"\nclient_secret = \"<S>\"\n",
        &[Some("5A7BE57DA7A4F3C2B1D09E8F7A6B5C4D")],
    ),
    ("one.csv", "client_id,client_secret\n<C>,<S>\n", &[Some(ONE)]),
    ("clients.csv", "name,client_id,client_secret\ndev,<C>,<S>\nprod,<C2>,<S2>\n", &[Some(ONE), Some(OTHER)]),
    (
        "README.md",
        "| env | Client ID | Secret |\n|---|---|---|\n| dev | `<C>` | `<S>` |\n| prod | `<C2>` | `<S2>` |\n",
        &[Some(ONE), Some(OTHER)],
    ),
    ("note.txt", "Client ID: <C>\nSecret: <S>\n", &[Some(ONE)]),
    // What isn't called a client's may be anything, and so may the key of another service.
    ("hash.env", "MD5=<C>\nCLIENT_SECRET=<S>\n", &[None]),
    ("hash.txt", "<C>  release.zip\n<S>\n", &[None]),
    ("other.env", "DATADOG_API_KEY=<C>\nADOBE_CLIENT_SECRET=<S>\n", &[None]),
    (
        "beside.env",
        "API_KEY=<C>\nAEM_CLIENT_ID=cm-p99999-e1-integration\nAEM_CLIENT_SECRET=<S>\n",
        &[Some("cm-p99999-e1-integration")],
    ),
];

/// The same with a private key: JWT credentials, which Adobe retired.
const RETIRED: &[(&str, &str)] = &[
    (
        "a.js",
        "const auth = require('@adobe/jwt-auth');\nauth({\n  clientId: '<C>',\n  clientSecret: '<S>',\n  technicalAccountId: '<A>',\n  orgId: '<O>',\n  metaScopes: ['ent_dataservices_sdk'],\n  privateKey: `<K>\n`,\n});\n",
    ),
    (
        "jwt.json",
        r#"{"ims": {"contexts": {"x": {"client_id": "<C>", "client_secret": "<S>", "technical_account_id": "<A>", "meta_scopes": ["ent_cloudmgr_sdk"], "ims_org_id": "<O>", "private_key": "<k>"}}}}"#,
    ),
    (
        ".aio",
        "{\n  ims: {\n    contexts: {\n      x: {\n        client_id: <C>\n        client_secret: <S>\n        ims_org_id: <O>\n        private_key:\n        '''\n        <i>\n        '''\n      }\n    }\n  }\n}\n",
    ),
    (
        "jwt.yml",
        "ims:\n  contexts:\n    x:\n      client_id: <C>\n      client_secret: <S>\n      meta_scopes:\n      - ent_x_sdk\n      private_key: |\n        <i>\n",
    ),
    (
        ".env",
        "API_KEY=<C>\nCLIENT_SECRET=<S>\nORG_ID=<O>\nTECHNICAL_ACCOUNT_ID=<A>\nMETA_SCOPES=ent_dataservices_sdk\nPRIVATE_KEY=\"<k>\"\n",
    ),
    (
        "aio.env",
        "AIO_ims_contexts_x_client__id=<C>\nAIO_ims_contexts_x_client__secret=<S>\nAIO_ims_contexts_x_meta__scopes=[\"ent_x_sdk\"]\nAIO_ims_contexts_x_private__key=<l>\n",
    ),
    (
        "Jwt.java",
        "class Jwt {\n  static final String API_KEY = \"<C>\";\n  static final String SECRET = \"<S>\";\n  static final String ORG = \"<O>\";\n  static final String KEY = \"<k>\";\n}\n",
    ),
    (
        "com.x.Ims.cfg.json",
        r#"{"endpoint": "https://ims-na1.adobelogin.com/ims/exchange/jwt", "privateKey": "<k>", "clientId": "<C>", "clientSecret": "<S>", "amcOrgId": "<O>"}"#,
    ),
];

#[test]
fn clients_of_the_other_console_are_known_by_their_names() {
    let integration = integration();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let key = text(&integration["privateKey"]).replace("\r\n", "\n");
    let secret = text(&integration["technicalAccount"]["clientSecret"]);
    let reversed: String = secret.trim_start_matches("p8e-").chars().rev().collect();
    let public = [
        ("<C>", ONE.to_owned()),
        ("<C2>", OTHER.to_owned()),
        ("<O>", text(&integration["org"])),
        ("<A>", text(&integration["id"])),
    ];
    let secrets = [
        ("<S>", secret),
        ("<S2>", format!("p8e-{reversed}")),
        ("<K>", key.trim_end().to_owned()),
        ("<k>", key.replace('\n', "\\n")),
        ("<l>", json!(key.lines().collect::<Vec<_>>()).to_string()),
        ("<i>", key.trim_end().replace('\n', "\n        ")),
    ];
    let filled = |text: &str, values: &[(&str, String)]| {
        values.iter().fold(text.to_owned(), |text, (name, value)| text.replace(name, value))
    };
    let hidden = secrets.each_ref().map(|(name, _)| (*name, format!("<your {}>", name.len())));
    let retired = RETIRED.iter().map(|(name, text)| (*name, *text, &[Some(ONE)][..], true));
    let others = OTHER_CONSOLE.iter().map(|(name, text, clients)| (*name, *text, *clients, false));
    let folder = tempfile::tempdir().unwrap();
    let mut faults = Vec::new();
    for (name, text, expected, is_retired) in others.chain(retired) {
        let path = folder.path().join(name);
        fs::write(&path, filled(&filled(text, &public), &secrets)).unwrap();
        let state = if is_retired { "broken" } else { "partial" };
        let rows = |client: Option<&str>| (state.to_owned(), client.map(str::to_owned), is_retired);
        let expected: Vec<_> = expected.iter().copied().map(rows).collect();
        let told = if is_retired { vec!["credential-retired".to_owned()] } else { Vec::new() };
        let (found, code) = (clients(&path), errors(&path));
        if found != expected || code != (u8::from(is_retired), told) {
            faults.push(format!("{name}: {found:?} {code:?}"));
        }
        // With placeholders there is nothing to steal and nothing to repair.
        fs::write(&path, filled(&filled(text, &public), &hidden)).unwrap();
        let code = run([OsStr::new("check"), "--skip-unrelated".as_ref(), path.as_os_str()]).code;
        let found = clients(&path);
        if code != 0 || found.iter().any(|(state, ..)| state != "redacted") {
            faults.push(format!("{name} redacted: {code} {found:?}"));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// While it is being moved from JWT, a credential has both parts, and the new one works.
#[test]
fn a_credential_that_was_moved_is_not_retired() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("console.json");
    let secret = integration()["technicalAccount"]["clientSecret"].clone();
    let jwt = json!({"client_id": ONE, "client_secret": secret, "meta_scopes": ["ent_x_sdk"]});
    let oauth = json!({"client_id": ONE, "client_secrets": [secret], "scopes": ["openid"]});
    let kind = "oauth_server_to_server_migrate";
    for (credential, state, code) in [
        (json!({"integration_type": kind, "jwt": jwt, "oauth_server_to_server": oauth}), "partial", 0),
        (json!({"integration_type": kind, kind: oauth}), "partial", 0),
        (json!({"integration_type": "service", "jwt": jwt}), "broken", 1),
    ] {
        let details = json!({"credentials": [credential]});
        let project = json!({"project": {"org": {}, "workspace": {"details": details}}});
        fs::write(&path, project.to_string()).unwrap();
        assert_eq!(errors(&path).0, code, "{project}");
        assert_eq!(clients(&path), [(state.to_owned(), Some(ONE.to_owned()), false)], "{project}");
    }
}
