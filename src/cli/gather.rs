//! Everything that an inventory is made of: each credential below some paths, in whatever it is wrapped.
//!
//! Owns: running discovery, collecting, interruption. Does not own: what is done with each file (see `worker`), what is
//! the same credential (see `inventory`), reports.

mod worker;

use std::collections::BTreeSet;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};

use chrono::{DateTime, Utc};

use super::arguments::{Color, HistoryOptions, PolicyOptions, WalkOptions};
use super::collect::named_paths;
use super::history::Histories;
use super::keeping::Repositories;
use super::paths::{Excludes, Locator, name};
use super::policy::Policy;
use super::progress::{Counters, INTERVAL, Progress};
use super::reports::{drawing, tell_failures, tell_left_over};
use super::suppress::LoadedBaseline;
use super::{CliError, Environment, Streams};
use crate::config::FailOn;
use crate::discover::{WalkSettings, discover};
use crate::inventory::{Accompanying, Audited, InventoryBuilder, Occurrence};
use crate::report::audit::Extent;
use crate::report::{Drawing, Failure, counted};
use crate::rule::{Rule, Settings};
use crate::source::PathName;
use worker::{Message, Worker};

/// What a run has gathered.
pub(super) struct Gathered {
    /// The folders that were named, and standard input, as reports show them.
    pub(super) paths: Vec<PathName>,
    pub(super) credentials: Vec<Audited>,
    pub(super) extent: Extent,
    pub(super) failures: Vec<Failure>,
    /// What is to be said and is no failure.
    pub(super) notes: Vec<String>,
    /// Whether everything was looked at.
    pub(super) complete: bool,
    /// Whether there was anything to look at.
    pub(super) any_input: bool,
}

impl Gathered {
    /// Says on standard error what a report may have no place for.
    pub(super) fn tell(&self, err: &mut dyn Write) {
        for note in &self.notes {
            let _ = writeln!(err, "aemcred: {note}");
        }
        tell_failures(&self.failures, err);
    }

    /// The files in which something was found, and those that `walk` names.
    pub(super) fn inputs<'g>(&'g self, walk: &'g WalkOptions) -> impl Iterator<Item = PathBuf> + 'g {
        let locations = self.credentials.iter().flat_map(|audited| &audited.record.locations);
        locations.map(|location| PathBuf::from(location.path.as_str())).chain(walk.paths.iter().cloned())
    }
}

/// What a command asks for.
pub(super) struct Request<'o> {
    pub(super) walk: &'o WalkOptions,
    pub(super) policy: &'o PolicyOptions,
    pub(super) fail_on: Option<FailOn>,
    pub(super) color: Color,
    pub(super) quiet: bool,
    /// Whether git is asked which files are tracked or ignored.
    pub(super) git: bool,
    /// The rules that are run; all if it is empty.
    pub(super) only: &'o [&'static Rule],
    /// Whose findings are left out.
    pub(super) baseline: Option<&'o Path>,
    /// Whether paths are repositories, and their history is what is looked into.
    pub(super) history: Option<&'o HistoryOptions>,
}

impl Request<'_> {
    /// What options and configuration decide for `paths`, and how a report is drawn.
    pub(super) fn decide(
        &self,
        paths: &[PathBuf],
        environment: &Environment,
        err: &mut dyn Write,
    ) -> Result<(Policy, Drawing), CliError> {
        let drawing = drawing(self.color, self.quiet, environment);
        Policy::new(self.policy, self.fail_on, paths, drawing, environment, err)
            .map(|policy| (policy, drawing))
    }
}

/// What was gathered, and what was decided about it.
pub(super) struct Survey {
    pub(super) gathered: Gathered,
    pub(super) now: DateTime<Utc>,
    pub(super) settings: Settings,
    pub(super) fail_on: FailOn,
    pub(super) drawing: Drawing,
}

/// Whoever is told of each occurrence, and of the settings of the run, and may write to standard output.
pub(super) type Met<'m> =
    &'m mut dyn FnMut(&Occurrence, &Accompanying, &Settings, &mut dyn Write) -> io::Result<()>;

/// Decides by options and configuration, and looks into everything that is named. `met` is told of each occurrence as soon
/// as it is met; when it fails, the run ends.
pub(super) fn survey(
    request: &Request<'_>,
    environment: &Environment,
    streams: &mut Streams<'_>,
    met: Met<'_>,
) -> Result<Survey, CliError> {
    environment.interruption.heed();
    let walk = request.walk;
    let paths = named_paths(&walk.paths, walk.files_from.as_deref(), environment, streams)?;
    tell_left_over(&paths, streams.err);
    let (policy, drawing) = request.decide(&paths, environment, streams.err)?;
    let only: BTreeSet<_> = request.only.iter().map(|rule| rule.name).collect();
    let settings = Settings {
        // An inventory shows no excerpts.
        excerpts: false,
        only: (!only.is_empty()).then_some(only),
        ..policy.settings(walk.max_size)?
    };
    let baseline = request.baseline.map(LoadedBaseline::read).transpose()?;
    let mut known = baseline.as_ref().map(|baseline| baseline.known(&policy.locator));
    let excluded = |path: &Path, named: bool| policy.excludes(path, named, false);
    let context = AuditContext {
        walk,
        settings: &settings,
        excluded: &excluded,
        progress: !request.quiet,
        repositories: request.git.then(Repositories::default),
        history: request.history,
    };
    let out = &mut *streams.out;
    let mut gathered =
        gather(&context, paths, environment, streams.input, &mut |occurrence, accompanying| {
            if let Some(known) = &mut known {
                known.take_from(occurrence);
            }
            met(occurrence, accompanying, &settings, out)
        })?;
    if let Some(known) = &mut known {
        gathered.credentials.iter_mut().for_each(|audited| known.take_from_audited(audited));
        let count = counted(known.taken(), "finding");
        let _ = writeln!(streams.err, "aemcred: {count} of the baseline left out");
    }
    gathered.tell(streams.err);
    if !gathered.complete {
        let _ = writeln!(streams.err, "aemcred: interrupted: this is what was found until then");
    }
    Ok(Survey { gathered, now: policy.now, fail_on: policy.fail_on.value, drawing, settings })
}

/// What a run is told.
struct AuditContext<'o> {
    walk: &'o WalkOptions,
    settings: &'o Settings,
    /// What the configuration excludes.
    excluded: &'o (dyn Fn(&Path, bool) -> bool + Sync),
    /// Whether progress may be drawn.
    progress: bool,
    /// Where git is asked about files, if it is.
    repositories: Option<Repositories>,
    /// Whether paths are repositories, and their history is what is looked into.
    history: Option<&'o HistoryOptions>,
}

/// How many things found may wait for the one thread that takes them in.
const QUEUE: usize = 1024;

/// Looks into everything that is named. `met` is told of each occurrence as soon as it is met; when it fails, the run ends.
fn gather(
    context: &AuditContext<'_>,
    mut paths: Vec<PathBuf>,
    environment: &Environment,
    input: &mut (dyn Read + Send),
    met: &mut dyn FnMut(&mut Occurrence, &Accompanying) -> io::Result<()>,
) -> Result<Gathered, CliError> {
    let walk = context.walk;
    let history = context.history;
    if history.is_some() && paths.iter().any(|path| path.as_os_str() == "-") {
        return Err(CliError::Usage(String::from("--git-history: standard input is no repository")));
    }
    let any_input = !paths.is_empty();
    let stdin = || name(Path::new(&walk.stdin_filename));
    // A file's own secret may be in its name, and is hidden where the file's credential is listed.
    let shown = |path: &PathBuf| {
        if path.as_os_str() == "-" { Some(stdin()) } else { path.is_dir().then(|| name(path)) }
    };
    let shown_paths = paths.iter().filter_map(shown).collect();
    let locator = Locator::new(&paths).map_err(|error| CliError::here(&error))?;
    let here = Path::new(".").canonicalize().map_err(|error| CliError::here(&error))?;
    let by_option = Excludes::new(&walk.exclude)?;
    let excluded = |path: &Path, named: bool| {
        !named && by_option.matches(path, named, &locator) || (context.excluded)(path, named)
    };
    let broken_off = AtomicBool::new(false);
    let stopped = || broken_off.load(Ordering::Relaxed) || environment.interruption.is_requested();
    let settings = WalkSettings {
        max_size: walk.max_size,
        skim_named: false,
        respect_gitignore: walk.respect_gitignore,
        one_file_system: walk.one_file_system,
        stopped: &stopped,
    };
    let counters = Counters::default();
    let progress = Progress::new(context.progress && environment.progress);
    let (sender, receiver) = sync_channel(QUEUE);
    let run = Worker { context, stopped: &stopped, counters: &counters, sender };
    let stream = paths.iter().position(|path| path.as_os_str() == "-").map(|index| paths.remove(index));
    let mut collected = Collected::default();
    let written = std::thread::scope(|scope| {
        scope.spawn(|| {
            // Moved here, so that the receiver sees the end when the walk is over.
            let run = run;
            if stream.is_some() {
                run.stream(input, &excluded);
            }
            match history {
                None => discover(&paths, &settings, &excluded, &|found| run.meet(found)),
                Some(options) => Histories {
                    options,
                    named: &paths,
                    environment: &environment.git,
                    now: context.settings.now,
                    max_size: walk.max_size,
                    excluded: &|path| excluded(path, false),
                    stopped: &stopped,
                }
                .run(&here, &run),
            }
        });
        let written = collected.receive(&receiver, met, || progress.update(&counters));
        if written.is_err() {
            broken_off.store(true, Ordering::Relaxed);
            // The threads must not wait for somebody who doesn't listen any more.
            receiver.iter().for_each(drop);
        }
        written
    });
    progress.finish();
    written?;
    let Collected { builder, failures, mut notes } = collected;
    notes.sort();
    // A repository that can't be found is met in each of its folders.
    let failures = Failure::distinct(failures);
    // No file keeps anything of it.
    let (credentials, _) = builder.finish(context.settings);
    Ok(Gathered {
        paths: shown_paths,
        credentials,
        extent: Extent {
            files: Counters::read(&counters.files),
            bytes: Counters::read(&counters.bytes),
            skipped: Counters::read(&counters.skipped),
        },
        failures,
        notes,
        complete: !environment.interruption.is_requested(),
        any_input,
    })
}

#[derive(Default)]
struct Collected {
    builder: InventoryBuilder,
    failures: Vec<Failure>,
    notes: Vec<String>,
}

impl Collected {
    /// Takes in everything until nobody sends any more.
    fn receive(
        &mut self,
        receiver: &Receiver<Message>,
        met: &mut dyn FnMut(&mut Occurrence, &Accompanying) -> io::Result<()>,
        tick: impl Fn(),
    ) -> io::Result<()> {
        loop {
            match receiver.recv_timeout(INTERVAL) {
                Ok(Message::Occurrence(mut occurrence, accompanying)) => {
                    met(&mut occurrence, &accompanying)?;
                    self.builder.add(*occurrence);
                }
                Ok(Message::Failure(failure)) => self.failures.push(failure),
                Ok(Message::Note(note)) => self.notes.push(note),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return Ok(()),
            }
            tick();
        }
    }
}
