//! Synthetic tokens: as Adobe issues them, but signed with a key of our own.
//!
//! Owns: the token's header and claims, and the two documents that hold one. Does not own: the key, and what a checker
//! makes of it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};

use super::key::KeyPair;
use super::node::Node;
use super::synthetic::{self, Identifiers};
use super::{Document, GenerateError, Kind, Specification};
use crate::secret::Secret;

/// What a token and the document around it say, each fact once.
pub(super) struct TokenBlueprint {
    /// The claim `type`.
    pub(super) kind: &'static str,
    pub(super) client_id: String,
    pub(super) user_id: String,
    pub(super) id: String,
    pub(super) created_at: DateTime<Utc>,
    /// The claim `expires_in`, in milliseconds.
    pub(super) expires_in: i64,
    /// `expires_in` of the token service's answer.
    pub(super) answer_expires_in: u64,
    pub(super) token_type: &'static str,
    /// What stands before the token in its field.
    pub(super) prefix: &'static str,
}

impl TokenBlueprint {
    fn new(specification: &Specification, kind: Kind) -> Self {
        let Specification { client_id, seed, token_created_at, token_lifetime, .. } = specification;
        let Identifiers { account, email, .. } = Identifiers::new(seed);
        let (uuid, _) = email.split_once('@').unwrap_or_default();
        let expires_in = token_lifetime.num_milliseconds();
        let user_id = if kind == Kind::DevelopmentToken { synthetic::person(&account) } else { account };
        Self {
            kind: "access_token",
            client_id: client_id.clone(),
            user_id,
            id: format!("{}_{uuid}_ue1", token_created_at.timestamp_millis()),
            created_at: *token_created_at,
            expires_in,
            // A millisecond has passed when the answer is written.
            answer_expires_in: u64::try_from(expires_in).unwrap_or_default().saturating_sub(1),
            token_type: "bearer",
            prefix: "",
        }
    }

    /// The token, signed by RSASSA-PKCS1-v1_5 with SHA-256 (RFC 7518 section 3.3).
    fn token(&self, key: &KeyPair) -> Result<Secret<String>, GenerateError> {
        let header = Node::Object(vec![
            ("alg", Node::text("RS256")),
            ("x5u", Node::text("ims_na1-synthetic-key-at-1.cer")),
            ("kid", Node::text("ims_na1-synthetic-key-at-1")),
            ("itt", Node::text("at")),
        ]);
        let claims = Node::Object(vec![
            ("id", Node::text(&self.id)),
            ("type", Node::text(self.kind)),
            ("client_id", Node::text(&self.client_id)),
            ("user_id", Node::text(&self.user_id)),
            ("as", Node::text("ims-na1")),
            ("aa_id", Node::text(&self.user_id)),
            (
                "scope",
                Node::text("openid,AdobeID,read_organizations,additional_info.projectedProductContext"),
            ),
            ("expires_in", Node::text(&self.expires_in.to_string())),
            ("created_at", Node::text(&self.created_at.timestamp_millis().to_string())),
        ]);
        // Room for everything from the start: a string that grows leaves copies of itself behind.
        let mut token = String::with_capacity(8 << 10);
        token.push_str(self.prefix);
        URL_SAFE_NO_PAD.encode_string(header.compact()?.expose(), &mut token);
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(claims.compact()?.expose(), &mut token);
        let signature = key.sign_sha256(&token.as_bytes()[self.prefix.len()..])?;
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(signature, &mut token);
        Ok(Secret::new(token))
    }

    fn document(&self, kind: Kind, key: &KeyPair) -> Result<Node, GenerateError> {
        let token = Node::Text(self.token(key)?);
        Ok(if kind == Kind::DevelopmentToken {
            Node::Object(vec![
                ("ok", Node::Boolean(true)),
                ("statusCode", Node::Number(200)),
                ("accessToken", token),
            ])
        } else {
            Node::Object(vec![
                ("token_type", Node::text(self.token_type)),
                ("access_token", token),
                ("expires_in", Node::Number(self.answer_expires_in)),
            ])
        })
    }
}

/// From values to text, with the defect brought in at the stage where it belongs.
pub(super) fn assemble(
    specification: &Specification,
    kind: Kind,
    key: &KeyPair,
) -> Result<Document, GenerateError> {
    let mut blueprint = TokenBlueprint::new(specification, kind);
    let Some(defect) = specification.defect else { return blueprint.document(kind, key)?.write() };
    defect.tamper_token(&mut blueprint, specification);
    Ok(defect.tamper_text(blueprint.document(kind, key)?.write()?))
}
