//! Rules about the private key.

mod key_pair_mismatch;

use crate::rule::Rule;

pub(super) const RULES: &[&Rule] = &[&key_pair_mismatch::RULE];
