//! Rules about how credentials are kept, which nothing in a document by itself can tell.

mod storage_duplicate;
mod storage_key_shared;
mod storage_permissions;
mod storage_shared_prime;
mod storage_superseded;

use crate::record::Record;
use crate::rule::Rule;

pub(super) const RULES: &[&Rule] = &[
    &storage_permissions::RULE,
    &storage_duplicate::RULE,
    &storage_key_shared::RULE,
    &storage_superseded::RULE,
    &storage_shared_prime::RULE,
];

/// The name by which a credential is spoken of.
fn client(entry: &Record) -> &str {
    entry.client_id.as_deref().unwrap_or("a credential without a readable client ID")
}

/// The first place of an entry at which it can be used, by its index; the first of all if there is none.
fn telling_site(entry: &Record) -> usize {
    entry.sites.iter().position(|site| site.usable).unwrap_or(0)
}
