//! What is known of a part of a credential by itself.
//!
//! Owns: whose a part is, as far as one input says so. Does not own: finding parts (see `unwrap`), tying them to credentials
//! in other inputs (see `inventory`).

use std::collections::BTreeSet;

use super::catalogue::RuleRun;
use super::describe::digest;
use super::examined::Part;
use super::variables;
use crate::credential::{Certificate, ClientId, DocumentKind, PrivateKey};
use crate::finding::{Draft, Finding, Level, Place};
use crate::record::{CertificateRecord, InClear, Location, PublicHalf, Record, State};
use crate::rule::{Basis, Rule, Settings};
use crate::rules::{self, words};
use crate::unwrap::{self, PartKind, names_aem};

/// The part that was found at `location`; nothing if it is no part of anything.
pub(super) fn part(found: &unwrap::Part, location: Location, settings: &Settings) -> Option<Part> {
    let near = names_aem(location.path.as_str()) || location.steps.iter().any(|step| names_aem(step));
    let text = found.text.expose();
    let record = match found.kind {
        PartKind::PrivateKey => {
            let key = PrivateKey::from_any_pem(text).ok()?;
            Record {
                kind: DocumentKind::PrivateKey,
                public_key: Some(PublicHalf::of_private_key(&key, None, settings.ties)),
                usable: true,
                in_clear: InClear { private_key: true, ..InClear::default() },
                ..Record::default()
            }
        }
        // A certificate of the AEM Developer Console is known by its subject.
        PartKind::Certificate => {
            let certificate = Certificate::from_pem(text).ok()?;
            let name = certificate.common_name.clone().filter(|name| ClientId::parse(name).is_some())?;
            Record {
                kind: DocumentKind::Certificate,
                client_id: Some(name),
                public_key: Some(PublicHalf::of_certificate(&certificate)?),
                certificate: Some(CertificateRecord::of(&certificate, settings.ties)),
                ..Record::default()
            }
        }
        PartKind::ClientSecret => Record {
            kind: DocumentKind::ClientSecret,
            client_secret: Some(digest(text.trim())),
            usable: true,
            in_clear: InClear { client_secret: true, ..InClear::default() },
            ..Record::default()
        },
        PartKind::Token => return None,
    };
    let mut record = Record {
        locations: vec![Location { usable: record.usable, in_clear: record.in_clear, ..location }],
        ..record
    };
    record.settle(settings.now, settings.expiring);
    let is_aems = near || record.kind == DocumentKind::ClientSecret;
    let findings = exposed(&record, settings);
    Some(Part { record, is_aems, findings })
}

/// Says which of the keys in one input are AEM's because of what stands beside them: their certificate, or the one client
/// secret beside the only key. A certificate says until when a key can be used, too.
pub(super) fn tie(parts: &mut [Part], settings: &Settings) {
    let keys = |kind| {
        let of_kind = parts.iter().filter(move |part| part.record.kind == kind);
        of_kind.filter_map(|part| Some(part.record.public_key.as_ref()?.sha256)).collect::<BTreeSet<_>>()
    };
    let (private, certified) = (keys(DocumentKind::PrivateKey), keys(DocumentKind::Certificate));
    let secrets: BTreeSet<_> = parts.iter().filter_map(|part| part.record.client_secret).collect();
    let is_paired = private.len() == 1 && secrets.len() == 1;
    let certificates: Vec<Record> = parts
        .iter()
        .map(|part| &part.record)
        .filter(|record| record.certificate.is_some())
        .cloned()
        .collect();
    for part in parts.iter_mut().filter(|part| part.record.kind == DocumentKind::PrivateKey) {
        let key = part.record.public_key.as_ref().map(|key| key.sha256);
        part.is_aems |= is_paired || key.is_some_and(|key| certified.contains(&key));
        let of_key = certificates.iter().filter(|one| one.public_key.as_ref().map(|key| key.sha256) == key);
        // Of several certificates of one key the last to end counts.
        if let Some(certificate) = of_key.max_by_key(|one| one.validity()) {
            part.record.certify(certificate);
            part.record.settle(settings.now, settings.expiring);
            part.findings.extend(ended(&part.record, settings));
        }
    }
}

/// What rules say of the variable that a part stands in.
fn exposed(record: &Record, settings: &Settings) -> Vec<Finding> {
    let Some(location) = record.locations.first().filter(|location| location.usable) else {
        return Vec::new();
    };
    let mut run = RuleRun::new(settings);
    run.variables(&variables::around(&location.steps, record, &Place::default()));
    let finding = |(_, rule, draft): (usize, _, Draft)| {
        let (basis, own) = draft.own(rule);
        Some(found(rule, basis, settings.level_or(rule, own)?, draft, location))
    };
    run.drafts.into_iter().filter_map(finding).collect()
}

/// That the certificate of a loose key is past its end.
fn ended(record: &Record, settings: &Settings) -> Option<Finding> {
    let rule = rules::find("certificate-expired").filter(|_| record.state == State::Expired)?;
    let (level, location) = (settings.level_of(rule)?, record.locations.first()?);
    let end = words::instant(record.validity()?.not_after);
    let message = format!("the certificate that belongs to this private key expired on {end}");
    let draft = Draft::new(Place::default(), message).help(rule.remedy);
    Some(found(rule, rule.basis, level, draft, location))
}

/// A finding about a part, at its place.
fn found(rule: &'static Rule, basis: Basis, level: Level, draft: Draft, location: &Location) -> Finding {
    Finding {
        rule,
        basis,
        level,
        start: location.position,
        end: location.position,
        related: Vec::new(),
        suggestions: Vec::new(),
        draft,
        suppression: None,
    }
}

/// Whether those of `parts` that are `meant` can be of one credential: no two of them are different keys, certificates or
/// secrets.
pub(super) fn belong_together(parts: &[Part], meant: impl Fn(&Part) -> bool) -> bool {
    let records = || parts.iter().filter(|part| meant(part)).map(|part| &part.record);
    let keys: BTreeSet<_> = records().filter_map(|record| Some(record.public_key.as_ref()?.sha256)).collect();
    let secrets: BTreeSet<_> = records().filter_map(|record| record.client_secret).collect();
    let certificates: BTreeSet<_> = records().filter_map(Record::certificate_sha256).collect();
    keys.len() <= 1 && secrets.len() <= 1 && certificates.len() <= 1
}
