//! From what was found in a file to a sighting.
//!
//! Owns: an entry's kind and state, as its findings and dates have it, and what is known of loose parts. Does not own:
//! finding (see `discover`), judging a document (see `check`).

use sha2::{Digest as _, Sha256};

use super::{AuditFinding, Audited, Sighting, by_date};
use crate::check::{Checked, check, check_within, days_left};
use crate::credential::{Certificate, ClientId, DocumentKind, PrivateKey, PublicKey};
use crate::discover::unwrap::{Document, Part, PartKind, Step, Trail, Unwrapped, names_aem, said_of};
use crate::inventory::{CertificateNames, Entry, EntryKind, PublicHalf, Site, State, Validity};
use crate::json::Pointer;
use crate::rule::Settings;
use crate::secret::Secret;
use crate::source::{PathName, Position, Span};

/// A file of which something is said.
#[derive(Clone, Debug)]
pub struct FileAt {
    /// Its name.
    pub name: PathName,
    /// Its permission bits, where the system has such.
    pub mode: Option<u32>,
}

impl FileAt {
    fn site(&self, trail: &Trail, position: Position) -> Site {
        Site {
            path: self.name.clone(),
            steps: trail.groups(),
            position,
            pointer: Pointer::root(),
            usable: true,
            // What lies inside an archive or is encoded is as easy to read as the file.
            mode: self.mode,
        }
    }
}

impl Sighting {
    /// What is to be said of this sighting by itself, before the others are known.
    #[must_use]
    pub fn alone(&self) -> Audited {
        let site = self.entry.sites.first();
        let findings = site.map_or_else(Vec::new, |site| {
            self.findings.iter().map(|finding| AuditFinding::about(finding.clone(), site)).collect()
        });
        Audited { entry: self.entry.clone(), findings, superseded: false }
    }

    /// What an inventory keeps of `checked`, which stands at `site`: nothing if it is no credential, and one sighting
    /// for each credential of a project.
    #[must_use]
    pub fn all(checked: Checked, site: Site, settings: &Settings<'_>) -> Vec<Self> {
        let kind = match checked.kind {
            DocumentKind::ServiceCredentials => EntryKind::ServiceCredentials,
            DocumentKind::DevelopmentToken => EntryKind::DevelopmentToken,
            DocumentKind::AccessToken => EntryKind::AccessToken,
            DocumentKind::DeveloperConsoleProject => return Self::of_project(checked, &site),
            // What was cut off, say: nobody can tell whose it is and until when, which is no reason to lose it.
            DocumentKind::Unknown if checked.looks_like_credential => {
                let damaged = bare(EntryKind::ServiceCredentials, State::Broken, site);
                return vec![Self { findings: checked.findings, ..damaged }];
            }
            DocumentKind::Configuration | DocumentKind::Unknown => return Vec::new(),
        };
        let Some(trace) = checked.trace else { return Vec::new() };
        let facts = checked.facts;
        let certified = facts.certificate.as_ref().map(|certificate| Validity {
            not_before: certificate.not_before,
            not_after: certificate.not_after,
            days_left: certificate.days_left,
        });
        let claimed = facts.token.as_ref().map(|token| Validity {
            not_before: token.created_at,
            not_after: token.expires_at,
            days_left: days_left(settings.now, token.expires_at),
        });
        let validity = certified.or(claimed);
        let dated = certified.and_then(|certified| by_date(&certified, settings));
        // The second of a token's end is no longer valid (RFC 7519 section 4.1.4).
        let expired =
            dated == Some(State::Expired) || claimed.is_some_and(|claimed| claimed.not_after <= settings.now);
        let state = match () {
            () if trace.redacted && !trace.usable => State::Redacted,
            () if expired => State::Expired,
            () if checked.broken => State::Broken,
            () if dated == Some(State::Expiring) => State::Expiring,
            // Variables have no certificate. Nobody can tell whether such a credential is over already.
            () if validity.is_none() => State::Partial,
            () => State::Sound,
        };
        let entry = Entry {
            kind,
            state,
            client_id: facts.client_id,
            organization: facts.organization,
            validity,
            certificate_sha256: facts.certificate.map(|certificate| certificate.sha256),
            certificate_names: trace.certificate_names,
            public_key: trace.public_key,
            prime_digests: trace.prime_digests,
            sites: vec![Site { usable: trace.usable, ..site }],
        };
        // That a sample has no secrets in it is no defect of how it is kept.
        let findings = if state == State::Redacted { Vec::new() } else { checked.findings };
        vec![Self {
            entry,
            identity: trace.token,
            client_secret: trace.client_secret,
            telling: true,
            findings,
        }]
    }

    /// The credentials of a project of the Adobe Developer Console. They have no key here, so that they are parts; the
    /// findings are about the project, and stand with the first.
    fn of_project(checked: Checked, site: &Site) -> Vec<Self> {
        let (facts, mut findings) = (checked.facts, checked.findings);
        let listed = facts.listed.into_iter().map(|listed| {
            let mut sighting = bare(EntryKind::DeveloperConsole, State::Partial, site.clone());
            sighting.entry.client_id = listed.client_id;
            sighting.entry.organization.clone_from(&facts.organization);
            sighting.findings = std::mem::take(&mut findings);
            sighting
        });
        listed.collect()
    }
}

/// What an inventory keeps of something that was found in `file`; nothing of a document that is no credential after all.
///
/// # Errors
///
/// What could not be looked at, in plain words.
pub fn sightings(file: &FileAt, found: Unwrapped, settings: &Settings<'_>) -> Result<Vec<Sighting>, String> {
    match found {
        Unwrapped::Document(document) => Ok(of_document(file, document, settings)),
        Unwrapped::Part(part) => Ok(match part.into_document() {
            Ok(document) => of_document(file, document, settings),
            Err(part) => loose(file, &part, settings).into_iter().collect(),
        }),
        Unwrapped::Encrypted(encrypted) if encrypted.names_credential => {
            let position = position(&encrypted.trail, encrypted.span);
            let site = Site { usable: false, ..file.site(&encrypted.trail, position) };
            Ok(vec![bare(EntryKind::Encrypted, State::Encrypted, site)])
        }
        Unwrapped::Encrypted(_) => Ok(Vec::new()),
        Unwrapped::LimitHit { trail, limit } => Err(said_of(&trail, &limit.to_string())),
        Unwrapped::Unreadable { trail, reason } => Err(said_of(&trail, reason)),
    }
}

/// What an inventory keeps of a file in which nothing was found: a sighting, if it was meant to be a credential.
#[must_use]
pub fn damaged(file: &FileAt, bytes: Secret<Vec<u8>>, settings: &Settings<'_>) -> Vec<Sighting> {
    let checked = check(bytes, settings);
    if checked.kind != DocumentKind::Unknown {
        return Vec::new();
    }
    Sighting::all(checked, file.site(&Trail::default(), Position::START), settings)
}

fn position(trail: &Trail, outer: Span) -> Position {
    trail.outermost().map_or(Position::START, |source| source.position(outer.start))
}

fn of_document(file: &FileAt, document: Document, settings: &Settings<'_>) -> Vec<Sighting> {
    let Document { bytes, form, trail } = document;
    let checked = check_within(bytes, &form, trail.surroundings(), settings);
    // What can't be read begins where its text does.
    let beginning = checked
        .trace
        .as_ref()
        .map_or_else(|| trail.position(0).unwrap_or(Position::START), |trace| trace.beginning);
    // In the middle of other texts, such as source code, what can't be read is an example.
    let embedded = trail.steps().iter().any(|step| matches!(step, Step::Embedded(_)));
    if embedded && checked.kind == DocumentKind::Unknown {
        return Vec::new();
    }
    Sighting::all(checked, file.site(&trail, beginning), settings)
}

/// A part of a credential that is in no document and can't be checked alone.
fn loose(file: &FileAt, part: &Part, settings: &Settings<'_>) -> Option<Sighting> {
    let site = file.site(&part.trail, position(&part.trail, part.span));
    let near = names_aem(site.path.as_str()) || site.steps.iter().any(|step| names_aem(step));
    match part.kind {
        PartKind::PrivateKey => {
            private_key(part, site).map(|sighting| Sighting { telling: near, ..sighting })
        }
        PartKind::Certificate => certificate(part, site, settings),
        PartKind::ClientSecret => {
            let mut sighting = bare(EntryKind::ClientSecret, State::Partial, site);
            sighting.identity = Some(Sha256::digest(part.text.expose().trim().as_bytes()).into());
            Some(sighting)
        }
        PartKind::Token => None,
    }
}

fn private_key(part: &Part, site: Site) -> Option<Sighting> {
    let key = PrivateKey::from_pem(part.text.expose()).ok()?;
    let half = PublicHalf { sha256: key.public_key_sha256(), modulus: key.modulus().clone() };
    let mut sighting = bare(EntryKind::PrivateKey, State::Partial, site);
    sighting.entry.public_key = Some(half);
    sighting.entry.prime_digests = key.prime_digests();
    Some(sighting)
}

/// A certificate of the AEM Developer Console, which is known by its subject.
fn certificate(part: &Part, site: Site, settings: &Settings<'_>) -> Option<Sighting> {
    let certificate = Certificate::from_pem(part.text.expose()).ok()?;
    let PublicKey::Rsa { modulus, .. } = &certificate.public_key else { return None };
    let client = certificate.common_name.as_deref().filter(|name| ClientId::parse(name).is_some())?;
    let mut sighting = bare(EntryKind::Certificate, State::Partial, Site { usable: false, ..site });
    let entry = &mut sighting.entry;
    entry.client_id = Some(client.to_owned());
    entry.certificate_sha256 = Some(certificate.sha256);
    entry.certificate_names = Some(CertificateNames::of(&certificate));
    entry.public_key = Some(PublicHalf { sha256: certificate.public_key_sha256, modulus: modulus.clone() });
    entry.validity = Some(Validity {
        not_before: certificate.not_before.instant,
        not_after: certificate.not_after.instant,
        days_left: days_left(settings.now, certificate.not_after.instant),
    });
    Some(sighting)
}

/// A sighting of which nothing is known but what it is and where.
fn bare(kind: EntryKind, state: State, site: Site) -> Sighting {
    let entry = Entry {
        kind,
        state,
        client_id: None,
        organization: None,
        validity: None,
        certificate_sha256: None,
        certificate_names: None,
        public_key: None,
        prime_digests: None,
        sites: vec![site],
    };
    Sighting { entry, identity: None, client_secret: None, telling: true, findings: Vec::new() }
}
