//! Reading what is decompressed, within limits.
//!
//! Owns: how much is read, and how reading ended. Does not own: any format.

use std::io::{self, Read};

use crate::secret::Secret;
use crate::unwrap::limits::{Budget, Limit};

/// How many bytes of decompressed data are held at a time while they are collected.
const CHUNK: usize = 64 * 1024;

/// How reading ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    Complete,
    TooLong,
    Damaged,
    /// The run is to end.
    Stopped,
}

impl End {
    /// The limit that ended it, where there was `room` for so many bytes.
    pub(crate) const fn limit(self, budget: &Budget<'_>, room: u64) -> Option<Limit> {
        match self {
            Self::Complete | Self::Damaged => None,
            Self::TooLong => Some(budget.too_long(room)),
            Self::Stopped => Some(Limit::Stopped),
        }
    }
}

/// Reads to the end, but no more than `room` bytes.
pub(crate) fn read(reader: &mut dyn Read, room: u64, budget: &Budget<'_>) -> (Secret<Vec<u8>>, End) {
    let mut bytes = budget.buffer();
    let mut chunk = Secret::new(vec![0; CHUNK.min(usize::try_from(room).unwrap_or(CHUNK) + 1)]);
    loop {
        if budget.go_on().is_err() {
            return (bytes, End::Stopped);
        }
        let mut got = 0;
        let read = chunk.fill(|chunk| {
            got = reader.read(chunk)?;
            Ok::<(), io::Error>(())
        });
        match read {
            Ok(()) if got == 0 => return (bytes, End::Complete),
            Ok(()) => bytes.append(chunk.expose().get(..got).unwrap_or_default()),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) if error.kind() == io::ErrorKind::OutOfMemory => return (bytes, End::TooLong),
            Err(_) => return (bytes, End::Damaged),
        }
        if bytes.expose().len() as u64 > room {
            return (bytes, End::TooLong);
        }
    }
}

/// A decoder that is asked no more once it has failed, nor for nothing: some take an empty buffer for the end, and none
/// promises anything of what comes after an error.
pub(crate) struct Careful<R> {
    /// `None` once it has failed.
    reader: Option<R>,
}

impl<R: Read> Careful<R> {
    pub(crate) const fn new(reader: R) -> Self {
        Self { reader: Some(reader) }
    }
}

impl<R: Read> Read for Careful<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        let reader = self.reader.as_mut().ok_or(io::ErrorKind::InvalidData)?;
        let outcome = reader.read(buffer);
        if outcome.as_ref().is_err_and(|error| error.kind() != io::ErrorKind::Interrupted) {
            self.reader = None;
        }
        outcome
    }
}

/// A reader that ends after so many bytes.
pub(crate) struct Counted<R> {
    reader: R,
    pub(crate) left: u64,
}

impl<R> Counted<R> {
    pub(crate) const fn new(reader: R, left: u64) -> Self {
        Self { reader, left }
    }
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let most = buffer.len().min(usize::try_from(self.left).unwrap_or(usize::MAX));
        let got = self.reader.read(buffer.get_mut(..most).unwrap_or_default())?;
        self.left = self.left.saturating_sub(got as u64);
        Ok(got)
    }
}
