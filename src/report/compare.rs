//! The reports of `aemcred compare`: whether one credential is a rotation of another.
//!
//! Owns: what both formats are made of. Does not own: the comparison (see `crate::compare`).

pub mod json;
pub mod text;

use chrono::{DateTime, Utc};

use crate::compare::Comparison;
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
}

/// One of the two documents.
#[derive(Debug)]
pub struct Side {
    /// Its name.
    pub path: PathName,
    /// What can be told of it.
    pub inspected: Inspected,
}
