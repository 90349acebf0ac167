//! What `check` says to people of many files: the most urgent first, nothing twice, and what it comes to.

use std::fs;
use std::path::Path;

use crate::common::{fixture, run, run_with_input, sound};

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, fixture_name) in files {
        fs::write(folder.path().join(name), fixture(fixture_name)).unwrap();
    }
    folder
}

fn check(folder: &Path, more: &[&str]) -> String {
    run([&["check", folder.to_str().unwrap()], more].concat()).out
}

#[test]
fn the_most_urgent_comes_first() {
    let folder = folder(&[
        ("a.json", "field-unknown/bad.json"),
        ("b.json", "metascopes-aem/bad.json"),
        ("c.json", "certificate-expiring/bad.json"),
        ("d.json", "certificate-validity-inverted/bad.json"),
        ("e.json", "key-pair-mismatch/bad.json"),
        ("f.json", "ims-endpoint-host/bad.json"),
    ]);
    let out = check(folder.path(), &[]);
    let titles = out.lines().filter(|line| line.contains("]: ") && !line.starts_with(' '));
    let rules: Vec<&str> = titles.filter_map(|line| line.split(['[', ']']).nth(1)).collect();
    let expected = [
        "ims-endpoint-host",
        "key-pair-mismatch",
        "certificate-validity-inverted",
        "certificate-expiring",
        "metascopes-aem",
        "field-unknown",
    ];
    assert_eq!(rules, expected, "{out}");
    for rule in rules {
        assert!(out.contains(&format!("more: aemcred rules {rule}\n")), "{out}");
    }
}

#[test]
fn what_is_alike_is_told_once() {
    let mut many = sound();
    for (name, other) in [("imsEndpoint", "a"), ("metascopes", "b"), ("org", "c")] {
        many = many.replacen(&format!("\"{name}\""), &format!("\"{other}\""), 1);
    }
    let folder =
        folder(&[("a.json", "key-pair-mismatch/bad.json"), ("b.json", "key-pair-mismatch/bad.json")]);
    fs::write(folder.path().join("c.json"), many).unwrap();
    for name in ["d.json", "e.json", "f.json"] {
        fs::write(folder.path().join(name), sound()).unwrap();
    }
    let out = check(folder.path(), &[]);
    assert_eq!(out.matches("error[key-pair-mismatch]").count(), 2, "{out}");
    assert_eq!(out.matches("Adobe verifies signatures").count(), 1, "{out}");
    assert_eq!(out.matches("error[field-missing]").count(), 1, "{out}");
    assert_eq!(out.matches("├ also: ").count(), 4, "two fields are missing, and two are unknown: {out}");
    assert!(out.contains("2 × key-pair-mismatch") && out.contains("3 × field-missing"), "{out}");
    assert!(out.contains("states: 3 × broken, 3 × sound"), "{out}");
    assert!(out.contains("✓ 3 sound: the first expires on 2027-10-23 (335 days left)"), "{out}");
    assert!(!out.contains("d.json: cm-p"), "{out}");
    assert!(check(folder.path(), &["--verbose"]).contains("✓ sound "), "{out}");
    let all = check(folder.path(), &["--verbose"]);
    assert!(["d.json", "e.json", "f.json"].iter().all(|name| all.contains(name)), "{all}");
}

#[test]
fn excerpts_tell_what_may_be_told() {
    let expired = run_with_input(["check", "-"], fixture("certificate-expired/bad.json").as_bytes()).out;
    let flat = expired.split(['\n', '│', ' ']).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
    assert!(flat.contains("CN=cm-p99999-e999999-integration-0, 2025-11-12 to 2026-11-12"), "{expired}");
    assert!(expired.contains("SHA-256 ") && !expired.contains("••••••••"), "{expired}");
    // A wrong line is shown, and marked whole.
    let wrong = sound().replace("-----BEGIN RSA PRIVATE KEY-----", "----BEGIN RSA PRIVATE KEY-----");
    let wrong = run_with_input(["check", "-"], wrong.as_bytes()).out;
    assert!(wrong.contains("\"----BEGIN RSA PRIVATE KEY-----"), "{wrong}");
    assert!(wrong.contains(&"━".repeat(30)), "{wrong}");
    // Public parts of what is no JSON.
    let cut = sound().replacen("\"ok\": true", "\"ok\": true,,", 1);
    let cut = run_with_input(["check", "-"], cut.as_bytes()).out;
    assert!(cut.contains("\"ok\": true,,"), "{cut}");
    let cut = sound().replacen("\"metascopes\"", "metascopes", 1);
    let cut = run_with_input(["check", "-"], cut.as_bytes()).out;
    assert!(cut.contains("\"imsEndpoint\": \"ims-na1.adobelogin.com\""), "{cut}");
}

#[test]
fn a_diff_of_a_pem_is_three_lines() {
    let folder = folder(&[("a.json", "pem-newlines/bad.json")]);
    let diff = check(folder.path(), &["--diff"]);
    let lines: Vec<&str> = diff.lines().skip_while(|line| !line.starts_with("@@")).collect();
    assert!(lines.len() <= 4, "{diff}");
    assert!(lines[0].starts_with("@@ -13,1 +13,1 @@"), "{diff}");
    assert!(lines[1].starts_with("-    \"privateKey\": \"-----BEGIN RSA PRIVATE KEY-----…"), "{diff}");
    assert!(lines[2].starts_with("+    \"privateKey\": \"-----BEGIN RSA PRIVATE KEY-----…"), "{diff}");
}
