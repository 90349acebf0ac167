//! `aemcred compare`: whether one credential is a rotation of another, and where the two are.

use std::path::Path;

use super::arguments::{CompareFormat, CompareOptions, DocumentOptions, WalkOptions};
use super::gather::{Gathered, Request, Survey, survey};
use super::input::{inspect, read_input};
use super::policy::Policy;
use super::reports::drawing;
use super::{CLEAN, CliError, Environment, FAILED, FINDINGS, Streams};
use crate::compare::search::{HoldingPlace, Wanted, sort};
use crate::compare::{Conclusion, compare};
use crate::report::compare::{CompareResult, SearchResult, Side, json, text};

pub(super) fn run(
    options: &CompareOptions,
    environment: &Environment,
    streams: &mut Streams<'_>,
) -> Result<u8, CliError> {
    let paths = [&options.old, &options.new].into_iter().chain(&options.within);
    if paths.filter(|path| *path == Path::new("-")).count() > 1 {
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
    let search = if options.within.is_empty() {
        None
    } else {
        Some(search(options, [&old, &new], environment, streams)?)
    };
    let result = CompareResult { now: policy.now, old, new, comparison, search };
    let failed = [&result.old, &result.new].iter().any(|side| !side.inspected.checked.failures.is_empty())
        || result.search.as_ref().is_some_and(|search| !search.failures.is_empty());
    let is_left =
        result.search.as_ref().is_some_and(|search| search.places.iter().any(HoldingPlace::is_left));
    match options.format {
        CompareFormat::Text => text::write(&result, drawing, streams.out)?,
        CompareFormat::Json => json::write(&result, streams.out)?,
    }
    Ok(if result.search.is_some_and(|search| !search.complete) {
        environment.interruption.exit_code()
    } else if failed {
        FAILED
    } else if result.comparison.conclusion == Conclusion::Rotation && !is_left {
        CLEAN
    } else {
        FINDINGS
    })
}

/// Looks through `--in` for the two.
fn search(
    options: &CompareOptions,
    [old, new]: [&Side; 2],
    environment: &Environment,
    streams: &mut Streams<'_>,
) -> Result<SearchResult, CliError> {
    let Some(wanted) = Wanted::new(&old.inspected, &new.inspected) else {
        return Err(CliError::File {
            path: old.path.one_line(),
            reason: String::from(
                "neither its key, its certificate nor its client secret can be read, so that it can't be looked for",
            ),
        });
    };
    let DocumentOptions { stdin_filename, max_size, color } = &options.document;
    let walk = WalkOptions {
        paths: options.within.clone(),
        files_from: None,
        stdin_filename: stdin_filename.clone(),
        exclude: options.exclude.clone(),
        respect_gitignore: false,
        one_file_system: false,
        // That of a document is too small for an archive.
        max_size: LARGEST.max(*max_size),
        no_unwrap: false,
    };
    let request = Request {
        walk: &walk,
        policy: &options.policy,
        fail_on: None,
        color: *color,
        quiet: false,
        git: false,
        only: &[],
        baseline: None,
        history: None,
    };
    let mut places = Vec::new();
    let Survey { gathered, .. } = survey(&request, environment, streams, &mut |occurrence, _, _, _| {
        places.extend(wanted.look(occurrence));
        Ok(())
    })?;
    sort(&mut places);
    let Gathered { paths, extent, failures, complete, .. } = gathered;
    Ok(SearchResult { paths, places, extent, failures, complete })
}

/// The largest file that is looked into, in bytes, as for `audit`.
const LARGEST: u64 = 64 << 20;
