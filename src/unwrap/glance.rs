//! Whether unwrapping a file is worth the time, told at a glance: almost all files of a walk hold nothing.
//!
//! Owns: looking for traces in long runs of digits, which may be a document in two encodings. Does not own: the traces
//! (see `prefilter`), nor any decision. What passes is unwrapped, and its structure decides.

use super::decode::decode;
use super::derived::Derived;
use super::embedded::has_long_word;
use super::prefilter::has_trace;
use super::step::Step;

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

/// Whether there is any trace of a credential in `bytes`, as they are or in the middle of them in some encodings, or
/// anything that must be opened to find out.
pub fn is_worthwhile(bytes: &[u8]) -> bool {
    has_trace(bytes) || hides_trace(bytes, DEPTH)
}

/// Whether a string is long enough to hold something, and is encoded or has a trace of it.
pub(super) fn may_hold_something(text: &str) -> bool {
    text.len() >= SHORTEST_STRING && is_promising(text.as_bytes())
}

/// Whether a string has no structure in which anything but a part could be: a PEM block, a single word.
pub(super) fn is_plain(text: &str) -> bool {
    let trimmed = text.trim();
    if trimmed.starts_with(['{', '[', '"']) {
        return false;
    }
    trimmed.len() < SHORTEST_TEXT
        || trimmed.starts_with("-----BEGIN")
            && trimmed.matches("-----BEGIN").count() == 1
            && trimmed.ends_with("-----")
        || !trimmed.contains([' ', '\n', '\t', '"', '=', '\''])
}

/// Whether text or decoded bytes can hold something: there is a trace of it, or a text in which something long is
/// encoded. Almost all that is taken for base64 by chance isn't even text.
pub(super) fn is_promising(bytes: &[u8]) -> bool {
    has_trace(bytes)
        || std::str::from_utf8(bytes).is_ok_and(|text| has_long_word(text) || decode(text).is_some())
}

/// What `text` stands for as a whole, if that can hold something. A client secret is base64url by its digits, and means
/// nothing in it.
pub(super) fn promising(text: &str) -> Option<(Step, Derived)> {
    decode(text).filter(|(_, decoded)| is_promising(decoded.bytes()))
}

/// Whether a text that isn't encoded as a whole can hold something.
pub(super) fn holds_itself(text: &str) -> bool {
    has_trace(text.as_bytes()) || has_long_word(text)
}

/// Whether any long run of digits stands for bytes with a trace in them.
fn hides_trace(bytes: &[u8], depth: usize) -> bool {
    depth > 0 && runs(bytes).any(|run| stands_for_trace(run, depth))
}

/// Whether a run of digits, or any of its lines, stands for bytes with a trace in them.
fn stands_for_trace(run: &str, depth: usize) -> bool {
    let holds = |digits: &str| {
        let decoded = decode(digits);
        decoded
            .is_some_and(|(_, decoded)| has_trace(decoded.bytes()) || hides_trace(decoded.bytes(), depth - 1))
    };
    // A word may stand on the line before: `data:`, say, without the colon.
    let after_first = run.split_once('\n').map(|(_, rest)| rest).filter(|rest| rest.len() >= LONG);
    let lines =
        || run.lines().map(str::trim_ascii).filter(|line| line.len() >= SHORTEST && line.len() < run.len());
    holds(run) || after_first.is_some_and(holds) || lines().any(holds)
}

/// The runs of at least [`LONG`] digits and line breaks.
fn runs(bytes: &[u8]) -> impl Iterator<Item = &str> {
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

/// Whether `byte` may be in base64 of either alphabet, and so in hexadecimal, or break its lines.
const fn is_digit(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_' | b'\r' | b'\n')
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
    fn traces_are_seen_through_encodings_and_noise_is_none() {
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
            assert_eq!(is_worthwhile(text.as_bytes()), expected, "{what}");
        }
    }

    #[test]
    fn runs_are_seen_wherever_they_begin() {
        for before in 0..300 {
            let text = |length: usize| format!("{} {}. x", "ab ".repeat(before), "A".repeat(length));
            assert_eq!(runs(text(LONG).as_bytes()).collect::<Vec<_>>(), ["A".repeat(LONG)]);
            assert_eq!(runs(text(LONG - 1).as_bytes()).count(), 0);
        }
    }
}
