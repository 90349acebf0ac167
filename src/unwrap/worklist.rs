//! The work on one file: from text to text, each looked at once, within the limits.
//!
//! Owns: going inwards, the limits, handing out what is found. Does not own: in what a text is looked for (see `text`),
//! how any one encoding or format is read.

use std::collections::HashSet;
use std::sync::Arc;

use super::archive::Container;
use super::assemble::{Assembled, Assignment, assemble};
use super::derived::Derived;
use super::encrypted::{by_beginning, is_sops_value, says_so};
use super::glance::may_hold_something;
use super::limits::{Budget, Limit, Limits};
use super::lines::Rules;
use super::step::{Step, shown};
use super::trail::Trail;
use super::{Document, Encrypted, Encryption, Found, Json, Part, PartKind, Rest, Unwrapped};
use crate::credential::{Form, Variable, Variables};
use crate::json::Value;
use crate::secret::Secret;
use crate::source::{Encoding, Origin, Source, Span};

/// How often something in one file may begin like a value of many lines or an object, and lead to none, before no more
/// beginnings are followed: each costs a look at what comes after it.
pub(super) const IN_VAIN: usize = 500;

/// Looks through a file; gives it back unless the file itself is a document.
pub(super) fn run(
    name: &str,
    bytes: Secret<Vec<u8>>,
    limits: &Limits,
    stopped: &dyn Fn() -> bool,
    found: Found<'_>,
) -> Option<Rest> {
    let mut run = Run {
        name,
        budget: Budget::new(*limits, stopped),
        hit: HashSet::new(),
        unreadable: HashSet::new(),
        in_vain: IN_VAIN,
        json: Json::default(),
        found,
    };
    run.bytes(bytes, Outside::default())
}

/// What some bytes lie in.
#[derive(Clone, Default)]
pub(super) struct Outside {
    /// From these bytes to the outermost text.
    pub(super) trail: Trail,
    /// The outermost text; nothing if these bytes are it, or if there is only binary data outside.
    pub(super) base: Option<Arc<Source>>,
    pub(super) depth: usize,
}

impl Outside {
    /// The outside of `length` bytes that come out of these, which are `outer_length` bytes, when they are opened.
    pub(super) fn opened(&self, steps: Vec<Step>, length: usize, outer_length: usize) -> Self {
        let depth = self.depth + steps.len();
        let trail = match &self.base {
            Some(base) => self.trail.inward(steps, [Origin::whole(length, Span::new(0, outer_length))], base),
            None => self.trail.afresh(steps),
        };
        Self { trail, base: self.base.clone(), depth }
    }
}

/// A text on the way inwards.
pub(super) struct Layer {
    source: Arc<Source>,
    /// The outermost text.
    base: Arc<Source>,
    /// From this text to the outermost.
    trail: Trail,
    pub(super) depth: usize,
}

impl Layer {
    pub(super) fn text(&self) -> &str {
        self.source.text()
    }

    /// The outermost text.
    pub(super) fn outermost(&self) -> &str {
        self.base.text()
    }

    pub(super) const fn trail(&self) -> &Trail {
        &self.trail
    }

    fn inward(&self, steps: &[Step], origins: impl IntoIterator<Item = Origin>) -> Trail {
        self.trail.inward(steps.iter().cloned(), origins, &self.base)
    }
}

/// The work on one file.
pub(super) struct Run<'f> {
    name: &'f str,
    pub(super) budget: Budget<'f>,
    hit: HashSet<Limit>,
    unreadable: HashSet<&'static str>,
    /// How many of [`IN_VAIN`] are left.
    pub(super) in_vain: usize,
    /// What became of reading the file as JSON.
    json: Json,
    found: Found<'f>,
}

impl Run<'_> {
    /// The file's name.
    pub(super) const fn name(&self) -> &str {
        self.name
    }

    pub(super) const fn limits(&self) -> &Limits {
        self.budget.limits()
    }

    /// Looks at bytes of any kind. They come back unless all of them are a document.
    fn bytes(&mut self, bytes: Secret<Vec<u8>>, outside: Outside) -> Option<Rest> {
        let rest = |source: Arc<Source>, json| Some(Rest { source, json });
        if let Some(kind) = by_beginning(bytes.expose()) {
            let span = outside.trail.outer(Span::new(0, bytes.expose().len()));
            let names_credential = says_so(self.name, "") || says_so(&outside.trail.to_string(), "");
            self.find(
                Unwrapped::Encrypted(Encrypted { kind, names_credential, trail: outside.trail, span }),
                None,
            );
            return rest(Arc::new(Source::new(bytes)), Json::NotTried);
        }
        if let Some(container) = Container::of(bytes.expose()) {
            self.open(container, bytes.expose(), &outside);
            return rest(Arc::new(Source::new(bytes)), Json::NotTried);
        }
        // Anything but UTF-8 is kept beside the decoded text.
        let kept = match std::str::from_utf8(bytes.expose()) {
            Ok(text) if !text.starts_with('\u{FEFF}') && memchr::memchr(0, text.as_bytes()).is_none() => None,
            _ => Some(bytes.clone()),
        };
        if let Some(lines) = variables(bytes.expose()) {
            self.bytes(lines, outside);
            return rest(Arc::new(Source::new(bytes)), Json::NotTried);
        }
        let source = Arc::new(Source::new(bytes));
        if let (Encoding::Binary(_), Some(bytes)) = (source.encoding(), &kept) {
            self.binary(bytes.expose(), &outside);
        }
        let transcoded = kept.as_ref().and_then(|bytes| transcoding(&source, bytes.expose()));
        let (base, trail) = match outside.base {
            Some(base) => {
                let trail = outside.trail.inward([], transcoded, &base);
                (base, trail)
            }
            None => (Arc::clone(&source), outside.trail),
        };
        let layer = Layer { source, base, trail, depth: outside.depth };
        if self.text(&layer) { None } else { rest(layer.source, self.json) }
    }

    /// By whose rules lines of variables are read: a file's name says so, or that of a file in an archive.
    pub(super) fn rules(&self, layer: &Layer) -> Rules {
        let name = match layer.trail.steps().last() {
            None => self.name,
            Some(Step::Member(_, name) | Step::Key(name)) => name,
            Some(_) => "",
        };
        Rules::of(name)
    }

    /// Assignments as they stand in a file or an object: a field each, or something that holds a document.
    ///
    /// The answer is which of them belong to a credential that was put together. Into the others one looks if `others`
    /// says so.
    pub(super) fn assignments(
        &mut self,
        assignments: &[Assignment],
        steps: &[Step],
        layer: &Layer,
        others: bool,
    ) -> HashSet<usize> {
        let mut used = HashSet::new();
        for assembled in assemble(assignments) {
            used.extend(assembled.present.iter().chain(&assembled.overridden).map(|(_, index)| *index));
            self.assembled(assembled, assignments, steps, layer);
        }
        for (_, assignment) in
            assignments.iter().enumerate().filter(|(index, _)| others && !used.contains(index))
        {
            self.value(assignment, steps, layer);
        }
        used
    }

    /// Looks into an assignment's value.
    pub(super) fn value(&mut self, assignment: &Assignment, steps: &[Step], layer: &Layer) {
        if may_hold_something(assignment.value.text()) {
            self.string(&assignment.value, &[steps, &[Step::key(&assignment.name)]].concat(), layer);
        }
    }

    fn assembled(&mut self, assembled: Assembled, assignments: &[Assignment], steps: &[Step], layer: &Layer) {
        let steps = [steps, &[Step::Variables(assembled.prefix)]].concat();
        if is_sops_value(assembled.document.text()) {
            let span = assembled.document.all();
            self.encrypted(Encryption::Sops, span, &steps, layer);
            return;
        }
        let variables = |list: &[(_, usize)]| {
            list.iter()
                .filter_map(|(field, index)| {
                    let assignment = assignments.get(*index)?;
                    Some(Variable {
                        field: *field,
                        name: shown(&assignment.name),
                        span: layer.trail.outer(assignment.name_span),
                    })
                })
                .collect()
        };
        let form = Form::Variables(Variables {
            present: variables(&assembled.present),
            overridden: variables(&assembled.overridden),
        });
        let (bytes, origin) = assembled.document.into_parts();
        let trail = layer.inward(&steps, [origin]);
        self.find(Unwrapped::Document(Document { source: Arc::new(Source::new(bytes)), form, trail }), None);
    }

    /// A document that was taken from the layer's text, and its value, if it could be parsed.
    pub(super) fn document(
        &mut self,
        source: &Arc<Source>,
        value: Option<&Value<'_>>,
        origin: Origin,
        steps: &[Step],
        layer: &Layer,
    ) {
        let trail = layer.inward(steps, [origin]);
        let document = Document { source: Arc::clone(source), form: Form::Document, trail };
        self.find(Unwrapped::Document(document), value);
    }

    /// All of the layer's text is a document.
    pub(super) fn whole(&mut self, value: Option<&Value<'_>>, layer: &Layer) {
        let (source, trail) = (Arc::clone(&layer.source), layer.trail.clone());
        self.find(Unwrapped::Document(Document { source, form: Form::Document, trail }), value);
    }

    /// Notes what became of reading the layer's text as JSON.
    pub(super) fn json(&mut self, json: Json, layer: &Layer) {
        if layer.depth == 0 {
            self.json = json;
        }
    }

    /// A part of a credential in a text that was taken from the layer's.
    pub(super) fn part(
        &mut self,
        kind: PartKind,
        span: Span,
        value: &Derived,
        steps: &[Step],
        layer: &Layer,
    ) {
        let part = Derived::slice(value.text(), span);
        let span = layer.trail.outer(value.origin.outer(span));
        let text = Secret::new(part.text().to_owned());
        let trail = layer.inward(steps, [part.origin, value.origin.clone()]);
        self.find(Unwrapped::Part(Part { kind, text, trail, span }), None);
    }

    /// Something encrypted in the part `span` of the layer's text.
    pub(super) fn encrypted(&mut self, kind: Encryption, span: Span, steps: &[Step], layer: &Layer) {
        let names_credential = says_so(self.name, layer.text());
        let trail = layer.inward(steps, [Origin::exact(span.end - span.start, span.start)]);
        let span = layer.trail.outer(span);
        self.find(Unwrapped::Encrypted(Encrypted { kind, names_credential, trail, span }), None);
    }

    /// Looks at what was taken out of the layer's text.
    pub(super) fn inward(&mut self, derived: Derived, steps: &[Step], layer: &Layer) {
        let (bytes, origin) = derived.into_parts();
        let trail = layer.inward(steps, [origin]);
        self.inside(bytes, Outside { trail, base: Some(Arc::clone(&layer.base)), depth: layer.depth + 1 });
    }

    /// Looks at bytes that were taken out of something.
    pub(super) fn inside(&mut self, bytes: Secret<Vec<u8>>, outside: Outside) {
        if let Err(limit) = self.budget.layer(bytes.expose().len(), outside.depth) {
            self.limit(limit, &outside.trail);
            return;
        }
        self.bytes(bytes, outside);
    }

    /// Counts `length` bytes that are looked at once more; nothing if these are too many.
    pub(super) fn expand(&mut self, length: usize, layer: &Layer) -> Option<()> {
        self.budget.expand(length).map_err(|limit| self.limit(limit, &layer.trail)).ok()
    }

    pub(super) fn limit(&mut self, limit: Limit, trail: &Trail) {
        // A file that goes on in the same way would repeat it without end.
        if self.hit.insert(limit) {
            (self.found)(Unwrapped::LimitHit { trail: trail.clone(), limit }, None);
        }
    }

    /// Reports that something can't be opened, once for each reason.
    pub(super) fn unreadable(&mut self, trail: &Trail, reason: &'static str) {
        if self.unreadable.insert(reason) {
            (self.found)(Unwrapped::Unreadable { trail: trail.clone(), reason }, None);
        }
    }

    fn find(&mut self, found: Unwrapped, value: Option<&Value<'_>>) {
        match self.budget.find() {
            Ok(()) => (self.found)(found, value),
            Err(limit) => self.limit(limit, &Trail::default()),
        }
    }
}

/// Variables that are separated by zero bytes, as the environment of a process is, as lines of the same length.
fn variables(bytes: &[u8]) -> Option<Secret<Vec<u8>>> {
    memchr::memchr(0, bytes)?;
    let text = std::str::from_utf8(bytes).ok()?;
    let is_name =
        |name: &str| !name.is_empty() && !name.contains(|c: char| c.is_whitespace() || "\"'{}".contains(c));
    let is_variable = |line: &str| line.split_once('=').is_some_and(|(name, _)| is_name(name));
    let mut lines = text.split_terminator('\0').filter(|line| !line.is_empty()).peekable();
    lines.peek()?;
    if !lines.all(is_variable) {
        return None;
    }
    let line = |byte: &u8| if *byte == 0 { b'\n' } else { *byte };
    Some(Secret::new(bytes.iter().map(line).collect()))
}

/// How the decoded text lies in bytes that are not plain UTF-8.
fn transcoding(source: &Source, bytes: &[u8]) -> Option<Origin> {
    let unit = match source.encoding() {
        Encoding::Utf8 | Encoding::Binary(_) => return None,
        Encoding::Utf8WithMark => return Some(Origin::exact(source.text().len(), 3)),
        Encoding::Invalid { .. } => return Some(replaced(bytes)),
        Encoding::Utf16(_) => 2,
        Encoding::Utf32(_) => 4,
    };
    let units = |character: char| if unit == 2 { character.len_utf16() * 2 } else { 4 };
    let mark = bytes.len() - source.text().chars().map(units).sum::<usize>().min(bytes.len());
    let mut origin = Origin::default();
    let mut offset = mark;
    for character in source.text().chars() {
        origin.push_scaled(character.len_utf8(), Span::new(offset, offset + units(character)));
        offset += units(character);
    }
    Some(origin)
}

/// The same for UTF-8 in which bad sequences became U+FFFD.
fn replaced(bytes: &[u8]) -> Origin {
    let mut origin = Origin::default();
    let mut offset = if bytes.starts_with(b"\xEF\xBB\xBF") { 3 } else { 0 };
    for chunk in bytes.get(offset..).unwrap_or_default().utf8_chunks() {
        origin.push_exact(chunk.valid().len(), offset);
        offset += chunk.valid().len();
        if !chunk.invalid().is_empty() {
            let end = offset + chunk.invalid().len();
            origin.push_whole(char::REPLACEMENT_CHARACTER.len_utf8(), Span::new(offset, end));
            offset = end;
        }
    }
    origin
}
