//! Names and values as structured texts have them: members of an object, and lists of pairs.
//!
//! Owns: what is the name of what. Does not own: what either means.

use crate::credential::field_of;
use crate::unwrap::decode::base64;
use crate::unwrap::find::names;
use crate::unwrap::limits::Attempts;
use crate::unwrap::place::Extract;
use crate::unwrap::shared::{Assignment, Dialect, Member, Node, NodeKind, list};
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
pub(crate) fn of(item: &Node) -> Option<Assignment> {
    if let Some(scalar) = item.scalar() {
        let attempts = Attempts::new(1);
        let mut assignments = lines::assignments(scalar.value.text(), Dialect::Shell, &attempts);
        // Base64 ends in a sign of equality, too.
        let first = assignments.next().filter(|one| !one.value.text().is_empty())?;
        return Some(first.through(&scalar.value.origin));
    }
    let get = |names: &[&str]| {
        let mut members = item.members().iter();
        members.find_map(|member| is_one_of(names, &member.name).then(|| member.value.scalar()).flatten())
    };
    let (name, value) = (get(&NAMES)?, get(&VALUES)?);
    // `{"client": "cm-…", "key": "-----BEGIN…", "secret": "p8e-…"}` has a field under each name.
    let halves = [name.value.all(), value.value.all()];
    let is_field = |member: &Member| {
        member
            .value
            .scalar()
            .is_some_and(|scalar| scalar.value.all() != halves[1] && field_of(scalar.value.text()).is_some())
    };
    if item.members().iter().any(is_field) {
        return None;
    }
    let name_text = name.value.text();
    Some(Assignment {
        name: get(&ENVIRONMENTS)
            .map(|one| one.value.text())
            .filter(|one| is_environment(one))
            .map_or_else(|| name_text.to_owned(), |environment| format!("{environment}/{name_text}")),
        name_span: name.value.all(),
        value: value.value.clone(),
    })
}

/// Whether `text` names one environment, and not all of them.
fn is_environment(text: &str) -> bool {
    let is_part = |one: char| one.is_ascii_alphanumeric() || matches!(one, '-' | '_' | '/' | '.');
    (1..=40).contains(&text.len()) && text.chars().all(is_part)
}

/// Whether `member` is the value of which `before` is the name: `<key>…</key><string>…</string>`.
pub(crate) fn names_next(before: &Member, member: &Member) -> bool {
    before.name.eq_ignore_ascii_case("key")
        && is_one_of(&VALUES, &member.name)
        && before.value.scalar().is_some_and(|scalar| field_of(scalar.value.text()).is_none())
}

/// The member as an assignment, if its value is a string or a list that stands for one. Its name is `outer`, that of the
/// object, if its own says nothing, or the value of `named`, the member before it.
pub(crate) fn field(member: &Member, named: Option<&Member>, outer: &str) -> Option<Assignment> {
    let value = match (&member.value.kind, member.value.scalar()) {
        (_, Some(scalar)) if !scalar.vault => scalar.value.clone(),
        (NodeKind::Sequence(items), _) => {
            let texts = items.iter().map(|item| item.scalar().map(|scalar| &scalar.value));
            list(&texts.collect::<Option<Vec<_>>>()?)?
        }
        _ => return None,
    };
    let own = || Assignment { name: member.name.clone(), name_span: member.name_span, value: value.clone() };
    if let Some(name) = named.and_then(|named| named.value.scalar()) {
        let (text, name_span) = (name.value.text().to_owned(), name.value.all());
        return Some(Assignment { name: text, name_span, ..own() });
    }
    let is_outer = is_one_of(&VALUES, &member.name) && names::classify(outer).is_some();
    Some(if is_outer { Assignment { name: outer.to_owned(), ..own() } } else { own() })
}

/// The same fields without base64, if all that have a field's name are in it, and one says by its shape what it is.
pub(crate) fn decoded(fields: &[Assignment]) -> Option<Vec<Assignment>> {
    let named = |one: &Assignment| names::classify(&one.name).is_some() && !one.value.text().is_empty();
    let mut has_shape = false;
    let mut all = Vec::with_capacity(fields.len());
    for field in fields {
        match without_base64(field) {
            Some(decoded) => {
                has_shape |= field_of(decoded.value.text()).is_some() && named(&decoded);
                all.push(decoded);
            }
            None if named(field) => return None,
            None => all.push(field.clone()),
        }
    }
    has_shape.then_some(all)
}

fn without_base64(assignment: &Assignment) -> Option<Assignment> {
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
