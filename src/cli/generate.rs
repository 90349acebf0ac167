//! `aemcred generate`: a synthetic credential.

use std::io;

use chrono::TimeDelta;

use super::arguments::GenerateOptions;
use super::output::write_secret;
use super::paths::name;
use super::{CLEAN, CliError, Environment, Streams};
use crate::discover::io_words;
use crate::generate::{GenerateError, Seed, Specification, generate};

pub(super) fn run(
    options: &GenerateOptions,
    environment: &Environment,
    streams: &mut Streams<'_>,
) -> Result<u8, CliError> {
    let seed = match options.seed {
        Some(number) => Seed::from(number),
        None => Seed::new((environment.random)().map_err(CliError::Random)?),
    };
    let mut specification = Specification::new(seed, options.now.unwrap_or(environment.now));
    specification.bits = options.bits;
    specification.kind = options.kind;
    specification.defect = options.defect;
    if let Some(days) = options.days {
        specification.lifetime = TimeDelta::days(i64::from(days));
        specification.token_lifetime = specification.lifetime;
    }
    if let Some(not_before) = options.not_before {
        specification.not_before = not_before;
        specification.token_created_at = not_before;
    }
    if let Some(client_id) = &options.client_id {
        specification.client_id.clone_from(client_id);
    }
    if let Some(organization) = &options.organization {
        specification.organization.clone_from(organization);
    }
    let document = generate(&specification).map_err(|error| CliError::Usage(explained(&error)))?;
    let Some(file) = &options.file else {
        streams.out.write_all(document.expose())?;
        return Ok(CLEAN);
    };
    write_secret(file, document.expose(), options.force).map_err(|error| CliError::File {
        path: name(file).one_line(),
        reason: match error.kind() {
            io::ErrorKind::AlreadyExists => String::from("already exists; --force replaces it"),
            _ => format!("can't be written: {}", io_words(&error)),
        },
    })?;
    Ok(CLEAN)
}

fn explained(error: &GenerateError) -> String {
    format!("no credential was made: {error}")
}
