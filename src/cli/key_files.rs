//! Private keys in files of their own, to which an input has the paths.
//!
//! Owns: which of these files belong to an input: regular ones below its folder, or staged below it. Does not own: what is in
//! them (see `unwrap`).

use std::path::Path;

use super::paths::name;
use crate::config::relative;
use crate::discover::{Found, read_named};
use crate::examine::NamedFile;
use crate::git::{Change, Repository, system_path};

/// The file at `path` as the file `input` has it, unless it is outside of its folder, be it through a link.
pub(super) fn beside(input: &Path, path: &str, max_size: u64) -> Option<NamedFile> {
    let folder = input.parent()?;
    let root = if folder.as_os_str().is_empty() { Path::new(".") } else { folder }.canonicalize().ok()?;
    let found = root.join(path).canonicalize().ok()?;
    let below = found.strip_prefix(&root).ok()?;
    let Found::Contents { bytes, mode, .. } = read_named(&found, max_size) else { return None };
    Some(NamedFile { path: name(&folder.join(below)), mode, bytes })
}

/// The same among what is staged.
pub(super) fn staged(
    repository: &Repository,
    change: &Change,
    path: &str,
    here: &Path,
    max_size: u64,
) -> Option<NamedFile> {
    let folder = memchr::memrchr(b'/', &change.path).map_or(0, |slash| slash + 1);
    let mut found = change.path.get(..folder)?.to_vec();
    // Git has no path from the root, and none with two points.
    let mut parts = path.split('/').filter(|part| *part != ".").peekable();
    while let Some(part) = parts.next() {
        if part.is_empty() || part == ".." {
            return None;
        }
        found.extend_from_slice(part.as_bytes());
        if parts.peek().is_some() {
            found.push(b'/');
        }
    }
    let bytes = repository.staged(&found, max_size)?;
    let path = system_path(&found);
    let shown = repository.work_tree().map_or(path.clone(), |root| relative(&root.join(&path), here));
    Some(NamedFile { path: name(&shown), mode: None, bytes })
}
