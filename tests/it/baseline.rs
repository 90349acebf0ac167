//! `--write-baseline` and `--baseline`: what is known doesn't count, what is new does.

use std::fs;

use crate::common::{fixture, program, sound};
use crate::configuration::{EXPIRING, MISMATCH, Repository};
use crate::git::Git;

#[test]
fn what_was_written_is_known_from_anywhere() {
    let repository = Repository::new("");
    let written = repository.check_in("", &["--write-baseline=known.json", "."]);
    assert_eq!(written.code, 0, "what has just become known doesn't count: {}", written.out);
    assert!(written.err.contains("wrote known.json: 2 added, 0 removed, 0 kept"), "{}", written.err);
    let text = fs::read_to_string(repository.path("known.json")).unwrap();
    assert!(
        text.starts_with("{\n  \"schema\": \"aemcred/baseline/1\",\n") && text.lines().count() == 7,
        "{text}"
    );
    assert!(text.contains(&format!("\"path\": \"{EXPIRING}\"")), "{text}");
    let absolute = repository.path("").display().to_string();
    for (folder, arguments) in [
        ("", &["--baseline=known.json", "."][..]),
        ("", &["--baseline=./known.json", MISMATCH, EXPIRING]),
        ("keys", &["--baseline=../known.json", "."]),
        ("empty", &["--baseline=../known.json", "../keys"]),
        ("empty", &["--baseline=../known.json", &absolute]),
        ("", &["--baseline=known.json", "--now=2026-11-23", "."]),
    ] {
        let arguments = [arguments, &["--fail-on=note"]].concat();
        assert_eq!(repository.findings_in(folder, &arguments), (0, Vec::new(), 2), "{folder}: {arguments:?}");
    }
    // Written again from elsewhere, it is the same to the byte.
    for (folder, arguments) in
        [("", &["--write-baseline=known.json", "."][..]), ("keys", &["--write-baseline=../known.json", ".."])]
    {
        let run = repository.check_in(folder, arguments);
        assert!(run.err.contains("0 added, 0 removed, 2 kept"), "{}", run.err);
        assert_eq!(fs::read_to_string(repository.path("known.json")).unwrap(), text);
    }
}

#[test]
fn what_is_new_counts() {
    let repository = Repository::new("");
    repository.check_in("", &["--write-baseline=known.json", EXPIRING]);
    let (code, findings, suppressed) = repository.findings(&["--baseline=known.json", "."]);
    assert_eq!((code, suppressed), (1, 1));
    assert_eq!(findings, ["mismatch.json:13 key-pair-mismatch"]);
    // The same finding in another file is new as well.
    fs::copy(repository.path(EXPIRING), repository.path("keys/copy.json")).unwrap();
    let (code, findings, _) =
        repository.findings(&["--baseline=known.json", "--fail-on=warning", "keys/copy.json"]);
    assert_eq!((code, findings.len()), (1, 1));
}

#[test]
fn a_partial_run_keeps_what_it_did_not_look_at() {
    let repository = Repository::new("");
    let lines = || fs::read_to_string(repository.path("known.json")).unwrap().matches("fingerprint").count();
    repository.check_in("", &["--write-baseline=known.json", "."]);
    let sound = fs::read(crate::common::root().join("fixtures/key-pair-mismatch/good.json")).unwrap();
    fs::write(repository.path(EXPIRING), &sound).unwrap();
    fs::write(repository.path(MISMATCH), &sound).unwrap();
    for (arguments, said, left) in [
        (&["empty"][..], "0 added, 0 removed, 2 kept", 2),
        (&["--only=field-type", "."], "0 added, 0 removed, 2 kept", 2),
        (&["--severity=key-pair-mismatch=off", MISMATCH], "0 added, 0 removed, 2 kept", 2),
        (&[MISMATCH], "0 added, 1 removed, 1 kept", 1),
        (&[".", "missing.json"], "0 added, 1 removed, 0 kept", 0),
    ] {
        let run = repository.check_in("", &[arguments, &["--write-baseline=known.json"]].concat());
        assert!(run.err.contains(said), "{arguments:?}: {}", run.err);
        assert_eq!(lines(), left, "{arguments:?}");
    }
    // A file that is gone was looked at by a walk, and by nothing else.
    let repository = Repository::new("");
    repository.check_in("", &["--write-baseline=known.json", "."]);
    fs::remove_file(repository.path(MISMATCH)).unwrap();
    let run = repository.check_in("", &["--write-baseline=known.json", EXPIRING]);
    assert!(run.err.contains("0 added, 0 removed, 2 kept"), "{}", run.err);
    let run = repository.check_in("", &["--write-baseline=known.json", "keys"]);
    assert!(run.err.contains("0 added, 1 removed, 1 kept"), "{}", run.err);
}

#[test]
fn lines_that_match_nothing_are_told() {
    let repository = Repository::new("");
    repository.check_in("", &["--write-baseline=known.json", "."]);
    fs::remove_file(repository.path(MISMATCH)).unwrap();
    let unused = |arguments: &[&str]| {
        let (_, findings, _) = repository.findings(&[arguments, &["--baseline=known.json"]].concat());
        findings
    };
    assert_eq!(unused(&["."]), ["known.json:5 suppression-unused"]);
    assert_eq!(unused(&["keys"]), ["known.json:5 suppression-unused"]);
    assert_eq!(unused(&["empty"]), [""; 0]);
    assert_eq!(unused(&[EXPIRING]), [""; 0]);
    assert_eq!(unused(&["--severity=suppression-unused=off", "."]), [""; 0]);
    let text = repository.check_in("", &["--baseline=known.json", "--quiet", "."]);
    insta::assert_snapshot!("baseline_unused", text.out);
}

#[test]
fn what_is_ignored_is_not_written() {
    let repository = Repository::new("[[ignore]]\nrule = \"key-pair-mismatch\"\nreason = \"a test\"\n");
    let run = repository.check_in("", &["--write-baseline=known.json", "."]);
    assert!(run.err.contains("1 added"), "{}", run.err);
    assert!(!fs::read_to_string(repository.path("known.json")).unwrap().contains("mismatch"));
}

#[test]
fn other_files_are_no_baselines() {
    let repository = Repository::new("");
    for (text, words) in [
        ("", "not JSON"),
        ("\u{1F}\u{8B}\0", "not UTF-8"),
        ("{\"version\": \"2.1.0\", \"runs\": []}", "another tool wrote it"),
        ("{\"schema\": \"aemcred/baseline/2\", \"findings\": []}", "a later version"),
        (
            "{\"schema\": \"aemcred/baseline/1\", \"findings\": [{\"rule\": \"x\"}]}",
            "not as aemcred writes it",
        ),
    ] {
        repository.write("other.json", text);
        for flag in ["--baseline=other.json", "--write-baseline=other.json"] {
            let run = repository.check_in("", &[flag, "."]);
            assert!(run.code == 2 && run.out.is_empty() && run.err.contains(words), "{flag}: {}", run.err);
        }
        assert_eq!(fs::read_to_string(repository.path("other.json")).unwrap(), text, "it is as it was");
    }
    for path in ["keys", "missing/known.json"] {
        let run = repository.check_in("", &["--write-baseline", path, "."]);
        assert!(run.code == 2 && run.out.is_empty(), "{path}: {}", run.err);
    }
    assert_eq!(repository.check_in("", &["--baseline=missing.json", "."]).code, 2);
    let both = repository.check_in("", &["--write-baseline=x.json", "--output=json=x.json", "."]);
    assert!(both.code == 2 && !repository.path("x.json").exists(), "{}", both.err);
}

/// A file that git keeps is known to the audit if the hook knows it, and another one isn't.
#[test]
fn an_audit_knows_the_places_that_the_hook_knows() {
    let Some(git) = Git::init(&[]) else { return };
    git.stage("aem.json", &sound());
    let said = |arguments: &[&str]| {
        let output = program().current_dir(git.path()).args(arguments).output().unwrap();
        let text = [output.stdout, output.stderr].concat();
        (output.status.code(), String::from_utf8(text).unwrap())
    };
    let tracked = || {
        let (_, text) = said(&["audit", "--now=2026-11-01", "--baseline=known.json", "--format=json", "."]);
        text.matches("\"rule\": \"storage-git-tracked\"").count()
    };
    fs::write(git.path().join("known.json"), "{\"schema\": \"aemcred/baseline/1\", \"findings\": []}")
        .unwrap();
    assert_eq!(tracked(), 1);
    let (code, text) = said(&["check", "--staged", "--now=2026-11-01", "--write-baseline=known.json"]);
    assert!(code == Some(0) && text.contains("1 added"), "{text}");
    assert_eq!(tracked(), 0);
    git.stage("other.json", &fixture("certificate-expired/good.json"));
    assert_eq!(tracked(), 1);
}
