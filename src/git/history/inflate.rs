//! Entries of a pack, one near the other: read in large pieces, inflated into buffers that are used again.
//!
//! Owns: buffers, and how much of the file is read at once. Does not own: which entries are read.

use std::fs::File;
use std::io::{ErrorKind, Read as _};

use zlib_rs::{Inflate, InflateFlush, Status};

use super::super::file::At;
use super::super::id::ObjectFormat;
use super::super::object::ObjectError;
use super::super::pack::{LONGEST_HEADER, PackEntry, entry};
use crate::secret::Secret;

/// As much is read at once.
const BLOCK: usize = 1 << BLOCK_BITS;

/// The same as a power of two.
const BLOCK_BITS: u32 = 13;

/// The bits of a place in the file that say where in its block it is.
const BLOCK_MASK: u64 = BLOCK as u64 - 1;

/// As many blocks are kept, a power of two.
const BLOCKS: usize = 256;

/// The bits of a block's number that say where it is kept.
const SLOT_MASK: u64 = BLOCKS as u64 - 1;

/// As much compressed data is inflated at once.
const AT_ONCE: usize = 64 * 1024;

/// The window of zlib, as a power of two.
const WINDOW_BITS: u8 = 15;

/// Buffers above this size aren't kept.
const KEPT: usize = 1 << 20;

/// As many buffers are kept.
const MOST_KEPT: usize = 16;

/// No deflated data becomes longer than this many times its size.
const MOST_INFLATED: u64 = 1_040;

const DAMAGED: ObjectError = ObjectError::Corrupt("its compressed data is damaged or cut off");

/// What an entry holds, or what was made of it.
pub(super) struct Buffer {
    bytes: Secret<Vec<u8>>,
    length: usize,
    /// Whether it has to be wiped.
    secret: bool,
}

impl Buffer {
    pub(super) fn bytes(&self) -> &[u8] {
        self.bytes.expose().get(..self.length).unwrap_or_default()
    }

    pub(super) fn set_secret(&mut self, secret: bool) {
        self.secret |= secret;
    }
}

/// Reads entries of one pack on one thread.
pub(super) struct Reader<'f> {
    blocks: Blocks<'f>,
    format: ObjectFormat,
    inflate: Inflate,
    free: Vec<Secret<Vec<u8>>>,
}

impl<'f> Reader<'f> {
    /// Reads from `file`, or from `whole` if that is all of it.
    pub(super) fn new(file: &'f File, whole: Option<&'f [u8]>, format: ObjectFormat) -> Self {
        let blocks = Blocks { file, whole, kept: Vec::new(), joined: Vec::new() };
        Self { blocks, format, inflate: Inflate::new(true, WINDOW_BITS), free: Vec::new() }
    }

    /// Reads the header of the entry between two places.
    pub(super) fn header(&mut self, start: u64, end: u64) -> Result<PackEntry, ObjectError> {
        let length = usize::try_from(end.saturating_sub(start)).unwrap_or(usize::MAX).min(LONGEST_HEADER);
        entry(self.format, start, self.blocks.get(start, length)?)
            .filter(|entry| entry.data <= end)
            .ok_or(ObjectError::Corrupt("its place in the pack is damaged or cut off"))
    }

    /// Inflates what the entry holds, which ends at `end`.
    pub(super) fn inflate(&mut self, entry: &PackEntry, end: u64) -> Result<Buffer, ObjectError> {
        let compressed = end.saturating_sub(entry.data);
        if entry.size > compressed.saturating_mul(MOST_INFLATED) {
            return Err(DAMAGED);
        }
        let size = usize::try_from(entry.size).map_err(|_| DAMAGED)?;
        // With one byte more, data that is too long is told from data that fits.
        let mut buffer = self.buffer(size, 1);
        let inflated = buffer.bytes.fill(|bytes| {
            let room = bytes.get_mut(..=size).ok_or(DAMAGED)?;
            inflate(&mut self.blocks, &mut self.inflate, entry.data..end, room)
        });
        match inflated {
            Ok(made) if made == size => Ok(buffer),
            outcome => {
                buffer.set_secret(true);
                self.give_back(buffer);
                Err(outcome.err().unwrap_or(DAMAGED))
            }
        }
    }

    /// Returns a buffer of `size` bytes for `fill` to write to.
    pub(super) fn filled(
        &mut self,
        size: usize,
        fill: impl FnOnce(&mut [u8]) -> Option<()>,
    ) -> Option<Buffer> {
        let mut buffer = self.buffer(size, 0);
        let filled = buffer.bytes.fill(|bytes| bytes.get_mut(..size).and_then(fill).ok_or(()));
        buffer.length = size;
        if filled.is_err() {
            buffer.set_secret(true);
            self.give_back(buffer);
            return None;
        }
        Some(buffer)
    }

    /// Takes a buffer that nobody needs any more.
    pub(super) fn give_back(&mut self, mut buffer: Buffer) {
        if buffer.secret {
            buffer.bytes.wipe(buffer.length.saturating_add(1));
        }
        if buffer.bytes.expose().len() <= KEPT && self.free.len() < MOST_KEPT {
            self.free.push(buffer.bytes);
        }
    }

    fn buffer(&mut self, size: usize, more: usize) -> Buffer {
        let needed = size.saturating_add(more);
        let mut bytes = self.free.pop().unwrap_or_default();
        if bytes.expose().len() < needed {
            bytes = Secret::new(vec![0; needed.next_power_of_two().min(needed.saturating_add(KEPT))]);
        }
        Buffer { bytes, length: size, secret: false }
    }
}

/// Inflates what is at a place, and returns how many bytes it is.
fn inflate(
    blocks: &mut Blocks<'_>,
    inflate: &mut Inflate,
    place: std::ops::Range<u64>,
    room: &mut [u8],
) -> Result<usize, ObjectError> {
    inflate.reset(true);
    let (mut at, mut made) = (place.start, 0_usize);
    loop {
        let rest = usize::try_from(place.end.saturating_sub(at)).unwrap_or(usize::MAX);
        let input = blocks.get(at, rest.min(AT_ONCE))?;
        // All at once is much faster, because then nothing is kept to refer back to.
        let flush =
            if input.len() == rest && made == 0 { InflateFlush::Finish } else { InflateFlush::NoFlush };
        let before = (inflate.total_in(), inflate.total_out());
        let status = inflate.decompress(input, room.get_mut(made..).unwrap_or_default(), flush);
        let read = inflate.total_in().saturating_sub(before.0);
        let more = inflate.total_out().saturating_sub(before.1);
        made = made.saturating_add(usize::try_from(more).map_err(|_| DAMAGED)?);
        at = at.saturating_add(read);
        match status {
            Ok(Status::StreamEnd) => return Ok(made),
            Ok(_) if read > 0 && at < place.end && made < room.len() => {}
            _ => return Err(DAMAGED),
        }
    }
}

/// Pieces of a file that are near to what was read last.
struct Blocks<'f> {
    file: &'f File,
    whole: Option<&'f [u8]>,
    kept: Vec<Block>,
    /// What spans several blocks.
    joined: Vec<u8>,
}

#[derive(Clone, Default)]
struct Block {
    /// Its number in the file, and one more; 0 is none.
    number: u64,
    bytes: Vec<u8>,
    length: usize,
}

impl Blocks<'_> {
    /// Returns the bytes at a place.
    fn get(&mut self, at: u64, length: usize) -> Result<&[u8], ObjectError> {
        if let Some(whole) = self.whole {
            let start = usize::try_from(at).map_err(|_| DAMAGED)?;
            return start.checked_add(length).and_then(|end| whole.get(start..end)).ok_or(DAMAGED);
        }
        let number = at >> BLOCK_BITS;
        let start = usize::try_from(at & BLOCK_MASK).map_err(|_| DAMAGED)?;
        let end = start.checked_add(length).ok_or(DAMAGED)?;
        if end <= BLOCK {
            return self.block(number)?.get(start..end).ok_or(DAMAGED);
        }
        let mut joined = std::mem::take(&mut self.joined);
        joined.clear();
        let mut from = start;
        for number in number.. {
            let rest = length.saturating_sub(joined.len());
            let bytes = self.block(number)?.get(from..).unwrap_or_default();
            if rest == 0 || bytes.is_empty() {
                break;
            }
            joined.extend_from_slice(bytes.get(..rest).unwrap_or(bytes));
            from = 0;
        }
        self.joined = joined;
        self.joined.get(..length).ok_or(DAMAGED)
    }

    fn block(&mut self, number: u64) -> Result<&[u8], ObjectError> {
        if self.kept.is_empty() {
            self.kept = vec![Block::default(); BLOCKS];
        }
        let slot = usize::try_from(number & SLOT_MASK).map_err(|_| DAMAGED)?;
        let block = self.kept.get_mut(slot).ok_or(DAMAGED)?;
        if block.number != number.saturating_add(1) {
            block.number = 0;
            block.bytes.resize(BLOCK, 0);
            block.length = 0;
            let mut from = At { file: self.file, offset: number.saturating_mul(BLOCK as u64) };
            while let Some(room) = block.bytes.get_mut(block.length..).filter(|room| !room.is_empty()) {
                match from.read(room) {
                    Ok(0) => break,
                    Ok(length) => block.length = block.length.saturating_add(length),
                    Err(error) if error.kind() == ErrorKind::Interrupted => {}
                    Err(error) => return Err(ObjectError::Read(error.kind())),
                }
            }
            block.number = number.saturating_add(1);
        }
        Ok(block.bytes.get(..block.length).unwrap_or_default())
    }
}
