//! What keeps text from outside from being taken for markup, commands or formulas.
//!
//! Owns: the escapes of every format. Does not own: what is put where.

use std::fmt::Write as _;

use super::one_line;
use crate::source::harmless;

/// `text` with `special` characters replaced by their codes, and all others as `other` writes them.
fn coded(text: &str, special: &[(char, &str)], other: impl Fn(char, &mut String)) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match special.iter().find(|(candidate, _)| *candidate == character) {
            Some((_, code)) => escaped.push_str(code),
            None => other(character, &mut escaped),
        }
    }
    escaped
}

/// `text` with `special` characters replaced by their codes, and what could fool a terminal escaped: for lines that a
/// pipeline's agent reads as commands.
pub(super) fn command(text: &str, special: &[(char, &str)]) -> String {
    coded(text, special, |character, escaped| {
        if harmless(character) {
            escaped.push(character);
        } else {
            escaped.extend(character.escape_default());
        }
    })
}

/// Text for an element or an attribute. What XML 1.0 doesn't allow at all is replaced.
pub(super) fn xml(text: &str) -> String {
    // As themselves the last three would become spaces in an attribute (XML 1.0, 3.3.3).
    let special = [
        ('&', "&amp;"),
        ('<', "&lt;"),
        ('>', "&gt;"),
        ('"', "&quot;"),
        ('\'', "&apos;"),
        ('\t', "&#9;"),
        ('\n', "&#10;"),
        ('\r', "&#13;"),
    ];
    coded(text, &special, |character, escaped| {
        // XML 1.0, 2.2; the controls from DEL on are allowed but discouraged.
        let refused = matches!(character, '\0'..='\u{1F}' | '\u{7F}'..='\u{9F}' | '\u{FFFE}' | '\u{FFFF}');
        escaped.push(if refused { '\u{FFFD}' } else { character });
    })
}

/// Text in which nothing is markup, on one line and without characters that reorder or hide others.
#[cfg(feature = "cli")]
pub(super) fn html(text: &str) -> String {
    let special = [('&', "&amp;"), ('<', "&lt;"), ('>', "&gt;"), ('"', "&quot;"), ('\'', "&#39;")];
    coded(&one_line(text), &special, |character, escaped| escaped.push(character))
}

/// A label's value in Prometheus' format: backslash, quotation mark and line feed have codes.
#[cfg(feature = "cli")]
pub(super) fn label(value: &str) -> String {
    let special = [('\\', "\\\\"), ('"', "\\\""), ('\n', "\\n")];
    coded(value, &special, |character, escaped| escaped.push(character))
}

/// TEXT of iCalendar: backslash, comma, semicolon and line break have codes. Other control characters must not occur, so
/// they are shown as programmers write them.
#[cfg(feature = "cli")]
pub(super) fn calendar(text: &str) -> String {
    let special = [('\\', "\\\\"), (';', "\\;"), (',', "\\,"), ('\n', "\\n"), ('\t', "\t")];
    coded(text, &special, |character, escaped| {
        if character.is_control() {
            escaped.push('\\');
            escaped.extend(character.escape_default());
        } else {
            escaped.push(character);
        }
    })
}

/// A cell that spreadsheets don't compute: one that begins like a formula gets an apostrophe before it, which they
/// don't show (OWASP, CSV Injection). Numbers below zero stay numbers.
#[cfg(feature = "cli")]
pub(super) fn cell(cell: &str) -> String {
    let formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r']) && cell.parse::<i64>().is_err();
    if formula { format!("'{cell}") } else { cell.to_owned() }
}

/// A code span in a cell of a table, in which nothing is markup, no name a mention and no address a link. Characters on
/// which renderers disagree there make it plain text.
pub(super) fn code(content: &str) -> String {
    let line = one_line(content);
    let disputed = line.is_empty() || line.contains(['`', '|', '\\']) || line.trim() != line;
    if disputed { text(&line) } else { format!("`{line}`") }
}

/// Plain text on one line: what could be markup stands as a character reference, which never is any (`CommonMark` 2.5), and
/// a mention, a reference to an issue or an address is broken by a zero-width space.
pub(super) fn text(content: &str) -> String {
    let mut escaped = String::with_capacity(content.len());
    let line = one_line(content);
    let mut characters = line.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '@' | '#' => {
                // Writing to a string can't fail.
                let _ = write!(escaped, "&#{};&#8203;", u32::from(character));
            }
            '&' | '<' | '>' | '|' | '\\' | '`' | '*' | '_' | '~' | '[' | ']' | '!' | '$' | '{' | '}'
            | '=' | '^' => {
                let _ = write!(escaped, "&#{};", u32::from(character));
            }
            ':' if characters.peek() == Some(&'/') => escaped.push_str("&#58;"),
            '.' if escaped
                .get(escaped.len().saturating_sub(3)..)
                .is_some_and(|end| end.eq_ignore_ascii_case("www")) =>
            {
                escaped.push_str("&#46;&#8203;");
            }
            _ => escaped.push(character),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markdown_has_no_markup() {
        assert_eq!(
            text("a|b <b>`c`</b>\n@me"),
            "a&#124;b &#60;b&#62;&#96;c&#96;&#60;/b&#62;&#92;n&#64;&#8203;me"
        );
        assert_eq!(text("so: https://www.a.b"), "so: https&#58;//www&#46;&#8203;a.b");
        assert_eq!(code("a@b <i>"), "`a@b <i>`");
        assert_eq!(code("a`b"), "a&#96;b");
        assert_eq!(code(" "), " ");
    }

    #[test]
    #[cfg(feature = "cli")]
    fn html_has_no_markup() {
        assert_eq!(html("<a href='x'>\"&\u{202E}\n"), "&lt;a href=&#39;x&#39;&gt;&quot;&amp;\\u{202e}\\n");
    }

    #[test]
    fn text_is_escaped_for_xml() {
        assert_eq!(
            xml("<a b='\"c\"'>]]>&\r\n\t\u{0}\u{1B}\u{FFFF}é"),
            "&lt;a b=&apos;&quot;c&quot;&apos;&gt;]]&gt;&amp;&#13;&#10;&#9;\u{FFFD}\u{FFFD}\u{FFFD}é"
        );
    }

    #[test]
    #[cfg(feature = "cli")]
    fn formulas_are_disarmed() {
        for (content, expected) in
            [("=1+1", "'=1+1"), ("@a", "'@a"), ("-12", "-12"), ("-a", "'-a"), ("a=b", "a=b"), ("", "")]
        {
            assert_eq!(cell(content), expected);
        }
    }
}
