//! What all tests share: a hermetic way to run aemcred, the fixtures, and the secrets in them.

use std::ffi::OsString;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use aemcred::cli::{self, Environment, GitEnvironment, Interruption};

/// The clock of all fixtures.
pub(crate) const NOW: &str = "2026-11-22T12:00:00Z";

/// All formats of `check`.
pub(crate) const FORMATS: [&str; 11] =
    ["text", "concise", "json", "jsonl", "sarif", "github", "gitlab", "junit", "azure", "rdjson", "markdown"];

/// What a run gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Run {
    pub(crate) code: u8,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// Runs the command line within this process, in a fixed environment.
pub(crate) fn run<A: Into<OsString>>(arguments: impl IntoIterator<Item = A>) -> Run {
    run_with_input(arguments, b"")
}

/// Runs the program that the variable `AEMCRED_PROGRAM` names, which is built to be quick, if there is one: returns the
/// processor time that it took beside its results. Time on the clock depends on what else the machine does.
pub(crate) fn run_quickly<A: Into<OsString>>(
    arguments: impl IntoIterator<Item = A>,
) -> (Run, Option<Duration>) {
    #[expect(clippy::disallowed_methods, reason = "tests have no caller to hand them the environment")]
    let program = std::env::var_os("AEMCRED_PROGRAM");
    let Some(program) = program else { return (run(arguments), None) };
    let mut command = Command::new("sh");
    command.args(["-c", "\"$@\"; code=$?; times >&2; exit $code", "sh"]).arg(program);
    let output = command.args(arguments.into_iter().map(Into::into)).env_clear().output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    let code = u8::try_from(output.status.code().unwrap()).unwrap();
    let (out, err) = (text(output.stdout), text(output.stderr));
    // Two lines, of the shell and of what it ran: `0m0.42s 0m0.17s`, spent in the program and in the kernel.
    let mut lines: Vec<&str> = err.split_inclusive('\n').collect();
    let seconds = |time: &str| {
        let (minutes, seconds) = time.strip_suffix('s').unwrap().split_once('m').unwrap();
        Duration::from_secs_f64(minutes.parse::<f64>().unwrap() * 60.0 + seconds.parse::<f64>().unwrap())
    };
    let taken = lines.pop().unwrap().split_whitespace().map(seconds).sum();
    lines.pop();
    (Run { code, out, err: lines.concat() }, Some(taken))
}

/// What the user asked for who doesn't want to wait any longer.
pub(crate) fn interrupted() -> Arc<Interruption> {
    let interruption = Arc::<Interruption>::default();
    interruption.request(2);
    interruption
}

/// The environment of all runs: no terminal, no pipeline.
pub(crate) fn environment() -> Environment {
    Environment {
        now: NOW.parse().unwrap(),
        random: || Ok([7; 32]),
        width: None,
        color: false,
        progress: false,
        interruption: Arc::default(),
        sandbox: cli::Sandbox::Unsupported,
        git: GitEnvironment::default(),
        github_actions: false,
        github_step_summary: None,
    }
}

/// The same with something on standard input.
pub(crate) fn run_with_input<A: Into<OsString>>(arguments: impl IntoIterator<Item = A>, input: &[u8]) -> Run {
    run_in(&environment(), arguments, input)
}

/// The same in another environment.
pub(crate) fn run_in<A: Into<OsString>>(
    environment: &Environment,
    arguments: impl IntoIterator<Item = A>,
    mut input: &[u8],
) -> Run {
    let arguments = std::iter::once(OsString::from("aemcred")).chain(arguments.into_iter().map(Into::into));
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let code = cli::run(arguments, environment, &mut input, &mut out, &mut err);
    Run { code, out: String::from_utf8(out).unwrap(), err: String::from_utf8(err).unwrap() }
}

/// The program itself, with nothing of the caller's environment.
pub(crate) fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_aemcred"));
    command.env_clear();
    command
}

/// Whether expected files are to be written instead of compared (`just bless`).
pub(crate) fn bless() -> bool {
    #[expect(clippy::disallowed_methods, reason = "tests have no caller to hand them the environment")]
    std::env::var_os("AEMCRED_BLESS").is_some()
}

/// The project's folder.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// All fixtures, sorted: `fixtures/<rule>/<good or bad>*.json`.
pub(crate) fn fixtures() -> Vec<PathBuf> {
    let mut files = Vec::new();
    for folder in children(&root().join("fixtures")).into_iter().filter(|path| path.is_dir()) {
        files.extend(children(&folder));
    }
    assert!(files.len() > 80, "the fixtures are there");
    files
}

/// The fixture `name`, such as `field-type/bad.json`.
pub(crate) fn fixture_bytes(name: &str) -> Vec<u8> {
    fs::read(root().join("fixtures").join(name)).unwrap()
}

/// The same as text.
pub(crate) fn fixture(name: &str) -> String {
    String::from_utf8(fixture_bytes(name)).unwrap()
}

/// A sound credential.
pub(crate) fn sound() -> String {
    fixture("key-pair-mismatch/good.json")
}

/// Skips a check that needs `oracle`, a program mostly. In CI that is a failure, unless `oracle` is allowed to be missing.
pub(crate) fn missing(oracle: &str) {
    start_of_skips();
    assert!(skips(&["add", oracle]), "{oracle} is missing");
}

/// Runs an oracle; `None`, and the check is skipped, if it isn't installed.
pub(crate) fn oracle(command: &mut Command) -> Option<Output> {
    oracle_with(command, b"")
}

/// The same with something on standard input. A program that ends before it has read all is fine.
pub(crate) fn oracle_with(command: &mut Command, input: &[u8]) -> Option<Output> {
    let spawned = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let Ok(mut child) = spawned else {
        missing(&command.get_program().to_string_lossy());
        return None;
    };
    let (mut stdin, input) = (child.stdin.take().unwrap(), input.to_vec());
    let writer = std::thread::spawn(move || drop(stdin.write_all(&input)));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    Some(output)
}

/// Empties the list of what was skipped, once a run.
fn start_of_skips() {
    static CLEARED: LazyLock<bool> = LazyLock::new(|| skips(&["clear"]));
    assert!(*CLEARED, "the list of what is skipped can't be written");
}

fn skips(arguments: &[&str]) -> bool {
    Command::new("sh")
        .arg(root().join("tests/skipped"))
        .args(arguments)
        .status()
        .is_ok_and(|status| status.success())
}

/// The list is of this run, even if nothing was skipped.
#[test]
fn what_is_skipped_is_counted_anew() {
    start_of_skips();
}

/// What is in a folder, sorted.
pub(crate) fn children(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

/// Compares `actual` with the file, or writes the file when blessing.
pub(crate) fn expect_file(path: &Path, actual: &[u8]) {
    if bless() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, actual).unwrap();
        return;
    }
    let expected = fs::read(path).unwrap_or_default();
    assert!(expected == actual, "{} is out of date; `just bless` makes it again", path.display());
}
