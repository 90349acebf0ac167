//! Looking through structured text for documents, strings that hold something, variables and encrypted values.
//!
//! Owns: the walk through objects and arrays. Does not own: reading the syntax, what strings hold, what a document is.

use std::sync::Arc;

use crate::credential::{Field, field_of};
use crate::json;
use crate::source::{Source, Span};
use crate::unwrap::Encryption;
use crate::unwrap::driver::Driver;
use crate::unwrap::driver::pairs;
use crate::unwrap::find::document::{has_sops_values, is_document, is_inner, may_be_document, written};
use crate::unwrap::find::encrypted::{is_sealed, is_sops_file};
use crate::unwrap::find::{field, line_array};
use crate::unwrap::place::Scope;
use crate::unwrap::place::{Builder, Step, Text};
use crate::unwrap::shared::{Assignment, Format, Member, Node, NodeKind};

/// A structured text that is being walked through.
#[derive(Clone, Copy)]
struct Tree<'t> {
    text: &'t Text<'t>,
    format: Format,
    /// Whether SOPS has encrypted values in it.
    sops: bool,
    /// Where its first object or list is that has more than one member.
    core: Span,
}

impl Driver<'_> {
    /// Looks at a text that is the JSON value `root`. Returns true if it is itself a document.
    pub(crate) fn json<'t>(&mut self, mut root: Node<'t>, text: &'t Text<'_>, scope: Scope) -> bool {
        if !is_sops_file(&root) && may_be_document(root.members()) {
            // It is parsed anew, with everything that is to be known of it, and there need not be two of it.
            drop(root);
            let limits = self.budget.structure();
            if let Ok(value) = json::parse(text.text(), limits)
                && is_document(&value)
            {
                self.whole(Some(&value), text);
                return true;
            }
            let Ok(again) = Node::json(text.text(), text.all(), limits) else { return false };
            root = again;
        }
        self.tree(&root, Format::Json, &[], text, scope);
        false
    }

    /// Looks through `root`.
    pub(crate) fn tree(
        &mut self,
        root: &Node<'_>,
        format: Format,
        steps: &[Step],
        text: &Text<'_>,
        scope: Scope,
    ) {
        let sops = is_sops_file(root);
        if sops {
            self.encrypted(Encryption::Sops, root.span(), steps, text);
        }
        self.node(root, "", &mut steps.to_vec(), scope, Tree { text, format, sops, core: core(root) });
    }

    /// Looks through `node`, which is called `name`.
    fn node(&mut self, node: &Node<'_>, name: &str, steps: &mut Vec<Step>, scope: Scope, tree: Tree<'_>) {
        let node = node.own();
        match &node.kind {
            NodeKind::Map(members) => {
                if is_sealed(members) {
                    self.encrypted(Encryption::SealedSecret, node.span(), steps, tree.text);
                } else if !self.document_at(node, steps, tree) {
                    self.members(members, name, steps, scope, tree);
                }
            }
            NodeKind::Sequence(items) => {
                if let Some(text) = line_array::joined(items) {
                    return self.string(name, text, steps, tree.text, scope);
                }
                let scope = self.scope_inside(scope);
                for (index, item) in items.iter().enumerate() {
                    if let Some(variable) = pairs::of(item) {
                        self.assignment(variable, steps, tree.text, scope);
                        continue;
                    }
                    steps.push(Step::Index(index));
                    self.node(item, name, steps, scope, tree);
                    steps.pop();
                }
            }
            NodeKind::Text(scalar) if scalar.is_vault() => {
                self.encrypted(Encryption::AnsibleVault, node.span(), steps, tree.text);
            }
            NodeKind::Text(scalar) => {
                let value = scalar.value();
                let field = field::of(name, value.text()).filter(|_| pairs::is_whole(&value));
                match field {
                    Some(_) => {
                        let assignment = Assignment { name: name.to_owned(), name_span: value.all(), value };
                        self.assignment(assignment, steps, tree.text, scope);
                    }
                    None => self.string(name, value, steps, tree.text, scope),
                }
            }
            NodeKind::Other | NodeKind::Shared(_) | NodeKind::Alias(_) => {}
        }
    }

    fn members(
        &mut self,
        members: &[Member<'_>],
        name: &str,
        steps: &mut Vec<Step>,
        scope: Scope,
        tree: Tree<'_>,
    ) {
        let scope = self.scope_inside(scope);
        let mut decoding = pairs::Decoding::default();
        let field = |index: usize| {
            let member = members.get(index)?;
            let before = index.checked_sub(1).and_then(|before| members.get(before));
            let named = before.filter(|before| pairs::names_next(before, member));
            let pair = pairs::of(&member.value).filter(|_| member.value.scalar().is_none());
            pair.or_else(|| pairs::field(member, named, name))
        };
        for (index, member) in members.iter().enumerate() {
            // `{"cm-…": {"secret": …}}`: the client's ID is the name of what belongs to it.
            if field_of(&member.name) == Some(Field::ClientId) {
                let scope = self.scope_inside(scope);
                let mut name = Builder::new(member.name.len());
                name.whole(&*member.name, member.name_span());
                let client =
                    Assignment { name: String::new(), name_span: member.name_span(), value: name.finish() };
                self.value(Field::ClientId, client, steps, tree.text, scope);
                steps.push(Step::key(&member.name));
                self.node(&member.value, "", steps, scope, tree);
                steps.pop();
                continue;
            }
            if let Some(field) = field(index) {
                decoding.see(&field);
            } else {
                steps.push(Step::key(&member.name));
                self.node(&member.value, &member.name, steps, scope, tree);
                steps.pop();
            }
        }
        // All values of a Kubernetes Secret are in base64.
        let step = decoding.is_base64().then_some(Step::Decoding("base64"));
        let inner: Vec<Step> = steps.iter().cloned().chain(step).collect();
        // They are read again, because there may be a million.
        for (index, member) in members.iter().enumerate() {
            if field_of(&member.name) == Some(Field::ClientId) {
                continue;
            }
            let Some(field) = field(index) else { continue };
            let decoded = if decoding.is_base64() { pairs::without_base64(&field) } else { None };
            self.assignment(decoded.unwrap_or(field), &inner, tree.text, scope);
        }
    }

    fn scope_inside(&mut self, outer: Scope) -> Scope {
        self.values.last_mut().map_or(outer, |values| values.inside(outer))
    }

    /// Hands out the document that `node` is. Returns true if it is one.
    fn document_at(&mut self, node: &Node<'_>, steps: &[Step], tree: Tree<'_>) -> bool {
        // Among other things of a program, the inner object is that program's own.
        let is_around = node.span().start <= tree.core.start && node.span().end >= tree.core.end;
        if !is_around && is_inner(node.members()) {
            return false;
        }
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
            self.document(&source, Some(&value), &origin, steps, tree.text);
        }
        true
    }
}

/// Where the first object or list is in `root` that has more than one member.
fn core(root: &Node<'_>) -> Span {
    let mut node = root.own();
    loop {
        let inner = match &node.kind {
            NodeKind::Map(members) => only(members.iter().map(|member| &member.value)),
            NodeKind::Sequence(items) => only(items.iter()),
            _ => None,
        };
        node = match inner {
            Some(inner) => inner.own(),
            None => return node.span(),
        };
    }
}

/// The only one of `nodes`. An alias does not count, because its value is counted where it stands.
fn only<'n, 't>(nodes: impl Iterator<Item = &'n Node<'t>>) -> Option<&'n Node<'t>> {
    let mut nodes = nodes.filter(|node| !matches!(node.kind, NodeKind::Alias(_)));
    nodes.next().filter(|_| nodes.next().is_none())
}
