//! Characters that can't be seen, and how to speak of a character without printing it.
//!
//! Owns: which characters are invisible, where a value begins and ends without them, their names. Does not own:
//! whether they matter.

use std::ops::Range;

/// Whether `character` is white space, a control character, or one that shows nothing or reorders its neighbors.
pub fn is_invisible(character: char) -> bool {
    character.is_whitespace() || is_hidden(character)
}

/// Whether `character` is a control character, or one that shows nothing or reorders its neighbors.
pub(super) fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}'
            | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}'
            | '\u{2800}' | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF9}'..='\u{FFFB}'
            | '\u{E0000}'..='\u{E0FFF}')
}

/// `value` without the invisible characters at both ends, as a range of its bytes; empty if there is nothing else.
pub fn trimmed(value: &str) -> Range<usize> {
    let start = value.len() - value.trim_start_matches(is_invisible).len();
    let end = value.trim_end_matches(is_invisible).len();
    start..end.max(start)
}

/// A character in words and by code point, never itself: `a zero-width space (U+200B)`.
pub fn character_name(character: char) -> String {
    let words = match character {
        ' ' => "a space",
        '\t' => "a tab",
        '\n' => "a line break",
        '\r' => "a carriage return",
        '\0' => "a NUL character",
        '\u{1}'..='\u{1F}' | '\u{7F}'..='\u{9F}' => "a control character",
        '\u{A0}' => "a no-break space",
        '\u{AD}' => "a soft hyphen",
        '\u{200B}' => "a zero-width space",
        '\u{200C}' => "a zero-width non-joiner",
        '\u{200D}' => "a zero-width joiner",
        '\u{61C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => {
            "a text direction mark"
        }
        '\u{2060}' => "a word joiner",
        '\u{FEFF}' => "a byte-order mark",
        '\u{FFFD}' => "a replacement character",
        '\u{37E}' | '\u{370}'..='\u{3FF}' | '\u{1F00}'..='\u{1FFF}' => "a Greek letter",
        '\u{400}'..='\u{52F}' => "a Cyrillic letter",
        '\u{530}'..='\u{58F}' => "an Armenian letter",
        '\u{FF01}'..='\u{FF5E}' => "a full-width character",
        '\u{1D400}'..='\u{1D7FF}' => "a mathematical letter",
        '\u{C0}'..='\u{24F}' | '\u{1E00}'..='\u{1EFF}' => "a letter that English doesn't have",
        character if character.is_whitespace() => "a whitespace character",
        character if is_hidden(character) => "an invisible character",
        _ => "the character",
    };
    if words == "the character" {
        return format!("the character U+{:04X}", u32::from(character));
    }
    format!("{words} (U+{:04X})", u32::from(character))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_lose_what_cannot_be_seen_at_their_ends() {
        for (value, expected) in [
            ("a", "a"),
            (" a b\n", "a b"),
            ("\u{FEFF}a\u{200B}\u{A0}", "a"),
            ("\u{202E}a\u{AD}b\0", "a\u{AD}b"),
            (" \u{200B} ", ""),
            ("", ""),
        ] {
            assert_eq!(&value[trimmed(value)], expected, "{value:?}");
        }
    }

    #[test]
    fn characters_are_named_not_printed() {
        assert_eq!(character_name('\u{200B}'), "a zero-width space (U+200B)");
        assert_eq!(character_name('\u{430}'), "a Cyrillic letter (U+0430)");
        assert_eq!(character_name('\u{20AC}'), "the character U+20AC");
    }
}
