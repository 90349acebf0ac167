//! What git ignores: `.gitignore` in each folder, and `info/exclude`.
//!
//! Owns: the lists, their order, and folders that are ignored with all in them. Does not own: wildcards. The list that
//! `core.excludesFile` names is configuration, which is not obeyed.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::wildcard::Wildcard;
use super::{file, system_path};

/// The largest list that is read.
const LARGEST: u64 = 16 << 20;

/// The lists of a work tree, read when a folder is asked for.
pub(super) struct Ignored {
    root: PathBuf,
    /// `info/exclude`.
    exclude: Vec<Pattern>,
    folders: Mutex<HashMap<Vec<u8>, Arc<Folder>>>,
}

/// A folder of the work tree.
pub(super) struct Folder {
    above: Option<Arc<Folder>>,
    patterns: Vec<Pattern>,
    /// The length of its path, with a slash at its end.
    prefix: usize,
    /// Whether it is ignored, and all in it.
    ignored: bool,
    /// Whether it or one above it is a repository of its own, or part of the git directory.
    pub(super) foreign: bool,
}

struct Pattern {
    wildcard: Wildcard,
    /// Whether it takes back what an earlier one says (`!`).
    negated: bool,
    folders_only: bool,
    /// Whether it is about the path from its list's folder on, and not about a name in any folder.
    anchored: bool,
}

impl Ignored {
    pub(super) fn new(root: &Path, common_dir: &Path) -> Self {
        let exclude = patterns(&common_dir.join("info/exclude"), true);
        Self { root: root.to_path_buf(), exclude, folders: Mutex::default() }
    }

    /// Returns true if a path is ignored, by itself or with a folder above it.
    pub(super) fn contains(&self, path: &[u8], is_dir: bool) -> bool {
        let slash = memchr::memrchr(b'/', path).unwrap_or_default();
        let folder = self.folder(path.get(..slash).unwrap_or_default());
        folder.ignored || self.is_ignored_in(&folder, path, is_dir)
    }

    /// Returns a folder with its lists.
    pub(super) fn folder(&self, path: &[u8]) -> Arc<Folder> {
        let mut folders = self.folders.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(folder) = folders.get(path) {
            return Arc::clone(folder);
        }
        let mut folder = Arc::clone(folders.entry(Vec::new()).or_insert_with(|| {
            let patterns = patterns(&self.root.join(".gitignore"), false);
            Arc::new(Folder { above: None, patterns, prefix: 0, ignored: false, foreign: false })
        }));
        let ends = memchr::memchr_iter(b'/', path).chain([path.len()]).filter(|end| *end > 0);
        for below in ends.filter_map(|end| path.get(..end)) {
            folder = match folders.get(below) {
                Some(known) => Arc::clone(known),
                None => Arc::new(self.enter(folder, below)),
            };
            folders.insert(below.to_vec(), Arc::clone(&folder));
        }
        folder
    }

    fn enter(&self, above: Arc<Folder>, path: &[u8]) -> Folder {
        let place = self.root.join(system_path(path));
        let ignored = above.ignored || self.is_ignored_in(&above, path, true);
        let own = fs::symlink_metadata(place.join(".git")).is_ok();
        let foreign = above.foreign || own || path.rsplit(|byte| *byte == b'/').next() == Some(b".git");
        let patterns = if ignored { Vec::new() } else { patterns(&place.join(".gitignore"), false) };
        Folder { above: Some(above), patterns, prefix: path.len().saturating_add(1), ignored, foreign }
    }

    /// Returns true if the lists of a folder and of those above it say so: the last pattern of the list that is nearest.
    fn is_ignored_in(&self, folder: &Folder, path: &[u8], is_dir: bool) -> bool {
        let mut next = Some(folder);
        while let Some(folder) = next {
            let below = path.get(folder.prefix..).unwrap_or_default();
            if let Some(verdict) = verdict(&folder.patterns, below, is_dir) {
                return verdict;
            }
            next = folder.above.as_deref();
        }
        verdict(&self.exclude, path, is_dir).unwrap_or_default()
    }
}

fn verdict(patterns: &[Pattern], path: &[u8], is_dir: bool) -> Option<bool> {
    let name = path.rsplit(|byte| *byte == b'/').next().unwrap_or_default();
    let matches = |pattern: &&Pattern| {
        (is_dir || !pattern.folders_only)
            && pattern.wildcard.matches(if pattern.anchored { path } else { name })
    };
    patterns.iter().rev().find(matches).map(|pattern| !pattern.negated)
}

/// Reads a list. What can't be read ignores nothing; as for git, a `.gitignore` must not be a link.
fn patterns(path: &Path, links: bool) -> Vec<Pattern> {
    if !links && fs::symlink_metadata(path).map_or(true, |metadata| !metadata.is_file()) {
        return Vec::new();
    }
    let text = file::read(path, LARGEST).ok().flatten().unwrap_or_default();
    let text = text.strip_prefix("\u{FEFF}".as_bytes()).unwrap_or(&text);
    text.split(|byte| *byte == b'\n').filter_map(pattern).collect()
}

fn pattern(line: &[u8]) -> Option<Pattern> {
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    if line.starts_with(b"#") {
        return None;
    }
    let line = without_spaces_at_end(line);
    let (negated, line) = line.strip_prefix(b"!").map_or((false, line), |line| (true, line));
    let (folders_only, line) = line.strip_suffix(b"/").map_or((false, line), |line| (true, line));
    let anchored = line.contains(&b'/');
    let line = line.strip_prefix(b"/").unwrap_or(line);
    let wildcard = Wildcard::parse(line).filter(|_| !line.is_empty())?;
    Some(Pattern { wildcard, negated, folders_only, anchored })
}

/// A backslash keeps the space behind it.
fn without_spaces_at_end(line: &[u8]) -> &[u8] {
    let (mut end, mut escaped) = (0_usize, false);
    for (at, byte) in line.iter().enumerate() {
        if *byte != b' ' || escaped {
            end = at.saturating_add(1);
        }
        escaped = *byte == b'\\' && !escaped;
    }
    line.get(..end).unwrap_or(line)
}
