//! What a commit brings and takes away, seen from its parents.
//!
//! Owns: walking trees side by side, passing over what is equal. Does not own: reading trees, what a change means.

use std::sync::Arc;

use super::super::id::ObjectId;

/// No path is longer, in bytes.
const LONGEST_PATH: usize = 64 * 1024;

/// An entry of a tree.
#[derive(Clone, Debug)]
pub(super) struct Item {
    pub(super) name: Box<[u8]>,
    pub(super) id: ObjectId,
    /// Whether it is a folder that can be entered.
    pub(super) is_folder: bool,
}

/// Takes in what happens to a blob at a path. Returns false to end.
pub(super) type Told<'t> = dyn FnMut(&[u8], ObjectId, Change) -> bool + 't;

/// Where trees come from: sorted by name, without commits of other repositories.
pub(super) trait Trees {
    /// Returns the entries of a tree. What can't be read is empty, and told elsewhere.
    fn entries(&mut self, id: ObjectId, path: &[u8]) -> Arc<[Item]>;
}

/// What happens to a blob at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Change {
    /// It is new against every parent.
    Brought,
    /// Every parent has it.
    Removed,
    /// Some parent has it, as where a side branch is merged without what it brings.
    Dropped,
}

/// Compares the tree of a commit with those of its parents. Where `all` is false, what some parent has as it is isn't
/// entered, so that a merge is quickly compared and nothing is told to be dropped. `told` gives false to end.
pub(super) fn changes(
    tree: Option<ObjectId>,
    parents: &[Option<ObjectId>],
    all: bool,
    trees: &mut dyn Trees,
    told: &mut Told<'_>,
) {
    let mut waiting = vec![(Vec::new(), tree, parents.to_vec())];
    while let Some((path, tree, parents)) = waiting.pop() {
        let is_same = |parent: &Option<ObjectId>| *parent == tree;
        let pruned = if all { parents.iter().all(is_same) } else { parents.iter().any(is_same) };
        if pruned && !parents.is_empty() || path.len() > LONGEST_PATH {
            continue;
        }
        let mut read = |id: &Option<ObjectId>| id.map(|id| trees.entries(id, &path));
        let own = read(&tree);
        let listings: Vec<_> = parents.iter().map(read).collect();
        let mut sides: Vec<&[Item]> =
            std::iter::once(&own).chain(&listings).map(|side| side.as_deref().unwrap_or_default()).collect();
        // The sides are sorted: whatever has the smallest name is taken from all of them.
        while let Some(name) = sides.iter().filter_map(|side| side.first()).map(|item| &*item.name).min() {
            let items: Vec<Option<&Item>> = sides
                .iter_mut()
                .map(|side| {
                    let (first, rest) = side.split_first().filter(|(first, _)| &*first.name == name)?;
                    *side = rest;
                    // A damaged tree may have a name twice.
                    while let Some((_, behind)) = side.split_first().filter(|(next, _)| &*next.name == name) {
                        *side = behind;
                    }
                    Some(first)
                })
                .collect();
            let Some((mine, theirs)) = items.split_first() else { break };
            let mut below = path.clone();
            if !below.is_empty() {
                below.push(b'/');
            }
            below.extend_from_slice(name);
            if !compare(*mine, theirs, &below, told) {
                return;
            }
            let folder = |item: Option<&Item>| item.filter(|item| item.is_folder).map(|item| item.id);
            if items.iter().any(|item| folder(*item).is_some()) {
                waiting.push((below, folder(*mine), theirs.iter().copied().map(folder).collect()));
            }
        }
    }
}

fn compare(mine: Option<&Item>, theirs: &[Option<&Item>], path: &[u8], told: &mut Told<'_>) -> bool {
    let blob = |item: Option<&Item>| item.filter(|item| !item.is_folder).map(|item| item.id);
    let own = blob(mine);
    let mut their: Vec<ObjectId> = theirs.iter().copied().filter_map(blob).collect();
    if let Some(id) = own.filter(|id| !their.contains(id))
        && !told(path, id, Change::Brought)
    {
        return false;
    }
    let count = their.len();
    their.sort_unstable();
    let all_alike = count == theirs.len() && their.first() == their.last();
    their.dedup();
    their
        .into_iter()
        .filter(|id| Some(*id) != own)
        .all(|id| told(path, id, if all_alike { Change::Removed } else { Change::Dropped }))
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::super::super::id::ObjectFormat;
    use super::*;

    struct Known(HashMap<ObjectId, Arc<[Item]>>);

    impl Trees for Known {
        fn entries(&mut self, id: ObjectId, _: &[u8]) -> Arc<[Item]> {
            self.0.get(&id).cloned().unwrap_or_default()
        }
    }

    fn id(text: &str) -> ObjectId {
        ObjectFormat::Sha1.hash(&[text.as_bytes()])
    }

    impl Known {
        /// A tree as `name=contents` or `name/tree`, separated by spaces.
        fn tree(&mut self, text: &str) -> ObjectId {
            let item = |word: &str| {
                let (name, rest) = word.split_once(['=', '/']).unwrap();
                Item { name: name.as_bytes().into(), id: id(rest), is_folder: word.contains('/') }
            };
            self.0.insert(id(text), text.split_whitespace().map(item).collect());
            id(text)
        }
    }

    #[test]
    fn a_commit_brings_what_no_parent_has_and_removes_what_all_have() {
        let mut trees = Known(HashMap::new());
        for (tree, parents, all, expected) in [
            ("a=1 b=2", &[][..], true, &["a=1 Brought", "b=2 Brought"][..]),
            ("a=1", &["a=1"], true, &[]),
            ("a=2", &["a=1"], true, &["a=2 Brought", "a=1 Removed"]),
            ("", &["a=1 b=2"], true, &["a=1 Removed", "b=2 Removed"]),
            ("a=1", &["a=1", ""], true, &[]),
            ("", &["a=1", ""], true, &["a=1 Dropped"]),
            ("", &["a=1", ""], false, &[]),
            ("a=3", &["a=1", "a=2"], true, &["a=3 Brought", "a=1 Dropped", "a=2 Dropped"]),
            ("", &["a=1", "a=1"], true, &["a=1 Removed"]),
            ("a=1", &["b=1"], true, &["a=1 Brought", "b=1 Removed"]),
        ] {
            let own = trees.tree(tree);
            let parents: Vec<_> = parents.iter().map(|parent| Some(trees.tree(parent))).collect();
            let mut found = Vec::new();
            changes(Some(own), &parents, all, &mut trees, &mut |path, blob, change| {
                let number = (1..4).find(|number| id(&number.to_string()) == blob).unwrap();
                found.push(format!("{}={number} {change:?}", String::from_utf8_lossy(path)));
                true
            });
            assert_eq!(found, expected, "{tree} {parents:?}");
        }
    }
}
