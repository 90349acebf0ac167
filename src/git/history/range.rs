//! Which commits were asked for: ranges, and the names of commits in them.
//!
//! Owns: `A..B`, names of commits, and reading commits as far as a question goes. Does not own: what they bring.

use std::collections::{BTreeMap, BinaryHeap, HashMap, HashSet};

use super::super::id::ObjectId;
use super::super::object::{Commit, Kind, LARGEST_TREE, ObjectError};
use super::super::store::Store;
use super::super::{GitError, Repository, refs};
use super::graph::Graph;
use super::tips::{Target, peel};
use crate::gate;

/// As many steps back a name may ask for.
const MOST_BACK: u64 = 1_000_000;

/// A clock may be wrong by as much, in seconds, before a commit is taken for older than its parent.
const SKEW: i64 = 24 * 60 * 60;

/// Commits that are read when they are asked for.
pub(super) struct Commits<'s> {
    store: &'s Store,
    cut: &'s HashSet<ObjectId>,
    pub(super) read: HashMap<ObjectId, Commit>,
    pub(super) failed: BTreeMap<ObjectId, ObjectError>,
}

impl<'s> Commits<'s> {
    pub(super) fn new(store: &'s Store, cut: &'s HashSet<ObjectId>) -> Self {
        Self { store, cut, read: HashMap::new(), failed: BTreeMap::new() }
    }

    /// Returns the parents of a commit and when it was made; nothing of one that can't be read.
    fn get(&mut self, id: ObjectId) -> Option<&Commit> {
        if !self.read.contains_key(&id) && !self.failed.contains_key(&id) {
            let read = self.store.read_kind(id, Kind::Commit, LARGEST_TREE).and_then(|bytes| {
                Commit::parse(self.store.format(), bytes.expose())
                    .ok_or(ObjectError::Corrupt("it is damaged"))
            });
            match read {
                Ok(mut commit) => {
                    if self.cut.contains(&id) {
                        commit.parents.clear();
                    }
                    self.read.insert(id, commit);
                }
                Err(error) => drop(self.failed.insert(id, error)),
            }
        }
        self.read.get(&id)
    }

    /// Reads everything that `tips` reach.
    pub(super) fn all(&mut self, tips: impl IntoIterator<Item = ObjectId>, stopped: &dyn Fn() -> bool) {
        let mut waiting: Vec<ObjectId> = tips.into_iter().collect();
        let mut seen: HashSet<ObjectId> = waiting.iter().copied().collect();
        while let Some(id) = waiting.pop().filter(|_| !stopped()) {
            let parents = self.get(id).map(|commit| commit.parents.clone()).unwrap_or_default();
            waiting.extend(parents.into_iter().filter(|parent| seen.insert(*parent)));
        }
    }

    /// Returns what `to` reaches and `from` doesn't. It goes back only as far as clocks that are nearly right ask for; where
    /// they aren't, something old may be among the result, and nothing new is missing.
    fn between(
        &mut self,
        from: &[ObjectId],
        to: &[ObjectId],
        stopped: &dyn Fn() -> bool,
    ) -> HashSet<ObjectId> {
        let mut is_old: HashMap<ObjectId, bool> = HashMap::new();
        let mut waiting: BinaryHeap<(i64, ObjectId)> = BinaryHeap::new();
        // New ones whose parents weren't looked at yet.
        let mut open: HashSet<ObjectId> = HashSet::new();
        let mut oldest = i64::MAX;
        let mut met: Vec<(ObjectId, bool)> =
            from.iter().map(|id| (*id, true)).chain(to.iter().map(|id| (*id, false))).collect();
        loop {
            for (id, old) in met.drain(..) {
                if is_old.get(&id).is_some_and(|known| *known || !old) {
                    continue;
                }
                is_old.insert(id, old);
                let time = self.get(id).and_then(|commit| commit.committed).unwrap_or_default();
                waiting.push((time, id));
                if old {
                    open.remove(&id)
                } else {
                    open.insert(id)
                };
            }
            let Some((time, id)) = waiting.pop() else { break };
            if stopped() || open.is_empty() && time < oldest.saturating_sub(SKEW) {
                break;
            }
            open.remove(&id);
            let old = is_old.get(&id).copied().unwrap_or_default();
            if !old {
                oldest = oldest.min(time);
            }
            let parents = self.get(id).map(|commit| commit.parents.as_slice()).unwrap_or_default();
            met.extend(parents.iter().map(|parent| (*parent, old)));
        }
        is_old.into_iter().filter(|(_, old)| !old).map(|(id, _)| id).collect()
    }

    /// Takes everything that was read, with the parents of `chosen`, whose trees are needed to compare.
    pub(super) fn graph(&mut self, chosen: &HashSet<ObjectId>) -> Graph {
        let mut parents: Vec<ObjectId> = chosen
            .iter()
            .filter_map(|id| self.read.get(id))
            .flat_map(|commit| commit.parents.iter().copied())
            .collect();
        parents.sort_unstable();
        parents.dedup();
        for parent in parents {
            self.get(parent);
        }
        Graph::new(self.read.iter().map(|(id, commit)| (*id, commit.clone())).collect(), &HashSet::new())
    }
}

impl Repository {
    /// Returns the commits of a range. Where a side is the name of no object, which a hook gets of a reference that is new
    /// or deleted, nothing is on that side; in the quarantine of a push, what is old is then what any reference reaches.
    pub(super) fn commits_in(
        &self,
        range: &str,
        commits: &mut Commits<'_>,
        stopped: &dyn Fn() -> bool,
    ) -> Result<HashSet<ObjectId>, GitError> {
        let wrong = |reason| GitError::Revision { name: gate::word(range).to_owned(), reason };
        if range.contains("...") {
            return Err(wrong("has three dots; a range has two, as in main..topic"));
        }
        let (from, to) = range.split_once("..").map_or((None, range), |(from, to)| (Some(from), to));
        let or_head = |name: &'_ str| if name.is_empty() { String::from("HEAD") } else { name.to_owned() };
        let Some(to) = self.commit(&or_head(to), commits)? else {
            return Ok(HashSet::new());
        };
        let from = match from {
            None => Vec::new(),
            Some(from) => match self.commit(&or_head(from), commits)? {
                Some(from) => vec![from],
                None if self.places.is_quarantined => {
                    let named = refs::all(&self.places, self.store.format(), &mut |_| ());
                    let targets = named.into_values().filter_map(|id| peel(&self.store, id).ok());
                    targets
                        .filter_map(|target| if let Target::Commit(id) = target { Some(id) } else { None })
                        .collect()
                }
                None => Vec::new(),
            },
        };
        Ok(commits.between(&from, &[to], stopped))
    }

    /// Returns the commit that a name means: a reference, the beginning of a commit's name, and `~` and `^` behind it. No
    /// commit is what zeros mean.
    fn commit(&self, name: &str, commits: &mut Commits<'_>) -> Result<Option<ObjectId>, GitError> {
        let wrong = |reason| GitError::Revision { name: gate::word(name).to_owned(), reason };
        let end = name.find(['~', '^']).unwrap_or(name.len());
        let (base, steps) = name.split_at_checked(end).unwrap_or((name, ""));
        let zeros = base.len() == self.store.format().length().saturating_mul(2)
            && base.bytes().all(|digit| digit == b'0');
        if zeros && steps.is_empty() {
            return Ok(None);
        }
        if base.contains("@{") || base.contains(':') {
            return Err(wrong("can't be understood: name a branch, a tag or a commit, with ~ or ^ after it"));
        }
        let id = self.object(if base == "@" { "HEAD" } else { base })?;
        let id = id.ok_or_else(|| wrong("names no branch, tag or commit of the repository"))?;
        let mut id = match peel(&self.store, id) {
            Ok(Target::Commit(id)) => id,
            Ok(_) => return Err(wrong("is not a commit")),
            Err(error) => return Err(GitError::Commit { id, error }),
        };
        let mut rest = steps;
        while let Some(step) = rest.chars().next() {
            rest = rest.get(step.len_utf8()..).unwrap_or_default();
            if let Some(behind) =
                rest.strip_prefix("{commit}").or_else(|| rest.strip_prefix("{}")).filter(|_| step == '^')
            {
                rest = behind;
                continue;
            }
            let digits = rest.find(|digit: char| !digit.is_ascii_digit()).unwrap_or(rest.len());
            let (number, behind) = rest.split_at_checked(digits).unwrap_or_default();
            rest = behind;
            let number = if number.is_empty() { 1 } else { number.parse().unwrap_or(u64::MAX) };
            let (back, parent) = match step {
                '~' => (number, 1),
                '^' => (u64::from(number > 0), number),
                _ => {
                    return Err(wrong(
                        "can't be understood: name a branch, a tag or a commit, with ~ or ^ after it",
                    ));
                }
            };
            for _ in 0..back.min(MOST_BACK) {
                let which = usize::try_from(parent).ok().and_then(|parent| parent.checked_sub(1));
                let next =
                    commits.get(id).zip(which).and_then(|(commit, which)| commit.parents.get(which).copied());
                id = next.ok_or_else(|| wrong("goes further back than the history does"))?;
            }
        }
        Ok(Some(id))
    }

    /// Returns the object that a name without steps means, as `gitrevisions` has it.
    fn object(&self, name: &str) -> Result<Option<ObjectId>, GitError> {
        let format = self.store.format();
        if let Some(id) = ObjectId::from_hex(format, name.as_bytes()) {
            return Ok(Some(id));
        }
        for (before, behind) in [
            ("", ""),
            ("refs/", ""),
            ("refs/tags/", ""),
            ("refs/heads/", ""),
            ("refs/remotes/", ""),
            ("refs/remotes/", "/HEAD"),
        ] {
            let whole = format!("{before}{name}{behind}");
            let is_head = whole.ends_with("HEAD") && !whole.contains('/');
            if (is_head || refs::is_safe(whole.as_bytes()))
                && let Some(id) = refs::resolve(&self.places, format, whole.as_bytes())?
            {
                return Ok(Some(id));
            }
        }
        let is_hex = (4..=64).contains(&name.len()) && name.bytes().all(|digit| digit.is_ascii_hexdigit());
        if !is_hex {
            return Ok(None);
        }
        let candidates = self.store.beginning_with(&name.to_ascii_lowercase());
        let mut found =
            candidates.into_iter().filter(|id| matches!(peel(&self.store, *id), Ok(Target::Commit(_))));
        let first = found.next();
        if found.next().is_some() {
            let name = gate::word(name).to_owned();
            return Err(GitError::Revision { name, reason: "is the beginning of several commits' names" });
        }
        Ok(first)
    }
}
