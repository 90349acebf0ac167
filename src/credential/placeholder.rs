//! Redactions, templates and references to secrets kept elsewhere: values that stand where a real one should be.

use super::{CLIENT_SECRET, Field, trimmed};
use crate::secret::Secret;

/// Words that are a placeholder when they stand alone between non-letters.
const WORDS: [&str; 5] = ["redacted", "changeme", "change-me", "change_me", "placeholder"];

/// Whether `value` is a redaction, a template's variable or a reference to a secret store rather than a value of `field`.
///
/// Random secrets can hold any short word by chance, so a value that has the issued shape is never a placeholder
/// unless it says so in a way that no base64 or identifier can.
pub fn is_placeholder(field: Field, value: &str) -> bool {
    let value = &value[trimmed(value)];
    if field.encoded() && value.len() > LONG && memchr::memchr3(b'*', b'<', b'{', value.as_bytes()).is_none()
    {
        return false;
    }
    let lower = Secret::new(value.to_ascii_lowercase());
    let lower = lower.expose();
    let said = has_word(lower, "redacted")
        || template(value)
        || all_mask(value)
        || short_word(lower)
        || reference(value);
    if field.pem() {
        // A PEM body may hold `xxxx` or `TODO` by chance; asterisks can't occur in base64.
        return said || value.contains("***") || elided_body(value);
    }
    said || elided_secret(value) || run_of_x(lower) || todo(value)
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

/// What stands for something that was left out.
fn elision(text: &str) -> bool {
    text.contains("...") || text.contains('…')
}

/// `p8e-...`, `p8e-Ab…yz`, `p8e-****`: the rest of such a secret is letters, digits, `-` and `_`. `p8e-your-secret`,
/// `p8e-0000`: and it is random.
fn elided_secret(value: &str) -> bool {
    value.strip_prefix(CLIENT_SECRET).is_some_and(|rest| {
        let is_one = || rest.len() > 3 && rest.bytes().all(|byte| rest.as_bytes().first() == Some(&byte));
        elision(rest)
            || rest.contains("***")
            || is_one()
            || short_word(Secret::new(rest.to_ascii_lowercase()).expose())
    })
}

/// A PEM block of whose contents a part was left out: base64 has no points. What stands around a block is the reader's
/// business, and the client takes it.
fn elided_body(value: &str) -> bool {
    let body = value.split_once("-----BEGIN ").and_then(|(_, block)| block.split_once("-----"));
    let body = body.map(|(_, rest)| rest.split_once("-----END").map_or(rest, |(body, _)| body));
    body.is_some_and(elision)
}

/// The address of a secret in a store, which some other program replaces by the secret: 1Password, Bank-Vaults, vals,
/// AWS, Google, Azure, `CloudFormation`. (`{{resolve:…}}` is a template like others.)
fn reference(value: &str) -> bool {
    if value.contains(['\n', '\r']) {
        return false;
    }
    let after = |start: &str| value.strip_prefix(start);
    let parts = |separator: char| value.split(separator).collect::<Vec<&str>>();
    let path = |rest: &str, least: usize| {
        let parts: Vec<&str> = rest.split('/').collect();
        parts.len() >= least && parts.iter().all(|part| !part.is_empty())
    };
    let amazon = || matches!(parts(':').as_slice(), ["arn", partition, "secretsmanager" | "ssm", _, _, _, ..] if partition.starts_with("aws"));
    let google = || {
        matches!(parts('/').as_slice(), ["projects", project, "secrets", secret] | ["projects", project, "secrets", secret, "versions", _]
            if !project.is_empty() && !secret.is_empty())
    };
    let azure = || {
        let start = value.get(.."@Microsoft.KeyVault(".len());
        start.is_some_and(|start| start.eq_ignore_ascii_case("@Microsoft.KeyVault(")) && value.ends_with(')')
    };
    let function = || {
        let name = after("!").and_then(|rest| rest.split_once(' ')).map(|(name, _)| name);
        matches!(name, Some("Ref" | "GetAtt" | "Sub" | "ImportValue" | "FindInMap" | "reference"))
    };
    after("op://").is_some_and(|rest| path(rest, 3))
        || after("vault:").is_some_and(|rest| path(rest.trim_start_matches('/'), 2))
        || after("ref+").is_some_and(|rest| {
            rest.split_once("://").is_some_and(|(store, path)| {
                !store.is_empty()
                    && store.bytes().all(|byte| byte.is_ascii_alphanumeric())
                    && !path.is_empty()
            })
        })
        || amazon()
        || google()
        || azure()
        || function()
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
    fn redactions_and_templates_are_recognized() {
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
            "p8e-...",
            "p8e-…",
            "p8e-********",
            "p8e-Ab1_...xyz0",
            "p8e-your-client-secret-goes-here",
            "p8e-insert_the_secret_here_please",
            "p8e-00000000000000000000000000000000",
            "op://vault/aem/client secret",
            "op://vault/item/section/field",
            "vault:secret/data/aem#CLIENT_SECRET",
            "vault:/secret/data/aem#CLIENT_SECRET",
            "ref+vault://secret/aem#/clientSecret",
            "{{resolve:secretsmanager:aem:SecretString:clientSecret}}",
            "arn:aws:secretsmanager:eu-west-1:123456789012:secret:aem-Ab1cDe",
            "arn:aws-us-gov:ssm:us-gov-west-1:123456789012:parameter/aem",
            "projects/x/secrets/y",
            "projects/x/secrets/y/versions/latest",
            "@Microsoft.KeyVault(SecretUri=https://v.vault.azure.net/secrets/aem/)",
            "@microsoft.keyvault(VaultName=v;SecretName=aem)",
            "!Ref ClientSecret",
            "!GetAtt Secret.Value",
        ] {
            assert!(is_placeholder(Field::ClientSecret, value), "{value}");
        }
        let redacted = "-----BEGIN RSA PRIVATE KEY----- ***REDACTED**** ----END RSA PRIVATE KEY-----";
        assert!(is_placeholder(Field::PrivateKey, redacted));
        assert!(is_placeholder(Field::PublicKey, "<certificate>"));
        for body in ["...", "MIIE...", "\r\nMIIE...\r\n", "\nMIIEowIBAAKCAQEA\n…\nAbCd==\n", "\\n...\\n"] {
            let pem = format!("-----BEGIN RSA PRIVATE KEY-----{body}-----END RSA PRIVATE KEY-----\r\n");
            assert!(is_placeholder(Field::PrivateKey, &pem), "{pem}");
        }
        for reference in ["op://vault/aem/key", "projects/x/secrets/y", "arn:aws:secretsmanager:a:1:secret:b"]
        {
            assert!(is_placeholder(Field::PrivateKey, reference), "{reference}");
        }
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
            // Older secrets could have any character; only whole addresses are addresses.
            "Ab1.Cd2...Ef3.Gh4.Ij5",
            "op://vault",
            "op://a//b",
            "vault:0123456789abcdef",
            "vault",
            "ref+Ab1_Cd2",
            "arn:aws:secretsmanager",
            "arn:aws:s3:eu-west-1:123456789012:aem",
            "projects/x/secrets/",
            "projects/x/secret/y",
            "@Microsoft.KeyVault",
            "!Ref",
            "!Ab1 Cd2",
        ] {
            assert!(!is_placeholder(Field::ClientSecret, value), "{value}");
        }
        let pem =
            |body: &str| format!("-----BEGIN CERTIFICATE-----\r\n{body}\r\n-----END CERTIFICATE-----\r\n");
        assert!(!is_placeholder(Field::PublicKey, &pem("xxxxTODOredacted/xxxx+changeme==")));
        assert!(!is_placeholder(Field::PublicKey, &pem(&"xxxx/redacted/".repeat(100))));
        // What stands around a block doesn't take anything out of it.
        assert!(!is_placeholder(Field::PublicKey, &format!("For AEM...\n{}Signed: …", pem("MIIE"))));
        assert!(is_placeholder(Field::PublicKey, &pem(&"MIIE ***REDACTED*** ".repeat(100))));
    }
}
