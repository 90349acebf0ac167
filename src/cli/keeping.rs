//! How git keeps the files of a walk.
//!
//! Owns: which repository a file is in, each opened once. Does not own: reading repositories (see `git`). Only files in which
//! something was found are asked about, so that a walk costs no more.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use crate::git::{Environment, GitError, Repository, Status, WorkTree};
use crate::record::Keeping;

/// The working trees that a walk has met.
#[derive(Default)]
pub(super) struct Repositories(Mutex<Known>);

#[derive(Default)]
struct Known {
    folders: HashMap<PathBuf, Option<Arc<WorkTree>>>,
    /// By the folder of the repository itself.
    trees: HashMap<PathBuf, Option<Arc<WorkTree>>>,
}

impl Repositories {
    /// Returns how git keeps `file`; `None` if it has nothing to do with it. A repository that can't be read is an error
    /// once, and none from then on.
    pub(super) fn keeping(&self, file: &Path) -> Result<Option<Keeping>, GitError> {
        let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let tree = self.0.lock().unwrap_or_else(PoisonError::into_inner).tree(folder)?;
        Ok(tree.and_then(|tree| match tree.status(file) {
            Status::Tracked => Some(Keeping::Tracked),
            Status::Untracked => Some(Keeping::Untracked),
            Status::Ignored | Status::Outside => None,
        }))
    }
}

impl Known {
    fn tree(&mut self, folder: &Path) -> Result<Option<Arc<WorkTree>>, GitError> {
        if let Some(known) = self.folders.get(folder) {
            return Ok(known.clone());
        }
        self.folders.insert(folder.to_path_buf(), None);
        // Variables of git name one repository, and a walk meets many.
        let Some(repository) = Repository::discover(folder, &Environment::default())? else {
            return Ok(None);
        };
        let git_dir = repository.git_dir().to_path_buf();
        let tree = if let Some(known) = self.trees.get(&git_dir) {
            known.clone()
        } else {
            self.trees.insert(git_dir.clone(), None);
            Arc::new(repository).files()?.map(Arc::new)
        };
        self.trees.insert(git_dir, tree.clone());
        self.folders.insert(folder.to_path_buf(), tree.clone());
        Ok(tree)
    }
}
