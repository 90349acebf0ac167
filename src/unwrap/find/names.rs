//! Names of variables that hold a field each: `AEM_SERVICECREDENTIALS_ORG_ID`.
//!
//! Owns: which ending stands for which field, and what stands before it. Does not own: values, and which variables
//! make up a credential.

use crate::credential::Field;

/// What variables' names end in, without separators and in capitals. Of several the longest counts.
const ENDINGS: [(&str, Field); 24] = [
    ("TECHNICALACCOUNTCLIENTID", Field::ClientId),
    ("CLIENTID", Field::ClientId),
    ("TECHNICALACCOUNTCLIENTSECRET", Field::ClientSecret),
    ("CLIENTSECRET", Field::ClientSecret),
    ("TECHNICALACCOUNTEMAIL", Field::Email),
    ("TECHACCOUNTEMAIL", Field::Email),
    ("EMAIL", Field::Email),
    ("TECHNICALACCOUNTID", Field::Id),
    ("TECHACCOUNTID", Field::Id),
    ("TECHACCTID", Field::Id),
    ("IMSORGANIZATIONID", Field::Org),
    ("IMSORGID", Field::Org),
    ("IMSORG", Field::Org),
    ("ORGANIZATIONID", Field::Org),
    ("ORGID", Field::Org),
    ("ORG", Field::Org),
    ("METASCOPES", Field::Metascopes),
    ("METASCOPE", Field::Metascopes),
    ("IMSENDPOINT", Field::ImsEndpoint),
    ("IMSHOST", Field::ImsEndpoint),
    ("PRIVATEKEY", Field::PrivateKey),
    ("PUBLICKEY", Field::PublicKey),
    ("CERTIFICATE", Field::PublicKey),
    ("CERTIFICATEEXPIRATIONDATE", Field::CertificateExpirationDate),
];

/// What names end in under which a value that is shaped like a client ID of the Adobe Developer Console may be one; other
/// services have keys of that shape, and clients. In the same spelling.
const CLIENTS: [&str; 2] = ["APIKEY", "CLIENT"];

/// Prefixes that only such variables have, so that `ID` after them is the technical account's.
pub(crate) const OWN_PREFIXES: [&str; 2] = ["AEMSERVICECREDENTIALS", "AEMAUTH"];

/// A variable's name, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Name {
    /// What its ending stands for.
    pub(crate) field: Field,
    /// What comes before, without separators and in capitals: variables with the same belong together.
    pub(crate) group: String,
    /// The same as written.
    pub(crate) prefix: String,
    /// Whether `IMS` was taken for the ending's: `IMS_ORG_ID` may as well be the organisation of `IMS_*`.
    pub(crate) ims: bool,
}

/// Takes `name` apart if it ends like a field's. `CLIENT_ID`, `client-id` and `clientId` are the same.
pub(crate) fn classify(name: &str) -> Option<Name> {
    let plain = plain(name)?;
    let (group, field, ims) = ENDINGS
        .iter()
        .filter_map(|(ending, field)| Some((plain.strip_suffix(ending)?, *field, ending.starts_with("IMS"))))
        .min_by_key(|(group, ..)| group.len())
        .or_else(|| {
            let group = plain.strip_suffix("ID").filter(|group| is_own(group))?;
            Some((group, Field::Id, false))
        })?;
    let mut letters = 0;
    let prefix: String = name
        .chars()
        .take_while(|character| {
            letters += usize::from(character.is_ascii_alphanumeric());
            letters <= group.len()
        })
        .collect();
    Some(Name { field, group: group.to_owned(), prefix, ims })
}

/// Returns true if `name` may be that of a client ID, though it may as well be that of something else.
pub(crate) fn may_be_client(name: &str) -> bool {
    plain(name).is_some_and(|name| CLIENTS.iter().any(|ending| name.ends_with(ending)))
}

/// Returns true if `name` is that of an access token, and not of the signed request for one.
pub(crate) fn is_token(name: &str) -> bool {
    let is_token =
        |name: &str| ["TOKEN", "AUTHORIZATION", "BEARER"].iter().any(|ending| name.ends_with(ending));
    let is_request = |name: &str| ["JWT", "ASSERTION"].iter().any(|word| name.contains(word));
    plain(name).is_some_and(|name| is_token(&name) && !is_request(&name))
}

/// `name` without separators and in capitals, unless it is a sentence or a piece of a program, and no name.
fn plain(name: &str) -> Option<String> {
    let letters = name.chars().filter(char::is_ascii_alphanumeric);
    let is_name = name.len() <= 100 && !name.contains(['<', '>', '{', '}', '=']);
    is_name.then(|| letters.map(|letter| letter.to_ascii_uppercase()).collect())
}

/// Whether `group` is a prefix that only such variables have, perhaps after another one.
pub(crate) fn is_own(group: &str) -> bool {
    OWN_PREFIXES.iter().any(|own| group.ends_with(own))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_known_by_their_endings() {
        for (name, expected) in [
            ("AEM_SERVICECREDENTIALS_CLIENT_ID", Some((Field::ClientId, "AEM_SERVICECREDENTIALS_"))),
            (
                "AEM_SERVICECREDENTIALS_TECHNICALACCOUNT_CLIENTID",
                Some((Field::ClientId, "AEM_SERVICECREDENTIALS_")),
            ),
            ("AEM_SERVICECREDENTIALS_ID", Some((Field::Id, "AEM_SERVICECREDENTIALS_"))),
            ("AEM_SERVICECREDENTIALS_ORG", Some((Field::Org, "AEM_SERVICECREDENTIALS_"))),
            ("AEM_AUTH_META_SCOPES", Some((Field::Metascopes, "AEM_AUTH_"))),
            ("PROD_TECHNICAL_ACCOUNT_ID", Some((Field::Id, "PROD_"))),
            ("clientSecret", Some((Field::ClientSecret, ""))),
            ("aem.private-key", Some((Field::PrivateKey, "aem."))),
            ("stage_IMS_ORG_ID", Some((Field::Org, "stage_"))),
            ("INFO client secret <a client secret>", None),
            ("curl -d client_id=a -d client_secret", None),
            ("USER_ID", None),
            ("PATH", None),
            ("", None),
        ] {
            let found = classify(name).map(|name| (name.field, name.prefix));
            assert_eq!(found, expected.map(|(field, prefix)| (field, prefix.to_owned())), "{name}");
        }
    }

    #[test]
    fn names_of_tokens_are_not_those_of_requests_for_one() {
        for name in ["token", "AEM_TOKEN", "accessToken", "Authorization", "aem.bearer"] {
            assert!(is_token(name), "{name}");
        }
        for name in ["", "jwt", "jwt_token", "JWT_BEARER_TOKEN", "client_assertion", "tokens", "token_url"] {
            assert!(!is_token(name), "{name}");
        }
    }
}
