//! Lines of a log with a block of PEM in them, each behind what its logger writes, which may look like another syntax: `1: a`.
//!
//! Owns: telling that a text is such a log. Does not own: what is before the lines (see `find::margin`), what is in them.

use crate::unwrap::find::prefixed::{self, Prefix};
use crate::unwrap::limits::Budget;
use crate::unwrap::piece::{Inside, Pieces, pieces};
use crate::unwrap::place::Text;
use crate::unwrap::shared::end_of_line;

/// The text as prose, if its first line is behind the same as a block of PEM in it is.
pub(crate) fn read<'t>(text: &'t Text<'_>, _: &'t Budget<'_>) -> Option<Pieces<'t>> {
    let whole = text.text();
    let first = end_of_line(whole, whole.len() - whole.trim_start().len());
    let blocks = prefixed::blocks(whole);
    let (prefix, lines) = blocks.first()?;
    let is_log = *prefix == Prefix::Words && lines.all().start <= first;
    is_log.then(|| pieces([Inside::Prose(text.all()).here()]))
}
