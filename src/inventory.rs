//! From records found one by one, in any order, to the inventory of what there is.
//!
//! Owns: which records are the same credential's, tying loose parts to it, and running the rules about storage. Does not
//! own: judging a document (see `examine`), nor how any of it is shown.

mod parts;

use std::collections::hash_map::Entry as MapEntry;
use std::collections::{BTreeMap, HashMap};
use std::ops::Bound::{Excluded, Unbounded};

use crate::credential::DocumentKind;
use crate::examine::{Examination, Part, remarks};
use crate::finding::{Finding, Level};
use crate::json::Pointer;
use crate::record::{Inventory, Observations, Record, Site, successors};
use crate::rule::{Check, Remark, Rule, Settings};
use crate::rules;

/// A credential, or a part of one, met at one place.
#[derive(Clone, Debug)]
pub struct Sighting {
    /// What is known of it, with this one place.
    pub record: Record,
    /// Whether it is AEM's for sure. Anything else is only taken in where it belongs to something in the set.
    pub is_aems: bool,
    /// What the rules about documents found.
    pub findings: Vec<Finding>,
}

/// A finding about a record of the inventory.
#[derive(Clone, Debug)]
pub struct AuditFinding {
    /// The rule that found it.
    pub rule: &'static Rule,
    /// On what its claim rests.
    pub basis: crate::rule::Basis,
    /// The level in force.
    pub level: Level,
    /// What is wrong.
    pub message: String,
    /// Why it matters and what to do.
    pub help: String,
    /// Where.
    pub site: Site,
    /// At how many of the credential's places the same is found.
    pub times: usize,
    /// Other places that belong to it, and what is there.
    pub related: Vec<(Site, String)>,
}

/// A credential of the inventory and all that is to be said of it.
#[derive(Clone, Debug)]
pub struct Audited {
    /// The credential, with all its places.
    pub record: Record,
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
    Key(DocumentKind, Option<String>, [u8; 32], Option<[u8; 32]>),
    /// A digest of the secret itself.
    Secret(DocumentKind, [u8; 32]),
    /// Nothing is known but what it calls itself and where it stands.
    Place(DocumentKind, Option<String>, Site),
}

#[derive(Debug)]
struct Gathered {
    record: Record,
    findings: Vec<AuditFinding>,
}

impl Sighting {
    /// Everything that an inventory keeps of an examination.
    pub fn all<T>(examination: Examination<T>) -> impl Iterator<Item = Self> {
        let Examination { documents, parts, encrypted, .. } = examination;
        let documents = documents.into_iter().flat_map(|examined| {
            let (records, mut findings) = examined.into_records();
            records.into_iter().map(move |mut record| {
                // What was cut off, say: nobody can tell what it was.
                if record.kind == DocumentKind::Unknown {
                    record.kind = DocumentKind::ServiceCredentials;
                }
                // That a sample has no secrets in it is no defect of how it is kept.
                let is_template = record.state == crate::record::State::Redacted;
                // The findings about a document with several credentials stand with the first.
                let findings = std::mem::take(&mut findings);
                Self { record, is_aems: true, findings: if is_template { Vec::new() } else { findings } }
            })
        });
        let parts =
            parts.into_iter().map(|Part { record, is_aems, findings }| Self { record, is_aems, findings });
        let encrypted = encrypted.into_iter();
        let encrypted = encrypted.map(|record| Self { record, is_aems: true, findings: Vec::new() });
        documents.chain(parts).chain(encrypted)
    }

    /// What is to be said of this sighting by itself, before the others are known.
    pub fn alone(&self) -> Audited {
        let site = self.record.sites.first();
        let findings = site.map_or_else(Vec::new, |site| {
            self.findings.iter().map(|finding| AuditFinding::about(finding.clone(), site)).collect()
        });
        Audited { record: self.record.clone(), findings, superseded: false }
    }
}

impl Gathering {
    /// Takes in one sighting. A sighting without a place is nothing.
    pub fn add(&mut self, sighting: Sighting) {
        if !sighting.record.sites.is_empty() {
            self.sightings.push(sighting);
        }
    }

    /// The inventory, the most urgent first, after the rules about storage have looked at it.
    pub fn finish(self, settings: &Settings) -> Vec<Audited> {
        let mut sightings = self.sightings;
        // They come in the order in which threads met them, and nothing may depend on that.
        sightings.sort_by(|left, right| {
            let key = |sighting: &Sighting| {
                let record = &sighting.record;
                (record.kind, record.token_sha256, record.client_secret)
            };
            (&left.record.sites, key(left)).cmp(&(&right.record.sites, key(right)))
        });
        let mut sorting = Sorting::default();
        for sighting in sightings {
            sorting.add(sighting);
        }
        sorting.join_without_certificate();
        sorting.tie_parts();
        let mut gathered: Vec<Gathered> = sorting.credentials.into_values().collect();
        for Gathered { record, .. } in &mut gathered {
            record.sites.sort();
            record.sites.dedup();
            record.settle(settings.now, settings.expiring);
        }
        gathered.sort_by(|left, right| left.record.urgency().cmp(&right.record.urgency()));
        let (entries, findings): (Vec<Record>, Vec<Vec<AuditFinding>>) =
            gathered.into_iter().map(|gathered| (gathered.record, joined(gathered.findings))).unzip();
        let (inventory, mut findings) = (Inventory { entries }, findings);
        for (index, finding) in observe(&inventory, settings) {
            if let Some(findings) = findings.get_mut(index) {
                findings.push(finding);
            }
        }
        let successors = successors(&inventory.entries, |_, _| true);
        let audited = inventory.entries.into_iter().zip(findings).zip(successors);
        audited
            .map(|((record, mut findings), successor)| {
                // A stable sort: within a level, findings about the document come first, in its order.
                findings.sort_by_key(|finding| std::cmp::Reverse(finding.level));
                Audited { record, findings, superseded: successor.is_some() }
            })
            .collect()
    }
}

impl Sorting {
    /// Takes in one sighting.
    fn add(&mut self, sighting: Sighting) {
        if sighting.record.kind.is_part() {
            // What it belongs to may not have been met yet.
            self.parts.push(sighting);
            return;
        }
        let Sighting { record, findings, is_aems: _ } = sighting;
        let Some(site) = record.sites.first().cloned() else { return };
        let findings = findings.into_iter().map(|finding| AuditFinding::about(finding, &site)).collect();
        let identity = match (&record.public_key, record.token_sha256) {
            (Some(key), _) => {
                Identity::Key(record.kind, record.client_id.clone(), key.sha256, record.certificate_sha256())
            }
            (None, Some(digest)) => Identity::Secret(record.kind, digest),
            (None, None) => Identity::Place(record.kind, record.client_id.clone(), site),
        };
        self.put(identity, Gathered { record, findings }, Record::join);
    }

    /// Puts a credential under its identity; what is there already takes it in by `join`.
    fn put(&mut self, identity: Identity, mut new: Gathered, join: fn(&mut Record, Record)) {
        match self.credentials.get_mut(&identity) {
            None => drop(self.credentials.insert(identity, new)),
            Some(known) => {
                join(&mut known.record, new.record);
                known.findings.append(&mut new.findings);
            }
        }
    }

    /// Copies without a certificate, as variables are, belong to the one with the same key, and to the last to end if
    /// there are several.
    fn join_without_certificate(&mut self) {
        let is_alone = |identity: &&Identity| matches!(identity, Identity::Key(.., None));
        let alone: Vec<Identity> = self.credentials.keys().filter(is_alone).cloned().collect();
        for identity in alone {
            let Identity::Key(kind, client, key, None) = &identity else { continue };
            // In the order of identities, those with a certificate come right after the one without.
            let certified = self.credentials.range((Excluded(&identity), Unbounded)).take_while(|(candidate, _)| {
                matches!(candidate, Identity::Key(a, b, c, Some(_)) if (a, b, c) == (kind, client, key))
            });
            let last = certified.max_by_key(|(identity, gathered)| {
                (gathered.record.validity().map(|validity| validity.not_after), *identity)
            });
            let Some(last) = last.map(|(identity, _)| identity.clone()) else { continue };
            if let Some(copy) = self.credentials.remove(&identity) {
                self.put(last, copy, Record::complete_with);
            }
        }
    }
}

impl AuditFinding {
    fn of_place((rule, level, remark): (&'static Rule, Level, Remark), site: &Site) -> Self {
        let Remark { message, help, .. } = remark;
        Self {
            rule,
            basis: rule.basis,
            level,
            message,
            help,
            site: site.clone(),
            times: 1,
            related: Vec::new(),
        }
    }

    fn about(finding: Finding, site: &Site) -> Self {
        let at = |position, pointer| Site { position, pointer, ..site.clone() };
        let related = finding.draft.related.into_iter().zip(finding.related);
        Self {
            rule: finding.rule,
            basis: finding.basis,
            level: finding.level,
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

/// Runs the rules about storage: the record's index and the finding.
fn observe(inventory: &Inventory, settings: &Settings) -> Vec<(usize, AuditFinding)> {
    let site = |entry: usize, site: usize| inventory.entries.get(entry)?.sites.get(site).cloned();
    let mut all = Vec::new();
    for (index, record) in inventory.entries.iter().enumerate() {
        for site in &record.sites {
            all.extend(
                remarks(record, site, settings).map(|said| (index, AuditFinding::of_place(said, site))),
            );
        }
    }
    for rule in rules::all() {
        let (Check::Inventory(check), Some(level)) = (rule.check, settings.level_of(rule)) else { continue };
        let mut observations = Observations::default();
        check(inventory, settings, &mut observations);
        for observation in observations.into_sorted() {
            let Some(place) = site(observation.entry, observation.site) else { continue };
            let related = observation.related.into_iter();
            let finding = AuditFinding {
                rule,
                basis: rule.basis,
                level,
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
