//! What people read is plain: none of the words that docs/glossary.md replaces is in messages, help, pages and schemas.

use std::fs;

use crate::architecture::{sources, without_tests};
use crate::common::{children, root, run};
use crate::readme::pages;

/// Pages for maintainers, and the list itself.
const EXCEPT: [&str; 5] =
    ["architecture.md", "dependencies.md", "glossary.md", "performance.md", "releasing.md"];

/// The words that are replaced, in lowercase, from the table in the glossary.
fn replaced() -> Vec<String> {
    let glossary = fs::read_to_string(root().join("docs/glossary.md")).unwrap();
    let (_, table) = glossary.split_once("| not | but |\n|---|---|\n").unwrap();
    let rows = table.lines().map_while(|line| line.strip_prefix("| ")?.split_once(" | "));
    let words: Vec<String> = rows.flat_map(|(not, _)| not.split(", ")).map(str::to_lowercase).collect();
    assert!(words.len() > 20, "{words:?}");
    words
}

/// Where one of `words` is in `text`: its line, for people who have to find it.
fn found<'t>(text: &'t str, words: &[String]) -> Vec<(String, &'t str)> {
    let mut found = Vec::new();
    for line in text.lines() {
        let lower = line.to_lowercase();
        for word in words {
            let is_word = |(start, _): (usize, &str)| {
                let is_end = |letter: Option<char>| letter.is_none_or(|letter| !letter.is_alphanumeric());
                is_end(lower[..start].chars().next_back())
                    && is_end(lower[start + word.len()..].chars().next())
            };
            if lower.match_indices(word.as_str()).any(is_word) {
                found.push((word.clone(), line));
            }
        }
    }
    found
}

/// The texts of string literals, where continued lines are joined. Comments and tests are no messages.
fn literals(source: &str) -> Vec<String> {
    let (mut literals, mut rest) = (Vec::new(), without_tests(source));
    while let Some(at) = rest.find(['"', '\'', '/']) {
        let (before, from) = rest.split_at(at);
        if from.starts_with("//") {
            rest = from.find('\n').map_or("", |end| &from[end..]);
        } else if let Some(after) = from.strip_prefix('/') {
            rest = after;
        } else if let Some(after) = from.strip_prefix('\'') {
            // A character, or a lifetime.
            let mut letters = after.char_indices();
            let first = letters.next().map_or('\'', |(_, letter)| letter);
            let end = if first == '\\' {
                from[3..].find('\'').map(|end| end + 4)
            } else {
                letters.next().filter(|(_, letter)| *letter == '\'').map(|(end, _)| end + 2)
            };
            rest = &from[end.unwrap_or(1)..];
        } else {
            let hashes = before.len() - before.trim_end_matches('#').len();
            let is_raw = before.trim_end_matches('#').ends_with('r');
            let end = if is_raw {
                from[1..].find(&format!("\"{}", "#".repeat(hashes))).map(|end| end + 1)
            } else {
                let mut escaped = false;
                from.char_indices().skip(1).find_map(|(index, letter)| {
                    let is_end = letter == '"' && !escaped;
                    escaped = letter == '\\' && !escaped;
                    is_end.then_some(index)
                })
            };
            let Some(end) = end else { break };
            let line = before.rsplit('\n').next().unwrap_or_default();
            if !line.contains("reason = ") && !line.ends_with(".expect(") {
                let mut joined = String::new();
                for piece in from[1..end].split("\\\n") {
                    joined.push_str(if joined.is_empty() { piece } else { piece.trim_start() });
                }
                literals.push(joined);
            }
            rest = &from[end + 1..];
        }
    }
    literals
}

#[test]
fn literals_are_read() {
    let source = "let a = \"one \\\n   two\"; // \"three\"\nlet b = ('\"', '\\'', r#\"f\"o\"#, \"\\\"\");\nfn c<'a>() {}\n#[cfg(test)]\nmod tests { \"five\" }";
    assert_eq!(literals(source), ["one two", "f\"o", "\\\""]);
}

#[test]
fn words_are_plain() {
    let words = replaced();
    let mut wrong = Vec::new();
    let mut look = |name: &str, text: &str| {
        wrong.extend(
            found(text, &words).into_iter().map(|(word, line)| format!("{name}: “{word}” in: {line}")),
        );
    };
    for path in sources(&root().join("src")) {
        let text = fs::read_to_string(&path).unwrap();
        let name = path.strip_prefix(root()).unwrap().display().to_string();
        for literal in literals(&text).iter().filter(|literal| literal.contains(' ')) {
            look(&name, literal);
        }
    }
    look("template.toml", &fs::read_to_string(root().join("src/config/template.toml")).unwrap());
    let rules = children(&root().join("docs/rules"));
    for path in pages().iter().chain(&rules) {
        let name = path.file_name().unwrap().to_str().unwrap();
        if !EXCEPT.contains(&name) {
            look(name, &fs::read_to_string(path).unwrap());
        }
    }
    look("CHANGELOG.md", &fs::read_to_string(root().join("CHANGELOG.md")).unwrap());
    for command in
        ["check", "audit", "renewals", "inspect", "compare", "redact", "generate", "rules", "init", "schema"]
    {
        look(&format!("aemcred {command} --help"), &run([command, "--help"]).out);
    }
    for schema in ["check", "jsonl", "inspect", "audit", "audit-jsonl", "renewals", "compare", "config"] {
        look(&format!("aemcred schema {schema}"), &run(["schema", schema]).out);
    }
    assert!(wrong.is_empty(), "{} places:\n{}", wrong.len(), wrong.join("\n"));
}
