//! PEM in the string literals of source code: one of several lines, or several that are joined.
//!
//! Owns: where such a literal begins and ends, and what joins it to the next. Does not own: escapes (see `escape`), PEM.

use crate::credential::field_of;
use crate::source::{Origin, Span};
use crate::unwrap::limits::Attempts;
use crate::unwrap::piece::Inside;
use crate::unwrap::place::{Builder, Extract};
use crate::unwrap::prose::Occurrence;
use crate::unwrap::shared::{closing_quote, escaped_by, floor, name_before, opening, quote_at, unindented};

/// What stands between joined literals, beside blanks and comments: `+` in JavaScript, Java and C#, `.` in PHP, `&` in Visual
/// Basic, `\` at the end of a line in Python and shells, `,` in a list of lines.
const JOINS: [char; 5] = ['+', '.', '&', '\\', ','];

/// No key has more characters, however it is spelled.
const REACH: usize = 64 * 1024;

/// All of them.
pub(crate) fn find<'t>(text: &'t str, attempts: &Attempts) -> Vec<Occurrence<'t>> {
    let mut found = Vec::new();
    let mut from = 0;
    for at in memchr::memmem::find_iter(text.as_bytes(), "-----BEGIN ") {
        if at < from || attempts.exhausted().is_some() {
            continue;
        }
        let Some((start, quote)) = opening(text, from, at) else { continue };
        let within = &text[..floor(text, (at + REACH).min(text.len()))];
        let Some((value, end)) = joined(within, start, quote) else {
            attempts.fail();
            continue;
        };
        from = end;
        // What is in one literal as it is, is found as it is.
        let is_plain = value.text() == text.get(start + quote.len()..end - quote.len()).unwrap_or_default();
        let Some(field) = field_of(value.text()).filter(|field| field.pem() && !is_plain) else { continue };
        found.push(Occurrence::new(Span::new(start, end), move |span, scope| {
            let name = name_before(scope.part, span.start).to_owned();
            Some(Inside::Value(field, name, value.shifted(scope.offset)).here())
        }));
    }
    found
}

/// What the literal at `start` and those that are joined to it say, as far as the end of the first PEM block, and where that
/// literal ends.
fn joined(text: &str, start: usize, quote: &'static str) -> Option<(Extract, usize)> {
    let mut builder = Builder::new(4096);
    let (mut start, mut quote, mut separator) = (start, quote, "");
    loop {
        let inner = start + quote.len();
        // PowerShell's line breaks say that its escapes are meant.
        let rest = text.get(inner..)?;
        let is_backtick = |end: &usize| quote == "\"" && rest[..*end].contains("-----`");
        let end = closing_quote(rest, quote, b'`').filter(is_backtick);
        let (escape, end) = match end {
            Some(end) => (b'`', inner + end),
            None => (b'\\', inner + closing_quote(rest, quote, b'\\')?),
        };
        let raw = text.get(inner..end)?;
        let literal = escaped_by(raw, escape).through(&Origin::exact(raw.len(), inner));
        if !separator.is_empty() {
            builder.whole(separator, Span::at(start));
        }
        // In Rust, the blanks after a line break that is escaped are no part of a string.
        let is_indented = quote.len() == 3 || raw.contains("\\n\\\n");
        let literal = if is_indented { unindented(&literal) } else { literal };
        builder.part(literal.text(), &literal.origin, Span::new(0, literal.text().len()));
        let after = end + quote.len();
        if literal.text().contains("-----END ") {
            return Some((builder.finish(), after));
        }
        let (next, is_list) = next(text, after)?;
        separator = if is_list && !literal.text().ends_with('\n') { "\n" } else { "" };
        start = next;
        quote = quote_at(text.get(next..)?)?;
    }
}

/// Where the next literal begins, and whether both are items of a list.
fn next(text: &str, mut at: usize) -> Option<(usize, bool)> {
    let mut join = None;
    loop {
        let rest = text.get(at..)?;
        let trimmed = rest.trim_start();
        at += rest.len() - trimmed.len();
        let first = trimmed.chars().next()?;
        if trimmed.starts_with("//") || trimmed.starts_with("/*") || first == '#' {
            let end = if trimmed.starts_with("/*") { trimmed.find("*/")? + 2 } else { trimmed.find('\n')? };
            at += end;
        } else if matches!(first, '"' | '\'' | '`') {
            return Some((at, join == Some(',')));
        } else if join.is_none() && JOINS.contains(&first) {
            join = Some(first);
            at += 1;
        } else if matches!(first, 'r' | 'b' | 'f' | 'u' | '@' | '$') && trimmed[1..].starts_with(['"', '\''])
        {
            at += 1;
        } else {
            return None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_say_what_their_programs_would_say() {
        let pem = "-----BEGIN PRIVATE KEY-----\nAAAA\nBBBB\n-----END PRIVATE KEY-----";
        for source in [
            "k = \"-----BEGIN PRIVATE KEY-----\\n\" +\n  \"AAAA\\n\" + // one\n \"BBBB\\n\" + \"-----END PRIVATE KEY-----\";",
            "k = ('-----BEGIN PRIVATE KEY-----\\n'\n 'AAAA\\n' # one\n r'BBBB'\n'\\n-----END PRIVATE KEY-----')",
            "$k = \"-----BEGIN PRIVATE KEY-----\\n\" . 'AAAA' . \"\\nBBBB\\n-----END PRIVATE KEY-----\";",
            "k = [\n'-----BEGIN PRIVATE KEY-----',\n'AAAA',\n'BBBB',\n'-----END PRIVATE KEY-----',\n].join('\\n')",
            "k = \"-----BEGIN PRIVATE KEY-----\\nAAAA\\nBBBB\\n-----END PRIVATE KEY-----\"",
            "k = '-----BEGIN PRIVATE KEY-----\\n\\\nAAAA\\n\\\nBBBB\\n\\\n-----END PRIVATE KEY-----'",
            "k = \"-----BEGIN PRIVATE KEY-----\\x0aAAAA\\u{a}BBBB\\u000A-----END PRIVATE KEY-----\"",
            "k = \"\"\"\n    -----BEGIN PRIVATE KEY-----\n    AAAA\n    BBBB\n    -----END PRIVATE KEY-----\"\"\"",
            "k = \"\"\"\n |-----BEGIN PRIVATE KEY-----\n |AAAA\n |BBBB\n |-----END PRIVATE KEY-----\"\"\".trimMargin()",
        ] {
            let at = source.find("-----BEGIN").unwrap();
            let (start, quote) = opening(source, 0, at).unwrap();
            let (value, _) = joined(source, start, quote).unwrap();
            assert_eq!(value.text().trim_start().trim_start_matches('|'), pem, "{source}");
        }
        for source in [
            "k = \"-----BEGIN PRIVATE KEY-----\\n\" + f() + \"AAAA\"",
            "k = \"-----BEGIN PRIVATE KEY-----\\n\" +",
            "k = \"-----BEGIN PRIVATE KEY-----\\n",
            "k = \"-----BEGIN PRIVATE KEY-----\\n\" \u{e9}",
            &format!("k = {}", "\"-----BEGIN \" + ".repeat(1_000)),
        ] {
            let at = source.find("-----BEGIN").unwrap();
            let (start, quote) = opening(source, 0, at).unwrap();
            assert!(joined(source, start, quote).is_none(), "{source}");
        }
    }
}
