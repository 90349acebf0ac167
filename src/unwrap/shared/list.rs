//! A list that stands for one value.
//!
//! Owns: telling such a list from one of several values. Does not own: how lists are written.

use crate::credential::{Field, field_of};
use crate::source::Span;
use crate::unwrap::place::{Builder, Extract};

/// A list of metascopes with commas between them, or of the lines of PEM.
pub(crate) fn list(items: &[&Extract]) -> Option<Extract> {
    Some(joined(items, separator(items.first()?.text())?))
}

/// What is between the values of a list that begins with `first`, if it may be such a list.
pub(crate) fn separator(first: &str) -> Option<&'static str> {
    match field_of(first)? {
        Field::Metascopes => Some(","),
        Field::PrivateKey | Field::PublicKey if !first.contains("-----END") => Some("\n"),
        _ => None,
    }
}

fn joined(items: &[&Extract], separator: &str) -> Extract {
    let mut list = Builder::default();
    for (index, value) in items.iter().enumerate() {
        let text = value.text();
        // Lines may have their breaks already.
        if index > 0 && !(separator == "\n" && items[index - 1].text().ends_with('\n')) {
            list.whole(separator, Span::at(value.all().start));
        }
        list.part(text, &value.origin, Span::new(0, text.len()));
    }
    list.finish()
}
