//! A key in a file of its own belongs to the client in whose structure the path to it stands.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::common::{program, run, sound};

/// What an inventory lists: state, whether the client is known, and the paths of all places.
fn listed(path: &Path) -> Vec<(String, bool, Vec<String>)> {
    let arguments = ["audit", "--no-git", "--format=json", path.to_str().unwrap()];
    let report: Value = serde_json::from_str(&run(arguments).out).unwrap();
    let credentials = report["credentials"].as_array().unwrap().iter();
    let credentials = credentials.filter(|one| !one["public_key_sha256"].is_null());
    credentials
        .map(|one| {
            let places = one["places"].as_array().unwrap().iter();
            let name = |place: &Value| {
                let path = place["path"].as_str().unwrap();
                path.rsplit_once("/root/").map_or(path, |(_, name)| name).to_owned()
            };
            let state = one["state"].as_str().unwrap().to_owned();
            (state, !one["client_id"].is_null(), places.map(name).collect())
        })
        .collect()
}

fn integration() -> Value {
    serde_json::from_str::<Value>(&sound()).unwrap()["integration"].take()
}

/// Variables of a program whose key is at `path`.
fn variables(path: &str) -> String {
    let integration = integration();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let account = &integration["technicalAccount"];
    format!(
        "CLIENT_ID={}\nCLIENT_SECRET={}\nORG_ID={}\nPRIVATE_KEY_PATH={path}\n",
        text(&account["clientId"]),
        text(&account["clientSecret"]),
        text(&integration["org"])
    )
}

/// A folder with the key at `keys/a.pem`, and what is around the folder.
fn folder(config: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("root");
    fs::create_dir_all(root.join("keys")).unwrap();
    let key = integration()["privateKey"].as_str().unwrap().to_owned();
    fs::write(root.join("keys/a.pem"), &key).unwrap();
    fs::write(folder.path().join("outside.pem"), &key).unwrap();
    fs::write(root.join("app.env"), config).unwrap();
    folder
}

#[test]
fn a_path_is_followed_below_the_folder() {
    for path in ["keys/a.pem", "./keys/a.pem", "keys/../keys/a.pem", "\"keys/a.pem\""] {
        let folder = folder(&variables(path));
        let root = folder.path().join("root");
        let places = vec!["app.env".to_owned(), "keys/a.pem".to_owned()];
        let expected = [("partial".to_owned(), true, places)];
        // As one input, and where the key is an input, too.
        assert_eq!(listed(&root.join("app.env")), expected, "{path}");
        assert_eq!(listed(&root), expected, "{path}");
        assert_eq!(run(["check", root.to_str().unwrap()]).code, 0, "{path}");
    }
}

#[test]
fn what_is_elsewhere_is_not_followed() {
    let outside = |folder: &Path| folder.join("outside.pem").to_str().unwrap().to_owned();
    for path in ["../outside.pem", "absent.pem", "keys", "link.pem", "pipe.pem", "https://example.com/a.pem"]
    {
        let folder = folder(&variables(path));
        let root = folder.path().join("root");
        std::os::unix::fs::symlink("../outside.pem", root.join("link.pem")).unwrap();
        let made = Command::new("mkfifo").arg(root.join("pipe.pem")).status().unwrap();
        assert!(made.success());
        assert_eq!(listed(&root.join("app.env")), [], "{path}");
        let checked = run(["check", "--format=concise", root.join("app.env").to_str().unwrap()]);
        assert_eq!(checked.code, 0, "{path}");
        let note =
            format!("note[key-file-unread] the private key is in another file, {path}, which was not read");
        // A word without an ending is no path.
        assert_eq!(checked.out.contains(&note), path != "keys", "{path}: {}", checked.out);
        fs::write(root.join("app.env"), variables(&outside(folder.path()))).unwrap();
        assert_eq!(listed(&root.join("app.env")), [], "{path}");
    }
}

#[test]
fn each_client_has_the_key_that_its_path_leads_to() {
    let other = ["generate", "--seed=9", "--client-id=cm-p2-e2-integration-0"];
    let other: Value = serde_json::from_str(&run(other).out).unwrap();
    let account = |document: &Value| document["technicalAccount"].clone();
    let (one, two) = (integration(), other["integration"].clone());
    let object = |integration: &Value, path: &str| {
        format!(
            "{{\"clientId\": {}, \"clientSecret\": {}, \"privateKey\": \"{path}\"}}",
            account(integration)["clientId"],
            account(integration)["clientSecret"]
        )
    };
    let config = format!("{{\"a\": {}, \"b\": {}}}", object(&one, "keys/a.pem"), object(&two, "keys/b.pem"));
    let folder = folder("");
    let root = folder.path().join("root");
    fs::write(root.join("keys/b.pem"), two["privateKey"].as_str().unwrap()).unwrap();
    fs::write(root.join("clients.json"), config).unwrap();
    let path = root.to_str().unwrap().to_owned();
    let report: Value = serde_json::from_str(&run(["audit", "--format=json", path.as_str()]).out).unwrap();
    let pairs: Vec<(String, String)> = report["credentials"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            let text = |value: &Value| value.as_str().unwrap().rsplit('/').next().unwrap().to_owned();
            (text(&one["client_id"]), text(&one["places"][1]["path"]))
        })
        .collect();
    let expected = [(&one, "a.pem"), (&two, "b.pem")];
    let expected =
        expected.map(|(one, key)| (account(one)["clientId"].as_str().unwrap().to_owned(), key.to_owned()));
    assert_eq!(pairs.len(), 2);
    assert!(expected.iter().all(|pair| pairs.contains(pair)), "{pairs:?}");
}

/// The key that a commit brings is the one that is staged, not the one in the folder.
#[test]
fn staged_paths_lead_to_what_is_staged() {
    let folder = folder(&variables("keys/a.pem"));
    let root = folder.path().join("root");
    let git = |arguments: &[&str]| {
        let git = Command::new("git").args(arguments).current_dir(&root).output();
        git.is_ok_and(|output| output.status.success())
    };
    if !git(&["init", "-q"]) {
        return crate::common::missing("git");
    }
    let staged = || {
        let arguments = ["check", "--staged", "--format=concise", "--no-config"];
        let output = program().args(arguments).current_dir(&root).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    assert!(git(&["add", "app.env"]));
    let alone = staged();
    assert!(alone.contains("app.env") && !alone.contains("a.pem"), "{alone}");
    assert!(git(&["add", "keys/a.pem"]));
    let both = staged();
    assert!(both.contains("app.env") && both.contains("a.pem"), "{both}");
}
