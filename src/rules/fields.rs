//! Rules about the fields that are not PEM.

mod account_mismatch;
mod credential_retired;
mod exposed_to_browser;
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
mod key_file_unread;
mod metascopes_aem;
mod metascopes_form;

pub(crate) use exposed_to_browser::is_public_name;

use crate::credential::{Field, FieldEntry};
use crate::finding::Level;
use crate::rule::{Basis, Rule};

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
    &key_file_unread::RULE,
    &exposed_to_browser::RULE,
    &credential_retired::RULE,
];

/// What follows if a field isn't there, or its value is none.
fn claim(entry: &FieldEntry<'_, '_>) -> (Basis, Level) {
    match entry.field {
        _ if entry.stops_client() => (Basis::Client, Level::Error),
        Field::Email | Field::ProjectAccountEmail => (Basis::Policy, Level::Note),
        field if field.is_unread() => (Basis::Policy, Level::Warning),
        _ => (Basis::Service, Level::Error),
    }
}

/// The same in a sentence.
fn consequence(entry: &FieldEntry<'_, '_>) -> &'static str {
    match (claim(entry).0, entry.field) {
        (Basis::Client, _) => "Adobe's client throws an error before it sends anything.",
        (Basis::Policy, Field::PublicKey) => {
            "Adobe's client never reads it, but without the certificate the expiry date is unknown."
        }
        (Basis::Policy, _) => "Adobe's client never reads it, so tokens can be requested all the same.",
        _ => "Adobe's client sends this value, and Adobe refuses it.",
    }
}
