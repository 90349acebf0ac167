//! YAML with places.
//!
//! Owns: the tree of a YAML text, the way of each scalar back to its characters, bounds on nesting, number and aliases.
//! Does not own: the grammar, which is saphyr-parser's, nor what the values mean.

mod scalar;

use std::borrow::Cow;
use std::collections::HashMap;
use std::iter;
use std::rc::Rc;

use saphyr_parser::{Event, Parser, ScalarStyle};
use zeroize::Zeroize as _;

use crate::json;
use crate::source::Span;
use crate::unwrap::find::candidate::is_candidate;
use crate::unwrap::find::prefixed::{self, Prefix};
use crate::unwrap::limits::{Budget, Limit};
use crate::unwrap::piece::{Inside, Piece, Pieces, pieces, too_much};
use crate::unwrap::place::filename::is_source_code;
use crate::unwrap::place::{Builder, Extract, SpanSet, Step, Text};
use crate::unwrap::shared::{Dialect, Format, Member, Node, NodeKind, Scalar, get};

/// The documents in `text`, and what was commented out.
pub(crate) fn read<'t>(text: &'t Text<'_>, budget: &'t Budget<'_>) -> Option<Pieces<'t>> {
    // Property files and programs look like YAML, and so do objects that a console shows.
    if Dialect::of(text.name()) == Dialect::Properties
        || is_source_code(text.name())
        || is_console(text.text())
    {
        return None;
    }
    let limit = match stream(text, text.all(), None, budget) {
        Ok(Some(pieces)) => return Some(pieces),
        Ok(None) => None,
        Err(limit) => Some(limit),
    };
    let chunks = chunks(text.text());
    if chunks.len() < 2 {
        return limit.map(|limit| too_much(limit, text.all()));
    }
    // One document that can't be read, a template for example, is no reason to give up those beside it.
    let limit = limit.map(|limit| Inside::Limit(limit).here());
    let chunks = chunks.into_iter().enumerate().flat_map(move |(index, chunk)| {
        let number = Step::DocumentNumber(index + 1);
        let (limit, read) = match stream(text, chunk, Some(&number), budget) {
            Ok(read) => (None, read),
            Err(limit) => (Some(Inside::Limit(limit).here()), None),
        };
        let read = read.unwrap_or_else(|| pieces([Inside::Prose(chunk).after(number)]));
        limit.into_iter().chain(read)
    });
    Some(Box::new(limit.into_iter().chain(chunks)))
}

/// Whether `text` is an object in single quotation marks in which `\n` is a line break, as JavaScript and Python show one. In
/// YAML it isn't.
fn is_console(text: &str) -> bool {
    let has = |mark: &str| memchr::memmem::find(text.as_bytes(), mark.as_bytes()).is_some();
    text.trim_ascii_start().starts_with(['{', '['])
        && has("'-----BEGIN ")
        && (has("-----\\n") || has("-----\\r"))
}

/// What is in the part `span` of `text`, if that is YAML with some structure.
fn stream<'t>(
    text: &'t Text<'_>,
    span: Span,
    number: Option<&Step>,
    budget: &'t Budget<'_>,
) -> Result<Option<Pieces<'t>>, Limit> {
    let Some(Documents { filled, count }) = parse(text.text(), span, budget.structure())? else {
        return Ok(None);
    };
    // A line of a log, a table or a dump is a mapping of one name by chance.
    let is_chance = |name: &str| name.contains(['\t', '{', '"']);
    let is_none = |document: &Node<'_>| match &document.own().kind {
        NodeKind::Text(_) => true,
        NodeKind::Map(members) => members.len() == 1 && is_chance(&members[0].name),
        _ => false,
    };
    if filled.iter().all(|(_, document)| is_none(document)) {
        return Ok(None);
    }
    let steps = Vec::from_iter(number.cloned());
    let are_several = count > 1;
    let outer = steps.clone();
    let trees = filled.into_iter().map(move |(number, document)| {
        let number = are_several.then_some(Step::DocumentNumber(number));
        let steps = outer.iter().cloned().chain(number).collect();
        Piece { steps, inside: Inside::Tree(document, Format::Other) }
    });
    let comments = iter::once_with(move || comments(&text.slice(span))).flatten().map(move |mut piece| {
        piece.steps.splice(0..0, steps.iter().cloned());
        piece
    });
    // A script, a log or a shell's history may be a mapping by chance.
    Ok(Some(Box::new(trees.chain(comments).chain([Inside::Unexplained(span).here()]))))
}

/// What was commented out of `all` is still there.
fn comments<'t>(all: &Extract) -> Vec<Piece<'t>> {
    let mut found = Vec::new();
    let mut covered = SpanSet::default();
    for (_, text) in
        prefixed::texts(all.text()).into_iter().filter(|(prefix, _)| *prefix == Prefix::Mark("#"))
    {
        let text = text.through(&all.origin);
        covered.add(text.all());
        found.push(Inside::Text(text).after(Step::Embedded("lines")));
    }
    let mut start = all.all().start;
    for line in all.text().split_inclusive('\n') {
        let end = start + line.len();
        let is_comment = line.trim_ascii_start().starts_with('#') && !covered.touches(Span::new(start, end));
        if is_comment && is_candidate(line.as_bytes()) {
            let hash = start + line.find('#').map_or(0, |hash| hash + 1);
            found.push(Inside::Prose(Span::new(hash, end)).here());
        }
        start = end;
    }
    found
}

/// The documents of a YAML stream, by the lines that separate them.
fn chunks(text: &str) -> Vec<Span> {
    let mut chunks = Vec::new();
    let mut add = |chunk: Span| {
        let is_empty = text.get(chunk.range()).unwrap_or_default().trim_ascii().is_empty();
        chunks.extend((!is_empty).then_some(chunk));
    };
    let mut start = 0;
    let mut offset = 0;
    for line in text.split_inclusive('\n') {
        if line.trim_ascii_end() == "---" {
            add(Span::new(start, offset));
            start = offset + line.len();
        }
        offset += line.len();
    }
    add(Span::new(start, text.len()));
    chunks
}

/// The documents of a stream.
struct Documents<'t> {
    /// Those with something in them, and their numbers. Of empty ones there may be one in each line.
    filled: Vec<(usize, Node<'t>)>,
    /// How many there are.
    count: usize,
}

/// The documents of the YAML in the part `span` of `text`; `None` if it is something else.
fn parse(text: &str, span: Span, limits: json::Limits) -> Result<Option<Documents<'_>>, Limit> {
    let part = text.get(span.range()).unwrap_or_default();
    let mut tree = TreeBuilder {
        text,
        offsets: Offsets::new(part, span.start),
        open: Vec::new(),
        anchors: HashMap::new(),
        documents: Documents { filled: Vec::new(), count: 0 },
        values: 0,
        limits,
    };
    let mut parser = Parser::new_from_str(part);
    loop {
        match parser.next_event() {
            None | Some(Ok((Event::StreamEnd, _))) => return Ok(Some(tree.documents)),
            Some(Err(_)) => return Ok(None),
            Some(Ok((event, span))) => {
                if is_prose(&event, tree.open.is_empty()) {
                    return Ok(None);
                }
                let span = tree.offsets.span(span.start.index(), span.end.index());
                tree.event(event, span)?;
            }
        }
    }
}

/// Whether all of a document is one string without quotation marks, and longer than anybody writes: lines of variables, words.
fn is_prose(event: &Event<'_>, is_root: bool) -> bool {
    let long = |value: &str| value.len() > LONG;
    is_root && matches!(event, Event::Scalar(value, ScalarStyle::Plain, ..) if long(value))
}

/// From positions in characters to offsets in bytes.
struct Offsets<'t> {
    part: &'t str,
    /// Where it begins.
    start: usize,
    /// The offset of every [`STEP`]th character; of ASCII none is needed.
    steps: Vec<usize>,
}

/// A table of all characters would be eight times as long as the text.
const STEP: usize = 64;

impl<'t> Offsets<'t> {
    fn new(part: &'t str, start: usize) -> Self {
        let offsets = || part.char_indices().step_by(STEP).map(|(offset, _)| offset);
        Self { part, start, steps: if part.is_ascii() { Vec::new() } else { offsets().collect() } }
    }

    fn span(&self, start: usize, end: usize) -> Span {
        Span::new(self.offset(start), self.offset(end).max(self.offset(start)))
    }

    fn offset(&self, index: usize) -> usize {
        if self.steps.is_empty() {
            return self.start + index;
        }
        let step = self.steps.get(index / STEP).copied();
        let rest = step.and_then(|step| self.part.get(step..)).unwrap_or_default();
        let after = rest.char_indices().nth(index % STEP).map(|(after, _)| after);
        self.start + step.zip(after).map_or(self.part.len(), |(step, after)| step + after)
    }
}

/// A collection that has begun.
struct Open<'t> {
    start: usize,
    anchor: usize,
    /// The name that waits for its value, in a mapping.
    name: Option<(Cow<'t, str>, Span)>,
    content: Content<'t>,
}

enum Content<'t> {
    Map(Vec<Member<'t>>),
    Sequence(Vec<Node<'t>>),
}

struct TreeBuilder<'t> {
    text: &'t str,
    offsets: Offsets<'t>,
    open: Vec<Open<'t>>,
    anchors: HashMap<usize, Rc<Node<'t>>>,
    documents: Documents<'t>,
    values: usize,
    limits: json::Limits,
}

impl<'t> TreeBuilder<'t> {
    fn event(&mut self, event: Event<'_>, span: Span) -> Result<(), Limit> {
        match event {
            // The parser makes something up for an empty document.
            Event::Scalar(value, ScalarStyle::Plain, ..) if self.open.is_empty() && value.is_empty() => {
                self.documents.count += 1;
            }
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
                    let value = called(function, &scalar.value());
                    scalar = Scalar::new(value, scalar.is_plain(), self.text);
                }
                self.finish(Node::new(span, NodeKind::Text(scalar)), anchor);
            }
            Event::Alias(anchor) => {
                self.count()?;
                let kind = self
                    .anchors
                    .get(&anchor)
                    .map_or(NodeKind::Other, |node| NodeKind::Alias(Rc::clone(node)));
                self.finish(Node::new(span, kind), 0);
            }
            Event::MappingStart(anchor, _) => self.begin(span.start, anchor, Content::Map(Vec::new()))?,
            Event::SequenceStart(anchor, _) => {
                self.begin(span.start, anchor, Content::Sequence(Vec::new()))?;
            }
            Event::MappingEnd | Event::SequenceEnd => {
                if let Some(open) = self.open.pop() {
                    let kind = match open.content {
                        Content::Map(members) => NodeKind::Map(merged(members).into()),
                        Content::Sequence(items) => NodeKind::Sequence(items.into()),
                    };
                    self.finish(Node::new(Span::new(open.start, span.end), kind), open.anchor);
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn begin(&mut self, start: usize, anchor: usize, content: Content<'t>) -> Result<(), Limit> {
        self.count()?;
        if self.open.len() >= self.limits.depth {
            return Err(Limit::Nesting(self.limits.depth));
        }
        self.open.push(Open { start, anchor, name: None, content });
        Ok(())
    }

    /// Whether what comes next is a member's name, of which there are no more than values.
    fn is_at_name(&self) -> bool {
        matches!(self.open.last(), Some(Open { content: Content::Map(_), name: None, .. }))
    }

    fn count(&mut self) -> Result<(), Limit> {
        self.values += 1;
        if self.values > self.limits.values {
            return Err(Limit::Values(self.limits.values));
        }
        Ok(())
    }

    /// A value is complete: it is a name, a value, an element or a document.
    fn finish(&mut self, mut node: Node<'t>, anchor: usize) {
        if anchor > 0 {
            let (span, shared) = (node.span(), Rc::new(node));
            self.anchors.insert(anchor, Rc::clone(&shared));
            node = Node::new(span, NodeKind::Shared(shared));
        }
        match self.open.last_mut() {
            None => {
                self.documents.count += 1;
                self.documents.filled.push((self.documents.count, node));
            }
            Some(Open { content: Content::Sequence(items), .. }) => items.push(node),
            Some(Open { content: Content::Map(members), name, .. }) => match name.take() {
                Some((name, name_span)) => members.push(Member::new(name, name_span, node)),
                None => *name = Some((node.scalar().map(Scalar::name).unwrap_or_default(), node.span())),
            },
        }
    }
}

/// How many names `<<` may bring into one mapping.
const MOST_MERGED: usize = 100;

/// A mapping with what `<<` brings into it, unless it has that itself. What is merged stands elsewhere and is looked at
/// there, so that only its strings are taken.
fn merged(mut members: Vec<Member<'_>>) -> Vec<Member<'_>> {
    let merges = members.iter().filter(|member| member.name == "<<").take(MOST_MERGED);
    let more: Vec<Member<'_>> = merges
        .flat_map(|merge| merge.value.members())
        .filter(|member| member.value.scalar().is_some())
        .take(MOST_MERGED)
        .filter(|member| get(&members, &member.name).is_none())
        .map(|member| {
            let value = Rc::new(member.value.resolved().clone());
            let alias = Node::new(member.value.span(), NodeKind::Alias(value));
            Member::new(member.name.clone(), member.name_span(), alias)
        })
        .collect();
    members.extend(more);
    members
}

/// `CloudFormation`'s functions with a short form that stands for the value of something else. What they are called with is
/// a name, and no value.
const FUNCTIONS: [&str; 3] = ["Ref", "GetAtt", "ImportValue"];

/// `!Ref X`, as it is written.
fn called(function: &str, argument: &Extract) -> Extract {
    let text = argument.text();
    let mut builder = Builder::new(text.len() + function.len() + 2);
    builder.whole(format!("!{function} "), Span::at(argument.all().start));
    builder.part(text, &argument.origin, Span::new(0, text.len()));
    builder.finish()
}

/// A string that is longer than this is no single value.
const LONG: usize = 256 * 1024;

/// Whether `text` is a long string of short lines: the way back of each would take many times its memory. Lines of variables
/// look like one string.
fn is_crowded(text: &str) -> bool {
    const SHORT: usize = 27;
    text.len() > LONG && memchr::memchr_iter(b'\n', text.as_bytes()).count() > text.len() / SHORT
}

fn scalar(
    text: &str,
    span: Span,
    mut value: String,
    style: ScalarStyle,
    marked: bool,
    vault: bool,
) -> Scalar<'_> {
    let plain = style == ScalarStyle::Plain;
    let extract = if is_crowded(text.get(span.range()).unwrap_or_default()) {
        let mut whole = Builder::new(value.len());
        whole.whole(&value, span);
        whole.finish()
    } else {
        scalar::align(text, span, &value, style, marked)
    };
    value.zeroize();
    if vault { Scalar::vault(extract) } else { Scalar::new(extract, plain, text) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn all(text: &str) -> Vec<Node<'_>> {
        let documents = parse(text, Span::new(0, text.len()), json::Limits::default()).unwrap().unwrap();
        documents.filled.into_iter().map(|(_, document)| document).collect()
    }

    #[test]
    fn empty_documents_are_only_counted() {
        for (text, numbers, count) in [
            ("a: 1", &[1][..], 1),
            ("a: 1\n---\n", &[1], 2),
            ("---\n---\na: 1\n---\n---\nb: 1", &[2, 4], 4),
            ("---\n---\n", &[], 2),
            ("--- ''\n--- ~\n", &[1, 2], 2),
        ] {
            let documents = parse(text, Span::new(0, text.len()), json::Limits::default()).unwrap().unwrap();
            let filled: Vec<usize> = documents.filled.iter().map(|(number, _)| *number).collect();
            assert_eq!((&filled[..], documents.count), (numbers, count), "{text:?}");
        }
    }

    /// The characters that stand where those of the value do that have a place of their own.
    fn places(text: &str, scalar: &Scalar<'_>) -> String {
        let (value, origin) = (scalar.text(), scalar.origin());
        let characters = value.char_indices().map(|(at, character)| Span::new(at, at + character.len_utf8()));
        let exact = characters.filter(|span| origin.is_exact(*span));
        exact.map(|span| &text[origin.outer(span).range()]).collect()
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
            assert_eq!(&*scalar.text(), value, "{text}");
            assert_eq!(places(text, scalar), exact, "{text}");
        }
    }

    #[test]
    fn aliases_stand_for_strings_and_merged_names_are_names() {
        let text = "base: &b {x: 1, y: &s two}\nz: *s\nall: {<<: *b, y: own}\n--- \n[1]";
        let documents = all(text);
        assert_eq!(documents.len(), 2);
        assert_eq!(documents[0].get("z").unwrap().text().as_deref(), Some("two"));
        let merged = documents[0].get("all").unwrap();
        let text = |name: &str| merged.get(name).unwrap().text();
        assert_eq!((text("x").as_deref(), text("y").as_deref()), (Some("1"), Some("own")));
    }

    proptest! {
        #[test]
        fn values_are_the_parsers_and_places_are_in_the_text(text in "[a-c:é\"'|>&*! \\\\\\[\\]{}\n\r\t,#-]{0,60}") {
            let span = Span::new(0, text.len());
            let Ok(Some(documents)) = parse(&text, span, json::Limits::default()) else { return Ok(()) };
            let mut open: Vec<&Node<'_>> = documents.filled.iter().map(|(_, document)| document).collect();
            while let Some(node) = open.pop() {
                prop_assert!(text.get(node.span().range()).is_some());
                if let Some(scalar) = node.scalar() {
                    let (value, origin) = (scalar.text(), scalar.origin());
                    prop_assert_eq!(origin.length(), value.len());
                    for (at, character) in value.char_indices() {
                        let span = Span::new(at, at + character.len_utf8());
                        let there = text.get(origin.outer(span).range());
                        let is_exact = origin.is_exact(span);
                        prop_assert!(there.is_some_and(|there| !is_exact || there.starts_with(character)));
                    }
                }
                open.extend(node.members().iter().map(|member| &member.value).filter(|value| {
                    !matches!(value.kind, NodeKind::Alias(_))
                }));
                if let NodeKind::Sequence(items) = &node.own().kind {
                    open.extend(items.iter());
                }
            }
        }
    }
}
