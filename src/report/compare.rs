//! The reports of `aemcred compare`: whether one credential is a rotation of another.
//!
//! Owns: what both formats are made of. Does not own: the comparison (see `crate::compare`).

pub mod json;
mod search;
pub mod text;

use chrono::{DateTime, Utc};

use super::Failure;
use super::audit::Extent;
use crate::compare::Comparison;
use crate::compare::search::HoldingPlace;
use crate::inspect::Inspected;
use crate::source::PathName;

/// The outcome of comparing two documents.
#[derive(Debug)]
pub struct CompareResult {
    /// The clock of the run.
    pub now: DateTime<Utc>,
    /// The one that is to be replaced.
    pub old: Side,
    /// The one that takes its place.
    pub new: Side,
    /// What was found out.
    pub comparison: Comparison,
    /// Where the two are, if that was asked.
    pub search: Option<SearchResult>,
}

/// What a search for the two credentials came to.
#[derive(Debug)]
pub struct SearchResult {
    /// The folders that were looked through, and standard input.
    pub paths: Vec<PathName>,
    /// What was found, what there is to do about first.
    pub places: Vec<HoldingPlace>,
    /// How much was looked at.
    pub extent: Extent,
    /// What could not be done, sorted by path.
    pub failures: Vec<Failure>,
    /// Whether everything was looked at; not so when the run was interrupted.
    pub complete: bool,
}

/// One of the two documents.
#[derive(Debug)]
pub struct Side {
    /// Its name.
    pub path: PathName,
    /// What can be told of it.
    pub inspected: Inspected,
}
