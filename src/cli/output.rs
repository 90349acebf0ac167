//! Writing files so that nothing is lost: beside the target, then renamed over it.

use std::fs::{self, Metadata};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use super::temporary::Temporary;

/// Writes a new file that only its owner can read, whole or not at all; `AlreadyExists` when something is there and `replace` is
/// not given.
pub(super) fn write_secret(path: &Path, contents: &[u8], replace: bool) -> io::Result<()> {
    let is_special = |kind: fs::FileType| !kind.is_file() && !kind.is_dir() && !kind.is_symlink();
    if replace && fs::symlink_metadata(path).is_ok_and(|existing| is_special(existing.file_type())) {
        // A renaming would take even the place of a device.
        return Err(no_file());
    }
    let mut file = Temporary::new(folder_of(path))?;
    file.write_all(contents)?;
    file.file()?.sync_all()?;
    if replace { file.replace(path) } else { file.become_new(path) }
}

/// Writes a new file, whole or not at all; `AlreadyExists` when something is there.
pub(super) fn write_new(path: &Path, contents: &[u8]) -> io::Result<()> {
    let mut file = Temporary::new(folder_of(path))?;
    file.write_all(contents)?;
    open_up(&file)?;
    file.file()?.sync_all()?;
    file.become_new(path)
}

/// Writes `path` whole or not at all. An existing file keeps its owner and permissions, a link keeps pointing where it does, and
/// what is no regular file is refused: a pipe has to wait for a reader.
pub(super) fn write_atomically(path: &Path, contents: &[u8]) -> io::Result<()> {
    write_atomically_by(path, |out| out.write_all(contents))
}

/// The same of what `write` writes, which may be long.
pub(super) fn write_atomically_by(
    path: &Path,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> io::Result<()> {
    let (mut file, target) = beside(path)?;
    let mut out = BufWriter::with_capacity(64 * 1024, &mut file);
    write(&mut out)?;
    out.flush()?;
    drop(out);
    file.file()?.sync_all()?;
    file.replace(&target)
}

/// Whether [`write_atomically`] can write to `path`, as far as that can be known before there is something to write.
pub(super) fn try_to_write(path: &Path) -> io::Result<()> {
    beside(path).map(drop)
}

/// An empty file that has the owner and permissions of `path`, and the path whose place it can take.
fn beside(path: &Path) -> io::Result<(Temporary, PathBuf)> {
    let existing = match fs::metadata(path) {
        Ok(metadata) if metadata.is_dir() => return Err(io::ErrorKind::IsADirectory.into()),
        Ok(metadata) if !metadata.is_file() => return Err(no_file()),
        Ok(metadata) => Some(metadata),
        Err(_) => None,
    };
    let target = if existing.is_some() { fs::canonicalize(path)? } else { path.to_path_buf() };
    let file = Temporary::new(folder_of(&target))?;
    match existing {
        Some(metadata) => take_over(&file, &metadata)?,
        None => open_up(&file)?,
    }
    Ok((file, target))
}

fn no_file() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, "it is a pipe or device")
}

/// Gives a file the owner and permissions of the one that it replaces.
fn take_over(file: &Temporary, existing: &Metadata) -> io::Result<()> {
    let file = file.file()?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        let now = file.metadata()?;
        // Before the mode, because a change of owner takes bits of it away.
        if (now.uid(), now.gid()) != (existing.uid(), existing.gid()) {
            std::os::unix::fs::fchown(file, Some(existing.uid()), Some(existing.gid()))?;
        }
    }
    file.set_permissions(existing.permissions())
}

/// Gives a file the permissions that any program's new file has.
#[cfg(unix)]
fn open_up(file: &Temporary) -> io::Result<()> {
    use rustix::fs::Mode;
    use rustix::process::umask;
    use std::os::unix::fs::PermissionsExt as _;
    // It can be read only by setting it; meanwhile new files would be closed to others.
    let mask = umask(Mode::RWXG | Mode::RWXO);
    umask(mask);
    file.file()?.set_permissions(fs::Permissions::from_mode(0o666 & !mask.bits()))
}

#[cfg(not(unix))]
fn open_up(_: &Temporary) -> io::Result<()> {
    Ok(())
}

/// Adds to the end of a file that others write to as well, making it when there is none.
pub(super) fn append(path: &Path, contents: &[u8]) -> io::Result<()> {
    fs::OpenOptions::new().append(true).create(true).open(path)?.write_all(contents)
}

/// Returns true if two paths lead to one file, by whatever links.
pub(super) fn is_same_file(one: &Path, other: &Path) -> bool {
    #[cfg(unix)]
    if let (Ok(one), Ok(other)) = (fs::metadata(one), fs::metadata(other)) {
        use std::os::unix::fs::MetadataExt as _;
        return (one.dev(), one.ino()) == (other.dev(), other.ino());
    }
    matches!((fs::canonicalize(one), fs::canonicalize(other)), (Ok(one), Ok(other)) if one == other)
}

/// The folder that `path` stands in.
pub(super) fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}
