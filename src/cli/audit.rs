//! `aemcred audit`: which credentials exist, where, whose, until when, in what state.

use std::io::{self, Write};
use std::path::PathBuf;

use super::arguments::{AuditFormat, AuditOptions};
use super::gather::{Gathered, Request, Survey, survey};
use super::lines::{Lines, Outputs};
use super::merge::{link_key, merge};
use super::reports::{refuse_inputs, refuse_targets, refuse_twice, write_files};
use super::{CLEAN, CliError, Environment, FAILED, FINDINGS, Interruption, Streams};
use crate::config::FailOn;
use crate::inventory::Run;
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
    let outputs = Outputs {
        stream: formats.contains(&AuditFormat::Jsonl),
        file: options.output.files.iter().any(|target| target.format == AuditFormat::Jsonl),
    };
    let key = options.link_key.as_deref().map(link_key).transpose()?;
    if key.is_some() && !outputs.stream && !outputs.file {
        let message = "--link-key is for --format jsonl, whose lines --merge puts together";
        return Err(CliError::Usage(String::from(message)));
    }
    let stdin = PathBuf::from(&options.walk.stdin_filename);
    let inputs = options.walk.paths.iter().cloned().chain([stdin]).collect();
    let mut lines = Lines::new(outputs, environment, inputs, options.merge, key);
    let look = if options.merge { merge } else { survey };
    let survey = look(&request, environment, streams, &mut |occurrence, accompanying, settings, out| {
        lines.write(occurrence, accompanying, settings, out)
    })?;
    let Survey { gathered, fail_on, drawing, now, settings } = survey;
    refuse_inputs(options.output.paths(), gathered.inputs(&options.walk))?;
    let Gathered { paths, credentials, extent, failures, complete, any_input, .. } = gathered;
    let results = AuditResults { now, complete, paths, credentials, extent, failures };
    let (run, number, kept) = lines.end(&settings);
    write_files(&options.output, drawing, |format, drawing, out| {
        if format == AuditFormat::Jsonl {
            out.write_all(kept)?;
        }
        write(format, &results, (run, number), drawing, out)
    })?;
    formats.iter().try_for_each(|format| write(*format, &results, (run, number), drawing, streams.out))?;
    if !any_input {
        let _ = writeln!(streams.err, "aemcred: nothing to look at");
        return Ok(if options.error_on_no_input { FAILED } else { CLEAN });
    }
    Ok(exit_code(&results, fail_on, &environment.interruption))
}

fn write(
    format: AuditFormat,
    results: &AuditResults,
    run: (&Run, u32),
    drawing: Drawing,
    out: &mut dyn Write,
) -> io::Result<()> {
    match format {
        AuditFormat::Table => report::table::write(results, drawing, out),
        AuditFormat::Json => report::json::write(results, out),
        AuditFormat::Jsonl => report::jsonl::finish(results, run, out),
        AuditFormat::Csv => report::csv::write(results, out),
        AuditFormat::Markdown => report::markdown::write(results, out),
        AuditFormat::Html => report::html::write(results, out),
        AuditFormat::Sarif => report::sarif::write(results, out),
    }
}

fn exit_code(results: &AuditResults, fail_on: FailOn, interruption: &Interruption) -> u8 {
    if !results.complete && interruption.is_requested() {
        return interruption.exit_code();
    }
    if !results.complete || !results.failures.is_empty() {
        return FAILED;
    }
    let failing =
        fail_on.level().is_some_and(|lowest| results.findings().any(|(_, finding)| finding.level >= lowest));
    if failing { FINDINGS } else { CLEAN }
}
