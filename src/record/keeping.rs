//! What is kept at a place, and how git keeps it: which secrets can be read, and whether they get into a commit.
//!
//! Owns: the words for both, and when a place is live. Does not own: asking git (see `git`), what is said about it (see the
//! rules).

use chrono::{DateTime, Utc};

use super::{Location, Record};
use crate::credential::{DocumentKind, Phase};

/// How git keeps a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Keeping {
    /// It is staged with these contents, so that the next commit brings them.
    Staged {
        /// Whether there is no commit yet.
        first: bool,
    },
    /// It is tracked.
    Tracked,
    /// It is neither tracked nor ignored.
    Untracked,
}

#[cfg(feature = "cli")]
impl Keeping {
    /// All of them.
    pub const ALL: [Self; 4] =
        [Self::Staged { first: false }, Self::Staged { first: true }, Self::Tracked, Self::Untracked];

    /// What it is called where lines of many runs are merged.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Staged { first: false } => "staged",
            Self::Staged { first: true } => "staged-first",
            Self::Tracked => "tracked",
            Self::Untracked => "untracked",
        }
    }
}

/// Which secrets can be read at a place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct InClear {
    /// A private key.
    pub private_key: bool,
    /// A client secret.
    pub client_secret: bool,
    /// A token.
    pub token: bool,
}

impl InClear {
    /// What they are called where lines of many runs are merged.
    #[cfg(feature = "cli")]
    pub fn names(self) -> Vec<&'static str> {
        let all =
            [(self.private_key, "private-key"), (self.client_secret, "client-secret"), (self.token, "token")];
        all.into_iter().filter(|(is_there, _)| *is_there).map(|(_, name)| name).collect()
    }

    /// The secrets in words, without an article. Where it isn't known which they are, it is the credential.
    pub const fn words(self) -> &'static str {
        match (self.private_key, self.client_secret, self.token) {
            (true, true, _) => "private key and client secret",
            (true, false, _) => "private key",
            (false, true, _) => "client secret",
            (false, false, true) => "token",
            (false, false, false) => "credential",
        }
    }
}

impl Record {
    /// Returns true if the place is live at `now`: a private key, client secret or token can be read there that isn't past
    /// its end, whatever else is wrong with the credential.
    pub fn is_live(&self, location: &Location, now: DateTime<Utc>) -> bool {
        location.usable && self.kind != DocumentKind::Encrypted && !self.is_over(now)
    }

    /// Returns true if the certificate or token is past its end at `now`.
    pub fn is_over(&self, now: DateTime<Utc>) -> bool {
        self.validity().is_some_and(|validity| validity.at(now) == Phase::Expired)
    }
}
