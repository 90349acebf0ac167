//! Numbers and pieces at the front of bytes that may end anywhere.
//!
//! Owns: a cursor that gives `None` at the end. Does not own: what the bytes mean.

/// What has not been read yet.
#[derive(Clone, Copy)]
pub(super) struct Cursor<'b> {
    rest: &'b [u8],
}

impl<'b> Cursor<'b> {
    pub(super) const fn new(bytes: &'b [u8]) -> Self {
        Self { rest: bytes }
    }

    pub(super) const fn rest(&self) -> &'b [u8] {
        self.rest
    }

    pub(super) fn take(&mut self, length: usize) -> Option<&'b [u8]> {
        let (taken, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        Some(taken)
    }

    /// Takes what comes before the next `end`, and drops `end` itself.
    pub(super) fn until(&mut self, end: u8) -> Option<&'b [u8]> {
        let taken = self.take(memchr::memchr(end, self.rest)?)?;
        self.take(1)?;
        Some(taken)
    }

    pub(super) fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(*first)
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (taken, rest) = self.rest.split_first_chunk()?;
        self.rest = rest;
        Some(*taken)
    }

    pub(super) fn u16(&mut self) -> Option<u16> {
        self.array().map(u16::from_be_bytes)
    }

    pub(super) fn u32(&mut self) -> Option<u32> {
        self.array().map(u32::from_be_bytes)
    }

    pub(super) fn u64(&mut self) -> Option<u64> {
        self.array().map(u64::from_be_bytes)
    }

    /// Takes a number whose lowest seven bits come first, as in the header of a delta.
    pub(super) fn little_endian(&mut self) -> Option<u64> {
        self.little_endian_after(0, 0)
    }

    /// Takes the rest of such a number, of which the lowest `shift` bits are known.
    pub(super) fn little_endian_after(&mut self, low_bits: u64, shift: u32) -> Option<u64> {
        let (mut number, mut shift) = (low_bits, shift);
        loop {
            let byte = self.byte()?;
            let part = u64::from(byte & 0x7F);
            let shifted = part.checked_shl(shift)?;
            if shifted >> shift != part {
                return None;
            }
            number |= shifted;
            if byte & 0x80 == 0 {
                return Some(number);
            }
            shift = shift.checked_add(7)?;
        }
    }

    /// Takes a number whose highest bits come first and of which every length has values of its own, as in the distance
    /// to the base of a delta, and in the names of an index of version 4.
    pub(super) fn offset(&mut self) -> Option<u64> {
        let mut byte = self.byte()?;
        let mut number = u64::from(byte & 0x7F);
        while byte & 0x80 != 0 {
            byte = self.byte()?;
            number = number.checked_add(1)?.checked_mul(128)? | u64::from(byte & 0x7F);
        }
        Some(number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_every_length_are_read_and_too_long_ones_refused() {
        for (bytes, number) in [(&[0x05][..], 5), (&[0x81, 0x00], 1), (&[0xFF, 0x7F], 16_383)] {
            assert_eq!(Cursor::new(bytes).little_endian(), Some(number));
        }
        for (bytes, number) in [(&[0x05][..], 5), (&[0x80, 0x00], 128), (&[0xFF, 0x7F], 16_511)] {
            assert_eq!(Cursor::new(bytes).offset(), Some(number));
        }
        for bytes in [&[][..], &[0x80], &[0xFF; 11]] {
            assert_eq!(Cursor::new(bytes).little_endian(), None);
            assert_eq!(Cursor::new(bytes).offset(), None);
        }
        assert_eq!(
            Cursor::new(&[0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x02]).little_endian(),
            None
        );
    }
}
