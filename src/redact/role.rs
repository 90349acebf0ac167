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
    /// Kept if it looks harmless. Has the name that is known, without its spelling.
    Public(&'static str),
    /// Hidden: nobody knows what it says.
    Unknown,
}

/// The names of fields whose values may be shown.
const PUBLIC: [&str; 7] =
    ["imsendpoint", "metascopes", "certificateexpirationdate", "ok", "statuscode", "tokentype", "expiresin"];

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
            _ => PUBLIC.into_iter().find(|public| *public == name).map_or(Self::Unknown, Self::Public),
        }
    }

    /// The role of what is in a list under this name. No public field has a list, so nobody knows what one says there.
    pub(super) const fn of_items(self) -> Self {
        match self {
            Self::Secret(_) | Self::Certificate => self,
            Self::Identifier(_) | Self::Organization | Self::Public(_) | Self::Unknown => Self::Unknown,
        }
    }
}
