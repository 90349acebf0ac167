//! Rules about the fields that are not PEM.

mod account_mismatch;
mod field_empty;
mod field_missing;
mod field_placeholder;
mod field_type;
mod field_unknown;
mod field_whitespace;
mod identifier_form;
mod identifier_swapped;
mod ims_endpoint_form;
mod ims_endpoint_host;
mod ims_endpoint_stage;
mod metascopes_aem;
mod metascopes_form;

use crate::rule::Rule;

pub(super) const RULES: &[&Rule] = &[
    &field_missing::RULE,
    &field_type::RULE,
    &field_empty::RULE,
    &field_placeholder::RULE,
    &field_whitespace::RULE,
    &field_unknown::RULE,
    &ims_endpoint_form::RULE,
    &ims_endpoint_host::RULE,
    &ims_endpoint_stage::RULE,
    &metascopes_form::RULE,
    &metascopes_aem::RULE,
    &identifier_form::RULE,
    &identifier_swapped::RULE,
    &account_mismatch::RULE,
];
