//! A run as its lines name it, so that they can be put together with those of others.
//!
//! Owns: a run's ID, and by which digests its secrets are known to other runs. Does not own: lines (see `report`), reading
//! them (see `inventory::merge`).

use std::path::Path;

use chrono::{DateTime, Utc};

use super::link::{LinkKey, Linked};
use crate::examine::identity;
use crate::gate;
use crate::record::Record;
use crate::rule::Settings;

/// The version of aemcred, which lines must have in common.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// So many digits of a digest tell runs apart.
const DIGITS: usize = 16;

/// One run.
#[derive(Debug)]
pub struct Run {
    /// Its ID, which is a random one.
    pub id: String,
    /// Its clock.
    pub now: DateTime<Utc>,
    /// A digest of the settings by which it judged.
    pub settings: String,
    /// How secrets are known to other runs.
    pub links: Links,
}

/// How secrets are known to other runs.
#[derive(Debug)]
pub enum Links {
    /// Not at all.
    Off,
    /// By their digests under this key.
    Key(LinkKey),
    /// As they came: the digests are those of other runs, which are merged.
    AsTheyAre,
}

/// The digests by which the secrets of a record are known to other runs.
#[derive(Clone, Copy, Debug, Default)]
pub struct Ties {
    /// Of its primes.
    pub primes: Option<[[u8; 32]; 2]>,
    /// Of its client secret.
    pub client_secret: Option<[u8; 32]>,
    /// Of its token.
    pub token: Option<[u8; 32]>,
}

/// What comes with an occurrence and is not about the credential.
#[derive(Clone, Debug, Default)]
pub struct Accompanying {
    /// The size in bytes of the file that it was found in; unknown in the history of a repository.
    pub file_bytes: Option<u64>,
    /// Whether secrets of it are known to no other run, for want of a key.
    pub unlinked: bool,
    /// The clock of the run that met it and the ID of its key, if that is another run than this.
    pub from: Option<(DateTime<Utc>, Option<String>)>,
}

impl Run {
    /// A run over `inputs`. Where there are no `random` bytes, inputs and clock tell it from others.
    pub fn new<'p>(
        random: Option<[u8; 32]>,
        inputs: impl Iterator<Item = &'p Path>,
        settings: &Settings,
        links: Links,
    ) -> Self {
        let inputs: Vec<String> = inputs.map(|path| path.to_string_lossy().into_owned()).collect();
        let parts = [format!("{random:?}"), settings.now.to_rfc3339(), inputs.join("\n")];
        Self { id: short(&parts), now: settings.now, settings: settings_digest(settings), links }
    }

    /// The ID of the key that the digests are made with.
    pub fn link_key(&self) -> Option<String> {
        match &self.links {
            Links::Key(key) => Some(key.id()),
            Links::Off | Links::AsTheyAre => None,
        }
    }

    /// The digests by which the secrets of `record` are known to other runs.
    pub fn ties(&self, record: &Record) -> Ties {
        let Record { public_key, client_secret, token_sha256, .. } = record;
        let numbers = public_key.as_ref().and_then(|key| key.numbers.as_ref());
        let prime_digests = numbers.and_then(|numbers| numbers.prime_digests);
        match &self.links {
            Links::Off => Ties::default(),
            Links::Key(key) => {
                let of = |what, digest: Option<&[u8; 32]>| digest.map(|sha256| key.digest(what, sha256));
                Ties {
                    primes: prime_digests.map(|primes| primes.map(|prime| key.digest(Linked::Prime, &prime))),
                    client_secret: of(Linked::ClientSecret, client_secret.as_ref()),
                    token: of(Linked::Token, token_sha256.as_deref()),
                }
            }
            Links::AsTheyAre => Ties {
                primes: prime_digests,
                client_secret: *client_secret,
                token: token_sha256.as_deref().copied(),
            },
        }
    }

    /// Returns true if secrets of `record` are known to no other run, for want of a key. Keys are tied by their public
    /// halves all the same.
    pub fn leaves_untied(&self, record: &Record) -> bool {
        matches!(self.links, Links::Off) && (record.client_secret.is_some() || record.token_sha256.is_some())
    }
}

/// What of `settings` decides on findings and states, as a digest.
pub(super) fn settings_digest(settings: &Settings) -> String {
    let Settings { expiring, imminent, levels, only, trusted_ims_hosts, .. } = settings;
    short(&[format!("{expiring:?} {imminent:?} {levels:?} {only:?} {trusted_ims_hosts:?}")])
}

/// What of the ID of a run or of a key is shown, of which nobody knows who wrote it. Our own say nothing.
pub(super) fn shown_id(id: &str) -> &str {
    let is_own = id.len() == DIGITS && id.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    if is_own { id } else { gate::word(id) }
}

fn short(parts: &[String]) -> String {
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    let mut digits = identity(&parts);
    digits.truncate(DIGITS);
    digits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_ids_as_we_make_them_are_shown() {
        let own = short(&[String::from("a run")]);
        assert_eq!(shown_id(&own), own);
        for other in ["0123456789abcdef0", "0123456789abcdeF", "0123456789ABCDEF", "p8e-AbCdEfGh"] {
            assert_eq!(shown_id(other), gate::SIGN, "{other}");
        }
    }
}
