//! Parts of Markdown reports: cells and sentences.

use super::super::escape::{code, text};
use super::{client_name, listed, past, short_place};
use crate::record::{Location, Record};

/// What stands above the table when a run was interrupted.
pub(in crate::report) const INTERRUPTED: &str =
    "**The run was interrupted: this is what was found until then.**\n";

/// The cell with the client.
pub(in crate::report) fn client(record: &Record) -> String {
    code(client_name(record))
}

/// The cell with the first places.
pub(in crate::report) fn places(record: &Record) -> String {
    let shown = |location: &Location| match past(location) {
        past if past.is_empty() => code(&short_place(location)),
        past => format!("{} {}", code(&short_place(location)), text(&past)),
    };
    listed(record, 5, shown).join("<br>")
}
