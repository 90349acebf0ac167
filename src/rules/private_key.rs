//! Rules about the private key.

mod key_pair_mismatch;
pub(super) mod private_key_algorithm;
mod private_key_encrypted;
mod private_key_exponent;
mod private_key_inconsistent;
mod private_key_published;
mod private_key_syntax;
mod private_key_weak;

use crate::credential::{Certificate, Credential};
use crate::rule::Rule;

pub(super) const RULES: &[&Rule] = &[
    &private_key_syntax::RULE,
    &private_key_encrypted::RULE,
    &private_key_algorithm::RULE,
    &private_key_inconsistent::RULE,
    &private_key_weak::RULE,
    &private_key_exponent::RULE,
    &private_key_published::RULE,
    &key_pair_mismatch::RULE,
];

/// The certificate, which may vouch for the key.
fn certificate<'c>(credential: &'c Credential<'_, '_>) -> Option<&'c Certificate> {
    credential.certificate.as_ref()?.certificate.as_ref().ok()
}
