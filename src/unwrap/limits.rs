//! How far unwrapping goes, and what is said when it stops.
//!
//! Owns: the limits, counting against them. Does not own: what to do without the rest.

use std::cell::{Cell, RefCell};
use std::fmt;

use crate::json::{self, SyntaxErrorKind};
use crate::secret::Secret;

/// How far one file is unwrapped.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// How many texts may lie in each other. Each decoding, each string with a structure of its own and each file of an
    /// archive is one more.
    pub depth: usize,
    /// How many texts may be taken out of one file in all.
    pub layers: usize,
    /// How many bytes may be taken out of one file in all.
    pub expansion: u64,
    /// How many bytes a single text may have that comes out of something compressed.
    pub layer_size: u64,
    /// How many files one archive may hold.
    pub members: usize,
    /// How many documents, parts and encrypted contents of one file are reported.
    pub finds: usize,
    /// Nesting and number of values in JSON and YAML.
    pub structure: json::Limits,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            depth: 6,
            layers: 20_000,
            expansion: 256 << 20,
            layer_size: 64 << 20,
            members: 20_000,
            finds: 10_000,
            structure: json::Limits { values: 1_000_000, ..json::Limits::default() },
        }
    }
}

/// A limit that was hit. Its text says which, and what was not looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Limit {
    /// [`Limits::depth`].
    Depth(usize),
    /// [`Limits::layers`].
    Layers(usize),
    /// [`Limits::expansion`].
    Expansion(u64),
    /// [`Limits::layer_size`].
    LayerSize(u64),
    /// [`Limits::members`].
    Members(usize),
    /// [`Limits::finds`].
    Finds(usize),
    /// Beginnings of documents that led to none.
    Attempts(usize),
    /// The patience of whoever waits: the run is to end.
    Stopped,
    /// The nesting of [`Limits::structure`].
    Nesting(usize),
    /// The number of values of [`Limits::structure`].
    Values(usize),
}

impl fmt::Display for Limit {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Depth(limit) => {
                write!(formatter, "wrapped more than {limit} times; what is deeper was not checked")
            }
            Self::Layers(limit) => {
                write!(
                    formatter,
                    "contains more than {limit} wrapped texts; of the rest only whole documents were checked"
                )
            }
            Self::Expansion(limit) => {
                write!(formatter, "unwraps to more than {limit} bytes in all; the rest was not checked")
            }
            Self::LayerSize(limit) => {
                write!(formatter, "unwraps to a text of more than {limit} bytes, which was not checked")
            }
            Self::Members(limit) => {
                write!(formatter, "is an archive of more than {limit} files; the rest was not checked")
            }
            Self::Finds(limit) => {
                write!(formatter, "contains more than {limit} credentials; the rest is not listed")
            }
            Self::Attempts(limit) => write!(
                formatter,
                "has more than {limit} beginnings of credentials without an end; the rest was not checked"
            ),
            Self::Stopped => {
                formatter.write_str("was being read when the run was interrupted; the rest was not checked")
            }
            Self::Nesting(limit) => {
                write!(formatter, "nests values more than {limit} deep; it was searched as plain text only")
            }
            Self::Values(limit) => {
                write!(formatter, "contains more than {limit} values; it was searched as plain text only")
            }
        }
    }
}

/// How often something in one file may begin like a value of many lines or an object, and lead to none, before no more
/// beginnings are followed: each costs a look at what comes after it.
const ATTEMPTS: usize = 500;

/// A buffer of more bytes is not kept for the next text.
const SPARE: usize = 16 << 20;

impl Limit {
    /// The limit that JSON was too much for, if that is what is wrong with it.
    pub(crate) const fn of(error: SyntaxErrorKind, limits: json::Limits) -> Option<Self> {
        match error {
            SyntaxErrorKind::TooDeep => Some(Self::Nesting(limits.depth)),
            SyntaxErrorKind::TooMany => Some(Self::Values(limits.values)),
            _ => None,
        }
    }
}

/// What is left of the limits for one file. Readers take it as an argument; only the driver counts texts and finds.
pub(crate) struct Budget<'s> {
    limits: Limits,
    /// Whether the run is to end.
    stopped: &'s dyn Fn() -> bool,
    layers: Cell<usize>,
    expansion: Cell<u64>,
    finds: Cell<usize>,
    /// A buffer for the next text that comes out of something.
    spare: RefCell<Secret<Vec<u8>>>,
    /// Beginnings that may still be followed in vain.
    pub(crate) attempts: Attempts,
}

impl<'s> Budget<'s> {
    pub(crate) fn new(limits: Limits, stopped: &'s dyn Fn() -> bool) -> Self {
        let (layers, expansion, finds) = (Cell::new(0), Cell::new(0), Cell::new(0));
        let (spare, attempts) = (RefCell::new(Secret::new(Vec::new())), Attempts::new(ATTEMPTS));
        Self { limits, stopped, layers, expansion, finds, spare, attempts }
    }

    /// An empty buffer, perhaps of a text before.
    pub(crate) fn buffer(&self) -> Secret<Vec<u8>> {
        self.spare.take()
    }

    /// Takes back the buffer of a text in which nothing is: to fill fresh memory takes as long as to search it.
    pub(crate) fn give_back(&self, mut bytes: Secret<Vec<u8>>) {
        if bytes.expose().capacity() <= SPARE {
            bytes.empty();
            self.spare.replace(bytes);
        }
    }

    /// Returns [`Limit::Stopped`] if the run is to end.
    pub(crate) fn go_on(&self) -> Result<(), Limit> {
        if (self.stopped)() { Err(Limit::Stopped) } else { Ok(()) }
    }

    pub(crate) const fn structure(&self) -> json::Limits {
        self.limits.structure
    }

    /// The largest window that a decoder may take: that of the longest text.
    pub(crate) const fn stream_window(&self) -> u64 {
        self.limits.layer_size
    }

    /// How many bytes the next text may have.
    pub(crate) fn room(&self) -> u64 {
        self.limits.layer_size.min(self.left())
    }

    /// How many bytes may come out of the file altogether from here on.
    pub(crate) fn left(&self) -> u64 {
        self.limits.expansion.saturating_sub(self.expansion.get())
    }

    /// The limit that is hit where a text has more bytes than there is `room` for.
    pub(crate) const fn too_long(&self, room: u64) -> Limit {
        if room < self.limits.layer_size { self.too_much() } else { Limit::LayerSize(self.limits.layer_size) }
    }

    /// The limit that is hit where nothing is left.
    pub(crate) const fn too_much(&self) -> Limit {
        Limit::Expansion(self.limits.expansion)
    }

    /// Returns the limit that keeps the `number`th file of an archive from being read.
    pub(crate) fn member(&self, number: usize) -> Result<(), Limit> {
        self.go_on()?;
        if number > self.limits.members { Err(Limit::Members(self.limits.members)) } else { Ok(()) }
    }

    /// Counts one more text of `length` bytes, `depth` texts inside the file, or returns the limit that is hit.
    pub(crate) fn layer(&self, length: usize, depth: usize) -> Result<(), Limit> {
        if depth > self.limits.depth {
            return Err(Limit::Depth(self.limits.depth));
        }
        if count(&self.layers) > self.limits.layers {
            return Err(Limit::Layers(self.limits.layers));
        }
        self.expand(length)
    }

    /// Counts `length` more bytes, or returns the limit that is hit.
    pub(crate) fn expand(&self, length: usize) -> Result<(), Limit> {
        self.go_on()?;
        self.expansion.set(self.expansion.get().saturating_add(length as u64));
        if self.expansion.get() > self.limits.expansion { Err(self.too_much()) } else { Ok(()) }
    }

    /// Counts one more thing that was found, or returns the limit that is hit.
    pub(crate) fn find(&self) -> Result<(), Limit> {
        self.go_on()?;
        if count(&self.finds) > self.limits.finds { Err(Limit::Finds(self.limits.finds)) } else { Ok(()) }
    }
}

fn count(counter: &Cell<usize>) -> usize {
    counter.set(counter.get() + 1);
    counter.get()
}

/// How many beginnings of something without an end may still be followed.
pub(crate) struct Attempts {
    left: Cell<usize>,
    most: usize,
}

impl Attempts {
    pub(crate) const fn new(most: usize) -> Self {
        Self { left: Cell::new(most), most }
    }

    /// Counts a beginning that was followed in vain.
    pub(crate) fn fail(&self) {
        self.left.set(self.left.get().saturating_sub(1));
    }

    /// Returns the limit once no more may be followed.
    pub(crate) const fn exhausted(&self) -> Option<Limit> {
        if self.left.get() == 0 { Some(Limit::Attempts(self.most)) } else { None }
    }
}
