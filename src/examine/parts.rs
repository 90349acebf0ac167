//! What is known of a part of a credential by itself.
//!
//! Owns: whose a part is, as far as one input says so. Does not own: finding parts (see `unwrap`), tying them to credentials
//! in other inputs (see `inventory`).

use std::collections::BTreeSet;

use super::describe::digest;
use super::examination::Part;
use crate::credential::{Certificate, ClientId, DocumentKind, PrivateKey};
use crate::record::{CertificateRecord, InClear, PublicHalf, Record, Site};
use crate::rule::Settings;
use crate::unwrap::{self, PartKind, names_aem};

/// The part that was found at `site`; nothing if it is no part of anything.
pub(super) fn part(found: &unwrap::Part, site: Site, settings: &Settings<'_>) -> Option<Part> {
    let near = names_aem(site.path.as_str()) || site.steps.iter().any(|step| names_aem(step));
    let text = found.text.expose();
    let record = match found.kind {
        PartKind::PrivateKey => {
            let key = PrivateKey::from_pem(text).ok()?;
            Record {
                kind: DocumentKind::PrivateKey,
                public_key: Some(PublicHalf::of_private_key(&key)),
                prime_digests: key.prime_digests(),
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
                certificate: Some(CertificateRecord::of(&certificate)),
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
    let mut record =
        Record { sites: vec![Site { usable: record.usable, in_clear: record.in_clear, ..site }], ..record };
    record.settle(settings.now, settings.expiring);
    Some(Part { is_aems: near || record.kind == DocumentKind::ClientSecret, record })
}

/// Says which of the keys in one input are AEM's because of what stands beside them: their certificate, or the one client
/// secret beside the only key.
pub(super) fn tie(parts: &mut [Part]) {
    let keys = |kind| {
        let of_kind = parts.iter().filter(move |part| part.record.kind == kind);
        of_kind.filter_map(|part| Some(part.record.public_key.as_ref()?.sha256)).collect::<BTreeSet<_>>()
    };
    let (private, certified) = (keys(DocumentKind::PrivateKey), keys(DocumentKind::Certificate));
    let secrets: BTreeSet<_> = parts.iter().filter_map(|part| part.record.client_secret).collect();
    let is_paired = private.len() == 1 && secrets.len() == 1;
    for part in parts.iter_mut().filter(|part| part.record.kind == DocumentKind::PrivateKey) {
        let key = part.record.public_key.as_ref().map(|key| key.sha256);
        part.is_aems |= is_paired || key.is_some_and(|key| certified.contains(&key));
    }
}
