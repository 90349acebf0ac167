//! A text that was taken from another one, and the way back.
//!
//! Owns: the pair of the two, and cutting it. Does not own: where the decoding rules come from.

use crate::json::Text;
use crate::secret::Secret;
use crate::source::{Origin, Span};

/// Bytes that were decoded, unescaped or cut out, and their origin in the text that they were taken from.
#[derive(Clone, Debug, Default)]
pub(super) struct Derived {
    pub(super) bytes: Secret<Vec<u8>>,
    pub(super) origin: Origin,
}

impl Derived {
    /// The part `span` of `text`.
    pub(super) fn slice(text: &str, span: Span) -> Self {
        let part = text.get(span.range()).unwrap_or_default();
        Self { bytes: Secret::new(part.as_bytes().to_vec()), origin: Origin::exact(part.len(), span.start) }
    }

    /// The value of a JSON string in the part of a text that begins at `offset`.
    pub(super) fn json(text: &Text<'_>, offset: usize) -> Self {
        let bytes = Secret::new(text.as_str().as_bytes().to_vec());
        Self { bytes, origin: text.origin().shifted(offset) }
    }

    /// The bytes as text; empty if they are none.
    pub(super) fn text(&self) -> &str {
        std::str::from_utf8(self.bytes.expose()).unwrap_or_default()
    }

    /// Where all of it stands in the text that it was taken from.
    pub(super) fn all(&self) -> Span {
        self.origin.outer(Span::new(0, self.bytes.expose().len()))
    }

    /// The same bytes with the origin carried through `outer`, the origin of the text that these were taken from.
    pub(super) fn through(self, outer: &Origin) -> Self {
        Self { origin: self.origin.through(outer), bytes: self.bytes }
    }
}

/// Collects derived text piece by piece. A buffer that has become too small is wiped before it is given up.
#[derive(Debug, Default)]
pub(super) struct Builder {
    bytes: Secret<Vec<u8>>,
    origin: Origin,
}

impl Builder {
    /// For about `capacity` bytes.
    pub(super) fn new(capacity: usize) -> Self {
        Self { bytes: Secret::new(Vec::with_capacity(capacity)), origin: Origin::default() }
    }

    /// `text` stands at `outer_start` just as it is.
    pub(super) fn exact(&mut self, text: &str, outer_start: usize) {
        self.bytes.append(text.as_bytes());
        self.origin.push_exact(text.len(), outer_start);
    }

    /// `character` stands for what is in `outer`.
    pub(super) fn character(&mut self, character: char, outer: Span) {
        let mut buffer = [0; 4];
        self.whole(character.encode_utf8(&mut buffer), outer);
    }

    /// `bytes` belong to all of `outer`.
    pub(super) fn whole(&mut self, bytes: impl AsRef<[u8]>, outer: Span) {
        self.bytes.append(bytes.as_ref());
        self.origin.push_whole(bytes.as_ref().len(), outer);
    }

    /// `text` is the part `span` of what `origin` is the origin of.
    pub(super) fn part(&mut self, text: &str, origin: &Origin, span: Span) {
        self.bytes.append(text.as_bytes());
        self.origin.push_part(origin, span);
    }

    /// `bytes` are spread evenly over `outer`, which is ASCII.
    pub(super) fn scaled(&mut self, bytes: &[u8], outer: Span) {
        self.bytes.append(bytes);
        self.origin.push_scaled(bytes.len(), outer);
    }

    /// What was collected.
    pub(super) fn finish(self) -> Derived {
        Derived { bytes: self.bytes, origin: self.origin }
    }
}
