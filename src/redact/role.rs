//! What a value is by the name of its key.

use super::marker::{ACCOUNT_ID, CLIENT_ID, CLIENT_SECRET, EMAIL, PRIVATE_KEY, SECRET, TOKEN};

/// What becomes of the strings under a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// Always hidden, and the proof looks for it.
    Secret(&'static str),
    /// Hidden unless identifiers are kept.
    Identifier(&'static str),
    /// Hidden unless the organization is kept.
    Organization,
    /// Hidden unless the certificate is kept; its validity stays in any case.
    Certificate,
    /// Kept if it looks harmless.
    Public,
    /// Hidden: nobody knows what it says.
    Unknown,
}

impl Role {
    /// The role of what stands under `key`, in any spelling: `client_id` and `ClientID` are `clientId`.
    pub(super) fn of(key: &str) -> Self {
        /// Longer than any name below.
        const LONGEST: usize = 40;
        if key.len() > LONGEST {
            return Self::Unknown;
        }
        let letters = key.chars().filter(|letter| !matches!(letter, '_' | '-'));
        let name = letters.collect::<String>().to_ascii_lowercase();
        match name.as_str() {
            "privatekey" => Self::Secret(PRIVATE_KEY),
            "clientsecret" | "clientsecrets" => Self::Secret(CLIENT_SECRET),
            "accesstoken" | "refreshtoken" | "idtoken" | "jwttoken" | "jwt" | "token" | "bearer"
            | "authorization" => Self::Secret(TOKEN),
            "secret" | "secrets" | "password" | "passphrase" | "apikey" | "key" => Self::Secret(SECRET),
            "clientid" => Self::Identifier(CLIENT_ID),
            "id" | "technicalaccountid" => Self::Identifier(ACCOUNT_ID),
            "email" | "technicalaccountemail" => Self::Identifier(EMAIL),
            "org" | "orgid" | "imsorgid" | "organization" | "organisation" => Self::Organization,
            "publickey" | "certificate" => Self::Certificate,
            "imsendpoint"
            | "metascopes"
            | "certificateexpirationdate"
            | "ok"
            | "statuscode"
            | "tokentype"
            | "expiresin" => Self::Public,
            _ => Self::Unknown,
        }
    }
}
