//! `text`: for people at a terminal. The most urgent findings first, each with an excerpt from the masked source, and what
//! they come to.
//!
//! Owns: the order, what is told once for several findings, the summary. Does not own: how a finding is drawn (see
//! `notice`), the lines about credentials without one (see `verdict`).

mod verdict;

use std::collections::{BTreeMap, HashSet};
use std::io::{self, Write};

use super::excerpt::{Excerpt, Mark};
use super::lines::{indented, whole};
use super::notice::Notice;
use super::{Drawing, FileResult, Results, counted, date, one_line};
use crate::examine::short;
use crate::finding::{Finding, Level};
use crate::record::State;
use crate::rule::{Basis, Check};

/// Of which credentials a line says in what state they are, besides their findings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdicts {
    /// Of none.
    Off,
    /// Of those that something can be done with, in one line for all that are alike.
    Credentials,
    /// Of each, templates too.
    All,
}

/// How many findings of one rule in one file are told in a line each, besides the first.
const ALIKE: usize = 8;

/// Writes the report.
pub fn write(results: &Results, drawing: Drawing, verdicts: Verdicts, out: &mut dyn Write) -> io::Result<()> {
    let mut files: Vec<(Urgency, &FileResult)> = results
        .files
        .iter()
        .filter_map(|file| Some((file.findings().map(Urgency::of).min()?, file)))
        .collect();
    // A stable sort: files that are equally urgent stay in the order of their names.
    files.sort_by_key(|(urgency, _)| *urgency);
    let mut told = HashSet::new();
    for (_, file) in files {
        let mut findings: Vec<&Finding> = file.findings().collect();
        findings.sort_by_key(|finding| Urgency::of(finding));
        for alike in findings.chunk_by(|left, right| are_alike(left, right)) {
            notice(alike, file, &mut told, drawing, out)?;
        }
    }
    verdict::write(results, drawing, verdicts, out)?;
    if drawing.quiet { Ok(()) } else { summary(results, drawing, out) }
}

/// How soon somebody should do something about a finding, the soonest first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Urgency {
    Exposed,
    Refused,
    Damaged,
    Expiring,
    Error,
    Warning,
    Note,
}

impl Urgency {
    fn of(finding: &Finding) -> Self {
        /// The rules that a clock alone makes true.
        const EXPIRING: [&str; 3] = ["certificate-expiring", "certificate-expiry-imminent", "token-expiring"];
        match (finding.level, finding.basis) {
            _ if EXPIRING.contains(&finding.rule.name) => Self::Expiring,
            (Level::Error, Basis::Exposure) => Self::Exposed,
            (Level::Error, Basis::Client | Basis::Service) => Self::Refused,
            (Level::Error, Basis::Damage) => Self::Damaged,
            (Level::Error, Basis::Policy) => Self::Error,
            (Level::Warning, _) => Self::Warning,
            (Level::Note, _) => Self::Note,
        }
    }
}

/// Whether what is to be done about two findings is the same.
fn are_alike(left: &Finding, right: &Finding) -> bool {
    let key = |finding: &Finding| (finding.rule.name, finding.level);
    let fix = |finding: &Finding| finding.draft.fix.as_ref().map(|fix| fix.label.clone());
    key(left) == key(right) && left.draft.help == right.draft.help && fix(left) == fix(right)
}

/// Writes findings that are alike as one.
fn notice(
    alike: &[&Finding],
    file: &FileResult,
    told: &mut HashSet<(&'static str, String)>,
    drawing: Drawing,
    out: &mut dyn Write,
) -> io::Result<()> {
    let [finding, others @ ..] = alike else { return Ok(()) };
    let draft = &finding.draft;
    let mut notes = Vec::new();
    notes.extend(
        others
            .iter()
            .take(ALIKE)
            .map(|other| ("also", format!("{}: {}", other.start, one_line(&other.draft.message)))),
    );
    if let Some(more @ 1..) = others.len().checked_sub(ALIKE) {
        notes.push(("also", format!("{} like this", counted(more, "more finding"))));
    }
    if !draft.help.is_empty() && told.insert((finding.rule.name, draft.help.clone())) {
        notes.push(("help", one_line(&draft.help)));
    }
    if let Some(fix) = &draft.fix {
        let how = if file.is_file { "; aemcred check --fix writes it" } else { "" };
        notes.push(("fix", one_line(&format!("{}{how}", fix.label))));
    }
    notes.push(("more", format!("aemcred rules {}", finding.rule.name)));
    // What is said of a place as a whole marks nothing in it.
    let is_about_place = matches!(finding.rule.check, Check::Place(_));
    let masked = file.checked.masked.as_ref().filter(|_| !is_about_place);
    let excerpt =
        masked.map(|masked| Excerpt { masked, marks: marks(finding), certificate: certificate(file) });
    Notice {
        level: finding.level,
        rule: Some(finding.rule.name),
        message: &one_line(&draft.message),
        place: &format!("{}:{}", file.path.one_line(), finding.start),
        excerpt,
        notes,
    }
    .write(drawing, out)
}

fn marks(finding: &Finding) -> Vec<Mark> {
    let draft = &finding.draft;
    let mark = |span, label: &str, is_primary| Mark { span, label: one_line(label), is_primary };
    let related = draft.related.iter().map(|related| mark(related.place.span, &related.message, false));
    related.chain([mark(draft.place.span, &draft.label, true)]).collect()
}

/// `CN=cm-p1-e2-integration-0, 2025-11-12 to 2026-11-12, SHA-256 1a2b3c4d…`
fn certificate(file: &FileResult) -> Option<String> {
    let certificate = file.checked.record.certificate.as_ref()?;
    let subject = certificate.names.as_ref().and_then(|names| names.subject.as_ref());
    let subject = subject.map(|name| format!("CN={}, ", one_line(name)));
    let validity = certificate.validity;
    Some(format!(
        "{}{} to {}, SHA-256 {}…",
        subject.unwrap_or_default(),
        date(validity.not_before),
        date(validity.not_after),
        short(certificate.sha256.get())
    ))
}

fn summary(results: &Results, drawing: Drawing, out: &mut dyn Write) -> io::Result<()> {
    let summary = results.summary();
    if summary.files == 0 {
        return Ok(());
    }
    let mut parts = vec![summary.findings()];
    if summary.templates > 0 {
        parts.push(counted(summary.templates, "template"));
    }
    if summary.suppressed > 0 {
        parts.push(format!("{} suppressed", summary.suppressed));
    }
    if summary.failures > 0 {
        parts.push(counted(summary.failures, "failure"));
    }
    let bold = drawing.bold();
    let line = format!("{} checked: {}", counted(summary.files, "file"), parts.join(", "));
    for line in indented(0, &line, drawing.width) {
        writeln!(out, "{bold}{line}{bold:#}")?;
    }
    // Of one of a kind everything was said.
    let rules = by_rule(results);
    let states = by_state(results);
    for (title, counts) in [("rules", rules), ("states", states)] {
        if counts.len() > 1 || counts.first().is_some_and(|(count, _)| *count > 1) {
            let counts: Vec<String> =
                counts.iter().map(|(count, name)| whole(&format!("{count} × {name}"))).collect();
            let line = format!("{title}: {}", counts.join(", "));
            indented(2, &line, drawing.width).iter().try_for_each(|line| writeln!(out, "{line}"))?;
        }
    }
    Ok(())
}

/// How many findings of which rule, the most first.
fn by_rule(results: &Results) -> Vec<(usize, &'static str)> {
    let mut counts: BTreeMap<&'static str, usize> = BTreeMap::new();
    for finding in results.files.iter().flat_map(FileResult::findings) {
        *counts.entry(finding.rule.name).or_default() += 1;
    }
    let mut counts: Vec<_> = counts.into_iter().map(|(name, count)| (count, name)).collect();
    counts.sort_by_key(|(count, _)| std::cmp::Reverse(*count));
    counts
}

/// How many credentials in which state.
fn by_state(results: &Results) -> Vec<(usize, &'static str)> {
    let count = |state| results.files.iter().filter(|file| file.state() == Some(state)).count();
    State::ALL.into_iter().map(|state| (count(state), state.name())).filter(|(count, _)| *count > 0).collect()
}
