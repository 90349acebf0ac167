//! A text that stands for another one as a whole.
//!
//! Owns: that it does. Does not own: the encodings (see `decode`).

use crate::unwrap::find::candidate::decoded;
use crate::unwrap::limits::Budget;
use crate::unwrap::piece::{Inside, Pieces, pieces};
use crate::unwrap::place::Text;

/// What `text` stands for.
pub(crate) fn read<'t>(text: &'t Text<'_>, _: &'t Budget<'_>) -> Option<Pieces<'t>> {
    decoded(text.text()).map(|(step, decoded)| pieces([Inside::Text(decoded).after(step)]))
}
