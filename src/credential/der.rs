//! DER, walked value by value with the offsets kept, and words for what is wrong with it.
//!
//! Owns: lengths and tags. Does not own: what a structure holds. A parser's own message is never forwarded, because
//! some quote the bytes.

use der::{Decode as _, Error, ErrorKind, Header, Length, Reader as _, SliceReader, Tag};

/// The first place at which bytes are not the DER that they should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DerDefect {
    /// Byte offset within the DER.
    pub offset: usize,
    /// What is wrong there: a clause such as `the bytes end too early`.
    pub reason: &'static str,
}

impl DerDefect {
    pub(super) const fn new(offset: usize, reason: &'static str) -> Self {
        Self { offset, reason }
    }
}

const CUT_OFF: &str = "the bytes end before the structure does (it was cut off)";
const WRONG_LENGTH: &str = "a length doesn't agree with what it encloses";
const WRONG_KIND: &str = "another kind of value stands here than the structure has in this place";

/// One value: its bytes, and where they stand.
#[derive(Clone, Copy)]
pub(super) struct Element<'d> {
    pub(super) tag: Tag,
    /// Where it begins.
    pub(super) offset: usize,
    /// All of it, tag and length included.
    pub(super) bytes: &'d [u8],
    header: usize,
}

impl<'d> Element<'d> {
    /// What it encloses.
    pub(super) fn contents(&self) -> &'d [u8] {
        &self.bytes[self.header..]
    }

    /// A walk over the values inside.
    pub(super) fn inside(&self) -> Walk<'d> {
        Walk { rest: self.contents(), offset: self.offset + self.header, within: true }
    }

    /// A defect at its beginning.
    pub(super) fn defect(&self, reason: &'static str) -> DerDefect {
        DerDefect::new(self.offset, reason)
    }
}

/// A walk over values that follow each other.
#[derive(Clone)]
pub(super) struct Walk<'d> {
    rest: &'d [u8],
    /// Where `rest` begins, counted from the beginning of all.
    offset: usize,
    within: bool,
}

impl<'d> Walk<'d> {
    /// A walk that begins with the first byte of `der`.
    pub(super) const fn new(der: &'d [u8]) -> Self {
        Self { rest: der, offset: 0, within: false }
    }

    /// Whether nothing is left.
    pub(super) const fn is_finished(&self) -> bool {
        self.rest.is_empty()
    }

    /// How many bytes are left.
    pub(super) const fn remaining(&self) -> usize {
        self.rest.len()
    }

    /// The next value, whatever it is.
    pub(super) fn next(&mut self) -> Result<Element<'d>, DerDefect> {
        let shift = |error: Error| {
            let defect = DerDefect::from(error);
            DerDefect::new(self.offset + defect.offset, defect.reason)
        };
        let mut reader = SliceReader::new(self.rest).map_err(shift)?;
        let Header { tag, length } = Header::decode(&mut reader).map_err(shift)?;
        let header = size(reader.position());
        let length = header.saturating_add(size(length));
        let Some((bytes, rest)) = self.rest.split_at_checked(length) else {
            let reason = if self.within { WRONG_LENGTH } else { CUT_OFF };
            let offset = if self.within { self.offset } else { self.rest.len() };
            return Err(DerDefect::new(offset, reason));
        };
        let element = Element { tag, offset: self.offset, bytes, header };
        self.offset += length;
        self.rest = rest;
        Ok(element)
    }

    /// The next value, which must be a `tag`.
    pub(super) fn expect(&mut self, tag: Tag) -> Result<Element<'d>, DerDefect> {
        let element = self.next()?;
        if element.tag == tag { Ok(element) } else { Err(element.defect(WRONG_KIND)) }
    }

    /// The next value, if it is a `tag`.
    pub(super) fn optional(&mut self, tag: Tag) -> Result<Option<Element<'d>>, DerDefect> {
        if self.is_finished() {
            return Ok(None);
        }
        let mut ahead = self.clone();
        let element = ahead.next()?;
        if element.tag != tag {
            return Ok(None);
        }
        *self = ahead;
        Ok(Some(element))
    }

    /// The tag and contents of the only value that is left, also of a type that `der` doesn't know.
    pub(super) fn last(&self) -> Result<(u8, &'d [u8]), DerDefect> {
        let [tag, rest @ ..] = self.rest else { return Err(DerDefect::new(self.offset, WRONG_LENGTH)) };
        let mut reader = SliceReader::new(rest).map_err(DerDefect::from)?;
        let length = size(Length::decode(&mut reader).map_err(DerDefect::from)?);
        let contents = &rest[size(reader.position())..];
        if contents.len() == length {
            Ok((*tag, contents))
        } else {
            Err(DerDefect::new(self.offset, WRONG_LENGTH))
        }
    }

    /// Makes sure that nothing is left.
    pub(super) fn finish(&self, reason: &'static str) -> Result<(), DerDefect> {
        if self.is_finished() { Ok(()) } else { Err(DerDefect::new(self.offset, reason)) }
    }
}

fn size(length: Length) -> usize {
    usize::try_from(u32::from(length)).unwrap_or(usize::MAX)
}

impl From<Error> for DerDefect {
    fn from(error: Error) -> Self {
        let offset = error.position().map_or(0, size);
        let reason = match error.kind() {
            ErrorKind::Incomplete { .. } => CUT_OFF,
            ErrorKind::TrailingData { .. } => "more bytes follow after the structure's end",
            ErrorKind::Length { .. } | ErrorKind::Overlength | ErrorKind::Overflow => WRONG_LENGTH,
            ErrorKind::IndefiniteLength => "a length is left open (BER's indefinite form), which DER forbids",
            ErrorKind::Noncanonical { .. } => "a value is not in the one form that DER allows",
            ErrorKind::TagUnexpected { .. } | ErrorKind::TagNumberInvalid | ErrorKind::TagModeUnknown => {
                WRONG_KIND
            }
            ErrorKind::TagUnknown { .. } => {
                "a byte that is no known ASN.1 tag stands where a value should begin"
            }
            _ => "a value here can't be read",
        };
        Self { offset, reason }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_walked_with_their_offsets() {
        let der = [0x30, 0x06, 0x02, 0x01, 0x05, 0x04, 0x01, 0xAA];
        let mut outer = Walk::new(&der);
        let sequence = outer.expect(Tag::Sequence).unwrap();
        assert!(outer.is_finished() && outer.finish("").is_ok());
        let mut inside = sequence.inside();
        assert!(inside.optional(Tag::OctetString).unwrap().is_none());
        let integer = inside.expect(Tag::Integer).unwrap();
        assert_eq!((integer.offset, integer.bytes.len(), integer.contents()), (2, 3, &[5][..]));
        assert_eq!(inside.remaining(), 3);
        assert_eq!(inside.finish("no").unwrap_err(), DerDefect::new(5, "no"));
        let octets = inside.optional(Tag::OctetString).unwrap().unwrap();
        assert_eq!((octets.offset, octets.contents()), (5, &[0xAA][..]));
        assert!(inside.optional(Tag::OctetString).unwrap().is_none());
        assert_eq!(inside.next().err().unwrap().reason, CUT_OFF);
    }

    #[test]
    fn the_first_wrong_place_is_named() {
        let mut wrong = Vec::new();
        for (der, offset, reason) in [
            (&[][..], 0, CUT_OFF),
            (&[0x30], 1, CUT_OFF),
            (&[0x30, 0x05, 0x02, 0x01, 0x00], 5, CUT_OFF),
            (&[0x30, 0x82, 0xFF, 0xFF], 4, CUT_OFF),
            (&[0x30, 0x84, 0xFF, 0xFF, 0xFF, 0xFF], 0, WRONG_LENGTH),
            (&[0x30, 0x03, 0x02, 0x02, 0x00], 2, WRONG_LENGTH),
            (&[0x30, 0x02, 0x05, 0x00], 2, WRONG_KIND),
            (
                &[0x30, 0x80, 0x00, 0x00],
                0,
                "a length is left open (BER's indefinite form), which DER forbids",
            ),
            (
                &[0x30, 0x02, 0x0F, 0x00],
                2,
                "a byte that is no known ASN.1 tag stands where a value should begin",
            ),
        ] {
            let read = || Walk::new(der).expect(Tag::Sequence)?.inside().expect(Tag::Integer);
            let defect = read().err().unwrap();
            assert_eq!(defect.reason, reason, "{der:02x?}");
            wrong.extend((defect.offset != offset).then(|| format!("{der:02x?}: {}", defect.offset)));
        }
        assert_eq!(wrong, [""; 0]);
    }
}
