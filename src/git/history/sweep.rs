//! All objects of a pack, each inflated once: from an object that is whole down to all that are made from it.
//!
//! Owns: the tree of differences, and the order in which it is walked with little memory. Does not own: what the objects
//! mean.
//!
//! Of the objects that are made from one, the one that most others are made from comes last, and by then the base isn't
//! needed any more. So bases in memory are never more than the logarithm of the number of objects.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use rayon::prelude::*;

use super::super::file::piece;
use super::super::id::{ObjectFormat, ObjectId};
use super::super::object::{Kind, ObjectError};
use super::super::pack::{EntryKind, LARGEST_BASE, Pack, apply_to, size_of_result};
use super::catalog::Catalog;
use super::inflate::{Buffer, Reader};

/// No entry.
const NONE: u32 = u32::MAX;

/// A pack up to this size is read into memory, in bytes: what is made from each other is far apart in it.
const SMALL: u64 = 96 << 20;

/// Families with an object above this size are read one after the other, for want of memory.
const LARGE: u64 = 16 << 20;

/// An object as a sweep meets it.
pub(super) enum Met<'b> {
    Bytes(&'b [u8]),
    /// It is larger than the limit; its size in bytes.
    TooLarge(u64),
}

/// What is told of each object: its kind and number. The answer is true if its contents must be wiped.
pub(super) type Visit<'v> = dyn Fn(Kind, u32, Met<'_>) -> bool + Sync + 'v;

/// An object that can't be read, and how many others are made from it.
#[derive(Clone, Debug)]
pub(super) struct Lost {
    pub(super) number: u32,
    pub(super) error: ObjectError,
    pub(super) with: u32,
}

/// What a run through a pack looks for.
pub(super) struct Order<'o> {
    pub(super) kinds: &'o [Kind],
    /// Whether an object is wanted, if not all are.
    pub(super) wanted: Option<&'o (dyn Fn(u32) -> bool + Sync)>,
    /// Larger objects are not made.
    pub(super) limit: u64,
    pub(super) stopped: &'o (dyn Fn() -> bool + Sync),
}

/// The objects of a pack and how they depend on each other.
pub(super) struct Sweep {
    path: PathBuf,
    format: ObjectFormat,
    end: u64,
    entries: Vec<Entry>,
    /// Objects that are whole.
    roots: Vec<(u32, Kind)>,
}

struct Entry {
    offset: u64,
    number: u32,
    base: u32,
    first_child: u32,
    next_sibling: u32,
    /// How many objects are made from it, itself included.
    weight: u32,
}

impl Sweep {
    /// Reads where each object of a pack is and what it is made from. `lost` is told of objects without a base.
    pub(super) fn new(
        path: &Path,
        format: ObjectFormat,
        listed: Vec<(ObjectId, u64)>,
        catalog: &Catalog,
        lost: &mut Vec<Lost>,
    ) -> Result<Self, ObjectError> {
        let pack = Pack::open(path, format)?;
        let mut entries: Vec<Entry> = listed
            .into_iter()
            .map(|(id, offset)| Entry {
                offset,
                number: catalog.find(&id).unwrap_or(NONE),
                base: NONE,
                first_child: NONE,
                next_sibling: NONE,
                weight: 1,
            })
            .collect();
        entries.sort_unstable_by_key(|entry| (entry.offset, entry.number));
        let mut sweep =
            Self { path: path.to_path_buf(), format, end: pack.end(), entries, roots: Vec::new() };
        sweep.read_headers(&pack, catalog, lost);
        sweep.weigh();
        for index in (0..sweep.entries.len()).rev().filter_map(|index| u32::try_from(index).ok()) {
            let Some(base) = sweep.entry(index).map(|entry| entry.base).filter(|base| *base != NONE) else {
                continue;
            };
            let next =
                sweep.entry_mut(base).map_or(NONE, |base| std::mem::replace(&mut base.first_child, index));
            if let Some(entry) = sweep.entry_mut(index) {
                entry.next_sibling = next;
            }
        }
        Ok(sweep)
    }

    fn entry(&self, index: u32) -> Option<&Entry> {
        self.entries.get(usize::try_from(index).ok()?)
    }

    fn entry_mut(&mut self, index: u32) -> Option<&mut Entry> {
        self.entries.get_mut(usize::try_from(index).ok()?)
    }

    /// Returns where an entry begins and ends.
    fn extent(&self, index: u32) -> (u64, u64) {
        let start = self.entry(index).map_or(0, |entry| entry.offset);
        (start, self.entry(index.saturating_add(1)).map_or(self.end, |next| next.offset).min(self.end))
    }

    fn read_headers(&mut self, pack: &Pack, catalog: &Catalog, lost: &mut Vec<Lost>) {
        let mut reader = Reader::new(pack.file(), None, self.format);
        // Where a base is named, its number has to be found among the objects of this pack.
        let mut by_number: Option<Vec<(u32, u32)>> = None;
        for index in 0..u32::try_from(self.entries.len()).unwrap_or(NONE) {
            let (start, end) = self.extent(index);
            let found = reader.header(start, end).and_then(|entry| {
                let base = match entry.kind {
                    EntryKind::Whole(kind) => {
                        self.roots.push((index, kind));
                        return Ok(NONE);
                    }
                    EntryKind::Distance(distance) => {
                        start.checked_sub(distance).filter(|_| distance > 0).and_then(|offset| {
                            self.entries.binary_search_by_key(&offset, |entry| entry.offset).ok()
                        })
                    }
                    EntryKind::Name(id) => {
                        let numbers = by_number.get_or_insert_with(|| {
                            let mut numbers: Vec<_> =
                                self.entries.iter().map(|entry| entry.number).zip(0..).collect();
                            numbers.sort_unstable();
                            numbers
                        });
                        let number = catalog.find(&id);
                        let at = number.map(|number| numbers.partition_point(|(other, _)| *other < number));
                        at.and_then(|at| numbers.get(at))
                            .filter(|(other, _)| Some(*other) == number)
                            .and_then(|(_, index)| usize::try_from(*index).ok())
                    }
                };
                let base = base.and_then(|base| u32::try_from(base).ok());
                base.ok_or(ObjectError::Corrupt("the base of its difference is not in the pack"))
            });
            match found {
                Ok(base) => {
                    if let Some(entry) = self.entry_mut(index) {
                        entry.base = base;
                    }
                }
                Err(error) => {
                    let number = self.entry(index).map_or(NONE, |entry| entry.number);
                    lost.push(Lost { number, error, with: 0 });
                }
            }
        }
    }

    /// Counts what is made from each object. What is in a loop is made from nothing, and never met.
    fn weigh(&mut self) {
        let mut waiting = vec![0_u32; self.entries.len()];
        let slot = |index: u32| usize::try_from(index).unwrap_or(usize::MAX);
        for entry in &self.entries {
            if let Some(count) = waiting.get_mut(slot(entry.base)) {
                *count = count.saturating_add(1);
            }
        }
        let mut ready: Vec<u32> =
            waiting.iter().zip(0..).filter(|(count, _)| **count == 0).map(|(_, index)| index).collect();
        while let Some(index) = ready.pop() {
            let Some((base, weight)) = self.entry(index).map(|entry| (entry.base, entry.weight)) else {
                continue;
            };
            if let Some(base) = self.entry_mut(base) {
                base.weight = base.weight.saturating_add(weight);
            }
            if let Some(count) = waiting.get_mut(slot(base)) {
                *count = count.saturating_sub(1);
                if *count == 0 {
                    ready.push(base);
                }
            }
        }
    }

    /// Returns how many objects are in loops of differences.
    pub(super) fn in_loops(&self) -> usize {
        let reached: u64 = self
            .roots
            .iter()
            .filter_map(|(root, _)| self.entry(*root))
            .map(|root| u64::from(root.weight))
            .sum();
        let orphans =
            self.entries.iter().filter(|entry| entry.base == NONE).count().saturating_sub(self.roots.len());
        if orphans > 0 {
            // What is lost with those was told already.
            return 0;
        }
        self.entries.len().saturating_sub(usize::try_from(reached).unwrap_or(usize::MAX))
    }

    /// Visits objects on many threads, in no particular order.
    pub(super) fn run(&self, order: &Order<'_>, visit: &Visit<'_>) -> Result<Vec<Lost>, ObjectError> {
        let roots: Vec<(u32, Kind)> =
            self.roots.iter().copied().filter(|(_, kind)| order.kinds.contains(kind)).collect();
        if roots.is_empty() {
            return Ok(Vec::new());
        }
        let pack = Pack::open(&self.path, self.format)?;
        let needed = order.wanted.map(|wanted| self.needed(wanted));
        let whole = (self.end <= SMALL)
            .then(|| usize::try_from(self.end).map(|length| piece(pack.file(), 0, length)));
        let whole = whole.and_then(Result::ok).and_then(Result::ok);
        let lost = Mutex::new(Vec::new());
        let large = Mutex::new(());
        roots.par_iter().with_min_len(16).for_each_init(
            || Reader::new(pack.file(), whole.as_deref(), self.format),
            |reader, (root, kind)| {
                let is_needed = |index: u32| {
                    let at = usize::try_from(index).unwrap_or(usize::MAX);
                    needed.as_ref().is_none_or(|needed| needed.get(at).is_some_and(|needed| *needed))
                };
                if is_needed(*root) && !(order.stopped)() {
                    let family = Family {
                        sweep: self,
                        order,
                        kind: *kind,
                        visit,
                        large: &large,
                        is_needed: &is_needed,
                    };
                    let mut found = Vec::new();
                    family.walk(*root, reader, &mut found);
                    if !found.is_empty() {
                        lost.lock().unwrap_or_else(PoisonError::into_inner).append(&mut found);
                    }
                }
            },
        );
        Ok(lost.into_inner().unwrap_or_else(PoisonError::into_inner))
    }

    /// Returns for each entry whether it is wanted, or something that is made from it.
    fn needed(&self, wanted: &(dyn Fn(u32) -> bool + Sync)) -> Vec<bool> {
        let mut needed = vec![false; self.entries.len()];
        for entry in self.entries.iter().zip(0_u32..).filter(|(entry, _)| wanted(entry.number)) {
            let mut next = entry.1;
            while let Some(mark) =
                usize::try_from(next).ok().and_then(|at| needed.get_mut(at)).filter(|mark| !**mark)
            {
                *mark = true;
                next = self.entry(next).map_or(NONE, |entry| entry.base);
            }
        }
        needed
    }
}

/// One object that is whole, and all that are made from it.
struct Family<'f> {
    sweep: &'f Sweep,
    order: &'f Order<'f>,
    kind: Kind,
    visit: &'f Visit<'f>,
    large: &'f Mutex<()>,
    is_needed: &'f dyn Fn(u32) -> bool,
}

/// An object of which others are still to be made.
struct Base {
    buffer: Buffer,
    /// The next one to be made, in the order of the list.
    next: u32,
    /// The one that comes last.
    heavy: u32,
}

impl<'f> Family<'f> {
    fn walk(&self, root: u32, reader: &mut Reader<'_>, lost: &mut Vec<Lost>) {
        let mut guard = None;
        let whole = self.whole(root, reader, &mut guard);
        let Some(buffer) = self.settle(root, whole, reader, lost) else { return };
        let mut bases = vec![self.base(root, buffer)];
        while let Some(base) = bases.last_mut() {
            let heavy = base.heavy;
            let passes = |child: u32| child == heavy || !(self.is_needed)(child);
            while base.next != NONE && passes(base.next) {
                base.next = self.sweep.entry(base.next).map_or(NONE, |entry| entry.next_sibling);
            }
            let (child, is_last) = match base.next {
                NONE => (base.heavy, true),
                child => {
                    base.next = self.sweep.entry(child).map_or(NONE, |entry| entry.next_sibling);
                    (child, false)
                }
            };
            let made = if child == NONE || (self.order.stopped)() {
                None
            } else {
                let made = self.made(child, &base.buffer, reader, &mut guard);
                self.settle(child, made, reader, lost)
            };
            if is_last && let Some(base) = bases.pop() {
                reader.give_back(base.buffer);
            }
            if let Some(buffer) = made {
                if self.sweep.entry(child).is_some_and(|entry| entry.first_child != NONE) {
                    bases.push(self.base(child, buffer));
                } else {
                    reader.give_back(buffer);
                }
            }
        }
    }

    fn base(&self, index: u32, buffer: Buffer) -> Base {
        let next = self.sweep.entry(index).map_or(NONE, |entry| entry.first_child);
        let (mut heavy, mut weight, mut child) = (NONE, 0, next);
        while let Some(entry) = self.sweep.entry(child) {
            if entry.weight > weight && (self.is_needed)(child) {
                (heavy, weight) = (child, entry.weight);
            }
            child = entry.next_sibling;
        }
        Base { buffer, next, heavy }
    }

    /// Tells of an object, and keeps what others are made from.
    fn settle(
        &self,
        index: u32,
        outcome: Result<Result<Buffer, u64>, ObjectError>,
        reader: &mut Reader<'_>,
        lost: &mut Vec<Lost>,
    ) -> Option<Buffer> {
        let entry = self.sweep.entry(index)?;
        match outcome {
            Ok(Ok(mut buffer)) => {
                let size = buffer.bytes().len() as u64;
                let met =
                    if size > self.order.limit { Met::TooLarge(size) } else { Met::Bytes(buffer.bytes()) };
                let secret = (self.visit)(self.kind, entry.number, met);
                buffer.set_secret(secret);
                if entry.first_child == NONE {
                    reader.give_back(buffer);
                    return None;
                }
                Some(buffer)
            }
            Ok(Err(size)) => {
                (self.visit)(self.kind, entry.number, Met::TooLarge(size));
                if entry.weight > 1 {
                    let error = ObjectError::Corrupt("its pack has a base of more than 512 MiB for others");
                    lost.push(Lost { number: entry.number, error, with: entry.weight.saturating_sub(1) });
                }
                None
            }
            Err(error) => {
                lost.push(Lost { number: entry.number, error, with: entry.weight.saturating_sub(1) });
                None
            }
        }
    }

    /// Returns the limit for an object: what others are made from is needed even if nobody looks at it.
    fn limit(&self, index: u32) -> u64 {
        let is_base = self.sweep.entry(index).is_some_and(|entry| entry.first_child != NONE);
        if is_base { self.order.limit.max(LARGEST_BASE) } else { self.order.limit }
    }

    fn wait_if_large(&self, size: u64, guard: &mut Option<MutexGuard<'f, ()>>) {
        if size > LARGE && guard.is_none() {
            *guard = Some(self.large.lock().unwrap_or_else(PoisonError::into_inner));
        }
    }

    fn whole(
        &self,
        index: u32,
        reader: &mut Reader<'_>,
        guard: &mut Option<MutexGuard<'f, ()>>,
    ) -> Result<Result<Buffer, u64>, ObjectError> {
        let (start, end) = self.sweep.extent(index);
        let entry = reader.header(start, end)?;
        if entry.size > self.limit(index) {
            return Ok(Err(entry.size));
        }
        self.wait_if_large(entry.size, guard);
        reader.inflate(&entry, end).map(Ok)
    }

    fn made(
        &self,
        index: u32,
        base: &Buffer,
        reader: &mut Reader<'_>,
        guard: &mut Option<MutexGuard<'f, ()>>,
    ) -> Result<Result<Buffer, u64>, ObjectError> {
        const UNFIT: ObjectError = ObjectError::Corrupt("a difference in its pack doesn't fit");
        let (start, end) = self.sweep.extent(index);
        let entry = reader.header(start, end)?;
        if entry.size > LARGEST_BASE {
            return Err(UNFIT);
        }
        self.wait_if_large(entry.size, guard);
        let mut difference = reader.inflate(&entry, end)?;
        let size = size_of_result(difference.bytes());
        let outcome = match size {
            Some(size) if size > self.limit(index) => Ok(Err(size)),
            Some(size) => {
                self.wait_if_large(size, guard);
                let fill = |made: &mut [u8]| apply_to(base.bytes(), difference.bytes(), made);
                let size = usize::try_from(size).map_err(|_| UNFIT)?;
                reader.filled(size, fill).map(Ok).ok_or(UNFIT)
            }
            None => Err(UNFIT),
        };
        // What a difference adds may be the secret itself, and whether it is one isn't known yet.
        difference.set_secret(true);
        reader.give_back(difference);
        outcome
    }
}
