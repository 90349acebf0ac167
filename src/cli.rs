//! The command line: arguments, commands, exit codes.
//!
//! Owns: wiring. Nothing here knows a rule or a file format.

mod arguments;
mod audit;
mod blocklist;
mod check;
mod choice;
mod collect;
mod compare;
mod fix;
mod gather;
mod generate;
mod history;
mod init;
mod input;
mod inspect;
mod interruption;
mod keeping;
mod key_files;
mod lines;
mod manual;
mod merge;
mod output;
mod paths;
mod policy;
mod progress;
mod redact;
mod renewals;
mod replace;
mod reports;
mod rules;
mod sandbox;
mod self_test;
mod signals;
mod suppress;
mod temporary;
mod usage;

use std::ffi::OsString;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use clap::{CommandFactory as _, FromArgMatches as _};

use crate::discover::io_words;
pub use crate::git::Environment as GitEnvironment;
use arguments::{Arguments, Command};
pub use interruption::{Interruptible, Interruption};
pub use sandbox::{Sandbox, enter_sandbox};
pub use signals::listen;

/// Nothing at or above the failing level.
pub const CLEAN: u8 = 0;
/// Findings at or above the failing level.
pub const FINDINGS: u8 = 1;
/// The tool could not do all that it was asked.
pub const FAILED: u8 = 2;

/// What the program is surrounded by, as far as it matters.
#[derive(Clone, Debug)]
pub struct Environment {
    /// The current time.
    pub now: DateTime<Utc>,
    /// Random bytes, for keys that are made up. Nothing else asks for them: where there is no `/dev`, there may be none.
    pub random: fn() -> io::Result<[u8; 32]>,
    /// The width of the terminal that standard output is, in columns.
    pub width: Option<usize>,
    /// Whether `--color auto` means colors.
    pub color: bool,
    /// Whether this is a job of GitHub Actions (`GITHUB_ACTIONS` is `true`).
    pub github_actions: bool,
    /// Whether progress may be drawn: standard error is a terminal.
    pub progress: bool,
    /// Whether the user wants the run to end.
    pub interruption: Arc<Interruption>,
    /// Whether the process has forbidden itself what no run needs.
    pub sandbox: Sandbox,
    /// Where git was told to look.
    pub git: GitEnvironment,
    /// The file that GitHub Actions shows as the job's summary (`GITHUB_STEP_SUMMARY`).
    pub github_step_summary: Option<PathBuf>,
}

/// The streams that a command reads and writes.
pub(crate) struct Streams<'s> {
    pub(crate) input: &'s mut (dyn Read + Send),
    pub(crate) out: &'s mut dyn Write,
    pub(crate) err: &'s mut dyn Write,
}

/// Why a command could not do what it was asked. Shown after `error: `.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CliError {
    /// The arguments don't fit together.
    #[error("{0}")]
    Usage(String),
    /// A file that was to be read or written can't be.
    #[error("{path}: {reason}")]
    File { path: String, reason: String },
    /// A repository can't be read.
    #[error(transparent)]
    Git(#[from] crate::git::GitError),
    /// A key was to be made up.
    #[error(
        "the system gives no random numbers, which a key needs: {0}; with `--seed` it is made of a number of yours"
    )]
    Random(io::Error),
    /// Something that was already told in full on standard error.
    #[error("")]
    Reported,
    /// The user ended the run before there was a result.
    #[error("interrupted: not everything was checked, so nothing is reported")]
    Interrupted,
    /// Standard output can't be written.
    #[error("standard output can't be written: {0}")]
    Output(#[from] io::Error),
}

impl CliError {
    /// Standard input, called `name`, can't be read.
    pub(crate) fn stdin(name: &str, error: &io::Error) -> Self {
        if interruption::is_interruption(error) {
            return Self::Interrupted;
        }
        let path = paths::name(Path::new(name)).one_line();
        Self::File { path, reason: format!("standard input can't be read: {}", io_words(error)) }
    }

    /// The current folder can't be used.
    pub(crate) fn here(error: &io::Error) -> Self {
        Self::File {
            path: String::from("."),
            reason: format!("the current folder can't be used: {}", io_words(error)),
        }
    }
}

/// Runs the program: parses `arguments` (the program's name first), does what they say, and gives the exit code.
pub fn run(
    arguments: impl IntoIterator<Item = OsString>,
    environment: &Environment,
    input: &mut (dyn Read + Send),
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> u8 {
    let mut streams = Streams { input, out, err };
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let outcome = usage::refuse_credentials(&arguments)
        .and_then(|()| parse_and_run(arguments, environment, &mut streams));
    match outcome {
        Ok(code) => code,
        Err(CliError::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => CLEAN,
        Err(CliError::Reported) => FAILED,
        Err(error @ CliError::Interrupted) => {
            let _ = writeln!(streams.err, "aemcred: {error}");
            environment.interruption.exit_code()
        }
        Err(error) => {
            // If standard error can't be written either, the exit code has to say it all.
            let _ = writeln!(streams.err, "error: {error}");
            FAILED
        }
    }
}

fn parse_and_run(
    arguments: Vec<OsString>,
    environment: &Environment,
    streams: &mut Streams<'_>,
) -> Result<u8, CliError> {
    /// In longer lines the eye gets lost.
    const WIDEST: usize = 100;
    let width = environment.width.unwrap_or(reports::DEFAULT_WIDTH).min(WIDEST);
    let mut command = Arguments::command().term_width(width);
    let matches = command.try_get_matches_from_mut(arguments);
    let parsed = matches.and_then(|matches| {
        Arguments::from_arg_matches(&matches).map_err(|error| error.format(&mut command))
    });
    match parsed {
        Ok(arguments) => dispatch(&arguments, environment, streams),
        Err(error) => Ok(usage::parse_error(error, environment, streams)),
    }
}

fn dispatch(
    arguments: &Arguments,
    environment: &Environment,
    streams: &mut Streams<'_>,
) -> Result<u8, CliError> {
    refuse_without_sandbox(arguments, environment)?;
    match &arguments.command {
        None => {
            streams.out.write_all(arguments::SHORT_HELP.as_bytes())?;
            Ok(CLEAN)
        }
        Some(Command::Check(options)) => check::run(options, environment, streams),
        Some(Command::Audit(options)) => audit::run(options, environment, streams),
        Some(Command::Inspect(options)) => inspect::run(options, environment, streams),
        Some(Command::Compare(options)) => compare::run(options, environment, streams),
        Some(Command::Redact(options)) => redact::run(options, environment, streams),
        Some(Command::Generate(options)) => generate::run(options, environment, streams),
        Some(Command::Init(options)) => init::run(options, streams),
        Some(Command::Renewals(options)) => renewals::run(options, environment, streams),
        Some(Command::Rules(options)) => rules::run(options, environment, streams),
        Some(Command::Schema(options)) => {
            streams.out.write_all(options.name.schema().as_bytes())?;
            Ok(CLEAN)
        }
        Some(Command::Completions(options)) => manual::completions(options, streams),
        Some(Command::Man(options)) => manual::pages(options, streams),
        Some(Command::Help(options)) => {
            let words = ["aemcred"].into_iter().chain(options.command.as_deref()).chain(["--help"]);
            parse_and_run(words.map(OsString::from).collect(), environment, streams)
        }
        Some(Command::SelfTest) => self_test::run(streams),
    }
}

/// `--require-sandbox`: nothing is read without it.
fn refuse_without_sandbox(arguments: &Arguments, environment: &Environment) -> Result<(), CliError> {
    let reason = match &environment.sandbox {
        _ if !arguments.require_sandbox => return Ok(()),
        Sandbox::Active => return Ok(()),
        Sandbox::Refused(reason) => reason.as_str(),
        Sandbox::Unsupported => "there is none on this system",
    };
    Err(CliError::Usage(format!("--require-sandbox: the process can't be put into a sandbox: {reason}")))
}

/// The whole command line as clap knows it, for listings.
pub fn command() -> clap::Command {
    let mut command = Arguments::command();
    // Only this defines the options of all commands.
    command.build();
    command
}
