//! The program: reads clock, environment and terminal, and hands them to the command line in `aemcred::cli`.

use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;
use std::sync::Arc;

use aemcred::cli::{self, Environment, GitEnvironment, Interruptible, Interruption};

fn main() -> ExitCode {
    // Before anything is opened or looked up, and before there is another thread.
    let sandbox = cli::enter_sandbox();
    let terminal = io::stdout().is_terminal();
    let interruption = Arc::<Interruption>::default();
    // Without it the run ends at once, as programs do.
    let _ = cli::listen(Arc::clone(&interruption), |code| std::process::exit(i32::from(code)));
    let environment = Environment {
        #[expect(clippy::disallowed_methods, reason = "this is the one place that reads the clock")]
        now: std::time::SystemTime::now().into(),
        random: || {
            let mut bytes = [0; 32];
            getrandom::fill(&mut bytes)?;
            Ok(bytes)
        },
        width: terminal_size::terminal_size().map(|(width, _)| usize::from(width.0)).filter(|_| terminal),
        // https://no-color.org and https://bixense.com/clicolors
        color: !is_set("NO_COLOR")
            && (is_set("CLICOLOR_FORCE") || terminal && variable("TERM").is_none_or(|term| term != "dumb")),
        progress: io::stderr().is_terminal(),
        interruption,
        sandbox,
        #[expect(clippy::disallowed_methods, reason = "this is the one place that reads the environment")]
        git: GitEnvironment::from_variables(std::env::vars_os()),
        github_actions: variable("GITHUB_ACTIONS").is_some_and(|value| value == "true"),
        github_step_summary: variable("GITHUB_STEP_SUMMARY").filter(|path| !path.is_empty()).map(Into::into),
    };
    let mut input = Interruptible::new(io::stdin(), Arc::clone(&environment.interruption));
    let mut out = io::BufWriter::with_capacity(64 * 1024, io::stdout().lock());
    let mut code = cli::run(std::env::args_os(), &environment, &mut input, &mut out, &mut io::stderr());
    // A reader that closed the pipe has seen enough; any other failure to write means that results were lost.
    if let Err(error) = out.flush()
        && error.kind() != io::ErrorKind::BrokenPipe
        && !environment.interruption.is_requested()
    {
        let _ = writeln!(io::stderr(), "error: standard output can't be written: {error}");
        code = cli::FAILED;
    }
    ExitCode::from(code)
}

fn variable(name: &str) -> Option<std::ffi::OsString> {
    #[expect(clippy::disallowed_methods, reason = "this is the one place that reads the environment")]
    std::env::var_os(name)
}

/// Whether a variable is set to something that counts as yes (`NO_COLOR`, `CLICOLOR_FORCE`).
fn is_set(name: &str) -> bool {
    variable(name).is_some_and(|value| !value.is_empty() && value != "0")
}
