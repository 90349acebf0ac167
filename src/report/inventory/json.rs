//! Parts of JSON reports.
//!
//! Owns: the fields that both reports have. Does not own: what a report is made of.

use super::super::wire::{Digest, PositionReport, Time, wire};
use super::client;
use crate::credential::DocumentKind;
use crate::record::{Location, Past, Record, State};

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
        /// Where in the history of a repository it is; only with `--git-history`. Then `path` is the path in the commit.
        #[serde(skip_serializing_if = "Option::is_none")]
        git: Option<PastReport<'r>> = location.past.as_deref().map(PastReport::new),
    }

    /// Where in the history of a repository a place is.
    pub(in crate::report) struct PastReport<'r>(past: &'r Past) {
        /// The repository.
        repository: &'r str = past.repository.as_str(),
        /// The commit that brought it first; null if it is in no commit.
        commit: Option<&'r str> = past.commit.as_deref(),
        /// When that commit was written.
        author_time: Option<Time> = past.author_time.map(Time::new),
        /// The commit that removed it last.
        removed_by: Option<&'r str> = past.removed_by.as_deref(),
        /// Whether the commit that is checked out has it.
        in_head: bool = past.in_head,
        /// The references that reach it: branches, tags and remote branches without `refs/heads/` and the like.
        refs: Vec<&'r str> = past.refs.iter().map(|reference| reference.name.as_str()).collect(),
    }
}
