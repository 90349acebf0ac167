//! What a run looks at: named files, folders, standard input, and what comes of each.
//!
//! Owns: builder results and what was passed over. Does not own: opening files (see `discover`).

mod staged;

use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use super::arguments::CheckOptions;
use super::interruption::{Opened, is_interruption};
use super::paths::name;
use super::suppress::Located;
use super::usage::refuse_as_list;
use super::{CliError, Environment, Interruptible, Streams, key_files};
use crate::discover::{Found, WalkSettings, discover, io_words, read_stream};
use crate::examine::{self, Cause, Checked, Examination, Files, Input, Request, examine_with};
use crate::report::{Failure, FileResult, Results, counted};
use crate::rule::Settings;
use crate::secret::Secret;
use crate::source::size;
pub(super) use staged::collect_staged;

/// What a run has met so far, in no particular order.
#[derive(Default)]
pub(super) struct Collected {
    pub(super) files: Vec<Located>,
    pub(super) failures: Vec<Failure>,
    skipped: Skipped,
    /// Files and folders that were met and not looked at.
    pub(super) passed_over: Vec<PathBuf>,
}

/// How many files of a walk were passed over, by reason.
#[derive(Default)]
struct Skipped {
    no_credential: usize,
    too_large: usize,
    not_regular: usize,
    excluded: usize,
    /// What could not be read is excused where nobody named it, but not passed over in silence.
    unread: usize,
}

impl Skipped {
    const fn all(&self) -> usize {
        self.no_credential + self.too_large + self.not_regular + self.excluded + self.unread
    }
}

impl Collected {
    pub(super) fn is_empty(&self) -> bool {
        self.files.is_empty() && self.failures.is_empty() && self.skipped.all() == 0
    }

    fn add(&mut self, path: PathBuf, is_file: bool, mut checked: Checked, original: Option<Secret<Vec<u8>>>) {
        let failures = std::mem::take(&mut checked.failures);
        // The examination hides a secret of the document's own in its name.
        let shown =
            checked.record.locations.first().map_or_else(|| name(&path), |location| location.path.clone());
        let failure = |message| Failure { path: Some(shown.clone()), message };
        self.failures.extend(failures.into_iter().map(failure));
        self.files.push(Located { path, result: FileResult { path: shown, checked, is_file }, original });
    }

    /// Takes in everything that was found in a file.
    fn take(&mut self, path: &Path, is_file: bool, looks: FileExamination) {
        let FileExamination { examination, original, failures, is_excused } = looks;
        let shown = name(path);
        let failure = |message| Failure { path: Some(shown.clone()), message };
        let before = self.files.len() + self.failures.len();
        self.failures.extend(failures.into_iter().map(failure));
        let mut original = original;
        for examined in examination.documents {
            let original = original.take().filter(|_| examined.is_whole && examined.checked.is_fixable());
            self.add(path.to_path_buf(), is_file && examined.is_whole, located(examined.checked), original);
        }
        // Where there is no document, parts are what there is to tell, and elsewhere those with something wrong.
        let has_documents = self.files.len() + self.failures.len() > before;
        for part in examination.parts.into_iter().filter(|part| part.is_aems) {
            if !has_documents || !part.findings.is_empty() {
                self.add(path.to_path_buf(), false, part.alone::<()>().checked, None);
            }
        }
        let is_nothing = self.files.len() + self.failures.len() == before;
        if is_nothing && is_excused {
            self.pass_over(path.to_path_buf(), |skipped| &mut skipped.unread);
        } else {
            self.skipped.no_credential += usize::from(is_nothing);
        }
    }

    fn pass_over(&mut self, path: PathBuf, reason: fn(&mut Skipped) -> &mut usize) {
        *reason(&mut self.skipped) += 1;
        self.passed_over.push(path);
    }

    /// The results, with `more` about files that are no input.
    pub(super) fn into_results(mut self, more: Vec<FileResult>, settings: &Settings) -> Results {
        let mut files: Vec<_> = self.files.into_iter().map(|file| file.result).chain(more).collect();
        files.sort_by(|left, right| left.path.cmp(&right.path));
        self.failures.sort_by(|left, right| (&left.path, &left.message).cmp(&(&right.path, &right.message)));
        Results { now: settings.now, files, skipped: self.skipped.all(), failures: self.failures }
    }
}

/// All paths that are named, on the command line or in a list, sorted. Where neither is given, the current folder, which is
/// told; a list without a path in it names nothing.
pub(super) fn named_paths(
    named: &[PathBuf],
    files_from: Option<&Path>,
    environment: &Environment,
    streams: &mut Streams<'_>,
) -> Result<Vec<PathBuf>, CliError> {
    if named.is_empty() && files_from.is_none() {
        let _ = writeln!(streams.err, "aemcred: no path is given, so the current folder is looked at");
        return Ok(vec![PathBuf::from(".")]);
    }
    let mut paths = named.to_vec();
    if let Some(list) = files_from {
        paths.extend(listed_paths(list, environment, streams.input)?);
    }
    paths.sort();
    paths.dedup();
    Ok(paths)
}

/// What a run is told.
pub(super) struct CheckContext<'o> {
    pub(super) options: &'o CheckOptions,
    pub(super) settings: &'o Settings,
    /// Whether the run is to end. What was collected then is not everything.
    pub(super) stopped: &'o (dyn Fn() -> bool + Sync),
}

/// Looks at everything that `paths` name, but for what `excluded` says yes to.
pub(super) fn collect(
    mut paths: Vec<PathBuf>,
    context: &CheckContext<'_>,
    excluded: &(dyn Fn(&Path, bool) -> bool + Sync),
    input: &mut dyn Read,
) -> Collected {
    let CheckContext { options, settings, stopped } = *context;
    let mut collected = Collected::default();
    if let Some(index) = paths.iter().position(|path| path.as_os_str() == "-") {
        paths.remove(index);
        let path = PathBuf::from(&options.stdin_filename);
        match read_stream(input, settings.max_size) {
            Ok(Some(bytes)) => {
                let looks = look_at(&path, false, true, bytes, context);
                collected.take(&path, false, looks);
            }
            Ok(None) => {
                let checked = examine::too_large(None, &Input::new(name(&path)), settings);
                collected.add(path, false, checked, None);
            }
            Err(error) => collected.failures.push(Failure {
                path: Some(name(&path)),
                message: format!("standard input can't be read: {}", io_words(&error)),
            }),
        }
    }
    let shared = Mutex::new(collected);
    let walk =
        WalkSettings { stopped, skim_named: options.skip_unrelated, ..WalkSettings::new(settings.max_size) };
    discover(&paths, &walk, excluded, &|found| {
        let outcome = judge(found, context);
        // A thread that panicked is a bug, but what the others found is still good.
        let mut collected = shared.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        match outcome {
            Judged::LookedAt(path, looks) => collected.take(&path, true, looks),
            Judged::Refused(path, checked) => collected.add(path, true, *checked, None),
            Judged::Failed(failure) => collected.failures.push(failure),
            Judged::TooLarge(path) => collected.pass_over(path, |skipped| &mut skipped.too_large),
            Judged::NotRegular(path) => collected.pass_over(path, |skipped| &mut skipped.not_regular),
            Judged::Excluded(path) => collected.pass_over(path, |skipped| &mut skipped.excluded),
            Judged::Unrelated => collected.skipped.no_credential += 1,
        }
    });
    let mut collected = shared.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    // Threads report in any order, and what a baseline knows of twins depends on theirs.
    collected.files.sort_by(|left, right| left.path.cmp(&right.path));
    collected
}

enum Judged {
    LookedAt(PathBuf, FileExamination),
    /// Not looked at, which is a finding.
    Refused(PathBuf, Box<Checked>),
    Failed(Failure),
    TooLarge(PathBuf),
    NotRegular(PathBuf),
    Excluded(PathBuf),
    Unrelated,
}

fn judge(found: Found, context: &CheckContext<'_>) -> Judged {
    let CheckContext { options, settings, .. } = *context;
    match found {
        Found::Contents { path, named, bytes, .. } => {
            let looks = look_at(&path, true, named && !options.skip_unrelated, bytes, context);
            Judged::LookedAt(path, looks)
        }
        Found::TooLarge { path, named: true, size } if !options.skip_unrelated => {
            let checked = examine::too_large(Some(size), &Input::new(name(&path)), settings);
            Judged::Refused(path, Box::new(checked))
        }
        Found::TooLarge { path, .. } => Judged::TooLarge(path),
        Found::NotRegular(path) => Judged::NotRegular(path),
        Found::Excluded(path) => Judged::Excluded(path),
        Found::Unrelated { .. } => Judged::Unrelated,
        Found::Unreadable { path, reason } => {
            Judged::Failed(Failure { path: Some(name(&path)), message: reason })
        }
    }
}

/// What came of one file.
struct FileExamination {
    examination: Examination,
    /// The file's bytes, where `--fix` or `--diff` have use for them.
    original: Option<Secret<Vec<u8>>>,
    /// What of it could not be looked at.
    failures: Vec<String>,
    /// Whether more could not, which is excused.
    is_excused: bool,
}

impl FileExamination {
    /// What came of `examination`, of which causes are `excused`.
    fn new(examination: Examination, excused: &[Cause], original: Option<Secret<Vec<u8>>>) -> Self {
        let is_excused = examination.unread.iter().any(|unread| excused.contains(&unread.cause));
        Self { failures: examination.failures(excused), examination, original, is_excused }
    }
}

/// Checks every document in a file: the file itself, or what lies in it.
fn look_at(
    path: &Path,
    is_file: bool,
    named: bool,
    bytes: Secret<Vec<u8>>,
    context: &CheckContext<'_>,
) -> FileExamination {
    let CheckContext { options, settings, stopped } = *context;
    let original = (options.fix || options.diff).then(|| bytes.clone());
    let files = |named: &str| key_files::beside(path, named, settings.max_size);
    let files: Files<'_> = if is_file { &files } else { &|_| None };
    let request = Request { settings, named, unwraps: !options.no_unwrap, stopped, files };
    let examination = examine_with(&Input::new(name(path)), bytes, &request, &mut |_, _| ());
    // A damaged archive or a bomb that nobody asked for by name is no reason to fail.
    let excused: &[Cause] = if named { &[] } else { &[Cause::Damage, Cause::Bomb] };
    FileExamination::new(examination, excused, original)
}

/// What is found in a document that lies in something else says in what.
fn located(mut checked: Checked) -> Checked {
    let within = checked.record.within();
    for finding in checked.findings.iter_mut().filter(|_| !within.is_empty()) {
        finding.draft.message = format!("{} (in {within})", finding.draft.message);
    }
    checked
}

/// Says what a walk passed over.
pub(super) fn report_skipped(collected: &Collected, options: &CheckOptions, err: &mut dyn Write) {
    let skipped = &collected.skipped;
    // Most commits have nothing to do with credentials, and nobody wants to read that at each.
    let is_usual = options.staged && !options.verbose;
    let no_credential = if is_usual { 0 } else { skipped.no_credential };
    let all = skipped.all() - skipped.no_credential + no_credential;
    if all == 0 || options.quiet {
        return;
    }
    let reasons = [
        (no_credential, "without a credential"),
        (skipped.too_large, "larger than the limit (--max-size)"),
        (skipped.not_regular, "links or special files"),
        (skipped.excluded, "excluded"),
        (skipped.unread, "that can't be unpacked (name them to be told why)"),
    ];
    let reasons: Vec<String> = reasons
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, reason)| format!("{count} {reason}"))
        .collect();
    let _ = writeln!(err, "aemcred: skipped {}: {}", counted(all, "file"), reasons.join(", "));
}

/// Reads a list of paths: separated by NUL characters if there is one in it, else by newlines.
fn listed_paths(
    list: &Path,
    environment: &Environment,
    input: &mut dyn Read,
) -> Result<Vec<PathBuf>, CliError> {
    /// No list is longer, in bytes: it is in memory as a whole.
    const LONGEST: u64 = 256 << 20;
    let refuse = |reason: String| CliError::File {
        path: name(list).one_line(),
        reason: format!("the list of files can't be read: {reason}"),
    };
    let bytes = if list == Path::new("-") {
        read_stream(input, LONGEST).map_err(|error| CliError::stdin("-", &error))?
    } else {
        // A shell gives the name of a pipe for `<(…)`, and whoever writes to it may never come.
        let mut opened = Interruptible::new(Opened::new(list), Arc::clone(&environment.interruption));
        read_stream(&mut opened, LONGEST).map_err(|error| match error {
            error if is_interruption(&error) => CliError::Interrupted,
            error => refuse(io_words(&error)),
        })?
    };
    let bytes = bytes.ok_or_else(|| refuse(format!("it has more than {}", size(LONGEST))))?;
    let bytes = bytes.expose();
    refuse_as_list(list, bytes)?;
    let separator = if bytes.contains(&0) { 0 } else { b'\n' };
    Ok(bytes
        .split(|byte| *byte == separator)
        .map(|line| if separator == b'\n' { line.strip_suffix(b"\r").unwrap_or(line) } else { line })
        .filter(|line| !line.is_empty())
        .map(path_from_bytes)
        .collect())
}

#[cfg(unix)]
fn path_from_bytes(bytes: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStrExt as _;
    PathBuf::from(std::ffi::OsStr::from_bytes(bytes))
}

#[cfg(not(unix))]
fn path_from_bytes(bytes: &[u8]) -> PathBuf {
    PathBuf::from(String::from_utf8_lossy(bytes).into_owned())
}
