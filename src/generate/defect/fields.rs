//! Defects of single fields.

use super::{Row, Tampering};
use crate::generate::node::Node;
use crate::generate::synthetic;
use crate::secret::Secret;

pub(super) const DEFECTS: &[Row] = &[
    ("field-missing", Tampering::Document(missing)),
    ("field-type", Tampering::Document(other_type)),
    ("field-empty", Tampering::Values(|blueprint| blueprint.organization.clear())),
    // As in the samples of Adobe's documentation.
    (
        "field-placeholder",
        Tampering::Values(|blueprint| {
            blueprint.client_secret = Secret::new(String::from("***REDACTED***"));
        }),
    ),
    // As shells and editors leave it.
    (
        "field-whitespace",
        Tampering::Values(|blueprint| {
            blueprint.client_secret = Secret::new([blueprint.client_secret.expose(), "\n"].concat());
        }),
    ),
    ("field-unknown", Tampering::Document(near_miss)),
    ("ims-endpoint-form", Tampering::Values(|blueprint| blueprint.ims_endpoint.insert_str(0, "https://"))),
    // A domain of RFC 2606: nobody receives what a test sends there.
    ("ims-endpoint-host", Tampering::Values(|blueprint| blueprint.ims_endpoint.push_str(".example.net"))),
    (
        "ims-endpoint-stage",
        Tampering::Values(|blueprint| {
            blueprint.ims_endpoint = String::from("ims-na1-stg1.adobelogin.com");
        }),
    ),
    ("metascopes-form", Tampering::Values(|blueprint| blueprint.metascopes.push_str(", ent_cloudmgr_sdk"))),
    (
        "metascopes-aem",
        Tampering::Values(|blueprint| blueprint.metascopes = String::from("ent_cloudmgr_sdk")),
    ),
    // Of all identifiers this has the firmest shape: secrets have had several.
    (
        "identifier-form",
        Tampering::Values(|blueprint| {
            blueprint.account = synthetic::with_organization_ending(&blueprint.account);
        }),
    ),
    // Of all pairs this is one without a secret.
    (
        "identifier-swapped",
        Tampering::Values(|blueprint| std::mem::swap(&mut blueprint.account, &mut blueprint.organization)),
    ),
    // The issuer too, for the certificate stays self-signed.
    (
        "account-mismatch",
        Tampering::Values(|blueprint| {
            blueprint.certificate.subject = synthetic::with_other_environment(&blueprint.client_id);
            blueprint.certificate.issuer.clone_from(&blueprint.certificate.subject);
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
