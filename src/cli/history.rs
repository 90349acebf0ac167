//! The history of repositories as an input: which repositories, and what becomes of each blob in which something is found.
//!
//! Owns: finding repositories and submodules, and what is told of those that aren't complete. Does not own: reading
//! repositories (see `git`), what a blob holds (see `examine`).

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use rayon::prelude::*;

use super::arguments::HistoryOptions;
use super::paths::name;
use crate::config::relative;
use crate::examine::{beyond_limit, is_candidate_file};
use crate::git::{self, HistoryRequest, ObjectError, RefName, Repository};
use crate::record::{Past, Reference};
use crate::report::{Failure, counted};
use crate::secret::Secret;
use crate::source::PathName;

/// What to look into.
pub(super) struct Histories<'h> {
    pub(super) options: &'h HistoryOptions,
    /// The repositories that are named.
    pub(super) named: &'h [PathBuf],
    /// The variables of git, which are about the current folder.
    pub(super) environment: &'h git::Environment,
    pub(super) now: DateTime<Utc>,
    pub(super) max_size: u64,
    /// Whether a path isn't to be looked at, seen from the current folder.
    pub(super) excluded: &'h (dyn Fn(&Path) -> bool + Sync),
    pub(super) stopped: &'h (dyn Fn() -> bool + Sync),
}

/// Whoever is told of what is found. All are called on many threads.
pub(super) trait Finds: Sync {
    /// A blob was looked at, of this size.
    fn read(&self, size: u64);
    /// A blob was passed over.
    fn skipped(&self);
    /// A blob that may hold something.
    fn found(&self, path: &Path, bytes: Secret<Vec<u8>>, past: Past);
    /// Something could not be looked at.
    fn failed(&self, failure: Failure);
    /// Something that is no failure.
    fn noted(&self, note: String);
}

/// A repository with the name under which it is reported.
struct Named {
    repository: Repository,
    label: PathName,
    /// Where its paths begin, seen from the current folder.
    root: PathBuf,
}

impl Histories<'_> {
    /// Looks into all of them.
    pub(super) fn run(&self, here: &Path, finds: &dyn Finds) {
        let mut seen = BTreeSet::new();
        let mut repositories: Vec<Named> =
            self.named.iter().filter_map(|path| self.open(path, here, finds)).collect();
        repositories.reverse();
        while let Some(next) = repositories.pop().filter(|_| !(self.stopped)()) {
            if !seen.insert(next.repository.git_dir().to_path_buf()) {
                continue;
            }
            if self.options.submodules {
                repositories.extend(submodules(&next, here));
            }
            self.look(&next, finds);
        }
    }

    fn open(&self, path: &Path, here: &Path, finds: &dyn Finds) -> Option<Named> {
        let failed = |message| finds.failed(Failure { path: Some(name(path)), message });
        // Variables are about the repository that git runs in, and several may be named.
        let is_here = path.canonicalize().is_ok_and(|path| path == here);
        let nothing = git::Environment::default();
        let environment = if is_here { self.environment } else { &nothing };
        if !path.is_dir() {
            let why = if path.exists() { "is a file" } else { "does not exist" };
            failed(format!("{why}: with --git-history, paths are folders of git repositories"));
            return None;
        }
        match Repository::discover(path, environment) {
            Ok(Some(repository)) => {
                let root = repository.work_tree().unwrap_or(repository.git_dir());
                let is_named = path.canonicalize().is_ok_and(|path| path == root);
                let root = if is_named { path.to_path_buf() } else { relative(root, here) };
                let root = if root.as_os_str().is_empty() { PathBuf::from(".") } else { root };
                Some(Named { repository, label: name(&root), root })
            }
            Ok(None) => {
                failed(String::from("is in no git repository"));
                None
            }
            Err(error) => {
                failed(error.to_string());
                None
            }
        }
    }

    fn look(&self, named: &Named, finds: &dyn Finds) {
        let Named { repository, label, .. } = named;
        let failed = |message: String| finds.failed(Failure { path: Some(label.clone()), message });
        for trouble in repository.troubles() {
            failed(trouble.to_string());
        }
        let request = HistoryRequest {
            ranges: &self.options.git_range,
            since: self.options.since.map(|since| since.seconds(self.now)),
            unreachable: self.options.unreachable,
            max_size: self.max_size,
            stopped: self.stopped,
        };
        let history = repository.history(&request, &|bytes| {
            finds.read(bytes.len() as u64);
            is_candidate_file(bytes)
        });
        let history = match history {
            Ok(history) => history,
            Err(error) => return failed(error.to_string()),
        };
        history.unread.iter().for_each(|unread| failed(unread.to_string()));
        let incomplete = |what: String| {
            if self.options.require_full_history {
                failed(what);
            } else {
                finds.noted(format!("{}: {what}", label.one_line()));
            }
        };
        if history.is_shallow {
            incomplete(String::from(
                "is a shallow clone: its history was read as far as it goes; `git fetch --unshallow` gets the rest",
            ));
        }
        if history.promised > 0 {
            let objects = counted(history.promised, "object");
            incomplete(format!("is a partial clone: {objects} that only the server has can't be read"));
        }
        // A blob that many paths share is read once.
        let mut places: BTreeMap<_, Vec<&git::Place>> = BTreeMap::new();
        for place in &history.places {
            places.entry(place.blob).or_default().push(place);
        }
        places.into_par_iter().for_each(|(blob, places)| {
            let mut contents = None;
            for place in places {
                if (self.stopped)() {
                    return;
                }
                let path = git::system_path(&place.path);
                let outside = named.root.join(&path);
                if outside.ancestors().take(path.iter().count()).any(|path| (self.excluded)(path)) {
                    finds.skipped();
                    continue;
                }
                let past = past(place, label, request.unreachable);
                let failed = |reason: &dyn std::fmt::Display| {
                    let message = format!("{reason} ({})", past.sentence());
                    finds.failed(Failure { path: Some(name(&path)), message });
                };
                if let Some(error) = &place.error {
                    failed(&reason(error, self.max_size));
                    continue;
                }
                match contents.get_or_insert_with(|| repository.blob(blob, self.max_size)) {
                    Ok(bytes) => finds.found(&path, bytes.clone(), past),
                    Err(error) => failed(&reason(error, self.max_size)),
                }
            }
        });
    }
}

fn reason(error: &ObjectError, limit: u64) -> String {
    match error {
        ObjectError::TooLarge { size } => beyond_limit(Some(*size), limit),
        error => error.to_string(),
    }
}

fn past(place: &git::Place, repository: &PathName, unreachable: bool) -> Past {
    let references = |names: &[RefName]| {
        let reference = |named: &RefName| Reference { kind: named.kind, name: named.name.clone() };
        names.iter().map(reference).collect::<Arc<[_]>>()
    };
    Past {
        repository: repository.clone(),
        blob: place.blob.to_string(),
        commit: place.commit.map(|id| id.to_string()),
        author_time: place.author_time.and_then(|seconds| DateTime::from_timestamp(seconds, 0)),
        removed_by: place.removed_by.map(|id| id.to_string()),
        in_head: place.in_head,
        refs: references(&place.refs),
        still_on: references(&place.still_on),
        is_reachable: !unreachable || !place.refs.is_empty(),
    }
}

/// Returns the repositories of submodules, present and past: those within the git directory, and those in the work tree.
fn submodules(named: &Named, here: &Path) -> Vec<Named> {
    let found = named.repository.submodules();
    let named_at = |repository: Repository| {
        let root = relative(repository.work_tree().unwrap_or(repository.git_dir()), here);
        Named { repository, label: name(&root), root }
    };
    found.into_iter().map(named_at).collect()
}
