//! The trees that git already knows for folders of the index, so that whole folders can be compared at once.
//!
//! Owns: the extension `TREE`. Does not own: trees.

use std::collections::HashMap;

use crate::git::bytes::Cursor;
use crate::git::id::{ObjectFormat, ObjectId};

/// Folders and their trees, each folder before those in it.
#[derive(Default)]
pub(in crate::git) struct CacheTree {
    nodes: Vec<Node>,
}

struct Node {
    name: Vec<u8>,
    /// How many entries of the index are in the folder, and their tree; nothing once one of them was changed.
    known: Option<(usize, ObjectId)>,
    /// The position behind everything in the folder.
    end: usize,
}

impl CacheTree {
    /// Returns `None` if the extension is damaged.
    pub(super) fn parse(body: &[u8], format: ObjectFormat) -> Option<Self> {
        let mut cursor = Cursor::new(body);
        let mut nodes: Vec<Node> = Vec::new();
        // The folders that are not complete yet, and how many folders are to come in each.
        let mut open: Vec<(usize, usize)> = Vec::new();
        while !cursor.rest().is_empty() {
            let name = cursor.until(0)?.to_vec();
            let entries: i64 = number(cursor.until(b' ')?)?;
            let folders: usize = number(cursor.until(b'\n')?)?;
            let known = match usize::try_from(entries) {
                Ok(count) => Some((count, ObjectId::from_bytes(format, cursor.take(format.length())?)?)),
                Err(_) => None,
            };
            open.push((nodes.len(), folders));
            nodes.push(Node { name, known, end: 0 });
            while let Some((position, 0)) = open.last().copied() {
                let end = nodes.len();
                nodes.get_mut(position)?.end = end;
                open.pop();
                match open.last_mut() {
                    Some((_, folders)) => *folders = folders.checked_sub(1)?,
                    // Behind the uppermost folder there is nothing.
                    None if !cursor.rest().is_empty() => return None,
                    None => {}
                }
            }
        }
        open.is_empty().then_some(Self { nodes })
    }

    /// Returns the uppermost folder.
    pub(in crate::git) fn root(&self) -> Option<usize> {
        (!self.nodes.is_empty()).then_some(0)
    }

    /// Returns how many entries there are in a folder, and their tree, if it is known.
    pub(in crate::git) fn known(&self, node: usize) -> Option<(usize, ObjectId)> {
        self.nodes.get(node)?.known
    }

    /// Returns the folders in a folder, by name.
    pub(in crate::git) fn folders(&self, node: usize) -> HashMap<&[u8], usize> {
        let end = self.nodes.get(node).map_or(0, |node| node.end);
        let mut folders = HashMap::new();
        let mut next = node.saturating_add(1);
        while let Some(folder) = self.nodes.get(next).filter(|_| next < end) {
            folders.insert(folder.name.as_slice(), next);
            // The end of a folder is behind it, so that this comes to an end.
            next = folder.end.max(next.saturating_add(1));
        }
        folders
    }
}

fn number<N: std::str::FromStr>(text: &[u8]) -> Option<N> {
    str::from_utf8(text).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_found_and_damage_gives_nothing() {
        let id = [7; 20];
        let parts: [&[u8]; 6] = [b"\x003 2\n", &id, b"a\x001 0\n", &id, b"b\x00-1 1\nc\x001 0\n", &id];
        let bytes = parts.concat();
        let tree = CacheTree::parse(&bytes, ObjectFormat::Sha1).unwrap();
        let folders = tree.folders(tree.root().unwrap());
        assert_eq!(folders.len(), 2);
        assert_eq!(tree.known(folders[&b"a"[..]]).unwrap().0, 1);
        let changed = folders[&b"b"[..]];
        assert!(tree.known(changed).is_none());
        assert_eq!(tree.known(tree.folders(changed)[&b"c"[..]]).unwrap().0, 1);
        for end in 1..bytes.len() {
            assert!(CacheTree::parse(&bytes[..end], ObjectFormat::Sha1).is_none(), "{end}");
        }
        let more = [&bytes[..], b"d\x001 0\n", &id].concat();
        assert!(CacheTree::parse(&more, ObjectFormat::Sha1).is_none());
    }
}
