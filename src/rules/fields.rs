//! Rules about the fields that are not PEM.

mod field_missing;

use crate::rule::Rule;

pub(super) const RULES: &[&Rule] = &[&field_missing::RULE];
