//! What `aemcred audit` can be told about the history of repositories.

use chrono::{DateTime, TimeDelta, Utc};
use clap::{ArgGroup, Args};

use super::value::parse_time;
use crate::config::parse_duration;

#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "they are flags")]
#[command(next_help_heading = "History of git repositories", group(ArgGroup::new("history").multiple(true)))]
pub(in crate::cli) struct HistoryOptions {
    /// Look into everything that git repositories have ever held; paths are repositories [default: the current folder]
    #[arg(long, group = "history", conflicts_with_all = ["no_git", "respect_gitignore", "one_file_system"])]
    pub(in crate::cli) git_history: bool,

    /// The same, but only what the commits of a range bring, such as main..topic; may be repeated
    #[arg(
        long, value_name = "A..B", group = "history",
        conflicts_with_all = ["unreachable", "no_git", "respect_gitignore", "one_file_system"]
    )]
    pub(in crate::cli) git_range: Vec<String>,

    /// Only what commits bring that were made since a time, such as 2026-11-22, or in the last days, such as 2d
    #[arg(long, value_name = "DATE", requires = "history", conflicts_with = "unreachable", value_parser = parse_since)]
    pub(in crate::cli) since: Option<Since>,

    /// Also what no reference reaches: amended commits, dropped stashes, lost blobs
    #[arg(long, requires = "history")]
    pub(in crate::cli) unreachable: bool,

    /// Also the repositories of submodules
    #[arg(long, requires = "history")]
    pub(in crate::cli) submodules: bool,

    /// Fail with status 2 when a repository is a shallow or partial clone
    #[arg(long, requires = "history")]
    pub(in crate::cli) require_full_history: bool,
}

impl HistoryOptions {
    /// Returns true if paths are repositories.
    pub(in crate::cli) fn is_asked(&self) -> bool {
        self.git_history || !self.git_range.is_empty()
    }
}

/// From when on a commit is looked at.
#[derive(Clone, Copy, Debug)]
pub(in crate::cli) enum Since {
    At(DateTime<Utc>),
    Ago(TimeDelta),
}

impl Since {
    /// Returns the time in seconds since 1970.
    pub(in crate::cli) fn seconds(self, now: DateTime<Utc>) -> i64 {
        match self {
            Self::At(time) => time.timestamp(),
            Self::Ago(duration) => now.timestamp().saturating_sub(duration.num_seconds()),
        }
    }
}

fn parse_since(text: &str) -> Result<Since, String> {
    parse_duration(text)
        .map(Since::Ago)
        .or_else(|_| parse_time(text).map(Since::At))
        .map_err(|error| format!("{error}; or a duration such as 2d, which counts back from now"))
}
