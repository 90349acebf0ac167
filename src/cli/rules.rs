//! `aemcred rules`: the catalogue.

use super::arguments::{ListingFormat, RulesOptions};
use super::reports::drawing;
use super::{CLEAN, CliError, Environment, Streams};
use crate::report::catalogue;

pub(super) fn run(
    options: &RulesOptions,
    environment: &Environment,
    streams: &mut Streams<'_>,
) -> Result<u8, CliError> {
    match options.format {
        ListingFormat::Text => {
            catalogue::text(options.name, drawing(options.color, false, environment), streams.out)?;
        }
        ListingFormat::Json => catalogue::json(options.name, streams.out)?,
        ListingFormat::Markdown => catalogue::markdown(options.name, streams.out)?,
    }
    Ok(CLEAN)
}
