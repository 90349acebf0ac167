//! Reports: results in, bytes out. One file a format. Every writer fails when its output can't be written, and only then.
//!
//! Owns: [`Results`] and how they are counted. Does not own: exit codes, files, the terminal.
#![cfg_attr(
    feature = "internals",
    expect(clippy::missing_errors_doc, reason = "the one error of this room is named above")
)]

#[cfg(feature = "cli")]
pub mod audit;
pub mod azure;
pub mod catalogue;
#[cfg(feature = "cli")]
pub mod compare;
pub mod concise;
#[cfg(feature = "cli")]
pub mod diff;
#[cfg(feature = "cli")]
mod drawing;
mod escape;
#[cfg(feature = "cli")]
mod excerpt;
pub mod github;
pub mod gitlab;
#[cfg(feature = "cli")]
pub mod inspect;
#[cfg(feature = "cli")]
mod inventory;
pub mod json;
pub mod jsonl;
pub mod junit;
#[cfg(feature = "cli")]
mod lines;
pub mod markdown;
#[cfg(feature = "cli")]
mod notice;
#[cfg(feature = "cli")]
pub mod problems;
pub mod rdjson;
#[cfg(feature = "cli")]
pub mod renewals;
pub mod sarif;
#[cfg(feature = "cli")]
pub mod settings;
#[cfg(all(test, feature = "cli"))]
mod tests;
#[cfg(feature = "cli")]
pub mod text;
mod wire;

use std::collections::BTreeSet;

use chrono::{DateTime, SecondsFormat, Utc};

use crate::credential::presentable_id;
use crate::examine::Checked;
use crate::finding::{Finding, Level};
use crate::record::State;
#[cfg(feature = "cli")]
use crate::rules::words::date;
pub use crate::source::{PathName, counted, one_line};
#[cfg(feature = "cli")]
pub use drawing::Drawing;

/// The outcome of one run.
#[derive(Debug)]
pub struct Results {
    /// The clock of the run.
    pub now: DateTime<Utc>,
    /// What was checked, sorted by path.
    pub files: Vec<FileResult>,
    /// How many files of a walk were passed over.
    pub skipped: usize,
    /// What could not be done, sorted by path.
    pub failures: Vec<Failure>,
}

/// One document that was checked.
#[derive(Debug)]
pub struct FileResult {
    /// Its name.
    pub path: PathName,
    /// What was found out.
    pub checked: Checked,
    /// Whether this is all that a file holds, so that `--fix` can write to it; standard input is no file.
    pub is_file: bool,
}

impl FileResult {
    /// The findings that count.
    pub fn findings(&self) -> impl Iterator<Item = &Finding> {
        self.checked.findings.iter().filter(|finding| finding.suppression.is_none())
    }

    /// `secret.yaml`, or `secret.yaml → data."service.json" → base64`, on one line.
    pub fn place(&self) -> String {
        let (path, within) = (self.path.one_line(), self.checked.record.within());
        if within.is_empty() { path } else { format!("{path} → {}", one_line(&within)) }
    }

    /// In what state the credential is; nothing for what is none.
    pub fn state(&self) -> Option<State> {
        let record = &self.checked.record;
        let is_listed = self.checked.is_credential || record.kind.is_part() || record.is_token();
        Some(record.state).filter(|_| is_listed)
    }

    /// Whether a finding that counts is at or above `lowest`.
    pub fn fails(&self, lowest: Option<Level>) -> bool {
        lowest.is_some_and(|lowest| self.findings().any(|finding| finding.level >= lowest))
    }

    /// Whether it is a template that nobody asked for by name, so that nothing is wrong with it.
    pub fn is_template(&self) -> bool {
        let Checked { record, is_credential, findings, .. } = &self.checked;
        *is_credential && record.state == State::Redacted && findings.is_empty()
    }
}

/// Something that was asked for and could not be done.
#[derive(Debug)]
pub struct Failure {
    /// The file concerned, if it is about one.
    pub path: Option<PathName>,
    /// What and why, in plain words.
    pub message: String,
}

#[cfg(feature = "cli")]
impl Failure {
    /// Each of `failures` once, sorted.
    pub fn distinct(mut failures: Vec<Self>) -> Vec<Self> {
        failures.sort_by(|left, right| (&left.path, &left.message).cmp(&(&right.path, &right.message)));
        failures.dedup_by(|left, right| (&left.path, &left.message) == (&right.path, &right.message));
        failures
    }
}

/// The message and, on a line of its own, the help.
fn message_and_help(finding: &Finding) -> String {
    let draft = &finding.draft;
    if draft.help.is_empty() { draft.message.clone() } else { format!("{}\n{}", draft.message, draft.help) }
}

/// How many of what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Files that were checked.
    pub files: usize,
    /// Credentials among them.
    pub credentials: usize,
    /// Templates among them, of which nothing is asked: every secret in them is a placeholder.
    pub templates: usize,
    /// Findings of level error.
    pub errors: usize,
    /// Findings of level warning.
    pub warnings: usize,
    /// Findings of level note.
    pub notes: usize,
    /// Files of a walk that were passed over.
    pub skipped: usize,
    /// Findings that don't count, by the configuration or a baseline.
    pub suppressed: usize,
    /// Things that could not be done.
    pub failures: usize,
}

impl Summary {
    /// Counts findings by level, and nothing else.
    pub fn of<'f>(findings: impl Iterator<Item = &'f Finding>) -> Self {
        findings.fold(Self::default(), |mut summary, finding| {
            let count = match finding.level {
                Level::Error => &mut summary.errors,
                Level::Warning => &mut summary.warnings,
                Level::Note => &mut summary.notes,
            };
            *count += 1;
            summary
        })
    }

    /// `2 errors, 1 note`, or `no findings`.
    pub fn findings(&self) -> String {
        let levels = Level::ALL.into_iter().rev().filter(|level| self.at(*level) > 0);
        let parts: Vec<String> = levels.map(|level| counted(self.at(level), level.name())).collect();
        if parts.is_empty() { String::from("no findings") } else { parts.join(", ") }
    }

    /// Findings of `level`.
    pub const fn at(&self, level: Level) -> usize {
        match level {
            Level::Error => self.errors,
            Level::Warning => self.warnings,
            Level::Note => self.notes,
        }
    }
}

impl Results {
    /// Counts.
    pub fn summary(&self) -> Summary {
        let count = |level| {
            let findings = self.files.iter().flat_map(FileResult::findings);
            findings.filter(|finding| finding.level == level).count()
        };
        // Several credentials may be in one file.
        let paths: BTreeSet<&PathName> = self.files.iter().map(|file| &file.path).collect();
        Summary {
            files: paths.len(),
            credentials: self.files.iter().filter(|file| file.checked.is_credential).count(),
            templates: self.files.iter().filter(|file| file.is_template()).count(),
            errors: count(Level::Error),
            warnings: count(Level::Warning),
            notes: count(Level::Note),
            skipped: self.skipped,
            suppressed: self
                .files
                .iter()
                .flat_map(|file| &file.checked.findings)
                .filter(|finding| finding.suppression.is_some())
                .count(),
            failures: self.failures.len(),
        }
    }
}

/// `2026-11-22T12:00:00Z`
pub fn timestamp(instant: DateTime<Utc>) -> String {
    instant.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// A client ID that somebody typed, on one line; nothing if it may be a secret.
pub fn public_id(id: &str) -> Option<String> {
    presentable_id(id).then(|| one_line(id))
}

/// `265 days left`, `10 days ago`: what `days_left` says, in words. They are rounded towards the past, so that day 0 is the
/// last one and day −1 the first after it.
#[cfg(feature = "cli")]
fn days(days_left: i64) -> String {
    let whole = days_left.unsigned_abs();
    match days_left {
        0 => String::from("less than a day left"),
        -1 => String::from("less than a day ago"),
        1.. => format!("{} left", counted(whole, "day")),
        _ => format!("{} ago", counted(whole, "day")),
    }
}

/// A rule's summary as a sentence.
fn sentence(summary: &str) -> String {
    let mut letters = summary.chars();
    letters.next().map_or_else(String::new, |first| format!("{}{}.", first.to_uppercase(), letters.as_str()))
}
