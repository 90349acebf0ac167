//! The work on one file: from text to text, each looked at once, within the limits.
//!
//! Owns: the queue, all limits, handing out what is found. Does not own: reading anything (see `container`, `syntax` and
//! `prose`), what a credential is (see `find`).
//!
//! The queue is a stack: what is found in a text is looked through before the next thing in that text is asked for, so that
//! no more texts are in memory than are in each other.

mod follow;
mod meaning;
mod pairs;
mod tree;

use std::collections::{HashMap, HashSet};
use std::rc::Rc;
use std::sync::Arc;

use crate::credential::{Field, Form, token_scheme};
use crate::json::Value;
use crate::secret::Secret;
use crate::source::{Encoding, Origin, Source, Span};
use crate::unwrap::container::{self, Entries, Entry, Problem};
use crate::unwrap::decode::base64;
use crate::unwrap::find::assemble::Assembled;
use crate::unwrap::find::candidate::is_candidate;
use crate::unwrap::find::encrypted::{by_beginning, is_sops_value, says_so};
use crate::unwrap::find::values::{self, Lines, Outcome, Values};
use crate::unwrap::find::whole::is_document;
use crate::unwrap::find::{field, parts};
use crate::unwrap::limits::{Budget, Limit, Limits};
use crate::unwrap::piece::{Inside, Piece, Pieces, too_much};
use crate::unwrap::place::Scope;
use crate::unwrap::place::{Extract, Location, Step, Text, Trail};
use crate::unwrap::shared::{Assignment, Node, name_before};
use crate::unwrap::syntax::SYNTAXES;
use crate::unwrap::{Document, Encrypted, Encryption, Files, Found, Json, Part, Rest, Unwrapped, prose};
use follow::Followed;
use meaning::Meaning;

/// Looks through a file; gives it back unless the file itself is a document.
pub(crate) fn run(
    name: &str,
    bytes: Secret<Vec<u8>>,
    limits: &Limits,
    stopped: &dyn Fn() -> bool,
    files: Files<'_>,
    found: Found<'_>,
) -> Option<Rest> {
    let budget = &Budget::new(*limits, stopped);
    let (hit, unreadable) = (HashSet::new(), HashSet::new());
    let (values, followed) = (Vec::new(), HashMap::new());
    Driver { name, budget, hit, unreadable, values, files, followed, found }.bytes(bytes, Location::default())
}

struct Driver<'f> {
    /// The file's name.
    name: &'f str,
    budget: &'f Budget<'f>,
    hit: HashSet<Limit>,
    unreadable: HashSet<&'static str>,
    /// The values of the outermost text that is being looked at, and of those around it.
    values: Vec<Values>,
    /// Reads files that a text has the path to.
    files: Files<'f>,
    /// The keys in those that were read, by their paths.
    followed: HashMap<String, Option<Rc<Followed>>>,
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
        if let Some(lines) = variables(bytes.expose()) {
            self.bytes(lines, location);
            return rest(Arc::new(Source::new(bytes)), Json::NotTried);
        }
        // Anything but UTF-8 is kept beside the decoded text.
        let kept = match std::str::from_utf8(bytes.expose()) {
            Ok(text) if !text.starts_with('\u{FEFF}') && memchr::memchr(0, text.as_bytes()).is_none() => None,
            _ => Some(bytes.clone()),
        };
        let source = Arc::new(Source::new(bytes));
        let kept = kept.as_ref().map(|bytes| bytes.expose().as_slice());
        if let (Encoding::Binary(_), Some(bytes)) = (source.encoding(), kept) {
            self.entries(container::texts(bytes), bytes.len(), &location);
        }
        let is_base = location.base.is_none();
        if is_base {
            self.values.push(Values::new());
        }
        let scope = location.scope.or_else(|| Some(self.values.last()?.root()));
        let text = Text::new(Arc::clone(&source), kept, location, self.name);
        let is_document = scope.is_some_and(|scope| self.text(&text, scope));
        if is_base && let Some(mut values) = self.values.pop() {
            self.settle(values.settle(), &text);
        }
        if is_document { None } else { rest(source, text.json.get()) }
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
                    // What was inflated in vain took its time, too.
                    if !self.passed_over(bytes, &location) {
                        return;
                    }
                    continue;
                }
                // What came out until then is looked at all the same.
                Some(Problem::Unreadable(reason)) => self.unreadable(&location.trail, reason),
                None => {}
            }
            if is_candidate(bytes.expose()) {
                self.inside(bytes, location);
            } else if !self.passed_over(bytes, &location) {
                return;
            }
        }
    }

    /// Charges for bytes that came out of something and aren't looked at. Returns false if that was too much.
    fn passed_over(&mut self, bytes: Secret<Vec<u8>>, location: &Location) -> bool {
        let outcome = self.budget.expand(bytes.expose().len());
        self.budget.give_back(bytes);
        outcome.map_err(|limit| self.limit(limit, &location.trail)).is_ok()
    }

    /// Looks at a text. Returns true if all of it is a document.
    fn text(&mut self, text: &Text<'_>, scope: Scope) -> bool {
        let mut lines = None;
        if Node::is_too_long(text.text()) {
            let pieces = too_much(Limit::Values(self.budget.structure().values), text.all());
            return self.pieces(pieces, &[], text, scope, &mut lines);
        }
        for read in SYNTAXES {
            if let Some(pieces) = read(text, self.budget) {
                return self.pieces(pieces, &[], text, scope, &mut lines);
            }
        }
        self.pieces(prose::read(text, text.all(), self.budget), &[], text, scope, &mut lines)
    }

    /// The scope of the line at `offset` of `text`, which is all of `around`.
    fn line(&mut self, offset: usize, text: &Text<'_>, around: Scope, lines: &mut Option<Lines>) -> Scope {
        let Some(values) = self.values.last_mut() else { return around };
        lines.get_or_insert_with(|| Lines::new(text.text(), around)).at(offset, text.text(), values)
    }

    /// Looks at things inside `text`. Returns true if all of it is a document.
    fn pieces(
        &mut self,
        pieces: Pieces<'_>,
        steps: &[Step],
        text: &Text<'_>,
        scope: Scope,
        lines: &mut Option<Lines>,
    ) -> bool {
        let mut is_document = false;
        for Piece { steps: more, inside } in pieces {
            let steps = &[steps, &more].concat();
            match inside {
                Inside::Whole => {
                    self.whole(None, text);
                    is_document = true;
                }
                Inside::Json(root) => is_document |= self.json(root, text, scope),
                Inside::Document(span) => {
                    let (bytes, origin) = text.slice(span).into_parts();
                    self.document(&Arc::new(Source::new(bytes)), None, &origin, steps, text);
                }
                Inside::Tree(root, format) => {
                    let scope = self.line(root.span().start, text, scope, lines);
                    self.tree(&root, format, steps, text, scope);
                }
                Inside::Assignments(assignments) => {
                    for assignment in assignments {
                        // Of a million variables, only those that may be something get a line.
                        let Some(meaning) = Meaning::of(&assignment) else { continue };
                        let scope = self.line(assignment.name_span.start, text, scope, lines);
                        self.meant(meaning, assignment, steps, text, scope);
                    }
                }
                Inside::Text(extract) => {
                    let scope = self.line(extract.all().start, text, scope, lines);
                    self.inward(extract, steps, text, scope);
                }
                Inside::Prose(span) => {
                    self.pieces(prose::read(text, span, self.budget), steps, text, scope, lines);
                }
                Inside::Value(field, name, value) => {
                    let scope = self.line(value.all().start, text, scope, lines);
                    let name_span = value.all();
                    self.value(field, Assignment { name, name_span, value }, steps, text, scope);
                }
                Inside::Unexplained(span) => self.unexplained(span, steps, text, scope, lines),
                Inside::Encrypted(kind, span) => self.encrypted(kind, span, steps, text),
                Inside::Limit(limit) => self.limit(limit, &text.trail),
            }
        }
        is_document
    }

    /// Looks for values in the part `span` of `text` wherever nothing else was found.
    fn unexplained(
        &mut self,
        span: Span,
        steps: &[Step],
        text: &Text<'_>,
        scope: Scope,
        lines: &mut Option<Lines>,
    ) {
        for (field, value) in parts::all(text.text().get(span.range()).unwrap_or_default()) {
            let span = Span::new(value.start + span.start, value.end + span.start);
            let value = parts::block(text.text(), span);
            let outer = text.trail.outer(value.all());
            if self.values.last_mut().is_none_or(|values| values.is_explained(outer)) {
                continue;
            }
            let scope = self.line(value.all().start, text, scope, lines);
            let name = name_before(text.text(), value.all().start).to_owned();
            let assignment = Assignment { name, name_span: value.all(), value };
            self.value(field, assignment, steps, text, scope);
        }
    }

    /// A value that may be part of a credential.
    fn value(&mut self, field: Field, assignment: Assignment, steps: &[Step], text: &Text<'_>, scope: Scope) {
        let Assignment { name, name_span, value } = assignment;
        let decoded = (field.pem() && !value.text().contains("-----"))
            .then(|| base64::decode_short(value.text()))
            .flatten()
            .map(|(_, decoded)| decoded.through(&value.origin));
        let value = decoded.filter(|decoded| decoded.text().contains("-----BEGIN")).unwrap_or(value);
        let value = if field.pem() { unquoted(value) } else { trimmed(field, &value) };
        let trail = text.trail.clone();
        let (span, steps) = (trail.outer(value.all()), steps.to_vec());
        let key_file = None;
        self.keep(
            values::FieldValue { field, name, name_span, value, span, scope, steps, trail, key_file },
            text,
        );
    }

    /// Keeps a value until all are known.
    fn keep(&mut self, value: values::FieldValue, text: &Text<'_>) {
        let Some(values) = self.values.last_mut() else { return };
        if values.is_full(&value) {
            let outcome = values.settle();
            self.settle(outcome, text);
        }
        if let Some(values) = self.values.last_mut() {
            values.add(value);
        }
    }

    /// Hands out what values in `text`, or in something in it, came to.
    fn settle(&mut self, outcome: Outcome, text: &Text<'_>) {
        for credential in outcome.credentials {
            self.assembled(credential, text);
        }
        for (kind, value) in outcome.parts {
            let mut steps: Vec<Step> = value.path().cloned().collect();
            let values::FieldValue { name, value, trail, span, .. } = value;
            if !name.is_empty() && !steps.ends_with(&[Step::key(&name)]) {
                steps.push(Step::key(&name));
            }
            let secret = Secret::new(value.text().to_owned());
            let trail = trail.to(steps, value.origin, &text.base);
            self.find(Unwrapped::Part(Part { kind, text: secret, trail, span }), None);
        }
    }

    fn assembled(&mut self, assembled: Assembled, text: &Text<'_>) {
        let Assembled { steps, trail, document, variables } = assembled;
        let is_encrypted = is_sops_value(document.text());
        let span = trail.outer(document.all());
        let (bytes, origin) = document.into_parts();
        let trail = trail.to(steps, origin, &text.base);
        let found = if is_encrypted {
            let names_credential = *text.names_credential.get_or_init(|| says_so(self.name, text.text()));
            Unwrapped::Encrypted(Encrypted { kind: Encryption::Sops, names_credential, trail, span })
        } else {
            let (source, form) = (Arc::new(Source::new(bytes)), Form::Variables(variables));
            Unwrapped::Document(Document { source, form, trail })
        };
        self.find(found, None);
    }

    /// Notes that a document is at `span` of the outermost text.
    fn explain(&mut self, span: Span) {
        if let Some(values) = self.values.last_mut() {
            values.explain(span);
        }
    }

    /// A document that was taken from `text`, and its value, if it could be parsed.
    fn document(
        &mut self,
        source: &Arc<Source>,
        value: Option<&Value<'_>>,
        origin: &Origin,
        steps: &[Step],
        text: &Text<'_>,
    ) {
        let trail = text.inward(steps.to_vec(), [origin.clone()]);
        self.explain(trail.outer(Span::new(0, source.text().len())));
        self.tokens(value, source.text(), origin, steps, text);
        let document = Document { source: Arc::clone(source), form: Form::Document, trail };
        self.find(Unwrapped::Document(document), value);
    }

    /// All of `text` is a document.
    fn whole(&mut self, value: Option<&Value<'_>>, text: &Text<'_>) {
        let (source, trail) = (Arc::clone(&text.source), text.trail.clone());
        self.explain(trail.outer(text.all()));
        self.tokens(value, text.text(), &Origin::exact(text.text().len(), 0), &[], text);
        self.find(Unwrapped::Document(Document { source, form: Form::Document, trail }), value);
    }

    /// Something encrypted in the part `span` of `text`.
    fn encrypted(&mut self, kind: Encryption, span: Span, steps: &[Step], text: &Text<'_>) {
        let names_credential = *text.names_credential.get_or_init(|| says_so(self.name, text.text()));
        let trail = text.inward(steps.to_vec(), [Origin::exact(span.end - span.start, span.start)]);
        let span = text.trail.outer(span);
        self.find(Unwrapped::Encrypted(Encrypted { kind, names_credential, trail, span }), None);
    }

    /// Looks at what was taken out of `text`.
    fn inward(&mut self, extract: Extract, steps: &[Step], text: &Text<'_>, scope: Scope) {
        let (bytes, origin) = extract.into_parts();
        self.inside(bytes, Location { scope: Some(scope), ..text.inside(steps.to_vec(), origin) });
    }

    /// Looks at bytes that were taken out of something.
    fn inside(&mut self, bytes: Secret<Vec<u8>>, location: Location) {
        match self.budget.layer(bytes.expose().len(), location.depth) {
            Ok(()) => drop(self.bytes(bytes, location)),
            Err(limit) => {
                self.limit(limit, &location.trail);
                // What is over this limit is still looked through for whole documents.
                let is_over = matches!(limit, Limit::Layers(_)) && is_document(bytes.expose());
                if is_over && self.budget.expand(bytes.expose().len()).is_ok() {
                    self.bytes(bytes, location);
                }
            }
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

/// PEM without quotation marks around it; blanks are of it.
fn unquoted(value: Extract) -> Extract {
    let (text, bare) = (value.text(), field::bare(value.text()));
    if text.trim() == bare || !bare.starts_with("-----BEGIN ") {
        return value;
    }
    let start = bare.as_ptr() as usize - text.as_ptr() as usize;
    Extract::slice(text, Span::new(start, start + bare.len())).through(&value.origin)
}

/// The value without blanks around it, and a token without the scheme of an `Authorization` header.
fn trimmed(field: Field, value: &Extract) -> Extract {
    let (text, bare) = (value.text(), field::bare(value.text()));
    let mut start = bare.as_ptr() as usize - text.as_ptr() as usize;
    let end = start + bare.len();
    if field == Field::AccessToken {
        start += token_scheme(bare);
    }
    let inner = field::dressed(field, text).unwrap_or(Span::new(start, end));
    Extract::slice(text, inner).through(&value.origin)
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
