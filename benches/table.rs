//! `just bench`: aemcred beside floors and peers, in one run on the same files, as the tables of `docs/performance.md`.
//!
//! Measures whole processes from start to exit: one file, 10,000 distinct sound credentials, a tree of source code. What is
//! not installed is left out loudly; `benches/peers/README.md` says how to get it. Absolute times depend on the machine and
//! on what else it does, so ratios are printed, of CPU time and of wall time.

#![expect(clippy::print_stdout, reason = "the tables go there")]

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use aemcred::internals::unwrap::prefilter;
use measure::{Table, is_installed, on_one_core};

use credentials::{MANY, NOW};

mod credentials;
mod measure;

/// The script forks a dozen processes a file, so it gets fewer files.
const FEW: usize = 100;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = credentials::folder()?;
    one_file(&folder.join("00000.json"))?;
    bulk(&folder)?;
    let patterns = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("bench-literals");
    // Those of UTF-16 have zero bytes, which a file of patterns can't have.
    let literals = prefilter::literals().into_iter().filter(|literal| !literal.contains(&0));
    fs::write(&patterns, literals.collect::<Vec<_>>().join(&b'\n'))?;
    match source_tree() {
        Some(tree) => walk("A tree of source code", &tree, &patterns)?,
        None => println!("there is no tree of source code: name one in AEMCRED_BENCH_TREE"),
    }
    walk("An audit of 10,000 credentials", &folder, &patterns)
}

fn aemcred(paths: &[&Path]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_aemcred"));
    command.args(["check", "--no-config", "--now", NOW, "--quiet"]).args(paths);
    command
}

/// One of `benches/peers/`, run by `program`.
fn peer(program: &str, script: &str, paths: &[&Path]) -> Command {
    let mut command = Command::new(program);
    command
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/peers").join(script))
        .arg(NOW)
        .args(paths);
    command
}

/// A program of `benches/floors/`, which `just bench` builds beside the program.
fn floor(name: &str, paths: &[&Path]) -> Option<Command> {
    let program = Path::new(env!("CARGO_BIN_EXE_aemcred")).with_file_name("examples").join(name);
    if !program.exists() {
        println!("the floor {name} is not built (cargo build --release --examples): left out");
        return None;
    }
    let mut command = Command::new(program);
    command.arg("--quiet").args(paths);
    Some(command)
}

fn one_file(file: &Path) -> Result<(), Box<dyn Error>> {
    let mut table = Table::new("One file, start to exit", 1);
    table.reference("aemcred check", 51, || aemcred(&[file]))?;
    if let Some(bare) = floor("floor-bare", &[]) {
        table.row("an empty `main`", 51, || measure::copy(&bare))?;
    }
    if let Some(clap) = floor("floor-clap", &[file]) {
        table.row("an empty `main` with clap", 51, || measure::copy(&clap))?;
    }
    if is_installed("node") {
        table.row("Node", 11, || peer("node", "check.mjs", &[file]))?;
    }
    if is_installed("python3") {
        table.row("Python, cryptography", 5, || peer("python3", "check.py", &[file]))?;
    }
    if is_installed("jq") && is_installed("openssl") {
        table.row("jq + openssl", 5, || peer("bash", "check.sh", &[file]))?;
    }
    table.print();
    Ok(())
}

fn bulk(folder: &Path) -> Result<(), Box<dyn Error>> {
    let few: Vec<PathBuf> = (0..FEW).map(|index| folder.join(format!("{index:05}.json"))).collect();
    let few: Vec<&Path> = few.iter().map(PathBuf::as_path).collect();
    let mut table = Table::new("One of 10,000 credentials", MANY);
    table.reference("aemcred check, one core", 5, || on_one_core(&aemcred(&[folder])))?;
    table.row("aemcred check, all cores", 5, || aemcred(&[folder]))?;
    if is_installed("node") {
        table.row("Node, one process", 1, || peer("node", "check.mjs", &[folder]))?;
    }
    if is_installed("python3") {
        table.row("Python, cryptography, one process", 1, || peer("python3", "check.py", &[folder]))?;
    }
    if is_installed("jq") && is_installed("openssl") {
        table.row_of("jq + openssl", 1, FEW, || peer("bash", "check.sh", &few))?;
    }
    table.print();
    Ok(())
}

/// `aemcred audit` beside ripgrep, which looks for the same literals, and secret scanners.
fn walk(title: &str, tree: &Path, patterns: &Path) -> Result<(), Box<dyn Error>> {
    let mut table = Table::new(&format!("{title}: {}", extent(tree)), 1);
    table.reference("aemcred audit", 9, || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_aemcred"));
        command.args(["audit", "--quiet", "--fail-on=never", "--no-config"]).arg(tree);
        command
    })?;
    if is_installed("rg") {
        // All files, hidden and binary ones too, and names of files only: what a prefilter does.
        table.row("ripgrep, the same literals", 9, || {
            let mut command = Command::new("rg");
            command.args(["--files-with-matches", "--fixed-strings", "--hidden", "--no-ignore", "--text"]);
            command.arg("--no-messages").arg("--file").arg(patterns).arg(tree);
            command
        })?;
    }
    let scanners: [(&str, &[&str]); 4] = [
        ("ripsecrets", &[]),
        ("betterleaks", &[]),
        ("gitleaks", &["dir", "--no-banner", "--log-level=error"]),
        ("kingfisher", &["scan", "--no-validate", "--no-update-check", "--quiet"]),
    ];
    for (program, arguments) in scanners {
        if is_installed(program) {
            table.row(program, 1, || {
                let mut command = Command::new(program);
                command.args(arguments).arg(tree);
                command
            })?;
        }
    }
    table.print();
    Ok(())
}

/// The cargo registry's cache of sources, or what the environment names.
fn source_tree() -> Option<PathBuf> {
    #[expect(clippy::disallowed_methods, reason = "a benchmark has no caller to hand it the environment")]
    let variable = |name: &str| std::env::var_os(name).map(PathBuf::from);
    let cargo = || variable("CARGO_HOME").or_else(|| Some(variable("HOME")?.join(".cargo")));
    let tree = variable("AEMCRED_BENCH_TREE").or_else(|| Some(cargo()?.join("registry/src")))?;
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
