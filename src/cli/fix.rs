//! `aemcred check --fix` and `--diff`: what is put right in the files of a run.
//!
//! Owns: which files, in which order, and the words about it on standard error. Does not own: making fixes (see
//! `crate::fix`), nor replacing a file (see `replace`).

use std::collections::HashSet;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::arguments::CheckOptions;
use super::collect::Collected;
use super::paths::name;
use super::policy::Loaded;
use super::replace::{Prepared, ReplaceError, Seen};
use super::suppress::{self, Coverage, LoadedBaseline, Located};
use super::{CliError, Streams};
use crate::discover::read_regular;
use crate::examine::{Checked, check};
use crate::fix::{Fixed, Refusal, Step, fix};
use crate::report::{Drawing, Failure, FileResult, PathName, counted, diff};
use crate::rule::Settings;

/// What decides on the findings of a run.
pub(super) struct Judges<'r> {
    pub(super) settings: &'r Settings,
    pub(super) ignores: Option<&'r Loaded>,
    pub(super) baseline: Option<&'r LoadedBaseline>,
    pub(super) coverage: &'r Coverage<'r>,
    /// Whether the run is to end.
    pub(super) stopped: &'r (dyn Fn() -> bool + Sync),
}

/// Standard input can't be written back.
pub(super) fn refuse_standard_input(options: &CheckOptions, paths: &[PathBuf]) -> Result<(), CliError> {
    if options.fix && paths.iter().any(|path| path.as_os_str() == "-") {
        let message = "--fix writes to files, and standard input is none; --diff shows what it would change";
        return Err(CliError::Usage(String::from(message)));
    }
    Ok(())
}

/// Puts right what can be in the files that were collected, or shows what that would be. The results of files that were
/// written are new ones.
pub(super) fn run(
    collected: &mut Collected,
    options: &CheckOptions,
    drawing: Drawing,
    judges: &Judges<'_>,
    streams: &mut Streams<'_>,
) -> io::Result<()> {
    let mut outcome = Outcome::default();
    for located in &mut collected.files {
        // Each file is whole, as it was or put right.
        if (judges.stopped)() {
            break;
        }
        // As reports have it, without secrets of the file's own.
        let shown = located.result.path.clone();
        match one(located, options, judges, &mut outcome.places) {
            Ok(None) => {}
            Ok(Some(fixed)) => {
                if options.diff {
                    diff::write(&shown, &fixed, drawing, streams.out)?;
                }
                outcome.files.push((shown, fixed.steps));
            }
            Err(error) => {
                outcome.refused = true;
                let message = format!("it was not fixed: {error}");
                collected.failures.push(Failure { path: Some(shown), message });
            }
        }
    }
    outcome.report(options, streams.err);
    Ok(())
}

/// Why a file with fixes stays as it is.
#[derive(Debug, thiserror::Error)]
enum FixError {
    #[error("{0}")]
    Refused(#[from] Refusal),
    #[error("{0}")]
    Replace(#[from] ReplaceError),
    #[error("it {0}")]
    Read(String),
}

fn one(
    located: &mut Located,
    options: &CheckOptions,
    judges: &Judges<'_>,
    places: &mut HashSet<PathBuf>,
) -> Result<Option<Fixed>, FixError> {
    let Some(original) = located.original.take() else { return Ok(None) };
    let settings = judges.settings;
    // The same file may have been named in two ways, and the second must not undo the first.
    let place = located.path.canonicalize().ok().filter(|_| located.result.is_file);
    if place.as_ref().is_some_and(|place| places.contains(place)) {
        if options.fix {
            let contents = read_regular(&located.path, settings.max_size).map_err(FixError::Read)?;
            located.result.checked = again(check(contents, settings));
        }
        return Ok(None);
    }
    let path = located.path.as_path();
    let Some(fixed) = fix(&original, settings, &|checked| judges.judge(path, checked))? else {
        return Ok(None);
    };
    if located.result.is_file {
        let seen = Seen::at(path)?;
        if options.fix {
            Prepared::new(path, seen, &original, &fixed.contents)?.commit()?;
            located.result.checked = again(check(fixed.contents.clone(), settings));
        }
    }
    places.extend(place);
    Ok(Some(fixed))
}

/// What the first look could not do was said then.
fn again(mut checked: Checked) -> Checked {
    checked.failures.clear();
    checked
}

impl Judges<'_> {
    /// Marks what doesn't count.
    fn judge(&self, path: &Path, checked: Checked) -> Checked {
        let result = FileResult { path: name(path), checked, is_file: true };
        let mut file = [Located { path: path.to_path_buf(), result, original: None }];
        if let Some(loaded) = self.ignores {
            suppress::ignore(&mut file, loaded, self.coverage, self.settings);
        }
        if let Some(known) = self.baseline {
            known.apply(&mut file, self.coverage, self.settings);
        }
        let [Located { result, .. }] = file;
        result.checked
    }
}

/// What was done in a run.
#[derive(Default)]
struct Outcome {
    files: Vec<(PathName, Vec<Step>)>,
    /// Whether a file with fixes had to stay as it is.
    refused: bool,
    /// Where the files are that were written.
    places: HashSet<PathBuf>,
}

impl Outcome {
    fn report(&self, options: &CheckOptions, err: &mut dyn Write) {
        if options.quiet {
            return;
        }
        let steps: usize = self.files.iter().map(|(_, steps)| steps.len()).sum();
        if steps == 0 {
            if options.diff && !self.refused {
                let _ = writeln!(err, "aemcred: there is nothing that --fix would change");
            }
            return;
        }
        let what = format!("{} in {}", counted(steps, "finding"), counted(self.files.len(), "file"));
        if options.diff {
            let _ = writeln!(err, "aemcred: --fix would correct {what}");
            return;
        }
        let _ = writeln!(err, "aemcred: fixed {what}");
        for (path, steps) in &self.files {
            for Step { rule, start, label } in steps {
                let _ = writeln!(err, "  {}:{start}: {}: {label}", path.one_line(), rule.name);
            }
        }
    }
}
