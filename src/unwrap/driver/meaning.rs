//! What a name and a value may be: a field, or a string that holds something.
//!
//! Owns: that decision for assignments, and looking into strings. Does not own: which field a value is (see `find::field`),
//! how a string is decoded (see `find::candidate`).

use crate::credential::{Field, field_of, is_placeholder, recognise};
use crate::json::Value;
use crate::source::Origin;
use crate::unwrap::driver::Driver;
use crate::unwrap::find::candidate::{Content, content};
use crate::unwrap::find::values::Values;
use crate::unwrap::find::{field, parts};
use crate::unwrap::place::{Extract, Scope, Step, Text};
use crate::unwrap::shared::{Assignment, name_before};

/// What a name and a value may be.
pub(super) enum Meaning {
    Field(Field),
    /// The path to a private key.
    KeyFile,
    Content(Content),
}

impl Meaning {
    pub(super) fn of(Assignment { name, value, .. }: &Assignment) -> Option<Self> {
        let text = value.text();
        if field::is_key_file(name, text) {
            return Some(Self::KeyFile);
        }
        match field::of(name, text) {
            // Only the shape tells a field from a text that holds a document.
            Some(field) if !holds_text(field, text) => Some(Self::Field(field)),
            _ => content(text).map(Self::Content),
        }
    }
}

/// Whether `text`, which is a field by its name alone, is a text that holds something, and not one value of that field with something
/// around it.
fn holds_text(field: Field, text: &str) -> bool {
    let shape = field_of(field::bare(text));
    shape != Some(field)
        && field::dressed(field, text).is_none()
        && match content(text) {
            Some(Content::Decoded(..) | Content::Text) => true,
            Some(Content::Parts) => {
                let is_value = shape.is_some() || field.pem() || is_placeholder(field, text);
                !is_value && !parts::all(text).is_empty()
            }
            None => false,
        }
}

impl Driver<'_> {
    /// The tokens in a document that is none itself, `document`, whose origin is in `text`.
    pub(super) fn tokens(
        &mut self,
        value: Option<&Value<'_>>,
        document: &str,
        origin: &Origin,
        steps: &[Step],
        text: &Text<'_>,
    ) {
        let Some(scope) = self.values.last().map(Values::root) else { return };
        if value.is_none_or(|value| recognise("", value).kind().is_token()) {
            return;
        }
        for span in parts::tokens(document) {
            let name = name_before(document, span.start).to_owned();
            let value = Extract::slice(document, span).through(origin);
            let token = Assignment { name, name_span: value.all(), value };
            self.value(Field::AccessToken, token, steps, text, scope);
        }
    }

    /// Looks into a string that is called `name`.
    pub(super) fn string(
        &mut self,
        name: &str,
        value: Extract,
        steps: &[Step],
        text: &Text<'_>,
        scope: Scope,
    ) {
        if let Some(content) = content(value.text()) {
            self.content(content, name, value, steps, text, scope);
        }
    }

    /// Looks into a string that is called `name` and has this `content`.
    fn content(
        &mut self,
        content: Content,
        name: &str,
        value: Extract,
        steps: &[Step],
        text: &Text<'_>,
        scope: Scope,
    ) {
        match content {
            Content::Decoded(step, decoded) => {
                let decoded = decoded.through(&value.origin);
                // It is known in another way now, and need not be in memory twice.
                drop(value);
                self.inward(decoded, &[steps, &[step]].concat(), text, scope);
            }
            Content::Parts => {
                for (field, span) in parts::all(value.text()) {
                    let value = Extract::slice(value.text(), span).through(&value.origin);
                    let assignment = Assignment { name: name.to_owned(), name_span: value.all(), value };
                    self.value(field, assignment, steps, text, scope);
                }
            }
            Content::Text => self.inward(value, steps, text, scope),
        }
    }

    /// A name and a value: a field, or something that holds a document.
    pub(super) fn assignment(
        &mut self,
        assignment: Assignment,
        steps: &[Step],
        text: &Text<'_>,
        scope: Scope,
    ) {
        if let Some(meaning) = Meaning::of(&assignment) {
            self.meant(meaning, assignment, steps, text, scope);
        }
    }

    pub(super) fn meant(
        &mut self,
        meaning: Meaning,
        assignment: Assignment,
        steps: &[Step],
        text: &Text<'_>,
        scope: Scope,
    ) {
        match meaning {
            Meaning::KeyFile => {
                if !self.follow(&assignment, steps, text, scope) {
                    self.value(Field::PrivateKey, assignment, steps, text, scope);
                }
            }
            Meaning::Field(field) => self.value(field, assignment, steps, text, scope),
            Meaning::Content(content) => {
                let Assignment { name, value, .. } = assignment;
                let steps = &[steps, &[Step::key(&name)]].concat();
                self.content(content, &name, value, steps, text, scope);
            }
        }
    }
}
