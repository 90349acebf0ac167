//! The reports of `aemcred check`: which go where, in which format.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use chrono::DateTime;

use super::arguments::{CheckOptions, Color, Format, Formats, OutputOptions, Target};
use super::output::{append, folder_of, is_same_file, try_to_write, write_atomically_by};
use super::paths::name;
use super::temporary::left_over;
use super::{CliError, Environment};
use crate::config::FailOn;
use crate::discover::{io_words, read_regular, reason};
use crate::examine::{Input, examine};
use crate::record::Record;
use crate::report::text::Verdicts;
use crate::report::{self, Drawing, Failure, Results};
use crate::rule::Settings;

/// The width that text is drawn for when there is no terminal.
pub(super) const DEFAULT_WIDTH: usize = 80;

/// Writes all reports that were asked for: files first, so that standard output says nothing when one fails.
pub(super) fn write_reports(
    results: &Results,
    options: &CheckOptions,
    fail_on: FailOn,
    environment: &Environment,
    out: &mut dyn Write,
) -> Result<(), CliError> {
    let drawing = drawing(options.color, options.quiet, environment);
    let render =
        |format, drawing, out: &mut dyn Write| render(format, results, options, fail_on, drawing, out);
    write_files(&options.output, drawing, render)?;
    write_summary(options.github_summary, environment, |out| render(Format::Markdown, drawing, out))?;
    if options.diff {
        // It stands in the place of a report.
        return Ok(());
    }
    let mut formats = options.output.formats(environment.github_actions).iter();
    Ok(formats.try_for_each(|format| render(*format, drawing, out))?)
}

/// Writes the files of `--output`, in which nothing is colored.
pub(super) fn write_files<F: Formats>(
    options: &OutputOptions<F>,
    drawing: Drawing,
    render: impl Fn(F, Drawing, &mut dyn Write) -> io::Result<()>,
) -> Result<(), CliError> {
    for Target { format, path } in &options.files {
        let write = |out: &mut dyn Write| render(*format, Drawing { color: false, ..drawing }, out);
        write_atomically_by(path, write).map_err(|error| failed("report", path, &error))?;
    }
    Ok(())
}

/// `--github-summary`: the file that holds the summary of the job, if it is asked for.
pub(super) fn summary_file(asked: bool, environment: &Environment) -> Result<Option<&Path>, CliError> {
    let message = "--github-summary needs the variable GITHUB_STEP_SUMMARY, which GitHub Actions sets";
    match environment.github_step_summary.as_deref() {
        None if asked => Err(CliError::Usage(String::from(message))),
        path => Ok(path.filter(|_| asked)),
    }
}

/// Refuses, before anything is looked at, to add to a summary what would damage another file, or would wait for a reader.
pub(super) fn refuse_summary(asked: bool, environment: &Environment) -> Result<(), CliError> {
    let Some(path) = summary_file(asked, environment)? else { return Ok(()) };
    let refused = refusal(path, Writer::Summary);
    refused.map_or(Ok(()), |reason| Err(cannot_write(SUMMARY, path, &format!("it {reason}"))))
}

/// What a job's summary is called where it can't be written.
const SUMMARY: &str = "job's summary (GITHUB_STEP_SUMMARY)";

/// Adds a report to the summary of the job, if that is asked for.
pub(super) fn write_summary(
    asked: bool,
    environment: &Environment,
    render: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<(), CliError> {
    let Some(path) = summary_file(asked, environment)? else { return Ok(()) };
    let mut contents = Vec::new();
    render(&mut contents)?;
    append(path, &contents).map_err(|error| failed(SUMMARY, path, &error))
}

/// That `what` can't be written to a file.
pub(super) fn failed(what: &str, path: &Path, error: &io::Error) -> CliError {
    cannot_write(what, path, &io_words(error))
}

fn cannot_write(what: &str, path: &Path, reason: &str) -> CliError {
    CliError::File { path: name(path).one_line(), reason: format!("the {what} can't be written: {reason}") }
}

/// How text is drawn on the terminal.
pub(super) fn drawing(color: Color, quiet: bool, environment: &Environment) -> Drawing {
    let color = match color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => environment.color,
    };
    Drawing { color, width: environment.width.unwrap_or(DEFAULT_WIDTH), quiet }
}

/// Failures also stand in the reports that have a place for them.
pub(super) fn tell_failures(failures: &[Failure], err: &mut dyn Write) {
    for failure in failures {
        let path = failure.path.as_ref().map(|path| format!("{}: ", path.one_line())).unwrap_or_default();
        // If standard error can't be written, the exit code has to say it all.
        let _ = writeln!(err, "error: {path}{}", failure.message);
    }
}

/// Files that a run left because it was killed while it replaced another one.
pub(super) fn tell_left_over(paths: &[PathBuf], err: &mut dyn Write) {
    for path in left_over(paths.iter().map(PathBuf::as_path)) {
        let _ = writeln!(
            err,
            "aemcred: {} was left by a run of aemcred that was killed, and may hold a credential: delete it, unless \
             another aemcred is at work there",
            name(&path).one_line()
        );
    }
}

/// Refuses to write two reports to one file, in whatever way it is named.
pub(super) fn refuse_twice<'p>(targets: impl Iterator<Item = &'p PathBuf>) -> Result<(), CliError> {
    let mut seen = BTreeSet::new();
    for target in targets {
        if !seen.insert(place(target)) {
            return Err(CliError::Usage(format!(
                "two outputs would be written to {}",
                name(target).one_line()
            )));
        }
    }
    Ok(())
}

/// Refuses to write a report over a file that was read: a report is made again in a moment, a private key never.
pub(super) fn refuse_inputs<'p>(
    targets: impl Iterator<Item = &'p PathBuf>,
    inputs: impl Iterator<Item = PathBuf>,
) -> Result<(), CliError> {
    let targets: Vec<&PathBuf> = targets.filter(|target| target.is_file()).collect();
    if targets.is_empty() {
        return Ok(());
    }
    let inputs: BTreeSet<PathBuf> = inputs.map(|input| place(&input)).collect();
    match targets.into_iter().find(|target| inputs.contains(&place(target))) {
        Some(target) => Err(CliError::File {
            path: name(target).one_line(),
            reason: String::from("a report is not written over a file that was read"),
        }),
        None => Ok(()),
    }
}

/// Refuses, before anything is looked at, to write a report to what is no file, where nothing can be written, or over a
/// credential: a report holds none, so such a file is no earlier one.
pub(super) fn refuse_targets<F: Formats>(output: &OutputOptions<F>) -> Result<(), CliError> {
    for target in output.paths() {
        if let Some(reason) = refusal(target, Writer::Output { force: output.force }) {
            return Err(CliError::File { path: name(target).one_line(), reason });
        }
        refuse_unwritable("report", target)?;
    }
    Ok(())
}

/// Refuses, before anything is looked at, to write `what` where nothing can be written.
pub(super) fn refuse_unwritable(what: &str, target: &Path) -> Result<(), CliError> {
    try_to_write(target).map_err(|error| failed(what, target, &error))
}

/// What writes a report to a file that may be there already.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Writer {
    /// `--output`, which replaces it.
    Output { force: bool },
    /// `--github-summary`, which adds to it.
    Summary,
}

/// Why `writer` writes no report to `target`.
fn refusal(target: &Path, writer: Writer) -> Option<String> {
    const STREAMS: [&str; 2] = ["/dev/stdout", "/dev/stderr"];
    let refusal = match fs::metadata(target) {
        Ok(metadata) if metadata.is_dir() => "is a folder: name a file",
        Ok(metadata) if !metadata.is_file() && writer == Writer::Summary => {
            "is a pipe or device: name a file"
        }
        Ok(metadata) if !metadata.is_file() => {
            "is a pipe or device, and --output writes to files: --format says what is printed"
        }
        Ok(_) if STREAMS.iter().any(|stream| is_same_file(Path::new(stream), target)) => {
            "is what is printed to, and the report would replace it: --format says what is printed"
        }
        Ok(_) if writer == (Writer::Output { force: true }) => return None,
        Ok(_) => match holds_credential(target) {
            Ok(false) => return None,
            Ok(true) if writer == Writer::Summary => "holds a credential: name another file",
            Err(reason) if writer == Writer::Summary => return Some(reason),
            Ok(true) => {
                "holds a credential, and the report would replace it: choose another path, or add --force"
            }
            Err(reason) => {
                return Some(format!(
                    "{reason}, so that nobody knows whether the report would replace a credential: choose another path, or \
                     add --force"
                ));
            }
        },
        Err(_) if target.as_os_str().as_encoded_bytes().ends_with(b"/") => "is a folder: name a file",
        Err(_) if target.is_symlink() => "is a link that leads nowhere",
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Some(reason(&error)),
        Err(_) if !folder_of(target).is_dir() => "is in a folder that doesn't exist: create the folder first",
        Err(_) => return None,
    };
    Some(String::from(refusal))
}

fn holds_credential(path: &Path) -> Result<bool, String> {
    /// A file that is larger is not looked through.
    const LARGEST: u64 = 64 << 20;
    let bytes = read_regular(path, LARGEST)?;
    // What it is doesn't depend on the time.
    let settings = Settings::new(DateTime::UNIX_EPOCH);
    let examination = examine(&Input::new(name(path)), bytes, &settings);
    Ok(!examination.encrypted.is_empty()
        || examination.parts.iter().any(|part| part.record.gives_away())
        || examination.documents.iter().any(|document| {
            document.checked.record.gives_away() || document.members.iter().any(Record::gives_away)
        }))
}

/// Where a file is that may not be there yet.
fn place(path: &Path) -> PathBuf {
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let in_folder = || Some(parent.canonicalize().ok()?.join(path.file_name()?));
    path.canonicalize().ok().or_else(in_folder).unwrap_or_else(|| path.to_path_buf())
}

fn render(
    format: Format,
    results: &Results,
    options: &CheckOptions,
    fail_on: FailOn,
    drawing: Drawing,
    out: &mut dyn Write,
) -> io::Result<()> {
    match format {
        Format::Text => {
            let verdicts = match () {
                () if options.quiet => Verdicts::Off,
                () if options.verbose => Verdicts::All,
                // At a commit it doesn't matter how long a credential lasts.
                () if options.staged => Verdicts::Off,
                () => Verdicts::Credentials,
            };
            report::text::write(results, drawing, verdicts, out)
        }
        Format::Concise => report::concise::write(results, out),
        Format::Json => report::json::write(results, out),
        Format::Jsonl => report::jsonl::write(results, out),
        Format::Sarif => report::sarif::write(results, out),
        Format::Github => report::github::write(results, out),
        Format::Gitlab => report::gitlab::write(results, out),
        Format::Junit => report::junit::write(results, fail_on.level(), out),
        Format::Azure => report::azure::write(results, out),
        Format::Rdjson => report::rdjson::write(results, out),
        Format::Markdown => report::markdown::write(results, out),
    }
}
