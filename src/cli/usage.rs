//! What is said of a command line that can't be used.
//!
//! Owns: refusing credentials in the place of arguments and of lists, and the parser's errors. Does not own: telling a
//! credential from a path (see `gate`).

use std::ffi::OsString;
use std::path::Path;

use clap::builder::StyledStr;
use clap::error::{ContextKind, ContextValue, ErrorKind};

use super::paths::name;
use super::{CLEAN, CliError, Environment, FAILED, Streams, command};
use crate::gate;
use crate::secret::Secret;
use crate::source::{Encoding, Source};

/// Refuses a command line with a credential on it, such as the contents of a variable instead of its name. What is the
/// name of a file all the same can be used.
pub(super) fn refuse_credentials(arguments: &[OsString]) -> Result<(), CliError> {
    let number = arguments.iter().skip(1).position(|argument| {
        let text = argument.to_string_lossy();
        let bare = text.trim_start_matches('-');
        let values = bare.match_indices('=').take(3).map(|(at, _)| &bare[at + 1..]);
        values.chain([&*text, bare]).any(gate::is_credential) && !Path::new(argument).exists()
    });
    let Some(number) = number else { return Ok(()) };
    Err(CliError::Usage(format!(
        "argument {} looks like a credential itself, not like the name of a file or an option; nothing was read.\n\
         To check a credential in a variable, pass it on standard input: printenv NAME | aemcred check -",
        number + 1
    )))
}

/// Refuses a credential in the place of the list of paths that `--files-from` names.
pub(super) fn refuse_as_list(list: &Path, bytes: &[u8]) -> Result<(), CliError> {
    let source = Source::new(Secret::new(bytes.to_vec()));
    let is_list = match source.encoding() {
        Encoding::Binary(None) => !gate::is_credential(&String::from_utf8_lossy(bytes)),
        Encoding::Binary(_) => false,
        _ => !gate::is_credential(source.text()),
    };
    if is_list {
        return Ok(());
    }
    let path = name(list).one_line();
    let reason = format!("this is a credential, not a list of paths; did you mean `aemcred check {path}`?");
    Err(CliError::File { path, reason })
}

/// Help and version go to standard output, mistakes to standard error.
pub(super) fn parse_error(error: clap::Error, environment: &Environment, streams: &mut Streams<'_>) -> u8 {
    let error = gated(with_command_meant(error));
    let text = error.render();
    let text = if environment.color { text.ansi().to_string() } else { text.to_string() };
    let written = if error.use_stderr() {
        streams.err.write_all(text.as_bytes())
    } else {
        streams.out.write_all(text.as_bytes())
    };
    match (written, error.use_stderr()) {
        (Ok(()), false) => CLEAN,
        _ => FAILED,
    }
}

/// Words for commands in other programs, and what the command is called here.
const SYNONYMS: [(&str, &str); 16] = [
    ("lint", "check"),
    ("scan", "check"),
    ("test", "check"),
    ("validate", "check"),
    ("verify", "check"),
    ("fix", "check --fix"),
    ("inventory", "audit"),
    ("list", "audit"),
    ("find", "audit"),
    ("expiry", "renewals"),
    ("show", "inspect"),
    ("info", "inspect"),
    ("diff", "compare"),
    ("mask", "redact"),
    ("new", "generate"),
    ("explain", "rules"),
];

/// `error` with the command that was meant, where a file or another program's word is in its place.
fn with_command_meant(mut error: clap::Error) -> clap::Error {
    let Some(ContextValue::String(word)) = error.get(ContextKind::InvalidSubcommand) else { return error };
    let is_file = word == "-" || word.contains(['/', '\\', '.']) || Path::new(word).exists();
    let synonym = SYNONYMS.iter().find(|(other, _)| other == word);
    let meant = match synonym {
        Some((_, command)) => format!("the command is `aemcred {command}`"),
        None if is_file => {
            let shown = if gate::word(word) == word { word } else { "FILE" };
            format!("to check a file or folder, write `aemcred check {shown}`")
        }
        None => return error,
    };
    error.remove(ContextKind::SuggestedSubcommand);
    error.insert(ContextKind::Suggested, ContextValue::StyledStrs(vec![StyledStr::from(meant)]));
    error
}

/// `error` with a sign for each text of the command line that may be a secret.
fn gated(mut error: clap::Error) -> clap::Error {
    let mut hidden = Vec::new();
    for kind in [ContextKind::InvalidArg, ContextKind::InvalidSubcommand, ContextKind::InvalidValue] {
        // Elsewhere this is an argument as the command line's definition has it.
        let is_outside = kind != ContextKind::InvalidArg || error.kind() == ErrorKind::UnknownArgument;
        if let Some(ContextValue::String(text)) = error.get(kind)
            && is_outside
            && gate::word(text) != text
        {
            hidden.push(text.clone());
            error.insert(kind, ContextValue::String(gate::SIGN.to_owned()));
        }
    }
    if hidden.is_empty() {
        return error;
    }
    let tip = StyledStr::from(format!("{} is not shown, because it may be a secret", gate::SIGN));
    error.insert(ContextKind::Suggested, ContextValue::StyledStrs(vec![tip]));
    // The parser's own messages about values may quote them.
    let cause = std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default();
    if !hidden.iter().any(|text| cause.contains(text)) {
        return error;
    }
    let mut plain = clap::Error::new(error.kind()).with_cmd(&command());
    for (kind, value) in error.context() {
        plain.insert(kind, value.clone());
    }
    plain
}
