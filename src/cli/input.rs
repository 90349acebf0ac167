//! The one document that a command was told to look at.

use std::io::{Read, Write};
use std::path::Path;

use super::choice::{self, Choice};
use super::paths::name;
use super::{CliError, Streams};
use crate::discover::{Found, read_named, read_stream};
use crate::examine::{Checked, Examination, Input, Part, Request, View, examine_with, too_large};
use crate::inspect::{self, Inspected};
use crate::report::PathName;
use crate::rule::Settings;
use crate::secret::Secret;

/// A document as far as it was read.
pub(super) struct Document {
    /// Its name in reports.
    pub(super) name: PathName,
    pub(super) contents: Contents,
}

/// What is in a document.
pub(super) enum Contents {
    Read(Secret<Vec<u8>>),
    /// More than the limit; with its size in bytes, where it is known.
    TooLarge(Option<u64>),
}

/// Reads `file`, or standard input if that is `-`, which is called `stdin_name` then.
pub(super) fn read_input(
    file: &Path,
    stdin_name: &str,
    max_size: u64,
    input: &mut dyn Read,
) -> Result<Document, CliError> {
    if file == Path::new("-") {
        let contents = read_stream(input, max_size).map_err(|error| CliError::stdin(stdin_name, &error))?;
        let contents = contents.map_or(Contents::TooLarge(None), Contents::Read);
        return Ok(Document { name: name(Path::new(stdin_name)), contents });
    }
    let shown = name(file);
    let refuse = |reason| Err(CliError::File { path: shown.one_line(), reason });
    let contents = match read_named(file, max_size) {
        Found::Contents { bytes, .. } => Contents::Read(bytes),
        Found::TooLarge { size, .. } => Contents::TooLarge(Some(size)),
        Found::Unreadable { reason, .. } => return refuse(reason),
        Found::Unrelated { .. } | Found::NotRegular(_) | Found::Excluded(_) => {
            return refuse(String::from("is not a regular file"));
        }
    };
    Ok(Document { name: shown, contents })
}

/// Inspects the credential in a file. Where the file holds several, `client` says which one. Reports what could not be read.
pub(super) fn inspect(
    document: Document,
    client: Option<&str>,
    settings: &Settings,
    streams: &mut Streams<'_>,
) -> Result<(PathName, Inspected), CliError> {
    let Document { name, contents } = document;
    let input = Input::new(name);
    let (name, inspected) = match contents {
        Contents::TooLarge(size) => {
            let checked = too_large(size, &input, settings);
            let subject = Err(inspect::unread(&checked));
            (input.name, Inspected { checked, subject })
        }
        Contents::Read(bytes) => {
            // Of several documents of one client the first is shown, and taking one apart costs a signature.
            let mut first = None;
            let mut subject = |view: &View<'_>, checked: &Checked| {
                let record = &checked.record;
                let position = record.locations.first().map(|location| location.position);
                let is_meant = |client| choice::names(record, client);
                if checked.is_credential
                    && (first.is_some_and(|first| first <= position) || !client.is_none_or(is_meant))
                {
                    return None;
                }
                first = if checked.is_credential { Some(position) } else { first };
                Some(inspect::inspect(view, checked, settings))
            };
            let (Choice { examined, .. }, name) =
                chosen(input, bytes, client, settings, &mut subject, streams.err)?;
            let subject = examined.seen.unwrap_or_else(|| Err(inspect::unread(&examined.checked)));
            let shown = examined.checked.record.locations.first().map(|location| location.path.clone());
            (shown.unwrap_or(name), Inspected { checked: examined.checked, subject })
        }
    };
    for failure in &inspected.checked.failures {
        let _ = writeln!(streams.err, "error: {}: {failure}", name.one_line());
    }
    Ok((name, inspected))
}

/// The document in `bytes` that is meant: they themselves, or what lies in them, from which `client` chooses.
pub(super) fn chosen<T: Default>(
    input: Input,
    bytes: Secret<Vec<u8>>,
    client: Option<&str>,
    settings: &Settings,
    visit: &mut dyn FnMut(&View<'_>, &Checked) -> T,
    err: &mut dyn Write,
) -> Result<(Choice<T>, PathName), CliError> {
    let examination = examine_with(&input, bytes, &Request::new(settings), visit);
    let failures = examination.failures(&[]);
    let Examination { mut documents, parts, .. } = examination;
    // Where there is no document, parts are what there is to tell; the first says as much as any.
    if documents.is_empty() {
        documents.extend(parts.into_iter().find(|part| part.is_aems).map(Part::alone));
    }
    let shown = input.name.one_line();
    match choice::choose(documents, client) {
        Ok(mut choice) => {
            if choice.alike > 1 {
                let alike = choice.alike;
                let _ = writeln!(
                    err,
                    "aemcred: {shown}: {alike} documents of this client are in it; this is the first"
                );
            }
            choice.examined.checked.failures.extend(failures);
            Ok((choice, input.name))
        }
        Err(reason) => {
            for failure in failures {
                let _ = writeln!(err, "error: {shown}: {failure}");
            }
            Err(CliError::File { path: shown, reason })
        }
    }
}
