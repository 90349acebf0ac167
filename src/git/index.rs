//! The index: what is staged, by path.
//!
//! Owns: reading the file, the checks on the whole, and joining a split index. Does not own: entries (`entries.rs`),
//! trees that are known (`cache_tree.rs`), bitmaps (`bitmap.rs`).

mod bitmap;
mod cache_tree;
mod entries;

use std::path::Path;

use super::bytes::Cursor;
use super::id::{ObjectFormat, ObjectId};
use super::locate::Places;
use super::{GitError, file};
pub(super) use cache_tree::CacheTree;
pub(super) use entries::{Entries, IndexEntry};

/// The largest index that is read, in bytes: some 20 million files.
const LARGEST: u64 = 2 << 30;

/// What is wrong with an index.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IndexDefect {
    /// It ends before it is complete.
    #[error("it is cut off")]
    CutOff,
    /// Its checksum doesn't match.
    #[error("its checksum doesn't match its contents")]
    Checksum,
    /// It doesn't begin as an index does.
    #[error("it is not an index")]
    Header,
    /// A version that nobody writes yet, or no longer.
    #[error("its version is {0}, and only 2, 3 and 4 are supported")]
    Version(u32),
    /// Paths are not in ascending order, or one is there twice.
    #[error("its paths are not in order")]
    Order,
    /// An entry or an extension contradicts itself.
    #[error("an entry or extension is damaged")]
    Damaged,
    /// An extension that changes what entries mean, and isn't known.
    #[error("it needs an extension that is not supported")]
    Extension,
    /// The other half of a split index is missing.
    #[error("it is split, and the shared half is missing or split itself")]
    Shared,
}

/// A whole index.
pub(super) struct Index {
    pub(super) entries: Entries,
    /// Which folders have which tree, as far as that is known.
    pub(super) tree: CacheTree,
}

/// One file of an index.
struct Half {
    entries: Entries,
    tree: CacheTree,
    link: Option<Link>,
}

/// What a split index says of its shared half.
struct Link {
    shared: ObjectId,
    deleted: Vec<usize>,
    replaced: Vec<usize>,
}

impl Index {
    /// Reads the index of a repository. Without one, nothing is staged.
    pub(super) fn read(places: &Places, format: ObjectFormat) -> Result<Self, GitError> {
        let Some(half) = Half::read(&places.index, format)? else {
            return Ok(Self { entries: Entries::default(), tree: CacheTree::default() });
        };
        let Half { mut entries, tree, link } = half;
        let failed = |defect| GitError::index(&places.index, defect);
        if let Some(link) = link.filter(|link| !link.shared.is_null()) {
            let path = places.git_dir.join(format!("sharedindex.{}", link.shared));
            let shared = Half::read(&path, format)?.filter(|shared| shared.link.is_none());
            let shared = shared.ok_or_else(|| failed(IndexDefect::Shared))?;
            entries = entries.on_top_of(&shared.entries, &link.deleted, &link.replaced).map_err(failed)?;
        }
        if entries.is_in_order() { Ok(Self { entries, tree }) } else { Err(failed(IndexDefect::Order)) }
    }
}

impl Half {
    fn read(path: &Path, format: ObjectFormat) -> Result<Option<Self>, GitError> {
        let bytes = file::read(path, LARGEST).map_err(|error| GitError::read(path, &error))?;
        bytes
            .map(|bytes| Self::parse(&bytes, format).map_err(|defect| GitError::index(path, defect)))
            .transpose()
    }

    fn parse(bytes: &[u8], format: ObjectFormat) -> Result<Self, IndexDefect> {
        let end = bytes.len().checked_sub(format.length()).ok_or(IndexDefect::CutOff)?;
        let (contents, checksum) = bytes.split_at_checked(end).ok_or(IndexDefect::CutOff)?;
        let checksum = ObjectId::from_bytes(format, checksum).ok_or(IndexDefect::CutOff)?;
        let mut cursor = Cursor::new(contents);
        if cursor.take(4) != Some(b"DIRC") {
            return Err(IndexDefect::Header);
        }
        let version = cursor.u32().ok_or(IndexDefect::CutOff)?;
        if !(2..=4).contains(&version) {
            return Err(IndexDefect::Version(version));
        }
        // With `index.skipHash` git writes zeros.
        if !checksum.is_null() && format.hash(&[contents]) != checksum {
            return Err(IndexDefect::Checksum);
        }
        let count = cursor.u32().ok_or(IndexDefect::CutOff)?;
        let mut half = Self {
            entries: Entries::parse(&mut cursor, count, version, format)?,
            tree: CacheTree::default(),
            link: None,
        };
        while !cursor.rest().is_empty() {
            let signature = cursor.take(4).ok_or(IndexDefect::CutOff)?;
            let size = cursor.u32().and_then(|size| usize::try_from(size).ok());
            let body = size.and_then(|size| cursor.take(size)).ok_or(IndexDefect::CutOff)?;
            match signature {
                // Without this one, folders are compared by their entries.
                b"TREE" => half.tree = CacheTree::parse(body, format).unwrap_or_default(),
                b"link" => half.link = Some(Link::parse(body, format).ok_or(IndexDefect::Damaged)?),
                b"sdir" => {}
                // What begins with a capital letter may be passed over.
                [first, ..] if first.is_ascii_uppercase() => {}
                _ => return Err(IndexDefect::Extension),
            }
        }
        Ok(half)
    }
}

impl Link {
    fn parse(body: &[u8], format: ObjectFormat) -> Option<Self> {
        let mut cursor = Cursor::new(body);
        let shared = ObjectId::from_bytes(format, cursor.take(format.length())?)?;
        if cursor.rest().is_empty() {
            return Some(Self { shared, deleted: Vec::new(), replaced: Vec::new() });
        }
        let deleted = bitmap::positions(&mut cursor)?;
        let replaced = bitmap::positions(&mut cursor)?;
        Some(Self { shared, deleted, replaced })
    }
}
