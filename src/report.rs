//! Reports: results in, bytes out. One file a format.
//!
//! Owns: [`Results`] and how they are counted. Does not own: exit codes, files, the terminal.

pub mod azure;
pub mod catalogue;
pub mod concise;
pub mod github;
pub mod gitlab;
pub mod json;
pub mod jsonl;
pub mod junit;
pub mod markdown;
#[cfg(feature = "cli")]
pub mod problems;
pub mod rdjson;
pub mod sarif;
#[cfg(feature = "cli")]
pub mod text;

use chrono::{DateTime, SecondsFormat, Utc};

use crate::check::Checked;
use crate::credential::DocumentKind;
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

    /// Whether nothing keeps the credential from being used. A suppressed error still does, though it doesn't count.
    #[must_use]
    pub fn usable(&self) -> bool {
        self.checked.findings.iter().all(|finding| finding.level < Level::Error)
    }

    /// `sound`, or `usable` when there is something to say about it; nothing for a file that no program could use as a
    /// credential.
    #[must_use]
    pub fn verdict(&self) -> Option<&'static str> {
        let judged = match self.checked.kind {
            DocumentKind::ServiceCredentials | DocumentKind::DevelopmentToken | DocumentKind::AccessToken => {
                true
            }
            DocumentKind::DeveloperConsoleProject | DocumentKind::Configuration | DocumentKind::Unknown => {
                false
            }
        };
        let word = if self.checked.findings.is_empty() { "sound" } else { "usable" };
        (judged && self.usable()).then_some(word)
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

    /// The name without a leading `./`, as services want it that compare it with the paths of a repository.
    #[must_use]
    pub fn in_repository(&self) -> &str {
        let mut name = self.as_str();
        while let Some(rest) = name.strip_prefix("./").filter(|rest| !rest.is_empty()) {
            name = rest.trim_start_matches('/');
        }
        name
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
        if harmless(character) {
            line.push(character);
        } else {
            line.extend(character.escape_default());
        }
    }
    line
}

/// Whether a character can neither break a line nor fool a terminal.
fn harmless(character: char) -> bool {
    !character.is_control()
        && !matches!(character, '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}')
}

/// `text` with `special` characters replaced by their codes, and what could fool a terminal escaped: for lines that a
/// pipeline's agent reads as commands.
fn command_text(text: &str, special: &[(char, &str)]) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match special.iter().find(|(candidate, _)| *candidate == character) {
            Some((_, code)) => escaped.push_str(code),
            None if harmless(character) => escaped.push(character),
            None => escaped.extend(character.escape_default()),
        }
    }
    escaped
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
    /// `2 errors, 1 note`, or `no findings`.
    #[must_use]
    pub fn findings(&self) -> String {
        let levels = Level::ALL.into_iter().filter(|level| self.at(*level) > 0);
        let parts: Vec<String> = levels.map(|level| counted(self.at(level), level.name())).collect();
        if parts.is_empty() { String::from("no findings") } else { parts.join(", ") }
    }

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

/// Markdown's code marks mean nothing at a terminal.
fn plain(markdown: &str) -> String {
    markdown.replace('`', "")
}

/// A rule's summary as a sentence.
fn sentence(summary: &str) -> String {
    let mut letters = summary.chars();
    letters.next().map_or_else(String::new, |first| format!("{}{}.", first.to_uppercase(), letters.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_any_bytes_are_shown_on_one_line() {
        let name = PathName::from_bytes(b"a\xFFb\n\x1B[31m\xE2\x80\xAEc");
        assert_eq!(name.as_str(), "a\\xFFb\n\u{1B}[31m\u{202E}c");
        assert_eq!(name.one_line(), "a\\xFFb\\n\\u{1b}[31m\\u{202e}c");
        for (name, expected) in
            [("./a/b", "a/b"), (".//./a", "a"), ("../a", "../a"), (".a", ".a"), ("./", "./")]
        {
            assert_eq!(PathName::new(name).in_repository(), expected);
        }
    }
}
