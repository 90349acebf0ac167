//! Rich Text Format, as word processors and mail programs save a text with fonts.
//!
//! Owns: the text in it, without what only sets it off. Does not own: what is in the text.

use crate::source::Span;
use crate::unwrap::limits::Budget;
use crate::unwrap::piece::{Inside, Pieces, pieces};
use crate::unwrap::place::{Builder, Extract, Step, Text};

/// Groups in which there is no text, beside those that begin with `\*`.
const SILENT: [&str; 6] = ["fonttbl", "colortbl", "stylesheet", "info", "pict", "listtable"];

/// The text in `text`.
pub(crate) fn read<'t>(text: &'t Text<'_>, _: &'t Budget<'_>) -> Option<Pieces<'t>> {
    let whole = text.text();
    let is_rtf = whole.trim_ascii_start().starts_with("{\\rtf");
    is_rtf.then(|| pieces([Inside::Text(plain(whole)).after(Step::Embedded("text"))]))
}

/// What a word processor shows of `text`.
fn plain(text: &str) -> Extract {
    let mut builder = Builder::new(text.len());
    // How deep the groups are, and in which of them there is no text.
    let (mut depth, mut silent) = (0_usize, None);
    let (mut at, mut skip) = (0, 0_usize);
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let length = rest.find(['{', '}', '\\', '\r', '\n']).unwrap_or(rest.len());
        let shown = rest.get(..length).unwrap_or_default();
        // What stands for a character that older programs don't know.
        let left = shown.char_indices().nth(skip).map_or(length, |(offset, _)| offset);
        skip = skip.saturating_sub(shown.chars().count());
        if silent.is_none() {
            builder.exact(shown.get(left..).unwrap_or_default(), at + left);
        }
        at += length;
        let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) else { break };
        let (length, shown) = match rest.as_bytes() {
            [b'{', ..] => {
                depth += 1;
                (1, None)
            }
            [b'}', ..] => {
                depth = depth.saturating_sub(1);
                silent = silent.filter(|level| *level <= depth);
                (1, None)
            }
            [b'\\', ..] => {
                let word = control(rest);
                if word.is_silent {
                    silent = silent.or(Some(depth));
                }
                // Another spelling of the same character.
                let is_skipped = skip > 0 && rest.starts_with("\\'");
                skip = skip + word.skip - usize::from(is_skipped);
                (word.length, word.shown.filter(|_| !is_skipped))
            }
            _ => (1, None),
        };
        if let Some(shown) = shown.filter(|_| silent.is_none()) {
            builder.character(shown, Span::new(at, at + length));
        }
        at += length;
    }
    builder.finish()
}

/// What begins with a backslash.
struct Control {
    length: usize,
    /// The character that it is.
    shown: Option<char>,
    /// How many characters after it are there for programs that don't know it.
    skip: usize,
    is_silent: bool,
}

fn control(rest: &str) -> Control {
    let sign = |length, shown| Control { length, shown, skip: 0, is_silent: false };
    let after = rest.get(1..).unwrap_or_default();
    match after.chars().next() {
        Some(one @ ('{' | '}' | '\\')) => sign(2, Some(one)),
        Some('~') => sign(2, Some(' ')),
        Some('\n' | '\r') => sign(2, Some('\n')),
        Some('*') => Control { is_silent: true, ..sign(2, None) },
        Some('\'') => {
            let code = after.get(1..3).and_then(|digits| u8::from_str_radix(digits, 16).ok());
            code.map_or_else(|| sign(2, None), |code| sign(4, Some(char::from(code))))
        }
        Some(one) if one.is_ascii_alphabetic() => {
            let name = after.find(|one: char| !one.is_ascii_alphabetic()).unwrap_or(after.len());
            let (name, number) = after.split_at(name);
            let is_part = |(index, one): (usize, char)| one.is_ascii_digit() || index == 0 && one == '-';
            let digits = number.char_indices().take_while(|part| is_part(*part)).count();
            let (number, after) = number.split_at(digits);
            let length = 1 + name.len() + digits + usize::from(after.starts_with(' '));
            match name {
                "par" | "line" | "row" | "sect" | "page" => sign(length, Some('\n')),
                "tab" | "cell" => sign(length, Some('\t')),
                "emdash" | "endash" => sign(length, Some('-')),
                // Numbers above 32,767 are written as negative ones.
                "u" => {
                    let code =
                        number.parse::<i32>().ok().map(|code| if code < 0 { code + 65_536 } else { code });
                    let shown = code.and_then(|code| char::from_u32(u32::try_from(code).ok()?));
                    Control { skip: 1, ..sign(length, shown) }
                }
                _ => Control { is_silent: SILENT.contains(&name), ..sign(length, None) },
            }
        }
        Some(one) => sign(1 + one.len_utf8(), None),
        None => sign(1, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_what_a_word_processor_shows() {
        for (text, expected) in [
            ("{\\rtf1 a}", "a"),
            ("{\\rtf1\\ansi\\deff0{\\fonttbl{\\f0 Courier;}}\\f0\\fs20 a\\par\nb}", "a\nb"),
            ("{\\rtf1{\\*\\generator x;}a\\line b}", "a\nb"),
            ("{\\rtf1 \\{\"a\": \"\\\\n\"\\}}", "{\"a\": \"\\n\"}"),
            ("{\\rtf1 {\\b a}b\\b0 c}", "abc"),
            ("{\\rtf1 a\\'e9b}", "aéb"),
            ("{\\rtf1\\uc1 a\\u233?b\\u-3?}", "aéb\u{FFFD}"),
            ("{\\rtf1 a\\u233\\'e9b}", "aéb"),
            ("{\\rtf1 a\\tab b\\cell c\\row d}", "a\tb\tc\nd"),
            ("{\\rtf1 a\\~b\\\nc}", "a b\nc"),
            ("{\\rtf1 a\r\nb}", "ab"),
            ("{\\rtf1{\\pict 0011}a{\\info{\\author b}}c}", "ac"),
            ("{\\rtf1 é😀}", "é😀"),
            // Never closed, closed twice, cut off, no number, not two digits.
            ("{\\rtf1 {a", "a"),
            ("{\\rtf1 a}}b", "ab"),
            ("{\\rtf1 a\\", "a"),
            ("{\\rtf1 a\\u?b", "ab"),
            ("{\\rtf1 a\\'x", "ax"),
            ("{\\rtf1 a\\'é", "aé"),
        ] {
            let extract = plain(text);
            assert_eq!(extract.text(), expected, "{text}");
            for (at, character) in expected.char_indices() {
                let span = Span::new(at, at + character.len_utf8());
                assert!(
                    !extract.origin.is_exact(span)
                        || text[extract.origin.outer(span).range()].starts_with(character)
                );
            }
        }
        for text in
            ["{\\rtf1 ".repeat(50_000), "{\\rtf1 ".to_owned() + &"\\".repeat(100_001), "{\\u1".repeat(50_000)]
        {
            let _ = plain(&text);
        }
    }
}
