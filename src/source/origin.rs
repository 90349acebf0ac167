//! How a derived text lies in the text that it was taken from.
//!
//! Owns: mapping spans from a decoded, unescaped or assembled text back to the outer one, and saying whether a span is
//! there letter by letter. Does not own: decoding anything, lines and columns.

use smallvec::SmallVec;

use super::Span;

/// The way from a derived text (the inner one) back to the text that it was taken from (the outer one).
///
/// The inner text is covered by segments without gaps, in order. Their counterparts in the outer text may stand in any
/// order, as those of variables do. Offsets on both sides are bytes of [`super::Source::text`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[must_use]
pub struct Origin {
    /// Most have one, and of short strings there may be millions.
    segments: SmallVec<[Segment; 1]>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Segment {
    inner: Span,
    outer: Span,
    fit: Fit,
}

/// A text with so many segments is told where it is from in larger steps from there on.
const MANY: usize = 8192;

/// A segment that is shorter than what is worth finding, in bytes.
const SHORT: usize = 24;

/// How long a step may be, in bytes.
const COARSE: usize = 96;

/// How a segment lies on its counterpart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fit {
    /// Byte by byte, and the bytes are the same.
    Exact,
    /// In proportion: three bytes for four characters of base64.
    Scaled,
    /// Any part of it is all of its counterpart: an escape, a compressed block, text that was made up.
    Whole,
}

impl Origin {
    /// The origin of `length` bytes that stand at `outer_start` just as they are.
    pub fn exact(length: usize, outer_start: usize) -> Self {
        let mut origin = Self::default();
        origin.push_exact(length, outer_start);
        origin
    }

    /// The origin of `length` bytes of which no more is known than that they come from `outer`.
    pub fn whole(length: usize, outer: Span) -> Self {
        let mut origin = Self::default();
        origin.push_whole(length, outer);
        origin
    }

    /// How many bytes the inner text has.
    pub fn length(&self) -> usize {
        self.segments.last().map_or(0, |segment| segment.inner.end)
    }

    /// The inner text goes on with `length` bytes that stand at `outer_start` just as they are.
    pub fn push_exact(&mut self, length: usize, outer_start: usize) {
        self.push(length, Span::new(outer_start, outer_start + length), Fit::Exact);
    }

    /// The inner text goes on with `length` bytes that are spread evenly over `outer`, which must be ASCII, so that
    /// every byte of it is a character.
    pub fn push_scaled(&mut self, length: usize, outer: Span) {
        self.push(length, outer, Fit::Scaled);
    }

    /// The inner text goes on with `length` bytes of which every part belongs to all of `outer`.
    pub fn push_whole(&mut self, length: usize, outer: Span) {
        self.push(length, outer, Fit::Whole);
    }

    /// The inner text goes on with the part `span` of the text that `other` is the origin of.
    pub fn push_part(&mut self, other: &Self, span: Span) {
        for piece in other.pieces(span) {
            self.push(piece.inner.length(), piece.outer, piece.fit);
        }
    }

    /// Where `span` of the inner text lies in the outer one: from the first byte that belongs to it to the last.
    ///
    /// What lies beyond the end of the inner text is at the end of the outer counterpart.
    pub fn outer(&self, span: Span) -> Span {
        let mut pieces = self.pieces(span);
        let Some(first) = pieces.next() else { return self.outer_end() };
        pieces.fold(first.outer, |hull, piece| {
            Span::new(hull.start.min(piece.outer.start), hull.end.max(piece.outer.end))
        })
    }

    /// Whether `span` of the inner text stands in the outer one letter by letter and in one piece, so that the outer
    /// text may be shown in its place.
    pub fn is_exact(&self, span: Span) -> bool {
        let mut end = None;
        span.end <= self.length()
            && self.pieces(span).all(|piece| {
                let joined = end.is_none_or(|end| end == piece.outer.start);
                end = Some(piece.outer.end);
                joined && piece.fit == Fit::Exact
            })
    }

    /// The same origin in an outer text in which everything stands `by` bytes further on.
    pub fn shifted(mut self, by: usize) -> Self {
        for segment in &mut self.segments {
            segment.outer = Span::new(segment.outer.start + by, segment.outer.end + by);
        }
        self
    }

    /// This origin and then `outer`, the origin of the text that this one leads to.
    pub fn through(&self, outer: &Self) -> Self {
        let mut composed = Self::default();
        for segment in &self.segments {
            let length = segment.inner.length();
            match segment.fit {
                Fit::Exact => composed.push_part(outer, segment.outer),
                Fit::Scaled => composed.push_scaled_through(segment, outer),
                Fit::Whole => composed.push_whole(length, outer.outer(segment.outer)),
            }
            // What `outer` doesn't reach to is said to come from its end.
            let missing = segment.inner.end.saturating_sub(composed.length());
            composed.push(missing, outer.outer_end(), Fit::Whole);
        }
        composed
    }

    /// The inner text goes on with `segment`, carried through `outer`. Its proportion holds within what `outer` has in
    /// one piece, in steps of whole bytes on both sides; a step that lies across two pieces belongs to both.
    fn push_scaled_through(&mut self, segment: &Segment, outer: &Self) {
        let (length, counterpart) = (segment.inner.length(), segment.outer.length());
        let divisor = greatest_common_divisor(length, counterpart).max(1);
        let (step, counterpart_step) = ((length / divisor).max(1), counterpart / divisor);
        let mut done = 0;
        while done < length {
            let middle = segment.outer.start + done / step * counterpart_step;
            let next = Span::new(middle, middle + counterpart_step);
            let piece = outer.pieces(Span::new(middle, segment.outer.end)).next();
            let steps = piece
                .filter(|piece| piece.fit == Fit::Exact)
                .map_or(0, |piece| piece.inner.length().checked_div(counterpart_step).unwrap_or_default());
            let (bytes, fit) = if steps > 0 { (steps * step, Fit::Scaled) } else { (step, Fit::Whole) };
            let bytes = bytes.min(length - done);
            let span = if steps > 0 { Span::new(middle, middle + steps * counterpart_step) } else { next };
            self.push(bytes, outer.outer(span), fit);
            done += bytes;
        }
    }

    fn push(&mut self, length: usize, outer: Span, fit: Fit) {
        if length == 0 {
            return;
        }
        let start = self.length();
        if self.segments.len() >= MANY && self.widen(length, outer) {
            return;
        }
        if let Some(last) = self.segments.last_mut()
            && last.fit == fit
            && last.outer.end == outer.start
            && last.continues_with(length, outer)
        {
            last.inner.end += length;
            last.outer.end = outer.end;
            return;
        }
        self.segments.push(Segment { inner: Span::new(start, start + length), outer, fit });
    }

    /// Takes a short segment that comes next into the one before, of which no more is known then than where all of it is: a
    /// text of millions of escapes would take many times its room. Returns true if it could.
    fn widen(&mut self, length: usize, outer: Span) -> bool {
        let Some(last) = self.segments.last_mut() else { return false };
        let is_coarse = last.fit == Fit::Whole || last.inner.length() < SHORT;
        let follows = last.outer.end <= outer.start && outer.start - last.outer.end < SHORT;
        let fits = is_coarse && follows && length < SHORT && last.inner.length() + length <= COARSE;
        if fits {
            last.inner.end += length;
            last.outer.end = outer.end;
            last.fit = Fit::Whole;
        }
        fits
    }

    /// The segments that `span` touches, cut to it. An empty span touches the byte after it, if there is one.
    fn pieces(&self, span: Span) -> impl Iterator<Item = Segment> {
        let first = self.segments.partition_point(|segment| segment.inner.end <= span.start);
        let empty = span.end <= span.start;
        self.segments
            .get(first..)
            .unwrap_or_default()
            .iter()
            .take_while(move |segment| {
                segment.inner.start < span.end || (empty && segment.inner.start <= span.start)
            })
            .map(move |segment| segment.cut(span))
    }

    fn outer_end(&self) -> Span {
        Span::at(self.segments.last().map_or(0, |segment| segment.outer.end))
    }
}

const fn greatest_common_divisor(mut one: usize, mut other: usize) -> usize {
    while other > 0 {
        (one, other) = (other, one % other);
    }
    one
}

impl Segment {
    /// Whether `length` more bytes with the counterpart `outer` are in step with this segment.
    fn continues_with(&self, length: usize, outer: Span) -> bool {
        match self.fit {
            Fit::Exact => true,
            Fit::Scaled => self.inner.length() * outer.length() == length * self.outer.length(),
            Fit::Whole => false,
        }
    }

    fn cut(&self, span: Span) -> Self {
        let start = span.start.max(self.inner.start);
        let end = span.end.min(self.inner.end).max(start);
        let (from, to) = (start - self.inner.start, end - self.inner.start);
        let outer = match self.fit {
            Fit::Whole => self.outer,
            Fit::Exact => Span::new(self.outer.start + from, self.outer.start + to),
            Fit::Scaled => {
                let (length, counterpart) = (self.inner.length(), self.outer.length());
                let start = self.outer.start + from * counterpart / length;
                let end = self.outer.start + (to * counterpart).div_ceil(length);
                Span::new(start, if to == from { start } else { end })
            }
        };
        Self { inner: Span::new(start, end), outer, fit: self.fit }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn spans_are_carried_back() {
        // The inner text `ab\ncd` from the outer text `x"ab\\ncd"`, then base64 of two quads, then something made up.
        let mut origin = Origin::exact(2, 2);
        origin.push_whole(1, Span::new(4, 6));
        origin.push_exact(2, 6);
        origin.push_scaled(3, Span::new(10, 14));
        origin.push_scaled(3, Span::new(14, 18));
        origin.push_whole(5, Span::new(0, 1));
        assert_eq!(origin.length(), 16);
        for (inner, outer, exact) in [
            ((0, 2), (2, 4), true),
            ((1, 2), (3, 4), true),
            ((1, 1), (3, 3), true),
            ((2, 3), (4, 6), false),
            ((2, 2), (4, 6), false),
            ((1, 4), (3, 7), false),
            ((3, 5), (6, 8), true),
            ((5, 6), (10, 12), false),
            ((6, 7), (11, 13), false),
            ((7, 8), (12, 14), false),
            ((8, 9), (14, 16), false),
            ((5, 11), (10, 18), false),
            ((12, 13), (0, 1), false),
            ((0, 16), (0, 18), false),
            ((16, 16), (1, 1), true),
            ((99, 100), (1, 1), false),
        ] {
            let span = Span::new(inner.0, inner.1);
            assert_eq!(origin.outer(span), Span::new(outer.0, outer.1), "{inner:?}");
            assert_eq!(origin.is_exact(span), exact, "{inner:?}");
        }
        assert_eq!(origin.segments.len(), 5, "base64 in step is one segment");
    }

    #[test]
    fn neighbors_that_are_apart_outside_are_not_exact_together() {
        let mut origin = Origin::exact(2, 0);
        origin.push_exact(2, 5);
        assert!(origin.is_exact(Span::new(0, 2)) && origin.is_exact(Span::new(2, 4)));
        assert!(!origin.is_exact(Span::new(1, 3)));
        assert_eq!(origin.outer(Span::new(1, 3)), Span::new(1, 6));
    }

    #[test]
    fn origins_follow_each_other() {
        let mut outer = Origin::exact(4, 10);
        outer.push_whole(1, Span::new(14, 16));
        outer.push_exact(5, 16);
        let mut inner = Origin::exact(3, 3);
        inner.push_scaled(3, Span::new(6, 10));
        let composed = inner.through(&outer);
        for start in 0..=inner.length() {
            for end in start..=inner.length() {
                let span = Span::new(start, end);
                assert_eq!(composed.outer(span), outer.outer(inner.outer(span)), "{span:?}");
            }
        }
        assert_eq!(composed.outer(Span::new(1, 2)), Span::new(14, 16));
        // Base64 of six bytes whose first line has three digits more than the first quad.
        let mut lines = Origin::exact(7, 100);
        lines.push_exact(9, 109);
        let mut base64 = Origin::default();
        base64.push_scaled(12, Span::new(0, 16));
        let composed = base64.through(&lines);
        for (byte, outer) in [
            (0, (100, 102)),
            (2, (102, 104)),
            (3, (104, 110)),
            (5, (104, 110)),
            (6, (110, 112)),
            (11, (116, 118)),
        ] {
            assert_eq!(composed.outer(Span::new(byte, byte + 1)), Span::new(outer.0, outer.1), "{byte}");
        }
    }

    #[test]
    fn of_many_segments_only_the_long_ones_stay_exact() {
        let (mut origin, mut outer) = (Origin::default(), 0);
        let mut values = Vec::new();
        for index in 0..200_000 {
            let length = if index % 100 == 0 { 40 } else { 3 };
            if length > SHORT {
                values.push((origin.length(), outer));
            }
            origin.push_exact(length, outer);
            origin.push_whole(1, Span::new(outer + length, outer + length + 2));
            outer += length + 2;
        }
        assert!(origin.segments.len() < MANY + 100 * 200_000 / 1000);
        for (inner, outer) in values {
            let span = Span::new(inner, inner + 40);
            assert_eq!((origin.outer(span), origin.is_exact(span)), (Span::new(outer, outer + 40), true));
        }
        let end = origin.length();
        let last = origin.outer(Span::new(end - 1, end));
        assert!(last.end == outer && last.length() < 2 * COARSE, "{last:?} of {outer}");
    }

    proptest! {
        /// Whatever was pushed and asked, the answer lies within what was pushed, and parts lie within the whole.
        #[test]
        fn answers_lie_within(
            parts in prop::collection::vec((0_usize..20, 0_usize..1000, 0_usize..40, 0_u8..3), 1..12),
            (from, to) in (0_usize..200, 0_usize..200),
        ) {
            let mut origin = Origin::default();
            let (mut least, mut most) = (usize::MAX, 0);
            for (length, start, outer_length, fit) in parts {
                let span = Span::new(start, start + if fit == 0 { length } else { outer_length });
                match fit {
                    0 => origin.push_exact(length, start),
                    1 => origin.push_scaled(length, span),
                    _ => origin.push_whole(length, span),
                }
                if length > 0 {
                    (least, most) = (least.min(span.start), most.max(span.end));
                }
            }
            let span = Span::new(from.min(to), from.max(to));
            let outer = origin.outer(span);
            prop_assert!(outer.start <= outer.end);
            prop_assert!(origin.length() == 0 || least <= outer.start && outer.end <= most);
            let all = origin.outer(Span::new(0, origin.length()));
            prop_assert!(origin.length() == 0 || all.contains(outer));
        }
    }
}
