//! Many objects in one file, some of them as the difference to another.
//!
//! Owns: entries of a pack, chains of differences. Does not own: whether the contents match a name.

use std::fs::File;
use std::path::{Path, PathBuf};

use super::bytes::Cursor;
use super::file::{self, piece};
use super::id::{ObjectFormat, ObjectId};
use super::loose::inflate;
use super::object::{Kind, Object, ObjectError};
use super::pack_index::PackIndex;
use crate::secret::Secret;

/// The most steps from an object to its base. git itself takes 4,095 at most.
const LONGEST_CHAIN: usize = 10_000;

/// The largest base and the largest difference that are read for an object that is smaller. git itself makes no
/// difference to a file of more than 512 MiB (`core.bigFileThreshold`).
pub(super) const LARGEST_BASE: u64 = 512 << 20;

/// No header of an entry is longer.
pub(super) const LONGEST_HEADER: usize = 64;

/// A pack and its index.
pub(super) struct Pack {
    file: File,
    /// The size of the file, in bytes.
    length: u64,
    index: PackIndex,
    format: ObjectFormat,
}

/// One of the objects in a pack.
#[derive(Clone, Copy)]
pub(super) struct PackEntry {
    start: u64,
    pub(super) kind: EntryKind,
    /// The size of what is compressed: the object, or the difference.
    pub(super) size: u64,
    /// Where the compressed data begins.
    pub(super) data: u64,
}

/// How an object is stored in a pack.
#[derive(Clone, Copy)]
pub(super) enum EntryKind {
    Whole(Kind),
    /// The distance back to the base.
    Distance(u64),
    /// The base by name.
    Name(ObjectId),
}

impl Pack {
    /// Opens a pack by the path of its index.
    pub(super) fn open(index: &Path, format: ObjectFormat) -> Result<Self, ObjectError> {
        let open = |path: PathBuf| {
            let opened = file::open(&path).map_err(|error| ObjectError::Read(error.kind()))?;
            opened.ok_or(ObjectError::Corrupt("a pack is missing or has no index"))
        };
        let (file, length) = open(index.with_extension("pack"))?;
        let start = piece(&file, 0, 8).map_err(|error| ObjectError::Read(error.kind()))?;
        if !matches!(start.as_slice(), b"PACK\0\0\0\x02" | b"PACK\0\0\0\x03") {
            return Err(ObjectError::Corrupt("the pack has a wrong header"));
        }
        let (index, size) = open(index.to_path_buf())?;
        Ok(Self { file, length, index: PackIndex::open(index, size, format)?, format })
    }

    pub(super) const fn file(&self) -> &File {
        &self.file
    }

    pub(super) const fn index(&self) -> &PackIndex {
        &self.index
    }

    /// Returns where the last entry ends, before the checksum.
    pub(super) fn end(&self) -> u64 {
        self.length.saturating_sub(self.format.length() as u64)
    }

    /// Returns how many objects the pack says it has.
    pub(super) fn count(&self) -> Option<u32> {
        Cursor::new(&piece(&self.file, 8, 4).ok()?).u32()
    }

    /// Reads an object; gives `None` if it isn't in this pack.
    pub(super) fn read(&self, id: ObjectId, limit: u64) -> Result<Option<Object>, ObjectError> {
        self.index.find(id)?.map(|offset| self.object(offset, limit)).transpose()
    }

    fn object(&self, offset: u64, limit: u64) -> Result<Object, ObjectError> {
        let mut differences = Vec::new();
        let mut entry = self.entry(offset)?;
        let kind = loop {
            let base = match entry.kind {
                EntryKind::Whole(kind) => break kind,
                EntryKind::Distance(distance) => entry.start.checked_sub(distance).filter(|_| distance > 0),
                EntryKind::Name(id) => self.index.find(id)?,
            };
            differences.push(entry);
            if differences.len() > LONGEST_CHAIN {
                return Err(ObjectError::Corrupt("its chain of differences is too long, or a loop"));
            }
            entry = self
                .entry(base.ok_or(ObjectError::Corrupt("the base of its difference is not in the pack"))?)?;
        };
        let size = differences.first().map_or(Ok(entry.size), |last| self.size_after(last))?;
        if size > limit {
            return Err(ObjectError::TooLarge { size });
        }
        let most = limit.max(LARGEST_BASE);
        let mut bytes = self.data(&entry, most)?;
        for difference in differences.iter().rev() {
            bytes = apply(bytes.expose(), self.data(difference, most)?.expose(), most)
                .ok_or(ObjectError::Corrupt("a difference in its pack doesn't fit"))?;
        }
        Ok(Object { kind, bytes })
    }

    fn entry(&self, start: u64) -> Result<PackEntry, ObjectError> {
        let bytes =
            piece(&self.file, start, LONGEST_HEADER).map_err(|error| ObjectError::Read(error.kind()))?;
        let damaged = ObjectError::Corrupt("its place in the pack is damaged or cut off");
        entry(self.format, start, &bytes).ok_or(damaged)
    }

    /// Inflates what an entry has, be it an object or a difference.
    fn data(&self, entry: &PackEntry, most: u64) -> Result<Secret<Vec<u8>>, ObjectError> {
        if entry.size > most {
            return Err(ObjectError::Corrupt("its pack has a base of more than 512 MiB for it"));
        }
        file::exactly(&mut inflate(&self.file, entry.data, entry.size), entry.size)
            .map_err(|error| ObjectError::from_reading(&error))?
            .ok_or(ObjectError::Corrupt("its data in the pack is longer or shorter than its header says"))
    }

    /// Returns the size of the object that a difference makes, without making it.
    fn size_after(&self, difference: &PackEntry) -> Result<u64, ObjectError> {
        use std::io::Read as _;
        let mut sizes = Vec::new();
        let mut stream = inflate(&self.file, difference.data, 0).take(20);
        stream.read_to_end(&mut sizes).map_err(|error| ObjectError::from_reading(&error))?;
        let mut cursor = Cursor::new(&sizes);
        cursor
            .little_endian()
            .and_then(|_| cursor.little_endian())
            .ok_or(ObjectError::Corrupt("a difference in its pack is damaged"))
    }
}

/// Takes the header of the entry at `start` apart.
pub(super) fn entry(format: ObjectFormat, start: u64, bytes: &[u8]) -> Option<PackEntry> {
    let mut cursor = Cursor::new(bytes);
    let first = cursor.byte()?;
    let low = u64::from(first & 0x0F);
    let size = if first & 0x80 == 0 { low } else { cursor.little_endian_after(low, 4)? };
    let kind = match first >> 4 & 7 {
        1 => EntryKind::Whole(Kind::Commit),
        2 => EntryKind::Whole(Kind::Tree),
        3 => EntryKind::Whole(Kind::Blob),
        4 => EntryKind::Whole(Kind::Tag),
        6 => EntryKind::Distance(cursor.offset()?),
        7 => EntryKind::Name(ObjectId::from_bytes(format, cursor.take(format.length())?)?),
        _ => return None,
    };
    let header = bytes.len().checked_sub(cursor.rest().len())?;
    Some(PackEntry { start, kind, size, data: start.checked_add(header as u64)? })
}

/// Applies a difference to its base; gives `None` if it doesn't fit, or makes more than `most` bytes.
fn apply(base: &[u8], difference: &[u8], most: u64) -> Option<Secret<Vec<u8>>> {
    let size = usize::try_from(size_of_result(difference).filter(|size| *size <= most)?).ok()?;
    let mut made = Secret::new(vec![0; size]);
    made.fill(|made| apply_to(base, difference, made).ok_or(())).ok()?;
    Some(made)
}

/// Returns how many bytes a difference makes.
pub(super) fn size_of_result(difference: &[u8]) -> Option<u64> {
    let mut cursor = Cursor::new(difference);
    cursor.little_endian()?;
    cursor.little_endian()
}

/// Fills `made`, which has the size of the result; gives `None` if the difference doesn't fit.
pub(super) fn apply_to(base: &[u8], difference: &[u8], made: &mut [u8]) -> Option<()> {
    let mut cursor = Cursor::new(difference);
    if cursor.little_endian()? != base.len() as u64 || cursor.little_endian()? != made.len() as u64 {
        return None;
    }
    let mut rest = made;
    while let Some(command) = cursor.byte() {
        let piece = if command & 0x80 == 0 {
            cursor.take(usize::from(command)).filter(|piece| !piece.is_empty())?
        } else {
            copied(base, command, &mut cursor)?
        };
        let (place, behind) = std::mem::take(&mut rest).split_at_mut_checked(piece.len())?;
        // Both have the same length, so that this can't panic.
        place.copy_from_slice(piece);
        rest = behind;
    }
    rest.is_empty().then_some(())
}

/// Returns the piece of the base that a command copies: four bits say which bytes of the place follow, three which of
/// the length.
fn copied<'b>(base: &'b [u8], command: u8, cursor: &mut Cursor<'_>) -> Option<&'b [u8]> {
    let mut number = |bits: std::ops::Range<u32>| {
        let mut number = 0_usize;
        for (bit, byte) in bits.zip(0_u32..) {
            if command >> bit & 1 == 1 {
                number |= usize::from(cursor.byte()?).checked_shl(byte.checked_mul(8)?)?;
            }
        }
        Some(number)
    };
    let (place, length) = (number(0..4)?, number(4..7)?);
    let length = if length == 0 { 0x1_0000 } else { length };
    base.get(place..place.checked_add(length)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_that_does_not_fit_makes_nothing() {
        let apply = |difference: &[u8]| apply(b"abcdef", difference, 100).map(Secret::into_inner);
        assert_eq!(apply(&[6, 5, 0x91, 1, 3, 2, b'x', b'y']).unwrap(), b"bcdxy");
        for wrong in [
            &[][..],
            &[6],
            // A base of another size, a result of another size, and one above the limit.
            &[5, 3, 0x90, 3],
            &[6, 4, 0x90, 3],
            &[6, 101, 0x90, 3],
            // Beyond the base, beyond the difference, a command that isn't one.
            &[6, 3, 0x91, 4, 3],
            &[6, 3, 0x91],
            &[6, 3, 3, b'a'],
            &[6, 0, 0],
        ] {
            assert_eq!(apply(wrong), None, "{wrong:?}");
        }
    }
}
