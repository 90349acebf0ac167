//! `aemcred.toml`: mistakes in it, precedence, ignores, excludes.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::common::{NOW, Run, program, root, run};

/// A repository with two credentials: one whose certificate expires in less than 30 days, one whose keys don't match.
pub(crate) struct Repository(tempfile::TempDir);

pub(crate) const EXPIRING: &str = "keys/expiring.json";
pub(crate) const MISMATCH: &str = "keys/mismatch.json";

impl Repository {
    pub(crate) fn new(configuration: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for name in [".git", "keys", "empty"] {
            fs::create_dir(folder.path().join(name)).unwrap();
        }
        let repository = Self(folder);
        for (rule, path) in [("certificate-expiring", EXPIRING), ("key-pair-mismatch", MISMATCH)] {
            fs::copy(root().join("fixtures").join(rule).join("bad.json"), repository.path(path)).unwrap();
        }
        repository.write("aemcred.toml", configuration);
        repository
    }

    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.0.path().join(path)
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        fs::write(self.path(path), text).unwrap();
    }

    /// Runs `aemcred check` in a folder of the repository.
    pub(crate) fn check_in(&self, folder: &str, arguments: &[&str]) -> Run {
        let mut command = program();
        command.arg("check").args(arguments).current_dir(self.path(folder));
        if !arguments.iter().any(|argument| argument.starts_with("--now")) {
            command.arg(format!("--now={NOW}"));
        }
        let output = command.output().unwrap();
        Run {
            code: output.status.code().unwrap().try_into().unwrap(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// The findings that count, as `rule path`, and how many are suppressed.
    pub(crate) fn findings_in(&self, folder: &str, arguments: &[&str]) -> (u8, Vec<String>, u64) {
        let run = self.check_in(folder, &[arguments, &["--format=json"]].concat());
        let report: Value =
            serde_json::from_str(&run.out).unwrap_or_else(|_| panic!("{arguments:?}: {}", run.err));
        let mut findings = Vec::new();
        for file in report["files"].as_array().unwrap() {
            let name = Path::new(file["path"].as_str().unwrap()).file_name().unwrap().to_str().unwrap();
            let counting = |finding: &&Value| finding.get("suppressed").is_none_or(Value::is_null);
            for finding in file["findings"].as_array().unwrap().iter().filter(counting) {
                findings.push(format!("{name}:{} {}", finding["line"], finding["rule"].as_str().unwrap()));
            }
        }
        (run.code, findings, report["summary"]["suppressed"].as_u64().unwrap())
    }

    pub(crate) fn findings(&self, arguments: &[&str]) -> (u8, Vec<String>, u64) {
        self.findings_in("", arguments)
    }
}

fn expect(code: u8, findings: &[&str], suppressed: u64) -> (u8, Vec<String>, u64) {
    (code, findings.iter().map(|text| (*text).to_owned()).collect(), suppressed)
}

const EXPIRES: &str = "expiring.json:14 certificate-expiring";
const MISMATCHES: &str = "mismatch.json:13 key-pair-mismatch";

#[test]
fn every_mistake_is_shown_with_its_line() {
    let repository = Repository::new(
        "expirng = \"30d\"\nimminent = \"soon\"\nfail-on = 3\ntrusted-ims-hosts = [\"https://ims.example/\", \"ok.example\", 1]\n\
         exclude = [\"keys\\\\old\", \"[a\", \"/abs\", \"a/../b\", \"\"]\nfield-unknown = \"off\"\nblocklist = \"\"\n\
         zzz = [[1]]\n\n[levels]\nfield-unknwon = \"off\"\nfield-type = \"fatal\"\n\n[[ignore]]\nrule = \"field-type\"\npath = \"**\"\n\n\
         [[ignore]]\nrule = \"suppression-unused\"\nreason = \" \"\nuntil = \"2027-02-30\"\npointer = \"x\"\n\
         fingerprint = \"abc\"\n\n[[ignore]]\nreason = \"a\"\nuntill = 2027-01-01\n",
    );
    let run = repository.check_in("", &["."]);
    assert_eq!((run.code, run.out.as_str()), (2, ""));
    insta::assert_snapshot!("configuration_mistakes", run.err);
}

#[test]
fn what_is_not_toml_is_shown_with_its_line() {
    let mut all = String::new();
    for text in [
        "expiring = 30d\n",
        "expiring = \"30d\"\nexpiring = \"31d\"\n",
        "[levels\n",
        "exclude = [\"a\"\n",
        "[[ignore]]\nuntil = 2027-13-01\n",
        "ignore = 1\nlevels = []\nexclude = \"x\"\n",
        "{\"expiring\": \"30d\"}\n",
        "expiring\n",
    ] {
        let repository = Repository::new(text);
        let run = repository.check_in("", &["."]);
        assert_eq!((run.code, run.out.as_str()), (2, ""), "{text}");
        all.push_str(&format!("===\n{text}---\n{}", run.err));
    }
    insta::assert_snapshot!("configuration_syntax", all);
}

#[test]
fn a_configuration_that_is_no_text_file_is_refused() {
    let repository = Repository::new("");
    fs::write(repository.path("latin.toml"), b"# caf\xE9\n").unwrap();
    fs::write(repository.path("large.toml"), vec![b'#'; (1 << 20) + 1]).unwrap();
    let mut cases = vec![
        ("keys", "is a folder"),
        ("missing.toml", "does not exist"),
        ("latin.toml", "not UTF-8"),
        ("large.toml", "the limit is 1 MiB (1,048,576 bytes)"),
    ];
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("loop.toml", repository.path("loop.toml")).unwrap();
        assert!(
            std::process::Command::new("mkfifo")
                .arg(repository.path("pipe.toml"))
                .status()
                .unwrap()
                .success()
        );
        cases.extend([("loop.toml", "can't be"), ("pipe.toml", "is a pipe")]);
    }
    for (path, words) in cases {
        let run = repository.check_in("", &["--config", path, "."]);
        assert!(run.code == 2 && run.out.is_empty() && run.err.contains(words), "{path}: {}", run.err);
        let baseline = repository.check_in("", &["--baseline", path, "."]);
        assert!(baseline.code == 2 && baseline.out.is_empty(), "{path}: {}", baseline.err);
    }
    fs::remove_file(repository.path("aemcred.toml")).unwrap();
    fs::create_dir(repository.path("aemcred.toml")).unwrap();
    assert_eq!(repository.check_in("", &["."]).code, 2);
    assert_eq!(repository.check_in("", &["--no-config", "--fail-on=never", "."]).code, 0);
}

#[test]
fn the_nearest_configuration_up_to_the_root_is_used() {
    let repository = Repository::new("fail-on = \"never\"\n");
    assert_eq!(repository.check_in("keys", &["."]).code, 0);
    assert_eq!(repository.check_in("keys", &["--no-config", "."]).code, 1);
    repository.write("keys/aemcred.toml", "fail-on = \"error\"\n");
    assert_eq!(repository.check_in("keys", &["."]).code, 1);
    assert_eq!(repository.check_in("keys", &["--config=../aemcred.toml", "."]).code, 0);
    assert_eq!(repository.check_in("keys", &["--config=x", "--no-config", "."]).code, 2);
    // Beyond the root of a repository nothing is looked for, nor outside of any.
    fs::remove_file(repository.path("keys/aemcred.toml")).unwrap();
    fs::create_dir(repository.path("keys/.git")).unwrap();
    assert_eq!(repository.check_in("keys", &["."]).code, 1);
    fs::remove_dir(repository.path("keys/.git")).unwrap();
    fs::remove_dir(repository.path(".git")).unwrap();
    assert_eq!(repository.check_in("keys", &["."]).code, 1);
    assert_eq!(repository.check_in("", &["."]).code, 0);
}

#[test]
fn flags_win_over_the_file_and_the_file_over_defaults() {
    let repository = Repository::new(
        "# policy\nexpiring = \"1d\"\nimminent = \"12h\"\nfail-on = \"note\"\ntrusted-ims-hosts = [\"ims.example\"]\n\
         exclude = [\"empty/**\"]\nblocklist = \"lists/keys.dat\"\n\n[levels]\nfield-unknown = \"off\"\n\
         key-pair-mismatch = \"note\"\n\n[[ignore]]\nrule = \"field-type\"\nreason = \"a test\"\nuntil = 2027-01-31\n",
    );
    let show = |folder: &str, more: &[&str]| {
        let run = repository.check_in(folder, &[more, &["--show-settings", "."]].concat());
        assert_eq!((run.code, run.err.as_str()), (0, ""));
        run.out
    };
    let flags = ["--expiring=60d", "--severity=key-pair-mismatch=warning", "--fail-on=never"];
    let shown = format!("{}\n{}\n{}", show("", &[]), show("keys", &flags), show("", &["--no-config"]));
    insta::assert_snapshot!("show_settings", shown);
    // And that is what happens.
    let repository = Repository::new("expiring = \"1d\"\n[levels]\nkey-pair-mismatch = \"note\"\n");
    assert_eq!(repository.findings(&["."]), expect(0, &[MISMATCHES], 0));
    assert_eq!(repository.findings(&["--expiring=60d", "."]), expect(0, &[EXPIRES, MISMATCHES], 0));
    assert_eq!(
        repository.findings(&["--severity=key-pair-mismatch=error", "."]),
        expect(1, &[MISMATCHES], 0)
    );
    let text = fs::read_to_string(root().join("fixtures/ims-endpoint-host/bad.json")).unwrap();
    repository.write("host.json", &text.replace(host(&text), "ims.test.example"));
    assert_eq!(repository.findings(&["host.json"]).0, 1);
    repository.write("aemcred.toml", "trusted-ims-hosts = [\"ims.test.example\"]\n");
    assert_eq!(repository.findings(&["host.json"]).0, 0);
}

fn host(text: &str) -> &str {
    let (_, after) = text.split_once("\"imsEndpoint\": \"").unwrap();
    after.split('"').next().unwrap()
}

#[test]
fn an_ignored_finding_does_not_count() {
    let entry =
        |more: &str| format!("[[ignore]]\nrule = \"key-pair-mismatch\"\nreason = \"a test\"\n{more}\n");
    let report = Repository::new("").check_in("", &["--format=json", MISMATCH]).out;
    let report: Value = serde_json::from_str(&report).unwrap();
    let finding = &report["files"][0]["findings"][0];
    let pointer = format!("pointer = {}", finding["pointer"]);
    let fingerprint = format!("fingerprint = {}", finding["fingerprint"]);
    for (more, ignored) in [
        ("", true),
        ("path = \"**\"", true),
        ("path = \"keys\"", true),
        ("path = \"keys/\"", true),
        ("path = \"./keys/mismatch.json\"", true),
        ("path = \"**/mismatch.json\"", true),
        ("path = \"*.json\"", false),
        ("path = \"keys/expiring.json\"", false),
        (pointer.as_str(), true),
        ("pointer = \"/integration\"", false),
        (fingerprint.as_str(), true),
        ("fingerprint = \"0000000000000000000000000000000000000000000000000000000000000000\"", false),
        ("until = 2026-11-22", true),
        ("until = \"2026-11-22\"", true),
        ("until = 2026-11-21", false),
    ] {
        let repository = Repository::new(&entry(more));
        let absolute = repository.path(MISMATCH).display().to_string();
        let absolute = absolute.as_str();
        for (folder, path) in [
            ("", MISMATCH),
            ("", "./keys/../keys/mismatch.json"),
            ("", absolute),
            ("keys", "mismatch.json"),
            ("keys", "./mismatch.json"),
            ("empty", "../keys/mismatch.json"),
        ] {
            let (code, _, suppressed) = repository.findings_in(folder, &[path]);
            assert_eq!(
                (code, suppressed),
                (u8::from(!ignored), u64::from(ignored)),
                "{more} in {folder}: {path}"
            );
        }
        assert_eq!(repository.findings(&["--no-ignores", MISMATCH]), expect(1, &[MISMATCHES], 0));
    }
}

#[test]
fn entries_that_do_nothing_are_told_when_all_was_looked_at() {
    let unused = "aemcred.toml:2 suppression-unused";
    let repository =
        Repository::new("[[ignore]]\nrule = \"field-type\"\nreason = \"a test\"\npath = \"keys/*.json\"\n");
    for (folder, arguments, told) in [
        ("", &["."][..], true),
        ("", &["keys"], true),
        ("keys", &[".."], true),
        ("", &["empty"], false),
        ("", &[MISMATCH], false),
        ("", &[MISMATCH, EXPIRING], false),
        ("", &["--only=field-type", "."], true),
        ("", &["--only=key-pair-mismatch", "."], false),
        ("", &["--severity=field-type=off", "."], false),
        ("", &["--max-size=100", "."], false),
        ("", &["--no-ignores", "."], false),
        ("", &[".", "missing.json"], false),
    ] {
        let only = arguments.iter().find(|argument| argument.starts_with("--only"));
        let arguments = match only {
            Some(only) => vec![format!("{only},suppression-unused"), arguments[1].to_owned()],
            None => arguments.iter().map(|argument| (*argument).to_owned()).collect(),
        };
        let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
        let (_, findings, _) = repository.findings_in(folder, &arguments);
        assert_eq!(findings.iter().any(|finding| finding == unused), told, "{arguments:?}: {findings:?}");
    }
    repository.write("aemcred.toml", "exclude = [\"keys\"]\n[[ignore]]\nrule = \"field-type\"\nreason = \"a test\"\npath = \"keys/*.json\"\n");
    assert_eq!(repository.findings(&["."]), expect(0, &[], 0), "what is excluded was not looked at");
    #[cfg(unix)]
    {
        repository.write(
            "aemcred.toml",
            "[[ignore]]\nrule = \"field-type\"\nreason = \"a test\"\npath = \"link/*.json\"\n",
        );
        std::os::unix::fs::symlink("keys", repository.path("link")).unwrap();
        let (_, findings, _) = repository.findings(&["."]);
        assert!(
            !findings.iter().any(|finding| finding.contains("unused")),
            "links are not followed: {findings:?}"
        );
    }
}

#[test]
fn the_day_of_until_itself_counts() {
    let repository = Repository::new(
        "[[ignore]]\nrule = \"key-pair-mismatch\"\nreason = \"a test\"\nuntil = 2026-11-22\n",
    );
    assert_eq!(repository.findings(&["--now=2026-11-22T23:59:59Z", MISMATCH]), expect(0, &[], 1));
    let expired = expect(1, &["aemcred.toml:4 suppression-expired", MISMATCHES], 0);
    assert_eq!(repository.findings(&["--now=2026-11-23T00:00:00Z", MISMATCH]), expired);
    assert_eq!(
        repository.findings(&["--now=2026-11-23T00:30:00+01:00", MISMATCH]),
        expect(0, &[], 1),
        "in UTC"
    );
    let text = repository
        .check_in("", &["--now=2026-12-22", "--format=text", "--quiet", "--only=suppression-expired", "."]);
    insta::assert_snapshot!("suppression_expired", text.out);
}

#[test]
fn excludes_hold_for_walks_and_for_names_when_forced() {
    for pattern in ["keys", "keys/", "keys/**", "keys/*.json", "**/*.json", "{keys,x}/*"] {
        let repository = Repository::new(&format!("exclude = [\"{pattern}\"]\n"));
        let checked = |folder: &str, arguments: &[&str]| {
            let run = repository.check_in(folder, &[arguments, &["--format=json"]].concat());
            let report: Value = serde_json::from_str(&run.out).unwrap();
            report["summary"]["files"].as_u64().unwrap()
        };
        assert_eq!(checked("", &["."]), 0, "{pattern}");
        assert_eq!(checked("empty", &[".."]), 0, "{pattern}");
        assert_eq!(checked("", &[repository.path("").to_str().unwrap()]), 0, "{pattern}");
        assert_eq!(checked("", &[MISMATCH, EXPIRING]), 2, "{pattern}");
        assert_eq!(checked("", &["--force-exclude", MISMATCH, EXPIRING]), 0, "{pattern}");
        assert_eq!(checked("empty", &["--force-exclude", "../keys/mismatch.json"]), 0, "{pattern}");
        assert_eq!(checked("", &["--force-exclude", "--no-config", MISMATCH]), 1, "{pattern}");
    }
    let repository = Repository::new("exclude = [\"keys\"]\n");
    let run = repository.check_in("", &["."]);
    assert!(run.err.contains("1 excluded"), "{}", run.err);
}

#[test]
fn init_writes_the_defaults() {
    let repository = Repository::new("");
    let init = |arguments: &[&str]| {
        program().arg("init").args(arguments).current_dir(repository.path("")).output().unwrap()
    };
    let refused = init(&[]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("--force"));
    assert_eq!(fs::read(repository.path("aemcred.toml")).unwrap(), b"");
    assert_eq!(init(&["--force"]).status.code(), Some(0));
    assert_eq!(init(&["keys/other.toml"]).status.code(), Some(0));
    let values = |run: Run| -> String {
        let lines = run.out.lines().filter(|line| !line.starts_with("configuration:"));
        lines
            .map(|line| line.rsplit_once("  ").map_or(line, |(value, _)| value.trim_end()))
            .collect::<Vec<_>>()
            .join("\n")
    };
    let defaults = values(repository.check_in("", &["--no-config", "--show-settings"]));
    assert_eq!(values(repository.check_in("", &["--show-settings"])), defaults);
    // With the marks removed, what has a default still says the same, and the rest parses.
    let text = fs::read_to_string(repository.path("aemcred.toml")).unwrap();
    let is_setting = |line: &str| line.starts_with('[') || line.split(' ').nth(1) == Some("=");
    let active = |line: &str| line.strip_prefix("# ").filter(|line| is_setting(line)).map(str::to_owned);
    let all: Vec<_> = text.lines().filter_map(active).collect();
    repository.write("aemcred.toml", &all.join("\n"));
    let shown = repository.check_in("", &["--show-settings"]);
    assert_eq!(shown.code, 0, "{}", shown.err);
    let scalars: Vec<_> =
        all.iter().take_while(|line| !line.starts_with("blocklist")).map(String::as_str).collect();
    assert_eq!(scalars.len(), 5);
    repository.write("aemcred.toml", &scalars.join("\n"));
    assert_eq!(values(repository.check_in("", &["--show-settings"])), defaults);
}

/// TOML as the JSON that editors hand to the schema.
fn converted(value: toml::Value) -> Value {
    match value {
        toml::Value::String(text) => text.into(),
        toml::Value::Integer(number) => number.into(),
        toml::Value::Float(number) => number.into(),
        toml::Value::Boolean(yes) => yes.into(),
        toml::Value::Datetime(date) => date.to_string().into(),
        toml::Value::Array(items) => items.into_iter().map(converted).collect(),
        toml::Value::Table(table) => table.into_iter().map(|(key, value)| (key, converted(value))).collect(),
    }
}

#[test]
fn the_schema_says_what_the_program_accepts() {
    let schema: Value = serde_json::from_str(&run(["schema", "config"]).out).unwrap();
    let validator = jsonschema::draft202012::new(&schema).unwrap();
    let fingerprint = "0".repeat(64);
    let good = [
        String::new(),
        String::from("expiring = \"30d\"\nimminent = \"90m\"\nfail-on = \"never\"\nblocklist = \"a/b\"\n"),
        String::from(
            "trusted-ims-hosts = [\"ims.example\", \"localhost\"]\nexclude = [\"a\", \"**/*.json\", \"../x\"]\n",
        ),
        String::from("[levels]\nfield-unknown = \"off\"\nsuppression-unused = \"error\"\n"),
        format!(
            "[[ignore]]\nrule = \"field-type\"\nreason = \"x\"\npath = \"**\"\npointer = \"/a\"\nfingerprint = \"{fingerprint}\"\nuntil = 2027-01-01\n"
        ),
    ];
    let bad = [
        "expiring = 30\n",
        "expiring = \"30\"\n",
        "unknown = 1\n",
        "fail-on = \"off\"\n",
        "trusted-ims-hosts = [\"https://x\"]\n",
        "trusted-ims-hosts = [\"*.example\"]\n",
        "exclude = \"a\"\n",
        "exclude = [\"/a\"]\n",
        "exclude = ['a\\b']\n",
        "[levels]\nunknown = \"off\"\n",
        "[levels]\nfield-type = \"never\"\n",
        "[[ignore]]\nrule = \"field-type\"\n",
        "[[ignore]]\nreason = \"x\"\n",
        "[[ignore]]\nrule = \"field-type\"\nreason = \" \"\n",
        "[[ignore]]\nrule = \"suppression-unused\"\nreason = \"x\"\n",
        "[[ignore]]\nrule = \"field-type\"\nreason = \"x\"\nuntil = \"soon\"\n",
        "[[ignore]]\nrule = \"field-type\"\nreason = \"x\"\npointer = \"a\"\n",
        "[[ignore]]\nrule = \"field-type\"\nreason = \"x\"\nfingerprint = \"0\"\n",
    ];
    let cases = good.iter().map(|text| (text.as_str(), true)).chain(bad.map(|text| (text, false)));
    for (text, expected) in cases {
        let value = converted(toml::Value::Table(toml::from_str(text).unwrap()));
        assert_eq!(validator.is_valid(&value), expected, "the schema: {text}");
        assert_eq!(aemcred::internals::config::parse(text).is_ok(), expected, "the program: {text}");
    }
}
