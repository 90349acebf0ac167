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
    ("key-file-unread", Tampering::Document(beside_key_file)),
    ("exposed-to-browser", Tampering::Document(in_public_variables)),
    ("credential-retired", Tampering::Document(retired)),
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

/// The client in variables, the private key in a file that nobody has.
fn beside_key_file(document: &mut Node) {
    in_variables(
        document,
        &[
            ("clientId", "AEM_CLIENT_ID"),
            ("clientSecret", "AEM_CLIENT_SECRET"),
            ("org", "AEM_ORG_ID"),
            ("metascopes", "AEM_METASCOPES"),
        ],
    );
    if let Node::Object(members) = document {
        members.push(("AEM_PRIVATE_KEY_PATH", Node::text("/etc/aem/private.pem")));
    }
}

/// Each field in a variable of its own, as Next.js ships them to browsers.
fn in_public_variables(document: &mut Node) {
    in_variables(
        document,
        &[
            ("clientId", "NEXT_PUBLIC_AEM_CLIENT_ID"),
            ("clientSecret", "NEXT_PUBLIC_AEM_CLIENT_SECRET"),
            ("id", "NEXT_PUBLIC_AEM_TECHNICAL_ACCOUNT_ID"),
            ("org", "NEXT_PUBLIC_AEM_ORG_ID"),
            ("metascopes", "NEXT_PUBLIC_AEM_METASCOPES"),
            ("privateKey", "NEXT_PUBLIC_AEM_PRIVATE_KEY"),
        ],
    );
}

/// The fields that have a name, each in a variable of its own.
fn in_variables(document: &mut Node, names: &[(&str, &'static str)]) {
    let mut fields =
        document.members(&["integration", "technicalAccount"]).map(std::mem::take).unwrap_or_default();
    fields.append(&mut document.members(&["integration"]).map(std::mem::take).unwrap_or_default());
    let name = |key: &str| names.iter().find(|(field, _)| *field == key).map(|(_, name)| *name);
    let variables = fields.into_iter().filter_map(|(key, value)| Some((name(key)?, value)));
    *document = Node::Object(variables.collect());
}

/// A project of the Adobe Developer Console, whose client IDs have no meaning.
fn retired(document: &mut Node) {
    let account =
        document.members(&["integration", "technicalAccount"]).map(std::mem::take).unwrap_or_default();
    let secret = account.into_iter().find(|(key, _)| *key == "clientSecret").map(|(_, secret)| secret);
    let object = |members| Node::Object(members);
    let mut jwt = vec![("client_id", Node::text("7e57da7a7e57da7a7e57da7a7e57da7a"))];
    jwt.extend(secret.map(|secret| ("client_secret", secret)));
    let fields = document.members(&["integration"]).map(std::mem::take).unwrap_or_default();
    let mut organization = None;
    for (key, value) in fields {
        match key {
            "email" => jwt.push(("technical_account_email", value)),
            "id" => jwt.push(("technical_account_id", value)),
            "org" => organization = Some(("ims_org_id", value)),
            _ => {}
        }
    }
    let credential = object(vec![
        ("name", Node::text("Service Account (JWT)")),
        ("integration_type", Node::text("service")),
        ("jwt", object(jwt)),
    ]);
    let details = object(vec![("credentials", Node::List(vec![credential]))]);
    *document = object(vec![(
        "project",
        object(vec![
            ("name", Node::text("synthetic")),
            ("org", object(organization.into_iter().collect())),
            ("workspace", object(vec![("name", Node::text("Production")), ("details", details)])),
        ]),
    )]);
}

/// Beside the right key, so that nothing is missing.
fn near_miss(document: &mut Node) {
    if let Some(members) = document.members(&["integration"]) {
        members.push(("metaScopes", Node::text("ent_aem_cloud_api")));
    }
}
