//! Tokens and projects at the command line: in documents, alone, on a walk, damaged.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::common::{NOW, fixture, run, run_with_input};

fn development_token() -> String {
    fixture("token-type/bad.json").replace(&token(&fixture("token-type/bad.json")), &sound_token())
}

/// The token of the sound fixture that was created an hour ago.
fn sound_token() -> String {
    token(&fixture("token-type/good.json"))
}

fn token(document: &str) -> String {
    let start = document.find("eyJ").unwrap();
    document[start..].split('"').next().unwrap().to_owned()
}

/// The report on a text given on standard input.
fn report(text: impl AsRef<[u8]>) -> Value {
    let run = run_with_input(["check", "--format=json", "-"], text.as_ref());
    serde_json::from_str(&run.out).unwrap()
}

fn rules(report: &Value) -> Vec<&str> {
    let findings = report["files"][0]["findings"].as_array().unwrap();
    findings.iter().map(|finding| finding["rule"].as_str().unwrap()).collect()
}

fn text(input: &str, more: &[&str]) -> String {
    run_with_input([&["check", "-"], more].concat(), input.as_bytes()).out
}

#[test]
fn sound_tokens_have_a_verdict_of_their_own() {
    let token = sound_token();
    let of = "of cm-p99999-e999999-integration-0, valid until 2026-11-23 11:00Z (23 h left)";
    for (input, kind) in [
        (development_token(), "local development token"),
        (fixture("token-type/good.json"), "access token"),
        (format!("{token}\n"), "access token"),
        (format!("\r\n  {token}  "), "access token"),
        (format!("Bearer {token}"), "access token"),
        (format!("authorization:bearer {token}\r\n"), "access token"),
    ] {
        let told = text(&input, &[]).replace("\n  ", " ");
        assert_eq!(told, format!("✓ sound <stdin>: {kind} {of}\n1 file checked: no findings\n"));
    }
    let minutes = text(&token, &["--now=2026-11-23T09:59:59Z"]).replace("\n  ", " ");
    assert!(minutes.contains("valid until 2026-11-23 11:00Z (60 min left)"), "{minutes}");
}

#[test]
fn the_report_holds_the_tokens_public_facts() {
    let report = report(fixture("token-type/good.json"));
    let file = &report["files"][0];
    assert_eq!(file["kind"], "access-token");
    assert_eq!(file["client_id"], "cm-p99999-e999999-integration-0");
    assert_eq!(file["certificate"], Value::Null);
    let facts = &file["token"];
    assert_eq!(facts["created_at"], "2026-11-22T11:00:00Z");
    assert_eq!(facts["expires_at"], "2026-11-23T11:00:00Z");
    assert_eq!((&facts["minutes_left"], &facts["type"]), (&json!(1380), &json!("access_token")));
    assert!(facts["user_id"].as_str().unwrap().starts_with("7E57DA7A"));
    let service = self::report(fixture("key-pair-mismatch/good.json"));
    assert_eq!(service["files"][0].get("token"), None);
}

#[test]
fn strange_tokens_are_named() {
    let token = sound_token();
    let (rest, signature) = token.rsplit_once('.').unwrap();
    let utf16: Vec<u8> = token.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let foreign = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.AAAA";
    for (name, input, expected) in [
        ("two parts", rest.as_bytes().to_vec(), &["token-syntax"][..]),
        ("four parts", format!("{token}.{signature}").into_bytes(), &["token-syntax"]),
        ("wrapped", format!("{}\n{}", &token[..80], &token[80..]).into_bytes(), &["token-syntax"]),
        ("two tokens", format!("{token}\n{token}\n").into_bytes(), &[]),
        ("opaque", b"Bearer abcdefgh".to_vec(), &["token-syntax"]),
        ("huge", format!("{token}{}", "A".repeat(100_000)).into_bytes(), &["token-syntax"]),
        ("byte-order mark", [b"\xEF\xBB\xBF", token.as_bytes()].concat(), &["document-encoding"]),
        ("UTF-16", [&[0xFF, 0xFE][..], &utf16].concat(), &["document-encoding"]),
        ("another issuer's", foreign.as_bytes().to_vec(), &["token-type"]),
        (
            "another issuer's answer",
            format!("{{\"access_token\": \"{foreign}\", \"token_type\": \"Bearer\", \"expires_in\": 3600}}").into_bytes(),
            &["token-type"],
        ),
        ("base64 of JSON", b"eyJvayI6IHRydWV9".to_vec(), &["document-syntax"]),
        ("a session of another tool", br#"{"startUrl": "x", "accessToken": "y", "expiresAt": "z"}"#.to_vec(), &["document-kind"]),
        ("redacted", br#"{"ok": true, "statusCode": 200, "accessToken": "***REDACTED***"}"#.to_vec(), &["field-placeholder"]),
        ("empty", br#"{"ok": true, "statusCode": 200, "accessToken": ""}"#.to_vec(), &["field-empty"]),
        ("null", br#"{"ok": true, "statusCode": 200, "accessToken": null}"#.to_vec(), &["field-type"]),
        ("a list", br#"{"ok": true, "statusCode": 200, "accessToken": ["x"]}"#.to_vec(), &["field-type"]),
        (
            "white space",
            format!("{{\"ok\": true, \"statusCode\": 200, \"accessToken\": \"{token}\\n\"}}").into_bytes(),
            &["field-whitespace"],
        ),
        (
            "seconds as a string",
            format!("{{\"token_type\": \"bearer\", \"access_token\": \"{token}\", \"expires_in\": \"86399\"}}").into_bytes(),
            &["field-type"],
        ),
        (
            "a key too many",
            format!("{{\"ok\": true, \"statusCode\": 200, \"accessToken\": \"{token}\", \"note\": 1}}").into_bytes(),
            &["field-unknown"],
        ),
        (
            "fields missing",
            format!("{{\"access_token\": \"{token}\", \"expiresIn\": 86399999}}").into_bytes(),
            &["field-missing", "field-missing", "field-unknown"],
        ),
        (
            "a key twice",
            format!("{{\"ok\": true, \"statusCode\": 200, \"accessToken\": \"x\", \"accessToken\": \"{token}\"}}").into_bytes(),
            &["document-duplicate-key"],
        ),
        (
            "an error with a token",
            format!("{{\"ok\": false, \"statusCode\": 200, \"accessToken\": \"{token}\"}}").into_bytes(),
            &["document-error-response"],
        ),
        ("a refusal", br#"{"error": "invalid_token", "error_description": "x"}"#.to_vec(), &["document-error-response"]),
        (
            "a bare integration with a token in it",
            format!("{{\"imsEndpoint\": \"ims-na1.adobelogin.com\", \"metascopes\": \"ent_aem_cloud_api\", \"accessToken\": \"Bearer {token}\"}}").into_bytes(),
            &["document-wrapper", "field-missing", "field-missing", "field-missing", "field-missing", "field-missing", "field-missing", "field-unknown"],
        ),
    ] {
        let report = report(&input);
        let mut found = rules(&report);
        found.sort_unstable();
        assert_eq!(found, expected, "{name}");
        assert!(report["failures"].as_array().unwrap().is_empty(), "{name}");
    }
}

#[test]
fn a_walk_finds_adobes_tokens_and_no_others() {
    let folder = tempfile::tempdir().unwrap();
    let token = sound_token();
    let foreign = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.AAAA";
    let project = r#"{"project": {"org": {"ims_org_id": "7E57DA7A0000000000000001@AdobeOrg"}, "workspace": {"details": {"credentials": [{"name": "a", "oauth_server_to_server": {"client_id": "b"}}]}}}}"#;
    for (name, text) in [
        ("development.json", development_token()),
        ("answer.json", fixture("token-type/good.json")),
        ("cut.json", development_token()[..400].to_owned()),
        ("bare.txt", token.clone()),
        ("header.txt", format!("Authorization: Bearer {token}\n")),
        ("redacted.json", r#"{"ok": true, "statusCode": 200, "accessToken": "***REDACTED***"}"#.to_owned()),
        ("project.json", project.to_owned()),
        ("foreign.txt", foreign.to_owned()),
        (
            "foreign.json",
            format!("{{\"access_token\": \"{foreign}\", \"token_type\": \"bearer\", \"expires_in\": 3600}}"),
        ),
        ("opaque.json", r#"{"access_token": "abc", "token_type": "bearer", "expires_in": 3600}"#.to_owned()),
        ("sso.json", r#"{"startUrl": "x", "accessToken": "eyJabc", "expiresAt": "z"}"#.to_owned()),
        ("refusal.json", r#"{"error": "invalid_token", "error_description": "access_token eyJ"}"#.to_owned()),
        ("broken.txt", foreign.replace('.', "")),
        ("empty-project.json", r#"{"project": {"org": {"ims_org_id": "x"}}}"#.to_owned()),
        ("source.js", "const token = { accessToken, access_token, statusCode, ims_org_id };".to_owned()),
    ] {
        fs::write(folder.path().join(name), text).unwrap();
    }
    let run = run([Path::new("check"), Path::new("--format=json"), folder.path()]);
    let report: Value = serde_json::from_str(&run.out).unwrap();
    let files = report["files"].as_array().unwrap();
    let names: Vec<_> = files
        .iter()
        .map(|file| {
            PathBuf::from(file["path"].as_str().unwrap()).file_name().unwrap().to_string_lossy().into_owned()
        })
        .collect();
    let found = ["answer.json", "bare.txt", "cut.json", "development.json", "header.txt", "project.json"];
    assert_eq!(names, found);
    assert!(run.err.contains("skipped 9 files: 9 without a credential"), "{}", run.err);
}

/// The signed request for a token is right only where it is sent as that.
#[test]
fn a_request_in_the_place_of_a_token_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let claims = json!({"exp": 1_795_964_400, "iss": "7E57DA7A0000000000000001@AdobeOrg", "sub": "7E57DA7A0000000000000002@techacct.adobe.com", "aud": "https://ims-na1.adobelogin.com/c/cm-p99999-e1-integration", "https://ims-na1.adobelogin.com/s/ent_aem_cloud_api": true});
    let encode = |text: &str| URL_SAFE_NO_PAD.encode(text);
    let header = encode("{\"alg\":\"RS256\"}");
    let request = format!("{header}.{}.{}", encode(&claims.to_string()), encode(&"ab".repeat(64)));
    for (name, text, is_told) in [
        ("a.sh", "curl -H 'Authorization: Bearer <R>' https://author-p1-e1.adobeaemcloud.com/\n", true),
        ("b.sh", "curl -H \"authorization: bearer <R>\" https://author-p1-e1.adobeaemcloud.com/\n", true),
        (".env", "AEM_TOKEN=<R>\n", true),
        ("a.properties", "aem.access.token = <R>\n", true),
        ("a.yml", "headers:\n  Authorization: \"Bearer <R>\"\n", true),
        ("a.js", "fetch(url, { headers: { Authorization: 'Bearer <R>' } });\n", true),
        ("A.java", "request.setHeader(\"Authorization\", \"Bearer <R>\");\n", true),
        ("a.http", "GET https://author-p1-e1.adobeaemcloud.com/\nAuthorization: Bearer <R>\n", true),
        (
            "a.json",
            r#"{"item": [{"request": {"auth": {"type": "bearer", "bearer": [{"key": "token", "value": "<R>"}]}}}]}"#,
            true,
        ),
        (
            ".aio",
            r#"{"ims": {"contexts": {"cli": {"access_token": {"token": "<R>", "expiry": 1796021999999}}}}}"#,
            true,
        ),
        ("jwt.txt", "<R>\n", true),
        (
            "c.sh",
            "curl -F client_id=cm-p99999-e1-integration -F jwt_token=<R> https://ims-na1.adobelogin.com/ims/exchange/jwt\n",
            false,
        ),
        ("b.env", "JWT_TOKEN=<R>\n", false),
        ("b.json", r#"{"jwt_token": "<R>"}"#, false),
        ("b.js", "const assertion = '<R>';\n", false),
    ] {
        let path = folder.path().join(name);
        fs::write(&path, text.replace("<R>", &request)).unwrap();
        let check = run([Path::new("check"), Path::new("--skip-unrelated"), &path]);
        let found = (check.code, check.out.contains("token-type"));
        assert_eq!(found, (u8::from(is_told), is_told), "{name}: {}", check.out);
        let audit = run([Path::new("audit"), Path::new("--format=json"), &path]);
        let report: Value = serde_json::from_str(&audit.out).unwrap();
        let rows = report["credentials"].as_array().unwrap();
        let found: Vec<_> = rows.iter().map(|row| (&row["state"], &row["client_id"])).collect();
        let (state, client) = (json!("broken"), json!("cm-p99999-e1-integration"));
        assert_eq!(found, &[(&state, &client)][..usize::from(is_told)], "{name}");
    }
}

#[test]
fn projects_are_listed_and_never_called_sound() {
    let project = |credentials: &str| {
        format!(
            r#"{{"project": {{"id": "1", "title": "t", "org": {{"ims_org_id": "7E57DA7A0000000000000001@AdobeOrg"}},
                "workspace": {{"details": {{"credentials": [{credentials}]}}}}}}}}"#
        )
    };
    let oauth = r#"{"name": "nightly import", "integration_type": "oauth_server_to_server", "oauth_server_to_server":
        {"client_id": "0123456789abcdef0123456789abcdef", "client_secrets": ["p8e-SampleSampleSampleSampleSample12"],
         "technical_account_email": "x", "scopes": ["openid"]}}"#;
    let listed = text(&project(oauth), &[]);
    assert_eq!(
        listed.replace("\n  ", " "),
        "– listed <stdin>: Adobe Developer Console project, 1 OAuth server-to-server credential (nightly import, \
         client ID 0123456789abcdef0123456789abcdef); aemcred has no rules for it\n1 file checked: no findings\n"
    );
    let report = report(project(oauth));
    let file = &report["files"][0];
    assert_eq!(
        (&file["kind"], file["findings"].as_array().unwrap().len()),
        (&json!("developer-console-project"), 0)
    );
    assert_eq!(
        file["credentials"],
        json!([{"type": "oauth-server-to-server", "name": "nightly import", "client_id": "0123456789abcdef0123456789abcdef"}])
    );
    assert_eq!(report["summary"]["credentials"], 1);

    let jwt = r#"{"name": "old", "jwt": {"client_id": "${CLIENT}", "client_secret": "", "technical_account_id": "7E57DA7A0000000000000002@AdobeOrg",
        "technical_account_email": "7e57da7a-0000-4000-8000-000000000001@techacct.adobe.com\n", "meta_scopes": 7}}"#;
    let report = self::report(project(&format!("{oauth}, {}", jwt.replace("com\n", "com\\n"))));
    assert_eq!(rules(&report), ["field-placeholder", "field-empty", "identifier-form", "field-whitespace"]);
    for odd in [
        "",
        "7, null, []",
        "{}",
        r#"{"jwt": 7}"#,
        r#"{"jwt": {}}"#,
        r#"{"oauthServerToServer": {"client_id": 7}}"#,
    ] {
        let report = self::report(project(odd));
        assert_eq!(rules(&report), [""; 0], "{odd}");
        assert_eq!(report["files"][0]["kind"], "developer-console-project");
        assert!(!text(&project(odd), &[]).contains("sound"));
    }
}

#[test]
fn nothing_unrecognised_is_called_sound() {
    let run = run_with_input(["check", "--only=field-missing", "-"], b"{\"name\": 1}");
    assert_eq!((run.code, run.out.as_str()), (0, "1 file checked: no findings\n"));
}

#[test]
fn generate_makes_the_kind_that_is_asked_for() {
    let kind = |arguments: &[&str]| {
        let run = run([&["generate", "--seed=1", "--bits=512"], arguments].concat());
        assert_eq!(run.code, 0, "{arguments:?}: {}", run.err);
        report(run.out)["files"][0]["kind"].as_str().unwrap().to_owned()
    };
    assert_eq!(kind(&[]), "service-credentials");
    assert_eq!(kind(&["--kind=development-token"]), "development-token");
    assert_eq!(kind(&["--kind=access-token"]), "access-token");
    assert_eq!(kind(&["--defect=token-expired"]), "development-token");
    assert_eq!(kind(&["--defect=token-expired", "--kind=access-token"]), "access-token");
    assert_eq!(kind(&["--defect=token-expires-in"]), "access-token");
    let made =
        |arguments: &[&str]| run([&["generate", "--seed=1", "--kind=access-token"], arguments].concat());
    let long = report(made(&["--days=3", "--not-before=2026-11-22"]).out);
    assert_eq!(rules(&long), ["token-lifetime"]);
    assert_eq!(long["files"][0]["token"]["expires_at"], "2026-11-25T00:00:00Z");
    for refused in [
        ["--kind=access-token", "--defect=pem-label"],
        ["--kind=development-token", "--defect=token-expires-in"],
        ["--kind=service-credentials", "--defect=token-expired"],
    ] {
        let run = run([&["generate"][..], &refused].concat());
        let words = "a document of this kind doesn't have what it changes";
        assert!(run.code == 2 && run.err.contains(words), "{}", run.err);
    }
    let unknown = run(["generate", "--kind=token"]);
    assert!(unknown.code == 2 && unknown.err.contains("development-token"), "{}", unknown.err);
}

/// Every text that a sound document begins with is told to be cut off, or is whole.
#[test]
#[ignore = "slow: hundreds of runs"]
fn every_truncation_is_an_error() {
    for whole in [development_token(), fixture("token-type/good.json"), sound_token()] {
        let end = whole.trim_end().len();
        for length in 0..end {
            let report = report(&whole[..length]);
            let errors = report["summary"]["errors"].as_u64().unwrap();
            assert_eq!(errors, 1, "{length} of {end}: {:?}", rules(&report));
        }
    }
}

/// A token in a text that is no document, with the line and the column of its first character.
fn loose() -> Vec<(String, u64, u64)> {
    let token = sound_token();
    [
        ("# for the tests\nAEM_TOKEN=", "\n"),
        ("export A=1\nAEM_TOKEN=\"Bearer ", "\"\n"),
        ("{\"SecretString\": \"", "\"}"),
        ("{\"Name\": 1}\n{\"SecretString\": \"", "\"}\n"),
        ("\"", "\""),
        ("Host: example.com\r\nAuthorization: Bearer ", "\r\nAccept: */*\r\n"),
        ("#!/bin/sh\ncurl -H \"Authorization: Bearer ", "\" https://example.com/\n"),
        ("The token is ", ", don't tell anybody\n"),
        ("data:\n  token: ", "\n"),
        // The aio CLI's configuration.
        ("{\n  ims: {\n    access_token: {\n      token: ", "\n      expiry: 1796021999999\n    }\n  }\n}\n"),
    ]
    .into_iter()
    .map(|(before, after)| {
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap().len() + 1;
        (format!("{before}{token}{after}"), line as u64, column as u64)
    })
    .collect()
}

#[test]
fn a_loose_token_is_judged_where_it_stands() {
    let length = sound_token().len();
    for (text, line, column) in loose() {
        let sound = report(&text);
        assert_eq!(sound["files"].as_array().unwrap().len(), 1, "{line}:{column}");
        assert_eq!(sound["files"][0]["kind"], "access-token", "{line}:{column}");
        assert_eq!(rules(&sound), [""; 0], "{line}:{column}");

        let run = run_with_input(["inspect", "--format=json", "-"], text.as_bytes());
        let inspected: Value = serde_json::from_str(&run.out).unwrap();
        assert_eq!((run.code, &inspected["kind"]), (0, &Value::from("access-token")), "{line}:{column}");

        // Without the last two digits of the signature.
        let start = text.find("eyJ").unwrap();
        let cut = format!("{}{}", &text[..start + length - 2], &text[start + length..]);
        let report = report(&cut);
        assert_eq!(rules(&report), ["token-syntax"], "{line}:{column}");
        let finding = &report["files"][0]["findings"][0];
        let place = (&finding["line"], &finding["column"]);
        assert_eq!(place, (&Value::from(line), &Value::from(column + length as u64 - 2)), "{finding}");
        let message = finding["message"].as_str().unwrap();
        assert!(message.starts_with("the token was cut off") && !message.contains("(in )"), "{message}");
    }
}

#[test]
fn a_broken_document_is_not_saved_by_its_token() {
    let token = sound_token();
    for broken in [
        format!("{{\"SecretString\": \"{token}\""),
        format!("{{\"SecretString\": \"{token}\",}}"),
        format!("{{\"ok\": true, \"accessToken\": \"{token}\",}}"),
    ] {
        assert_eq!(rules(&report(&broken)), ["document-syntax"]);
    }
}

#[test]
fn audit_finds_a_token_wherever_it_stands() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    let bare = (format!("{}\n", sound_token()), 1, 1);
    let encoded = STANDARD.encode(sound_token());
    for (text, line, column) in loose().into_iter().chain([bare, (encoded, 1, 1)]) {
        fs::write(&path, text).unwrap();
        let run = run([OsStr::new("audit"), OsStr::new("--format=json"), path.as_os_str()]);
        let inventory: Value = serde_json::from_str(&run.out).unwrap();
        let [entry] = inventory["credentials"].as_array().unwrap().as_slice() else {
            panic!("one entry for {line}:{column}: {}", run.out)
        };
        assert_eq!((&entry["kind"], &entry["state"]), (&"access-token".into(), &"sound".into()));
        let location = &entry["places"][0];
        assert_eq!((&location["line"], &location["column"]), (&line.into(), &column.into()), "{location}");
    }
}

fn with_claims(claims: &str) -> String {
    let token = sound_token();
    let (header, signature) = (token.split('.').next().unwrap(), token.rsplit('.').next().unwrap());
    format!("{header}.{}.{signature}", URL_SAFE_NO_PAD.encode(claims))
}

#[test]
fn monstrous_claims_are_named() {
    let base = r#""type":"access_token","as":"ims-na1""#;
    let deep = |depth: usize| format!("{{{base},\"x\":{}1{}}}", "[".repeat(depth), "]".repeat(depth));
    let many = format!("{{{base}{}}}", (0..9000).map(|index| format!(",\"{index}\":0")).collect::<String>());
    for (claims, errors) in [
        (format!(r#"{{{base},"created_at":1e400,"expires_in":"1"}}"#), 1),
        (format!(r#"{{{base},"created_at":-1e400,"expires_in":"1"}}"#), 1),
        (format!(r#"{{{base},"created_at":"9223372036854775808","expires_in":"1"}}"#), 1),
        (format!(r#"{{{base},"created_at":9223372036854775807,"expires_in":9223372036854775807}}"#), 2),
        (format!(r#"{{{base},"created_at":253402300799999,"expires_in":1}}"#), 1),
        (format!(r#"{{{base},"created_at":253402300799999,"expires_in":0}}"#), 0),
        (format!(r#"{{{base},"created_at":0,"expires_in":0}}"#), 1),
        (deep(40_000), 1),
        (deep(129), 1),
        (many, 1),
        (format!("{{{base},\"x\":\"{}\"}}", "x".repeat(200_000)), 1),
        (String::from("1e400"), 1),
        (String::new(), 1),
    ] {
        let report = report(with_claims(&claims));
        assert_eq!(report["summary"]["errors"], errors, "{:?} {:?}", claims.get(..100), rules(&report));
        assert!(report["failures"].as_array().unwrap().is_empty());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(64) })]

    /// Whatever a token is damaged with, it is reported, and its claims are not believed.
    #[test]
    fn damaged_tokens_never_panic(
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        bare in any::<bool>(),
    ) {
        let mut text = if bare { sound_token() } else { development_token() }.into_bytes();
        for (index, byte) in edits {
            let at = index.index(text.len());
            text[at] = byte;
        }
        let run = run_with_input(["check", "--format=json", "-"], &text);
        prop_assert!(run.code < 2);
        prop_assert!(serde_json::from_str::<Value>(&run.out).is_ok());
    }

    /// Times of any size and spelling: a report that keeps the schema, or a finding.
    #[test]
    fn any_times_are_reported(
        created in "(-?[0-9]{1,25}([.][0-9]{1,3})?(e-?[0-9]{1,3})?|\"-?[0-9]{1,25}\"|null|\"\")",
        lifetime in "(-?[0-9]{1,25}([.][0-9]{1,3})?(e-?[0-9]{1,3})?|\"-?[0-9]{1,25}\"|null|\"\")",
    ) {
        let claims = format!(r#"{{"type":"access_token","as":"ims-na1","created_at":{created},"expires_in":{lifetime}}}"#);
        let report = report(with_claims(&claims));
        let schema: Value = serde_json::from_str(&run(["schema", "check"]).out).unwrap();
        prop_assert!(jsonschema::draft202012::new(&schema).unwrap().is_valid(&report));
        // Nothing but the hour around the clock of the fixtures may be called sound.
        if rules(&report).is_empty() {
            let expires = report["files"][0]["token"]["expires_at"].as_str().unwrap().to_owned();
            prop_assert!(("2026-11-22T13".."2026-11-23T12:06").contains(&expires.as_str()), "{expires}");
        }
    }
}

/// The aio CLI keeps one beside its access token.
#[test]
fn a_refresh_token_in_its_place_is_judged_by_its_own_lifetime() {
    let refresh = token(&fixture("token-type/bad.json"));
    for (name, now, state) in [
        ("refresh_token", NOW, "sound"),
        ("refresh_token", "2027-11-22T12:00:00Z", "expired"),
        ("access_token", NOW, "broken"),
    ] {
        let context = format!(r#"{{"cli": {{"{name}": {{"token": "{refresh}", "expiry": 1}}}}}}"#);
        let text = format!(r#"{{"ims": {{"contexts": {context}}}}}"#);
        let run = run_with_input(["audit", "--format=json", "--now", now, "-"], text.as_bytes());
        let report: Value = serde_json::from_str(&run.out).unwrap();
        let credentials = report["credentials"].as_array().unwrap();
        let states: Vec<&str> = credentials.iter().map(|one| one["state"].as_str().unwrap()).collect();
        assert_eq!(states, [state], "{name} at {now}");
    }
}
