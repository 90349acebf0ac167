//! Files of a repository: regular ones only, never more of them than a limit, and never through a memory map.
//!
//! Owns: whole small files, and reading at a place. Does not own: which files there are. A map would save copies, but
//! a file that gets shorter while it is mapped ends the program by a signal that nobody can catch.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use crate::discover::open_regular;
use crate::secret::Secret;

/// Opens a regular file; gives `None` if there is no such file.
pub(super) fn open(path: &Path) -> io::Result<Option<(File, u64)>> {
    match open_regular(path, true) {
        Ok((file, metadata)) => Ok(Some((file, metadata.len()))),
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

/// Reads a whole file; gives `None` if there is no such file.
///
/// # Errors
///
/// Also when the file has more than `limit` bytes.
pub(super) fn read(path: &Path, limit: u64) -> io::Result<Option<Vec<u8>>> {
    let Some((file, size)) = open(path)? else {
        return Ok(None);
    };
    let too_large = || io::Error::from(io::ErrorKind::FileTooLarge);
    if size > limit {
        return Err(too_large());
    }
    let mut bytes = Vec::with_capacity(usize::try_from(size).map_err(|_| too_large())?);
    file.take(limit.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > limit { Err(too_large()) } else { Ok(Some(bytes)) }
}

/// Reads a file from a place on. Several of them may read the same file.
pub(super) struct At<'f> {
    pub(super) file: &'f File,
    pub(super) offset: u64,
}

impl Read for At<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = read_at(self.file, buffer, self.offset)?;
        self.offset = self.offset.saturating_add(length as u64);
        Ok(length)
    }
}

/// Reads `length` bytes at a place, or as many as there are up to the end.
pub(super) fn piece(file: &File, offset: u64, length: usize) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(length);
    At { file, offset }.take(length as u64).read_to_end(&mut bytes)?;
    Ok(bytes)
}

#[cfg(unix)]
fn read_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, buffer, offset)
}

#[cfg(windows)]
fn read_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, buffer, offset)
}

/// What one step of [`exactly`] reads.
const STEP: usize = 64 * 1024;

/// The most that is reserved on nothing but the word of a header.
const ON_TRUST: usize = 1 << 20;

/// Reads a stream that is said to hold `expected` bytes; gives `None` if it holds more or fewer.
pub(super) fn exactly(stream: &mut dyn Read, expected: u64) -> io::Result<Option<Secret<Vec<u8>>>> {
    let Ok(expected) = usize::try_from(expected) else {
        return Ok(None);
    };
    let mut bytes = Secret::new(Vec::with_capacity(expected.min(ON_TRUST)));
    let mut step = Secret::new(vec![0; expected.saturating_add(1).min(STEP)]);
    loop {
        let length = match step.fill(|step| stream.read(step)) {
            Ok(length) => length,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        let read = step.expose().get(..length).unwrap_or_default();
        if read.is_empty() {
            return Ok((bytes.expose().len() == expected).then_some(bytes));
        }
        if read.len() > expected.saturating_sub(bytes.expose().len()) {
            return Ok(None);
        }
        bytes.append(read);
    }
}
