//! How far a long run has come, on a terminal's standard error; silent otherwise and in the first second.
//!
//! Owns: the bar. Does not own: what is counted.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

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
    bar: Option<ProgressBar>,
}

/// How often the line is drawn anew.
pub(super) const INTERVAL: Duration = Duration::from_millis(200);

/// Runs shorter than this need no progress.
const PATIENCE: Duration = Duration::from_secs(1);

impl Progress {
    /// Begins; nothing is drawn unless `visible`.
    pub(super) fn new(visible: bool) -> Self {
        let bar = visible.then(|| {
            let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
            let style = ProgressStyle::with_template("{spinner} {msg} ({elapsed})");
            if let Ok(style) = style {
                bar.set_style(style);
            }
            bar
        });
        Self { bar }
    }

    /// Draws the state of `counters`, if it is time to.
    pub(super) fn update(&self, counters: &Counters) {
        let Some(bar) = &self.bar else { return };
        let elapsed = bar.elapsed();
        if elapsed < PATIENCE {
            return;
        }
        if bar.is_hidden() {
            bar.set_draw_target(ProgressDrawTarget::stderr());
            bar.enable_steady_tick(INTERVAL);
        }
        let [files, bytes, credentials] =
            [&counters.files, &counters.bytes, &counters.credentials].map(Counters::read);
        bar.set_message(format!("{files} files, {} MiB, {credentials} credentials so far", bytes >> 20));
    }

    /// Wipes the line.
    pub(super) fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
