//! From credentials found one by one, in any order, to the inventory of what there is.
//!
//! Owns: which sightings are the same credential, tying loose parts to it, and running the rules about storage. Does
//! not own: finding anything (see `discover`), judging a document (see `check`), nor how any of it is shown.

mod sighting;

use std::collections::hash_map::Entry as MapEntry;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Bound::{Excluded, Unbounded};

use chrono::TimeDelta;

pub use sighting::{FileAt, damaged, sightings};

use crate::finding::{Finding, Level};
use crate::inventory::{
    Entry, EntryKind, Inventory, Observations, PublicHalf, Site, State, Validity, successors,
};
use crate::json::Pointer;
use crate::rule::{Check, Rule, Settings};
use crate::rules;
use crate::source::PathName;

/// A credential, or a part of one, met at one place.
#[derive(Clone, Debug)]
pub struct Sighting {
    /// What was met, with this one place.
    pub entry: Entry,
    /// What tells a secret without a key pair from others, such as a token: a digest of it, never shown.
    pub identity: Option<[u8; 32]>,
    /// A digest of the client secret, never shown; by it, a secret found alone is tied to its credential.
    pub client_secret: Option<[u8; 32]>,
    /// Whether it is AEM's for sure. A private key in a file of its own may be anybody's, and is only taken in where it
    /// belongs to something else in the set.
    pub telling: bool,
    /// What the rules about documents found.
    pub findings: Vec<Finding>,
}

/// A finding about an entry of the inventory.
#[derive(Clone, Debug)]
pub struct AuditFinding {
    /// The rule that found it.
    pub rule: &'static Rule,
    /// The level in force.
    pub level: Level,
    /// On what its claim rests.
    pub basis: crate::rule::Basis,
    /// What is wrong.
    pub message: String,
    /// Why it matters and what to do.
    pub help: String,
    /// Where.
    pub site: Site,
    /// At how many of the entry's places the same is found.
    pub times: usize,
    /// Other places that belong to it, and what is there.
    pub related: Vec<(Site, String)>,
}

/// An entry of the inventory and all that is to be said of it.
#[derive(Clone, Debug)]
pub struct Audited {
    /// The credential.
    pub entry: Entry,
    /// What was found, the worst first.
    pub findings: Vec<AuditFinding>,
    /// Whether a newer credential of the same client is in the set.
    pub superseded: bool,
}

/// What a run has met so far.
#[derive(Debug, Default)]
pub struct Gathering {
    sightings: Vec<Sighting>,
}

/// The sightings by what they are sightings of.
#[derive(Debug, Default)]
struct Sorting {
    credentials: BTreeMap<Identity, Gathered>,
    parts: Vec<Sighting>,
}

/// What makes two sightings the same credential.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Identity {
    /// A key pair in the hands of a client, and the certificate: one key may have two, which end at different times.
    Key(EntryKind, Option<String>, [u8; 32], Option<[u8; 32]>),
    /// A digest of the secret itself.
    Secret(EntryKind, [u8; 32]),
    /// Nothing is known but what it calls itself and where it stands.
    Place(EntryKind, Option<String>, Site),
}

#[derive(Debug)]
struct Gathered {
    entry: Entry,
    client_secret: Option<[u8; 32]>,
    findings: Vec<AuditFinding>,
}

impl Gathering {
    /// Takes in one sighting. A sighting without a place is nothing.
    pub fn add(&mut self, sighting: Sighting) {
        if !sighting.entry.sites.is_empty() {
            self.sightings.push(sighting);
        }
    }

    /// The inventory, the most urgent first, after the rules about storage have looked at it.
    #[must_use]
    pub fn finish(self, settings: &Settings<'_>) -> Vec<Audited> {
        let mut sightings = self.sightings;
        // They come in the order in which threads met them, and nothing may depend on that.
        sightings.sort_by(|left, right| {
            (&left.entry.sites, left.entry.kind, left.identity).cmp(&(
                &right.entry.sites,
                right.entry.kind,
                right.identity,
            ))
        });
        let mut sorting = Sorting::default();
        for sighting in sightings {
            sorting.add(sighting);
        }
        sorting.join_without_certificate(settings);
        sorting.tie_parts(settings);
        let mut gathered: Vec<Gathered> = sorting.credentials.into_values().collect();
        for credential in &mut gathered {
            credential.entry.sites.sort();
            credential.entry.sites.dedup();
        }
        gathered.sort_by(|left, right| left.entry.urgency().cmp(&right.entry.urgency()));
        let (entries, findings): (Vec<Entry>, Vec<Vec<AuditFinding>>) =
            gathered.into_iter().map(|gathered| (gathered.entry, gathered.findings)).unzip();
        let inventory = Inventory { entries };
        let mut findings: Vec<Vec<AuditFinding>> = findings.into_iter().map(joined).collect();
        for (index, finding) in observe(&inventory, settings) {
            if let Some(findings) = findings.get_mut(index) {
                findings.push(finding);
            }
        }
        let successors = successors(&inventory.entries, |_, _| true);
        let audited = inventory.entries.into_iter().zip(findings).zip(successors);
        audited
            .map(|((entry, mut findings), successor)| {
                // A stable sort: within a level, findings about the document come first, in its order.
                findings.sort_by_key(|finding| std::cmp::Reverse(finding.level));
                Audited { entry, findings, superseded: successor.is_some() }
            })
            .collect()
    }
}

impl Sorting {
    /// Takes in one sighting.
    fn add(&mut self, sighting: Sighting) {
        let Some(site) = sighting.entry.sites.first().cloned() else { return };
        if matches!(
            sighting.entry.kind,
            EntryKind::PrivateKey | EntryKind::Certificate | EntryKind::ClientSecret
        ) {
            // What it belongs to may not have been met yet.
            self.parts.push(sighting);
            return;
        }
        let Sighting { entry, identity, client_secret, findings, telling: _ } = sighting;
        let identity = match (&entry.public_key, identity) {
            (Some(key), _) => {
                Identity::Key(entry.kind, entry.client_id.clone(), key.sha256, entry.certificate_sha256)
            }
            (None, Some(digest)) => Identity::Secret(entry.kind, digest),
            (None, None) => Identity::Place(entry.kind, entry.client_id.clone(), site.clone()),
        };
        let findings = findings.into_iter().map(|finding| AuditFinding::about(finding, &site));
        let known = self.credentials.entry(identity);
        let gathered = known.or_insert_with(|| Gathered {
            entry: Entry { sites: Vec::new(), ..entry.clone() },
            client_secret: None,
            findings: Vec::new(),
        });
        gathered.findings.extend(findings);
        gathered.client_secret = gathered.client_secret.or(client_secret);
        gathered.entry.join(entry);
    }

    /// Copies without a certificate, as variables are, belong to the one with the same key, and to the last to end if
    /// there are several.
    fn join_without_certificate(&mut self, settings: &Settings<'_>) {
        let alone: Vec<Identity> = self
            .credentials
            .keys()
            .filter(|identity| matches!(identity, Identity::Key(.., None)))
            .cloned()
            .collect();
        for identity in alone {
            let Identity::Key(kind, client, key, None) = &identity else { continue };
            // In the order of identities, those with a certificate come right after the one without.
            let certified = self.credentials.range((Excluded(&identity), Unbounded)).take_while(|(candidate, _)| {
                matches!(candidate, Identity::Key(a, b, c, Some(_)) if (a, b, c) == (kind, client, key))
            });
            let last = certified.max_by_key(|(identity, gathered)| {
                (gathered.entry.validity.map(|validity| validity.not_after), *identity)
            });
            let Some(last) = last.map(|(identity, _)| identity.clone()) else { continue };
            let Some(mut copy) = self.credentials.remove(&identity) else { continue };
            if let Some(known) = self.credentials.get_mut(&last) {
                known.entry.sites.append(&mut copy.entry.sites);
                known.findings.append(&mut copy.findings);
                known.client_secret = known.client_secret.or(copy.client_secret);
                known.entry.prime_digests = known.entry.prime_digests.or(copy.entry.prime_digests);
                // A usable copy makes usable what was known from a redacted one alone, whose date holds for it too. What is
                // wrong with a redacted copy was not kept, so that the two are never called sound.
                if known.entry.state == State::Redacted && copy.entry.state != State::Redacted {
                    known.entry.state =
                        match known.entry.validity.and_then(|validity| by_date(&validity, settings)) {
                            Some(State::Expiring) | None if copy.entry.state == State::Broken => {
                                State::Broken
                            }
                            Some(state) => state,
                            None => copy.entry.state,
                        };
                }
            }
        }
    }

    /// Gives loose keys and secrets to the credential that they belong to. What belongs to none is an entry of its own.
    fn tie_parts(&mut self, settings: &Settings<'_>) {
        let mut keys: BTreeMap<[u8; 32], Identity> = BTreeMap::new();
        let mut secrets: BTreeMap<[u8; 32], Identity> = BTreeMap::new();
        for (identity, gathered) in &self.credentials {
            if let Some(key) = &gathered.entry.public_key {
                keys.entry(key.sha256).or_insert_with(|| identity.clone());
            }
            if let Some(secret) = gathered.client_secret {
                secrets.entry(secret).or_insert_with(|| identity.clone());
            }
        }
        let (certificates, parts): (Vec<Sighting>, Vec<Sighting>) = std::mem::take(&mut self.parts)
            .into_iter()
            .partition(|part| part.entry.kind == EntryKind::Certificate);
        // Of several certificates of one key the last to end counts.
        let mut entries: Vec<Entry> = certificates.into_iter().map(|part| part.entry).collect();
        entries.sort_by_key(|entry| {
            (
                entry.validity.map(|validity| (validity.not_after, validity.not_before)),
                entry.certificate_sha256,
            )
        });
        let certificates: BTreeMap<[u8; 32], Entry> = entries
            .into_iter()
            .filter_map(|entry| Some((entry.public_key.as_ref()?.sha256, entry)))
            .collect();
        let mut loose = Vec::new();
        for part in parts {
            let key = part.entry.public_key.as_ref().map(|key| key.sha256);
            let owner = key.and_then(|key| keys.get(&key)).or_else(|| secrets.get(&part.identity?));
            if let Some(owner) = owner.and_then(|owner| self.credentials.get_mut(owner)) {
                owner.entry.sites.extend(part.entry.sites);
                owner.entry.prime_digests = owner.entry.prime_digests.or(part.entry.prime_digests);
            } else {
                loose.push(part);
            }
        }
        let pairs = pairs(&loose);
        // A key says more of the two than its secret, and so comes first. The sort is stable.
        loose.sort_by_key(|part| part.entry.public_key.is_none());
        for mut part in loose {
            let key = part.entry.public_key.as_ref().map(|key| key.sha256);
            let certificate = key.and_then(|key| certificates.get(&key));
            // A client secret is Adobe's for sure, and so is the key beside it.
            let paired = || key.is_some_and(|key| pairs.values().any(|paired| *paired == Some(key)));
            if certificate.is_none() && !part.telling && !paired() {
                continue;
            }
            if let Some(certificate) = certificate {
                // A certificate of its own says whose key it is, and until when.
                part.entry.client_id.clone_from(&certificate.client_id);
                part.entry.validity = certificate.validity;
                part.entry.certificate_sha256 = certificate.certificate_sha256;
                part.entry.certificate_names.clone_from(&certificate.certificate_names);
                let dated = certificate.validity.and_then(|validity| by_date(&validity, settings));
                part.entry.state = dated.unwrap_or(part.entry.state);
            }
            let key = part.identity.and_then(|secret| *pairs.get(&secret)?);
            self.add_loose(part, key);
        }
    }

    /// Adds a part that belongs to no credential; `key` is the digest of the public key that a client secret goes with.
    fn add_loose(&mut self, part: Sighting, key: Option<[u8; 32]>) {
        let Some(site) = part.entry.sites.first().cloned() else { return };
        let identity = match (&part.entry.public_key, part.identity) {
            (Some(PublicHalf { sha256, .. }), _) => Identity::Key(part.entry.kind, None, *sha256, None),
            (None, Some(_)) if let Some(key) = key => Identity::Key(EntryKind::PrivateKey, None, key, None),
            (None, Some(digest)) => Identity::Secret(part.entry.kind, digest),
            (None, None) => Identity::Place(part.entry.kind, None, site),
        };
        let gathered = self.credentials.entry(identity).or_insert_with(|| Gathered {
            entry: Entry { sites: Vec::new(), ..part.entry.clone() },
            client_secret: None,
            findings: Vec::new(),
        });
        gathered.entry.sites.extend(part.entry.sites);
    }
}

/// The digests of what stands loose in one file.
#[derive(Debug, Default)]
struct Beside {
    keys: BTreeSet<[u8; 32]>,
    secrets: BTreeSet<[u8; 32]>,
}

/// Which private keys go with which client secrets, by digests: those that are the only ones in one file, of what belongs to
/// no credential. A secret that stands beside several keys goes with none of them.
fn pairs(loose: &[Sighting]) -> BTreeMap<[u8; 32], Option<[u8; 32]>> {
    let mut files: BTreeMap<&PathName, Beside> = BTreeMap::new();
    for part in loose {
        for site in &part.entry.sites {
            let beside = files.entry(&site.path).or_default();
            beside.keys.extend(part.entry.public_key.as_ref().map(|key| key.sha256));
            beside.secrets.extend(part.identity);
        }
    }
    let mut pairs: BTreeMap<[u8; 32], Option<[u8; 32]>> = BTreeMap::new();
    for Beside { keys, secrets } in files.into_values() {
        if let (Some(key), Some(secret), 1, 1) = (keys.first(), secrets.first(), keys.len(), secrets.len()) {
            let paired = pairs.entry(*secret).or_insert(Some(*key));
            *paired = paired.filter(|paired| paired == key);
        }
    }
    pairs
}

impl Entry {
    /// Takes in another sighting of the same credential. A usable copy says more of the state than a broken one, that more
    /// than a redacted one, and then the more urgent; among equals the first place counts.
    fn join(&mut self, other: Self) {
        let weight = |entry: &Self| {
            let redacted = matches!(entry.state, State::Redacted | State::Encrypted);
            (!redacted, entry.state != State::Broken, std::cmp::Reverse(entry.state))
        };
        let mut sites = std::mem::take(&mut self.sites);
        sites.extend(other.sites.iter().cloned());
        let prime_digests = self.prime_digests.or(other.prime_digests);
        if weight(&other) > weight(self) {
            *self = other;
        }
        (self.sites, self.prime_digests) = (sites, prime_digests);
    }
}

/// The state of a credential with a certificate as far as its date decides it.
fn by_date(certified: &Validity, settings: &Settings<'_>) -> Option<State> {
    // The second of notAfter is still valid (RFC 5280 section 4.1.2.5).
    match certified.not_after - settings.now {
        left if left < TimeDelta::zero() => Some(State::Expired),
        left if left <= settings.expiring => Some(State::Expiring),
        _ => None,
    }
}

impl AuditFinding {
    fn about(finding: Finding, site: &Site) -> Self {
        let at = |position, pointer| Site { position, pointer, ..site.clone() };
        let related = finding.draft.related.into_iter().zip(finding.related);
        Self {
            rule: finding.rule,
            level: finding.level,
            basis: finding.basis,
            message: finding.draft.message,
            help: finding.draft.help,
            site: at(finding.start, finding.draft.place.pointer),
            times: 1,
            related: related
                .map(|(related, position)| (at(position, related.place.pointer), related.message))
                .collect(),
        }
    }
}

/// The same finding at several places of one credential becomes one with a number.
fn joined(mut findings: Vec<AuditFinding>) -> Vec<AuditFinding> {
    findings.sort_by(|left, right| {
        (&left.site, left.rule.name, &left.message).cmp(&(&right.site, right.rule.name, &right.message))
    });
    let mut distinct: Vec<AuditFinding> = Vec::new();
    let mut known: HashMap<(&str, String, Pointer), usize> = HashMap::new();
    for finding in findings {
        let key = (finding.rule.name, finding.message.clone(), finding.site.pointer.clone());
        match known.entry(key) {
            MapEntry::Occupied(index) => {
                if let Some(first) = distinct.get_mut(*index.get()) {
                    first.times += 1;
                }
            }
            MapEntry::Vacant(vacant) => {
                vacant.insert(distinct.len());
                distinct.push(finding);
            }
        }
    }
    distinct
}

/// Runs the rules about storage: entry and finding.
fn observe(inventory: &Inventory, settings: &Settings<'_>) -> Vec<(usize, AuditFinding)> {
    let site = |entry: usize, site: usize| inventory.entries.get(entry)?.sites.get(site).cloned();
    let mut all = Vec::new();
    for rule in rules::all() {
        let (Check::Inventory(check), Some(level)) = (rule.check, settings.level(rule)) else { continue };
        let mut observations = Observations::default();
        check(inventory, settings, &mut observations);
        for observation in observations.into_sorted() {
            let Some(place) = site(observation.entry, observation.site) else { continue };
            let related = observation.related.into_iter();
            let finding = AuditFinding {
                rule,
                level,
                basis: rule.basis,
                message: observation.message,
                help: observation.help,
                site: place,
                times: 1,
                related: related.filter_map(|(entry, at, what)| Some((site(entry, at)?, what))).collect(),
            };
            all.push((observation.entry, finding));
        }
    }
    all
}
