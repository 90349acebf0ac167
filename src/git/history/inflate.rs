//! Entries of a pack, one near the other: read in large pieces, inflated into buffers that are used again.
//!
//! Owns: buffers, and how much of the file is read at once. Does not own: which entries are read.

use std::fs::File;

use flate2::{Decompress, FlushDecompress, Status};

use super::super::file::piece;
use super::super::id::ObjectFormat;
use super::super::object::ObjectError;
use super::super::pack::{LONGEST_HEADER, PackEntry, entry};
use crate::secret::Secret;

/// As much is read at once where entries follow each other.
const WINDOW: usize = 128 * 1024;

/// An entry that starts no further behind what was read last follows it.
const NEAR: u64 = 64 * 1024;

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
    file: &'f File,
    format: ObjectFormat,
    window: Vec<u8>,
    window_at: u64,
    inflate: Decompress,
    free: Vec<Secret<Vec<u8>>>,
}

impl<'f> Reader<'f> {
    pub(super) fn new(file: &'f File, format: ObjectFormat) -> Self {
        let inflate = Decompress::new(true);
        Self { file, format, window: Vec::new(), window_at: 0, inflate, free: Vec::new() }
    }

    /// Reads the header of the entry between two places.
    pub(super) fn header(&mut self, start: u64, end: u64) -> Result<PackEntry, ObjectError> {
        let length = usize::try_from(end.saturating_sub(start)).unwrap_or(usize::MAX).min(LONGEST_HEADER);
        let format = self.format;
        entry(format, start, self.bytes(start, length)?)
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
        self.inflate.reset(true);
        let (mut at, mut done) = (entry.data, 0_usize);
        loop {
            let rest = usize::try_from(end.saturating_sub(at)).unwrap_or(usize::MAX);
            let length = rest.min(WINDOW);
            // All at once is much faster, because then nothing is kept to refer back to.
            let flush =
                if length == rest && done == 0 { FlushDecompress::Finish } else { FlushDecompress::None };
            fill(self.file, &mut self.window, &mut self.window_at, at, length)?;
            let input = inside(&self.window, self.window_at, at, length).ok_or(DAMAGED)?;
            let (before_in, before_out) = (self.inflate.total_in(), self.inflate.total_out());
            let inflate = &mut self.inflate;
            let status = buffer.bytes.fill(|bytes| {
                let room = bytes.get_mut(done..size.saturating_add(1)).unwrap_or_default();
                inflate.decompress(input, room, flush)
            });
            let read = self.inflate.total_in().saturating_sub(before_in);
            let made = self.inflate.total_out().saturating_sub(before_out);
            at = at.saturating_add(read);
            done = done.saturating_add(usize::try_from(made).unwrap_or(usize::MAX));
            match status {
                Ok(Status::StreamEnd) if done == size => {
                    buffer.length = size;
                    return Ok(buffer);
                }
                Ok(Status::Ok | Status::BufError) if read > 0 && done <= size && at < end => {}
                _ => {
                    buffer.set_secret(true);
                    self.give_back(buffer);
                    return Err(DAMAGED);
                }
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

    fn bytes(&mut self, at: u64, length: usize) -> Result<&[u8], ObjectError> {
        fill(self.file, &mut self.window, &mut self.window_at, at, length)?;
        inside(&self.window, self.window_at, at, length).ok_or(DAMAGED)
    }
}

/// Makes sure that `length` bytes are in the window, or as many as there are up to the end of the file. What follows the
/// window is read with much behind it, anything else alone.
fn fill(
    file: &File,
    window: &mut Vec<u8>,
    window_at: &mut u64,
    at: u64,
    length: usize,
) -> Result<(), ObjectError> {
    if inside(window, *window_at, at, length).is_some() {
        return Ok(());
    }
    let window_end = window_at.saturating_add(window.len() as u64);
    let follows = at >= *window_at && at <= window_end.saturating_add(NEAR);
    let read = if follows { length.max(WINDOW) } else { length.max(NEAR_ALONE) };
    *window = piece(file, at, read).map_err(|error| ObjectError::Read(error.kind()))?;
    *window_at = at;
    Ok(())
}

/// As much is read where an entry stands alone.
const NEAR_ALONE: usize = 4 * 1024;

/// Returns the bytes at a place of the file, if the window has them.
fn inside(window: &[u8], window_at: u64, at: u64, length: usize) -> Option<&[u8]> {
    let start = usize::try_from(at.checked_sub(window_at)?).ok()?;
    window.get(start..start.checked_add(length)?)
}
