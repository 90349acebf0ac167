//! Bad input: a named finding or failure, no panic, and the other files of the run are still checked.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::common::{fixtures, missing, program, root, run, run_with_input, sound};

/// The rules that fire on a text given on standard input.
fn rules_on(text: &[u8], more: &[&str]) -> Vec<String> {
    let run = run_with_input([&["check", "--format=json", "-"], more].concat(), text);
    let report: Value = serde_json::from_str(&run.out).unwrap();
    let findings = report["files"][0]["findings"].as_array().unwrap();
    findings.iter().map(|finding| finding["rule"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn strange_contents_are_named() {
    let wide: Vec<u8> = sound().encode_utf16().flat_map(u16::to_le_bytes).collect();
    let brackets = "[".repeat(100_000);
    let elements = format!("[{}0]", "0,".repeat(999_999));
    let flood: String = (0..60_000).map(|index| format!("\"k{index}\": 0,")).collect();
    let flood = sound().replacen("\"ok\"", &format!("{flood} \"ok\""), 1);
    let doubles = sound().replacen("\"ok\"", &format!("{}\"ok\"", "\"ok\": true, ".repeat(60_000)), 1);
    let table: Vec<(&str, Vec<u8>, &[&str], &str)> = vec![
        ("empty", Vec::new(), &[], "document-syntax"),
        ("white space", b" \n ".to_vec(), &[], "document-syntax"),
        ("binary", vec![0x7F, b'E', b'L', b'F', 0, 1, 2, 3], &[], "document-encoding"),
        ("gzip", vec![0x1F, 0x8B, 8, 0, 0, 0, 0, 0], &[], "document-encoding"),
        ("UTF-16", wide, &[], "document-encoding"),
        ("truncated", sound().as_bytes()[..500].to_vec(), &[], "document-syntax"),
        ("nested brackets", brackets.into_bytes(), &[], "document-syntax"),
        ("a million elements", elements.clone().into_bytes(), &[], "document-size"),
        ("a million elements, allowed", elements.into_bytes(), &["--max-size=8M"], "document-size"),
        ("many unknown keys", flood.into_bytes(), &["--max-size=8M"], "field-unknown"),
        ("many duplicate keys", doubles.into_bytes(), &["--max-size=8M"], "document-duplicate-key"),
        ("a string", b"\"hello\"".to_vec(), &[], "document-kind"),
        ("an array", b"[]".to_vec(), &[], "document-kind"),
    ];
    for (name, text, more, rule) in table {
        let start = Instant::now();
        let rules = rules_on(&text, more);
        assert!(rules.iter().any(|found| found == rule), "{name}: {rules:?}");
        assert!(rules.len() < 1000, "{name} floods the report");
        assert!(start.elapsed() < Duration::from_secs(20), "{name} hangs");
    }
}

/// A DER integer, sequence, and the PEM of a PKCS#1 key, by hand: no library makes such keys.
fn key_with(modulus_bytes: usize) -> String {
    use base64::Engine as _;
    fn tlv(tag: u8, contents: &[u8]) -> Vec<u8> {
        let length = contents.len();
        let mut der = vec![tag];
        if length < 0x80 {
            der.push(u8::try_from(length).unwrap());
        } else {
            let bytes = length.to_be_bytes();
            let bytes = &bytes[bytes.iter().position(|byte| *byte > 0).unwrap()..];
            der.push(0x80 | u8::try_from(bytes.len()).unwrap());
            der.extend(bytes);
        }
        der.extend(contents);
        der
    }
    let number = |bytes: usize| tlv(2, &[vec![0x7F], vec![0xFF; bytes - 1]].concat());
    let half = modulus_bytes / 2;
    let numbers = [tlv(2, &[0]), number(modulus_bytes), tlv(2, &[1, 0, 1]), number(modulus_bytes)];
    let rest: Vec<u8> = std::iter::repeat_n(number(half), 5).flatten().collect();
    let der = tlv(0x30, &[numbers.concat(), rest].concat());
    let base64 = base64::engine::general_purpose::STANDARD.encode(der);
    let lines: Vec<&str> =
        base64.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
    format!(
        "-----BEGIN RSA PRIVATE KEY-----\\r\\n{}\\r\\n-----END RSA PRIVATE KEY-----\\r\\n",
        lines.join("\\r\\n")
    )
}

#[test]
fn giant_keys_are_refused_quickly() {
    let sound = sound();
    let start = sound.find("-----BEGIN RSA").unwrap();
    let end = start + sound[start..].find('"').unwrap();
    for (bits, rule) in [
        (1_000_000, "pem-syntax"),
        (40_000, "private-key-algorithm"),
        // The widest that is computed with, and all numbers wrong.
        (16_384, "private-key-inconsistent"),
    ] {
        let mut text = sound.clone();
        text.replace_range(start..end, &key_with(bits / 8));
        let before = Instant::now();
        let rules = rules_on(text.as_bytes(), &[]);
        assert!(rules.iter().any(|found| found == rule), "{bits} bits: {rules:?}");
        assert!(before.elapsed() < Duration::from_secs(20), "{bits} bits hang");
    }
}

/// A folder with a sound credential and a run over it, its report as JSON.
fn run_on(folder: &Path, more: &[&str]) -> (i32, Value, String) {
    let output = program()
        .args(["check", "--format=json", "--now=2026-11-22"])
        .args(more)
        .arg(folder)
        .output()
        .unwrap();
    let report = serde_json::from_slice(&output.stdout).unwrap();
    (output.status.code().unwrap(), report, String::from_utf8(output.stderr).unwrap())
}

#[cfg(unix)]
#[test]
fn strange_files_do_not_stop_the_others() {
    use std::os::unix::ffi::OsStrExt as _;
    use std::os::unix::fs::symlink;

    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    fs::write(path("sound.json"), sound()).unwrap();
    fs::create_dir(path("folder.json")).unwrap();
    assert!(Command::new("mkfifo").arg(path("pipe.json")).status().unwrap().success());
    symlink("nowhere", path("dangling.json")).unwrap();
    symlink(".", path("loop")).unwrap();
    symlink("sound.json", path("link.json")).unwrap();
    fs::write(path("new\nline.json"), sound()).unwrap();
    fs::write(folder.path().join(std::ffi::OsStr::from_bytes(b"bad\xFFname.json")), sound()).unwrap();
    fs::File::create(path("sparse.json")).unwrap().set_len(2 << 30).unwrap();

    let (code, report, err) = run_on(folder.path(), &[]);
    assert_eq!(code, 0, "{err}");
    assert_eq!(report["summary"]["credentials"], json!(3), "{report}");
    assert_eq!(report["summary"]["skipped"], json!(5), "{err}");
    assert!(err.contains("1 larger than the limit") && err.contains("4 links or special files"), "{err}");
    let names: Vec<_> =
        report["files"].as_array().unwrap().iter().map(|file| file["path"].as_str().unwrap()).collect();
    assert!(names.iter().any(|name| name.ends_with("new\nline.json")), "{names:?}");
    assert!(names.iter().any(|name| name.ends_with("bad\\xFFname.json")), "{names:?}");

    let given = [
        "pipe.json",
        "dangling.json",
        "missing.json",
        "folder.json",
        "sound.json",
        "sparse.json",
        "link.json",
    ];
    let paths = given.map(path);
    let run =
        run(["check", "--format=json"].map(Path::new).into_iter().chain(paths.iter().map(PathBuf::as_path)));
    let report: Value = serde_json::from_str(&run.out).unwrap();
    assert_eq!(run.code, 2);
    assert_eq!(report["summary"]["failures"], json!(4), "{}", run.err);
    assert_eq!(report["summary"]["files"], json!(3), "the sound file, the link to it and the sparse one");
    assert!(
        run.err.contains("pipe.json: is a pipe") && run.err.contains("missing.json: does not exist"),
        "{}",
        run.err
    );
}

#[cfg(unix)]
#[test]
fn unreadable_files_are_failures() {
    use std::os::unix::fs::PermissionsExt as _;

    let folder = tempfile::tempdir().unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
    fs::write(folder.path().join("sound.json"), sound()).unwrap();
    fs::set_permissions(folder.path().join("sound.json"), fs::Permissions::from_mode(0o644)).unwrap();
    let secret = folder.path().join("unreadable.json");
    fs::write(&secret, sound()).unwrap();
    fs::set_permissions(&secret, fs::Permissions::from_mode(0o000)).unwrap();
    // A superuser may read everything, so the program runs as nobody there.
    let mut command = if fs::File::open(&secret).is_ok() {
        let program = folder.path().join("aemcred");
        fs::copy(env!("CARGO_BIN_EXE_aemcred"), &program).unwrap();
        let mut command = Command::new("setpriv");
        command.args(["--reuid=65534", "--regid=65534", "--clear-groups"]).arg(program);
        command
    } else {
        program()
    };
    let Ok(output) = command
        .args(["check", "--format=json", "--now=2026-11-22"])
        .arg(folder.path())
        .stdin(Stdio::null())
        .output()
    else {
        return missing("setpriv");
    };
    let (out, err) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    assert_eq!(output.status.code(), Some(2), "{err}");
    assert!(err.contains("unreadable.json: may not be read by this user"), "{err}");
    let report: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(report["summary"]["credentials"], json!(1));
}

#[cfg(target_os = "linux")]
#[test]
fn memory_stays_small() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("elements.json");
    fs::write(&file, format!("[{}0]", "0,".repeat(500_000))).unwrap();
    fs::File::create(folder.path().join("sparse.json")).unwrap().set_len(2 << 30).unwrap();
    let output = Command::new("sh")
        .args(["-c", "ulimit -v 400000; exec \"$@\"", "sh", env!("CARGO_BIN_EXE_aemcred"), "check"])
        .arg(&file)
        .arg(folder.path().join("sparse.json"))
        .output()
        .unwrap();
    // The larger one isn't read, and so the run is incomplete.
    assert_eq!(output.status.code(), Some(2), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn outputs_that_cannot_be_written_are_failures_and_leave_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let file = root().join("fixtures/key-pair-mismatch/good.json");
    let file = file.to_str().unwrap();
    let report = folder.path().join("report.json");
    let to = |path: &Path| format!("json={}", path.display());
    fs::write(&report, "before").unwrap();
    assert_eq!(run(["check", file, "--output", &to(&report)]).code, 0);
    assert!(fs::read_to_string(&report).unwrap().contains("aemcred/check/1"));

    let nowhere = folder.path().join("missing/report.json");
    let run_nowhere = run(["check", file, "--output", &to(&nowhere)]);
    assert!(
        run_nowhere.code == 2 && run_nowhere.err.contains("is in a folder that doesn't exist"),
        "{}",
        run_nowhere.err
    );
    let twice = run(["check", file, "--output", &to(&report), "--output", &to(&report)]);
    assert!(twice.code == 2 && twice.err.contains("two outputs"), "{}", twice.err);
    assert_eq!(run(["check", file, "--output", &to(folder.path())]).code, 2);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "no temporary file is left");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(48) })]

    /// Whatever bytes a credential is damaged with, there is a report and no panic.
    #[test]
    fn damaged_fixtures_never_panic(which in 0..1000_usize, edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8)) {
        let fixtures: Vec<_> = fixtures().into_iter().filter(|path| fs::metadata(path).unwrap().len() < 100_000).collect();
        let mut text = fs::read(&fixtures[which % fixtures.len()]).unwrap();
        for (index, byte) in edits {
            let at = index.index(text.len());
            text[at] = byte;
        }
        let run = run_with_input(["check", "--format=json", "-"], &text);
        prop_assert!(run.code < 2);
        prop_assert!(serde_json::from_str::<Value>(&run.out).is_ok());
    }
}

/// What `JSON.parse` refuses is not sound because a document can be made out in it.
#[test]
fn json_with_something_around_it_is_no_json() {
    for (name, text) in [
        ("comment", format!("// a comment\n{}", sound())),
        ("comma", format!(",{}", sound())),
        ("quotes", format!("'{}'", sound())),
        ("twice", sound().repeat(2)),
        ("more", format!("{}{{\"a\": 1}}", sound())),
    ] {
        let is_refused = |name: &str| {
            let rules = rules_on(text.as_bytes(), &[&format!("--stdin-filename={name}")]);
            rules.iter().any(|rule| rule == "document-syntax")
        };
        assert!(is_refused("a.json"), "{name}");
        // Several in a row may be lines of an export, unless the file's name says that it is one.
        assert_eq!(is_refused("a.txt"), !matches!(name, "twice" | "more"), "{name}");
    }
}

/// A program may begin with a comment, and what it has in it is what is checked.
#[test]
fn a_program_is_not_meant_to_be_json() {
    let name = |line: &str| {
        let (name, value) = line.split_once("\": ")?;
        Some(format!("{}: {value}\n", name.replace('"', "")))
    };
    let object: String =
        sound().lines().map(|line| name(line).unwrap_or_else(|| format!("{line}\n"))).collect();
    let commented: String = sound().lines().map(|line| format!("// {line}\n")).collect();
    for (name, text, code) in [
        ("a.js", format!("// a comment\nconst a = {};\n", sound()), 0),
        ("a.ts", format!("// a comment\nconst a = {object};\n"), 0),
        ("a.txt", format!("// a comment\nconst a = {object};\n"), 0),
        ("a.json", format!("// a comment\n{object}"), 1),
        ("a.java", commented.clone(), 0),
        ("a.json", commented, 1),
    ] {
        let run = run_with_input(["check", "-", &format!("--stdin-filename={name}")], text.as_bytes());
        assert_eq!(run.code, code, "{name}: {}", run.out);
        assert_eq!(run.out.contains("✓ sound"), code == 0, "{name}: {}", run.out);
    }
}

/// What a program hands to `JSON.parse`, or what a shell makes of quotation marks, decides, and not what can be made out.
#[test]
fn what_its_reader_refuses_is_not_sound() {
    use base64::Engine as _;
    let base64 = |text: &str| base64::engine::general_purpose::STANDARD.encode(text);
    let compact = serde_json::to_string(&serde_json::from_str::<Value>(&sound()).unwrap()).unwrap();
    let twice = compact.replace("\\r\\n", "\\\\r\\\\n");
    let name = |line: &str| {
        let (name, value) = line.split_once("\": ")?;
        Some(format!("{}: {value}\n", name.replace('"', "")))
    };
    let object: String =
        sound().lines().map(|line| name(line).unwrap_or_else(|| format!("{line}\n"))).collect();
    let secret = |text: &str| format!("kind: Secret\ndata:\n  service_token.json: {}\n", base64(text));
    for (name, text, code) in [
        ("good.yaml", secret(&sound()), 0),
        ("unquoted.yaml", secret(&object), 1),
        ("single.yaml", secret(&sound().replace('"', "'")), 1),
        ("comment.yaml", secret(&sound().replacen('{', "{ // hi", 1)), 1),
        ("value.env", format!("CRED={}\n", object.replace('\n', " ")), 1),
        ("single.sh", format!("echo '{compact}'\n"), 0),
        ("twice.sh", format!("echo '{twice}'\n"), 1),
        ("twice.toml", format!("cred = '{twice}'\n"), 1),
        ("twice.env", format!("CRED = '{twice}'\n"), 1),
        ("twice.js", format!("const c = JSON.parse('{twice}');\n"), 0),
        ("exports.json", format!("module.exports = {compact};\n"), 1),
        ("event.json", format!("data: {compact}\n"), 1),
        ("base64.json", base64(&compact), 1),
        ("zero.json", format!("{compact}\0"), 1),
        ("array.json", format!("[{compact}]"), 1),
        ("list.json", format!("[{compact}, 1]"), 0),
    ] {
        let run = run_with_input(["check", "-", &format!("--stdin-filename={name}")], text.as_bytes());
        assert_eq!(run.code, code, "{name}: {}", run.out);
        assert_eq!(run.out.contains("✓ sound"), code == 0, "{name}: {}", run.out);
    }
}

/// A zero byte in it is no reason to lose a credential, nor a schema one to list it.
#[test]
fn audit_loses_nothing_and_makes_up_nothing() {
    let zero = sound().replacen("\"email\"", "\0\"email\"", 1);
    let run = run_with_input(["audit", "--format=csv", "-"], zero.as_bytes());
    assert!(run.code == 1 && run.out.contains("broken"), "{}", run.out);
    let types = r#"{"imsEndpoint": {"type": "string"}, "metascopes": {"type": "string"}, "privateKey": {"type": "string"}}"#;
    let schema = format!(r#"{{"components": {{"schemas": {{"C": {{"properties": {types}}}}}}}}}"#);
    let run = run_with_input(["audit", "-"], schema.as_bytes());
    assert!(run.code == 0 && run.out.contains("no AEM credentials"), "{}", run.out);
}

/// Nothing is called sound because nobody looked.
#[test]
fn rules_that_are_off_make_nothing_sound() {
    let bad = root().join("fixtures/key-pair-mismatch/bad.json");
    for option in [
        "--only=certificate-expired",
        "--severity=key-pair-mismatch=off",
        "--severity=key-pair-mismatch=note",
    ] {
        for command in ["check", "inspect"] {
            if command == "inspect" && option.starts_with("--only") {
                continue;
            }
            let run = run([command, option, bad.to_str().unwrap()]);
            assert!(
                !run.out.contains("✓ sound") && !run.out.contains("✓ usable"),
                "{command} {option}: {}",
                run.out
            );
        }
    }
}
