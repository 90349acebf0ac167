//! Rules about aemcred's own configuration and baseline: what suppresses findings, and whether it still does.

mod suppression_expired;
mod suppression_unused;

use crate::rule::Rule;

pub(super) const RULES: &[&Rule] = &[&suppression_expired::RULE, &suppression_unused::RULE];
