//! `just bench`: aemcred beside two peers, in one run on the same files.
//!
//! Measures whole processes from start to exit: one file, and a folder of 10,000 distinct sound credentials on one core
//! and on all. The peers are a Node process with native crypto and a script of jq and openssl doing comparable checks
//! (`benches/peers/`); a missing one is left out loudly. Absolute times depend on the machine, so ratios are printed.

#![expect(clippy::print_stdout, reason = "the figures go there")]

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use credentials::{MANY, NOW};

mod credentials;

/// The script forks a dozen processes a file, so it gets fewer files.
const FEW: usize = 100;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = credentials::folder()?;
    let peers = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/peers");
    let (node, script) = (peers.join("check.mjs"), peers.join("check.sh"));
    let has = |program: &str| {
        let found = Command::new(program)
            .arg("--version")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .is_ok();
        if !found {
            println!("{program} is not installed: what needs it is left out");
        }
        found
    };
    let (has_node, has_jq, has_taskset) = (has("node"), has("jq") && has("openssl"), has("taskset"));
    let one = folder.join("00000.json");
    let few: Vec<PathBuf> = (0..FEW).map(|index| folder.join(format!("{index:05}.json"))).collect();

    let aemcred = |paths: &[&Path]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_aemcred"));
        command.args(["check", "--now", NOW, "--quiet"]).args(paths);
        command
    };
    let node = |paths: &[&Path]| {
        let mut command = Command::new("node");
        command.arg(&node).arg(NOW).args(paths);
        command
    };
    let script = |paths: &[&Path]| {
        let mut command = Command::new("bash");
        command.arg(&script).arg(NOW).args(paths);
        command
    };

    println!("\none file, start to exit");
    let ours = median(51, || aemcred(&[&one]))?;
    row("aemcred", ours, ours);
    if has_node {
        row("node", median(11, || node(&[&one]))?, ours);
    }
    if has_jq {
        row("jq + openssl", median(11, || script(&[&one]))?, ours);
    }

    println!("\na folder of {MANY} credentials, time for each");
    let each = |time: Duration, count: usize| time / u32::try_from(count).unwrap_or(u32::MAX);
    let all_cores = each(median(7, || aemcred(&[&folder]))?, MANY);
    let ours = if has_taskset {
        let one_core = each(median(7, || on_one_core(&aemcred(&[&folder])))?, MANY);
        row("aemcred, one core", one_core, one_core);
        row("aemcred, all cores", all_cores, one_core);
        one_core
    } else {
        row("aemcred, all cores", all_cores, all_cores);
        all_cores
    };
    if has_node {
        row("node, one process", each(median(3, || node(&[&folder]))?, MANY), ours);
    }
    if has_jq {
        let paths: Vec<&Path> = few.iter().map(PathBuf::as_path).collect();
        row("jq + openssl", each(median(1, || script(&paths))?, FEW), ours);
    }
    Ok(())
}

fn on_one_core(command: &Command) -> Command {
    let mut pinned = Command::new("taskset");
    pinned.args(["-c", "0"]).arg(command.get_program()).args(command.get_args());
    pinned
}

/// The median time of `rounds` runs after one that warms the caches. Every run must find everything sound.
fn median(rounds: usize, command: impl Fn() -> Command) -> Result<Duration, Box<dyn Error>> {
    let once = || -> Result<Duration, Box<dyn Error>> {
        let start = Instant::now();
        let output = command().stdin(Stdio::null()).output()?;
        let time = start.elapsed();
        if !output.status.success() || !output.stdout.is_empty() {
            return Err(format!("a peer found something: {}", String::from_utf8_lossy(&output.stdout)).into());
        }
        Ok(time)
    };
    if rounds > 1 {
        once()?;
    }
    let mut times = (0..rounds).map(|_| once()).collect::<Result<Vec<_>, _>>()?;
    times.sort_unstable();
    Ok(times[times.len() / 2])
}

fn row(name: &str, time: Duration, reference: Duration) {
    let ratio = time.as_secs_f64() / reference.as_secs_f64();
    println!("  {name:20} {:>12.1} µs  {ratio:>8.2} ×", time.as_secs_f64() * 1e6);
}
