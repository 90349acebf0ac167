//! Names and values as structured texts have them: members of an object, and lists of pairs.
//!
//! Owns: what is the name of what. Does not own: what either means.

use crate::credential::field_of;
use crate::unwrap::decode::base64;
use crate::unwrap::find::names;
use crate::unwrap::limits::Attempts;
use crate::unwrap::place::Extract;
use crate::unwrap::shared::{Assignment, Dialect, Member, Node, NodeKind, Scalar, list, separator};
use crate::unwrap::syntax::lines;

/// What the name is called in a pair of a name and a value, in small letters.
const NAMES: [&str; 8] = ["name", "key", "label", "title", "variable", "field", "property", "option"];

/// What the value is called.
const VALUES: [&str; 11] = [
    "value",
    "valueFrom",
    "val",
    "content",
    "default",
    "password",
    "secret",
    "string",
    "text",
    "plaintext",
    "#text",
];

/// What says for which environment a variable is.
const ENVIRONMENTS: [&str; 2] = ["environment_scope", "environment"];

fn is_one_of(list: &[&str], name: &str) -> bool {
    list.iter().any(|one| one.eq_ignore_ascii_case(name))
}

/// `{"name": …, "value": …}`, as lists of variables have them, or `"NAME=value"`.
pub(crate) fn of(item: &Node<'_>) -> Option<Assignment> {
    if let Some(scalar) = item.scalar() {
        let (attempts, text) = (Attempts::new(1), scalar.text());
        let mut assignments = lines::assignments(&text, Dialect::Shell, &attempts);
        // Base64 ends in a sign of equality, too.
        let first = assignments.next().filter(|one| !one.value.text().is_empty())?;
        return Some(first.through(&scalar.origin()));
    }
    let get = |names: &[&str]| {
        let mut members = item.members().iter();
        members.find_map(|member| is_one_of(names, &member.name).then(|| member.value.scalar()).flatten())
    };
    let (name, value) = (get(&NAMES)?, get(&VALUES)?);
    // `{"client": "cm-…", "key": "-----BEGIN…", "secret": "p8e-…"}` has a field under each name.
    let value_span = value.all();
    let is_field = |member: &Member<'_>| {
        member
            .value
            .scalar()
            .is_some_and(|scalar| scalar.all() != value_span && field_of(&scalar.text()).is_some())
    };
    if item.members().iter().any(is_field) {
        return None;
    }
    let environment = get(&ENVIRONMENTS).map(|one| one.text()).filter(|one| is_environment(one));
    let name_text = name.text();
    Some(Assignment {
        name: environment
            .map_or_else(|| name_text.to_owned(), |environment| [&*environment, "/", &*name_text].concat()),
        name_span: name.all(),
        value: value.value(),
    })
}

/// Whether `text` names one environment, and not all of them.
fn is_environment(text: &str) -> bool {
    let is_part = |one: char| one.is_ascii_alphanumeric() || matches!(one, '-' | '_' | '/' | '.');
    (1..=40).contains(&text.len()) && text.chars().all(is_part)
}

/// Whether `member` is the value of which `before` is the name: `<key>…</key><string>…</string>`.
pub(crate) fn names_next(before: &Member<'_>, member: &Member<'_>) -> bool {
    before.name.eq_ignore_ascii_case("key")
        && is_one_of(&VALUES, &member.name)
        && before.value.scalar().is_some_and(|scalar| field_of(&scalar.text()).is_none())
}

/// The member as an assignment, if its value is a string or a list that stands for one. Its name is `outer`, that of the
/// object, if its own says nothing, or the value of `named`, the member before it.
pub(crate) fn field(member: &Member<'_>, named: Option<&Member<'_>>, outer: &str) -> Option<Assignment> {
    let value = match (&member.value.own().kind, member.value.scalar()) {
        (_, Some(scalar)) if !scalar.is_vault() => scalar.value(),
        (NodeKind::Sequence(items), _) => {
            // Of a list of a million texts, none is copied before it is known what they are.
            separator(&items.first()?.text()?)?;
            let texts = items.iter().map(|item| item.scalar().map(Scalar::value));
            list(&texts.collect::<Option<Vec<_>>>()?.iter().collect::<Vec<_>>())?
        }
        _ => return None,
    };
    if let Some(name) = named.and_then(|named| named.value.scalar()) {
        return Some(Assignment { name: name.text().to_owned(), name_span: name.all(), value });
    }
    let is_outer = is_one_of(&VALUES, &member.name) && names::classify(outer).is_some();
    let name = if is_outer { outer } else { &member.name };
    Some(Assignment { name: name.to_owned(), name_span: member.name_span(), value })
}

/// Whether fields are in base64: all that have a field's name are, and one says by its shape what it is.
#[derive(Default)]
pub(crate) struct Decoding {
    has_shape: bool,
    is_refuted: bool,
}

impl Decoding {
    /// Takes in one more of them.
    pub(crate) fn see(&mut self, field: &Assignment) {
        let named = |one: &Assignment| names::classify(&one.name).is_some() && !one.value.text().is_empty();
        if self.is_refuted {
            return;
        }
        match without_base64(field) {
            Some(decoded) => {
                self.has_shape |= field_of(decoded.value.text()).is_some() && named(&decoded);
            }
            None => self.is_refuted = named(field),
        }
    }

    pub(crate) const fn is_base64(&self) -> bool {
        self.has_shape && !self.is_refuted
    }
}

/// The same without base64, if it is in that.
pub(crate) fn without_base64(assignment: &Assignment) -> Option<Assignment> {
    let (_, value) = base64::decode_short(assignment.value.text())?;
    let value = value.through(&assignment.value.origin);
    let text = std::str::from_utf8(value.bytes()).ok()?;
    if text.contains(|character: char| character.is_control() && !character.is_whitespace()) {
        return None;
    }
    Some(Assignment { name: assignment.name.clone(), name_span: assignment.name_span, value })
}

/// Whether a string is short or PEM, so that it can be a value and no text with several in it.
pub(crate) fn is_whole(value: &Extract) -> bool {
    value.text().len() < 200 || value.text().trim_ascii_start().starts_with("--")
}
