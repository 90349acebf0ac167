//! What a commit would bring: entries of the index that no parent has.
//!
//! Owns: comparing the index with the trees of all parents, and reading what is new. Does not own: the index, objects.

use std::ops::Range;
use std::path::PathBuf;

use super::id::ObjectId;
use super::index::{Index, IndexEntry};
use super::object::{EntryKind, Kind, LARGEST_TREE, ObjectError, Tree, tree_of_commit};
use super::store::Store;
use super::{GitError, Repository, refs};
use crate::secret::Secret;

/// As many entries of trees are looked at in folders that the index has as a whole. Trees can name each other so that a
/// few of them stand for more files than there is time.
const MOST_ENTRIES: usize = 5_000_000;

/// A path that is staged and that no parent has with the same contents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The path in the repository, as git has it: any bytes but zero.
    pub path: Vec<u8>,
    /// 0, or in a conflict 1 for the common ancestor, 2 for ours and 3 for theirs.
    pub stage: u8,
    item: Item,
}

impl Change {
    /// Returns the path in the repository as one of the system.
    pub fn system_path(&self) -> PathBuf {
        super::system_path(&self.path)
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Item {
    File(ObjectId),
    Link(ObjectId),
    Submodule,
    /// A folder whose tree can't be read.
    Folder(ObjectError),
}

/// What is staged at a path.
#[derive(Debug)]
pub enum What {
    /// The contents of a file; for a file in Git LFS those of the pointer.
    File(Secret<Vec<u8>>),
    /// The target of a symbolic link, which can be any contents: with `core.symlinks=false` it is a file in the folder.
    Link(Secret<Vec<u8>>),
    /// A commit of another repository.
    Submodule,
    /// A file that is larger than the limit and was not read.
    TooLarge,
    /// An object that can't be read: of the file at this path, or the tree of a folder, with an empty path for the
    /// uppermost one. What is in such a folder counts as new.
    Unreadable(ObjectError),
}

impl Repository {
    /// Returns what is staged and differs from every parent, by path: from `HEAD`, and in a merge from all commits that
    /// are merged, too. On an unborn branch that is everything. An entry of which only the mode differs doesn't count,
    /// nor one that `git add --intent-to-add` made.
    ///
    /// # Errors
    ///
    /// When the index, a reference or the commit of a parent can't be read.
    pub fn changes(&self) -> Result<Vec<Change>, GitError> {
        let index = self.index()?;
        let format = self.store.format();
        let head = refs::head(&self.places, format)?;
        let mut merged = refs::merge_heads(&self.places, format)?;
        if merged.is_empty() {
            // A variable may be left over from another repository.
            let named =
                self.places.merge_heads.iter().filter_map(|hex| ObjectId::from_hex(format, hex.as_bytes()));
            merged.extend(named.filter(|id| self.store.read_kind(*id, Kind::Commit, LARGEST_TREE).is_ok()));
        }
        let tree = |id: ObjectId| {
            let failed = |error| GitError::Commit { id, error };
            let commit = self.store.read_kind(id, Kind::Commit, LARGEST_TREE).map_err(failed)?;
            let damaged = ObjectError::Corrupt("it names no tree");
            tree_of_commit(format, commit.expose()).ok_or_else(|| failed(damaged))
        };
        let parents = head.into_iter().chain(merged).map(tree).collect::<Result<_, _>>()?;
        let mut comparison =
            Comparison { index: &index, store: &self.store, changes: Vec::new(), looked_at: 0 };
        comparison.run(parents);
        let mut changes = comparison.changes;
        changes.sort_by(|one, other| (&one.path, one.stage).cmp(&(&other.path, other.stage)));
        changes.dedup();
        Ok(changes)
    }

    /// Reads the file that is staged at `path`, which need not differ from any parent.
    pub fn staged(&self, path: &[u8], limit_bytes: u64) -> Option<Secret<Vec<u8>>> {
        let index = self.index().ok()?;
        let is_meant = |entry: &&IndexEntry| {
            entry.stage == 0 && entry.kind == EntryKind::File && index.entries.path(entry) == path
        };
        let entry = index.entries.as_slice().iter().find(is_meant)?;
        self.store.read_kind(entry.id, Kind::Blob, limit_bytes).ok()
    }

    /// Reads what is staged at one of the paths that [`Repository::changes`] returned.
    pub fn read(&self, change: &Change, limit_bytes: u64) -> What {
        let read = |id: ObjectId| self.store.read_kind(id, Kind::Blob, limit_bytes);
        let outcome = match &change.item {
            Item::File(id) => read(*id).map(What::File),
            Item::Link(id) => read(*id).map(What::Link),
            Item::Submodule => Ok(What::Submodule),
            Item::Folder(error) => Err(error.clone()),
        };
        outcome.unwrap_or_else(|error| match error {
            ObjectError::TooLarge { .. } => What::TooLarge,
            error => What::Unreadable(error),
        })
    }
}

/// The trees that the parents have at a path; `None` for one that has no folder there.
type Parents = Vec<Option<ObjectId>>;

/// What the parents have in a folder, one after the other.
type Listings = Vec<Tree>;

struct Comparison<'r> {
    index: &'r Index,
    store: &'r Store,
    changes: Vec<Change>,
    looked_at: usize,
}

/// A folder that is still to be compared.
enum Folder {
    Index {
        entries: Range<usize>,
        /// The length of the folder's path, with the slash at its end.
        prefix: usize,
        /// The folder among the trees that the index knows.
        node: Option<usize>,
        parents: Parents,
    },
    /// One that the index has as a tree.
    Tree { path: Vec<u8>, id: ObjectId, parents: Parents },
}

impl Comparison<'_> {
    fn run(&mut self, parents: Vec<ObjectId>) {
        let mut waiting = vec![Folder::Index {
            entries: 0..self.index.entries.as_slice().len(),
            prefix: 0,
            node: self.index.tree.root(),
            parents: parents.into_iter().map(Some).collect(),
        }];
        // No recursion: a path can have more folders than the stack has room for.
        while let Some(folder) = waiting.pop() {
            match folder {
                Folder::Index { entries, prefix, node, parents } => {
                    self.index_folder(entries, prefix, node, &parents, &mut waiting);
                }
                Folder::Tree { path, id, parents } => self.tree_folder(&path, id, &parents, &mut waiting),
            }
        }
    }

    fn index_folder(
        &mut self,
        entries: Range<usize>,
        prefix: usize,
        node: Option<usize>,
        parents: &Parents,
        waiting: &mut Vec<Folder>,
    ) {
        let index = self.index;
        let known = node.and_then(|node| index.tree.known(node));
        let known = known.filter(|(count, _)| *count == entries.len()).map(|(_, id)| id);
        if known.is_some_and(|id| parents.contains(&Some(id))) {
            return;
        }
        let all = index.entries.as_slice().get(entries.clone()).unwrap_or_default();
        let path = all.first().and_then(|entry| index.entries.path(entry).get(..prefix)).unwrap_or_default();
        let listings = self.listings(path, parents);
        let nodes = node.map(|node| index.tree.folders(node)).unwrap_or_default();
        let mut position = 0_usize;
        while let Some((entry, rest)) = all.get(position..).and_then(<[_]>::split_first) {
            let path = index.entries.path(entry);
            let name = path.get(prefix..).unwrap_or_default();
            let slash = memchr::memchr(b'/', name);
            let (name, below) = slash.and_then(|at| name.split_at_checked(at)).unwrap_or((name, b""));
            let length = prefix.saturating_add(name.len()).saturating_add(1);
            let start = position;
            position = position.saturating_add(1);
            if below.is_empty() {
                self.compare(path, entry.stage, entry.kind, entry.id, name, &listings, entry.intent_to_add);
            } else if entry.kind == EntryKind::Folder && (below == b"/" || listings.is_empty()) {
                waiting.push(Folder::Tree {
                    path: path.to_vec(),
                    id: entry.id,
                    parents: folders(&listings, name),
                });
            } else if listings.is_empty() {
                // Nothing to compare with: the rest of the folder needs no look at its structure.
                self.compare(path, entry.stage, entry.kind, entry.id, name, &listings, entry.intent_to_add);
            } else {
                let folder = path.get(..length).unwrap_or(path);
                position = position.saturating_add(
                    rest.partition_point(|entry| index.entries.path(entry).starts_with(folder)),
                );
                waiting.push(Folder::Index {
                    entries: entries.start.saturating_add(start)..entries.start.saturating_add(position),
                    prefix: length,
                    node: nodes.get(name).copied(),
                    parents: folders(&listings, name),
                });
            }
        }
    }

    fn tree_folder(&mut self, path: &[u8], id: ObjectId, parents: &Parents, waiting: &mut Vec<Folder>) {
        if parents.contains(&Some(id)) {
            return;
        }
        let tree = match self.tree(id) {
            Ok(tree) if self.looked_at.saturating_add(tree.iter().len()) <= MOST_ENTRIES => tree,
            Ok(_) => {
                return self.unreadable(path, ObjectError::Corrupt("it contains more than 5,000,000 files"));
            }
            Err(error) => return self.unreadable(path, error),
        };
        self.looked_at = self.looked_at.saturating_add(tree.iter().len());
        let listings = self.listings(path, parents);
        for (name, kind, id) in tree.iter() {
            let mut path = [path, name].concat();
            if kind == EntryKind::Folder {
                path.push(b'/');
                waiting.push(Folder::Tree { path, id, parents: folders(&listings, name) });
            } else {
                self.compare(&path, 0, kind, id, name, &listings, false);
            }
        }
    }

    /// Takes an entry that no parent has.
    #[expect(clippy::too_many_arguments, reason = "an entry of an index and one of a tree share no type")]
    fn compare(
        &mut self,
        path: &[u8],
        stage: u8,
        kind: EntryKind,
        id: ObjectId,
        name: &[u8],
        listings: &Listings,
        intent_to_add: bool,
    ) {
        if intent_to_add || listings.iter().any(|listing| listing.get(name) == Some((kind, id))) {
            return;
        }
        let item = match kind {
            EntryKind::File => Item::File(id),
            EntryKind::Link => Item::Link(id),
            EntryKind::Submodule => Item::Submodule,
            EntryKind::Folder => Item::Folder(ObjectError::Kind),
        };
        self.changes.push(Change { path: path.to_vec(), stage, item });
    }

    fn unreadable(&mut self, path: &[u8], error: ObjectError) {
        self.changes.push(Change { path: path.to_vec(), stage: 0, item: Item::Folder(error) });
    }

    /// Reads the trees of the parents. One without a tree here has nothing to compare with, and is left out.
    fn listings(&mut self, path: &[u8], parents: &Parents) -> Listings {
        let mut listings = Vec::new();
        for id in parents.iter().flatten() {
            match self.tree(*id) {
                Ok(tree) => listings.push(tree),
                Err(error) => self.unreadable(path, error),
            }
        }
        listings
    }

    fn tree(&self, id: ObjectId) -> Result<Tree, ObjectError> {
        let tree = self.store.read_kind(id, Kind::Tree, LARGEST_TREE)?;
        Tree::parse(self.store.format(), tree).ok_or(ObjectError::Corrupt("its entries are damaged"))
    }
}

/// Returns the trees that the parents have for a folder.
fn folders(listings: &Listings, name: &[u8]) -> Parents {
    let folder =
        |listing: &Tree| listing.get(name).filter(|(kind, _)| *kind == EntryKind::Folder).map(|(_, id)| id);
    listings.iter().map(folder).collect()
}
