//! How far a long run has come, on a terminal's standard error; silent otherwise and in the first second.
//!
//! Owns: the line. Does not own: what is counted.

use std::cell::Cell;
use std::io::{self, Write as _};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// What a run has looked at so far. Threads count on their own.
#[derive(Debug, Default)]
pub(super) struct Counters {
    pub(super) files: AtomicU64,
    pub(super) bytes: AtomicU64,
    pub(super) credentials: AtomicU64,
    pub(super) skipped: AtomicU64,
}

impl Counters {
    pub(super) fn add(counter: &AtomicU64, amount: u64) {
        counter.fetch_add(amount, Ordering::Relaxed);
    }

    pub(super) fn read(counter: &AtomicU64) -> u64 {
        counter.load(Ordering::Relaxed)
    }
}

/// A line that says how far the run is.
#[derive(Debug)]
pub(super) struct Progress {
    /// When the run began, if anything is to be drawn.
    begin: Option<Instant>,
    /// After how long it was drawn last, and how wide.
    drawn: Cell<(Duration, usize)>,
}

/// How often the line is drawn anew.
pub(super) const INTERVAL: Duration = Duration::from_millis(200);

/// Runs shorter than this need no progress.
const PATIENCE: Duration = Duration::from_secs(1);

impl Progress {
    /// Begins; nothing is drawn unless `visible`.
    pub(super) fn new(visible: bool) -> Self {
        Self { begin: visible.then(Instant::now), drawn: Cell::default() }
    }

    /// Draws the state of `counters`, if it is time to.
    pub(super) fn update(&self, counters: &Counters) {
        let Some(elapsed) = self.begin.map(|begin| begin.elapsed()) else { return };
        let (last, width) = self.drawn.get();
        if elapsed < PATIENCE.max(last + INTERVAL) {
            return;
        }
        let mut line = line(counters, elapsed);
        // A line that is wrapped can't be drawn over.
        line.truncate(
            terminal_size::terminal_size_of(io::stderr())
                .map_or(79, |(columns, _)| columns.0.saturating_sub(1))
                .into(),
        );
        // Where nobody can see it, it doesn't matter.
        let _ = write!(io::stderr(), "\r{line:width$}");
        self.drawn.set((elapsed, line.len()));
    }

    /// Wipes the line.
    pub(super) fn finish(&self) {
        let (_, width) = self.drawn.get();
        if width > 0 {
            let _ = write!(io::stderr(), "\r{:width$}\r", "");
        }
    }
}

fn line(counters: &Counters, elapsed: Duration) -> String {
    let [files, bytes, credentials] =
        [&counters.files, &counters.bytes, &counters.credentials].map(Counters::read);
    let seconds = elapsed.as_secs();
    format!("{files} files, {} MiB, {credentials} credentials so far ({seconds} s)", bytes >> 20)
}
