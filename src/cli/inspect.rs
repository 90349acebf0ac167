//! `aemcred inspect`: one credential in depth.

use std::io::Write;

use super::arguments::{InspectFormat, InspectOptions};
use super::blocklist::open_blocklist;
use super::choice::{self, Choice};
use super::input::{Contents, read_input};
use super::opened::{self, Opened};
use super::paths::Locator;
use super::policy::{Drawing, Policy};
use super::reports::drawing;
use super::{CLEAN, CliError, Environment, FAILED, FINDINGS, Streams};
use crate::discover::unwrap::Document;
use crate::inspect::{self, Inspected};
use crate::published::PublishedKeys;
use crate::report::inspect::{InspectResult, json, text};
use crate::report::{FileResult, PathName};
use crate::rule::Settings;
use crate::secret::Secret;

pub(super) fn run(
    options: &InspectOptions,
    environment: &Environment,
    streams: &mut Streams<'_>,
) -> Result<u8, CliError> {
    let locator = Locator::new(&[]).map_err(|error| CliError::File {
        path: String::from("."),
        reason: format!("the current folder can't be used: {error}"),
    })?;
    let drawing = drawing(options.document.color, environment);
    let policy = Policy::new(&options.policy, None, &locator, drawing, streams.err)?;
    let blocklist = policy.blocklist.value.as_deref().map(open_blocklist).transpose()?;
    let levels = policy.levels();
    let now = options.policy.now.unwrap_or(environment.now);
    let published = blocklist.as_ref().map(|list| list as &dyn PublishedKeys);
    let settings = policy.settings(now, &levels, published, options.document.max_size);

    let input = read_input(
        &options.file,
        &options.document.stdin_filename,
        options.document.max_size,
        streams.input,
    )?;
    let Inspected { checked, subject } = match input.contents {
        Contents::Read(bytes) => look(&input.name, bytes, options.client.as_deref(), &settings, streams.err)?,
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

/// Inspects the credential in the file `name`: the file itself, or what lies in it, from which `client` chooses.
fn look(
    name: &PathName,
    bytes: Secret<Vec<u8>>,
    client: Option<&str>,
    settings: &Settings<'_>,
    err: &mut dyn Write,
) -> Result<Inspected, CliError> {
    let mut inner = Vec::new();
    let Opened { whole, failures } =
        opened::open(name.as_str(), true, bytes, &|| false, &mut |document| inner.push(document));
    let inspected = match whole {
        Some(bytes) => {
            let inspected = inspect::inspect(bytes, settings);
            choice::confirm(&inspected.checked, client).map(|()| inspected)
        }
        None => choice::choose(inner, client, settings).map(|Choice { document, alike }| {
            if alike > 1 {
                let shown = name.one_line();
                let _ = writeln!(
                    err,
                    "aemcred: {shown}: {alike} documents of this client are in it; this is the first"
                );
            }
            let Document { bytes, form, trail } = document;
            let mut inspected = inspect::inspect_within(bytes, &form, trail.surroundings(), settings);
            opened::locate(&mut inspected.checked, &trail);
            inspected
        }),
    };
    match inspected {
        Ok(mut inspected) => {
            inspected.checked.failures.extend(failures);
            Ok(inspected)
        }
        Err(reason) => {
            for failure in failures {
                let _ = writeln!(err, "error: {}: {failure}", name.one_line());
            }
            Err(CliError::File { path: name.one_line(), reason })
        }
    }
}
