//! The reports of `aemcred inspect`: one credential in depth, for people and for machines.
//!
//! Owns: what both formats are made of. Does not own: the facts (see `crate::inspect`).

mod bar;
pub mod json;
pub mod text;

use chrono::{DateTime, Utc};

use super::FileResult;
use crate::inspect::{Fact, Inspection};

/// What the inspection comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    /// The documented client can use it, and there is nothing to say about it.
    Sound,
    /// The documented client can use it.
    Usable,
    /// It can't.
    Broken,
    /// There is no service credential to be used.
    NoCredential,
}

/// The outcome of inspecting one document.
#[derive(Debug)]
pub struct InspectResult {
    /// The clock of the run.
    pub now: DateTime<Utc>,
    /// The document and what `check` found in it.
    pub file: FileResult,
    /// Its sections.
    pub credential: Fact<Inspection>,
}

impl InspectResult {
    fn verdict(&self) -> Verdict {
        match self.file.verdict() {
            // A document of another kind can be without findings when their rules are turned off.
            _ if self.credential.is_err() => Verdict::NoCredential,
            Some("sound") => Verdict::Sound,
            Some(_) => Verdict::Usable,
            None => Verdict::Broken,
        }
    }
}
