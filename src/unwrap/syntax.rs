//! The syntaxes that a text may be written in.
//!
//! Owns: the list of them, in the order in which they are tried. Does not own: any one syntax, nor what becomes of what is
//! found.

mod broken;
mod encoded;
mod escaped;
pub(crate) mod json;
mod json_lines;
pub(crate) mod lines;
mod log;
mod mail;
pub(crate) mod object;
mod rtf;
mod terminal;
mod xml;
mod yaml;

use crate::unwrap::limits::Budget;
use crate::unwrap::piece::Pieces;
use crate::unwrap::place::Text;

/// Says what is in a text; `None` if the text is something else.
pub(crate) type Read = for<'t> fn(&'t Text<'_>, &'t Budget<'_>) -> Option<Pieces<'t>>;

/// Each syntax. Another one is a file and a line here. What none of them reads is prose.
pub(crate) const SYNTAXES: [Read; 12] = [
    rtf::read,
    terminal::read,
    json::read,
    json_lines::read,
    object::read,
    broken::read,
    log::read,
    mail::read,
    encoded::read,
    escaped::read,
    xml::read,
    yaml::read,
];
