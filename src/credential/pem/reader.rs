//! The way in which the documented client reads PEM, step for step.
//!
//! Owns: lines, BEGIN and END, headers and contents as `PEM_read_bio` of OpenSSL 3.0 has them, its oddities
//! included, because what it refuses is an error and what it accepts is none. Does not own: why a text is not as it
//! should be (`diagnosis`), and which of several blocks the client uses (`scan`).
//!
//! Worth knowing: a line is read in pieces of at most 254 bytes, and each piece is looked at as a line of its own;
//! everything from the end of a piece back to the last printable ASCII character is dropped (bytes of 128 and more
//! count as below the blank where C's `char` is signed, as on x86-64); a NUL hides the rest of its piece.

use std::ops::Range;

use memchr::memchr;

use super::base64::{self, Problem};
use crate::secret::Secret;

/// The most DER that one block may hold. An RSA key of 16,384 bits takes 9 KiB.
pub(super) const LARGEST_CONTENTS: usize = 64 * 1024;

pub(super) const BEGIN: &[u8] = b"-----BEGIN ";
pub(super) const END: &[u8] = b"-----END ";
const TAIL: &[u8] = b"-----";
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// OpenSSL's buffer takes 255 bytes with the final NUL.
const LONGEST_PIECE: usize = 254;
/// Behind a blank line only lines of this length may be followed by another.
const COLUMNS: usize = 64;
/// A header of at most this length, line ends counted, is dropped instead of understood.
const SHORTEST_HEADER: usize = 10;

/// One BEGIN line, and what came of it.
pub(super) struct Attempt {
    /// The BEGIN line from its first hyphen to its last.
    pub(super) begin: Range<usize>,
    /// The label in it.
    pub(super) label: Range<usize>,
    /// Where reading went on afterwards.
    pub(super) next: usize,
    pub(super) outcome: Result<Body, Refusal>,
}

/// What stands between BEGIN and END.
pub(super) struct Body {
    pub(super) contents: Secret<Vec<u8>>,
    /// The lines before a blank line. Empty ones too: a blank line can follow BEGIN directly.
    pub(super) header: Option<Header>,
    pub(super) encrypted: bool,
    /// The lines of base64.
    pub(super) data: Range<usize>,
    /// The END line from its first hyphen to its last.
    pub(super) end: Range<usize>,
    pub(super) spaced: bool,
    pub(super) stopped_at: Option<usize>,
}

/// The lines between BEGIN and a blank line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) lines: Range<usize>,
    /// The blank line that ends it.
    pub(super) blank: Range<usize>,
}

/// Why a block is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) kind: RefusalKind,
    /// The line or character.
    pub(super) at: Range<usize>,
    pub(super) header: Option<Header>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RefusalKind {
    NoEnd,
    /// `-----END ` and then something else than this block's label and five hyphens.
    EndDiffers,
    SecondBlankLine,
    /// Behind a blank line: a line follows a short one.
    LineAfterShort,
    /// Behind a blank line: more than 64 characters.
    LineTooLong,
    /// A line with a colon, and no blank line up to END.
    HeaderNotClosed,
    /// A header that is no encryption header.
    Header {
        /// The client looks at no further block.
        is_final: bool,
    },
    /// Nothing to decode.
    Empty,
    Base64(Problem),
    TooLarge,
}

/// All blocks of `text` in order, as the client comes by them when it goes on after each.
pub(super) fn attempts(text: &str) -> Vec<Attempt> {
    let bytes = text.as_bytes();
    let has_colon = memchr(b':', bytes).is_some();
    let mut reader = PemReader { text: bytes, offset: 0, has_colon };
    let mut attempts = Vec::new();
    while let Some((begin, label)) = reader.find_begin() {
        let outcome = reader.read_body(label.clone());
        let mut attempt = Attempt { begin, label, next: reader.offset, outcome };
        attempt.move_to_boundaries(text);
        attempts.push(attempt);
    }
    attempts
}

impl Attempt {
    /// The client cuts lines into pieces by bytes, so a piece can begin or end inside a character.
    fn move_to_boundaries(&mut self, text: &str) {
        let fix = |range: &mut Range<usize>| *range = on_boundaries(text, range.clone());
        let fix_header = |header: &mut Header| {
            fix(&mut header.lines);
            fix(&mut header.blank);
        };
        self.next = on_boundaries(text, self.next..self.next).start;
        match &mut self.outcome {
            Ok(body) => {
                fix(&mut body.data);
                body.header.iter_mut().for_each(fix_header);
            }
            Err(refusal) => {
                fix(&mut refusal.at);
                refusal.header.iter_mut().for_each(fix_header);
            }
        }
    }
}

/// `range`, widened so that it neither begins nor ends inside a character.
pub(super) fn on_boundaries(text: &str, range: Range<usize>) -> Range<usize> {
    let mut start = range.start.min(text.len());
    while !text.is_char_boundary(start) {
        start -= 1;
    }
    let mut end = range.end.clamp(start, text.len());
    while !text.is_char_boundary(end) {
        end += 1;
    }
    start..end
}

/// One piece of a line, as the client looks at it.
#[derive(Clone, Copy)]
struct Piece {
    start: usize,
    /// Where the trailing blanks begin.
    end: usize,
    next: usize,
    /// More of the same line follows, be it only the line feed.
    partial: bool,
}

impl Piece {
    fn trimmed(self, text: &[u8]) -> &[u8] {
        &text[self.start..self.end]
    }

    fn is_blank(self) -> bool {
        self.start == self.end
    }

    /// The characters up to a NUL.
    fn visible(self, text: &[u8]) -> &[u8] {
        let trimmed = self.trimmed(text);
        &trimmed[..memchr(0, trimmed).unwrap_or(trimmed.len())]
    }
}

struct PemReader<'t> {
    text: &'t [u8],
    offset: usize,
    /// Colons are rare, and asking once is cheaper than asking for each line.
    has_colon: bool,
}

impl PemReader<'_> {
    fn piece(&mut self) -> Option<Piece> {
        let piece = piece(self.text, self.offset)?;
        self.offset = piece.next;
        Some(piece)
    }

    /// Skips to the line after the next BEGIN; its range without trailing blanks, and the label's.
    fn find_begin(&mut self) -> Option<(Range<usize>, Range<usize>)> {
        let mut first = true;
        while let Some(mut piece) = self.piece() {
            // Only in the first line of the text, or in the first after another block.
            if first && piece.trimmed(self.text).starts_with(BYTE_ORDER_MARK) {
                piece.start += BYTE_ORDER_MARK.len();
            }
            first = false;
            let line = piece.trimmed(self.text);
            if line.starts_with(BEGIN) && line.ends_with(TAIL) && line.len() >= BEGIN.len() + TAIL.len() {
                let label = piece.start + BEGIN.len()..piece.end - TAIL.len();
                let visible = memchr(0, &self.text[label.clone()]).unwrap_or(label.len());
                return Some((piece.start..piece.end, label.start..label.start + visible));
            }
        }
        None
    }

    fn read_body(&mut self, label: Range<usize>) -> Result<Body, Refusal> {
        let label = &self.text[label];
        let begin = self.offset;
        let mut header: Option<Header> = None;
        let mut colon = None;
        let mut partial = false;
        let mut short = false;
        let refuse = |kind, at, header: &Option<Header>| Err(Refusal { kind, at, header: header.clone() });

        let end = loop {
            let Some(piece) = self.piece() else {
                return refuse(RefusalKind::NoEnd, begin..self.text.len(), &header);
            };
            let line = piece.trimmed(self.text);
            let continued = std::mem::replace(&mut partial, piece.partial);
            if self.has_colon && header.is_none() && colon.is_none() {
                colon = memchr(b':', line).map(|index| piece.start + index);
            }
            if piece.is_blank() {
                if !continued {
                    let blank = piece.start..piece.next;
                    if header.is_some() {
                        return refuse(RefusalKind::SecondBlankLine, blank, &header);
                    }
                    header = Some(Header { lines: begin..piece.start, blank });
                }
                continue;
            }
            let range = piece.start..piece.end;
            if let Some(rest) = line.strip_prefix(END) {
                if rest.strip_prefix(label) != Some(TAIL) {
                    return refuse(RefusalKind::EndDiffers, range, &header);
                }
                break range;
            }
            if short {
                return refuse(RefusalKind::LineAfterShort, range, &header);
            }
            if header.is_some() {
                if line.len() > COLUMNS {
                    return refuse(RefusalKind::LineTooLong, range, &header);
                }
                short = line.len() < COLUMNS;
            }
        };

        if header.is_none()
            && let Some(colon) = colon
        {
            return refuse(RefusalKind::HeaderNotClosed, colon..colon + 1, &None);
        }
        let data = header.as_ref().map_or(begin, |header| header.blank.end)..end.start;
        let lines = Pieces { text: self.text, offset: data.start, end: data.end };
        let has_nul = memchr(0, &self.text[data.clone()]).is_some();
        let lines = lines.map(|piece| {
            (piece.start, if has_nul { piece.visible(self.text) } else { piece.trimmed(self.text) })
        });
        let decoded = match base64::decode(lines, data.len()) {
            Ok(decoded) => decoded,
            Err(problem) => return refuse(RefusalKind::Base64(problem), data, &header),
        };
        let length = decoded.contents.expose().len();
        if length == 0 {
            return refuse(RefusalKind::Empty, begin..end.start, &header);
        }
        if length > LARGEST_CONTENTS {
            return refuse(RefusalKind::TooLarge, data, &header);
        }
        let encrypted = match &header {
            Some(header) => match encryption(self.text, header.lines.clone()) {
                Ok(encrypted) => encrypted,
                Err(NotEncryption { is_final }) => {
                    return refuse(
                        RefusalKind::Header { is_final },
                        header.lines.clone(),
                        &Some(header.clone()),
                    );
                }
            },
            None => false,
        };
        Ok(Body {
            contents: decoded.contents,
            header,
            encrypted,
            data,
            end,
            spaced: decoded.spaced,
            stopped_at: decoded.stopped_at,
        })
    }
}

fn piece(text: &[u8], start: usize) -> Option<Piece> {
    let rest = &text[start..];
    let window = &rest[..rest.len().min(LONGEST_PIECE)];
    if window.is_empty() {
        return None;
    }
    let line_feed = memchr(b'\n', window);
    let length = line_feed.map_or(window.len(), |index| index + 1);
    let printable = window[..length].iter().rposition(|byte| (b'!'..0x80).contains(byte));
    Some(Piece {
        start,
        end: start + printable.map_or(0, |index| index + 1),
        next: start + length,
        partial: line_feed.is_none() && length == LONGEST_PIECE,
    })
}

/// The pieces from a boundary between two on.
#[derive(Clone)]
struct Pieces<'t> {
    text: &'t [u8],
    offset: usize,
    end: usize,
}

impl Iterator for Pieces<'_> {
    type Item = Piece;

    fn next(&mut self) -> Option<Piece> {
        if self.offset >= self.end {
            return None;
        }
        let piece = piece(self.text, self.offset)?;
        self.offset = piece.next;
        Some(piece)
    }
}

struct NotEncryption {
    is_final: bool,
}

/// Whether `lines` say that the contents are encrypted (RFC 1421 4.6.1). Nothing else is understood.
fn encryption(text: &[u8], lines: Range<usize>) -> Result<bool, NotEncryption> {
    let mut lines = Pieces { text, offset: lines.start, end: lines.end }.map(|piece| piece.visible(text));
    let length: usize = lines.clone().map(|line| line.len() + 1).sum();
    if length <= SHORTEST_HEADER {
        return Ok(false);
    }
    let not = |is_final| Err(NotEncryption { is_final });
    let Some(kind) = lines.next().and_then(|line| line.strip_prefix(b"Proc-Type:")) else { return not(true) };
    // Of a version other than 4, OpenSSL makes no error but a failure without a reason, and so it goes on.
    let Some(kind) = kind.trim_ascii_start().strip_prefix(b"4,") else { return not(false) };
    match lines.next() {
        Some(line) if kind.trim_ascii() == b"ENCRYPTED" && line.starts_with(b"DEK-Info:") => Ok(true),
        _ => not(true),
    }
}
