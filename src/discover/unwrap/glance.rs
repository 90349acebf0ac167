//! Whether unwrapping a file is worth the time, told at a glance: almost all files of a walk hold nothing.
//!
//! Owns: looking for traces in long runs of digits, which may be a document in two encodings. Does not own: the traces
//! (see `prefilter`), nor any decision. What passes is unwrapped, and its structure decides.

use super::decode::decode;
use crate::discover::prefilter::has_trace;

/// The digits of a document are more than this in a row, line breaks included.
const LONG: usize = 256;

/// A line of fewer digits holds no document by itself.
const SHORTEST: usize = 64;

/// How many encodings are taken off, one after the other.
const DEPTH: usize = 6;

/// Whether there is any trace of a credential in `bytes`, as they are or in the middle of them in some encodings, or
/// anything that must be opened to find out.
#[must_use]
pub fn is_worthwhile(bytes: &[u8]) -> bool {
    has_trace(bytes) || hides_trace(bytes, DEPTH)
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
