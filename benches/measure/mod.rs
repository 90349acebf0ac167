//! Timing whole processes, and the tables that come of it.

#![expect(clippy::print_stdout, reason = "the tables go there")]

use std::error::Error;
use std::fs;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// What a run took, by the clock and of the processors. The latter is known on Linux only.
#[derive(Clone, Copy)]
struct Cost {
    wall: Duration,
    cpu: Option<Duration>,
}

/// A table of programs that do the same, beside a first one that they are compared with.
pub(crate) struct Table {
    title: String,
    /// How many things each of them does.
    count: usize,
    rows: Vec<(String, Cost)>,
}

impl Table {
    pub(crate) fn new(title: &str, count: usize) -> Self {
        Self { title: title.to_owned(), count, rows: Vec::new() }
    }

    /// Measures the program that all others are compared with: the first one.
    pub(crate) fn reference(
        &mut self,
        name: &str,
        rounds: u32,
        command: impl Fn() -> Command,
    ) -> Result<(), Box<dyn Error>> {
        self.row(name, rounds, command)
    }

    pub(crate) fn row(
        &mut self,
        name: &str,
        rounds: u32,
        command: impl Fn() -> Command,
    ) -> Result<(), Box<dyn Error>> {
        self.row_of(name, rounds, self.count, command)
    }

    /// Measures a program that does `count` things only.
    pub(crate) fn row_of(
        &mut self,
        name: &str,
        rounds: u32,
        count: usize,
        command: impl Fn() -> Command,
    ) -> Result<(), Box<dyn Error>> {
        let cost = cost(rounds, command)?;
        let each = |time: Duration| time / u32::try_from(count).unwrap_or(u32::MAX);
        self.rows.push((name.to_owned(), Cost { wall: each(cost.wall), cpu: cost.cpu.map(each) }));
        Ok(())
    }

    pub(crate) fn print(&self) {
        println!("\n{}\n\n| program | CPU time | of aemcred's | wall time | of aemcred's |", self.title);
        println!("|---|---|---|---|---|");
        let Some((_, first)) = self.rows.first() else { return };
        for (name, cost) in &self.rows {
            let cpu = cost.cpu.map(milliseconds).unwrap_or_default();
            let of_cpu = cost.cpu.zip(first.cpu).map(|(cost, first)| ratio(cost, first)).unwrap_or_default();
            let (wall, of_wall) = (milliseconds(cost.wall), ratio(cost.wall, first.wall));
            println!("| {name} | {cpu} | {of_cpu} | {wall} | {of_wall} |");
        }
    }
}

fn milliseconds(time: Duration) -> String {
    format!("{:.3} ms", time.as_secs_f64() * 1e3)
}

fn ratio(time: Duration, reference: Duration) -> String {
    if reference.is_zero() {
        return String::new();
    }
    format!("{:.2} ×", time.as_secs_f64() / reference.as_secs_f64())
}

/// The median wall time and the mean CPU time of `rounds` runs, after one that warms the caches. Whatever a program says of
/// its finds, only how long it takes counts here.
fn cost(rounds: u32, command: impl Fn() -> Command) -> Result<Cost, Box<dyn Error>> {
    let once = || -> Result<Duration, Box<dyn Error>> {
        let start = Instant::now();
        command().stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status()?;
        Ok(start.elapsed())
    };
    if rounds > 1 {
        once()?;
    }
    let before = children();
    let mut times = (0..rounds).map(|_| once()).collect::<Result<Vec<_>, _>>()?;
    let cpu = before.zip(children()).map(|(before, after)| after.saturating_sub(before) / rounds);
    times.sort_unstable();
    Ok(Cost { wall: times[times.len() / 2], cpu })
}

/// The processors' time that ended child processes took, in the kernel's ticks of 10 ms (proc(5)).
fn children() -> Option<Duration> {
    let stat = fs::read_to_string("/proc/self/stat").ok()?;
    // The name before the closing bracket may hold anything; of what follows the state is the first.
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks = |index: usize| fields.get(index)?.parse::<u64>().ok();
    Some(Duration::from_millis(10 * (ticks(13)? + ticks(14)?)))
}

/// Another command that does the same.
pub(crate) fn copy(command: &Command) -> Command {
    let mut copy = Command::new(command.get_program());
    copy.args(command.get_args());
    copy
}

/// The same on one core, where that can be asked for.
pub(crate) fn on_one_core(command: &Command) -> Command {
    let mut pinned = Command::new("taskset");
    pinned.args(["-c", "0"]).arg(command.get_program()).args(command.get_args());
    pinned
}

pub(crate) fn is_installed(program: &str) -> bool {
    let status = Command::new(program).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    if status.is_err() {
        println!("{program} is not installed: what needs it is left out");
    }
    status.is_ok()
}
