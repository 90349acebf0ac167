//! Text for people fits the terminal, and nothing is broken within a word, an ID or a path that fits on a line.

use std::collections::HashSet;
use std::fs;
use std::path::PathBuf;

use aemcred::internals::rules;

use crate::common::{environment, fixture, run_in, sound};

/// Everything that prints text, each with its arguments.
fn commands(folder: &tempfile::TempDir) -> Vec<Vec<String>> {
    let path = |name: &str| folder.path().join(name).display().to_string();
    let mut commands: Vec<Vec<String>> = Vec::new();
    let mut add = |words: &[&str], paths: &[String]| {
        commands.push(words.iter().map(ToString::to_string).chain(paths.iter().cloned()).collect());
    };
    let all = [folder.path().display().to_string(), path("missing.json")];
    for words in [
        &["check"][..],
        &["check", "--verbose"],
        &["check", "--quiet"],
        &["check", "--diff"],
        &["check", "--show-settings"],
        &["audit"],
        &["audit", "--quiet"],
        &["renewals"],
    ] {
        add(words, &all);
    }
    for name in NAMES {
        add(&["inspect"], &[path(name)]);
    }
    add(&["compare"], &[path(NAMES[0]), path(NAMES[1])]);
    add(&["compare"], &[path(NAMES[1]), path(NAMES[2])]);
    add(&["rules"], &[]);
    for rule in rules::all() {
        add(&["rules", rule.name], &[]);
    }
    add(&[], &[]);
    for command in aemcred::cli::command().get_subcommands().filter(|command| !command.is_hide_set()) {
        add(&[command.get_name(), "--help"], &[]);
        add(&[command.get_name(), "-h"], &[]);
        add(&["help", command.get_name()], &[]);
    }
    add(&["--help"], &[]);
    commands
}

const NAMES: [&str; 9] = [
    "sound.json",
    "mismatch.json",
    "config/production/service.json",
    "newlines.json",
    "a name with blanks in it.json",
    "broken.json",
    "secret.yaml",
    "token.json",
    ".env",
];

fn scene() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir_all(folder.path().join("config/production")).unwrap();
    let indented = sound().replace('\n', "\n    ");
    let contents = [
        sound(),
        fixture("key-pair-mismatch/bad.json"),
        fixture("certificate-expired/bad.json"),
        fixture("pem-newlines/bad.json"),
        fixture("metascopes-form/bad.json"),
        fixture("document-syntax/bad.json"),
        format!("apiVersion: v1\nkind: ConfigMap\ndata:\n  service_credentials.json: |\n    {indented}\n"),
        fixture("token-lifetime/good.json"),
        String::from(
            "CLIENT_ID=cm-p1-e2-integration-0\nCLIENT_SECRET=p8e-AbCdEfGhIjKlMnOpQrStUvWxYz012345\n",
        ),
    ];
    for (name, contents) in NAMES.iter().zip(contents) {
        fs::write(folder.path().join(name), contents).unwrap();
    }
    folder
}

fn words(text: &str) -> HashSet<&str> {
    text.split_whitespace().collect()
}

#[test]
fn no_line_is_longer_than_the_terminal_is_wide_and_no_word_is_broken() {
    let folder = scene();
    let at = |width: usize, arguments: &[String]| {
        let mut environment = environment();
        environment.width = Some(width);
        run_in(&environment, arguments.iter().map(PathBuf::from), b"").out
    };
    let commands = commands(&folder);
    assert!(commands.len() > 90, "there is something to look at: {}", commands.len());
    for arguments in &commands {
        let wide = at(100_000, arguments);
        let known = words(&wide);
        for width in [60, 80, 100, 140] {
            let narrow = at(width, arguments);
            assert!(!narrow.is_empty(), "{arguments:?}");
            for line in narrow.lines() {
                let columns = line.chars().count();
                assert!(columns <= width, "{arguments:?} at {width}: {columns} columns:\n{line}");
            }
            for word in words(&narrow) {
                // What is cut off to fit says so, and a time axis has other dates where it is longer.
                let is_whole = known.contains(word)
                    || word.contains('…')
                    || word.chars().count() <= 4
                    || !word.contains(|letter: char| letter.is_alphanumeric());
                // A word of which no longer one is known is another one, such as a heading of a narrow layout.
                let mut longer = known.iter().filter(|long| long.contains(word)).peekable();
                let is_broken =
                    longer.peek().is_some() && longer.all(|long| long.chars().count() <= width - 6);
                assert!(is_whole || !is_broken, "{arguments:?} at {width}: broken: {word}\n{narrow}");
            }
        }
    }
}

#[test]
fn client_ids_and_files_stay_whole_in_an_audit_at_80_columns() {
    let folder = scene();
    // No terminal.
    let audit = run_in(&environment(), [PathBuf::from("audit"), folder.path().to_path_buf()], b"").out;
    for name in NAMES.iter().filter(|name| **name != ".env") {
        let path = folder.path().join(name).display().to_string();
        assert!(audit.contains(&path), "{path}:\n{audit}");
    }
    assert!(audit.contains("cm-p99999-e999999-integration-0"), "{audit}");
    assert!(audit.contains("why: key-pair-mismatch"), "{audit}");
    assert!(audit.contains("2026-11-12, 10 days ago"), "{audit}");
}
