//! Identifiers in the issued shapes, marked as synthetic.
//!
//! Owns: the mark, and the shapes that a specification must have. Does not own: what a checker tolerates.

use rand_chacha::rand_core::RngCore;

use super::seed::{Purpose, Seed};
use crate::secret::Secret;
use crate::source::hex;

/// How synthetic organizations, accounts and e-mail addresses begin: "test data", as far as hexadecimal digits can
/// spell it. All three are issued as hexadecimal, so the mark breaks no shape; it is the whole first group of a
/// UUID. One issued identifier in four thousand million begins like this by chance.
const MARK: &str = "7E57DA7A";

const ORGANIZATION_ENDING: &str = "@AdobeOrg";
const ACCOUNT_ENDING: &str = "@techacct.adobe.com";
const PERSON_ENDING: &str = "@AdobeID";

/// Whether an organization (`org`), a technical account (`id`), its e-mail address (`email`) or a token's `user_id` was
/// made by this module: it begins with [`MARK`] in either case and ends as issued.
#[cfg(test)]
pub fn is_synthetic(organization_or_email: &str) -> bool {
    organization_or_email.get(..MARK.len()).is_some_and(|start| start.eq_ignore_ascii_case(MARK))
        && [ORGANIZATION_ENDING, ACCOUNT_ENDING, PERSON_ENDING]
            .into_iter()
            .any(|ending| organization_or_email.ends_with(ending))
}

/// The three marked identifiers that a seed stands for.
pub(super) struct Identifiers {
    pub(super) organization: String,
    pub(super) account: String,
    pub(super) email: String,
}

impl Identifiers {
    pub(super) fn new(seed: &Seed) -> Self {
        let mut bytes = [0; 28];
        seed.stream(Purpose::Identifiers).fill_bytes(&mut bytes);
        let (organization, rest) = bytes.split_at(8);
        let (account, uuid) = rest.split_at(8);
        let mark = MARK.to_ascii_lowercase();
        let uuid = hex(uuid);
        // A random UUID (RFC 9562 section 5.4): version 4, and 8 to b as the variant's digit.
        let variant = ["8", "9", "a", "b"][usize::from(bytes[27] & 3)];
        Self {
            organization: format!("{MARK}{}{ORGANIZATION_ENDING}", hex(organization).to_uppercase()),
            account: format!("{MARK}{}{ACCOUNT_ENDING}", hex(account).to_uppercase()),
            email: format!(
                "{mark}-{}-4{}-{variant}{}-{}{ACCOUNT_ENDING}",
                &uuid[..4],
                &uuid[4..7],
                &uuid[7..10],
                &uuid[10..22],
            ),
        }
    }
}

/// A client secret in the newer shape: `p8e-` and 32 characters of the URL-safe base64 alphabet.
pub(super) fn client_secret(seed: &Seed) -> Secret<String> {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    const PREFIX: &str = "p8e-";
    let mut random = [0; 32];
    seed.stream(Purpose::ClientSecret).fill_bytes(&mut random);
    let mut text = String::with_capacity(PREFIX.len() + random.len());
    text.push_str(PREFIX);
    text.extend(random.iter().map(|byte| char::from(ALPHABET[usize::from(byte & 63)])));
    Secret::new(text)
}

/// Whether `text` is `cm-p<digits>-e<digits>-integration`, with or without `-<digits>`.
pub(super) fn is_client_id(text: &str) -> bool {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let mut parts = text.split('-');
    parts.next() == Some("cm")
        && parts.next().and_then(|part| part.strip_prefix('p')).is_some_and(is_number)
        && parts.next().and_then(|part| part.strip_prefix('e')).is_some_and(is_number)
        && parts.next() == Some("integration")
        && parts.next().is_none_or(is_number)
        && parts.next().is_none()
}

/// Whether `text` is 24 upper-case hexadecimal digits and `@AdobeOrg`.
pub(super) fn is_organization(text: &str) -> bool {
    text.strip_suffix(ORGANIZATION_ENDING).is_some_and(|digits| {
        digits.len() == 24 && digits.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'A'..=b'F'))
    })
}

/// An account with an organization's ending.
pub(super) fn with_organization_ending(account: &str) -> String {
    format!("{}{ORGANIZATION_ENDING}", account.strip_suffix(ACCOUNT_ENDING).unwrap_or(account))
}

/// The person whose ID has the digits of an account's.
pub(super) fn person(account: &str) -> String {
    format!("{}{PERSON_ENDING}", account.strip_suffix(ACCOUNT_ENDING).unwrap_or(account))
}

/// The same client in another environment: the last digit of the environment's number differs.
pub(super) fn with_other_environment(client_id: &str) -> String {
    client_id
        .split('-')
        .map(|part| match part.strip_prefix('e').and_then(|number| number.char_indices().next_back()) {
            Some((last, digit)) if digit.is_ascii_digit() => {
                format!("{}{}", &part[..=last], if digit == '1' { '2' } else { '1' })
            }
            _ => part.to_owned(),
        })
        .collect::<Vec<_>>()
        .join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_have_the_issued_shapes_and_the_mark() {
        for number in 0..50 {
            let identifiers = Identifiers::new(&Seed::from(number));
            assert!(is_organization(&identifiers.organization));
            let account = identifiers.account.strip_suffix(ACCOUNT_ENDING).unwrap();
            assert!(is_organization(&format!("{account}@AdobeOrg")));
            let uuid = identifiers.email.strip_suffix(ACCOUNT_ENDING).unwrap();
            let groups: Vec<_> = uuid.split('-').collect();
            assert_eq!(groups.iter().map(|group| group.len()).collect::<Vec<_>>(), [8, 4, 4, 4, 12]);
            assert!(groups[2].starts_with('4') && groups[3].starts_with(['8', '9', 'a', 'b']), "{uuid}");
            assert!(groups.concat().bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')), "{uuid}");
            for identifier in [&identifiers.organization, &identifiers.account, &identifiers.email] {
                assert!(is_synthetic(identifier), "{identifier}");
            }
        }
    }

    #[test]
    fn others_are_not_synthetic() {
        for text in [
            "",
            "7E57DA7A",
            "908936ED5D35CC220A495CD4@AdobeOrg",
            "7E57DA7A@example.org",
            "é7E57DA7A@AdobeOrg",
        ] {
            assert!(!is_synthetic(text), "{text}");
        }
    }

    #[test]
    fn another_environment_is_another_valid_client() {
        for (client, other) in [
            ("cm-p1-e2-integration", "cm-p1-e1-integration"),
            ("cm-p1-e1-integration-0", "cm-p1-e2-integration-0"),
            ("cm-p99999-e999999-integration-0", "cm-p99999-e999991-integration-0"),
        ] {
            assert_eq!(with_other_environment(client), other);
        }
    }

    #[test]
    fn client_ids() {
        for text in ["cm-p1-e2-integration", "cm-p99999-e999999-integration-0", "cm-p1-e2-integration-12"] {
            assert!(is_client_id(text), "{text}");
        }
        for text in [
            "",
            "cm-p1-e2",
            "cm-p-e2-integration",
            "cm-p1-e2-integration-",
            "cm-p1-e2-integration-a",
            "cm-p1-e2-integration-0-1",
            "CM-p1-e2-integration-0",
        ] {
            assert!(!is_client_id(text), "{text}");
        }
    }
}
