//! Defects of PEM spelling.

use super::{Row, Tampering};
use crate::generate::certificate::public_key_of;
use crate::generate::node::Node;
use crate::generate::pem::Block;
use crate::secret::Secret;

pub(super) const DEFECTS: &[Row] = &[
    ("pem-newlines", Tampering::Document(|document| edit_private_key(document, newlines_escaped_twice))),
    // Its own key: a certificate and a private key in each other's place would be two defects.
    (
        "pem-label",
        Tampering::Blocks(|blocks, _| {
            let public_key = public_key_of(blocks.public_key.bytes.expose())?;
            blocks.public_key = Block::new("PUBLIC KEY", Secret::new(public_key));
            Ok(())
        }),
    ),
    // As in the samples of Adobe's documentation.
    ("pem-syntax", Tampering::Document(|document| edit_private_key(document, four_dashes))),
    // As `base64` of the GNU core utilities has it.
    (
        "pem-form",
        Tampering::Blocks(|blocks, _| {
            blocks.private_key.columns = 76;
            Ok(())
        }),
    ),
];

fn edit_private_key(document: &mut Node, edit: fn(&str) -> String) {
    if let Some(Node::Text(text)) = document.member(&["integration"], "privateKey") {
        *text = Secret::new(edit(text.expose()));
    }
}

// `join` makes room once; `replace` would leave copies of the key behind while its result grows.

fn newlines_escaped_twice(text: &str) -> String {
    text.split("\r\n").collect::<Vec<_>>().join(r"\r\n")
}

fn four_dashes(text: &str) -> String {
    text.split("-----END").collect::<Vec<_>>().join("----END")
}
