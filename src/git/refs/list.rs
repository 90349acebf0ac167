//! All references of a repository.
//!
//! Owns: the names, packed and loose, and what a worktree has of its own. Does not own: what the objects are.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use super::{LONGEST, resolve};
use crate::git::file::{self, At};
use crate::git::id::{ObjectFormat, ObjectId};
use crate::git::locate::{Places, path_from_bytes};
use crate::git::{GitError, part_bytes};

use std::io::{BufRead as _, BufReader, Read as _};

/// Folders of references are no deeper in each other.
const DEEPEST: usize = 200;

/// Returns all references with what they point to, by name. A `HEAD` that points to no branch is among them, as are those of
/// other worktrees. What can't be read is told to `failed`.
pub(in crate::git) fn all(
    places: &Places,
    format: ObjectFormat,
    failed: &mut dyn FnMut(GitError),
) -> BTreeMap<Vec<u8>, ObjectId> {
    let mut found = BTreeMap::new();
    if let Err(error) = packed(places, format, &mut found, failed) {
        failed(error);
    }
    let mut names = Vec::new();
    walk(&places.common_dir, b"refs", &mut names, failed);
    take(places, format, b"", names, &mut found, failed);
    // The main worktree's own, and those of the others.
    let main = Places { git_dir: places.common_dir.clone(), ..places.clone() };
    own(&main, format, b"", &mut found, failed);
    for worktree in folders(&places.common_dir.join("worktrees")) {
        let Some(name) = worktree.file_name().and_then(part_bytes) else { continue };
        let prefix = [b"worktrees/", name, b"/"].concat();
        own(&Places { git_dir: worktree.clone(), ..places.clone() }, format, &prefix, &mut found, failed);
    }
    found
}

/// Takes a detached `HEAD` and what else belongs to one worktree alone.
fn own(
    places: &Places,
    format: ObjectFormat,
    prefix: &[u8],
    found: &mut BTreeMap<Vec<u8>, ObjectId>,
    failed: &mut dyn FnMut(GitError),
) {
    let head = file::read(&places.git_dir.join("HEAD"), LONGEST).ok().flatten().unwrap_or_default();
    let mut names = Vec::new();
    if !head.starts_with(b"ref:") && !head.is_empty() {
        names.push(b"HEAD".to_vec());
    }
    if places.git_dir != places.common_dir {
        walk(&places.git_dir, b"refs", &mut names, failed);
    }
    take(places, format, prefix, names, found, failed);
}

fn take(
    places: &Places,
    format: ObjectFormat,
    prefix: &[u8],
    names: Vec<Vec<u8>>,
    found: &mut BTreeMap<Vec<u8>, ObjectId>,
    failed: &mut dyn FnMut(GitError),
) {
    for name in names {
        match resolve(places, format, &name) {
            Ok(Some(id)) => drop(found.insert([prefix, name.as_slice()].concat(), id)),
            // A symbolic one may point to a branch that doesn't exist yet.
            Ok(None) => {}
            Err(error) => failed(error),
        }
    }
}

fn walk(root: &Path, start: &[u8], names: &mut Vec<Vec<u8>>, failed: &mut dyn FnMut(GitError)) {
    let mut waiting = vec![(start.to_vec(), 0_usize)];
    while let Some((name, depth)) = waiting.pop() {
        let path = root.join(path_from_bytes(&name));
        let entries = match fs::read_dir(&path) {
            Ok(entries) => entries,
            Err(error) => {
                if error.kind() != std::io::ErrorKind::NotFound {
                    failed(GitError::read(&path, &error));
                }
                continue;
            }
        };
        for entry in entries.filter_map(Result::ok) {
            let file_name = entry.file_name();
            let Some(part) = part_bytes(&file_name).filter(|part| !part.starts_with(b".")) else { continue };
            let below = [name.as_slice(), b"/", part].concat();
            // Links to folders aren't followed.
            match entry.file_type() {
                Ok(kind) if kind.is_dir() && depth < DEEPEST => {
                    waiting.push((below, depth.saturating_add(1)));
                }
                Ok(kind) if kind.is_dir() || part.ends_with(b".lock") => {}
                Ok(_) => names.push(below),
                Err(error) => failed(GitError::read(&path, &error)),
            }
        }
    }
    names.sort();
}

fn folders(path: &Path) -> Vec<std::path::PathBuf> {
    let entries = fs::read_dir(path).into_iter().flatten().filter_map(Result::ok);
    let mut folders: Vec<_> = entries.map(|entry| entry.path()).filter(|path| path.is_dir()).collect();
    folders.sort();
    folders
}

fn packed(
    places: &Places,
    format: ObjectFormat,
    found: &mut BTreeMap<Vec<u8>, ObjectId>,
    told: &mut dyn FnMut(GitError),
) -> Result<(), GitError> {
    let path = places.common_dir.join("packed-refs");
    let failed = |error| GitError::read(&path, &error);
    let Some((file, _)) = file::open(&path).map_err(failed)? else {
        return Ok(());
    };
    let mut lines = BufReader::with_capacity(64 * 1024, At { file: &file, offset: 0 });
    let (mut line, mut damaged) = (Vec::new(), false);
    loop {
        line.clear();
        if lines.by_ref().take(LONGEST).read_until(b'\n', &mut line).map_err(failed)? == 0 {
            break;
        }
        let text = line.trim_ascii_end();
        if text.is_empty() || text.starts_with(b"#") || text.starts_with(b"^") {
            continue;
        }
        let parts = text.split_at_checked(format.length().saturating_mul(2));
        let id = parts.and_then(|(hex, _)| ObjectId::from_hex(format, hex));
        match (id, parts.and_then(|(_, rest)| rest.strip_prefix(b" "))) {
            (Some(id), Some(name)) if name.starts_with(b"refs/") => drop(found.insert(name.to_vec(), id)),
            _ => damaged = true,
        }
    }
    if damaged {
        told(GitError::PackedRefs(super::super::name(&path)));
    }
    Ok(())
}
