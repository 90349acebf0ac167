//! The way from something that was found back to the text that a person can open in an editor.
//!
//! Owns: following origins outwards, and the steps beside them. Does not own: how one text is derived from another.

use std::fmt;
use std::sync::{Arc, LazyLock};

use crate::secret::Secret;
use crate::source::{Origin, Source, Span, Surroundings};
use crate::unwrap::place::step::{self, Step};

/// Where something that was found lies.
///
/// Places in a document are carried back to the outermost *text*: the file itself, or, after an archive or a compressed
/// file, the first text that came out of it.
#[derive(Clone, Debug, Default)]
pub struct Trail {
    steps: Vec<Step>,
    /// From the innermost text's to the outermost's.
    origins: Vec<Arc<Origin>>,
    outermost: Option<Arc<Source>>,
}

impl Trail {
    /// What leads from the file to the document, outermost first. Empty if the file itself is the document.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// The steps as people read them: `data."service-credentials.json"`, `base64`.
    pub fn groups(&self) -> Vec<String> {
        step::groups(&self.steps)
    }

    /// The outermost text, to which [`Trail::outer`] carries places; nothing if the document is that text itself.
    pub fn outermost(&self) -> Option<&Source> {
        self.outermost.as_deref()
    }

    /// Where `span` of the document lies in the outermost text.
    pub fn outer(&self, span: Span) -> Span {
        self.origins.iter().fold(span, |span, origin| origin.outer(span))
    }

    /// Whether both lead from the same text to the outermost.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        self.origins.len() == other.origins.len()
            && self.origins.iter().zip(&other.origins).all(|(one, other)| Arc::ptr_eq(one, other))
    }

    /// The trail of what is derived from the text by `origin`, to which all the steps are `steps`; `base` is the outermost
    /// text.
    pub(crate) fn to(&self, steps: Vec<Step>, origin: Origin, base: &Arc<Source>) -> Self {
        Self { steps, ..self.inward([], [origin], base) }
    }

    /// From the innermost text's to the outermost's.
    pub(crate) fn origins(&self) -> impl Iterator<Item = &Origin> {
        self.origins.iter().map(|origin| &**origin)
    }

    /// Whether `span` of the document stands in the outermost text letter by letter, so that it may be shown from there.
    pub fn is_exact(&self, span: Span) -> bool {
        let mut span = span;
        self.origins.iter().all(|origin| {
            let exact = origin.is_exact(span);
            span = origin.outer(span);
            exact
        })
    }

    /// The trail of a part of the text that this trail leads to: that text is in turn part of `base`.
    pub(crate) fn inward(
        &self,
        steps: impl IntoIterator<Item = Step>,
        origins: impl IntoIterator<Item = Origin>,
        base: &Arc<Source>,
    ) -> Self {
        let mut inner = Self {
            steps: self.steps.clone(),
            origins: origins.into_iter().map(Arc::new).collect(),
            outermost: Some(Arc::clone(base)),
        };
        inner.steps.extend(steps);
        inner.origins.extend(self.origins.iter().map(Arc::clone));
        inner
    }

    /// The trail of something of which no place in an outer text is known, because that is no text.
    pub(crate) fn afresh(&self, steps: impl IntoIterator<Item = Step>) -> Self {
        let mut inner = Self { steps: self.steps.clone(), origins: Vec::new(), outermost: None };
        inner.steps.extend(steps);
        inner
    }
}

impl Trail {
    /// The text around the document, to which its places are to be carried; nothing if it is that text itself.
    pub fn surroundings(&self) -> Option<&dyn Surroundings> {
        self.outermost.is_some().then_some(self as &dyn Surroundings)
    }
}

impl Surroundings for Trail {
    fn source(&self) -> &Source {
        static NOTHING: LazyLock<Source> = LazyLock::new(|| Source::new(Secret::default()));
        self.outermost().unwrap_or(&NOTHING)
    }

    fn outer(&self, span: Span) -> Span {
        Self::outer(self, span)
    }

    fn is_exact(&self, span: Span) -> bool {
        Self::is_exact(self, span)
    }
}

/// The steps as people read them: `data."service-credentials.json" → base64`.
impl fmt::Display for Trail {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.groups().join(" → "))
    }
}
