//! What `aemcred inspect` can be told.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::JUDGMENT;
use super::document::DocumentOptions;
use super::policy::PolicyOptions;

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  aemcred inspect service_token.json
  kubectl get secret aem -o json | aemcred inspect -
  aemcred inspect --client cm-p1-e2-integration-0 .env

The JWT assertion that a client would send is made and its signature verified, but neither is printed. A token's own \
signature can't be verified: the key is Adobe's.

A credential inside something else (a Kubernetes Secret, an .env file, base64) is found there. If there are \
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

    #[command(flatten, next_help_heading = JUDGMENT)]
    pub(in crate::cli) policy: PolicyOptions,

    #[command(flatten)]
    pub(in crate::cli) document: DocumentOptions,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum InspectFormat {
    /// Sections, for people
    Text,
    /// Everything, for machines
    Json,
}
