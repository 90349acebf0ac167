//! The work on one file: from text to text, each looked at once, within the limits.
//!
//! Owns: the order in which a text is tried, going inwards, handing out what is found. Does not own: how any one
//! encoding or format is read.

use std::collections::HashSet;
use std::sync::Arc;

use super::assemble::{Assembled, Assignment, assemble};
use super::decode::decode;
use super::derived::Derived;
use super::limits::{Budget, Limit, Limits};
use super::step::{Step, shown};
use super::trail::Trail;
use super::{Document, Part, PartKind, Unwrapped, lines, shape};
use crate::credential::{Form, Variable, Variables};
use crate::discover::prefilter::has_trace;
use crate::json::{self, SyntaxErrorKind};
use crate::secret::Secret;
use crate::source::{Encoding, Origin, Source, Span};

/// Looks through a file; gives `bytes` back unless the file itself is a document.
pub(super) fn run(
    _name: &str,
    bytes: Secret<Vec<u8>>,
    limits: &Limits,
    found: &mut dyn FnMut(Unwrapped),
) -> Option<Secret<Vec<u8>>> {
    let mut run = Run { budget: Budget::new(*limits), hit: HashSet::new(), found };
    // UTF-8 is moved back and forth; anything else is kept beside the decoded text.
    let kept = match std::str::from_utf8(bytes.expose()) {
        Ok(text) if !text.starts_with('\u{FEFF}') => None,
        _ => Some(bytes.clone()),
    };
    let source = Arc::new(Source::new(bytes));
    let layer = Layer { base: Arc::clone(&source), source, trail: Trail::default(), depth: 0 };
    let is_document = run.text(&layer);
    let Layer { base, .. } = layer;
    let bytes = match kept {
        Some(bytes) => bytes,
        None => Arc::try_unwrap(base)
            .map_or_else(|shared| Secret::new(shared.text().as_bytes().to_vec()), Source::into_bytes),
    };
    if is_document {
        run.find(Unwrapped::Document(Document { bytes, form: Form::Document, trail: Trail::default() }));
        return None;
    }
    Some(bytes)
}

/// A text on the way inwards.
pub(super) struct Layer {
    pub(super) source: Arc<Source>,
    /// The outermost text.
    base: Arc<Source>,
    /// From this text to the outermost.
    trail: Trail,
    depth: usize,
}

impl Layer {
    pub(super) fn text(&self) -> &str {
        self.source.text()
    }

    fn inward(&self, steps: &[Step], origins: impl IntoIterator<Item = Origin>) -> Trail {
        self.trail.inward(steps.iter().cloned(), origins, &self.base)
    }
}

/// The work on one file.
pub(super) struct Run<'f> {
    budget: Budget,
    hit: HashSet<Limit>,
    found: &'f mut dyn FnMut(Unwrapped),
}

impl Run<'_> {
    pub(super) const fn limits(&self) -> &Limits {
        self.budget.limits()
    }

    /// Looks at a text. The answer is whether all of it is a document, which is then for the caller to hand out.
    fn text(&mut self, layer: &Layer) -> bool {
        let text = layer.text();
        let trimmed = text.trim_ascii();
        if trimmed.starts_with(['{', '[', '"']) {
            match json::parse(text, self.limits().structure) {
                Ok(root) => return self.json(&root, layer),
                Err(error) => self.broken_json(error.kind, layer),
            }
            if layer.depth > 0 && trimmed.starts_with('{') && shape::names_fields(text) {
                return true;
            }
        }
        if let Some((step, decoded)) = decode(text) {
            self.inward(decoded, &[step], layer);
            return false;
        }
        let assignments = lines::assignments(text);
        self.assignments(&assignments, &[], layer);
        let covered: Vec<Span> = assignments.iter().map(|one| one.value.all()).collect();
        self.parts(&Derived::slice(text, Span::new(0, text.len())), &[], layer, &covered);
        false
    }

    fn broken_json(&mut self, kind: SyntaxErrorKind, layer: &Layer) {
        match kind {
            SyntaxErrorKind::TooDeep => {
                self.limit(Limit::Nesting(self.limits().structure.depth), &layer.trail);
            }

            SyntaxErrorKind::TooMany => {
                self.limit(Limit::Values(self.limits().structure.values), &layer.trail);
            }

            _ => {}
        }
    }

    /// Assignments as they stand in a file or an object: a field each, or something that holds a document.
    ///
    /// The answer is which of them belong to a credential that was put together.
    pub(super) fn assignments(
        &mut self,
        assignments: &[Assignment],
        steps: &[Step],
        layer: &Layer,
    ) -> HashSet<usize> {
        let mut used = HashSet::new();
        for assembled in assemble(assignments) {
            used.extend(assembled.present.iter().chain(&assembled.overridden).map(|(_, index)| *index));
            self.assembled(assembled, assignments, steps, layer);
        }
        for (_, assignment) in assignments.iter().enumerate().filter(|(index, _)| !used.contains(index)) {
            let steps = [steps, &[Step::key(&assignment.name)]].concat();
            self.string(&assignment.value, &steps, layer);
        }
        used
    }

    fn assembled(&mut self, assembled: Assembled, assignments: &[Assignment], steps: &[Step], layer: &Layer) {
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
        let steps = [steps, &[Step::Variables(assembled.prefix)]].concat();
        let trail = layer.inward(&steps, [assembled.document.origin]);
        self.find(Unwrapped::Document(Document { bytes: assembled.document.bytes, form, trail }));
    }

    /// A part of the layer's text that is a document just as it stands there.
    pub(super) fn document(&mut self, span: Span, steps: &[Step], layer: &Layer) {
        let Derived { bytes, origin } = Derived::slice(layer.text(), span);
        let trail = layer.inward(steps, [origin]);
        self.find(Unwrapped::Document(Document { bytes, form: Form::Document, trail }));
    }

    /// A string of some structure: is there something in it?
    pub(super) fn string(&mut self, value: &Derived, steps: &[Step], layer: &Layer) {
        let text = value.text();
        if text.len() < SHORTEST {
            return;
        }
        if let Some((step, decoded)) = decode(text) {
            let steps = [steps, &[step]].concat();
            self.inward(decoded.through(&value.origin), &steps, layer);
        } else if has_structure(text) && has_trace(text.as_bytes()) {
            self.inward(value.clone(), steps, layer);
        } else {
            self.parts(value, steps, layer, &[]);
        }
    }

    /// Parts of credentials in a text taken from the layer's, but for those in `covered`.
    fn parts(&mut self, value: &Derived, steps: &[Step], layer: &Layer, covered: &[Span]) {
        let text = value.text();
        for (kind, span) in parts(text) {
            if covered.iter().any(|covered| covered.contains(span)) {
                continue;
            }
            let part = Derived::slice(text, span);
            let span = layer.trail.outer(value.origin.outer(span));
            let text = Secret::new(String::from_utf8(part.bytes.into_inner()).unwrap_or_default());
            let trail = layer.inward(steps, [part.origin, value.origin.clone()]);
            self.find(Unwrapped::Part(Part { kind, text, trail, span }));
        }
    }

    /// Looks at what was taken out of the layer's text.
    fn inward(&mut self, derived: Derived, steps: &[Step], layer: &Layer) {
        let Derived { bytes, origin } = derived;
        if !is_promising(bytes.expose()) {
            return;
        }
        if let Err(limit) = self.budget.layer(bytes.expose().len(), layer.depth + 1) {
            self.limit(limit, &layer.inward(steps, [origin]));
            return;
        }
        let source = Arc::new(Source::new(bytes.clone()));
        let transcoded = transcoding(&source, bytes.expose());
        let trail = layer.inward(steps, transcoded.into_iter().chain([origin]));
        let inner = Layer { source, base: Arc::clone(&layer.base), trail, depth: layer.depth + 1 };
        if self.text(&inner) {
            self.find(Unwrapped::Document(Document { bytes, form: Form::Document, trail: inner.trail }));
        }
    }

    fn limit(&mut self, limit: Limit, trail: &Trail) {
        // A file that goes on in the same way would repeat it without end.
        if self.hit.insert(limit) {
            (self.found)(Unwrapped::LimitHit { trail: trail.clone(), limit });
        }
    }

    fn find(&mut self, found: Unwrapped) {
        match self.budget.find() {
            Ok(()) => (self.found)(found),
            Err(limit) => self.limit(limit, &Trail::default()),
        }
    }
}

/// Strings shorter than this hold neither a document nor a part of one.
const SHORTEST: usize = 24;

/// Whether a string may have a structure of its own: an object, or lines of variables.
fn has_structure(text: &str) -> bool {
    text.trim_ascii_start().starts_with(['{', '[', '"'])
        || memchr::memchr2(b'=', b'\n', text.as_bytes()).is_some()
}

/// Whether decoded bytes can be something. Almost all that is taken for base64 by chance isn't even text.
fn is_promising(bytes: &[u8]) -> bool {
    let is_text = || std::str::from_utf8(bytes).is_ok_and(|text| decode(text).is_some());
    has_trace(bytes) || is_text()
}

/// How the decoded text lies in bytes that are not plain UTF-8.
fn transcoding(source: &Source, bytes: &[u8]) -> Option<Origin> {
    let unit = match source.encoding() {
        Encoding::Utf8 | Encoding::Binary(_) => return None,
        Encoding::Utf8WithMark => return Some(Origin::exact(source.text().len(), 3)),
        Encoding::Invalid { .. } => {
            return Some(Origin::whole(source.text().len(), Span::new(0, bytes.len())));
        }
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

/// PEM blocks in a text that is part of no document.
fn parts(text: &str) -> Vec<(PartKind, Span)> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(begin) = text.get(from..).and_then(|rest| rest.find("-----BEGIN ")) {
        let begin = from + begin;
        from = begin + "-----BEGIN ".len();
        let Some(label) = text.get(from..).and_then(|rest| rest.split_once("-----")).map(|(label, _)| label)
        else {
            break;
        };
        let kind = match label {
            "CERTIFICATE" => PartKind::Certificate,
            _ if label.len() < 30 && label.ends_with("PRIVATE KEY") => PartKind::PrivateKey,
            _ => continue,
        };
        let end = format!("-----END {label}-----");
        if let Some(length) = text.get(from..).and_then(|rest| rest.find(&end)) {
            let end = from + length + end.len();
            found.push((kind, Span::new(begin, end)));
            from = end;
        }
    }
    found
}
