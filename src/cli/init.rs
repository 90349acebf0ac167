//! `aemcred init`: a commented configuration.

use super::arguments::InitOptions;
use super::output::{write_atomically, write_new};
use super::paths::name;
use super::{CLEAN, CliError, Streams};
use crate::config::TEMPLATE;
use crate::discover::io_words;

pub(super) fn run(options: &InitOptions, streams: &mut Streams<'_>) -> Result<u8, CliError> {
    let path = options.file.as_path();
    let written = if options.force {
        write_atomically(path, TEMPLATE.as_bytes())
    } else {
        write_new(path, TEMPLATE.as_bytes())
    };
    written.map_err(|error| CliError::File {
        path: name(path).one_line(),
        reason: match error.kind() {
            std::io::ErrorKind::AlreadyExists => String::from("already exists; --force replaces it"),
            _ => format!("can't be written: {}", io_words(&error)),
        },
    })?;
    let _ = writeln!(streams.err, "aemcred: wrote {}", name(path).one_line());
    Ok(CLEAN)
}
