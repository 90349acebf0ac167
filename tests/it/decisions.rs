//! What of a file counts: the file, what lies in it, or what is left of either, and in which state that is. Most rows hold
//! a decision that nothing else held, as changes to the code have shown (`just mutants`).

use std::collections::BTreeSet;

use serde_json::Value;

use crate::common::{fixture, run, sound};

const SECRET: &str = "p8e-Abc123Def456Ghi789Jkl012Mno345Pqr";
const OTHER: &str = "p8e-Zyx987Wvu654Tsr321Qpo098Nml765Kji";
const CLIENT: &str = "cm-p12345-e67890-integration-0";

/// The sound document with the text of `members` put in place of others: pointer, and JSON or nothing.
fn with(members: &[(&str, &str)]) -> String {
    let mut document: Value = serde_json::from_str(&sound()).unwrap();
    for (pointer, value) in members {
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        let object = document.pointer_mut(parent).unwrap().as_object_mut().unwrap();
        if value.is_empty() {
            object.remove(name);
        } else {
            object.insert(name.to_owned(), serde_json::from_str(value).unwrap());
        }
    }
    serde_json::to_string_pretty(&document).unwrap()
}

/// The same, with another value of a member before the one that it has.
fn twice(text: &str, name: &str, first: &str) -> String {
    let member = format!("\"{name}\":");
    assert!(text.contains(&member));
    text.replace(&member, &format!("\"{name}\": {first}, {member}"))
}

/// Kind, state and places of each row of an audit, whether anybody can read its secrets, and what
/// `check` says when it is asked about this file: the exit code and the rules.
fn said(name: &str, text: &str) -> (Vec<String>, String) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, text).unwrap();
    let now = "2026-11-22T12:00:00Z";
    let audited = run(["audit", "--now", now, "--format", "json", path.to_str().unwrap()]);
    let report: Value = serde_json::from_str(&audited.out).unwrap();
    let word = |row: &Value, key: &str| row[key].as_str().unwrap_or("-").to_owned();
    let rows = report["credentials"].as_array().unwrap();
    let place = |row: &Value| {
        let places = row["places"].as_array().unwrap();
        let at = places.iter().map(|place| format!("{}:{}", place["line"], place["column"]));
        let live = places.iter().any(|place| place["usable"] == true);
        format!("at {}{}", at.collect::<Vec<_>>().join(" "), if live { " in the clear" } else { "" })
    };
    let rows = rows
        .iter()
        .map(|row| format!("{} {} {}", word(row, "kind"), word(row, "state"), place(row)))
        .collect();
    let checked = run(["check", "--now", now, "--format", "json", path.to_str().unwrap()]);
    let report: Value = serde_json::from_str(&checked.out).unwrap();
    let findings =
        report["files"].as_array().unwrap().iter().flat_map(|file| file["findings"].as_array().unwrap());
    let rules: BTreeSet<&str> = findings.map(|finding| finding["rule"].as_str().unwrap()).collect();
    let failures = report["failures"].as_array().unwrap().len();
    let failures = if failures > 0 { format!(" +{failures}") } else { String::new() };
    (rows, format!("{}{failures} {}", checked.code, rules.into_iter().collect::<Vec<_>>().join(" ")))
}

fn cases() -> Vec<(&'static str, String)> {
    let sound = sound();
    let secret = "/integration/technicalAccount/clientSecret";
    let key = "/integration/privateKey";
    let redacted = with(&[(secret, "\"<secret>\""), (key, "\"<key>\"")]);
    let integration = |text: &str| serde_json::from_str::<Value>(text).unwrap()["integration"].clone();
    let (own, expired, other) = (
        integration(&sound),
        integration(&fixture("certificate-expired/bad.json")),
        integration(&fixture("key-pair-mismatch/bad.json")),
    );
    let [key_text, certificate] =
        ["privateKey", "publicKey"].map(|name| own[name].as_str().unwrap().to_owned());
    let good: Value = serde_json::from_str(&fixture("token-expiring/bad.json")).unwrap();
    let good = good["accessToken"].as_str().unwrap().to_owned();
    let later: Value = serde_json::from_str(&fixture("token-expiring/good.json")).unwrap();
    let later = later["accessToken"].as_str().unwrap();
    let headless = sound.trim_start_matches('{');
    let anonymous = with(&[("/integration/technicalAccount/clientId", ""), ("/integration/publicKey", "")]);
    let anonymous = anonymous.trim_start_matches('{');
    let raw = |secret: &str, key: &str| {
        format!(
            "{{\"integration\": {{\"imsEndpoint\": \"ims-na1.adobelogin.com\", \"metascopes\": \"ent_aem_cloud_api\", \"clientSecret\": {secret}, \"privateKey\": {key}"
        )
    };
    let token = r#"{"ok": true, "statusCode": 200, "accessToken": "<token>"}"#;
    let json_text = serde_json::to_string(&sound).unwrap();
    let variables = format!("AEM_CLIENT_ID={CLIENT}\nAEM_CLIENT_SECRET={SECRET}\n");
    vec![
        ("redacted.json", redacted.clone()),
        ("secret-twice.json", twice(&redacted, "clientSecret", &format!("\"{SECRET}\""))),
        (
            "key-twice.json",
            twice(
                &redacted,
                "privateKey",
                &serde_json::from_str::<Value>(&sound).unwrap().pointer(key).unwrap().to_string(),
            ),
        ),
        (
            "key-in-lines.json",
            with(&[
                (secret, "\"<secret>\""),
                (key, "\"<key>\""),
                ("/integration/lines", &format!("[\"{}\"]", key_text.replace("\r\n", "\",\""))),
            ]),
        ),
        (
            "secret-in-name.json",
            with(&[(secret, "\"<secret>\""), (key, "\"<key>\""), (&format!("/integration/{SECRET}"), "1")]),
        ),
        (
            "secret-in-note.json",
            with(&[
                (secret, "\"<secret>\""),
                (key, "\"<key>\""),
                ("/integration/note", &format!("\"rotate {SECRET} soon\"")),
            ]),
        ),
        ("note-twice.json", twice(&redacted, "clientSecret", "\"\"")),
        ("without-secrets.json", with(&[(secret, ""), (key, "")])),
        ("without-key.json", with(&[(key, "")])),
        ("empty-key.json", with(&[(key, "\"\"")])),
        ("null-key.json", with(&[(key, "null"), (secret, "null")])),
        ("number-secret.json", with(&[(key, "\"<key>\""), (secret, "12345678")])),
        ("development.json", token.to_owned()),
        ("development-empty.json", token.replace("<token>", "")),
        ("list.json", format!("[{sound}]")),
        ("list-of-two.json", format!("[{sound}, {sound}]")),
        ("list.txt", format!("[{sound}]")),
        ("member.json", format!("{{\"credentials\": {sound}}}")),
        ("member-and-more.json", format!("{{\"credentials\": {sound}, \"name\": \"production\"}}")),
        ("other-member.json", format!("{{\"aem\": {sound}}}")),
        ("list-of-tokens.json", format!("[{token}]")),
        ("string.json", json_text.clone()),
        ("string-in-member.json", format!("{{\"data\": {json_text}}}")),
        ("string-in-member.txt", format!("{{\"data\": {json_text}}}")),
        ("string-in-broken.json", format!("{{\"data\": {json_text},, }}")),
        ("string-in-broken.txt", format!("data = {{\"data\": {json_text},, }}")),
        ("comment.json", format!("// from the console\n{sound}")),
        ("comment.txt", format!("// from the console\n{sound}")),
        ("twice.json", format!("{sound}\n{sound}")),
        ("cut.json", sound[..sound.len() - 40].to_owned()),
        ("cut.txt", sound[..sound.len() - 40].to_owned()),
        ("cut-redacted.json", redacted[..redacted.len() - 40].to_owned()),
        ("deep.json", format!("{}{}", "[".repeat(2000), "]".repeat(2000))),
        ("deep.txt", "[".repeat(2000)),
        ("deep-with.json", format!("{}\"{json_text}", "[".repeat(2000))),
        ("notes.md", format!("# Notes\n\n```json\n{sound}\n```\n")),
        ("notes-redacted.md", format!("# Notes\n\n```json\n{redacted}\n```\n")),
        (
            "settings.json",
            format!(
                "{{\n  // AEM\n  \"AEM_CLIENT_ID\": \"{CLIENT}\",\n  \"AEM_CLIENT_SECRET\": \"{SECRET}\",\n}}\n"
            ),
        ),
        (
            "settings-valid.json",
            format!("{{\"AEM_CLIENT_ID\": \"{CLIENT}\", \"AEM_CLIENT_SECRET\": \"{SECRET}\"}}\n"),
        ),
        (
            "settings-cut.json",
            format!("{{\"AEM_CLIENT_ID\": \"{CLIENT}\", \"AEM_CLIENT_SECRET\": \"{SECRET}\""),
        ),
        (".env", variables.clone()),
        ("overridden.env", format!("{variables}AEM_CLIENT_SECRET=${{SECRET}}\n")),
        ("overridden-twice.env", format!("AEM_CLIENT_SECRET={OTHER}\n{variables}AEM_CLIENT_SECRET=\n")),
        ("template.env", format!("AEM_CLIENT_ID={CLIENT}\nAEM_CLIENT_SECRET=${{SECRET}}\n")),
        ("a.yaml", format!("# settings\n{sound}")),
        ("a.yml", sound.clone()),
        ("token.txt", "eyJhbGciOiJSUzI1NiJ9.eyJ0eXBlIjoi".to_owned()),
        ("data.json", format!("{{\"data\": {sound}}}")),
        ("data-result.json", format!("{{ \"data\": {{ \"result\" : [\n{sound}\n] }} }}")),
        ("data-and-more.json", format!("{{\"data\": {sound}, \"more\": 1}}")),
        ("data-of-token.json", format!("{{\"data\": {token}}}")),
        ("key.pem", key_text.clone()),
        ("aem-key.pem", key_text.clone()),
        ("certificate.pem", certificate.clone()),
        ("pair.pem", format!("{key_text}{certificate}")),
        ("expired-pair.pem", format!("{key_text}{}", expired["publicKey"].as_str().unwrap())),
        ("other-pair.pem", format!("{}{certificate}", other["privateKey"].as_str().unwrap())),
        ("expired.pem", ["privateKey", "publicKey"].map(|name| expired[name].as_str().unwrap()).concat()),
        ("key-and-secret.txt", format!("{key_text}\n{SECRET}\n")),
        ("key-and-two-secrets.txt", format!("{key_text}\n{SECRET}\n{OTHER}\n")),
        (
            "two-keys-and-secret.txt",
            format!("{key_text}\n{}\n{SECRET}\n", other["privateKey"].as_str().unwrap()),
        ),
        (
            "public-name.env",
            format!("NEXT_PUBLIC_AEM_CLIENT_ID={CLIENT}\nNEXT_PUBLIC_AEM_CLIENT_SECRET={SECRET}\n"),
        ),
        ("public-secret.env", format!("NEXT_PUBLIC_AEM_SECRET={SECRET}\n")),
        ("cut-before-key.json", sound[..sound.find("privateKey").unwrap() - 8].to_owned()),
        ("cut-and-key.txt", format!("{}\n{key_text}", &sound[..sound.find("privateKey").unwrap() - 8])),
        (
            "cut-and-two-keys.txt",
            format!(
                "{}\n{key_text}\n{}",
                &sound[..sound.find("privateKey").unwrap() - 8],
                other["privateKey"].as_str().unwrap()
            ),
        ),
        ("token", good.clone()),
        ("refresh-token.txt", good.clone()),
        ("tokens.txt", format!("{good}\n{good}\n")),
        ("tokens-and-rest.txt", format!("{good}\neyJhbGciOiJSUzI1NiJ9.eyJ0eXBlIjoi\n")),
        ("tokens.hjson", format!("{{\n  access_token: {good}\n}}\n")),
        ("tokens.js", format!("{{ accessToken: \"{good}\" }}")),
        ("broken-object.txt", format!("{{ \"accessToken\": \"{good}\" ")),
        ("aem-cut.json", sound[..sound.len() - 40].to_owned()),
        (
            "aem-cut-and-other-key.txt",
            format!("{}\n{}", &sound[..sound.len() - 40], other["privateKey"].as_str().unwrap()),
        ),
        (
            "aem-cut-and-two-keys.txt",
            format!(
                "{}\n{key_text}\n{}",
                &sound[..sound.find("privateKey").unwrap() - 8],
                other["privateKey"].as_str().unwrap()
            ),
        ),
        ("two.json", format!("{sound}\n{}", fixture("certificate-expired/bad.json"))),
        (
            "two-in-string.json",
            format!(
                "{{\"a\": {json_text}, \"b\": {},}}",
                serde_json::to_string(&fixture("certificate-expired/bad.json")).unwrap()
            ),
        ),
        ("two-tokens.json", format!("{good}\n{later}\n")),
        ("headless.json", headless.to_owned()),
        ("headless.txt", headless.to_owned()),
        ("aem-headless-and-other-key.json", format!("{headless}\n{}", other["privateKey"].as_str().unwrap())),
        ("aem-headless-and-other-key.txt", format!("{headless}\n{}", other["privateKey"].as_str().unwrap())),
        ("aem-key.json", key_text.clone()),
        ("aem-pair.json", format!("{key_text}{certificate}")),
        ("public-document.env", format!("NEXT_PUBLIC_AEM='{}'\n", sound.replace('\n', " "))),
        (
            "public-expired.env",
            format!("NEXT_PUBLIC_AEM='{}'\n", fixture("certificate-expired/bad.json").replace('\n', " ")),
        ),
        ("public-redacted.env", format!("NEXT_PUBLIC_AEM='{}'\n", redacted.replace('\n', " "))),
        (
            "public-reference.env",
            format!("NEXT_PUBLIC_AEM_CLIENT_ID={CLIENT}\nNEXT_PUBLIC_AEM_CLIENT_SECRET=${{SECRET}}\n"),
        ),
        ("aem-parts.json", format!("\"integration\": {{\n\"secret\": \"{SECRET}\"\n{key_text}")),
        ("aem-parts-two-secrets.json", format!("\"integration\": {{\n\"secret\": \"{SECRET}\"\n{OTHER}\n")),
        (
            "aem-parts-two-keys.json",
            format!("\"integration\": {{\n{key_text}\n{}\n", other["privateKey"].as_str().unwrap()),
        ),
        ("aem-parts-pair.json", format!("\"integration\": {{\n{key_text}\n{certificate}\n")),
        (
            "aem-parts-other-pair.json",
            format!("\"integration\": {{\n{}\n{certificate}\n", other["privateKey"].as_str().unwrap()),
        ),
        ("aem-anonymous.json", anonymous.to_owned()),
        (
            "aem-anonymous-and-other-key.json",
            format!("{anonymous}\n{}", other["privateKey"].as_str().unwrap()),
        ),
        ("aem-anonymous-and-other-secret.json", format!("{anonymous}\n{OTHER}\n")),
        ("raw-key.json", raw("\"<secret>\"", &key_text)),
        ("raw-secret.json", raw(SECRET, "\"<key>\"")),
        ("raw-other-name.json", raw(&format!("\"<secret>\", \"old\": \"{SECRET}\""), "\"<key>\",,")),
        (
            "raw-key-in-lines.json",
            raw("\"<secret>\"", &format!("[\"{}\"", key_text.replace("\r\n", "\",\n   \""))),
        ),
        (
            "raw-key-behind-certificate.json",
            raw(
                "\"<secret>\"",
                &format!(
                    "\"<key>\", \"publicKey\": {}, \"lines\": [\"{}\"",
                    own["publicKey"],
                    key_text.replace("\r\n", "\",\n   \"")
                ),
            ),
        ),
        ("raw-redacted.json", raw("<secret>", "<key>")),
        ("nothing.json", "{\"a\": 1}".to_owned()),
        ("nothing.txt", "nothing".to_owned()),
        ("empty.json", String::new()),
        (
            "record.json",
            format!(
                "{{\"_id\": \"5f\", \"credentials\": {sound}}}\n{{\"_id\": \"60\", \"credentials\": {sound}}}\n"
            ),
        ),
    ]
}

#[test]
fn what_counts_is_decided_so() {
    let line = |(name, text): (&str, String)| {
        let (rows, checked) = said(name, &text);
        format!("{name}: {} | {checked}", rows.join(", "))
    };
    let lines: Vec<String> = cases().into_iter().map(line).collect();
    insta::assert_snapshot!(lines.join("\n"));
}

#[test]
fn several_credentials_of_a_file_are_one_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notes.md");
    let text =
        format!("```json\n{}\n```\n\n```json\n{}\n```\n", sound(), fixture("certificate-expired/bad.json"));
    std::fs::write(&path, text).unwrap();
    let checked = run(["check", "--now", "2026-11-22T12:00:00Z", "--format", "json", path.to_str().unwrap()]);
    let report: Value = serde_json::from_str(&checked.out).unwrap();
    assert_eq!(report["files"].as_array().unwrap().len(), 2);
    assert_eq!(report["summary"]["files"], 1);
    assert_eq!(report["summary"]["credentials"], 2);
}

/// Eight characters of a file's own secret are not shown because the file is called so, however the file spells them.
#[test]
fn a_file_called_by_its_own_secret_is_not_named() {
    let sound = sound();
    let document: Value = serde_json::from_str(&sound).unwrap();
    let key = document["integration"]["privateKey"].as_str().unwrap();
    let body: String = key.lines().filter(|line| !line.starts_with('-')).collect();
    let is_plain = |part: &&[u8]| part.iter().all(u8::is_ascii_alphanumeric);
    let part = body.as_bytes().windows(12).skip(400).find(is_plain).unwrap();
    let part = std::str::from_utf8(part).unwrap();
    let escapes: String = part.bytes().map(|byte| format!("\\u{byte:04x}")).collect();
    let folder = tempfile::tempdir().unwrap();
    for (text, is_hidden) in [
        (sound.clone(), true),
        (sound.replace(part, &escapes), true),
        (fixture("key-pair-mismatch/bad.json"), false),
    ] {
        let path = folder.path().join(format!("{part}.json"));
        std::fs::write(&path, text).unwrap();
        for command in [&["audit"][..], &["check", "--verbose"], &["inspect"]] {
            let path = path.to_str().unwrap();
            let said = run([command, &["--now", "2026-11-22T12:00:00Z", path]].concat());
            let is_shown = said.out.contains(part) || said.err.contains(part);
            assert_ne!(is_shown, is_hidden, "{command:?}: {}{}", said.out, said.err);
        }
    }
}

#[test]
fn what_is_public_is_named() {
    let document: Value = serde_json::from_str(&sound()).unwrap();
    let key = document["integration"]["privateKey"].as_str().unwrap();
    let token: Value = serde_json::from_str(&fixture("token-expiring/good.json")).unwrap();
    let project = serde_json::json!({"project": {"org": {"ims_org_id": "7E57DA7A0000000000000001@AdobeOrg"}, "workspace": {"details":
        {"credentials": [{"name": "a", "oauth_server_to_server": {"client_id": CLIENT, "client_secrets": [SECRET]}}]}}}});
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("aem.env");
    for (value, what) in [
        (sound().replace('\n', " "), "private key and client secret"),
        (with(&[("/integration/privateKey", "\"<key>\"")]).replace('\n', " "), "client secret"),
        (project.to_string(), "client secret"),
        (SECRET.to_owned(), "client secret"),
        (key.replace("\r\n", "\\n"), "private key"),
        (token["accessToken"].as_str().unwrap().to_owned(), "token"),
    ] {
        std::fs::write(&path, format!("NEXT_PUBLIC_AEM='{value}'\n")).unwrap();
        let said =
            run(["check", "--now", "2026-11-22T12:00:00Z", "--format", "json", path.to_str().unwrap()]);
        let expected = format!("NEXT_PUBLIC_AEM is public: the {what} in it is sent to every browser");
        assert!(said.out.contains(&expected), "{what}: {}", said.out);
    }
}

/// Edits are edits of a file: what lies inside one has none.
#[test]
fn only_a_file_of_its_own_is_repaired() {
    use base64::Engine as _;
    use std::io::Write as _;
    let flawed = with(&[("/integration/imsEndpoint", "\" ims-na1.adobelogin.com\"")]);
    let encoded = base64::engine::general_purpose::STANDARD.encode(&flawed);
    let string = serde_json::to_string(&flawed).unwrap();
    let mut compressed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    compressed.write_all(flawed.as_bytes()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    for (name, text, is_repaired) in [
        ("a.json", flawed.clone().into_bytes(), true),
        ("a.json.gz", compressed.finish().unwrap(), false),
        ("a.md", format!("# A\n\n```json\n{flawed}\n```\n").into_bytes(), false),
        ("comment.txt", format!("From the console:\n{flawed}").into_bytes(), false),
        ("member.json", format!("{{\"aem\": {flawed}}}").into_bytes(), false),
        ("string.yaml", format!("aem: {string}\n").into_bytes(), false),
        ("encoded.yaml", format!("aem: {encoded}\n").into_bytes(), false),
        ("encoded.txt", encoded.into_bytes(), false),
        ("a.env", format!("AEM='{}'\n", flawed.replace('\n', " ")).into_bytes(), false),
    ] {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        let said =
            run(["check", "--now", "2026-11-22T12:00:00Z", "--format", "json", path.to_str().unwrap()]);
        let report: Value = serde_json::from_str(&said.out).unwrap();
        let findings = report["files"][0]["findings"].as_array().unwrap();
        assert_eq!(findings[0]["rule"], "field-whitespace", "{name}");
        assert_eq!(!findings[0]["fix"].is_null(), is_repaired, "{name}: {}", findings[0]);
    }
}
