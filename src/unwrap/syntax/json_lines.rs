//! Several JSON values one after the other, as exports have one on each line.
//!
//! Owns: where each value ends. Does not own: one value.

use crate::credential::names_service_credential;
use crate::json::{self, Kind, SyntaxErrorKind};
use crate::source::Span;
use crate::unwrap::Json;
use crate::unwrap::find::candidate::{is_candidate, names_client};
use crate::unwrap::find::line_array::{is_split, names_field};
use crate::unwrap::find::prefixed;
use crate::unwrap::limits::{Budget, Limit};
use crate::unwrap::piece::{Inside, Piece, Pieces, pieces};
use crate::unwrap::place::{Builder, Extract, Step, Text};
use crate::unwrap::shared::{Format, Node, object_length};

/// What the line of a log is called that an object holds.
const MESSAGES: [&str; 6] = ["log", "MESSAGE", "message", "msg", "line", "text"];

/// The values in `text`, if it is one value and more after it.
pub(crate) fn read<'t>(text: &'t Text<'_>, budget: &'t Budget<'_>) -> Option<Pieces<'t>> {
    if text.json.get() != Json::Broken(SyntaxErrorKind::TrailingData) {
        return None;
    }
    let whole = text.text();
    if is_numbered(whole) {
        return None;
    }
    let mut values = Vec::new();
    let mut at = 0;
    loop {
        let rest = whole.get(at..).unwrap_or_default();
        at += rest.len() - rest.trim_ascii_start().len();
        let rest = rest.trim_ascii_start();
        let length = if rest.starts_with(['{', '[']) { object_length(rest) } else { None };
        let Some(length) = length else { break };
        values.push(Span::new(at, at + length));
        at += length;
    }
    // One value with something after it is a broken document and not a stream.
    if values.len() < 2 {
        return None;
    }
    let texts = lines(&values, whole, budget).unwrap_or_default();
    if !texts.is_empty() {
        return Some(pieces(
            texts.into_iter().map(|text| Inside::Text(text).after(Step::Embedded("messages"))),
        ));
    }
    let values = values.into_iter().enumerate();
    let rest = Span::new(at, whole.len());
    let rest = (at < whole.len()).then(|| Inside::Prose(rest).here());
    Some(Box::new(values.flat_map(|(index, span)| value(index, span, whole, budget)).chain(rest)))
}

/// Whether each line is behind the number of the program that wrote it: `[1] {`.
fn is_numbered(text: &str) -> bool {
    let is_behind_number = |line: &str| {
        let rest =
            line.strip_prefix('[').map(|rest| rest.trim_start_matches(|one: char| one.is_ascii_digit()));
        rest.and_then(|rest| rest.strip_prefix("] ")).is_some_and(|rest| !rest.trim().is_empty())
    };
    let mut lines = text.lines().filter(|line| !line.trim().is_empty());
    lines.by_ref().take(2).filter(|line| is_behind_number(line)).count() == 2
        && lines.all(|line| line.starts_with('['))
}

/// The text of which each of `values` has a line, as container runtimes and loggers write them, if a document is cut up in it.
fn lines(values: &[Span], whole: &str, budget: &Budget<'_>) -> Option<Vec<Extract>> {
    if !names_field(whole) && memchr::memmem::find(whole.as_bytes(), b"-----BEGIN ").is_none() {
        return None;
    }
    let mut text = Builder::new(whole.len() / 2);
    let (mut is_cut, mut is_key, mut has_message) = (false, false, None);
    for span in values {
        let root = json::parse(whole.get(span.range())?, budget.structure()).ok()?;
        let object = root.as_object()?;
        let name = match has_message {
            Some(name) => name,
            None => MESSAGES.into_iter().find(|name| object.has(name))?,
        };
        has_message = Some(name);
        let Kind::String(message) = &object.get(name)?.value.kind else { return None };
        let line = Extract::json(message, span.start);
        let inner = line.text();
        if inner.trim_end_matches(['\r', '\n']).contains('\n') {
            return None;
        }
        is_cut |= is_split(inner);
        is_key |= is_begin(inner);
        text.part(inner, &line.origin, Span::new(0, inner.len()));
        if !inner.ends_with('\n') {
            text.whole("\n", Span::at(line.all().end));
        }
    }
    if is_key {
        return Some(vec![text.finish()]);
    }
    is_cut.then(|| prefixed::documents(&text.finish()))
}

/// Whether a block of PEM begins in `line` and goes on in the next.
fn is_begin(line: &str) -> bool {
    line.contains("-----BEGIN ") && line.trim_end().ends_with("-----") && !line.contains("-----END ")
}

/// What the value at `span` is.
fn value<'t>(index: usize, span: Span, whole: &'t str, budget: &Budget<'_>) -> Vec<Piece<'t>> {
    let value = whole.get(span.range()).unwrap_or_default();
    if !is_candidate(value.as_bytes()) && !names_client(value) {
        return Vec::new();
    }
    let inside = match Node::json(whole, span, budget.structure()) {
        Ok(root) => vec![Inside::Tree(root, Format::Json)],
        Err(error) => match Limit::of(error.kind, budget.structure()) {
            Some(limit) => vec![Inside::Limit(limit), Inside::Prose(span)],
            None if names_service_credential(value) => vec![Inside::Document(span)],
            None => Vec::new(),
        },
    };
    inside.into_iter().map(|inside| inside.after(Step::DocumentNumber(index + 1))).collect()
}
