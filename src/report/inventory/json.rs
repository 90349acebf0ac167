//! Parts of JSON reports.
//!
//! Owns: the fields that both reports have. Does not own: what a report is made of.

use super::super::wire::wire;
use super::client;
use crate::record::{Record, Site};
use crate::source::hex;

wire! {
    /// Whose a credential is, and what.
    pub(in crate::report) struct IdentityReport<'r>(record: &'r Record) let client = client(record); {
        client_id: Option<&'r str> = record.client_id.as_deref(),
        program: Option<&'r str> = client.map(|client| client.program),
        environment: Option<&'r str> = client.map(|client| client.environment),
        organization: Option<&'r str> = record.organization.as_deref(),
        kind: &'static str = record.kind.name(),
        state: &'static str = record.state.name(),
    }

    pub(in crate::report) struct DigestsReport(record: &Record) {
        certificate_sha256: Option<String> = record.certificate_sha256().map(|sha256| hex(&sha256)),
        public_key_sha256: Option<String> = record.public_key.as_ref().map(|key| hex(&key.sha256)),
    }

    pub(in crate::report) struct PlaceReport<'r>(site: &'r Site) {
        path: &'r str = site.path.as_str(),
        steps: &'r [String] = &site.steps,
        pointer: &'r str = site.pointer.as_str(),
        line: usize = site.position.line.number(),
        column: usize = site.position.column.number(),
        usable: bool = site.usable,
    }
}
