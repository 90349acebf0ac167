//! From records found one by one, in any order, to the inventory of what there is.
//!
//! Owns: which records are the same credential's, tying loose parts to it, and running the rules about storage. Does not
//! own: judging a document (see `examine`), nor how any of it is shown.

#[cfg(feature = "cli")]
mod link;
#[cfg(feature = "cli")]
mod merge;
mod parts;
#[cfg(feature = "cli")]
mod run;

use std::collections::hash_map::Entry as MapEntry;
use std::collections::{BTreeMap, HashMap};
use std::ops::Bound::{Excluded, Unbounded};

#[cfg(feature = "cli")]
pub use link::LinkKey;
#[cfg(feature = "cli")]
pub use merge::{Merge, MergeError, Merged};
#[cfg(feature = "cli")]
pub use run::{Accompanying, Links, Run};

use crate::credential::DocumentKind;
use crate::examine::{Examination, Part, remarks};
use crate::finding::{Finding, Level};
use crate::json::Pointer;
use crate::record::{Inventory, Location, Observations, Record, successors};
use crate::rule::{Check, Remark, Rule, Settings};
use crate::rules;

/// A credential, or a part of one, met at one place.
#[derive(Clone, Debug)]
pub struct Occurrence {
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
    pub location: Location,
    /// At how many of the credential's places the same is found.
    pub times: usize,
    /// Other places that belong to it, and what is there.
    pub related: Vec<(Location, String)>,
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
pub struct InventoryBuilder {
    #[expect(clippy::vec_box, reason = "sorted as they are, a million of them would be moved about")]
    occurrences: Vec<Box<Occurrence>>,
}

/// The occurrences by what they are occurrences of.
#[derive(Debug, Default)]
struct Groups {
    credentials: BTreeMap<Identity, Group>,
    parts: Vec<Occurrence>,
}

/// What makes two occurrences the same credential.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Identity {
    /// A key pair in the hands of a client, and the certificate: one key may have two, which end at different times.
    Key(DocumentKind, Option<String>, [u8; 32], Option<[u8; 32]>),
    /// A digest of the secret itself.
    Secret(DocumentKind, [u8; 32]),
    /// Nothing is known but what it calls itself and where it stands.
    Place(DocumentKind, Option<String>, Location),
}

#[derive(Debug)]
struct Group {
    record: Record,
    findings: Vec<AuditFinding>,
}

impl Occurrence {
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

    /// Returns true if `other` is the same at the same place, with the same findings.
    fn is_same(&self, other: &Self) -> bool {
        let findings = |one: &Self| {
            let said = one.findings.iter().map(|finding| {
                let Finding { rule, level, start, draft, .. } = finding;
                (rule.name, *level, *start, draft.place.pointer.clone(), draft.message.clone())
            });
            said.collect::<Vec<_>>()
        };
        self.is_aems == other.is_aems && self.record == other.record && findings(self) == findings(other)
    }

    /// What is to be said of this occurrence by itself, before the others are known.
    pub fn alone(&self) -> Audited {
        let location = self.record.locations.first();
        let findings = location.map_or_else(Vec::new, |location| {
            self.findings.iter().map(|finding| AuditFinding::about(finding.clone(), location)).collect()
        });
        Audited { record: self.record.clone(), findings, superseded: false }
    }
}

impl InventoryBuilder {
    /// Takes in one occurrence. An occurrence without a place is nothing.
    pub fn add(&mut self, occurrence: Occurrence) {
        if !occurrence.record.locations.is_empty() {
            self.occurrences.push(Box::new(occurrence));
        }
    }

    /// The inventory, the most urgent first, after the rules about storage have looked at it.
    pub fn finish(self, settings: &Settings) -> Vec<Audited> {
        let mut occurrences = self.occurrences;
        // They come in the order in which threads met them, and nothing may depend on that.
        occurrences.sort_by(|left, right| {
            // Digests of secrets come last: those of merged lines are in another order.
            let key = |occurrence: &Occurrence| {
                let Record { kind, public_key, token_sha256, client_secret, .. } = &occurrence.record;
                let public_key = public_key.as_ref().map(|key| key.sha256);
                (*kind, public_key, occurrence.record.certificate_sha256(), *token_sha256, *client_secret)
            };
            let clients = |occurrence: &Occurrence| occurrence.record.client_id.clone();
            left.record
                .locations
                .cmp(&right.record.locations)
                .then_with(|| (clients(left), key(left)).cmp(&(clients(right), key(right))))
        });
        // Whoever names a folder and one within it meets a file twice.
        occurrences.dedup_by(|next, kept| next.is_same(kept));
        let mut groups = Groups::default();
        for occurrence in occurrences {
            groups.add(*occurrence);
        }
        groups.join_without_certificate();
        groups.tie_parts();
        let mut sorted: Vec<Group> = groups.credentials.into_values().collect();
        for Group { record, .. } in &mut sorted {
            record.locations.sort();
            record.locations.dedup_by(|later, kept| kept.takes_in(later));
            record.settle(settings.now, settings.expiring);
        }
        sorted.sort_by(|left, right| left.record.urgency().cmp(&right.record.urgency()));
        let (records, findings): (Vec<Record>, Vec<Vec<AuditFinding>>) =
            sorted.into_iter().map(|group| (group.record, joined(group.findings))).unzip();
        let (inventory, mut findings) = (Inventory { records }, findings);
        for (index, finding) in observe(&inventory, settings) {
            if let Some(findings) = findings.get_mut(index) {
                findings.push(finding);
            }
        }
        let successors = successors(&inventory.records, |_, _| true);
        let audited = inventory.records.into_iter().zip(findings).zip(successors);
        audited
            .map(|((record, mut findings), successor)| {
                // A stable sort: within a level, findings about the document come first, in its order.
                findings.sort_by_key(|finding| std::cmp::Reverse(finding.level));
                Audited { record, findings, superseded: successor.is_some() }
            })
            .collect()
    }
}

impl Groups {
    /// Takes in one occurrence.
    fn add(&mut self, occurrence: Occurrence) {
        if occurrence.record.kind.is_part() {
            // What it belongs to may not have been met yet.
            self.parts.push(occurrence);
            return;
        }
        let Occurrence { record, findings, is_aems: _ } = occurrence;
        let Some(location) = record.locations.first().cloned() else { return };
        let findings = findings.into_iter().map(|finding| AuditFinding::about(finding, &location)).collect();
        let identity = match (&record.public_key, record.token_sha256) {
            (Some(key), _) => {
                Identity::Key(record.kind, record.client_id.clone(), key.sha256, record.certificate_sha256())
            }
            (None, Some(digest)) => Identity::Secret(record.kind, digest),
            (None, None) => Identity::Place(record.kind, record.client_id.clone(), location),
        };
        self.put(identity, Group { record, findings }, Record::join);
    }

    /// Puts a credential under its identity; what is there already takes it in by `join`.
    fn put(&mut self, identity: Identity, mut new: Group, join: fn(&mut Record, Record)) {
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
            let last = certified.max_by_key(|(identity, group)| {
                (group.record.validity().map(|validity| validity.not_after), *identity)
            });
            let Some(last) = last.map(|(identity, _)| identity.clone()) else { continue };
            if let Some(copy) = self.credentials.remove(&identity) {
                self.put(last, copy, Record::complete_with);
            }
        }
    }
}

impl AuditFinding {
    fn of_place((rule, level, remark): (&'static Rule, Level, Remark), location: &Location) -> Self {
        let Remark { message, help, .. } = remark;
        Self {
            rule,
            basis: rule.basis,
            level,
            message,
            help,
            location: location.clone(),
            times: 1,
            related: Vec::new(),
        }
    }

    fn about(finding: Finding, location: &Location) -> Self {
        let at = |position, pointer| Location { position, pointer, ..location.clone() };
        let related = finding.draft.related.into_iter().zip(finding.related);
        Self {
            rule: finding.rule,
            basis: finding.basis,
            level: finding.level,
            message: finding.draft.message,
            help: finding.draft.help,
            location: at(finding.start, finding.draft.place.pointer),
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
        (&left.location, left.rule.name, &left.message).cmp(&(
            &right.location,
            right.rule.name,
            &right.message,
        ))
    });
    let mut distinct: Vec<AuditFinding> = Vec::new();
    let mut known: HashMap<(&str, String, Pointer), usize> = HashMap::new();
    for finding in findings {
        let key = (finding.rule.name, finding.message.clone(), finding.location.pointer.clone());
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
    let location =
        |record: usize, location: usize| inventory.records.get(record)?.locations.get(location).cloned();
    let mut all = Vec::new();
    for (index, record) in inventory.records.iter().enumerate() {
        for location in &record.locations {
            all.extend(
                remarks(record, location, settings)
                    .map(|said| (index, AuditFinding::of_place(said, location))),
            );
        }
    }
    for rule in rules::all() {
        let (Check::Inventory(check), Some(level)) = (rule.check, settings.level_of(rule)) else { continue };
        let mut observations = Observations::default();
        check(inventory, settings, &mut observations);
        for observation in observations.into_sorted() {
            let Some(place) = location(observation.record, observation.location) else { continue };
            let related = observation.related.into_iter();
            let finding = AuditFinding {
                rule,
                basis: rule.basis,
                level,
                message: observation.message,
                help: observation.help,
                location: place,
                times: 1,
                related: related
                    .filter_map(|(record, at, what)| Some((location(record, at)?, what)))
                    .collect(),
            };
            all.push((observation.record, finding));
        }
    }
    all
}
