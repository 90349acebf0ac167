//! `aemcred rules`: the catalogue.

use super::arguments::{ListingFormat, RulesOptions};
use super::{CLEAN, CliError, Streams};
use crate::report::catalogue;

pub(super) fn run(options: &RulesOptions, streams: &mut Streams<'_>) -> Result<u8, CliError> {
    let write = match options.format {
        ListingFormat::Text => catalogue::text,
        ListingFormat::Json => catalogue::json,
        ListingFormat::Markdown => catalogue::markdown,
    };
    write(options.name, streams.out)?;
    Ok(CLEAN)
}
