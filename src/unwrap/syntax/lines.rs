//! `NAME=value` in the spellings of `.env` files, shells, Dockerfiles, property files, units and dumps of the environment.
//!
//! Owns: finding assignments, and the list of ways to write a value. Does not own: any of these (see the files of this
//! folder), nor what names mean.

mod bare;
mod felix;
mod properties;
mod quoted;
mod registry;
mod systemd;

use std::vec;

use crate::source::Span;
use crate::unwrap::limits::Attempts;
use crate::unwrap::place::Extract;
use crate::unwrap::shared::{Assignment, Dialect, Unread, end_of_line};

/// Reads the variables that a line sets, and where it ends.
type ReadLine = fn(&str, usize) -> Option<(Vec<Assignment>, usize)>;

/// Lines that are no `NAME=value`, though they set variables. Another kind is a file and a line here.
const LINES: [ReadLine; 2] = [systemd::variables, registry::variables];

/// Reads a value, and where it ends.
type ReadValue = fn(&Unread<'_>) -> Option<(Extract, usize)>;

/// The ways to write a value, in the order in which they are tried. Another one is a file and a line here.
const VALUES: [ReadValue; 4] = [properties::value, felix::value, quoted::value, bare::value];

/// What may stand before a name, in small letters. Of several that fit, each is taken off in turn.
const BEFORE: [&str; 20] = [
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
    "--build-arg ",
    "--from-literal=",
    "--set ",
    "--set-string ",
    "-e ",
    "-x ",
    "-rx ",
];

/// All assignments in `text`, in order.
pub(crate) fn assignments<'t>(text: &'t str, dialect: Dialect, attempts: &'t Attempts) -> Assignments<'t> {
    Assignments { text, dialect, attempts, offset: 0, ready: Vec::new().into_iter() }
}

/// The assignments in a text, each read when it is asked for: a file may have millions.
pub(crate) struct Assignments<'t> {
    text: &'t str,
    dialect: Dialect,
    attempts: &'t Attempts,
    /// Where the next line begins.
    offset: usize,
    /// What else the line before it sets.
    ready: vec::IntoIter<Assignment>,
}

impl Iterator for Assignments<'_> {
    type Item = Assignment;

    fn next(&mut self) -> Option<Assignment> {
        let Self { text, dialect, attempts, .. } = *self;
        loop {
            if let Some(assignment) = self.ready.next() {
                return Some(assignment);
            }
            if self.offset >= text.len() {
                return None;
            }
            let line_end = end_of_line(text, self.offset);
            if let Some((variables, end)) = LINES.iter().find_map(|read| read(text, self.offset)) {
                self.ready = variables.into_iter();
                self.offset = end + 1;
                continue;
            }
            let unread = Unread { text, start: self.offset, line_end, dialect, attempts };
            let found = assignment(&unread);
            let end = found.as_ref().map_or(line_end, |(_, end)| end_of_line(text, *end).max(line_end));
            self.offset = end + 1;
            if let Some((assignment, _)) = found {
                return Some(assignment);
            }
        }
    }
}

/// The assignment in a line, and where its value ends.
fn assignment(unread: &Unread<'_>) -> Option<(Assignment, usize)> {
    let line = unread.text.get(unread.start..unread.line_end)?;
    if unread.dialect == Dialect::Properties {
        return property(unread);
    }
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
    let mut value = if sign.starts_with("=>") {
        // Ruby, PHP, Perl, Puppet.
        blank + 2
    } else if sign.starts_with('=') && !sign.starts_with("==") {
        blank + 1
    } else if setenv && blank > 0 {
        blank
    } else {
        return None;
    };
    value += after.get(value..)?.len() - after.get(value..)?.trim_start_matches([' ', '\t']).len();
    let name_start = unread.start + at;
    let unread = Unread { start: name_start + length + value, ..*unread };
    let (value, end) = VALUES.iter().find_map(|read| read(&unread))?;
    let name_span = Span::new(name_start, name_start + length);
    Some((Assignment { name: name.to_owned(), name_span, value }, end))
}

/// The property in a line, and where its value ends.
fn property(unread: &Unread<'_>) -> Option<(Assignment, usize)> {
    let (name, name_span, start) = properties::name(unread.text, unread.start, unread.line_end)?;
    let (value, end) = VALUES.iter().find_map(|read| read(&Unread { start, ..*unread }))?;
    Some((Assignment { name, name_span, value }, end))
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
            ("declare -x A=$'\\x62\\C-M\\012\\e'", vec![("A", "b\r\n\\e")]),
            ("kubectl x \\\n  --from-literal=A='b'\n  --set-string a.b=c", vec![("A", "b"), ("a.b", "c")]),
            ("docker run -e A=b", vec![("A", "b")]),
            ("- A=b", vec![("A", "b")]),
            ("aem.client-id=b", vec![("aem.client-id", "b")]),
            ("  a => 'b',\n  'c' => \"d\",", vec![("a", "b")]),
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
            let attempts = Attempts::new(10);
            let found: Vec<_> = assignments(text, Dialect::Shell, &attempts).collect();
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
            for one in assignments(&text, Dialect::Shell, &Attempts::new(10)) {
                let (bytes, _) = one.value.into_parts();
                assert!(bytes.expose().capacity() <= 16, "{}", one.name);
            }
        }
    }
}
