//! Defects of single fields.

use super::{Entry, Tampering};
use crate::generate::node::Node;
use crate::generate::synthetic;
use crate::secret::Secret;

pub(super) const DEFECTS: &[Entry] = &[
    ("field-missing", Tampering::Document(missing)),
    ("field-type", Tampering::Document(other_type)),
    ("field-empty", Tampering::Values(|draft| draft.organization.clear())),
    // As in the samples of Adobe's documentation.
    (
        "field-placeholder",
        Tampering::Values(|draft| {
            draft.client_secret = Secret::new(String::from("***REDACTED***"));
        }),
    ),
    // As shells and editors leave it.
    (
        "field-whitespace",
        Tampering::Values(|draft| {
            draft.client_secret = Secret::new([draft.client_secret.expose(), "\n"].concat());
        }),
    ),
    ("field-unknown", Tampering::Document(near_miss)),
    ("ims-endpoint-form", Tampering::Values(|draft| draft.ims_endpoint.insert_str(0, "https://"))),
    // A domain of RFC 2606: nobody receives what a test sends there.
    ("ims-endpoint-host", Tampering::Values(|draft| draft.ims_endpoint.push_str(".example.net"))),
    (
        "ims-endpoint-stage",
        Tampering::Values(|draft| {
            draft.ims_endpoint = String::from("ims-na1-stg1.adobelogin.com");
        }),
    ),
    ("metascopes-form", Tampering::Values(|draft| draft.metascopes.push_str(", ent_cloudmgr_sdk"))),
    ("metascopes-aem", Tampering::Values(|draft| draft.metascopes = String::from("ent_cloudmgr_sdk"))),
    // Of all identifiers this has the firmest shape: secrets have had several.
    (
        "identifier-form",
        Tampering::Values(|draft| {
            draft.account = synthetic::with_organization_ending(&draft.account);
        }),
    ),
    // Of all pairs this is one without a secret.
    (
        "identifier-swapped",
        Tampering::Values(|draft| std::mem::swap(&mut draft.account, &mut draft.organization)),
    ),
    // The issuer too, for the certificate stays self-signed.
    (
        "account-mismatch",
        Tampering::Values(|draft| {
            draft.certificate.subject = synthetic::with_other_environment(&draft.client_id);
            draft.certificate.issuer.clone_from(&draft.certificate.subject);
        }),
    ),
];

/// Of all fields this is the one that no other rule needs.
fn missing(document: &mut Node) {
    if let Some(members) = document.members(&["integration"]) {
        members.retain(|(key, _)| *key != "imsEndpoint");
    }
}

fn other_type(document: &mut Node) {
    if let Some(value) = document.member(&["integration"], "metascopes") {
        *value = Node::Boolean(true);
    }
}

/// Beside the right key, so that nothing is missing.
fn near_miss(document: &mut Node) {
    if let Some(members) = document.members(&["integration"]) {
        members.push(("metaScopes", Node::text("ent_aem_cloud_api")));
    }
}
