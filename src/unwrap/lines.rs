//! `NAME=value` in the spellings of `.env` files, shells, Dockerfiles and dumps of the environment.
//!
//! Owns: finding assignments and their values. Does not own: quotation marks and escapes (see `quoted`), nor what names mean.

use super::assemble::Assignment;
use super::derived::{Builder, Derived};
use super::quoted::{ansi, backtick, double, single, triple};
use super::{literal, properties, systemd};
use crate::source::Span;

/// What may stand before a name, in small letters. Of several that fit, each is taken off in turn.
const BEFORE: [&str; 16] = [
    "export ",
    "declare ",
    "typeset ",
    "readonly ",
    "local ",
    "set ",
    "setx ",
    "setenv ",
    "env ",
    "arg ",
    "docker ",
    "run ",
    "--env ",
    "-e ",
    "-x ",
    "-rx ",
];

/// By whose rules values without quotation marks are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rules {
    /// Those of shells and `.env` files, as far as they agree.
    Shell,
    /// The same in files of which it is known that nothing is escaped between single quotation marks: shells, `.env`,
    /// TOML, PowerShell.
    Literal,
    /// Those of Java's `Properties.load`, which resolves backslash escapes, and takes a colon for a sign of equality.
    Properties,
    /// Those of Felix's `ConfigurationHandler`, by which `OSGi` configurations are kept.
    Felix,
}

/// What files are called in which single quotation marks take everything as it is.
const LITERAL: [&str; 10] = ["sh", "bash", "zsh", "ksh", "dash", "env", "envrc", "toml", "ps1", "psm1"];

impl Rules {
    /// The rules that a file called `name` is written by.
    pub(super) fn of(name: &str) -> Self {
        let file = name.rsplit(['/', '\\']).next().unwrap_or_default();
        let (_, extension) = name.rsplit_once('.').unwrap_or_default();
        let is_literal = LITERAL.iter().any(|one| extension.eq_ignore_ascii_case(one));
        if extension.eq_ignore_ascii_case("properties") {
            Self::Properties
        } else if extension.eq_ignore_ascii_case("config") {
            Self::Felix
        } else if is_literal || file.starts_with(".env") {
            Self::Literal
        } else {
            Self::Shell
        }
    }
}

/// How many lines the value of an assignment without quotation marks may have: a key of 16,384 bits has 200.
const MOST_LINES: usize = 400;

/// All assignments in `text`, in order. `in_vain` says how many values that seem to have many lines and don't are still
/// followed.
pub(super) fn assignments(text: &str, rules: Rules, in_vain: &mut usize) -> Vec<Assignment> {
    let mut found = Vec::new();
    let mut offset = 0;
    while offset < text.len() {
        let line_end = end_of_line(text, offset);
        if let Some((variables, end)) = systemd::variables(text, offset) {
            found.extend(variables);
            offset = end + 1;
            continue;
        }
        offset = match assignment(text, offset, line_end, rules, in_vain) {
            Some((assignment, end)) => {
                found.push(assignment);
                end_of_line(text, end).max(line_end) + 1
            }
            None => line_end + 1,
        };
    }
    found
}

/// The offset of the line feed that ends the line at `offset`, or of the end of the text.
pub(super) fn end_of_line(text: &str, offset: usize) -> usize {
    let rest = text.as_bytes().get(offset..).unwrap_or_default();
    memchr::memchr(b'\n', rest).map_or(text.len(), |length| offset + length)
}

fn assignment(
    text: &str,
    start: usize,
    line_end: usize,
    rules: Rules,
    in_vain: &mut usize,
) -> Option<(Assignment, usize)> {
    let line = text.get(start..line_end)?;
    memchr::memchr3(b'=', b' ', b':', line.as_bytes())?;
    let (at, setenv) = name_start(line)?;
    let rest = line.get(at..)?;
    let length = rest
        .bytes()
        .position(|byte| !(byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-')))
        .unwrap_or(rest.len());
    let name = rest.get(..length).filter(|name| !name.is_empty() && name.len() <= 200)?;
    let after = rest.get(length..)?;
    // `set "NAME=value"` and `$env:NAME = "value"` are among the spellings.
    let blank = after.len() - after.trim_ascii_start().len();
    let sign = after.get(blank..)?;
    let is_colon = rules == Rules::Properties && sign.starts_with(':');
    let mut value = if is_colon || sign.starts_with('=') && !sign.starts_with("==") {
        blank + 1
    } else if setenv && blank > 0 {
        blank
    } else {
        return None;
    };
    value += after.get(value..)?.len() - after.get(value..)?.trim_start_matches([' ', '\t']).len();
    let value_start = start + at + length + value;
    let felix = (rules == Rules::Felix).then(|| properties::felix(text, value_start)).flatten();
    let (value, end) = match rules {
        Rules::Felix if felix.is_some() => felix?,
        // Quotation marks mean nothing to Java, so that something else must read what has them.
        Rules::Properties if !text.get(value_start..)?.starts_with(['"', '\'']) => {
            properties::property(text, value_start, line_end)
        }
        Rules::Properties | Rules::Felix | Rules::Shell | Rules::Literal => {
            self::value(text, value_start, line_end, rules, in_vain)
        }
    };
    let name_start = start + at;
    let assignment =
        Assignment { name: name.to_owned(), name_span: Span::new(name_start, name_start + length), value };
    Some((assignment, end))
}

/// Where the name begins in `line`, and whether its value follows without a sign of equality.
fn name_start(line: &str) -> Option<(usize, bool)> {
    let mut rest = line.trim_start();
    if rest.starts_with(['#', ';', '!']) || rest.starts_with("//") {
        return None;
    }
    let mut bare = false;
    rest = rest.strip_prefix("- ").unwrap_or(rest).trim_start();
    loop {
        let before = BEFORE
            .iter()
            .find(|before| rest.get(..before.len()).is_some_and(|start| start.eq_ignore_ascii_case(before)));
        if let Some(before) = before {
            bare |= matches!(*before, "setx " | "setenv ");
            rest = rest.get(before.len()..)?.trim_start();
        } else if rest.get(..5).is_some_and(|start| start.eq_ignore_ascii_case("$env:")) {
            rest = rest.get(5..)?;
        } else {
            break;
        }
    }
    rest = rest.strip_prefix(['"', '\'']).unwrap_or(rest);
    Some((line.len() - rest.len(), bare))
}

/// The value at `start` and the offset after it.
fn value(text: &str, start: usize, line_end: usize, rules: Rules, in_vain: &mut usize) -> (Derived, usize) {
    let rest = text.get(start..).unwrap_or_default();
    let quoted = match rest.as_bytes() {
        _ if *in_vain == 0 => None,
        [b'"', b'"', b'"', ..] => triple(rest, start),
        [b'"', ..] => double(rest, start),
        [b'\'', ..] => single(rest, start),
        [b'$', b'\'', ..] => ansi(rest, start),
        [b'`', ..] => backtick(rest, start),
        _ => None,
    };
    if quoted.is_none() && rest.starts_with(['"', '\'', '`']) {
        *in_vain = in_vain.saturating_sub(1);
    }
    // A shell takes what is between single quotation marks as it is, and has no blank before them.
    let follows_sign = || text.get(..start).unwrap_or_default().ends_with('=');
    let is_shell = rest.starts_with('\'') && (rules == Rules::Literal || follows_sign());
    let quoted = quoted.map(|(value, end)| match literal::unescaped_once(value.text()) {
        Some(once) if !is_shell => (once.through(&value.origin), end),
        _ => (value, end),
    });
    quoted.unwrap_or_else(|| bare(text, start, line_end, in_vain))
}

/// A value without quotation marks: to the end of the line, but for a comment, or as far as the PEM block or the object
/// that it begins goes, as `env` prints them.
fn bare(text: &str, start: usize, line_end: usize, in_vain: &mut usize) -> (Derived, usize) {
    if is_continued(text, start, line_end) {
        return continued(text, start, line_end);
    }
    let end = more_lines(text, start, line_end, in_vain).unwrap_or(line_end);
    let whole = text.get(start..end).unwrap_or_default();
    let value =
        if end == line_end { whole.find(" #").map_or(whole, |comment| &whole[..comment]) } else { whole };
    let value = value.trim_end();
    // The mark that `set "NAME=value"` ends with is no part of the value.
    let opened = text.get(..start).unwrap_or_default();
    let opened = opened.get(opened.rfind('\n').map_or(0, |newline| newline + 1)..).unwrap_or_default();
    let value = match value.strip_suffix('"') {
        Some(inner) if opened.contains('"') && !value.starts_with(['"', '{']) => inner,
        _ => value,
    };
    (Derived::slice(text, Span::new(start, start + value.len())), end)
}

/// Whether the line ends in a backslash that isn't itself escaped, so that the next one belongs to it.
pub(super) fn is_continued(text: &str, start: usize, line_end: usize) -> bool {
    let line = text.get(start..line_end).unwrap_or_default();
    let line = line.strip_suffix('\r').unwrap_or(line);
    let backslashes = line.bytes().rev().take_while(|byte| *byte == b'\\').count();
    backslashes % 2 == 1 && line_end < text.len()
}

/// A value over several lines, each but the last ending in a backslash, as in Java's properties and in shells.
fn continued(text: &str, start: usize, line_end: usize) -> (Derived, usize) {
    let mut builder = Builder::new(line_end - start);
    let (mut from, mut end) = (start, line_end);
    for _ in 0..MOST_LINES {
        let goes_on = is_continued(text, from, end);
        let line = text.get(from..end).unwrap_or_default().trim_end_matches('\r');
        let line = if goes_on { line.strip_suffix('\\').unwrap_or(line) } else { line.trim_end() };
        builder.exact(line, from);
        if !goes_on {
            break;
        }
        let next = text.get(end + 1..).unwrap_or_default();
        from = end + 1 + next.len() - next.trim_start_matches([' ', '\t']).len();
        end = end_of_line(text, from);
    }
    (builder.finish(), end)
}

fn more_lines(text: &str, start: usize, line_end: usize, in_vain: &mut usize) -> Option<usize> {
    let line = text.get(start..line_end)?;
    let is_pem = line.starts_with("-----BEGIN ") && !line.contains("-----END ");
    if *in_vain == 0 || !is_pem && !line.starts_with('{') {
        return None;
    }
    let within = limit(text, start);
    let end = if is_pem { pem_length(within) } else { object_length(within) };
    if end.is_none() {
        *in_vain -= 1;
    }
    let end = start + end?;
    (end > line_end).then(|| if is_pem { end_of_line(text, end) } else { end })
}

/// Where the END line of the block that `text` begins with begins.
fn pem_length(text: &str) -> Option<usize> {
    let end = text.find("-----END ")?;
    (!text.get("-----BEGIN ".len()..end)?.contains("-----BEGIN ")).then_some(end)
}

/// As much of the text as a value of several lines may have.
fn limit(text: &str, start: usize) -> &str {
    let rest = text.get(start..).unwrap_or_default();
    let end = memchr::memchr_iter(b'\n', rest.as_bytes()).nth(MOST_LINES).unwrap_or(rest.len());
    rest.get(..end).unwrap_or_default()
}

/// The length of the JSON object or array that `text` begins with, judged by brackets and strings alone.
pub(super) fn object_length(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let (mut depth, mut string, mut offset) = (0_usize, false, 0);
    while let Some(byte) = bytes.get(offset) {
        match byte {
            b'\\' if string => offset += 1,
            b'"' => string = !string,
            b'{' | b'[' if !string => depth += 1,
            b'}' | b']' if !string => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    return Some(offset + 1);
                }
            }
            _ => {}
        }
        offset += 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_gives_its_value_and_place() {
        for (text, expected) in [
            ("A=b", vec![("A", "b")]),
            ("  A = b # why\r\nB=c#d\n", vec![("A", "b"), ("B", "c#d")]),
            ("export A='b c'\n# X=y\n; Y=z\n! Z=1", vec![("A", "b c")]),
            ("declare -x A=\"b\\\"c\\n\"", vec![("A", "b\"c\\n")]),
            ("declare -x A=$'b\\nc\\'d'", vec![("A", "b\nc'd")]),
            ("A='it'\\''s'", vec![("A", "it's")]),
            ("A=\"b\nc\"\nD=e", vec![("A", "b\nc"), ("D", "e")]),
            ("A=\"\"\"b\n\"c\"\n\"\"\"\nD=e", vec![("A", "b\n\"c\"\n"), ("D", "e")]),
            ("A=`b`", vec![("A", "b")]),
            ("$env:A = \"b\"", vec![("A", "b")]),
            ("$Env:A='b'", vec![("A", "b")]),
            ("set A=b c", vec![("A", "b c")]),
            ("SET \"A=b c\"", vec![("A", "b c")]),
            ("setx A \"b\"", vec![("A", "b")]),
            ("setenv A b", vec![("A", "b")]),
            ("ENV A=b", vec![("A", "b")]),
            ("docker run -e A=b", vec![("A", "b")]),
            ("- A=b", vec![("A", "b")]),
            ("aem.client-id=b", vec![("aem.client-id", "b")]),
            (
                "A=-----BEGIN X-----\nY\n-----END X-----\nB=c",
                vec![("A", "-----BEGIN X-----\nY\n-----END X-----"), ("B", "c")],
            ),
            ("A={\n \"b\": \"}\"\n}\nB=c", vec![("A", "{\n \"b\": \"}\"\n}"), ("B", "c")]),
            ("A={\"b\": 1}\nB=c", vec![("A", "{\"b\": 1}"), ("B", "c")]),
            ("A=\"open\nB=c", vec![("A", "\"open"), ("B", "c")]),
            ("A={\nB=c", vec![("A", "{"), ("B", "c")]),
            ("A=b\\\n   c \\\r\n\td\nB=e\\\\\nC=f\\", vec![("A", "bc d"), ("B", "e\\\\"), ("C", "f\\")]),
            ("A=\nB=c", vec![("A", ""), ("B", "c")]),
            ("if a == b\nx y\n=z", vec![]),
        ] {
            let found = assignments(text, Rules::Shell, &mut 10);
            let shown: Vec<_> = found.iter().map(|one| (one.name.as_str(), one.value.text())).collect();
            assert_eq!(shown, expected, "{text}");
            for one in found {
                assert_eq!(&text[one.name_span.range()], one.name);
                let all = Span::new(0, one.value.text().len());
                if one.value.origin.is_exact(all) {
                    assert_eq!(&text[one.value.origin.outer(all).range()], one.value.text());
                }
            }
        }
    }

    /// A file may have a million of them.
    #[test]
    fn a_short_value_takes_little_memory() {
        for text in
            ["A='b'", "A=\"b\"", "A=\"b\\\"\"", "A=$'b'", "A=`b`", "A=\"\"\"b\"\"\"", "A=b", "A='b'\\''c'"]
        {
            let text = format!("{text}\n{}", "B='c'\n".repeat(20_000));
            for one in assignments(&text, Rules::Shell, &mut 10) {
                let (bytes, _) = one.value.into_parts();
                assert!(bytes.expose().capacity() <= 16, "{}", one.name);
            }
        }
    }
}
