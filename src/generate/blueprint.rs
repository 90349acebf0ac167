//! A credential on its way from values to text: [`Blueprint`], then [`Blocks`], then a [`Node`].
//!
//! Owns: the stages, and the issued document's fields in their order. Does not own: how a defect changes them.

use chrono::{DateTime, Utc};

use super::certificate::{self, CertificateBlueprint};
use super::key::KeyPair;
use super::node::Node;
use super::pem::Block;
use super::synthetic::{self, Identifiers};
use super::{GenerateError, Specification};
use crate::secret::Secret;

/// The first stage: what the credential says, each fact once.
pub(super) struct Blueprint {
    pub(super) ims_endpoint: String,
    pub(super) metascopes: String,
    pub(super) client_id: String,
    pub(super) client_secret: Secret<String>,
    pub(super) email: String,
    pub(super) account: String,
    pub(super) organization: String,
    pub(super) certificate: CertificateBlueprint,
    pub(super) private_key: KeyPair,
    pub(super) expiration_date: DateTime<Utc>,
}

/// The second stage: the contents of the two PEM fields.
pub(super) struct Blocks {
    pub(super) private_key: Block,
    pub(super) public_key: Block,
}

impl Blueprint {
    pub(super) fn new(specification: &Specification, key: &KeyPair) -> Result<Self, GenerateError> {
        let Specification { client_id, organization, seed, not_before, lifetime, .. } = specification;
        let not_after = not_before.checked_add_signed(*lifetime).ok_or(GenerateError::Date)?;
        let Identifiers { account, email, .. } = Identifiers::new(seed);
        Ok(Self {
            ims_endpoint: String::from("ims-na1.adobelogin.com"),
            metascopes: String::from("ent_aem_cloud_api"),
            client_id: client_id.clone(),
            client_secret: synthetic::client_secret(seed),
            email,
            account,
            organization: organization.clone(),
            certificate: CertificateBlueprint {
                serial: certificate::serial(seed),
                issuer: client_id.clone(),
                subject: client_id.clone(),
                not_before: certificate::time(*not_before)?,
                not_after: certificate::time(not_after)?,
                key: key.clone(),
                signer: key.clone(),
                is_pss: false,
            },
            private_key: key.clone(),
            expiration_date: not_after,
        })
    }

    /// Moves the certificate's validity, and the expiration date along with it.
    pub(super) fn set_validity(
        &mut self,
        not_before: DateTime<Utc>,
        not_after: DateTime<Utc>,
    ) -> Result<(), GenerateError> {
        self.certificate.not_before = certificate::time(not_before)?;
        self.certificate.not_after = certificate::time(not_after)?;
        self.expiration_date = not_after;
        Ok(())
    }

    pub(super) fn blocks(&self) -> Result<Blocks, GenerateError> {
        Ok(Blocks {
            private_key: Block::new("RSA PRIVATE KEY", self.private_key.private_key_der()?),
            public_key: Block::new("CERTIFICATE", Secret::new(self.certificate.der()?)),
        })
    }

    /// The third stage: the document as issued.
    pub(super) fn document(&self, blocks: &Blocks) -> Node {
        let technical_account = Node::Object(vec![
            ("clientId", Node::text(&self.client_id)),
            ("clientSecret", Node::Text(self.client_secret.clone())),
        ]);
        let integration = Node::Object(vec![
            ("imsEndpoint", Node::text(&self.ims_endpoint)),
            ("metascopes", Node::text(&self.metascopes)),
            ("technicalAccount", technical_account),
            ("email", Node::text(&self.email)),
            ("id", Node::text(&self.account)),
            ("org", Node::text(&self.organization)),
            ("privateKey", Node::Text(blocks.private_key.text())),
            ("publicKey", Node::Text(blocks.public_key.text())),
            (
                "certificateExpirationDate",
                Node::text(&self.expiration_date.format("%Y-%m-%dT%H:%M:%S.000Z").to_string()),
            ),
        ]);
        Node::Object(vec![
            ("ok", Node::Boolean(true)),
            ("integration", integration),
            ("statusCode", Node::Number(200)),
        ])
    }
}
