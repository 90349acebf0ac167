//! `just bench-audit`: `aemcred audit` beside ripgrep and secret scanners, in one run on the same trees.
//!
//! Two trees: source code without a credential (the folder that `AEMCRED_BENCH_TREE` names, such as cargo's registry/src
//! with hundreds of crates, many with test keys), and 10,000 distinct credentials. ripgrep looks for the same literals
//! that aemcred's prefilter looks for. A missing peer is left out loudly; `benches/peers/README.md` says how to get them.
//! Absolute times depend on the machine and its file cache, so ratios are printed.

#![expect(clippy::print_stdout, reason = "the figures go there")]

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use aemcred::internals::unwrap::prefilter;

mod credentials;

fn main() -> Result<(), Box<dyn Error>> {
    let credentials = credentials::folder()?;
    let patterns = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("bench-literals");
    // Those of UTF-16 have zero bytes, which a file of patterns can't have.
    let literals = prefilter::literals().into_iter().filter(|literal| !literal.contains(&0));
    fs::write(&patterns, literals.collect::<Vec<_>>().join(&b'\n'))?;
    match source_tree() {
        Some(tree) => {
            println!("\na tree of source code without credentials: {}", extent(&tree));
            compare(&tree, &patterns)?;
        }
        None => println!("there is no tree of source code: name one in AEMCRED_BENCH_TREE"),
    }
    println!("\na folder of 10,000 credentials: {}", extent(&credentials));
    compare(&credentials, &patterns)
}

/// All programs over one tree, aemcred first.
fn compare(tree: &Path, patterns: &Path) -> Result<(), Box<dyn Error>> {
    let audit = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_aemcred"));
        command.args(["audit", "--quiet", "--fail-on=never", "--no-config"]).arg(tree);
        command
    };
    let ours = median(9, audit)?;
    row("aemcred audit", ours, ours);
    // All files, hidden and binary ones too, and names of files only: what a prefilter does.
    let ripgrep = || {
        let mut command = Command::new("rg");
        command.args(["--files-with-matches", "--fixed-strings", "--hidden", "--no-ignore", "--text"]);
        command.arg("--no-messages").arg("--file").arg(patterns).arg(tree);
        command
    };
    if is_installed("rg") {
        row("ripgrep", median(9, ripgrep)?, ours);
    }
    let scanner = |program: &'static str, arguments: &'static [&'static str]| {
        move || {
            let mut command = Command::new(program);
            command.args(arguments).arg(tree);
            command
        }
    };
    let scanners: [(&str, &[&str]); 3] = [
        ("ripsecrets", &[]),
        ("betterleaks", &[]),
        ("kingfisher", &["scan", "--no-validate", "--no-update-check", "--quiet"]),
    ];
    for (program, arguments) in scanners {
        if is_installed(program) {
            row(program, median(1, scanner(program, arguments))?, ours);
        }
    }
    Ok(())
}

/// What the environment names: nobody's own folders are looked through unasked.
fn source_tree() -> Option<PathBuf> {
    #[expect(clippy::disallowed_methods, reason = "a benchmark has no caller to hand it the environment")]
    let tree = std::env::var_os("AEMCRED_BENCH_TREE").map(PathBuf::from)?;
    tree.is_dir().then_some(tree)
}

/// `20823 files, 260 MiB`
fn extent(folder: &Path) -> String {
    let mut folders = vec![folder.to_path_buf()];
    let (mut files, mut bytes) = (0_u64, 0_u64);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            match entry.metadata() {
                Ok(metadata) if metadata.is_dir() => folders.push(entry.path()),
                Ok(metadata) => {
                    files += 1;
                    bytes += metadata.len();
                }
                Err(_) => {}
            }
        }
    }
    format!("{files} files, {} MiB", bytes >> 20)
}

fn is_installed(program: &str) -> bool {
    let status = Command::new(program).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    if status.is_err() {
        println!("  {program} is not installed: left out");
    }
    status.is_ok()
}

/// The median time of `rounds` runs after one that warms the caches. Whatever a scanner says of its finds, only how long
/// it takes counts here.
fn median(rounds: usize, command: impl Fn() -> Command) -> Result<Duration, Box<dyn Error>> {
    let once = || -> Result<Duration, Box<dyn Error>> {
        let start = Instant::now();
        command().stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status()?;
        Ok(start.elapsed())
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
    println!("  {name:20} {:>12.1} ms  {ratio:>8.2} ×", time.as_secs_f64() * 1e3);
}
