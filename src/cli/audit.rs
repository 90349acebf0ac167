//! `aemcred audit`: which credentials exist, where, whose, until when, in what state.

use std::io::{self, Write};
use std::path::Path;

use super::arguments::{AuditFormat, AuditOptions};
use super::blocklist::open_blocklist;
use super::gather::{Gathered, Orders, gather};
use super::output::write_atomically;
use super::paths::{Locator, name};
use super::policy::{Drawing, Policy};
use super::reports::drawing;
use super::{CLEAN, CliError, Environment, FAILED, FINDINGS, INTERRUPTED, Streams};
use crate::audit::Sighting;
use crate::config::FailOn;
use crate::published::PublishedKeys;
use crate::report::audit::{self as report, AuditResults};
use crate::rule::Settings;

pub(super) fn run(
    options: &AuditOptions,
    environment: &Environment,
    streams: &mut Streams<'_>,
) -> Result<u8, CliError> {
    let drawing = drawing(options.color, environment);
    let locator = Locator::new(&options.walk.paths).map_err(|error| CliError::here(&error))?;
    let policy = Policy::new(&options.policy, options.fail_on, &locator, drawing, streams.err)?;
    let blocklist = policy.blocklist.value.as_deref().map(open_blocklist).transpose()?;
    let levels = policy.levels();
    let now = options.policy.now.unwrap_or(environment.now);
    let published = blocklist.as_ref().map(|list| list as &dyn PublishedKeys);
    // An inventory shows no excerpts.
    let settings =
        Settings { excerpts: false, ..policy.settings(now, &levels, published, options.walk.max_size) };
    let excluded = |path: &Path, named: bool| policy.excludes(path, named, false, &locator);
    let orders =
        Orders { walk: &options.walk, settings: &settings, excluded: &excluded, progress: !options.quiet };
    let streaming = options.format == AuditFormat::Jsonl;
    let out = &mut *streams.out;
    let mut met = |sighting: &Sighting| {
        if streaming { report::jsonl::sighting(&sighting.alone(), out) } else { Ok(()) }
    };
    let gathered = gather(&orders, environment, streams.input, &mut met)?;
    let Gathered { credentials, extent, failures, complete, any_input } = gathered;
    let results = AuditResults { now, complete, credentials, extent, failures };
    for failure in &results.failures {
        let path = failure.path.as_ref().map(|path| format!("{}: ", path.one_line())).unwrap_or_default();
        let _ = writeln!(streams.err, "error: {path}{}", failure.message);
    }
    for output in &options.output {
        let mut contents = Vec::new();
        if output.format == AuditFormat::Jsonl {
            results
                .credentials
                .iter()
                .try_for_each(|audited| report::jsonl::sighting(audited, &mut contents))?;
        }
        write(output.format, &results, Drawing { color: false, ..drawing }, options.quiet, &mut contents)?;
        write_atomically(&output.path, &contents).map_err(|error| CliError::File {
            path: name(&output.path).one_line(),
            reason: format!("the report can't be written: {error}"),
        })?;
    }
    write(options.format, &results, drawing, options.quiet, streams.out)?;
    if !any_input {
        let _ = writeln!(streams.err, "aemcred: nothing to look at");
        return Ok(if options.error_on_no_input { FAILED } else { CLEAN });
    }
    Ok(exit_code(&results, policy.fail_on.value))
}

fn write(
    format: AuditFormat,
    results: &AuditResults,
    drawing: Drawing,
    quiet: bool,
    out: &mut dyn Write,
) -> io::Result<()> {
    match format {
        AuditFormat::Table => {
            let Drawing { color, width } = drawing;
            report::table::write(results, report::table::Options { color, width, quiet }, out)
        }
        AuditFormat::Json => report::json::write(results, out),
        AuditFormat::Jsonl => report::jsonl::finish(results, out),
        AuditFormat::Csv => report::csv::write(results, out),
        AuditFormat::Markdown => report::markdown::write(results, out),
        AuditFormat::Html => report::html::write(results, out),
        AuditFormat::Sarif => report::sarif::write(results, out),
    }
}

fn exit_code(results: &AuditResults, fail_on: FailOn) -> u8 {
    if !results.complete {
        return INTERRUPTED;
    }
    if !results.failures.is_empty() {
        return FAILED;
    }
    let failing =
        fail_on.level().is_some_and(|lowest| results.findings().any(|(_, finding)| finding.level >= lowest));
    if failing { FINDINGS } else { CLEAN }
}
