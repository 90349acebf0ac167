//! One `[[ignore]]` entry: which findings it suppresses, why, and until when.

use std::path::Path;

use chrono::NaiveDate;

use super::{Pattern, Placed};
use crate::finding::Finding;
use crate::rule::Rule;

/// An entry. All that it names must hold of a finding.
#[derive(Debug)]
pub struct Ignore {
    /// The rule.
    pub rule: Placed<&'static Rule>,
    /// The files; all if it names none.
    pub path: Option<Pattern>,
    /// The place within the document.
    pub pointer: Option<String>,
    /// The finding's fingerprint, as reports show it.
    pub fingerprint: Option<String>,
    /// Why.
    pub reason: String,
    /// The last day on which it holds, in UTC.
    pub until: Option<Placed<NaiveDate>>,
}

impl Ignore {
    /// Whether it speaks of `finding` in the file `path`, which is relative to the configuration's folder.
    /// `fingerprints` are those that the finding goes by.
    pub fn matches(&self, finding: &Finding, path: &Path, fingerprints: &[String]) -> bool {
        self.rule.value.name == finding.rule.name
            && self.path.as_ref().is_none_or(|pattern| pattern.matches(path))
            && self.pointer.as_ref().is_none_or(|pointer| pointer == finding.draft.place.pointer.as_str())
            && self.fingerprint.as_ref().is_none_or(|fingerprint| fingerprints.contains(fingerprint))
    }

    /// Whether it still holds on `today`: the day of `until` itself counts.
    pub fn holds(&self, today: NaiveDate) -> bool {
        self.until.as_ref().is_none_or(|until| today <= until.value)
    }
}
