//! The formats of `check`: snapshots over one scene, official schemas, positions by hand, suppression, and what GitHub
//! Actions changes. Programs that read such reports in practice are asked by `tests/consumers/run`.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use aemcred::Level;
use aemcred::Settings;
use aemcred::internals::examine;
use aemcred::internals::finding::Suppression;
use aemcred::internals::report::{self, FileResult, PathName, Results};
use aemcred::internals::rules;
use aemcred::internals::secret::Secret;
use comrak::nodes::NodeValue;
use serde_json::{Value, json};

use crate::common::{FORMATS, NOW, environment, fixtures, program, root, run, run_in, run_with_input};

/// A name with all that formats must escape.
const NASTY: &str = "a b%25;c]|`<b>&\"',:[x](y) @me ##vso[x]::error::é\u{202E}\n\u{1B}[31m.json";

/// A folder with an error, a warning, a sound file, one that doesn't parse, and one with [`NASTY`] as its name.
fn scene() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, fixture) in [
        ("error.json", "key-pair-mismatch/bad.json"),
        ("warning.json", "metascopes-aem/bad.json"),
        ("sound.json", "key-pair-mismatch/good.json"),
        ("broken.json", "document-syntax/bad.json"),
        (NASTY, "field-unknown/bad.json"),
    ] {
        fs::copy(root().join("fixtures").join(fixture), folder.path().join(name)).unwrap();
    }
    folder
}

/// The scene in one format, with a file that is not there; paths are relative.
fn scene_as(format: &str) -> String {
    let folder = scene();
    let mut command = program();
    command.current_dir(folder.path()).args(["check", "--now", NOW, "--format", format]);
    command.args(["error.json", "warning.json", "sound.json", "./broken.json", NASTY, "missing.json"]);
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(2), "{format}");
    String::from_utf8(output.stdout).unwrap()
}

fn parsed(report: &str) -> Value {
    serde_json::from_str(report).unwrap()
}

#[test]
fn every_format_shows_the_scene() {
    for format in FORMATS {
        let mut report = scene_as(format);
        if format == "sarif" {
            // The table of rules grows with the catalogue; one of it is shown, and indices become names.
            let mut log = parsed(&report);
            let table = log["runs"][0]["tool"]["driver"]["rules"].take();
            for result in log["runs"][0]["results"].as_array_mut().unwrap() {
                let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
                result["ruleIndex"] = table[index]["id"].clone();
            }
            let shown =
                table.as_array().unwrap().iter().find(|rule| rule["id"] == "key-pair-mismatch").unwrap();
            log["runs"][0]["tool"]["driver"]["rules"] = json!([shown, "…"]);
            report = serde_json::to_string_pretty(&log).unwrap();
        }
        insta::with_settings!({prepend_module_to_snapshot => false, omit_expression => true}, {
            insta::assert_snapshot!(format!("scene-{format}"), report);
        });
    }
}

/// The scene, each fixture, all of them, and nothing at all.
fn reports(format: &str) -> Vec<String> {
    let option = format!("--format={format}");
    let check = |paths: &[PathBuf]| {
        let options = ["check", &option].map(PathBuf::from);
        run(options.into_iter().chain(paths.iter().cloned())).out
    };
    let mut reports: Vec<String> = fixtures().into_iter().map(|path| check(&[path])).collect();
    reports.extend([check(&fixtures()), check(&[PathBuf::from("--files-from=-")]), scene_as(format)]);
    reports
}

fn schema(name: &str) -> Value {
    parsed(&fs::read_to_string(root().join("tests/schemas").join(name)).unwrap())
}

fn assert_valid(validator: &jsonschema::Validator, value: &Value) {
    let errors: Vec<_> =
        validator.iter_errors(value).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(errors.is_empty(), "{errors:#?}");
}

fn sarif_validator() -> jsonschema::Validator {
    let mut schema = schema("sarif-schema-2.1.0.json");
    // A bracket too much makes this pattern invalid for strict readers; aemcred writes no language.
    schema["definitions"]["run"]["properties"]["language"]
        .as_object_mut()
        .unwrap()
        .remove("pattern")
        .unwrap();
    schema["definitions"]["toolComponent"]["properties"]["language"]
        .as_object_mut()
        .unwrap()
        .remove("pattern");
    let options = jsonschema::options().with_draft(jsonschema::Draft::Draft7).should_validate_formats(true);
    options.build(&schema).unwrap()
}

#[test]
fn sarif_keeps_the_official_schema_and_lists_every_rule() {
    let validator = sarif_validator();
    assert!(!validator.is_valid(&json!({"version": "2.1.0", "runs": [{}]})), "the validator notices");
    for report in reports("sarif") {
        let log = parsed(&report);
        assert_valid(&validator, &log);
        let run = &log["runs"][0];
        let table = run["tool"]["driver"]["rules"].as_array().unwrap();
        let names: Vec<_> = table.iter().map(|rule| rule["id"].as_str().unwrap()).collect();
        assert_eq!(names, rules::all().map(|rule| rule.name).collect::<Vec<_>>());
        for result in run["results"].as_array().unwrap() {
            let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
            assert_eq!(table[index]["id"], result["ruleId"]);
            let location = &result["locations"][0]["physicalLocation"];
            let region = &location["region"];
            assert!(
                region["startLine"].as_u64() >= Some(1) && region["startColumn"].as_u64() >= Some(1),
                "{result}"
            );
            assert!(location["region"]["snippet"].is_null() && location["contextRegion"].is_null());
            assert_eq!(result["suppressions"], json!([]));
        }
        let invocation = &run["invocations"][0];
        let failures = invocation["toolExecutionNotifications"].as_array().unwrap();
        assert_eq!(invocation["executionSuccessful"], failures.is_empty());
    }
}

#[test]
fn gitlab_keeps_the_documented_fields_and_unique_fingerprints() {
    let validator = jsonschema::draft202012::new(&schema("gitlab-code-quality.json")).unwrap();
    for report in reports("gitlab") {
        let report = parsed(&report);
        assert_valid(&validator, &report);
        let issues = report.as_array().unwrap();
        let fingerprints: BTreeSet<_> =
            issues.iter().map(|issue| issue["fingerprint"].as_str().unwrap()).collect();
        assert_eq!(fingerprints.len(), issues.len());
    }
    // Two findings of one rule at one pointer.
    let doubles = b"{\"x\": {\"y\": 1, \"y\": 1}, \"x\": {\"y\": 1, \"y\": 1}}";
    let issues = parsed(
        &run_with_input(["check", "--format=gitlab", "--only=document-duplicate-key", "-"], doubles).out,
    );
    let fingerprints: BTreeSet<_> =
        issues.as_array().unwrap().iter().map(|issue| issue["fingerprint"].to_string()).collect();
    assert_eq!((fingerprints.len(), issues.as_array().unwrap().len()), (3, 3));
}

#[test]
fn rdjson_and_json_lines_keep_their_schemas() {
    let validator = jsonschema::draft202012::new(&schema("rdjson.json")).unwrap();
    for report in reports("rdjson") {
        assert_valid(&validator, &parsed(&report));
    }
    let lines = jsonschema::draft202012::new(&parsed(&run(["schema", "jsonl"]).out)).unwrap();
    for report in reports("jsonl") {
        let values: Vec<Value> = report.lines().map(parsed).collect();
        for value in &values {
            assert_valid(&lines, value);
        }
        let summaries = values.iter().filter(|value| value["type"] == "summary").count();
        assert!(summaries == 1 && values.last().unwrap()["type"] == "summary");
    }
    assert!(!lines.is_valid(&json!({"type": "finding"})) && !lines.is_valid(&json!({"type": "other"})));
}

#[test]
fn positions_count_characters_or_bytes_as_each_format_wants() {
    // On line 2: bracket, quotation mark, é (2 bytes), • (3), 𐐀 (4), quotation mark, and the comma that is too much.
    let text = "\n[\"é•𐐀\",]";
    let check = |format: &str| {
        run_with_input(["check", "--format", format, "--only=document-syntax", "-"], text.as_bytes()).out
    };
    let region =
        parsed(&check("sarif"))["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"]
            .clone();
    assert_eq!(region, json!({"startLine": 2, "startColumn": 7, "endLine": 2, "endColumn": 8}));
    let range = parsed(&check("rdjson"))["diagnostics"][0]["location"]["range"].clone();
    assert_eq!(range, json!({"start": {"line": 2, "column": 13}, "end": {"line": 2, "column": 14}}));
    assert!(check("github").contains(",line=2,endLine=2,col=7,endColumn=8,"));
    assert!(check("concise").starts_with("<stdin>:2:7: error["));
    // Findings about the document as a whole are at its beginning.
    let whole = run_with_input(["check", "--format=sarif", "--only=document-kind", "-"], b"[]").out;
    let region =
        parsed(&whole)["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"].clone();
    assert_eq!((&region["startLine"], &region["startColumn"]), (&json!(1), &json!(1)));
}

#[test]
fn junit_counts_what_it_holds_and_passes_clean_files() {
    for report in reports("junit") {
        let document = roxmltree::Document::parse(&report).unwrap();
        let count = |node: roxmltree::Node<'_, '_>, name: &str| {
            node.descendants().filter(|child| child.has_tag_name(name)).count()
        };
        for node in document
            .descendants()
            .filter(|node| node.has_tag_name("testsuites") || node.has_tag_name("testsuite"))
        {
            for (attribute, element) in [("tests", "testcase"), ("failures", "failure"), ("errors", "error")]
            {
                assert_eq!(
                    node.attribute(attribute),
                    Some(count(node, element).to_string().as_str()),
                    "{attribute}"
                );
            }
        }
        for case in document.descendants().filter(|node| node.has_tag_name("testcase")) {
            assert!(
                case.children().filter(roxmltree::Node::is_element).count() <= 2,
                "one failure, one output"
            );
        }
    }
    for (fixture, groups) in [
        ("key-pair-mismatch", &["Document", "Fields", "PEM", "Certificate", "Private key"][..]),
        ("token-lifetime", &["Document", "Fields", "Token"]),
    ] {
        let sound = root().join("fixtures").join(fixture).join("good.json");
        let report = run([Path::new("check"), Path::new("--format=junit"), &sound]).out;
        let document = roxmltree::Document::parse(&report).unwrap();
        let cases = document.descendants().filter(|node| node.has_tag_name("testcase"));
        assert_eq!(cases.filter_map(|case| case.attribute("name")).collect::<Vec<_>>(), groups);
        assert!(!report.contains("<failure"));
    }
    // What fails follows --fail-on.
    let warning = root().join("fixtures/metascopes-aem/bad.json");
    for (fail_on, failures) in [("--fail-on=error", 0), ("--fail-on=warning", 1), ("--fail-on=never", 0)] {
        let report = run([Path::new("check"), Path::new("--format=junit"), Path::new(fail_on), &warning]).out;
        assert_eq!(report.matches("<failure").count(), failures, "{fail_on}");
        assert_eq!(report.matches("<system-out>").count(), 1 - failures, "{fail_on}");
    }
}

#[test]
fn commands_stay_on_one_line_each() {
    for report in reports("github") {
        assert!(report.lines().all(|line| line.starts_with("::error ")
            || line.starts_with("::warning ")
            || line.starts_with("::notice ")));
        assert!(!report.contains(['\r', '\u{1B}', '\u{202E}']));
    }
    for report in reports("azure") {
        for line in report.lines() {
            assert_eq!(
                line.matches("##vso[").count(),
                usize::from(line.starts_with("##vso[task.logissue type="))
                    + line.matches("@me ##vso[x%5D").count(),
                "{line}"
            );
        }
        assert!(!report.contains(['\r', '\u{1B}', '\u{202E}']));
    }
}

/// What a document or a file's name brings in, as GitHub renders it: never markup, a link, or another cell.
#[test]
fn markdown_holds_no_markup_but_ours() {
    let mut options = comrak::Options::default();
    options.extension.table = true;
    options.extension.autolink = true;
    options.extension.strikethrough = true;
    options.extension.tasklist = true;
    let hostile = "{\"[x](https://evil.example)\": 1, \"<img src=x onerror=alert(1)>\": 1, \"a|b`c`|d\": 1, \"www.evil.example\": 1, \
        \"@everyone *a* ~~b~~ https://evil.example\": 1, \"clientId\": \"</details>|`x`|<b>\"}";
    let sound = fs::read_to_string(root().join("fixtures/key-pair-mismatch/good.json")).unwrap();
    let hostile = sound.replacen('{', &format!("{},", hostile.trim_end_matches('}')), 1);
    let mut reports = reports("markdown");
    reports.push(
        run_with_input(["check", "--format=markdown", "--stdin-filename", NASTY, "-"], hostile.as_bytes())
            .out,
    );
    assert!(reports.last().unwrap().matches("field-unknown").count() > 2, "{}", reports.last().unwrap());
    for report in reports {
        let arena = comrak::Arena::new();
        let tree = comrak::parse_document(&arena, &report, &options);
        for node in tree.descendants() {
            match &node.data.borrow().value {
                NodeValue::HtmlBlock(html) => {
                    let html = html.literal.trim();
                    assert!(
                        ["<details>\n<summary>What to do</summary>", "</details>"].contains(&html),
                        "{html}"
                    );
                }
                NodeValue::Table(table) => {
                    for row in node.children() {
                        assert_eq!(row.children().count(), table.num_columns, "{report}");
                    }
                }
                NodeValue::HtmlInline(_)
                | NodeValue::Link(_)
                | NodeValue::Image(_)
                | NodeValue::Emph
                | NodeValue::Strong
                | NodeValue::Strikethrough => panic!("markup got in: {report}"),
                NodeValue::Text(text) => {
                    let mention = text
                        .match_indices('@')
                        .any(|(at, _)| text[at + 1..].starts_with(|c: char| c.is_ascii_alphanumeric()));
                    assert!(!mention, "{text}");
                }
                _ => {}
            }
        }
        // A line that is no row in the table's middle would end it.
        let rows = report.lines().filter(|line| line.starts_with("| ")).count();
        let cells = tree
            .descendants()
            .filter(|node| matches!(node.data.borrow().value, NodeValue::TableRow(_)))
            .count();
        assert_eq!(rows, cells, "{report}");
    }
}

fn results_of(fixtures: &[&str], suppress: &dyn Fn(usize) -> Option<Suppression>) -> Results {
    let now = NOW.parse().unwrap();
    let settings = Settings::new(now);
    let files = fixtures.iter().map(|fixture| {
        let bytes = fs::read(root().join("fixtures").join(fixture)).unwrap();
        let mut checked = examine::check(Secret::new(bytes), &settings);
        for (index, finding) in checked.findings.iter_mut().enumerate() {
            finding.suppression = suppress(index);
        }
        FileResult { path: PathName::new(*fixture), checked, is_file: true }
    });
    Results { now, files: files.collect(), skipped: 0, failures: Vec::new() }
}

#[test]
fn suppressed_findings_do_not_count_and_are_told_where_they_can_be() {
    let ignored = Suppression::Ignored { reason: String::from("a sample, see README") };
    let results = results_of(&["key-pair-mismatch/bad.json"], &|_| Some(ignored.clone()));
    let summary = results.summary();
    assert_eq!((summary.errors, summary.warnings, summary.notes, summary.suppressed), (0, 0, 0, 1));
    let write = |write: &dyn Fn(&mut Vec<u8>) -> std::io::Result<()>| {
        let mut out = Vec::new();
        write(&mut out).unwrap();
        String::from_utf8(out).unwrap()
    };
    let json = parsed(&write(&|out| report::json::write(&results, out)));
    assert_valid(&jsonschema::draft202012::new(&parsed(&run(["schema", "check"]).out)).unwrap(), &json);
    let told = json!({"kind": "ignored", "reason": "a sample, see README"});
    assert_eq!(json["files"][0]["findings"][0]["suppressed"], told);
    let lines = write(&|out| report::jsonl::write(&results, out));
    assert_eq!(parsed(lines.lines().next().unwrap())["suppressed"], told);
    let sarif = parsed(&write(&|out| report::sarif::write(&results, out)));
    let suppressions = &sarif["runs"][0]["results"][0]["suppressions"];
    assert_eq!(suppressions[0]["justification"], "a sample, see README");
    assert_eq!(
        (&suppressions[0]["kind"], &suppressions[0]["status"]),
        (&json!("external"), &json!("accepted"))
    );
    assert_valid(&sarif_validator(), &sarif);
    let text = report::Drawing { color: false, width: 100, quiet: false };
    for (report, says) in [
        (
            write(&|out| report::text::write(&results, text, report::text::Verdicts::Credentials, out)),
            Some("1 suppressed"),
        ),
        (write(&|out| report::markdown::write(&results, out)), Some("1 more is suppressed")),
        (write(&|out| report::concise::write(&results, out)), None),
        (write(&|out| report::github::write(&results, out)), None),
        (write(&|out| report::gitlab::write(&results, out)), None),
        (write(&|out| report::junit::write(&results, Some(Level::Note), out)), None),
        (write(&|out| report::azure::write(&results, out)), None),
        (write(&|out| report::rdjson::write(&results, out)), None),
    ] {
        assert!(!report.contains("key-pair-mismatch]") && !report.contains("moduli differ"), "{report}");
        assert!(says.is_none_or(|words| report.contains(words)), "{report}");
        // A suppressed error is no reason to call the credential sound.
        assert!(!report.contains("sound") && !report.contains("Usable"), "{report}");
    }
    let baseline = results_of(&["metascopes-aem/bad.json"], &|_| Some(Suppression::Baseline));
    let json = parsed(&write(&|out| report::json::write(&baseline, out)));
    assert_eq!(json["files"][0]["findings"][0]["suppressed"]["kind"], "baseline");
}

#[test]
fn github_actions_get_annotations_after_the_text() {
    let bad = root().join("fixtures/key-pair-mismatch/bad.json");
    let mut actions = environment();
    actions.github_actions = true;
    let check = |more: &[&str]| {
        let arguments = ["check"].iter().chain(more).map(PathBuf::from).chain([bad.clone()]);
        run_in(&actions, arguments, b"")
    };
    let both = check(&[]);
    let (text, github) = (check(&["--format=text"]), check(&["--format=github"]));
    assert_eq!(both.out, format!("{}{}", text.out, github.out));
    assert_eq!((both.code, text.code, github.code), (1, 1, 1));
    assert_eq!(check(&["--format=concise"]).out.lines().count(), 1, "--format is obeyed");
}

#[test]
fn the_summary_of_a_github_job_is_added_to() {
    let bad = root().join("fixtures/key-pair-mismatch/bad.json");
    let folder = tempfile::tempdir().unwrap();
    let summary = folder.path().join("summary.md");
    fs::write(&summary, "# Before\n\n").unwrap();
    let check = |path: Option<&Path>| {
        let mut actions = environment();
        actions.github_step_summary = path.map(Path::to_path_buf);
        run_in(&actions, [Path::new("check"), Path::new("--github-summary"), &bad], b"")
    };
    assert_eq!(check(Some(&summary)).code, 1);
    let markdown = run([Path::new("check"), Path::new("--format=markdown"), &bad]).out;
    assert_eq!(fs::read_to_string(&summary).unwrap(), format!("# Before\n\n{markdown}"));
    let missing = check(None);
    assert!(
        missing.code == 2 && missing.out.is_empty() && missing.err.contains("GITHUB_STEP_SUMMARY"),
        "{}",
        missing.err
    );
    let refused = check(Some(folder.path()));
    assert!(
        refused.code == 2 && refused.out.is_empty() && refused.err.contains("can't be written"),
        "{}",
        refused.err
    );
}

#[test]
fn one_run_writes_many_formats() {
    let bad = root().join("fixtures/key-pair-mismatch/bad.json");
    let folder = tempfile::tempdir().unwrap();
    let mut arguments = vec![PathBuf::from("check"), bad.clone()];
    for format in FORMATS {
        let path = folder.path().join(format);
        arguments.push(PathBuf::from(format!("--output={format}={}", path.display())));
    }
    assert_eq!(run(arguments).code, 1);
    for format in FORMATS {
        let alone = run([Path::new("check"), Path::new("--format"), Path::new(format), &bad]).out;
        assert_eq!(fs::read_to_string(folder.path().join(format)).unwrap(), alone, "{format}");
    }
}
