//! Standard input: the files of a tar archive one by one, however long it is, or all of something else.
//!
//! Owns: telling the two apart, and never having more of an archive in memory than a file for each thread. Does not own: the
//! format (see `unwrap`), what the files hold.

use std::io::Read;
use std::path::{Path, PathBuf};

use rayon::iter::{ParallelBridge as _, ParallelIterator as _};

use super::Found;
use super::read::read_up_to;
use crate::secret::Secret;
use crate::source::{FileKind, counted};
use crate::unwrap::{TAR_BLOCK, Tar, is_candidate_file};

/// How standard input is read.
#[derive(Clone, Copy)]
pub struct StreamSettings<'s> {
    /// Its name.
    pub name: &'s Path,
    /// No file larger than this is read, in bytes, and nothing else either.
    pub max_size: u64,
    /// Whether an archive is looked into.
    pub is_archive: bool,
    /// Asked before each file: whether the run is to end.
    pub stopped: &'s (dyn Fn() -> bool + Sync),
}

/// What comes out of standard input.
pub enum Streamed {
    /// All of it.
    Whole(Secret<Vec<u8>>),
    /// It is no archive, and longer than the limit.
    TooLarge,
    /// A file of the archive that it is, or why there are no more.
    Member(Found),
}

/// Visits what standard input holds, the files of an archive on several threads. Files for
/// which `excluded` returns true are passed over.
pub fn read_stream_files(
    stream: &mut (dyn Read + Send),
    settings: &StreamSettings<'_>,
    excluded: &(dyn Fn(&Path) -> bool + Sync),
    visit: &(dyn Fn(Streamed) + Sync),
) {
    let mut head = Secret::new(Vec::with_capacity(TAR_BLOCK));
    let read = head.fill(|buffer| (&mut *stream).take(TAR_BLOCK as u64).read_to_end(buffer));
    // It begins with a header, in which there is no secret.
    let is_archive = settings.is_archive && FileKind::of(head.expose()) == Some(FileKind::Tar);
    let rest = head.expose().chain(stream);
    let whole = match read {
        Ok(_) if is_archive => return members(rest, settings, excluded, visit),
        Ok(_) => read_up_to(&mut { rest }, settings.max_size, 64 * 1024),
        Err(error) => Err(error),
    };
    match whole {
        Ok(Some(bytes)) => visit(Streamed::Whole(bytes)),
        Ok(None) => visit(Streamed::TooLarge),
        // An interrupted run says so by itself.
        Err(_) if (settings.stopped)() => {}
        Err(error) => {
            visit(Streamed::Member(failed(settings, format!("standard input can't be read: {error}"))));
        }
    }
}

fn failed(settings: &StreamSettings<'_>, reason: String) -> Found {
    Found::Unreadable { path: settings.name.to_path_buf(), reason }
}

fn members(
    stream: impl Read + Send,
    settings: &StreamSettings<'_>,
    excluded: &(dyn Fn(&Path) -> bool + Sync),
    visit: &(dyn Fn(Streamed) + Sync),
) {
    let mut archive = Tar::new(stream);
    let (mut number, mut ended) = (0_u64, false);
    let files = std::iter::from_fn(|| {
        if ended || (settings.stopped)() {
            return None;
        }
        let header = match archive.next() {
            Ok(Some(header)) => header,
            end => {
                ended = true;
                let problem = end.err().map_or_else(|| archive.behind_end().err(), |_| Some(DAMAGED))?;
                let problem = format!("{problem} after {}", counted(number, "file"));
                return (!(settings.stopped)()).then(|| failed(settings, problem));
            }
        };
        number += 1;
        let path = PathBuf::from(header.name);
        if excluded(&path) {
            return Some(Found::Excluded(path));
        }
        if header.size > settings.max_size {
            return Some(Found::TooLarge { path, named: false, size: header.size });
        }
        let expected = usize::try_from(header.size).unwrap_or_default();
        if let Ok(Some(bytes)) = read_up_to(&mut archive.contents(), settings.max_size, expected) {
            return Some(Found::Contents { path, named: false, mode: None, bytes });
        }
        ended = true;
        (!(settings.stopped)()).then(|| failed(settings, format!("{DAMAGED} in the middle of file {number}")))
    });
    // A thread takes the next file when it is done with the last one.
    files.par_bridge().for_each(|found| match found {
        Found::Contents { bytes, .. } if !is_candidate_file(bytes.expose()) => {
            visit(Streamed::Member(Found::Unrelated { size: bytes.expose().len() as u64 }));
        }
        found => visit(Streamed::Member(found)),
    });
}

/// What is said of an archive that can't be followed any further.
const DAMAGED: &str = "is a tar archive that is damaged or cut off";
