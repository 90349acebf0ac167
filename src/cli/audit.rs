//! `aemcred audit`: which credentials exist, where, whose, until when, in what state.

use std::io::{self, Write};

use super::arguments::{AuditFormat, AuditOptions};
use super::gather::{Gathered, Request, Survey, survey};
use super::reports::{refuse_inputs, refuse_targets, refuse_twice, write_files};
use super::{CLEAN, CliError, Environment, FAILED, FINDINGS, Interruption, Streams};
use crate::config::FailOn;
use crate::report::Drawing;
use crate::report::audit::{self as report, AuditResults};

pub(super) fn run(
    options: &AuditOptions,
    environment: &Environment,
    streams: &mut Streams<'_>,
) -> Result<u8, CliError> {
    refuse_twice(options.output.paths())?;
    refuse_targets(&options.output)?;
    let request = Request {
        walk: &options.walk,
        policy: &options.policy,
        fail_on: options.fail_on,
        color: options.color,
        quiet: options.quiet,
        git: !options.no_git,
        only: &options.only,
        baseline: options.baseline.as_deref(),
        history: Some(&options.history).filter(|history| history.is_asked()),
    };
    let formats = options.output.formats(environment.github_actions);
    let streaming = formats.contains(&AuditFormat::Jsonl);
    let now = options.policy.now.unwrap_or(environment.now);
    let survey = survey(&request, environment, streams, &mut |occurrence, out| {
        if streaming { report::jsonl::occurrence(&occurrence.alone(), now, out) } else { Ok(()) }
    })?;
    let Survey { gathered, fail_on, drawing, .. } = survey;
    refuse_inputs(options.output.paths(), gathered.inputs(&options.walk))?;
    let Gathered { paths, credentials, extent, failures, complete, any_input, .. } = gathered;
    let results = AuditResults { now, complete, paths, credentials, extent, failures };
    write_files(&options.output, drawing, |format, drawing, out| {
        if format == AuditFormat::Jsonl {
            results
                .credentials
                .iter()
                .try_for_each(|audited| report::jsonl::occurrence(audited, now, out))?;
        }
        write(format, &results, drawing, out)
    })?;
    formats.iter().try_for_each(|format| write(*format, &results, drawing, streams.out))?;
    if !any_input {
        let _ = writeln!(streams.err, "aemcred: nothing to look at");
        return Ok(if options.error_on_no_input { FAILED } else { CLEAN });
    }
    Ok(exit_code(&results, fail_on, &environment.interruption))
}

fn write(
    format: AuditFormat,
    results: &AuditResults,
    drawing: Drawing,
    out: &mut dyn Write,
) -> io::Result<()> {
    match format {
        AuditFormat::Table => report::table::write(results, drawing, out),
        AuditFormat::Json => report::json::write(results, out),
        AuditFormat::Jsonl => report::jsonl::finish(results, out),
        AuditFormat::Csv => report::csv::write(results, out),
        AuditFormat::Markdown => report::markdown::write(results, out),
        AuditFormat::Html => report::html::write(results, out),
        AuditFormat::Sarif => report::sarif::write(results, out),
    }
}

fn exit_code(results: &AuditResults, fail_on: FailOn, interruption: &Interruption) -> u8 {
    if !results.complete {
        return interruption.exit_code();
    }
    if !results.failures.is_empty() {
        return FAILED;
    }
    let failing =
        fail_on.level().is_some_and(|lowest| results.findings().any(|(_, finding)| finding.level >= lowest));
    if failing { FINDINGS } else { CLEAN }
}
