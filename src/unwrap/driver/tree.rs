//! Looking through structured text for documents, strings that hold something, variables and encrypted values.
//!
//! Owns: the walk through objects and arrays. Does not own: reading the syntax, what strings hold, what a document is.

use std::sync::Arc;

use crate::json::{self, Value};
use crate::source::Source;
use crate::unwrap::Encryption;
use crate::unwrap::driver::Driver;
use crate::unwrap::find::assemble::field;
use crate::unwrap::find::document::{has_sops_values, is_document, may_be_document, written};
use crate::unwrap::find::encrypted::{is_sealed, is_sops_file};
use crate::unwrap::find::line_array;
use crate::unwrap::limits::Attempts;
use crate::unwrap::place::{Step, Text};
use crate::unwrap::shared::{Assignment, Dialect, Format, Member, Node, NodeKind};
use crate::unwrap::syntax::lines;

/// A structured text that is being walked through.
#[derive(Clone, Copy)]
struct Tree<'t> {
    text: &'t Text<'t>,
    format: Format,
    /// Whether SOPS has encrypted values in it.
    sops: bool,
}

impl Driver<'_> {
    /// Looks at a text that is the JSON value `root`. Returns true if it is itself a document.
    pub(crate) fn json(&mut self, root: &Value<'_>, text: &Text<'_>) -> bool {
        let node = Node::json(root, 0);
        if !is_sops_file(&node) && may_be_document(node.members(), text.is_outermost()) && is_document(root) {
            self.whole(Some(root), text);
            return true;
        }
        self.tree(&node, Format::Json, &[], text);
        false
    }

    /// Looks through `root`.
    pub(crate) fn tree(&mut self, root: &Node, format: Format, steps: &[Step], text: &Text<'_>) {
        let sops = is_sops_file(root);
        if sops {
            self.encrypted(Encryption::Sops, root.span, steps, text);
        }
        self.node(root, &mut steps.to_vec(), Tree { text, format, sops });
    }

    fn node(&mut self, node: &Node, steps: &mut Vec<Step>, tree: Tree<'_>) {
        match &node.kind {
            NodeKind::Map(members) => {
                if is_sealed(members) {
                    self.encrypted(Encryption::SealedSecret, node.span, steps, tree.text);
                } else if !self.document_at(node, steps, tree) {
                    self.members(members, steps, tree);
                }
            }
            NodeKind::Sequence(items) => {
                if let Some(text) = line_array::joined(items) {
                    return self.string(&text, steps, || None, tree.text);
                }
                let mut variables = Vec::new();
                for (index, item) in items.iter().enumerate() {
                    if let Some(variable) = name_and_value(item) {
                        variables.push(variable);
                        continue;
                    }
                    steps.push(Step::Index(index));
                    self.node(item, steps, tree);
                    steps.pop();
                }
                self.assignments(&variables, true, steps, tree.text);
            }
            NodeKind::Text(scalar) if scalar.vault => {
                self.encrypted(Encryption::AnsibleVault, node.span, steps, tree.text);
            }
            NodeKind::Text(scalar) => self.string(&scalar.value, steps, || None, tree.text),
            NodeKind::Other | NodeKind::Alias(_) => {}
        }
    }

    fn members(&mut self, members: &[Member], steps: &mut Vec<Step>, tree: Tree<'_>) {
        let mut fields = Vec::new();
        for member in members {
            if let Some(field) = field(member) {
                fields.push(field);
            } else {
                steps.push(Step::key(&member.name));
                self.node(&member.value, steps, tree);
                steps.pop();
            }
        }
        self.assignments(&fields, true, steps, tree.text);
    }

    /// Hands out the document that `node` is. Returns true if it is one.
    fn document_at(&mut self, node: &Node, steps: &[Step], tree: Tree<'_>) -> bool {
        let Some(written) = written(node, tree.text.text(), tree.format) else { return false };
        // Objects in objects are read again for each that might be one.
        if let Err(limit) = self.budget.expand(written.bytes().len()) {
            self.limit(limit, &tree.text.trail);
            return false;
        }
        let (bytes, origin) = written.into_parts();
        let source = Arc::new(Source::new(bytes));
        let value = json::parse(source.text(), self.budget.structure()).ok().filter(is_document);
        let Some(value) = value else { return false };
        if !tree.sops || !has_sops_values(source.text()) {
            self.document(&source, Some(&value), origin, steps, tree.text);
        }
        true
    }
}

/// `{"name": …, "value": …}`, as lists of variables have them, or `"NAME=value"`.
fn name_and_value(item: &Node) -> Option<Assignment> {
    if let Some(scalar) = item.scalar() {
        let assignments = lines::assignments(scalar.value.text(), Dialect::Shell, &Attempts::new(1));
        return Some(assignments.into_iter().next()?.through(&scalar.value.origin));
    }
    let text = |names: &[&str]| names.iter().find_map(|name| item.get(name)?.scalar());
    let (name, value) = (text(&["name", "Name", "key", "Key"])?, text(&["value", "Value"])?);
    Some(Assignment {
        name: name.value.text().to_owned(),
        name_span: name.value.all(),
        value: value.value.clone(),
    })
}
