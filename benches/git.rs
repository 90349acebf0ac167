//! `just bench-git`: `aemcred audit --git-history` beside git's own reading and secret scanners, in one run on one
//! repository of 200,000 objects.
//!
//! The repository is made once, by `git fast-import` and `git repack`: 4,000 files in 420 folders, edited over and over,
//! without a credential. `AEMCRED_BENCH_REPOSITORY` names another one. What counts is CPU time as a ratio, and peak memory,
//! both read from `/proc`; a missing peer is left out loudly.

#![expect(clippy::print_stdout, reason = "the figures go there")]

use std::error::Error;
use std::fs;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

/// As many objects the repository has at least.
const OBJECTS: usize = 200_000;

fn main() -> Result<(), Box<dyn Error>> {
    let repository = repository()?;
    let reading = || {
        let mut command = git(&repository);
        command.args(["cat-file", "--batch-all-objects", "--batch", "--unordered"]);
        command
    };
    let audit = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_aemcred"));
        command
            .args(["audit", "--quiet", "--fail-on=never", "--no-config", "--git-history"])
            .arg(&repository);
        command
    };
    println!("\n{}", String::from_utf8(git(&repository).args(["count-objects", "-v"]).output()?.stdout)?);
    let reference = best(3, reading)?;
    row("git cat-file", reference, reference);
    row("aemcred audit", best(3, audit)?, reference);
    let scanner = |program: &'static str, before: &'static [&'static str], after: &'static [&'static str]| {
        let repository = repository.clone();
        move || {
            let mut command = Command::new(program);
            command.args(before).arg(&repository).args(after);
            command
        }
    };
    let scanners: [(&str, &[&str], &[&str]); 3] = [
        ("kingfisher", &["scan", "--no-validate", "--no-update-check", "--quiet"], &[]),
        ("betterleaks", &["git"], &[]),
        ("gitleaks", &["git"], &["--exit-code=0"]),
    ];
    for (program, before, after) in scanners {
        if is_installed(program) {
            row(program, best(1, scanner(program, before, after))?, reference);
        }
    }
    Ok(())
}

/// CPU time and peak memory of one run.
#[derive(Clone, Copy)]
struct Cost {
    cpu: Duration,
    peak_kib: u64,
}

/// The cheapest of `rounds` runs: others use the machine, too.
fn best(rounds: usize, command: impl Fn() -> Command) -> Result<Cost, Box<dyn Error>> {
    let mut best: Option<Cost> = None;
    for _ in 0..rounds {
        let cost = cost(command())?;
        if best.is_none_or(|best| cost.cpu < best.cpu) {
            best = Some(cost);
        }
    }
    best.ok_or_else(|| "no run".into())
}

/// Runs a program to its end. Before it is waited for, the system still knows what it has used.
fn cost(mut command: Command) -> Result<Cost, Box<dyn Error>> {
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
    let folder = PathBuf::from(format!("/proc/{}", child.id()));
    let mut peak_kib = 0;
    let ticks = loop {
        let status = fs::read_to_string(folder.join("status"))?;
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        peak_kib = peak.map_or(peak_kib, |peak| {
            peak.trim_end_matches("kB").trim().parse().unwrap_or(peak_kib).max(peak_kib)
        });
        let stat = fs::read_to_string(folder.join("stat"))?;
        // Behind the name in parentheses: the state, and as the 12th and 13th the times in ticks of 10 ms.
        let fields: Vec<&str> = stat.rsplit(") ").next().unwrap_or_default().split(' ').collect();
        if fields.first() == Some(&"Z") {
            break fields[11].parse::<u64>()? + fields[12].parse::<u64>()?;
        }
        sleep(Duration::from_millis(5));
    };
    child.wait()?;
    Ok(Cost { cpu: Duration::from_millis(ticks * 10), peak_kib })
}

fn row(name: &str, cost: Cost, reference: Cost) {
    let ratio = cost.cpu.as_secs_f64() / reference.cpu.as_secs_f64();
    println!(
        "  {name:20} {:>8.2} s CPU  {ratio:>8.2} ×  {:>6} MiB",
        cost.cpu.as_secs_f64(),
        cost.peak_kib >> 10
    );
}

fn is_installed(program: &str) -> bool {
    let status = Command::new(program).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    if status.is_err() {
        println!("  {program} is not installed: left out");
    }
    status.is_ok()
}

fn git(repository: &Path) -> Command {
    let mut command = Command::new("git");
    command.env("GIT_CONFIG_NOSYSTEM", "1").env("GIT_CONFIG_GLOBAL", "/dev/null");
    command.arg("--git-dir").arg(repository);
    command
}

/// The repository that the environment names, or the one that is made here.
fn repository() -> Result<PathBuf, Box<dyn Error>> {
    #[expect(clippy::disallowed_methods, reason = "a benchmark has no caller to hand it the environment")]
    if let Some(named) = std::env::var_os("AEMCRED_BENCH_REPOSITORY") {
        return Ok(named.into());
    }
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("bench-history.git");
    if folder.join("complete").exists() {
        return Ok(folder);
    }
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    println!("making a repository of {OBJECTS} objects");
    let run = |command: &mut Command| -> Result<(), Box<dyn Error>> {
        if command.status()?.success() { Ok(()) } else { Err("git failed".into()) }
    };
    run(git(&folder).args(["init", "-q", "--bare", "--initial-branch=main"]).arg(&folder))?;
    let mut import =
        git(&folder).args(["fast-import", "--quiet"]).stdin(Stdio::piped()).stdout(Stdio::null()).spawn()?;
    write_history(&mut BufWriter::new(import.stdin.take().ok_or("no standard input")?))?;
    if !import.wait()?.success() {
        return Err("git fast-import failed".into());
    }
    run(git(&folder).args(["repack", "-adfq", "--window=10", "--depth=50"]))?;
    fs::write(folder.join("complete"), "")?;
    Ok(folder)
}

/// Commits that each edit a few files in one folder, until there are enough objects.
fn write_history(out: &mut impl Write) -> Result<(), Box<dyn Error>> {
    const FILES: usize = 4_000;
    let mut random = Random(7);
    let mut files: Vec<Vec<String>> = Vec::new();
    let (mut objects, mut commits) = (0, 0);
    while objects < OBJECTS {
        writeln!(
            out,
            "commit refs/heads/main\ncommitter A <a@example.org> {} +0000\ndata 7\nchange\n",
            1_600_000_000 + commits * 600
        )?;
        commits += 1;
        let edited: Vec<usize> = if files.is_empty() {
            (0..FILES).collect()
        } else {
            let first = random.below(FILES);
            (0..if random.below(10) < 7 { 1 } else { 3 }).map(|next| first / 10 * 10 + next * 3).collect()
        };
        for file in edited {
            if files.len() <= file {
                let length = 20 + random.below(400);
                files.push((0..length).map(|_| random.line()).collect());
            } else {
                for _ in 0..=random.below(6) {
                    let at = random.below(files[file].len());
                    match random.below(3) {
                        0 => files[file].insert(at, random.line()),
                        1 if files[file].len() > 20 => drop(files[file].remove(at)),
                        _ => files[file][at] = random.line(),
                    }
                }
            }
            let text = files[file].concat();
            let path = format!("module{:02}/part{:02}/file{}.rs", file / 200, file / 10 % 20, file % 10);
            writeln!(out, "M 100644 inline {path}\ndata {}\n{text}", text.len())?;
            objects += 1;
        }
        // The commit, its tree, and two folders.
        objects += 4;
    }
    out.flush()?;
    Ok(())
}

/// A generator of numbers that are the same in each run.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 16).unwrap_or_default() % limit
    }

    /// A line as source code has it: words that repeat, and now and then one that doesn't.
    fn line(&mut self) -> String {
        const WORDS: [&str; 24] = [
            "let", "self", "value", "result", "return", "if", "else", "match", "Some", "None", "string",
            "index", "length", "(", ")", "{", "}", "=", "=>", ";", "// ", "private", "client", "token",
        ];
        let mut line = " ".repeat(4 * self.below(4));
        for _ in 0..2 + self.below(9) {
            let word = self.below(WORDS.len() + 4);
            match WORDS.get(word) {
                Some(word) => line.push_str(word),
                None => line.extend(["name", &self.below(1 << 20).to_string()]),
            }
            line.push(' ');
        }
        line.push('\n');
        line
    }
}
