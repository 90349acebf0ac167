//! Which parts of a text have been explained, so that nothing is found twice.
//!
//! Owns: a set of spans. Does not own: who explained them.

use crate::source::Span;

/// The bytes of a text that are in the set, a bit for each: however many spans there are, they take an eighth of the text.
#[derive(Debug, Default)]
pub(crate) struct SpanSet(Vec<u64>);

/// How many bytes a word of the set stands for.
const WORD: usize = u64::BITS as usize;

impl SpanSet {
    /// Adds `span`, unless part of it is there already.
    pub(crate) fn add(&mut self, span: Span) {
        if span.start >= span.end || self.touches(span) {
            return;
        }
        if self.0.len() * WORD < span.end {
            self.0.resize(span.end.div_ceil(WORD), 0);
        }
        let first = span.start / WORD;
        for (index, word) in self.0.iter_mut().enumerate().take(span.end.div_ceil(WORD)).skip(first) {
            *word |= mask(index, span);
        }
    }

    /// Whether any of `span` is there; of an empty one, the bytes on both sides.
    pub(crate) fn touches(&self, span: Span) -> bool {
        if span.start >= span.end {
            let has = |at: usize| self.touches(Span::new(at, at + 1));
            return span.start > 0 && has(span.start - 1) && has(span.start);
        }
        let first = span.start / WORD;
        let last = span.end.div_ceil(WORD).min(self.0.len());
        let words = self.0.get(first..last).unwrap_or_default();
        words.iter().zip(first..).any(|(word, index)| word & mask(index, span) != 0)
    }
}

/// The bits of `span` in the word at `index`.
fn mask(index: usize, span: Span) -> u64 {
    let start = span.start.saturating_sub(index * WORD).min(WORD);
    let end = span.end.saturating_sub(index * WORD).min(WORD);
    let below = |bit: usize| if bit == WORD { u64::MAX } else { (1 << bit) - 1 };
    below(end) & !below(start)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn it_is_a_set(spans in prop::collection::vec((0_usize..300, 0_usize..90), 0..40)) {
            let (mut set, mut bytes) = (SpanSet::default(), BTreeSet::new());
            for (start, length) in spans {
                let span = Span::new(start, start + length);
                let is_there = |at: usize| bytes.contains(&at);
                let expected = if length == 0 {
                    start > 0 && is_there(start - 1) && is_there(start)
                } else {
                    span.range().any(is_there)
                };
                prop_assert_eq!(set.touches(span), expected);
                set.add(span);
                if !expected {
                    bytes.extend(span.range());
                }
            }
        }
    }
}
