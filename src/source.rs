//! The text under examination and places in it.
//!
//! Owns: decoding bytes to text, byte spans, line and column as types of their own, the way from a derived text back to
//! the outer one, the masked copy that may be shown to people, and how names of files and numbers are written. Does not own: what the text means,
//! nor which parts of it are public.

mod display;
mod encoding;
mod masked;
mod origin;
pub mod signature;
mod wording;

use std::fmt;
use std::ops::Range;
use std::sync::OnceLock;

pub(crate) use display::harmless;
pub use display::{PathName, one_line};
pub use encoding::Encoding;
pub use masked::Masked;
pub use origin::Origin;
pub use signature::FileKind;
pub use wording::{counted, hex};
pub(crate) use wording::{grouped, size};

use crate::secret::Secret;

/// A document's text, wiped from memory when dropped because it usually holds a private key.
#[derive(Debug)]
pub struct Source {
    text: Secret<String>,
    encoding: Encoding,
    /// Made when a place in a long text is asked for.
    index: OnceLock<Index>,
}

/// Texts shorter than this are searched for line breaks each time, which is quicker than making an index.
const LONG: usize = 64 * 1024;

impl Source {
    /// Decodes `bytes`. This never fails: what is wrong with the encoding is kept in [`Source::encoding`], and the
    /// text is as much as could be read (empty for binary data).
    pub fn new(bytes: Secret<Vec<u8>>) -> Self {
        let (text, encoding) = encoding::decode(bytes);
        Self { text, encoding, index: OnceLock::new() }
    }

    /// The decoded text, without byte-order mark.
    pub fn text(&self) -> &str {
        self.text.expose()
    }

    /// How the bytes were encoded.
    pub fn encoding(&self) -> &Encoding {
        &self.encoding
    }

    /// Line and column of a byte offset; an offset beyond the end is the end.
    pub fn position(&self, offset: usize) -> Position {
        let text = self.text();
        let mut offset = offset.min(text.len());
        while !text.is_char_boundary(offset) {
            offset -= 1;
        }
        if text.len() >= LONG {
            return self.index.get_or_init(|| Index::new(text)).position(text, offset);
        }
        let before = &text[..offset];
        let line_start = memchr::memrchr(b'\n', before.as_bytes()).map_or(0, |newline| newline + 1);
        let lines_before = memchr::memchr_iter(b'\n', &before.as_bytes()[..line_start]).count();
        let in_line = &before[line_start..];
        Position::new(lines_before, in_line.chars().count(), in_line.len())
    }
}

/// The text in which a derived one lies, such as a manifest around a document that stands in it as base64.
pub trait Surroundings {
    /// The outer text.
    fn source(&self) -> &Source;

    /// Where `span` of the derived text lies in the outer one.
    fn outer(&self, span: Span) -> Span;

    /// Whether `span` stands in the outer text letter by letter, so that it may be shown from there.
    fn is_exact(&self, span: Span) -> bool;
}

/// A range of bytes in [`Source::text`]: `start` inclusive, `end` exclusive.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The first byte.
    pub start: usize,
    /// The byte after the last.
    pub end: usize,
}

impl Span {
    /// The span from `start` up to `end`.
    pub const fn new(start: usize, end: usize) -> Self {
        Self { start, end }
    }

    /// The empty span at `offset`.
    pub const fn at(offset: usize) -> Self {
        Self { start: offset, end: offset }
    }

    /// The same as a standard range.
    pub const fn range(self) -> Range<usize> {
        self.start..self.end
    }

    /// How many bytes it has.
    pub const fn length(self) -> usize {
        self.end - self.start
    }

    /// Whether `other` lies within this span.
    pub const fn contains(self, other: Self) -> bool {
        self.start <= other.start && other.end <= self.end
    }
}

/// A line number, counted from 1. Lines end with LF.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Line(u32);

/// A column number, counted from 1 in characters (Unicode scalar values).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Column(u32);

impl Line {
    /// The first line.
    pub const FIRST: Self = Self(1);

    /// The number, from 1.
    pub const fn number(self) -> usize {
        self.0 as usize
    }
}

impl Column {
    /// The first column.
    pub const FIRST: Self = Self(1);

    /// The number, from 1.
    pub const fn number(self) -> usize {
        self.0 as usize
    }
}

/// A column number, counted from 1 in bytes of UTF-8, as some machine-readable formats want it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ByteColumn(u32);

impl ByteColumn {
    /// The first column.
    pub const FIRST: Self = Self(1);

    /// The number, from 1.
    pub const fn number(self) -> usize {
        self.0 as usize
    }
}

/// What comes before each block of [`Index::BLOCK`] bytes of a long text, so that thousands of places in it cost no more than
/// reading it once, however short its lines are.
#[derive(Debug)]
struct Index(Vec<Before>);

/// What comes before a block.
#[derive(Clone, Copy, Debug, Default)]
struct Before {
    lines: usize,
    characters: usize,
    /// Where the line begins that the block begins in.
    line_start: usize,
}

impl Index {
    const BLOCK: usize = 4096;

    fn new(text: &str) -> Self {
        let mut before = Before::default();
        // One more than there are blocks is for the very end of a text that fills its last one.
        let blocks = text.as_bytes().chunks(Self::BLOCK).enumerate().map(|(index, block)| {
            let here = before;
            before.characters += characters(block);
            for newline in memchr::memchr_iter(b'\n', block) {
                before.lines += 1;
                before.line_start = index * Self::BLOCK + newline + 1;
            }
            here
        });
        let mut blocks: Vec<Before> = blocks.collect();
        blocks.push(before);
        Self(blocks)
    }

    /// `offset` must be on a character's boundary.
    fn position(&self, text: &str, offset: usize) -> Position {
        let (before, rest) = self.before(text, offset);
        let start = memchr::memrchr(b'\n', rest)
            .map_or(before.line_start, |newline| offset - rest.len() + newline + 1);
        let lines = before.lines + memchr::memchr_iter(b'\n', rest).count();
        let column = self.characters_before(text, offset) - self.characters_before(text, start);
        Position::new(lines, column, offset - start)
    }

    fn characters_before(&self, text: &str, offset: usize) -> usize {
        let (before, rest) = self.before(text, offset);
        before.characters + characters(rest)
    }

    /// What comes before the block of `offset`, and what of the block does.
    fn before<'t>(&self, text: &'t str, offset: usize) -> (Before, &'t [u8]) {
        let block = offset / Self::BLOCK;
        let before = self.0.get(block).copied().unwrap_or_default();
        (before, text.as_bytes().get(block * Self::BLOCK..offset).unwrap_or_default())
    }
}

/// The number of characters that begin in `bytes` of UTF-8.
fn characters(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| !(0x80..0xC0).contains(*byte)).count()
}

/// A place that a person can go to in an editor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// The line, from 1.
    pub line: Line,
    /// The column, from 1.
    pub column: Column,
    /// The same column counted in bytes.
    pub byte_column: ByteColumn,
}

impl Position {
    /// From counts of what comes before: lines, and characters and bytes of the same line.
    fn new(lines: usize, characters: usize, bytes: usize) -> Self {
        // A million places are kept. What is further back than four thousand million is there, at least.
        let number = |before: usize| u32::try_from(before).unwrap_or(u32::MAX).saturating_add(1);
        Self {
            line: Line(number(lines)),
            column: Column(number(characters)),
            byte_column: ByteColumn(number(bytes)),
        }
    }

    /// Line and column as a report gives them, both from 1. The column in bytes is unknown then, and taken for the same.
    #[cfg(feature = "cli")]
    pub fn at(line: usize, column: usize) -> Option<Self> {
        let (lines, columns) = (line.checked_sub(1)?, column.checked_sub(1)?);
        let within = |count: usize| count < u32::MAX as usize;
        (within(line) && within(column)).then(|| Self::new(lines, columns, columns))
    }

    /// The very beginning of a file.
    pub const START: Self = Self { line: Line::FIRST, column: Column::FIRST, byte_column: ByteColumn::FIRST };
}

impl fmt::Display for Position {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}", self.line.0, self.column.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_have_the_same_positions_as_short_ones() {
        let text = "ab\u{e9}\n\u{1F600}x\r\n\n".repeat(LONG / 8) + &"\u{e9}x".repeat(5000);
        let source = Source::new(Secret::new(text.clone().into_bytes()));
        let offsets = (0..200).chain((0..text.len()).step_by(997)).chain(text.len() - 200..text.len() + 3);
        for offset in offsets {
            let position = source.position(offset);
            let mut at = offset.min(text.len());
            while !text.is_char_boundary(at) {
                at -= 1;
            }
            let before = &text[..at];
            let in_line = &before[before.rfind('\n').map_or(0, |newline| newline + 1)..];
            let expected =
                Position::new(before.matches('\n').count(), in_line.chars().count(), in_line.len());
            assert_eq!(position, expected, "{offset}");
        }
    }

    #[test]
    fn positions_count_characters_and_lines_from_one() {
        let source = Source::new(Secret::new("a\né•x\r\n\nend".as_bytes().to_vec()));
        let at = |offset| source.position(offset).to_string();
        assert_eq!(at(0), "1:1");
        assert_eq!(at(2), "2:1");
        assert_eq!(at(4), "2:2", "é is two bytes and one column");
        assert_eq!(at(3), "2:1", "inside é counts as its beginning");
        assert_eq!(at(7), "2:3");
        assert_eq!(at(10), "3:1");
        assert_eq!(at(11), "4:1");
        assert_eq!(at(1000), "4:4", "beyond the end is the end");
        let bytes = |offset| source.position(offset).byte_column.number();
        assert_eq!((bytes(0), bytes(2), bytes(4), bytes(7), bytes(10)), (1, 1, 3, 6, 1));
    }
}
