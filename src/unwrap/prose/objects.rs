//! Objects in a text that is none itself: as JSON, as source code has them, and in strings of source code.
//!
//! Owns: where one begins and ends, told by the names of fields in it. Does not own: what is in it.

mod literal;

use crate::credential::SERVICE_NAMES;
use crate::json;
use crate::source::Span;
use crate::unwrap::limits::Attempts;
use crate::unwrap::piece::{Inside, Piece};
use crate::unwrap::place::Step;
use crate::unwrap::prose::{Occurrence, Scope};
use crate::unwrap::shared::{Dialect, Format, Node, floor, object_length};
use crate::unwrap::syntax::object;
use literal::{Escaping, Literal};

/// How far an object's beginning may lie before a field, and its end behind.
const REACH: usize = 32 * 1024;

/// How many opening brackets before a field are tried.
const BRACKETS: usize = 8;

/// All of them, not overlapping.
pub(crate) fn find<'t>(text: &'t str, attempts: &Attempts) -> Vec<Occurrence<'t>> {
    let mut places: Vec<(usize, usize)> = SERVICE_NAMES
        .iter()
        .flat_map(|name| {
            memchr::memmem::find_iter(text.as_bytes(), name.as_bytes()).map(|at| (at, name.len()))
        })
        .collect();
    places.sort_unstable();
    let mut found = Vec::new();
    let mut end = 0;
    for (at, length) in places {
        let around = |before: &str, after: &str| {
            text[..at].ends_with(before) && text[at + length..].starts_with(after)
        };
        if at < end || attempts.exhausted().is_some() {
            continue;
        }
        let escaping = Escaping::of(text, Span::new(at, at + length));
        let occurrence = if let Some(escaping) = escaping {
            Literal::around(text, at, escaping).map(quoted)
        } else if around("\"", "\"") {
            object(text, at).or_else(|| source(text, at))
        } else if is_name_in_source(text, Span::new(at, at + length)) {
            source(text, at)
        } else {
            continue;
        };
        match occurrence {
            Some(occurrence) => {
                end = occurrence.span.end;
                found.push(occurrence);
            }
            None => attempts.fail(),
        }
    }
    found
}

/// The smallest object around `at`.
fn object(text: &str, at: usize) -> Option<Occurrence<'_>> {
    let from = floor(text, at.saturating_sub(REACH));
    let to = floor(text, (at + REACH).min(text.len()));
    memchr::memrchr_iter(b'{', &text.as_bytes()[from..at]).take(BRACKETS).find_map(|bracket| {
        let start = from + bracket;
        let length = object_length(&text[start..to])?;
        (start + length > at).then(|| Occurrence::new(Span::new(start, start + length), read_json))
    })
}

/// The same in source code.
fn source(text: &str, at: usize) -> Option<Occurrence<'_>> {
    let from = floor(text, at.saturating_sub(REACH));
    let within = &text[..floor(text, (at + REACH).min(text.len()))];
    memchr::memrchr_iter(b'{', &text.as_bytes()[from..at]).take(BRACKETS).find_map(|bracket| {
        let object = object::parse(within, from + bracket, json::Limits::default())?;
        (object.span().end > at).then(|| Occurrence::new(object.span(), read_source))
    })
}

/// An object of JSON, or of source code that begins like it.
fn read_json<'t>(span: Span, scope: &Scope<'t>) -> Option<Piece<'t>> {
    if let Some(object) = literal::inside(scope.part, span, scope.dialect == Dialect::Literal) {
        return Some(Inside::Text(object.shifted(scope.offset)).after(Step::Decoding("escapes")));
    }
    let Ok(tree) = Node::json(scope.whole, scope.outer(span), scope.limits) else {
        return read_source(span, scope);
    };
    Some(Inside::Tree(tree, Format::Json).after(Step::Embedded("JSON")))
}

fn read_source<'t>(span: Span, scope: &Scope<'t>) -> Option<Piece<'t>> {
    object::piece(scope.whole, scope.outer(span), scope.limits)
}

/// The inside of a string in which an object's quotation marks are escaped.
fn quoted<'t>(literal: Literal) -> Occurrence<'t> {
    Occurrence::new(literal.span, move |_, scope| {
        scope.text(Step::Decoding("escapes"), literal.unescaped(scope.part), 0)
    })
}

/// Whether what is at `span` is the name of a member as source code has it: in single quotation marks or none.
fn is_name_in_source(text: &str, span: Span) -> bool {
    let (before, after) = (&text[..span.start], &text[span.end..]);
    let is_quoted = before.ends_with('\'') && after.starts_with('\'');
    let after = if is_quoted { &after[1..] } else { after }.trim_ascii_start();
    let begins = is_quoted
        || before.ends_with(|one: char| one.is_ascii_whitespace() || matches!(one, '{' | ',' | '/'));
    begins && (after.starts_with(':') || after.starts_with("=>"))
}
