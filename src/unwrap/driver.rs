//! The work on one file: from text to text, each looked at once, within the limits.
//!
//! Owns: the queue, all limits, handing out what is found. Does not own: reading anything (see `container`, `syntax` and
//! `prose`), what a credential is (see `find`).
//!
//! The queue is a stack: what is found in a text is looked through before the next thing in that text is asked for, so that
//! no more texts are in memory than are in each other.

mod tree;

use std::collections::HashSet;
use std::sync::Arc;

use crate::credential::{Form, Variable, Variables};
use crate::json::Value;
use crate::secret::Secret;
use crate::source::{Encoding, Origin, Source, Span};
use crate::unwrap::container::{self, Entries, Entry, Problem};
use crate::unwrap::find::assemble::{self, Assembled};
use crate::unwrap::find::candidate::{Content, content, is_candidate};
use crate::unwrap::find::encrypted::{by_beginning, is_sops_value, says_so};
use crate::unwrap::find::parts;
use crate::unwrap::limits::{Budget, Limit, Limits};
use crate::unwrap::piece::{Inside, Piece, Pieces};
use crate::unwrap::place::{Extract, Location, Step, Text, Trail};
use crate::unwrap::shared::Assignment;
use crate::unwrap::syntax::SYNTAXES;
use crate::unwrap::{Document, Encrypted, Encryption, Found, Json, Part, PartKind, Rest, Unwrapped, prose};

/// Looks through a file; gives it back unless the file itself is a document.
pub(crate) fn run(
    name: &str,
    bytes: Secret<Vec<u8>>,
    limits: &Limits,
    stopped: &dyn Fn() -> bool,
    found: Found<'_>,
) -> Option<Rest> {
    let budget = &Budget::new(*limits, stopped);
    let (hit, unreadable) = (HashSet::new(), HashSet::new());
    Driver { name, budget, hit, unreadable, found }.bytes(bytes, Location::default())
}

struct Driver<'f> {
    /// The file's name.
    name: &'f str,
    budget: &'f Budget<'f>,
    hit: HashSet<Limit>,
    unreadable: HashSet<&'static str>,
    found: Found<'f>,
}

impl Driver<'_> {
    /// Looks at bytes of any kind. They come back unless all of them are a document.
    fn bytes(&mut self, bytes: Secret<Vec<u8>>, location: Location) -> Option<Rest> {
        let rest = |source: Arc<Source>, json| Some(Rest { source, json });
        if let Some(kind) = by_beginning(bytes.expose()) {
            let span = location.trail.outer(Span::new(0, bytes.expose().len()));
            let names_credential = says_so(self.name, "") || says_so(&location.trail.to_string(), "");
            self.find(
                Unwrapped::Encrypted(Encrypted { kind, names_credential, trail: location.trail, span }),
                None,
            );
            return rest(Arc::new(Source::new(bytes)), Json::NotTried);
        }
        if self.container(bytes.expose(), &location) {
            return rest(Arc::new(Source::new(bytes)), Json::NotTried);
        }
        // Anything but UTF-8 is kept beside the decoded text.
        let kept = match std::str::from_utf8(bytes.expose()) {
            Ok(text) if !text.starts_with('\u{FEFF}') && memchr::memchr(0, text.as_bytes()).is_none() => None,
            _ => Some(bytes.clone()),
        };
        if let Some(lines) = variables(bytes.expose()) {
            self.bytes(lines, location);
            return rest(Arc::new(Source::new(bytes)), Json::NotTried);
        }
        let source = Arc::new(Source::new(bytes));
        let kept = kept.as_ref().map(|bytes| bytes.expose().as_slice());
        if let (Encoding::Binary(_), Some(bytes)) = (source.encoding(), kept) {
            self.entries(container::texts(bytes), bytes.len(), &location);
        }
        let text = Text::new(Arc::clone(&source), kept, location, self.name);
        if self.text(&text) { None } else { rest(source, text.json.get()) }
    }

    /// Looks at everything in `bytes`. Returns true if they are a container.
    fn container(&mut self, bytes: &[u8], location: &Location) -> bool {
        let entries = container::open(bytes, self.budget);
        entries.map(|entries| self.entries(entries, bytes.len(), location)).is_some()
    }

    /// Looks at what comes out of `length` bytes at `location`.
    fn entries(&mut self, entries: Entries<'_>, length: usize, location: &Location) {
        for Entry { steps, bytes, problem } in entries {
            let location = location.opened(steps, bytes.expose().len(), length);
            match problem {
                Some(Problem::Limit(limit)) => {
                    self.limit(limit, &location.trail);
                    continue;
                }
                // What came out until then is looked at all the same.
                Some(Problem::Unreadable(reason)) => self.unreadable(&location.trail, reason),
                None => {}
            }
            if is_candidate(bytes.expose()) {
                self.inside(bytes, location);
            } else if let Err(limit) = self.budget.expand(bytes.expose().len()) {
                self.limit(limit, &location.trail);
            }
        }
    }

    /// Looks at a text. Returns true if all of it is a document.
    fn text(&mut self, text: &Text<'_>) -> bool {
        for read in SYNTAXES {
            if let Some(pieces) = read(text, self.budget) {
                return self.pieces(pieces, &[], text);
            }
        }
        self.pieces(prose::read(text, text.all(), self.budget), &[], text)
    }

    /// Looks at things inside `text`. Returns true if all of it is a document.
    fn pieces(&mut self, pieces: Pieces<'_>, steps: &[Step], text: &Text<'_>) -> bool {
        let mut is_document = false;
        for Piece { steps: more, inside } in pieces {
            let steps = &[steps, &more].concat();
            match inside {
                Inside::Whole => {
                    self.whole(None, text);
                    is_document = true;
                }
                Inside::Json(root) => is_document |= self.json(&root, text),
                Inside::Document(span) => {
                    let (bytes, origin) = text.slice(span).into_parts();
                    self.document(&Arc::new(Source::new(bytes)), None, origin, steps, text);
                }
                Inside::Tree(root, format) => self.tree(&root, format, steps, text),
                Inside::Assignments(assignments) => self.assignments(&assignments, false, steps, text),
                Inside::Text(extract) => self.inward(extract, steps, text),
                Inside::Prose(span) => {
                    self.pieces(prose::read(text, span, self.budget), steps, text);
                }
                Inside::Part(kind, part) => self.part(kind, part, steps, text),
                Inside::Encrypted(kind, span) => self.encrypted(kind, span, steps, text),
                Inside::Limit(limit) => self.limit(limit, &text.trail),
            }
        }
        is_document
    }

    /// Looks into a string, to which there are these steps and `more`, which is asked only if that is worth it.
    fn string(
        &mut self,
        value: &Extract,
        steps: &[Step],
        more: impl FnOnce() -> Option<Step>,
        text: &Text<'_>,
    ) {
        let Some(content) = content(value.text()) else { return };
        let steps: Vec<Step> = steps.iter().cloned().chain(more()).collect();
        match content {
            Content::Decoded(step, decoded) => {
                self.inward(decoded.through(&value.origin), &[steps, vec![step]].concat(), text);
            }
            Content::Parts => {
                self.pieces(Box::new(parts::pieces(value.clone())), &steps, text);
            }
            Content::Text => self.inward(value.clone(), &steps, text),
        }
    }

    /// Names and values of a file or an object: a field each, or something that holds a document.
    fn assignments(&mut self, all: &[Assignment], may_be_encoded: bool, steps: &[Step], text: &Text<'_>) {
        let grouping = assemble::group(all, may_be_encoded);
        let inner: Vec<Step> = steps.iter().cloned().chain(grouping.decoding).collect();
        for credential in grouping.credentials {
            self.assembled(credential, &inner, text);
        }
        for Assignment { name, value, .. } in grouping.rest {
            self.string(value, steps, || Some(Step::key(name)), text);
        }
    }

    fn assembled(&mut self, assembled: Assembled, steps: &[Step], text: &Text<'_>) {
        let steps = [steps, &[Step::Variables(assembled.prefix)]].concat();
        if is_sops_value(assembled.document.text()) {
            return self.encrypted(Encryption::Sops, assembled.document.all(), &steps, text);
        }
        let outer = |variables: Vec<Variable>| {
            let outer = |one: Variable| Variable { span: text.trail.outer(one.span), ..one };
            variables.into_iter().map(outer).collect()
        };
        let Variables { present, overridden } = assembled.variables;
        let form = Form::Variables(Variables { present: outer(present), overridden: outer(overridden) });
        let (bytes, origin) = assembled.document.into_parts();
        let trail = text.inward(steps, [origin]);
        self.find(Unwrapped::Document(Document { source: Arc::new(Source::new(bytes)), form, trail }), None);
    }

    /// A document that was taken from `text`, and its value, if it could be parsed.
    fn document(
        &mut self,
        source: &Arc<Source>,
        value: Option<&Value<'_>>,
        origin: Origin,
        steps: &[Step],
        text: &Text<'_>,
    ) {
        let trail = text.inward(steps.to_vec(), [origin]);
        let document = Document { source: Arc::clone(source), form: Form::Document, trail };
        self.find(Unwrapped::Document(document), value);
    }

    /// All of `text` is a document.
    fn whole(&mut self, value: Option<&Value<'_>>, text: &Text<'_>) {
        let (source, trail) = (Arc::clone(&text.source), text.trail.clone());
        self.find(Unwrapped::Document(Document { source, form: Form::Document, trail }), value);
    }

    /// A part of a credential in `text`.
    fn part(&mut self, kind: PartKind, part: Extract, steps: &[Step], text: &Text<'_>) {
        let span = text.trail.outer(part.all());
        let secret = Secret::new(part.text().to_owned());
        let trail = text.inward(steps.to_vec(), [part.origin]);
        self.find(Unwrapped::Part(Part { kind, text: secret, trail, span }), None);
    }

    /// Something encrypted in the part `span` of `text`.
    fn encrypted(&mut self, kind: Encryption, span: Span, steps: &[Step], text: &Text<'_>) {
        let names_credential = says_so(self.name, text.text());
        let trail = text.inward(steps.to_vec(), [Origin::exact(span.end - span.start, span.start)]);
        let span = text.trail.outer(span);
        self.find(Unwrapped::Encrypted(Encrypted { kind, names_credential, trail, span }), None);
    }

    /// Looks at what was taken out of `text`.
    fn inward(&mut self, extract: Extract, steps: &[Step], text: &Text<'_>) {
        let (bytes, origin) = extract.into_parts();
        self.inside(bytes, text.inside(steps.to_vec(), origin));
    }

    /// Looks at bytes that were taken out of something.
    fn inside(&mut self, bytes: Secret<Vec<u8>>, location: Location) {
        match self.budget.layer(bytes.expose().len(), location.depth) {
            Ok(()) => drop(self.bytes(bytes, location)),
            Err(limit) => self.limit(limit, &location.trail),
        }
    }

    fn limit(&mut self, limit: Limit, trail: &Trail) {
        // A file that goes on in the same way would repeat it without end.
        if self.hit.insert(limit) {
            (self.found)(Unwrapped::LimitHit { trail: trail.clone(), limit }, None);
        }
    }

    /// Reports that something can't be opened, once for each reason.
    fn unreadable(&mut self, trail: &Trail, reason: &'static str) {
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
