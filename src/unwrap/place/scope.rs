//! How objects, blocks and lines of an outermost text and of all in it lie in each other.
//!
//! Owns: that structure. Does not own: what stands in it.

use std::collections::HashSet;

/// An object, an element, a block of lines, a line: whatever keeps together what stands in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Scope(usize);

impl Scope {
    /// Its place in the order in which scopes were made.
    pub(crate) const fn index(self) -> usize {
        self.0
    }
}

/// How scopes lie in each other.
#[derive(Debug, Default)]
pub(crate) struct Structure {
    outer: Vec<Option<usize>>,
    /// Which of them are lines.
    lines: HashSet<usize>,
}

impl Structure {
    /// A scope that lies in no other.
    pub(crate) fn root(&mut self) -> Scope {
        self.add(None)
    }

    /// A scope in `outer`.
    pub(crate) fn inside(&mut self, outer: Scope) -> Scope {
        self.add(Some(outer.0))
    }

    /// A line in `outer`.
    pub(crate) fn line(&mut self, outer: Scope) -> Scope {
        let line = self.inside(outer);
        self.lines.insert(line.0);
        line
    }

    /// How many scopes there are. Those that lie in another come after it.
    pub(crate) const fn len(&self) -> usize {
        self.outer.len()
    }

    /// The index of the scope around the one with the index `scope`.
    pub(crate) fn outer(&self, scope: usize) -> Option<usize> {
        self.outer.get(scope).copied().flatten()
    }

    pub(crate) fn is_line(&self, scope: Scope) -> bool {
        self.lines.contains(&scope.0)
    }

    fn add(&mut self, outer: Option<usize>) -> Scope {
        self.outer.push(outer);
        Scope(self.outer.len() - 1)
    }
}
