//! What people's programs write, each kind in a folder of its own: what the hook stops, what is listed, and what is said.
//!
//! `cases/expected.tsv` is the table; its header explains the columns.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::common::{Run, children, root, run};

/// The clock of the cases.
const NOW: &str = "2026-11-29T07:00:00Z";

/// A line of the table.
struct Case {
    folder: String,
    hook: u8,
    /// What must be listed: state, client, key.
    listed: Vec<Row>,
    /// What must be said, or not.
    said: Vec<String>,
    /// Why it needn't hold yet; empty if it must.
    waits: String,
}

/// A row of the list: its state, whether the client and the key are known.
#[derive(Clone, Debug, PartialEq)]
struct Row {
    state: String,
    client: bool,
    key: bool,
}

impl Row {
    fn expected(text: &str) -> Self {
        let parts: Vec<&str> = text.split(':').collect();
        let [state, client, key] = parts[..] else { panic!("{text} isn't state:client:key") };
        Self { state: state.to_owned(), client: client == "yes", key: key == "yes" }
    }

    fn listed(credential: &Value) -> Self {
        let known = |name: &str| credential[name].as_str().is_some();
        Self {
            state: credential["state"].as_str().unwrap().to_owned(),
            client: known("client_id"),
            key: known("public_key_sha256"),
        }
    }

    /// Whether `listed` is what is expected, or something better.
    fn holds(&self, listed: &Self) -> bool {
        let enough = self.state == listed.state
            || self.state == "partial" && ["sound", "expiring"].contains(&listed.state.as_str());
        enough && (self.client, self.key) == (listed.client, listed.key)
    }
}

fn folder() -> PathBuf {
    root().join("tests/it/cases")
}

fn cases() -> Vec<Case> {
    let table = fs::read_to_string(folder().join("expected.tsv")).unwrap();
    let case = |line: &str| {
        let columns: Vec<&str> = line.split('\t').collect();
        let words = |column: usize| columns[column].split_whitespace().map(str::to_owned);
        Case {
            folder: columns[0].to_owned(),
            hook: columns[1].parse().unwrap(),
            listed: words(2).map(|row| Row::expected(&row)).collect(),
            said: words(3).collect(),
            waits: columns.get(5).copied().unwrap_or_default().to_owned(),
        }
    };
    table.lines().filter(|line| !line.starts_with('#')).map(case).collect()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    children(folder)
        .into_iter()
        .flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] })
        .collect()
}

fn aemcred(arguments: &[&str], files: &[PathBuf]) -> Run {
    let all = arguments.iter().chain(&["--format", "json", "--no-config", "--now", NOW]);
    run(all.map(OsString::from).chain(files.iter().map(OsString::from)))
}

/// What doesn't hold of a case.
fn faults(case: &Case) -> Vec<String> {
    let mut faults = Vec::new();
    let files = files(&folder().join(&case.folder));
    assert!(!files.is_empty(), "{}: no files", case.folder);

    let check = aemcred(&["check", "--skip-unrelated"], &files);
    if check.code != case.hook {
        faults.push(format!("the hook exits with {}", check.code));
    }
    let report: Value = serde_json::from_str(&check.out).unwrap();
    let findings: Vec<&Value> = report["files"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|file| file["findings"].as_array().unwrap())
        .collect();
    let text = |finding: &Value, name: &str| finding[name].as_str().unwrap().to_owned();
    for said in &case.said {
        let is_error = |finding: &&&Value| finding["level"] == "error";
        let forbidden = said.strip_prefix('!');
        let mut errors = findings.iter().filter(is_error).map(|finding| text(finding, "rule"));
        let says = |finding: &&Value| {
            text(finding, "rule").contains(said) || text(finding, "message").contains(said)
        };
        let fault = match forbidden {
            Some("error") => errors.next(),
            Some(rule) => errors.find(|error| error == rule),
            None => (!findings.iter().any(says)).then(|| format!("{said} isn't said")),
        };
        faults.extend(fault);
    }

    let audit = aemcred(&["audit"], &files);
    let report: Value = serde_json::from_str(&audit.out).unwrap();
    let all: Vec<Row> = report["credentials"].as_array().unwrap().iter().map(Row::listed).collect();
    let mut left = all.clone();
    // What accepts less goes last.
    let mut expected = case.listed.clone();
    expected.sort_by_key(|row| row.state == "partial");
    for row in expected {
        match left.iter().position(|listed| row.holds(listed)) {
            Some(position) => drop(left.remove(position)),
            None => faults.push(format!("{row:?} isn't in {all:?}")),
        }
    }
    faults
}

#[test]
fn what_programs_write_is_judged_as_they_read_it() {
    let cases = cases();
    assert!(cases.len() >= 56, "{} cases", cases.len());
    let mut faults_of_all = Vec::new();
    for case in &cases {
        let faults = faults(case);
        match (faults.is_empty(), case.waits.is_empty()) {
            (false, true) => faults_of_all.push(format!("{}: {}", case.folder, faults.join("; "))),
            (true, false) => faults_of_all.push(format!("{}: holds, and needn't wait any more", case.folder)),
            _ => {}
        }
    }
    assert!(faults_of_all.is_empty(), "{}", faults_of_all.join("\n"));
}

#[test]
fn each_folder_has_a_line() {
    let in_table: Vec<String> = cases().into_iter().map(|case| case.folder).collect();
    let mut folders = children(&folder());
    folders.retain(|path| path.is_dir());
    assert_eq!(folders.len(), in_table.len());
    for folder in folders {
        let name = folder.file_name().unwrap().to_str().unwrap().to_owned();
        assert!(in_table.contains(&name), "{name}");
    }
}
