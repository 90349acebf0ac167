//! A structured text in memory, whatever its format: JSON, YAML or XML.
//!
//! Owns: the common shape of the three, so that one walk looks through all. Does not own: reading a format.

use std::rc::Rc;

use crate::json::{Kind, Value};
use crate::source::Span;
use crate::unwrap::place::{Builder, Extract};

/// A value and where it stands in the text.
#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) span: Span,
    pub(crate) kind: NodeKind,
}

#[derive(Debug)]
pub(crate) enum NodeKind {
    /// An object, a mapping, an element: names in order, duplicates included.
    Map(Vec<Member>),
    /// An array or a sequence.
    Sequence(Vec<Rc<Node>>),
    /// A string, or in YAML anything that is written without quotation marks.
    Text(Box<Scalar>),
    /// A number, a boolean or null of JSON.
    Other,
    /// Another name for a value that stands elsewhere and is looked at there.
    Alias(Rc<Node>),
}

/// A name and its value.
#[derive(Debug)]
pub(crate) struct Member {
    pub(crate) name: String,
    /// Where the name stands, without quotation marks.
    pub(crate) name_span: Span,
    pub(crate) value: Rc<Node>,
}

/// A string, and where each part of it stands in the text.
#[derive(Debug)]
pub(crate) struct Scalar {
    pub(crate) value: Extract,
    /// Without quotation marks in YAML, so that `true` is no string.
    pub(crate) plain: bool,
    /// Encrypted by Ansible Vault, says its tag.
    pub(crate) vault: bool,
}

/// What of a text there is to walk through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// Objects are documents as they stand.
    Json,
    /// Documents must be written anew as JSON.
    Other,
}

impl NodeKind {
    /// A string in quotation marks, or of a syntax in which all values are strings.
    pub(crate) fn string(value: Extract) -> Self {
        Self::scalar(Scalar { value, plain: false, vault: false })
    }

    /// A string or what is written without quotation marks.
    pub(crate) fn scalar(scalar: Scalar) -> Self {
        Self::Text(Box::new(scalar))
    }

    /// `text` without quotation marks, for which something else stands at `span`.
    pub(crate) fn literal(text: &str, span: Span) -> Self {
        let mut value = Builder::new(text.len());
        value.whole(text, span);
        Self::scalar(Scalar { value: value.finish(), plain: true, vault: false })
    }
}

impl Node {
    /// `value`, which was parsed from the part of a text that begins at `offset`.
    pub(crate) fn json(value: &Value<'_>, offset: usize) -> Rc<Self> {
        // Nobody asks where a number stands, and a file may have a million: one is enough.
        let other = Rc::new(Self { span: Span::default(), kind: NodeKind::Other });
        Self::of(value, offset, &other)
    }

    fn of(value: &Value<'_>, offset: usize, other: &Rc<Self>) -> Rc<Self> {
        let shifted = |span: Span| Span::new(span.start + offset, span.end + offset);
        let kind = match &value.kind {
            Kind::Null | Kind::Bool(_) | Kind::Number(_) => return Rc::clone(other),
            Kind::String(text) => NodeKind::string(Extract::json(text, offset)),
            Kind::Array(items) => {
                NodeKind::Sequence(items.iter().map(|item| Self::of(item, offset, other)).collect())
            }
            Kind::Object(object) => NodeKind::Map(
                object
                    .members
                    .iter()
                    .map(|member| Member {
                        name: member.key.as_str().to_owned(),
                        name_span: shifted(member.key.inner_span()),
                        value: Self::of(&member.value, offset, other),
                    })
                    .collect(),
            ),
        };
        Rc::new(Self { span: shifted(value.span), kind })
    }

    /// The value itself, where this is another name for it.
    pub(crate) fn resolved(&self) -> &Self {
        match &self.kind {
            // An anchor stands at a value, never at an alias.
            NodeKind::Alias(node) => node,
            _ => self,
        }
    }

    /// The string, if it is one.
    pub(crate) fn scalar(&self) -> Option<&Scalar> {
        match &self.resolved().kind {
            NodeKind::Text(scalar) => Some(scalar),
            _ => None,
        }
    }

    /// The string's characters, if it is one.
    pub(crate) fn text(&self) -> Option<&str> {
        self.scalar().map(|scalar| scalar.value.text())
    }

    /// The names and values, if there are any.
    pub(crate) fn members(&self) -> &[Member] {
        match &self.resolved().kind {
            NodeKind::Map(members) => members,
            _ => &[],
        }
    }

    /// The value called `name`: the last one, if there are several.
    pub(crate) fn get(&self, name: &str) -> Option<&Self> {
        get(self.members(), name)
    }
}

/// The value called `name` among `members`: the last one, if there are several.
pub(crate) fn get<'m>(members: &'m [Member], name: &str) -> Option<&'m Node> {
    members.iter().rev().find(|member| member.name == name).map(|member| &*member.value)
}
