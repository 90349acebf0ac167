//! What a repository has ever held: every blob that a reference reaches, and which commits brought and removed it.
//!
//! Owns: both ways through a history, all objects in the order in which they are stored, or only what chosen commits bring;
//! and telling of each blob that somebody wants to know of where it is. Does not own: which blobs these are.
//!
//! A commit brings a blob to a path if no parent has it there, and removes it if all parents have it there. Nothing of the
//! result depends on the number of threads, or on their order.

mod catalog;
mod changes;
mod graph;
mod inflate;
mod objects;
mod range;
mod story;
mod sweep;
mod tips;
mod trees;
mod whole;

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rayon::prelude::*;

use super::id::ObjectId;
use super::object::{Kind, ObjectError};
use super::{GitError, Repository, file, refs};
use crate::secret::Secret;
use crate::source::PathName;
use catalog::Marks;
use graph::Graph;
use objects::Objects;
use range::Commits;
use story::Story;
use sweep::Met;
pub use tips::RefName;
use trees::Stored;

/// Blobs from this number on are read in the order in which they are stored.
const MANY: usize = 2_000;

/// As many objects that can't be read are listed one by one.
const LISTED: usize = 20;

/// The largest list of commits whose parents were cut off.
const LARGEST_SHALLOW: u64 = 64 << 20;

/// What is asked of a history.
#[derive(Clone, Copy)]
pub struct HistoryRequest<'r> {
    /// Only what the commits of these ranges bring, such as `main..topic`; everything if there is none.
    pub ranges: &'r [String],
    /// Only what commits bring that were made at this time or later, in seconds since 1970.
    pub since: Option<i64>,
    /// Also what no reference reaches.
    pub unreachable: bool,
    /// No larger blob is read, in bytes.
    pub max_size: u64,
    /// Asked now and then: whether the run is to end.
    pub stopped: &'r (dyn Fn() -> bool + Sync),
}

/// What a history has at which paths.
#[derive(Debug, Default)]
pub struct History {
    /// Each blob that was wanted or can't be read, at each of its paths; by path.
    pub places: Vec<Place>,
    /// What could not be read.
    pub unread: Vec<Unread>,
    /// Whether the repository is a shallow clone, whose history ends early.
    pub is_shallow: bool,
    /// How many objects are missing because the repository is a partial clone.
    pub promised: usize,
}

/// A blob at a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The path in the commit, as git has it; the blob's name if it is in no tree.
    pub path: Vec<u8>,
    /// The blob.
    pub blob: ObjectId,
    /// Why it can't be read, if it can't.
    pub error: Option<ObjectError>,
    /// The commit that brought it first; `None` if no commit has it.
    pub commit: Option<ObjectId>,
    /// When that commit was written, in seconds since 1970.
    pub author_time: Option<i64>,
    /// The commit that removed it last.
    pub removed_by: Option<ObjectId>,
    /// Whether the commit that is checked out has it.
    pub in_head: bool,
    /// The references from which it can be reached.
    pub refs: Arc<[RefName]>,
    /// Those of them that have it now, and not only in their past.
    pub still_on: Arc<[RefName]>,
}

/// Something of a history that can't be read, while the rest is.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unread {
    /// A reference, or a folder.
    #[error("{0}")]
    Git(GitError),
    /// A pack, or a part of it.
    #[error("{}: {error}", pack.one_line())]
    Pack {
        /// The pack.
        pack: PathName,
        /// Why not.
        error: ObjectError,
    },
    /// An object, and others that are made from it.
    #[error("object {id}: {error}{}", also(*with))]
    Object {
        /// The object.
        id: ObjectId,
        /// Why not.
        error: ObjectError,
        /// How many objects of its pack are stored as the difference to it.
        with: u32,
    },
    /// Further objects.
    #[error("{0} more objects can't be read")]
    More(usize),
    /// A commit whose history ends, and not because the clone is shallow.
    #[error("commit {child}: its parent {parent} is missing from the repository, and what came before it")]
    Parent {
        /// The commit.
        child: ObjectId,
        /// Its parent.
        parent: ObjectId,
    },
    /// Trees that stand for more than there is time for.
    #[error("the trees contain too many files: only the first 20,000,000 changes were checked")]
    TooMany,
}

fn also(with: u32) -> String {
    if with == 0 { String::new() } else { format!("; {with} more are stored as the difference to it") }
}

/// What decides about a blob by its contents: whether its places are asked for. It may be called on many threads.
type Wanted<'w> = dyn Fn(&[u8]) -> bool + Sync + 'w;

impl Repository {
    /// Shows every blob of the history to `wanted`, each once, and returns the places of those that it picks.
    ///
    /// # Errors
    ///
    /// When a range names no commits, or the list of commits of a shallow clone can't be read.
    pub fn history(&self, request: &HistoryRequest<'_>, wanted: &Wanted<'_>) -> Result<History, GitError> {
        let cut = self.cut()?;
        let mut history = if request.ranges.is_empty() && request.since.is_none() {
            self.whole(request, &cut, wanted)
        } else {
            self.chosen(request, &cut, wanted)?
        };
        history.is_shallow = !cut.is_empty();
        history.places.sort_by(|one, other| (&one.path, one.blob).cmp(&(&other.path, other.blob)));
        history.unread = listed(history.unread);
        Ok(history)
    }

    /// Reads one of the blobs that were found.
    ///
    /// # Errors
    ///
    /// When it can't be read, or is larger than `limit` bytes.
    pub fn blob(&self, id: ObjectId, limit: u64) -> Result<Secret<Vec<u8>>, ObjectError> {
        self.store.read_kind(id, Kind::Blob, limit)
    }

    /// Returns the commits whose parents a shallow clone doesn't have.
    fn cut(&self) -> Result<HashSet<ObjectId>, GitError> {
        let path = self.places.common_dir.join("shallow");
        let list = file::read(&path, LARGEST_SHALLOW).map_err(|error| GitError::read(&path, &error))?;
        let list = list.unwrap_or_default();
        let lines = list.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
        Ok(lines.filter_map(|line| ObjectId::from_hex(self.store.format(), line)).collect())
    }

    /// Returns what commits bring that are chosen by range or time.
    fn chosen(
        &self,
        request: &HistoryRequest<'_>,
        cut: &HashSet<ObjectId>,
        wanted: &Wanted<'_>,
    ) -> Result<History, GitError> {
        let store = &self.store;
        let stopped = || (request.stopped)();
        let mut history = History::default();
        let mut commits = Commits::new(store, cut);
        let references =
            refs::all(&self.places, store.format(), &mut |error| history.unread.push(Unread::Git(error)));
        let tips = |commits: &Commits<'_>, failed: &mut dyn FnMut(GitError)| {
            tips::tips(store, &references, &|id| commits.read.contains_key(&id), failed)
        };
        let mut chosen = HashSet::new();
        if request.ranges.is_empty() {
            let tips = tips(&commits, &mut |error| history.unread.push(Unread::Git(error)));
            commits.all(tips::commits(&tips), &stopped);
            chosen.extend(commits.read.keys().copied());
        }
        for range in request.ranges {
            chosen.extend(self.commits_in(range, &mut commits, &stopped)?);
        }
        if let Some(since) = request.since {
            chosen.retain(|id| {
                commits.read.get(id).is_some_and(|commit| commit.committed.unwrap_or_default() >= since)
            });
        }
        let graph = commits.graph(&chosen);
        let chosen_in = |graph: &Graph| {
            let mut marks = vec![false; graph.len()];
            for index in chosen.iter().filter_map(|id| graph.find(*id)) {
                if let Some(mark) = marks.get_mut(index) {
                    *mark = true;
                }
            }
            marks
        };
        let mut trees = Stored::new(store);
        let mut blobs = Vec::new();
        let order = graph.in_order(&chosen_in(&graph));
        let complete = story::brought(&graph, &order, &mut trees, &stopped, &mut |blob| blobs.push(blob));
        if !complete {
            history.unread.push(Unread::TooMany);
        }
        let hits = self.look(blobs, request, wanted, &mut history);
        if !hits.is_empty() {
            // Only now it is worth the time to find out which references have it.
            let tips = tips(&commits, &mut |error| history.unread.push(Unread::Git(error)));
            commits.all(tips::commits(&tips), &stopped);
            let graph = commits.graph(&chosen);
            let past = Story { graph: &graph, tips: &tips, head: self.head_tree(&graph), stopped: &stopped };
            let order = graph.in_order(&chosen_in(&graph));
            let told = past.places(&order, false, &mut trees, &|id| hits.get(&id).cloned());
            history.places = told.places;
        }
        for (id, error) in commits.failed {
            history.unread.push(Unread::Object { id, error, with: 0 });
        }
        for (id, (_, error)) in trees.failed {
            history.missing_or(id, error, store.is_partial());
        }
        Ok(history)
    }

    /// Shows blobs to `wanted`, and returns those that it picks, and those that can't be read with the reason.
    fn look(
        &self,
        mut blobs: Vec<ObjectId>,
        request: &HistoryRequest<'_>,
        wanted: &Wanted<'_>,
        history: &mut History,
    ) -> BTreeMap<ObjectId, Option<ObjectError>> {
        blobs.sort_unstable();
        blobs.dedup();
        let is_partial = self.store.is_partial();
        let mut hits = BTreeMap::new();
        let mut alone = blobs;
        if alone.len() >= MANY {
            let mut objects = Objects::list(&self.store);
            let asked = Marks::new(&objects.catalog);
            alone.retain(|id| {
                let number = objects.catalog.find(id);
                number.map(|number| asked.mark(number));
                number.is_none()
            });
            let picked = Marks::new(&objects.catalog);
            let (seen, limit) = (Marks::new(&objects.catalog), request.max_size);
            objects.visit(
                &[Kind::Blob],
                Some(&|number| asked.has(number)),
                limit,
                request.stopped,
                &|_, number, met| match met {
                    Met::Bytes(bytes) => {
                        seen.mark(number);
                        let hit = wanted(bytes);
                        if hit {
                            picked.mark(number);
                        }
                        hit
                    }
                    Met::TooLarge(_) => false,
                },
            );
            let all = (0..u32::try_from(objects.catalog.len()).unwrap_or(u32::MAX))
                .filter(|number| asked.has(*number));
            for (number, id) in all.filter_map(|number| Some((number, objects.catalog.id(number)?))) {
                if picked.has(number) {
                    hits.insert(id, None);
                } else if !seen.has(number) {
                    alone.push(id);
                }
            }
        }
        let stopped = AtomicBool::new(false);
        let outcomes: Vec<_> = alone
            .par_iter()
            .filter(|_| {
                if (request.stopped)() {
                    stopped.store(true, Ordering::Relaxed);
                }
                !stopped.load(Ordering::Relaxed)
            })
            .map(|id| (*id, self.blob(*id, request.max_size).map(|bytes| wanted(bytes.expose()))))
            .collect();
        for (id, outcome) in outcomes {
            match outcome {
                Ok(false) => {}
                Ok(true) => drop(hits.insert(id, None)),
                Err(ObjectError::Missing) if is_partial => {
                    history.promised = history.promised.saturating_add(1);
                }
                Err(error) => drop(hits.insert(id, Some(error))),
            }
        }
        hits
    }

    /// Returns the tree of the commit that is checked out.
    fn head_tree(&self, graph: &Graph) -> Option<ObjectId> {
        let head = refs::head(&self.places, self.store.format()).ok()??;
        graph.find(head).and_then(|head| graph.node(head)).map(|head| head.tree)
    }
}

impl History {
    fn missing_or(&mut self, id: ObjectId, error: ObjectError, is_partial: bool) {
        if is_partial && error == ObjectError::Missing {
            self.promised = self.promised.saturating_add(1);
        } else {
            self.unread.push(Unread::Object { id, error, with: 0 });
        }
    }
}

/// Sorts what can't be read, with no more objects than anybody would read.
fn listed(mut unread: Vec<Unread>) -> Vec<Unread> {
    unread.sort_by_cached_key(Unread::to_string);
    unread.dedup();
    let (objects, mut listed): (Vec<Unread>, Vec<Unread>) = unread
        .into_iter()
        .partition(|unread| matches!(unread, Unread::Object { .. } | Unread::Parent { .. }));
    let more = objects.len().saturating_sub(LISTED);
    listed.extend(objects.into_iter().take(LISTED));
    listed.extend((more > 0).then_some(Unread::More(more)));
    listed
}
