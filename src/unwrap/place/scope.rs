//! How objects, blocks and lines of an outermost text and of all in it lie in each other.
//!
//! Owns: that structure. Does not own: what stands in it.

/// An object, an element, a block of lines, a line: whatever keeps together what stands in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Scope(u32);

impl Scope {
    /// Its place in the order in which scopes were made.
    pub(crate) const fn index(self) -> u32 {
        self.0
    }
}

/// Marks a line among [`Structure::outer`].
const LINE: u32 = 1 << 31;

/// How scopes lie in each other.
#[derive(Debug, Default)]
pub(crate) struct Structure {
    /// The index of the scope around each, which is its own where there is none; a file may have a line for every few bytes.
    outer: Vec<u32>,
}

impl Structure {
    /// A scope that lies in no other.
    pub(crate) fn root(&mut self) -> Scope {
        self.add(None, 0)
    }

    /// A scope in `outer`.
    pub(crate) fn inside(&mut self, outer: Scope) -> Scope {
        self.add(Some(outer), 0)
    }

    /// A line in `outer`.
    pub(crate) fn line(&mut self, outer: Scope) -> Scope {
        self.add(Some(outer), LINE)
    }

    /// The index of the scope around the one with the index `scope`, which comes before it.
    pub(crate) fn outer(&self, scope: u32) -> Option<u32> {
        let outer = self.outer.get(scope as usize)? & !LINE;
        (outer != scope).then_some(outer)
    }

    pub(crate) fn is_line(&self, scope: Scope) -> bool {
        self.outer.get(scope.0 as usize).is_some_and(|outer| outer & LINE != 0)
    }

    fn add(&mut self, outer: Option<Scope>, mark: u32) -> Scope {
        // Two thousand million scopes are enough to tell values apart.
        let next = u32::try_from(self.outer.len()).ok().filter(|next| next & LINE == 0);
        let Some(next) = next else { return outer.unwrap_or(Scope(0)) };
        self.outer.push(outer.map_or(next, |outer| outer.0) | mark);
        Scope(next)
    }
}
