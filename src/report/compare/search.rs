//! Where OLD and NEW are, as text: a list of places under what they hold, and a sentence.
//!
//! Owns: the layout and its words. Does not own: what a place holds (see `compare/search`).

use std::io::{self, Write};

use anstyle::AnsiColor;
use unicode_width::UnicodeWidthStr as _;

use super::super::Drawing;
use super::super::inventory::{client_name, place};
use super::SearchResult;
use crate::compare::search::{HoldingPlace, Holds};
use crate::record::Record;
use crate::report::{counted, one_line};

/// Writes the list.
pub(super) fn write(search: &SearchResult, drawing: Drawing, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out)?;
    for holding in &search.places {
        let (mark, color) = match holding.holds {
            Holds::Old | Holds::Both => ('✗', AnsiColor::Red),
            Holds::Unknown => ('?', AnsiColor::Yellow),
            Holds::New => ('✓', AnsiColor::Green),
            Holds::Shared | Holds::Neither => ('·', AnsiColor::White),
        };
        let style = drawing.bright(color);
        let (place, words) = (place(&holding.location), words(holding));
        let is_short = place.width() + words.width() + 4 <= drawing.width;
        let gap = if is_short { ": " } else { "\n    " };
        writeln!(out, "{style}{mark}{style:#} {place}{gap}{words}")?;
    }
    if !search.places.is_empty() {
        writeln!(out)?;
    }
    if !search.complete {
        writeln!(out, "interrupted: this is what was found until then")?;
    }
    let bold = drawing.bold();
    writeln!(out, "{}", search.extent.sentence())?;
    writeln!(out, "{bold}{}{bold:#}", sentence(search))
}

/// `OLD: private key and certificate`
fn words(holding: &HoldingPlace) -> String {
    let parts: Vec<&str> = holding.parts.iter().map(|part| part.words()).collect();
    let held = holding.holds.words();
    match holding.holds {
        Holds::Old | Holds::New if holding.is_whole => format!("{held}, whole"),
        Holds::Old | Holds::New | Holds::Shared => format!("{held}: {}", parts.join(", ")),
        Holds::Both => format!("{held}; OLD's {}", parts.join(", ")),
        Holds::Unknown => format!("{held}: {}", holding.state.name()),
        Holds::Neither => {
            let record =
                Record { client_id: holding.client_id.clone(), state: holding.state, ..Record::default() };
            let client = one_line(client_name(&record));
            format!("{held}: {client}, {}, {}", holding.kind.name().replace('-', " "), holding.state.name())
        }
    }
}

/// `OLD is still held at 2 places; NEW at 1, neither at 3`
fn sentence(search: &SearchResult) -> String {
    let count = |holds| search.places.iter().filter(|holding| holding.holds == holds).count();
    let old = match count(Holds::Old) + count(Holds::Both) {
        0 => String::from("no place holds OLD"),
        1 => String::from("1 place still holds OLD"),
        many => format!("{} still hold OLD", counted(many, "place")),
    };
    let rest = [
        (Holds::Unknown, "unknown"),
        (Holds::New, "NEW"),
        (Holds::Shared, "what both have"),
        (Holds::Neither, "neither"),
    ];
    let rest = rest.into_iter().map(|(holds, words)| (count(holds), words)).filter(|(count, _)| *count > 0);
    let rest: Vec<String> = rest.map(|(count, words)| format!("{words}: {count}")).collect();
    let failures = (!search.failures.is_empty()).then(|| counted(search.failures.len(), "failure"));
    std::iter::once(old).chain(rest).chain(failures).collect::<Vec<_>>().join("; ")
}
