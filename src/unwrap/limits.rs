//! How far unwrapping goes, and what is said when it stops.
//!
//! Owns: the limits, counting against them. Does not own: what to do without the rest.

use std::fmt;

use crate::json;

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
                write!(formatter, "wrapped more than {limit} times; what lies deeper was not looked at")
            }
            Self::Layers(limit) => {
                write!(formatter, "holds more than {limit} wrapped texts; the rest was not looked at")
            }
            Self::Expansion(limit) => {
                write!(formatter, "unwraps to more than {limit} bytes in all; the rest was not looked at")
            }
            Self::LayerSize(limit) => {
                write!(formatter, "unwraps to a text of more than {limit} bytes, which was not looked at")
            }
            Self::Members(limit) => {
                write!(formatter, "is an archive of more than {limit} files; the rest was not looked at")
            }
            Self::Finds(limit) => {
                write!(formatter, "holds more than {limit} credentials; the rest is not listed")
            }
            Self::Attempts(limit) => write!(
                formatter,
                "has more than {limit} beginnings of credentials without an end; no more were followed"
            ),
            Self::Stopped => formatter
                .write_str("was being looked into when the run was interrupted; the rest was not looked at"),
            Self::Nesting(limit) => {
                write!(
                    formatter,
                    "nests values more than {limit} deep; it was looked through as plain text only"
                )
            }
            Self::Values(limit) => {
                write!(formatter, "holds more than {limit} values; it was looked through as plain text only")
            }
        }
    }
}

/// What is left of the limits for one file.
pub(super) struct Budget<'s> {
    limits: Limits,
    /// Whether the run is to end.
    stopped: &'s dyn Fn() -> bool,
    layers: usize,
    expansion: u64,
    finds: usize,
}

impl<'s> Budget<'s> {
    pub(super) const fn new(limits: Limits, stopped: &'s dyn Fn() -> bool) -> Self {
        Self { limits, stopped, layers: 0, expansion: 0, finds: 0 }
    }

    /// Whether the run is to end.
    pub(super) fn is_stopped(&self) -> bool {
        (self.stopped)()
    }

    pub(super) const fn limits(&self) -> &Limits {
        &self.limits
    }

    /// How many bytes the next text may have.
    pub(super) fn room(&self) -> u64 {
        self.limits.layer_size.min(self.left())
    }

    /// How many bytes may come out of the file altogether from here on.
    pub(super) const fn left(&self) -> u64 {
        self.limits.expansion.saturating_sub(self.expansion)
    }

    /// Counts one more text of `length` bytes, `depth` texts inside the file.
    ///
    /// # Errors
    ///
    /// The limit that stands against it.
    pub(super) fn layer(&mut self, length: usize, depth: usize) -> Result<(), Limit> {
        if depth > self.limits.depth {
            return Err(Limit::Depth(self.limits.depth));
        }
        self.layers += 1;
        if self.layers > self.limits.layers {
            return Err(Limit::Layers(self.limits.layers));
        }
        self.expand(length)
    }

    /// Counts `length` more bytes.
    ///
    /// # Errors
    ///
    /// When these are too many.
    pub(super) fn expand(&mut self, length: usize) -> Result<(), Limit> {
        if self.is_stopped() {
            return Err(Limit::Stopped);
        }
        self.expansion = self.expansion.saturating_add(length as u64);
        if self.expansion > self.limits.expansion {
            return Err(Limit::Expansion(self.limits.expansion));
        }
        Ok(())
    }

    /// Counts one more thing that was found.
    ///
    /// # Errors
    ///
    /// When these are too many.
    pub(super) fn find(&mut self) -> Result<(), Limit> {
        if self.is_stopped() {
            return Err(Limit::Stopped);
        }
        self.finds += 1;
        if self.finds > self.limits.finds { Err(Limit::Finds(self.limits.finds)) } else { Ok(()) }
    }
}
