//! Parts of JSON reports.
//!
//! Owns: the fields that both reports have. Does not own: what a report is made of.

use super::super::wire::{Digest, PositionReport, wire};
use super::client;
use crate::credential::DocumentKind;
use crate::record::{Location, Record, State};

wire! {
    /// Whose a credential is, and what.
    pub(in crate::report) struct IdentityReport<'r>(record: &'r Record) let client = client(record); {
        /// The client ID.
        client_id: Option<&'r str> = record.client_id.as_deref(),
        /// The Cloud Manager program that the client ID names.
        program: Option<&'r str> = client.map(|client| client.program),
        /// The environment that the client ID names.
        environment: Option<&'r str> = client.map(|client| client.environment),
        /// The organization's ID.
        organization: Option<&'r str> = record.organization.as_deref(),
        /// What it is.
        kind: DocumentKind = record.kind,
        /// In what state it is.
        state: State = record.state,
    }

    /// Its digests.
    pub(in crate::report) struct DigestsReport(record: &Record) {
        /// SHA-256 of the certificate's DER.
        certificate_sha256: Option<Digest> = record.certificate_sha256().map(|sha256| Digest::new(&sha256)),
        /// SHA-256 of the public key's DER (`SubjectPublicKeyInfo`).
        public_key_sha256: Option<Digest> = record.public_key.as_ref().map(|key| Digest::new(&key.sha256)),
    }

    /// A place at which a credential stands.
    pub(in crate::report) struct PlaceReport<'r>(location: &'r Location) {
        /// The file.
        path: &'r str = location.path.as_str(),
        /// What leads from the file's text to the credential, outermost first; empty for a plain file.
        steps: &'r [String] = &location.steps,
        /// The JSON pointer (RFC 6901) within the document.
        pointer: &'r str = location.pointer.as_str(),
        #[serde(flatten)]
        position: PositionReport = PositionReport::new(location.position),
        /// Whether a secret can be read there.
        usable: bool = location.usable,
    }
}
