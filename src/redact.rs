//! A copy of a document that can be shown to anyone: same structure, keys, order, white space and lines, no secrets.
//!
//! Owns: what is hidden, the markers that stand in its place, and the proof that nothing of a secret is left. Does not
//! own: files. Hiding is the default: a text survives only if it is known to be public, or asked for and harmless.

mod copy;
mod marker;
mod proof;
mod role;

use crate::credential::{Document, Exposure, Form, names_service_credential, recognise};
use crate::examine::View;
use crate::json::{self, Limits};
use crate::secret::Secret;
use crate::source::{Encoding, Source};

use copy::Copier;
use proof::Secrets;

/// What stays besides what is always public.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Keep {
    /// The certificate. It names the client ID, so this makes sense with `identifiers` only.
    pub certificate: bool,
    /// Client ID, technical account ID and e-mail address.
    pub identifiers: bool,
    /// The organization's ID.
    pub organization: bool,
}

/// A copy without secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redacted {
    /// The copy, in UTF-8 without byte-order mark.
    pub text: String,
    /// What the reader should know about it.
    pub notes: Vec<Note>,
}

/// Something to know about a copy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Note {
    /// The original is in this encoding, and the copy in UTF-8.
    Transcoded(&'static str),
    /// The copy is that of the credential which lies there in the original.
    Inside(String),
    /// The original is not one JSON value, so all but known names is hidden.
    NotJson,
    /// The certificate was to stay, but more or something else stands in its field.
    CertificateHidden,
}

/// Why there is no copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RedactError {
    /// Nothing.
    #[error("it is empty, so there is nothing to copy")]
    Empty,
    /// Not text.
    #[error("it is binary data, not text, so no copy can be shown to anyone")]
    Binary,
    /// Eight characters of a secret would stand in the copy.
    #[error(
        "no copy was made: part of a secret would still be readable in it, because the secret also appears where it is \
         not recognized, or is made of common words"
    )]
    Leak,
}

/// Makes the copy, and proves that no eight characters of a secret are in it.
///
/// # Errors
///
/// When the document is not text, or the proof fails; then nothing of the copy gets out.
pub fn redact(bytes: Secret<Vec<u8>>, keep: Keep) -> Result<Redacted, RedactError> {
    let source = Source::new(bytes);
    let transcoded = match source.encoding() {
        Encoding::Utf8 => None,
        Encoding::Utf8WithMark => Some("UTF-8 with a byte-order mark"),
        Encoding::Utf16(name) | Encoding::Utf32(name) => Some(*name),
        Encoding::Invalid { .. } => Some("UTF-8 with invalid bytes"),
        Encoding::Binary(_) => return Err(RedactError::Binary),
    };
    if source.text().trim().is_empty() {
        return Err(RedactError::Empty);
    }
    let mut redacted = match json::parse(source.text(), Limits::default()) {
        Ok(root) => redact_document(&recognise(source.text(), &root), keep)?,
        Err(_) => wholesale(source.text())?,
    };
    redacted.notes.extend(transcoded.map(Note::Transcoded));
    Ok(redacted)
}

impl Redacted {
    /// Whether fields of a credential can be seen in the copy, so that it says what is in the original.
    pub fn shows_fields(&self) -> bool {
        names_service_credential(&self.text)
    }
}

/// Makes the copy of a document that lies in a file, and says where.
pub fn redact_inside(view: &View<'_>, keep: Keep) -> Option<Result<Redacted, RedactError>> {
    let document = view.document?;
    let within = view.context.steps.join(" → ");
    (!within.is_empty() && view.context.form == &Form::Document).then(|| {
        let mut copy = redact_document(document, keep)?;
        copy.notes.push(Note::Inside(within));
        Ok(copy)
    })
}

fn redact_document(document: &Document<'_, '_>, keep: Keep) -> Result<Redacted, RedactError> {
    let secrets = Secrets::of(document.root);
    Copier::new(document.text, document, keep, &secrets).copy().ok_or(RedactError::Leak)
}

/// The copy of a text without structure: line breaks, JSON's punctuation, known names and armour lines stay, and
/// everything else becomes `***`, however long it is.
fn wholesale(text: &str) -> Result<Redacted, RedactError> {
    const HIDDEN: char = '•';
    let masked = Exposure::of_unparsed_names(text).mask(text);
    let mut copy = String::with_capacity(masked.text().len());
    let mut previous = ' ';
    for character in masked.text().chars() {
        match character {
            HIDDEN if previous == HIDDEN => {}
            HIDDEN => copy.push_str(marker::HIDDEN),
            _ => copy.push(character),
        }
        previous = character;
    }
    let mut secrets = Secrets::new();
    secrets.add_text(text);
    if secrets.are_in(&copy) {
        return Err(RedactError::Leak);
    }
    Ok(Redacted { text: copy, notes: vec![Note::NotJson] })
}
