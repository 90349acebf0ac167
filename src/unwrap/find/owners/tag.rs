//! What is left of a variable's name when the words are taken away that all such names are made of: `PROD` of
//! `AEM_PROD_CLIENT_ID`.

/// Words of which the names of fields are made, in capitals.
const WORDS: [&str; 50] = [
    "ACCOUNT",
    "ADDRESS",
    "ADOBE",
    "AEM",
    "AEMCS",
    "AMC",
    "API",
    "APP",
    "AUTH",
    "B64",
    "BASE64",
    "CERT",
    "CERTIFICATE",
    "CLAIM",
    "CLIENT",
    "CLOUD",
    "CONFIG",
    "CONTENT",
    "CREDENTIAL",
    "CREDENTIALS",
    "EMAIL",
    "ENDPOINT",
    "HOST",
    "ID",
    "IDENTIFIER",
    "IMS",
    "INTEGRATION",
    "JWT",
    "KEY",
    "LOGIN",
    "META",
    "METASCOPE",
    "METASCOPES",
    "ORG",
    "ORGANIZATION",
    "PEM",
    "PRIVATE",
    "PUBLIC",
    "SCOPE",
    "SCOPES",
    "SECRET",
    "SERVICE",
    "SERVICECREDENTIALS",
    "TECH",
    "TECHACCT",
    "TECHNICAL",
    "TECHNICALACCOUNT",
    "TOKEN",
    "URL",
    "VALUE",
];

/// The other words of `name`, in capitals.
pub(super) fn of(name: &str) -> String {
    let mut tag = String::new();
    for word in words(name).filter(|word| WORDS.binary_search(&word.as_str()).is_err()) {
        if !tag.is_empty() {
            tag.push('_');
        }
        tag.push_str(&word);
    }
    tag
}

/// The words of a name in any of the usual spellings, in capitals.
fn words(name: &str) -> impl Iterator<Item = String> {
    name.split(|letter: char| !letter.is_alphanumeric()).flat_map(camel).filter(|word| !word.is_empty())
}

/// The words of `clientIdProd`; `CLIENTID` and `clientid` are one.
fn camel(part: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut before = None;
    for letter in part.chars() {
        let begins = match before {
            Some(before) if char::is_lowercase(before) => {
                letter.is_uppercase() || letter.is_ascii_digit() && !is_base(&words)
            }
            _ => false,
        };
        if begins {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut() {
            word.extend(letter.to_uppercase());
        }
        before = Some(letter);
    }
    words
}

/// Whether digits belong to the last word: `base64`, `b64`.
fn is_base(words: &[String]) -> bool {
    matches!(words.last().map(String::as_str), Some("BASE" | "B"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_tells_names_apart_is_left() {
        assert!(WORDS.is_sorted());
        for (name, expected) in [
            ("AEM_PROD_CLIENT_ID", "PROD"),
            ("clientIdProd", "PROD"),
            ("prod.clientId", "PROD"),
            ("stage-private-key", "STAGE"),
            ("AEM_SERVICECREDENTIALS_ORG_ID", ""),
            ("privateKeyBase64", ""),
            ("PRIVATE_KEY_BASE64", ""),
            ("clientId2", "2"),
            ("CLIENT_ID_2", "2"),
            ("eu west client id", "EU_WEST"),
            ("", ""),
        ] {
            assert_eq!(of(name), expected, "{name}");
        }
    }
}
