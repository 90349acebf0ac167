//! `aemcred audit`: one row a credential, in every format, wherever it is kept.

use std::fs;
use std::path::{Path, PathBuf};

use aemcred::cli::Environment;
use aemcred::internals::generate::{PrimePool, Seed, Specification, generate_with_key};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::common::{
    NOW, Run, children, environment, fixture, fixtures, interrupted, missing, root, run, run_in,
    run_with_input,
};
use crate::no_leak::Secrets;

const FORMATS: [&str; 7] = ["table", "json", "jsonl", "csv", "markdown", "html", "sarif"];

/// A folder with these files.
fn folder(files: &[(&str, String)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, contents) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, contents).unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        }
    }
    folder
}

fn audit(folder: &Path, more: &[&str]) -> Run {
    let path = folder.to_str().unwrap();
    run([&["audit", path][..], more].concat())
}

fn report(folder: &Path, more: &[&str]) -> Value {
    serde_json::from_str(&audit(folder, &[&["--format=json"][..], more].concat()).out).unwrap()
}

/// State, kind, client ID and number of places of each credential.
fn rows(report: &Value) -> Vec<(String, String, String, usize)> {
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let row = |credential: &Value| {
        let places = credential["places"].as_array().unwrap().len();
        (text(&credential["state"]), text(&credential["kind"]), text(&credential["client_id"]), places)
    };
    report["credentials"].as_array().unwrap().iter().map(row).collect()
}

/// The states of all credentials, in order.
fn states(report: &Value) -> Vec<String> {
    rows(report).into_iter().map(|row| row.0).collect()
}

/// `rule @ file` of all findings about storage, and of how many others.
fn storage_findings(report: &Value) -> Vec<String> {
    let credentials = report["credentials"].as_array().unwrap();
    let findings = credentials.iter().flat_map(|credential| credential["findings"].as_array().unwrap());
    let storage = findings.filter(|finding| finding["rule"].as_str().unwrap().starts_with("storage-"));
    let mut lines: Vec<String> = storage
        .map(|finding| {
            let path = PathBuf::from(finding["place"]["path"].as_str().unwrap());
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            format!("{} @ {name}", finding["rule"].as_str().unwrap())
        })
        .collect();
    lines.sort();
    lines
}

const CLIENT: &str = "cm-p99999-e999999-integration-0";

fn variables(document: &str) -> String {
    let document: Value = serde_json::from_str(document).unwrap();
    let integration = &document["integration"];
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    format!(
        "# AEM\nexport AEM_SERVICECREDENTIALS_CLIENT_ID={}\nexport AEM_SERVICECREDENTIALS_CLIENT_SECRET={}\n\
         export AEM_SERVICECREDENTIALS_TECHNICAL_ACCOUNT_ID={}\nexport AEM_SERVICECREDENTIALS_ORG_ID={}\n\
         export AEM_SERVICECREDENTIALS_META_SCOPES={}\nexport AEM_SERVICECREDENTIALS_PRIVATE_KEY=\"{}\"\n",
        text(&integration["technicalAccount"]["clientId"]),
        text(&integration["technicalAccount"]["clientSecret"]),
        text(&integration["id"]),
        text(&integration["org"]),
        text(&integration["metascopes"]),
        text(&integration["privateKey"]).replace("\r\n", "\\n"),
    )
}

fn of_the_same_organization(document: &str, as_this: &str) -> String {
    let organization = |text: &str| {
        let document: Value = serde_json::from_str(text).unwrap();
        document["integration"]["org"].as_str().unwrap().to_owned()
    };
    document.replace(&organization(document), &organization(as_this))
}

/// One of everything.
fn scene() -> TempDir {
    let sound = fixture("key-pair-mismatch/good.json");
    let document: Value = serde_json::from_str(&sound).unwrap();
    let key = document["integration"]["privateKey"].as_str().unwrap().to_owned();
    let renamed =
        |text: String| text.replace("-e999999-", "-e7-").replace(CLIENT, "cm-p99999-e7-integration-0");
    let broken = renamed(fixture("metascopes-form/bad.json"));
    let redacted = run_with_input(["redact", "--keep=certificate,ids", "-"], sound.as_bytes());
    assert_eq!(redacted.code, 0, "{}", redacted.err);
    let secret = format!(
        "apiVersion: v1\nkind: Secret\nmetadata:\n  name: aem\ndata:\n  service.json: {}\n",
        STANDARD.encode(&sound)
    );
    folder(&[
        ("service.json", sound.clone()),
        ("deploy/secret.yaml", secret),
        (".env", variables(&sound)),
        ("key.pem", key),
        ("docs/sample.json", redacted.out),
        ("old.json", of_the_same_organization(&fixture("certificate-expired/bad.json"), &sound)),
        ("test.json", broken),
        ("token.json", fixture("token-expired/bad.json")),
        ("README.md", String::from("# Nothing to see\n")),
    ])
}

#[test]
fn each_credential_is_one_row_with_all_its_places() {
    let folder = scene();
    let report = report(folder.path(), &[]);
    let row = |state: &str, kind: &str, client: &str, places| {
        (state.to_owned(), kind.to_owned(), client.to_owned(), places)
    };
    let token_client = report["credentials"][1]["client_id"].as_str().unwrap().to_owned();
    assert_eq!(
        rows(&report),
        [
            row("expired", "service-credentials", CLIENT, 1),
            row("expired", "development-token", &token_client, 1),
            row("broken", "service-credentials", "cm-p99999-e7-integration-0", 1),
            row("sound", "service-credentials", CLIENT, 5),
        ]
    );
    let places: Vec<(String, Value, bool)> = report["credentials"][3]["places"]
        .as_array()
        .unwrap()
        .iter()
        .map(|place| {
            let path = Path::new(place["path"].as_str().unwrap())
                .file_name()
                .unwrap()
                .to_string_lossy()
                .into_owned();
            (path, place["steps"].clone(), place["usable"].as_bool().unwrap())
        })
        .collect();
    assert_eq!(
        places,
        [
            (String::from(".env"), json!(["AEM_SERVICECREDENTIALS_*"]), true),
            (String::from("secret.yaml"), json!(["data.\"service.json\"", "base64"]), true),
            (String::from("sample.json"), json!([]), false),
            (String::from("key.pem"), json!([]), true),
            (String::from("service.json"), json!([]), true),
        ]
    );
    // The key of old.json is another one of the same client, and older.
    assert_eq!(
        storage_findings(&report),
        ["storage-duplicate @ .env", "storage-key-shared @ test.json", "storage-superseded @ old.json"]
    );
    assert_eq!(report["summary"]["states"]["expired"], 2);
    assert_eq!(report["complete"], true);
}

#[test]
fn what_is_kept_openly_or_twice_is_said() {
    let key = fixture("key-pair-mismatch/good.json");
    let other = key.replace(CLIENT, "cm-p99999-e7-integration-0");
    let folder = folder(&[("a.json", key.clone()), ("b.json", other)]);
    assert_eq!(storage_findings(&report(folder.path(), &[])), ["storage-key-shared @ a.json"]);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(folder.path().join("b.json"), fs::Permissions::from_mode(0o640)).unwrap();
        let found = report(folder.path(), &[]);
        assert_eq!(storage_findings(&found), ["storage-key-shared @ a.json", "storage-permissions @ b.json"]);
        let off = report(folder.path(), &["--severity=storage-permissions=off"]);
        assert_eq!(storage_findings(&off), ["storage-key-shared @ a.json"]);
    }
}

/// Known by its private key, by variables without a certificate, and by nothing but a certificate.
#[test]
fn keys_that_share_a_prime_are_found_however_they_are_known() {
    let pool = PrimePool::new(&Seed::from(7), 6, 2048).unwrap();
    let credential = |environment: usize, key: usize| {
        let mut specification = Specification::new(Seed::from(environment as u64), NOW.parse().unwrap());
        specification.client_id = format!("cm-p99999-e{environment}-integration-0");
        let document = generate_with_key(&specification, &pool.key(key).unwrap()).unwrap();
        String::from_utf8(document.expose().clone()).unwrap()
    };
    // Of the pool's primes these keys have 0 and 1, 0 and 2, 1 and 3, 4 and 5.
    let [first, second, third, other] =
        [(1, 0), (2, 1), (3, 4), (4, 14)].map(|(environment, key)| credential(environment, key));
    let redacted = run_with_input(["redact", "--keep=certificate,ids", "-"], third.as_bytes());
    let folder = folder(&[
        ("1.json", first),
        ("2.env", variables(&second)),
        ("3.json", redacted.out),
        ("4.json", other),
    ]);
    let report = report(folder.path(), &[]);
    let shared = ["1.json", "2.env", "3.json"].map(|name| format!("storage-shared-prime @ {name}"));
    assert_eq!(storage_findings(&report), shared);
    let credentials = report["credentials"].as_array().unwrap().iter();
    for credential in credentials.filter(|one| one["client_id"] != "cm-p99999-e4-integration-0") {
        let found = credential["findings"].as_array().unwrap();
        let shared = found.iter().find(|finding| finding["rule"] == "storage-shared-prime").unwrap();
        let related = shared["related"][0]["path"].as_str().unwrap_or_else(|| panic!("{shared}"));
        let expected =
            if credential["client_id"] == "cm-p99999-e1-integration-0" { "2.env" } else { "1.json" };
        assert!(related.ends_with(expected), "{shared}");
    }
}

fn validator(name: &str) -> jsonschema::Validator {
    let schema: Value = serde_json::from_str(&run(["schema", name]).out).unwrap();
    jsonschema::options().should_validate_formats(true).build(&schema).unwrap()
}

#[test]
fn json_and_its_lines_fit_their_schemas() {
    let (whole, line) = (validator("audit"), validator("audit-jsonl"));
    let fixtures = root().join("fixtures");
    let scene = scene();
    for folder in [scene.path(), fixtures.as_path(), Path::new("missing")] {
        let report = report(folder, &[]);
        let errors: Vec<String> = whole.iter_errors(&report).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{}: {errors:?}", folder.display());
        let lines = audit(folder, &["--format=jsonl"]).out;
        let lines: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        for value in &lines {
            let errors: Vec<String> = line.iter_errors(value).map(|error| error.to_string()).collect();
            assert!(errors.is_empty(), "{}: {errors:?}", folder.display());
        }
        assert_eq!(lines.last().unwrap()["type"], "summary");
        assert_eq!(lines.last().unwrap()["summary"], report["summary"]);
    }
    // The validators do notice.
    let report = report(scene.path(), &[]);
    for name in report["credentials"][0].as_object().unwrap().keys() {
        let mut broken = report.clone();
        broken["credentials"][0].as_object_mut().unwrap().remove(name);
        assert!(!whole.is_valid(&broken), "{name}");
    }
}

#[test]
fn all_formats_list_the_same_and_end_the_same() {
    let scene = scene();
    let report = report(scene.path(), &[]);
    let count = report["credentials"].as_array().unwrap().len();
    let findings: usize = report["credentials"]
        .as_array()
        .unwrap()
        .iter()
        .map(|credential| credential["findings"].as_array().unwrap().len())
        .sum();
    for fail_on in ["--fail-on=error", "--fail-on=never"] {
        let expected = u8::from(fail_on == "--fail-on=error");
        for format in FORMATS {
            let run = audit(scene.path(), &["--format", format, fail_on]);
            assert_eq!(run.code, expected, "{format}: {}", run.err);
            let rows = match format {
                "table" => run
                    .out
                    .lines()
                    .filter(|line| {
                        line.starts_with("expired ")
                            || line.starts_with("broken ")
                            || line.starts_with("sound ")
                    })
                    .count(),
                "json" => count,
                // A line for each place, since they come as they are met; the loose key has no line of its own findings.
                "jsonl" => run.out.matches("\"type\":\"sighting\"").count() - 4,
                "csv" => csv::Reader::from_reader(run.out.as_bytes()).records().map(Result::unwrap).count(),
                "markdown" => run
                    .out
                    .lines()
                    .take_while(|line| !line.starts_with("### "))
                    .filter(|line| line.starts_with("| 🔴") || line.starts_with("| 🟢"))
                    .count(),
                "html" => run.out.matches("<tr class=").count(),
                _ => {
                    let log: Value = serde_json::from_str(&run.out).unwrap();
                    assert_eq!(log["runs"][0]["results"].as_array().unwrap().len(), findings);
                    count
                }
            };
            assert_eq!(rows, count, "{format}");
        }
    }
}

/// What a secret manager exports, under a name that is the same everywhere.
fn export() -> String {
    let named = |name: &str, document: String| json!({ "Name": name, "SecretString": document });
    let sound = fixture("key-pair-mismatch/good.json");
    let renamed = fixture("metascopes-form/bad.json").replace(CLIENT, "cm-p99999-e7-integration-0");
    let redacted = run_with_input(["redact", "--keep=certificate,ids", "-"], sound.as_bytes()).out;
    json!([
        named("prod/aem", sound.clone()),
        named("prod/aem-old", of_the_same_organization(&fixture("certificate-expired/bad.json"), &sound)),
        named("test/aem", renamed),
        named("docs", redacted),
        named("backup", sound),
        named("token", fixture("token-expired/bad.json")),
    ])
    .to_string()
}

#[test]
fn it_is_as_wide_as_the_terminal() {
    for width in [60, 80, 140] {
        let environment = Environment { width: Some(width), ..environment() };
        let run = run_in(&environment, ["audit", "-"], export().as_bytes());
        assert_eq!((run.code, run.err.as_str()), (1, ""));
        let table = run.out.lines().take_while(|line| !line.is_empty());
        let widest = table.map(|line| line.chars().count()).max().unwrap();
        assert!(widest <= width, "{widest} of {width}");
        insta::assert_snapshot!(format!("audit-{width}"), run.out);
    }
}

#[test]
fn an_interrupted_run_says_so() {
    let scene = scene();
    for format in FORMATS {
        let environment = Environment { interruption: interrupted(), ..environment() };
        let run = run_in(&environment, ["audit", "--format", format, scene.path().to_str().unwrap()], b"");
        assert_eq!(run.code, 130, "{format}");
        let marks = ["interrupted", "\"complete\": false", "\"complete\":false", "executionSuccessful"];
        assert!(format == "csv" || marks.iter().any(|mark| run.out.contains(mark)), "{format}: {}", run.out);
    }
}

#[test]
fn names_of_files_are_no_markup_and_no_formula() {
    let sound = fixture("key-pair-mismatch/good.json");
    let names = [
        "=cmd|'x'!A1.json",
        "<script>alert(1)<!--.json",
        "a|b`c*d_.json",
        "\"quoted\", and; so.json",
        "é\u{202E}txt.json",
        "x\ny.json",
    ];
    for name in names {
        let folder = folder(&[(name, sound.clone())]);
        let environment = environment();
        let out = |format: &str| {
            // From within, so that the name begins the path.
            let path = folder.path().join(name);
            run_in(&environment, ["audit", "--format", format, path.to_str().unwrap()], b"").out
        };
        let html = out("html");
        assert!(!html.contains("<script>alert") && !html.contains('\u{202E}'), "{name}");
        assert_eq!(html.matches("<script>").count(), 1, "{name}");
        let csv = out("csv");
        let mut reader = csv::Reader::from_reader(csv.as_bytes());
        let record = reader.records().next().unwrap().unwrap();
        assert!(record.iter().all(|cell| !cell.starts_with('=')), "{name}");
        assert!(csv.ends_with("\r\n"));
        let markdown = out("markdown");
        assert_eq!(markdown.lines().filter(|line| line.starts_with("| 🟢")).count(), 1, "{name}: {markdown}");
    }
}

#[test]
fn options_narrow_the_walk() {
    let sound = fixture("key-pair-mismatch/good.json");
    let folder = folder(&[
        ("a/service.json", sound.clone()),
        ("b/export.json", json!({ "SecretString": sound }).to_string()),
        ("a/.gitignore", String::from("service.json\n")),
        (".hidden/service.json", fixture("certificate-expired/good.json")),
    ]);
    fs::create_dir(folder.path().join(".git")).unwrap();
    let count =
        |more: &[&str]| rows(&report(folder.path(), more)).into_iter().map(|row| row.3).sum::<usize>();
    assert_eq!(count(&[]), 3);
    assert_eq!(count(&["--no-unwrap"]), 2);
    assert_eq!(count(&["--respect-gitignore"]), 2);
    assert_eq!(count(&["--one-file-system"]), 3);
    assert_eq!(count(&["--max-size=1K"]), 0);
    let refused = audit(folder.path(), &["--exclude=/a"]);
    assert!(refused.code == 2 && refused.err.contains("absolute"), "{}", refused.err);
    assert_eq!(count(&["--exclude=**/a"]), 2);
    let missing = audit(&folder.path().join("missing"), &[]);
    assert!(missing.code == 2 && missing.err.contains("does not exist"), "{}", missing.err);
    let nothing = run(["audit", "--files-from=-"]);
    assert!(nothing.code == 0 && nothing.err.contains("nothing to look at"), "{}", nothing.err);
    assert_eq!(run(["audit", "--files-from=-", "--error-on-no-input"]).code, 2);
}

#[test]
fn bombs_are_told_of_files_that_are_named_and_of_no_others() {
    let folder = folder(&[("a.json", fixture("key-pair-mismatch/good.json"))]);
    let bomb = folder.path().join("bomb.zst");
    // A frame with a window of 128 MiB, and nothing in it (RFC 8878 section 3.1.1).
    fs::write(&bomb, b"\x28\xB5\x2F\xFD\x00\x88\x01\x00\x00").unwrap();
    let (folder, bomb) = (folder.path().to_str().unwrap(), bomb.to_str().unwrap());
    for (command, path, code) in
        [("audit", folder, 0), ("check", folder, 0), ("audit", bomb, 2), ("check", bomb, 2)]
    {
        let run = run([command, "--fail-on=never", path]);
        assert_eq!((run.code, run.err.contains("unwraps to a text of more")), (code, code == 2), "{run:?}");
        assert_eq!(run.err.contains("skipped") || run.out.contains("1 skipped"), path == folder, "{run:?}");
    }
}

#[test]
#[ignore = "slow: hundreds of runs"]
fn nothing_of_a_secret_is_in_any_inventory() {
    let environment = Environment { width: Some(120), ..environment() };
    for path in fixtures() {
        let text = fs::read(&path).unwrap();
        let secrets = Secrets::of(&text);
        let wrapped = json!({ "SecretString": String::from_utf8_lossy(&text), "b": STANDARD.encode(&text) });
        for format in FORMATS {
            for input in [text.clone(), wrapped.to_string().into_bytes()] {
                let run = run_in(&environment, ["audit", "--format", format, "-"], &input);
                let what = format!("{} {format}", path.display());
                // The table of rules and the page's own script are the same in every run.
                let out = match format {
                    "sarif" => {
                        let log: Value = serde_json::from_str(&run.out).unwrap();
                        log["runs"][0]["results"].to_string()
                    }
                    _ => run.out,
                };
                secrets.assert_absent(&out, &what);
                secrets.assert_absent(&run.err, &what);
            }
        }
    }
}

#[test]
fn all_fixtures_together_are_sorted_and_the_same_every_time() {
    let folder = root().join("fixtures");
    let first = report(&folder, &[]);
    assert_eq!(first, report(&folder, &[]));
    let states: Vec<String> = rows(&first).into_iter().map(|row| row.0).collect();
    let order = ["expired", "expiring", "broken", "sound", "partial", "redacted", "encrypted"];
    let ranks: Vec<usize> =
        states.iter().map(|state| order.iter().position(|name| name == state).unwrap()).collect();
    assert!(ranks.is_sorted(), "{states:?}");
    assert!(children(&folder).len() > 40);
}

/// Source code that `AEMCRED_SOURCE_TREE` names, one folder or several as `PATH` has them: hundreds of crates, large packages
/// of npm and of Python, many with keys and certificates for their tests. None of them is a credential of AEM's, though
/// some have samples of one.
#[test]
#[ignore = "slow: looks through trees of source code"]
fn source_code_holds_no_credential() {
    #[expect(clippy::disallowed_methods, reason = "tests have no caller to hand them the environment")]
    let Some(sources) = std::env::var_os("AEMCRED_SOURCE_TREE") else {
        return missing("AEMCRED_SOURCE_TREE");
    };
    for source in std::env::split_paths(&sources) {
        let report = report(&source, &["--no-git"]);
        assert!(report["summary"]["files"].as_u64().unwrap() > 1000, "{}", source.display());
        let credentials = report["credentials"].as_array().unwrap();
        let found: Vec<&Value> = credentials.iter().filter(|one| one["state"] != "redacted").collect();
        assert!(found.is_empty(), "{}: {found:?}", source.display());
    }
}

#[test]
fn two_certificates_of_one_key_end_on_days_of_their_own() {
    // Made with one seed, and so with one key.
    let made = |name: &str, not_before: &str| {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        let arguments = ["generate", "--seed=5", "--not-before", not_before, path.to_str().unwrap()];
        assert_eq!(run(arguments).code, 0);
        fs::read_to_string(path).unwrap()
    };
    let (soon, later) = (made("a", "2025-11-24T13:00:00Z"), made("b", "2026-10-01T00:00:00Z"));
    let broken = later.replace("ent_aem_cloud_api", "ent_aem_cloud_api ,");
    let folder = folder(&[("a.json", soon.clone()), ("b.json", later), ("c.env", variables(&soon))]);
    let found = report(folder.path(), &[]);
    let states: Vec<(String, usize)> = rows(&found).into_iter().map(|row| (row.0, row.3)).collect();
    assert_eq!(states, [(String::from("expiring"), 1), (String::from("sound"), 2)]);
    assert_eq!(storage_findings(&found), ["storage-duplicate @ b.json", "storage-superseded @ a.json"]);
    fs::write(folder.path().join("b.json"), broken).unwrap();
    assert_eq!(storage_findings(&report(folder.path(), &[])), ["storage-duplicate @ b.json"]);
    // Whichever thread is first.
    let first = audit(folder.path(), &["--format=json"]).out;
    assert!((0..20).all(|_| audit(folder.path(), &["--format=json"]).out == first));
}

#[test]
fn a_report_is_not_written_over_what_was_read() {
    let sound = fixture("key-pair-mismatch/good.json");
    let folder = folder(&[("a.json", sound.clone())]);
    let path = folder.path().join("a.json");
    let target = format!(
        "json={}",
        folder.path().join("../").join(folder.path().file_name().unwrap()).join("a.json").display()
    );
    for command in ["audit", "renewals", "check"] {
        for read in [folder.path(), path.as_path()] {
            // It holds a credential, and even whoever doesn't mind that can't mean one that is being looked at.
            let run_with = |more: &[&str]| {
                let arguments = [command, "--output", &target, read.to_str().unwrap()];
                run(arguments.iter().chain(more).copied())
            };
            let refused = run_with(&[]);
            assert!(refused.code == 2 && refused.err.contains("holds a credential"), "{}", refused.err);
            let forced = run_with(&["--force"]);
            assert!(forced.code == 2 && forced.err.contains("not written over"), "{command}: {}", forced.err);
            assert_eq!(fs::read_to_string(&path).unwrap(), sound);
        }
        let twice =
            [format!("json={}/r", folder.path().display()), format!("csv={}/./r", folder.path().display())];
        if command != "check" {
            let run = run([command, "--output", &twice[0], "--output", &twice[1], path.to_str().unwrap()]);
            assert!(run.code == 2 && run.err.contains("two outputs"), "{command}: {}", run.err);
        }
    }
}

#[test]
fn what_is_damaged_is_listed_wherever_it_lies() {
    let cut = fixture("document-syntax/bad.json");
    let short = fixture("key-pair-mismatch/good.json")[..2500].to_owned();
    let secret = |document: &str| {
        format!("apiVersion: v1\nkind: Secret\ndata:\n  a.json: {}\n", STANDARD.encode(document))
    };
    for document in [cut, short] {
        for (name, contents) in [
            ("a.json", document.clone()),
            ("secret.yaml", secret(&document)),
            ("export.json", json!({ "SecretString": document }).to_string()),
        ] {
            let folder = folder(&[(name, contents)]);
            let found = report(folder.path(), &[]);
            assert_eq!(rows(&found)[0].0, "broken", "{name}: {found}");
        }
    }
    // A program that names the fields is none.
    let program = "const aud = `https://${i.imsEndpoint}/c/`; const scopes = i.metascopes.split(',');";
    assert_eq!(rows(&report(folder(&[("client.js", program.to_owned())]).path(), &[])), []);
}

#[test]
fn what_was_passed_over_is_told() {
    let folder = folder(&[("a.json", fixture("key-pair-mismatch/good.json"))]);
    for format in ["table", "markdown", "html"] {
        let run = audit(folder.path(), &["--max-size=1K", "--format", format]);
        assert!(run.out.contains("1 skipped"), "{format}: {}", run.out);
    }
}

/// Nothing in variables says until when they can be used, and what is over looks like all others.
#[test]
fn variables_alone_are_never_called_sound() {
    let expired = fixture("certificate-expired/bad.json");
    let path = |folder: &TempDir| folder.path().join(".env").to_str().unwrap().to_owned();
    for document in [&expired, &fixture("key-pair-mismatch/good.json")] {
        let folder = folder(&[(".env", variables(document))]);
        assert_eq!(states(&report(folder.path(), &[])), ["partial"]);
        for format in ["table", "markdown", "html"] {
            let out = audit(folder.path(), &["--format", format]).out;
            assert!(out.contains("unknown"), "{format}: {out}");
        }
        for format in ["table", "json", "jsonl", "csv", "markdown", "sarif"] {
            let out = audit(folder.path(), &["--format", format]).out;
            let said = out.replace("\"sound\": 0", "").replace("\"sound\":0", "");
            assert!(format == "sarif" || !said.contains("sound"), "{format}: {out}");
        }
        let checked = run(["check", &path(&folder)]);
        assert_eq!(checked.code, 0, "{}", checked.err);
        assert!(
            checked.out.contains("partial") && checked.out.contains("without the certificate"),
            "{}",
            checked.out
        );
        for format in ["text", "concise", "json", "jsonl", "junit", "markdown", "github", "gitlab"] {
            let out = run(["check", "--format", format, &path(&folder)]).out;
            assert!(!out.contains("sound"), "{format}: {out}");
        }
        for format in ["text", "json"] {
            let out = run(["inspect", "--format", format, &path(&folder)]).out;
            assert!(!out.contains("sound"), "{format}: {out}");
        }
    }
    // Beside a copy with the certificate its date holds, even if that one has no secrets.
    let redacted = |document: &str| {
        run_with_input(["redact", "--keep=certificate,ids,organization", "-"], document.as_bytes()).out
    };
    let sound = fixture("key-pair-mismatch/good.json");
    let soon = fixture("certificate-expiring/bad.json");
    for (document, certified, expected) in [
        (&sound, sound.clone(), "sound"),
        (&expired, expired.clone(), "expired"),
        (&expired, redacted(&expired), "expired"),
        (&soon, redacted(&soon), "expiring"),
        (&sound, redacted(&sound), "partial"),
    ] {
        let folder = folder(&[("a.json", certified), (".env", variables(document))]);
        let found = report(folder.path(), &[]);
        assert_eq!(states(&found), [expected]);
        assert_eq!(rows(&found)[0].3, 2);
        assert_ne!(found["credentials"][0]["validity"], Value::Null, "{found}");
    }
    // A reminder can't know better either.
    let folder = folder(&[(".env", variables(&expired))]);
    let renewals = run(["renewals", "--format=json", folder.path().to_str().unwrap()]);
    let renewals: Value = serde_json::from_str(&renewals.out).unwrap();
    assert_eq!(renewals["renewals"][0]["status"], "unknown");
}

/// As people redact by hand, and as templates refer to a secret that is kept elsewhere.
#[test]
fn usual_redactions_are_no_credentials() {
    let sound: Value = serde_json::from_str(&fixture("key-pair-mismatch/good.json")).unwrap();
    let elided = "-----BEGIN RSA PRIVATE KEY-----\r\nMIIE...\r\n-----END RSA PRIVATE KEY-----";
    let same = |value: &str| (json!(value), json!(value));
    let pairs = [
        (json!("p8e-..."), json!(elided)),
        (json!("p8e-…"), json!(elided.replace("...", "…"))),
        same("op://vault/item/field"),
        same("vault:secret/data/aem#value"),
        same("{{resolve:secretsmanager:aem:SecretString:value}}"),
        same("arn:aws:secretsmanager:eu-west-1:123456789012:secret:aem"),
        same("projects/x/secrets/y"),
        same("@Microsoft.KeyVault(VaultName=v;SecretName=aem)"),
        same("!Ref Secret"),
        (Value::Null, Value::Null),
    ];
    for (secret, key) in pairs {
        let mut document = sound.clone();
        document["integration"]["technicalAccount"]["clientSecret"] = secret.clone();
        document["integration"]["privateKey"] = key;
        let folder = folder(&[("a.json", document.to_string())]);
        let found = report(folder.path(), &[]);
        assert_eq!(states(&found), ["redacted"], "{secret}");
        assert_eq!(found["credentials"][0]["places"][0]["usable"], false, "{secret}");
        // A walk passes over a template, and whoever names it is told.
        assert_eq!(run(["check", "--format=concise", folder.path().to_str().unwrap()]).code, 0, "{secret}");
        let named = folder.path().join("a.json");
        let checked = run(["check", "--format=concise", named.to_str().unwrap()]);
        // A redacted document is one finding, which names the fields.
        let (rule, times) = if secret.is_null() { ("[field-type]", 2) } else { ("[field-placeholder]", 1) };
        assert_eq!(
            (checked.code, checked.out.matches(rule).count()),
            (1, times),
            "{secret}: {}",
            checked.out
        );
        assert_eq!(checked.out.lines().count(), times, "{secret}: {}", checked.out);
    }
    // In YAML a tag makes the reference.
    let manifest = format!(
        "env:\n  AEM_CLIENT_ID: {CLIENT}\n  AEM_CLIENT_SECRET: !Ref Secret\n  AEM_ORG_ID: {}\n  AEM_META_SCOPES: \
         ent_aem_cloud_api\n  AEM_PRIVATE_KEY: !GetAtt Secret.Key\n",
        sound["integration"]["org"].as_str().unwrap()
    );
    let folder = folder(&[("a.yaml", manifest)]);
    assert_eq!(states(&report(folder.path(), &[])), ["redacted"]);
    // One that was left in is there to be stolen.
    let mut document = sound.clone();
    document["integration"]["technicalAccount"]["clientSecret"] = Value::Null;
    let found = report(self::folder(&[("a.json", document.to_string())]).path(), &[]);
    assert_eq!(found["credentials"][0]["places"][0]["usable"], true);
}

/// A log, a program or notes with a credential's parts in them are no damaged JSON.
#[test]
fn loose_parts_of_one_file_are_one_row() {
    let sound = fixture("key-pair-mismatch/good.json");
    let document: Value = serde_json::from_str(&sound).unwrap();
    let text = |pointer: &str| document.pointer(pointer).unwrap().as_str().unwrap().to_owned();
    let (secret, key) = (text("/integration/technicalAccount/clientSecret"), text("/integration/privateKey"));
    let log: String = sound.lines().map(|line| format!("2026-11-22 app {line}\n")).collect();
    let program = format!(
        "// Settings\nconst secret = '{secret}';\nconst key = `\n{key}`;\nconst x = {{'metascopes': 1, 'privateKey': a}};\n"
    );
    let notes = format!(
        "# Keys\n\nThe \"imsEndpoint\": `x`, \"metascopes\": `y`, secret `{secret}`\n\n```\n{key}```\n"
    );
    let alone = |client: &str| (String::from("partial"), String::from("private-key"), client.to_owned(), 2);
    for (name, contents, first, own) in [
        // The client ID, which is in the log, ties all to one credential.
        (
            "app.log",
            log,
            "13:35",
            (String::from("sound"), String::from("service-credentials"), CLIENT.to_owned(), 1),
        ),
        ("client.js", program.clone(), "4:1", alone("-")),
        ("notes.md", notes, "3:52", alone("-")),
    ] {
        let places = own.3;
        let one = folder(&[(name, contents.clone())]);
        let found = report(one.path(), &[]);
        assert_eq!(rows(&found), [own], "{name}: {found}");
        let place = &found["credentials"][0]["places"][0];
        assert_eq!(format!("{}:{}", place["line"], place["column"]), first, "{name}");
        assert_eq!(found["credentials"][0]["findings"], json!([]), "{name}");
        // Where its credential is known they belong to that.
        let both = folder(&[(name, contents), ("a.json", sound.clone())]);
        let found = report(both.path(), &[]);
        let row = (String::from("sound"), String::from("service-credentials"), CLIENT.to_owned(), places + 1);
        assert_eq!(rows(&found), [row], "{name}: {found}");
    }
    // A secret beside two keys may be either's, and the keys may be anybody's.
    let other = serde_json::from_str::<Value>(&fixture("certificate-expired/bad.json")).unwrap();
    let other = other["integration"]["privateKey"].as_str().unwrap();
    let folder = folder(&[("client.js", format!("{program}const other = `\n{other}`;\n"))]);
    let kinds: Vec<String> = rows(&report(folder.path(), &[])).into_iter().map(|row| row.1).collect();
    assert_eq!(kinds, ["client-secret"]);
}

#[test]
fn what_is_damaged_is_placed_where_it_begins() {
    let cut = fixture("key-pair-mismatch/good.json")[..2500].to_owned();
    let encoded = STANDARD.encode(&cut);
    for (name, contents, expected) in [
        ("a.yaml", format!("kind: Secret\ndata:\n  a: {encoded}\n"), [3, 6]),
        ("a.json", format!("{{\"a\":\n \"{encoded}\"}}"), [2, 3]),
        ("b.json", cut, [1, 1]),
    ] {
        let found = report(folder(&[(name, contents)]).path(), &[]);
        let place = &found["credentials"][0]["places"][0];
        assert_eq!(json!([place["line"], place["column"]]), json!(expected), "{name}");
    }
}

/// As configurations of `OSGi` have them: no objects, and names of their own.
#[test]
fn fields_in_one_object_are_judged_as_variables_are() {
    let document: Value = serde_json::from_str(&fixture("key-pair-mismatch/good.json")).unwrap();
    let integration = &document["integration"];
    let account = &integration["technicalAccount"];
    let flat = json!({
        "clientId": account["clientId"], "clientSecret": account["clientSecret"], "orgId": integration["org"],
        "metascopes": integration["metascopes"], "technicalAccountId": integration["id"],
        "privateKey": integration["privateKey"],
    });
    let with = |name: &str, value: Value| {
        let mut flat = flat.clone();
        flat.as_object_mut().unwrap().remove("metascopes");
        flat[name] = value;
        flat
    };
    let attributes: String = flat
        .as_object()
        .unwrap()
        .iter()
        .map(|(name, value)| format!(" {name}=\"{}\"", value.as_str().unwrap().replace("\r\n", "\\n")))
        .collect();
    let whole = with("certificate", integration["publicKey"].clone());
    for (name, contents, expected) in [
        ("a.cfg.json", flat.to_string(), "partial"),
        ("b.json", json!({ "properties": flat }).to_string(), "partial"),
        ("c.json", with("metaScopes", json!(["ent_aem_cloud_api"])).to_string(), "partial"),
        (
            "d.json",
            with("metascopes", json!(["ent_aem_cloud_api", "ent_cloudmgr_sdk"])).to_string(),
            "partial",
        ),
        ("e.xml", format!("<a xmlns=\"x\"{attributes}/>"), "partial"),
        ("f.json", with("metaScopes", json!(["ent_aem_cloud_api "])).to_string(), "partial"),
        ("g.json", whole.to_string(), "sound"),
    ] {
        let found = report(folder(&[(name, contents)]).path(), &[]);
        let row = (expected.to_owned(), String::from("service-credentials"), CLIENT.to_owned(), 1);
        assert_eq!(rows(&found), [row], "{name}: {found}");
        assert_eq!(found["credentials"][0]["findings"], json!([]), "{name}: {found}");
    }
    // Under the issued names, too: only what has an object for the ID and the secret is the issued document.
    let mut lost = integration.clone();
    for name in ["clientId", "clientSecret"] {
        lost[name] = account[name].clone();
    }
    lost.as_object_mut().unwrap().remove("technicalAccount");
    assert_eq!(states(&report(folder(&[("a.json", lost.to_string())]).path(), &[])), ["sound"]);
}

/// A loose key's certificate says until when it can be used.
#[test]
fn a_loose_key_ends_with_its_certificate() {
    for (name, expected) in [
        ("certificate-expired", "expired"),
        ("certificate-expiring", "expiring"),
        ("identifier-form", "partial"),
    ] {
        let document: Value = serde_json::from_str(&fixture(&format!("{name}/bad.json"))).unwrap();
        let text = |field: &str| document["integration"][field].as_str().unwrap().to_owned();
        let folder = folder(&[("a.pem", text("privateKey") + &text("publicKey"))]);
        let found = report(folder.path(), &[]);
        assert_eq!(rows(&found), [(expected.into(), "private-key".into(), CLIENT.to_owned(), 1)], "{found}");
    }
}

/// What isn't reported keeps the client from using it all the same.
#[test]
fn rules_that_are_off_make_nothing_sound() {
    let folder = folder(&[("a.json", fixture("key-pair-mismatch/bad.json"))]);
    for option in [
        "--severity=key-pair-mismatch=off",
        "--severity=key-pair-mismatch=warning",
        "--severity=key-pair-mismatch=note",
    ] {
        let found = report(folder.path(), &[option]);
        assert_eq!(states(&found), ["broken"], "{option}");
        assert_eq!(audit(folder.path(), &[option]).code, 0, "{option}");
    }
}
