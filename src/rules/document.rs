//! Rules about the file and the document as a whole.

mod document_duplicate_key;
mod document_encoding;
mod document_error_response;
mod document_kind;
mod document_size;
mod document_syntax;
mod document_wrapper;

use crate::rule::Rule;

pub(super) const RULES: &[&Rule] = &[
    &document_encoding::RULE,
    &document_syntax::RULE,
    &document_size::RULE,
    &document_duplicate_key::RULE,
    &document_kind::RULE,
    &document_error_response::RULE,
    &document_wrapper::RULE,
];
