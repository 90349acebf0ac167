//! What keeps text from outside from being taken for markup, commands or formulas.
//!
//! Owns: the escapes of every format. Does not own: what is put where.

use std::fmt::Write as _;

use super::{PathName, one_line};
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
fn command(text: &str, special: &[(char, &str)]) -> String {
    coded(text, special, |character, escaped| {
        if harmless(character) {
            escaped.push(character);
        } else {
            escaped.extend(character.escape_default());
        }
    })
}

/// The message of a workflow command (`escapeData` in actions/toolkit).
pub(super) fn github_data(text: &str) -> String {
    command(text, &[('%', "%25"), ('\r', "%0D"), ('\n', "%0A")])
}

/// The value of a workflow command's property (`escapeProperty` in actions/toolkit).
pub(super) fn github_property(text: &str) -> String {
    command(text, &[('%', "%25"), ('\r', "%0D"), ('\n', "%0A"), (':', "%3A"), (',', "%2C")])
}

/// The message of a logging command (`escapedata` in azure-pipelines-task-lib).
pub(super) fn azure_data(text: &str) -> String {
    command(text, &[('%', "%AZP25"), ('\r', "%0D"), ('\n', "%0A")])
}

/// The value of a logging command's property (`escape` in azure-pipelines-task-lib).
pub(super) fn azure_property(text: &str) -> String {
    command(text, &[('%', "%AZP25"), ('\r', "%0D"), ('\n', "%0A"), (']', "%5D"), (';', "%3B")])
}

/// A file's name as a URI reference: relative when the name is, else with the scheme `file`. What RFC 3986 doesn't leave
/// unreserved is percent-encoded, separators apart.
pub(super) fn uri(path: &PathName) -> String {
    let name = path.in_repository();
    let mut uri = String::from(if name.starts_with('/') { "file://" } else { "" });
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~' | b'/') {
            uri.push(char::from(byte));
        } else {
            // Writing to a string can't fail.
            let _ = write!(uri, "%{byte:02X}");
        }
    }
    uri
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

/// Markdown's code marks mean nothing at a terminal.
pub(super) fn plain(markdown: &str) -> String {
    markdown.replace('`', "")
}

/// Markdown in a cell of a table.
pub(super) fn markdown_cell(markdown: &str) -> String {
    markdown.replace('|', "\\|")
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

    #[test]
    fn nothing_breaks_out_of_a_workflow_command() {
        assert_eq!(github_property("a:b,c%0A\r\n::error::"), "a%3Ab%2Cc%250A%0D%0A%3A%3Aerror%3A%3A");
        assert_eq!(
            github_data("100%:\n::stop-commands::x\u{1B}[0m"),
            "100%25:%0A::stop-commands::x\\u{1b}[0m"
        );
    }

    #[test]
    fn nothing_breaks_out_of_a_logging_command() {
        let hostile = "a;b]##vso[task.setvariable variable=x]1%0A\r\n\u{1B}";
        assert_eq!(
            azure_property(hostile),
            "a%3Bb%5D##vso[task.setvariable variable=x%5D1%AZP250A%0D%0A\\u{1b}"
        );
        assert_eq!(azure_data("50% ]\n"), "50%AZP25 ]%0A");
    }

    #[test]
    fn names_become_uris() {
        for (name, expected) in [
            ("service_token.json", "service_token.json"),
            ("./a b/c%d#e?.json", "a%20b/c%25d%23e%3F.json"),
            ("/etc/aem/token.json", "file:///etc/aem/token.json"),
            ("C:\\keys\\a.json", "C%3A%5Ckeys%5Ca.json"),
            ("a\nb\\xFFé", "a%0Ab%5CxFF%C3%A9"),
            ("<stdin>", "%3Cstdin%3E"),
        ] {
            assert_eq!(uri(&PathName::new(name)), expected);
        }
    }
}
