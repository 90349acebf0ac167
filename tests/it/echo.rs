//! Pieces of a secret, as a shell makes them of a variable without quotation marks, don't come back, whatever argument they
//! become; nor do names that a repository or an archive brings along.

use std::fs;

use clap::builder::Str;
use clap::{Arg, ArgAction};

use aemcred::cli::{self, Environment, GitEnvironment};

use crate::common::{NOW, environment, program, run_in, sound};
use crate::git::Git;
use crate::no_leak::Secrets;
use crate::unwrap::{tar, zip};

const SECRET: &str = "p8e-q7Zk2Xc9Lw4Rt8Bn1Vd5Yh3Gm6Js0Pf2";

/// The same with the other digits of base64 in every part that is long enough to look random.
const JOINED: &str = "p8e-q7Zk_2Xc9L-w4Rt8_Bn1Vd5-Yh3Gm6_Js0Pf2";

/// A document with a secret that is like those that are issued, and what of it must not come back.
fn document() -> (String, Secrets) {
    let text = sound();
    let value: serde_json::Value = serde_json::from_str(&text).unwrap();
    let own = value["integration"]["technicalAccount"]["clientSecret"].as_str().unwrap();
    let text = text.replace(own, SECRET);
    let secrets = Secrets::of(text.as_bytes());
    (text, secrets)
}

#[test]
fn no_word_of_a_document_comes_back() {
    let (text, secrets) = document();
    let value: serde_json::Value = serde_json::from_str(&text).unwrap();
    let pem = value["integration"]["privateKey"].as_str().unwrap();
    // The words of the document, of the PEM, and of the PEM with its line breaks escaped.
    let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    let escaped = text.lines().find(|line| line.contains("PRIVATE KEY")).unwrap();
    let lines = pem.lines().filter(|line| !line.starts_with('-')).map(str::to_owned).collect();
    let pieces = escaped.split("\\r\\n").map(str::to_owned).collect();
    for words in [words(&text), words(pem), words(escaped), pieces, lines] {
        for command in cli::command().get_subcommands() {
            let name = command.get_name();
            let mut lines = vec![vec![name.to_owned()], vec![name.to_owned(), String::from("--")]];
            // What can hardly be anything but a part of a credential is refused, and the rest must not be written to.
            if words.iter().any(|word| word.contains("-----") || word.contains("p8e-")) {
                let options = command.get_arguments().filter_map(Arg::get_long);
                lines.extend(options.map(|option| vec![name.to_owned(), format!("--{option}")]));
            }
            for line in lines {
                let arguments = line.iter().chain(&words).cloned();
                let run = run_in(&environment(), arguments, b"");
                secrets.assert_absent(&run.out, &format!("{line:?}"));
                secrets.assert_absent(&run.err, &format!("{line:?}"));
            }
        }
    }
}

/// Where a word of few is expected, eight letters and digits as secrets have them are no such word.
#[test]
fn no_piece_of_a_secret_comes_back_as_a_value() {
    let is_path = |names: &[&str]| names.iter().any(|name| ["PATH", "FILE", "LIST", "DIR"].contains(name));
    let mut values = 0;
    for command in cli::command().get_subcommands() {
        let name = command.get_name();
        for argument in command.get_arguments() {
            let (Some(option), ArgAction::Set | ArgAction::Append) =
                (argument.get_long(), argument.get_action())
            else {
                continue;
            };
            let names: Vec<_> =
                argument.get_value_names().unwrap_or_default().iter().map(Str::as_str).collect();
            // The name of a file has to be readable, and what is shorter than a secret can be one.
            if is_path(&names) || option == "stdin-filename" {
                continue;
            }
            let whole = [(4, 12), (6, 14), (9, 18), (4, 20), (11, 35)].map(|(from, to)| (SECRET, from, to));
            let joined = [(4, 13), (9, 17), (15, 24), (4, 20), (22, 41)].map(|(from, to)| (JOINED, from, to));
            for (secret, from, to) in whole.into_iter().chain(joined) {
                values += 1;
                let piece = &secret[from..to];
                for value in [piece.to_owned(), format!("{piece}=error"), format!("error={piece}")] {
                    let mut line = vec![name, "no/such/file"];
                    if name == "generate" {
                        line.extend(["--seed=1", "--bits=512"]);
                    }
                    let given = format!("--{option}={value}");
                    let run = run_in(&environment(), line.into_iter().chain([given.as_str()]), b"");
                    for said in [&run.out, &run.err] {
                        Secrets::all_of(secret).assert_absent(said, &format!("{name} --{option}={piece}"));
                    }
                }
            }
        }
        for (secret, piece) in [
            (SECRET, &SECRET[4..12]),
            (SECRET, &SECRET[9..18]),
            (SECRET, &SECRET[4..20]),
            (JOINED, &JOINED[4..13]),
            (JOINED, &JOINED[9..24]),
        ] {
            for line in [vec![name.to_owned(), format!("--{piece}")], vec![piece.to_owned()]] {
                let run = run_in(&environment(), line, b"");
                Secrets::all_of(secret).assert_absent(&run.err, name);
            }
        }
    }
    assert!(values > 100, "the definition of the command line was walked");
}

/// The variables that git sets for its hooks.
#[test]
fn no_variable_of_git_comes_back() {
    let folder = tempfile::tempdir().unwrap();
    for secret in [SECRET.to_owned(), folder.path().join(SECRET).display().to_string()] {
        let path = || Some(secret.clone().into());
        for git in [
            GitEnvironment { git_dir: path(), ..GitEnvironment::default() },
            GitEnvironment { work_tree: path(), ..GitEnvironment::default() },
            GitEnvironment {
                git_dir: path(),
                index_file: path(),
                common_dir: path(),
                ..GitEnvironment::default()
            },
            GitEnvironment { git_dir: path(), object_directory: path(), ..GitEnvironment::default() },
        ] {
            let environment = Environment { git, ..environment() };
            for line in
                [&["check", "--staged"][..], &["audit", "--git-history"], &["audit", "--git-history", "no"]]
            {
                let run = run_in(&environment, line.iter().copied(), b"");
                for said in [&run.out, &run.err] {
                    Secrets::all_of(SECRET).assert_absent(said, &format!("{line:?}"));
                }
            }
        }
    }
}

/// Names of branches, tags, files and folders, and of what is in an archive.
#[test]
fn no_name_in_a_repository_or_archive_comes_back() {
    let Some(git) = Git::committed(&[]) else { return };
    let (text, mut secrets) = document();
    secrets.also(&Secrets::all_of(&SECRET[4..]));
    let archive = zip(&[
        (&format!("{SECRET}.json"), text.as_bytes()),
        ("a.tar", &tar(&[(&format!("{SECRET}/{SECRET}.json"), text.as_bytes())])),
        (&format!("{SECRET}.7z"), b"7z\xBC\xAF\x27\x1C\0\0"),
    ]);
    git.stage(&format!("{SECRET}/{SECRET}.json"), &text);
    git.stage(&format!("{SECRET}.env"), "AEM_CLIENT_SECRET=p8e-Zz9Yy8Xx7Ww6Vv5Uu4Tt3Ss2Rr1Qq0Pp\n");
    fs::write(git.path().join(format!("{SECRET}.zip")), archive).unwrap();
    git.run(&["add", "-A"]);
    let staged =
        |format: &str| vec![String::from("check"), String::from("--staged"), format!("--format={format}")];
    let mut lines: Vec<_> = crate::common::FORMATS.iter().map(|format| staged(format)).collect();
    lines.push(vec![String::from("check"), String::from("--staged"), String::from("--verbose")]);
    let said = |line: &[String]| {
        let output = program().current_dir(git.path()).args(line).args(["--now", NOW]).output().unwrap();
        for said in [&output.stdout, &output.stderr] {
            secrets.assert_absent(&String::from_utf8_lossy(said), &format!("{line:?}"));
        }
        assert_ne!(output.status.code(), None, "{line:?}");
        output.stdout.len()
    };
    assert!(lines.iter().all(|line| said(line) > 0));
    git.run(&["commit", "-qm", SECRET]);
    git.run(&["branch", SECRET]);
    git.run(&["tag", &format!("v-{SECRET}")]);
    git.run(&["rm", "-rq", SECRET]);
    git.run(&["commit", "-qm", "removed"]);
    for format in ["table", "json", "jsonl", "csv", "markdown", "html", "sarif"] {
        for mode in [
            &["--git-history"][..],
            &["."],
            &["--git-history", "--git-range", SECRET],
            &["--git-history", "--git-range", &format!("HEAD..x{SECRET}")],
        ] {
            let line: Vec<_> =
                ["audit", "--format", format].iter().chain(mode).map(|word| String::from(*word)).collect();
            said(&line);
        }
    }
    for line in [vec!["check", "."], vec!["renewals", "."], vec!["inspect", &format!("{SECRET}.zip")]] {
        said(&line.into_iter().map(str::to_owned).collect::<Vec<_>>());
    }
}
