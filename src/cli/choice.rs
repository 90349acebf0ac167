//! Which of the credentials in one file is meant.
//!
//! Owns: choosing by client ID, and the words where that can't be done. Does not own: finding them (see `opened`).

use super::opened;
use crate::check::{self, Checked};
use crate::credential::presentable_id;
use crate::discover::unwrap::Document;
use crate::report::{counted, one_line};
use crate::rule::Settings;

/// The document that is meant.
pub(super) struct Choice {
    pub(super) document: Document,
    /// How many documents of the same client there are.
    pub(super) alike: usize,
}

/// Makes sure that the one document of a file is of the `client` that was asked for.
pub(super) fn confirm(checked: &Checked, client: Option<&str>) -> Result<(), String> {
    match client {
        Some(client) if !is_of(checked, client) => Err(nothing_of(client, std::slice::from_ref(checked))),
        _ => Ok(()),
    }
}

/// Chooses from the `documents` of a file: those of `client`, or of the only client that there is.
///
/// # Errors
///
/// In words to be said of the file.
pub(super) fn choose(
    documents: Vec<Document>,
    client: Option<&str>,
    settings: &Settings<'_>,
) -> Result<Choice, String> {
    let mut candidates: Vec<(Document, Checked)> = documents
        .into_iter()
        .map(|document| {
            let (bytes, around) = (document.bytes.clone(), document.trail.surroundings());
            let mut checked = check::check_within(bytes, &document.form, around, settings);
            opened::locate(&mut checked, &document.trail);
            (document, checked)
        })
        .collect();
    // What only looked like a credential from outside is meant only if there is nothing else.
    if candidates.iter().any(|(_, checked)| checked.looks_like_credential) {
        candidates.retain(|(_, checked)| checked.looks_like_credential);
    }
    let all = |candidates: Vec<(Document, Checked)>| -> Vec<Checked> {
        candidates.into_iter().map(|(_, checked)| checked).collect()
    };
    if let Some(client) = client {
        if !candidates.iter().any(|(_, checked)| is_of(checked, client)) {
            return Err(nothing_of(client, &all(candidates)));
        }
        candidates.retain(|(_, checked)| is_of(checked, client));
    } else if !is_one_client(&candidates) {
        let all = all(candidates);
        let holds = counted(all.len(), "credential");
        return Err(format!("holds {holds}; choose one with --client ID:{}", list(&all)));
    }
    let alike = candidates.len();
    let first = candidates.into_iter().next();
    first.map(|(document, _)| Choice { document, alike }).ok_or_else(|| String::from("holds no credential"))
}

/// Whether all are of the same client, as far as can be told.
fn is_one_client(candidates: &[(Document, Checked)]) -> bool {
    let clients: Vec<_> = candidates.iter().map(|(_, checked)| checked.facts.client_id.as_ref()).collect();
    match clients.as_slice() {
        [_] => true,
        [Some(first), rest @ ..] => rest.iter().all(|client| *client == Some(first)),
        _ => false,
    }
}

fn is_of(checked: &Checked, client: &str) -> bool {
    let facts = &checked.facts;
    let listed = facts.listed.iter().filter_map(|listed| listed.client_id.as_deref());
    facts.client_id.as_deref().into_iter().chain(listed).any(|id| id == client)
}

/// What was typed may be a secret by mistake.
fn nothing_of(client: &str, all: &[Checked]) -> String {
    let client = if presentable_id(client) {
        format!("the client {}", one_line(client))
    } else {
        String::from("this client")
    };
    format!("holds no credential of {client}, but:{}", list(all))
}

/// A line for each, with its place and client ID.
fn list(all: &[Checked]) -> String {
    /// More than these nobody reads.
    const LONGEST: usize = 100;
    let mut lines: Vec<String> = all.iter().take(LONGEST).map(line).collect();
    if all.len() > LONGEST {
        lines.push(format!("\n  and {} more", all.len() - LONGEST));
    }
    if all.iter().any(|checked| checked.facts.client_id.is_none() && checked.facts.listed.is_empty()) {
        lines.push(String::from(
            "\nTo inspect one whose client ID can't be told, copy it into a file of its own",
        ));
    }
    lines.concat()
}

fn line(checked: &Checked) -> String {
    let facts = &checked.facts;
    let place = match &checked.trace {
        Some(trace) => format!("{} ", trace.beginning),
        None => String::new(),
    };
    let within =
        if facts.within.is_empty() { String::new() } else { format!("{}, ", one_line(&facts.within)) };
    let kind = checked.kind.name().replace('-', " ");
    let listed: Vec<&str> = facts.listed.iter().filter_map(|listed| listed.client_id.as_deref()).collect();
    let client = match &facts.client_id {
        Some(client) => one_line(client),
        None if listed.is_empty() => String::from("client ID not told"),
        None => one_line(&listed.join(", ")),
    };
    format!("\n  {place}{within}{kind}: {client}")
}
