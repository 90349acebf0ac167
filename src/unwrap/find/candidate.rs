//! Whether bytes may hold a credential, told at a glance: almost all files of a walk hold nothing.
//!
//! Owns: looking for the literals in long runs of digits too, which may be a document in several encodings. Does not own:
//! the literals (see `prefilter`), nor any decision. What passes is read, and its structure decides.

use crate::credential::CLIENT_ID;
use crate::unwrap::decode::decode;
use crate::unwrap::find::prefilter::has_literal;
use crate::unwrap::place::{Extract, Step};
use crate::unwrap::shared::is_digit;

/// Strings shorter than this hold neither a document nor a part of one.
const SHORTEST_STRING: usize = 24;

/// Strings shorter than this hold at most a part, unless they are an object.
const SHORTEST_TEXT: usize = 64;

/// The digits of a document are more than this in a row, line breaks included.
const LONG: usize = 256;

/// A line of fewer digits holds no document by itself.
const SHORTEST: usize = 64;

/// How many encodings are taken off, one after the other.
const DEPTH: usize = 6;

/// Returns true if a file of these bytes may hold a credential: as they are, in the middle of them in some encodings, or in
/// something that must be opened to find out.
pub fn is_candidate_file(bytes: &[u8]) -> bool {
    has_literal(bytes) || hides_literal(bytes, DEPTH)
}

/// Returns true if what was taken out of something may hold a credential: in it is a literal, or a text in which something
/// long is encoded. Almost all that is taken for base64 by chance isn't even text.
pub(crate) fn is_candidate(bytes: &[u8]) -> bool {
    has_literal(bytes)
        || std::str::from_utf8(bytes).is_ok_and(|text| has_long_word(text) || decode(text).is_some())
}

/// What `text` stands for as a whole, if that may hold a credential. A client secret is base64url by its digits, and means
/// nothing in it.
pub(crate) fn decoded(text: &str) -> Option<(Step, Extract)> {
    decode(text).filter(|(_, decoded)| is_candidate(decoded.bytes()))
}

/// What a string that may hold a credential is.
pub(crate) enum Content {
    /// It stands for something else as a whole.
    Decoded(Step, Extract),
    /// It has no structure in which anything but a part could be: a PEM block, a single word.
    Parts,
    /// It is a text to be looked at in its own right.
    Text,
}

/// Returns true if an ID of a client of AEM may be in `text`. By itself it is no credential, but a secret may be in the next
/// string.
pub(crate) fn names_client(text: &str) -> bool {
    let bytes = text.as_bytes();
    let is_number = |at: usize| bytes.get(at + CLIENT_ID.len()).is_some_and(u8::is_ascii_digit);
    memchr::memmem::find_iter(bytes, CLIENT_ID).any(is_number)
}

/// Returns what `text` is, if it may hold a credential.
pub(crate) fn content(text: &str) -> Option<Content> {
    if text.len() < SHORTEST_STRING {
        return None;
    }
    if !is_candidate(text.as_bytes()) {
        return names_client(text).then_some(Content::Parts);
    }
    if let Some((step, decoded)) = decoded(text) {
        return Some(Content::Decoded(step, decoded));
    }
    let trimmed = text.trim();
    // What comes after the commas of an address of data may be in base64.
    let is_data = trimmed.starts_with("data:");
    let is_block = || trimmed.matches("-----BEGIN").count() == 1 && trimmed.ends_with("-----");
    let is_plain = trimmed.len() < SHORTEST_TEXT
        || trimmed.starts_with("-----BEGIN") && is_block()
        || !trimmed.contains([' ', '\n', '\t', '"', '=', '\'']);
    if is_plain && !is_data && !trimmed.starts_with(['{', '[', '"']) {
        return Some(Content::Parts);
    }
    (has_literal(text.as_bytes()) || has_long_word(text)).then_some(Content::Text)
}

/// Returns true if there are so many digits of base64 or hexadecimal in a row in `text` that they may be a document.
fn has_long_word(text: &str) -> bool {
    runs(text.as_bytes(), is_digit).next().is_some()
}

/// Returns true if any long run of digits stands for bytes with a literal in them.
fn hides_literal(bytes: &[u8], depth: usize) -> bool {
    depth > 0 && runs(bytes, is_digit_or_break).any(|run| stands_for_literal(run, depth))
}

/// Returns true if a run of digits, or any of its lines, stands for bytes with a literal in them.
fn stands_for_literal(run: &str, depth: usize) -> bool {
    let holds = |digits: &str| {
        let decoded = decode(digits);
        decoded.is_some_and(|(_, decoded)| {
            has_literal(decoded.bytes()) || hides_literal(decoded.bytes(), depth - 1)
        })
    };
    // A word may stand on the line before: `data:`, say, without the colon.
    let after_first = run.split_once('\n').map(|(_, rest)| rest).filter(|rest| rest.len() >= LONG);
    let lines =
        || run.lines().map(str::trim_ascii).filter(|line| line.len() >= SHORTEST && line.len() < run.len());
    holds(run) || after_first.is_some_and(holds) || lines().any(holds)
}

/// The runs of at least [`LONG`] bytes that are `digits`.
fn runs(bytes: &[u8], is_digit: impl Fn(u8) -> bool + Copy) -> impl Iterator<Item = &str> {
    let mut from = 0;
    std::iter::from_fn(move || {
        // Of as many bytes in a row one in `LONG` is looked at, as long as these aren't digits.
        let mut at = from + LONG;
        while let Some(window) = bytes.get(at - LONG..at) {
            let run = window.iter().rev().take_while(|byte| is_digit(**byte)).count();
            if run == LONG {
                let before = bytes.get(from..at - LONG).unwrap_or_default();
                let start = at - LONG - before.iter().rev().take_while(|byte| is_digit(**byte)).count();
                let after = bytes.get(at..).unwrap_or_default();
                let end = at + after.iter().take_while(|byte| is_digit(**byte)).count();
                from = end;
                return std::str::from_utf8(bytes.get(start..end)?).ok();
            }
            at += LONG - run;
        }
        None
    })
}

/// Returns true if `byte` may be in base64 of either alphabet without padding, or break its lines.
const fn is_digit_or_break(byte: u8) -> bool {
    (is_digit(byte) && byte != b'=') || matches!(byte, b'\r' | b'\n')
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

    use super::*;

    fn wrapped(text: &str) -> String {
        let lines: Vec<&str> =
            text.as_bytes().chunks(76).map(|line| std::str::from_utf8(line).unwrap()).collect();
        lines.join("\n")
    }

    #[test]
    fn candidates_are_seen_through_encodings_and_noise_is_none() {
        let filler = "0123456789 ".repeat(20);
        let variables = format!("# {filler}\nAEM_AUTH_CLIENT_ID=cm-p1-e2-integration-0\n");
        let base64 = |bytes: &[u8]| STANDARD.encode(bytes);
        let hex = |bytes: &[u8]| {
            let digits: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
            digits.concat()
        };
        let utf16: Vec<u8> =
            format!("{{\"imsEndpoint\": \"{filler}\"}}").encode_utf16().flat_map(u16::to_le_bytes).collect();
        let zstd = [&b"\x28\xB5\x2F\xFD"[..], &[7; 250]].concat();
        for (what, text, expected) in [
            ("variables in a secret", format!("data:\n  .env: {}\n", base64(variables.as_bytes())), true),
            ("an assignment", format!("A_B={}\n", base64(variables.as_bytes())), true),
            ("in lines", format!("data\n{}", wrapped(&base64(variables.as_bytes()))), true),
            ("twice", base64(wrapped(&base64(variables.as_bytes())).as_bytes()), true),
            (
                "in the middle of binary data",
                format!("\0\u{1}\"{}\"\0", URL_SAFE_NO_PAD.encode(&variables)),
                true,
            ),
            ("hex of base64", hex(base64(variables.as_bytes()).as_bytes()), true),
            ("base64 of hex", base64(hex(variables.as_bytes()).as_bytes()), true),
            ("base64 of UTF-16", base64(&utf16), true),
            ("base64 of Zstandard", format!("x: \"{}\"", base64(&zstd)), true),
            ("nothing", String::new(), false),
            (
                "something else in base64",
                format!("x: {}", base64("lorem ipsum ".repeat(40).as_bytes())),
                false,
            ),
            ("a dictionary", "word\nother\n".repeat(100), false),
            ("a ruler", "-".repeat(1000), false),
            ("seven encodings", (0..7).fold(variables.clone(), |text, _| base64(text.as_bytes())), false),
        ] {
            assert_eq!(is_candidate_file(text.as_bytes()), expected, "{what}");
        }
    }

    #[test]
    fn runs_are_seen_wherever_they_begin() {
        for before in 0..300 {
            let text = |length: usize| format!("{} {}. x", "ab ".repeat(before), "A".repeat(length));
            assert_eq!(
                runs(text(LONG).as_bytes(), is_digit_or_break).collect::<Vec<_>>(),
                ["A".repeat(LONG)]
            );
            assert!(has_long_word(&text(LONG)) && !has_long_word(&text(LONG - 1)));
            assert_eq!(runs(text(LONG - 1).as_bytes(), is_digit_or_break).count(), 0);
        }
    }
}
