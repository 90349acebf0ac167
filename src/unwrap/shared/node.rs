//! A structured text in memory, whatever its format: JSON, YAML or XML.
//!
//! Owns: the common shape of the three, so that one walk looks through all. Does not own: reading a format.
//!
//! A file may have a million values, so that each takes as little memory as can be: what stands in the text as it is, is
//! borrowed from there, and escapes of JSON are undone only while somebody looks.

use std::borrow::Cow;
use std::ops::Deref;
use std::rc::Rc;

use crate::json::{self, Build, SyntaxError};
use crate::secret::Secret;
use crate::source::{Origin, Span};
use crate::unwrap::place::{Builder, Extract};

/// A value and where it stands in the text.
#[derive(Clone, Debug)]
pub(crate) struct Node<'t> {
    place: Place,
    pub(crate) kind: NodeKind<'t>,
}

#[derive(Clone, Debug)]
pub(crate) enum NodeKind<'t> {
    /// An object, a mapping, an element: names in order, duplicates included.
    Map(Box<[Member<'t>]>),
    /// An array or a sequence.
    Sequence(Box<[Node<'t>]>),
    /// A string, or in YAML anything that is written without quotation marks.
    Text(Scalar<'t>),
    /// A number, a boolean or null of JSON.
    Other,
    /// A value that has other names elsewhere.
    Shared(Rc<Node<'t>>),
    /// Another name for a value that stands elsewhere and is looked at there.
    Alias(Rc<Node<'t>>),
}

/// A name and its value.
#[derive(Clone, Debug)]
pub(crate) struct Member<'t> {
    pub(crate) name: Cow<'t, str>,
    place: Place,
    pub(crate) value: Node<'t>,
}

/// A string, and where each part of it stands in the text.
#[derive(Clone, Debug)]
pub(crate) enum Scalar<'t> {
    /// Just as it stands at `start`.
    Exact { text: &'t str, start: u32, plain: bool },
    /// What stands between the quotation marks of a JSON string with escapes.
    Json { raw: &'t str, start: u32 },
    /// Anything else.
    Other(Box<Other>),
}

/// A string that doesn't stand in the text as it is.
#[derive(Clone, Debug)]
pub(crate) struct Other {
    value: Extract,
    plain: bool,
    vault: bool,
}

/// A span in half the room. No text is longer than four gigabytes: see [`Node::is_too_long`].
#[derive(Clone, Copy, Debug)]
struct Place {
    start: u32,
    end: u32,
}

impl From<Span> for Place {
    fn from(Span { start, end }: Span) -> Self {
        Self { start: short(start), end: short(end) }
    }
}

impl From<Place> for Span {
    fn from(Place { start, end }: Place) -> Self {
        Self::new(start as usize, end as usize)
    }
}

fn short(offset: usize) -> u32 {
    u32::try_from(offset).unwrap_or(u32::MAX)
}

/// The characters of a string: as they stand in the text, or without their escapes in memory that is wiped.
pub(crate) enum Characters<'s> {
    Here(&'s str),
    Unescaped(Secret<String>),
}

impl Deref for Characters<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        match self {
            Self::Here(text) => text,
            Self::Unescaped(text) => text.expose(),
        }
    }
}

/// What of a text there is to walk through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// Objects are documents as they stand.
    Json,
    /// Documents must be written anew as JSON.
    Other,
}

impl<'t> Scalar<'t> {
    /// `value`, which was taken from `text`. In YAML, it may be `plain`, that is, without quotation marks, so that `true` is
    /// no string.
    pub(crate) fn new(value: Extract, plain: bool, text: &'t str) -> Self {
        let all = value.all();
        let here = text.get(all.range()).filter(|here| *here == value.text());
        let is_exact = || value.origin.is_exact(Span::new(0, value.bytes().len()));
        match here.filter(|_| !value.bytes().is_empty() && is_exact()) {
            Some(text) => Self::Exact { text, start: short(all.start), plain },
            None => Self::Other(Box::new(Other { value, plain, vault: false })),
        }
    }

    /// `value`, which was encrypted by Ansible Vault, says its tag.
    pub(crate) fn vault(value: Extract) -> Self {
        Self::Other(Box::new(Other { value, plain: false, vault: true }))
    }

    /// The same, without quotation marks if it is `plain`.
    pub(crate) fn with(self, plain: bool) -> Self {
        match self {
            Self::Exact { text, start, .. } => Self::Exact { text, start, plain },
            Self::Json { .. } => self,
            Self::Other(mut other) => {
                other.plain = plain;
                Self::Other(other)
            }
        }
    }

    /// Its characters.
    pub(crate) fn text(&self) -> Characters<'_> {
        match self {
            Self::Exact { text, .. } => Characters::Here(text),
            Self::Json { raw, .. } => Characters::Unescaped(json::unescape(raw)),
            Self::Other(other) => Characters::Here(other.value.text()),
        }
    }

    /// Its characters, for the name of something.
    pub(crate) fn name(&self) -> Cow<'t, str> {
        match self {
            Self::Exact { text, .. } => Cow::Borrowed(text),
            Self::Json { .. } | Self::Other(_) => Cow::Owned(self.text().to_owned()),
        }
    }

    /// It as a text of its own.
    pub(crate) fn value(&self) -> Extract {
        match self {
            Self::Exact { text, start, .. } => {
                Extract::slice(text, Span::new(0, text.len())).shifted(*start as usize)
            }
            Self::Json { raw, .. } => Extract::new(json::unescape(raw), self.origin()),
            Self::Other(other) => other.value.clone(),
        }
    }

    /// Where each part of it stands in the text.
    pub(crate) fn origin(&self) -> Origin {
        match self {
            Self::Exact { text, start, .. } => Origin::exact(text.len(), *start as usize),
            Self::Json { raw, start } => json::origin(raw, *start as usize),
            Self::Other(other) => other.value.origin.clone(),
        }
    }

    /// Where all of it stands in the text.
    pub(crate) fn all(&self) -> Span {
        match self {
            // What is empty stands nowhere.
            Self::Exact { text: "", .. } => Span::at(0),
            Self::Exact { text, start, .. } | Self::Json { raw: text, start } => {
                Span::new(*start as usize, *start as usize + text.len())
            }
            Self::Other(other) => other.value.all(),
        }
    }

    /// Without quotation marks in YAML, so that `true` is no string.
    pub(crate) fn is_plain(&self) -> bool {
        match self {
            Self::Exact { plain, .. } => *plain,
            Self::Json { .. } => false,
            Self::Other(other) => other.plain,
        }
    }

    /// Encrypted by Ansible Vault, says its tag.
    pub(crate) fn is_vault(&self) -> bool {
        matches!(self, Self::Other(other) if other.vault)
    }
}

impl<'t> NodeKind<'t> {
    /// A string in quotation marks, or of a syntax in which all values are strings, taken from `text`.
    pub(crate) fn string(value: Extract, text: &'t str) -> Self {
        Self::Text(Scalar::new(value, false, text))
    }

    /// `meaning` without quotation marks, for which something else stands at `span`.
    pub(crate) fn literal(meaning: &str, span: Span) -> Self {
        let mut value = Builder::new(meaning.len());
        value.whole(meaning, span);
        Self::Text(Scalar::Other(Box::new(Other { value: value.finish(), plain: true, vault: false })))
    }
}

impl<'t> Member<'t> {
    pub(crate) fn new(name: impl Into<Cow<'t, str>>, name_span: Span, value: Node<'t>) -> Self {
        Self { name: name.into(), place: name_span.into(), value }
    }

    /// Where the name stands, without quotation marks.
    pub(crate) fn name_span(&self) -> Span {
        self.place.into()
    }
}

impl<'t> Node<'t> {
    pub(crate) fn new(span: Span, kind: NodeKind<'t>) -> Self {
        Self { place: span.into(), kind }
    }

    /// Returns true if places in `text` have no room in a tree.
    pub(crate) fn is_too_long(text: &str) -> bool {
        u32::try_from(text.len()).is_err()
    }

    /// The one JSON value that the part `span` of `text` is.
    ///
    /// # Errors
    ///
    /// Those of [`json::parse`].
    pub(crate) fn json(text: &'t str, span: Span, limits: json::Limits) -> Result<Self, SyntaxError> {
        json::build(text, span, limits)
    }

    pub(crate) fn span(&self) -> Span {
        self.place.into()
    }

    /// The value itself, where it has other names elsewhere.
    pub(crate) fn own(&self) -> &Self {
        match &self.kind {
            NodeKind::Shared(node) => node,
            _ => self,
        }
    }

    /// The value itself, where this is another name for it.
    pub(crate) fn resolved(&self) -> &Self {
        match &self.kind {
            // An anchor stands at a value, never at an alias.
            NodeKind::Alias(node) | NodeKind::Shared(node) => node,
            _ => self,
        }
    }

    /// The string, if it is one.
    pub(crate) fn scalar(&self) -> Option<&Scalar<'t>> {
        match &self.resolved().kind {
            NodeKind::Text(scalar) => Some(scalar),
            _ => None,
        }
    }

    /// The string's characters, if it is one.
    pub(crate) fn text(&self) -> Option<Characters<'_>> {
        self.scalar().map(Scalar::text)
    }

    /// The names and values, if there are any.
    pub(crate) fn members(&self) -> &[Member<'t>] {
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

impl<'t> Build<'t> for Node<'t> {
    type Member = Member<'t>;

    fn other(_: Span, _: json::Other<'t>) -> Self {
        // Nobody asks where a number stands.
        Self::new(Span::default(), NodeKind::Other)
    }

    fn string(span: Span, raw: &'t str, escaped: bool) -> Self {
        let start = short(span.start + 1);
        let exact = Scalar::Exact { text: raw, start, plain: false };
        Self::new(span, NodeKind::Text(if escaped { Scalar::Json { raw, start } } else { exact }))
    }

    fn array(span: Span, items: Vec<Self>) -> Self {
        Self::new(span, NodeKind::Sequence(items.into()))
    }

    fn object(span: Span, members: Vec<Member<'t>>) -> Self {
        Self::new(span, NodeKind::Map(members.into()))
    }

    fn member(key: Span, raw: &'t str, escaped: bool, value: Self) -> Member<'t> {
        let name = if escaped { Cow::Owned(json::unescape(raw).into_inner()) } else { Cow::Borrowed(raw) };
        Member::new(name, Span::new(key.start + 1, key.end - 1), value)
    }
}

/// The value called `name` among `members`: the last one, if there are several.
pub(crate) fn get<'m, 't>(members: &'m [Member<'t>], name: &str) -> Option<&'m Node<'t>> {
    members.iter().rev().find(|member| member.name == name).map(|member| &member.value)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a tree takes is this for each value; docs/performance.md promises five times the text.
    #[test]
    fn values_take_little_room() {
        assert_eq!((size_of::<Node<'_>>(), size_of::<Member<'_>>()), (32, 64));
    }

    #[test]
    fn strings_are_carried_back_as_those_of_values_are() {
        let text = r#"  {"a\u0062": "p\nq", "c": ["", "r", "é", "\""]}"#;
        let root = json::parse(text, json::Limits::default()).unwrap();
        let node = Node::json(text, Span::new(2, text.len()), json::Limits::default()).unwrap();
        assert_eq!(node.span(), root.span);
        let object = root.as_object().unwrap();
        let strings = |value: &json::Value<'_>| Extract::json(value.as_text().unwrap(), 0);
        let mut expected = vec![strings(&object.members[0].value)];
        expected.extend(object.members[1].value.as_array().unwrap().iter().map(strings));
        let NodeKind::Sequence(items) = &node.members()[1].value.kind else { panic!("no array") };
        let found: Vec<&Scalar<'_>> = std::iter::once(&node.members()[0].value)
            .chain(items)
            .map(|node| node.scalar().unwrap())
            .collect();
        assert_eq!(found.len(), expected.len());
        for (scalar, expected) in found.into_iter().zip(expected) {
            assert_eq!(&*scalar.text(), expected.text());
            assert_eq!((scalar.all(), scalar.origin()), (expected.all(), expected.origin.clone()));
            assert_eq!(
                (scalar.value().text(), scalar.value().origin),
                (expected.text(), expected.origin.clone())
            );
        }
        assert_eq!(node.members()[0].name, "ab");
        assert_eq!(node.members()[0].name_span(), object.members[0].key.inner_span());
    }
}
