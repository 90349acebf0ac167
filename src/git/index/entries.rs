//! The entries of an index.
//!
//! Owns: their form in versions 2 to 4, their order, and how one half of a split index changes the other. Does not own:
//! extensions.

use super::IndexDefect;
use crate::git::bytes::Cursor;
use crate::git::id::{ObjectFormat, ObjectId};
use crate::git::object::EntryKind;

/// Entries in ascending order of path and stage.
#[derive(Default)]
pub(in crate::git) struct Entries {
    entries: Vec<IndexEntry>,
    /// All paths, one after the other.
    paths: Vec<u8>,
}

/// An entry of an index.
#[derive(Clone, Copy)]
pub(in crate::git) struct IndexEntry {
    path: (usize, usize),
    pub(in crate::git) id: ObjectId,
    pub(in crate::git) kind: EntryKind,
    /// 0, or in a conflict 1 for the common ancestor, 2 for ours and 3 for theirs.
    pub(in crate::git) stage: u8,
    /// Only the path was added (`git add --intent-to-add`), and nothing is staged.
    pub(in crate::git) intent_to_add: bool,
}

/// The bytes of an entry that tell of the file in the folder: times, numbers, owner, size.
const STATISTICS: usize = 24;

/// Version 4 leaves out what a path shares with the one before. Real paths are not as long as this many entries.
const MOST_SHARED: usize = 32;

impl Entries {
    pub(super) fn parse(
        cursor: &mut Cursor<'_>,
        count: u32,
        version: u32,
        format: ObjectFormat,
    ) -> Result<Self, IndexDefect> {
        let count = usize::try_from(count).unwrap_or(usize::MAX);
        let size = cursor.rest().len();
        // No entry is smaller than this.
        let room = count.min(size / 64);
        let mut parsed = Self { entries: Vec::with_capacity(room), paths: Vec::with_capacity(size / 2) };
        for _ in 0..count {
            let entry = parsed.entry(cursor, version, format).ok_or(IndexDefect::CutOff)??;
            if parsed.paths.len() > size.saturating_mul(MOST_SHARED) {
                return Err(IndexDefect::Damaged);
            }
            parsed.entries.push(entry);
        }
        Ok(parsed)
    }

    /// Takes one entry; gives `None` if it is cut off.
    fn entry(
        &mut self,
        cursor: &mut Cursor<'_>,
        version: u32,
        format: ObjectFormat,
    ) -> Option<Result<IndexEntry, IndexDefect>> {
        let before = cursor.rest().len();
        cursor.take(STATISTICS)?;
        let kind = EntryKind::of_mode(cursor.u32()?);
        cursor.take(12)?;
        let id = ObjectId::from_bytes(format, cursor.take(format.length())?)?;
        let flags = cursor.u16()?;
        let extended = if flags & 0x4000 != 0 && version > 2 { cursor.u16()? } else { 0 };
        let start = self.paths.len();
        if version == 4 {
            let dropped = usize::try_from(cursor.offset()?).ok()?;
            let previous = self.entries.last().map_or((0, 0), |entry| entry.path);
            let Some(kept) = previous.1.checked_sub(dropped).filter(|end| *end >= previous.0) else {
                return Some(Err(IndexDefect::Damaged));
            };
            self.paths.extend_from_within(previous.0..kept);
            self.paths.extend_from_slice(cursor.until(0)?);
        } else {
            // A path of 4,095 bytes or more ends at its zero alone.
            let short = Some(usize::from(flags & 0x0FFF)).filter(|length| *length < 0x0FFF);
            let path = match short {
                Some(length) => cursor.take(length)?,
                None => cursor.until(0)?,
            };
            self.paths.extend_from_slice(path);
            let read = before.checked_sub(cursor.rest().len())?;
            // One to eight zeros follow, of which the first may be read already.
            let ended = usize::from(short.is_none());
            let whole = read.checked_sub(ended)?.checked_div(8)?.checked_add(1)?.checked_mul(8)?;
            let zeros = cursor.take(whole.checked_sub(read)?)?;
            if zeros.iter().any(|byte| *byte != 0) {
                return Some(Err(IndexDefect::Damaged));
            }
        }
        Some(Ok(IndexEntry {
            path: (start, self.paths.len()),
            id,
            kind,
            stage: u8::try_from(flags >> 12 & 3).unwrap_or_default(),
            intent_to_add: extended & 0x2000 != 0,
        }))
    }

    pub(in crate::git) fn as_slice(&self) -> &[IndexEntry] {
        &self.entries
    }

    pub(in crate::git) fn path(&self, entry: &IndexEntry) -> &[u8] {
        self.paths.get(entry.path.0..entry.path.1).unwrap_or_default()
    }

    /// Returns true if each entry comes after the one before it.
    pub(super) fn is_in_order(&self) -> bool {
        let key = |entry| (self.path(entry), entry.stage);
        self.entries.is_sorted_by(|one, other| key(one) < key(other))
            && self.entries.iter().all(|entry| !self.path(entry).is_empty())
    }

    /// Returns the entries of `shared` with the changes of this half: some are deleted, some have new contents, for which
    /// the first entries of this half have no path, and all others are added.
    pub(super) fn on_top_of(
        mut self,
        shared: &Self,
        deleted: &[usize],
        replaced: &[usize],
    ) -> Result<Self, IndexDefect> {
        if self.entries.len() < replaced.len() {
            return Err(IndexDefect::Damaged);
        }
        let added = self.entries.split_off(replaced.len());
        let mut kept: Vec<Option<IndexEntry>> = shared.entries.iter().copied().map(Some).collect();
        for (position, entry) in replaced.iter().zip(&self.entries) {
            let old = kept.get_mut(*position).and_then(Option::as_mut).ok_or(IndexDefect::Damaged)?;
            *old = IndexEntry { path: old.path, ..*entry };
        }
        for position in deleted {
            *kept.get_mut(*position).ok_or(IndexDefect::Damaged)? = None;
        }
        let shift = shared.paths.len();
        let mut paths = shared.paths.clone();
        paths.extend_from_slice(&self.paths);
        let shifted = |entry: IndexEntry| {
            let path = (entry.path.0.saturating_add(shift), entry.path.1.saturating_add(shift));
            IndexEntry { path, ..entry }
        };
        let mut entries: Vec<IndexEntry> = added.into_iter().map(shifted).collect();
        entries.extend(kept.into_iter().flatten());
        let mut joined = Self { entries: Vec::new(), paths };
        // Where both have an entry, the added one comes first and stays.
        entries.sort_by(|one, other| (joined.path(one), one.stage).cmp(&(joined.path(other), other.stage)));
        entries
            .dedup_by(|later, first| (joined.path(first), first.stage) == (joined.path(later), later.stage));
        joined.entries = entries;
        Ok(joined)
    }
}
