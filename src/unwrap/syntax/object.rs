//! Objects as source code has them: names without quotation marks, single ones, comments, commas at the end.
//!
//! Owns: reading one that is made of values alone, in JavaScript and TypeScript, or in Python and Ruby as far as they
//! agree. Does not own: where one begins, what it means. An expression that must be computed makes it none.

use std::borrow::Cow;

use crate::json;
use crate::source::{Origin, Span};
use crate::unwrap::find::document::{is_broken_json, is_source_object};
use crate::unwrap::limits::Budget;
use crate::unwrap::piece::{Inside, Piece, Pieces, pieces};
use crate::unwrap::place::filename::is_other_than_json;
use crate::unwrap::place::{Builder, Extract, Step, Text};
use crate::unwrap::shared::{Format, Member, Node, NodeKind, closing_quote, quote_at, unescape};

/// What is called with a value to make one of a database's types of it, in shells and programs.
const CALLS: [&str; 15] = [
    "ObjectId",
    "ISODate",
    "Date",
    "NumberInt",
    "NumberLong",
    "NumberDecimal",
    "Int32",
    "Long",
    "Double",
    "Decimal128",
    "Timestamp",
    "UUID",
    "BinData",
    "Binary.createFromBase64",
    "datetime.datetime",
];

/// The object that a variable in source code is given, or a console has shown, where that is all of `text`; elsewhere it is
/// meant to be JSON.
pub(crate) fn read<'t>(text: &'t Text<'_>, budget: &'t Budget<'_>) -> Option<Pieces<'t>> {
    let (whole, trimmed) = (text.text(), text.text().trim_ascii_start());
    if !is_broken_json(text) {
        return None;
    }
    let is_shown =
        || text.is_outermost() && is_other_than_json(text.name()) && is_all(whole, budget.structure());
    let is_assigned = text.is_assigned_in_source() && (is_source_object(whole) || has_arrow(whole));
    if !is_assigned && !is_shown() {
        return None;
    }
    let within = Span::new(whole.len() - trimmed.len(), whole.trim_ascii_end().len());
    piece(whole, within, budget.structure()).map(|piece| pieces([piece]))
}

/// Whether the first name in the object that `text` begins with has an arrow behind it, as Ruby shows it.
fn has_arrow(text: &str) -> bool {
    let name = text
        .trim_ascii_start()
        .strip_prefix('{')
        .and_then(|inner| inner.trim_ascii_start().strip_prefix('"'));
    let after = name.and_then(|name| Some(name.split_once('"')?.1));
    after.is_some_and(|after| after.trim_ascii_start().starts_with("=>"))
}

/// The object that begins where `within` does and doesn't go beyond it.
pub(crate) fn piece(text: &str, within: Span, limits: json::Limits) -> Option<Piece<'_>> {
    let root = parse(text.get(..within.end)?, within.start, limits)?;
    Some(Inside::Tree(root, Format::Other).after(Step::Embedded("object")))
}

/// Returns true if `text` is one object with comments and the like, and nothing else but comments: JSON as editors and
/// compilers have it in their settings.
pub(crate) fn is_all(text: &str, limits: json::Limits) -> bool {
    let mut parser = Parser { text, at: 0, depth: limits.depth, values: limits.values };
    parser.blanks();
    let root = parser.rest().starts_with('{').then(|| parser.value()).flatten();
    parser.blanks();
    root.is_some() && parser.rest().is_empty()
}

/// The object that begins at `start` of `text`. It ends where its span does.
pub(crate) fn parse(text: &str, start: usize, limits: json::Limits) -> Option<Node<'_>> {
    if !text.get(start..)?.starts_with('{') {
        return None;
    }
    Parser { text, at: start, depth: limits.depth, values: limits.values }.value()
}

struct Parser<'t> {
    text: &'t str,
    at: usize,
    /// How much deeper, and how many more values, may be read.
    depth: usize,
    values: usize,
}

impl<'t> Parser<'t> {
    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// Skips `token` if it comes next, after blanks and comments.
    fn skip(&mut self, token: &str) -> bool {
        self.blanks();
        let is_next = self.rest().starts_with(token);
        self.at += if is_next { token.len() } else { 0 };
        is_next
    }

    fn blanks(&mut self) {
        loop {
            let rest = self.rest();
            let trimmed = rest.trim_start();
            self.at += rest.len() - trimmed.len();
            let comment = if trimmed.starts_with("/*") {
                trimmed.find("*/").map(|end| end + 2)
            } else if trimmed.starts_with("//") || trimmed.starts_with('#') {
                trimmed.find('\n')
            } else {
                return;
            };
            self.at += comment.unwrap_or(trimmed.len());
        }
    }

    fn value(&mut self) -> Option<Node<'t>> {
        self.values = self.values.checked_sub(1)?;
        self.blanks();
        let start = self.at;
        let kind = match self.rest().chars().next()? {
            '{' => self.nested(Self::object)?,
            '[' => self.nested(Self::array)?,
            '"' | '\'' | '`' => NodeKind::string(self.strings()?, self.text),
            _ => self.word()?,
        };
        Some(Node::new(Span::new(start, self.at), kind))
    }

    fn nested(&mut self, read: fn(&mut Self) -> Option<NodeKind<'t>>) -> Option<NodeKind<'t>> {
        self.depth = self.depth.checked_sub(1)?;
        self.at += 1;
        let kind = read(self);
        self.depth += 1;
        kind
    }

    fn object(&mut self) -> Option<NodeKind<'t>> {
        let mut members = Vec::new();
        while !self.skip("}") {
            let (name, name_span) = self.name()?;
            if !self.skip(":") && !self.skip("=>") {
                return None;
            }
            let value = self.value()?;
            members.push(Member::new(name, name_span, value));
            if !self.skip(",") {
                return self.skip("}").then(|| NodeKind::Map(members.into()));
            }
        }
        Some(NodeKind::Map(members.into()))
    }

    fn array(&mut self) -> Option<NodeKind<'t>> {
        self.list("]")
    }

    /// Values up to `end`.
    fn list(&mut self, end: &str) -> Option<NodeKind<'t>> {
        let mut items = Vec::new();
        while !self.skip(end) {
            items.push(self.value()?);
            if !self.skip(",") {
                return self.skip(end).then(|| NodeKind::Sequence(items.into()));
            }
        }
        Some(NodeKind::Sequence(items.into()))
    }

    /// What a database's type is made of: the first value, as a number where it is written as one.
    fn call(&mut self) -> Option<NodeKind<'t>> {
        let NodeKind::Sequence(items) = self.list(")")? else { return None };
        Some(match items.into_iter().next().map(|value| value.kind) {
            Some(NodeKind::Text(scalar)) => {
                let plain = scalar.is_plain() || scalar.text().parse::<i64>().is_ok();
                NodeKind::Text(scalar.with(plain))
            }
            _ => NodeKind::Other,
        })
    }

    fn name(&mut self) -> Option<(Cow<'t, str>, Span)> {
        self.blanks();
        let start = self.at;
        if self.rest().starts_with(['"', '\'']) {
            let name = self.string()?;
            let (text, span) = (self.text, Span::new(start + 1, self.at - 1));
            let here = text.get(span.range()).filter(|here| *here == name.text());
            return Some((here.map_or_else(|| Cow::Owned(name.text().to_owned()), Cow::Borrowed), span));
        }
        let rest = self.rest();
        let length = rest.find(|one: char| !(one.is_alphanumeric() || matches!(one, '_' | '$')));
        let name = rest.get(..length?).filter(|name| !name.is_empty())?;
        self.at += name.len();
        Some((Cow::Borrowed(name), Span::new(start, self.at)))
    }

    /// Strings that are added to each other, or stand side by side, as Python has them.
    fn strings(&mut self) -> Option<Extract> {
        let first = self.string()?;
        let mut end = self.at;
        let mut builder: Option<Builder> = None;
        loop {
            let is_added = self.skip("+");
            self.blanks();
            if !is_added && quote_at(self.rest()).is_none() {
                break;
            }
            let next = self.string()?;
            let builder = builder.get_or_insert_with(|| {
                let mut builder = Builder::new(first.text().len() + next.text().len());
                append(&mut builder, &first);
                builder
            });
            append(builder, &next);
            end = self.at;
        }
        self.at = end;
        Some(builder.map_or(first, Builder::finish))
    }

    fn string(&mut self) -> Option<Extract> {
        let rest = self.rest();
        let mark = quote_at(rest)?;
        // Two marks alone are an empty string, three begin one of several lines.
        let inner = rest.get(mark.len()..)?;
        let end = closing_quote(inner, mark, b'\\')?;
        let raw = inner.get(..end)?;
        let is_line = mark.len() == 1 && mark != "`";
        let is_whole = !raw.contains('\n') || !is_line || raw.contains("\\\n") || raw.contains("\\\r\n");
        if mark == "`" && raw.contains("${") || !is_whole {
            return None;
        }
        let start = self.at + mark.len();
        self.at = start + end + mark.len();
        Some(unescape(raw).through(&Origin::exact(raw.len(), start)))
    }

    fn word(&mut self) -> Option<NodeKind<'t>> {
        let _ = self.skip("new ");
        let rest = self.rest();
        let is_part = |one: char| one.is_ascii_alphanumeric() || matches!(one, '.' | '-' | '_' | '!' | '+');
        let word = rest.get(..rest.find(|one| !is_part(one))?)?;
        // JSON5 has a sign before positive numbers, too.
        let sign = usize::from(
            word.strip_prefix('+').is_some_and(|rest| rest.starts_with(|one: char| one.is_ascii_digit())),
        );
        let (word, start) = (&word[sign..], self.at + sign);
        self.at = start + word.len();
        if CALLS.contains(&word) {
            return self.nested(Self::call);
        }
        let meaning = match word {
            // Programs that make scripts small write `!0`.
            "true" | "True" | "!0" => "true",
            "false" | "False" | "!1" => "false",
            "null" | "None" | "nil" | "undefined" => return Some(NodeKind::Other),
            _ if word.parse::<f64>().is_ok() => word,
            _ => return None,
        };
        Some(NodeKind::literal(meaning, Span::new(start, self.at)))
    }
}

fn append(builder: &mut Builder, text: &Extract) {
    builder.part(text.text(), &text.origin, Span::new(0, text.text().len()));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::unwrap::shared::Writer;

    fn json(text: &str) -> Option<String> {
        let node = parse(text, 0, json::Limits::default())?;
        let mut writer = Writer::new(text.len(), Span::default());
        writer.node(&node, text);
        Some(format!("{}{}", writer.finish().text(), &text[node.span().end..]))
    }

    #[test]
    fn what_source_code_says_is_what_json_says() {
        for (text, expected) in [
            ("{}", Some("{}")),
            ("{a: 1, 'b': \"c\", $d_: `e`,}; x", Some("{\"a\":1,\"b\":\"c\",\"$d_\":\"e\"}; x")),
            ("{ // it's\n a /* } */: [true, null, -1.5, ], # x\n }", Some("{\"a\":[true,null,\"-1.5\"]}")),
            (r#"{'a': True, "b" => 'it\'s\n\u0041'}"#, Some(r#"{"a":true,"b":"it's\nA"}"#)),
            ("{a:!0,b:!1}", Some("{\"a\":true,\"b\":false}")),
            ("{a: 'b' +\n \"c\" + `\nd`}", Some("{\"a\":\"bc\\nd\"}")),
            ("{a: '''b\n'c' ''', d: ''}", Some("{\"a\":\"b\\n'c' \",\"d\":\"\"}")),
            ("{'a': 'b'\n  \"c\" r'd'}", None),
            ("{'a': 'b'\n  \"c\", d: ''}", Some("{\"a\":\"bc\",\"d\":\"\"}")),
            ("{_id: ObjectId('1'), a: Int32(200), b: NumberLong(\"7\"), c: new Date('x'), d: f}", None),
            (
                "{_id: ObjectId('x'), a: Int32(200), b: NumberLong(\"7\"), c: new Date('x'), d: Timestamp({t: 1, i: 2})}",
                Some("{\"_id\":\"x\",\"a\":200,\"b\":7,\"c\":\"x\",\"d\":null}"),
            ),
            ("{a: ObjectId}", None),
            ("{a: ObjectId('b'}", None),
            ("{a: Date()}", Some("{\"a\":null}")),
            ("{a: eval('b')}", None),
            ("{a}", None),
            ("{a: b}", None),
            ("{a: f()}", None),
            ("{...a}", None),
            ("{a: `${b}`}", None),
            ("{a: 'b\nc'}", None),
            ("{a: 'b", None),
            ("{a: 1", None),
            ("{a: 1 b: 2}", None),
            ("[1]", None),
        ] {
            assert_eq!(json(text).as_deref(), expected, "{text}");
        }
        assert!(json(&"{a:".repeat(100_000)).is_none());
    }
}
