//! A text that was taken from another one, and the way back.
//!
//! Owns: the pair of the two, and cutting it. Does not own: where the decoding rules come from.

use crate::json::Text;
use crate::secret::Secret;
use crate::source::{Origin, Span};

/// What was decoded, unescaped or cut out, and its origin in the text that it was taken from.
#[derive(Clone, Debug, Default)]
pub(crate) struct Extract {
    content: Content,
    pub(crate) origin: Origin,
}

/// Text is known to be text, so that nobody has to look through all of it for every part.
#[derive(Clone, Debug)]
enum Content {
    Text(Secret<String>),
    Binary(Secret<Vec<u8>>),
}

impl Default for Content {
    fn default() -> Self {
        Self::Text(Secret::default())
    }
}

impl Extract {
    /// The part `span` of `text`.
    pub(crate) fn slice(text: &str, span: Span) -> Self {
        let part = text.get(span.range()).unwrap_or_default();
        Self { content: Content::from(part), origin: Origin::exact(part.len(), span.start) }
    }

    /// `text`, which has that `origin`.
    pub(crate) const fn new(text: Secret<String>, origin: Origin) -> Self {
        Self { content: Content::Text(text), origin }
    }

    /// The value of a JSON string in the part of a text that begins at `offset`.
    pub(crate) fn json(text: &Text<'_>, offset: usize) -> Self {
        Self { content: Content::from(text.as_str()), origin: text.origin().shifted(offset) }
    }

    /// The text; empty if it is none.
    pub(crate) fn text(&self) -> &str {
        match &self.content {
            Content::Text(text) => text.expose(),
            Content::Binary(_) => "",
        }
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        match &self.content {
            Content::Text(text) => text.expose().as_bytes(),
            Content::Binary(bytes) => bytes.expose(),
        }
    }

    pub(crate) fn into_parts(self) -> (Secret<Vec<u8>>, Origin) {
        let bytes = match self.content {
            Content::Text(text) => Secret::new(text.into_inner().into_bytes()),
            Content::Binary(bytes) => bytes,
        };
        (bytes, self.origin)
    }

    /// Where all of it stands in the text that it was taken from.
    pub(crate) fn all(&self) -> Span {
        self.origin.outer(Span::new(0, self.bytes().len()))
    }

    /// The same bytes, taken from a text in which everything is `by` bytes further on.
    pub(crate) fn shifted(self, by: usize) -> Self {
        Self { origin: self.origin.shifted(by), content: self.content }
    }

    /// The same bytes with the origin carried through `outer`, the origin of the text that these were taken from.
    pub(crate) fn through(self, outer: &Origin) -> Self {
        Self { origin: self.origin.through(outer), content: self.content }
    }
}

impl From<&str> for Content {
    fn from(text: &str) -> Self {
        Self::Text(Secret::new(text.to_owned()))
    }
}

impl From<Secret<Vec<u8>>> for Content {
    fn from(bytes: Secret<Vec<u8>>) -> Self {
        match String::from_utf8(bytes.into_inner()) {
            Ok(text) => Self::Text(Secret::new(text)),
            Err(error) => Self::Binary(Secret::new(error.into_bytes())),
        }
    }
}

/// Collects derived text piece by piece. A buffer that has become too small is wiped before it is given up.
#[derive(Debug, Default)]
pub(crate) struct Builder {
    bytes: Secret<Vec<u8>>,
    origin: Origin,
}

impl Builder {
    /// For about `capacity` bytes.
    pub(crate) fn new(capacity: usize) -> Self {
        Self { bytes: Secret::new(Vec::with_capacity(capacity)), origin: Origin::default() }
    }

    /// `text` stands at `outer_start` just as it is.
    pub(crate) fn exact(&mut self, text: &str, outer_start: usize) {
        self.bytes.append(text.as_bytes());
        self.origin.push_exact(text.len(), outer_start);
    }

    /// `character` stands for what is in `outer`.
    pub(crate) fn character(&mut self, character: char, outer: Span) {
        let mut buffer = [0; 4];
        self.whole(character.encode_utf8(&mut buffer), outer);
    }

    /// `bytes` belong to all of `outer`.
    pub(crate) fn whole(&mut self, bytes: impl AsRef<[u8]>, outer: Span) {
        self.bytes.append(bytes.as_ref());
        self.origin.push_whole(bytes.as_ref().len(), outer);
    }

    /// `text` is the part `span` of what `origin` is the origin of.
    pub(crate) fn part(&mut self, text: &str, origin: &Origin, span: Span) {
        self.bytes.append(text.as_bytes());
        self.origin.push_part(origin, span);
    }

    /// `bytes` are spread evenly over `outer`, which is ASCII.
    pub(crate) fn scaled(&mut self, bytes: &[u8], outer: Span) {
        self.bytes.append(bytes);
        self.origin.push_scaled(bytes.len(), outer);
    }

    /// What was collected.
    pub(crate) fn finish(self) -> Extract {
        Extract { content: self.bytes.into(), origin: self.origin }
    }
}
