//! Redactions, samples, templates and references to secrets kept elsewhere: values that stand where a real one should be.
//!
//! Owns: the words and masks of redactions and samples, and when they count. Does not own: the notations of other programs
//! (see `reference`), nor whether what is there can be used (see `worth`).

use super::reference::is_reference;
use super::{CLIENT_SECRET, Certificate, Field, PrivateKey, is_client_secret, is_shaped, trimmed};
use crate::secret::Secret;

/// Words that are a placeholder when they stand alone between characters that are no letters or digits.
const WORDS: [&str; 9] = [
    "redacted",
    "changeme",
    "change-me",
    "change_me",
    "replaceme",
    "replace-me",
    "replace_me",
    "placeholder",
    "masked",
];

/// The same where they are all of the value, but for decoration.
const WHOLE: [&str; 33] = [
    "n/a",
    "na",
    "string",
    "text",
    "str",
    "secret",
    "password",
    "hidden",
    "removed",
    "omitted",
    "censored",
    "scrubbed",
    "sanitized",
    "confidential",
    "sensitive",
    "dummy",
    "fake",
    "test",
    "example",
    "sample",
    "foo",
    "bar",
    "none",
    "null",
    "nil",
    "undefined",
    "unset",
    "unused",
    "empty",
    "true",
    "false",
    "tbd",
    "todo",
];

/// How values begin that tell people what to put there.
const STARTS: [&str; 26] = [
    "your-",
    "your_",
    "your ",
    "my-client",
    "my_client",
    "my-secret",
    "my_secret",
    "my-private",
    "my_private",
    "insert-",
    "insert_",
    "insert ",
    "replace-",
    "replace_",
    "replace ",
    "enter-",
    "enter_",
    "enter ",
    "paste-",
    "paste_",
    "paste ",
    "put-",
    "put_",
    "put ",
    "fake",
    "dummy",
];

/// Whether `value` is a redaction, a sample, a template's variable or a reference to a secret store rather than a value of
/// `field`.
///
/// Random secrets can hold any short word by chance, so a value that has the issued shape is never a placeholder
/// unless it says so in a way that no base64 or identifier can.
pub fn is_placeholder(field: Field, value: &str) -> bool {
    let value = &value[trimmed(value)];
    if field.encoded() && value.len() > LONG && memchr::memchr3(b'*', b'<', b'{', value.as_bytes()).is_none()
    {
        // Every notation but that of paths, which are short, has one of these, and no PEM or token does.
        let has_any =
            |[one, two, three]: [u8; 3]| memchr::memchr3(one, two, three, value.as_bytes()).is_some();
        let has_sign = has_any(*b"$%(") || has_any(*b":#!");
        return has_sign && is_reference(field, value);
    }
    let lower = Secret::new(value.to_ascii_lowercase());
    let lower = lower.expose();
    // A default that a template falls back to is a secret like others, and so is what stands beside words.
    let holds_secret = || holds_issued_secret(value);
    if is_reference(field, value) && !holds_secret() {
        return true;
    }
    let said = || is_said(field, lower) || all_mask(value) || short_word(lower);
    if field.pem() {
        // A PEM body may hold `xxxx` or `TODO` by chance; asterisks can't occur in base64.
        let is_elided = || value.contains("***") || elided_body(value) || is_prose(field, value);
        return (said() || is_elided()) && !is_usable_pem(field, value);
    }
    let is_elided = || field.encoded() && elision(value);
    let is_redacted = said()
        || elided_secret(value)
        || is_elided()
        || run_of_x(lower)
        || todo(value)
        || is_prose(field, value)
        || field.secret() && is_masked(value);
    is_redacted && !(field.secret() && holds_secret())
}

/// Returns true if characters that mask something are in `value`, which no secret has: `********xR5J`.
fn is_masked(value: &str) -> bool {
    value.contains("***") || value.contains("•••")
}

/// An encoded field longer than this, in bytes, holds what it should if it has none of the characters that masks and templates need.
pub(super) const LONG: usize = 512;

/// Whether a word says that something else stood here: anywhere in a value that hasn't the issued shape (`4AREDACTED17`),
/// otherwise between characters that are no letters or digits.
fn is_said(field: Field, lower: &str) -> bool {
    has_word(lower, "redacted")
        || !field.pem() && !field.encoded() && lower.contains("redacted") && {
            let shapes = [Field::ClientSecret, Field::Org, Field::Id];
            !lower.starts_with(CLIENT_SECRET) && !shapes.into_iter().any(|shape| is_shaped(shape, lower))
        }
}

/// Whether an issued client secret, which says nothing else itself, or a private key is somewhere in `value`.
fn holds_issued_secret(value: &str) -> bool {
    holds_client_secret(value)
        || value.contains("PRIVATE KEY-----") && is_usable_pem(Field::PrivateKey, value)
}

/// Whether an issued client secret, which says nothing else itself, is somewhere in `value` with more around it.
pub fn holds_client_secret(value: &str) -> bool {
    let is_secret = |start: usize| {
        let secret = value.get(start..start + CLIENT_SECRET.len() + 32);
        secret.is_some_and(|secret| {
            let is_part = secret.len() < value.len();
            is_client_secret(secret)
                && !elided_secret(secret)
                && is_part
                && !is_placeholder(Field::ClientSecret, secret)
        })
    };
    memchr::memmem::find_iter(value.as_bytes(), CLIENT_SECRET).any(is_secret)
}

/// Whether the key or certificate in `value` can be read, whatever is written around it.
fn is_usable_pem(field: Field, value: &str) -> bool {
    match field {
        Field::PrivateKey => PrivateKey::from_any_pem(value).is_ok(),
        _ => Certificate::from_pem(value).is_ok(),
    }
}

/// Nothing but characters that mask something.
fn all_mask(value: &str) -> bool {
    let mask =
        |character| matches!(character, '*' | '•' | '.' | '…' | '#' | '█' | '-' | '_' | '?' | 'x' | 'X');
    let is_enough = value.chars().count() >= 3 || matches!(value, "…" | "•");
    is_enough && value.chars().all(mask)
}

/// Nothing but a word for a placeholder.
fn short_word(lower: &str) -> bool {
    WHOLE.contains(&lower.trim_matches(|one: char| !one.is_ascii_alphanumeric())) || instructs(lower)
}

/// Words that tell people what to put here.
fn instructs(lower: &str) -> bool {
    let core = lower.trim_matches(|one: char| !one.is_ascii_alphanumeric());
    let is_named = |start: &&str| core.strip_prefix(*start).is_some_and(is_name_of_field);
    STARTS.iter().any(|start| lower.starts_with(start))
        || WORDS.contains(&core)
        || ["your", "insert", "replace"].iter().any(is_named)
}

/// What is left of `yourclientsecret` and `insertPrivateKeyHere` in lower case.
fn is_name_of_field(rest: &str) -> bool {
    ["client", "secret", "private", "key", "org", "technical", "account", "certificate", "with", "me"]
        .iter()
        .any(|name| rest.starts_with(name))
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
            || instructs(Secret::new(rest.to_ascii_lowercase()).expose())
    })
}

/// A PEM block of whose contents a part was left out, or that has words for contents: base64 has no points and no blanks. What
/// stands around a block is the reader's business, and the client takes it.
fn elided_body(value: &str) -> bool {
    let body = value.split_once("-----BEGIN ").and_then(|(_, block)| block.split_once("-----"));
    let body = body.map(|(_, rest)| rest.split_once("-----END").map_or(rest, |(body, _)| body));
    body.is_some_and(|body| {
        let body = Secret::new(body.replace("\\r", " ").replace("\\n", " ").to_ascii_lowercase());
        let core = body.expose().trim();
        elision(core) || is_stub(core) || short_word(core)
    })
}

/// Returns true if the contents of a PEM block, in lower case, are too few and don't begin like DER in base64.
fn is_stub(lower: &str) -> bool {
    const SHORTEST: usize = 24;
    lower.len() < SHORTEST && !lower.contains('=') && !lower.starts_with("mi")
}

/// Words for people where one value should be: `Client secret`, `the private key from the console`. No other value than PEM
/// has blanks inside.
fn is_prose(field: Field, value: &str) -> bool {
    let is_word = |word: &str| {
        let word = word.trim_matches(|one: char| one.is_ascii_punctuation());
        word.chars().all(|one| one.is_alphabetic() || matches!(one, '\'' | '-'))
    };
    let names_value = || {
        let names = ["secret", "key", "client", "certificate", "token", "account", "organi", "id"];
        let lower = value.to_lowercase();
        names.iter().any(|name| lower.contains(name))
    };
    is_single(field)
        && value.len() <= 200
        && value.contains(' ')
        && !value.contains("--")
        && value.split_whitespace().all(is_word)
        && names_value()
}

/// Whether the field has one value, without blanks inside.
const fn is_single(field: Field) -> bool {
    matches!(
        field,
        Field::ClientId
            | Field::ClientSecret
            | Field::Email
            | Field::Id
            | Field::Org
            | Field::PrivateKey
            | Field::PublicKey
            | Field::DevelopmentToken
            | Field::AccessToken
            | Field::ProjectClientSecret
    )
}

/// Four or more x in a row, not as part of a longer word or secret: `xxxx`, `cm-pxxxx-exxxx-integration`.
fn run_of_x(lower: &str) -> bool {
    lower.contains("xxxx")
        && lower.split(|character: char| !character.is_ascii_alphanumeric()).any(|part| {
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
    memchr::memmem::find_iter(lower.as_bytes(), word).any(|start| {
        let letter = |character: char| character.is_ascii_alphanumeric();
        !lower[..start].ends_with(letter) && !lower[start + word.len()..].starts_with(letter)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_beside_words_is_a_secret() {
        let secret = "p8e-Qz_7Rk2vLx9TzW4-bNc8YpD3fGh6JmS1";
        for value in [
            format!("TODO: rotate {secret}"),
            format!("{secret} REDACTED"),
            format!("***{secret}***"),
            format!("<{secret}>"),
            format!("${{X:-{secret}}}"),
            format!("{secret}..."),
        ] {
            assert!(!is_placeholder(Field::ClientSecret, &value), "{value}");
        }
        assert!(is_placeholder(Field::ClientSecret, "p8e-REDACTED-REDACTED-REDACTED-REDAC"));
    }

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
            "4AREDACTED17",
            "FAKE0123456789",
            "FAKE",
            "dummy-secret",
            "string",
            "<hidden>",
            "(sensitive)",
            "your client secret",
            "yourClientSecret",
            "Client secret",
            "the client secret from the console",
            "replace_with_your_client_secret",
            "enter-client-secret",
            "N/A",
            "…",
            "********xR5J",
            "•••••••••••yz",
            "/run/secrets/aem_client_secret",
        ] {
            assert!(is_placeholder(Field::ClientSecret, value), "{value}");
        }
        let redacted = "-----BEGIN RSA PRIVATE KEY----- ***REDACTED**** ----END RSA PRIVATE KEY-----";
        assert!(is_placeholder(Field::PrivateKey, redacted));
        assert!(is_placeholder(Field::PublicKey, "<certificate>"));
        for key in ["private.key", "/run/secrets/aem_key", "the private key", "string", "REDACTED", "$KEY"] {
            assert!(is_placeholder(Field::PrivateKey, key), "{key}");
        }
        assert!(is_placeholder(Field::PrivateKey, "-----BEGIN RSA PRIVATE KEY-----\n..."));
        assert!(is_placeholder(Field::AccessToken, "eyJhbGciOi..."));
        for body in [
            "",
            "\nYOUR KEY HERE\n",
            "\\nyour-private-key-goes-here-in-one-line\\n",
            "\nkey\n",
            "...",
            "MIIE...",
            "\r\nMIIE...\r\n",
            "\nMIIEowIBAAKCAQEA\n…\nAbCd==\n",
            "\\n...\\n",
        ] {
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
            // What a template falls back to.
            "${CLIENT_SECRET:-p8e-Qz_7Rk2vLx9TzW4-bNc8YpD3fGh6JmS1}",
            "Ab1 Cd2 Ef3 secret",
            "0a1b2c3d-0000-4000-8000-000000000001",
            "abc1234567",
            "secret-0123456789abcdef",
            "aem-q7Rk2vLx9TzW4bNc",
            "cDhlLTAxMjM0NTY3ODlhYmNkZWY=",
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
