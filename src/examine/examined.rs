//! What is kept of a document and of a part that were examined.
//!
//! Owns: the records that they stand for. Does not own: finding out about them (see `examination`).

use super::judge::Checked;
use crate::credential::ProjectCredentialKind;
use crate::finding::Finding;
use crate::record::Record;
use crate::rule::Settings;

/// A document and what was found out about it.
#[derive(Debug)]
pub struct Examined<T = ()> {
    /// What was found out.
    pub checked: Checked,
    /// The credentials in it that have records of their own: those of a project, or those around which something is wrong.
    pub members: Vec<Record>,
    /// What the visitor made of it.
    pub seen: T,
    /// Whether it is the whole input.
    pub is_whole: bool,
    /// Whether it is a credential besides its members.
    pub(super) is_own: bool,
}

/// A part of a credential by itself.
#[derive(Debug)]
pub struct Part {
    /// What is known of it.
    pub record: Record,
    /// Whether it is AEM's for sure. A private key in a file of its own may be anybody's, and is only taken in where it
    /// belongs to something else.
    pub is_aems: bool,
    /// What is wrong with it.
    pub findings: Vec<Finding>,
}

impl Part {
    /// The part as if it were a document, about which there are no rules.
    pub fn alone<T: Default>(self) -> Examined<T> {
        let checked = Checked {
            record: self.record,
            is_credential: true,
            findings: self.findings,
            failures: Vec::new(),
            masked: None,
        };
        Examined { checked, members: Vec::new(), seen: T::default(), is_whole: false, is_own: true }
    }
}

impl<T> Examined<T> {
    /// The records of the credentials that it is or holds.
    pub fn records(&self) -> impl Iterator<Item = &Record> {
        let record = &self.checked.record;
        let own = Some(record).filter(|_| self.checked.is_credential && self.is_own);
        own.into_iter().chain(&self.members)
    }

    /// The same, given away, and the findings about all of them.
    pub fn into_records(self) -> (Vec<Record>, Vec<Finding>) {
        let Self { checked: Checked { record, is_credential, findings, .. }, mut members, is_own, .. } = self;
        if is_credential && is_own {
            members.insert(0, record);
        }
        (members, findings)
    }

    /// Gives each credential of a project a record. They have no key here, so that they are parts.
    pub(super) fn list(&mut self, settings: &Settings) {
        let project = &self.checked.record;
        self.is_own = project.listed.is_empty();
        self.members = project
            .listed
            .iter()
            .map(|listed| Record {
                client_id: listed.client_id.clone(),
                listed: [listed.clone()].into(),
                // Of the types without a key pair no rule says that they can't be used.
                broken: project.broken && listed.kind == ProjectCredentialKind::Jwt,
                ..project.clone()
            })
            .collect();
        for member in &mut self.members {
            member.settle(settings.now, settings.expiring);
        }
    }
}
