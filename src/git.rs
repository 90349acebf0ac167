//! git repositories as they are on disk: what is staged, what is tracked, what is ignored.
//!
//! Owns: finding a repository, its index, its objects, its references, read only. Does not own: what any content means;
//! it knows nothing of credentials.
//!
//! No git program is started, no configuration is obeyed except for the hash that names objects, nothing is written, and
//! a repository of another user is read like any other. What a repository says is believed of nobody: sizes are looked at
//! before memory is reserved, contents are compared with their names, and neither an index nor an addition can go out of
//! bounds, which the lints below hold: a panic here would end the program, because the release profile aborts. What remains
//! are the crates that inflate and hash.

#![cfg_attr(not(test), deny(clippy::arithmetic_side_effects, clippy::indexing_slicing, clippy::string_slice))]

mod bytes;
mod config;
mod file;
mod history;
mod id;
mod ignored;
mod index;
mod locate;
mod loose;
mod object;
mod pack;
mod pack_index;
mod quoted;
mod refs;
mod staged;
mod store;
mod wildcard;
mod work_tree;

use std::io;
use std::path::{Path, PathBuf};

use crate::source::PathName;
#[cfg(feature = "internals")]
pub use history::{History, Unread};
pub use history::{HistoryRequest, Place, RefName};
pub use id::{ObjectFormat, ObjectId};
use index::Index;
pub use index::IndexDefect;
pub use locate::Environment;
use locate::Places;
pub use object::ObjectError;
pub use staged::{Change, What};
use store::Store;
pub use store::Trouble;
pub use work_tree::{Status, WorkTree};

/// No configuration is longer.
const LARGEST_CONFIG: u64 = 4 << 20;

/// Why a repository can't be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GitError {
    /// A `.git` file or `GIT_DIR` points to something else.
    #[error("{} does not lead to a git repository", .0.one_line())]
    NotARepository(PathName),
    /// A file or folder can't be read.
    #[error("{}: {reason}", path.one_line())]
    Read {
        /// Which one.
        path: PathName,
        /// Why, in plain words.
        reason: String,
    },
    /// References are stored in a form that isn't read.
    #[error("{}: references are stored as a reftable, which is not supported", .0.one_line())]
    Reftable(PathName),
    /// Objects are named by a hash that isn't known.
    #[error("{}: objects are named by a hash other than SHA-1 and SHA-256", .0.one_line())]
    ObjectFormat(PathName),
    /// The index is damaged.
    #[error("{}: the index can't be read: {defect}", path.one_line())]
    Index {
        /// The index.
        path: PathName,
        /// What is wrong with it.
        defect: IndexDefect,
    },
    /// A reference is neither the name of an object nor that of another reference.
    #[error("the reference {} is damaged", .0.one_line())]
    Reference(PathName),
    /// The list of packed references has lines that are none.
    #[error("{}: some lines are damaged, and the references on them are not known", .0.one_line())]
    PackedRefs(PathName),
    /// What a reference points to can't be read.
    #[error("the reference {}: {error}", name.one_line())]
    Tip {
        /// The reference.
        name: PathName,
        /// Why not.
        error: ObjectError,
    },
    /// What was named instead of a commit.
    #[error("“{name}” {reason}")]
    Revision {
        /// How it was named.
        name: String,
        /// Why it is no commit.
        reason: &'static str,
    },
    /// References refer to each other.
    #[error("the reference {} is in a loop", .0.one_line())]
    ReferenceLoop(PathName),
    /// A commit that the index is compared with can't be read.
    #[error("commit {id}: {error}")]
    Commit {
        /// The commit.
        id: ObjectId,
        /// Why not.
        error: ObjectError,
    },
}

impl GitError {
    fn read(path: &Path, error: &io::Error) -> Self {
        Self::Read { path: name(path), reason: crate::discover::reason(error) }
    }

    fn index(path: &Path, defect: IndexDefect) -> Self {
        Self::Index { path: name(path), defect }
    }

    fn not_a_repository(path: &Path) -> Self {
        Self::NotARepository(name(path))
    }
}

fn name(path: &Path) -> PathName {
    crate::gate::path_name(path)
}

/// A repository. Threads may share it.
pub struct Repository {
    places: Places,
    store: Store,
}

impl Repository {
    /// Finds the repository that `start` is in, as git does, unless `environment` says where it is. Returns `None` if
    /// there is none.
    ///
    /// # Errors
    ///
    /// When a `.git` file or `GIT_DIR` leads nowhere, or the repository has a form that isn't supported.
    pub fn discover(start: &Path, environment: &Environment) -> Result<Option<Self>, GitError> {
        locate::find(start, environment)?.map(Self::open).transpose()
    }

    fn open(places: Places) -> Result<Self, GitError> {
        let head = places.git_dir.join("HEAD");
        let text = file::read(&head, 64 * 1024).map_err(|error| GitError::read(&head, &error))?;
        if text.is_some_and(|text| text.trim_ascii_end().ends_with(b"refs/heads/.invalid")) {
            return Err(GitError::Reftable(name(&places.git_dir)));
        }
        let path = places.common_dir.join("config");
        let config = file::read(&path, LARGEST_CONFIG).map_err(|error| GitError::read(&path, &error))?;
        let config = String::from_utf8_lossy(&config.unwrap_or_default()).into_owned();
        let format = match config::object_format(&config).as_deref() {
            None | Some("sha1") => ObjectFormat::Sha1,
            Some("sha256") => ObjectFormat::Sha256,
            Some(_) => return Err(GitError::ObjectFormat(name(&places.git_dir))),
        };
        let store = Store::open(format, places.objects.clone(), &places.alternates);
        Ok(Self { places, store })
    }

    /// Returns the folder of the repository itself: `.git`, or what a `.git` file points to.
    pub fn git_dir(&self) -> &Path {
        &self.places.git_dir
    }

    /// Returns the folder with the files; `None` for a bare repository.
    pub fn work_tree(&self) -> Option<&Path> {
        self.places.work_tree.as_deref()
    }

    /// Returns true if there is no commit on the branch yet.
    ///
    /// # Errors
    ///
    /// When `HEAD` can't be read.
    pub fn is_unborn(&self) -> Result<bool, GitError> {
        Ok(refs::head(&self.places, self.store.format())?.is_none())
    }

    /// Returns what is wrong with folders of objects, while the others are read.
    pub fn troubles(&self) -> &[Trouble] {
        self.store.troubles()
    }

    /// Returns the repositories of submodules, by their folder: those that the git directory keeps, whether the submodule is
    /// still there or not, and those that are whole in the work tree. What can't be opened is none.
    pub fn submodules(&self) -> Vec<Self> {
        let kept = locate::within(&self.places.common_dir.join("modules"));
        let index = self.index().ok();
        let paths = index.iter().flat_map(|index| {
            let links =
                index.entries.as_slice().iter().filter(|entry| entry.kind == object::EntryKind::Submodule);
            links.map(|entry| system_path(index.entries.path(entry)))
        });
        let in_tree = paths.filter_map(|path| Some(self.work_tree()?.join(path)));
        let in_tree = in_tree.filter(|path| path.join(".git").is_dir());
        let mut found: Vec<PathBuf> = kept.into_iter().chain(in_tree).collect();
        found.sort();
        found.dedup();
        let open = |path: &PathBuf| Self::discover(path, &Environment::default()).ok().flatten();
        found.iter().filter_map(open).filter(|found| found.places.git_dir != self.places.git_dir).collect()
    }

    fn index(&self) -> Result<Index, GitError> {
        Index::read(&self.places, self.store.format())
    }
}

/// Returns a path with the separators of the system as git has it.
fn git_path(path: &Path) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    for part in path {
        if !bytes.is_empty() {
            bytes.push(b'/');
        }
        bytes.extend_from_slice(part_bytes(part)?);
    }
    Some(bytes)
}

#[cfg(unix)]
#[expect(clippy::unnecessary_wraps, reason = "elsewhere a name may have no UTF-8 form")]
fn part_bytes(part: &std::ffi::OsStr) -> Option<&[u8]> {
    Some(std::os::unix::ffi::OsStrExt::as_bytes(part))
}

#[cfg(not(unix))]
fn part_bytes(part: &std::ffi::OsStr) -> Option<&[u8]> {
    part.to_str().map(str::as_bytes)
}

/// Returns a path of git as one of the system.
pub fn system_path(path: &[u8]) -> PathBuf {
    locate::path_from_bytes(path)
}
