//! What `aemcred redact` can be told.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::value::parse_size;

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  aemcred redact service_token.json
  aemcred redact --output sample.json service_token.json
  aemcred redact --keep certificate,ids service_token.json

Line breaks, whitespace, keys and their order stay. Hidden are the private key, the client secret, tokens, identifiers, \
the organization, the certificate (its key size, validity and fingerprint are said), and every text under a key that \
aemcred doesn't know. The copy is searched for every eight characters of every secret before it is written.

Of a credential that is encoded in a file, as base64 in a Kubernetes Secret or in an archive, the copy is that of the \
credential itself.

Exit status: 0 when the copy was made, 2 when not; then nothing is written.")]
pub(in crate::cli) struct RedactOptions {
    /// The file; `-` is standard input
    #[arg(value_name = "FILE")]
    pub(in crate::cli) file: PathBuf,

    /// What to keep besides what is always public; certificate needs ids, because it names the client ID
    #[arg(long, value_name = "WHAT", value_delimiter = ',')]
    pub(in crate::cli) keep: Vec<Kept>,

    /// Copy the credential of this client, if the file has several
    #[arg(long, value_name = "ID")]
    pub(in crate::cli) client: Option<String>,

    /// Write the copy to a file instead of standard output; the original is never replaced
    #[arg(long, short, value_name = "PATH")]
    pub(in crate::cli) output: Option<PathBuf>,

    /// Replace an existing file
    #[arg(long, requires = "output")]
    pub(in crate::cli) force: bool,

    /// The largest file to look at, in bytes or with K, M or G
    #[arg(long, value_name = "SIZE", default_value = "1M", value_parser = parse_size)]
    pub(in crate::cli) max_size: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum Kept {
    /// The certificate
    Certificate,
    /// Client ID, technical account ID and email address
    Ids,
    /// The organization's ID
    #[value(alias = "organisation")]
    Organization,
}
