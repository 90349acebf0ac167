//! The one document that a command was told to look at.

use std::io::Read;
use std::path::Path;

use super::CliError;
use super::paths::name;
use crate::discover::{Found, read_named, read_stream};
use crate::report::PathName;
use crate::secret::Secret;

/// A document as far as it was read.
pub(super) struct Input {
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
) -> Result<Input, CliError> {
    if file == Path::new("-") {
        let contents = read_stream(input, max_size).map_err(|error| CliError::stdin(stdin_name, &error))?;
        let contents = contents.map_or(Contents::TooLarge(None), Contents::Read);
        return Ok(Input { name: name(Path::new(stdin_name)), contents });
    }
    let shown = name(file);
    let refuse = |reason| Err(CliError::File { path: shown.one_line(), reason });
    let contents = match read_named(file, max_size) {
        Found::Contents { bytes, .. } => Contents::Read(bytes),
        Found::TooLarge { size, .. } => Contents::TooLarge(Some(size)),
        Found::Unreadable { reason, .. } => return refuse(reason),
        Found::Traceless { .. } | Found::NotRegular(_) | Found::Excluded(_) => {
            return refuse(String::from("is not a regular file"));
        }
    };
    Ok(Input { name: shown, contents })
}
