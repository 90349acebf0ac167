//! What `aemcred compare` can be told.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::JUDGMENT;
use super::document::DocumentOptions;
use super::policy::PolicyOptions;
use super::value::parse_pattern;
use crate::config::Pattern;

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  aemcred compare old.json new.json
  vault read -field=v secret/aem | aemcred compare old.json -
  aemcred compare --format json old.json new.json

A credential inside something else (a Kubernetes Secret, an .env file, base64) is found there.

Exit status: 0 when NEW is a rotation of OLD, 1 when it isn't or that is unknown, 2 when a file can't be read. With \
--in also 1 while a place contains OLD or a part of it.

A redacted copy of OLD is enough if it keeps all that is compared:
  aemcred redact --keep certificate --keep ids --keep organization old.json")]
pub(in crate::cli) struct CompareOptions {
    /// The credential that is to be replaced; `-` is standard input
    #[arg(value_name = "OLD")]
    pub(in crate::cli) old: PathBuf,

    /// The credential that takes its place; `-` is standard input
    #[arg(value_name = "NEW")]
    pub(in crate::cli) new: PathBuf,

    /// Of several credentials in OLD, compare that of this client
    #[arg(long, value_name = "ID")]
    pub(in crate::cli) old_client: Option<String>,

    /// Of several credentials in NEW, compare that of this client
    #[arg(long, value_name = "ID")]
    pub(in crate::cli) new_client: Option<String>,

    /// Look through files and folders as audit does, and list where OLD is and where NEW is
    #[arg(long = "in", value_name = "PATH", num_args = 1..)]
    pub(in crate::cli) within: Vec<PathBuf>,

    /// With --in, pass over files and folders that match this pattern, seen from the current folder; may be repeated
    #[arg(long, value_name = "PATTERN", value_parser = parse_pattern, requires = "within")]
    pub(in crate::cli) exclude: Vec<Pattern>,

    /// The format on standard output
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(in crate::cli) format: CompareFormat,

    #[command(flatten, next_help_heading = JUDGMENT)]
    pub(in crate::cli) policy: PolicyOptions,

    #[command(flatten)]
    pub(in crate::cli) document: DocumentOptions,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum CompareFormat {
    /// A line for everything that is compared, for people
    Text,
    /// Everything, for machines
    Json,
}
