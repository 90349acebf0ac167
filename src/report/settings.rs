//! What `aemcred check --show-settings` prints: each value and where it comes from.
//!
//! Owns: columns. Does not own: which settings there are, and who decides (see `cli/policy`).

use std::io::{self, Write};

use unicode_width::UnicodeWidthStr as _;

use super::Drawing;
use super::lines::{behind, padded, whole};

/// A setting, each text on one line.
#[derive(Debug)]
pub struct Row {
    /// What it is called in the configuration.
    pub key: String,
    /// Its value.
    pub value: String,
    /// Who decided on it.
    pub origin: String,
}

/// Writes the table. Where there is no room for a column, where a value comes from is behind it.
pub fn write(configuration: &str, rows: &[Row], drawing: Drawing, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}\n", behind("configuration: ", &whole(configuration), drawing.width))?;
    let width =
        |column: &dyn Fn(&Row) -> &str| rows.iter().map(|row| column(row).width()).max().unwrap_or_default();
    let (keys, values, origins) =
        (width(&|row| &row.key), width(&|row| &row.value), width(&|row| &row.origin));
    let is_wide = keys + 2 + values + 2 + origins <= drawing.width;
    for Row { key, value, origin } in rows {
        let key = padded(key, keys + 2);
        if is_wide {
            writeln!(out, "{key}{}  {origin}", padded(value, values))?;
        } else {
            writeln!(out, "{}", behind(&key, &format!("{value}  {origin}"), drawing.width))?;
        }
    }
    Ok(())
}
