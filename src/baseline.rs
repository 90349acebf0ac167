//! The baseline: findings that are known, so that only new ones count.
//!
//! Owns: its format, reading and writing it, which findings it knows. Does not own: files, and which of them were looked
//! at in a run.
//!
//! A line names a finding by its fingerprint, which has neither time nor line nor secret in it. Its path is relative to
//! the baseline's folder, so that the baseline holds wherever the program is started.

use std::collections::HashMap;

use crate::gate;
use crate::json::{self, Kind, Limits, Value};
use crate::source::Span;

/// What stands in the file as `schema`.
pub const SCHEMA: &str = "aemcred/baseline/1";

/// What every version of the format begins with.
const FAMILY: &str = "aemcred/baseline/";

/// The largest baseline, in bytes.
pub const MAX_SIZE: u64 = 64 << 20;

/// One known finding. The order is that of the file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct KnownFinding {
    /// The file, relative to the baseline's folder and with `/`.
    pub path: String,
    /// The rule.
    pub rule: String,
    /// The fingerprint over that path.
    pub fingerprint: String,
}

/// A baseline as read.
#[derive(Debug, Default)]
pub struct Baseline {
    /// Its lines and where they stand.
    pub entries: Vec<(KnownFinding, Span)>,
}

/// Why a text is no baseline. None of these quotes the text, which may be anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BaselineError {
    /// It is not JSON.
    #[error("it is not JSON, so aemcred did not write it")]
    Syntax(Span),
    /// It has another `schema`, or none.
    #[error("its `schema` is not “aemcred/baseline/1”, so another tool wrote it")]
    Foreign(Span),
    /// A later version of aemcred wrote it.
    #[error("a later version of aemcred wrote it; this version reads “aemcred/baseline/1”")]
    Later(Span),
    /// A line has not the form that aemcred writes.
    #[error("this line is not as aemcred writes it: fingerprint, rule and path")]
    KnownFinding(Span),
}

impl BaselineError {
    /// Where.
    pub const fn span(self) -> Span {
        match self {
            Self::Syntax(span) | Self::Foreign(span) | Self::Later(span) | Self::KnownFinding(span) => span,
        }
    }
}

/// Reads a baseline.
///
/// # Errors
///
/// When the text is none that this version wrote.
pub fn parse(text: &str) -> Result<Baseline, BaselineError> {
    let limits = Limits { values: usize::MAX, ..Limits::default() };
    let root = json::parse(text, limits).map_err(|error| BaselineError::Syntax(error.span))?;
    let first = Span::new(root.span.start, root.span.start + 1);
    let object = root.as_object().ok_or(BaselineError::Foreign(first))?;
    let schema = object.get("schema").ok_or(BaselineError::Foreign(first))?;
    match schema.value.as_text().map(json::Text::as_str) {
        Some(SCHEMA) => {}
        Some(other) if is_later(other) => return Err(BaselineError::Later(schema.value.span)),
        _ => return Err(BaselineError::Foreign(schema.value.span)),
    }
    let findings = object.get("findings").ok_or(BaselineError::KnownFinding(first))?;
    let Kind::Array(items) = &findings.value.kind else {
        return Err(BaselineError::KnownFinding(findings.value.span));
    };
    let entries = items.iter().map(|item| entry(item).ok_or(BaselineError::KnownFinding(item.span)));
    Ok(Baseline { entries: entries.collect::<Result<_, _>>()? })
}

fn is_later(schema: &str) -> bool {
    schema.strip_prefix(FAMILY).is_some_and(|version| version.parse::<u32>().is_ok_and(|version| version > 1))
}

fn entry(value: &Value<'_>) -> Option<(KnownFinding, Span)> {
    let object = value.as_object()?;
    let text = |name: &str| Some(object.get(name)?.value.as_text()?.as_str().to_owned());
    let entry = KnownFinding {
        path: gate::path(&text("path")?),
        rule: text("rule")?,
        fingerprint: text("fingerprint")?,
    };
    let is_hash =
        entry.fingerprint.len() == 64 && entry.fingerprint.bytes().all(|byte| byte.is_ascii_hexdigit());
    let is_name = entry.rule.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-');
    (is_hash && is_name).then_some((entry, value.span))
}

/// The text of a baseline: one finding a line, sorted, so that changes read well.
pub fn write(mut entries: Vec<KnownFinding>) -> String {
    use std::fmt::Write as _;
    entries.sort();
    let quoted = |text: &str| serde_json::Value::from(text).to_string();
    let mut text = format!("{{\n  \"schema\": \"{SCHEMA}\",\n  \"findings\": [");
    for (index, entry) in entries.iter().enumerate() {
        let comma = if index == 0 { "" } else { "," };
        // Writing to a string can't fail.
        let _ = write!(
            text,
            "{comma}\n    {{\"fingerprint\": {}, \"rule\": {}, \"path\": {}}}",
            quoted(&entry.fingerprint),
            quoted(&entry.rule),
            quoted(&entry.path)
        );
    }
    text.push_str(if entries.is_empty() { "]\n}\n" } else { "\n  ]\n}\n" });
    text
}

/// Which lines of a baseline have been matched. Two findings with one fingerprint need two lines.
#[derive(Debug)]
pub struct Matcher {
    /// The lines with each fingerprint that are still to be matched, the last first.
    open: HashMap<String, Vec<usize>>,
    matched: Vec<bool>,
}

impl Matcher {
    /// A fresh start.
    pub fn new(baseline: &Baseline) -> Self {
        let mut open: HashMap<String, Vec<usize>> = HashMap::new();
        for (index, (entry, _)) in baseline.entries.iter().enumerate().rev() {
            open.entry(entry.fingerprint.clone()).or_default().push(index);
        }
        Self { open, matched: vec![false; baseline.entries.len()] }
    }

    /// Whether a finding with this fingerprint is known. Each line is good for one finding.
    pub fn knows(&mut self, fingerprint: &str) -> bool {
        let line = self.open.get_mut(fingerprint).and_then(Vec::pop);
        if let Some(matched) = line.and_then(|line| self.matched.get_mut(line)) {
            *matched = true;
        }
        line.is_some()
    }

    /// Whether the line at `index` was matched.
    pub fn is_matched(&self, index: usize) -> bool {
        self.matched.get(index).copied().unwrap_or_default()
    }
}

/// What writing a baseline changes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// Lines that are new.
    pub added: usize,
    /// Lines that are gone.
    pub removed: usize,
    /// Lines that stay.
    pub kept: usize,
}

/// Joins what a run found with the baseline before: lines about what was not looked at stay.
pub fn merge(
    before: Baseline,
    found: Vec<KnownFinding>,
    looked_at: impl Fn(&KnownFinding) -> bool,
) -> (Vec<KnownFinding>, Changes) {
    let mut matcher = Matcher::new(&before);
    let known = found.iter().filter(|entry| matcher.knows(&entry.fingerprint)).count();
    let mut changes = Changes { added: found.len() - known, removed: 0, kept: known };
    let mut entries = found;
    for (index, (entry, _)) in before.entries.into_iter().enumerate() {
        if matcher.is_matched(index) {
            continue;
        }
        if looked_at(&entry) {
            changes.removed += 1;
        } else {
            changes.kept += 1;
            entries.push(entry);
        }
    }
    (entries, changes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(path: &str, digit: char) -> KnownFinding {
        KnownFinding {
            path: path.to_owned(),
            rule: String::from("field-type"),
            fingerprint: digit.to_string().repeat(64),
        }
    }

    fn entries(text: &str) -> Vec<KnownFinding> {
        parse(text).unwrap().entries.into_iter().map(|(entry, _)| entry).collect()
    }

    #[test]
    fn what_is_written_can_be_read_and_is_sorted() {
        let (a, b, c) = (entry("a.json", '2'), entry("a.json", '3'), entry("b \"ü\n.json", '1'));
        let text = write(vec![c.clone(), b.clone(), a.clone(), a.clone()]);
        assert_eq!(entries(&text), [a.clone(), a, b, c]);
        assert_eq!(text.lines().count(), 9);
        assert_eq!(entries(&write(Vec::new())), []);
    }

    #[test]
    fn other_texts_are_refused() {
        use BaselineError::{Foreign, KnownFinding, Later, Syntax};
        let kinds = |text: &str| std::mem::discriminant(&parse(text).unwrap_err());
        for (text, expected) in [
            ("", Syntax(Span::default())),
            ("x", Syntax(Span::default())),
            ("[]", Foreign(Span::default())),
            ("{\"version\": \"2.1.0\"}", Foreign(Span::default())),
            ("{\"schema\": 1}", Foreign(Span::default())),
            ("{\"schema\": \"aemcred/check/1\"}", Foreign(Span::default())),
            ("{\"schema\": \"aemcred/baseline/2\"}", Later(Span::default())),
            ("{\"schema\": \"aemcred/baseline/1\"}", KnownFinding(Span::default())),
            ("{\"schema\": \"aemcred/baseline/1\", \"findings\": [{}]}", KnownFinding(Span::default())),
            ("{\"schema\": \"aemcred/baseline/1\", \"findings\": {}}", KnownFinding(Span::default())),
        ] {
            assert_eq!(kinds(text), std::mem::discriminant(&expected), "{text}");
        }
    }

    #[test]
    fn each_line_is_good_for_one_finding() {
        let baseline = parse(&write(vec![entry("a.json", '1'), entry("a.json", '1')])).unwrap();
        let mut matcher = Matcher::new(&baseline);
        let one = "1".repeat(64);
        assert!(matcher.knows(&one) && !matcher.is_matched(1));
        assert!(matcher.knows(&one) && !matcher.knows(&one) && matcher.is_matched(1));
    }

    #[test]
    fn what_was_not_looked_at_stays() {
        let before =
            parse(&write(vec![entry("a.json", '1'), entry("a.json", '2'), entry("b.json", '3')])).unwrap();
        let found = vec![entry("a.json", '2'), entry("a.json", '4')];
        let (entries, changes) = merge(before, found, |entry| entry.path == "a.json");
        let fingerprints: Vec<_> = entries.iter().map(|entry| &entry.fingerprint[..1]).collect();
        assert_eq!(fingerprints, ["2", "4", "3"]);
        assert_eq!(changes, Changes { added: 1, removed: 1, kept: 2 });
    }
}
