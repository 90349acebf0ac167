//! The lines of `audit --format jsonl`, which are written while credentials are met.
//!
//! Owns: the run that they name, their numbers, keeping those that a file gets. Does not own: what is in a line (see
//! `report`).

use std::io::{self, Write};
use std::path::PathBuf;

use super::Environment;
use crate::inventory::{Accompanying, LinkKey, Links, Occurrence, Run};
use crate::report::audit::jsonl;
use crate::rule::Settings;

/// Where lines go.
#[derive(Clone, Copy, Debug)]
pub(super) struct Outputs {
    /// To standard output, at once.
    pub(super) stream: bool,
    /// To a file, at the end.
    pub(super) file: bool,
}

/// The lines of a run.
pub(super) struct Lines<'e> {
    outputs: Outputs,
    environment: &'e Environment,
    /// What the run looks at.
    inputs: Vec<PathBuf>,
    links: Option<Links>,
    run: Option<Run>,
    /// How many were written.
    number: u32,
    /// Those for a file.
    kept: Vec<u8>,
}

impl<'e> Lines<'e> {
    /// None yet, of a run over `inputs`. It puts together other runs if `merges` is true, else its secrets get digests under
    /// `key`.
    pub(super) fn new(
        outputs: Outputs,
        environment: &'e Environment,
        inputs: Vec<PathBuf>,
        merges: bool,
        key: Option<LinkKey>,
    ) -> Self {
        let links = if merges { Links::AsTheyAre } else { key.map_or(Links::Off, Links::Key) };
        Self { outputs, environment, inputs, links: Some(links), run: None, number: 0, kept: Vec::new() }
    }

    /// Writes the line of an occurrence.
    pub(super) fn write(
        &mut self,
        occurrence: &Occurrence,
        accompanying: &Accompanying,
        settings: &Settings,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let Outputs { stream, file } = self.outputs;
        if !stream && !file {
            return Ok(());
        }
        self.number += 1;
        let number = self.number;
        let Self { links, run, environment, inputs, .. } = self;
        let run = run.get_or_insert_with(|| begin(environment, inputs, settings, links.take()));
        if stream {
            jsonl::occurrence(occurrence, accompanying, (run, number), out)?;
        }
        if file {
            let mut line = Vec::new();
            jsonl::occurrence(occurrence, accompanying, (run, number), &mut line)?;
            self.kept.append(&mut line);
        }
        Ok(())
    }

    /// The run, how many lines it has, and those that were kept.
    pub(super) fn end(&mut self, settings: &Settings) -> (&Run, u32, &[u8]) {
        let Self { links, run, environment, inputs, number, kept, .. } = self;
        let run = run.get_or_insert_with(|| begin(environment, inputs, settings, links.take()));
        (run, *number, kept)
    }
}

fn begin(environment: &Environment, inputs: &[PathBuf], settings: &Settings, links: Option<Links>) -> Run {
    let inputs = inputs.iter().map(PathBuf::as_path);
    Run::new((environment.random)().ok(), inputs, settings, links.unwrap_or(Links::Off))
}
