//! Where a repository is: from a folder to the folders and files that belong together.
//!
//! Owns: `.git` folders and files, bare repositories, worktrees, and the variables that say otherwise. Does not own: what
//! is in the files.

use std::collections::HashMap;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use super::{GitError, file, quoted};

/// Where git was told to look, by variables of the environment. Relative paths are relative to the folder where the
/// search starts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Environment {
    /// `GIT_DIR`.
    pub git_dir: Option<PathBuf>,
    /// `GIT_WORK_TREE`.
    pub work_tree: Option<PathBuf>,
    /// `GIT_COMMON_DIR`.
    pub common_dir: Option<PathBuf>,
    /// `GIT_INDEX_FILE`.
    pub index_file: Option<PathBuf>,
    /// `GIT_OBJECT_DIRECTORY`.
    pub object_directory: Option<PathBuf>,
    /// `GIT_ALTERNATE_OBJECT_DIRECTORIES`, taken apart.
    pub alternate_object_directories: Vec<PathBuf>,
    /// What follows `GITHEAD_` in names of variables: the commits that `git merge` is merging. A `pre-merge-commit` hook
    /// learns of them in no other way, because `MERGE_HEAD` is written after it.
    pub merge_heads: Vec<String>,
}

impl Environment {
    /// Takes what is of git from all variables of an environment.
    pub fn from_variables(variables: impl IntoIterator<Item = (OsString, OsString)>) -> Self {
        let of_git = |(name, value): (OsString, OsString)| {
            Some((name.into_string().ok().filter(|name| name.starts_with("GIT"))?, value))
        };
        let variables: HashMap<String, OsString> = variables.into_iter().filter_map(of_git).collect();
        let path = |name| variables.get(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        let alternates = variables.get("GIT_ALTERNATE_OBJECT_DIRECTORIES").cloned().unwrap_or_default();
        let mut merge_heads: Vec<_> =
            variables.keys().filter_map(|name| name.strip_prefix("GITHEAD_")).map(String::from).collect();
        merge_heads.sort();
        Self {
            merge_heads,
            git_dir: path("GIT_DIR"),
            work_tree: path("GIT_WORK_TREE"),
            common_dir: path("GIT_COMMON_DIR"),
            index_file: path("GIT_INDEX_FILE"),
            object_directory: path("GIT_OBJECT_DIRECTORY"),
            alternate_object_directories: alternates_in(alternates.as_encoded_bytes()),
        }
    }

    fn absolute(&self, start: &Path) -> Self {
        let absolute = |path: &Option<PathBuf>| path.as_ref().map(|path| start.join(path));
        let alternates = &self.alternate_object_directories;
        Self {
            git_dir: absolute(&self.git_dir),
            work_tree: absolute(&self.work_tree),
            common_dir: absolute(&self.common_dir),
            index_file: absolute(&self.index_file),
            object_directory: absolute(&self.object_directory),
            alternate_object_directories: alternates.iter().map(|path| start.join(path)).collect(),
            merge_heads: self.merge_heads.clone(),
        }
    }
}

/// Takes a list of paths apart, of which some may be in quotation marks.
fn alternates_in(list: &[u8]) -> Vec<PathBuf> {
    let separator = if cfg!(windows) { b';' } else { b':' };
    let (mut paths, mut rest) = (Vec::new(), list);
    while !rest.is_empty() {
        let (path, behind) = quoted::unquote(rest).unwrap_or_else(|| {
            let end = memchr::memchr(separator, rest).unwrap_or(rest.len());
            let (path, behind) = rest.split_at_checked(end).unwrap_or_default();
            (path.to_vec(), behind)
        });
        if !path.is_empty() {
            paths.push(path_from_bytes(&path));
        }
        rest = behind.strip_prefix(&[separator]).unwrap_or(behind);
    }
    paths
}

/// The folders and files of a repository.
#[derive(Clone, Debug)]
pub(super) struct Places {
    /// What belongs to one worktree alone: `HEAD`, the index.
    pub(super) git_dir: PathBuf,
    /// What all worktrees share.
    pub(super) common_dir: PathBuf,
    pub(super) objects: PathBuf,
    /// Further folders of objects, which no list in `objects` names.
    pub(super) alternates: Vec<PathBuf>,
    /// Whether a push's objects are still apart from the others, so that it can be refused.
    pub(super) is_quarantined: bool,
    /// Commits that are being merged, as variables name them.
    pub(super) merge_heads: Vec<String>,
    pub(super) index: PathBuf,
    /// The folder with the files; none in a bare repository.
    pub(super) work_tree: Option<PathBuf>,
}

/// Finds the repository that `start` is in.
pub(super) fn find(start: &Path, environment: &Environment) -> Result<Option<Places>, GitError> {
    let start = fs::canonicalize(start).map_err(|error| GitError::read(start, &error))?;
    let environment = environment.absolute(&start);
    let (git_dir, work_tree) = if let Some(git_dir) = &environment.git_dir {
        let git_dir = follow(git_dir, &environment)?;
        let outside = fs::canonicalize(&git_dir).is_ok_and(|git_dir| !start.starts_with(git_dir));
        (git_dir, outside.then_some(start))
    } else {
        let Some(found) = search(&start, &environment)? else {
            return Ok(None);
        };
        found
    };
    let work_tree = environment.work_tree.clone().or(work_tree);
    let common_dir = common_dir(&git_dir, &environment)?;
    Ok(Some(Places {
        is_quarantined: environment.object_directory.is_some(),
        objects: environment.object_directory.unwrap_or_else(|| common_dir.join("objects")),
        alternates: environment.alternate_object_directories,
        merge_heads: environment.merge_heads,
        index: environment.index_file.unwrap_or_else(|| git_dir.join("index")),
        work_tree: work_tree.map(|path| fs::canonicalize(&path).unwrap_or(path)),
        common_dir,
        git_dir,
    }))
}

/// Looks at `start` and the folders above it, on the same file system, for a folder or file `.git`, or for a bare
/// repository.
fn search(start: &Path, environment: &Environment) -> Result<Option<(PathBuf, Option<PathBuf>)>, GitError> {
    let file_system = file_system(start);
    for folder in start.ancestors().take_while(|folder| self::file_system(folder) == file_system) {
        let dot_git = folder.join(".git");
        if dot_git.is_file() {
            return Ok(Some((follow(&dot_git, environment)?, Some(folder.to_path_buf()))));
        }
        if is_git_dir(&dot_git, environment) {
            return Ok(Some((dot_git, Some(folder.to_path_buf()))));
        }
        if is_git_dir(folder, environment) {
            return Ok(Some((folder.to_path_buf(), None)));
        }
    }
    Ok(None)
}

#[cfg(unix)]
fn file_system(folder: &Path) -> Option<u64> {
    fs::metadata(folder).ok().map(|metadata| std::os::unix::fs::MetadataExt::dev(&metadata))
}

#[cfg(not(unix))]
fn file_system(_: &Path) -> Option<u64> {
    None
}

/// Returns the git directories in a folder, in whatever depth, but not those within each other but for their modules.
pub(super) fn within(folder: &Path) -> Vec<PathBuf> {
    let (mut found, mut waiting) = (Vec::new(), vec![folder.to_path_buf()]);
    while let Some(folder) = waiting.pop() {
        if is_git_dir(&folder, &Environment::default()) {
            waiting.push(folder.join("modules"));
            found.push(folder);
            continue;
        }
        let entries = fs::read_dir(&folder).into_iter().flatten().filter_map(Result::ok);
        // Links aren't followed.
        let folders = entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()));
        waiting.extend(folders.map(|entry| entry.path()));
    }
    found
}

/// Returns the git directory that a path is, or that the file at this path points to.
fn follow(path: &Path, environment: &Environment) -> Result<PathBuf, GitError> {
    let mut git_dir = path.to_path_buf();
    if path.is_file() {
        let text =
            file::read(path, 1 << 20).map_err(|error| GitError::read(path, &error))?.unwrap_or_default();
        let target =
            text.strip_prefix(b"gitdir: ").map(<[u8]>::trim_ascii_end).filter(|target| !target.is_empty());
        let target = target.ok_or_else(|| GitError::not_a_repository(path))?;
        git_dir = path.parent().unwrap_or(path).join(path_from_bytes(target));
    }
    if is_git_dir(&git_dir, environment) { Ok(git_dir) } else { Err(GitError::not_a_repository(path)) }
}

/// Returns true if a folder has what makes it a git directory: a `HEAD` that may be one, objects and references.
fn is_git_dir(folder: &Path, environment: &Environment) -> bool {
    let head = file::read(&folder.join("HEAD"), 64 * 1024).ok().flatten().unwrap_or_default();
    let symbolic = head.strip_prefix(b"ref:").is_some_and(|name| name.trim_ascii().starts_with(b"refs/"));
    let hex = head.trim_ascii_end();
    let detached = matches!(hex.len(), 40 | 64) && hex.iter().all(u8::is_ascii_hexdigit);
    if !symbolic && !detached {
        return false;
    }
    let common = common_dir(folder, environment).unwrap_or_else(|_| folder.to_path_buf());
    common.join("refs").is_dir()
        && (environment.object_directory.is_some() || common.join("objects").is_dir())
}

/// Returns the folder that a worktree shares with others, which its file `commondir` names.
fn common_dir(git_dir: &Path, environment: &Environment) -> Result<PathBuf, GitError> {
    if let Some(common_dir) = &environment.common_dir {
        return Ok(common_dir.clone());
    }
    let path = git_dir.join("commondir");
    let text = file::read(&path, 64 * 1024).map_err(|error| GitError::read(&path, &error))?;
    Ok(text
        .map_or_else(|| git_dir.to_path_buf(), |text| git_dir.join(path_from_bytes(text.trim_ascii_end()))))
}

#[cfg(unix)]
pub(super) fn path_from_bytes(bytes: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStrExt as _;
    PathBuf::from(std::ffi::OsStr::from_bytes(bytes))
}

#[cfg(not(unix))]
pub(super) fn path_from_bytes(bytes: &[u8]) -> PathBuf {
    PathBuf::from(String::from_utf8_lossy(bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(unix)]
    fn lists_of_alternates_are_taken_apart_as_git_does() {
        let paths = |list: &str| {
            let paths = alternates_in(list.as_bytes());
            paths.iter().map(|path| path.to_string_lossy().into_owned()).collect::<Vec<_>>()
        };
        assert_eq!(paths("/a:b/c"), ["/a", "b/c"]);
        assert_eq!(paths("\"/a:\\\"b\":/c"), ["/a:\"b", "/c"]);
        assert_eq!(paths("::/a:"), ["/a"]);
        assert!(paths("").is_empty());
    }
}
