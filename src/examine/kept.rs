//! What is to be said of a credential at a place, apart from what is wrong with it: the rules about how it is kept.
//!
//! Owns: running these rules over what one input holds, or over one place. Does not own: what they say (see the rules), how
//! git keeps a file (see `git`).

use std::collections::BTreeSet;

use super::examination::Examination;
use super::examined::Examined;
use crate::credential::DocumentKind;
use crate::finding::{Draft, Finding, Level, Place};
use crate::record::{Keeping, Location, Record};
use crate::rule::{Check, Remark, Rule, Settings};
use crate::rules;
use crate::source::Span;

/// What the rules about places say of `record` at `location`, with the levels in force.
pub fn remarks<'r>(
    record: &'r Record,
    location: &'r Location,
    settings: &'r Settings,
) -> impl Iterator<Item = (&'static Rule, Level, Remark)> + 'r {
    rules::all().filter_map(move |rule| {
        let Check::Place(check) = rule.check else { return None };
        let remark = check(record, location, settings)?;
        Some((rule, settings.level_or(rule, remark.level)?, remark))
    })
}

impl<T: Default> Examination<T> {
    /// Reports each place that is wrong for what is kept there, if git keeps the input as `keeping`: in documents, around
    /// them and of parts alone, which become documents.
    pub fn keep(&mut self, keeping: Keeping, settings: &Settings) {
        let parts = std::mem::take(&mut self.parts);
        let parts = parts.into_iter().filter(|part| part.is_aems).map(super::Part::alone);
        self.documents.extend(parts);
        for examined in &mut self.documents {
            examined.keep(keeping, settings);
        }
    }

    /// The public keys that certificates of AEM's in it name.
    pub fn certified(&self) -> impl Iterator<Item = [u8; 32]> + '_ {
        let documents = self.documents.iter().flat_map(Examined::records);
        let certificates = self.parts.iter().map(|part| &part.record);
        let certificates = certificates.filter(|record| record.kind == DocumentKind::Certificate);
        documents.chain(certificates).filter_map(|record| Some(record.public_key.as_ref()?.sha256))
    }

    /// Takes loose private keys for AEM's whose public halves are among `certified`.
    pub fn claim(&mut self, certified: &BTreeSet<[u8; 32]>) {
        for part in &mut self.parts {
            let key = part.record.public_key.as_ref();
            part.is_aems |= key.is_some_and(|key| certified.contains(&key.sha256));
        }
    }
}

impl<T> Examined<T> {
    fn keep(&mut self, keeping: Keeping, settings: &Settings) {
        let mut seen = BTreeSet::new();
        let mut found = Vec::new();
        for record in self.records() {
            // A key that is in a file of its own is found there.
            let own = record.locations.first().map(|location| &location.path);
            let here = record.locations.iter().filter(|location| Some(&location.path) == own);
            for location in here.filter(|location| seen.insert((*location).clone())) {
                let location = Location { keeping: Some(keeping), ..location.clone() };
                found.extend(remarks(record, &location, settings).map(|said| finding(said, &location)));
            }
        }
        self.checked.findings.splice(0..0, found);
    }
}

fn finding((rule, level, remark): (&'static Rule, Level, Remark), location: &Location) -> Finding {
    let place = Place::new(location.pointer.clone(), Span::at(0));
    Finding {
        rule,
        basis: rule.basis,
        level,
        draft: Draft::new(place, remark.message).help(remark.help),
        start: location.position,
        end: location.position,
        related: Vec::new(),
        suggestions: Vec::new(),
        suppression: None,
    }
}
