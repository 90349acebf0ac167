//! `aemcred inspect`: one credential in depth.

use super::arguments::{InspectFormat, InspectOptions};
use super::blocklist::open_blocklist;
use super::input::{Contents, read_input};
use super::paths::Locator;
use super::policy::{Drawing, Policy};
use super::reports::drawing;
use super::{CLEAN, CliError, Environment, FAILED, FINDINGS, Streams};
use crate::inspect::{self, Inspected};
use crate::published::PublishedKeys;
use crate::report::FileResult;
use crate::report::inspect::{InspectResult, json, text};

pub(super) fn run(
    options: &InspectOptions,
    environment: &Environment,
    streams: &mut Streams<'_>,
) -> Result<u8, CliError> {
    let locator = Locator::new(&[]).map_err(|error| CliError::File {
        path: String::from("."),
        reason: format!("the current folder can't be used: {error}"),
    })?;
    let drawing = drawing(options.color, environment);
    let policy = Policy::new(&options.policy, None, &locator, drawing, streams.err)?;
    let blocklist = policy.blocklist.value.as_deref().map(open_blocklist).transpose()?;
    let levels = policy.levels();
    let now = options.policy.now.unwrap_or(environment.now);
    let published = blocklist.as_ref().map(|list| list as &dyn PublishedKeys);
    let settings = policy.settings(now, &levels, published, options.max_size);

    let input = read_input(&options.file, &options.stdin_filename, options.max_size, streams.input)?;
    let Inspected { checked, subject } = match input.contents {
        Contents::Read(bytes) => inspect::inspect(bytes, &settings),
        Contents::TooLarge(size) => inspect::too_large(size, &settings),
    };
    let result =
        InspectResult { now, file: FileResult { path: input.name, checked, is_file: false }, subject };
    for failure in &result.file.checked.failures {
        let _ = writeln!(streams.err, "error: {}: {failure}", result.file.path.one_line());
    }
    match options.format {
        InspectFormat::Text => {
            let Drawing { color, width } = drawing;
            text::write(&result, text::Options { color, width }, streams.out)?;
        }
        InspectFormat::Json => json::write(&result, streams.out)?,
    }
    Ok(if !result.file.checked.failures.is_empty() {
        FAILED
    } else if result.usable() {
        CLEAN
    } else {
        FINDINGS
    })
}
