//! What references point to in the end: commits, trees or blobs, with the names by which they are spoken of.
//!
//! Owns: peeling tags, short names. Does not own: finding references (see `refs`).

use std::collections::BTreeMap;

use super::super::GitError;
use super::super::id::ObjectId;
use super::super::locate::path_from_bytes;
use super::super::object::{Kind, LARGEST_TREE, ObjectError, target_of_tag};
use super::super::store::Store;
use crate::source::PathName;

/// As many tags may be of each other.
const MOST_STEPS: usize = 1_000;

/// What a reference points to, tags taken away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Target {
    Commit(ObjectId),
    Tree(ObjectId),
    Blob(ObjectId),
}

/// The name of a reference.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RefName {
    /// Without `refs/heads/`, `refs/tags/` or `refs/remotes/`.
    pub name: PathName,
    /// What it is, with a space behind it; empty where the name says it.
    pub kind: &'static str,
}

/// References by what they point to.
pub(super) type Tips = BTreeMap<Target, Vec<RefName>>;

/// Peels references. `is_commit` knows commits that need not be read.
pub(super) fn tips(
    store: &Store,
    references: &BTreeMap<Vec<u8>, ObjectId>,
    is_commit: &dyn Fn(ObjectId) -> bool,
    failed: &mut dyn FnMut(GitError),
) -> Tips {
    let mut tips = Tips::new();
    for (name, id) in references {
        let target = if is_commit(*id) { Ok(Target::Commit(*id)) } else { peel(store, *id) };
        match target {
            Ok(target) => tips.entry(target).or_default().push(label(name)),
            Err(error) => failed(GitError::Tip { name: super::super::name(&path_from_bytes(name)), error }),
        }
    }
    tips
}

/// Returns the commits that references point to.
pub(super) fn commits(tips: &Tips) -> impl Iterator<Item = ObjectId> + '_ {
    tips.keys().filter_map(|target| if let Target::Commit(id) = target { Some(*id) } else { None })
}

/// Returns what an object is, or what the tag that it is is of.
pub(super) fn peel(store: &Store, id: ObjectId) -> Result<Target, ObjectError> {
    let mut id = id;
    for _ in 0..MOST_STEPS {
        let object = match store.read(id, LARGEST_TREE) {
            // Only blobs are as large.
            Err(ObjectError::TooLarge { .. }) => return Ok(Target::Blob(id)),
            object => object?,
        };
        match object.kind {
            Kind::Commit => return Ok(Target::Commit(id)),
            Kind::Tree => return Ok(Target::Tree(id)),
            Kind::Blob => return Ok(Target::Blob(id)),
            Kind::Tag => {
                id = target_of_tag(store.format(), object.bytes.expose())
                    .ok_or(ObjectError::Corrupt("it is a tag of nothing"))?;
            }
        }
    }
    Err(ObjectError::Corrupt("more than 1,000 tags are of each other"))
}

/// Returns the name as git shows it beside a commit.
fn label(name: &[u8]) -> RefName {
    const KINDS: [(&[u8], &str); 3] =
        [(b"refs/heads/", "branch "), (b"refs/tags/", "tag "), (b"refs/remotes/", "remote branch ")];
    let known = KINDS.iter().find_map(|(prefix, kind)| Some((name.strip_prefix(*prefix)?, *kind)));
    let (short, kind) = known.unwrap_or((name, ""));
    RefName { name: super::super::name(&path_from_bytes(short)), kind }
}
