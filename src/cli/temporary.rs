//! Files that exist for a moment beside the one whose place they take.
//!
//! Owns: their name and mode, and removing them when the run ends early. Does not own: what is written. A name tells whoever
//! finds one after a run that was killed what it is, and nobody but the owner can read it.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tempfile::{Builder, NamedTempFile};

const PREFIX: &str = ".aemcred-";
const SUFFIX: &str = ".tmp";

/// Those that exist. A signal concerns the whole process, and so does this.
static PRESENT: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

fn present() -> MutexGuard<'static, BTreeSet<PathBuf>> {
    PRESENT.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A file that only its owner can read (mode 0600), gone when it is dropped.
#[derive(Debug)]
pub(super) struct Temporary(Option<NamedTempFile>);

impl Temporary {
    /// Makes one in `folder`. Errors are those of the system, without the path that tempfile adds to them.
    pub(super) fn new(folder: &Path) -> io::Result<Self> {
        // Whoever removes them all waits until this one is among them.
        let mut present = present();
        let file = Builder::new().prefix(PREFIX).suffix(SUFFIX).tempfile_in(folder).map_err(|error| {
            let words = error.to_string();
            let (of_system, _) = words.split_once(" at path ").unwrap_or((&words, ""));
            io::Error::new(error.kind(), of_system)
        })?;
        present.insert(file.path().to_path_buf());
        Ok(Self(Some(file)))
    }

    pub(super) fn file(&self) -> io::Result<&File> {
        self.0.as_ref().map(NamedTempFile::as_file).ok_or_else(gone)
    }

    /// Takes the place of `target`.
    pub(super) fn replace(mut self, target: &Path) -> io::Result<()> {
        self.take(|file| file.persist(target).map(drop).map_err(|error| (error.error, error.file)))
    }

    /// Becomes `target`; `AlreadyExists` when something is there.
    pub(super) fn become_new(mut self, target: &Path) -> io::Result<()> {
        self.take(|file| file.persist_noclobber(target).map(drop).map_err(|error| (error.error, error.file)))
    }

    fn take(
        &mut self,
        persist: impl FnOnce(NamedTempFile) -> Result<(), (io::Error, NamedTempFile)>,
    ) -> io::Result<()> {
        let file = self.0.take().ok_or_else(gone)?;
        let path = file.path().to_path_buf();
        let outcome = persist(file).map_err(|(error, file)| {
            drop(file);
            error
        });
        present().remove(&path);
        outcome
    }
}

impl Write for Temporary {
    fn write(&mut self, contents: &[u8]) -> io::Result<usize> {
        self.0.as_mut().ok_or_else(gone)?.write(contents)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.as_mut().ok_or_else(gone)?.flush()
    }
}

fn gone() -> io::Error {
    io::ErrorKind::NotFound.into()
}

impl Drop for Temporary {
    fn drop(&mut self) {
        if let Some(file) = self.0.take() {
            let path = file.path().to_path_buf();
            drop(file);
            present().remove(&path);
        }
    }
}

/// Removes all of them, for a process that ends now: no other is made from here on.
pub(super) fn remove_temporary_files() {
    let present = present();
    for path in present.iter() {
        // Gone already, or nothing can be done about it.
        let _ = fs::remove_file(path);
    }
    std::mem::forget(present);
}

/// Whether a file has the name of one of these: a run that made it was killed, or is at work now.
fn is_left_over(name: &OsStr) -> bool {
    name.to_str().is_some_and(|name| name.starts_with(PREFIX) && name.ends_with(SUFFIX))
}

/// Which of these were left beside the files and in the folders that are named.
pub(super) fn left_over<'p>(paths: impl Iterator<Item = &'p Path>) -> BTreeSet<PathBuf> {
    let folders: BTreeSet<PathBuf> = paths
        .filter(|path| path.as_os_str() != "-")
        .map(|path| if path.is_dir() { path } else { super::output::folder_of(path) }.to_path_buf())
        .collect();
    let entries = folders.iter().filter_map(|folder| fs::read_dir(folder).ok()).flatten().flatten();
    entries.filter(|entry| is_left_over(&entry.file_name())).map(|entry| entry.path()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_gone_when_dropped_and_known_while_it_is_there() {
        let folder = tempfile::tempdir().unwrap();
        let mut file = Temporary::new(folder.path()).unwrap();
        file.write_all(b"secret").unwrap();
        let found = left_over([folder.path()].into_iter());
        assert_eq!(found.len(), 1);
        let path = found.first().unwrap();
        assert!(present().contains(path));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(fs::metadata(path).unwrap().permissions().mode() & 0o7777, 0o600);
        }
        drop(file);
        assert!(!path.exists() && !present().contains(path));
        let target = folder.path().join("target");
        let mut file = Temporary::new(folder.path()).unwrap();
        file.write_all(b"new").unwrap();
        file.become_new(&target).unwrap();
        let failed = Temporary::new(folder.path()).unwrap().become_new(&target).unwrap_err();
        assert_eq!(failed.kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read(&target).unwrap(), b"new");
        assert!(left_over([target.as_path()].into_iter()).is_empty());
    }
}
