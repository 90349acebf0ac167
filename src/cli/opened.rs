//! What one file holds: the document that it is, or the documents that lie in it.
//!
//! Owns: what counts of what unwrapping finds, and saying of a document where it lies. Does not own: unwrapping (see
//! `discover`), judging.

use crate::check::Checked;
use crate::credential::{Form, Token};
use crate::discover::unwrap::{
    self, Document, Step, Trail, Unwrapped, has_extension, is_source_code, said_of,
};
use crate::json::{self, SyntaxErrorKind};
use crate::secret::Secret;
use crate::source::Source;

/// A file that was looked into.
pub(super) struct Opened {
    /// The file as it is: it is a document itself, or there is none in it.
    pub(super) whole: Option<Secret<Vec<u8>>>,
    /// What of it could not be looked at.
    pub(super) failures: Vec<String>,
}

/// Looks into the file `name`, and hands each document that lies in it to `inner`. `named` says whether somebody asked
/// for just this file, and `stopped` whether the run is to end.
pub(super) fn open(
    name: &str,
    named: bool,
    bytes: Secret<Vec<u8>>,
    stopped: &dyn Fn() -> bool,
    inner: &mut dyn FnMut(Document),
) -> Opened {
    let mut failures = Vec::new();
    let mut plain = None;
    let mut documents = Vec::new();
    let mut tokens = Vec::new();
    let means_json = means_json(name, bytes.expose());
    let is_other = has_extension(name, &["json"]) && !is_json(&bytes);
    let limits = unwrap::Limits::default();
    let rest = unwrap::unwrap(name, bytes, &limits, stopped, &mut |found| match found {
        Unwrapped::Document(document)
            if document.trail.steps().is_empty() && document.form == Form::Document =>
        {
            plain = Some(document.bytes);
        }
        Unwrapped::Document(document) => documents.push(document),
        // A damaged archive that nobody asked for by name is no reason to fail.
        Unwrapped::Unreadable { trail, reason } if named => failures.push(said_of(&trail, reason)),
        // The rules about documents have limits of their own, and say so.
        Unwrapped::LimitHit { trail, .. } if trail.steps().is_empty() => {}
        Unwrapped::LimitHit { trail, limit } => failures.push(said_of(&trail, &limit.to_string())),
        // Of what is in no document, only a token can be judged alone.
        Unwrapped::Part(part) => tokens.extend(part.into_document()),
        Unwrapped::Encrypted(_) | Unwrapped::Unreadable { .. } => {}
    });
    // JSON with a comment before it, or twice the same, is no JSON: the client gets the whole file, not what we find in it.
    let is_remainder = |document: &Document| match document.trail.steps() {
        [Step::Embedded("JSON") | Step::DocumentNumber(_)] => true,
        // What is no JSON from the first name on was meant to be some only if the file's name says so.
        [Step::Embedded(_)] => has_extension(name, &["json"]),
        _ => false,
    };
    if is_other || means_json && documents.iter().all(is_remainder) {
        documents.clear();
    }
    // What was meant to be JSON or one token is judged as that, not by what a token in it may still be good for.
    if plain.is_none() && !tokens.is_empty() && !rest.as_ref().is_some_and(is_broken_whole) {
        documents.append(&mut tokens);
    }
    // What comes back is the file as it is, and what was handed out may be in another encoding.
    let whole = rest.or(plain).filter(|_| documents.is_empty());
    documents.into_iter().for_each(inner);
    Opened { whole, failures }
}

/// Whether a file is one JSON text, of whatever size.
fn is_json(bytes: &Secret<Vec<u8>>) -> bool {
    let source = Source::new(bytes.clone());
    match json::parse(source.text(), json::Limits::default()) {
        Ok(_) => true,
        Err(error) => matches!(error.kind, SyntaxErrorKind::TooDeep | SyntaxErrorKind::TooMany),
    }
}

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

/// Whether a file begins like a JSON object and is none, nor several, or is made of nothing but a token's characters.
fn is_broken_whole(bytes: &Secret<Vec<u8>>) -> bool {
    let source = Source::new(bytes.clone());
    let text = source.text();
    let is_broken = || {
        json::parse(text, json::Limits::default())
            .is_err_and(|error| error.kind != SyntaxErrorKind::TrailingData)
    };
    Token::bare(text).is_some() || text.trim_start().starts_with('{') && is_broken()
}

/// Says of what was found in a document that this lies behind `trail`. There it can't be edited in place.
pub(super) fn locate(checked: &mut Checked, trail: &Trail) {
    checked.facts.within = trail.to_string();
    for finding in &mut checked.findings {
        finding.draft.fix = None;
        finding.suggestions.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::means_json;

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
        ] {
            assert!(!means_json("a.txt", text.as_bytes()), "{text}");
            assert!(means_json("a.JSON", text.as_bytes()));
        }
    }
}
