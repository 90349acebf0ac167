//! The life of a blob: what brought it, what removed it, and who still has it.
//!
//! Owns: putting together what commits do to the blobs that are asked for. Does not own: comparing trees, the graph.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use super::super::id::ObjectId;
use super::super::object::ObjectError;
use super::Place;
use super::changes::{Change, Trees, changes};
use super::graph::Graph;
use super::tips::{RefName, Target, Tips};
use super::trees::at;

/// As many changes are looked at. Trees can name each other so that a few of them stand for more files than there is time.
const MOST_CHANGES: u64 = 20_000_000;

/// The commits and references of a history.
pub(super) struct Story<'s> {
    pub(super) graph: &'s Graph,
    pub(super) tips: &'s Tips,
    /// The tree that is checked out.
    pub(super) head: Option<ObjectId>,
    pub(super) stopped: &'s dyn Fn() -> bool,
}

/// What became of a question.
pub(super) struct Told {
    pub(super) places: Vec<Place>,
    /// Whether all changes were looked at.
    pub(super) is_complete: bool,
}

/// What is known so far of a blob at a path.
#[derive(Default)]
struct Life {
    brought: Vec<usize>,
    removed: Option<usize>,
    dropped: Option<usize>,
    /// References to it that are no commits.
    tips: BTreeSet<RefName>,
}

/// Visits every blob that one of the commits brings. Returns false if there are too many.
pub(super) fn brought(
    graph: &Graph,
    order: &[usize],
    trees: &mut dyn Trees,
    stopped: &dyn Fn() -> bool,
    visit: &mut dyn FnMut(ObjectId),
) -> bool {
    compare(graph, order, false, trees, stopped, &mut |_, _, blob, change| {
        if change == Change::Brought {
            visit(blob);
        }
    })
}

/// Takes in what a commit does to a blob at a path.
type Happened<'h> = dyn FnMut(usize, &[u8], ObjectId, Change) + 'h;

/// Visits all changes of the commits. Returns false if there are too many.
fn compare(
    graph: &Graph,
    order: &[usize],
    all: bool,
    trees: &mut dyn Trees,
    stopped: &dyn Fn() -> bool,
    told: &mut Happened<'_>,
) -> bool {
    let mut left = MOST_CHANGES;
    for index in order {
        let Some(node) = graph.node(*index).filter(|_| !stopped()) else { return true };
        let parents: Vec<Option<ObjectId>> =
            node.parents.iter().map(|parent| graph.node(*parent).map(|parent| parent.tree)).collect();
        changes(Some(node.tree), &parents, all, trees, &mut |path, blob, change| {
            told(*index, path, blob, change);
            left = left.saturating_sub(1);
            left > 0
        });
        if left == 0 {
            return false;
        }
    }
    true
}

impl Story<'_> {
    /// Tells of the blobs that `asked` knows, each with the reason why it can't be read, what the commits in `order` do to
    /// them, parents before children.
    pub(super) fn places(
        &self,
        order: &[usize],
        all: bool,
        trees: &mut dyn Trees,
        asked: &dyn Fn(ObjectId) -> Option<Option<ObjectError>>,
    ) -> Told {
        let mut lives: HashMap<(Vec<u8>, ObjectId), Life> = HashMap::new();
        let is_complete =
            compare(self.graph, order, all, trees, self.stopped, &mut |index, path, blob, change| {
                if asked(blob).is_none() {
                    return;
                }
                let key = (path.to_vec(), blob);
                if change == Change::Brought {
                    lives.entry(key).or_default().brought.push(index);
                } else if let Some(life) = lives.get_mut(&key) {
                    // Later commits come later.
                    *if change == Change::Removed { &mut life.removed } else { &mut life.dropped } =
                        Some(index);
                }
            });
        // What some commits bring has nothing to do with tags of anything else.
        for (target, names) in self.tips.iter().filter(|_| all) {
            let mut keep = |path: &[u8], blob: ObjectId| {
                if asked(blob).is_some() {
                    let life = lives.entry((path.to_vec(), blob)).or_default();
                    life.tips.extend(names.iter().cloned());
                }
            };
            match target {
                Target::Commit(_) => {}
                Target::Tree(tree) => {
                    let mut left = MOST_CHANGES;
                    changes(Some(*tree), &[], true, trees, &mut |path, blob, _| {
                        keep(path, blob);
                        left = left.saturating_sub(1);
                        left > 0
                    });
                }
                Target::Blob(blob) => keep(blob.to_string().as_bytes(), *blob),
            }
        }
        let mut lives: Vec<_> = lives.into_iter().collect();
        lives.sort_by(|(one, _), (other, _)| one.cmp(other));
        let everything = self.graph.in_order(&vec![true; self.graph.len()]);
        let mut places = Vec::new();
        for lives in lives.chunks(64) {
            let sets: Vec<Vec<usize>> = lives.iter().map(|(_, life)| life.brought.clone()).collect();
            let masks = self.graph.descendants(&everything, &sets);
            for (((path, blob), life), bit) in lives.iter().zip(0_u32..64) {
                let error = asked(*blob).flatten();
                places.push(self.place(
                    path,
                    *blob,
                    life,
                    error,
                    &|index: usize| masks.get(index).is_some_and(|mask| mask >> bit & 1 == 1),
                    trees,
                ));
            }
        }
        Told { places, is_complete }
    }

    fn place(
        &self,
        path: &[u8],
        blob: ObjectId,
        life: &Life,
        error: Option<ObjectError>,
        reached_by: &dyn Fn(usize) -> bool,
        trees: &mut dyn Trees,
    ) -> Place {
        let (mut refs, mut still_on) = (life.tips.clone(), life.tips.clone());
        for (target, names) in self.tips {
            let Target::Commit(id) = target else { continue };
            let Some(index) = self.graph.find(*id).filter(|index| reached_by(*index)) else { continue };
            refs.extend(names.iter().cloned());
            let tree = self.graph.node(index).map(|node| node.tree);
            if tree.is_some_and(|tree| at(trees, tree, path) == Some(blob)) {
                still_on.extend(names.iter().cloned());
            }
        }
        let first = life.brought.first().and_then(|index| self.graph.node(*index));
        let removed = life.removed.or(life.dropped).and_then(|index| self.graph.node(index));
        Place {
            path: path.to_vec(),
            blob,
            error,
            commit: first.map(|node| node.id),
            author_time: first.and_then(|node| node.authored),
            removed_by: removed.map(|node| node.id),
            in_head: self.head.is_some_and(|tree| at(trees, tree, path) == Some(blob)),
            refs: refs.into_iter().collect::<Arc<[_]>>(),
            still_on: still_on.into_iter().collect::<Arc<[_]>>(),
        }
    }
}
