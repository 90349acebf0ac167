//! Opening and reading: regular files only, and none above the limit.
//!
//! Owns: what may be opened, buffers that are wiped. Does not own: which files there are.

use std::fs::{self, File, FileType, Metadata, OpenOptions};
use std::io::{self, Read};
use std::path::Path;

use super::Found;
use crate::secret::Secret;
use crate::unwrap::is_candidate_file;

/// Files up to this size, in bytes, share one buffer; a larger one has its own.
const SHARED: u64 = 1 << 20;

/// Reads the files of a walk, one after the other.
pub(super) struct FileReader {
    max_size: u64,
    /// What was read last stands at its beginning. Files without a trace of a credential are not worth wiping.
    buffer: Secret<Vec<u8>>,
}

impl FileReader {
    pub(super) fn new(max_size: u64) -> Self {
        Self { max_size, buffer: Secret::default() }
    }

    /// A file that a walk met: its contents, or only their size if there is no trace of a credential in them.
    pub(super) fn skim(&mut self, path: &Path, named: bool) -> Found {
        let outcome = open(path, named).and_then(|(mut file, metadata)| {
            let size = metadata.len();
            // Files under /proc have contents without having a length.
            if size == 0 || size > SHARED {
                return Ok(match whole(&mut file, &metadata, self.max_size)? {
                    Ok(bytes) if is_candidate_file(bytes.expose()) => contents(path, named, &metadata, bytes),
                    Ok(bytes) => Found::Unrelated { size: bytes.expose().len() as u64 },
                    Err(size) => Found::TooLarge { path: path.to_path_buf(), named, size },
                });
            }
            if size > self.max_size {
                return Ok(Found::TooLarge { path: path.to_path_buf(), named, size });
            }
            let length = fill(&mut self.buffer, &mut file, usize::try_from(size).unwrap_or_default())?;
            let read = self.buffer.expose().get(..length).unwrap_or_default();
            if !is_candidate_file(read) {
                return Ok(Found::Unrelated { size: length as u64 });
            }
            let bytes = Secret::new(read.to_vec());
            self.buffer.wipe(length);
            Ok(contents(path, named, &metadata, bytes))
        });
        outcome.unwrap_or_else(|error| unreadable(path, &error))
    }
}

/// One file that was named: its contents, or why there are none.
pub(super) fn read(path: &Path, max_size: u64) -> Found {
    let outcome = open(path, true).and_then(|(mut file, metadata)| {
        Ok(match whole(&mut file, &metadata, max_size)? {
            Ok(bytes) => contents(path, true, &metadata, bytes),
            Err(size) => Found::TooLarge { path: path.to_path_buf(), named: true, size },
        })
    });
    outcome.unwrap_or_else(|error| unreadable(path, &error))
}

/// Reads to the end, or gives nothing if that is more than `max_size` bytes away. The buffer is reserved at once, so
/// that growing leaves no unwiped copies behind.
pub(super) fn read_up_to(
    stream: &mut dyn Read,
    max_size: u64,
    expected: usize,
) -> io::Result<Option<Secret<Vec<u8>>>> {
    let mut bytes = Secret::new(Vec::with_capacity(expected + 1));
    let length = bytes.fill(|buffer| stream.take(max_size.saturating_add(1)).read_to_end(buffer))?;
    Ok((length as u64 <= max_size).then_some(bytes))
}

fn contents(path: &Path, named: bool, metadata: &Metadata, bytes: Secret<Vec<u8>>) -> Found {
    #[cfg(unix)]
    let mode = Some(std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()));
    #[cfg(not(unix))]
    let mode = None;
    Found::Contents { path: path.to_path_buf(), named, mode, bytes }
}

fn unreadable(path: &Path, error: &io::Error) -> Found {
    Found::Unreadable { path: path.to_path_buf(), reason: reason(error) }
}

/// All of a file, or its size if that is above the limit. A file may grow while it is read.
fn whole(file: &mut File, metadata: &Metadata, max_size: u64) -> io::Result<Result<Secret<Vec<u8>>, u64>> {
    if metadata.len() > max_size {
        return Ok(Err(metadata.len()));
    }
    let expected = usize::try_from(metadata.len()).unwrap_or(0);
    Ok(read_up_to(file, max_size, expected)?.ok_or(max_size + 1))
}

/// Reads up to `size` bytes to the beginning of `buffer`, and says how many there are. It spares the look behind the
/// end: what a file grows by in this moment is no more part of it than what it grows by in the next.
fn fill(buffer: &mut Secret<Vec<u8>>, file: &mut File, size: usize) -> io::Result<usize> {
    buffer.fill(|buffer| {
        if buffer.len() < size {
            buffer.resize(size, 0);
        }
        let mut length = 0;
        while let Some(rest) = buffer.get_mut(length..size).filter(|rest| !rest.is_empty()) {
            match file.read(rest) {
                Ok(0) => break,
                Ok(more) => length += more,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(length)
    })
}

/// Opens a regular file and nothing else. What a walk met was one a moment ago; what is named may be anything, and then
/// opening alone may have effects.
pub(crate) fn open(path: &Path, named: bool) -> io::Result<(File, Metadata)> {
    let refuse = |kind: FileType| io::Error::new(io::ErrorKind::InvalidInput, special(kind));
    if named {
        let before = fs::metadata(path)?;
        if !before.is_file() {
            return Err(refuse(before.file_type()));
        }
    }
    let file = options().open(path)?;
    let metadata = file.metadata()?;
    if metadata.is_file() { Ok((file, metadata)) } else { Err(refuse(metadata.file_type())) }
}

/// Opening a pipe must not wait for a writer, should one have taken a file's place.
#[cfg(unix)]
fn options() -> OpenOptions {
    use std::os::unix::fs::OpenOptionsExt as _;
    let mut options = OpenOptions::new();
    options.read(true).custom_flags(libc::O_NONBLOCK | libc::O_NOCTTY);
    options
}

#[cfg(not(unix))]
fn options() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true);
    options
}

#[cfg(unix)]
fn special(kind: FileType) -> &'static str {
    use std::os::unix::fs::FileTypeExt as _;
    if kind.is_dir() {
        "is a folder, not a file"
    } else if kind.is_fifo() {
        "is a pipe, not a regular file; to check what comes out of it, use `-` and standard input"
    } else if kind.is_socket() {
        "is a socket, not a regular file"
    } else if kind.is_char_device() || kind.is_block_device() {
        "is a device, not a regular file"
    } else {
        "is not a regular file"
    }
}

#[cfg(not(unix))]
fn special(_: FileType) -> &'static str {
    "is not a regular file"
}

/// What the system says, in words with what to do, where that is known.
pub(crate) fn io_words(error: &io::Error) -> String {
    use io::ErrorKind as Kind;
    let words = match error.kind() {
        Kind::NotFound => "there is no such file or folder: create the folder first, or check the spelling",
        Kind::PermissionDenied => {
            "this user has no permission: choose another path, or run aemcred as the owner"
        }
        Kind::IsADirectory => "it is a folder: name a file",
        Kind::NotADirectory => "a file is in the place of a folder: check the path",
        Kind::ReadOnlyFilesystem => "the file system is read-only: choose another path",
        Kind::StorageFull | Kind::QuotaExceeded => "there is no room left: free some, or choose another path",
        Kind::InvalidFilename => "the name is not one that this system allows: choose a shorter one",
        Kind::BrokenPipe => "whoever reads it has stopped reading",
        Kind::TimedOut => "whoever keeps it doesn't answer: try again later",
        Kind::ResourceBusy | Kind::ExecutableFileBusy => {
            "another program uses it: try again when that has ended"
        }
        Kind::OutOfMemory => "there is not enough memory: end other programs, or look at fewer files at once",
        _ => {
            let all = error.to_string();
            // The number says nothing to people.
            return all.split_once(" (os error").map_or_else(|| all.clone(), |(words, _)| words.to_owned());
        }
    };
    words.to_owned()
}

/// The reason in plain words.
pub(crate) fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => String::from("does not exist (or is a link to something that doesn't)"),
        io::ErrorKind::PermissionDenied => String::from(
            "may not be read by this user: run aemcred as the file's owner, or give yourself the permission (chmod u+r)",
        ),
        io::ErrorKind::InvalidInput => error.to_string(),
        _ => format!("can't be read: {}", io_words(error)),
    }
}
