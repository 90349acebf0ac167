//! Which of the credentials in one file is meant.
//!
//! Owns: choosing by client ID, and the words where that can't be done. Does not own: finding them (see `examine`).

use crate::examine::{Checked, Examined};
use crate::record::Record;
use crate::report::{counted, one_line, public_id};

/// The document that is meant.
pub(super) struct Choice<T> {
    pub(super) examined: Examined<T>,
    /// How many documents of the same client there are.
    pub(super) alike: usize,
}

/// Chooses from the `documents` of a file: those of `client`, or of the only client that there is. Errors are words to be said of the file.
pub(super) fn choose<T>(mut documents: Vec<Examined<T>>, client: Option<&str>) -> Result<Choice<T>, String> {
    // What only looked like a credential from outside is meant only if there is nothing else.
    if documents.iter().any(|examined| examined.checked.is_credential) {
        documents.retain(|examined| examined.checked.is_credential);
    }
    let all = |documents: &[Examined<T>]| list(documents.iter().map(|examined| &examined.checked));
    if let Some(client) = client {
        if !documents.iter().any(|examined| is_of(examined, client)) {
            // What was typed may be a secret by mistake.
            let client = public_id(client)
                .map_or_else(|| String::from("this client"), |id| format!("the client {id}"));
            return Err(format!("holds no credential of {client}, but:{}", all(&documents)));
        }
        documents.retain(|examined| is_of(examined, client));
    } else if !is_one_client(&documents) {
        let holds = counted(documents.len(), "credential");
        return Err(format!("holds {holds}; choose one with --client ID:{}", all(&documents)));
    }
    let alike = documents.len();
    let first = documents.into_iter().next();
    first.map(|examined| Choice { examined, alike }).ok_or_else(|| String::from("holds no credential"))
}

/// Whether all are of the same client, as far as can be told.
fn is_one_client<T>(documents: &[Examined<T>]) -> bool {
    let mut clients = documents.iter().map(|examined| examined.checked.record.client_id.as_ref());
    match (documents.len(), clients.next().flatten()) {
        (0 | 1, _) => true,
        (_, first) => first.is_some() && clients.all(|client| client == first),
    }
}

/// Whether a document is of `client`. Of what nothing can be read the credentials in it count.
fn is_of<T>(examined: &Examined<T>, client: &str) -> bool {
    std::iter::once(&examined.checked.record).chain(&examined.members).any(|record| names(record, client))
}

/// Whether a record is of `client`.
pub(super) fn names(record: &Record, client: &str) -> bool {
    let listed = record.listed.iter().filter_map(|listed| listed.client_id.as_deref());
    record.client_id.as_deref().into_iter().chain(listed).any(|id| id == client)
}

/// A line for each, with its place and client ID.
fn list<'c>(all: impl Iterator<Item = &'c Checked> + Clone) -> String {
    /// More than these nobody reads.
    const LONGEST: usize = 100;
    let mut lines: Vec<String> = all.clone().take(LONGEST).map(|checked| line(&checked.record)).collect();
    if let Some(more @ 1..) = all.clone().count().checked_sub(LONGEST) {
        lines.push(format!("\n  and {more} more"));
    }
    if all.map(|checked| &checked.record).any(|record| record.client_id.is_none() && record.listed.is_empty())
    {
        lines.push(String::from("\nTo inspect one whose client ID is unknown, copy it to a separate file"));
    }
    lines.concat()
}

fn line(record: &Record) -> String {
    let place =
        record.locations.first().map(|location| format!("{} ", location.position)).unwrap_or_default();
    let within = record.within();
    let within = if within.is_empty() { within } else { format!("{}, ", one_line(&within)) };
    let kind = record.kind.name().replace('-', " ");
    let listed: Vec<&str> = record.listed.iter().filter_map(|listed| listed.client_id.as_deref()).collect();
    let client = match &record.client_id {
        Some(client) => one_line(client),
        None if listed.is_empty() => String::from("client ID unknown"),
        None => one_line(&listed.join(", ")),
    };
    format!("\n  {place}{within}{kind}: {client}")
}
