//! In what state a credential is: one vocabulary for every command, format and metric.
//!
//! Owns: the seven states and how a record comes to one. Does not own: what is wrong with it (see the rules).

use chrono::{DateTime, Utc};

use super::Record;
use crate::credential::{DocumentKind, Threshold};

named! {
    /// In what state a credential is, the most urgent first.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
    #[non_exhaustive]
    pub enum State {
        /// It is past its end.
        Expired = "expired",
        /// Its end is near.
        Expiring = "expiring",
        /// The client or the token service refuses it, others get it, or parts of it contradict each other.
        Broken = "broken",
        /// Whoever holds it can use it now.
        Sound = "sound",
        /// What is there is right, but it isn't enough to tell.
        #[default]
        Partial = "partial",
        /// Every secret in it is a placeholder, a reference to a secret store, or empty: a template.
        Redacted = "redacted",
        /// It can't be read without a key that isn't here.
        Encrypted = "encrypted",
    }
}

impl Record {
    /// Says in what state the credential is at `now`, where `expiring` is how much time counts as little: the first of the
    /// states that applies. Nothing else decides on a state, and levels, ignores and `--only` don't come into it.
    pub fn settle(&mut self, now: DateTime<Utc>, expiring: impl Into<Threshold>) {
        let validity = self.validity();
        self.state = match () {
            () if self.kind == DocumentKind::Encrypted => State::Encrypted,
            () if self.emptied && !self.usable => State::Redacted,
            () if self.is_over(now) => State::Expired,
            () if self.broken => State::Broken,
            () if validity.is_some_and(|validity| validity.ends_within(expiring, now)) => State::Expiring,
            () if !self.complete => State::Partial,
            () => State::Sound,
        };
    }
}
