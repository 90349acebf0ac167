//! Reports of `aemcred audit`: the inventory. One file a format.
//!
//! Owns: [`AuditResults`] and how they are counted. Does not own: what is the same credential, what is told of each (see
//! `report/inventory`), exit codes, files, the terminal.

pub mod csv;
pub mod html;
pub mod json;
pub mod jsonl;
pub mod markdown;
mod mergeable;
pub mod sarif;
pub mod table;

use chrono::{DateTime, Utc};

use super::{Failure, counted};
use crate::finding::Level;
use crate::inventory::{AuditFinding, Audited};
use crate::record::State;
use crate::source::PathName;

/// The outcome of an audit.
#[derive(Debug)]
pub struct AuditResults {
    /// The clock of the run.
    pub now: DateTime<Utc>,
    /// Whether everything was checked; false when the run was interrupted.
    pub complete: bool,
    /// The folders that were looked through, and standard input. Files are named where something was found.
    pub paths: Vec<PathName>,
    /// What was met, the most urgent first.
    pub credentials: Vec<Audited>,
    /// How much was checked.
    pub extent: Extent,
    /// What could not be done, sorted by path.
    pub failures: Vec<Failure>,
}

/// How much a run looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Extent {
    /// Files that were read.
    pub files: u64,
    /// Their size, in bytes.
    pub bytes: u64,
    /// Files and folders that were met and not read: too large, excluded, links, devices.
    pub skipped: u64,
}

/// How many of what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AuditSummary {
    /// Distinct credentials and parts.
    pub credentials: usize,
    /// Places at which they stand.
    pub places: usize,
    /// Credentials in each state, in the order of [`State::ALL`].
    pub states: [usize; State::ALL.len()],
    /// Findings of each level, in the order of [`Level::ALL`].
    pub levels: [usize; Level::ALL.len()],
    /// Things that could not be done.
    pub failures: usize,
}

impl AuditResults {
    /// Counts.
    pub fn summary(&self) -> AuditSummary {
        let records = || self.credentials.iter().map(|audited| &audited.record);
        let findings = || self.findings().map(|(_, finding)| finding.level);
        AuditSummary {
            credentials: self.credentials.len(),
            places: records().map(|record| record.locations.len()).sum(),
            states: State::ALL.map(|state| records().filter(|record| record.state == state).count()),
            levels: Level::ALL.map(|level| findings().filter(|found| *found == level).count()),
            failures: self.failures.len(),
        }
    }

    /// All findings with the records that they are about.
    pub fn findings(&self) -> impl Iterator<Item = (&Audited, &AuditFinding)> {
        self.credentials
            .iter()
            .flat_map(|audited| audited.findings.iter().map(move |finding| (audited, finding)))
    }
}

impl Extent {
    /// `100 files looked at`, `100 files looked at, 5 skipped (links, devices, excluded, or above --max-size)`
    pub fn sentence(&self) -> String {
        let looked = counted(self.files, "file");
        match self.skipped {
            0 => format!("{looked} looked at"),
            skipped => format!(
                "{looked} looked at, {skipped} skipped (above --max-size, excluded, or no regular files)"
            ),
        }
    }
}

impl AuditSummary {
    /// `3 credentials in 5 places: 1 expired, 2 sound`
    pub fn sentence(&self) -> String {
        if self.credentials == 0 {
            return String::from("no AEM credentials");
        }
        let states = State::ALL.into_iter().zip(self.states).filter(|(_, count)| *count > 0);
        let states: Vec<String> = states.map(|(state, count)| format!("{count} {}", state.name())).collect();
        let (credentials, places) = (counted(self.credentials, "credential"), counted(self.places, "place"));
        format!("{credentials} in {places}: {}", states.join(", "))
    }
}
