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

named! {
    /// The words of the first contract for the state, which knew no others.
    #[derive(Clone, Copy, Debug)]
    pub enum Verdict {
        /// It can be used.
        Sound = "sound",
        /// The same, with findings.
        Usable = "usable",
        /// It can't.
        Broken = "broken",
        /// It is a project, whose credentials aren't judged.
        Listed = "listed",
        /// There is none.
        NoCredential = "no-credential",
    }
}

impl InspectResult {
    fn verdict(&self) -> Verdict {
        let has_errors = self.file.checked.findings.iter().any(|finding| finding.level == Level::Error);
        match (&self.subject, self.file.state()) {
            // A document of another kind can be without findings when their rules are turned off.
            (Err(_), _) => Verdict::NoCredential,
            (Ok(Subject::Project), _) => Verdict::Listed,
            (Ok(_), Some(State::Sound | State::Expiring | State::Partial)) if has_errors => Verdict::Broken,
            (Ok(_), Some(State::Sound)) if self.file.checked.findings.is_empty() => Verdict::Sound,
            (Ok(_), Some(State::Sound | State::Expiring | State::Partial)) => Verdict::Usable,
            (Ok(_), _) => Verdict::Broken,
        }
    }
}
