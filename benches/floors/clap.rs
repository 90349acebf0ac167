//! The floor of every program with a command line: one that does nothing but read it.

use std::path::PathBuf;

use clap::Parser;

/// Reads its arguments.
#[derive(Debug, Parser)]
struct Arguments {
    /// Files
    paths: Vec<PathBuf>,
    /// Be quiet
    #[arg(long)]
    quiet: bool,
}

fn main() {
    let arguments = Arguments::parse();
    std::hint::black_box((arguments.paths, arguments.quiet));
}
