//! The variables in which secrets are kept.
//!
//! Owns: which variable holds which secret. Does not own: what follows from a variable's name (see the rules).

use super::describe::in_clear;
use crate::credential::{Document, Form, Variable};
use crate::finding::Place;
use crate::record::Record;
use crate::rule::SecretVariable;
use crate::rules::is_public_name;

/// The variables that hold secrets of `document`, which can be read: those that it was put together from, or the one in which
/// all of it stands.
pub(super) fn of<'a>(
    document: &'a Document<'_, '_>,
    steps: &'a [String],
    record: &Record,
) -> Vec<SecretVariable<'a>> {
    let fields = document.credential.as_ref().and_then(|credential| match &credential.form {
        Form::Variables(variables) => Some((credential, variables)),
        Form::Document => None,
    });
    let Some((credential, variables)) = fields else { return around(steps, record, &document.beginning()) };
    // A path to a key gives nobody the key.
    let is_path = |variable: &&Variable| variable.field.pem() && variables.key_file.is_some();
    let secret = variables.present.iter().filter(|one| one.field.secret() && !is_path(one));
    let held = secret.filter_map(|variable| {
        let entry = credential.entry(variable.field).filter(|entry| in_clear(entry))?;
        let what = if variable.field.pem() { "private key" } else { "client secret" };
        Some(SecretVariable { name: &variable.name, what, place: entry.place() })
    });
    held.collect()
}

/// The variable among `steps` in which all of what is at `place` stands.
pub(super) fn around<'a>(steps: &'a [String], record: &Record, place: &Place) -> Vec<SecretVariable<'a>> {
    let names = steps.iter().rev().flat_map(|step| step.rsplit(['.', '"', ' ', '→', '[']));
    let name = names.map(str::trim).find(|name| is_public_name(name));
    name.map(|name| SecretVariable { name, what: record.in_clear.words(), place: place.clone() })
        .into_iter()
        .collect()
}

/// Returns true if a rule may have something to say of them.
pub(super) fn may_be_reported(document: &Document<'_, '_>, steps: &[String]) -> bool {
    let form = document.credential.as_ref().map(|credential| &credential.form);
    let names = match form {
        Some(Form::Variables(variables)) => &variables.present[..],
        _ => &[],
    };
    names.iter().any(|variable| is_public_name(&variable.name))
        || steps.iter().any(|step| step.split(['.', '"', ' ']).any(is_public_name))
}
