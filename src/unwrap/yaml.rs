//! YAML with places.
//!
//! Owns: the tree of a YAML text, the way of each scalar back to its characters, bounds on nesting, number and aliases.
//! Does not own: the grammar, which is saphyr-parser's, nor what the values mean.

use std::collections::HashMap;
use std::rc::Rc;

use saphyr_parser::{Event, Parser, ScalarStyle};
use zeroize::Zeroize as _;

use super::derived::{Builder, Derived};
use super::limits::Limit;
use super::node::{Member, Node, NodeKind, Scalar, get};
use super::scalar::{self, Style};
use crate::json;
use crate::source::Span;

/// Why a text is no YAML that can be looked through.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Unreadable {
    /// It is something else.
    Syntax,
    /// It is more than the limits allow.
    Limit(Limit),
}

/// The documents of the YAML in the part `span` of `text`.
pub(super) fn read(text: &str, span: Span, limits: json::Limits) -> Result<Vec<Rc<Node>>, Unreadable> {
    let part = text.get(span.range()).unwrap_or_default();
    let mut reader = Reader {
        text,
        offsets: Offsets::new(part, span.start),
        open: Vec::new(),
        anchors: HashMap::new(),
        documents: Vec::new(),
        values: 0,
        limits,
    };
    let mut parser = Parser::new_from_str(part);
    loop {
        match parser.next_event() {
            None | Some(Ok((Event::StreamEnd, _))) => return Ok(reader.documents),
            Some(Err(_)) => return Err(Unreadable::Syntax),
            Some(Ok((event, span))) => {
                let span = reader.offsets.span(span.start.index(), span.end.index());
                reader.event(event, span)?;
            }
        }
    }
}

/// From positions in characters to offsets in bytes.
enum Offsets {
    Ascii(usize),
    Table(Vec<usize>),
}

impl Offsets {
    fn new(part: &str, start: usize) -> Self {
        if part.is_ascii() {
            return Self::Ascii(start);
        }
        let ends = std::iter::once(part.len());
        Self::Table(part.char_indices().map(|(offset, _)| offset).chain(ends).map(|at| at + start).collect())
    }

    fn span(&self, start: usize, end: usize) -> Span {
        Span::new(self.offset(start), self.offset(end).max(self.offset(start)))
    }

    fn offset(&self, index: usize) -> usize {
        match self {
            Self::Ascii(start) => start + index,
            Self::Table(offsets) => offsets.get(index).or(offsets.last()).copied().unwrap_or_default(),
        }
    }
}

/// A collection that has begun.
struct Open {
    start: usize,
    anchor: usize,
    /// The name that waits for its value, in a mapping.
    name: Option<(String, Span)>,
    content: NodeKind,
}

struct Reader<'t> {
    text: &'t str,
    offsets: Offsets,
    open: Vec<Open>,
    anchors: HashMap<usize, Rc<Node>>,
    documents: Vec<Rc<Node>>,
    values: usize,
    limits: json::Limits,
}

impl Reader<'_> {
    fn event(&mut self, event: Event<'_>, span: Span) -> Result<(), Unreadable> {
        match event {
            Event::Scalar(value, style, anchor, tag) => {
                let value = value.into_owned();
                let marked = anchor > 0 || tag.is_some();
                let vault = tag.as_ref().is_some_and(|tag| tag.suffix == "vault");
                let function =
                    tag.and_then(|tag| FUNCTIONS.into_iter().find(|function| *function == tag.suffix));
                if !self.is_at_name() {
                    self.count()?;
                }
                let mut scalar = scalar(self.text, span, value, style, marked, vault);
                if let Some(function) = function {
                    scalar.value = called(function, &scalar.value);
                }
                self.finish(Node { span, kind: NodeKind::Text(scalar) }, anchor);
            }
            Event::Alias(anchor) => {
                self.count()?;
                let kind = self
                    .anchors
                    .get(&anchor)
                    .map_or(NodeKind::Other, |node| NodeKind::Alias(Rc::clone(node)));
                self.finish(Node { span, kind }, 0);
            }
            Event::MappingStart(anchor, _) => self.begin(span.start, anchor, NodeKind::Map(Vec::new()))?,
            Event::SequenceStart(anchor, _) => {
                self.begin(span.start, anchor, NodeKind::Sequence(Vec::new()))?;
            }
            Event::MappingEnd | Event::SequenceEnd => {
                if let Some(open) = self.open.pop() {
                    let node = Node { span: Span::new(open.start, span.end), kind: merged(open.content) };
                    self.finish(node, open.anchor);
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn begin(&mut self, start: usize, anchor: usize, content: NodeKind) -> Result<(), Unreadable> {
        self.count()?;
        if self.open.len() >= self.limits.depth {
            return Err(Unreadable::Limit(Limit::Nesting(self.limits.depth)));
        }
        self.open.push(Open { start, anchor, name: None, content });
        Ok(())
    }

    /// Whether what comes next is a member's name, of which there are no more than values.
    fn is_at_name(&self) -> bool {
        matches!(self.open.last(), Some(Open { content: NodeKind::Map(_), name: None, .. }))
    }

    fn count(&mut self) -> Result<(), Unreadable> {
        self.values += 1;
        if self.values > self.limits.values {
            return Err(Unreadable::Limit(Limit::Values(self.limits.values)));
        }
        Ok(())
    }

    /// A value is complete: it is a name, a value, an element or a document.
    fn finish(&mut self, node: Node, anchor: usize) {
        let node = Rc::new(node);
        if anchor > 0 {
            self.anchors.insert(anchor, Rc::clone(&node));
        }
        match self.open.last_mut() {
            None => self.documents.push(node),
            Some(Open { content: NodeKind::Sequence(items), .. }) => items.push(node),
            Some(Open { content: NodeKind::Map(members), name, .. }) => match name.take() {
                Some((name, name_span)) => members.push(Member { name, name_span, value: node }),
                None => *name = Some((node.text().unwrap_or_default().to_owned(), node.span)),
            },
            Some(_) => {}
        }
    }
}

/// How many names `<<` may bring into one mapping.
const MOST_MERGED: usize = 100;

/// A mapping with what `<<` brings into it, unless it has that itself. What is merged stands elsewhere and is looked at
/// there, so that only its strings are taken.
fn merged(content: NodeKind) -> NodeKind {
    let NodeKind::Map(mut members) = content else { return content };
    let merges = members.iter().filter(|member| member.name == "<<").take(MOST_MERGED);
    let more: Vec<Member> = merges
        .flat_map(|merge| merge.value.members())
        .filter(|member| member.value.scalar().is_some())
        .take(MOST_MERGED)
        .filter(|member| get(&members, &member.name).is_none())
        .map(|member| {
            let alias = Node { span: member.value.span, kind: NodeKind::Alias(Rc::clone(&member.value)) };
            Member { name: member.name.clone(), name_span: member.name_span, value: Rc::new(alias) }
        })
        .collect();
    members.extend(more);
    NodeKind::Map(members)
}

/// `CloudFormation`'s functions with a short form that stands for the value of something else. What they are called with is
/// a name, and no value.
const FUNCTIONS: [&str; 3] = ["Ref", "GetAtt", "ImportValue"];

/// `!Ref X`, as it is written.
fn called(function: &str, argument: &Derived) -> Derived {
    let text = argument.text();
    let mut builder = Builder::new(text.len() + function.len() + 2);
    builder.whole(format!("!{function} "), Span::at(argument.all().start));
    builder.part(text, &argument.origin, Span::new(0, text.len()));
    builder.finish()
}

fn scalar(
    text: &str,
    span: Span,
    mut value: String,
    style: ScalarStyle,
    marked: bool,
    vault: bool,
) -> Scalar {
    let plain = style == ScalarStyle::Plain;
    let style = match style {
        ScalarStyle::Plain => Style::Plain,
        ScalarStyle::SingleQuoted => Style::Single,
        ScalarStyle::DoubleQuoted => Style::Double,
        ScalarStyle::Literal => Style::Literal,
        ScalarStyle::Folded => Style::Folded,
    };
    let derived = scalar::align(text, span, &value, style, marked);
    value.zeroize();
    Scalar { value: derived, plain, vault }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn all(text: &str) -> Vec<Rc<Node>> {
        read(text, Span::new(0, text.len()), json::Limits::default()).unwrap()
    }

    /// The characters that stand where those of the value do that have a place of their own.
    fn places(text: &str, scalar: &Scalar) -> String {
        let value = scalar.value.text();
        let characters = value.char_indices().map(|(at, character)| Span::new(at, at + character.len_utf8()));
        let exact = characters.filter(|span| scalar.value.origin.is_exact(*span));
        exact.map(|span| &text[scalar.value.origin.outer(span).range()]).collect()
    }

    #[test]
    fn every_style_is_carried_back_to_its_characters() {
        for (text, value, exact) in [
            ("a: plain é", "plain é", "plain é"),
            ("a: two\n  lines # x", "two lines", "twolines"),
            ("a: 'it''s\n\n  é'", "it's\né", "itsé"),
            (r#"a: "x\n\u00e9\xe9 \"y""#, "x\néé \"y", "x y"),
            ("a: \"x  \\\n   y  z\"", "x  y  z", "x  y  z"),
            ("a: |\n  é\n    b\n\n  c\nd: 1", "é\n  b\n\nc\n", "é\n  b\n\nc\n"),
            ("a: |-\r\n  b\r\n  c\r\n", "b\nc", "bc"),
            ("a: |2\n   b\n  c\n", " b\nc\n", " b\nc\n"),
            ("a: |\n\n  b\n", "\nb\n", "b\n"),
            ("a: >\n  b c\n  d\n\n  e\n", "b c d\ne\n", "b cde\n"),
            ("a: &x !y |\n  b\n", "b\n", "b\n"),
            ("a: !!str 'b'", "b", "b"),
        ] {
            let documents = all(text);
            let scalar = documents[0].get("a").unwrap().scalar().unwrap();
            assert_eq!(scalar.value.text(), value, "{text}");
            assert_eq!(places(text, scalar), exact, "{text}");
        }
    }

    #[test]
    fn aliases_stand_for_strings_and_merged_names_are_names() {
        let text = "base: &b {x: 1, y: &s two}\nz: *s\nall: {<<: *b, y: own}\n--- \n[1]";
        let documents = all(text);
        assert_eq!(documents.len(), 2);
        assert_eq!(documents[0].get("z").unwrap().text(), Some("two"));
        let merged = documents[0].get("all").unwrap();
        assert_eq!(
            (merged.get("x").unwrap().text(), merged.get("y").unwrap().text()),
            (Some("1"), Some("own"))
        );
    }

    proptest! {
        #[test]
        fn values_are_the_parsers_and_places_are_in_the_text(text in "[a-c:é\"'|>&*! \\\\\\[\\]{}\n\r\t,#-]{0,60}") {
            let span = Span::new(0, text.len());
            let Ok(documents) = read(&text, span, json::Limits::default()) else { return Ok(()) };
            let mut open: Vec<&Node> = documents.iter().map(|node| &**node).collect();
            while let Some(node) = open.pop() {
                prop_assert!(text.get(node.span.range()).is_some());
                if let Some(scalar) = node.scalar() {
                    let value = scalar.value.text();
                    prop_assert_eq!(scalar.value.origin.length(), value.len());
                    for (at, character) in value.char_indices() {
                        let span = Span::new(at, at + character.len_utf8());
                        let there = text.get(scalar.value.origin.outer(span).range());
                        let is_exact = scalar.value.origin.is_exact(span);
                        prop_assert!(there.is_some_and(|there| !is_exact || there.starts_with(character)));
                    }
                }
                open.extend(node.members().iter().map(|member| &*member.value).filter(|value| {
                    !matches!(value.kind, NodeKind::Alias(_))
                }));
                if let NodeKind::Sequence(items) = &node.kind {
                    open.extend(items.iter().map(|item| &**item));
                }
            }
        }
    }
}
