//! Defects of single fields.

use super::{Entry, Tampering};
use crate::generate::node::Node;
use crate::generate::synthetic;
use crate::secret::Secret;

pub(super) const DEFECTS: &[Entry] = &[
    Entry { rule: "field-missing", description: "no imsEndpoint", tampering: Tampering::Document(missing) },
    Entry {
        rule: "field-type",
        description: "true as metascopes",
        tampering: Tampering::Document(other_type),
    },
    Entry {
        rule: "field-empty",
        description: "an empty org",
        tampering: Tampering::Values(|draft| draft.organization.clear()),
    },
    Entry {
        rule: "field-placeholder",
        description: "***REDACTED*** as clientSecret",
        // As in the samples of Adobe's documentation.
        tampering: Tampering::Values(|draft| {
            draft.client_secret = Secret::new(String::from("***REDACTED***"));
        }),
    },
    Entry {
        rule: "field-whitespace",
        description: "a line break at the end of clientSecret",
        // As shells and editors leave it.
        tampering: Tampering::Values(|draft| {
            draft.client_secret = Secret::new([draft.client_secret.expose(), "\n"].concat());
        }),
    },
    Entry {
        rule: "field-unknown",
        description: "metaScopes in addition to metascopes",
        tampering: Tampering::Document(near_miss),
    },
    Entry {
        rule: "ims-endpoint-form",
        description: "an imsEndpoint with the scheme https://",
        tampering: Tampering::Values(|draft| draft.ims_endpoint.insert_str(0, "https://")),
    },
    Entry {
        rule: "ims-endpoint-host",
        description: "an imsEndpoint that begins like Adobe's and belongs to example.net",
        // A domain of RFC 2606: nobody receives what a test sends there.
        tampering: Tampering::Values(|draft| draft.ims_endpoint.push_str(".example.net")),
    },
    Entry {
        rule: "ims-endpoint-stage",
        description: "Adobe's stage token service as imsEndpoint",
        tampering: Tampering::Values(|draft| {
            draft.ims_endpoint = String::from("ims-na1-stg1.adobelogin.com");
        }),
    },
    Entry {
        rule: "metascopes-form",
        description: "a space after the comma between two metascopes",
        tampering: Tampering::Values(|draft| draft.metascopes.push_str(", ent_cloudmgr_sdk")),
    },
    Entry {
        rule: "metascopes-aem",
        description: "Cloud Manager's metascope alone",
        tampering: Tampering::Values(|draft| draft.metascopes = String::from("ent_cloudmgr_sdk")),
    },
    Entry {
        rule: "identifier-form",
        description: "an id that ends like an organisation",
        // Of all identifiers this has the firmest shape: secrets have had several.
        tampering: Tampering::Values(|draft| {
            draft.account = synthetic::with_organization_ending(&draft.account);
        }),
    },
    Entry {
        rule: "identifier-swapped",
        description: "id and org in each other's place",
        // Of all pairs this is one without a secret.
        tampering: Tampering::Values(|draft| std::mem::swap(&mut draft.account, &mut draft.organization)),
    },
    Entry {
        rule: "account-mismatch",
        description: "a certificate for another environment",
        // The issuer too, for the certificate stays self-signed.
        tampering: Tampering::Values(|draft| {
            draft.certificate.subject = synthetic::with_other_environment(&draft.client_id);
            draft.certificate.issuer.clone_from(&draft.certificate.subject);
        }),
    },
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
