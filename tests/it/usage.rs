//! The command line for people: no path, other programs' words, mistakes of the system, help.

use std::fs;

use crate::common::{program, run, run_with_input, sound};

#[test]
fn no_path_means_the_current_folder() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.json"), sound().replace("imsEndpoint", "x")).unwrap();
    let run = |arguments: &[&str]| {
        let output = program().args(arguments).current_dir(&folder).output().unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (output.status.code().unwrap(), text(&output.stdout), text(&output.stderr))
    };
    for command in ["check", "audit", "renewals"] {
        let (code, out, err) = run(&[command, "--now=2026-11-22"]);
        assert!(err.contains("no path is given, so the current folder is looked at"), "{command}: {err}");
        assert!(out.contains("a.json"), "{command}: {out}");
        assert_eq!(code, i32::from(command != "renewals"), "{command}");
        let (code, _, err) = run(&[command, ""]);
        assert!(code == 2 && !err.contains("no path is given"), "{command}: {err}");
        let (code, out, err) = run(&[command, "--files-from", "/dev/null"]);
        assert!(code == 0 && err.contains("nothing to") && !out.contains("a.json"), "{command}: {err}{out}");
    }
    let (code, _, err) = run(&["check", "--fix"]);
    assert!(code == 2 && err.contains("name them"), "{err}");
    let (_, out, err) = run(&["check", "--show-settings"]);
    assert!(out.contains("fail-on") && err.is_empty(), "{err}");
}

#[test]
fn other_words_lead_to_the_command() {
    for (arguments, words) in [
        (&["lint"][..], "the command is `aemcred check`"),
        (&["scan", "."], "the command is `aemcred check`"),
        (&["explain", "x"], "the command is `aemcred rules`"),
        (&["service_token.json"], "write `aemcred check service_token.json`"),
        (&["config/aem"], "write `aemcred check config/aem`"),
        (&["chekc"], "'check'"),
        (&["check", "--severity", "field-unknown=warn", "x"], "write warning"),
        (&["check", "--output", "report", "x"], "such as json=report.json"),
    ] {
        let run = run(arguments);
        assert!(run.code == 2 && run.err.contains(words), "{arguments:?}: {}", run.err);
    }
}

#[test]
fn what_the_system_says_is_in_words() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.json");
    fs::write(&file, sound()).unwrap();
    let below = file.join("x.json").display().to_string();
    let missing = folder.path().join("missing/x.json").display().to_string();
    for (path, words) in [(below, "a file is in the place of a folder"), (missing, "create the folder first")]
    {
        for arguments in [
            vec!["generate", "--seed=1", &path],
            vec!["init", &path],
            vec!["redact", file.to_str().unwrap(), "--output", &path],
            vec!["check", file.to_str().unwrap(), "--output", &path],
        ] {
            let run = run(&arguments);
            assert!(run.code == 2 && run.err.contains(words), "{arguments:?}: {}", run.err);
            assert!(!run.err.contains("os error"), "{arguments:?}: {}", run.err);
        }
    }
}

#[test]
fn every_command_has_three_examples_that_can_be_run() {
    let command = aemcred::cli::command();
    let listed = command.get_subcommands().filter(|command| !command.is_hide_set());
    for name in listed.map(clap::Command::get_name).filter(|name| *name != "help") {
        let help = run([name, "--help"]).out;
        let (_, examples) = help.split_once("Examples:\n").unwrap_or_else(|| panic!("{name}: {help}"));
        let examples: Vec<&str> = examples.lines().take_while(|line| line.starts_with("  ")).collect();
        assert_eq!(examples.len(), 3, "{name}: {examples:?}");
        for example in examples {
            let (_, line) = example.split_once("aemcred ").unwrap_or_else(|| panic!("{example}"));
            let line = line.split([')', '|', '>']).next().unwrap();
            let words = std::iter::once("aemcred").chain(line.split_whitespace());
            let parsed = aemcred::cli::command().try_get_matches_from(words);
            assert!(parsed.is_ok(), "{example}: {}", parsed.unwrap_err());
        }
        assert_eq!(run(["help", name]).out, help, "{name}");
    }
    for heading in ["What is looked at:", "How it is judged:", "Repair:", "Output:"] {
        assert!(run(["check", "--help"]).out.contains(heading), "{heading}");
    }
}

#[test]
fn completions_know_the_rules() {
    for shell in ["bash", "zsh", "fish"] {
        assert!(run(["completions", shell]).out.contains("key-pair-mismatch"), "{shell}");
    }
    assert!(!run(["check", "--help"]).out.contains("key-pair-mismatch"), "a help isn't a catalogue");
}

#[test]
fn check_excludes_and_audit_narrows() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("old")).unwrap();
    let bad = sound().replace("imsEndpoint", "x");
    for name in ["a.json", "old/b.json"] {
        fs::write(folder.path().join(name), &bad).unwrap();
    }
    let here = folder.path().to_str().unwrap();
    let check = |more: &[&str]| run([&["check", "--format=concise", here], more].concat());
    assert_eq!(check(&[]).out.matches("field-missing").count(), 2);
    assert_eq!(check(&["--exclude=**/old"]).out.matches("field-missing").count(), 1);
    let named = folder.path().join("old/b.json").display().to_string();
    assert_eq!(check(&["--exclude=**/old", &named]).out.matches("field-missing").count(), 2);
    assert_eq!(
        check(&["--exclude=**/old", "--force-exclude", &named]).out.matches("field-missing").count(),
        1
    );

    let audit = |more: &[&str]| run([&["audit", "--no-git", "--format=json", here], more].concat());
    let rules = |out: &str| {
        let json: serde_json::Value = serde_json::from_str(out).unwrap();
        let credentials = json["credentials"].as_array().unwrap().clone();
        let findings = credentials.iter().flat_map(|credential| credential["findings"].as_array().unwrap());
        let mut rules: Vec<String> =
            findings.map(|finding| finding["rule"].as_str().unwrap().to_owned()).collect();
        rules.sort();
        rules.dedup();
        let states: Vec<String> =
            credentials.iter().map(|credential| credential["state"].as_str().unwrap().to_owned()).collect();
        (rules, states)
    };
    let (all, states) = rules(&audit(&[]).out);
    assert!(all.contains(&String::from("field-missing")) && all.len() > 1, "{all:?}");
    let (only, narrowed) = rules(&audit(&["--only=field-missing"]).out);
    assert_eq!((only.as_slice(), &narrowed), (&[String::from("field-missing")][..], &states));
    let baseline = folder.path().join("baseline.json").display().to_string();
    assert_eq!(check(&["--write-baseline", &baseline]).code, 0);
    let known = audit(&["--baseline", &baseline]);
    let (left, states_left) = rules(&known.out);
    assert!(!left.contains(&String::from("field-missing")), "{left:?}");
    assert_eq!(states_left, states, "a baseline changes no state");
    assert!(known.err.contains("of the baseline left out"), "{}", known.err);
    let streamed =
        run_with_input(["audit", "--no-git", "--format=jsonl", here, "--baseline", &baseline], b"");
    assert!(!streamed.out.contains("field-missing"), "{}", streamed.out);
}

#[test]
fn the_configuration_that_init_writes_is_all_defaults() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("aemcred.toml");
    assert_eq!(run(["init", path.to_str().unwrap()]).code, 0);
    let text = fs::read_to_string(&path).unwrap();
    let is_setting = |line: &str| {
        line.strip_prefix("# ").is_some_and(|line| {
            line.starts_with('[') || line.split_once(" = ").is_some_and(|(key, _)| !key.contains(' '))
        })
    };
    let uncommented: Vec<&str> = text
        .lines()
        .map(|line| if is_setting(line) { line.trim_start_matches("# ") } else { line })
        .collect();
    assert_eq!(
        uncommented.iter().filter(|line| !line.starts_with('#') && !line.is_empty()).count(),
        9,
        "{text}"
    );
    fs::write(&path, uncommented.join("\n")).unwrap();
    let settings = |argument: &str| {
        let run = run(["check", "--show-settings", argument]);
        assert_eq!((run.code, run.err.as_str()), (0, ""));
        let words: Vec<String> = run.out.split_whitespace().map(str::to_owned).collect();
        ["expiring", "imminent", "fail-on", "trusted-ims-hosts", "exclude", "blocklist"].map(|key| {
            let at = words.iter().position(|word| word == key).unwrap();
            words[at + 1].clone()
        })
    };
    assert_eq!(settings(&format!("--config={}", path.display())), settings("--no-config"));
}
