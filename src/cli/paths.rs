//! Where files are: the current folder, and paths as seen from another one.

use std::io;
use std::path::{Component, Path, PathBuf};

use super::CliError;
use crate::config::{FILE_NAME, Pattern, relative};
use crate::gate;
use crate::report::PathName;

/// The name of a path in reports, where a sign takes the place of what may be a secret.
pub(super) fn name(path: &Path) -> PathName {
    gate::path_name(path)
}

/// The name of a path with `/` between folders on every system: for what is kept or compared.
pub(super) fn portable_name(path: &Path) -> String {
    let name = name(path).as_str().to_owned();
    if cfg!(windows) { name.replace('\\', "/") } else { name }
}

/// Finds the places of paths that may be absolute, relative, or go through `..` and links.
#[derive(Debug)]
pub(super) struct Locator {
    here: PathBuf,
    /// Folders as they were named, and where they really are.
    folders: Vec<(PathBuf, PathBuf)>,
}

impl Locator {
    /// For what is in or below `named`, seen from the current folder, if there is one.
    pub(super) fn new(named: &[PathBuf]) -> io::Result<Self> {
        let here = Path::new(".").canonicalize()?;
        let folders = named.iter().filter(|path| path.is_dir());
        let folders =
            folders.filter_map(|path| Some((path.clone(), path.canonicalize().ok()?))).collect::<Vec<_>>();
        Ok(Self { here, folders })
    }

    /// Where the folders are that were named.
    pub(super) fn folders(&self) -> impl Iterator<Item = &Path> {
        self.folders.iter().map(|(_, folder)| folder.as_path())
    }

    /// Where `path` really is. A link as its last part is not followed: it is the name that counts.
    pub(super) fn absolute(&self, path: &Path) -> PathBuf {
        let below =
            self.folders.iter().find_map(|(named, folder)| Some(folder.join(path.strip_prefix(named).ok()?)));
        if let Some(path) = below {
            return normal(&path);
        }
        let lexical = || normal(&self.here.join(path));
        match path.file_name() {
            Some(file) => {
                let parent = self.here.join(path.parent().unwrap_or(Path::new(""))).canonicalize();
                parent.map_or_else(|_| lexical(), |parent| parent.join(file))
            }
            None => self.here.join(path).canonicalize().unwrap_or_else(|_| lexical()),
        }
    }

    /// `path` as seen from `folder`, which is absolute and without links. Links on the way keep their names where the
    /// path stays within the folder.
    pub(super) fn relative(&self, path: &Path, folder: &Path) -> PathBuf {
        let lexical = normal(&self.here.join(path));
        let inside = lexical.strip_prefix(folder).ok().map(Path::to_path_buf);
        inside.unwrap_or_else(|| relative(&self.absolute(path), folder))
    }

    /// The configuration that is in force here: the nearest one, from the current folder up to the repository's root.
    /// Outside of a repository, only the current folder counts: whoever can write to one further up should not decide.
    pub(super) fn configuration(&self) -> Option<PathBuf> {
        let root = self.here.ancestors().position(|folder| folder.join(".git").symlink_metadata().is_ok());
        let folders = self.here.ancestors().take(root.unwrap_or(0) + 1).enumerate();
        folders
            .filter(|(_, folder)| folder.join(FILE_NAME).symlink_metadata().is_ok())
            .map(|(up, _)| std::iter::repeat_n("..", up).chain([FILE_NAME]).collect())
            .next()
    }
}

/// What `--exclude` names: patterns as seen from the current folder.
pub(super) struct Excludes<'o> {
    patterns: &'o [Pattern],
    here: PathBuf,
}

impl<'o> Excludes<'o> {
    pub(super) fn new(patterns: &'o [Pattern]) -> Result<Self, CliError> {
        let here = Path::new(".").canonicalize().map_err(|error| CliError::here(&error))?;
        Ok(Self { patterns, here })
    }

    /// Returns true if `path` is not to be looked at. Of a path that was named, nobody has asked about the folders above.
    pub(super) fn matches(&self, path: &Path, named: bool, locator: &Locator) -> bool {
        !self.patterns.is_empty() && {
            let path = locator.relative(path, &self.here);
            let matches = if named { Pattern::matches } else { Pattern::matches_exactly };
            self.patterns.iter().any(|pattern| matches(pattern, &path))
        }
    }
}

/// The folder that the file `path` stands in, absolute and without links.
pub(super) fn folder_of(path: &Path) -> io::Result<PathBuf> {
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    parent.unwrap_or(Path::new(".")).canonicalize()
}

/// `path` without `.` and `..`, by its spelling alone.
pub(super) fn normal(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => drop(normal.pop()),
            _ => normal.push(part),
        }
    }
    normal
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn one_file_has_one_place_however_it_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().canonicalize().unwrap();
        std::fs::create_dir_all(folder.join("a/b")).unwrap();
        std::os::unix::fs::symlink(folder.join("a"), folder.join("link")).unwrap();
        let locator = Locator { here: folder.join("a"), folders: Vec::new() };
        for (path, expected) in [
            (PathBuf::from("x.json"), "a/x.json"),
            (PathBuf::from("./x.json"), "a/x.json"),
            (PathBuf::from("b/../x.json"), "a/x.json"),
            (PathBuf::from("../x.json"), "x.json"),
            (folder.join("a/x.json"), "a/x.json"),
            (folder.join("link/x.json"), "link/x.json"),
        ] {
            assert_eq!(locator.relative(&path, &folder), Path::new(expected), "{}", path.display());
        }
        assert_eq!(locator.relative(&folder.join("link/x.json"), &folder.join("a")), Path::new("x.json"));
        assert_eq!(locator.relative(Path::new("../x.json"), &folder.join("a/b")), Path::new("../../x.json"));
    }
}
