//! The whole history, in the order in which it is stored.
//!
//! Owns: one pass over all blobs, one over all trees, one over all commits, and where something was found a second one over
//! the trees that lead to it. Does not own: reading objects (see `objects`), the life of a blob (see `story`).

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use super::super::id::ObjectId;
use super::super::object::{Commit, EntryKind, Kind, LARGEST_TREE, ObjectError, visit_tree};
use super::super::{Repository, refs};
use super::catalog::Marks;
use super::changes::Item;
use super::graph::Graph;
use super::objects::Objects;
use super::story::Story;
use super::sweep::Met;
use super::tips::tips;
use super::trees::{Leading, items};
use super::{History, HistoryRequest, Place, Unread, Wanted};

impl Repository {
    /// Returns what was found in everything that references reach.
    pub(super) fn whole(
        &self,
        request: &HistoryRequest<'_>,
        cut: &HashSet<ObjectId>,
        wanted: &Wanted<'_>,
    ) -> History {
        let store = &self.store;
        let mut history = History::default();
        let mut objects = Objects::list(store);
        let hits = Marks::new(&objects.catalog);
        let too_large = Mutex::new(BTreeMap::new());
        objects.visit(&[Kind::Blob], None, request.max_size, request.stopped, &|_, number, met| {
            let hit = match met {
                Met::Bytes(bytes) => wanted(bytes),
                Met::TooLarge(size) => {
                    too_large.lock().unwrap_or_else(PoisonError::into_inner).insert(number, size);
                    true
                }
            };
            if hit {
                hits.mark(number);
            }
            hit
        });
        let too_large = too_large.into_inner().unwrap_or_else(PoisonError::into_inner);
        let is_partial = store.is_partial();
        let mut survey = survey(&mut objects, &hits, request, !hits.is_empty());
        if hits.is_empty() && !survey.missing.is_empty() && !is_partial {
            survey = self::survey(&mut objects, &hits, request, true);
        }
        let mut missing = survey.missing;
        if is_partial {
            history.promised = missing.len();
            missing.clear();
        }
        let graph = Graph::new(commits(&mut objects, request), cut);
        let references =
            refs::all(&self.places, store.format(), &mut |error| history.unread.push(Unread::Git(error)));
        let is_commit = |id| graph.find(id).is_some();
        let tips = tips(store, &references, &is_commit, &mut |error| history.unread.push(Unread::Git(error)));
        let named = super::tips::commits(&tips).filter_map(|id| graph.find(id));
        let chosen = if request.unreachable { vec![true; graph.len()] } else { graph.reached(named) };
        for node in (0..graph.len())
            .filter(|index| chosen.get(*index) == Some(&true))
            .filter_map(|index| graph.node(index))
        {
            let parents =
                node.missing.iter().map(|parent| Unread::Parent { child: node.id, parent: *parent });
            history.unread.extend(parents);
            if objects.catalog.find(&node.tree).is_none() && !is_empty_tree(node.tree, store.format()) {
                history.missing_or(node.tree, ObjectError::Missing, is_partial);
            }
        }
        if !(hits.is_empty() && missing.is_empty()) {
            let mut leading = leading(&mut objects, &hits, &missing, &survey.folders, request, self);
            let catalog = Arc::clone(&objects.catalog);
            let error = |id: ObjectId| match catalog.find(&id) {
                Some(number) => too_large.get(&number).map(|size| ObjectError::TooLarge { size: *size }),
                None => Some(ObjectError::Missing),
            };
            let is_asked = |id: ObjectId| match catalog.find(&id) {
                Some(number) => hits.has(number),
                None => missing.contains(&id),
            };
            let past = Story {
                graph: &graph,
                tips: &tips,
                head: self.head_tree(&graph),
                stopped: &|| (request.stopped)(),
            };
            let order = graph.in_order(&chosen);
            let asked = |id| is_asked(id).then(|| error(id));
            let told = past.places(&order, true, &mut leading, &asked);
            history.places = told.places;
            history.unread.extend((!told.is_complete).then_some(Unread::TooMany));
            if request.unreachable {
                history.places.extend(strays(&objects, &hits, &history.places, &error));
            }
        }
        history.unread.append(&mut objects.finish());
        history
    }
}

/// Returns blobs that were found and are in no commit and no tag.
fn strays(
    objects: &Objects<'_>,
    hits: &Marks,
    places: &[Place],
    error: &dyn Fn(ObjectId) -> Option<ObjectError>,
) -> Vec<Place> {
    let known: HashSet<ObjectId> = places.iter().map(|place| place.blob).collect();
    let all = 0..u32::try_from(objects.catalog.len()).unwrap_or(u32::MAX);
    let found = all.filter(|number| hits.has(*number)).filter_map(|number| objects.catalog.id(number));
    let strays = found.filter(|id| !known.contains(id)).map(|id| Place {
        path: id.to_string().into_bytes(),
        blob: id,
        error: error(id),
        commit: None,
        author_time: None,
        removed_by: None,
        in_head: false,
        refs: Arc::default(),
        still_on: Arc::default(),
    });
    strays.collect()
}

fn is_empty_tree(id: ObjectId, format: super::super::ObjectFormat) -> bool {
    format.hash(&[b"tree 0\0"]) == id
}

/// What one pass over all trees tells.
struct Survey {
    /// What trees name and nobody has.
    missing: HashSet<ObjectId>,
    /// For each tree its number, how many folders it has, and their numbers; if that was asked for. A tree with something
    /// that is asked for names itself.
    folders: Vec<u32>,
}

/// Reads all trees: is what they name there? With `folders` also: which trees lead to which?
fn survey(objects: &mut Objects<'_>, hits: &Marks, request: &HistoryRequest<'_>, folders: bool) -> Survey {
    let format = objects.format();
    let found = Mutex::new(Survey { missing: HashSet::new(), folders: Vec::new() });
    let damaged = Mutex::new(Vec::new());
    let catalog = Arc::clone(&objects.catalog);
    objects.visit(&[Kind::Tree], None, LARGEST_TREE, request.stopped, &|_, number, met| {
        let Met::Bytes(bytes) = met else { return false };
        let (mut below, mut missing) = (Vec::new(), Vec::new());
        let whole = visit_tree(format, bytes, &mut |_, kind, id| match (kind, catalog.find(&id)) {
            (EntryKind::Submodule, _) => {}
            (_, None) => missing.push(id),
            (EntryKind::Folder, Some(folder)) => below.push(folder),
            (_, Some(blob)) if hits.has(blob) => below.push(number),
            _ => {}
        });
        if whole.is_none() {
            damaged.lock().unwrap_or_else(PoisonError::into_inner).push(number);
        }
        if !missing.is_empty() {
            below.push(number);
        }
        if folders && !below.is_empty() || !missing.is_empty() {
            let mut found = found.lock().unwrap_or_else(PoisonError::into_inner);
            found.missing.extend(missing.into_iter().filter(|id| !is_empty_tree(*id, format)));
            if folders {
                found.folders.extend([number, u32::try_from(below.len()).unwrap_or(u32::MAX)]);
                found.folders.append(&mut below);
            }
        }
        false
    });
    let damaged = damaged.into_inner().unwrap_or_else(PoisonError::into_inner);
    for id in damaged.into_iter().filter_map(|number| catalog.id(number)) {
        let error = ObjectError::Corrupt("its entries are damaged");
        objects.unread.push(Unread::Object { id, error, with: 0 });
    }
    found.into_inner().unwrap_or_else(PoisonError::into_inner)
}

/// Reads the trees that lead to something that is asked for, in one step or several.
fn leading(
    objects: &mut Objects<'_>,
    hits: &Marks,
    missing: &HashSet<ObjectId>,
    folders: &[u32],
    request: &HistoryRequest<'_>,
    repository: &Repository,
) -> Leading {
    let catalog = Arc::clone(&objects.catalog);
    let marks = Marks::new(&catalog);
    // Whatever the order is, as many rounds are enough as folders are deep in each other.
    loop {
        let (mut rest, mut grew) = (folders, false);
        while let [tree, count, behind @ ..] = rest {
            let count = usize::try_from(*count).unwrap_or(usize::MAX);
            let (below, behind) = behind.split_at_checked(count).unwrap_or((behind, &[]));
            if !marks.has(*tree) && below.iter().any(|folder| folder == tree || marks.has(*folder)) {
                grew |= marks.mark(*tree);
            }
            rest = behind;
        }
        if !grew {
            break;
        }
    }
    let format = objects.format();
    let known: Mutex<HashMap<ObjectId, Arc<[Item]>>> = Mutex::default();
    let wrong = Mutex::new(Vec::new());
    objects.visit(
        &[Kind::Tree],
        Some(&|number| marks.has(number)),
        LARGEST_TREE,
        request.stopped,
        &|_, number, met| {
            let (Met::Bytes(bytes), Some(id)) = (met, catalog.id(number)) else { return false };
            let size = bytes.len().to_string();
            // A tree that names itself can't be, unless its contents don't match its name.
            if format.hash(&[b"tree ", size.as_bytes(), b"\0", bytes]) != id {
                wrong.lock().unwrap_or_else(PoisonError::into_inner).push(id);
                return false;
            }
            let items = items(&repository.store, bytes, &mut |kind, id| match catalog.find(&id) {
                Some(number) if kind == EntryKind::Folder => marks.has(number),
                Some(number) => hits.has(number),
                None => missing.contains(&id),
            });
            let items = items.unwrap_or_default();
            // A folder that is missing is as good as a file that is.
            let is_there = |item: &Item| catalog.find(&item.id).is_some();
            let items =
                items.iter().map(|item| Item { is_folder: item.is_folder && is_there(item), ..item.clone() });
            known.lock().unwrap_or_else(PoisonError::into_inner).insert(id, items.collect());
            false
        },
    );
    for id in wrong.into_inner().unwrap_or_else(PoisonError::into_inner) {
        let error = ObjectError::Corrupt("its contents don't match its name");
        objects.unread.push(Unread::Object { id, error, with: 0 });
    }
    Leading(known.into_inner().unwrap_or_else(PoisonError::into_inner))
}

/// Reads all commits.
fn commits(objects: &mut Objects<'_>, request: &HistoryRequest<'_>) -> Vec<(ObjectId, Commit)> {
    let format = objects.format();
    let catalog = Arc::clone(&objects.catalog);
    let (found, damaged) = (Mutex::new(Vec::new()), Mutex::new(Vec::new()));
    objects.visit(&[Kind::Commit], None, LARGEST_TREE, request.stopped, &|_, number, met| {
        let (Met::Bytes(bytes), Some(id)) = (met, catalog.id(number)) else { return false };
        match Commit::parse(format, bytes) {
            Some(commit) => found.lock().unwrap_or_else(PoisonError::into_inner).push((id, commit)),
            None => damaged.lock().unwrap_or_else(PoisonError::into_inner).push(id),
        }
        false
    });
    for id in damaged.into_inner().unwrap_or_else(PoisonError::into_inner) {
        let error = ObjectError::Corrupt("it is not a commit");
        objects.unread.push(Unread::Object { id, error, with: 0 });
    }
    found.into_inner().unwrap_or_else(PoisonError::into_inner)
}
