//! Commits and their parents.
//!
//! Owns: the graph, what reaches what, and an order in which parents come before their children. Does not own: trees.

use std::collections::{BinaryHeap, HashMap, HashSet};

use super::super::id::ObjectId;
use super::super::object::Commit;

/// A commit with its parents as positions in the graph.
pub(super) struct Node {
    pub(super) id: ObjectId,
    pub(super) tree: ObjectId,
    pub(super) parents: Vec<usize>,
    pub(super) authored: Option<i64>,
    pub(super) committed: i64,
    /// Parents that are missing.
    pub(super) missing: Vec<ObjectId>,
}

/// All commits, by name.
#[derive(Default)]
pub(super) struct Graph {
    nodes: Vec<Node>,
    by_id: HashMap<ObjectId, usize>,
}

impl Graph {
    /// Puts commits together. Those that `cut` names have no parents, as in a shallow clone.
    pub(super) fn new(mut commits: Vec<(ObjectId, Commit)>, cut: &HashSet<ObjectId>) -> Self {
        commits.sort_unstable_by_key(|(id, _)| *id);
        commits.dedup_by_key(|(id, _)| *id);
        let by_id: HashMap<ObjectId, usize> = commits.iter().map(|(id, _)| *id).zip(0..).collect();
        let node = |(id, commit): (ObjectId, Commit)| {
            let named = if cut.contains(&id) { Vec::new() } else { commit.parents };
            let mut node = Node {
                id,
                tree: commit.tree,
                parents: Vec::new(),
                authored: commit.authored,
                committed: commit.committed.unwrap_or_default(),
                missing: Vec::new(),
            };
            for parent in named {
                match by_id.get(&parent) {
                    Some(parent) => node.parents.push(*parent),
                    None => node.missing.push(parent),
                }
            }
            node
        };
        Self { nodes: commits.into_iter().map(node).collect(), by_id }
    }

    pub(super) fn len(&self) -> usize {
        self.nodes.len()
    }

    pub(super) fn find(&self, id: ObjectId) -> Option<usize> {
        self.by_id.get(&id).copied()
    }

    pub(super) fn node(&self, index: usize) -> Option<&Node> {
        self.nodes.get(index)
    }

    /// Returns what `tips` reach, themselves included.
    pub(super) fn reached(&self, tips: impl IntoIterator<Item = usize>) -> Vec<bool> {
        let mut reached = vec![false; self.nodes.len()];
        let mut waiting: Vec<usize> = tips.into_iter().collect();
        while let Some(index) = waiting.pop() {
            if let Some(mark) = reached.get_mut(index).filter(|mark| !**mark) {
                *mark = true;
                waiting.extend(self.node(index).map(|node| node.parents.as_slice()).unwrap_or_default());
            }
        }
        reached
    }

    /// Returns the chosen commits, parents before children and the older before the newer, as `git log --date-order` has
    /// them from its end.
    pub(super) fn in_order(&self, chosen: &[bool]) -> Vec<usize> {
        let is_chosen = |index: usize| chosen.get(index).is_some_and(|chosen| *chosen);
        let mut children = vec![0_usize; self.nodes.len()];
        for node in self.nodes.iter().zip(chosen).filter(|(_, chosen)| **chosen).map(|(node, _)| node) {
            for parent in &node.parents {
                if let Some(count) = children.get_mut(*parent) {
                    *count = count.saturating_add(1);
                }
            }
        }
        let key = |index: usize| self.node(index).map(|node| (node.committed, node.id, index));
        let mut ready: BinaryHeap<_> = children
            .iter()
            .enumerate()
            .filter(|(index, count)| **count == 0 && is_chosen(*index))
            .filter_map(|(index, _)| key(index))
            .collect();
        let mut order = Vec::new();
        while let Some((_, _, index)) = ready.pop() {
            order.push(index);
            for parent in self.node(index).map(|node| node.parents.as_slice()).unwrap_or_default() {
                if let Some(count) = children.get_mut(*parent) {
                    *count = count.saturating_sub(1);
                    if *count == 0 && is_chosen(*parent) {
                        ready.extend(key(*parent));
                    }
                }
            }
        }
        order.reverse();
        order
    }

    /// Returns for each commit which of up to 64 sets of commits it has among its ancestors, itself included. `order` has
    /// parents before children.
    pub(super) fn descendants(&self, order: &[usize], sets: &[Vec<usize>]) -> Vec<u64> {
        let mut masks = vec![0_u64; self.nodes.len()];
        for (set, bit) in sets.iter().zip(0_u32..64) {
            for index in set {
                if let Some(mask) = masks.get_mut(*index) {
                    *mask |= 1 << bit;
                }
            }
        }
        for index in order {
            let parents = self.node(*index).map(|node| node.parents.as_slice()).unwrap_or_default();
            let inherited =
                parents.iter().filter_map(|parent| masks.get(*parent)).fold(0, |all, mask| all | mask);
            if let Some(mask) = masks.get_mut(*index) {
                *mask |= inherited;
            }
        }
        masks
    }
}
