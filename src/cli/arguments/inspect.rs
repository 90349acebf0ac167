//! What `aemcred inspect` can be told.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::policy::PolicyOptions;
use super::value::{Color, parse_size};

#[derive(Debug, Args)]
#[command(after_help = "\
The JWT assertion that a client would send is made and its signature verified, but neither is printed. A token's own \
signature can't be verified: the key is Adobe's.

A credential that lies in something else (a Kubernetes Secret, an .env file, base64) is found there. If there are \
several, --client ID chooses one.

Exit status: 0 without findings of level error, 1 with one or when there is no credential, 2 when the file can't be read or it is \
not clear which of its credentials is meant.")]
pub(in crate::cli) struct InspectOptions {
    /// The file; `-` is standard input
    #[arg(value_name = "FILE")]
    pub(in crate::cli) file: PathBuf,

    /// Of several credentials in the file, inspect that of this client
    #[arg(long, value_name = "ID")]
    pub(in crate::cli) client: Option<String>,

    /// The format on standard output
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(in crate::cli) format: InspectFormat,

    #[command(flatten)]
    pub(in crate::cli) policy: PolicyOptions,

    /// The name under which standard input is reported
    #[arg(long, value_name = "NAME", default_value = "<stdin>")]
    pub(in crate::cli) stdin_filename: String,

    /// The largest file to look at, in bytes or with K, M or G
    #[arg(long, value_name = "SIZE", default_value = "1M", value_parser = parse_size)]
    pub(in crate::cli) max_size: u64,

    /// When to use colours
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub(in crate::cli) color: Color,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum InspectFormat {
    /// Sections, for people
    Text,
    /// Everything, for machines
    Json,
}
