//! `aemcred check`: the main job.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::Path;

use super::arguments::CheckOptions;
use super::collect::{CheckContext, collect, collect_staged, named_paths, report_skipped};
use super::fix::{self, Judges};
use super::output::write_atomically;
use super::paths::{Excludes, name};
use super::policy::{Loaded, Policy};
use super::reports::{
    drawing, failed, refuse_inputs, refuse_summary, refuse_targets, refuse_twice, refuse_unwritable,
    tell_failures, tell_left_over, write_reports,
};
use super::suppress::{self, Coverage, LoadedBaseline, Located};
use super::{CLEAN, CliError, Environment, FAILED, FINDINGS, Sandbox, Streams};
use crate::baseline::Changes;
use crate::config::FailOn;
use crate::finding::Finding;
use crate::report::{FileResult, Results};
use crate::rule::{Basis, Settings};

pub(super) fn run(
    options: &CheckOptions,
    environment: &Environment,
    streams: &mut Streams<'_>,
) -> Result<u8, CliError> {
    refuse_conflicts(options, environment)?;
    environment.interruption.heed();
    // What is staged has no path, and settings are those of the current folder.
    let paths = if options.staged || options.show_settings && options.is_without_path() {
        Vec::new()
    } else {
        named_paths(&options.paths, options.files_from.as_deref(), environment, streams)?
    };
    fix::refuse_standard_input(options, &paths)?;
    tell_left_over(&paths, streams.err);
    refuse_targets(&options.output)?;
    options.write_baseline.iter().try_for_each(|target| refuse_unwritable("baseline", target))?;
    if let Sandbox::Refused(reason) = &environment.sandbox
        && options.verbose
    {
        let _ = writeln!(streams.err, "aemcred: the process couldn't be put into a sandbox: {reason}");
    }
    let drawing = drawing(options.color, options.quiet, environment);
    let policy = Policy::new(&options.policy, options.fail_on, &paths, drawing, environment, streams.err)?;
    if options.show_settings {
        policy.show(drawing, streams.out)?;
        return Ok(CLEAN);
    }
    let mut baselines = Baselines::read(options)?;
    let only: BTreeSet<_> = options.only.iter().map(|rule| rule.name).collect();
    let settings = Settings {
        only: (!only.is_empty()).then_some(only),
        // Nothing is said here of several credentials together.
        ties: false,
        ..policy.settings(options.max_size)?
    };
    let by_option = Excludes::new(&options.exclude)?;
    let excluded = |path: &Path, named: bool| {
        (options.force_exclude || !named) && by_option.matches(path, named, &policy.locator)
            || policy.excludes(path, named, options.force_exclude)
    };
    let stopped = || environment.interruption.is_requested();
    let context = CheckContext { options, settings: &settings, stopped: &stopped };
    let mut collected = if options.staged {
        // A walk asks about folders, and here only files are known.
        let excluded =
            |path: &Path| by_option.matches(path, true, &policy.locator) || policy.excludes(path, true, true);
        collect_staged(&context, environment, &excluded)?
    } else {
        collect(paths, &context, &excluded, streams.input)
    };
    // Half a look calls nothing sound, and a baseline of half the findings would forget the others.
    if stopped() {
        return Err(CliError::Interrupted);
    }
    let targets = options.output.paths().chain(&options.write_baseline);
    let read = collected.files.iter().map(|file| file.path.clone()).chain(options.paths.iter().cloned());
    refuse_inputs(targets, read)?;
    let no_input = collected.is_empty();
    report_skipped(&collected, options, streams.err);
    let coverage = Coverage::new(
        &policy.locator,
        &collected.passed_over,
        !collected.failures.is_empty(),
        options.staged,
    );
    let loaded = policy.loaded.as_ref().filter(|_| !options.no_ignores && !no_input);
    if options.fix || options.diff {
        let judges = Judges {
            settings: &settings,
            ignores: loaded,
            baseline: baselines.known.as_ref(),
            coverage: &coverage,
            stopped: &stopped,
        };
        fix::run(&mut collected, options, drawing, &judges, streams)?;
        if stopped() {
            return Err(CliError::Interrupted);
        }
    }
    let about_policy =
        suppress(&mut collected.files, loaded, &mut baselines, &coverage, &settings, streams.err)?;
    let mut results = collected.into_results(about_policy, &settings);
    if options.staged && !options.verbose {
        let findings = results.files.iter_mut().map(|file| &mut file.checked.findings);
        findings.for_each(|findings| findings.retain(is_exposure));
    }
    tell_failures(&results.failures, streams.err);
    write_reports(&results, options, policy.fail_on.value, environment, streams.out)?;
    if no_input {
        let nothing = if options.staged { "nothing is staged" } else { "nothing to check" };
        let _ = writeln!(streams.err, "aemcred: {nothing}");
        return Ok(if options.error_on_no_input { FAILED } else { CLEAN });
    }
    Ok(exit_code(&results, policy.fail_on.value, options.staged))
}

/// The baselines that a run reads and writes.
struct Baselines<'o> {
    known: Option<LoadedBaseline>,
    /// What `--write-baseline` replaces.
    before: Option<LoadedBaseline>,
    target: Option<&'o Path>,
}

impl<'o> Baselines<'o> {
    fn read(options: &'o CheckOptions) -> Result<Self, CliError> {
        let target = options.write_baseline.as_deref();
        let existing = target.filter(|path| path.symlink_metadata().is_ok());
        Ok(Self {
            known: options.baseline.as_deref().map(LoadedBaseline::read).transpose()?,
            before: existing.map(LoadedBaseline::read).transpose()?,
            target,
        })
    }
}

/// Marks what doesn't count, writes the baseline if one is to be written, and reports on entries that do nothing.
fn suppress(
    files: &mut [Located],
    loaded: Option<&Loaded>,
    baselines: &mut Baselines<'_>,
    coverage: &Coverage<'_>,
    settings: &Settings,
    err: &mut dyn Write,
) -> Result<Vec<FileResult>, CliError> {
    let mut about_policy = Vec::new();
    if let Some(loaded) = loaded {
        let uses = suppress::ignore(files, loaded, coverage, settings);
        about_policy.extend(suppress::report_on(&loaded.path, &loaded.source, &uses, settings));
    }
    if let Some(known) = &baselines.known {
        let uses = known.apply(files, coverage, settings);
        // A line that goes in this very run needs no remark.
        if baselines.target != Some(known.path.as_path()) {
            about_policy.extend(suppress::report_on(&known.path, &known.source, &uses, settings));
        }
    }
    if let Some(target) = baselines.target {
        let before = baselines.before.take();
        let (text, changes) = suppress::write_baseline(files, target, before, coverage, settings)?;
        write_atomically(target, text.as_bytes()).map_err(|error| failed("baseline", target, &error))?;
        let Changes { added, removed, kept } = changes;
        let shown = name(target).one_line();
        let _ = writeln!(err, "aemcred: wrote {shown}: {added} added, {removed} removed, {kept} kept");
        // What has just become known doesn't count any more.
        LoadedBaseline::read(target)?.apply(files, coverage, settings);
    }
    Ok(about_policy)
}

fn refuse_conflicts(options: &CheckOptions, environment: &Environment) -> Result<(), CliError> {
    refuse_summary(options.github_summary, environment)?;
    if options.fix && options.is_without_path() {
        return Err(CliError::Usage(String::from(
            "--fix writes to files, so name them, or `.` for the current folder",
        )));
    }
    let targets = || options.output.paths();
    refuse_twice(targets())?;
    if let Some(path) = options.write_baseline.as_ref().filter(|path| targets().any(|target| target == *path))
    {
        let path = name(path).one_line();
        return Err(CliError::Usage(format!("a report and the baseline would be written to {path}")));
    }
    let stdin = Path::new("-");
    let inputs = options.paths.iter().filter(|path| *path == stdin).count();
    if inputs + usize::from(options.files_from.as_deref() == Some(stdin)) > 1 {
        return Err(CliError::Usage(String::from("standard input can be read only once")));
    }
    Ok(())
}

/// Whether somebody else has or will have the secrets: all that counts at a commit.
fn is_exposure(finding: &Finding) -> bool {
    finding.basis == Basis::Exposure
}

fn exit_code(results: &Results, fail_on: FailOn, staged: bool) -> u8 {
    if !results.failures.is_empty() {
        return FAILED;
    }
    let mut findings = results.files.iter().flat_map(FileResult::findings);
    let failing = fail_on.level().is_some_and(|lowest| {
        findings.any(|finding| finding.level >= lowest && (!staged || is_exposure(finding)))
    });
    if failing { FINDINGS } else { CLEAN }
}
