//! Reports of `aemcred audit`: the inventory. One file a format.
//!
//! Owns: [`AuditResults`] and how they are counted, and the words that several formats share. Does not own: what is the
//! same credential, exit codes, files, the terminal.

pub mod csv;
pub mod html;
pub mod json;
pub mod jsonl;
pub mod markdown;
pub mod sarif;
pub mod table;

use chrono::{DateTime, Utc};

use super::{Failure, counted};
use crate::credential::{ClientId, DocumentKind};
use crate::finding::Level;
use crate::inventory::{AuditFinding, Audited};
use crate::record::{Record, Site, State};

/// The outcome of an audit.
#[derive(Debug)]
pub struct AuditResults {
    /// The clock of the run.
    pub now: DateTime<Utc>,
    /// Whether everything was looked at; not so when the run was interrupted.
    pub complete: bool,
    /// What was met, the most urgent first.
    pub credentials: Vec<Audited>,
    /// How much was looked at.
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
        let entries = || self.credentials.iter().map(|audited| &audited.record);
        let findings = || self.findings().map(|(_, finding)| finding.level);
        AuditSummary {
            credentials: self.credentials.len(),
            places: entries().map(|entry| entry.sites.len()).sum(),
            states: State::ALL.map(|state| entries().filter(|entry| entry.state == state).count()),
            levels: Level::ALL.map(|level| findings().filter(|found| *found == level).count()),
            failures: self.failures.len(),
        }
    }

    /// All findings with the entries that they are about.
    pub fn findings(&self) -> impl Iterator<Item = (&Audited, &AuditFinding)> {
        self.credentials
            .iter()
            .flat_map(|audited| audited.findings.iter().map(move |finding| (audited, finding)))
    }
}

impl Extent {
    /// `100 files looked at`, `100 files looked at, 5 skipped (links, devices, excluded, or above --max-size)`
    pub fn sentence(&self) -> String {
        let looked = counted(usize::try_from(self.files).unwrap_or(usize::MAX), "file");
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

/// `service.yaml:7:12 → data."service.json" → base64`, on one line. The JSON pointer is left out where it is the whole
/// document.
pub fn place(site: &Site) -> String {
    let mut place = format!("{}:{}", site.path.one_line(), site.position);
    for step in site.steps.iter().map(String::as_str).chain([site.pointer.as_str()]) {
        if !step.is_empty() {
            place.push_str(" → ");
            place.push_str(&super::one_line(step));
        }
    }
    place
}

/// The place without line and column, where rows are many and room is scarce.
pub(super) fn short_place(site: &Site) -> String {
    let mut place = site.path.one_line();
    for step in &site.steps {
        place.push_str(" → ");
        place.push_str(&super::one_line(step));
    }
    place
}

/// The first places of a credential, `most` of them, as `shown`, and how many more there are.
pub(super) fn listed(record: &Record, most: usize, shown: impl Fn(&Site) -> String) -> Vec<String> {
    let more = record.sites.len().checked_sub(most).filter(|more| *more > 0);
    let places = record.sites.iter().take(most).map(shown);
    places.chain(more.map(|more| format!("and {more} more"))).collect()
}

/// The program and environment that the client ID names.
fn client(entry: &Record) -> Option<ClientId<'_>> {
    entry.client_id.as_deref().and_then(ClientId::parse)
}

/// What the client is called: its ID, or words for its absence.
pub(super) fn client_name(entry: &Record) -> &str {
    entry.client_id.as_deref().unwrap_or(match entry.state {
        State::Encrypted => "(encrypted)",
        State::Redacted => "(redacted)",
        _ => "(client unknown)",
    })
}

/// What stands in the place of an end that nothing says: words, where people would expect a date.
pub(super) fn no_end(entry: &Record) -> &'static str {
    match (entry.kind, entry.state) {
        (DocumentKind::ServiceCredentials, State::Partial) => "unknown",
        _ => "",
    }
}
