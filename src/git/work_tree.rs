//! What git knows of a file in the folder: whether it is tracked, or ignored.
//!
//! Owns: the answers for many paths in one walk, on many threads. Does not own: the walk.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::ignored::Ignored;
use super::index::{Index, IndexEntry};
use super::object::{EntryKind, Kind, LARGEST_TREE, Tree};
use super::{GitError, Repository, git_path};

/// What git knows of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// It is in the index.
    Tracked,
    /// It is not tracked, and a `.gitignore` or `info/exclude` names it or a folder above it.
    Ignored,
    /// It is neither tracked nor ignored: one `git add .` away.
    Untracked,
    /// It is not in the work tree, or in the git directory, or in another repository within the work tree.
    Outside,
}

/// The work tree of a repository, with its index read once.
pub struct WorkTree {
    repository: Arc<Repository>,
    root: PathBuf,
    index: Index,
    ignored: Ignored,
    /// The paths that folders have in the work tree, by the names under which they were asked for.
    folders: Mutex<HashMap<PathBuf, Option<Vec<u8>>>>,
}

impl Repository {
    /// Reads the index, to be asked about files. Returns `None` for a bare repository.
    ///
    /// # Errors
    ///
    /// When the index can't be read.
    pub fn files(self: &Arc<Self>) -> Result<Option<WorkTree>, GitError> {
        let Some(root) = self.work_tree().map(Path::to_path_buf) else {
            return Ok(None);
        };
        let ignored = Ignored::new(&root, &self.places.common_dir);
        Ok(Some(WorkTree {
            repository: Arc::clone(self),
            root,
            index: self.index()?,
            ignored,
            folders: Mutex::default(),
        }))
    }
}

impl WorkTree {
    /// Returns what git knows of a file, by any path to it.
    pub fn status(&self, file: &Path) -> Status {
        let Some(path) = self.path(file) else {
            return Status::Outside;
        };
        let slash = memchr::memrchr(b'/', &path).unwrap_or_default();
        let folder = self.ignored.folder(path.get(..slash).unwrap_or_default());
        if folder.foreign || path == b".git" {
            Status::Outside
        } else if self.tracked(&path) {
            Status::Tracked
        } else if self.ignored(&path, false) {
            Status::Ignored
        } else {
            Status::Untracked
        }
    }

    /// Returns the path of a file in the work tree as git has it; `None` if it is outside. Links to folders are followed,
    /// and a link itself is a file.
    pub fn path(&self, file: &Path) -> Option<Vec<u8>> {
        let name = git_path(Path::new(file.file_name()?))?;
        let parent = file.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let mut folders = self.folders.lock().unwrap_or_else(PoisonError::into_inner);
        if !folders.contains_key(parent) {
            let real = fs::canonicalize(parent).ok();
            let path = real.as_deref().and_then(|real| real.strip_prefix(&self.root).ok()).and_then(git_path);
            folders.insert(parent.to_path_buf(), path);
        }
        let mut path = folders.get(parent)?.clone()?;
        if !path.is_empty() {
            path.push(b'/');
        }
        path.extend_from_slice(&name);
        Some(path)
    }

    /// Returns true if a path is in the index, in whatever stage.
    pub fn tracked(&self, path: &[u8]) -> bool {
        let entries = self.index.entries.as_slice();
        let at = entries.partition_point(|entry| self.index.entries.path(entry) < path);
        let is_it =
            |entry: &IndexEntry| entry.kind != EntryKind::Folder && self.index.entries.path(entry) == path;
        entries.get(at).is_some_and(is_it)
            || at
                .checked_sub(1)
                .and_then(|at| entries.get(at))
                .is_some_and(|entry| self.is_in_tree(entry, path))
    }

    /// Returns true if git ignores a path that isn't tracked, by itself or with a folder above it.
    pub fn ignored(&self, path: &[u8], is_dir: bool) -> bool {
        self.ignored.contains(path, is_dir)
    }

    /// Returns true if the index has a folder as a whole, and the path is in its tree.
    fn is_in_tree(&self, entry: &IndexEntry, path: &[u8]) -> bool {
        let below =
            path.strip_prefix(self.index.entries.path(entry)).filter(|_| entry.kind == EntryKind::Folder);
        let Some(below) = below else {
            return false;
        };
        let store = &self.repository.store;
        let mut found = (EntryKind::Folder, entry.id);
        for name in below.split(|byte| *byte == b'/') {
            let (EntryKind::Folder, id) = found else {
                return false;
            };
            let Ok(tree) = store.read_kind(id, Kind::Tree, LARGEST_TREE) else {
                return false;
            };
            let Some(entry) = Tree::parse(store.format(), tree).and_then(|tree| tree.get(name)) else {
                return false;
            };
            found = entry;
        }
        found.0 != EntryKind::Folder
    }
}
