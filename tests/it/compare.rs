//! `aemcred compare`: what is a rotation, and what is named as none and why.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use serde_json::{Value, json};

use crate::common::{NOW, Run, fixtures, run, run_with_input};
use crate::no_leak::Secrets;

/// Three credentials of one technical account, each with its own key: of last year, of this year, and of another client.
static CREDENTIALS: LazyLock<[Value; 3]> = LazyLock::new(|| {
    let account = |begin: &str, seed: &str, client: &str| -> Value {
        let arguments = ["generate", "--seed", seed, "--client-id", client, "--not-before", begin];
        serde_json::from_str(&run(arguments).out).unwrap()
    };
    let client = "cm-p1-e2-integration-0";
    let old = account("2025-12-12T12:00:00Z", "1", client);
    let mut others = [
        account("2026-11-20T12:00:00Z", "2", client),
        account("2026-11-20T12:00:00Z", "3", "cm-p1-e2-integration-1"),
    ];
    for other in &mut others {
        for field in ["id", "email", "org"] {
            other["integration"][field] = old["integration"][field].clone();
        }
        other["integration"]["technicalAccount"]["clientSecret"] =
            old["integration"]["technicalAccount"]["clientSecret"].clone();
    }
    let [new, next] = others;
    [old, new, next]
});

pub(crate) fn old() -> Value {
    CREDENTIALS[0].clone()
}

pub(crate) fn new() -> Value {
    CREDENTIALS[1].clone()
}

fn changed(mut credential: Value, change: impl FnOnce(&mut Value)) -> Value {
    change(&mut credential["integration"]);
    credential
}

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.0.path().join(name);
        fs::write(&path, text).unwrap();
        path
    }

    /// Compares two documents, and looks for their secrets in all that is printed.
    fn compare(&self, old: &str, new: &str, more: &[&str]) -> Run {
        let (before, after) = (self.write("old.json", old), self.write("new.json", new));
        let mut arguments = vec![Path::new("compare")];
        arguments.extend(more.iter().map(Path::new));
        if !more.contains(&"--now") {
            arguments.extend(["--now", NOW].map(Path::new));
        }
        let result = run(arguments.into_iter().chain([before.as_path(), after.as_path()]));
        for text in [old, new] {
            let secrets = Secrets::of(text.as_bytes());
            secrets.assert_absent(&result.out, "the comparison");
            secrets.assert_absent(&result.err, "the comparison's errors");
        }
        result
    }

    /// The exit code, the conclusion, and the names of what is not as in a rotation.
    fn verdict(&self, old: &str, new: &str) -> (u8, String, Vec<String>) {
        let run = self.compare(old, new, &["--format", "json"]);
        let report: Value = serde_json::from_str(&run.out).unwrap();
        let wrong = report["checks"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|check| !matches!(check["outcome"].as_str(), Some("yes" | "mind")));
        let wrong = wrong.map(|check| check["name"].as_str().unwrap().to_owned()).collect();
        assert_eq!(report["rotation"], json!(run.code == 0));
        (run.code, report["conclusion"].as_str().unwrap().to_owned(), wrong)
    }
}

#[test]
fn a_rotation_is_one() {
    let folder = Folder::new();
    let run = folder.compare(&old().to_string(), &new().to_string(), &[]);
    assert_eq!((run.code, run.err.as_str()), (0, ""), "{}", run.out);
    let place = format!("{}/", folder.0.path().display());
    insta::assert_snapshot!("compare-rotation", run.out.replace(&place, ""));
    let next = CREDENTIALS[2].to_string();
    assert_eq!(
        folder.verdict(&old().to_string(), &next),
        (0, String::from("rotation"), vec![]),
        "the next index"
    );
    // As happens when an index stands for another technical account.
    let other = changed(CREDENTIALS[2].clone(), |integration| {
        integration["id"] = json!("ABCDEFABCDEFABCDEFABCDEF@techacct.adobe.com");
    });
    let run = folder.compare(&old().to_string(), &other.to_string(), &[]);
    assert!(run.code == 0 && run.out.contains("! technical account"), "{}", run.out);
    // A redacted copy of the old one is as good.
    let redacted = changed(old(), |integration| {
        integration["privateKey"] = json!("***REDACTED***");
        integration["technicalAccount"]["clientSecret"] = json!("***REDACTED***");
    });
    assert_eq!(folder.verdict(&redacted.to_string(), &new().to_string()).0, 0);
}

/// What a redacted copy doesn't keep can't be compared, which is not the same as being different.
#[test]
fn a_redacted_copy_is_enough_if_it_keeps_what_is_compared() {
    let folder = Folder::new();
    let path = folder.write("whole.json", &old().to_string());
    let redacted = |keep: &[&str]| {
        let arguments = ["redact"].iter().chain(keep).copied().chain([path.to_str().unwrap()]);
        let run = run(arguments);
        assert_eq!(run.code, 0, "{}", run.err);
        run.out
    };
    let new = new().to_string();
    let kept = redacted(&["--keep", "certificate", "--keep", "ids", "--keep", "organization"]);
    assert_eq!(folder.verdict(&kept, &new), (0, String::from("rotation"), vec![]));
    let (code, conclusion, _) = folder.verdict(&redacted(&[]), &new);
    assert_eq!((code, conclusion.as_str()), (1, "unknown"));
    let out = folder.compare(&redacted(&[]), &new, &[]).out;
    assert!(out.contains("\naemcred can't tell whether NEW is a rotation of OLD\n"), "{out}");
    assert!(!out.contains('✗') && !out.contains("is not a rotation"), "{out}");
}

#[test]
fn what_is_no_rotation_is_named() {
    type Change = fn(&mut Value);
    let table: &[(&str, Change, &str, &[&str])] = &[
        (
            "another organization",
            |it| it["org"] = json!("ABCDEFABCDEFABCDEFABCDEF@AdobeOrg"),
            "no-rotation",
            &["organization"],
        ),
        (
            "another account",
            |it| it["id"] = json!("ABCDEFABCDEFABCDEFABCDEF@techacct.adobe.com"),
            "no-rotation",
            &["technical-account"],
        ),
        (
            "another user",
            |it| it["email"] = json!("00000000-0000-4000-8000-000000000000@techacct.adobe.com"),
            "no-rotation",
            &["technical-account"],
        ),
        (
            "another endpoint",
            |it| it["imsEndpoint"] = json!("ims-ew1.adobelogin.com"),
            "no-rotation",
            &["endpoint"],
        ),
        (
            "another host",
            |it| it["imsEndpoint"] = json!("example.org"),
            "no-rotation",
            &["endpoint", "usable"],
        ),
        (
            "other metascopes",
            |it| it["metascopes"] = json!("ent_aem_cloud_api,ent_cloudmgr_sdk"),
            "no-rotation",
            &["metascopes"],
        ),
        (
            "no account",
            |it| {
                it.as_object_mut().unwrap().remove("id");
            },
            "no-rotation",
            &["technical-account", "usable"],
        ),
        (
            "the old key",
            |it| it["privateKey"] = old()["integration"]["privateKey"].clone(),
            "key-kept",
            &["key", "usable"],
        ),
        (
            "the old certificate",
            |it| it["publicKey"] = old()["integration"]["publicKey"].clone(),
            "key-kept",
            &["key", "expiry", "usable"],
        ),
        (
            "a broken certificate",
            |it| it["publicKey"] = json!("-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"),
            "no-rotation",
            &["expiry", "usable"],
        ),
        (
            "a broken key",
            |it| {
                it["privateKey"] =
                    json!("-----BEGIN RSA PRIVATE KEY-----\nMIIB\n-----END RSA PRIVATE KEY-----\n");
            },
            "no-rotation",
            &["usable"],
        ),
        ("redacted", |it| it["privateKey"] = json!("***REDACTED***"), "no-rotation", &["usable"]),
        (
            "neither key nor certificate",
            |it| {
                it["privateKey"] = json!("***REDACTED***");
                it["publicKey"] = json!("***REDACTED***");
            },
            "no-rotation",
            &["key", "expiry", "usable"],
        ),
    ];
    let folder = Folder::new();
    for (name, change, conclusion, wrong) in table {
        // The expiration date beside the certificate is not what this is about.
        let new = changed(new(), |integration| {
            change(integration);
            integration.as_object_mut().unwrap().remove("certificateExpirationDate");
        });
        let (code, found, names) = folder.verdict(&old().to_string(), &new.to_string());
        assert_eq!(
            (code, found.as_str(), names),
            (1, *conclusion, wrong.iter().map(|name| (*name).to_owned()).collect()),
            "{name}"
        );
    }
}

#[test]
fn the_wrong_order_and_the_same_file_are_said() {
    let folder = Folder::new();
    let (old, new) = (old().to_string(), new().to_string());
    let (code, conclusion, wrong) = folder.verdict(&new, &old);
    assert_eq!((code, conclusion.as_str(), wrong), (1, "wrong-order", vec![String::from("expiry")]));
    assert!(folder.compare(&new, &old, &[]).out.contains("the files were given in the wrong order"));
    let (code, conclusion, wrong) = folder.verdict(&new, &new);
    assert_eq!((code, conclusion.as_str()), (1, "same-credential"));
    assert_eq!(wrong, ["key", "expiry"]);
    assert!(folder.compare(&new, &new, &[]).out.contains("private key was not rotated"));
}

#[test]
fn overlaps_and_gaps_are_counted_in_days() {
    let folder = Folder::new();
    let overlap = |new: &Value, now: &str| {
        let run = folder.compare(&old().to_string(), &new.to_string(), &["--now", now]);
        let out = run.out.replace(&format!("\n{}", " ".repeat(21)), " ");
        let line = out.lines().find(|line| line.contains(" overlap")).map(str::to_owned);
        (run.code, line.unwrap_or_default())
    };
    let before = overlap(&new(), "2026-12-01T12:00:00Z");
    assert_eq!(
        before,
        (
            0,
            String::from(
                "✓ overlap            both are valid for 22 days, until 2026-12-12, 11 days from now"
            )
        )
    );
    let after = overlap(&new(), "2026-12-20T12:00:00Z");
    assert_eq!(
        after,
        (
            0,
            String::from(
                "✓ overlap            both are valid for 22 days, until 2026-12-12, which is in the past"
            )
        )
    );
    let text = run([
        "generate",
        "--seed",
        "2",
        "--client-id",
        "cm-p1-e2-integration-0",
        "--not-before",
        "2026-12-22T12:00:00Z",
    ])
    .out;
    let mut late: Value = serde_json::from_str(&text).unwrap();
    for field in ["id", "email", "org"] {
        late["integration"][field] = old()["integration"][field].clone();
    }
    let late = overlap(&late, "2026-12-23T12:00:00Z");
    assert_eq!(
        late,
        (
            0,
            String::from(
                "! overlap            none: for 10 days, from 2026-12-12 to 2026-12-22, neither is valid"
            )
        )
    );
}

#[test]
fn inputs_that_are_no_credentials_get_a_clear_row() {
    let folder = Folder::new();
    let new = new().to_string();
    for (name, text) in [
        ("empty", ""),
        ("cut off", &new[..900]),
        ("binary", "\0\u{1}\0\u{1}"),
        ("other", "{\"a\": 1}"),
        ("array", "[]"),
    ] {
        for (before, after, side) in [(text, new.as_str(), "OLD"), (new.as_str(), text, "NEW")] {
            let (code, conclusion, wrong) = folder.verdict(before, after);
            assert_eq!((code, conclusion.as_str()), (1, "no-rotation"), "{name}");
            assert_eq!(wrong, ["document"], "{name}");
            let out = folder.compare(before, after, &[]).out;
            assert!(
                out.contains(&format!("✗ documents          {side} can't be compared: ")),
                "{name}: {out}"
            );
            assert!(!out.contains('✓'), "{name}: {out}");
        }
    }
    let expired = folder.compare(&old().to_string(), &new, &["--now", "2028-01-01"]);
    assert!(
        expired.code == 1
            && expired.out.contains("✗ usable             NEW can't be used: certificate-expired"),
        "{}",
        expired.out
    );
    let missing = run(["compare", "missing-a.json", "missing-b.json"]);
    assert!(
        missing.code == 2 && missing.out.is_empty() && missing.err.contains("missing-a.json"),
        "{}",
        missing.err
    );
    let twice = run(["compare", "-", "-"]);
    assert!(twice.code == 2 && twice.err.contains("only once"), "{}", twice.err);
    let path = folder.write("old.json", &old().to_string());
    let piped = run_with_input(["compare", "--now", NOW, path.to_str().unwrap(), "-"], new.as_bytes());
    assert_eq!(piped.code, 0, "{}", piped.out);
    let small = folder.compare(&old().to_string(), &new, &["--max-size", "100"]);
    assert!(small.code == 2 && !small.out.contains('✓'), "{}", small.out);
}

#[test]
fn the_json_is_as_its_schema_says() {
    let schema: Value = serde_json::from_str(&run(["schema", "compare"]).out).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let folder = Folder::new();
    for (old, new) in [(old().to_string(), new().to_string()), (new().to_string(), String::from("{}"))] {
        let report = folder.compare(&old, &new, &["--format", "json"]).out;
        let report: Value = serde_json::from_str(&report).unwrap();
        let errors: Vec<_> = validator.iter_errors(&report).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{errors:?}");
    }
}

/// Whatever is compared with a sound credential: no panic, no secret, and a rotation only if it could be used.
#[test]
fn every_fixture_can_be_compared() {
    let folder = Folder::new();
    let new = new().to_string();
    for path in fixtures() {
        let text = String::from_utf8_lossy(&fs::read(&path).unwrap()).into_owned();
        for (before, after) in [(&text, &new), (&new, &text)] {
            let run = folder.compare(before, after, &[]);
            // One of them is larger than the limit.
            let most = if path.ends_with("document-size/bad.json") { 2 } else { 1 };
            assert!(run.code <= most && !run.out.is_empty(), "{}: {}", path.display(), run.err);
        }
    }
}
