//! Which findings don't count: ignore entries and the baseline, applied to what a run found.
//!
//! Owns: what a run looked at, and so which entries it can judge. Does not own: what an entry says (see `config` and
//! `baseline`), nor the words about one that does nothing (see the rules).

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use chrono::NaiveDate;

use super::CliError;
use super::paths::{Locator, folder_of, name, normal, portable_name};
use super::policy::Loaded;
use crate::baseline::{self, Baseline, Changes, KnownFinding, Matcher};
use crate::config::Ignore;
use crate::discover::{io_words, read_regular};
use crate::examine::{configuration, fingerprint, fingerprint_at};
use crate::finding::Place;
use crate::finding::{Finding, Suppression};
use crate::inventory::{Audited, Occurrence};
use crate::record::Location;
use crate::report::{FileResult, PathName};
use crate::rule::{Check, Rule, Settings, SuppressionUse, Suppressor};
use crate::rules;
use crate::secret::Secret;
use crate::source::{Encoding, Source};

/// A file that was checked, and the path that led to it.
#[derive(Debug)]
pub(super) struct Located {
    pub(super) path: PathBuf,
    pub(super) result: FileResult,
    /// What is in it, kept where there is something to fix.
    pub(super) original: Option<Secret<Vec<u8>>>,
}

/// What a run looked at.
#[derive(Debug)]
pub(super) struct Coverage<'r> {
    locator: &'r Locator,
    /// The folders that were walked.
    walked: Vec<PathBuf>,
    /// What a walk passed over: links, files beyond the limit, what is excluded.
    passed_over: Vec<PathBuf>,
    /// Whether something failed, so that nobody knows what was there.
    has_failures: bool,
    /// Whether it was what is staged in git.
    staged: bool,
}

impl<'r> Coverage<'r> {
    pub(super) fn new(
        locator: &'r Locator,
        passed_over: &[PathBuf],
        has_failures: bool,
        staged: bool,
    ) -> Self {
        Self {
            locator,
            walked: locator.folders().map(Path::to_path_buf).collect(),
            passed_over: passed_over.iter().map(|path| locator.absolute(path)).collect(),
            has_failures,
            staged,
        }
    }

    /// Whether findings of `rule` would have been reported.
    fn runs(&self, rule: &Rule, settings: &Settings) -> bool {
        settings.level_of(rule).is_some() && (self.staged || rule.is_about_content())
    }

    /// Whether a walk saw `path`, be it there or not. It must be absolute.
    fn walked(&self, path: &Path) -> bool {
        // What lies behind a link is not walked.
        let there = path.ancestors().find_map(|path| Some((path, path.canonicalize().ok()?)));
        !self.has_failures
            && self.walked.iter().any(|folder| path.starts_with(folder))
            && there.is_none_or(|(path, real)| path == real)
    }

    /// Whether all was looked at that `entry` can match.
    fn covers_entry(&self, entry: &Ignore, folder: &Path) -> bool {
        let prefix = entry.path.as_ref().map_or(Path::new(""), |pattern| pattern.prefix());
        self.walked(&normal(&folder.join(prefix)))
            && !self.passed_over.iter().any(|path| {
                let path = self.locator.relative(path, folder);
                entry.path.as_ref().is_none_or(|pattern| pattern.reaches_into(&path))
            })
    }

    /// Whether the file `path` was looked at by a walk, be it there or not. It must be absolute.
    fn covers_file(&self, path: &Path) -> bool {
        self.walked(path) && !self.passed_over.iter().any(|passed| path.starts_with(passed))
    }
}

/// Marks what `loaded`'s entries ignore, and gives what each of them did.
pub(super) fn ignore<'l>(
    files: &mut [Located],
    loaded: &'l Loaded,
    coverage: &Coverage<'_>,
    settings: &Settings,
) -> Vec<SuppressionUse<'l>> {
    let entries = &loaded.config.ignores;
    let today = settings.now.date_naive();
    let mut matched = vec![0; entries.len()];
    for file in files.iter_mut().filter(|_| !entries.is_empty()) {
        let path = coverage.locator.relative(&file.path, &loaded.folder);
        let checked = &mut file.result.checked;
        for finding in &mut checked.findings {
            let fingerprints = [file.result.path.as_str(), &portable_name(&path)]
                .map(|path| fingerprint(finding, path, &checked.record));
            for (entry, matched) in entries.iter().zip(&mut matched) {
                if entry.holds(today) && entry.matches(finding, &path, &fingerprints) {
                    *matched += 1;
                    finding
                        .suppression
                        .get_or_insert_with(|| Suppression::Ignored { reason: entry.reason.clone() });
                }
            }
        }
    }
    let uses = entries.iter().zip(matched).enumerate().map(|(index, (entry, matched))| {
        let is_covered =
            coverage.runs(entry.rule.value, settings) && coverage.covers_entry(entry, &loaded.folder);
        entry_use(entry, index, matched, is_covered, today)
    });
    uses.collect()
}

fn entry_use(
    entry: &Ignore,
    index: usize,
    matched: usize,
    is_covered: bool,
    today: NaiveDate,
) -> SuppressionUse<'_> {
    let place = Place::listed("ignore", index, entry.rule.span);
    let until = entry.until.as_ref().map(|until| (until.value, place.member("until", until.span)));
    SuppressionUse {
        suppressor: Suppressor::Entry,
        place,
        rule: entry.rule.value.name,
        until,
        is_over: !entry.holds(today),
        matched,
        is_covered,
    }
}

/// A baseline that was read.
#[derive(Debug)]
pub(super) struct LoadedBaseline {
    pub(super) path: PathBuf,
    /// What its paths are relative to: absolute and without links.
    folder: PathBuf,
    pub(super) source: Source,
    baseline: Baseline,
}

impl LoadedBaseline {
    /// Reads the baseline in `path`.
    pub(super) fn read(path: &Path) -> Result<Self, CliError> {
        let refuse = |place: &str, reason: String| CliError::File {
            path: format!("{}{place}", name(path).one_line()),
            reason: format!("the baseline can't be used: {reason}"),
        };
        let bytes =
            read_regular(path, baseline::MAX_SIZE).map_err(|reason| refuse("", format!("it {reason}")))?;
        let source = Source::new(bytes);
        if *source.encoding() != Encoding::Utf8 {
            return Err(refuse("", String::from("it is not UTF-8 text")));
        }
        let folder =
            folder_of(path).map_err(|error| refuse("", format!("it has no folder: {}", io_words(&error))))?;
        match baseline::parse(source.text()) {
            Ok(baseline) => Ok(Self { path: path.to_path_buf(), folder, source, baseline }),
            Err(error) => {
                let position = source.position(error.span().start);
                Err(refuse(&format!(":{position}"), error.to_string()))
            }
        }
    }

    /// What takes findings that it knows out of an inventory.
    pub(super) fn known<'b>(&'b self, locator: &'b Locator) -> Known<'b> {
        Known { open: Matcher::new(&self.baseline), folder: &self.folder, locator, taken: 0 }
    }

    /// Marks what it knows, and gives what each line did.
    pub(super) fn apply<'b>(
        &'b self,
        files: &mut [Located],
        coverage: &Coverage<'_>,
        settings: &Settings,
    ) -> Vec<SuppressionUse<'b>> {
        let mut open = Matcher::new(&self.baseline);
        for file in files {
            let path = kept_name(&file.result.path, coverage.locator, &self.folder);
            let checked = &mut file.result.checked;
            for finding in &mut checked.findings {
                if open.knows(&fingerprint(finding, &path, &checked.record)) {
                    finding.suppression.get_or_insert(Suppression::Baseline);
                }
            }
        }
        let lines = self.baseline.entries.iter().enumerate();
        lines
            .map(|(index, (entry, span))| {
                let matched = usize::from(open.is_matched(index));
                SuppressionUse {
                    suppressor: Suppressor::Baseline,
                    place: Place::listed("findings", index, *span),
                    rule: &entry.rule,
                    until: None,
                    is_over: false,
                    matched,
                    is_covered: matched == 0
                        && in_force(entry, coverage, settings)
                        && coverage.covers_file(&normal(&self.folder.join(&entry.path))),
                }
            })
            .collect()
    }
}

/// Takes the findings of a baseline out of an inventory. No state depends on that.
pub(super) struct Known<'b> {
    open: Matcher,
    folder: &'b Path,
    locator: &'b Locator,
    taken: usize,
}

impl Known<'_> {
    /// Takes them out of what was met at one place.
    pub(super) fn take_from(&mut self, occurrence: &mut Occurrence) {
        let Occurrence { record, findings, .. } = occurrence;
        let Some(path) = record.locations.first().map(|location| self.path(location)) else { return };
        let before = findings.len();
        findings.retain(|finding| !self.open.knows(&fingerprint(finding, &path, record)));
        self.taken += before - findings.len();
    }

    /// Takes out those about the places of a credential.
    pub(super) fn take_from_audited(&mut self, audited: &mut Audited) {
        let Audited { record, findings, .. } = audited;
        let before = findings.len();
        findings.retain(|finding| {
            let path = self.path(&finding.location);
            !matches!(finding.rule.check, Check::Place(_))
                || !self.open.knows(&fingerprint_at(finding.rule, &finding.location, &path, record))
        });
        self.taken += before - findings.len();
    }

    /// How many were taken.
    pub(super) const fn taken(&self) -> usize {
        self.taken
    }

    fn path(&self, location: &Location) -> String {
        kept_name(&location.path, self.locator, self.folder)
    }
}

/// The name of a file in a baseline that is in `folder`: as reports show it, without what may be a secret of the file.
fn kept_name(shown: &PathName, locator: &Locator, folder: &Path) -> String {
    portable_name(&locator.relative(Path::new(shown.as_str()), folder))
}

/// Whether findings of the entry's rule would have been reported.
fn in_force(entry: &KnownFinding, coverage: &Coverage<'_>, settings: &Settings) -> bool {
    rules::find(&entry.rule).is_some_and(|rule| coverage.runs(rule, settings))
}

/// The text of the baseline that `--write-baseline` writes, and what it changes: what was found and is not ignored, and
/// of the baseline before what was not looked at.
pub(super) fn write_baseline(
    files: &[Located],
    path: &Path,
    before: Option<LoadedBaseline>,
    coverage: &Coverage<'_>,
    settings: &Settings,
) -> Result<(String, Changes), CliError> {
    let folder = match &before {
        Some(before) => before.folder.clone(),
        None => folder_of(path).map_err(|error| CliError::File {
            path: name(path).one_line(),
            reason: format!("the baseline can't be written: its folder can't be found: {}", io_words(&error)),
        })?,
    };
    let mut found = Vec::new();
    let mut looked_at = HashSet::new();
    for file in files {
        let path = kept_name(&file.result.path, coverage.locator, &folder);
        let counts = |finding: &&Finding| !matches!(finding.suppression, Some(Suppression::Ignored { .. }));
        found.extend(file.result.checked.findings.iter().filter(counts).map(|finding| KnownFinding {
            path: path.clone(),
            rule: finding.rule.name.to_owned(),
            fingerprint: fingerprint(finding, &path, &file.result.checked.record),
        }));
        looked_at.insert(path);
    }
    let baseline = before.map(|before| before.baseline).unwrap_or_default();
    let (entries, changes) = baseline::merge(baseline, found, |entry| {
        let file = || coverage.covers_file(&normal(&folder.join(&entry.path)));
        in_force(entry, coverage, settings) && (looked_at.contains(&entry.path) || file())
    });
    Ok((baseline::write(entries), changes))
}

/// The findings about a configuration or baseline itself, if there are any.
pub(super) fn report_on(
    path: &Path,
    source: &Source,
    uses: &[SuppressionUse<'_>],
    settings: &Settings,
) -> Option<FileResult> {
    let checked = configuration(source, uses, settings);
    (!checked.findings.is_empty()).then(|| FileResult { path: name(path), checked, is_file: false })
}
