//! From the name of a reference to the object that it points to.
//!
//! Owns: references in files, packed ones, symbolic ones. Does not own: what the object is.

mod list;

use std::io::{BufRead, BufReader, Read as _};
use std::path::{Path, PathBuf};

use super::GitError;
use super::file::{self, At};
use super::id::{ObjectFormat, ObjectId};
use super::locate::{Places, path_from_bytes};
pub(super) use list::all;

/// As many symbolic references are followed, as by git.
const MOST_STEPS: usize = 5;

/// No file of one reference, and no line of packed ones, is longer.
const LONGEST: u64 = 64 * 1024;

/// The largest file that `MERGE_HEAD` may be.
const LARGEST_MERGE: u64 = 1 << 20;

/// Returns the commit that `HEAD` points to; `None` on an unborn branch.
pub(super) fn head(places: &Places, format: ObjectFormat) -> Result<Option<ObjectId>, GitError> {
    resolve(places, format, b"HEAD")
}

/// Returns the commits that are being merged into `HEAD`.
pub(super) fn merge_heads(places: &Places, format: ObjectFormat) -> Result<Vec<ObjectId>, GitError> {
    let path = places.git_dir.join("MERGE_HEAD");
    let bytes =
        file::read(&path, LARGEST_MERGE).map_err(|error| GitError::read(&path, &error))?.unwrap_or_default();
    let lines = bytes.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii).filter(|line| !line.is_empty());
    let ids = lines.map(|line| ObjectId::from_hex(format, line));
    ids.collect::<Option<_>>().ok_or_else(|| GitError::Reference(super::name(Path::new("MERGE_HEAD"))))
}

/// Returns what a reference points to, by its whole name; `None` if there is no such reference.
pub(super) fn resolve(
    places: &Places,
    format: ObjectFormat,
    name: &[u8],
) -> Result<Option<ObjectId>, GitError> {
    let mut name = name.to_vec();
    for _ in 0..=MOST_STEPS {
        let broken = || GitError::Reference(super::name(&path_from_bytes(&name)));
        let Some(text) = loose(places, &name)? else {
            return packed(places, format, &name);
        };
        let Some(target) = text.strip_prefix(b"ref:") else {
            let hex = text.split(u8::is_ascii_whitespace).next().unwrap_or_default();
            return ObjectId::from_hex(format, hex).map(Some).ok_or_else(broken);
        };
        let target = target.trim_ascii();
        if !is_safe(target) {
            return Err(broken());
        }
        name = target.to_vec();
    }
    Err(GitError::ReferenceLoop(super::name(&path_from_bytes(&name))))
}

/// Returns true if a name can't leave the folder of references.
pub(super) fn is_safe(name: &[u8]) -> bool {
    name.starts_with(b"refs/")
        && !name.iter().any(|byte| byte.is_ascii_control() || matches!(byte, b'\\' | b':'))
        && name.split(|byte| *byte == b'/').all(|part| !part.is_empty() && !part.starts_with(b"."))
}

fn loose(places: &Places, name: &[u8]) -> Result<Option<Vec<u8>>, GitError> {
    let path = folder(places, name).join(path_from_bytes(name));
    // A reference may have the name of a folder of others that were all packed.
    if path.is_dir() {
        return Ok(None);
    }
    file::read(&path, LONGEST).map_err(|error| GitError::read(&path, &error))
}

/// A worktree has some references of its own.
fn folder<'p>(places: &'p Places, name: &[u8]) -> &'p PathBuf {
    let own = [&b"refs/bisect/"[..], b"refs/worktree/", b"refs/rewritten/"];
    let shared = name.starts_with(b"refs/") && !own.iter().any(|prefix| name.starts_with(prefix));
    if shared { &places.common_dir } else { &places.git_dir }
}

fn packed(places: &Places, format: ObjectFormat, name: &[u8]) -> Result<Option<ObjectId>, GitError> {
    let path = places.common_dir.join("packed-refs");
    let failed = |error| GitError::read(&path, &error);
    let Some((file, _)) = file::open(&path).map_err(failed)? else {
        return Ok(None);
    };
    let mut lines = BufReader::with_capacity(64 * 1024, At { file: &file, offset: 0 });
    let mut line = Vec::new();
    loop {
        line.clear();
        if lines.by_ref().take(LONGEST).read_until(b'\n', &mut line).map_err(failed)? == 0 {
            return Ok(None);
        }
        let Some((hex, rest)) = line.split_at_checked(format.length().saturating_mul(2)) else {
            continue;
        };
        if rest.strip_prefix(b" ").map(<[u8]>::trim_ascii_end) == Some(name) {
            let broken = || GitError::Reference(super::name(&path_from_bytes(name)));
            return ObjectId::from_hex(format, hex).map(Some).ok_or_else(broken);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::is_safe;

    #[test]
    fn names_stay_in_their_folder() {
        assert!(is_safe("refs/heads/größe/a".as_bytes()));
        for name in
            ["HEAD", "refs/../config", "refs//a", "/refs/a", "refs/a\nb", "refs/c:\\a", "refs/heads/.invalid"]
        {
            assert!(!is_safe(name.as_bytes()), "{name}");
        }
    }
}
