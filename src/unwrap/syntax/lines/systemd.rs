//! `Environment=` of systemd's units, which holds any number of variables, and `SetCredential=`, which holds a file.
//!
//! Owns: taking such a line apart (systemd.exec, systemd.syntax). Does not own: any other line.

use crate::source::{Origin, Span};
use crate::unwrap::place::Builder;
use crate::unwrap::shared::{Assignment, end_of_line, is_continued, unescape_indented};

const NAME: &str = "Environment";

/// What a unit gives its program as a file: `SetCredential=name:contents`.
const CREDENTIAL: &str = "SetCredential";

/// The variables that the line at `start` of `text` sets, and where it ends. Nothing if it is no such line, or sets none.
pub(crate) fn variables(text: &str, start: usize) -> Option<(Vec<Assignment>, usize)> {
    let rest = text.get(start..)?.trim_start_matches([' ', '\t']);
    let after = |name: &str| rest.strip_prefix(name)?.trim_start_matches([' ', '\t']).strip_prefix('=');
    let (words, is_credential) = match after(NAME) {
        Some(words) => (words, false),
        None => (after(CREDENTIAL)?, true),
    };
    let mut end = end_of_line(text, start);
    let mut from = start;
    while is_continued(text, from, end) {
        from = end + 1;
        end = end_of_line(text, from);
    }
    let mut at = text.len() - words.len();
    if is_credential {
        return Some((vec![credential(text, at, end)?], end));
    }
    let mut found = Vec::new();
    while let Some((variable, after)) = word(text, at, end) {
        found.extend(variable);
        at = after;
    }
    (!found.is_empty()).then_some((found, end))
}

/// The contents that are set from `start` to `end`, with C's escapes undone, and their name.
fn credential(text: &str, start: usize, end: usize) -> Option<Assignment> {
    let (before, contents) = text.get(start..end)?.split_once(':')?;
    let name = before.trim();
    let is_name = !name.is_empty() && name.len() <= 200 && !name.contains(char::is_whitespace);
    let at = start + before.len() - before.trim_start().len();
    let value = unescape_indented(contents).through(&Origin::exact(contents.len(), end - contents.len()));
    is_name.then(|| Assignment { name: name.to_owned(), name_span: Span::new(at, at + name.len()), value })
}

/// The word at `start` as a variable, if it is one, and where it ends. Nothing if there are only blanks.
fn word(text: &str, start: usize, end: usize) -> Option<(Option<Assignment>, usize)> {
    let rest = text.get(start..end)?;
    let mut at = start + rest.len() - rest.trim_start_matches([' ', '\t', '\r', '\n', '\\']).len();
    let mut quote = text.get(at..end)?.chars().next().filter(|first| matches!(first, '"' | '\''));
    at += quote.map_or(0, char::len_utf8);
    let rest = text.get(at..end).filter(|rest| !rest.is_empty())?;
    let length =
        rest.find(|character: char| !character.is_ascii_alphanumeric() && character != '_').unwrap_or(0);
    let name = Span::new(at, at + length);
    let is_variable = length > 0 && length <= 200 && text.get(name.end..end)?.starts_with('=');
    at += if is_variable { length + 1 } else { 0 };
    if is_variable && quote.is_none() {
        // Not as documented, but people write it.
        quote = text.get(at..end)?.chars().next().filter(|first| matches!(first, '"' | '\''));
        at += quote.map_or(0, char::len_utf8);
    }
    let mut builder = Builder::new(0);
    let mut plain = at;
    while let Some(character) = text.get(at..end)?.chars().next() {
        let next = at + character.len_utf8();
        match character {
            '\\' => {
                builder.exact(text.get(plain..at)?, plain);
                let escaped = text.get(next..end)?.chars().next().unwrap_or_default();
                if let Some((length, byte)) = text.get(next..end).and_then(code) {
                    at = next + length;
                    builder.whole([byte], Span::new(next - 1, at));
                    plain = at;
                    continue;
                }
                let after = (next + escaped.len_utf8()).min(end);
                match meaning(escaped) {
                    Some(meaning) => {
                        builder.character(meaning, Span::new(at, after));
                        plain = after;
                    }
                    None => plain = at,
                }
                at = after;
                continue;
            }
            _ if Some(character) == quote => break,
            ' ' | '\t' | '\r' if quote.is_none() => break,
            _ => {}
        }
        at = next;
    }
    builder.exact(text.get(plain..at)?, plain);
    let after = (at + 1).min(end);
    let after = if text.is_char_boundary(after) { after } else { at };
    let variable = is_variable.then(|| Assignment {
        name: text.get(name.range()).unwrap_or_default().to_owned(),
        name_span: name,
        value: builder.finish(),
    });
    Some((variable, after.max(start + 1)))
}

/// The byte whose code is after a backslash, and of how many characters that is: `x41`, `101`.
fn code(rest: &str) -> Option<(usize, u8)> {
    let (from, radix) = if rest.starts_with('x') { (1, 16) } else { (0, 8) };
    let digits = rest.get(from..3).filter(|digits| digits.chars().all(|digit| digit.is_digit(radix)))?;
    Some((3, u8::from_str_radix(digits, radix).ok()?))
}

/// What a character stands for after a backslash. A line that ends in one goes on after a blank.
const fn meaning(escaped: char) -> Option<char> {
    match escaped {
        'n' => Some('\n'),
        'r' => Some('\r'),
        't' => Some('\t'),
        's' | '\n' => Some(' '),
        '\\' | '"' | '\'' => Some(escaped),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_variable_has_its_value() {
        for (text, expected) in [
            (
                "Environment=A=1 \"B=2 3\" 'C=4' D=\"5 6\" E=",
                vec![("A", "1"), ("B", "2 3"), ("C", "4"), ("D", "5 6"), ("E", "")],
            ),
            ("  Environment = \"A={\\\"a\\\\n\\s\"\nB=c", vec![("A", "{\"a\\n ")]),
            ("Environment=A=1 \\\n  B=2 \\\r\n C=é\nD=3", vec![("A", "1"), ("B", "2"), ("C", "é")]),
            ("Environment=\"A=\\x41\\xc3\\xa9\\101\\x4\"", vec![("A", "AéA\\x4")]),
            ("Environment=A='open", vec![("A", "open")]),
            ("Environment=x y=z \"", vec![("y", "z")]),
            ("SetCredential=a:b\\n\\\n  c\\\\n\\x41\nD=3", vec![("a", "b\nc\\nA")]),
            (" SetCredential = a.json:{\\n\\\r\n \"b\": 1\\n\\\r\n}", vec![("a.json", "{\n\"b\": 1\n}")]),
            ("SetCredential=a:", vec![("a", "")]),
            ("SetCredential=a:\\", vec![("a", "\\")]),
        ] {
            let (found, _) = variables(text, 0).unwrap();
            let shown: Vec<_> = found.iter().map(|one| (one.name.as_str(), one.value.text())).collect();
            assert_eq!(shown, expected, "{text}");
            for one in found {
                assert_eq!(&text[one.name_span.range()], one.name);
            }
        }
        for text in [
            "Environment=",
            "Environment=prod",
            "EnvironmentFile=A=b",
            "A=b",
            "Environment",
            "SetCredential=",
            "SetCredential=a",
            "SetCredential=:b",
            "SetCredential=a b:c",
            "SetCredentialEncrypted=a:b",
            "Environment=é\\",
        ] {
            assert!(variables(text, 0).is_none(), "{text}");
        }
    }
}
