//! What a commit would bring, with repositories that the real git program makes: what blocks it, what passes, and what is
//! said of it.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::Output;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::common::{FORMATS, NOW, program, root};
use crate::git::Git;

fn issued() -> String {
    fs::read_to_string(root().join("fixtures/key-pair-mismatch/good.json")).unwrap()
}

fn field(pointer: &str) -> String {
    let document: Value = serde_json::from_str(&issued()).unwrap();
    document.pointer(pointer).unwrap().as_str().unwrap().to_owned()
}

fn client_secret() -> String {
    field("/integration/technicalAccount/clientSecret")
}

fn private_key() -> String {
    field("/integration/privateKey").replace("\r\n", "\n")
}

fn certificate() -> String {
    field("/integration/publicKey").replace("\r\n", "\n")
}

/// The issued document with these values, given as pointer and value.
fn with(values: &[(&str, &str)]) -> String {
    let mut document: Value = serde_json::from_str(&issued()).unwrap();
    for (pointer, value) in values {
        *document.pointer_mut(pointer).unwrap() = json!(value);
    }
    serde_json::to_string_pretty(&document).unwrap()
}

pub(crate) fn redacted() -> String {
    with(&[
        ("/integration/privateKey", "***REDACTED***"),
        ("/integration/publicKey", "***REDACTED***"),
        ("/integration/technicalAccount/clientSecret", "***REDACTED***"),
    ])
}

fn expired() -> String {
    fs::read_to_string(root().join("fixtures/certificate-expired/bad.json")).unwrap()
}

fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

fn zip(text: &str) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    writer.start_file("a.json", zip::write::SimpleFileOptions::default()).unwrap();
    writer.write_all(text.as_bytes()).unwrap();
    writer.finish().unwrap().into_inner()
}

/// `aemcred` with the environment of [`NOW`], as the user in `folder` calls it.
fn aemcred(folder: &Path, arguments: &[&str]) -> Output {
    program().current_dir(folder).args(arguments).output().unwrap()
}

fn staged(git: &Git, more: &[&str]) -> (Option<i32>, String, String) {
    let output = aemcred(git.path(), &[&["check", "--staged", "--now", NOW], more].concat());
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

fn stage_bytes(git: &Git, path: &str, bytes: &[u8]) {
    git.write(path, "");
    fs::write(git.path().join(path), bytes).unwrap();
    git.run(&["add", "--", path]);
}

#[test]
fn whatever_holds_a_live_secret_blocks() {
    let Some(git) = Git::committed(&[]) else { return };
    let (secret, key) = (client_secret(), private_key());
    let escaped = key.replace('\n', "\\n");
    let manifest = format!(
        "kind: Secret\nmetadata:\n  name: aem\ndata:\n  service.json: {}\n",
        STANDARD.encode(issued())
    );
    let env = format!(
        "AEM_CLIENT_ID=cm-p7603-e12614-integration-0\nAEM_CLIENT_SECRET={secret}\nAEM_PRIVATE_KEY=\"{escaped}\"\n"
    );
    let hidden = "\"clientSecret\": \"***REDACTED***\"";
    let twice = redacted().replace(hidden, &format!("\"clientSecret\": \"{secret}\", {hidden}"));
    let other = redacted().replace(hidden, &format!("{hidden}, \"old\": \"{secret}\""));
    let variables = format!(
        "AEM_CLIENT_ID=cm-p1-e2-integration-0\nAEM_ORG=0123456789ABCDEF01234567@AdobeOrg\n\
         AEM_CLIENT_SECRET={secret}\nAEM_CLIENT_SECRET=***REDACTED***\nAEM_PRIVATE_KEY=***REDACTED***\n"
    );
    let mixed = format!("```json\n{}\n```\nsecret: {secret}\n", redacted());
    let cases: Vec<(&str, Vec<u8>, &str)> = vec![
        ("service.json", issued().into(), "private key and client secret of"),
        (".env", env.into(), "private key and client secret of"),
        ("secret.yaml", manifest.into(), "private key and client secret of"),
        ("backup.zip", zip(&issued()), "private key and client secret of"),
        ("dump.gz", gzip(&issued()), "private key and client secret of"),
        (
            "notes.md",
            format!("# Access\n\n```json\n{}\n```\n", issued()).into(),
            "private key and client secret of",
        ),
        ("client.js", format!("const clientSecret = '{secret}';\n").into(), "client secret"),
        ("aem-key.pem", key.clone().into(), "private key"),
        // A secret is live whatever the state of the document around it.
        ("half.json", with(&[("/integration/privateKey", "***REDACTED***")]).into(), "client secret of"),
        ("cut.json", issued().split_at(900).0.into(), "private key and client secret of"),
        // What the client doesn't read can be read by others: the first of two values, and what has another name.
        ("twice.json", twice.into(), "client secret"),
        ("other.json", other.into(), "client secret"),
        ("twice.env", variables.into(), "client secret"),
        ("mixed.md", mixed.into(), "client secret"),
        (
            "comment.json",
            format!("// from the console\n{}", issued()).into(),
            "private key and client secret of",
        ),
    ];
    for (path, bytes, what) in cases {
        stage_bytes(&git, path, &bytes);
        let (code, out, err) = staged(&git, &["--format=concise"]);
        assert!(code == Some(1) && err.is_empty(), "{path}: {out}{err}");
        let line = out.lines().next().unwrap();
        assert!(line.starts_with(&format!("{path}:")), "{line}");
        assert!(line.contains(&format!("error[storage-git-tracked] a live {what}")), "{path}: {out}");
        // Clean in the folder and live in the index blocks, too.
        fs::write(git.path().join(path), "").unwrap();
        assert_eq!(staged(&git, &[]).0, Some(1), "{path}");
        git.run(&["rm", "-qf", "--cached", "--", path]);
    }
}

#[test]
fn what_has_nothing_to_steal_passes() {
    let Some(git) = Git::committed(&[]) else { return };
    let (code, _, err) = staged(&git, &[]);
    assert_eq!((code, err.as_str()), (Some(0), "aemcred: nothing is staged\n"));
    let workflow = "jobs:\n  a:\n    env:\n      AEM_CLIENT_ID: cm-p7603-e12614-integration-0\n      AEM_CLIENT_SECRET: \
                    ${{ secrets.AEM_CLIENT_SECRET }}\n      AEM_PRIVATE_KEY: ${{ secrets.AEM_PRIVATE_KEY }}\n";
    let external = "apiVersion: external-secrets.io/v1\nkind: ExternalSecret\nspec:\n  data:\n    - secretKey: \
                    service-credentials.json\n      remoteRef:\n        key: aem/service-credentials\n";
    let sops = "{\"clientSecret\": \"ENC[AES256_GCM,data:bm90aGluZw==,iv:bm9uZQ==,tag:bm9uZQ==,type:str]\", \
                \"privateKey\": \"ENC[AES256_GCM,data:bm90aGluZw==,iv:bm9uZQ==,tag:bm9uZQ==,type:str]\", \"sops\": \
                {\"mac\": \"ENC[AES256_GCM,data:bm9uZQ==,iv:bm9uZQ==,tag:bm9uZQ==,type:str]\", \"version\": \"3.9.0\"}}";
    for (path, text) in [
        ("README.md", format!("```json\n{}\n```\n", redacted())),
        ("template.json", redacted()),
        ("broken-template.json", redacted().replacen(',', ",,", 1)),
        (".github/workflows/deploy.yml", workflow.to_owned()),
        (
            ".env.example",
            String::from("AEM_CLIENT_ID=cm-p1-e2-integration-0\nAEM_CLIENT_SECRET=\nAEM_PRIVATE_KEY=\n"),
        ),
        ("external.yaml", external.to_owned()),
        ("service.enc.json", sops.to_owned()),
        ("aem.crt", certificate()),
    ] {
        git.stage(path, &text);
        // Live in the folder and clean in the index passes.
        fs::write(git.path().join(path), issued()).unwrap();
        let (code, out, err) = staged(&git, &[]);
        assert_eq!(code, Some(0), "{path}: {out}{err}");
    }
    let (_, out, _) = staged(&git, &[]);
    assert!(out.contains(": no findings, 4 templates\n") && !out.contains("README"), "{out}");
    let (code, out, _) = staged(&git, &["--verbose"]);
    assert!(code == Some(0) && out.contains("– redacted README.md"), "{out}");
}

/// The hook of the recipes, which git itself calls.
fn install_hook(git: &Git) {
    let hook = git.path().join(".git/hooks/pre-commit");
    let script = format!("#!/bin/sh\nexec '{}' check --staged --now {NOW}\n", env!("CARGO_BIN_EXE_aemcred"));
    fs::create_dir_all(hook.parent().unwrap()).unwrap();
    fs::write(&hook, script).unwrap();
    #[cfg(unix)]
    fs::set_permissions(&hook, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    fs::copy(&hook, hook.with_file_name("pre-merge-commit")).unwrap();
}

#[test]
fn every_way_to_commit_is_guarded() {
    let Some(git) = Git::init(&[]) else { return };
    install_hook(&git);
    let blocked = |arguments: &[&str]| {
        let output = git.try_run(arguments);
        let text =
            String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success() && text.contains("storage-git-tracked"), "{arguments:?}: {text}");
        text
    };
    git.stage("a", "1\n");
    git.stage("service.json", &issued());
    let text = blocked(&["commit", "-m", "first"]);
    assert!(text.contains("git rm --cached service.json"), "{text}");
    git.run(&["rm", "-q", "--cached", "service.json"]);
    git.run(&["commit", "-qm", "first"]);
    // Only these two set another index.
    git.write("a", &issued());
    blocked(&["commit", "-am", "all"]);
    let text = blocked(&["commit", "-m", "path", "a"]);
    assert!(text.contains("git restore --staged a"), "{text}");
    git.run(&["checkout", "-q", "a"]);
    // An old secret doesn't keep anybody from an unrelated change, of which nothing is said.
    git.stage("service.json", &issued());
    git.run(&["commit", "-qnm", "old"]);
    git.stage("a", "2\n");
    let unrelated = git.try_run(&["commit", "-qm", "unrelated"]);
    assert!(unrelated.status.success(), "{unrelated:?}");
    assert_eq!(String::from_utf8_lossy(&[unrelated.stdout, unrelated.stderr].concat()), "");
    // A merge that brings one which neither side had, and one that only joins what was there.
    git.run(&["checkout", "-qb", "side", "HEAD~1"]);
    git.stage("b", "3\n");
    git.run(&["commit", "-qm", "side"]);
    git.run(&["merge", "-q", "--no-commit", "main"]);
    git.stage("new.json", &issued());
    blocked(&["commit", "-m", "merge"]);
    git.run(&["rm", "-qf", "new.json"]);
    git.run(&["commit", "-qm", "merge"]);
}

#[test]
fn repositories_of_every_form_are_read() {
    for arguments in [&["--object-format=sha256"][..], &["--ref-format=files"]] {
        let Some(git) = Git::init(arguments) else { continue };
        git.stage("secrets/service.json", &issued());
        assert_eq!(staged(&git, &[]).0, Some(1), "{arguments:?}");
        // From a folder within, paths are seen from there.
        let output =
            aemcred(&git.path().join("secrets"), &["check", "--staged", "--now", NOW, "--format=concise"]);
        assert!(output.stdout.starts_with(b"service.json:1:1: error"), "{output:?}");
    }
    let folder = tempfile::tempdir().unwrap();
    let output = aemcred(folder.path(), &["check", "--staged"]);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(output.stderr, b"error: --staged: the current folder is in no git repository\n");
}

#[test]
fn variables_of_git_are_obeyed() {
    let (Some(git), Some(other)) = (Git::committed(&[]), Git::committed(&[])) else { return };
    git.stage("service.json", &issued());
    let mut command = program();
    command.current_dir(other.path()).args(["check", "--staged", "--now", NOW]);
    assert_eq!(command.output().unwrap().status.code(), Some(0));
    command.env("GIT_DIR", git.path().join(".git")).env("GIT_WORK_TREE", git.path());
    assert_eq!(command.output().unwrap().status.code(), Some(1));
}

#[test]
fn every_format_has_the_finding_and_the_same_exit() {
    let Some(git) = Git::committed(&[]) else { return };
    git.stage("service.json", &issued());
    git.stage("old.json", &expired());
    git.stage("sample.json", &redacted());
    let secret = client_secret();
    for format in FORMATS {
        let (code, out, _) = staged(&git, &["--format", format]);
        assert_eq!(code, Some(1), "{format}");
        assert!(out.contains("storage-git-tracked"), "{format}: {out}");
        assert!(!out.contains("certificate-expired") || format == "sarif", "{format}: {out}");
        assert!(!out.contains(&secret[4..12]), "{format}");
    }
    let report: Value = serde_json::from_str(&staged(&git, &["--format=json"]).1).unwrap();
    assert_eq!(report["summary"]["templates"], 1);
    let levels = |path: &str| {
        let files = report["files"].as_array().unwrap();
        let file = files.iter().find(|file| file["path"] == path).unwrap();
        let findings = file["findings"].as_array().unwrap();
        findings.iter().map(|finding| finding["level"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!((levels("service.json"), levels("old.json")), (vec!["error".into()], vec!["warning".into()]));
    assert_eq!(levels("sample.json"), [""; 0]);
    // What doesn't concern the commit shows when it is asked for, and decides nothing.
    git.run(&["rm", "-q", "--cached", "service.json"]);
    let (code, out, _) = staged(&git, &["--verbose"]);
    assert!(code == Some(0) && out.contains("certificate-expired"), "{out}");
    assert_eq!(staged(&git, &["--fail-on=warning"]).0, Some(1));
}

#[test]
fn what_is_known_or_excused_does_not_count() {
    let Some(git) = Git::committed(&[]) else { return };
    git.stage("old/service.json", &issued());
    let written = staged(&git, &["--write-baseline", "known.json"]);
    assert_eq!(written.0, Some(0), "{}", written.2);
    assert_eq!(staged(&git, &["--baseline", "known.json"]).0, Some(0));
    // The same place with more lines before it is known; another key there is not.
    git.stage("old/service.json", &format!("\n\n{}", issued()));
    assert_eq!(staged(&git, &["--baseline", "known.json"]).0, Some(0));
    let other = fs::read_to_string(root().join("fixtures/certificate-expiring/bad.json")).unwrap();
    git.stage("old/service.json", &other);
    assert_eq!(staged(&git, &["--baseline", "known.json"]).0, Some(1));
    // A run over files says nothing of these lines.
    let before = fs::read_to_string(git.path().join("known.json")).unwrap();
    aemcred(git.path(), &["check", "--now", NOW, "--write-baseline", "known.json", "old"]);
    let after = fs::read_to_string(git.path().join("known.json")).unwrap();
    let line = before.lines().find(|line| line.contains("storage-git-tracked")).unwrap();
    assert!(after.contains(line.trim_end_matches(',')), "{after}");
    for configuration in [
        "exclude = [\"old\"]\n",
        "[[ignore]]\nrule = \"storage-git-tracked\"\npath = \"old/*.json\"\nreason = \"a fixture\"\n",
    ] {
        git.write("aemcred.toml", configuration);
        assert_eq!(staged(&git, &[]).0, Some(0), "{configuration}");
    }
    let used = aemcred(git.path(), &["check", "--now", NOW, "--format=concise", "."]);
    assert!(!String::from_utf8_lossy(&used.stdout).contains("suppression-unused"), "{used:?}");
}

#[test]
fn damage_is_told_and_the_rest_is_read() {
    let Some(git) = Git::committed(&[]) else { return };
    git.stage("gone.txt", "this object will be missing\n");
    git.stage("service.json", &issued());
    let id = String::from_utf8(git.run(&["rev-parse", ":gone.txt"])).unwrap();
    fs::remove_file(git.path().join(".git/objects").join(&id[..2]).join(id[2..].trim_end())).unwrap();
    let (code, out, err) = staged(&git, &["--format=concise"]);
    assert!(code == Some(2) && out.contains("service.json:1:1: error[storage-git-tracked]"), "{out}");
    assert!(err.starts_with("error: gone.txt: what is staged can't be read: "), "{err}");
    // A link is looked at as contents, and a file above the limit is told.
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(client_secret(), git.path().join("link")).unwrap();
        git.run(&["add", "link"]);
        assert!(staged(&git, &["--format=concise"]).1.contains("link:1:1: error[storage-git-tracked]"));
    }
    git.run(&["rm", "-qf", "--cached", "gone.txt", "service.json"]);
    git.run(&["rm", "-qf", "--cached", "--ignore-unmatch", "link"]);
    git.stage("large", &issued());
    let (code, _, err) = staged(&git, &["--max-size=100"]);
    assert!(code == Some(0) && err.contains("1 larger than the limit"), "{err}");
    // An index that is cut off.
    let index = fs::read(git.path().join(".git/index")).unwrap();
    fs::write(git.path().join(".git/index"), &index[..index.len() / 2]).unwrap();
    let (code, _, err) = staged(&git, &[]);
    assert!(code == Some(2) && err.contains("the index can't be read"), "{err}");
}

#[test]
fn a_key_is_aems_if_its_certificate_comes_with_it() {
    let Some(git) = Git::committed(&[]) else { return };
    git.stage("id.pem", &private_key());
    assert_eq!(staged(&git, &[]).0, Some(0));
    git.stage("certificate.pem", &certificate());
    let (code, out, _) = staged(&git, &["--format=concise"]);
    assert!(
        code == Some(1) && out.starts_with("id.pem:1:1: error[storage-git-tracked] a live private key"),
        "{out}"
    );
}

/// Rule, level and path of all findings about git.
fn audited(git: &Git, more: &[&str]) -> Vec<String> {
    let output = aemcred(git.path(), &[&["audit", "--now", NOW, "--format=json", "."], more].concat());
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let credentials = report["credentials"].as_array().unwrap().iter();
    let findings = credentials.flat_map(|credential| credential["findings"].as_array().unwrap());
    let findings = findings.filter(|finding| finding["rule"].as_str().unwrap().starts_with("storage-git"));
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let mut lines: Vec<String> = findings
        .map(|finding| {
            let (rule, level) = (text(&finding["rule"]), text(&finding["level"]));
            format!("{rule} {level} {}", text(&finding["place"]["path"]))
        })
        .collect();
    lines.sort();
    lines
}

#[test]
fn an_audit_knows_what_git_tracks_and_ignores() {
    let Some(git) = Git::committed(&[]) else { return };
    for path in ["tracked.json", "copy/tracked.json", "loose.json", "ignored.json", "nested/own.json"] {
        git.write(path, &issued());
    }
    git.write("old.json", &expired());
    git.write("sample.json", &redacted());
    git.write(".gitignore", "ignored.json\n");
    git.run(&["add", "tracked.json", "copy", "old.json", "sample.json"]);
    git.run_in(&git.path().join("nested"), &["init", "-q"]);
    git.run_in(&git.path().join("nested"), &["add", "own.json"]);
    let expected = [
        "storage-git-tracked error ./copy/tracked.json",
        "storage-git-tracked error ./nested/own.json",
        "storage-git-tracked error ./tracked.json",
        "storage-git-tracked warning ./old.json",
        "storage-git-unignored warning ./loose.json",
    ];
    assert_eq!(audited(&git, &[]), expected);
    assert_eq!(audited(&git, &["--no-git"]), [""; 0]);
    let output = aemcred(git.path(), &["audit", "--now", NOW, "--format=sarif", "."]);
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let results = report["runs"][0]["results"].as_array().unwrap().iter();
    let of_git: Vec<_> = results.filter(|result| result["ruleId"] == "storage-git-tracked").collect();
    let prints: std::collections::BTreeSet<_> =
        of_git.iter().map(|result| result["partialFingerprints"]["aemcred/v1"].as_str().unwrap()).collect();
    assert_eq!((of_git.len(), prints.len()), (4, 4));
    fs::remove_dir_all(git.path().join(".git")).unwrap();
    assert_eq!(audited(&git, &[]), ["storage-git-tracked error ./nested/own.json"]);
}
