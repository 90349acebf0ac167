//! Which parts of a text have been explained, so that nothing is found twice.
//!
//! Owns: a set of spans. Does not own: who explained them.

use std::collections::BTreeMap;

use crate::source::Span;

/// Spans that don't overlap, by their beginnings.
#[derive(Debug, Default)]
pub(crate) struct SpanSet(BTreeMap<usize, usize>);

impl SpanSet {
    /// Adds `span`, unless it is empty or part of it is there already.
    pub(crate) fn add(&mut self, span: Span) {
        if span.start < span.end && !self.touches(span) {
            self.0.insert(span.start, span.end);
        }
    }

    /// Whether any of `span` is there.
    pub(crate) fn touches(&self, span: Span) -> bool {
        self.0.range(..span.end).next_back().is_some_and(|(_, end)| *end > span.start)
    }
}
