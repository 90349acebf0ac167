//! The reports of `aemcred inspect`: one credential in depth, for people and for machines.
//!
//! Owns: what both formats are made of. Does not own: the facts (see `crate::inspect`).

mod bar;
pub mod json;
pub mod text;

use chrono::{DateTime, Utc};

use super::FileResult;
use crate::finding::Level;
use crate::inspect::{Fact, Subject};
use crate::record::State;

/// The outcome of inspecting one document.
#[derive(Debug)]
pub struct InspectResult {
    /// The clock of the run.
    pub now: DateTime<Utc>,
    /// The document and what `check` found in it.
    pub file: FileResult,
    /// Its sections.
    pub subject: Fact<Subject>,
}

impl InspectResult {
    /// The word of the first contract for the state, which knew no others.
    fn verdict(&self) -> &'static str {
        let has_errors = self.file.checked.findings.iter().any(|finding| finding.level == Level::Error);
        match (&self.subject, self.file.state()) {
            // A document of another kind can be without findings when their rules are turned off.
            (Err(_), _) => "no-credential",
            (Ok(Subject::Project), _) => "listed",
            (Ok(_), Some(State::Sound | State::Expiring | State::Partial)) if has_errors => "broken",
            (Ok(_), Some(State::Sound)) if self.file.checked.findings.is_empty() => "sound",
            (Ok(_), Some(State::Sound | State::Expiring | State::Partial)) => "usable",
            (Ok(_), _) => "broken",
        }
    }
}
