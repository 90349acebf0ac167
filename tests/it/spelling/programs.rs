//! The programs that judge: each reads all texts at once, and answers with a list of values.

use std::process::Command;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::common::{missing, oracle_with};

/// Runs a program that reads a JSON list of texts, and writes one of values.
fn judged(command: &mut Command, texts: &[String]) -> Option<Vec<Option<String>>> {
    let output = oracle_with(command, &serde_json::to_vec(texts).unwrap())?;
    let answer = serde_json::from_slice(&output.stdout);
    Some(answer.unwrap_or_else(|_| panic!("{command:?}: {}", String::from_utf8_lossy(&output.stderr))))
}

pub(super) fn node(texts: &[String]) -> Option<Vec<Option<String>>> {
    const PROGRAM: &str = "
        const texts = JSON.parse(require('fs').readFileSync(0, 'utf8'));
        const text = value => typeof value === 'string' ? value : JSON.stringify(value);
        const read = source => {
            try { return text(new Function(source + '\\n;return v;')()) ?? null; } catch { return null; }
        };
        console.log(JSON.stringify(texts.map(read)));";
    judged(Command::new("node").args(["-e", PROGRAM]), texts)
}

pub(super) fn python(texts: &[String]) -> Option<Vec<Option<String>>> {
    const PROGRAM: &str = "
import json, sys, warnings
warnings.simplefilter('ignore')
def read(source):
    try:
        scope = {}
        exec(source, scope)
        value = scope['v']
        return value if isinstance(value, str) else json.dumps(value)
    except Exception:
        return None
print(json.dumps([read(source) for source in json.load(sys.stdin)]))";
    judged(Command::new("python3").args(["-c", PROGRAM]), texts)
}

/// Python's own readers: `read` says what a text is.
pub(super) fn python_with(read: &str, texts: &[String]) -> Option<Vec<Option<String>>> {
    let program = format!(
        "import json, sys
{read}
def safe(text):
    try:
        value = read(text)
        return value if isinstance(value, str) or value is None else json.dumps(value)
    except Exception:
        return None
print(json.dumps([safe(text) for text in json.load(sys.stdin)]))"
    );
    judged(Command::new("python3").args(["-c", &program]), texts)
}

/// Mails, tables and property lists, told apart by how they begin.
pub(super) fn python_files(texts: &[String]) -> Option<Vec<Option<String>>> {
    const PROGRAM: &str = "
import csv, email, email.policy, io, json, plistlib, quopri, sys
def mail(text):
    parts = [part for part in email.message_from_bytes(text.encode(), policy=email.policy.SMTP).walk() if not part.is_multipart()]
    return parts[-1].get_payload(decode=True).decode()
def read(text):
    try:
        if text.startswith('<'):
            value = plistlib.loads(text.encode())['v']
            return value if isinstance(value, str) else json.dumps(value)
        if text.startswith(('id,', 'id;', 'id\\t')):
            return list(csv.reader(io.StringIO(text, newline=''), delimiter=text[2], strict=True))[1][1]
        if text.lower().startswith(('from', 'content-', 'mime', 'subject')):
            return mail(text)
        return quopri.decodestring(text.encode()).decode()
    except Exception:
        return None
print(json.dumps([read(text) for text in json.load(sys.stdin)]))";
    judged(Command::new("python3").args(["-c", PROGRAM]), texts)
}

pub(super) fn php(texts: &[String]) -> Option<Vec<Option<String>>> {
    const PROGRAM: &str = "
        function read($source) {
            try { eval($source); return is_string($v ?? null) ? $v : (isset($v) ? json_encode($v) : null); }
            catch (Throwable) { return null; }
        }
        error_reporting(0);
        echo json_encode(array_map(fn($text) => read(substr($text, 6)), json_decode(stream_get_contents(STDIN))));";
    judged(Command::new("php").args(["-r", PROGRAM]), texts)
}

pub(super) fn bash(texts: &[String]) -> Option<Vec<Option<String>>> {
    // A text that can't be read ends the shell that reads it.
    const PROGRAM: &str = r#"
        while IFS= read -r -d '' text; do
            (eval "$text" && printf '+%s' "$v") 2>/dev/null || printf -- '-'
            printf '\0'
        done"#;
    let input: String = texts.iter().map(|text| format!("{text}\0")).collect();
    let output = oracle_with(Command::new("bash").args(["-c", PROGRAM]), input.as_bytes())?;
    let answer = String::from_utf8(output.stdout).unwrap();
    let values = answer.split_terminator('\0').map(|value| value.strip_prefix('+').map(str::to_owned));
    Some(values.collect())
}

/// Reads property files; of Java's own source each text is a method.
const JAVA: &str = r#"
import java.io.*;
import java.nio.charset.StandardCharsets;
import java.util.*;

class Oracle {
METHODS
    static String quoted(String value) {
        if (value == null) return "null";
        StringBuilder text = new StringBuilder("\"");
        for (char one : value.toCharArray()) text.append(String.format("\\u%04x", (int) one));
        return text.append('"').toString();
    }

    public static void main(String[] arguments) throws Exception {
        List<String> values = new ArrayList<>();
        CALLS
        String all = new String(System.in.readAllBytes(), StandardCharsets.UTF_8);
        for (String text : all.isEmpty() ? new String[0] : all.split("\0")) {
            Properties properties = new Properties();
            try {
                properties.load(new StringReader(text));
                values.add(quoted(properties.getProperty("v")));
            } catch (IllegalArgumentException bad) {
                values.add("null");
            }
        }
        System.out.println("[" + String.join(",", values) + "]");
    }
}
"#;

fn java_with(methods: &[String], input: &str) -> Option<Vec<Option<String>>> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("Oracle.java");
    let all: String = methods
        .iter()
        .enumerate()
        .map(|(index, text)| format!("    static String m{index}() {{\n{text}\nreturn v.toString();\n}}\n"))
        .collect();
    let calls: String =
        (0..methods.len()).map(|index| format!("values.add(quoted(m{index}()));\n")).collect();
    std::fs::write(&file, JAVA.replace("METHODS", &all).replace("CALLS", &calls)).unwrap();
    let output = oracle_with(Command::new("java").arg(&file), input.as_bytes())?;
    if output.stdout.is_empty() && !String::from_utf8_lossy(&output.stderr).contains("Oracle") {
        // A runtime without a compiler.
        missing("javac");
        return None;
    }
    let answer = serde_json::from_slice(&output.stdout);
    Some(answer.unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr))))
}

/// What doesn't compile is no value: so only texts that do are given to it.
pub(super) fn java(texts: &[String]) -> Option<Vec<Option<String>>> {
    let good: Vec<String> = texts.iter().filter(|text| !text.contains("// broken")).cloned().collect();
    let mut values = java_with(&good, "")?.into_iter();
    let value = |text: &String| if text.contains("// broken") { None } else { values.next().flatten() };
    Some(texts.iter().map(value).collect())
}

pub(super) fn java_properties(texts: &[String]) -> Option<Vec<Option<String>>> {
    java_with(&[], &texts.join("\0"))
}

#[expect(clippy::unnecessary_wraps, reason = "as the other programs, which may be missing")]
pub(super) fn toml(texts: &[String]) -> Option<Vec<Option<String>>> {
    let read = |text: &String| {
        let table: toml::Table = text.parse().ok()?;
        let value = serde_json::to_value(table.get("v")?).ok()?;
        Some(value.as_str().map_or_else(|| value.to_string(), str::to_owned))
    };
    Some(texts.iter().map(read).collect())
}

#[expect(clippy::unnecessary_wraps, reason = "as the other programs, which may be missing")]
pub(super) fn xml(texts: &[String]) -> Option<Vec<Option<String>>> {
    let read = |text: &String| {
        let options = roxmltree::ParsingOptions { allow_dtd: true, ..Default::default() };
        let document = roxmltree::Document::parse_with_options(text, options).ok()?;
        let named = document.descendants().find(|node| node.has_tag_name("v"));
        let attribute = || document.descendants().find_map(|node| node.attribute("v").map(str::to_owned));
        let inside = |node: roxmltree::Node<'_, '_>| {
            node.descendants()
                .filter(roxmltree::Node::is_text)
                .filter_map(|text| text.text().map(str::to_owned))
                .collect()
        };
        named.map(inside).or_else(attribute)
    };
    Some(texts.iter().map(read).collect())
}

#[expect(clippy::unnecessary_wraps, reason = "as the other programs, which may be missing")]
pub(super) fn hcl(texts: &[String]) -> Option<Vec<Option<String>>> {
    let read = |text: &String| {
        let body: serde_json::Value = hcl::from_str(text).ok()?;
        let value = body.get("v")?;
        Some(value.as_str().map_or_else(|| value.to_string(), str::to_owned))
    };
    Some(texts.iter().map(read).collect())
}

/// Whether Python has a module that doesn't come with it; what is missing is noted.
pub(super) fn python_module(name: &str) -> Option<()> {
    let output = oracle_with(Command::new("python3").args(["-c", &format!("import {name}")]), b"")?;
    if !output.status.success() {
        missing(name);
    }
    output.status.success().then_some(())
}

pub(super) fn node_variables(texts: &[String]) -> Option<Vec<Option<String>>> {
    const PROGRAM: &str = "
        const texts = JSON.parse(require('fs').readFileSync(0, 'utf8'));
        console.log(JSON.stringify(texts.map(text => require('util').parseEnv(text).v ?? null)));";
    judged(Command::new("node").args(["-e", PROGRAM]), texts)
}

pub(super) fn perl(texts: &[String]) -> Option<Vec<Option<String>>> {
    const PROGRAM: &str = "
        use JSON::PP; use utf8; local $/; no strict; no warnings;
        my @values = map { our $v = undef; my $text = $_; eval { eval $text; die if $@; }; $@ ? undef : $v } @{ decode_json(<STDIN>) };
        print JSON::PP->new->ascii->encode(\\@values);";
    judged(Command::new("perl").args(["-e", PROGRAM]), texts)
}

/// Each text is a file of its own: what doesn't compile ends the compiler.
pub(super) fn c(texts: &[String]) -> Option<Vec<Option<String>>> {
    let folder = tempfile::tempdir().unwrap();
    let read = |text: &String| {
        let (source, program) = (folder.path().join("a.c"), folder.path().join("a"));
        std::fs::write(
            &source,
            format!("#include <stdio.h>\n{text}\nint main(void) {{ puts(v); return 0; }}\n"),
        )
        .unwrap();
        let output = oracle_with(Command::new("cc").args(["-w", "-o"]).arg(&program).arg(&source), b"")?;
        let answer = output.status.success().then(|| Command::new(&program).output().unwrap().stdout);
        Some(answer.map(|answer| String::from_utf8(answer).unwrap()))
    };
    texts.iter().map(read).collect()
}

/// The databases that `SQLite` makes of scripts.
pub(super) fn sqlite(scripts: &[String]) -> Option<Vec<Vec<u8>>> {
    const READ: &str = "
import base64, os, sqlite3, tempfile
def read(text):
    path = os.path.join(tempfile.mkdtemp(), 'a.db')
    database = sqlite3.connect(path, isolation_level=None)
    database.executescript(text)
    database.close()
    return base64.b64encode(open(path, 'rb').read()).decode()";
    let all = python_with(READ, scripts)?;
    Some(all.into_iter().map(|text| STANDARD.decode(text.unwrap()).unwrap()).collect())
}

/// What systemd says of the variable `v` of each unit, as it checks them.
pub(super) fn systemd(units: &[String]) -> Option<Vec<Option<String>>> {
    let folder = tempfile::tempdir().unwrap();
    let read = |unit: &String| {
        let path = folder.path().join("a.service");
        std::fs::write(&path, unit).unwrap();
        let mut verify = Command::new("systemd-analyze");
        verify.args(["verify", "--man=no"]).arg(&path);
        verify.envs([("SYSTEMD_LOG_LEVEL", "debug"), ("SYSTEMD_LOG_TARGET", "console")]);
        let output = oracle_with(&mut verify, b"")?;
        let (text, log) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        // Not every version shows what it read.
        if !text.contains("ExecStart:") && !log.contains("ExecStart:") {
            return None;
        }
        let after = text.split_once("\t\tEnvironment: v=").map(|(_, after)| after.to_owned());
        Some(after.map(|after| after.split("\n\t\t").next().unwrap_or_default().to_owned()))
    };
    units.iter().map(read).collect()
}
