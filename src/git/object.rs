//! What objects contain: commits and trees, taken apart.
//!
//! Owns: kinds of objects, the tree of a commit, the entries of a tree, and why an object can't be read. Does not own:
//! where objects are stored.

use std::ops::Range;

use super::bytes::Cursor;
use super::id::{ObjectFormat, ObjectId};
use crate::secret::Secret;

/// The largest commit, tag or tree that is read.
pub(super) const LARGEST_TREE: u64 = 256 << 20;

/// The kinds of objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Commit,
    Tree,
    Blob,
    Tag,
}

impl Kind {
    pub(super) const fn name(self) -> &'static [u8] {
        match self {
            Self::Commit => b"commit",
            Self::Tree => b"tree",
            Self::Blob => b"blob",
            Self::Tag => b"tag",
        }
    }

    pub(super) fn from_name(name: &[u8]) -> Option<Self> {
        [Self::Commit, Self::Tree, Self::Blob, Self::Tag].into_iter().find(|kind| kind.name() == name)
    }
}

/// An object whose contents match its name.
pub(super) struct Object {
    pub(super) kind: Kind,
    pub(super) bytes: Secret<Vec<u8>>,
}

/// Why an object can't be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ObjectError {
    /// No folder of objects has it. In a partial clone it may be at the server, whom nobody asks.
    #[error("the object is missing from the repository")]
    Missing,
    /// Its contents don't match its name, or are no object.
    #[error("the object is corrupt: {0}")]
    Corrupt(&'static str),
    /// It is larger than what may be read of it.
    #[error("the object has {size} bytes, which is above the limit")]
    TooLarge {
        /// Its size in bytes, as its header has it.
        size: u64,
    },
    /// It is not of the kind that refers to it.
    #[error("the object is of another kind than what refers to it says")]
    Kind,
    /// The system refuses to read it.
    #[error("the object can't be read: {0}")]
    Read(std::io::ErrorKind),
}

impl ObjectError {
    /// Compressed data that is corrupt arrives as an error of reading.
    pub(super) fn from_reading(error: &std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::InvalidInput
            | std::io::ErrorKind::InvalidData
            | std::io::ErrorKind::UnexpectedEof => Self::Corrupt("its compressed data is damaged or cut off"),
            kind => Self::Read(kind),
        }
    }
}

/// Returns the tree of a commit.
pub(super) fn tree_of_commit(format: ObjectFormat, commit: &[u8]) -> Option<ObjectId> {
    let line = Cursor::new(commit).until(b'\n')?;
    ObjectId::from_hex(format, line.strip_prefix(b"tree ")?)
}

/// What a commit says, apart from words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Commit {
    pub(super) tree: ObjectId,
    pub(super) parents: Vec<ObjectId>,
    /// Seconds since 1970; `None` if the line is damaged.
    pub(super) authored: Option<i64>,
    /// The same of who committed.
    pub(super) committed: Option<i64>,
}

impl Commit {
    /// Returns `None` if the bytes are no commit.
    pub(super) fn parse(format: ObjectFormat, bytes: &[u8]) -> Option<Self> {
        let mut cursor = Cursor::new(bytes);
        let tree = ObjectId::from_hex(format, cursor.until(b'\n')?.strip_prefix(b"tree ")?)?;
        let (mut parents, mut line) = (Vec::new(), cursor.until(b'\n')?);
        while let Some(parent) = line.strip_prefix(b"parent ") {
            parents.push(ObjectId::from_hex(format, parent)?);
            line = cursor.until(b'\n')?;
        }
        let authored = line.strip_prefix(b"author ")?;
        let committed = cursor.until(b'\n').and_then(|line| line.strip_prefix(b"committer "));
        Some(Self { tree, parents, authored: time(authored), committed: committed.and_then(time) })
    }
}

/// Returns the time at the end of a line: `name <mail> 1700000000 +0100`. Names and mail addresses are not looked at.
fn time(line: &[u8]) -> Option<i64> {
    let end = memchr::memrchr(b'>', line)?;
    let text = str::from_utf8(line.get(end..)?.get(1..)?).ok()?;
    text.split_ascii_whitespace().next()?.parse().ok()
}

/// Returns what a tag is of.
pub(super) fn target_of_tag(format: ObjectFormat, tag: &[u8]) -> Option<ObjectId> {
    ObjectId::from_hex(format, Cursor::new(tag).until(b'\n')?.strip_prefix(b"object ")?)
}

/// What an entry of a tree or of an index is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum EntryKind {
    File,
    Link,
    Submodule,
    Folder,
}

impl EntryKind {
    /// Returns the kind that git sees in a mode: what is nothing else is a file.
    pub(super) const fn of_mode(mode: u32) -> Self {
        match mode & 0o170_000 {
            0o040_000 => Self::Folder,
            0o120_000 => Self::Link,
            0o160_000 => Self::Submodule,
            _ => Self::File,
        }
    }
}

/// A tree, sorted by name and nothing else: git sorts folders as if a slash ended their names.
pub(super) struct Tree {
    bytes: Secret<Vec<u8>>,
    /// Where the name is in `bytes`, and what has it.
    entries: Vec<(Range<usize>, EntryKind, ObjectId)>,
}

/// Visits the entries of a tree in its own order: where the name is in the bytes, and what has it. Returns `None` if the
/// bytes are no tree.
pub(super) fn visit_tree(
    format: ObjectFormat,
    tree: &[u8],
    visit: &mut dyn FnMut(Range<usize>, EntryKind, ObjectId),
) -> Option<()> {
    let mut cursor = Cursor::new(tree);
    while !cursor.rest().is_empty() {
        let mode = cursor.until(b' ').filter(|mode| !mode.is_empty() && mode.len() <= 7)?;
        let mode = u32::from_str_radix(str::from_utf8(mode).ok()?, 8).ok()?;
        let start = tree.len().checked_sub(cursor.rest().len())?;
        let end = start.checked_add(cursor.until(0)?.len())?;
        let id = ObjectId::from_bytes(format, cursor.take(format.length())?)?;
        visit(start..end, EntryKind::of_mode(mode), id);
    }
    Some(())
}

impl Tree {
    /// Returns `None` if the bytes are no tree.
    pub(super) fn parse(format: ObjectFormat, bytes: Secret<Vec<u8>>) -> Option<Self> {
        let tree = bytes.expose().as_slice();
        let mut entries = Vec::new();
        visit_tree(format, tree, &mut |name, kind, id| entries.push((name, kind, id)))?;
        entries.sort_by_key(|(name, ..)| tree.get(name.clone()));
        Some(Self { bytes, entries })
    }

    fn name(&self, place: &Range<usize>) -> &[u8] {
        self.bytes.expose().get(place.clone()).unwrap_or_default()
    }

    /// Returns what has a name.
    pub(super) fn get(&self, name: &[u8]) -> Option<(EntryKind, ObjectId)> {
        let found = self.entries.binary_search_by_key(&name, |(place, ..)| self.name(place)).ok()?;
        self.entries.get(found).map(|(_, kind, id)| (*kind, *id))
    }

    /// Returns names and what has them.
    pub(super) fn iter(&self) -> impl ExactSizeIterator<Item = (&[u8], EntryKind, ObjectId)> {
        self.entries.iter().map(|(place, kind, id)| (self.name(place), *kind, *id))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_commit_is_its_tree_its_parents_and_two_times() {
        let id = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";
        let commit = |text: &str| Commit::parse(ObjectFormat::Sha1, text.as_bytes());
        let text = format!(
            "tree {id}\nparent {id}\nparent {id}\nauthor a <b> c> 17 +0100\ncommitter x <> -3 +0000\n\n"
        );
        let parsed = commit(&text).unwrap();
        assert_eq!((parsed.parents.len(), parsed.authored, parsed.committed), (2, Some(17), Some(-3)));
        let parsed = commit(&format!("tree {id}\nauthor nobody\ncommitter <> x y\n")).unwrap();
        assert_eq!((parsed.parents.len(), parsed.authored, parsed.committed), (0, None, None));
        for damaged in
            [String::new(), String::from("tree 12\n"), format!("tree {id}\nparent 12\nauthor a <> 1 +0\n")]
        {
            assert_eq!(commit(&damaged), None, "{damaged}");
        }
    }

    #[test]
    fn whatever_the_bytes_are_nothing_goes_wrong() {
        let id = ObjectFormat::Sha1.hash(&[b"x"]);
        let tree = [b"100644 a\0", id.as_bytes(), b"40000 b\0", id.as_bytes()].concat();
        let commit = format!("tree {id}\nparent {id}\nauthor a <b> 1 +0000\ncommitter a <b> 1 +0000\n\nx");
        let mut random = 7_u64;
        let mut next = |limit: usize| {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            usize::try_from(random >> 16).unwrap() % limit
        };
        let mut whole = 0;
        for round in 0..20_000 {
            let mut bytes = if round % 2 == 0 { tree.clone() } else { commit.clone().into_bytes() };
            let at = next(bytes.len());
            match next(3) {
                0 => bytes.truncate(at),
                1 => bytes[at] ^= 1 << next(8),
                _ => bytes.insert(at, bytes[at / 2]),
            }
            let parsed = Tree::parse(ObjectFormat::Sha1, Secret::new(bytes.clone())).is_some();
            whole += usize::from(parsed || Commit::parse(ObjectFormat::Sha1, &bytes).is_some());
            target_of_tag(ObjectFormat::Sha1, &bytes);
        }
        assert!((1_000..19_000).contains(&whole), "{whole}");
    }
}
