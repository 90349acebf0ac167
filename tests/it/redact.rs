//! `aemcred redact`: what survives, what doesn't, and that nothing is lost.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::common::{children, fixtures, oracle_with, program, run, run_with_input, sound};
use crate::inspect_within::{secret, variables};
use crate::no_leak::{Secrets, damages};

fn redacted(document: &str, arguments: &[&str]) -> String {
    let run = run_with_input([&["redact", "-"], arguments].concat(), document.as_bytes());
    assert_eq!((run.code, run.err.as_str()), (0, ""));
    run.out
}

/// The keys of a JSON text in order, duplicates and all, without aemcred's parser.
fn keys(text: &str) -> Vec<String> {
    let mut keys = Vec::new();
    let mut rest = text;
    while let Some(open) = rest.find('"') {
        let string = &rest[open + 1..];
        let mut escaped = false;
        let length = string
            .find(|letter| {
                let ends = letter == '"' && !escaped;
                escaped = letter == '\\' && !escaped;
                ends
            })
            .unwrap_or(string.len());
        rest = string.get(length + 1..).unwrap_or_default();
        if rest.trim_start().starts_with(':') {
            keys.push(string[..length].to_owned());
        }
    }
    keys
}

fn rules(document: &str) -> BTreeSet<String> {
    let run = run_with_input(["check", "--format=json", "-"], document.as_bytes());
    let report: Value = serde_json::from_str(&run.out).unwrap();
    let findings = report["files"][0]["findings"].as_array().unwrap();
    findings.iter().map(|finding| finding["rule"].as_str().unwrap().to_owned()).collect()
}

/// Whether `jq` reads it; where it isn't installed, whether serde does.
fn is_json(text: &str) -> bool {
    match oracle_with(Command::new("jq").arg("."), text.as_bytes()) {
        Some(jq) => jq.status.success(),
        None => serde_json::from_str::<Value>(text).is_ok(),
    }
}

#[test]
fn every_fixture_keeps_its_structure_and_gets_nothing_worse_than_a_placeholder() {
    for path in fixtures() {
        let what = path.display();
        let original = fs::read(&path).unwrap();
        let before = run([Path::new("redact"), &path]);
        if path.ends_with("document-size/bad.json") {
            assert!(
                before.code == 2 && before.out.is_empty() && before.err.contains("the limit is"),
                "{what}"
            );
            continue;
        }
        assert_eq!(before.code, 0, "{what}: {}", before.err);
        let copy = before.out;
        let original = String::from_utf8(original).unwrap();
        let secrets = Secrets::of(original.as_bytes());
        secrets.assert_absent(&copy, &what.to_string());
        assert_eq!(copy.matches('\n').count(), original.matches('\n').count(), "{what}: lines");

        let (found, left) = (rules(&original), rules(&copy));
        let placeholder = String::from("field-placeholder");
        assert!(left.iter().all(|rule| found.contains(rule) || *rule == placeholder), "{what}: {left:?}");
        if found.is_empty() {
            assert_eq!(left, BTreeSet::from([placeholder]), "{what}");
        }
        if !found.contains("document-syntax") {
            assert!(is_json(&copy), "{what}");
            // All that stands under `jwt` is taken for secret, names too.
            let has_names = !path.ends_with("credential-retired/bad.json");
            assert!(!has_names || keys(&copy) == keys(&original), "{what}");
            // A copy of a copy is the same.
            assert_eq!(run_with_input(["redact", "-"], copy.as_bytes()).out, copy, "{what}");
        }
        for keep in ["ids,organization", "certificate,ids,organization"] {
            let kept = run([Path::new("redact"), Path::new("--keep"), Path::new(keep), &path]);
            assert_eq!(kept.code, 0, "{what}, {keep}: {}", kept.err);
            let left = rules(&kept.out);
            let new =
                left.iter().filter(|rule| !found.contains(*rule) && *rule != "field-placeholder").count();
            assert_eq!(new, 0, "{what}, {keep}: {left:?}");
        }
    }
}

#[test]
fn what_lies_in_something_is_hidden_with_all_of_it() {
    let sound = sound();
    let string = serde_json::to_string(&sound).unwrap();
    let base64 = STANDARD.encode(&sound);
    let single = serde_json::from_str::<Value>(&sound).unwrap().to_string();
    // What may be said of the copy where it is named. A walk passes over it, and templates in something else pass.
    for (what, text, allowed) in [
        ("variables", variables(&sound), "document-syntax"),
        ("exported variables", variables(&sound).replace("AEM_", "export AEM_"), "document-syntax"),
        ("document in a variable", format!("A=b\nAEM='{single}'\n"), "document-syntax"),
        ("base64 in a variable", format!("A=b\nAEM={base64}\n"), "field-placeholder"),
        ("secret", secret(&[("a.json", &sound)]), "field-placeholder"),
        ("base64", base64.clone(), "field-placeholder"),
        ("export", format!("{{\"SecretString\": {string}, \"Name\": \"x\"}}"), "document-kind"),
        ("nested", format!("{{\"data\": {{\"data\": {sound}}}, \"lease_id\": \"\"}}"), ""),
        ("field each", format!("{{\"AEM_PRIVATE_KEY\": {}}}", json!(sound)), "document-kind"),
    ] {
        let run = run_with_input(["redact", "-"], text.as_bytes());
        assert_eq!(run.code, 0, "{what}: {}", run.err);
        // Of what is encoded the copy is that of the credential.
        let is_inside = run.err.contains("the copy is that of the credential in");
        assert_eq!(is_inside, text.contains(&base64), "{what}");
        let original = if is_inside { &sound } else { &text };
        assert_eq!(run.out.matches('\n').count(), original.matches('\n').count(), "{what}: lines");
        for out in [&run.out, &run.err] {
            Secrets::of(sound.as_bytes()).assert_absent(out, what);
            assert!(
                !base64
                    .as_bytes()
                    .windows(8)
                    .any(|part| out.as_bytes().windows(8).any(|window| window == part)),
                "{what}"
            );
        }
        assert!(!run.out.contains("cm-p") && !run.out.contains("@AdobeOrg"), "{what}");
        let left = rules(&run.out);
        assert_eq!(
            left,
            BTreeSet::from_iter(Some(allowed.to_owned()).filter(|allowed| !allowed.is_empty())),
            "{what}"
        );
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("copy"), &run.out).unwrap();
        let walk = crate::common::run([Path::new("check"), Path::new("--format=json"), folder.path()]);
        let report: Value = serde_json::from_str(&walk.out).unwrap();
        let met = report["files"].as_array().unwrap();
        for finding in met.iter().flat_map(|file| file["findings"].as_array().unwrap()) {
            // Of JSON in a variable the names of fields stay, which nothing else has: it is taken for a broken document.
            let rule = finding["rule"].as_str().unwrap();
            assert_eq!((what, rule), ("document in a variable", "document-syntax"));
        }
    }
}

#[test]
fn what_is_asked_for_stays_and_nothing_else() {
    let sound = sound();
    let original: Value = serde_json::from_str(&sound).unwrap();
    let account = "/integration/technicalAccount/clientId";
    let (ids, organization, certificate) = (
        [account, "/integration/email", "/integration/id"],
        ["/integration/org"],
        ["/integration/publicKey"],
    );
    let public = [
        "/ok",
        "/statusCode",
        "/integration/imsEndpoint",
        "/integration/metascopes",
        "/integration/certificateExpirationDate",
    ];
    let never = ["/integration/privateKey", "/integration/technicalAccount/clientSecret"];
    for keep in
        ["", "ids", "organization", "ids,organization", "certificate,ids", "certificate,ids,organization"]
    {
        let arguments = format!("--keep={keep}");
        let arguments: &[&str] = if keep.is_empty() { &[] } else { &[&arguments] };
        let copy: Value = serde_json::from_str(&redacted(&sound, arguments)).unwrap();
        let same = |pointers: &[&str], expected: bool| {
            for pointer in pointers {
                assert_eq!(
                    copy.pointer(pointer) == original.pointer(pointer),
                    expected,
                    "{keep:?}: {pointer}"
                );
            }
        };
        same(&public, true);
        same(&never, false);
        same(&ids, keep.contains("ids"));
        same(&organization, keep.contains("organization"));
        same(&certificate, keep.contains("certificate"));
    }
    let facts = redacted(&sound, &[]);
    assert!(
        facts.contains("\"***REDACTED: certificate, RSA 2048 bits, valid 2026-10-23T12:00:00Z to 2027-10-23T12:00:00Z, SHA-256 "),
        "the certificate's facts stay"
    );
    // Everything but the strings that were replaced is the same, byte for byte.
    let odd = sound.replace('\n', "\r\n\t").replace("\": ", "\"\t:  ");
    let parts = |text: &str| text.split('"').step_by(2).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(parts(&redacted(&odd, &[])), parts(&odd));

    for keep in ["certificate", "certificate,organization"] {
        let refused = run_with_input(["redact", "-", "--keep", keep], sound.as_bytes());
        assert!(
            refused.code == 2 && refused.out.is_empty() && refused.err.contains("--keep certificate,ids")
        );
    }
}

#[test]
fn secrets_are_hidden_wherever_they_stand() {
    let sound = sound();
    let document: Value = serde_json::from_str(&sound).unwrap();
    let secret = document["integration"]["technicalAccount"]["clientSecret"].as_str().unwrap();
    let key = document["integration"]["privateKey"].as_str().unwrap();
    let token = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJzeW50aGV0aWMifQ.c3ludGhldGlj";
    for secret in [secret, key, token, "correct horse battery staple", "0123456789abcdef0123456789abcdef"] {
        for (name, place) in [
            ("token", json!({"accessToken": secret, "ok": true, "statusCode": 200})),
            ("answer", json!({"access_token": secret, "token_type": "bearer", "expires_in": 86_399_999})),
            ("unknown", json!({"note": secret})),
            ("list", json!({"clientSecrets": [secret, {"a": secret}]})),
            ("value", json!(secret)),
            ("known", json!({"integration": {"privateKey": secret, "publicKey": secret, "email": secret}})),
            ("inside", json!({"client_secret": {"nested": {"id": secret, "deep": [[secret]]}}})),
            ("text", json!({"payload": json!({"clientSecret": secret}).to_string()})),
        ] {
            let copy = redacted(&place.to_string(), &[]);
            let body: String = secret.split("-----").nth(2).unwrap_or(secret).chars().take(64).collect();
            let body = body.trim();
            assert!(copy.contains("***REDACTED: ") && !copy.contains(&body[..8]), "{name}");
            assert_eq!(run_with_input(["redact", "-"], copy.as_bytes()).out, copy, "{name}");
        }
    }
    let odd =
        format!("{{\"{secret}\": 1, \"password\": {{\"{secret}x\": 12345678}}, \"number\": 123456789012}}");
    assert_eq!(
        redacted(&odd, &[]),
        "{\"***REDACTED: key 1***\": 1, \"password\": {\"***REDACTED: key 2***\": 0}, \"number\": 0}"
    );
    // A public field that holds a secret is no public field, asked for or not.
    let public =
        ["imsEndpoint", "metascopes", "certificateExpirationDate", "email", "id", "org", "publicKey"];
    for name in public {
        let mut moved = document.clone();
        moved["integration"][name] = json!(secret);
        let run = run_with_input(
            ["redact", "-", "--keep=certificate,ids,organization"],
            moved.to_string().as_bytes(),
        );
        assert_eq!(run.code, 0, "{name}: {}", run.err);
        Secrets::of(sound.as_bytes()).assert_absent(
            &run.out.replace(document["integration"]["publicKey"].to_string().as_str(), ""),
            name,
        );
        assert!(
            name != "publicKey" || run.err.contains("the certificate is hidden all the same"),
            "{}",
            run.err
        );
    }
    let user = sound.replace("ims-na1.adobelogin.com", "https://me:hunter2@ims-na1.adobelogin.com");
    assert!(!redacted(&user, &[]).contains("hunter2"));
}

/// No JSON, and with keys that are none or no more.
fn broken_documents(sound: &str) -> Vec<(&'static str, String)> {
    let document: Value = serde_json::from_str(sound).unwrap();
    let key = document["integration"]["privateKey"].as_str().unwrap();
    let written = key.replace("\r\n", "\\r\\n");
    let documented = "-----BEGIN RSA PRIVATE KEY----- ***REDACTED**** ----END RSA PRIVATE KEY-----";
    let end = "-----END RSA PRIVATE KEY-----";
    let lines: Vec<_> = written.split_inclusive("\\n").map(|line| format!("\"{line}\"")).collect();
    let comma = |text: String| text.trim_end().strip_suffix('}').unwrap().to_owned() + ",\n}\n";
    let altered = |from: &str, to: &str| {
        assert!(sound.contains(from));
        comma(sound.replace(from, to))
    };
    vec![
        ("a comma", comma(sound.to_owned())),
        ("the documented sample", altered(&written, documented)),
        ("a key without END", altered(&format!("{end}\\r\\n"), "")),
        ("a key that was cut off", altered(&written, &written[..400])),
        ("a key in lines", altered(&format!("\"{written}\""), &format!("[{}]", lines.join(",\n        ")))),
        ("real line breaks", altered("\\r\\n", "\r\n")),
        ("BEGIN CERTFICATE", altered("-----BEGIN CERTIFICATE", "-----BEGIN CERTFICATE")),
        ("BEGN CERTIFICATE", altered("-----BEGIN CERTIFICATE", "-----BEGN CERTIFICATE")),
        ("four dashes before BEGIN", altered("-----BEGIN RSA", "----BEGIN RSA")),
        ("four dashes before END", altered(end, &end[1..])),
        ("four dashes after BEGIN", altered("KEY-----\\r\\nMII", "KEY----\\r\\nMII")),
        ("six dashes", altered("KEY-----", "KEY------").replace("-----BEGIN", "------BEGIN")),
        ("lower case", altered("-----BEGIN RSA PRIVATE KEY", "-----begin rsa private key")),
        ("END twice", altered(end, &format!("{end}\\r\\n{end}"))),
        ("text before END", altered(end, &format!("{end} xyz{end}"))),
        ("cut off", sound[..2000].to_owned()),
        ("a bare key", key.to_owned()),
        ("two bare keys", key.repeat(2)),
        ("JSON lines", format!("{document}\n{document}\n")),
        ("a letter before", format!("x{sound}")),
    ]
}

#[test]
#[ignore = "slow: hundreds of runs"]
fn whatever_is_not_json_is_hidden_but_for_its_shape() {
    let sound = sound();
    let secrets = Secrets::of(sound.as_bytes());
    for (name, damaged) in damages(&sound) {
        for arguments in [&["redact", "-"][..], &["redact", "-", "--keep=certificate,ids,organization"]] {
            let run = run_with_input(arguments, &damaged);
            // The kept certificate has the public key in it, which is a part of the private key.
            let certificate = run.out.find("-----BEGIN CERT").map_or(0..0, |start| {
                start..run.out[start..].find("-----END CERT").map_or(start, |end| start + end)
            });
            let kept = if arguments.len() > 2 { certificate } else { 0..0 };
            let rest = format!("{}{}", &run.out[..kept.start], &run.out[kept.end..]);
            secrets.assert_absent(&rest, &name);
            secrets.assert_absent(&run.err, &name);
            // A document with a zero byte in it is text, and other bytes are refused.
            let text = damaged.iter().all(|byte| *byte != 0);
            assert!(run.code == 0 || !text, "{name}: {}", run.err);
            let lines = damaged.split(|byte| *byte == b'\n').count() - 1;
            assert!(run.code != 0 || run.out.matches('\n').count() == lines, "{name}");
        }
    }
    for (name, broken) in broken_documents(&sound) {
        let run = run_with_input(["redact", "-"], broken.as_bytes());
        assert_eq!(run.code, 0, "{name}: {}", run.err);
        secrets.assert_absent(&run.out, name);
        let again = run_with_input(["redact", "-"], run.out.as_bytes());
        assert_eq!((again.code, again.out), (0, run.out), "{name}: a copy of a copy");
    }
    let cut = &sound[..sound.len() * 2 / 3];
    let run = run_with_input(["redact", "-"], cut.as_bytes());
    assert!(run.code == 0 && run.err.contains("not one JSON value"), "{}", run.err);
    assert!(
        run.out.starts_with("{\n  \"ok\": ***,\n  \"integration\": {\n    \"imsEndpoint\": \"***\",\n"),
        "{}",
        run.out
    );
    assert!(run.out.contains("\"privateKey\": \"-----BEGIN RSA PRIVATE KEY-----\\r\\n***\\r\\n"));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(48) })]

    /// A document that was cut up and put together in another way, with things in between.
    #[test]
    fn no_mixture_makes_a_leak_or_a_panic(
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 2..6),
        order in prop::collection::vec(any::<prop::sample::Index>(), 1..6),
        between in "[\\PC\\n\\r\\t\\\\\"{}:,]{0,12}",
    ) {
        let sound = sound();
        let secrets = Secrets::of(sound.as_bytes());
        let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(sound.len())).collect();
        cuts.extend([0, sound.len()]);
        cuts.sort_unstable();
        let parts: Vec<&str> = cuts.windows(2).map(|cut| &sound[cut[0]..cut[1]]).collect();
        let mixed: Vec<&str> = order.iter().map(|index| *index.get(&parts)).collect();
        let mixed = mixed.join(&between);
        for command in ["redact", "inspect"] {
            let run = run_with_input([command, "-"], mixed.as_bytes());
            // Pieces of two documents may be two credentials.
            let refused = run.err.contains("no copy") || run.err.contains("choose one with --client");
            prop_assert!(run.code < 2 || refused, "{}", command);
            secrets.assert_absent(&run.out, command);
            secrets.assert_absent(&run.err, command);
            if command == "redact" && run.code == 0 {
                prop_assert_eq!(run.out.matches('\n').count(), mixed.matches('\n').count());
            }
        }
    }
}

#[test]
fn every_encoding_becomes_utf_8() {
    let sound = sound();
    let wide = |encode: fn(u16) -> [u8; 2], mark: bool| {
        let text = sound.encode_utf16().flat_map(encode);
        if mark { encode(0xFEFF).into_iter().chain(text).collect::<Vec<_>>() } else { text.collect() }
    };
    for (name, bytes) in [
        ("UTF-8 with a byte-order mark", [b"\xEF\xBB\xBF", sound.as_bytes()].concat()),
        ("UTF-16LE", wide(u16::to_le_bytes, true)),
        ("UTF-16BE", wide(u16::to_be_bytes, false)),
        (
            "UTF-8 with invalid bytes",
            sound
                .replace("\"ok\"", "\"note\": \"caf@\", \"ok\"")
                .bytes()
                .map(|byte| if byte == b'@' { 0xE9 } else { byte })
                .collect(),
        ),
    ] {
        let run = run_with_input(["redact", "-"], &bytes);
        assert!(
            run.code == 0 && run.err.contains(&format!("the original is {name}; the copy is UTF-8")),
            "{name}: {}",
            run.err
        );
        assert!(is_json(&run.out) && run.out.starts_with('{'), "{name}");
    }
    for binary in [&b"\x1F\x8B\x08\0\0"[..], b"{\"a\": \0}"] {
        let run = run_with_input(["redact", "-"], binary);
        assert!(
            run.code == 2 && run.out.is_empty() && run.err.contains("binary data, not text"),
            "{}",
            run.err
        );
    }
    for empty in [&b""[..], b" \r\n", b"\xEF\xBB\xBF", b"\xFF\xFE\n\0"] {
        let run = run_with_input(["redact", "-"], empty);
        assert!(run.code == 2 && run.out.is_empty() && run.err.contains("it is empty"), "{}", run.err);
    }
}

#[test]
fn files_are_written_whole_and_the_original_never() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| -> PathBuf { folder.path().join(name) };
    let original = path("original.json");
    fs::write(&original, sound()).unwrap();
    let redact = |arguments: &[&Path]| {
        let output = program().arg("redact").args(arguments).current_dir(folder.path()).output().unwrap();
        (
            output.status.code().unwrap(),
            String::from_utf8(output.stdout).unwrap(),
            String::from_utf8(output.stderr).unwrap(),
        )
    };
    let (output, force) = (Path::new("--output"), Path::new("--force"));
    let copy = path("copy.json");
    assert_eq!(redact(&[&original, output, &copy]), (0, String::new(), String::new()));
    let expected = run([Path::new("redact"), &original]).out;
    assert_eq!(fs::read_to_string(&copy).unwrap(), expected);

    fs::write(&copy, "mine").unwrap();
    let refused = redact(&[&original, output, &copy]);
    assert!(refused.0 == 2 && refused.2.contains("already exists; --force replaces it"), "{}", refused.2);
    assert_eq!(fs::read_to_string(&copy).unwrap(), "mine");
    assert_eq!(redact(&[&original, output, &copy, force]).0, 0);
    assert_eq!(fs::read_to_string(&copy).unwrap(), expected);
    assert_eq!(redact(&[&original, output, Path::new("-")]).1, expected);
    assert_eq!(redact(&[&original, force]).0, 2, "--force alone means nothing");

    let mut targets =
        vec![original.clone(), PathBuf::from("original.json"), PathBuf::from("./original.json")];
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(&original, path("link.json")).unwrap();
        fs::hard_link(&original, path("twin.json")).unwrap();
        targets.extend([path("link.json"), path("twin.json")]);
        let input = fs::File::open(&original).unwrap();
        let mut redirected = program();
        redirected.args(["redact", "-", "--force", "--output"]).arg(&original).stdin(input);
        assert_eq!(redirected.output().unwrap().status.code(), Some(2));
    }
    for target in targets {
        let refused = redact(&[&original, output, &target, force]);
        assert!(
            refused.0 == 2 && refused.2.contains("is the original"),
            "{}: {}",
            target.display(),
            refused.2
        );
        assert_eq!(fs::read_to_string(&original).unwrap(), sound());
    }

    // What can't be read or written says so, and leaves nothing behind.
    let before = children(folder.path());
    fs::write(path("binary"), b"\x1F\x8B\x08\0\0").unwrap();
    for (arguments, words) in [
        (vec![Path::new("missing.json")], "does not exist"),
        (vec![Path::new(".")], "is a folder, not a file"),
        (vec![Path::new("binary"), output, Path::new("new.json")], "binary data, not text"),
        (vec![&original, output, Path::new("no/such/folder.json")], "the copy can't be written"),
        (vec![&original, output, Path::new("."), force], "the copy can't be written"),
        (vec![&original, Path::new("--max-size=10")], "the limit is 10 bytes (--max-size)"),
        (vec![&original, Path::new("--keep=everything")], "certificate, ids, organization"),
    ] {
        let failed = redact(&arguments);
        assert!(
            failed.0 == 2 && failed.1.is_empty() && failed.2.contains(words),
            "{arguments:?}: {}",
            failed.2
        );
    }
    fs::remove_file(path("binary")).unwrap();
    assert_eq!(children(folder.path()), before);
}
