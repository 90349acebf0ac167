//! What holds for all fixtures at once: formats agree, output is deterministic, the schema is kept.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::common::{FORMATS, fixtures, program, root, run};

fn json(paths: &[PathBuf], more: &[&str]) -> (u8, Value) {
    let arguments = ["check", "--format=json"].iter().chain(more).map(|text| PathBuf::from(*text));
    let run = run(arguments.chain(paths.iter().cloned()));
    (run.code, serde_json::from_str(&run.out).unwrap())
}

#[test]
fn every_report_keeps_the_schema() {
    let schema: Value = serde_json::from_str(&run(["schema", "check"]).out).unwrap();
    let validator = jsonschema::draft202012::new(&schema).unwrap();
    let missing = PathBuf::from("missing.json");
    for paths in fixtures().into_iter().map(|path| vec![path]).chain([vec![], vec![missing], fixtures()]) {
        let (_, report) = json(&paths, &[]);
        let errors: Vec<_> = validator.iter_errors(&report).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{paths:?}: {errors:?}");
    }
    // The validator does notice: each field of a finding is demanded.
    let (_, report) = json(&[root().join("fixtures/key-pair-mismatch/bad.json")], &[]);
    for name in report["files"][0]["findings"][0].as_object().unwrap().keys() {
        let mut broken = report.clone();
        broken["files"][0]["findings"][0].as_object_mut().unwrap().remove(name);
        assert!(!validator.is_valid(&broken), "{name}");
    }
}

/// How many findings of each level a report lists, from the worst; failures of the run are none.
fn counts(format: &str, report: &str) -> [usize; 3] {
    let values = |items: Vec<Value>, field: &str, names: [&str; 3]| {
        names.map(|name| items.iter().filter(|item| item[field] == *name).count())
    };
    let json = || serde_json::from_str::<Value>(report).unwrap();
    let levels = ["error", "warning", "note"];
    match format {
        // Findings that are alike are one there, so the summary counts.
        "text" => levels.map(|level| {
            let summary = report.lines().find(|line| line.contains(" checked: ")).unwrap_or_default();
            let mut words =
                summary.split([' ', ',']).rev().skip_while(|word| word.trim_end_matches('s') != level);
            words.nth(1).map_or(0, |count| count.parse().unwrap())
        }),
        "concise" | "junit" => levels.map(|level| {
            let mark = format!(": {level}[");
            report.lines().filter(|line| line.contains(&mark)).count()
        }),
        "json" => {
            let files = json()["files"].as_array().unwrap().clone();
            let findings = files.iter().flat_map(|file| file["findings"].as_array().unwrap().clone());
            values(findings.collect(), "level", levels)
        }
        "jsonl" => {
            values(report.lines().map(|line| serde_json::from_str(line).unwrap()).collect(), "level", levels)
        }
        "sarif" => values(json()["runs"][0]["results"].as_array().unwrap().clone(), "level", levels),
        "gitlab" => values(json().as_array().unwrap().clone(), "severity", ["critical", "major", "info"]),
        "rdjson" => values(
            json()["diagnostics"].as_array().unwrap().clone(),
            "severity",
            ["ERROR", "WARNING", "INFO"],
        ),
        "github" => ["error", "warning", "notice"].map(|level| {
            let command = format!("::{level} file=");
            let failure = "title=aemcred could not do this::";
            report.lines().filter(|line| line.starts_with(&command) && !line.contains(failure)).count()
        }),
        "azure" => {
            let issue = |kind: &str| {
                let command = format!("##vso[task.logissue type={kind};");
                report.lines().filter(|line| line.starts_with(&command) && line.contains(";code=")).count()
            };
            [issue("error"), issue("warning"), report.lines().filter(|line| line.contains(": note[")).count()]
        }
        "markdown" => ["🔴 error", "🟠 warning", "🔵 note"]
            .map(|level| report.lines().filter(|line| line.starts_with(&format!("| {level} | "))).count()),
        _ => panic!("{format} is not counted yet"),
    }
}

#[test]
fn findings_have_all_their_words() {
    let catalogue: Value = serde_json::from_str(&run(["rules", "--format=json"]).out).unwrap();
    let summaries: Vec<_> = catalogue.as_array().unwrap().iter().map(|rule| &rule["summary"]).collect();
    let (_, report) = json(&fixtures(), &[]);
    for file in report["files"].as_array().unwrap() {
        for finding in file["findings"].as_array().unwrap() {
            let (message, help) = (finding["message"].as_str().unwrap(), finding["help"].as_str().unwrap());
            assert!(!message.ends_with('.') && !message.contains('\n'), "a message is one clause: {message}");
            assert!(help.ends_with('.'), "help is sentences: {help}");
            assert!(
                !summaries.contains(&&finding["message"]),
                "the guard against leaks has stepped in: {message}"
            );
        }
    }
}

#[test]
#[ignore = "slow: hundreds of runs"]
fn formats_agree_on_findings_and_exit_code() {
    let mut inputs: Vec<Vec<PathBuf>> = fixtures().into_iter().map(|path| vec![path]).collect();
    inputs.push(fixtures());
    inputs.push(vec![root().join("fixtures/field-unknown/bad.json"), PathBuf::from("missing.json")]);
    for paths in inputs {
        for fail_on in ["error", "warning", "note", "never"] {
            let fail_on = format!("--fail-on={fail_on}");
            let check = |format: &str| {
                let options = ["check", &fail_on, "--format", format].map(PathBuf::from);
                run(options.into_iter().chain(paths.iter().cloned()))
            };
            let json = check("json");
            let report: Value = serde_json::from_str(&json.out).unwrap();
            let expected = ["errors", "warnings", "notes"]
                .map(|level| usize::try_from(report["summary"][level].as_u64().unwrap()).unwrap());
            for format in FORMATS {
                let run = check(format);
                let what = format!("{} {fail_on} {format}", paths[0].display());
                assert_eq!((run.code, counts(format, &run.out)), (json.code, expected), "{what}");
                assert_eq!(run.err, json.err, "{what}");
            }
        }
    }
}

#[test]
fn output_is_sorted_and_the_same_every_time() {
    let folder = root().join("fixtures");
    let check = || {
        let output =
            program().args(["check", "--format=json", "--now=2026-11-22"]).arg(&folder).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    let first = check();
    assert!((0..4).all(|_| check() == first));
    let report: Value = serde_json::from_str(&first).unwrap();
    let files = report["files"].as_array().unwrap();
    let paths: Vec<_> = files.iter().map(|file| file["path"].as_str().unwrap()).collect();
    assert!(paths.is_sorted() && paths.len() > 60, "{paths:?}");
    for file in files {
        let findings = file["findings"].as_array().unwrap();
        let places: Vec<_> =
            findings.iter().map(|finding| (finding["line"].as_u64(), finding["column"].as_u64())).collect();
        assert!(places.is_sorted(), "{}: {places:?}", file["path"]);
    }
}

#[test]
fn fingerprints_ignore_clock_and_line_but_not_path() {
    let bad = root().join("fixtures/key-pair-mismatch/bad.json");
    let folder = tempfile::tempdir().unwrap();
    let moved = folder.path().join("moved.json");
    let text = std::fs::read_to_string(&bad).unwrap();
    std::fs::write(&moved, format!("\n\n{text}")).unwrap();
    let fingerprint = |path: &Path, now: &str| {
        let (_, report) = json(&[path.to_path_buf()], &[now, "--only=key-pair-mismatch"]);
        report["files"][0]["findings"][0]["fingerprint"].as_str().unwrap().to_owned()
    };
    let original = fingerprint(&bad, "--now=2026-11-22");
    assert_eq!(original, fingerprint(&bad, "--now=2031-01-01"));
    assert_ne!(original, fingerprint(&moved, "--now=2026-11-22"));
    let before = fingerprint(&moved, "--now=2026-11-22");
    std::fs::write(&moved, text).unwrap();
    assert_eq!(before, fingerprint(&moved, "--now=2026-11-22"));
}

#[test]
fn options_change_what_they_say() {
    let expiring = root().join("fixtures/certificate-expiring/bad.json");
    let check = |more: &str| {
        let (code, report) = json(std::slice::from_ref(&expiring), &[more]);
        let findings = report["files"][0]["findings"].as_array().unwrap();
        let findings: BTreeMap<_, _> = findings
            .iter()
            .map(|finding| {
                (finding["rule"].as_str().unwrap().to_owned(), finding["level"].as_str().unwrap().to_owned())
            })
            .collect();
        (code, findings.into_iter().map(|(rule, level)| format!("{rule}={level}")).collect::<Vec<_>>())
    };
    let expect =
        |code: u8, findings: &[&str]| (code, findings.iter().map(|text| (*text).to_owned()).collect());
    assert_eq!(check("--fail-on=error"), expect(0, &["certificate-expiring=warning"]));
    assert_eq!(check("--fail-on=warning"), expect(1, &["certificate-expiring=warning"]));
    assert_eq!(check("--expiring=1d"), expect(0, &[]));
    assert_eq!(check("--imminent=25d"), expect(1, &["certificate-expiry-imminent=error"]));
    assert_eq!(check("--severity=certificate-expiring=error"), expect(1, &["certificate-expiring=error"]));
    assert_eq!(check("--severity=certificate-expiring=off"), expect(0, &[]));
    assert_eq!(check("--only=field-missing,field-type"), expect(0, &[]));
    assert_eq!(check("--now=2030-01-01"), expect(1, &["certificate-expired=error"]));
}

#[test]
fn mistakes_on_the_command_line_get_a_suggestion() {
    for (arguments, words) in [
        (&["chek"][..], "check"),
        (&["check", "--formt=json"], "--format"),
        (&["check", "--format=jso"], "json"),
        (&["check", "--only=key-pair-mismach"], "did you mean “key-pair-mismatch”?"),
        (&["check", "--severity=field-unknow=off"], "did you mean “field-unknown”?"),
        (&["rules", "certificate-expire"], "did you mean “certificate-expired”?"),
        (&["generate", "--defect=pem-lable"], "did you mean “pem-label”?"),
        (&["check", "--now=tomorrow"], "2026-11-22T12:00:00Z"),
        (&["check", "--expiring=month"], "30d"),
        (&["check", "-", "--files-from", "-"], "only once"),
    ] {
        let run = run(arguments);
        assert!(run.code == 2 && run.err.contains(words), "{arguments:?}: {}", run.err);
    }
    let alone = run(std::iter::empty::<&str>());
    assert!(alone.code == 0 && alone.out.matches("\n  aemcred ").count() == 3, "{}", alone.out);
}

#[test]
fn no_input_is_no_silence() {
    let none = run(["check", "--files-from=-"]);
    assert_eq!((none.code, none.err.as_str()), (0, "aemcred: nothing to check\n"));
    assert_eq!(run(["check", "--files-from=-", "--error-on-no-input"]).code, 2);
}
