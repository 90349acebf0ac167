//! Redactions and templates: values that stand where a real one should be.

use super::{Field, trimmed};
use crate::secret::Secret;

/// Words that are a placeholder when they stand alone between non-letters.
const WORDS: [&str; 5] = ["redacted", "changeme", "change-me", "change_me", "placeholder"];

/// Whether `value` is a redaction or a template's variable rather than a value of `field`.
///
/// Random secrets can hold any short word by chance, so a value that has the issued shape is never a placeholder
/// unless it says so in a way that no base64 or identifier can.
#[must_use]
pub fn is_placeholder(field: Field, value: &str) -> bool {
    let value = &value[trimmed(value)];
    if field.encoded() && value.len() > LONG && memchr::memchr3(b'*', b'<', b'{', value.as_bytes()).is_none()
    {
        return false;
    }
    let lower = Secret::new(value.to_ascii_lowercase());
    let lower = lower.expose();
    let said = has_word(lower, "redacted") || template(value) || all_mask(value) || short_word(lower);
    if field.pem() {
        // A PEM body may hold `xxxx` or `TODO` by chance; asterisks can't occur in base64.
        return said || value.contains("***");
    }
    said || run_of_x(lower) || todo(value)
}

/// An encoded field longer than this, in bytes, holds what it should if it has none of the characters that masks and templates need.
const LONG: usize = 512;

/// `<…>`, `${…}`, `{{…}}`, `%NAME%`, `#{…}`
fn template(value: &str) -> bool {
    let encloses = |open: &str, close: &str| {
        value.find(open).is_some_and(|start| value[start + open.len()..].contains(close))
    };
    encloses("${", "}")
        || encloses("{{", "}}")
        || encloses("#{", "}")
        || encloses("<", ">")
        || value.len() > 2
            && value.starts_with('%')
            && value.ends_with('%')
            && value[1..value.len() - 1].bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// Nothing but characters that mask something.
fn all_mask(value: &str) -> bool {
    let mask = |character| matches!(character, '*' | '•' | '.' | '…' | '#' | '█' | '-' | '_' | 'x' | 'X');
    value.chars().count() >= 3 && value.chars().all(mask)
}

fn short_word(lower: &str) -> bool {
    ["your-", "your_", "your ", "my-client", "insert-", "insert_"]
        .iter()
        .any(|start| lower.starts_with(start))
        || WORDS.iter().any(|word| lower.trim_matches(|c: char| !c.is_ascii_alphanumeric()) == *word)
}

/// Four or more x in a row, not as part of a longer word or secret: `xxxx`, `cm-pxxxx-exxxx-integration`.
fn run_of_x(lower: &str) -> bool {
    lower.split(|character: char| !character.is_ascii_alphanumeric()).any(|part| {
        let core = part.strip_prefix(['p', 'e']).unwrap_or(part);
        core.len() >= 4 && core.bytes().all(|byte| byte == b'x')
    })
}

/// `TODO` or `FIXME` as a word of a value that is not otherwise one long identifier.
fn todo(value: &str) -> bool {
    ["TODO", "FIXME", "TBD"].iter().any(|word| {
        value.strip_prefix(word).is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_alphanumeric()))
    })
}

fn has_word(lower: &str, word: &str) -> bool {
    lower.match_indices(word).any(|(start, _)| {
        let letter = |character: char| character.is_ascii_alphanumeric();
        !lower[..start].ends_with(letter) && !lower[start + word.len()..].starts_with(letter)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn redactions_and_templates_are_recognised() {
        for value in [
            "REDACTED",
            "***REDACTED***",
            "**REDACTED**",
            "__REDACTED__",
            "[redacted]",
            "\u{FEFF}<clientSecret>\u{200B}",
            "<clientSecret>",
            "${CLIENT_SECRET}",
            "{{ secret }}",
            "#{Secret}#",
            "%CLIENT_SECRET%",
            "your-client-secret",
            "xxxx",
            "xxxxxxxx-xxxx-xxxx",
            "cm-pxxxx-exxxx-integration",
            "changeme",
            "CHANGEME!",
            "TODO",
            "TODO: ask Anna",
            "********",
            "...",
            "REDACTED@techacct.adobe.com",
        ] {
            assert!(is_placeholder(Field::ClientSecret, value), "{value}");
        }
        let redacted = "-----BEGIN RSA PRIVATE KEY----- ***REDACTED**** ----END RSA PRIVATE KEY-----";
        assert!(is_placeholder(Field::PrivateKey, redacted));
        assert!(is_placeholder(Field::PublicKey, "<certificate>"));
    }

    #[test]
    fn real_values_are_not() {
        for value in [
            "p8e-Ab_xxxxTODO-redactedchangeme0123",
            "ims-na1.adobelogin.com",
            "ent_aem_cloud_api",
            "cm-p7603-e12614-integration-0",
            "5EED00000000000000000001@AdobeOrg",
            "0a1b2c3d-0000-4000-8000-000000000001@techacct.adobe.com",
            "p8e-TODO1234567890123456789012345678",
        ] {
            assert!(!is_placeholder(Field::ClientSecret, value), "{value}");
        }
        let pem =
            |body: &str| format!("-----BEGIN CERTIFICATE-----\r\n{body}\r\n-----END CERTIFICATE-----\r\n");
        assert!(!is_placeholder(Field::PublicKey, &pem("xxxxTODOredacted/xxxx+changeme==")));
        assert!(!is_placeholder(Field::PublicKey, &pem(&"xxxx/redacted/".repeat(100))));
        assert!(is_placeholder(Field::PublicKey, &pem(&"MIIE ***REDACTED*** ".repeat(100))));
    }
}
