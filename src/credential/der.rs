//! ASN.1 values, walked one by one with the offsets kept, and words for what is wrong with them.
//!
//! Owns: tags, lengths and the few universal types, by DER or as OpenSSL 3.0 reads them (`crypto/asn1/tasn_dec.c`): it
//! takes lengths in any form, constructed strings and indefinite lengths, and looks into what it has no use for. Does not
//! own: what a structure holds. A parser's own message is never forwarded, because some quote the bytes.

mod tag;

pub(super) use tag::Tag;

use crate::secret::Secret;
use crate::source::counted;

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

    /// `the key in privateKey is cut off after 784 bytes`, `privateKey is not one key: at byte 5, …`
    pub fn sentence(&self, field: &str, content: &str) -> String {
        if self.reason == CUT_OFF {
            format!("the {content} in {field} is cut off after {}", counted(self.offset as u64, "byte"))
        } else {
            format!("{field} is not one {content}: at byte {}, {}", self.offset, self.reason)
        }
    }
}

const CUT_OFF: &str = "it is cut off";
const WRONG_LENGTH: &str = "a length doesn't match its content";
const WRONG_KIND: &str = "there is a value of the wrong type";
const INDEFINITE: &str = "a length is indefinite (BER), which DER doesn't allow";
const NOT_CANONICAL: &str = "a length is not in the one form that DER allows";
const BAD_TAG: &str = "a tag can't be read";
const WRONG_FORM: &str = "a value is primitive instead of constructed, or constructed instead of primitive";
const NO_END: &str = "a value of indefinite length has no end";
const PADDED: &str = "a number has no bytes, or an extra leading byte";
const BAD_IDENTIFIER: &str = "an object identifier can't be read";
const BAD_VALUE: &str = "a value has a length that its type doesn't allow";

/// How strictly bytes are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reading {
    Der,
    OpenSsl,
}

/// The first bytes of a value.
struct Header {
    tag: Tag,
    constructed: bool,
    /// How many bytes it has itself.
    size: usize,
    /// How many follow; `None` if that is left open.
    length: Option<usize>,
}

impl Header {
    /// As `ASN1_get_object` reads it.
    fn read(bytes: &[u8], reading: Reading) -> Result<Self, DerDefect> {
        const CONSTRUCTED: u8 = 0x20;
        const LONG: u8 = 0x80;
        /// `INT_MAX`
        const LARGEST_TAG: u32 = 0x7FFF_FFFF;
        let cut_off = || DerDefect::new(bytes.len(), CUT_OFF);
        let byte = |index: usize| bytes.get(index).copied().ok_or_else(cut_off);
        let first = byte(0)?;
        let mut number = u32::from(first & 0x1F);
        let mut size = 1;
        if number == 0x1F {
            number = 0;
            loop {
                let next = byte(size)?;
                size += 1;
                number = number << 7 | u32::from(next & 0x7F);
                if next < LONG {
                    break;
                }
                if number > LARGEST_TAG >> 7 {
                    return Err(DerDefect::new(0, BAD_TAG));
                }
            }
            if number < 0x1F && reading == Reading::Der {
                return Err(DerDefect::new(0, NOT_CANONICAL));
            }
        }
        let constructed = first & CONSTRUCTED != 0;
        let tag = Tag::new(first & 0xC0, number);
        let lead = byte(size)?;
        size += 1;
        let length = match lead {
            0..LONG => Some(usize::from(lead)),
            LONG if reading == Reading::Der => return Err(DerDefect::new(0, INDEFINITE)),
            LONG if !constructed => return Err(DerDefect::new(0, WRONG_FORM)),
            LONG => None,
            _ => {
                let digits = bytes.get(size..size + usize::from(lead - LONG)).ok_or_else(cut_off)?;
                size += digits.len();
                let significant = &digits[digits.iter().take_while(|digit| **digit == 0).count()..];
                if significant.len() > size_of::<u32>() {
                    return Err(DerDefect::new(0, WRONG_LENGTH));
                }
                let length = significant.iter().fold(0, |length, digit| length << 8 | usize::from(*digit));
                if reading == Reading::Der && (length < usize::from(LONG) || significant.len() < digits.len())
                {
                    return Err(DerDefect::new(0, NOT_CANONICAL));
                }
                // OpenSSL wants something behind such a length, even if it is zero.
                byte(size)?;
                Some(length)
            }
        };
        Ok(Self { tag, constructed, size, length })
    }
}

/// Where the value of open length ends whose contents `bytes` begin with, and how many bytes of that are contents
/// (`asn1_find_end`).
fn open_length(bytes: &[u8]) -> Result<usize, DerDefect> {
    let (mut offset, mut open) = (0, 1_usize);
    while let Some(rest) = bytes.get(offset..).filter(|rest| !rest.is_empty()) {
        if rest.starts_with(END_OF_CONTENTS) {
            open -= 1;
            if open == 0 {
                return Ok(offset);
            }
            offset += END_OF_CONTENTS.len();
            continue;
        }
        let header = Header::read(rest, Reading::OpenSsl)?;
        offset += header.size;
        match header.length {
            None => open += 1,
            Some(length) => offset = offset.saturating_add(length),
        }
    }
    Err(DerDefect::new(bytes.len(), NO_END))
}

const END_OF_CONTENTS: &[u8] = &[0, 0];

/// One value: its bytes, and where they stand.
#[derive(Clone, Copy)]
pub(super) struct Element<'d> {
    pub(super) tag: Tag,
    constructed: bool,
    /// Where it begins.
    pub(super) offset: usize,
    /// All of it, tag and length included.
    pub(super) bytes: &'d [u8],
    /// How many of them are tag and length, and how many enclosed.
    header: usize,
    length: usize,
    reading: Reading,
}

impl<'d> Element<'d> {
    /// What it encloses.
    pub(super) fn contents(&self) -> &'d [u8] {
        &self.bytes[self.header..self.header + self.length]
    }

    /// A walk over the values inside.
    pub(super) fn inside(&self) -> Walk<'d> {
        Walk { rest: self.contents(), offset: self.offset + self.header, within: true, reading: self.reading }
    }

    /// A defect at its beginning.
    pub(super) const fn defect(&self, reason: &'static str) -> DerDefect {
        DerDefect::new(self.offset, reason)
    }

    /// Makes sure that it holds values.
    pub(super) fn constructed(&self) -> Result<(), DerDefect> {
        if self.constructed { Ok(()) } else { Err(self.defect(WRONG_FORM)) }
    }

    /// A walk over what it tags (EXPLICIT).
    pub(super) fn explicit(&self) -> Result<Walk<'d>, DerDefect> {
        self.constructed().map(|()| self.inside())
    }

    /// Makes sure that it is one piece.
    pub(super) fn primitive(&self) -> Result<(), DerDefect> {
        if self.constructed { Err(self.defect(WRONG_FORM)) } else { Ok(()) }
    }

    /// The bytes of a string, of which a constructed one has several pieces (`asn1_collect`).
    pub(super) fn string(&self) -> Result<Secret<Vec<u8>>, DerDefect> {
        // In a buffer of the right size from the start: one that grows leaves copies of itself behind.
        let mut bytes = Vec::with_capacity(self.length);
        self.collect(&mut bytes, 0).map(|()| Secret::new(bytes))
    }

    fn collect(&self, bytes: &mut Vec<u8>, depth: u8) -> Result<(), DerDefect> {
        /// `ASN1_MAX_STRING_NEST`
        const DEEPEST: u8 = 5;
        if !self.constructed {
            bytes.extend_from_slice(self.contents());
            return Ok(());
        }
        if depth > DEEPEST {
            return Err(self.defect(WRONG_FORM));
        }
        let mut pieces = self.inside();
        while !pieces.is_finished() {
            pieces.next()?.collect(bytes, depth + 1)?;
        }
        Ok(())
    }

    /// Makes sure that it is what its tag says, as OpenSSL looks at it whether or not it has a use for it
    /// (`asn1_d2i_ex_primitive`, `asn1_ex_c2i`).
    pub(super) fn sound(&self) -> Result<(), DerDefect> {
        if self.tag.universal_number().is_none() {
            return Ok(());
        }
        let must_be_constructed = matches!(self.tag, Tag::SEQUENCE | Tag::SET);
        let must_be_primitive = match self.reading {
            Reading::Der => !matches!(self.tag, Tag::EXTERNAL | Tag::EMBEDDED),
            Reading::OpenSsl => {
                matches!(self.tag, Tag::NULL | Tag::BOOLEAN | Tag::OBJECT | Tag::INTEGER | Tag::ENUMERATED)
            }
        };
        if must_be_constructed {
            return self.constructed();
        }
        if must_be_primitive {
            self.primitive()?;
        }
        self.is_sound(self.tag)
    }

    /// The same of what it holds, for a `tag` that isn't written down (IMPLICIT).
    pub(super) fn is_sound(&self, tag: Tag) -> Result<(), DerDefect> {
        let joined = if self.constructed { Some(self.string()?) } else { None };
        let bytes = joined.as_ref().map_or(self.contents(), |joined| joined.expose().as_slice());
        let reason = match tag {
            Tag::NULL if !bytes.is_empty() => BAD_VALUE,
            Tag::BOOLEAN if bytes.len() != 1 => BAD_VALUE,
            Tag::INTEGER | Tag::ENUMERATED if !is_integer(bytes) => PADDED,
            Tag::OBJECT if !is_identifier(bytes) => BAD_IDENTIFIER,
            Tag::BIT_STRING if !matches!(bytes, [0..=7, ..]) => BAD_VALUE,
            Tag::BMP_STRING if bytes.len() % 2 != 0 => BAD_VALUE,
            Tag::UNIVERSAL_STRING if bytes.len() % 4 != 0 => BAD_VALUE,
            _ => return Ok(()),
        };
        Err(self.defect(reason))
    }
}

/// What follows the first value, an INTEGER, inside the SEQUENCE that `der` begins with, whether or not that is complete.
pub(super) fn second_tag(der: &[u8]) -> Option<Tag> {
    let header = |bytes| Header::read(bytes, Reading::OpenSsl).ok();
    let outer = header(der).filter(|outer| outer.tag == Tag::SEQUENCE)?;
    let inside = der.get(outer.size..)?;
    let first = header(inside).filter(|first| first.tag == Tag::INTEGER)?;
    header(inside.get(first.size + first.length?..)?).map(|second| second.tag)
}

/// As `c2i_ibuf` takes it: with digits, and none in front that the sign alone says.
fn is_integer(bytes: &[u8]) -> bool {
    match *bytes {
        [] => false,
        [0, second, ..] => second >= 0x80,
        [0xFF, second, ..] => second < 0x80,
        _ => true,
    }
}

/// As `ossl_c2i_ASN1_OBJECT` takes it.
fn is_identifier(bytes: &[u8]) -> bool {
    let begins = |index: usize| index == 0 || bytes[index - 1] < 0x80;
    bytes.last().is_some_and(|last| *last < 0x80)
        && !bytes.iter().enumerate().any(|(index, byte)| *byte == 0x80 && begins(index))
}

/// What an algorithm is called, and its parameters, if it has any.
pub(super) struct Algorithm<'d> {
    pub(super) identifier: &'d [u8],
    pub(super) parameters: Option<Element<'d>>,
}

/// A walk over values that follow each other.
#[derive(Clone)]
pub(super) struct Walk<'d> {
    rest: &'d [u8],
    /// Where `rest` begins, counted from the beginning of all.
    offset: usize,
    within: bool,
    reading: Reading,
}

impl<'d> Walk<'d> {
    /// A walk by DER that begins with the first byte of `der`.
    pub(super) const fn new(der: &'d [u8]) -> Self {
        Self { rest: der, offset: 0, within: false, reading: Reading::Der }
    }

    /// The same as OpenSSL does it.
    pub(super) const fn openssl(der: &'d [u8]) -> Self {
        Self { rest: der, offset: 0, within: false, reading: Reading::OpenSsl }
    }

    /// The same over what `outer` holds, once that is put together.
    pub(super) const fn inside(self, outer: &Element<'_>) -> Self {
        Self { offset: outer.offset + outer.header, within: true, ..self }
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
        let shift = |defect: DerDefect| DerDefect::new(self.offset + defect.offset, defect.reason);
        if self.rest.starts_with(END_OF_CONTENTS) {
            return Err(DerDefect::new(self.offset, WRONG_KIND));
        }
        let Header { tag, constructed, size, length } =
            Header::read(self.rest, self.reading).map_err(shift)?;
        let (length, end) = if let Some(length) = length {
            (length, 0)
        } else {
            let beyond =
                |defect: DerDefect| DerDefect::new(self.offset + size + defect.offset, defect.reason);
            (open_length(&self.rest[size..]).map_err(beyond)?, END_OF_CONTENTS.len())
        };
        let whole = size.saturating_add(length).saturating_add(end);
        let Some((bytes, rest)) = self.rest.split_at_checked(whole) else {
            let reason = if self.within { WRONG_LENGTH } else { CUT_OFF };
            let offset = if self.within { self.offset } else { self.rest.len() };
            return Err(DerDefect::new(offset, reason));
        };
        let element = Element {
            tag,
            constructed,
            offset: self.offset,
            bytes,
            header: size,
            length,
            reading: self.reading,
        };
        self.offset += whole;
        self.rest = rest;
        Ok(element)
    }

    /// The next value, which must be a `tag`.
    pub(super) fn expect(&mut self, tag: Tag) -> Result<Element<'d>, DerDefect> {
        let element = self.next()?;
        if element.tag == tag { Ok(element) } else { Err(element.defect(WRONG_KIND)) }
    }

    /// The next value, which must be a `tag` and sound by itself.
    pub(super) fn sound(&mut self, tag: Tag) -> Result<Element<'d>, DerDefect> {
        let element = self.expect(tag)?;
        element.sound().map(|()| element)
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

    /// Makes sure that nothing is left.
    pub(super) fn finish(&self, reason: &'static str) -> Result<(), DerDefect> {
        if self.is_finished() { Ok(()) } else { Err(DerDefect::new(self.offset, reason)) }
    }

    /// `AlgorithmIdentifier` (RFC 5280 section 4.1.1.2).
    pub(super) fn algorithm(&mut self) -> Result<Algorithm<'d>, DerDefect> {
        let mut walk = self.sound(Tag::SEQUENCE)?.inside();
        let identifier = walk.sound(Tag::OBJECT)?.contents();
        let parameters = if walk.is_finished() { None } else { Some(walk.next()?) };
        if let Some(parameters) = &parameters {
            parameters.sound()?;
        }
        walk.finish("more follows after an algorithm's parameters")?;
        Ok(Algorithm { identifier, parameters })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_walked_with_their_offsets() {
        let der = [0x30, 0x06, 0x02, 0x01, 0x05, 0x04, 0x01, 0xAA];
        let mut outer = Walk::new(&der);
        let sequence = outer.expect(Tag::SEQUENCE).unwrap();
        assert!(outer.is_finished() && outer.finish("").is_ok());
        let mut inside = sequence.inside();
        assert!(inside.optional(Tag::OCTET_STRING).unwrap().is_none());
        let integer = inside.expect(Tag::INTEGER).unwrap();
        assert_eq!((integer.offset, integer.bytes.len(), integer.contents()), (2, 3, &[5][..]));
        assert_eq!(inside.remaining(), 3);
        assert_eq!(inside.finish("no").unwrap_err(), DerDefect::new(5, "no"));
        let octets = inside.optional(Tag::OCTET_STRING).unwrap().unwrap();
        assert_eq!((octets.offset, octets.contents()), (5, &[0xAA][..]));
        assert!(inside.optional(Tag::OCTET_STRING).unwrap().is_none());
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
            (&[0x30, 0x84, 0xFF, 0xFF, 0xFF, 0xFF, 0], 7, CUT_OFF),
            (&[0x30, 0x85, 1, 0, 0, 0, 0, 0], 0, WRONG_LENGTH),
            (&[0x30, 0x81, 0x01, 0x00], 0, NOT_CANONICAL),
            (&[0x30, 0x03, 0x02, 0x02, 0x00], 2, WRONG_LENGTH),
            (&[0x30, 0x02, 0x05, 0x00], 2, WRONG_KIND),
            (&[0x30, 0x80, 0x00, 0x00], 0, INDEFINITE),
            (&[0x30, 0x02, 0x0F, 0x00], 2, WRONG_KIND),
            (&[0x30, 0x03, 0x1F, 0x02, 0x00], 2, NOT_CANONICAL),
            (&[0x30, 0x07, 0x1F, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F, 0x00], 2, BAD_TAG),
        ] {
            let read = || Walk::new(der).expect(Tag::SEQUENCE)?.inside().expect(Tag::INTEGER);
            let defect = read().err().unwrap();
            assert_eq!(defect.reason, reason, "{der:02x?}");
            wrong.extend((defect.offset != offset).then(|| format!("{der:02x?}: {}", defect.offset)));
        }
        assert_eq!(wrong, [""; 0]);
    }
}
