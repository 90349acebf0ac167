//! The masked copy: the document's shape with everything replaced that isn't known to be public.

use std::ops::Range;

use super::Span;

/// Stands for a hidden character.
const DOT: &str = "•";

/// Whether `character` is JSON's own, or white space.
const fn is_punctuation(character: char) -> bool {
    matches!(character, '{' | '}' | '[' | ']' | ':' | ',' | '"' | ' ' | '\t' | '\r' | '\n')
}

/// A copy of a text in which only JSON's own punctuation, white space and the spans named as visible survive.
///
/// Hiding is the default: whoever builds the copy names what may be seen. The copy has the same lines and columns as the
/// original, and [`Masked::range`] carries a place in bytes over to it.
#[derive(Clone, Debug)]
pub struct Masked {
    text: String,
    /// Where runs of the original begin in the copy, both ascending.
    anchors: Vec<Anchor>,
    /// How many lines of the original come before.
    lines_before: usize,
}

#[derive(Clone, Copy, Debug)]
struct Anchor {
    original: usize,
    copy: usize,
    /// Whether bytes map one to one from here; otherwise each character is a dot.
    exact: bool,
}

impl Masked {
    /// Masks `text` but for `visible`, which must be sorted and must not overlap.
    pub fn new(text: &str, visible: &[Span]) -> Self {
        Self::window(text, visible, Span::new(0, text.len()))
    }

    /// The same for a part of `text`, from the beginning of a line to the end of one. `visible` lies within it.
    pub fn window(text: &str, visible: &[Span], window: Span) -> Self {
        let (before, text) =
            (text.get(..window.start).unwrap_or_default(), text.get(..window.end).unwrap_or_default());
        let lines_before = memchr::memchr_iter(b'\n', before.as_bytes()).count();
        let mut masked = Self {
            text: String::with_capacity((text.len() - before.len()) / 2),
            anchors: Vec::new(),
            lines_before,
        };
        masked.cover(text, visible.iter().copied(), window);
        masked.anchor(text.len(), true);
        masked
    }

    /// The same for all of `text`, of which only what is in `windows` can be seen: elsewhere, there is not more than a dot on
    /// each side of a line break. They must be sorted, must not touch each other and must not cut a character.
    pub fn parts(text: &str, visible: &[Span], windows: &[Span]) -> Self {
        let mut masked = Self { text: String::new(), anchors: Vec::new(), lines_before: 0 };
        let mut offset = 0;
        for window in windows {
            masked.skip(text.get(offset..window.start).unwrap_or_default(), offset);
            let first = visible.partition_point(|span| span.end <= window.start);
            let inside = visible.get(first..).unwrap_or_default().iter();
            let inside = inside.take_while(|span| span.start < window.end);
            let cut = inside.map(|span| Span::new(span.start.max(window.start), span.end.min(window.end)));
            masked.cover(text.get(..window.end).unwrap_or_default(), cut, *window);
            offset = window.end;
        }
        masked.skip(text.get(offset..).unwrap_or_default(), offset);
        masked.anchor(text.len(), true);
        masked
    }

    /// Adds the part of `text` from the beginning of `window`, masked but for `visible`.
    fn cover(&mut self, text: &str, visible: impl Iterator<Item = Span>, window: Span) {
        let mut offset = window.start.min(text.len());
        for span in visible {
            let (Some(hidden), Some(shown)) = (text.get(offset..span.start), text.get(span.range())) else {
                continue;
            };
            self.hide(hidden, offset);
            self.anchor(span.start, true);
            self.text.push_str(shown);
            offset = span.end;
        }
        self.hide(&text[offset..], offset);
    }

    /// Adds the line breaks of `text`, which begins at `offset`, and a dot for all between and around them.
    fn skip(&mut self, text: &str, offset: usize) {
        if text.is_empty() {
            return;
        }
        self.anchor(offset, false);
        let newlines = memchr::memchr_iter(b'\n', text.as_bytes()).count();
        if !text.starts_with('\n') {
            self.text.push_str(DOT);
        }
        self.text.extend(std::iter::repeat_n('\n', newlines));
        if newlines > 0 && !text.ends_with('\n') {
            self.text.push_str(DOT);
        }
    }

    /// How many lines of the original come before the copy begins.
    pub const fn lines_before(&self) -> usize {
        self.lines_before
    }

    /// The masked text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Where `span` of the original lies in the copy.
    pub fn range(&self, span: Span) -> Range<usize> {
        let start = self.offset(span.start);
        start..self.offset(span.end).max(start)
    }

    fn hide(&mut self, text: &str, offset: usize) {
        let mut previous = ' ';
        let mut index = 0;
        while let Some(character) = text.get(index..).and_then(|rest| rest.chars().next()) {
            // `\r\n` inside a string is a line break, not a secret, and makes a key recognisable as one.
            let line_break = character == '\\' || previous == '\\' && matches!(character, 'r' | 'n' | 't');
            let shown = line_break || is_punctuation(character);
            self.anchor(offset + index, shown);
            previous = character;
            index += character.len_utf8();
            if shown {
                self.text.push(character);
                continue;
            }
            self.text.push_str(DOT);
            // Most of what is hidden is letters and digits after each other.
            if character.is_ascii() {
                let is_hidden =
                    |byte: &&u8| byte.is_ascii() && **byte != b'\\' && !is_punctuation(char::from(**byte));
                let run = text.as_bytes()[index..].iter().take_while(is_hidden).count();
                self.text.push_str(&DOT.repeat(run));
                index += run;
            }
        }
    }

    fn anchor(&mut self, original: usize, exact: bool) {
        // A run of characters that map in the same way shares the first one's anchor. A hidden character of several
        // bytes ends its run, because what follows is no longer in step.
        let step = if exact { 1 } else { DOT.len() };
        let continues = self.anchors.last().is_some_and(|last| {
            exact == last.exact && self.text.len() - last.copy == (original - last.original) * step
        });
        if !continues {
            self.anchors.push(Anchor { original, copy: self.text.len(), exact });
        }
    }

    fn offset(&self, original: usize) -> usize {
        let after = self.anchors.partition_point(|anchor| anchor.original <= original);
        let Some(anchor) = after.checked_sub(1).and_then(|index| self.anchors.get(index)) else { return 0 };
        let end = self.anchors.get(after).map_or(self.text.len(), |next| next.copy);
        let step = if anchor.exact { 1 } else { DOT.len() };
        let mut offset = (anchor.copy + (original - anchor.original) * step).min(end);
        while !self.text.is_char_boundary(offset) {
            offset -= 1;
        }
        offset
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_punctuation_and_visible_spans_survive() {
        let text = "{\"clientId\": \"p8e-secret\",\n \"n\": 12345678, \"id\": \"x\"}";
        let key = Span::new(2, 10);
        let masked = Masked::new(text, &[key]);
        assert_eq!(masked.text(), "{\"clientId\": \"••••••••••\",\n \"•\": ••••••••, \"••\": \"•\"}");
        assert_eq!(&masked.text()[masked.range(key)], "clientId");
        let number = Span::new(33, 41);
        assert_eq!(&text[number.range()], "12345678");
        assert_eq!(&masked.text()[masked.range(number)], "••••••••");
    }

    #[test]
    fn of_parts_the_lines_stay_the_same() {
        let text = "secret\n{\"id\": \"x\",\n\n \"a\": 12345678, \"b\": [], \"c\": \"é\"}\nsecret\nsecret";
        let at = |part: &str| {
            let start = text.find(part).unwrap();
            Span::new(start, start + part.len())
        };
        let visible = [at("id"), at("a")];
        let windows = [at("\"id\": \"x\","), at("\"b\": [], \"c\": \"é")];
        let masked = Masked::parts(text, &visible, &windows);
        assert_eq!(masked.text(), "•\n•\"id\": \"•\",\n\n•\"•\": [], \"•\": \"••\n\n•");
        for part in ["\"id", "[]"] {
            assert_eq!(&masked.text()[masked.range(at(part))], part);
        }
        let whole = Masked::parts(text, &visible, &[Span::new(0, text.len())]);
        assert_eq!(whole.text(), Masked::new(text, &visible).text());
    }

    #[test]
    fn lines_and_columns_stay_the_same() {
        let text = format!("\"{}\\r\\n{}\" : [1]", "A".repeat(64), "é".repeat(64));
        let masked = Masked::new(&text, &[]);
        let dots = "•".repeat(64);
        assert_eq!(masked.text(), format!("\"{dots}\\r\\n{dots}\" : [•]"));
        let bracket = text.find('[').unwrap();
        assert_eq!(&masked.text()[masked.range(Span::new(bracket, bracket + 1))], "[");
        let second = text.find('é').unwrap() + 2;
        let range = masked.range(Span::new(second, second + 2));
        assert_eq!(masked.text()[..range.start].chars().count(), 1 + 64 + 4 + 1);
        assert_eq!(&masked.text()[range], "•");
    }

    #[test]
    fn every_place_maps_to_a_boundary() {
        let text = "ü{\"a\\n\\\\nb\": \"ÄÖ\u{1F600}\"}\r\n\u{0}\u{7F}";
        let masked = Masked::new(text, &[Span::new(2, 4)]);
        for start in 0..=text.len() + 2 {
            for end in start..=text.len() + 2 {
                assert!(masked.text().get(masked.range(Span::new(start, end))).is_some());
            }
        }
    }
}
