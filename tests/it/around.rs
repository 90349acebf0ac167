//! What is around a value, or before each of its lines, is no part of it.

use std::ffi::OsStr;
use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::common::{root, run};

/// Client, secret, and key with line feeds of a sound document, and all of its text.
struct Sample {
    client: String,
    secret: String,
    key: String,
    document: String,
}

fn sample() -> Sample {
    let document = fs::read_to_string(root().join("fixtures/key-pair-mismatch/good.json")).unwrap();
    let value: Value = serde_json::from_str(&document).unwrap();
    let field = |pointer: &str| value.pointer(pointer).unwrap().as_str().unwrap().to_owned();
    Sample {
        client: field("/integration/technicalAccount/clientId"),
        secret: field("/integration/technicalAccount/clientSecret"),
        key: field("/integration/privateKey").replace("\r\n", "\n").trim_end().to_owned(),
        document: serde_json::to_string_pretty(&value).unwrap(),
    }
}

/// The same without anything that could be used.
fn redacted() -> Sample {
    let begin = "-----BEGIN RSA PRIVATE KEY-----\n***REDACTED***\n-----END RSA PRIVATE KEY-----";
    let live = sample();
    let mut document: Value = serde_json::from_str(&live.document).unwrap();
    document["integration"]["technicalAccount"]["clientSecret"] = json!("***REDACTED***");
    document["integration"]["privateKey"] = json!("***REDACTED***");
    Sample {
        secret: String::from("***REDACTED***"),
        key: begin.to_owned(),
        document: serde_json::to_string_pretty(&document).unwrap(),
        ..live
    }
}

/// State, client, and whether the key is known.
type Row = (String, Option<String>, bool);

/// The status of a check, the errors that it reports, and a row for each credential that an audit lists.
fn told(path: &Path) -> (u8, Vec<String>, Vec<Row>) {
    let report = |arguments: &[&str]| {
        let arguments = arguments.iter().map(OsStr::new).chain([path.as_os_str()]);
        let run = run(arguments);
        (run.code, serde_json::from_str::<Value>(&run.out).unwrap())
    };
    let (code, checked) = report(&["check", "--skip-unrelated", "--format=json"]);
    let files = checked["files"].as_array().unwrap().iter();
    let findings = files.flat_map(|file| file["findings"].as_array().unwrap());
    let errors = findings.filter(|finding| finding["level"] == "error");
    let errors = errors.map(|finding| finding["rule"].as_str().unwrap().to_owned()).collect();
    let (_, listed) = report(&["audit", "--format=json"]);
    let credentials = listed["credentials"].as_array().unwrap().iter();
    let credentials = credentials.map(|one| {
        let client = one["client_id"].as_str().map(str::to_owned);
        (one["state"].as_str().unwrap().to_owned(), client, !one["public_key_sha256"].is_null())
    });
    (code, errors, credentials.collect())
}

/// Holds `text`, made of a sample, to one credential of its client, with or without a key, and to nothing live where the
/// sample is redacted.
fn hold(file: &str, has_key: bool, text: impl Fn(&Sample) -> String) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(file);
    let live = sample();
    fs::write(&path, text(&live)).unwrap();
    let (code, errors, listed) = told(&path);
    let shown = text(&redacted());
    assert_eq!((code, errors), (0, Vec::new()), "{file}: {shown}");
    let [(state, client, key)] = listed.as_slice() else { panic!("{file}: {listed:?}: {shown}") };
    assert!(matches!(state.as_str(), "partial" | "sound"), "{file}: {state}: {shown}");
    assert_eq!((client.as_deref(), *key), (Some(live.client.as_str()), has_key), "{file}: {shown}");
    fs::write(&path, &shown).unwrap();
    let (code, errors, listed) = told(&path);
    assert_eq!((code, errors), (0, Vec::new()), "redacted {file}: {shown}");
    assert!(listed.iter().all(|(state, ..)| state == "redacted"), "redacted {file}: {listed:?}: {shown}");
}

/// What loggers, runtimes and tools write before each line, by the line's number.
const PREFIXES: [fn(usize) -> String; 37] = [
    |line| format!("Nov 29 07:00:0{} host app[812]: ", line % 10),
    |line| format!("2026-11-29T07:00:00.{line:07}Z "),
    |line| format!("2026-11-29T07:00:00.{line:09}Z stdout F "),
    |_| String::from("app-1  | "),
    |_| String::from("app_1    | "),
    |_| String::from("pod-abc-123 app "),
    |_| String::from("[pod/app-abc/app] "),
    |line| format!("2026-11-29 07:00:00,{line:03} INFO  [main] com.x.Ims: "),
    |line| format!("07:00:00.{line:03} [main] INFO  com.x.Ims - "),
    |line| format!("07:00:00.{line:03} [main] {} com.x.Ims - ", if line == 1 { "WARN " } else { "DEBUG" }),
    |_| String::from("INFO:root:"),
    |line| format!("I, [2026-11-29T07:00:00.{line:06} #1]  INFO -- : "),
    |line| format!("2026-11-29T07:00:00.{line:06}+00:00 app[web.1]: "),
    |line| format!("   2026-11-29T07:00:00.{:02}+0000 [APP/PROC/WEB/0] OUT ", line % 100),
    |_| String::from("[INFO] "),
    |line| format!("2026-11-29T07:00:00.{line:03}+0000 [LIFECYCLE] [org.gradle] "),
    |_| String::from("\u{1b}[32minfo\u{1b}[39m: "),
    |line| format!("[2026-11-29T07:00:00.{line:03}Z] "),
    |line| format!("#7 0.{line} "),
    |line| format!("2026-11-29T07:00:00.{line:06}Z 01O "),
    |line| format!("2026-11-29T07:00:00.{line:03}000+00:00 app/app/0123456789abcdef "),
    |line| format!("<14>1 2026-11-29T07:00:00.{line:03}Z host app 812 - - "),
    |line| format!("<13>Nov 29 07:00:{line:02} host app[812]: "),
    |line| format!("2026/11/29 07:00:{:02} ", line % 60),
    |_| String::from("[aem] "),
    |_| String::from("app:dev: "),
    |_| String::from("2026-11-29T07:00:00  [Information] "),
    |line| format!("29.11.2026 07:00:00.{line:03} *INFO* [pool-1] com.x.Ims "),
    |_| String::from("> "),
    |line| format!("{:4}\t", line + 997),
    |line| format!("{}: ", line + 1),
    |line| format!("conf/aem.env:{}:", line + 1),
    |_| String::from("# "),
    |_| String::from("// "),
    |_| String::from("-- "),
    |_| String::from("REM "),
    |line| format!("^1a2b3c4 (J. Doe 2026-11-29 07:00:00 +0000 {:2}) ", line + 1),
];

#[test]
fn what_is_before_each_line_is_not_of_a_key_or_a_document() {
    for prefix in PREFIXES {
        let behind = |text: &str| {
            text.lines()
                .enumerate()
                .map(|(index, line)| format!("{}{line}\n", prefix(index)))
                .collect::<String>()
        };
        hold("x.log", true, |Sample { client, secret, key, .. }| {
            behind(&format!("client {client} secret {secret}\n{key}\ndone"))
        });
        hold("x.log", true, |Sample { client, secret, key, .. }| {
            let lines = format!("AEM_CLIENT_ID={client}\nAEM_CLIENT_SECRET={secret}\n");
            behind(&format!("{lines}AEM_PRIVATE_KEY=\"{key}\"\n"))
        });
        hold("x.log", true, |Sample { document, .. }| behind(&format!("start\n{document}\ndone")));
    }
}

#[test]
fn what_is_around_a_value_is_not_of_it() {
    let lines = |client: &str, secret: &str| format!("AEM_CLIENT_ID={client}\nAEM_CLIENT_SECRET={secret}\n");
    for (open, close) in
        [("\u{201c}", "\u{201d}"), ("\u{201e}", "\u{201c}"), ("\u{2018}", "\u{2019}"), ("'\"", "\"'")]
    {
        let around = |value: &str| format!("{open}{value}{close}");
        hold(".env", false, |one| lines(&around(&one.client), &around(&one.secret)));
    }
    for unseen in ["\u{200b}", "\u{2060}", "\u{feff}"] {
        let around = |value: &str| format!("{unseen}{value}{unseen}");
        hold("x.md", false, |one| {
            format!("Client ID: {}\n\nClient secret: {}\n", around(&one.client), around(&one.secret))
        });
        hold(".env", false, |one| lines(&around(&one.client), &around(&one.secret)));
    }
    let quoted = |value: &str| format!("'{value}'");
    hold("event.json", false, |one| {
        json!({"vars": {"client_id": quoted(&one.client), "client_secret": quoted(&one.secret)}}).to_string()
    });
    hold("x.html", false, |Sample { client, secret, .. }| {
        let inputs = format!(
            "<input name=\"clientId\" value=\"{client}\"><input type=\"hidden\" name=\"clientSecret\" "
        );
        format!("<form>{inputs}value=\"{secret}\"></form>")
    });
    hold("x.html", false, |Sample { client, secret, .. }| {
        format!(
            "<!DOCTYPE html>\n<html><body><form>\n<input class=\"a\" id=\"b\" type=\"text\" name=\"clientId\" \
             value=\"{client}\">\n<input id=\"c\" name=\"clientSecret\" value=\"{secret}\"/>\n</form></body></html>\n"
        )
    });
    hold("x.xml", false, |Sample { client, secret, .. }| {
        format!("<c><!-- <clientId>{client}</clientId><clientSecret>{secret}</clientSecret> --></c>")
    });
    hold("x.xml", false, |Sample { client, secret, .. }| {
        format!(
            "<?xml version=\"1.0\"?>\n<!--\n  clientId = {client}\n  clientSecret = {secret}\n-->\n<c a=\"b\"/>\n"
        )
    });
}

#[test]
fn the_lines_of_a_stream_are_a_text() {
    let stream = |name: &str, text: &str| {
        let line = |line: &str| json!({"PRIORITY": "6", name: line, "_PID": "7"}).to_string() + "\n";
        text.lines().map(line).collect::<String>()
    };
    for (file, name) in [("j.json", "MESSAGE"), ("j.json", "log"), ("j.ndjson", "msg"), ("j.log", "message")]
    {
        hold(file, true, |one| stream(name, &one.document));
        hold(file, true, |one| stream(name, &format!("client {} {}\n{}", one.client, one.secret, one.key)));
    }
    hold("history.json", false, |one| {
        let line = |name: &str, value: &str| {
            json!({"CreatedBy": format!("ENV {name}={value}"), "Size": "0B"}).to_string()
        };
        let lines = [line("AEM_CLIENT_SECRET", &one.secret), line("AEM_CLIENT_ID", &one.client)];
        lines.join("\n")
    });
    hold(".curlrc", false, |one| {
        format!("data = \"client_id={}\"\ndata = \"client_secret={}\"\n", one.client, one.secret)
    });
}

#[test]
fn literals_may_be_joined_with_line_breaks() {
    let joined = |key: &str, before: &str, between: &str| {
        key.lines().map(|line| format!("{before}{line}{before}")).collect::<Vec<_>>().join(between)
    };
    for (file, begin, quote, between, end) in [
        (
            "X.cs",
            "class X { string clientId = \"@C\"; string key = ",
            "\"",
            " + Environment.NewLine +\n   ",
            "; }\n",
        ),
        (
            "X.java",
            "class X { String clientId = \"@C\"; String key = ",
            "\"",
            "\n + System.lineSeparator() + ",
            "; }\n",
        ),
        ("X.vb", "Const ClientId = \"@C\"\nDim key = ", "\"", " & vbCrLf & _\n   ", "\n"),
        ("x.bas", "Const CLIENT_ID = \"@C\"\nkey = ", "\"", " & Chr(13) & Chr(10) & ", "\n"),
        ("x.php", "<?php $clientId = '@C'; $key = ", "'", " . PHP_EOL\n . ", ";\n"),
        ("x.js", "const clientId = '@C'; const key = ", "'", " + os.EOL + ", ";\n"),
        ("x.sql", "INSERT INTO c (client_id, k) VALUES ('@C', ", "'", " || chr(10) || ", ");\n"),
        ("x.sql", "INSERT INTO c (client_id, k) VALUES ('@C', ", "'", " + CHAR(13)+CHAR(10) + ", ");\n"),
    ] {
        hold(file, true, |one| begin.replace("@C", &one.client) + &joined(&one.key, quote, between) + end);
    }
}
