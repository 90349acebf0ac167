//! Inputs that once broke a promise, each standing for a kind: `tests/it/hard/`.

use std::fs;

use serde_json::Value;

use crate::common::{NOW, children, program, root, run};

/// What is said of one of the files: rule, level and basis of each finding.
fn said(name: &str) -> Vec<(String, String, String)> {
    let folder = children(&root().join("tests/it/hard"));
    let paths = folder.iter().filter(|path| path.file_name().unwrap().to_str().unwrap().starts_with(name));
    let [path] = paths.collect::<Vec<_>>()[..] else { panic!("{name} is one file") };
    let run = run(["check", "--format=json", "--now", NOW, path.to_str().unwrap()]);
    let report: Value = serde_json::from_str(&run.out).unwrap_or_else(|_| panic!("{}", run.err));
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let findings =
        report["files"].as_array().unwrap().iter().flat_map(|file| file["findings"].as_array().unwrap());
    findings
        .map(|finding| (text(&finding["rule"]), text(&finding["level"]), text(&finding["basis"])))
        .collect()
}

#[test]
fn each_is_judged_right() {
    const NONE: (&str, &str, &str) = ("", "", "");
    let mut wrong = Vec::new();
    for (name, expected) in [
        ("06", ("private-key-syntax", "error", "client")),
        ("08", ("private-key-syntax", "error", "client")),
        ("09", ("private-key-syntax", "error", "client")),
        ("10", ("private-key-syntax", "error", "client")),
        ("11", ("private-key-algorithm", "error", "service")),
        ("12", ("certificate-signature", "error", "damage")),
        ("13-certificate-not-der-cert_cn", ("certificate-syntax", "error", "damage")),
        ("13-certificate-not-der-cert_serial", ("certificate-syntax", "error", "damage")),
        ("15", NONE),
        ("17", ("document-wrapper", "error", "client")),
        ("22-audit-sound-check-error-wrap", ("document-kind", "error", "client")),
        ("22-audit-sound-check-error-ws", ("document-encoding", "error", "client")),
        ("23", ("certificate-validity-inverted", "error", "damage")),
        ("24-weak-keys-not-named-ratio", ("private-key-weak", "error", "exposure")),
        ("24-weak-keys-not-named-same", ("private-key-weak", "error", "exposure")),
        ("26", NONE),
    ] {
        let errors: Vec<_> = said(name).into_iter().filter(|(_, level, _)| level == "error").collect();
        let fits = match &errors[..] {
            [] => expected == NONE,
            [(rule, level, basis)] => (rule.as_str(), level.as_str(), basis.as_str()) == expected,
            _ => false,
        };
        if !fits {
            wrong.push(format!("{name}: {errors:?}, not {expected:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// `check` fails exactly where `audit` calls nothing sound, and `renewals` has the same state.
#[test]
fn every_command_has_the_same_verdict() {
    for path in
        children(&root().join("tests/it/hard")).iter().filter(|path| path.extension().unwrap() == "json")
    {
        let path = path.to_str().unwrap();
        let states = |command: &str, list: &str| -> Vec<String> {
            let run = run([command, "--format=json", "--now", NOW, path]);
            let report: Value =
                serde_json::from_str(&run.out).unwrap_or_else(|_| panic!("{path}: {}", run.err));
            let all = report[list].as_array().unwrap().iter();
            all.map(|credential| credential["state"].as_str().unwrap().to_owned()).collect()
        };
        let audit = states("audit", "credentials");
        let check = run(["check", "--fail-on=error", "--now", NOW, path]).code;
        assert_eq!(audit.iter().all(|state| state == "sound"), check == 0, "{path}: {audit:?}");
        assert_eq!(states("renewals", "renewals"), audit, "{path}");
    }
}

fn read(name: &str) -> Value {
    serde_json::from_slice(&fs::read(root().join("tests/it/hard").join(name)).unwrap()).unwrap()
}

/// A key in numbers of any width or in its bits, in lists and objects, under any name: a list is no value that a public
/// field has.
#[test]
fn redact_hides_keys_in_numbers() {
    let document = read("04-redact-keeps-byte-array.json");
    let bytes: Vec<u64> =
        document["integration"]["note"].as_array().unwrap().iter().map(|n| n.as_u64().unwrap()).collect();
    assert!(bytes.len() > 1000);
    let words: Vec<u64> = bytes.chunks(2).map(|pair| pair[0] << 8 | pair.get(1).unwrap_or(&0)).collect();
    let object: serde_json::Map<_, _> =
        bytes.iter().enumerate().map(|(index, byte)| (index.to_string(), (*byte).into())).collect();
    let listed: Vec<Value> = bytes.iter().map(|byte| serde_json::json!({ "b": byte })).collect();
    let public: Vec<Value> = bytes.iter().map(|byte| serde_json::json!({ "statusCode": byte })).collect();
    let negative: Vec<i64> =
        bytes.iter().map(|byte| i64::try_from(*byte).unwrap() - if *byte > 127 { 256 } else { 0 }).collect();
    let bits: Vec<bool> =
        bytes[..99].iter().flat_map(|byte| (0..8).map(move |bit| byte >> bit & 1 == 1)).collect();
    let nested =
        bytes[..99].iter().fold(Value::Null, |inner, byte| serde_json::json!({ "b": byte, "in": inner }));
    let texts: Vec<String> = bytes.iter().map(u64::to_string).collect();
    let characters: Vec<Value> =
        bytes.iter().map(|byte| serde_json::json!({ "token_type": format!("{byte:x}") })).collect();
    let notes = [
        Value::from(bytes.clone()),
        Value::from(words),
        Value::from(negative),
        Value::Object(object),
        Value::from(listed),
        Value::from(public),
        Value::from(bits),
        Value::from(texts),
        Value::from(characters),
        nested,
        serde_json::json!({"type": "Buffer", "data": bytes}),
        serde_json::json!(bytes.chunks(2).collect::<Vec<_>>()),
    ];
    let names =
        ["note", "imsEndpoint", "metascopes", "certificateExpirationDate", "statusCode", "ok", "email"];
    let cases = notes.iter().map(|note| ("note", note)).chain(names.map(|name| (name, &notes[0])));
    for (name, note) in cases.chain([("metascopes", &notes[7]), ("imsEndpoint", &notes[6])]) {
        let mut document = document.clone();
        document["integration"]["note"] = Value::Null;
        document["integration"][name] = note.clone();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("service.json");
        fs::write(&path, serde_json::to_vec_pretty(&document).unwrap()).unwrap();
        let run = run(["redact", "--keep", "ids", path.to_str().unwrap()]);
        assert_eq!(run.code, 0, "{}", run.err);
        let copy: Value = serde_json::from_str(&run.out).unwrap();
        let left = values(&copy["integration"][name]);
        let tells =
            |value: &&String| !["0", "false"].contains(&value.as_str()) && !value.contains("REDACTED");
        // One of many says nothing.
        assert!(left.iter().filter(tells).count() < 2, "{name}: {:?}", &left[..left.len().min(9)]);
        assert!(matches!(copy["statusCode"].as_u64(), Some(0 | 200)), "what is public stays once");
    }
}

/// All values in a value.
fn values(value: &Value) -> Vec<String> {
    match value {
        Value::Array(items) => items.iter().flat_map(values).collect(),
        Value::Object(members) => members.values().flat_map(values).collect(),
        Value::Null => Vec::new(),
        other => vec![other.to_string()],
    }
}

/// A certificate stays only if no secret is in its names.
#[test]
fn redact_decodes_what_it_keeps() {
    let mut document = read("12-certificate-unknown-signature-algorithm.json");
    let secret = "p8e-AbCdEfGhIjKlMnOpQrStUvWxYz0123";
    document["integration"]["technicalAccount"]["clientSecret"] = secret.into();
    let hex: String = secret.bytes().take(12).map(|byte| format!("{byte:02X}")).collect();
    document["integration"]["org"] = format!("{hex}@AdobeOrg").into();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("service.json");
    fs::write(&path, serde_json::to_vec_pretty(&document).unwrap()).unwrap();
    let run = run(["redact", "--keep", "ids,certificate,org", path.to_str().unwrap()]);
    assert!(!run.out.contains(&hex), "{}", run.err);
}

/// Nothing waits for a reader that doesn't come, and a credential isn't replaced by a report.
#[test]
#[cfg(unix)]
fn reports_go_to_files_alone() {
    let folder = tempfile::tempdir().unwrap();
    let sound = root().join("fixtures/key-pair-mismatch/good.json");
    let pipe = folder.path().join("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let other = folder.path().join("other.json");
    fs::copy(&sound, &other).unwrap();
    let variables = folder.path().join("other.env");
    fs::write(&variables, "AEM_SERVICECREDENTIALS_CLIENT_SECRET=p8e-q7Zk2Xc9_Lw4Rt8Bn1Vd5Yh3Gm6Js0Pf\nAEM_SERVICECREDENTIALS_CLIENT_ID=cm-p48213-e190355-integration-0\n").unwrap();
    for command in ["check", "audit", "renewals"] {
        for (target, says) in [
            (pipe.as_path(), "is a pipe or device"),
            (std::path::Path::new("/dev/null"), "is a pipe or device"),
            (folder.path(), "is a folder"),
            (&other, "holds a credential"),
            (&variables, "holds a credential"),
        ] {
            let format = if command == "check" { "sarif" } else { "json" };
            let output = format!("{format}={}", target.display());
            let run = run([command, "--now", NOW, sound.to_str().unwrap(), "--output", &output]);
            assert_eq!(run.code, 2, "{command} {output}");
            assert!(run.err.contains(says), "{command}: {}", run.err);
            assert_eq!(run.out, "", "nothing was looked at");
        }
        let report = folder.path().join(command);
        let output = format!("json={}", report.display());
        for _ in 0..2 {
            let run = run([command, "--now", NOW, sound.to_str().unwrap(), "--output", &output]);
            assert!(run.code < 2, "{}", run.err);
        }
        assert!(fs::read_to_string(&report).unwrap().starts_with('{'));
    }
    assert_eq!(fs::read(&other).unwrap(), fs::read(&sound).unwrap());
    let output = format!("json={}", other.display());
    let run = run(["check", "--now", NOW, sound.to_str().unwrap(), "--force", "--output", &output]);
    assert!(run.code < 2, "{}", run.err);
    assert!(fs::read_to_string(&other).unwrap().contains("\"files\""));
}

/// The summary of a job is added to nothing that --output wouldn't replace, and a list of files may come from a pipe, but isn't
/// longer than any list is.
#[test]
#[cfg(unix)]
fn summaries_and_lists_are_files_or_end() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let sound = root().join("fixtures/key-pair-mismatch/good.json");
    fs::copy(&sound, at("credential.json")).unwrap();
    std::os::unix::fs::symlink("credential.json", at("link")).unwrap();
    assert!(std::process::Command::new("mkfifo").arg(at("pipe")).status().unwrap().success());
    for command in ["check", "renewals"] {
        for (target, says) in [
            ("credential.json", "holds a credential"),
            ("link", "holds a credential"),
            ("pipe", "is a pipe or device"),
            ("/dev/null", "is a pipe or device"),
            ("", "is a folder"),
        ] {
            let mut aemcred = program();
            aemcred.args([command, "--now", NOW, "--github-summary"]).arg(&sound);
            let run = aemcred.env("GITHUB_STEP_SUMMARY", at(target)).output().unwrap();
            let err = String::from_utf8(run.stderr).unwrap();
            assert!(run.status.code() == Some(2) && err.contains(says), "{command} {target}: {err}");
            assert!(run.stdout.is_empty(), "{command} {target}: something was looked at");
        }
        for _ in 0..2 {
            let mut aemcred = program();
            aemcred.args([command, "--now", NOW, "--github-summary"]).arg(&sound);
            let run = aemcred.env("GITHUB_STEP_SUMMARY", at(command)).output().unwrap();
            assert!(run.status.code() < Some(2), "{command}: {}", String::from_utf8_lossy(&run.stderr));
        }
        assert!(fs::metadata(at(command)).unwrap().len() > 0, "{command}");
    }
    assert_eq!(fs::read(at("credential.json")).unwrap(), fs::read(&sound).unwrap());
    for command in ["check", "audit", "renewals"] {
        let zeros = run([command, "--now", NOW, "--files-from", "/dev/zero"]);
        assert!(zeros.code == 2 && zeros.err.contains("has more than 256 MiB"), "{command}: {}", zeros.err);
        let (pipe, list) = (at("pipe"), format!("{}\n", sound.display()));
        let writer = std::thread::spawn(move || fs::write(pipe, list));
        let run = run([command, "--now", NOW, "--files-from", at("pipe").to_str().unwrap()]);
        writer.join().unwrap().unwrap();
        assert!(run.code < 2 && run.out.contains("good.json"), "{command}: {}{}", run.out, run.err);
    }
}

/// Whatever leads to a file that isn't one, or where nothing can be written, is refused before anything is looked at.
#[test]
#[cfg(unix)]
fn reports_take_nobodys_place() {
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    use std::process::Stdio;
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let sound = root().join("fixtures/key-pair-mismatch/good.json");
    let nothing = root().join("fixtures/key-pair-mismatch/good.json.none");
    fs::copy(&sound, at("credential.json")).unwrap();
    fs::write(at("closed.json"), vec![b' '; 1 << 10]).unwrap();
    fs::File::create(at("large.json")).unwrap().set_len((64 << 20) + 1).unwrap();
    fs::set_permissions(at("closed.json"), fs::Permissions::from_mode(0o0)).unwrap();
    fs::create_dir(at("folder")).unwrap();
    for (link, target) in [
        ("link", "credential.json"),
        ("link-to-link", "link"),
        ("loop", "loop"),
        ("nowhere", "no/such/file"),
        ("to-folder", "folder"),
        ("null", "/dev/null"),
        ("out", "/dev/stdout"),
    ] {
        symlink(target, at(link)).unwrap();
    }
    assert!(std::process::Command::new("mkfifo").arg(at("pipe")).status().unwrap().success());
    let is_root = fs::read(at("closed.json")).is_ok();
    let refused = [
        ("link", "holds a credential"),
        ("link-to-link", "holds a credential"),
        ("folder/../credential.json", "holds a credential"),
        ("large.json", "so that nobody knows whether"),
        ("closed.json", "so that nobody knows whether"),
        ("loop", "is a link that leads nowhere"),
        ("nowhere", "is a link that leads nowhere"),
        ("to-folder", "is a folder"),
        ("folder/", "is a folder"),
        ("new/", "is a folder"),
        ("null", "is a pipe or device"),
        ("pipe", "is a pipe or device"),
        ("out", "is what is printed to"),
        ("printed", "is what is printed to"),
        ("/dev/stdout", "is what is printed to"),
        ("/dev/fd/1", "is what is printed to"),
        ("/proc/self/fd/1", "is what is printed to"),
        ("/dev/stderr", "is a pipe or device"),
        ("/dev/fd/0", "is a pipe or device"),
        ("none/report", "is in a folder that doesn't exist"),
        ("credential.json/report", "a file is in the place of a folder"),
    ];
    for command in ["check", "audit", "renewals"] {
        let formats = aemcred::cli::command();
        let formats = formats.find_subcommand(command).unwrap().get_arguments();
        let formats = formats.filter(|argument| argument.get_id() == "format");
        for format in formats.flat_map(clap::Arg::get_possible_values) {
            for (target, says) in refused {
                if target == "closed.json" && is_root {
                    continue;
                }
                let output = format!("{}={}", format.get_name(), at(target).display());
                let mut aemcred = program();
                aemcred
                    .args([command, "--now", NOW, "--output", &output])
                    .arg(&nothing)
                    .current_dir(folder.path());
                aemcred.stdin(Stdio::piped()).stdout(fs::File::create(at("printed")).unwrap());
                let run = aemcred.stderr(Stdio::piped()).output().unwrap();
                let err = String::from_utf8(run.stderr).unwrap();
                assert!(run.status.code() == Some(2) && err.contains(says), "{command} {output}: {err}");
                assert!(
                    !err.contains("good.json.none"),
                    "{command} {output}: something was looked at: {err}"
                );
                assert_eq!(fs::metadata(at("printed")).unwrap().len(), 0, "{command} {output}");
            }
        }
    }
    assert_eq!(fs::read(at("credential.json")).unwrap(), fs::read(&sound).unwrap());
    assert!(at("link").is_symlink() && at("nowhere").is_symlink() && at("null").is_symlink());
    // Other commands that write don't wait for a reader either.
    for line in [
        vec!["redact", sound.to_str().unwrap(), "--force", "--output"],
        vec!["generate", "--seed=1", "--bits=512", "--force"],
        vec!["init", "--force"],
        vec!["check", sound.to_str().unwrap(), "--write-baseline"],
    ] {
        let output = program().args(&line).arg(at("pipe")).output().unwrap();
        let err = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.code() == Some(2) && err.contains("pipe"), "{line:?}: {err}");
    }
}

/// A folder in which nothing can be written is no discovery for the end of a run.
#[test]
#[cfg(unix)]
fn what_cannot_be_written_is_refused_at_once() {
    let sound = root().join("fixtures/key-pair-mismatch/good.json");
    let folder = tempfile::tempdir().unwrap();
    let old = folder.path().join("old.json");
    fs::write(&old, "{}").unwrap();
    // Nobody can write there, not even root.
    for (place, target) in [("/proc", "/proc/report.json"), ("/sys", "/sys/report.json")] {
        if !std::path::Path::new(place).is_dir() {
            continue;
        }
        for command in ["check", "audit", "renewals"] {
            let run =
                run([command, "--now", NOW, sound.to_str().unwrap(), "--output", &format!("json={target}")]);
            assert_eq!(run.code, 2, "{command} {target}");
            assert!(run.err.contains("the report can't be written"), "{command}: {}", run.err);
            assert_eq!(run.out, "", "nothing was looked at");
        }
        let run = run(["check", "--now", NOW, sound.to_str().unwrap(), "--write-baseline", target]);
        assert!(run.code == 2 && run.err.contains("the baseline can't be written"), "{}", run.err);
    }
    // What is only tried leaves nothing.
    let output = format!("json={}", old.display());
    let run = run(["check", "--now", NOW, "no/such/file", "--output", &output]);
    assert_eq!(run.code, 2, "{}", run.err);
    assert_eq!(children(folder.path()), [old]);
}

/// What is larger than the limit wasn't read, and every command ends as one that couldn't look at everything.
#[test]
fn what_was_not_read_is_incomplete_in_every_command() {
    let sound = root().join("fixtures/key-pair-mismatch/good.json");
    let sound = sound.to_str().unwrap();
    for line in [
        &["check"][..],
        &["check", "--severity=document-size=off"],
        &["check", "--fail-on=never", "--format=sarif"],
        &["audit"],
        &["renewals"],
        &["inspect"],
        &["redact"],
        &["compare", sound],
    ] {
        let run = run(line.iter().copied().chain(["--max-size=1K", sound]));
        assert_eq!(run.code, 2, "{line:?}: {}{}", run.out, run.err);
        assert!(run.err.contains("the limit is 1 KiB"), "{line:?}: {}", run.err);
    }
}

/// What the sandbox forbids is refused to the program itself.
#[test]
#[cfg(target_os = "linux")]
fn the_sandbox_holds() {
    let output = program().args(["--require-sandbox", "self-test"]).output().unwrap();
    let (out, err) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    if err.contains("--require-sandbox") {
        assert_eq!(output.status.code(), Some(2));
        eprintln!("SKIPPED: the kernel gives no sandbox: {err}");
        return;
    }
    assert_eq!(
        (output.status.code(), out.as_str()),
        (Some(0), "connect: refused\nsocket: refused\nexec: refused\ndump: refused\n")
    );
}

#[test]
fn without_a_sandbox_nothing_is_read_where_one_is_required() {
    let run = run(["--require-sandbox", "check", "no-such-file"]);
    assert_eq!((run.code, run.out.as_str()), (2, ""));
    assert!(
        run.err.contains("there is none on this system") && !run.err.contains("no-such-file"),
        "{}",
        run.err
    );
}

/// No command tries what is forbidden.
#[test]
#[cfg(target_os = "linux")]
fn no_run_tries_what_is_forbidden() {
    let folder = tempfile::tempdir().unwrap();
    let trace = folder.path().join("trace");
    let fixtures = root().join("fixtures");
    let sound = fixtures.join("key-pair-mismatch/good.json");
    let (sound, fixtures) = (sound.to_str().unwrap(), fixtures.to_str().unwrap());
    for arguments in [
        &["--version"][..],
        &["check", fixtures],
        &["audit", "--no-git", fixtures],
        &["audit", "."],
        &["renewals", sound],
        &["inspect", sound],
        &["compare", sound, sound],
        &["redact", sound],
        &["generate"],
    ] {
        let mut command = std::process::Command::new("strace");
        command
            .args(["-f", "-qq", "-e", "trace=%network,execve,execveat,ptrace,fork,vfork", "-o"])
            .arg(&trace);
        command.arg(env!("CARGO_BIN_EXE_aemcred")).args(arguments).current_dir(root().join("src"));
        let Ok(output) = command.output() else {
            eprintln!("SKIPPED: needs `strace`");
            return;
        };
        if output.status.code().is_none_or(|code| code > 2) {
            eprintln!("SKIPPED: `strace` can't trace here");
            return;
        }
        let traced = fs::read_to_string(&trace).unwrap();
        let calls: Vec<&str> =
            traced.lines().filter(|line| !line.contains("+++") && !line.contains("---")).collect();
        assert!(calls.len() == 1 && calls[0].contains("execve("), "{arguments:?}: {calls:?}");
    }
}
