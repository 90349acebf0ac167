//! Putting a document together from variables that hold a field each.
//!
//! Owns: the one place that says which names and values belong together and make up a credential, whatever syntax they are
//! from; the document's text and where each part of it comes from. Does not own: where variables are found.

use std::collections::{BTreeMap, HashSet};
use std::rc::Rc;

use crate::credential::{
    CLIENT_SECRET, ClientId, Field, ORGANISATION, TECHNICAL_ACCOUNT, Variable, Variables,
};
use crate::source::Span;
use crate::unwrap::decode::base64::decode_short;
use crate::unwrap::find::names::{self, Name};
use crate::unwrap::place::{Builder, Extract, Step, shown};
use crate::unwrap::shared::{Assignment, Member, Node, NodeKind, Writer};

/// A document that was put together.
#[derive(Debug)]
pub(crate) struct Assembled {
    /// What the names have in common at the beginning, as written.
    pub(crate) prefix: String,
    /// The text.
    pub(crate) document: Extract,
    /// The variables that count, in the order of the issued document, and earlier ones of the same field.
    pub(crate) variables: Variables,
    /// Where the first of them is in the order of the text.
    first: usize,
}

/// What names and values come to.
pub(crate) struct Grouping<'a> {
    /// Credentials that were put together.
    pub(crate) credentials: Vec<Assembled>,
    /// What was undone in the values of these.
    pub(crate) decoding: Option<Step>,
    /// What belongs to none of them.
    pub(crate) rest: Vec<&'a Assignment>,
}

/// Groups `assignments` of whatever syntax. Where they `may_be_encoded`, as all values of a Kubernetes Secret are, those with
/// a field's name are tried without base64 first.
pub(crate) fn group(assignments: &[Assignment], may_be_encoded: bool) -> Grouping<'_> {
    let named = || assignments.iter().filter(|one| names::classify(&one.name).is_some());
    let decoded: Option<Vec<Assignment>> = if may_be_encoded { named().map(decoded).collect() } else { None };
    let mut credentials = decoded.map(|decoded| assemble(&decoded)).unwrap_or_default();
    let decoding = (!credentials.is_empty()).then_some(Step::Decoding("base64"));
    if credentials.is_empty() {
        credentials = assemble(assignments);
    }
    let variables = credentials.iter().map(|one| &one.variables);
    let used: HashSet<Span> =
        variables.flat_map(|all| all.present.iter().chain(&all.overridden)).map(|one| one.span).collect();
    let rest = assignments.iter().filter(|one| !used.contains(&one.name_span)).collect();
    Grouping { credentials, decoding, rest }
}

/// The strings of an object by their names, and metascopes, which may be a list.
pub(crate) fn fields(members: &[Member]) -> Vec<Assignment> {
    members.iter().filter_map(field).collect()
}

/// The member as an assignment, if its value is a string or a list of metascopes.
pub(crate) fn field(member: &Member) -> Option<Assignment> {
    let value = match (&member.value.kind, member.value.scalar()) {
        (_, Some(scalar)) if !scalar.vault => scalar.value.clone(),
        (NodeKind::Sequence(items), _) => {
            let field = names::classify(&member.name)?.field;
            if field == Field::Metascopes { listed(items)? } else { return None }
        }
        _ => return None,
    };
    Some(Assignment { name: member.name.clone(), name_span: member.name_span, value })
}

/// Strings with commas between them, as the client has metascopes.
fn listed(items: &[Rc<Node>]) -> Option<Extract> {
    let mut list = Builder::default();
    for (index, item) in items.iter().enumerate() {
        let value = &item.scalar()?.value;
        if index > 0 {
            list.whole(",", Span::at(value.all().start));
        }
        list.part(value.text(), &value.origin, Span::new(0, value.text().len()));
    }
    (!items.is_empty()).then(|| list.finish())
}

/// The same assignment without its base64, if it is in it.
fn decoded(assignment: &Assignment) -> Option<Assignment> {
    let (_, value) = decode_short(assignment.value.text())?;
    let value = value.through(&assignment.value.origin);
    let text = std::str::from_utf8(value.bytes()).ok()?;
    if text.contains(|character: char| character.is_control() && !character.is_whitespace()) {
        return None;
    }
    Some(Assignment { name: assignment.name.clone(), name_span: assignment.name_span, value })
}

/// Puts together every credential that `assignments` hold.
pub(crate) fn assemble(assignments: &[Assignment]) -> Vec<Assembled> {
    let mut groups: BTreeMap<String, Vec<(Name, usize)>> = BTreeMap::new();
    for (index, assignment) in assignments.iter().enumerate() {
        if let Some(name) = names::classify(&assignment.name).or_else(|| issued_id(assignment)) {
            groups.entry(name.group.clone()).or_default().push((name, index));
        }
    }
    join_ims(&mut groups);
    let mut all: Vec<Assembled> =
        groups.into_values().filter_map(|group| assemble_group(&group, assignments)).collect();
    all.sort_by_key(|one| one.first);
    all
}

/// Gives `IMS_ORG_ID` to the group `IMS_*` where there is one, unless it belongs to others without that prefix.
fn join_ims(groups: &mut BTreeMap<String, Vec<(Name, usize)>>) {
    let prefixes: Vec<String> = groups.keys().cloned().collect();
    for prefix in prefixes {
        let own = groups.get(&prefix).is_some_and(|group| group.iter().any(|(name, _)| !name.ims));
        let longer = format!("{prefix}IMS");
        if own || !groups.contains_key(&longer) {
            continue;
        }
        let moved = groups.remove(&prefix).unwrap_or_default();
        groups.entry(longer).or_default().extend(moved);
    }
    for group in groups.values_mut() {
        // The last of a name counts, and the prefix is that of the first.
        group.sort_by_key(|(name, index)| (name.ims, *index));
    }
}

/// The technical account's ID under the name that issued documents have for it. So many things have an `id` that its value
/// decides.
fn issued_id(assignment: &Assignment) -> Option<Name> {
    let is_account = || assignment.value.text().trim().ends_with(TECHNICAL_ACCOUNT);
    let name = || Name { field: Field::Id, group: String::new(), prefix: String::new(), ims: false };
    (assignment.name == Field::Id.name() && is_account()).then(name)
}

fn assemble_group(group: &[(Name, usize)], assignments: &[Assignment]) -> Option<Assembled> {
    let (first, _) = group.first()?;
    let mut present = Vec::new();
    let mut overridden = Vec::new();
    for field in Field::SERVICE {
        let mut same = group.iter().filter(|(name, _)| name.field == field).map(|(_, index)| (field, *index));
        if let Some(last) = same.next_back() {
            present.push(last);
            overridden.extend(same);
        }
    }
    if !is_credential(&first.group, &present, assignments) {
        return None;
    }
    let variables = |list: &[(Field, usize)]| {
        list.iter()
            .filter_map(|(field, index)| {
                let Assignment { name, name_span, .. } = assignments.get(*index)?;
                Some(Variable { field: *field, name: shown(name), span: *name_span })
            })
            .collect()
    };
    Some(Assembled {
        prefix: shown(&first.prefix),
        document: write(&present, assignments),
        variables: Variables { present: variables(&present), overridden: variables(&overridden) },
        first: present.iter().map(|(_, index)| *index).min()?,
    })
}

/// Whether these variables make up a credential of AEM: a key or a secret, something to use it with, and a sign that it
/// is Adobe's. A client ID and a secret alone, as everybody's OAuth clients have them, don't.
fn is_credential(group: &str, present: &[(Field, usize)], assignments: &[Assignment]) -> bool {
    let has = |field| present.iter().any(|(present, _)| *present == field);
    let value = |index: usize| assignments.get(index).map_or("", |assignment| assignment.value.text().trim());
    let filled =
        |field| present.iter().any(|(present, index)| *present == field && !value(*index).is_empty());
    let secret = filled(Field::PrivateKey) || filled(Field::ClientSecret);
    let client = has(Field::ClientId) || has(Field::Id) || has(Field::Org);
    let jwt = has(Field::PrivateKey) || has(Field::Metascopes);
    let own = names::is_own(group);
    let adobe = own
        || ["AEM", "ADOBE", "IMS"].iter().any(|name| group.contains(name))
        || present.iter().any(|(field, index)| is_adobes(*field, value(*index)));
    secret && client && adobe && (jwt || own) && present.len() >= if has(Field::PrivateKey) { 2 } else { 3 }
}

/// Whether a value is shaped as only Adobe issues it.
fn is_adobes(field: Field, value: &str) -> bool {
    match field {
        Field::ClientId => ClientId::parse(value).is_some(),
        Field::ClientSecret => value.starts_with(CLIENT_SECRET),
        Field::Email | Field::Id => value.ends_with(TECHNICAL_ACCOUNT),
        Field::Org => value.ends_with(ORGANISATION),
        Field::Metascopes => value.starts_with("ent_"),
        Field::ImsEndpoint => value.contains("adobelogin.com"),
        _ => false,
    }
}

/// Writes the document as it is issued, with the fields that are present.
fn write(present: &[(Field, usize)], assignments: &[Assignment]) -> Extract {
    let length: usize = present
        .iter()
        .filter_map(|(_, index)| assignments.get(*index))
        // A character of a JSON string has six bytes at most, which stand for one byte at least.
        .map(|assignment| assignment.value.text().len() * 6 + 64)
        .sum();
    let nowhere = present
        .first()
        .and_then(|(_, index)| assignments.get(*index))
        .map_or(Span::default(), |assignment| assignment.name_span);
    let mut text = Writer::new(length + 256, nowhere);
    text.made_up("{\"ok\":true,\"integration\":{");
    let mut separator = "";
    let top = present.iter().filter(|(field, _)| field.parent() == Some(Field::Integration));
    let mut account =
        present.iter().filter(|(field, _)| field.parent() == Some(Field::TechnicalAccount)).peekable();
    if account.peek().is_some() {
        text.made_up("\"technicalAccount\":{");
        for (field, index) in account {
            member(&mut text, separator, *field, assignments.get(*index));
            separator = ",";
        }
        text.made_up("}");
        separator = ",";
    }
    for (field, index) in top {
        member(&mut text, separator, *field, assignments.get(*index));
        separator = ",";
    }
    text.made_up("},\"statusCode\":200}");
    text.finish()
}

/// `"name":"value"`, the name at the variable's, the value at its own place.
fn member(text: &mut Writer, separator: &str, field: Field, assignment: Option<&Assignment>) {
    let Some(assignment) = assignment else { return };
    text.made_up(separator);
    text.name(field.name(), assignment.name_span);
    if assignment.value.text().is_empty() {
        return text.empty_string(assignment.name_span);
    }
    let unescaped = field.pem().then(|| line_breaks(&assignment.value));
    text.string(unescaped.as_ref().unwrap_or(&assignment.value));
}

/// PEM with `\n` and `\r\n` written out, as single-line variables have it, with real line breaks.
fn line_breaks(value: &Extract) -> Extract {
    let text = value.text();
    let mut builder = Builder::new(text.len());
    let mut plain = 0;
    for backslash in memchr::memchr_iter(b'\\', text.as_bytes()) {
        let break_character = match text.as_bytes().get(backslash + 1) {
            Some(b'n') => "\n",
            Some(b'r') => "\r",
            _ => continue,
        };
        if backslash < plain {
            continue;
        }
        builder.part(&text[plain..backslash], &value.origin, Span::new(plain, backslash));
        plain = backslash + 2;
        builder.whole(break_character, value.origin.outer(Span::new(backslash, plain)));
    }
    builder.part(&text[plain..], &value.origin, Span::new(plain, text.len()));
    builder.finish()
}
