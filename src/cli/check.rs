//! `aemcred check`: the main job.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use super::arguments::CheckOptions;
use super::reports::write_reports;
use super::{CLEAN, CliError, Environment, FAILED, FINDINGS, Streams};
use crate::check::{self, Checked};
use crate::discover::{Found, discover, read_stream};
use crate::json::Limits;
use crate::published::{Blocklist, PublishedKeys, RECORD, Records};
use crate::report::{Failure, FileResult, PathName, Results, counted};
use crate::rule::Settings;

pub(super) fn run(
    options: &CheckOptions,
    environment: &Environment,
    streams: &mut Streams<'_>,
) -> Result<u8, CliError> {
    refuse_conflicts(options, environment)?;
    let blocklist = options.blocklist.as_deref().map(open_blocklist).transpose()?;
    let levels: BTreeMap<_, _> =
        options.severity.iter().map(|severity| (severity.rule.name, severity.level)).collect();
    let only: BTreeSet<_> = options.only.iter().map(|rule| rule.name).collect();
    let settings = Settings {
        now: options.now.unwrap_or(environment.now),
        expiring: options.expiring,
        imminent: options.imminent,
        levels: &levels,
        only: (!only.is_empty()).then_some(&only),
        trusted_ims_hosts: &[],
        published: blocklist.as_ref().map(|list| list as &dyn PublishedKeys),
        max_size: options.max_size,
        limits: Limits::default(),
    };
    let collected = collect(options, &settings, streams)?;
    let no_input = collected.is_empty();
    report_skipped(&collected, options, streams.err);
    let results = collected.into_results(&settings);
    for failure in &results.failures {
        // Failures also stand in the reports that have a place for them.
        let path = failure.path.as_ref().map(|path| format!("{}: ", path.one_line())).unwrap_or_default();
        let _ = writeln!(streams.err, "error: {path}{}", failure.message);
    }
    write_reports(&results, options, environment, streams.out)?;
    if no_input {
        let _ = writeln!(streams.err, "aemcred: nothing to check");
        return Ok(if options.error_on_no_input { FAILED } else { CLEAN });
    }
    Ok(exit_code(&results, options))
}

fn refuse_conflicts(options: &CheckOptions, environment: &Environment) -> Result<(), CliError> {
    if options.github_summary && environment.github_step_summary.is_none() {
        let message = "--github-summary needs the variable GITHUB_STEP_SUMMARY, which GitHub Actions sets";
        return Err(CliError::Usage(String::from(message)));
    }
    let mut targets = BTreeSet::new();
    for output in &options.output {
        if !targets.insert(&output.path) {
            let path = name(&output.path).one_line();
            return Err(CliError::Usage(format!("two outputs would be written to {path}")));
        }
    }
    let stdin = Path::new("-");
    let inputs = options.paths.iter().filter(|path| *path == stdin).count();
    if inputs + usize::from(options.files_from.as_deref() == Some(stdin)) > 1 {
        return Err(CliError::Usage(String::from("standard input can be read only once")));
    }
    Ok(())
}

fn exit_code(results: &Results, options: &CheckOptions) -> u8 {
    if !results.failures.is_empty() {
        return FAILED;
    }
    let failing = options.fail_on.level().is_some_and(|lowest| {
        results.files.iter().flat_map(FileResult::findings).any(|finding| finding.level >= lowest)
    });
    if failing { FINDINGS } else { CLEAN }
}

/// What a run has met so far, in no particular order.
#[derive(Default)]
struct Collected {
    files: Vec<FileResult>,
    failures: Vec<Failure>,
    skipped: Skipped,
}

/// How many files of a walk were passed over, by reason.
#[derive(Default)]
struct Skipped {
    no_credential: usize,
    too_large: usize,
    not_regular: usize,
}

impl Skipped {
    const fn all(&self) -> usize {
        self.no_credential + self.too_large + self.not_regular
    }
}

impl Collected {
    fn is_empty(&self) -> bool {
        self.files.is_empty() && self.failures.is_empty() && self.skipped.all() == 0
    }

    fn add(&mut self, path: PathName, mut checked: Checked) {
        let failures = std::mem::take(&mut checked.failures);
        let failure = |message| Failure { path: Some(path.clone()), message };
        self.failures.extend(failures.into_iter().map(failure));
        self.files.push(FileResult { path, checked });
    }

    fn into_results(mut self, settings: &Settings<'_>) -> Results {
        self.files.sort_by(|left, right| left.path.cmp(&right.path));
        self.failures.sort_by(|left, right| (&left.path, &left.message).cmp(&(&right.path, &right.message)));
        Results { now: settings.now, files: self.files, skipped: self.skipped.all(), failures: self.failures }
    }
}

fn collect(
    options: &CheckOptions,
    settings: &Settings<'_>,
    streams: &mut Streams<'_>,
) -> Result<Collected, CliError> {
    let mut paths = options.paths.clone();
    if let Some(list) = &options.files_from {
        paths.extend(listed_paths(list, streams.input)?);
    }
    paths.sort();
    paths.dedup();
    let mut collected = Collected::default();
    if let Some(index) = paths.iter().position(|path| path.as_os_str() == "-") {
        paths.remove(index);
        let name = PathName::new(&options.stdin_filename);
        match read_stream(streams.input, settings.max_size) {
            Ok(Some(bytes)) => collected.add(name, check::check(bytes, settings)),
            Ok(None) => collected.add(name, check::too_large(None, settings)),
            Err(error) => collected.failures.push(Failure {
                path: Some(name),
                message: format!("standard input can't be read: {error}"),
            }),
        }
    }
    let shared = Mutex::new(collected);
    discover(&paths, settings.max_size, &|found| {
        let outcome = judge(found, options, settings);
        // A thread that panicked is a bug, but what the others found is still good.
        let mut collected = shared.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        match outcome {
            Judged::Checked(path, checked) => collected.add(path, *checked),
            Judged::Failed(failure) => collected.failures.push(failure),
            Judged::NoCredential => collected.skipped.no_credential += 1,
            Judged::TooLarge => collected.skipped.too_large += 1,
            Judged::NotRegular => collected.skipped.not_regular += 1,
        }
    });
    Ok(shared.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner))
}

enum Judged {
    Checked(PathName, Box<Checked>),
    Failed(Failure),
    NoCredential,
    TooLarge,
    NotRegular,
}

fn judge(found: Found, options: &CheckOptions, settings: &Settings<'_>) -> Judged {
    match found {
        Found::Contents { path, named, bytes } => {
            let named = named && !options.skip_unrelated;
            if !named && !check::may_be_credential(bytes.expose()) {
                return Judged::NoCredential;
            }
            let checked = check::check(bytes, settings);
            if named || checked.looks_like_credential {
                Judged::Checked(name(&path), Box::new(checked))
            } else {
                Judged::NoCredential
            }
        }
        Found::TooLarge { path, named: true, size } if !options.skip_unrelated => {
            Judged::Checked(name(&path), Box::new(check::too_large(Some(size), settings)))
        }
        Found::TooLarge { .. } => Judged::TooLarge,
        Found::NotRegular => Judged::NotRegular,
        Found::Unreadable { path, reason } => {
            Judged::Failed(Failure { path: Some(name(&path)), message: reason })
        }
    }
}

fn report_skipped(collected: &Collected, options: &CheckOptions, err: &mut dyn Write) {
    let skipped = &collected.skipped;
    if skipped.all() == 0 || options.quiet {
        return;
    }
    let reasons = [
        (skipped.no_credential, "without a credential"),
        (skipped.too_large, "larger than the limit (--max-size)"),
        (skipped.not_regular, "links or special files"),
    ];
    let reasons: Vec<String> = reasons
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, reason)| format!("{count} {reason}"))
        .collect();
    let _ = writeln!(err, "aemcred: skipped {}: {}", counted(skipped.all(), "file"), reasons.join(", "));
}

#[cfg(unix)]
fn name(path: &Path) -> PathName {
    use std::os::unix::ffi::OsStrExt as _;
    PathName::from_bytes(path.as_os_str().as_bytes())
}

#[cfg(not(unix))]
fn name(path: &Path) -> PathName {
    PathName::new(path.to_string_lossy())
}

/// Reads a list of paths: separated by NUL characters if there is one in it, else by newlines.
fn listed_paths(list: &Path, input: &mut dyn Read) -> Result<Vec<PathBuf>, CliError> {
    let mut bytes = Vec::new();
    let read = if list == Path::new("-") {
        input.read_to_end(&mut bytes)
    } else {
        File::open(list).and_then(|mut file| file.read_to_end(&mut bytes))
    };
    read.map_err(|error| CliError::File {
        path: name(list).one_line(),
        reason: format!("the list of files can't be read: {error}"),
    })?;
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

/// A list of published keys in a file, read record by record.
#[derive(Debug)]
struct FileRecords(Mutex<File>);

impl Records for FileRecords {
    fn length(&self) -> io::Result<u64> {
        Ok(self.lock().metadata()?.len())
    }

    fn read(&self, offset: u64, record: &mut [u8; RECORD]) -> io::Result<()> {
        use std::io::{Seek as _, SeekFrom};
        let mut file = self.lock();
        file.seek(SeekFrom::Start(offset))?;
        file.read_exact(record)
    }
}

impl FileRecords {
    fn lock(&self) -> std::sync::MutexGuard<'_, File> {
        // Every use seeks first, so a position left behind by a thread that panicked does no harm.
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

fn open_blocklist(path: &Path) -> Result<Blocklist<FileRecords>, CliError> {
    let refuse = |reason: String| CliError::File {
        path: name(path).one_line(),
        reason: format!("the list of published keys can't be used: {reason}"),
    };
    let file = match std::fs::metadata(path) {
        Ok(metadata) if !metadata.is_file() => return Err(refuse(String::from("it is not a regular file"))),
        Ok(_) => File::open(path),
        Err(error) => Err(error),
    };
    let file = file.map_err(|error| refuse(error.to_string()))?;
    Blocklist::new(FileRecords(Mutex::new(file))).map_err(|error| refuse(error.to_string()))
}
