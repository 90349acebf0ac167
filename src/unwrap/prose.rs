//! A text without a structure of its own: lines of variables, and what stands among words.
//!
//! Owns: the list of what is looked for, and that nothing is found twice. Does not own: reading any of it.

mod here;
mod joined;
mod literals;
mod objects;
mod percent;
mod words;

use std::collections::VecDeque;
use std::vec;

use crate::credential::{Field, field_of};
use crate::json;
use crate::source::Span;
use crate::unwrap::find::candidate::is_candidate;
use crate::unwrap::find::{encrypted, parts, prefixed};
use crate::unwrap::limits::{Attempts, Budget};
use crate::unwrap::piece::{Inside, Piece, Pieces};
use crate::unwrap::place::{Extract, SpanSet, Step, Text};
use crate::unwrap::shared::{Assignment, Dialect, name_before};
use crate::unwrap::syntax::{lines, object};

/// Finds everything of one kind in a text, in order.
type Find = for<'t> fn(&'t str, &Attempts) -> Vec<Occurrence<'t>>;

/// What is looked for between lines of variables; of two at one place the former counts. Another one is a file and a line here.
const EMBEDDED: [Find; 4] = [objects::find, literals::find, percent::find, words::find];

/// Finds every text of one kind in a text, in order: what of the text it is written in, and its name and value.
type FindText = fn(&str, &Attempts) -> Vec<(Span, Assignment)>;

/// What is read before lines of variables, which would take its first line for all of it. Another one is a file and a line
/// here.
const TEXTS: [FindText; 2] = [joined::find, here::find];

/// So many assignments are handed out at a time.
const TOGETHER: usize = 256;

/// Says what is at a span, or that it is nothing.
type ReadOccurrence<'t> = Box<dyn FnOnce(Span, &Scope<'t>) -> Option<Piece<'t>> + 't>;

/// Something in a text that may be a document.
pub(crate) struct Occurrence<'t> {
    pub(crate) span: Span,
    read: ReadOccurrence<'t>,
}

impl<'t> Occurrence<'t> {
    /// What is at `span`; `read` says what it is, or that it is nothing.
    pub(crate) fn new(span: Span, read: impl FnOnce(Span, &Scope<'t>) -> Option<Piece<'t>> + 't) -> Self {
        Self { span, read: Box::new(read) }
    }
}

/// The text that something is found in.
pub(crate) struct Scope<'t> {
    /// The part that is looked through.
    pub(crate) part: &'t str,
    /// The text that it is part of.
    pub(crate) whole: &'t str,
    /// Where it begins there.
    pub(crate) offset: usize,
    /// Tokens in it.
    pub(crate) tokens: SpanSet,
    pub(crate) dialect: Dialect,
    pub(crate) limits: json::Limits,
}

impl<'t> Scope<'t> {
    /// Where `span` of the part is in the whole.
    pub(crate) const fn outer(&self, span: Span) -> Span {
        Span::new(span.start + self.offset, span.end + self.offset)
    }

    /// The text that was decoded from what begins at `start` of the part, if it may hold a credential.
    pub(crate) fn text(&self, step: Step, decoded: Extract, start: usize) -> Option<Piece<'t>> {
        let is_candidate = is_candidate(decoded.bytes());
        is_candidate.then(|| Inside::Text(decoded.shifted(self.offset + start)).after(step))
    }
}

/// What is in the part `span` of `text`.
pub(crate) fn read<'t>(text: &'t Text<'_>, span: Span, budget: &'t Budget<'_>) -> Pieces<'t> {
    let (whole, offset) = (text.text(), span.start);
    let part = whole.get(span.range()).unwrap_or_default();
    let (mut covered, mut ready) = (SpanSet::default(), VecDeque::new());
    let written: Vec<_> = TEXTS.iter().flat_map(|find| find(part, &budget.attempts)).collect();
    // What is a value in an object of source code is read with the object.
    let objects = if written.is_empty() { None } else { Some(objects(part, &budget.attempts)) };
    for (span, written) in written {
        if !covered.touches(span) && !objects.as_deref().is_some_and(|objects| is_within(objects, span)) {
            covered.add(span);
            ready.push_back(named(written.shifted(offset)));
        }
    }
    // A line that begins with a plus may be of a patch, or go on with what is joined.
    for (_, lines) in prefixed::texts(part) {
        if !covered.touches(lines.all()) {
            covered.add(lines.all());
            let name = name_before(part, lines.all().start).to_owned();
            let mut piece = Inside::Text(lines.shifted(offset)).after(Step::Embedded("lines"));
            if !name.is_empty() {
                piece.steps.insert(0, Step::key(&name));
            }
            ready.push_back(piece);
        }
    }
    let dialect = Dialect::of(text.name());
    let assignments = lines::assignments(part, dialect, &budget.attempts);
    // Tokens, which are looked for last, are long words too.
    let parts = parts::all(part);
    let mut tokens = SpanSet::default();
    parts.iter().filter(|(kind, _)| *kind == Field::AccessToken).for_each(|(_, span)| tokens.add(*span));
    let scope = Scope { part, whole, offset, tokens, dialect, limits: budget.structure() };
    let (parts, kept, attempts) = (parts.into_iter(), Vec::new(), &budget.attempts);
    Box::new(Prose { scope, attempts, covered, ready, objects, assignments, kept, occurrences: None, parts })
}

/// Where the objects in `part` are, in order.
fn objects(part: &str, attempts: &Attempts) -> Vec<Span> {
    objects::find(part, attempts).iter().map(|object| object.span).collect()
}

/// Whether `span` is in one of `objects`, and not all of it.
fn is_within(objects: &[Span], span: Span) -> bool {
    let before = objects.partition_point(|object| object.start < span.start);
    let last = before.checked_sub(1).and_then(|index| objects.get(index));
    last.is_some_and(|object| span.end <= object.end)
}

/// A value that may have no name.
fn named<'t>(Assignment { name, name_span, value }: Assignment) -> Piece<'t> {
    match field_of(value.text()) {
        Some(field) if name.is_empty() => Inside::Value(field, name, value).here(),
        None if name.is_empty() => Inside::Text(value).after(Step::Embedded("text")),
        _ => Inside::Assignments(vec![Assignment { name, name_span, value }]).here(),
    }
}

/// What is in a text, one after the other.
struct Prose<'t> {
    scope: Scope<'t>,
    attempts: &'t Attempts,
    /// What has been explained.
    covered: SpanSet,
    /// What has been found, and not yet handed out.
    ready: VecDeque<Piece<'t>>,
    /// Where objects are; `None` until that was looked for.
    objects: Option<Vec<Span>>,
    /// Assignments that may be objects of source code, and those that aren't.
    assignments: lines::Assignments<'t>,
    kept: Vec<Assignment>,
    /// What stands between these; `None` until it was looked for.
    occurrences: Option<vec::IntoIter<Occurrence<'t>>>,
    parts: vec::IntoIter<(Field, Span)>,
}

impl<'t> Iterator for Prose<'t> {
    type Item = Piece<'t>;

    fn next(&mut self) -> Option<Piece<'t>> {
        loop {
            if let Some(piece) = self.ready.pop_front() {
                return Some(piece);
            }
            if let Some(assignment) = self.assignments.next() {
                self.assignment(assignment);
                if self.kept.len() >= TOGETHER {
                    self.hand_out();
                }
            } else if let Some(occurrences) = &mut self.occurrences {
                let Some(Occurrence { span, read }) = occurrences.next() else { break };
                let piece = read(span, &self.scope);
                if piece.is_some() {
                    self.covered.add(span);
                }
                self.ready.extend(piece);
            } else {
                self.look();
            }
        }
        let part = self.parts.find(|(_, span)| !self.covered.touches(*span));
        part.map(|(field, span)| {
            let name = name_before(self.scope.part, span.start).to_owned();
            Inside::Value(field, name, parts::block(self.scope.whole, self.scope.outer(span))).here()
        })
    }
}

impl Prose<'_> {
    /// Keeps an assignment, unless it is an object of source code that isn't JSON. Files of variables have no blank before a
    /// value, and what is wrong with JSON there is wrong.
    fn assignment(&mut self, assignment: Assignment) {
        let (span, value) = (assignment.value.all(), assignment.value.text());
        let name = assignment.name_span;
        // What ends so goes on in lines that belong to no value.
        if value.ends_with(['{', '[', '('])
            || self.goes_on(span)
            || self.is_in_part(name.start)
            || self.covered.touches(span)
        {
            return;
        }
        // The end of base64 in a string looks like a name and its sign of equality.
        if self.scope.part[..name.start].ends_with(['"', '\'']) {
            let (part, attempts) = (self.scope.part, self.attempts);
            let objects = self.objects.get_or_insert_with(|| objects(part, attempts));
            if is_within(objects, name) {
                return;
            }
        }
        let Scope { part, whole, limits, .. } = self.scope;
        let may_be_source = part[..span.start].ends_with(' ')
            && part[span.start..].starts_with('{')
            && is_candidate(value.as_bytes())
            && json::parse(value, limits).is_err();
        let object = may_be_source.then(|| object::piece(whole, self.scope.outer(span), limits)).flatten();
        self.covered.add(span);
        match object {
            Some(mut object) => {
                object.steps.insert(0, Step::key(&assignment.name));
                self.ready.push_back(object);
            }
            None => self.kept.push(assignment.shifted(self.scope.offset)),
        }
    }

    /// Whether a key begins in `span` and goes on after it, so that somebody else must say how it is written.
    fn goes_on(&self, span: Span) -> bool {
        let parts = self.parts.as_slice();
        let before = parts.partition_point(|(_, part)| part.start < span.end);
        let last = before.checked_sub(1).and_then(|index| parts.get(index));
        last.is_some_and(|(_, part)| part.start >= span.start && part.end > span.end)
    }

    /// Whether the byte at `offset` is in a key, or another part, as the end of its base64 is: `…AB=>> aem.key`.
    fn is_in_part(&self, offset: usize) -> bool {
        let parts = self.parts.as_slice();
        let after = parts.partition_point(|(_, part)| part.start < offset);
        after.checked_sub(1).and_then(|index| parts.get(index)).is_some_and(|(_, part)| part.end > offset)
    }

    fn hand_out(&mut self) {
        self.ready.push_back(Inside::Assignments(std::mem::take(&mut self.kept)).here());
    }

    /// Looks for what stands between assignments.
    fn look(&mut self) {
        let part = self.scope.part;
        self.hand_out();
        for (kind, span) in encrypted::inside(part) {
            self.covered.add(span);
            self.ready.push_back(Inside::Encrypted(kind, self.scope.outer(span)).here());
        }
        let mut found: Vec<_> = EMBEDDED.iter().flat_map(|find| find(part, self.attempts)).collect();
        found.sort_by_key(|occurrence| occurrence.span.start);
        let mut end = 0;
        found.retain(|Occurrence { span, .. }| {
            let is_free = span.start >= end && !self.covered.touches(*span);
            end = if is_free { span.end } else { end };
            is_free
        });
        self.occurrences = Some(found.into_iter());
        let limit = self.attempts.exhausted();
        self.ready.extend(limit.map(|limit| Inside::Limit(limit).here()));
    }
}
