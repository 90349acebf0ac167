//! Looking through structured text for credentials, strings that hold something, and variables.
//!
//! Owns: the walk through objects and arrays. Does not own: reading the format, what strings hold.

use std::collections::HashSet;

use super::assemble::Assignment;
use super::derived::Derived;
use super::step::Step;
use super::worklist::{Layer, Run};
use crate::credential::{DocumentKind, Field, recognise};
use crate::json::{Kind, Object, Value};

impl Run<'_> {
    /// Looks through a JSON text. The answer is whether all of it is a document.
    pub(super) fn json(&mut self, root: &Value<'_>, layer: &Layer) -> bool {
        if is_document(root) {
            return true;
        }
        self.value(root, &mut Vec::new(), layer);
        false
    }

    fn value(&mut self, value: &Value<'_>, steps: &mut Vec<Step>, layer: &Layer) {
        match &value.kind {
            Kind::Object(_) if !steps.is_empty() && is_document(value) => {
                self.document(value.span, steps, layer);
            }
            Kind::Object(object) => self.object(object, steps, layer),
            Kind::Array(items) => {
                let variables: Vec<Assignment> = items.iter().filter_map(name_and_value).collect();
                let used = if variables.is_empty() {
                    HashSet::new()
                } else {
                    self.assignments(&variables, steps, layer);
                    (0..items.len())
                        .filter(|index| items.get(*index).and_then(name_and_value).is_some())
                        .collect()
                };
                for (index, item) in items.iter().enumerate().filter(|(index, _)| !used.contains(index)) {
                    steps.push(Step::Index(index));
                    self.value(item, steps, layer);
                    steps.pop();
                }
            }
            Kind::String(text) => self.string(&Derived::json(text), steps, layer),
            Kind::Null | Kind::Bool(_) | Kind::Number(_) => {}
        }
    }

    fn object(&mut self, object: &Object<'_>, steps: &mut Vec<Step>, layer: &Layer) {
        let variables: Vec<Assignment> = object
            .members
            .iter()
            .filter_map(|member| {
                Some(Assignment {
                    name: member.key.as_str().to_owned(),
                    name_span: member.key.inner_span(),
                    value: Derived::json(member.value.as_text()?),
                })
            })
            .collect();
        self.assignments(&variables, steps, layer);
        for member in object.members.iter().filter(|member| member.value.as_text().is_none()) {
            steps.push(Step::key(member.key.as_str()));
            self.value(&member.value, steps, layer);
            steps.pop();
        }
    }
}

/// Whether `value` is a document. A pair of keys, which other programs keep as `privateKey` and `publicKey` too, is none
/// of AEM's without a third field.
fn is_document(value: &Value<'_>) -> bool {
    let Some(object) = value.as_object() else { return false };
    // What it is doesn't depend on the text around it.
    let kind = recognise("", value).kind();
    if kind != DocumentKind::ServiceCredentials {
        return kind != DocumentKind::Unknown;
    }
    let inner = object.get(Field::Integration.name()).and_then(|member| member.value.as_object());
    let own = [Field::ImsEndpoint, Field::Metascopes, Field::TechnicalAccount];
    let has_own = |object: &Object<'_>| own.iter().any(|field| object.has(field.name()));
    has_own(object) || inner.is_some_and(has_own)
}

/// `{"name": …, "value": …}`, as lists of variables have them, or `"NAME=value"`.
fn name_and_value(item: &Value<'_>) -> Option<Assignment> {
    match &item.kind {
        Kind::Object(object) => {
            let text = |names: &[&str]| names.iter().find_map(|name| object.get(name)?.value.as_text());
            let (name, value) = (text(&["name", "Name", "key", "Key"])?, text(&["value", "Value"])?);
            Some(Assignment {
                name: name.as_str().to_owned(),
                name_span: name.inner_span(),
                value: Derived::json(value),
            })
        }
        Kind::String(text) => {
            let value = Derived::json(text);
            let assignment = super::lines::assignments(value.text()).into_iter().next()?;
            Some(Assignment {
                name_span: value.origin.outer(assignment.name_span),
                value: assignment.value.through(&value.origin),
                name: assignment.name,
            })
        }
        _ => None,
    }
}
