//! `aemcred redact`: a copy that can be shown to anyone.

use std::io;
use std::path::Path;

use super::arguments::{Kept, RedactOptions};
use super::choice::{Choice, choose};
use super::input::{Contents, read_input};
use super::output::{is_same_file, write_atomically, write_new};
use super::paths::name;
use super::{CLEAN, CliError, Environment, Streams};
use crate::discover::io_words;
use crate::examine::{Checked, Input, Request, View, beyond_limit, examine, examine_with};
use crate::redact::{Keep, Note, RedactError, Redacted, redact, redact_inside};
use crate::report::{PathName, one_line};
use crate::rule::Settings;
use crate::secret::Secret;

pub(super) fn run(
    options: &RedactOptions,
    environment: &Environment,
    streams: &mut Streams<'_>,
) -> Result<u8, CliError> {
    let keeps = |what| options.keep.contains(&what);
    let keep = Keep {
        certificate: keeps(Kept::Certificate),
        identifiers: keeps(Kept::Ids),
        organization: keeps(Kept::Organization),
    };
    if keep.certificate && !keep.identifiers {
        return Err(CliError::Usage(String::from(
            "the certificate names the client ID, so keeping it while hiding the IDs would hide nothing; \
             use --keep certificate,ids",
        )));
    }
    let target = options.output.as_deref().filter(|path| *path != Path::new("-"));
    if let Some(target) = target {
        refuse_original(&options.file, target)?;
    }
    let input = read_input(&options.file, "<stdin>", options.max_size, streams.input)?;
    let bytes = match input.contents {
        Contents::Read(bytes) => bytes,
        Contents::TooLarge(size) => {
            let reason = beyond_limit(size, options.max_size);
            return Err(CliError::File { path: input.name.one_line(), reason });
        }
    };
    let settings = Settings { max_size: options.max_size, excerpts: false, ..Settings::new(environment.now) };
    let examination = examine(&Input::new(input.name.clone()), bytes.clone(), &settings);
    let shown = examination.display_name(&input.name).one_line();
    let refuse = |reason| CliError::File { path: shown.clone(), reason };
    let Redacted { text, notes } = copy(&input.name, bytes, keep, options, &settings).map_err(refuse)?;
    for note in notes {
        let _ = writeln!(streams.err, "aemcred: {shown}: {}", words(note));
    }
    match target {
        None => streams.out.write_all(text.as_bytes())?,
        Some(target) => write(target, text.as_bytes(), options.force)?,
    }
    Ok(CLEAN)
}

/// The copy of the file itself, or of the credential that is encoded in it.
fn copy(
    name: &PathName,
    bytes: Secret<Vec<u8>>,
    keep: Keep,
    options: &RedactOptions,
    settings: &Settings,
) -> Result<Redacted, String> {
    let refuse = |error: RedactError| error.to_string();
    let whole = redact(bytes.clone(), keep);
    let says_all = |copy: &Redacted| !copy.notes.contains(&Note::NotJson) || copy.shows_fields();
    let is_enough = whole.as_ref().is_ok_and(says_all) && options.client.is_none();
    if is_enough || matches!(whole, Err(RedactError::Leak)) {
        return whole.map_err(refuse);
    }
    let mut inner = |view: &View<'_>, _: &Checked| redact_inside(view, keep);
    let examination = examine_with(&Input::new(name.clone()), bytes, &Request::new(settings), &mut inner);
    let documents = examination.documents.into_iter();
    let documents: Vec<_> = documents.filter(|examined| examined.seen.is_some()).collect();
    if documents.is_empty() {
        return whole.map_err(refuse);
    }
    let examined = match choose(documents, options.client.as_deref()) {
        Ok(Choice { examined, .. }) => examined,
        Err(_) if options.client.is_none() && whole.is_ok() => return whole.map_err(refuse),
        Err(reason) => return Err(reason),
    };
    examined.seen.unwrap_or(Err(RedactError::Binary)).map_err(refuse)
}

fn words(note: Note) -> String {
    match note {
        Note::Inside(within) => format!("the copy is that of the credential in {}", one_line(&within)),
        Note::Transcoded(encoding) => format!("the original is {encoding}; the copy is UTF-8"),
        Note::NotJson => String::from(
            "it is not one JSON value, so everything but known names is hidden; `aemcred check` says what is wrong",
        ),
        Note::CertificateHidden => String::from(
            "the certificate is hidden all the same, because its field holds more or something else",
        ),
    }
}

/// The original is the only place where its secrets are, so it is never replaced by the copy, also not through links.
fn refuse_original(original: &Path, target: &Path) -> Result<(), CliError> {
    // A shell may have redirected the original to standard input.
    let original = if original == Path::new("-") { Path::new("/dev/stdin") } else { original };
    if is_same_file(original, target) {
        return Err(CliError::File {
            path: name(target).one_line(),
            reason: String::from("is the original, which the copy would destroy; choose another path"),
        });
    }
    Ok(())
}

fn write(target: &Path, contents: &[u8], replace: bool) -> Result<(), CliError> {
    let written = if replace { write_atomically(target, contents) } else { write_new(target, contents) };
    written.map_err(|error| CliError::File {
        path: name(target).one_line(),
        reason: match error.kind() {
            io::ErrorKind::AlreadyExists => String::from("already exists; --force replaces it"),
            _ => format!("the copy can't be written: {}", io_words(&error)),
        },
    })
}
