//! Whether an input is meant to be one document, and what remains of it when something around that is taken away.
//!
//! Owns: what follows from how an input is called and begins. Does not own: reading it.

use crate::credential::{ENCLOSURES, Form, Token, names_document};
use crate::json::SyntaxErrorKind;
use crate::source::{Source, Span};
use crate::unwrap::{Document, Json, Rest, Step, has_extension, is_markup, is_source_code};

/// How much of a file is looked at to see how it begins.
const BEGINNING: usize = 4096;

/// Whether a file is meant to be one JSON document, by its name or by how it begins.
pub(super) fn means_json(name: &str, bytes: &[u8]) -> bool {
    // Programs begin with comments and strings, too.
    let may_be_program = || is_source_code(name) && !begins_with_object(bytes);
    has_extension(name, &["json"]) || begins_like_json(bytes) && !may_be_program()
}

fn begins_with_object(bytes: &[u8]) -> bool {
    bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes).trim_ascii_start().starts_with(b"{")
}

/// Whether the first thing in a file is an object, after what people put before one by mistake: commas, brackets, comments,
/// quotation marks; or a key, where the object's bracket was lost. Programs begin with comments and strings, too.
fn begins_like_json(bytes: &[u8]) -> bool {
    // Of UTF-16 and UTF-32 the ASCII remains.
    let beginning = bytes.iter().take(BEGINNING).filter(|byte| byte.is_ascii() && **byte != 0);
    let beginning: Vec<u8> = beginning.copied().collect();
    let mut rest = beginning.as_slice();
    loop {
        rest = rest.trim_ascii_start();
        rest = match rest {
            // Word processors begin so, too.
            [b'{', b'\\', b'r', b't', b'f', ..] => return false,
            [b'{', ..] if is_markup(rest) => return false,
            [b'{', ..] => return true,
            [b',' | b'(', after @ ..] => after,
            [b'/', b'/', ..] => match memchr::memchr(b'\n', rest) {
                Some(end) => rest.get(end..).unwrap_or_default(),
                None => return false,
            },
            [b'/', b'*', ..] => match memchr::memmem::find(rest, b"*/") {
                Some(end) => rest.get(end + 2..).unwrap_or_default(),
                None => return false,
            },
            [quote @ (b'"' | b'\''), after @ ..] => {
                let is_key = || {
                    let end = memchr::memchr(*quote, after)?;
                    Some(after.get(end + 1..)?.trim_ascii_start().first() == Some(&b':'))
                };
                return after.trim_ascii_start().first() == Some(&b'{') || is_key() == Some(true);
            }
            _ => return false,
        };
    }
}

/// Whether a text begins like a JSON object and is none, nor several, nor HJSON with tokens in it, or is one token that is
/// broken: it has the characters of one, and not all of its lines are among the `tokens` that were found in it.
pub(super) fn is_broken(rest: &Rest, tokens: usize) -> bool {
    let text = rest.source.text();
    let is_broken = matches!(rest.json, Json::Broken(kind) if kind != SyntaxErrorKind::TrailingData)
        && text.trim_start().starts_with('{');
    let is_json =
        is_broken || text.trim_start().starts_with('{') && rest.json != Json::Valid && names_document(text);
    // Tokens in an object whose names have no quotation marks, as the aio CLI keeps them (HJSON).
    let after = text.trim_start().strip_prefix('{').map(str::trim_start);
    let keeps_tokens =
        tokens > 0 && after.is_some_and(|after| after.starts_with(|first: char| first.is_ascii_alphabetic()));
    let is_json = is_json && !keeps_tokens;
    let is_line =
        |line: &&str| line.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    is_json || Token::bare(text).is_some() && lines.filter(is_line).count() != tokens
}

/// Whether a text is several JSON values, one after the other, as databases and logs export them.
pub(super) fn is_stream(rest: &Rest) -> bool {
    matches!(rest.json, Json::Broken(SyntaxErrorKind::TrailingData))
}

/// How the names of files end that may be meant to be JSON though they don't begin like it: copies, downloads, and what is called
/// after what is in it.
const MAY_BE_JSON: [&str; 17] = [
    "backup",
    "bak",
    "copy",
    "crdownload",
    "credential",
    "credentials",
    "download",
    "json",
    "jwt",
    "old",
    "orig",
    "part",
    "save",
    "secret",
    "secrets",
    "tmp",
    "token",
];

/// Whether a file's name says that it isn't meant to be JSON: by its ending, or because it is one of those that programs look
/// for under a fixed name.
pub(super) fn is_no_json(name: &str) -> bool {
    const FIXED: [&str; 8] = [
        "Dockerfile",
        "Makefile",
        "Jenkinsfile",
        "Vagrantfile",
        "Procfile",
        "README",
        "CHANGELOG",
        "Caddyfile",
    ];
    let file = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let is_ending = |ending: &str| {
        (1..=12).contains(&ending.len()) && ending.bytes().all(|byte| byte.is_ascii_alphanumeric())
    };
    let has_ending = file.rsplit_once('.').is_some_and(|(_, ending)| is_ending(ending));
    has_ending && !has_extension(name, &MAY_BE_JSON) || file.starts_with('.') || FIXED.contains(&file)
}

/// Whether a document that was found in the file `name` is the file but for something around it.
pub(super) fn is_remainder(name: &str, document: &Document) -> bool {
    // What a program keeps in fields of its own is no document with something around it.
    if document.form != Form::Document {
        return false;
    }
    match document.trail.steps() {
        // YAML has brackets of its own.
        [] if has_extension(name, &["yaml", "yml"]) => false,
        // The same text, as the string that is all of the file.
        [] | [Step::Embedded("JSON") | Step::Offset(_)] => true,
        // A database's record has an ID of its own.
        [Step::DocumentNumber(_)] if document.source.text().contains("\"_id\"") => false,
        // What a logger has a line of in each of its objects.
        [Step::Embedded("messages")] => false,
        // What is no JSON from the first name on, or several, was meant to be one only if the file's name says so.
        [Step::Embedded(_) | Step::DocumentNumber(_)] => has_extension(name, &["json"]),
        _ => false,
    }
}

/// Whether a document has nothing around it in the file but arrays and objects of one member, as nothing exports it.
pub(super) fn is_enclosed(document: &Document) -> bool {
    let Some(text) = document.trail.outermost().map(Source::text) else { return false };
    let is_level = |step: &Step| match step {
        Step::Index(0) => true,
        Step::Key(key) => ENCLOSURES.contains(&key.as_str()),
        _ => false,
    };
    let steps = document.trail.steps();
    if document.form != Form::Document || steps.is_empty() || !steps.iter().all(is_level) {
        return false;
    }
    let Span { start, end } = document.trail.outer(Span::new(0, document.source.text().len()));
    // Of each level there is a bracket and perhaps a name before, and a bracket behind.
    let around = [text.get(..start), text.get(end..)].map(Option::unwrap_or_default);
    let names: usize =
        steps.iter().map(|step| if let Step::Key(key) = step { key.len() + 3 } else { 0 }).sum();
    let signs = |part: &str| part.chars().filter(|sign| !sign.is_whitespace()).count();
    signs(around[0]) == names + steps.len() && signs(around[1]) == steps.len()
}

#[cfg(test)]
mod tests {
    use super::{is_no_json, means_json};

    #[test]
    fn files_are_json_by_name_or_by_how_they_begin() {
        for text in [
            "{\"ok\"",
            "\u{FEFF} \n{",
            ", {",
            "({})",
            "// from the console\n{",
            "/* a */ // b\n {",
            "'{\"ok\": true}'",
            "\"{\\\"ok\\\"",
            "\"integration\": {",
            "'integration' : {",
        ] {
            assert!(means_json("a.txt", text.as_bytes()), "{text}");
            let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
            assert!(means_json("a.txt", &wide), "{text}");
        }
        for text in [
            "",
            "// a program\nconst a = {};",
            "/* a program",
            "//",
            "\"use strict\";\nconst a = {};",
            "\"\"\"A module.\"\"\"\n",
            "/usr/bin",
            "# Notes\n{",
            "2026-01-01 {",
            "{\\rtf1 {",
        ] {
            assert!(!means_json("a.txt", text.as_bytes()), "{text}");
            assert!(means_json("a.JSON", text.as_bytes()));
        }
    }

    #[test]
    fn names_say_what_is_not_meant_to_be_json() {
        for name in
            ["a/plan.txt", "x.uue", "aem.pub", ".env", "b/.netrc", "Dockerfile", "a.yaml", "key.pem", "a.log"]
        {
            assert!(is_no_json(name), "{name}");
        }
        for name in
            ["service_token", "a.json", "a.json.bak", "a.d/token", "a.token", "x.old", "v1.2 of it", "a.", ""]
        {
            assert!(!is_no_json(name), "{name}");
        }
    }
}
