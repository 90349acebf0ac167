//! Values in several string literals of source code that are joined: documents, keys, secrets.
//!
//! Owns: where the first of them begins and the last ends, and which spelling makes a value of them. Does not own: escapes
//! (see `shared::escape`), a key in one literal (see `literals`).

use crate::credential::{CLIENT_ID, CLIENT_SECRET, Field, SERVICE_NAMES, TOKEN, field_of, token_scheme};
use crate::json;
use crate::source::{Origin, Span};
use crate::unwrap::limits::Attempts;
use crate::unwrap::place::{Builder, Extract};
use crate::unwrap::shared::{
    Assignment, QUOTES, escaped_by, floor, is_bare, name_before, object_length, opening, quote_at, undoubled,
    unescape, unindented,
};

/// What the values begin with that are looked for.
const BEGINNINGS: [&str; 5] = ["{", "-----BEGIN ", CLIENT_SECRET, CLIENT_ID, TOKEN];

/// What is before a token in the head of a request.
const BEARER: &str = "Bearer ";

/// What joins two literals, beside blanks and comments; of two that fit, the former. `+` in JavaScript, Java and C#, `.` in
/// PHP, `..` in Lua, `&` in Visual Basic, `||` in SQL, `\` at the end of a line in Python and shells, builders in Java.
const JOINS: [&str; 8] = ["+", "..", ".", "& _", "&", "||", "\\", ").append("];

/// What programs call a line break, in small letters; of two that fit, the former.
const LINE_BREAKS: [&str; 19] = [
    "system.environment.newline",
    "environment.newline",
    "system.lineseparator()",
    "system.getproperty(\"line.separator\")",
    "controlchars.crlf",
    "controlchars.newline",
    "controlchars.lf",
    "vbcrlf",
    "vbnewline",
    "vblf",
    "php_eol",
    "os.eol",
    "os.linesep",
    "chr(10)",
    "chr$(10)",
    "chrw(10)",
    "char(10)",
    "nchar(10)",
    "std::endl",
];

/// What programs call the character before the line feed where a line break is two.
const RETURNS: [&str; 6] = ["vbcr", "chr(13)", "chr$(13)", "chrw(13)", "char(13)", "nchar(13)"];

/// What stands before a literal.
const PREFIXES: [char; 7] = ['r', 'b', 'f', 'u', 'R', '@', '$'];

/// No document has more characters, however it is spelled.
const REACH: usize = 256 * 1024;

/// The first line of PEM, with PowerShell's line break.
const BEGIN_LINE: usize = 40;

/// How often all of a text may be read in vain.
const READINGS: usize = 4;

/// How two literals are joined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Join {
    /// By a sign that says so.
    Sign,
    /// By two, with a line break between them.
    Line,
    /// By standing side by side, as in Python and C.
    Nothing,
    /// By being in one list.
    List,
}

/// What is inside a literal's quotation marks, where they begin, and how it is joined to the one before.
struct Literal {
    start: usize,
    inner: Span,
    quote: &'static str,
    join: Join,
}

/// How literals are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Spelling {
    /// `\n` is a line break.
    Escaped,
    /// `\n` is what it is.
    Raw,
    /// So it is, even before a quotation mark, which is written twice: single ones in PowerShell and SQL.
    Plain,
    /// So it is, and a quotation mark is written twice.
    Doubled,
    /// `` `n `` is a line break.
    Backtick,
}

/// The values in at least two literals.
pub(crate) fn find(text: &str, attempts: &Attempts) -> Vec<(Span, Assignment)> {
    let bytes = text.as_bytes();
    let mut found = find_at(text, memchr::memchr3_iter(b'{', b'-', b'p', bytes), attempts);
    found.extend(find_at(text, memchr::memmem::find_iter(bytes, TOKEN), attempts));
    found
}

/// Those that begin at one of `places`, which are in order.
fn find_at(text: &str, places: impl Iterator<Item = usize>, attempts: &Attempts) -> Vec<(Span, Assignment)> {
    let (mut found, mut from, mut spent) = (Vec::new(), 0, 0);
    let has_fields =
        SERVICE_NAMES.iter().any(|name| memchr::memmem::find(text.as_bytes(), name.as_bytes()).is_some());
    for at in places {
        let Some((at, beginning)) = beginning(text, at).filter(|(at, _)| *at >= from) else { continue };
        if beginning == "{" && !has_fields || attempts.exhausted().is_some() {
            continue;
        }
        let Some((start, quote)) = opening(text, from, at) else { continue };
        let within = &text[..floor(text, (at + REACH).min(text.len()))];
        let variable = variable(text, start);
        let spelling = spelling(&text[at..], quote);
        let mut literals = literals(within, start, quote, spelling, variable);
        let Some(end) = literals.last().map(|last| last.inner.end + last.quote.len()) else {
            attempts.fail();
            continue;
        };
        let mut value = value(within, &literals, beginning, spelling);
        if value.is_none() && quote == "'" && spelling == Spelling::Escaped {
            literals = self::literals(within, start, quote, Spelling::Plain, variable);
            value = self::value(within, &literals, beginning, Spelling::Plain);
        }
        let Some((value, count)) = value else {
            // What is joined to no value is read again for what begins in its middle, but not without end.
            spent += end - start;
            if spent > text.len() * READINGS {
                from = end;
                attempts.fail();
            }
            continue;
        };
        let span = Span::new(start, literals[count - 1].inner.end + literals[count - 1].quote.len());
        from = span.end;
        let name = Some(name_before(text, start)).filter(|name| !name.is_empty()).or(variable);
        let name = name.unwrap_or_default().trim_start_matches('$').to_owned();
        let before = start.saturating_sub(1);
        let name_span =
            text[..start].rfind(&name).map_or(Span::at(before), |at| Span::new(at, at + name.len()));
        found.push((span, Assignment { name, name_span, value }));
    }
    found
}

/// What of [`BEGINNINGS`] the byte at `at` is of, and where that begins.
fn beginning(text: &str, at: usize) -> Option<(usize, &'static str)> {
    BEGINNINGS.into_iter().find_map(|beginning| {
        // `cm-p` is found by its `p`, as the others are by their first character.
        let start = at.checked_sub(if beginning == CLIENT_ID { 3 } else { 0 })?;
        let is_sent = beginning == TOKEN && text[..start].ends_with(BEARER);
        let scheme = if is_sent { BEARER.len() } else { 0 };
        text.get(start..)?.starts_with(beginning).then_some((start - scheme, beginning))
    })
}

/// How the literal is written that has `text` behind its `quote`.
fn spelling(text: &str, quote: &str) -> Spelling {
    let inner = text.strip_prefix('{').unwrap_or_default().trim_ascii_start();
    let is_powershell = || text.get(..BEGIN_LINE).is_some_and(|line| line.contains("-----`"));
    if quote == "\"" && is_powershell() {
        Spelling::Backtick
    } else if quote == "\"" && inner.starts_with("\"\"") {
        Spelling::Doubled
    } else if quote == "\""
        && (inner.starts_with("`\"") || inner.starts_with("`n") || inner.starts_with("`r"))
    {
        Spelling::Backtick
    } else {
        Spelling::Escaped
    }
}

/// The literal at `start` and those that are joined to it. Nothing if the first has no end.
fn literals(
    text: &str,
    start: usize,
    quote: &'static str,
    spelling: Spelling,
    variable: Option<&str>,
) -> Vec<Literal> {
    let mut found = Vec::new();
    let mut at = Some((start, quote, Join::Nothing));
    while let Some((start, quote, join)) = at {
        let inner = start + quote.len();
        let Some(length) = text.get(inner..).and_then(|rest| closing(rest, quote, spelling)) else { break };
        let end = inner + length;
        found.push(Literal { start, inner: Span::new(inner, end), quote, join });
        let after = end + quote.len();
        at = next(text, after, spelling).or_else(|| added(text, after, variable?));
    }
    found
}

/// What is written between a variable and a literal that becomes the end of it, and how the two are joined then.
const ADDS: [(&str, Join); 6] = [
    ("+=", Join::Sign),
    (".=", Join::Sign),
    (".append(", Join::Sign),
    (".Append(", Join::Sign),
    (".AppendLine(", Join::List),
    (".push(", Join::List),
];

/// The variable that the literal at `start` is given to or becomes the end of.
fn variable(text: &str, start: usize) -> Option<&str> {
    let before = text.get(..start)?.trim_end_matches(PREFIXES).trim_end_matches([' ', '\t']);
    let adds = ADDS.into_iter().find_map(|(sign, _)| before.strip_suffix(sign));
    let before = adds.or_else(|| before.strip_suffix('='))?.trim_end_matches([' ', '\t']);
    let is_part = |one: char| one.is_ascii_alphanumeric() || matches!(one, '_' | '$' | '.');
    let name = before.get(before.trim_end_matches(is_part).len()..)?;
    (!name.is_empty() && name.len() <= 100).then_some(name)
}

/// The literal that the statement after `after` adds to `variable`.
fn added(text: &str, after: usize, variable: &str) -> Option<(usize, &'static str, Join)> {
    let rest = text.get(after..)?;
    let rest = rest.trim_start_matches(|one: char| one.is_ascii_whitespace() || matches!(one, ')' | ';'));
    let rest = rest.strip_prefix(variable)?.trim_start_matches([' ', '\t']);
    let (rest, join) = ADDS.into_iter().find_map(|(sign, join)| Some((rest.strip_prefix(sign)?, join)))?;
    let rest = rest.trim_start_matches([' ', '\t']).trim_start_matches(PREFIXES);
    Some((text.len() - rest.len(), quote_at(rest)?, join))
}

/// Where the string ends that `text` is the rest of.
fn closing(text: &str, quote: &str, spelling: Spelling) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut from = 0;
    loop {
        let end = from + memchr::memmem::find(bytes.get(from..)?, quote.as_bytes())?;
        let is_escaped = match spelling {
            Spelling::Escaped | Spelling::Raw => !is_bare(bytes, end, b'\\'),
            Spelling::Backtick => !is_bare(bytes, end, b'`'),
            Spelling::Plain => bytes.get(end + 1) == Some(&b'\''),
            Spelling::Doubled => bytes.get(end + 1) == Some(&b'"'),
        };
        if !is_escaped {
            return Some(end);
        }
        from = end + if matches!(spelling, Spelling::Doubled | Spelling::Plain) { 2 } else { 1 };
    }
}

/// Where the next literal begins, with which mark, and how it is joined to what ends at `after`.
fn next(text: &str, after: usize, spelling: Spelling) -> Option<(usize, &'static str, Join)> {
    let mut at = after;
    let (mut join, mut is_broken) = (Join::Nothing, false);
    // Three of them are one that is written twice after one.
    let quotes = if spelling == Spelling::Doubled { &["\""][..] } else { &QUOTES };
    loop {
        let rest = text.get(at..)?;
        let trimmed = rest.trim_ascii_start();
        at += rest.len() - trimmed.len();
        let first = trimmed.chars().next()?;
        if trimmed.starts_with("//") || trimmed.starts_with("--") || first == '#' {
            at += trimmed.find('\n')?;
        } else if trimmed.starts_with("/*") {
            at += trimmed.find("*/")? + 2;
        } else if let Some(quote) = quotes.iter().find(|quote| trimmed.starts_with(**quote)) {
            // A quotation mark that is written twice is one in the string, as databases have it.
            let is_doubled = at == after && text[..at].ends_with(quote);
            let join = if is_broken && join == Join::Sign { Join::Line } else { join };
            return (!is_doubled).then_some((at, *quote, join));
        } else if first == ',' && join == Join::Nothing {
            (join, at) = (Join::List, at + 1);
        } else if let Some(sign) =
            JOINS.into_iter().find(|sign| join == Join::Nothing && trimmed.starts_with(sign))
        {
            (join, at) = (Join::Sign, at + sign.len());
        } else if first == ')' && join == Join::Nothing {
            // The call may stand on the next line.
            let call = trimmed[1..].trim_ascii_start();
            call.strip_prefix(".append(")?;
            (join, at) = (Join::Sign, text.len().min(at + trimmed.len() - call.len() + ".append(".len()));
        } else if join == Join::Sign
            && let Some((length, is_break)) = control(trimmed)
        {
            // Another sign joins what comes after it.
            (join, at, is_broken) = (Join::Nothing, at + length, is_broken || is_break);
        } else if PREFIXES.contains(&first) && trimmed[1..].starts_with(['"', '\'']) {
            at += 1;
        } else {
            return None;
        }
    }
}

/// The length of what `text` begins with, if programs call a line break so, and whether it is all of one.
fn control(text: &str) -> Option<(usize, bool)> {
    let begins = |name: &&str| text.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name));
    let is_break = LINE_BREAKS.iter().find(|name| begins(name)).map(|name| (name.len(), true));
    is_break.or_else(|| RETURNS.iter().find(|name| begins(name)).map(|name| (name.len(), false)))
}

/// What `literals` say together, if that is what such a `beginning` promises, and of how many of them it is made.
fn value(text: &str, literals: &[Literal], beginning: &str, spelling: Spelling) -> Option<(Extract, usize)> {
    let is_signed = |literal: &&Literal| literal.join == Join::Sign;
    if literals.len() < 2 {
        return None;
    }
    match beginning {
        "{" => {
            let spellings = if spelling == Spelling::Escaped {
                &[Spelling::Escaped, Spelling::Raw][..]
            } else {
                &[spelling]
            };
            let separators =
                if literals.iter().any(|one| one.join == Join::List) { &["\n", ""][..] } else { &[""] };
            let mut ways =
                spellings.iter().flat_map(|one| separators.iter().map(move |separator| (*one, *separator)));
            ways.find_map(|(spelling, separator)| object(text, literals, spelling, separator))
        }
        // What comes after the block is something else.
        "-----BEGIN " => {
            let last = literals.iter().position(|one| text[one.inner.range()].contains("-----END "))?;
            let value = joined(text, &literals[..=last], spelling, "\n");
            (last > 0 && field_of(value.text()).is_some_and(Field::pem)).then_some((value, last + 1))
        }
        _ => {
            let read = |count: usize| {
                let value = joined(text, &literals[..count], spelling, "");
                let is_field = field_of(&value.text()[token_scheme(value.text())..]).is_some();
                (count > 1 && is_field).then_some((value, count))
            };
            // Side by side are also two arguments, unless the first is nothing by itself.
            let is_whole = literals.first().is_some_and(|one| field_of(&text[one.inner.range()]).is_some());
            let is_side_by_side = |literal: &&Literal| !is_whole && literal.join != Join::List;
            read(1 + literals[1..].iter().take_while(is_signed).count())
                .or_else(|| read(1 + literals[1..].iter().take_while(is_side_by_side).count()))
        }
    }
}

/// The object that `literals` say together. What comes after it in the last one isn't of it.
fn object(text: &str, literals: &[Literal], spelling: Spelling, separator: &str) -> Option<(Extract, usize)> {
    let all = joined(text, literals, spelling, separator);
    let blank = all.text().len() - all.text().trim_ascii_start().trim_start_matches('|').len();
    let length = object_length(&all.text()[blank..])?;
    let object = Extract::slice(all.text(), Span::new(blank, blank + length)).through(&all.origin);
    let end = object.all().end;
    let count = literals.iter().take_while(|literal| literal.start < end).count();
    (count > 1 && json::parse(object.text(), json::Limits::default()).is_ok()).then_some((object, count))
}

/// The insides of `literals`, with `separator` between the items of a list that don't end in a line break.
fn joined(text: &str, literals: &[Literal], spelling: Spelling, separator: &str) -> Extract {
    let mut builder =
        Builder::new(literals.iter().map(|literal| literal.inner.end - literal.inner.start).sum());
    let mut ends_line = true;
    for Literal { start, inner, quote, join } in literals {
        let raw = text.get(inner.range()).unwrap_or_default();
        let origin = Origin::exact(raw.len(), inner.start);
        let inside = match spelling {
            Spelling::Escaped => unescape(raw).through(&origin),
            Spelling::Raw => Extract::slice(text, *inner),
            Spelling::Plain => undoubled(raw, b'\'').through(&origin),
            Spelling::Doubled => undoubled(raw, b'"').through(&origin),
            Spelling::Backtick => escaped_by(raw, b'`').through(&origin),
        };
        match join {
            Join::List if !ends_line => builder.whole(separator, Span::at(*start)),
            Join::Line => builder.whole("\n", Span::at(*start)),
            _ => {}
        }
        let inside = if quote.len() == 3 { unindented(&inside) } else { inside };
        ends_line = inside.text().ends_with('\n');
        builder.part(inside.text(), &inside.origin, Span::new(0, inside.text().len()));
    }
    builder.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(text: &str) -> Vec<(String, String)> {
        let found = find(text, &Attempts::new(500));
        found.into_iter().map(|(_, one)| (one.name, one.value.text().to_owned())).collect()
    }

    #[test]
    fn joined_literals_are_the_value_that_their_program_has() {
        const OBJECT: &str = r#"{"imsEndpoint":"a","b":"x\n"}"#;
        for (source, name) in [
            (r#"const c = "{\"imsEndpoint\":\"a\"," + "\"b\":\"x\\n\"}";"#, "c"),
            ("const c = '{\"imsEndpoint\":' + // why\n  '\"a\",\"b\":\"x\\\\n\"}';", "c"),
            ("C = ('{\"imsEndpoint\":\"a\",' # why\n     r'\"b\":\"x' '\\\\n\"}')", "C"),
            ("$c = '{\"imsEndpoint\":\"a\",' .\n'\"b\":\"x\\n\"}';", "c"),
            ("C='{\"imsEndpoint\":\"a\",'\\\n'\"b\":\"x\\n\"}'", "C"),
            ("var c = @\"{\"\"imsEndpoint\"\":\"\"a\"\",\" +\n @\"\"\"b\"\":\"\"x\\n\"\"}\";", "c"),
            ("Dim c = \"{\"\"imsEndpoint\"\":\"\"a\"\",\" & _\n \"\"\"b\"\":\"\"x\\n\"\"}\"", "c"),
            ("$c = \"{`\"imsEndpoint`\":`\"a`\",\" + \"`\"b`\":`\"x\\n`\"}\"", "c"),
            // A line break of JSON that is cut in two, where a backslash escapes nothing.
            ("$c = '{\"imsEndpoint\":\"a\",\"b\":\"x\\' +\n 'n\"}'", "c"),
            ("local c = '{\"imsEndpoint\":\"a\",' .. '\"b\":\"x\\\\n\"}'", "c"),
            ("SELECT '{\"imsEndpoint\":\"a\",' || '\"b\":\"x\\n\"}'", ""),
            ("char *c = \"{\\\"imsEndpoint\\\":\\\"a\\\",\"\n /* why */ \"\\\"b\\\":\\\"x\\\\n\\\"}\";", "c"),
            (
                "new StringBuilder().append(\"{\\\"imsEndpoint\\\":\\\"a\\\",\")\n .append(\"\\\"b\\\":\\\"x\\\\n\\\"}\")",
                "",
            ),
        ] {
            let shown = values(source);
            assert_eq!(shown.first().map(|(_, value)| value.as_str()), Some(OBJECT), "{source}");
            assert_eq!(shown[0].0, name, "{source}");
        }
        let (one, two) = ("'{\"imsEndpoint\":\"a\",'", "'\"b\":\"x\\\\n\"}'");
        for (source, name) in [
            (format!("let c = {one};\nc += {two};"), "c"),
            (format!("c = ''\nc += {one}\nc += {two}\n"), "c"),
            (format!("$c = {one};\n$c .= {two};"), "c"),
            (format!("sb.append({one});\n  sb.append({two});"), "sb"),
            (format!("this.sb.Append({one});\n  this.sb.Append({two});"), "this.sb"),
            (format!("lines.push({one});lines.push({two})"), "lines"),
        ] {
            let value = if name == "lines" { OBJECT.replace(",\"b", ",\n\"b") } else { OBJECT.to_owned() };
            assert_eq!(values(&source), [(name.to_owned(), value)], "{source}");
        }
        assert!(values(&format!("c = {one}\nd += {two}")).is_empty());
        let (list, pem) = (
            "c = [\n'{',\n'\"imsEndpoint\": \"a\"',\n'}',\n].join('\\n')",
            "-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----",
        );
        assert_eq!(values(list)[0].1, "{\n\"imsEndpoint\": \"a\"\n}");
        let joined = pem.replace('\n', "\\n\" +\n  \"");
        assert_eq!(values(&format!("KEY = \"{joined}\"")), [(String::from("KEY"), pem.to_owned())]);
        for between in [
            "\" + Environment.NewLine +\n \"",
            "\" & vbCrLf & _\n \"",
            "\" & Chr(13) & Chr(10) & \"",
            "\" || CHR(13)||CHR(10) || \"",
            "\"\n + System.lineSeparator() // why\n + \"",
        ] {
            let joined = pem.replace('\n', between);
            assert_eq!(
                values(&format!("KEY = \"{joined}\"")),
                [(String::from("KEY"), pem.to_owned())],
                "{between}"
            );
        }
        let secret = "p8e-t63u3jVz9X1-9kVjJemcToGOGmykxyQt";
        let cut = |sign: &str| format!("s = '{}'{sign}'{}'", &secret[..12], &secret[12..]);
        for sign in [" + ", " ", "\n    "] {
            assert_eq!(values(&cut(sign)), [(String::from("s"), secret.to_owned())], "{sign:?}");
        }
        assert!(values(&cut(", ")).is_empty());
        assert!(values(&format!("s = '{secret}' 'else'")).is_empty(), "the first is all of it");
    }

    #[test]
    fn what_is_no_value_is_none() {
        for source in [
            String::new(),
            String::from("'{\"imsEndpoint\": \"a\"}'"),
            String::from("'{\"imsEndpoint\": ' + f() + '\"a\"}'"),
            String::from("'{\"imsEndpoint\": ' +"),
            String::from("'{\"imsEndpoint\": \"a\"}' + "),
            String::from("'{\"imsEndpoint\": ' + '\"a\""),
            String::from("'{\"imsEndpoint\": ' é '\"a\"}'"),
            String::from("'{\"a\": ' + '\"a\"}'"),
            String::from("'{\"imsEndpoint\": ' .append"),
            String::from("'{\"imsEndpoint\": ' /* "),
            // A thousand levels, none of which ends; as many beginnings, as many literals in one.
            format!("imsEndpoint {}", "'{' + ".repeat(20_000)),
            format!("imsEndpoint {}", "'{".repeat(20_000)),
            format!("imsEndpoint {}", "'p8e-' + ".repeat(20_000)),
            format!("imsEndpoint '{{' {}", "+ ' ' ".repeat(20_000)),
            format!("imsEndpoint {}{}", "\"{".repeat(20_000), " ".repeat(20_000)),
        ] {
            assert!(values(&source).is_empty(), "{}", &source[..source.len().min(100)]);
        }
    }
}
