//! Reports: results in, bytes out. One file a format.
//!
//! Owns: [`Results`] and how they are counted. Does not own: exit codes, files, the terminal.

pub mod catalogue;
pub mod concise;
pub mod json;
#[cfg(feature = "cli")]
pub mod problems;
#[cfg(feature = "cli")]
pub mod text;

use chrono::{DateTime, SecondsFormat, Utc};

use crate::check::Checked;
use crate::finding::{Finding, Level};

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
}

impl FileResult {
    /// The findings that count.
    pub fn findings(&self) -> impl Iterator<Item = &Finding> {
        self.checked.findings.iter().filter(|finding| finding.suppression.is_none())
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

/// A file's name as reports show it. Bytes that are not UTF-8 stand as `\xNN`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PathName(String);

impl PathName {
    /// A name that is text already.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self(name.into())
    }

    /// A name from bytes in any encoding.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Self {
        use std::fmt::Write as _;
        let mut name = String::new();
        for chunk in bytes.utf8_chunks() {
            name.push_str(chunk.valid());
            for byte in chunk.invalid() {
                // Writing to a string can't fail.
                let _ = write!(name, "\\x{byte:02X}");
            }
        }
        Self(name)
    }

    /// The name, line breaks and all: for formats that escape strings themselves.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name on one line, with control characters and invisible ones escaped: for people.
    #[must_use]
    pub fn one_line(&self) -> String {
        one_line(&self.0)
    }
}

/// `text` with everything escaped that could break a line or fool a terminal.
#[must_use]
pub fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for character in text.chars() {
        let harmless = !character.is_control()
            && !matches!(character, '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}');
        if harmless {
            line.push(character);
        } else {
            line.extend(character.escape_default());
        }
    }
    line
}

/// How many of what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Files that were checked.
    pub files: usize,
    /// Credentials among them.
    pub credentials: usize,
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
    /// Findings of `level`.
    #[must_use]
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
    #[must_use]
    pub fn summary(&self) -> Summary {
        let count = |level| {
            let findings = self.files.iter().flat_map(FileResult::findings);
            findings.filter(|finding| finding.level == level).count()
        };
        Summary {
            files: self.files.len(),
            credentials: self.files.iter().filter(|file| file.checked.looks_like_credential).count(),
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
#[must_use]
pub fn instant(instant: DateTime<Utc>) -> String {
    instant.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// `1 error`, `2 errors`
#[must_use]
pub fn counted(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_any_bytes_are_shown_on_one_line() {
        let name = PathName::from_bytes(b"a\xFFb\n\x1B[31m\xE2\x80\xAEc");
        assert_eq!(name.as_str(), "a\\xFFb\n\u{1B}[31m\u{202E}c");
        assert_eq!(name.one_line(), "a\\xFFb\\n\\u{1b}[31m\\u{202e}c");
    }
}
