//! Where bytes and texts are on the way inwards.
//!
//! Owns: a text that is being looked at, and what is known of it from outside. Does not own: what is in it.

use std::cell::{Cell, OnceCell};
use std::sync::Arc;

use crate::source::{Encoding, Origin, Source, Span};
use crate::unwrap::Json;
use crate::unwrap::place::Scope;
use crate::unwrap::place::filename::is_source_code;
use crate::unwrap::place::{Extract, Step, Trail};

/// Where some bytes are.
#[derive(Clone, Default)]
pub(crate) struct Location {
    /// From these bytes to the outermost text.
    pub(crate) trail: Trail,
    /// The outermost text; `None` if these bytes are it, or if there is only binary data outside.
    pub(crate) base: Option<Arc<Source>>,
    /// How many texts are around it.
    pub(crate) depth: usize,
    /// The scope that they are all of; `None` if no text is around them.
    pub(crate) scope: Option<Scope>,
}

impl Location {
    /// The location of `length` bytes that come out of these, which are `outer_length` bytes, when they are opened.
    pub(crate) fn opened(&self, steps: Vec<Step>, length: usize, outer_length: usize) -> Self {
        let depth = self.depth + steps.len();
        let trail = match &self.base {
            Some(base) => self.trail.inward(steps, [Origin::whole(length, Span::new(0, outer_length))], base),
            None => self.trail.afresh(steps),
        };
        Self { trail, base: self.base.clone(), depth, scope: self.scope }
    }
}

/// A text that is being looked at.
pub(crate) struct Text<'n> {
    pub(crate) source: Arc<Source>,
    /// The outermost text.
    pub(crate) base: Arc<Source>,
    /// From this text to the outermost.
    pub(crate) trail: Trail,
    depth: usize,
    /// The name of the file that all of this is in.
    file: &'n str,
    /// What became of reading it as JSON.
    pub(crate) json: Cell<Json>,
    /// Whether it speaks of a credential, once that was asked: what is encrypted in it may be one.
    pub(crate) names_credential: OnceCell<bool>,
}

impl<'n> Text<'n> {
    /// The text of `source`, which was decoded from `bytes` unless these are the same, at `location` in the file `file`.
    pub(crate) fn new(source: Arc<Source>, bytes: Option<&[u8]>, location: Location, file: &'n str) -> Self {
        let Location { mut trail, base, depth, .. } = location;
        if let Some(base) = &base {
            trail = trail.inward([], bytes.and_then(|bytes| transcoding(&source, bytes)), base);
        }
        let base = base.unwrap_or_else(|| Arc::clone(&source));
        Self { source, base, trail, depth, file, json: Cell::default(), names_credential: OnceCell::new() }
    }

    pub(crate) fn text(&self) -> &str {
        self.source.text()
    }

    pub(crate) fn all(&self) -> Span {
        Span::new(0, self.text().len())
    }

    /// Returns the part `span` of the text.
    pub(crate) fn slice(&self, span: Span) -> Extract {
        Extract::slice(self.text(), span)
    }

    /// Returns true if nothing is around it but containers.
    pub(crate) const fn is_outermost(&self) -> bool {
        self.depth == 0
    }

    /// The trail of what is derived from this text by `origins`.
    pub(crate) fn inward(&self, steps: Vec<Step>, origins: impl IntoIterator<Item = Origin>) -> Trail {
        self.trail.inward(steps, origins, &self.base)
    }

    /// The location of what is derived from this text by `origin`.
    pub(crate) fn inside(&self, steps: Vec<Step>, origin: Origin) -> Location {
        let trail = self.inward(steps, [origin]);
        Location { trail, base: Some(Arc::clone(&self.base)), depth: self.depth + 1, scope: None }
    }

    /// The name of the innermost file that the text is all of, be it in an archive; empty if it is something else.
    pub(crate) fn name(&self) -> &str {
        match self.trail.steps().last() {
            None => self.file,
            Some(Step::Member(_, name) | Step::Key(name)) => name,
            Some(_) => "",
        }
    }

    /// Returns true if the text is the value of a variable in source code, as far as can be told: by the file's name, or
    /// by a blank after the sign of equality or a point in the name, which no shell allows. Anything else that holds an
    /// object is meant to be JSON.
    pub(crate) fn is_assigned_in_source(&self) -> bool {
        if self.is_outermost() {
            return false;
        }
        let start = self.trail.outer(Span::new(0, 1)).start;
        let (base, file) = (self.base.text(), self.file);
        let before = base.get(..start).unwrap_or_default();
        let sign = before.trim_end_matches([' ', '\t']);
        let begins = base.get(start..).is_some_and(|rest| rest.trim_ascii_start().starts_with('{'));
        let name = sign.strip_suffix('=').and_then(|name| name.rsplit([' ', '\n', ';', '}']).next());
        let is_member = name.is_some_and(|name| name.contains('.'));
        begins && name.is_some() && (sign.len() < before.len() || is_member || is_source_code(file))
    }
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
