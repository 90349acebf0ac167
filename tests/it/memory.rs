//! Peak memory grows no more than five times as fast as what is looked at, whatever that is.

use std::fs;
use std::io::Write as _;
use std::process::Stdio;
use std::thread::sleep;
use std::time::Duration;

use crate::common::program;

/// What there is much of in one file, and its name.
const INPUTS: [(&str, &str); 16] = [
    ("short.env", "A1=b\n"),
    ("secrets.env", "X_CLIENT_SECRET=\n"),
    ("long.env", "SOME_VARIABLE_NAME_0123=value 0123\n"),
    ("shell.sh", "export A='b'\n"),
    ("prose.txt", "client_id: cm-p12345-e67890-integration-0\n"),
    ("keys.txt", "-----BEGIN PRIVATE KEY-----\n"),
    ("open.js", "clientSecret=\"\n"),
    ("minified.js", "function f(a,b){return a+b*2}var x={k:1,b:\"text\"};"),
    ("comments.sh", "# privateKey is a comment\n"),
    ("words.txt", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n"),
    ("mail.eml", "clientSecret =3D a line of a mail\n"),
    ("patch.diff", "+    clientSecret: x,\n-    a: 5\n"),
    ("a.properties", "some.key=value\\\n  more\n"),
    ("list.yaml", "- name: thing\n  note: some text with words in it\n"),
    ("lines.jsonl", "{\"message\":\"a line with clientId in it\",\"number\":17}\n"),
    ("elements.xml", "<item><name>thing</name><value>some text with words in it</value></item>\n"),
];

/// The peak of a check in KiB, of a file or of standard input.
fn peak(name: &str, contents: &str, is_stream: bool) -> u64 {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    let mut command = program();
    command.args(["check", "--no-config", "--max-size=1G"]).stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = if is_stream {
        command.arg("-").stdin(Stdio::piped()).spawn().unwrap()
    } else {
        fs::write(&path, contents).unwrap();
        command.arg(&path).stdin(Stdio::null()).spawn().unwrap()
    };
    if let Some(mut input) = child.stdin.take() {
        input.write_all(contents.as_bytes()).unwrap();
    }
    let mut peak = 0;
    loop {
        let status = fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        peak = line.map_or(peak, |line| line.trim_end_matches("kB").trim().parse().unwrap_or(peak).max(peak));
        if child.try_wait().unwrap().is_some() {
            return peak;
        }
        sleep(Duration::from_millis(2));
    }
}

#[test]
#[ignore = "slow: looks through 100 MB"]
fn memory_is_at_most_five_times_what_is_looked_at() {
    let (small, large) = (1 << 20, 5 << 20);
    let mut faults = Vec::new();
    for (name, text) in INPUTS {
        for is_stream in [false, true] {
            let of = |size: usize| peak(name, &text.repeat(size / text.len()), is_stream);
            let grown = of(large).saturating_sub(of(small)) * 1024;
            let ratio = grown * 100 / u64::try_from(large - small).unwrap();
            if ratio > 500 {
                faults.push(format!("{name}, from a stream: {is_stream}: {ratio} % of what was added"));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
