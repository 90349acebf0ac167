//! All objects that a repository can reach, wherever they are stored.
//!
//! Owns: folders of objects and their alternates, the order in which they are asked, and that contents match names.
//! Does not own: how a loose or a packed object is stored.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use super::file;
use super::id::{ObjectFormat, ObjectId};
use super::locate::path_from_bytes;
use super::object::{Kind, Object, ObjectError};
use super::pack::Pack;
use super::{loose, quoted};
use crate::secret::Secret;
use crate::source::PathName;

/// As deep may alternates be in each other, as for git.
const DEEPEST_ALTERNATE: usize = 5;

/// As many folders of objects are looked at.
const MOST_FOLDERS: usize = 1_000;

/// As many packs stay open. More would use up the files that a program may have open.
const OPEN_PACKS: usize = 100;

/// What is wrong with a folder of objects, while the others are read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// An alternate names itself, in one step or several.
    #[error("alternate object folders refer to each other in a loop: {}", .0.one_line())]
    AlternateLoop(PathName),
    /// An alternate is no folder.
    #[error("an alternate object folder is missing: {}", .0.one_line())]
    AlternateMissing(PathName),
    /// Alternates are too deep in each other, or too many.
    #[error("alternate object folders are more than 5 deep or more than 1,000: {}", .0.one_line())]
    AlternateDepth(PathName),
    /// A list of alternates or a folder of packs can't be read.
    #[error("a folder of objects can't be read: {}", .0.one_line())]
    Unreadable(PathName),
}

/// The objects of a repository.
pub(super) struct Store {
    format: ObjectFormat,
    folders: Vec<PathBuf>,
    packs: Vec<(PathBuf, OnceLock<Result<Pack, ObjectError>>)>,
    troubles: Vec<Trouble>,
}

impl Store {
    pub(super) fn open(format: ObjectFormat, objects: PathBuf, alternates: &[PathBuf]) -> Self {
        let mut store = Self { format, folders: Vec::new(), packs: Vec::new(), troubles: Vec::new() };
        store.add_folders(objects, alternates);
        store.add_packs();
        store
    }

    pub(super) fn format(&self) -> ObjectFormat {
        self.format
    }

    pub(super) fn troubles(&self) -> &[Trouble] {
        &self.troubles
    }

    /// Returns the folders of objects, the repository's own first.
    pub(super) fn folders(&self) -> &[PathBuf] {
        &self.folders
    }

    /// Returns the indexes of all packs.
    pub(super) fn packs(&self) -> impl Iterator<Item = &Path> {
        self.packs.iter().map(|(path, _)| path.as_path())
    }

    /// Returns the objects whose names begin with `hex`, which is in lower case.
    pub(super) fn beginning_with(&self, hex: &str) -> Vec<ObjectId> {
        let begins = |id: &ObjectId| id.to_string().starts_with(hex);
        let packs =
            self.packs().filter_map(|path| Pack::open(path, self.format).ok()?.index().entries().ok());
        let packed = packs.flatten().map(|(id, _)| id).filter(begins);
        let mut found: Vec<ObjectId> = packed.collect();
        let loose = loose::list(self.format, &self.folders, hex.get(..2), &mut |_, _| ());
        found.extend(loose.into_iter().map(|(id, _)| id).filter(begins));
        found.sort_unstable();
        found.dedup();
        found
    }

    /// Returns true if what is missing may be at a server, as in a partial clone.
    pub(super) fn is_partial(&self) -> bool {
        self.packs().any(|path| path.with_extension("promisor").exists())
    }

    /// Reads an object. Its size is looked at before memory is reserved, and its contents match its name.
    pub(super) fn read(&self, id: ObjectId, limit: u64) -> Result<Object, ObjectError> {
        let mut first_error = None;
        let loose = self.folders.iter().map(|folder| loose::read(folder, id, limit));
        let packed = self.packs.iter().enumerate().map(|(position, (path, pack))| {
            if position < OPEN_PACKS {
                pack.get_or_init(|| Pack::open(path, self.format))
                    .as_ref()
                    .map_err(Clone::clone)?
                    .read(id, limit)
            } else {
                Pack::open(path, self.format)?.read(id, limit)
            }
        });
        for outcome in loose.chain(packed) {
            match outcome {
                Ok(Some(object)) if self.matches(id, &object) => return Ok(object),
                Ok(None) => {}
                Ok(Some(_)) => {
                    first_error.get_or_insert(ObjectError::Corrupt("its contents don't match its name"));
                }
                Err(error) => drop(first_error.get_or_insert(error)),
            }
        }
        // git knows the empty tree without storing it.
        let nothing = Object { kind: Kind::Tree, bytes: Secret::default() };
        if self.matches(id, &nothing) {
            Ok(nothing)
        } else {
            Err(first_error.unwrap_or(ObjectError::Missing))
        }
    }

    /// Reads an object that must be of one kind.
    pub(super) fn read_kind(
        &self,
        id: ObjectId,
        kind: Kind,
        limit: u64,
    ) -> Result<Secret<Vec<u8>>, ObjectError> {
        let object = self.read(id, limit)?;
        if object.kind == kind { Ok(object.bytes) } else { Err(ObjectError::Kind) }
    }

    fn matches(&self, id: ObjectId, object: &Object) -> bool {
        let bytes = object.bytes.expose();
        let size = bytes.len().to_string();
        self.format.hash(&[object.kind.name(), b" ", size.as_bytes(), b"\0", bytes]) == id
    }

    fn add_folders(&mut self, objects: PathBuf, alternates: &[PathBuf]) {
        let mut waiting: Vec<(PathBuf, Vec<PathBuf>)> = Vec::new();
        waiting.extend(alternates.iter().rev().map(|path| (path.clone(), Vec::new())));
        waiting.push((objects, Vec::new()));
        while let Some((path, mut above)) = waiting.pop() {
            let name = super::name(&path);
            let Some(folder) = fs::canonicalize(&path).ok().filter(|folder| folder.is_dir()) else {
                self.troubles.push(Trouble::AlternateMissing(name));
                continue;
            };
            if above.contains(&folder) {
                self.troubles.push(Trouble::AlternateLoop(name));
                continue;
            }
            if self.folders.contains(&folder) {
                continue;
            }
            if above.len() > DEEPEST_ALTERNATE || self.folders.len() >= MOST_FOLDERS {
                self.troubles.push(Trouble::AlternateDepth(name));
                continue;
            }
            above.push(folder.clone());
            match file::read(&folder.join("info/alternates"), 1 << 20) {
                Ok(list) => {
                    let listed = alternates_in(&folder, &list.unwrap_or_default());
                    waiting.extend(listed.into_iter().rev().map(|path| (path, above.clone())));
                }
                Err(_) => self.troubles.push(Trouble::Unreadable(name)),
            }
            self.folders.push(folder);
        }
    }

    fn add_packs(&mut self) {
        for folder in &self.folders {
            let packs = folder.join("pack");
            let mut found = Vec::new();
            match fs::read_dir(&packs) {
                Ok(files) => found.extend(files.filter_map(|file| Some(file.ok()?.path()))),
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                Err(_) => {
                    let name = super::name(&packs);
                    self.troubles.push(Trouble::Unreadable(name));
                }
            }
            found.retain(|path| path.extension() == Some(OsStr::new("idx")));
            found.sort();
            self.packs.extend(found.into_iter().map(|path| (path, OnceLock::new())));
        }
    }
}

/// Returns the folders that a list of alternates names, one on each line.
fn alternates_in(folder: &Path, list: &[u8]) -> Vec<PathBuf> {
    let lines = list.split(|byte| *byte == b'\n').filter(|line| !line.is_empty() && !line.starts_with(b"#"));
    lines
        .map(|line| match quoted::unquote(line) {
            Some((path, _)) => folder.join(path_from_bytes(&path)),
            None => folder.join(path_from_bytes(line)),
        })
        .collect()
}
