//! What lines have for `audit --merge` beside what `json` tells: enough to make the same inventory of them again.
//!
//! Owns: the fields. Does not own: reading them (see `inventory`), digests of secrets (see `inventory::Run`). Only what is
//! public is here, and digests that are worth nothing to whoever doesn't have their key.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};

use super::super::wire::{Digest, Time, wire};
use crate::inventory::{Accompanying, Occurrence, Run};
use crate::record::{Location, Past, Record, Reference};

wire! {
    /// What `aemcred audit --merge` needs beside the rest.
    pub(super) struct MergeReport(occurrence: &Occurrence, accompanying: &Accompanying, run: &Run, number: u32)
    let record = &occurrence.record;
    let ties = run.ties(record);
    let location = record.locations.first();
    let validity = record.validity();
    let from = accompanying.from.clone().unwrap_or_else(|| (run.now, run.link_key())); {
        /// The run that wrote the line.
        run: RunReport = RunReport::new(run, from.0, from.1),
        /// Which of the run's sightings it is, from 1.
        number: u32 = number,
        /// The size of the file; null in the history of a repository.
        file_bytes: Option<u64> = accompanying.file_bytes,
        /// Whether it has a secret that can't be compared with those of other runs, for want of a key.
        unlinked: bool = accompanying.unlinked || run.leaves_untied(record),
        /// Whether it is AEM's for sure. Anything else only counts where it belongs to something that is.
        is_aems: bool = occurrence.is_aems,
        /// What the state follows from.
        facts: Vec<&'static str> = facts(record),
        /// The first instant at which it can be used, in milliseconds since 1970.
        not_before: Option<i64> = validity.map(|validity| validity.not_before.timestamp_millis()),
        /// The last one.
        not_after: Option<i64> = validity.map(|validity| validity.not_after.timestamp_millis()),
        /// The modulus of the public key, in base64, the least significant byte first. So it looks like no part of a private key,
        /// which begins with it.
        modulus: Option<String> =
            record.public_key.as_ref().and_then(|key| Some(STANDARD.encode(&key.numbers.as_ref()?.modulus))),
        /// Digests of the private key's primes under the key of `--link-key`.
        primes: Option<[Digest; 2]> = ties.primes.map(|primes| primes.map(|prime| Digest::new(&prime))),
        /// The digest of the client secret under the key of `--link-key`.
        // Named so that a report isn't taken for a document that has a client secret.
        client_secret_digest: Option<Digest> = ties.client_secret.map(|digest| Digest::new(&digest)),
        /// The digest of the token under the key of `--link-key`.
        token_digest: Option<Digest> = ties.token.map(|digest| Digest::new(&digest)),
        /// Which secrets can be read there.
        in_clear: Vec<&'static str> = location.map(|location| location.in_clear.names()).unwrap_or_default(),
        /// The file's permission bits.
        mode: Option<u32> = location.and_then(|location| location.mode),
        /// How git keeps the file.
        keeping: Option<&'static str> =
            location.and_then(|location| location.keeping).map(crate::record::Keeping::name),
        /// Where it is in the history of a repository, beside what the place says.
        git: Option<GitReport> = location.and_then(git),
    }

    /// A run.
    pub(super) struct RunReport(run: &Run, now: DateTime<Utc>, link_key: Option<String>) {
        /// Its ID.
        id: String = run.id.clone(),
        /// The version of aemcred.
        version: &'static str = env!("CARGO_PKG_VERSION"),
        /// Its clock.
        now: Time = Time::new(now),
        /// The ID of the key of `--link-key`.
        link_key: Option<String> = link_key,
        /// A digest of the settings by which it judged.
        settings: String = run.settings.clone(),
    }

    /// How a run ended.
    pub(super) struct MergeEnd(run: &Run, now: DateTime<Utc>, sightings: u32) {
        /// The run.
        run: RunReport = RunReport::new(run, now, run.link_key()),
        /// How many sightings it wrote.
        sightings: u32 = sightings,
    }

    /// What of a place in the history of a repository isn't said at the place.
    pub(super) struct GitReport(past: &Past) {
        /// The name of the blob.
        blob: String = past.blob.clone(),
        /// The references that reach it, with their kinds.
        refs: Vec<String> = past.refs.iter().map(Reference::words).collect(),
        /// Those of them that have it now.
        still_on: Vec<String> = past.still_on.iter().map(Reference::words).collect(),
        /// Whether it counts as reachable.
        is_reachable: bool = past.is_reachable,
    }
}

fn git(location: &Location) -> Option<GitReport> {
    location.past.as_deref().map(GitReport::new)
}

fn facts(record: &Record) -> Vec<&'static str> {
    let facts = [
        (record.usable, "usable"),
        (record.complete, "complete"),
        (record.emptied, "emptied"),
        (record.broken, "broken"),
    ];
    let facts = facts.into_iter().filter(|(holds, _)| *holds).map(|(_, name)| name);
    facts.chain(record.in_clear.names()).collect()
}
