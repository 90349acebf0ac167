//! Where in a pack an object begins: the file beside the pack.
//!
//! Owns: both versions of this file, read in pieces as it may be huge. Does not own: the pack.

use std::fs::File;
use std::io;

use super::bytes::Cursor;
use super::file::piece;
use super::id::{ObjectFormat, ObjectId};
use super::object::ObjectError;

const DAMAGED: ObjectError = ObjectError::Corrupt("the index of a pack is damaged");

/// As many names are read at once.
const AT_ONCE: u64 = 128;

/// The index of a pack.
pub(super) struct PackIndex {
    file: File,
    format: ObjectFormat,
    /// How many objects there are whose first byte is at most the position in here.
    fan_out: Vec<u32>,
    first_version: bool,
}

impl PackIndex {
    pub(super) fn open(file: File, size: u64, format: ObjectFormat) -> Result<Self, ObjectError> {
        let start = piece(&file, 0, 8 + 4 * 256).map_err(|error| ObjectError::Read(error.kind()))?;
        let first_version = !start.starts_with(b"\xFFtOc");
        let mut cursor = Cursor::new(&start);
        if !first_version && (cursor.u32().is_none() || cursor.u32() != Some(2)) {
            return Err(ObjectError::Corrupt("the index of a pack is of an unknown version"));
        }
        let fan_out: Option<Vec<u32>> = (0..256).map(|_| cursor.u32()).collect();
        let fan_out = fan_out.filter(|counts| counts.is_sorted()).ok_or(DAMAGED)?;
        let index = Self { file, format, fan_out, first_version };
        if size < index.offsets_at().saturating_add(index.count().saturating_mul(index.offset_width())) {
            return Err(ObjectError::Corrupt("the index of a pack is cut off"));
        }
        Ok(index)
    }

    /// Returns where the object begins; `None` if the pack doesn't have it.
    pub(super) fn find(&self, id: ObjectId) -> Result<Option<u64>, ObjectError> {
        self.search(id).map_err(|error| ObjectError::Read(error.kind()))?.transpose()
    }

    fn search(&self, id: ObjectId) -> io::Result<Option<Result<u64, ObjectError>>> {
        let first = usize::from(id.first_byte());
        let counted = |at: usize| u64::from(self.fan_out.get(at).copied().unwrap_or_default());
        let mut low = first.checked_sub(1).map_or(0, counted);
        let mut high = counted(first);
        while high.saturating_sub(low) > AT_ONCE {
            let middle = low.midpoint(high);
            match self
                .names(middle, 1)?
                .chunks_exact(self.width())
                .next()
                .map(|name| self.name(name) <= id.as_bytes())
            {
                Some(true) => low = middle,
                Some(false) => high = middle,
                None => return Ok(Some(Err(DAMAGED))),
            }
        }
        let names = self.names(low, high.saturating_sub(low))?;
        let found =
            names.chunks_exact(self.width()).zip(low..).find(|(name, _)| self.name(name) == id.as_bytes());
        Ok(match found {
            Some((record, position)) => Some(self.offset(record, position)?.ok_or(DAMAGED)),
            None => None,
        })
    }

    /// Returns where the pack has the object at this position of the index.
    fn offset(&self, record: &[u8], position: u64) -> io::Result<Option<u64>> {
        if self.first_version {
            return Ok(Cursor::new(record).u32().map(u64::from));
        }
        let at = self.offsets_at().saturating_add(position.saturating_mul(4));
        let offset = Cursor::new(&piece(&self.file, at, 4)?).u32();
        let Some(large) = offset.and_then(|offset| offset.checked_sub(0x8000_0000)) else {
            return Ok(offset.map(u64::from));
        };
        let table = self.offsets_at().saturating_add(self.count().saturating_mul(4));
        let at = table.saturating_add(u64::from(large).saturating_mul(8));
        Ok(Cursor::new(&piece(&self.file, at, 8)?).u64())
    }

    /// Returns all names, each with where the pack has the object.
    pub(super) fn entries(&self) -> Result<Vec<(ObjectId, u64)>, ObjectError> {
        let failed = |error: io::Error| ObjectError::Read(error.kind());
        let names = self.names(0, self.count()).map_err(failed)?;
        let wide = usize::try_from(self.count().saturating_mul(4)).map_err(|_| DAMAGED)?;
        let offsets = if self.first_version {
            Vec::new()
        } else {
            piece(&self.file, self.offsets_at(), wide).map_err(failed)?
        };
        let mut offsets = Cursor::new(&offsets);
        let records = names.chunks_exact(self.width()).zip(0_u64..);
        let entries = records.map(|(record, position)| {
            let id = ObjectId::from_bytes(self.format, self.name(record))?;
            let offset = match if self.first_version { Cursor::new(record).u32() } else { offsets.u32() } {
                // A large pack has a table for what is far behind.
                Some(0x8000_0000..) => self.offset(record, position).ok().flatten(),
                offset => offset.map(u64::from),
            };
            Some((id, offset?))
        });
        entries.collect::<Option<_>>().ok_or(DAMAGED)
    }

    fn names(&self, position: u64, count: u64) -> io::Result<Vec<u8>> {
        let width = self.width();
        let start = if self.first_version { 4 * 256 } else { 8 + 4 * 256 };
        let at = position.saturating_mul(width as u64).saturating_add(start);
        piece(&self.file, at, width.saturating_mul(usize::try_from(count).unwrap_or_default()))
    }

    /// Returns the name in one record of the table of names.
    fn name<'r>(&self, record: &'r [u8]) -> &'r [u8] {
        record.get(record.len().saturating_sub(self.format.length())..).unwrap_or_default()
    }

    /// Returns the size of a record of the table of names, which in the first version holds offsets, too.
    fn width(&self) -> usize {
        self.format.length().saturating_add(if self.first_version { 4 } else { 0 })
    }

    /// Returns how many objects there are.
    pub(super) fn count(&self) -> u64 {
        self.fan_out.last().copied().unwrap_or_default().into()
    }

    /// Returns where the table of offsets begins: behind the fan-out, the names and, in version 2, the checksums.
    fn offsets_at(&self) -> u64 {
        let each =
            if self.first_version { self.width() as u64 } else { self.width().saturating_add(4) as u64 };
        let start = if self.first_version { 4 * 256 } else { 8 + 4 * 256 };
        self.count().saturating_mul(each).saturating_add(start)
    }

    fn offset_width(&self) -> u64 {
        if self.first_version { 0 } else { 4 }
    }
}
