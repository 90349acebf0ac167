//! `aemcred audit --git-history` as its users call it, over repositories that the real git program makes.

use std::fs;
use std::path::Path;
use std::process::Output;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::common::{NOW, program, root};
use crate::git::Git;

const AUDIT_FORMATS: [&str; 7] = ["table", "json", "jsonl", "csv", "markdown", "html", "sarif"];

fn fixture(path: &str) -> String {
    fs::read_to_string(root().join("fixtures").join(path)).unwrap()
}

fn issued() -> String {
    fixture("key-pair-mismatch/good.json")
}

/// A secret that is added and removed on `main`, and still on the branch `x`.
fn removed() -> Option<(Git, String, String)> {
    let git = Git::committed(&[])?;
    git.stage("config/service.json", &issued());
    git.run(&["commit", "-qm", "brought"]);
    let brought = id(&git, "HEAD");
    git.run(&["branch", "x"]);
    git.run(&["rm", "-q", "config/service.json"]);
    git.run(&["commit", "-qm", "removed"]);
    let removed = id(&git, "HEAD");
    Some((git, brought, removed))
}

fn id(git: &Git, revision: &str) -> String {
    String::from_utf8(git.run(&["rev-parse", revision])).unwrap().trim().to_owned()
}

fn aemcred(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = program();
    command.current_dir(folder).args(["audit", "--git-history", "--now", NOW]).args(arguments);
    command.output().unwrap()
}

fn audit(folder: &Path, arguments: &[&str]) -> (Option<i32>, String, String) {
    let output = aemcred(folder, arguments);
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

/// The places of all credentials.
fn places(folder: &Path, arguments: &[&str]) -> Vec<Value> {
    let (_, out, err) = audit(folder, &[arguments, &["--format=json"]].concat());
    let report: Value = serde_json::from_str(&out).unwrap_or_else(|_| panic!("{out}{err}"));
    let credentials = report["credentials"].as_array().unwrap().clone();
    credentials.iter().flat_map(|credential| credential["places"].as_array().unwrap().clone()).collect()
}

#[test]
fn every_format_says_which_commits_it_were() {
    let Some((git, brought, removed)) = removed() else { return };
    let sentence =
        format!("added in {} on 2026-11-22, removed in {}, still on branch x", &brought[..7], &removed[..7]);
    for format in AUDIT_FORMATS {
        let (code, out, err) = audit(git.path(), &["--format", format]);
        assert_eq!((code, err.lines().count()), (Some(1), 1), "where it looks is said: {format}: {err}");
        let flat = out.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(flat.contains(&sentence), "{format}: {out}");
        assert!(
            flat.contains("config/service.json") && flat.contains("storage-git-history"),
            "{format}: {out}"
        );
        assert!(!flat.contains("example.org"), "{format}: {out}");
    }
    let places = places(git.path(), &[]);
    let expected = json!({
        "repository": ".", "commit": brought, "author_time": "2026-11-22T12:00:00Z", "removed_by": removed,
        "in_head": false, "refs": ["main", "x"],
    });
    assert_eq!(
        (places.len(), &places[0]["path"], &places[0]["git"]),
        (1, &json!("config/service.json"), &expected)
    );
    // A file in a folder has no history.
    let output = program()
        .current_dir(root())
        .args(["audit", "--format=json", "fixtures/certificate-expired"])
        .output()
        .unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(report["credentials"][0]["places"][0].get("git").is_none_or(Value::is_null));
}

#[test]
fn a_credential_has_one_row_and_all_its_places() {
    let Some((git, ..)) = removed() else { return };
    let manifest = format!(
        "kind: Secret\nmetadata:\n  name: aem\ndata:\n  service.json: {}\n",
        STANDARD.encode(issued())
    );
    git.stage("deploy/secret.yaml", &manifest);
    git.run(&["commit", "-qm", "manifest"]);
    git.stage("old.json", &fixture("certificate-expired/bad.json"));
    git.run(&["commit", "-qm", "old"]);
    let (code, out, _) = audit(git.path(), &["--format=json"]);
    let report: Value = serde_json::from_str(&out).unwrap();
    let rows = report["credentials"].as_array().unwrap();
    let places = |row: &Value| {
        row["places"].as_array().unwrap().iter().map(|place| place["path"].clone()).collect::<Vec<_>>()
    };
    let live = rows.iter().find(|row| row["state"] == "sound").unwrap();
    assert_eq!(
        (code, places(live)),
        (Some(1), vec![json!("config/service.json"), json!("deploy/secret.yaml")])
    );
    let rules = |row: &Value| {
        row["findings"]
            .as_array()
            .unwrap()
            .iter()
            .map(|finding| format!("{} {}", finding["rule"], finding["level"]))
            .collect::<Vec<_>>()
    };
    let history = |level: &str| format!("\"storage-git-history\" \"{level}\"");
    assert_eq!(rules(live), [history("error"), history("error")]);
    let over = rows.iter().find(|row| row["state"] == "expired").unwrap();
    assert!(rules(over).contains(&history("note")), "{over}");
    let (_, out, _) = audit(git.path(), &["--format=sarif"]);
    let sarif: Value = serde_json::from_str(&out).unwrap();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    let live = results
        .iter()
        .filter(|result| result["ruleId"] == "storage-git-history" && result["level"] == "error");
    assert_eq!(live.count(), 2);
    // Templates are listed, and nobody has to do anything about them.
    let Some(git) = Git::committed(&[]) else { return };
    git.stage("sample.json", &crate::staged::redacted());
    git.run(&["commit", "-qm", "sample"]);
    assert_eq!(audit(git.path(), &[]).0, Some(0));
}

#[test]
fn repositories_are_named_by_paths() {
    let Some((git, ..)) = removed() else { return };
    git.run(&["clone", "-q", "--bare", ".", "bare.git"]);
    git.run(&["worktree", "add", "-q", "tree", "x"]);
    let names = |arguments: &[&str]| {
        let places = places(git.path(), arguments);
        places.iter().map(|place| place["git"]["repository"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(names(&["bare.git"]), ["bare.git"]);
    assert_eq!(names(&["folder/deep"]), ["."]);
    assert_eq!(names(&[".", "bare.git", "bare.git/"]), [".", "bare.git"]);
    assert_eq!(places(git.path(), &["tree"])[0]["git"]["in_head"], true);
    assert_eq!(places(git.path(), &["--exclude=config"]).len(), 0);
    assert_eq!(places(&git.path().join("bare.git"), &[]).len(), 1);
    let outside = tempfile::tempdir().unwrap();
    for (arguments, expected) in [
        (&["missing"][..], "missing: does not exist"),
        (&["a"], "a: is a file"),
        (&["-"], "standard input is no repository"),
        (&["--git-range=x..nothing"], "“nothing” names no branch"),
        (&["--git-range=x...main"], "has three dots"),
        (&["--since=yesterday"], "a time has the form"),
        (&["--unreachable", "--since=2d"], "cannot be used with"),
        (&[outside.path().to_str().unwrap()], "is in no git repository"),
    ] {
        let (code, _, err) = audit(git.path(), arguments);
        assert!(code == Some(2) && err.contains(expected), "{arguments:?}: {err}");
    }
    // A range says by itself that a history is meant; a date doesn't.
    for (arguments, code, expected) in [
        (["audit", "--git-range=x~1..x"], 1, ""),
        (["audit", "--since=1d"], 2, "--git-history"),
        (["audit", "--submodules"], 2, "--git-history"),
    ] {
        let output = program().current_dir(git.path()).args(arguments).output().unwrap();
        let err = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.code() == Some(code) && err.contains(expected), "{arguments:?}: {err}");
    }
}

#[test]
fn ranges_and_dates_choose_commits() {
    let Some((git, brought, _)) = removed() else { return };
    let range = format!("{brought}..main");
    for (arguments, expected) in [
        (&["--git-range", &range][..], 0),
        (&["--git-range", "x~1..x"], 1),
        (&["--git-range", &range, "--git-range", "x~1..x"], 1),
        (&["--since", "2026-11-22"], 1),
        (&["--since", "2026-11-22T12:00:01Z"], 0),
        (&["--since", "1d"], 1),
        (&["--git-range", "x~1..x", "--since", "2026-11-23"], 0),
    ] {
        assert_eq!(places(git.path(), arguments).len(), expected, "{arguments:?}");
    }
    // What an amended commit had is listed on request, and is no finding.
    git.run(&["branch", "-qD", "x"]);
    git.run(&["reset", "-q", "--hard", "HEAD~2"]);
    assert_eq!(places(git.path(), &[]).len(), 0);
    let (code, out, _) = audit(git.path(), &["--unreachable", "--format=csv"]);
    assert!(code == Some(0) && out.contains("not reachable from any reference"), "{out}");
    let place = &places(git.path(), &["--unreachable"])[0]["git"];
    assert_eq!((&place["commit"], &place["refs"]), (&json!(brought), &json!([])));
}

#[test]
fn a_clone_that_is_not_whole_is_told() {
    let Some((git, ..)) = removed() else { return };
    let url = format!("file://{}", git.path().display());
    git.run(&["config", "uploadpack.allowFilter", "true"]);
    git.run(&["clone", "-q", "--depth=1", "--single-branch", &url, "shallow"]);
    git.run(&["clone", "-q", "--no-checkout", "--filter=blob:none", &url, "partial"]);
    for (path, words) in [("shallow", "is a shallow clone"), ("partial", "is a partial clone")] {
        let (code, _, err) = audit(git.path(), &[path]);
        assert!(code == Some(0) && err.contains(words), "{err}");
        let (code, _, err) = audit(git.path(), &[path, "--require-full-history"]);
        assert!(code == Some(2) && err.contains(words), "{err}");
    }
}

#[test]
fn submodules_are_looked_into_on_request() {
    let (Some((inner, ..)), Some(git)) = (removed(), Git::committed(&[])) else { return };
    git.run(&["submodule", "--quiet", "add", inner.path().to_str().unwrap(), "sub"]);
    git.run(&["commit", "-qm", "submodule"]);
    assert_eq!(places(git.path(), &[]).len(), 0);
    assert_eq!(places(git.path(), &["--submodules"]).len(), 1);
    // It stays in the git directory when the submodule is removed.
    git.run(&["rm", "-qf", "sub"]);
    git.run(&["commit", "-qm", "without"]);
    assert_eq!(places(git.path(), &["--submodules"]).len(), 1);
}

#[test]
fn what_is_damaged_is_named_and_the_rest_is_found() {
    let Some((git, ..)) = removed() else { return };
    git.write("large", &"x".repeat(3 << 20));
    git.run(&["add", "large"]);
    git.stage("lost", "lost\n");
    git.run(&["commit", "-qm", "lost"]);
    let lost = id(&git, "HEAD:lost");
    fs::remove_file(git.path().join(".git/objects").join(&lost[..2]).join(&lost[2..])).unwrap();
    let (code, out, err) = audit(git.path(), &[]);
    assert!(code == Some(2) && out.contains("storage-git-history"), "{out}");
    assert!(err.contains("lost: the object is missing from the repository (added in "), "{err}");
    // Excluded, it is nobody's business.
    assert_eq!(audit(git.path(), &["--exclude=lost"]).0, Some(1));
    let (code, _, err) = audit(git.path(), &["--exclude=lost", "--max-size=1M"]);
    assert!(code == Some(2) && err.contains("large: has 3 MiB"), "{err}");
}

#[test]
fn nothing_is_written_started_or_asked_of_git() {
    let Some((git, ..)) = removed() else { return };
    git.run(&["config", "core.fsmonitor", "touch started"]);
    git.run(&["config", "core.repositoryFormatVersion", "0"]);
    git.run(&["repack", "-adq"]);
    let state = || {
        let mut state = Vec::new();
        let mut waiting = vec![git.path().to_path_buf()];
        while let Some(folder) = waiting.pop() {
            for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
                let metadata = entry.metadata().unwrap();
                state.push((entry.path(), metadata.len(), metadata.modified().unwrap()));
                waiting.extend(metadata.is_dir().then(|| entry.path()));
            }
        }
        state.sort();
        state
    };
    let before = state();
    let mut command = program();
    command.current_dir(git.path()).args(["audit", "--git-history", "--now", NOW]).env("PATH", "");
    assert_eq!(command.output().unwrap().status.code(), Some(1));
    assert_eq!(state(), before);
    // A repository of somebody else, which git itself refuses to read.
    #[cfg(unix)]
    if std::os::unix::fs::chown(git.path().join(".git"), Some(4_242), Some(4_242)).is_ok() {
        assert_eq!(audit(git.path(), &[]).0, Some(1));
    }
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let Some((git, ..)) = removed() else { return };
    for number in 0..200 {
        git.write(&format!("many/{number}.json"), &issued().replace('{', &format!("{{\n\"n{number}\": 1,")));
    }
    git.run(&["add", "many"]);
    git.run(&["commit", "-qm", "many"]);
    git.run(&["repack", "-adq"]);
    let run = |threads: &str| {
        let mut command = program();
        command.current_dir(git.path()).args(["audit", "--git-history", "--now", NOW, "--format=json"]);
        command.env("RAYON_NUM_THREADS", threads).output().unwrap().stdout
    };
    let one = run("1");
    assert!(one.len() > 100_000 && run("2") == one && run("7") == one);
}

/// The hook that docs/git.md has.
fn documented_hook() -> String {
    let page = fs::read_to_string(root().join("docs/git.md")).unwrap();
    let (_, behind) = page.split_once("```sh\n#!").unwrap();
    format!("#!{}", behind.split_once("```").unwrap().0)
}

#[test]
#[cfg(unix)]
fn a_server_refuses_a_push_that_brings_a_secret() {
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    for arguments in [&[][..], &["--object-format=sha256"]] {
        let Some(git) = Git::committed(arguments) else { continue };
        git.run(&["clone", "-q", "--bare", ".", "server.git"]);
        let server = git.path().join("server.git");
        let hook = server.join("hooks/pre-receive");
        fs::create_dir_all(hook.parent().unwrap()).unwrap();
        fs::write(&hook, documented_hook()).unwrap();
        fs::set_permissions(&hook, fs::Permissions::from_mode(0o755)).unwrap();
        fs::create_dir(git.path().join("bin")).unwrap();
        symlink(env!("CARGO_BIN_EXE_aemcred"), git.path().join("bin/aemcred")).unwrap();
        let push = |what: &[&str]| {
            let mut command = git.command(git.path(), &[&["push", "-q", "server.git"], what].concat());
            let path = command
                .get_envs()
                .find(|(name, _)| *name == "PATH")
                .and_then(|(_, value)| value)
                .unwrap()
                .to_owned();
            let mut paths = git.path().join("bin").into_os_string();
            paths.push(":");
            paths.push(path);
            let output = command.env("PATH", paths).output().unwrap();
            (output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned())
        };
        let head = |name: &str| {
            let output = git.command(&server, &["rev-parse", "-q", "--verify", name]).output().unwrap();
            String::from_utf8(output.stdout).unwrap()
        };
        git.stage("fine", "fine\n");
        git.run(&["commit", "-qm", "fine"]);
        let (accepted, err) = push(&["main"]);
        assert!(accepted, "{err}");
        let before = head("main");
        // Neither on a branch that is there nor on a new one, also when the next commit removes it again.
        git.stage("service.json", &issued());
        git.run(&["commit", "-qm", "secret"]);
        git.run(&["rm", "-q", "service.json"]);
        git.run(&["commit", "-qm", "removed"]);
        for what in [&["main"][..], &["main:new"], &["main", "main~1:refs/heads/new"], &["main:refs/tags/v1"]]
        {
            let (accepted, err) = push(what);
            assert!(
                !accepted && err.contains("storage-git-history") && err.contains("service.json"),
                "{err}"
            );
            assert!(head("main") == before && head("new").is_empty() && head("v1").is_empty());
        }
        // What the server has already stops nobody, and neither does deleting.
        fs::rename(&hook, git.path().join("hook")).unwrap();
        assert!(push(&["main"]).0);
        fs::rename(git.path().join("hook"), &hook).unwrap();
        git.stage("more", "more\n");
        git.run(&["commit", "-qm", "more"]);
        for what in [&["main"][..], &["main:other"], &[":other"], &["main~1:refs/heads/again", "main:last"]] {
            let (accepted, err) = push(what);
            assert!(accepted, "{what:?}: {err}");
        }
    }
}
