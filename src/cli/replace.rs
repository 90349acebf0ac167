//! Replacing the contents of an existing file, so that nothing is lost whatever happens.
//!
//! Owns: refusing what can't be replaced without a loss, and noticing that somebody else was faster. Does not own: what is
//! written.

use std::fs::{self, File, Metadata};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::output::folder_of;
use super::paths::name;
use super::temporary::Temporary;
use crate::secret::Secret;

/// Why a file was not replaced. It is as it was, and nothing lies beside it.
#[derive(Debug, thiserror::Error)]
pub(super) enum ReplaceError {
    #[error("it is a link to {0}, and a fix goes only into the file itself: name that")]
    Link(String),
    #[error("it is no regular file any more")]
    NotRegular,
    #[error(
        "it has {0} names (hard links), and the others would keep the old contents: give it a copy of its own"
    )]
    HardLinks(u64),
    #[error("it is write-protected")]
    Protected,
    #[error("it was changed while aemcred was working on it: run aemcred again")]
    Changed,
    #[error("its owner can't be kept: {0}")]
    Owner(io::Error),
    #[error("it can't be written: {0}")]
    Write(#[from] io::Error),
}

/// A file as it was met: if any of this has changed, so may have its contents.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Seen {
    size: u64,
    modified: Option<SystemTime>,
    #[cfg(unix)]
    identity: (u64, u64),
}

impl Seen {
    /// Looks at the file `path`, which must be one that can be replaced: no link, with one name, a regular file, and not
    /// write-protected.
    pub(super) fn at(path: &Path) -> Result<Self, ReplaceError> {
        let metadata = fs::symlink_metadata(path)?;
        if metadata.is_symlink() {
            let target = fs::read_link(path)?;
            return Err(ReplaceError::Link(name(&target).one_line()));
        }
        if !metadata.is_file() {
            return Err(ReplaceError::NotRegular);
        }
        if metadata.permissions().readonly() {
            return Err(ReplaceError::Protected);
        }
        refuse_hard_links(&metadata)?;
        Ok(Self::new(&metadata))
    }

    #[cfg(unix)]
    fn new(metadata: &Metadata) -> Self {
        use std::os::unix::fs::MetadataExt as _;
        let identity = (metadata.dev(), metadata.ino());
        Self { size: metadata.len(), modified: metadata.modified().ok(), identity }
    }

    #[cfg(not(unix))]
    fn new(metadata: &Metadata) -> Self {
        Self { size: metadata.len(), modified: metadata.modified().ok() }
    }
}

/// New contents that lie beside their file, ready to take its place. Dropped, they are gone.
#[derive(Debug)]
pub(super) struct Prepared<'o> {
    path: PathBuf,
    seen: Seen,
    original: &'o Secret<Vec<u8>>,
    beside: Temporary,
}

impl<'o> Prepared<'o> {
    /// Writes `contents` beside `path`, with the owner and the mode of the file there, which was `seen` and held `original`.
    /// Access-control lists and other extended attributes are not carried over.
    pub(super) fn new(
        path: &Path,
        seen: Seen,
        original: &'o Secret<Vec<u8>>,
        contents: &Secret<Vec<u8>>,
    ) -> Result<Self, ReplaceError> {
        let metadata = fs::symlink_metadata(path)?;
        let mut beside = Temporary::new(folder_of(path))?;
        beside.write_all(contents.expose())?;
        keep_owner(beside.file()?, &metadata)?;
        // After the owner, because changing that takes some bits away.
        beside.file()?.set_permissions(metadata.permissions())?;
        beside.file()?.sync_all()?;
        Ok(Self { path: path.to_path_buf(), seen, original, beside })
    }

    /// Lets them take the file's place, if that is still as it was seen and read. Between this last look and the renaming
    /// nothing but a moment passes; no system offers to do both at once.
    pub(super) fn commit(self) -> Result<(), ReplaceError> {
        if Seen::at(&self.path)? != self.seen || !holds(&self.path, self.original.expose())? {
            return Err(ReplaceError::Changed);
        }
        self.beside.replace(&self.path)?;
        // So that the new name survives a loss of power. Some file systems can't do that for folders, and the file is
        // whole in any case.
        let _ = File::open(folder_of(&self.path)).and_then(|folder| folder.sync_all());
        Ok(())
    }
}

fn holds(path: &Path, expected: &[u8]) -> io::Result<bool> {
    let mut held = Secret::new(Vec::with_capacity(expected.len() + 1));
    let file = File::open(path)?;
    held.fill(|buffer| file.take(expected.len() as u64 + 1).read_to_end(buffer))?;
    Ok(held.expose() == expected)
}

#[cfg(unix)]
fn refuse_hard_links(metadata: &Metadata) -> Result<(), ReplaceError> {
    use std::os::unix::fs::MetadataExt as _;
    if metadata.nlink() > 1 { Err(ReplaceError::HardLinks(metadata.nlink())) } else { Ok(()) }
}

#[cfg(not(unix))]
fn refuse_hard_links(_: &Metadata) -> Result<(), ReplaceError> {
    Ok(())
}

#[cfg(unix)]
fn keep_owner(file: &File, original: &Metadata) -> Result<(), ReplaceError> {
    use std::os::unix::fs::{MetadataExt as _, fchown};
    let own = file.metadata()?;
    // What is right already is left alone: to set it may not be allowed.
    let owner = (own.uid() != original.uid()).then(|| original.uid());
    let group = (own.gid() != original.gid()).then(|| original.gid());
    if owner.is_some() || group.is_some() {
        fchown(file, owner, group).map_err(ReplaceError::Owner)?;
    }
    Ok(())
}

#[cfg(not(unix))]
fn keep_owner(_: &File, _: &Metadata) -> Result<(), ReplaceError> {
    Ok(())
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};

    use super::*;

    fn secret(text: &str) -> Secret<Vec<u8>> {
        Secret::new(text.as_bytes().to_vec())
    }

    /// A folder with a file that holds `old`.
    fn folder() -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        fs::write(&path, "old").unwrap();
        (folder, path)
    }

    /// Replaces `old` by `new`, with something done in between.
    fn replace(path: &Path, meanwhile: impl FnOnce()) -> Result<(), ReplaceError> {
        let original = secret("old");
        let prepared = Prepared::new(path, Seen::at(path)?, &original, &secret("new"))?;
        meanwhile();
        prepared.commit()
    }

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<_> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn contents_change_and_mode_and_owner_stay() {
        for mode in [0o600, 0o640, 0o664, 0o755] {
            let (folder, path) = folder();
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            let before = fs::metadata(&path).unwrap();
            replace(&path, || ()).unwrap();
            let after = fs::metadata(&path).unwrap();
            assert_eq!(fs::read(&path).unwrap(), b"new");
            assert_eq!(after.mode() & 0o7777, mode);
            assert_eq!((after.uid(), after.gid()), (before.uid(), before.gid()));
            assert_eq!(names(folder.path()), ["file"]);
        }
    }

    #[test]
    fn another_owner_is_kept_where_that_is_allowed() {
        let (_folder, path) = folder();
        if std::os::unix::fs::chown(&path, Some(4242), Some(4343)).is_err() {
            eprintln!("SKIPPED: only root can give a file to another owner");
            return;
        }
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        replace(&path, || ()).unwrap();
        let after = fs::metadata(&path).unwrap();
        assert_eq!((after.uid(), after.gid(), after.mode() & 0o7777), (4242, 4343, 0o640));
    }

    #[test]
    fn a_file_that_somebody_else_changes_is_theirs() {
        type Change = fn(&Path);
        let changes: [(&str, Change, &[u8]); 5] = [
            ("longer", |path| fs::write(path, "older").unwrap(), b"older"),
            ("other letters", |path| fs::write(path, "odd").unwrap(), b"odd"),
            (
                "the same again, by another file",
                |path| {
                    fs::write(path.with_extension("x"), "old").unwrap();
                    fs::rename(path.with_extension("x"), path).unwrap();
                },
                b"old",
            ),
            (
                "other letters at the same time",
                |path| {
                    let before = fs::metadata(path).unwrap().modified().unwrap();
                    fs::write(path, "odd").unwrap();
                    File::options().write(true).open(path).unwrap().set_modified(before).unwrap();
                },
                b"odd",
            ),
            (
                "touched",
                |path| {
                    let file = File::options().write(true).open(path).unwrap();
                    file.set_modified(SystemTime::UNIX_EPOCH).unwrap();
                },
                b"old",
            ),
        ];
        for (what, change, left) in changes {
            let (folder, path) = folder();
            let outcome = replace(&path, || change(&path));
            assert!(matches!(outcome, Err(ReplaceError::Changed)), "{what}: {outcome:?}");
            assert_eq!(fs::read(&path).unwrap(), left, "{what}");
            assert_eq!(names(folder.path()), ["file"], "{what}");
        }
        let (folder, path) = folder();
        assert!(matches!(replace(&path, || fs::remove_file(&path).unwrap()), Err(ReplaceError::Write(_))));
        assert_eq!(names(folder.path()), [""; 0]);
    }

    #[test]
    fn what_would_lose_something_is_refused() {
        let (folder, path) = folder();
        let other = folder.path().join("other");
        symlink("file", &other).unwrap();
        assert!(matches!(replace(&other, || ()), Err(ReplaceError::Link(target)) if target == "file"));
        // Also when it becomes a link only in the end.
        let turned = replace(&path, || {
            fs::rename(&path, folder.path().join("moved")).unwrap();
            symlink("moved", &path).unwrap();
        });
        assert!(matches!(turned, Err(ReplaceError::Link(_))));
        fs::rename(folder.path().join("moved"), &path).unwrap();
        fs::remove_file(&other).unwrap();
        fs::hard_link(&path, &other).unwrap();
        assert!(matches!(replace(&path, || ()), Err(ReplaceError::HardLinks(2))));
        fs::remove_file(&other).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o444)).unwrap();
        assert!(matches!(replace(&path, || ()), Err(ReplaceError::Protected)));
        assert!(matches!(replace(folder.path(), || ()), Err(ReplaceError::NotRegular)));
        assert_eq!(fs::read(&path).unwrap(), b"old");
        assert_eq!(names(folder.path()), ["file"]);
    }
}
