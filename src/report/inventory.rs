//! What `audit` and `renewals` tell of a credential: rows and their words.
//!
//! Owns: places, names, the identity of a credential in tables and in JSON. Does not own: what only one of the two tells.

pub(super) mod csv;
pub(super) mod json;
pub(super) mod markdown;

use super::one_line;
use crate::credential::{ClientId, DocumentKind};
use crate::record::{Record, Site, State};

/// `service.yaml:7:12 → data."service.json" → base64`, on one line. The JSON pointer is left out where it is the whole
/// document.
pub(super) fn place(site: &Site) -> String {
    let mut place = format!("{}:{}", site.path.one_line(), site.position);
    for step in site.steps.iter().map(String::as_str).chain([site.pointer.as_str()]) {
        if !step.is_empty() {
            place.push_str(" → ");
            place.push_str(&one_line(step));
        }
    }
    place
}

/// The place without line and column, where rows are many and room is scarce.
pub(super) fn short_place(site: &Site) -> String {
    let mut place = site.path.one_line();
    for step in &site.steps {
        place.push_str(" → ");
        place.push_str(&one_line(step));
    }
    place
}

/// The first places of a credential, `most` of them, as `shown`, and how many more there are.
pub(super) fn listed(record: &Record, most: usize, shown: impl Fn(&Site) -> String) -> Vec<String> {
    let more = record.sites.len().checked_sub(most).filter(|more| *more > 0);
    let places = record.sites.iter().take(most).map(shown);
    places.chain(more.map(|more| format!("and {more} more"))).collect()
}

/// The program and environment that the client ID names.
pub(super) fn client(entry: &Record) -> Option<ClientId<'_>> {
    entry.client_id.as_deref().and_then(ClientId::parse)
}

/// What the client is called: its ID, or words for its absence.
pub(super) fn client_name(entry: &Record) -> &str {
    entry.client_id.as_deref().unwrap_or(match entry.state {
        State::Encrypted => "(encrypted)",
        State::Redacted => "(redacted)",
        _ => "(client unknown)",
    })
}

/// What stands in the place of an end that nothing says: words, where people would expect a date.
pub(super) fn no_end(entry: &Record) -> &'static str {
    match (entry.kind, entry.state) {
        (DocumentKind::ServiceCredentials, State::Partial) => "unknown",
        _ => "",
    }
}
