//! Rules about how credentials are kept, which nothing in a document by itself can tell.

mod storage_duplicate;
mod storage_git_history;
mod storage_git_tracked;
mod storage_git_unignored;
mod storage_key_shared;
mod storage_permissions;
mod storage_shared_prime;
mod storage_superseded;

use crate::gate::SIGN;
use crate::record::{Location, Record};
use crate::rule::Rule;

pub(super) const RULES: &[&Rule] = &[
    &storage_git_history::RULE,
    &storage_git_tracked::RULE,
    &storage_git_unignored::RULE,
    &storage_permissions::RULE,
    &storage_duplicate::RULE,
    &storage_key_shared::RULE,
    &storage_superseded::RULE,
    &storage_shared_prime::RULE,
];

/// The name by which a credential is spoken of.
fn client(record: &Record) -> &str {
    record.client_id.as_deref().unwrap_or("a credential without a readable client ID")
}

/// The first place of a record at which it can be used, by its index; the first of all if there is none.
fn telling_location(record: &Record) -> usize {
    record.locations.iter().position(|location| location.usable).unwrap_or(0)
}

/// Where a credential is kept instead of in a repository. A sentence.
const KEEP_ELSEWHERE: &str =
    "Store it in a file that .gitignore names, in a secret store, or encrypted with SOPS.";

/// The secrets at a place and whose they are: `private key of cm-p1-e2-integration-0`.
fn held(record: &Record, location: &Location) -> String {
    let of = record.client_id.as_ref().map(|id| format!(" of {id}")).unwrap_or_default();
    format!("{}{of}", location.in_clear.words())
}

/// The file as an argument for a shell. A name that can't be shown whole is left to the reader.
fn argument(location: &Location) -> String {
    let name = location.path.one_line();
    let is_plain = |letter: char| letter.is_alphanumeric() || "/._-+@=,".contains(letter);
    match name.as_str() {
        name if name != location.path.as_str() || name.contains(SIGN) => String::from("FILE"),
        name if name.chars().all(is_plain) && !name.starts_with('-') => name.to_owned(),
        name => {
            format!("{}'{}'", if name.starts_with('-') { "-- " } else { "" }, name.replace('\'', r"'\''"))
        }
    }
}
