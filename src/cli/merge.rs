//! `aemcred audit --merge`: the files with lines, and the key that ties the secrets of many runs.
//!
//! Owns: opening them. Does not own: what lines say together (see `inventory`).

use std::fs::Metadata;
use std::io::{self, BufRead, BufReader, Read as _};
use std::path::Path;

use super::collect::named_paths;
use super::gather::{Gathered, Met, Request, Survey};
use super::paths::name;
use super::{CliError, Environment, Streams};
use crate::discover::{open_regular, reason};
use crate::inventory::{LinkKey, Merge, MergeError, Merged};
use crate::report::Failure;
use crate::report::audit::Extent;
use crate::rule::Settings;
use crate::secret::Secret;
use crate::source::size;

/// No key is longer, in bytes.
const LONGEST_KEY: u64 = 1 << 20;

/// Reads all lines, and puts them together. `met` is told of each occurrence.
pub(super) fn merge(
    request: &Request<'_>,
    environment: &Environment,
    streams: &mut Streams<'_>,
    met: Met<'_>,
) -> Result<Survey, CliError> {
    environment.interruption.heed();
    let walk = request.walk;
    let (policy, drawing) = request.decide(&[], environment, streams.err)?;
    let settings = policy.settings(walk.max_size)?;
    // The current folder holds no lines.
    let is_named = !walk.paths.is_empty() || walk.files_from.is_some();
    let paths = if is_named {
        named_paths(&walk.paths, walk.files_from.as_deref(), environment, streams)?
    } else {
        Vec::new()
    };
    if paths.is_empty() {
        return Err(CliError::Usage(String::from(
            "--merge: name the files that `aemcred audit --format jsonl` wrote",
        )));
    }
    // It has no name, so that nothing is left of it. Where there can be none, memory has to do.
    let mut merge = Merge::new(tempfile::tempfile().ok());
    let mut unread = Vec::new();
    let stopped = || environment.interruption.is_requested();
    for path in &paths {
        let out = &mut *streams.out;
        let mut met = |occurrence: &_, accompanying: &_| met(occurrence, accompanying, &settings, out);
        let shown = name(path);
        let read = if path.as_os_str() == "-" {
            merge.read(&shown, &mut BufReader::new(&mut *streams.input), &stopped, &mut met)
        } else {
            match open(path) {
                Ok(mut lines) => merge.read(&shown, &mut *lines, &stopped, &mut met),
                Err(message) => {
                    unread.push(Failure { path: Some(shown), message });
                    continue;
                }
            }
        };
        read.map_err(|error| match error {
            MergeError::Interrupted => CliError::Interrupted,
            MergeError::Output(error) => CliError::Output(error),
            MergeError::Read(_) if stopped() => CliError::Interrupted,
            error => CliError::File { path: name(path).one_line(), reason: error.to_string() },
        })?;
    }
    let Merged { credentials, now, complete, files, bytes, skipped, failures, notes } =
        merge.finish(request.policy.now, &settings);
    let failures = failures.into_iter().map(|(path, message)| Failure { path, message });
    let gathered = Gathered {
        paths: Vec::new(),
        credentials,
        extent: Extent { files, bytes, skipped },
        failures: Failure::distinct(unread.into_iter().chain(failures).collect()),
        notes,
        complete,
        any_input: true,
    };
    gathered.tell(streams.err);
    let settings = Settings { now, ..settings };
    Ok(Survey { gathered, now, settings, fail_on: policy.fail_on.value, drawing })
}

fn open(path: &Path) -> Result<Box<dyn BufRead>, String> {
    let (file, _) = open_regular(path, true).map_err(|error| reason(&error))?;
    Ok(Box::new(BufReader::with_capacity(1 << 16, file)))
}

/// Reads the key of `--link-key`.
pub(super) fn link_key(path: &Path) -> Result<LinkKey, CliError> {
    let refuse = |reason: String| CliError::File {
        path: name(path).one_line(),
        reason: format!("--link-key: {reason}"),
    };
    let (file, metadata) = open_regular(path, true).map_err(|error| refuse(reason(&error)))?;
    if let Some(mode) = open_to_others(&metadata) {
        return Err(refuse(format!(
            "others may read it (mode {mode:03o}), and whoever has it can test guesses of secrets: let only its owner \
             (chmod 600), and make a new one if somebody read it"
        )));
    }
    if metadata.len() > LONGEST_KEY {
        let (length, most) = (size(metadata.len()), size(LONGEST_KEY));
        return Err(refuse(format!("has {length}, and the limit is {most}")));
    }
    let mut key = Secret::new(Vec::with_capacity(usize::try_from(metadata.len()).unwrap_or_default() + 1));
    key.fill(|buffer| file.take(LONGEST_KEY).read_to_end(buffer))
        .map_err(|error: io::Error| refuse(reason(&error)))?;
    let length = key.expose().len() as u64;
    LinkKey::new(key).ok_or_else(|| {
        refuse(format!(
            "has {}, and a key has at least {}: `head -c 32 /dev/urandom` makes one",
            size(length),
            size(LinkKey::SHORTEST as u64)
        ))
    })
}

/// The permission bits of a file that others than its owner may read.
#[cfg(unix)]
fn open_to_others(metadata: &Metadata) -> Option<u32> {
    let mode = std::os::unix::fs::PermissionsExt::mode(&metadata.permissions());
    (mode & 0o077 != 0).then_some(mode & 0o777)
}

#[cfg(not(unix))]
fn open_to_others(_: &Metadata) -> Option<u32> {
    None
}
