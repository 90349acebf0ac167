//! What `audit` and `renewals` tell of a credential: rows and their words.
//!
//! Owns: places, names, the identity of a credential in tables and in JSON. Does not own: what only one of the two tells.

pub(super) mod csv;
pub(super) mod json;
pub(super) mod markdown;

use super::one_line;
use crate::credential::{ClientId, DocumentKind};
use crate::record::{Location, Record, State};

/// `service.yaml:7:12 → data."service.json" → base64`, on one line. The JSON pointer is left out where it is the whole
/// document.
pub(super) fn place(location: &Location) -> String {
    let mut place = format!("{}:{}", location.path.one_line(), location.position);
    for step in location.steps.iter().map(String::as_str).chain([location.pointer.as_str()]) {
        if !step.is_empty() {
            place.push_str(" → ");
            place.push_str(&one_line(step));
        }
    }
    place
}

/// The place without line and column, where rows are many and room is scarce.
pub(super) fn short_place(location: &Location) -> String {
    let mut place = location.path.one_line();
    for step in &location.steps {
        place.push_str(" → ");
        place.push_str(&one_line(step));
    }
    place
}

/// What became of a place in the history of a repository; empty for one in a file.
pub(super) fn past(location: &Location) -> String {
    location.past.as_ref().map(|past| past.sentence()).unwrap_or_default()
}

/// The first places of a credential, `most` of them, as `shown`, and how many more there are.
pub(super) fn listed(record: &Record, most: usize, shown: impl Fn(&Location) -> String) -> Vec<String> {
    let more = record.locations.len().checked_sub(most).filter(|more| *more > 0);
    let places = record.locations.iter().take(most).map(shown);
    places.chain(more.map(|more| format!("and {more} more"))).collect()
}

/// The program and environment that the client ID names.
pub(super) fn client(record: &Record) -> Option<ClientId<'_>> {
    record.client_id.as_deref().and_then(ClientId::parse)
}

/// What the client is called: its ID, or words for its absence.
pub(super) fn client_name(record: &Record) -> &str {
    record.client_id.as_deref().unwrap_or(match record.state {
        State::Encrypted => "(encrypted)",
        State::Redacted => "(redacted)",
        _ => "(client unknown)",
    })
}

/// What stands in the place of an end that nothing says: words, where people would expect a date.
pub(super) fn no_end(record: &Record) -> &'static str {
    match (record.kind, record.state) {
        (DocumentKind::ServiceCredentials, State::Partial) => "unknown",
        _ => "",
    }
}
