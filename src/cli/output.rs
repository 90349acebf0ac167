//! Writing files so that nothing is lost: beside the target, then renamed over it.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use tempfile::{Builder, NamedTempFile};

/// Writes a new file that only its owner can read, whole or not at all; `AlreadyExists` when something is there and `replace` is
/// not given.
pub(super) fn write_secret(path: &Path, contents: &[u8], replace: bool) -> io::Result<()> {
    let mut file = beside(Builder::new().prefix(".aemcred-"), folder_of(path))?;
    file.write_all(contents)?;
    file.as_file().sync_all()?;
    if replace {
        file.persist(path)?
    } else {
        file.persist_noclobber(path)?
    };
    Ok(())
}

/// Writes a new file, whole or not at all; `AlreadyExists` when something is there.
pub(super) fn write_new(path: &Path, contents: &[u8]) -> io::Result<()> {
    let mut file = beside(&ordinary(), folder_of(path))?;
    file.write_all(contents)?;
    file.as_file().sync_all()?;
    file.persist_noclobber(path)?;
    Ok(())
}

/// Writes `path` whole or not at all. An existing file keeps its owner and permissions, a link keeps pointing where it does, and
/// what is no regular file (such as `/dev/null`) is written to directly.
pub(super) fn write_atomically(path: &Path, contents: &[u8]) -> io::Result<()> {
    let existing = match fs::metadata(path) {
        Ok(metadata) if metadata.is_dir() => return Err(io::ErrorKind::IsADirectory.into()),
        Ok(metadata) if !metadata.is_file() => {
            return fs::OpenOptions::new().write(true).open(path)?.write_all(contents);
        }
        Ok(metadata) => Some(metadata),
        Err(_) => None,
    };
    let target = if existing.is_some() { fs::canonicalize(path)? } else { path.to_path_buf() };
    let mut file = beside(&ordinary(), folder_of(&target))?;
    file.write_all(contents)?;
    if let Some(metadata) = existing {
        #[cfg(unix)]
        {
            use std::os::unix::fs::MetadataExt as _;
            let now = file.as_file().metadata()?;
            // Before the mode, because a change of owner takes bits of it away.
            if (now.uid(), now.gid()) != (metadata.uid(), metadata.gid()) {
                std::os::unix::fs::fchown(file.as_file(), Some(metadata.uid()), Some(metadata.gid()))?;
            }
        }
        file.as_file().set_permissions(metadata.permissions())?;
    }
    file.as_file().sync_all()?;
    file.persist(&target)?;
    Ok(())
}

/// Makes files as any program makes them.
fn ordinary() -> Builder<'static, 'static> {
    let mut builder = Builder::new();
    builder.prefix(".aemcred-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        // Less than this is what the process' umask leaves of it, as for any new file.
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    builder
}

/// Adds to the end of a file that others write to as well, making it when there is none.
pub(super) fn append(path: &Path, contents: &[u8]) -> io::Result<()> {
    fs::OpenOptions::new().append(true).create(true).open(path)?.write_all(contents)
}

/// Makes a file in `folder` that is to take the place of another one. Errors are those of the system, without the path
/// that tempfile adds to them.
pub(super) fn beside(builder: &Builder<'_, '_>, folder: &Path) -> io::Result<NamedTempFile> {
    builder.tempfile_in(folder).map_err(|error| {
        let words = error.to_string();
        let (of_system, _) = words.split_once(" at path ").unwrap_or((&words, ""));
        io::Error::new(error.kind(), of_system)
    })
}

/// The folder that `path` stands in.
pub(super) fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}
