//! Looking through structured text for documents, strings that hold something, variables and encrypted values.
//!
//! Owns: the walk through objects and arrays. Does not own: reading the format, what strings hold.

use std::collections::HashSet;
use std::rc::Rc;
use std::sync::Arc;

use super::assemble::{Assignment, assemble};
use super::decode;
use super::derived::{Builder, Derived};
use super::encrypted::{is_sealed, is_sops_file, is_sops_value};
use super::node::{Format, Member, Node, NodeKind, get};
use super::step::Step;
use super::worklist::{Layer, Run};
use super::write::Writer;
use super::{Encryption, line_array, lines, names};
use crate::credential::{CLIENT_SECRET, DOCUMENT_NAMES, DocumentKind, Field, OWN, is_card, recognise};
use crate::json::{self, Object, Value};
use crate::source::{Source, Span};

/// A structured text that is being walked through.
#[derive(Clone, Copy)]
pub(super) struct Tree<'l> {
    pub(super) layer: &'l Layer,
    pub(super) format: Format,
    /// Whether SOPS has encrypted values in it.
    sops: bool,
}

impl Run<'_> {
    /// Looks at a text that is the JSON value `root`. The answer is whether it is itself a document.
    pub(super) fn json_text(&mut self, root: &Value<'_>, layer: &Layer) -> bool {
        let node = Node::json(root, 0);
        let is_whole = layer.trail().steps().is_empty();
        if !is_sops_file(&node) && may_be_document(node.members(), is_whole) && is_document(root) {
            self.whole(Some(root), layer);
            return true;
        }
        self.tree(&node, Format::Json, &[], layer);
        false
    }

    /// Looks through `root`.
    pub(super) fn tree(&mut self, root: &Node, format: Format, steps: &[Step], layer: &Layer) {
        let sops = is_sops_file(root);
        if sops {
            self.encrypted(Encryption::Sops, root.span, steps, layer);
        }
        self.node(root, &mut steps.to_vec(), Tree { layer, format, sops });
    }

    fn node(&mut self, node: &Node, steps: &mut Vec<Step>, tree: Tree<'_>) {
        match &node.kind {
            NodeKind::Map(members) => {
                if is_sealed(members) {
                    self.encrypted(Encryption::SealedSecret, node.span, steps, tree.layer);
                } else if !self.document_at(node, steps, tree) {
                    self.members(members, steps, tree);
                }
            }
            NodeKind::Sequence(items) => {
                if let Some(text) = line_array::joined(items) {
                    return self.string(&text, steps, tree.layer);
                }
                let variables: Vec<Option<Assignment>> =
                    items.iter().map(|item| name_and_value(item)).collect();
                for (index, item) in items.iter().enumerate().filter(|(index, _)| variables[*index].is_none())
                {
                    steps.push(Step::Index(index));
                    self.node(item, steps, tree);
                    steps.pop();
                }
                let variables: Vec<Assignment> = variables.into_iter().flatten().collect();
                self.variables(&variables, steps, tree.layer);
            }
            NodeKind::Text(scalar) if scalar.vault => {
                self.encrypted(Encryption::AnsibleVault, node.span, steps, tree.layer);
            }
            NodeKind::Text(scalar) => self.string(&scalar.value, steps, tree.layer),
            NodeKind::Other | NodeKind::Alias(_) => {}
        }
    }

    fn members(&mut self, members: &[Member], steps: &mut Vec<Step>, tree: Tree<'_>) {
        let mut texts = Vec::new();
        for member in members {
            if let Some(assignment) = assignment(member) {
                texts.push(assignment);
            } else {
                steps.push(Step::key(&member.name));
                self.node(&member.value, steps, tree);
                steps.pop();
            }
        }
        self.variables(&texts, steps, tree.layer);
    }

    /// Assignments of an object or a list, in which a Kubernetes Secret has all values in base64.
    fn variables(&mut self, assignments: &[Assignment], steps: &[Step], layer: &Layer) {
        let named = || assignments.iter().filter(|one| names::classify(&one.name).is_some());
        let decoded: Option<Vec<Assignment>> = named().map(decoded).collect();
        let decoded = decoded.filter(|decoded| !assemble(decoded).is_empty()).unwrap_or_default();
        if !decoded.is_empty() {
            let inner = [steps, &[Step::Decoding("base64")]].concat();
            let used = self.assignments(&decoded, &inner, layer, false);
            let used: HashSet<Span> =
                used.iter().filter_map(|index| Some(decoded.get(*index)?.name_span)).collect();
            for one in assignments.iter().filter(|one| !used.contains(&one.name_span)) {
                self.value(one, steps, layer);
            }
            return;
        }
        self.assignments(assignments, steps, layer, true);
    }

    /// Hands out the document that `node` is. The answer is whether it is one.
    fn document_at(&mut self, node: &Node, steps: &[Step], tree: Tree<'_>) -> bool {
        let members = node.members();
        if !may_be_document(members, false) {
            return false;
        }
        let written = match tree.format {
            Format::Json => Derived::slice(tree.layer.text(), node.span),
            Format::Other if has_own(members) || get(members, Field::Integration.name()).is_some() => {
                let mut writer = Writer::new(node.span.end - node.span.start, Span::at(node.span.start));
                writer.node(node);
                writer.finish()
            }
            Format::Other => return false,
        };
        // Objects in objects are read again for each that might be one.
        if self.expand(written.bytes().len(), tree.layer).is_none() {
            return false;
        }
        let (bytes, origin) = written.into_parts();
        let source = Arc::new(Source::new(bytes));
        let value = json::parse(source.text(), self.limits().structure).ok().filter(is_document);
        let Some(value) = value else { return false };
        if !tree.sops || !has_sops_values(source.text()) {
            self.document(&source, Some(&value), origin, steps, tree.layer);
        }
        true
    }
}

/// Whether an object with these members is worth a look as a document.
fn may_be_document(members: &[Member], is_whole: bool) -> bool {
    // Client and secret beside the other fields are how programs keep them. Under the issued names alone, a file that has
    // nothing else is the issued document with its objects lost, which the documented client can't use.
    is_card(|| members.iter().map(|member| member.name.as_str()))
        || members.iter().any(|member| DOCUMENT_NAMES.contains(&member.name.as_str()))
            && (!is_flat(members)
                || is_whole && !has_other_name(members)
                || assemble(&assignments(members)).is_empty())
}

/// The member as an assignment, if its value is a string or a list of metascopes.
fn assignment(member: &Member) -> Option<Assignment> {
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

fn assignments(members: &[Member]) -> Vec<Assignment> {
    members.iter().filter_map(assignment).collect()
}

/// Strings with commas between them, as the client has metascopes.
fn listed(items: &[Rc<Node>]) -> Option<Derived> {
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

/// Whether the client's ID and secret stand beside the other fields, where issued documents have an object for the two.
fn is_flat(members: &[Member]) -> bool {
    let has = |field: Field| get(members, field.name()).is_some();
    has(Field::ClientId)
        && has(Field::ClientSecret)
        && !has(Field::TechnicalAccount)
        && !has(Field::Integration)
}

/// Whether a field has a name that no issued document has for it.
fn has_other_name(members: &[Member]) -> bool {
    let other = |name: &str, field: Field| !name.eq_ignore_ascii_case(field.name());
    members
        .iter()
        .any(|member| names::classify(&member.name).is_some_and(|name| other(&member.name, name.field)))
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
    let has_own = |object: &Object<'_>| OWN.iter().any(|field| object.has(field.name()));
    // A schema has objects where a document has strings.
    let is_text = |field: &Field| {
        let holders = [Some(object), inner].into_iter().flatten();
        holders.filter_map(|object| object.get(field.name())).any(|member| member.value.as_object().is_none())
    };
    let mut texts =
        [Field::ImsEndpoint, Field::Metascopes, Field::PrivateKey, Field::PublicKey, Field::Org].iter();
    (has_own(object) || inner.is_some_and(has_own)) && texts.any(is_text)
}

fn has_own(members: &[Member]) -> bool {
    OWN.iter().any(|field| get(members, field.name()).is_some())
}

/// Whether what is secret in a document is encrypted.
fn has_sops_values(text: &str) -> bool {
    is_sops_value(text) && !text.contains("PRIVATE KEY-----") && !text.contains(CLIENT_SECRET)
}

/// The same assignment without its base64, if it is in it.
fn decoded(assignment: &Assignment) -> Option<Assignment> {
    let (_, value) = decode::short_base64(assignment.value.text())?;
    let value = value.through(&assignment.value.origin);
    let text = std::str::from_utf8(value.bytes()).ok()?;
    if text.contains(|character: char| character.is_control() && !character.is_whitespace()) {
        return None;
    }
    Some(Assignment { name: assignment.name.clone(), name_span: assignment.name_span, value })
}

/// `{"name": …, "value": …}`, as lists of variables have them, or `"NAME=value"`.
fn name_and_value(item: &Node) -> Option<Assignment> {
    if let Some(scalar) = item.scalar() {
        let mut in_vain = 1;
        let assignment =
            lines::assignments(scalar.value.text(), lines::Rules::Shell, &mut in_vain).into_iter().next()?;
        return Some(Assignment {
            name_span: scalar.value.origin.outer(assignment.name_span),
            value: assignment.value.through(&scalar.value.origin),
            name: assignment.name,
        });
    }
    let text = |names: &[&str]| names.iter().find_map(|name| item.get(name)?.scalar());
    let (name, value) = (text(&["name", "Name", "key", "Key"])?, text(&["value", "Value"])?);
    Some(Assignment {
        name: name.value.text().to_owned(),
        name_span: name.value.all(),
        value: value.value.clone(),
    })
}
