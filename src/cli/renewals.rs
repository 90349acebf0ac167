//! `aemcred renewals`: what must be renewed by when.

use std::io::{self, Write};

use super::arguments::{RenewalsFormat, RenewalsOptions};
use super::gather::{Gathered, Request, Survey, survey};
use super::reports::{self, refuse_inputs, refuse_summary, refuse_targets, refuse_twice, write_summary};
use super::{CLEAN, CliError, Environment, FAILED, FINDINGS, Interruption, Streams};
use crate::renewal::{Plan, Renewal, Terms};
use crate::report::Drawing;
use crate::report::renewals::{self as report, Labels, RenewalResults};
use crate::rule::Settings;

pub(super) fn run(
    options: &RenewalsOptions,
    environment: &Environment,
    streams: &mut Streams<'_>,
) -> Result<u8, CliError> {
    refuse_conflicts(options, environment)?;
    let labels = Labels { constant: options.label.clone(), from_path: options.label_from_path.clone() };
    if let Some(name) = labels.repeated() {
        return Err(CliError::Usage(format!("--label: {name} has two values")));
    }
    refuse_targets(&options.output)?;
    let request = Request {
        walk: &options.walk,
        policy: &options.policy,
        fail_on: None,
        color: options.color,
        quiet: options.quiet,
        git: !options.no_git,
        only: &[],
        baseline: None,
        history: None,
    };
    let survey = survey(&request, environment, streams, &mut |_, _, _, _| Ok(()))?;
    let Survey { gathered, now, settings, drawing, .. } = survey;
    let Settings { expiring, imminent, .. } = settings;
    refuse_inputs(options.output.paths(), gathered.inputs(&options.walk))?;
    let Gathered { credentials, failures, complete, any_input, .. } = gathered;
    let lead = options.lead.unwrap_or(expiring);
    let terms = Terms { now, lead, imminent, tokens: options.tokens };
    let plan = Plan::new(credentials, &terms);
    let results = RenewalResults { now, lead, complete, plan, failures, labels };
    tell_unreadable(&results, streams.err);
    if !any_input {
        let _ = writeln!(streams.err, "aemcred: nothing to look at");
    }
    let code = match exit_code(&results, options, &environment.interruption) {
        CLEAN if !any_input && options.error_on_no_input => FAILED,
        code => code,
    };
    write_files(&results, options, drawing, streams.err)?;
    if !is_quiet(&results, options, code) {
        print(&results, options, drawing, environment, streams)?;
    }
    Ok(code)
}

fn refuse_conflicts(options: &RenewalsOptions, environment: &Environment) -> Result<(), CliError> {
    refuse_summary(options.github_summary, environment)?;
    refuse_twice(options.output.paths())
}

/// Not every format has a place for what could not be told.
fn tell_unreadable(results: &RenewalResults, err: &mut dyn Write) {
    for renewal in results.plan.renewals.iter().filter(|renewal| renewal.is_unreadable()) {
        if let Some(location) = renewal.record.locations.first() {
            let path = location.path.one_line();
            let _ = writeln!(err, "warning: {path}: the expiry date of this credential is unknown");
        }
    }
}

/// Files first, so that standard output says nothing when one can't be written. Whoever reads them acts on what is
/// missing in them too, so what is no whole answer doesn't take the place of one.
fn write_files(
    results: &RenewalResults,
    options: &RenewalsOptions,
    drawing: Drawing,
    err: &mut dyn Write,
) -> Result<(), CliError> {
    let reason = if !results.complete {
        Some("the run was interrupted")
    } else if lacks_credentials(results, options) {
        Some("no credential was found that could be renewed")
    } else {
        None
    };
    if let Some(reason) = reason {
        let kept =
            if options.output.files.is_empty() { "" } else { ", so the files of --output stay as they are" };
        let _ = writeln!(err, "aemcred: {reason}{kept}");
        return Ok(());
    }
    reports::write_files(&options.output, drawing, |format, drawing, out| {
        write(format, results, drawing, out)
    })
}

fn print(
    results: &RenewalResults,
    options: &RenewalsOptions,
    drawing: Drawing,
    environment: &Environment,
    streams: &mut Streams<'_>,
) -> Result<(), CliError> {
    write_summary(options.github_summary, environment, |out| {
        write(RenewalsFormat::Markdown, results, drawing, out)
    })?;
    let mut formats = options.output.formats(environment.github_actions).iter();
    Ok(formats.try_for_each(|format| write(*format, results, drawing, streams.out))?)
}

/// Whether `--quiet-until` asks for silence. A run that fails says why, also where it fails earlier than it would speak.
fn is_quiet(results: &RenewalResults, options: &RenewalsOptions, code: u8) -> bool {
    let Some(until) = options.quiet_until else { return false };
    code == CLEAN && !results.plan.renewals.iter().any(|renewal| renewal.is_due(results.now, Some(until)))
}

/// Whether there is nothing to watch over, and that is taken for a mistake: a wrong folder, or one that isn't mounted.
const fn lacks_credentials(results: &RenewalResults, options: &RenewalsOptions) -> bool {
    options.error_on_no_credentials && results.plan.renewals.is_empty()
}

fn write(
    format: RenewalsFormat,
    results: &RenewalResults,
    drawing: Drawing,
    out: &mut dyn Write,
) -> io::Result<()> {
    match format {
        RenewalsFormat::Table => report::table::write(results, drawing, out),
        RenewalsFormat::Markdown => report::markdown::write(results, out),
        RenewalsFormat::Json => report::json::write(results, out),
        RenewalsFormat::Csv => report::csv::write(results, out),
        RenewalsFormat::Ics => report::ics::write(results, out),
        RenewalsFormat::Prometheus => report::prometheus::write(results, out),
        RenewalsFormat::Github => report::github::write(results, out),
    }
}

fn exit_code(results: &RenewalResults, options: &RenewalsOptions, interruption: &Interruption) -> u8 {
    if !results.complete {
        return interruption.exit_code();
    }
    if !results.failures.is_empty() || lacks_credentials(results, options) {
        return FAILED;
    }
    let due = |renewal: &Renewal| renewal.is_due(results.now, options.fail_within);
    if results.plan.renewals.iter().any(due) { FINDINGS } else { CLEAN }
}
