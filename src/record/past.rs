//! Where in the history of a repository a place is, and what became of it.
//!
//! Owns: the words for it. Does not own: finding it out (see `git`), what is said about it (see the rules).

use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::source::PathName;

/// So many references are named in a sentence.
const NAMED: usize = 3;

/// So many digits of a commit's name are enough for people.
const SHORT: usize = 7;

/// A place in the history of a repository.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Past {
    /// The repository.
    pub repository: PathName,
    /// The name of the blob, in hexadecimal.
    pub blob: String,
    /// The commit that brought the blob to this path first; `None` if no commit has it.
    pub commit: Option<String>,
    /// When that commit was written.
    pub author_time: Option<DateTime<Utc>>,
    /// The commit that removed it last.
    pub removed_by: Option<String>,
    /// Whether the commit that is checked out has it.
    pub in_head: bool,
    /// The references that reach it.
    pub refs: Arc<[Reference]>,
    /// Those of them that have it now.
    pub still_on: Arc<[Reference]>,
    /// Whether it counts as reachable: a reference reaches it, or it is about to.
    pub is_reachable: bool,
}

/// A reference of a repository.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reference {
    /// `branch `, `tag `, or nothing where the name says what it is.
    pub kind: &'static str,
    /// Its name, without `refs/heads/` and the like.
    pub name: PathName,
}

impl Reference {
    /// Reads what [`Reference::words`] gives; `shown` says what of the name is shown.
    #[cfg(feature = "cli")]
    pub fn read(words: &str, shown: impl Fn(&str) -> PathName) -> Self {
        const KINDS: [&str; 3] = ["branch ", "tag ", "remote branch "];
        let named = KINDS.into_iter().find_map(|kind| Some((kind, words.strip_prefix(kind)?)));
        let (kind, name) = named.unwrap_or(("", words));
        Self { kind, name: shown(name) }
    }

    /// `branch main`
    #[cfg(feature = "cli")]
    pub fn words(&self) -> String {
        format!("{}{}", self.kind, self.name.as_str())
    }
}

impl Past {
    /// `added in 1a2b3c4 on 2026-03-01, removed in 5d6e7f8, still on branch x`
    pub fn sentence(&self) -> String {
        let mut parts = Vec::new();
        match (&self.commit, self.author_time) {
            (Some(commit), Some(time)) => {
                parts.push(format!("added in {} on {}", short(commit), time.format("%Y-%m-%d")));
            }
            (Some(commit), None) => parts.push(format!("added in {}", short(commit))),
            (None, _) => parts.push(String::from("in no commit")),
        }
        parts.extend(self.removed_by.as_ref().map(|commit| format!("removed in {}", short(commit))));
        if !self.still_on.is_empty() {
            parts.push(format!("still on {}", listed(&self.still_on)));
        } else if !self.refs.is_empty() {
            parts.push(format!("in the history of {}", listed(&self.refs)));
        } else if !self.is_reachable {
            parts.push(String::from("not reachable from any reference"));
        }
        parts.join(", ")
    }
}

fn short(commit: &str) -> &str {
    commit.get(..SHORT).unwrap_or(commit)
}

fn listed(references: &[Reference]) -> String {
    let first = references.iter().take(NAMED);
    let names: Vec<String> =
        first.map(|reference| format!("{}{}", reference.kind, reference.name.one_line())).collect();
    match references.len().saturating_sub(NAMED) {
        0 => names.join(", "),
        more => format!("{} and {more} more", names.join(", ")),
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A place that was brought on the first of March and is on these branches.
    pub(crate) fn past(removed_by: Option<&str>, still_on: &[&str], refs: &[&str]) -> Past {
        let named = |names: &[&str]| {
            names
                .iter()
                .map(|name| Reference { kind: "branch ", name: PathName::new(*name) })
                .collect::<Arc<[_]>>()
        };
        Past {
            repository: PathName::new("."),
            blob: "0".repeat(40),
            commit: Some(String::from("1a2b3c4d5e6f")),
            author_time: "2026-03-01T10:00:00Z".parse().ok(),
            removed_by: removed_by.map(String::from),
            in_head: false,
            refs: named(refs),
            still_on: named(still_on),
            is_reachable: true,
        }
    }

    #[test]
    fn a_sentence_says_who_brought_it_and_who_has_it() {
        let unreachable = Past { is_reachable: false, author_time: None, ..past(None, &[], &[]) };
        for (past, expected) in [
            (
                past(Some("5d6e7f8aaaa"), &["x"], &["main", "x"]),
                "added in 1a2b3c4 on 2026-03-01, removed in 5d6e7f8, still on branch x",
            ),
            (
                past(None, &["a", "b", "c", "d", "e"], &[]),
                "added in 1a2b3c4 on 2026-03-01, still on branch a, branch b, branch c and 2 more",
            ),
            (
                past(Some("5d6e7f8"), &[], &["main"]),
                "added in 1a2b3c4 on 2026-03-01, removed in 5d6e7f8, in the history of branch main",
            ),
            (past(None, &[], &[]), "added in 1a2b3c4 on 2026-03-01"),
            (Past { commit: None, ..unreachable.clone() }, "in no commit, not reachable from any reference"),
            (unreachable, "added in 1a2b3c4, not reachable from any reference"),
        ] {
            assert_eq!(past.sentence(), expected);
        }
    }
}
