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

use std::collections::HashMap;
use std::collections::hash_map::Entry as MapEntry;
#[cfg(feature = "cli")]
use std::fs::File;
use std::io;

#[cfg(feature = "cli")]
pub use link::LinkKey;
#[cfg(feature = "cli")]
pub use merge::{Merge, MergeError, Merged};
#[cfg(feature = "cli")]
pub use run::{Accompanying, Links, Run};

use crate::credential::DocumentKind;
use crate::credential::rsa::Keys;
use crate::examine::{Examination, Part, remarks};
use crate::finding::{Finding, Level};
use crate::json::Pointer;
use crate::record::{Inventory, Location, Observations, Record, successors};
use crate::rule::{Check, Remark, Rule, Settings};
use crate::rules;

/// A credential, or a part of one, met at one place.
#[derive(Clone, Debug)]
pub struct Occurrence {
    /// What is known of it, with this one place. It stays where it is until the inventory is reported: there may be a million.
    pub record: Box<Record>,
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
    pub record: Box<Record>,
    /// What was found, the worst first.
    pub findings: Vec<AuditFinding>,
    /// Whether a newer credential of the same client is in the set.
    pub superseded: bool,
}

/// What a run has met so far.
#[derive(Debug, Default)]
pub struct InventoryBuilder {
    occurrences: Vec<Occurrence>,
    /// The numbers of their keys, which are many and long, and which only a comparison needs.
    keys: Keys,
}

/// The occurrences by what they are occurrences of.
#[derive(Debug, Default)]
struct Groups {
    /// In the order of their identities.
    credentials: Vec<Group>,
    parts: Vec<Occurrence>,
}

/// What makes two occurrences the same credential.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Identity<'r> {
    /// A key pair in the hands of a client, and the certificate: one key may have two, which end at different times.
    Key(DocumentKind, Option<&'r str>, [u8; 32], Option<[u8; 32]>),
    /// A digest of the secret itself, and whose it is, if that isn't said by the secret.
    Secret(DocumentKind, Option<&'r str>, [u8; 32]),
    /// Nothing is known but what it calls itself and where it stands.
    Place(DocumentKind, Option<&'r str>, Option<&'r Location>),
}

#[derive(Debug)]
struct Group {
    record: Box<Record>,
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
                let findings = if is_template { Vec::new() } else { findings };
                Self { record: Box::new(record), is_aems: true, findings }
            })
        });
        let parts = parts.into_iter().map(|Part { record, is_aems, findings }| Self {
            record: Box::new(record),
            is_aems,
            findings,
        });
        let encrypted = encrypted.into_iter().map(Box::new);
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
    /// What keeps the numbers of many keys in `file`, which is empty and nobody else's.
    #[cfg(feature = "cli")]
    fn with_keys_in(file: File) -> Self {
        Self { occurrences: Vec::new(), keys: Keys::kept_in(file) }
    }

    /// Takes in one occurrence. An occurrence without a place is nothing.
    pub fn add(&mut self, mut occurrence: Occurrence) {
        if occurrence.record.locations.is_empty() {
            return;
        }
        if let Some(key) = &mut occurrence.record.public_key
            && let Some(numbers) = key.numbers.take()
        {
            self.keys.add(&key.sha256, &numbers);
        }
        self.occurrences.push(occurrence);
    }

    /// The inventory, the most urgent first, after the rules about storage have looked at it.
    ///
    /// # Errors
    ///
    /// Beside it, if the file that keys are in can't be read, so that not all of them were compared.
    pub fn finish(self, settings: &Settings) -> (Vec<Audited>, io::Result<()>) {
        let Self { mut occurrences, keys } = self;
        // First, because it takes much memory, and gives much free.
        let (keys, compared) = keys.compared();
        // They come in the order in which threads met them, and nothing may depend on that.
        occurrences.sort_by(|left, right| {
            // Digests of secrets come last: those of merged lines are in another order.
            let key = |occurrence: &Occurrence| {
                let Record { kind, public_key, token_sha256, client_secret, .. } = &*occurrence.record;
                let public_key = public_key.as_ref().map(|key| key.sha256);
                (
                    *kind,
                    public_key,
                    occurrence.record.certificate_sha256(),
                    token_sha256.clone(),
                    *client_secret,
                )
            };
            left.record
                .locations
                .cmp(&right.record.locations)
                .then_with(|| left.record.client_id.cmp(&right.record.client_id))
                .then_with(|| key(left).cmp(&key(right)))
        });
        // Whoever names a folder and one within it meets a file twice.
        occurrences.dedup_by(|next, kept| next.is_same(kept));
        let mut groups = Groups::new(occurrences);
        groups.join_without_certificate();
        let mut sorted = groups.with_parts();
        for Group { record, .. } in &mut sorted {
            record.locations.sort();
            record.locations.dedup_by(|later, kept| kept.takes_in(later));
            record.settle(settings.now, settings.expiring);
        }
        sorted.sort_by(|left, right| left.record.urgency().cmp(&right.record.urgency()));
        // Most records have none.
        let mut findings: HashMap<usize, Vec<AuditFinding>> = HashMap::new();
        for (index, group) in sorted.iter_mut().enumerate().filter(|(_, group)| !group.findings.is_empty()) {
            findings.insert(index, joined(std::mem::take(&mut group.findings)));
        }
        let inventory = Inventory::of(sorted.into_iter().map(|group| group.record).collect(), keys);
        for (index, finding) in observe(&inventory, settings) {
            findings.entry(index).or_default().push(finding);
        }
        let superseded: Vec<bool> =
            successors(&inventory.records, |_, _| true).iter().map(Option::is_some).collect();
        let audited = inventory.records.into_iter().zip(superseded).enumerate();
        let audited = audited
            .map(|(index, (record, superseded))| {
                let mut findings = findings.remove(&index).unwrap_or_default();
                // A stable sort: within a level, findings about the document come first, in its order.
                findings.sort_by_key(|finding| std::cmp::Reverse(finding.level));
                Audited { record, findings, superseded }
            })
            .collect();
        (audited, compared)
    }
}

impl Groups {
    /// Puts together occurrences, which are sorted by place, of the same credential.
    fn new(occurrences: Vec<Occurrence>) -> Self {
        // What a part belongs to is known when all credentials are.
        let is_part = |occurrence: &Occurrence| occurrence.record.kind.is_part();
        let (parts, mut whole): (Vec<_>, Vec<_>) = occurrences.into_iter().partition(is_part);
        whole.sort_by(|left, right| Identity::of(&left.record).cmp(&Identity::of(&right.record)));
        let mut credentials: Vec<Group> = Vec::new();
        for Occurrence { record, findings, .. } in whole {
            let new = Group::new(record, findings);
            match credentials.last_mut() {
                Some(last) if Identity::of(&last.record) == Identity::of(&new.record) => {
                    last.take_in(new, Record::join);
                }
                _ => credentials.push(new),
            }
        }
        Self { credentials, parts }
    }

    /// Copies without a certificate, as variables are, belong to the one with the same key, and to the last to end if
    /// there are several.
    fn join_without_certificate(&mut self) {
        let certificate = |group: &Group| group.record.certificate_sha256();
        let mut copies = Vec::new();
        for (index, group) in self.credentials.iter().enumerate() {
            let Identity::Key(kind, client, key, None) = Identity::of(&group.record) else { continue };
            // In the order of identities, those with a certificate come right after the one without.
            let after = self.credentials.iter().enumerate().skip(index + 1);
            let certified = after.take_while(|(_, group)| {
                matches!(Identity::of(&group.record), Identity::Key(a, b, c, Some(_)) if (a, b, c) == (kind, client, key))
            });
            let last = certified.max_by_key(|(_, group)| {
                (group.record.validity().map(|validity| validity.not_after), certificate(group))
            });
            copies.extend(last.map(|(last, _)| (index, last)));
        }
        for (index, last) in copies {
            let Some(copy) = self.credentials.get_mut(index).map(Group::take) else { continue };
            if let Some(last) = self.credentials.get_mut(last) {
                last.take_in(copy, Record::complete_with);
            }
        }
        self.credentials.retain(|group| !group.record.locations.is_empty());
    }
}

impl<'r> Identity<'r> {
    fn of(record: &'r Record) -> Self {
        let client = record.client_id.as_deref();
        match (&record.public_key, &record.token_sha256) {
            (Some(key), _) => Self::Key(record.kind, client, key.sha256, record.certificate_sha256()),
            (None, Some(digest)) => Self::Secret(record.kind, None, **digest),
            (None, None) => match record.client_secret.filter(|_| client.is_some()) {
                Some(digest) => Self::Secret(record.kind, client, digest),
                None => Self::Place(record.kind, client, record.locations.first()),
            },
        }
    }
}

impl Group {
    fn new(record: Box<Record>, findings: Vec<Finding>) -> Self {
        let about =
            |location| findings.into_iter().map(|finding| AuditFinding::about(finding, location)).collect();
        let findings = record.locations.first().map_or_else(Vec::new, about);
        Self { record, findings }
    }

    /// Takes in another one, whose record is joined to this one by `join`.
    fn take_in(&mut self, mut other: Self, join: fn(&mut Record, Record)) {
        join(&mut self.record, *other.record);
        self.findings.append(&mut other.findings);
    }

    /// What it holds. An empty record without a place is left.
    fn take(&mut self) -> Self {
        Self { record: std::mem::take(&mut self.record), findings: std::mem::take(&mut self.findings) }
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
