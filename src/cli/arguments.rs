//! What can be said on the command line: the commands. Each has a file with its options.

mod audit;
mod check;
mod compare;
mod deferred;
mod document;
mod generate;
mod history;
mod init;
mod inspect;
mod manual;
mod output;
mod policy;
mod redact;
mod renewals;
mod rules;
mod schema;
mod value;
mod walk;

use clap::{Parser, Subcommand};
use deferred::Deferred;

pub(super) use audit::{AuditFormat, AuditOptions};
pub(super) use check::{CheckOptions, Format};
pub(super) use compare::{CompareFormat, CompareOptions};
pub(super) use document::DocumentOptions;
pub(super) use generate::GenerateOptions;
pub(super) use history::HistoryOptions;
pub(super) use init::InitOptions;
pub(super) use inspect::{InspectFormat, InspectOptions};
pub(super) use manual::{CompletionsOptions, HelpOptions, ManOptions};
pub(super) use output::{Formats, OutputOptions, Target};
pub(super) use policy::PolicyOptions;
pub(super) use redact::{Kept, RedactOptions};
pub(super) use renewals::{RenewalsFormat, RenewalsOptions};
pub(super) use rules::{ListingFormat, RulesOptions};
pub(super) use schema::SchemaOptions;
pub(super) use value::Color;
pub(super) use walk::WalkOptions;

/// The groups of options in the help of commands that look for credentials.
const INPUT: &str = "What is looked at";
const JUDGMENT: &str = "How it is judged";
const OUTPUT: &str = "Output";

/// What `aemcred` alone prints.
pub(super) const SHORT_HELP: &str = "\
aemcred checks the credentials that programs use to reach
Adobe Experience Manager as a Cloud Service. It works
offline and never contacts Adobe.

  aemcred check FILE   Does it work, and when does it expire?
  aemcred audit        Every credential below this folder
  aemcred rules NAME   What a finding means and what to do

`aemcred --help` lists all commands,
`aemcred check --help` all options.
";

#[derive(Debug, Parser)]
#[command(
    name = "aemcred",
    bin_name = "aemcred",
    version,
    about,
    disable_help_subcommand = true,
    after_help = "\
Examples:
  aemcred check service_token.json
  aemcred audit --format html > inventory.html
  aemcred help check"
)]
pub(super) struct Arguments {
    #[command(subcommand)]
    pub(super) command: Option<Command>,

    /// Fail with status 2 and read nothing where the process can't forbid itself sockets and other programs (Linux only)
    #[arg(long, global = true)]
    pub(super) require_sandbox: bool,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Check credentials in files, folders or standard input
    Check(Deferred<CheckOptions>),
    /// List every credential in folders, exports and archives: its client, expiry date and state
    Audit(Deferred<AuditOptions>),
    /// Say what must be renewed by when: a timeline, a calendar, metrics
    Renewals(Deferred<RenewalsOptions>),
    /// Tell everything public about one credential, and what a client would do with it
    Inspect(Deferred<InspectOptions>),
    /// Tell whether one credential is a rotation of another
    Compare(Deferred<CompareOptions>),
    /// Make a copy of a credential that can be shown to anyone
    Redact(Deferred<RedactOptions>),
    /// Make a synthetic credential for tests, sound or with a named defect
    Generate(Deferred<GenerateOptions>),
    /// List the rules, or explain one
    Rules(Deferred<RulesOptions>),
    /// Write a commented configuration, aemcred.toml
    Init(Deferred<InitOptions>),
    /// Print the JSON Schema of a format
    Schema(Deferred<SchemaOptions>),
    /// Print a completion script for a shell
    Completions(Deferred<CompletionsOptions>),
    /// Print the manual page, or write one for each command
    Man(Deferred<ManOptions>),
    /// Print the help of a command
    Help(HelpOptions),
    /// Try what the sandbox forbids
    #[command(hide = true)]
    SelfTest,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_definition_is_consistent() {
        Arguments::command().debug_assert();
    }
}
