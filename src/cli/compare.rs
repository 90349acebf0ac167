//! `aemcred compare`: whether one credential is a rotation of another.

use std::path::Path;

use super::arguments::{CompareFormat, CompareOptions};
use super::input::{inspect, read_input};
use super::policy::Policy;
use super::reports::drawing;
use super::{CLEAN, CliError, Environment, FAILED, FINDINGS, Streams};
use crate::compare::{Conclusion, compare};
use crate::report::compare::{CompareResult, Side, json, text};

pub(super) fn run(
    options: &CompareOptions,
    environment: &Environment,
    streams: &mut Streams<'_>,
) -> Result<u8, CliError> {
    if [&options.old, &options.new].iter().all(|path| *path == Path::new("-")) {
        return Err(CliError::Usage(String::from("standard input can be read only once")));
    }
    let drawing = drawing(options.document.color, false, environment);
    let policy = Policy::new(&options.policy, None, &[], drawing, environment, streams.err)?;
    let settings = policy.settings(options.document.max_size)?;

    let mut side = |path: &Path, client: &Option<String>| -> Result<Side, CliError> {
        let options = &options.document;
        let document = read_input(path, &options.stdin_filename, options.max_size, streams.input)?;
        let (path, inspected) = inspect(document, client.as_deref(), &settings, streams)?;
        Ok(Side { path, inspected })
    };
    let (old, new) = (side(&options.old, &options.old_client)?, side(&options.new, &options.new_client)?);
    let comparison = compare(&old.inspected, &new.inspected, policy.now);
    let result = CompareResult { now: policy.now, old, new, comparison };
    let failed = [&result.old, &result.new].iter().any(|side| !side.inspected.checked.failures.is_empty());
    match options.format {
        CompareFormat::Text => text::write(&result, drawing, streams.out)?,
        CompareFormat::Json => json::write(&result, streams.out)?,
    }
    Ok(if failed {
        FAILED
    } else if result.comparison.conclusion == Conclusion::Rotation {
        CLEAN
    } else {
        FINDINGS
    })
}
