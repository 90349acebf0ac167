//! Text from outside: no eight characters of a secret come back from arguments, lists, configurations, baselines, names
//! of files or the environment, whatever the command and the format. What is ordinary comes back as it is.
//!
//! The cases come from the definition of the command line, so that a new option is covered by itself.

use std::fs;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use clap::{Arg, Command};

use aemcred::cli::{self, Environment};

use crate::common::{Run, environment, root, run, run_in, run_with_input};
use crate::no_leak::Secrets;

const CLIENT_SECRET: &str = "p8e-Ab_cdefGHIjklmnopqrSTUvwxyz01234";
const UUID: &str = "23bc46b1-71f6-4ed5-8c54-816aa4f8c502";
const HEX: &str = "0f1e2d3c4b5a69788796a5b4c3d2e1f0";

/// A secret as somebody may paste it, and what of it must not come back.
struct Pasted {
    what: &'static str,
    text: String,
    secrets: Secrets,
    /// Whether it can be the name of a file.
    is_name: bool,
}

fn credential() -> PathBuf {
    root().join("fixtures/key-pair-mismatch/good.json")
}

fn pasted() -> Vec<Pasted> {
    let document = fs::read_to_string(credential()).unwrap();
    let value: serde_json::Value = serde_json::from_str(&document).unwrap();
    let pem = value["integration"]["privateKey"].as_str().unwrap().replace("\r\n", "\n");
    let body: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    let token = fs::read_to_string(root().join("fixtures/token-lifetime/good.json")).unwrap();
    let token = token.split('"').find(|text| text.starts_with("eyJ")).unwrap();
    let random = "yYq3FJ0aV7eGmZkC9sTnB4xW8hLd2PuR";
    let old = |secret: &str| format!("{{\"clientSecret\": \"{secret}\"}}");
    let list = [
        ("client secret", String::from(CLIENT_SECRET), Secrets::all_of(&CLIENT_SECRET[4..])),
        ("older client secret", old(UUID), Secrets::all_of(UUID)),
        ("older client secret in hexadecimal", old(HEX), Secrets::all_of(HEX)),
        ("random", String::from(random), Secrets::all_of(random)),
        ("token", token.to_owned(), Secrets::all_of(token)),
        ("header", format!("Authorization: Bearer {token}"), Secrets::all_of(token)),
        ("PEM", pem.clone(), Secrets::of(document.as_bytes())),
        ("PEM with escapes", pem.replace('\n', "\\n"), Secrets::of(document.as_bytes())),
        ("PEM without armour", body, Secrets::of(document.as_bytes())),
        ("document", document.clone(), Secrets::of(document.as_bytes())),
        ("document in a line", value.to_string(), Secrets::of(document.as_bytes())),
        ("document in a string", serde_json::to_string(&document).unwrap(), Secrets::of(document.as_bytes())),
        ("base64", STANDARD.encode(&document), Secrets::all_of(&STANDARD.encode(&document))),
        (
            "variables",
            format!("AEM_ORG=0123456789ABCDEF01234567@AdobeOrg\nAEM_CLIENT_SECRET={CLIENT_SECRET}\n"),
            Secrets::all_of(&CLIENT_SECRET[4..]),
        ),
    ];
    let name = |text: &str| text.len() < 200 && !text.contains(['/', '\n']);
    list.map(|(what, text, secrets)| Pasted { what, is_name: name(&text), text, secrets }).into()
}

fn assert_hidden(run: &Run, pasted: &Pasted, how: &str) {
    for output in [&run.out, &run.err] {
        pasted.secrets.assert_absent(output, &format!("{} {how}", pasted.what));
    }
}

/// No file in `folder` holds the secret, but for those that were written for the test.
fn assert_files_hidden(folder: &Path, pasted: &Pasted, how: &str) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            let text = fs::read(&path).unwrap();
            pasted.secrets.assert_absent(&String::from_utf8_lossy(&text), &format!("{} {how}", pasted.what));
        }
    }
}

/// What a command needs to do its work, but for `under_test`.
fn needed(command: &Command, under_test: &str, folder: &Path) -> Vec<String> {
    let mut arguments = Vec::new();
    for argument in command.get_positionals().filter(|argument| argument.get_id() != under_test) {
        let value = match argument.get_possible_values().first() {
            Some(value) => value.get_name().to_owned(),
            None if ["generate", "init"].contains(&command.get_name()) => {
                folder.join("made.json").display().to_string()
            }
            None if argument.is_required_set() || argument.get_id() == "paths" => {
                credential().display().to_string()
            }
            None => continue,
        };
        arguments.push(value);
    }
    for (option, value) in [("--bits", Some("512")), ("--seed", Some("1")), ("--force", None)] {
        let name = &option[2..];
        let has = command.get_arguments().any(|argument| argument.get_long() == Some(name));
        if has && command.get_name() != "redact" && name != under_test {
            arguments.push(value.map_or_else(|| option.to_owned(), |value| format!("{option}={value}")));
        }
    }
    arguments
}

/// Values in which the secret is not all, for the parser and for what is behind it.
fn around(argument: &Arg, secret: &str, folder: &Path) -> Vec<String> {
    let folder = folder.display();
    let mut values = vec![format!("{folder}/none/{secret}.txt"), format!("{folder}/{secret}.json")];
    let names: Vec<_> =
        argument.get_value_names().unwrap_or_default().iter().map(ToString::to_string).collect();
    if names.concat().contains('=') {
        values = values.iter().map(|value| format!("json={value}")).collect();
        values.extend([format!("field-unknown={folder}/{secret}"), format!("{folder}/{secret}=error")]);
    }
    if argument.get_value_delimiter().is_some() {
        values.push(format!("key-pair-mismatch,{folder}/{secret}"));
    }
    values
}

#[test]
fn no_argument_comes_back() {
    let folder = tempfile::tempdir().unwrap();
    let summary = Environment { github_step_summary: Some(folder.path().join("summary")), ..environment() };
    let mut options = 0;
    for pasted in pasted() {
        let whole = |arguments: &[&str]| {
            let run = run_in(&summary, arguments, b"");
            let how =
                arguments.iter().map(|argument| argument.replace(&pasted.text, "SECRET")).collect::<Vec<_>>();
            assert_hidden(&run, &pasted, &format!("{how:?}"));
            assert_eq!((run.code, run.out.as_str()), (2, ""), "{} {how:?}: {}", pasted.what, run.err);
            assert!(run.err.contains("looks like a credential"), "{} {how:?}: {}", pasted.what, run.err);
        };
        let text = pasted.text.as_str();
        let unknown = format!("--{text}");
        whole(&[text]);
        whole(&[&unknown]);
        for command in cli::command().get_subcommands() {
            let name = command.get_name();
            whole(&[name, text]);
            whole(&[name, &unknown]);
            whole(&[name, &format!("--unknown={text}")]);
            whole(&[name, "--", text]);
            for argument in command.get_arguments().filter(|argument| argument.get_action().takes_values()) {
                options += 1;
                let needed = needed(command, argument.get_id().as_str(), folder.path());
                let before: Vec<&str> = [name].into_iter().chain(needed.iter().map(String::as_str)).collect();
                let option = argument.get_long().map(|long| format!("--{long}"));
                match &option {
                    Some(option) => {
                        whole(&[&before[..], &[option, text]].concat());
                        whole(&[&before[..], &[&format!("{option}={text}")]].concat());
                    }
                    None => whole(&[&before[..], &[text]].concat()),
                }
                if !pasted.is_name {
                    continue;
                }
                for value in around(argument, text, folder.path()) {
                    let last =
                        option.as_ref().map_or_else(|| value.clone(), |option| format!("{option}={value}"));
                    let run = run_in(&summary, before.iter().copied().chain([last.as_str()]), b"");
                    let how = format!("{name} {}", last.replace(text, "SECRET"));
                    assert_hidden(&run, &pasted, &how);
                    assert_files_hidden(folder.path(), &pasted, &how);
                }
            }
            for flag in command.get_arguments().filter(|argument| !argument.get_action().takes_values()) {
                let flag =
                    format!("--{}={}/{text}", flag.get_long().unwrap_or("help"), folder.path().display());
                assert_hidden(&run([name, &flag]), &pasted, &format!("{name} with a value for a flag"));
            }
            let part = format!("{}/{text}", folder.path().display());
            for arguments in
                [vec![part.as_str()], vec![name, &part, &part, &part], vec![name, &format!("--{part}")]]
            {
                assert_hidden(&run(arguments), &pasted, &format!("{name} with parts"));
            }
        }
    }
    assert!(options > 500, "the definition of the command line was walked");
}

/// The commands that look at files, with each of their formats.
fn lookers() -> Vec<Vec<String>> {
    let mut all = Vec::new();
    for command in cli::command().get_subcommands() {
        let name = command.get_name();
        let format = command.get_arguments().find(|argument| argument.get_id() == "format");
        let formats = format.map(Arg::get_possible_values).unwrap_or_default();
        if command
            .get_arguments()
            .any(|argument| argument.get_id() == "paths" || argument.get_id() == "client")
        {
            all.extend(
                formats.iter().map(|format| vec![name.to_owned(), format!("--format={}", format.get_name())]),
            );
        }
    }
    assert!(all.len() > 25, "{all:?}");
    all.push(vec![String::from("redact")]);
    all.push(vec![String::from("check"), String::from("--diff")]);
    all
}

#[test]
fn no_name_of_a_file_comes_back() {
    for pasted in pasted().into_iter().filter(|pasted| pasted.is_name) {
        let folder = tempfile::tempdir().unwrap();
        let inner = folder.path().join(format!("in {}", pasted.text));
        fs::create_dir(&inner).unwrap();
        let names = ["a.json", "broken.json", "unpaired.json"]
            .map(|name| inner.join(format!("{} {name}", pasted.text)));
        fs::copy(credential(), &names[0]).unwrap();
        fs::write(&names[1], "{\"ok\": true, \"integration\": {\"imsEndpoint\":").unwrap();
        fs::copy(root().join("fixtures/key-pair-mismatch/bad.json"), &names[2]).unwrap();
        let none = inner.join("none.json");
        for command in lookers() {
            let takes_many = ["check", "audit", "renewals"].contains(&command[0].as_str());
            let inputs: Vec<Vec<&Path>> = if takes_many {
                vec![vec![&names[0], &names[1], &names[2], &none], vec![folder.path()]]
            } else {
                names.iter().map(PathBuf::as_path).chain([none.as_path()]).map(|path| vec![path]).collect()
            };
            for input in inputs {
                let run = run(command.iter().map(Path::new).chain(input));
                assert_hidden(&run, &pasted, &format!("as a name, {command:?}"));
            }
            if command[0] != "redact" && command[1] != "--diff" {
                let name = format!("--stdin-filename=x/{}.json", pasted.text);
                let run =
                    run_with_input(command.iter().map(String::as_str).chain([&*name, "-"]), b"{\"ok\": ");
                assert_hidden(&run, &pasted, &format!("as the name of standard input, {command:?}"));
            }
        }
        let written = folder.path().join("baseline.json");
        let arguments = [Path::new("check"), Path::new("--write-baseline"), &written, &names[1], &names[2]];
        let first = run(arguments);
        assert_eq!(first.code, 0, "{}", first.err);
        assert_files_hidden(folder.path(), &pasted, "in a baseline");
        // The baseline holds for the hidden names as for others.
        let again = run([Path::new("check"), Path::new("--baseline"), &written, &names[1], &names[2]]);
        assert_eq!(again.code, 0, "{}", again.err);
    }
}

/// A secret that looks like any UUID is known for one by the document that holds it.
#[test]
fn a_files_own_secret_in_its_name_does_not_come_back() {
    for secret in [UUID, HEX] {
        let mut document: serde_json::Value =
            serde_json::from_str(&fs::read_to_string(credential()).unwrap()).unwrap();
        document["integration"]["technicalAccount"]["clientSecret"] = secret.into();
        let document = format!("\u{FEFF}{document}");
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(format!("{secret}.json"));
        let pasted =
            Pasted { what: "own", text: secret.to_owned(), secrets: Secrets::all_of(secret), is_name: true };
        for command in lookers().into_iter().chain([vec![String::from("check"), String::from("--fix")]]) {
            fs::write(&path, &document).unwrap();
            let run = run(command.iter().map(Path::new).chain([path.as_path()]));
            assert_hidden(&run, &pasted, &format!("as its own name, {command:?}"));
        }
        fs::remove_file(&path).unwrap();
        for name in [format!("{secret}.json"), format!("{secret}/x.json")] {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, &document).unwrap();
            let written = folder.path().join("baseline.json");
            for input in [folder.path(), &path] {
                let first = run([Path::new("check"), Path::new("--write-baseline"), &written, input]);
                assert_hidden(&first, &pasted, "beside a baseline");
                assert!(!fs::read_to_string(&written).unwrap().contains(secret), "in a baseline");
                for command in ["check", "audit"] {
                    let again = run([Path::new(command), Path::new("--baseline"), &written, input]);

                    assert_eq!(again.code, 0, "{command}: {}{}", again.out, again.err);
                }
                fs::remove_file(&written).unwrap();
            }
            fs::remove_file(&path).unwrap();
        }
    }
}

#[test]
fn no_list_of_files_comes_back() {
    let folder = tempfile::tempdir().unwrap();
    let list = folder.path().join("list.txt");
    let from = format!("--files-from={}", list.display());
    for pasted in pasted() {
        let lines = format!("one.json\n{}\nnone.json\nnone/two.json\n", pasted.text);
        let mut utf16 = vec![0xFF, 0xFE];
        utf16.extend(pasted.text.encode_utf16().flat_map(u16::to_le_bytes));
        let takes_many = |command: &&Vec<String>| ["check", "audit", "renewals"].contains(&&*command[0]);
        for command in lookers().iter().filter(takes_many) {
            for (contents, is_all, is_file) in [
                (pasted.text.as_bytes(), true, true),
                (pasted.text.as_bytes(), true, false),
                (&utf16, true, true),
                (lines.as_bytes(), false, true),
                (lines.replace('\n', "\0").as_bytes(), false, false),
            ] {
                let options = command.iter().map(String::as_str).filter(|option| *option != "--diff");
                let run = if is_file {
                    fs::write(&list, contents).unwrap();
                    run(options.chain([from.as_str()]))
                } else {
                    run_with_input(options.chain(["--files-from=-"]), contents)
                };
                assert_hidden(&run, &pasted, &format!("as a list, {command:?}"));
                assert_eq!(run.code, 2, "{}: {}", pasted.what, run.err);
                let refusal = "this is a credential, not a list of paths; did you mean `aemcred check ";
                if is_all {
                    let is_refused = run.err.contains(refusal) && run.out.is_empty();
                    assert!(is_refused, "{} {command:?}: {}", pasted.what, run.err);
                } else if pasted.is_name {
                    assert!(
                        run.err.contains("none/two.json: does not exist"),
                        "{}: {}",
                        pasted.what,
                        run.err
                    );
                }
            }
        }
    }
}

#[test]
fn no_configuration_or_baseline_comes_back() {
    const IGNORE: [(&str, &str); 6] = [
        ("rule", "\"key-pair-mismatch\""),
        ("path", "\"x.json\""),
        ("pointer", "\"/a\""),
        ("reason", "\"a reason\""),
        ("fingerprint", "\"0000000000000000000000000000000000000000000000000000000000000000\""),
        ("until", "2020-01-01"),
    ];
    let folder = tempfile::tempdir().unwrap();
    let good = credential();
    let bad = root().join("fixtures/key-pair-mismatch/bad.json");
    for pasted in pasted() {
        let quoted = serde_json::to_string(&pasted.text).unwrap();
        let line = pasted.text.replace('\n', " ");
        let mut settings = vec![
            pasted.text.clone(),
            format!("{quoted} = 1\n"),
            format!("[{quoted}]\nx = 1\n"),
            format!("[levels]\n{quoted} = \"error\"\n"),
            format!("[levels]\nfield-unknown = {quoted}\n"),
            format!("# {line}\nexpiring = 30d # {line}\n# {line}\n"),
            format!("fail-on = '''\n{}'''\n", pasted.text),
            format!("[[ignore]]\n{quoted} = 1\n"),
            format!("[[ignore]]\nrule = \"key-pair-mismatch\"\nreason = {quoted}\n"),
            format!("[[ignore]]\nrule = \"key-pair-mismatch\"\nreason = \"It was {line} before\"\n")
                .replace("\\n", "n"),
        ];
        for key in [
            "expiring",
            "imminent",
            "fail-on",
            "trusted-ims-hosts",
            "exclude",
            "blocklist",
            "levels",
            "ignore",
        ] {
            settings.extend([format!("{key} = {quoted}\n"), format!("{key} = [{quoted}]\n")]);
        }
        for (key, _) in IGNORE {
            let value = |name: &'static str, plain: &'static str| {
                if name == key { quoted.clone() } else { plain.to_owned() }
            };
            let lines = IGNORE.map(|(name, plain)| format!("{name} = {}\n", value(name, plain)));
            settings.push(format!("[[ignore]]\n{}", lines.concat()));
        }
        let config = folder.path().join("aemcred.toml");
        for text in settings {
            fs::write(&config, &text).unwrap();
            for arguments in [
                ["check", "--show-settings", "--quiet"],
                ["check", "--format=text", "--no-ignores"],
                ["check", "--format=json", "--quiet"],
                ["check", "--format=sarif", "--quiet"],
                ["renewals", "--format=json", "--quiet"],
            ] {
                let paths = [Path::new("--config"), &config, &bad];
                let run = run(arguments.map(Path::new).into_iter().chain(paths));
                let place = text.replace(&pasted.text, "SECRET").chars().take(60).collect::<String>();
                assert_hidden(&run, &pasted, &format!("in {place:?}, {arguments:?}"));
                // Every command refuses a configuration in the same words, and shows little of most.
                if run.code == 2 || !text.contains("reason = ") {
                    break;
                }
            }
        }
        let baseline = folder.path().join("baseline.json");
        let entry = |path: &str, rule: &str, fingerprint: &str| {
            format!(
                "{{\"schema\": \"aemcred/baseline/1\", \"findings\": [\n{{\"path\": {path}, \"rule\": {rule}, \"fingerprint\": {fingerprint}}}]}}"
            )
        };
        let (path, rule, hash) = ("\"none.json\"", IGNORE[0].1, IGNORE[4].1);
        let path_of = serde_json::to_string(&format!("a/{}.json", pasted.text)).unwrap();
        for (text, target) in [
            (pasted.text.clone(), false),
            (format!("{{\"schema\": {quoted}}}"), false),
            (entry(&quoted, rule, hash), true),
            (entry(&path_of, rule, hash), true),
            (entry(path, &quoted, hash), false),
            (entry(path, rule, &quoted), false),
        ] {
            fs::write(&baseline, &text).unwrap();
            for format in ["text", "json"] {
                let run = run([
                    Path::new("check"),
                    Path::new(&format!("--format={format}")),
                    Path::new("--baseline"),
                    &baseline,
                    &good,
                    folder.path(),
                ]);
                assert_hidden(&run, &pasted, &format!("in a baseline as {format}"));
            }
            let list = [Path::new("check"), Path::new("--blocklist"), &baseline, &good];
            assert_hidden(&run(list), &pasted, "as a list of published keys");
            if target {
                fs::write(&config, "").unwrap();
                let again = run([Path::new("check"), Path::new("--write-baseline"), &baseline, &good]);
                assert_eq!(again.code, 0, "{}", again.err);
                assert_files_hidden(folder.path(), &pasted, "in a baseline that is written again");
            }
        }
    }
}

#[test]
fn no_environment_comes_back() {
    let folder = tempfile::tempdir().unwrap();
    for pasted in pasted() {
        let summary = Some(folder.path().join("none").join(&pasted.text));
        let environment = Environment { github_step_summary: summary, github_actions: true, ..environment() };
        for command in ["check", "renewals"] {
            let path = credential();
            let run = run_in(&environment, [Path::new(command), Path::new("--github-summary"), &path], b"");
            assert_hidden(&run, &pasted, command);
            assert!(run.code == 2 && run.err.contains("GITHUB_STEP_SUMMARY"), "{}: {}", pasted.what, run.err);
        }
    }
}

#[test]
fn ordinary_mistakes_are_told_as_they_are() {
    for (arguments, expected) in [
        (&["chekc", "a.json"][..], "'chekc'"),
        (&["chekc", "a.json"], "similar subcommands exist: 'schema', 'check'"),
        (&["check", "--fromat", "json"], "'--fromat'"),
        (&["check", "--fromat", "json"], "a similar argument exists: '--format'"),
        (&["check", "--format", "jsno"], "invalid value 'jsno' for '--format <FORMAT>'"),
        (&["check", "--format", "jsno"], "a similar value exists: 'json'"),
        (
            &["check", "--only", "key-pair-missmatch"],
            "there is no rule “key-pair-missmatch”; did you mean “key-pair-mismatch”?",
        ),
        (&["check", "--severity", "field-unknwon=off"], "invalid value 'field-unknwon=off'"),
        (&["check", "--severity", "field-unknown=eror"], "“eror” is no level"),
        (
            &["check", "--now", "yesterday"],
            "invalid value 'yesterday' for '--now <TIME>': a time has the form",
        ),
        (&["check", "--max-size", "10 MB"], "invalid value '10 MB'"),
        (&["check", "--output", "jsn=build/report.json"], "invalid value 'jsn=build/report.json'"),
        (&["generate", "--days", "9000000"], "9000000 is not in 1..=3000000"),
        (&["schema", "check", "audit"], "unexpected argument 'audit' found"),
        (&["inspect"], "<FILE>"),
        (&["check", "--fix", "--diff"], "the argument '--fix' cannot be used with '--diff'"),
        (&["check", "--now", "x/p8e-Ab_cdefG"], "invalid value '…' for '--now <TIME>': a time has the form"),
        (&["check", "--now", "x/p8e-Ab_cdefG"], "… is not shown, because it may be a secret"),
        (&["check", "--fromat=4f3a9c21"], "a similar argument exists: '--format'"),
        (&["generate", "--days", "99999999999999"], "invalid value '…' for '--days <N>'\n"),
    ] {
        let run = run(arguments.iter().copied());
        assert_eq!((run.code, run.out.as_str()), (2, ""), "{arguments:?}: {}", run.err);
        assert!(run.err.contains(expected), "{arguments:?} says {expected}: {}", run.err);
    }
}

#[test]
fn ordinary_names_stay_readable() {
    let folder = tempfile::tempdir().unwrap();
    for name in [
        "build/4f3a9c21/service_token.json",
        "tmp.Ab12Cd34Ef/x.json",
        "pods/0f8fad5b-d9cb-469f-a165-70867728950e/volumes/..2024_01_01_00_00_00.123456789/token.json",
        "8843d7f92416211de9ebb963ff4ce28125932878/a.json",
        "Zürich [draft] {a,b} 'c'/privateKeyJwk (1).json",
    ] {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::copy(root().join("fixtures/key-pair-mismatch/bad.json"), &path).unwrap();
        for command in ["text", "json", "junit", "gitlab", "concise"] {
            let run = run([Path::new("check"), Path::new(&format!("--format={command}")), &path]);
            let shown = path.display().to_string();
            let escaped = [shown.replace('\'', "&apos;"), shown.replace('\'', "&#39;")];
            // A path that is longer than a line goes on in the next.
            let out = if command == "text" { run.out.replace('\n', "") } else { run.out.clone() };
            assert!(
                out.contains(&shown) || escaped.iter().any(|shown| out.contains(shown)),
                "{name} {command}: {}",
                run.out
            );
        }
        let audit = run([Path::new("audit"), Path::new("--format=json"), folder.path()]);
        assert!(audit.out.contains(path.to_str().unwrap()), "{name}: {}", audit.out);
    }
}
