pub(super) const RULES: &[&crate::rule::Rule] = &[];
