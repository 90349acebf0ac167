//! `aemcred inspect`: one credential in depth.

use super::arguments::{InspectFormat, InspectOptions};
use super::input::{inspect, read_input};
use super::policy::Policy;
use super::reports::drawing;
use super::{CLEAN, CliError, Environment, FAILED, FINDINGS, Streams};
use crate::inspect::Inspected;
use crate::report::FileResult;
use crate::report::inspect::{InspectResult, json, text};

pub(super) fn run(
    options: &InspectOptions,
    environment: &Environment,
    streams: &mut Streams<'_>,
) -> Result<u8, CliError> {
    let drawing = drawing(options.document.color, false, environment);
    let policy = Policy::new(&options.policy, None, &[], drawing, environment, streams.err)?;
    let settings = policy.settings(options.document.max_size)?;

    let document = read_input(
        &options.file,
        &options.document.stdin_filename,
        options.document.max_size,
        streams.input,
    )?;
    let (path, Inspected { checked, subject }) =
        inspect(document, options.client.as_deref(), &settings, streams)?;
    let result =
        InspectResult { now: policy.now, file: FileResult { path, checked, is_file: false }, subject };
    match options.format {
        InspectFormat::Text => text::write(&result, drawing, streams.out)?,
        InspectFormat::Json => json::write(&result, streams.out)?,
    }
    Ok(if !result.file.checked.failures.is_empty() {
        FAILED
    } else if result.file.state().is_some() && !result.file.fails(policy.fail_on.value.level()) {
        CLEAN
    } else {
        FINDINGS
    })
}
