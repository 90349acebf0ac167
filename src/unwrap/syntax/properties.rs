//! Java's property files, which their names tell from YAML.
//!
//! Owns: that a text is one. Does not own: reading its lines (see `lines`).

use crate::unwrap::limits::{Budget, Limit};
use crate::unwrap::piece::{Inside, Pieces, pieces};
use crate::unwrap::place::Text;
use crate::unwrap::shared::dialect::Dialect;

/// All of `text` as lines.
pub(crate) fn read<'t>(text: &'t Text<'_>, _: &'t Budget<'_>) -> Result<Option<Pieces<'t>>, Limit> {
    let is_properties = Dialect::of(text.name()) == Dialect::Properties;
    Ok(is_properties.then(|| pieces([Inside::Prose(text.all()).here()])))
}
