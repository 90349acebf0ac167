//! The reports of `aemcred inspect`: one credential in depth, for people and for machines.
//!
//! Owns: what both formats are made of. Does not own: the facts (see `crate::inspect`).

mod bar;
pub mod json;
pub mod text;

use chrono::{DateTime, Utc};

use super::{self as report, FileResult};
use crate::inspect::{Fact, Subject};

/// What the inspection comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    /// The documented client can use it, or AEM takes the token, and there is nothing to say about it.
    Sound,
    /// The same, but there is something to say.
    Usable,
    /// The same, but until when can't be told, because there is no certificate.
    Undated,
    /// It can't be used.
    Broken,
    /// Its credentials are listed and not judged.
    Listed,
    /// There is no credential to be used.
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
    pub subject: Fact<Subject>,
}

impl InspectResult {
    /// Whether something was found, and nothing keeps it from being used.
    #[must_use]
    pub fn usable(&self) -> bool {
        self.subject.is_ok() && self.file.usable()
    }

    fn verdict(&self) -> Verdict {
        match (&self.subject, self.file.verdict()) {
            // A document of another kind can be without findings when their rules are turned off.
            (Err(_), _) => Verdict::NoCredential,
            (Ok(Subject::Project), _) => Verdict::Listed,
            (Ok(_), Some(report::Verdict::Sound)) => Verdict::Sound,
            (Ok(_), Some(report::Verdict::Usable)) => Verdict::Usable,
            (Ok(_), Some(report::Verdict::Undated)) => Verdict::Undated,
            (Ok(_), None) => Verdict::Broken,
        }
    }
}
