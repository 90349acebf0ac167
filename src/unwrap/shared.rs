//! What several syntaxes, decoders and containers share, none of which names another.
//!
//! Owns: the tree, pairs of name and value, writing JSON, scanning, escapes, reading within limits. Does not own: any one
//! syntax.

mod assignment;
mod bounded;
mod dialect;
mod escape;
mod list;
mod name;
mod node;
mod quoted_printable;
mod quotes;
mod scan;
mod write;

pub(crate) use assignment::{Assignment, Unread};
pub(crate) use bounded::{Careful, Counted, End, read};
pub(crate) use dialect::Dialect;
pub(crate) use escape::{escaped_by, undoubled, unescape, unescape_indented, unescaped_once};
pub(crate) use list::{list, separator};
pub(crate) use name::before as name_before;
pub(crate) use node::{Format, Member, Node, NodeKind, Scalar, get};
pub(crate) use quoted_printable::quoted_printable;
pub(crate) use quotes::{QUOTES, closing_quote, opening, quote_at, unindented};
pub(crate) use scan::{closing, end_of_line, floor, is_bare, is_continued, is_digit, object_length};
pub(crate) use write::Writer;
