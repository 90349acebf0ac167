//! `aemcred inspect`: how it looks, its schema, what it can tell of broken files, and Node as an independent judge of the
//! assertion.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use aemcred::cli::Environment;
use aemcred::internals::credential::{PublicKey, recognise};
use aemcred::internals::json::{Limits, parse};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey, crypto};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::common::{
    NOW, Run, environment, fixture, fixture_bytes, fixtures, oracle, oracle_with, program, root, run, run_in,
    run_with_input,
};

fn inspect(width: usize, arguments: &[&str], document: &[u8]) -> Run {
    let environment = Environment { width: Some(width), ..environment() };
    let arguments = [&["inspect", "-", "--stdin-filename=service_token.json"], arguments].concat();
    run_in(&environment, arguments, document)
}

fn inspected(document: &[u8]) -> Value {
    let run = run_with_input(["inspect", "-", "--format=json"], document);
    serde_json::from_str(&run.out).unwrap_or_else(|_| panic!("{}", run.err))
}

/// A file with many defects at once, of which each takes something from a section.
fn ruin() -> Vec<u8> {
    let text = fixture("key-pair-mismatch/good.json");
    let text =
        text.replace("\"email\"", "\"e-mail\"").replace("ims-na1.adobelogin.com", "ims-na1.adobe1ogin.com");
    let text = text.replace("\"ent_aem_cloud_api\"", "\"ent_aem_cloud_api, ent_other\"");
    let at = text.find("-----END CERTIFICATE").unwrap();
    let text = format!("{}{}", &text[..at - 100], &text[at..]);
    text.replace("\"clientSecret\": \"p8e-", "\"clientSecret\": \"").into_bytes()
}

/// The token of a fixture, taken out by hand.
fn token_of(document: &[u8]) -> String {
    let text = String::from_utf8_lossy(document);
    let start = text.find("eyJ").unwrap();
    text[start..start + text[start..].find('"').unwrap()].to_owned()
}

/// A token with other claims, or with a part that is no base64url. Nobody verifies its signature.
fn token_with(from: &str, to: &str) -> String {
    let token = token_of(&fixture_bytes("token-expires-in/good.json"));
    let mut parts = token.split('.');
    let decoded = |part: &str| String::from_utf8(URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap();
    let [header, claims] = [(); 2].map(|()| decoded(parts.next().unwrap()));
    assert!(header.contains(from) || claims.contains(from), "{from}");
    let encode = |part: &str| URL_SAFE_NO_PAD.encode(part.replace(from, to));
    format!("{}.{}.{}", encode(&header), encode(&claims), parts.next().unwrap())
}

fn answer(token: &str, expires_in: &str) -> Vec<u8> {
    format!(r#"{{"token_type": "bearer", "access_token": "{token}", "expires_in": {expires_in}}}"#)
        .into_bytes()
}

/// An answer with a token of which hardly anything can be told.
fn token_ruin() -> Vec<u8> {
    let token = token_with("\"created_at\":\"", "\"created_at\":\"x");
    let (header, rest) = token.split_once('.').unwrap();
    answer(&format!("{}.{rest}", &header[..header.len() - 1]), "86400000")
}

const PROJECT: &str = r#"{"project": {"name": "p", "org": {"ims_org_id": "7E57DA7A6CB05FD0EC6A288F@AdobeOrg"},
  "workspace": {"details": {"credentials": [
    {"name": "demo", "oauth_server_to_server": {"client_id": "0123456789abcdef0123456789abcdef", "client_secrets": ["p8e-Ab_cdefghijklmnopqrstuvwxyz01234"]}},
    {"name": "older", "jwt": {"client_id": "fedcba9876543210fedcba9876543210", "client_secret": "p8e-Zz_cdefghijklmnopqrstuvwxyz01234"}},
    {"name": "p8e-Ab_cdefghijklmnopqrstuvwxyz01234", "api_key": {"client_id": "p8e-Ab_cdefghijklmnopqrstuvwxyz01234"}}]}}}}"#;

#[test]
fn it_is_as_wide_as_the_terminal() {
    let scenes = [
        ("sound", fixture_bytes("key-pair-mismatch/good.json"), NOW),
        ("ruin", ruin(), NOW),
        ("expired", fixture_bytes("certificate-expired/bad.json"), NOW),
        ("leap-day", fixture_bytes("key-pair-mismatch/good.json"), "2028-02-29"),
        ("syntax", fixture_bytes("document-syntax/bad.json"), NOW),
        ("token", fixture_bytes("token-expires-in/good.json"), NOW),
        ("token-early", fixture_bytes("token-lifetime/good.json"), "2026-11-21"),
        ("token-ruin", token_ruin(), NOW),
        ("project", PROJECT.into(), NOW),
    ];
    for (scene, document, now) in scenes {
        for width in [60, 80, 120] {
            let run = inspect(width, &["--now", now], &document);
            for line in run.out.lines() {
                assert!(
                    line.chars().count() <= width && line.trim_end() == line,
                    "{scene} at {width}: {line:?}"
                );
            }
            if ["sound", "token"].contains(&scene) || width == 80 {
                insta::assert_snapshot!(format!("inspect-{scene}-{width}"), run.out);
            }
        }
        // No terminal is too narrow or too wide, and colors change nothing but themselves.
        for width in [0, 1, 39, 500, usize::MAX] {
            let run = inspect(width, &["--now", now], &document);
            assert!(
                run.out.lines().all(|line| line.chars().count() <= width.clamp(40, 120)),
                "{scene} at {width}"
            );
        }
        let (plain, colored) = (
            inspect(80, &["--now", now], &document),
            inspect(80, &["--now", now, "--color=always"], &document),
        );
        let stripped: String =
            colored.out.split('\u{1B}').enumerate().fold(String::new(), |text, (index, part)| {
                text + if index == 0 { part } else { part.split_once('m').unwrap().1 }
            });
        assert!(plain.out != colored.out && plain.out == stripped, "{scene}");
    }
}

#[test]
fn every_fixture_fits_the_schema_and_says_what_check_says() {
    let schema: Value = serde_json::from_str(&run(["schema", "inspect"]).out).unwrap();
    let validator = jsonschema::draft202012::options().should_validate_formats(true).build(&schema).unwrap();
    let mut verdicts = BTreeMap::new();
    for path in fixtures() {
        let checked = run([Path::new("check"), Path::new("--format=json"), &path]);
        let told = run([Path::new("inspect"), Path::new("--format=json"), &path]);
        let (report, inspection): (Value, Value) =
            (serde_json::from_str(&checked.out).unwrap(), serde_json::from_str(&told.out).unwrap());
        let what = path.display();
        let errors: Vec<_> = validator.iter_errors(&inspection).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{what}: {errors:?}");
        assert_eq!((told.code, &told.err), (checked.code, &checked.err), "{what}");
        let file = &report["files"][0];
        // Only `check` repeats in each message in what of the file it is.
        let located = file["findings"].to_string().replace(" (in NEXT_PUBLIC_AEM_*)", "");
        assert_eq!(
            (inspection["findings"].to_string(), &inspection["kind"]),
            (located, &file["kind"]),
            "{what}"
        );
        let credential = &inspection["credential"];
        if credential.is_object() {
            assert_eq!(credential["identity"]["client_id"], file["client_id"], "{what}");
            let facts = &file["certificate"];
            for fact in ["not_before", "not_after", "days_left", "sha256", "public_key_sha256"] {
                assert_eq!(credential["certificate"][fact], facts[fact], "{what}: {fact}");
            }
        }
        // Null is always explained.
        let nulls = inspection["credential"].to_string().contains(":null");
        let unread = inspection["unread"].as_array().unwrap();
        let explained = !unread.is_empty() || credential["certificate"]["self_signature_verifies"].is_null();
        let meaning = credential["metascopes"].to_string().contains("\"meaning\":null");
        let index = credential["identity"]["index"].is_null();
        assert!(!nulls || explained || meaning || index, "{what}: {unread:?}");
        *verdicts.entry(inspection["verdict"].as_str().unwrap().to_owned()).or_insert(0) += 1;
        let sound = inspection["verdict"] == "sound";
        assert_eq!(sound, report["files"][0]["findings"].as_array().unwrap().is_empty(), "{what}");
        let token = &inspection["token"];
        if sound && credential.is_object() {
            assert_eq!(credential["assertion"]["verifies"], true, "{what}");
        }
        if token.is_object() && file["token"].is_object() {
            assert_eq!(token["identity"]["client_id"], file["client_id"], "{what}");
            for (section, fact) in [
                ("validity", "created_at"),
                ("validity", "expires_at"),
                ("validity", "minutes_left"),
                ("identity", "type"),
            ] {
                assert_eq!(token[section][fact], file["token"][fact], "{what}: {fact}");
            }
        }
        // A file without errors is said to be good for something.
        assert_eq!(
            told.code == 0,
            ["sound", "usable"].contains(&inspection["verdict"].as_str().unwrap()),
            "{what}"
        );
        // What could not be read says so in the finding's words.
        for unread in unread.iter().filter(|unread| !unread["rule"].is_null()) {
            let findings = inspection["findings"].as_array().unwrap();
            assert!(
                findings.iter().any(
                    |finding| finding["rule"] == unread["rule"] && finding["message"] == unread["reason"]
                ),
                "{what}: {unread}"
            );
        }
    }
    assert!(
        ["sound", "usable", "broken", "no-credential"].iter().all(|verdict| verdicts.contains_key(*verdict)),
        "{verdicts:?}"
    );
}

#[test]
fn a_token_is_told_as_far_as_it_can_be_read() {
    let sound = token_of(&fixture_bytes("token-expires-in/good.json"));
    let cut = &sound[..sound.len() / 2];
    let (header, rest) = sound.split_once('.').unwrap();
    let development =
        |token: &str| format!(r#"{{"ok": true, "statusCode": 200, "accessToken": "{token}"}}"#).into_bytes();
    let org = "\"org\":\"7E57DA7A6CB05FD0EC6A288F@AdobeOrg\",\"as\":";
    // The document, where to look, what must be there, and the rule that says why nothing is (in `unread`).
    let table = [
        ("sound", answer(&sound, "86400000"), "/token/answer/fits", json!("fits"), None),
        ("half of its time", answer(&sound, "43200000"), "/token/answer/fits", json!("fits"), None),
        ("seconds", answer(&sound, "86400"), "/token/answer/fits", json!("seconds"), None),
        ("twice", answer(&sound, "172800000"), "/token/answer/fits", json!("longer"), None),
        (
            "huge",
            answer(&sound, "1e400"),
            "/token/answer",
            json!({"expires_in": null, "fits": "longer"}),
            None,
        ),
        (
            "in part",
            answer(&sound, "1.5"),
            "/token/answer",
            json!({"expires_in": null, "fits": "fits"}),
            None,
        ),
        ("a string", answer(&sound, "\"86400000\""), "/token/answer", json!(null), None),
        ("bare", sound.clone().into_bytes(), "/token/form", json!("bare"), None),
        ("bare", sound.clone().into_bytes(), "/token/validity/stage", json!("valid"), None),
        (
            "header line",
            format!("Authorization: Bearer {sound}\r\n").into(),
            "/token/header/alg",
            json!("RS256"),
            None,
        ),
        ("field", development(&sound), "/token/form", json!("development-token"), None),
        (
            "prefix",
            development(&format!("Bearer {sound}")),
            "/token/identity/type",
            json!("access_token"),
            None,
        ),
        (
            "org",
            development(&token_with("\"as\":", org)),
            "/token/identity/organization",
            json!("7E57DA7A6CB05FD0EC6A288F@AdobeOrg"),
            None,
        ),
        ("no org", development(&sound), "/token/identity/organization", json!(null), None),
        ("cut", development(cut), "/token/identity", json!(null), Some(("token.identity", "token-syntax"))),
        ("cut", development(cut), "/token/header", json!(null), Some(("token.validity", "token-syntax"))),
        (
            "bad header",
            development(&format!("{}.{rest}", &header[..9])),
            "/token/header",
            json!(null),
            Some(("token.header", "token-syntax")),
        ),
        (
            "bad header",
            development(&format!("{}.{rest}", &header[..9])),
            "/token/identity/server",
            json!("ims-na1"),
            None,
        ),
        (
            "unsigned",
            development(&token_with("RS256", "none")),
            "/token/header/alg",
            json!(null),
            Some(("token.header.alg", "token-syntax")),
        ),
        ("unsigned", development(&token_with("RS256", "none")), "/token/header/itt", json!("at"), None),
        (
            "no time",
            development(&token_with("created_at", "created")),
            "/token/validity",
            json!(null),
            Some(("token.validity", "token-syntax")),
        ),
        ("empty", development(""), "/token/identity", json!(null), Some(("token.identity", "field-empty"))),
        (
            "placeholder",
            development("<token>"),
            "/token/header",
            json!(null),
            Some(("token.header", "field-placeholder")),
        ),
        (
            "secret in a claim",
            development(&token_with("ims_na1-synthetic-key-at-1\",\"itt", "p8e-Ab_cdefghijklmnopqr\",\"itt")),
            "/token/header/kid",
            json!(null),
            Some(("token.header.kid", "")),
        ),
        (
            "number",
            development(&token_with("\"openid", "1,\"x\":\"openid")),
            "/token/identity/scopes",
            json!(null),
            Some(("token.scopes", "")),
        ),
        (
            "odd scope",
            development(&token_with("openid", "eyJhbGciOi")),
            "/token/identity/scopes/0/name",
            json!(null),
            Some(("token.scopes", "")),
        ),
    ];
    let schema: Value = serde_json::from_str(&run(["schema", "inspect"]).out).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    for (what, document, pointer, expected, unread) in table {
        let report = inspected(&document);
        assert_eq!(report.pointer(pointer), Some(&expected), "{what}: {pointer}");
        assert!(validator.is_valid(&report), "{what}");
        if let Some((name, rule)) = unread {
            let all = report["unread"].as_array().unwrap();
            let rule = if rule.is_empty() { Value::Null } else { json!(rule) };
            assert!(
                all.iter().any(|unread| unread["what"] == name && unread["rule"] == rule),
                "{what}: {all:?}"
            );
        }
    }
}

#[test]
fn a_token_of_another_issuer_is_not_told_about() {
    let claims =
        URL_SAFE_NO_PAD.encode(r#"{"iss": "https://example.com", "client_id": "somebody", "exp": 1}"#);
    let header = URL_SAFE_NO_PAD.encode(r#"{"alg": "ES256", "kid": "one"}"#);
    let report = inspected(format!("{header}.{claims}.AAAA").as_bytes());
    assert_eq!((&report["verdict"], &report["token"]["identity"]), (&json!("broken"), &json!(null)));
    assert_eq!(report["token"]["header"]["alg"], "ES256");
    assert_eq!(report["unread"][0]["rule"], "token-type");
    assert!(!report.to_string().contains("somebody"));
}

#[test]
fn a_project_is_listed_and_never_called_sound() {
    let report = inspected(PROJECT.as_bytes());
    assert_eq!(
        (&report["verdict"], &report["kind"]),
        (&json!("listed"), &json!("developer-console-project"))
    );
    let types: Vec<_> =
        report["project"]["credentials"].as_array().unwrap().iter().map(|item| &item["type"]).collect();
    assert_eq!(types, ["oauth-server-to-server", "jwt", "api-key"]);
    assert!(!report.to_string().contains("p8e-"));
}

#[test]
fn the_end_of_a_token_is_the_instant_that_check_takes_for_it() {
    let document = fixture_bytes("token-expires-in/good.json");
    for (now, stage, code) in [
        ("2026-11-22T10:54:59Z", "not-yet-valid", 0),
        ("2026-11-22T11:00:00Z", "valid", 0),
        ("2026-11-23T10:59:59Z", "valid", 0),
        ("2026-11-23T11:00:00Z", "expired", 1),
    ] {
        let run = run_with_input(["inspect", "-", "--format=json", "--now", now], &document);
        let report: Value = serde_json::from_str(&run.out).unwrap();
        assert_eq!((run.code, &report["token"]["validity"]["stage"]), (code, &json!(stage)), "{now}");
    }
}

#[test]
fn the_signature_is_tried_wherever_it_can_be() {
    for (name, verifies, reason) in [
        ("key-pair-mismatch/good.json", json!(true), ""),
        ("pem-newlines/bad.json", json!(true), ""),
        ("certificate-expired/bad.json", json!(true), ""),
        ("certificate-issuer/bad.json", json!(true), ""),
        ("private-key-exponent/bad.json", json!(true), ""),
        ("key-pair-mismatch/bad.json", json!(false), ""),
        ("private-key-encrypted/bad.json", json!(null), "passphrase"),
        ("private-key-inconsistent/bad.json", json!(null), "contradict each other"),
        ("private-key-algorithm/bad.json", json!(null), "elliptic-curve"),
        ("certificate-syntax/bad.json", json!(null), "publicKey"),
    ] {
        let report = inspected(&fixture_bytes(name));
        assert_eq!(report["credential"]["assertion"]["verifies"], verifies, "{name}");
        let unread =
            report["unread"].as_array().unwrap().iter().find(|unread| unread["what"] == "assertion.verifies");
        assert_eq!(unread.is_some(), verifies.is_null(), "{name}");
        if let Some(unread) = unread {
            assert!(unread["reason"].as_str().unwrap().contains(reason), "{name}: {unread}");
        }
    }
}

/// The documented client's way to an assertion, written anew: `{claims, token}` on standard output.
const CLIENT: &str = r"
const crypto = require('node:crypto');
const { integration: of } = JSON.parse(require('node:fs').readFileSync(0, 'utf8'));
const encode = (part) => Buffer.from(JSON.stringify(part)).toString('base64url');
const at = (kind, name) => 'https://' + of.imsEndpoint + '/' + kind + '/' + name;
const claims = { iss: of.org, sub: of.id, exp: Math.floor(Date.parse(process.argv[1]) / 1000) + 8 * 60 * 60 };
claims.aud = at('c', of.technicalAccount.clientId);
of.metascopes.split(',').forEach((name) => { claims[at('s', name)] = true; });
const signed = encode({ alg: 'RS256', typ: 'JWT' }) + '.' + encode(claims);
const signature = crypto.createSign('RSA-SHA256').update(signed).sign(of.privateKey).toString('base64url');
process.stdout.write(JSON.stringify({ claims: Object.entries(claims), signed, signature }));
";

/// What Node makes of a document; nothing where Node is not installed.
fn made_by_node(document: &str) -> Option<Value> {
    let mut node = Command::new("node");
    let output = oracle_with(node.args(["-e", CLIENT, NOW]), document.as_bytes())?;
    assert!(output.status.success(), "the client refuses it");
    Some(serde_json::from_slice(&output.stdout).unwrap())
}

#[test]
fn node_builds_the_same_claims_and_its_signature_fits_our_reading_of_the_certificate() {
    let sound = fixture("key-pair-mismatch/good.json");
    let edit = |from: &str, to: &str| {
        assert!(sound.contains(from));
        sound.replace(from, to)
    };
    for (document, fits) in [
        (sound.clone(), true),
        (edit("\"ent_aem_cloud_api\"", "\" ent_aem_cloud_api, ent_cloudmgr_sdk,,ent_cloudmgr_sdk,\""), true),
        (edit("\"ims-na1.adobelogin.com\"", "\"https://ims-na1.adobelogin.com/\""), true),
        (edit("@AdobeOrg\"", "@AdobeOrg \""), true),
        (edit("RSA PRIVATE KEY", "RSA PRIVATE KEY").replace("\\r\\n", "\\n"), true),
        (fixture("key-pair-mismatch/bad.json"), false),
    ] {
        let Some(node) = made_by_node(&document) else { return };
        let report = inspected(document.as_bytes());
        let claims = report["credential"]["assertion"]["claims"].as_array().unwrap();
        let claims: Vec<Value> = claims.iter().map(|claim| json!([claim["name"], claim["value"]])).collect();
        assert_eq!(Value::Array(claims), node["claims"], "names, values and order");

        let root = parse(&document, Limits::default()).unwrap();
        let recognized = recognise(&document, &root);
        let field = recognized.credential.as_ref().unwrap().certificate.as_ref().unwrap();
        let PublicKey::Rsa { modulus, exponent } = &field.certificate.as_ref().unwrap().public_key else {
            panic!("the fixtures' certificates have RSA keys");
        };
        let key = DecodingKey::from_rsa_raw_components(&modulus.to_be_bytes(), &exponent.to_be_bytes());
        let (signed, signature) = (node["signed"].as_str().unwrap(), node["signature"].as_str().unwrap());
        let verified = crypto::verify(signature, signed.as_bytes(), &key, Algorithm::RS256).unwrap();
        assert_eq!(verified, fits);
        assert_eq!(report["credential"]["assertion"]["verifies"], fits);
    }
}

#[test]
fn public_keys_are_hashed_as_openssl_does_it() {
    let document: Value = serde_json::from_slice(&fixture_bytes("key-pair-mismatch/bad.json")).unwrap();
    let report = inspected(&fixture_bytes("key-pair-mismatch/bad.json"));
    let hash = |arguments: &[&str], input: &str| {
        let der = oracle_with(Command::new("openssl").args(arguments), input.as_bytes())?.stdout;
        Some(Sha256::digest(der).iter().map(|byte| format!("{byte:02x}")).collect::<String>())
    };
    let key = document["integration"]["privateKey"].as_str().unwrap();
    let Some(expected) = hash(&["pkey", "-pubout", "-outform", "DER"], key) else { return };
    assert_eq!(report["credential"]["private_key"]["public_key_sha256"], expected.as_str());
    assert_ne!(report["credential"]["certificate"]["public_key_sha256"], expected.as_str());
    assert_eq!(report["credential"]["private_key"]["fits_certificate"], false);
}

#[test]
fn a_signature_is_not_tried_with_a_key_that_is_too_wide_for_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let mut openssl = Command::new("openssl");
    openssl
        .args(["req", "-x509", "-newkey", "rsa:4104", "-nodes", "-subj", "/CN=synthetic", "-days", "365"])
        .args(["-keyout", &path("key.pem"), "-out", &path("certificate.pem")]);
    let Some(made) = oracle(&mut openssl) else { return };
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let mut document: Value = serde_json::from_slice(&fixture_bytes("key-pair-mismatch/good.json")).unwrap();
    let read = |name| json!(fs::read_to_string(path(name)).unwrap());
    document["integration"]["privateKey"] = read("key.pem");
    document["integration"]["publicKey"] = read("certificate.pem");
    let report = inspected(document.to_string().as_bytes());
    let credential = &report["credential"];
    assert_eq!(credential["private_key"]["format"], "PKCS#8");
    assert_eq!(credential["private_key"]["fits_certificate"], true);
    assert_eq!(credential["assertion"]["verifies"], Value::Null);
    assert!(report["unread"].to_string().contains("more than 4096 bits"), "{}", report["unread"]);
}

#[test]
fn whatever_is_no_credential_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    fs::write(path("empty.json"), "").unwrap();
    fs::write(path("binary.json"), [0x30, 0x82, 1, 0, 2, 0, 0]).unwrap();
    fs::write(path("array.json"), "[1, 2]").unwrap();
    fs::write(path("large.json"), vec![b' '; (1 << 20) + 1]).unwrap();
    fs::write(path("deep.json"), "[".repeat(100_000)).unwrap();
    let mut table: Vec<(PathBuf, u8, &str)> = vec![
        (path("missing.json"), 2, "does not exist"),
        (folder.path().to_path_buf(), 2, "is a folder, not a file"),
        (path("empty.json"), 1, "empty"),
        (path("binary.json"), 1, "document-encoding"),
        (path("array.json"), 1, "document-kind"),
        (path("large.json"), 2, "document-size"),
        (path("deep.json"), 1, "document-syntax"),
    ];
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(root().join("fixtures/key-pair-mismatch/good.json"), path("link.json"))
            .unwrap();
        table.push((path("link.json"), 0, "✓ sound"));
        let made = Command::new("mkfifo").arg(path("pipe")).status();
        if made.is_ok_and(|status| status.success()) {
            table.push((path("pipe"), 2, "is a pipe"));
        }
        table.push((PathBuf::from("/dev/zero"), 2, "is a device"));
    }
    for (file, code, words) in table {
        for format in ["text", "json"] {
            let run = run([Path::new("inspect"), Path::new("--format"), Path::new(format), &file]);
            let said = format!("{}{}", run.out, run.err);
            let expected =
                if format == "json" { words.replace("✓ sound", "\"sound\"") } else { words.to_owned() };
            assert!(run.code == code && said.contains(&expected), "{}: {} {said}", file.display(), run.code);
        }
    }
    assert_eq!(run_with_input(["inspect", "-", "--max-size=10"], b"{\"ok\": true}").code, 2);
    assert_eq!(run(["inspect"]).code, 2);
    let silenced = run_with_input(["inspect", "-", "--severity=document-kind=off"], b"[1]");
    assert!(silenced.code == 1 && silenced.out.contains("no credential could be read"), "{}", silenced.out);
}

#[test]
fn settings_count_as_in_check() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("token.json");
    let host = "ims.example.com";
    let text = fixture("key-pair-mismatch/good.json");
    fs::write(&file, text.replace("ims-na1.adobelogin.com", host)).unwrap();
    fs::write(folder.path().join("aemcred.toml"), format!("trusted-ims-hosts = [\"{host}\"]\n")).unwrap();
    let inspect = |arguments: &[&str]| {
        let output = program()
            .args(["inspect", "token.json", "--now", NOW, "--format=json"])
            .args(arguments)
            .current_dir(folder.path())
            .output()
            .unwrap();
        let report: Value = serde_json::from_slice(&output.stdout).unwrap();
        (
            output.status.code().unwrap(),
            report["credential"]["endpoint"]["operator"].as_str().unwrap().to_owned(),
        )
    };
    assert_eq!(inspect(&[]), (0, String::from("trusted")));
    assert_eq!(inspect(&["--no-config"]), (1, String::from("unknown")));
    assert_eq!(
        inspect(&["--no-config", "--severity=ims-endpoint-host=warning"]),
        (0, String::from("unknown"))
    );
}
