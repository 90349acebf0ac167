//! The signals that ask a run to end: Ctrl-C, SIGTERM, SIGHUP.
//!
//! Owns: waiting for them, and leaving no temporary file behind. Does not own: what a command does when it is asked to end
//! (see `interruption`).

use std::io::{self, Write as _};
use std::sync::Arc;

use super::Interruption;
use super::temporary::remove_temporary_files;

/// Waits for the signals on a thread of its own, and asks the run to end. `exit` ends the process where the run won't do
/// that by itself. Until this is called a signal ends the process at once, as it does with any program, and there are no
/// temporary files yet. A signal that the caller ignores (`nohup`) stays ignored.
///
/// # Errors
///
/// When there can be no such thread.
#[cfg(unix)]
pub fn listen(interruption: Arc<Interruption>, exit: impl Fn(u8) + Send + 'static) -> io::Result<()> {
    use nix::sys::signal::{SigSet, Signal};

    let ignored = ignored();
    let mut signals = SigSet::empty();
    for signal in [Signal::SIGINT, Signal::SIGTERM, Signal::SIGHUP] {
        if ignored >> (signal as u32 - 1) & 1 == 0 {
            signals.add(signal);
        }
    }
    // Every thread from here on has them blocked, but for the one that waits.
    signals.thread_block()?;
    let wait = move || {
        while let Ok(signal) = signals.wait() {
            ask(&interruption, u8::try_from(signal as i32).unwrap_or_default(), &exit);
        }
    };
    std::thread::Builder::new().name(String::from("signals")).spawn(wait).map(drop)
}

/// The signals that are ignored, as a mask, where the system tells.
#[cfg(unix)]
fn ignored() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or_default()
}

/// The same for Ctrl-C alone.
///
/// # Errors
///
/// When there can be no such thread.
#[cfg(not(unix))]
pub fn listen(interruption: Arc<Interruption>, exit: impl Fn(u8) + Send + 'static) -> io::Result<()> {
    const SIGINT: u8 = 2;
    ctrlc::set_handler(move || ask(&interruption, SIGINT, &exit)).map_err(io::Error::other)
}

fn ask(interruption: &Interruption, signal: u8, exit: &impl Fn(u8)) {
    if interruption.request(signal) {
        let _ = writeln!(io::stderr(), "aemcred: stopping; a second signal stops it immediately");
    } else {
        // Nobody listens, or who asks twice doesn't want to wait for the report.
        remove_temporary_files();
        exit(interruption.exit_code());
    }
}
