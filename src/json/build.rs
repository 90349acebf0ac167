//! What the parser makes of a text: values with everything that is known of them, or a tree with less.
//!
//! Owns: the steps in which either is made. Does not own: the grammar.

use super::{Kind, Member, Object, Text, Value};
use crate::source::Span;

/// What a JSON text can become. Spans of strings and keys are with their quotation marks, between which is `raw`, as written.
pub trait Build<'s>: Sized {
    /// A key and its value.
    type Member;

    /// A number, a boolean or null.
    fn other(span: Span, other: Other<'s>) -> Self;

    /// A string.
    fn string(span: Span, raw: &'s str, escaped: bool) -> Self;

    /// An array.
    fn array(span: Span, items: Vec<Self>) -> Self;

    /// An object.
    fn object(span: Span, members: Vec<Self::Member>) -> Self;

    /// A member of an object.
    fn member(key: Span, raw: &'s str, escaped: bool, value: Self) -> Self::Member;
}

/// A value that is neither a string nor has others in it.
#[derive(Clone, Copy, Debug)]
pub enum Other<'s> {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number, as written.
    Number(&'s str),
}

impl<'s> Build<'s> for Value<'s> {
    type Member = Member<'s>;

    fn other(span: Span, other: Other<'s>) -> Self {
        let kind = match other {
            Other::Null => Kind::Null,
            Other::Bool(value) => Kind::Bool(value),
            Other::Number(number) => Kind::Number(number),
        };
        Self { span, kind }
    }

    fn string(span: Span, raw: &'s str, escaped: bool) -> Self {
        Self { span, kind: Kind::String(Text::new(span, raw, escaped)) }
    }

    fn array(span: Span, items: Vec<Self>) -> Self {
        Self { span, kind: Kind::Array(items) }
    }

    fn object(span: Span, members: Vec<Member<'s>>) -> Self {
        Self { span, kind: Kind::Object(Object { members }) }
    }

    fn member(key: Span, raw: &'s str, escaped: bool, value: Self) -> Member<'s> {
        Member { key: Text::new(key, raw, escaped), value }
    }
}
