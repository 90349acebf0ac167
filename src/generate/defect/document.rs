//! Defects of the document as a whole.

use super::{Entry, Tampering};
use crate::generate::node::Node;
use crate::generate::synthetic;

pub(super) const DEFECTS: &[Entry] = &[
    Entry {
        rule: "document-encoding",
        description: "a UTF-8 byte-order mark before the document",
        tampering: Tampering::Text(byte_order_mark),
    },
    Entry {
        rule: "document-syntax",
        description: "a trailing comma after the last member",
        tampering: Tampering::Text(trailing_comma),
    },
    Entry {
        rule: "document-size",
        description: "white space after the document, up to one byte more than 1 MiB",
        tampering: Tampering::Text(oversize),
    },
    Entry {
        rule: "document-duplicate-key",
        description: "clientId twice, first with another environment's",
        tampering: Tampering::Document(duplicate_key),
    },
    Entry {
        rule: "document-kind",
        description: "the description of a Node package instead of a credential",
        tampering: Tampering::Document(other_kind),
    },
    Entry {
        rule: "document-error-response",
        description: "the console's answer 404, which has no integration",
        tampering: Tampering::Document(error_response),
    },
    Entry {
        rule: "document-wrapper",
        description: "the integration object alone",
        tampering: Tampering::Document(without_wrapper),
    },
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
