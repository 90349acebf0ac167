//! What a text is tried for, and in which order.
//!
//! Owns: the order: JSON, encodings of the whole, XML, YAML, then lines and whatever stands among them. Does not own:
//! reading any of these.

use std::sync::Arc;

use super::assemble::Assignment;
use super::covered::Covered;
use super::decode::{decode, escapes};
use super::derived::Derived;
use super::embedded::{Stretch, stretches};
use super::glance::{holds_itself, is_plain, is_promising, may_hold_something, promising};
use super::limits::Limit;
use super::lines::{Rules, object_length};
use super::node::{Format, Node, NodeKind};
use super::prefilter::names_credential;
use super::prefixed::Prefix;
use super::step::Step;
use super::worklist::{IN_VAIN, Layer, Run};
use super::yaml::{self, Unreadable};
use super::{Json, PartKind, encrypted, is_source_code, lines, literal, object, parts, prefixed, xml};
use crate::credential::{Token, names_service_credential};
use crate::json::{self, SyntaxErrorKind};
use crate::source::{Source, Span};

impl Run<'_> {
    /// Looks at a text. The answer is whether all of it is a document.
    pub(super) fn text(&mut self, layer: &Layer) -> bool {
        let text = layer.text();
        let trimmed = text.trim_ascii();
        // Further in, it is a part, which says where it stands.
        if layer.depth == 0 && Token::bare(text).is_some_and(|token| token.is_adobes()) {
            self.whole(None, layer);
            return true;
        }
        if trimmed.starts_with(['{', '[', '"']) {
            let parsed = json::parse(text, self.limits().structure);
            self.json(parsed.as_ref().map_or_else(|error| Json::Broken(error.kind), |_| Json::Valid), layer);
            match parsed {
                Ok(root) => return self.json_text(&root, layer),
                Err(error) if self.too_much(error.kind, layer) => {
                    self.json(Json::Valid, layer);
                    self.loose(&Derived::slice(text, Span::new(0, text.len())), &[], layer);
                    return false;
                }
                Err(error) if error.kind == SyntaxErrorKind::TrailingData && self.json_stream(layer) => {
                    return false;
                }
                Err(_) if escapes(text).is_some() => {}
                // Further in, it is the value of a variable in source code, unless it is meant to be JSON.
                Err(_)
                    if is_source(trimmed)
                        && self.is_assigned_in_source(layer)
                        && self.source(trimmed_span(text), &[], layer) =>
                {
                    return false;
                }
                Err(_) if trimmed.starts_with('{') && self.means_document(layer) => {
                    // A document that is broken; the file itself comes back to the caller. A whole object in it doesn't
                    // make up for what is wrong around it, but its parts are still there.
                    self.parts(&Derived::slice(text, Span::new(0, text.len())), &[], layer);
                    let is_inside = layer.depth > 0;
                    if is_inside {
                        self.whole(None, layer);
                    }
                    return is_inside;
                }
                Err(_) => {}
            }
        }
        if let Some((step, decoded)) = promising(text) {
            self.inward(decoded, &[step], layer);
            return false;
        }
        let all = Span::new(0, text.len());
        if trimmed.starts_with('<') {
            match xml::read(text, self.limits().structure) {
                Ok(Some(root)) => {
                    self.tree(&root, Format::Other, &[], layer);
                    return false;
                }
                Ok(None) => {}
                Err(limit) => self.limit(limit, layer.trail()),
            }
        }
        if self.rules(layer) == Rules::Properties {
            self.loose(&Derived::slice(text, all), &[], layer);
            return false;
        }
        if self.yaml(all, &[], layer) {
            return false;
        }
        // One document that can't be read, a template for example, is no reason to give up those beside it.
        let chunks = chunks(text);
        if let [_, _, ..] = chunks.as_slice() {
            for (index, chunk) in chunks.into_iter().enumerate() {
                let steps = [Step::DocumentNumber(index + 1)];
                if !self.yaml(chunk, &steps, layer) {
                    self.loose(&Derived::slice(text, chunk), &steps, layer);
                }
            }
        } else {
            self.loose(&Derived::slice(text, all), &[], layer);
        }
        false
    }

    /// A string of some structure: is there something in it?
    pub(super) fn string(&mut self, value: &Derived, steps: &[Step], layer: &Layer) {
        let text = value.text();
        if !may_hold_something(text) {
            return;
        }
        if let Some((step, decoded)) = promising(text) {
            let steps = [steps, &[step]].concat();
            self.inward(decoded.through(&value.origin), &steps, layer);
        } else if is_plain(text) {
            self.parts(value, steps, layer);
        } else if holds_itself(text) {
            self.inward(value.clone(), steps, layer);
        }
    }

    /// Hands out all parts of credentials in `value`.
    fn parts(&mut self, value: &Derived, steps: &[Step], layer: &Layer) {
        for (kind, span) in parts::parts(value.text()) {
            self.part(kind, span, value, steps, layer);
        }
    }

    /// Reports limits that JSON was too much for; the answer is whether it was.
    fn too_much(&mut self, kind: SyntaxErrorKind, layer: &Layer) -> bool {
        let limits = self.limits().structure;
        let limit = match kind {
            SyntaxErrorKind::TooDeep => Limit::Nesting(limits.depth),
            SyntaxErrorKind::TooMany => Limit::Values(limits.values),
            _ => return false,
        };
        self.limit(limit, layer.trail());
        true
    }

    /// Several JSON values one after the other, as exports have one on each line. The answer is whether it is that.
    fn json_stream(&mut self, layer: &Layer) -> bool {
        let text = layer.text();
        let mut values = Vec::new();
        let mut at = 0;
        loop {
            let rest = text.get(at..).unwrap_or_default();
            at += rest.len() - rest.trim_ascii_start().len();
            let rest = rest.trim_ascii_start();
            let length = if rest.starts_with(['{', '[']) { object_length(rest) } else { None };
            let Some(length) = length else { break };
            values.push(Span::new(at, at + length));
            at += length;
        }
        // One value with something after it is a broken document and not a stream.
        if values.len() < 2 {
            return false;
        }
        for (index, span) in values.into_iter().enumerate() {
            let value = text.get(span.range()).unwrap_or_default();
            let steps = [Step::DocumentNumber(index + 1)];
            match json::parse(value, self.limits().structure) {
                _ if !is_promising(value.as_bytes()) => {}
                Ok(root) => {
                    self.tree(&Node::json(&root, span.start), Format::Json, &steps, layer);
                }
                Err(error) if self.too_much(error.kind, layer) => {
                    self.loose(&Derived::slice(text, span), &steps, layer);
                }
                Err(_) if names_service_credential(value) => {
                    let (bytes, origin) = Derived::slice(text, span).into_parts();
                    self.document(&Arc::new(Source::new(bytes)), None, origin, &steps, layer);
                }
                Err(_) => {}
            }
        }
        if at < text.len() {
            self.loose(&Derived::slice(text, Span::new(at, text.len())), &[], layer);
        }
        true
    }

    /// Looks through YAML in the part `span` of the text. The answer is whether it is any.
    fn yaml(&mut self, span: Span, steps: &[Step], layer: &Layer) -> bool {
        let text = layer.text();
        let documents = match yaml::read(text, span, self.limits().structure) {
            Ok(documents) => documents,
            Err(Unreadable::Limit(limit)) => {
                self.limit(limit, layer.trail());
                return false;
            }
            Err(Unreadable::Syntax) => return false,
        };
        let is_structured = |node: &Node| !matches!(node.kind, NodeKind::Text(_));
        if !documents.iter().any(|document| is_structured(document)) {
            return false;
        }
        for (index, document) in documents.iter().enumerate() {
            let number = [Step::DocumentNumber(index + 1)];
            let more = if documents.len() > 1 { number.as_slice() } else { &[] };
            self.tree(document, Format::Other, &[steps, more].concat(), layer);
        }
        self.comments(span, steps, layer);
        true
    }

    /// What was commented out is still there.
    fn comments(&mut self, span: Span, steps: &[Step], layer: &Layer) {
        let all = Derived::slice(layer.text(), span);
        let mut covered = Covered::default();
        for (_, text) in
            prefixed::texts(all.text()).into_iter().filter(|(prefix, _)| *prefix == Prefix::Mark("#"))
        {
            let text = text.through(&all.origin);
            covered.add(text.all());
            self.inward(text, &[steps, &[Step::Embedded("lines")]].concat(), layer);
        }
        let mut start = span.start;
        for line in layer.text().get(span.range()).unwrap_or_default().split_inclusive('\n') {
            let end = start + line.len();
            let is_comment =
                line.trim_ascii_start().starts_with('#') && !covered.touches(Span::new(start, end));
            if is_comment && is_promising(line.as_bytes()) {
                let hash = start + line.find('#').map_or(0, |hash| hash + 1);
                self.loose(&Derived::slice(layer.text(), Span::new(hash, end)), steps, layer);
            }
            start = end;
        }
    }

    /// A text without a structure of its own: lines of variables, and what stands among words.
    fn loose(&mut self, value: &Derived, steps: &[Step], layer: &Layer) {
        let text = value.text();
        let mut covered = self.prefixed(value, steps, layer);
        let mut assignments = lines::assignments(text, self.rules(layer), &mut self.in_vain);
        assignments.retain(|assignment| {
            let span = assignment.value.all();
            // What ends so goes on in lines that belong to no value.
            if assignment.value.text().ends_with(['{', '[', '(']) || covered.touches(span) {
                return false;
            }
            let is_in_source = text[..span.start].ends_with(' ') && text[span.start..].starts_with('{');
            let is_read = is_in_source && self.assigned_object(assignment, value, steps, layer);
            if is_read {
                covered.add(span);
            }
            !is_read
        });
        for assignment in &mut assignments {
            covered.add(assignment.value.all());
            assignment.name_span = value.origin.outer(assignment.name_span);
            let inner = std::mem::take(&mut assignment.value);
            assignment.value = inner.through(&value.origin);
        }
        self.assignments(&assignments, steps, layer, true);
        for (kind, span) in encrypted::inside(text) {
            covered.add(span);
            self.encrypted(kind, value.origin.outer(span), steps, layer);
        }
        // The claims of a token are a long word, which can be decoded, but then the token would be lost.
        let parts = parts::parts(text);
        let mut tokens = Covered::default();
        for (_, span) in parts.iter().filter(|(kind, _)| *kind == PartKind::Token) {
            tokens.add(*span);
        }
        for stretch in stretches(text, &covered, &mut self.in_vain) {
            let in_token = matches!(stretch, Stretch::Word(_)) && tokens.touches(stretch.span());
            if !in_token && self.stretch(stretch, value, steps, layer) {
                covered.add(stretch.span());
            }
        }
        for (kind, span) in parts.into_iter().filter(|(_, span)| !covered.touches(*span)) {
            self.part(kind, span, value, steps, layer);
        }
        if self.in_vain == 0 {
            self.limit(Limit::Attempts(IN_VAIN), layer.trail());
        }
    }

    /// Looks through the object of some source code that begins where `span` of the layer's text does, and doesn't go
    /// beyond it. The answer is whether there is one.
    fn source(&mut self, span: Span, steps: &[Step], layer: &Layer) -> bool {
        let within = layer.text().get(..span.end).unwrap_or_default();
        let Some(root) = object::read(within, span.start, self.limits().structure) else { return false };
        self.tree(&root, Format::Other, &[steps, &[Step::Embedded("object")]].concat(), layer);
        true
    }

    /// The same for what a variable is given in source code, where it isn't JSON. Files of variables have no blank before
    /// a value, and what is wrong with JSON there is wrong.
    fn assigned_object(
        &mut self,
        assignment: &Assignment,
        value: &Derived,
        steps: &[Step],
        layer: &Layer,
    ) -> bool {
        let object = assignment.value.text();
        if !is_promising(object.as_bytes()) || json::parse(object, self.limits().structure).is_ok() {
            return false;
        }
        let span = value.origin.outer(assignment.value.all());
        self.source(span, &[steps, &[Step::key(&assignment.name)]].concat(), layer)
    }

    /// Whether a text that is no JSON was meant to be a document: it names fields as JSON does, or, where a document is
    /// kept as a value, in whatever way.
    fn means_document(&self, layer: &Layer) -> bool {
        names_service_credential(layer.text())
            || layer.depth > 0
                && is_source(layer.text().trim_ascii())
                && !self.is_assigned_in_source(layer)
                && names_credential(layer.text().as_bytes())
    }

    /// Whether a text is the value of a variable in source code, as far as can be told: by the file's name, or by a blank
    /// after the sign of equality or a point in the name, which no shell allows. Anything else that holds an object is meant to be JSON.
    fn is_assigned_in_source(&self, layer: &Layer) -> bool {
        if layer.depth == 0 {
            return false;
        }
        let start = layer.trail().outer(Span::new(0, 1)).start;
        let base = layer.outermost();
        let before = base.get(..start).unwrap_or_default();
        let sign = before.trim_end_matches([' ', '\t']);
        let begins = base.get(start..).is_some_and(|rest| rest.trim_ascii_start().starts_with('{'));
        let name = sign.strip_suffix('=').and_then(|name| name.rsplit([' ', '\n', ';', '}']).next());
        let is_member = name.is_some_and(|name| name.contains('.'));
        begins && name.is_some() && (sign.len() < before.len() || is_member || is_source_code(self.name()))
    }

    /// Looks at what stands behind the same on each line. The answer is what of `value` that is.
    fn prefixed(&mut self, value: &Derived, steps: &[Step], layer: &Layer) -> Covered {
        let mut covered = Covered::default();
        for (_, text) in prefixed::texts(value.text()) {
            covered.add(text.all());
            self.inward(text.through(&value.origin), &[steps, &[Step::Embedded("lines")]].concat(), layer);
        }
        covered
    }

    /// Looks at a part of `value` that may be a document. The answer is whether it is anything.
    fn stretch(&mut self, stretch: Stretch, value: &Derived, steps: &[Step], layer: &Layer) -> bool {
        let span = stretch.span();
        if let Stretch::Object(_) = stretch {
            let literally = self.rules(layer) == Rules::Literal;
            if let Some(object) = literal::inside(value.text(), span, literally) {
                let steps = [steps, &[Step::Decoding("escapes")]].concat();
                self.inward(object.through(&value.origin), &steps, layer);
                return true;
            }
            let outer = value.origin.outer(span);
            let object = layer.text().get(outer.range()).unwrap_or_default();
            let Ok(root) = json::parse(object, self.limits().structure) else {
                return self.source(outer, steps, layer);
            };
            let steps = [steps, &[Step::Embedded("JSON")]].concat();
            self.tree(&Node::json(&root, outer.start), Format::Json, &steps, layer);
            return true;
        }
        if let Stretch::Source(_) = stretch {
            return self.source(value.origin.outer(span), steps, layer);
        }
        let decoded = if let Stretch::Quoted(literal) = stretch {
            Some((Step::Decoding("escapes"), literal.unescaped(value.text())))
        } else {
            let part = Derived::slice(value.text(), span);
            let decoded = decode(part.text()).map(|(step, decoded)| (step, decoded.through(&part.origin)));
            if let Stretch::Percent(_) = stretch { decoded.map(object_alone) } else { decoded }
        };
        let Some((step, decoded)) = decoded.filter(|(_, decoded)| is_promising(decoded.bytes())) else {
            return false;
        };
        self.inward(decoded.through(&value.origin), &[steps, &[step]].concat(), layer);
        true
    }
}

/// Whether the first name of an object isn't written as JSON has it.
fn is_source(trimmed: &str) -> bool {
    trimmed.strip_prefix('{').is_some_and(|inner| !inner.trim_ascii_start().starts_with('"'))
}

/// Where `text` stands without blanks around it.
fn trimmed_span(text: &str) -> Span {
    Span::new(text.len() - text.trim_ascii_start().len(), text.trim_ascii_end().len())
}

/// Without what follows an object: of an address, not all need belong to it.
fn object_alone((step, decoded): (Step, Derived)) -> (Step, Derived) {
    let length = object_length(decoded.text()).filter(|length| *length < decoded.text().len());
    let object =
        length.map(|length| Derived::slice(decoded.text(), Span::new(0, length)).through(&decoded.origin));
    (step, object.unwrap_or(decoded))
}

/// The documents of a YAML stream, by the lines that separate them.
fn chunks(text: &str) -> Vec<Span> {
    let mut chunks = Vec::new();
    let mut start = 0;
    let mut offset = 0;
    for line in text.split_inclusive('\n') {
        if line.trim_ascii_end() == "---" {
            chunks.push(Span::new(start, offset));
            start = offset + line.len();
        }
        offset += line.len();
    }
    chunks.push(Span::new(start, text.len()));
    chunks.retain(|chunk| !text.get(chunk.range()).unwrap_or_default().trim_ascii().is_empty());
    chunks
}
