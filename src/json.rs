//! JSON with places: every value and key knows its bytes in the text.
//!
//! Owns: the strict grammar of RFC 8259, duplicate keys (kept, in order), limits, JSON pointers (RFC 6901), and the
//! way from a position inside a decoded string back to the text. Does not own: what a document means.

mod build;
mod parser;
mod pointer;
mod syntax_error;
mod text;

pub use build::{Build, Other};
pub use parser::{Limits, build, parse};
pub use pointer::Pointer;
pub use syntax_error::{SyntaxError, SyntaxErrorKind};
pub use text::{Text, escaped, origin, unescape};

use crate::source::Span;

/// A JSON value and where it stands.
#[derive(Debug)]
pub struct Value<'s> {
    /// From the value's first byte to its last.
    pub span: Span,
    /// What it is.
    pub kind: Kind<'s>,
}

/// The six kinds of JSON value.
#[derive(Debug)]
pub enum Kind<'s> {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number, as written.
    Number(&'s str),
    /// A string.
    String(Text<'s>),
    /// An array.
    Array(Vec<Value<'s>>),
    /// An object.
    Object(Object<'s>),
}

/// An object's members in order, duplicates included.
#[derive(Debug, Default)]
pub struct Object<'s> {
    /// All members as written.
    pub members: Vec<Member<'s>>,
}

/// One `"key": value` of an object.
#[derive(Debug)]
pub struct Member<'s> {
    /// The key.
    pub key: Text<'s>,
    /// The value.
    pub value: Value<'s>,
}

impl<'s> Object<'s> {
    /// The member called `name`; the last one if there are several, as `JSON.parse` has it.
    pub fn get(&self, name: &str) -> Option<&Member<'s>> {
        self.members.iter().rev().find(|member| member.key.as_str() == name)
    }

    /// Whether there is a member called `name`.
    pub fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }
}

impl<'s> Value<'s> {
    /// The object, if this is one.
    pub fn as_object(&self) -> Option<&Object<'s>> {
        match &self.kind {
            Kind::Object(object) => Some(object),
            _ => None,
        }
    }

    /// The array's elements, if this is one.
    pub fn as_array(&self) -> Option<&[Self]> {
        match &self.kind {
            Kind::Array(items) => Some(items),
            _ => None,
        }
    }

    /// The string, if this is one.
    pub fn as_text(&self) -> Option<&Text<'s>> {
        match &self.kind {
            Kind::String(text) => Some(text),
            _ => None,
        }
    }

    /// The type's name in JSON's own words, with an article: `an object`, `a string`, `null`.
    pub fn type_name(&self) -> &'static str {
        match self.kind {
            Kind::Null => "null",
            Kind::Bool(_) => "a boolean",
            Kind::Number(_) => "a number",
            Kind::String(_) => "a string",
            Kind::Array(_) => "an array",
            Kind::Object(_) => "an object",
        }
    }

    /// Whether `other` holds the same, written anyhow, but for values which `differ` allows to. The depth of both has a limit.
    pub fn is_same(&self, other: &Value<'_>, differ: &dyn Fn(&Self, &Value<'_>) -> bool) -> bool {
        let same = match (&self.kind, &other.kind) {
            (Kind::Null, Kind::Null) => true,
            (Kind::Bool(one), Kind::Bool(other)) => one == other,
            (Kind::Number(one), Kind::Number(other)) => one == other,
            (Kind::String(one), Kind::String(other)) => one.as_str() == other.as_str(),
            (Kind::Array(one), Kind::Array(other)) => {
                one.len() == other.len()
                    && one.iter().zip(other).all(|(one, other)| one.is_same(other, differ))
            }
            (Kind::Object(one), Kind::Object(other)) => {
                one.members.len() == other.members.len()
                    && one.members.iter().zip(&other.members).all(|(one, other)| {
                        one.key.as_str() == other.key.as_str() && one.value.is_same(&other.value, differ)
                    })
            }
            _ => false,
        };
        same || differ(self, other)
    }

    /// Calls `visit` with this value and everything below it, parents first, in the order of the text.
    pub fn walk<'v>(&'v self, pointer: &Pointer, visit: &mut dyn FnMut(&Pointer, &'v Value<'s>)) {
        visit(pointer, self);
        match &self.kind {
            Kind::Object(object) => {
                for member in &object.members {
                    member.value.walk(&pointer.key(member.key.as_str()), visit);
                }
            }
            Kind::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    item.walk(&pointer.index(index), visit);
                }
            }
            _ => {}
        }
    }
}
