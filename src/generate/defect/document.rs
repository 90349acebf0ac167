//! Defects of the document as a whole.

use super::{Row, Tampering};
use crate::generate::node::Node;
use crate::generate::synthetic;

pub(super) const DEFECTS: &[Row] = &[
    ("document-encoding", Tampering::Text(byte_order_mark)),
    ("document-syntax", Tampering::Text(trailing_comma)),
    ("document-size", Tampering::Text(oversize)),
    ("document-duplicate-key", Tampering::Document(duplicate_key)),
    ("document-kind", Tampering::Document(other_kind)),
    ("document-error-response", Tampering::Document(error_response)),
    ("document-wrapper", Tampering::Document(without_wrapper)),
];

/// The usual limit of a document's size in bytes: 1 MiB.
const SIZE_LIMIT: usize = 1 << 20;

fn byte_order_mark(text: &[u8]) -> Vec<u8> {
    ["\u{FEFF}".as_bytes(), text].concat()
}

fn trailing_comma(text: &[u8]) -> Vec<u8> {
    [text.strip_suffix(b"\n}\n").unwrap_or(text), b",\n}\n"].concat()
}

/// White space is the one filling that leaves a valid document with the same contents.
fn oversize(text: &[u8]) -> Vec<u8> {
    let padding = vec![b' '; (SIZE_LIMIT + 1).saturating_sub(text.len())];
    [text.trim_ascii_end(), &padding, b"\n"].concat()
}

/// The right value last, so that readers like `JSON.parse` take it.
fn duplicate_key(document: &mut Node) {
    if let Some(members) = document.members(&["integration", "technicalAccount"])
        && let Some((key, Node::Text(client_id))) = members.first()
    {
        let other = Node::text(&synthetic::with_other_environment(client_id.expose()));
        members.insert(0, (*key, other));
    }
}

/// The description of a Node package.
fn other_kind(document: &mut Node) {
    *document = Node::Object(vec![
        ("name", Node::text("synthetic-package")),
        ("version", Node::text("1.0.0")),
        ("private", Node::Boolean(true)),
    ]);
}

/// There is no integration to go with a refusal. What else an error answer of the console has is not documented.
fn error_response(document: &mut Node) {
    *document = Node::Object(vec![("ok", Node::Boolean(false)), ("statusCode", Node::Number(404))]);
}

fn without_wrapper(document: &mut Node) {
    if let Some(members) = document.members(&["integration"]) {
        *document = Node::Object(std::mem::take(members));
    }
}
