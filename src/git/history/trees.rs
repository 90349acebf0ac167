//! Trees as a history needs them: all of those that a range changes, or only those that lead to something found.
//!
//! Owns: both ways to read them, and what of them is missing. Does not own: comparing them.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::super::id::ObjectId;
use super::super::object::{EntryKind, Kind, LARGEST_TREE, ObjectError, visit_tree};
use super::super::store::Store;
use super::changes::{Item, Trees};

/// As many trees are kept.
const MOST_KEPT: usize = 20_000;

/// Trees that lead to what was found, with nothing else in them.
#[derive(Default)]
pub(super) struct Leading(pub(super) HashMap<ObjectId, Arc<[Item]>>);

impl Trees for Leading {
    fn entries(&mut self, id: ObjectId, _: &[u8]) -> Arc<[Item]> {
        self.0.get(&id).cloned().unwrap_or_default()
    }
}

/// Trees as the repository has them, read when they are asked for.
pub(super) struct Stored<'s> {
    store: &'s Store,
    kept: HashMap<ObjectId, Arc<[Item]>>,
    /// Trees that can't be read, with a path at which they are.
    pub(super) failed: BTreeMap<ObjectId, (Vec<u8>, ObjectError)>,
}

impl<'s> Stored<'s> {
    pub(super) fn new(store: &'s Store) -> Self {
        Self { store, kept: HashMap::new(), failed: BTreeMap::new() }
    }

    fn read(&self, id: ObjectId) -> Result<Arc<[Item]>, ObjectError> {
        let bytes = self.store.read_kind(id, Kind::Tree, LARGEST_TREE)?;
        items(self.store, bytes.expose(), &mut |_, _| true)
            .ok_or(ObjectError::Corrupt("its entries are damaged"))
    }
}

impl Trees for Stored<'_> {
    fn entries(&mut self, id: ObjectId, path: &[u8]) -> Arc<[Item]> {
        if let Some(known) = self.kept.get(&id) {
            return Arc::clone(known);
        }
        let items = self.read(id).unwrap_or_else(|error| {
            self.failed.entry(id).or_insert_with(|| (path.to_vec(), error));
            Arc::default()
        });
        if self.kept.len() >= MOST_KEPT {
            self.kept.clear();
        }
        self.kept.insert(id, Arc::clone(&items));
        items
    }
}

/// Returns what has a path in a tree.
pub(super) fn at(trees: &mut dyn Trees, tree: ObjectId, path: &[u8]) -> Option<ObjectId> {
    let mut found = (tree, true);
    for name in path.split(|byte| *byte == b'/') {
        let items = found.1.then(|| trees.entries(found.0, path))?;
        let item = items.get(items.binary_search_by(|item| (*item.name).cmp(name)).ok()?)?;
        found = (item.id, item.is_folder);
    }
    (!found.1).then_some(found.0)
}

/// Returns the entries of a tree that `wanted` picks by kind and name, sorted by name; `None` if the bytes are no tree.
/// Commits of other repositories are left out.
pub(super) fn items(
    store: &Store,
    bytes: &[u8],
    wanted: &mut dyn FnMut(EntryKind, ObjectId) -> bool,
) -> Option<Arc<[Item]>> {
    let mut items = Vec::new();
    visit_tree(store.format(), bytes, &mut |name, kind, id| {
        if kind != EntryKind::Submodule && wanted(kind, id) {
            let name = bytes.get(name).unwrap_or_default().into();
            items.push(Item { name, id, is_folder: kind == EntryKind::Folder });
        }
    })?;
    items.sort_by(|one: &Item, other| one.name.cmp(&other.name));
    Some(items.into())
}
