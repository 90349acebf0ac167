//! Telling what is encrypted, and so well kept.
//!
//! Owns: the marks of SOPS, age, Ansible Vault, git-crypt and sealed secrets. Does not own: opening any of them.

use crate::credential::Field;
use crate::source::{FileKind, Span, signature};
use crate::unwrap::Encryption;
use crate::unwrap::find::candidate::names_client;
use crate::unwrap::find::names;
use crate::unwrap::find::prefilter::names_credential;
use crate::unwrap::shared::{Member, Node, get};

/// The kind of manifest that holds sealed secrets.
pub(crate) const SEALED_SECRET: &str = "SealedSecret";

/// How SOPS begins a value that it has encrypted.
pub(crate) const SOPS_VALUE: &str = "ENC[AES256_GCM,";

/// What a whole file or string is encrypted with, judged by its first bytes.
pub(crate) fn by_beginning(bytes: &[u8]) -> Option<Encryption> {
    match FileKind::of(bytes.trim_ascii_start())? {
        FileKind::GitCrypt => Some(Encryption::GitCrypt),
        FileKind::Age => Some(Encryption::Age),
        FileKind::AnsibleVault => Some(Encryption::AnsibleVault),
        _ => None,
    }
}

/// Armour of age and texts of Ansible Vault inside another text.
pub(crate) fn inside(text: &str) -> Vec<(Encryption, Span)> {
    let mut found = Vec::new();
    for (begin, end, kind) in [
        (signature::AGE_ARMOR, "-----END AGE ENCRYPTED FILE-----", Encryption::Age),
        (signature::ANSIBLE_VAULT, "\n\n", Encryption::AnsibleVault),
    ] {
        let find = |from: usize, what: &str| memchr::memmem::find(&text.as_bytes()[from..], what.as_bytes());
        let mut from = 0;
        while let Some(start) = find(from, begin).map(|at| from + at) {
            from = find(start, end).map_or(text.len(), |length| start + length + end.len());
            found.push((kind, Span::new(start, from)));
        }
    }
    found
}

/// Whether SOPS has encrypted values of the file that `root` is: it leaves its record at the top.
pub(crate) fn is_sops_file(root: &Node<'_>) -> bool {
    root.get("sops").is_some_and(|record| {
        ["mac", "lastmodified", "version"].iter().filter(|name| record.get(name).is_some()).count() >= 2
    }) || root.get("sops_mac").is_some()
}

/// Whether a value, or something in it, was encrypted by SOPS.
pub(crate) fn is_sops_value(value: &str) -> bool {
    value.contains(SOPS_VALUE)
}

/// Whether these are the members of a Kubernetes `SealedSecret`.
pub(crate) fn is_sealed(members: &[Member<'_>]) -> bool {
    get(members, "kind").and_then(Node::text).is_some_and(|kind| *kind == *SEALED_SECRET)
}

/// Whether names in or around encrypted content say that a credential of AEM is in it.
pub(crate) fn says_so(name: &str, text: &str) -> bool {
    /// Longer ones aren't names.
    const LONGEST: usize = 100;
    let names_secret = |line: &str| {
        let name = line.trim_start().split([':', '=']).next().unwrap_or_default();
        name.len() <= LONGEST
            && names::classify(name)
                .is_some_and(|name| matches!(name.field, Field::ClientSecret | Field::PrivateKey))
            && names_aem(name)
    };
    names_aem(name)
        || names_credential(text.as_bytes())
        || names_client(text)
        || text.lines().any(names_secret)
}

/// Whether the name of a file, a key or a variable speaks of AEM or of what its credentials are called: by whole words,
/// because `aem` stands in `daemon`, too. Of a path the last two parts count.
pub fn names_aem(name: &str) -> bool {
    let telling = ["service_token", "service-token", "service-credentials", "downloaded_integration"];
    let telling_words = ["aem", "aemcs", "aemaacs", "adobe", "metascope", "metascopes"];
    name.rsplit(['/', '\\']).take(2).any(|part| {
        let lower = part.to_ascii_lowercase();
        telling.iter().any(|name| lower.contains(name))
            || words(part).any(|word| telling_words.iter().any(|telling| word.eq_ignore_ascii_case(telling)))
    })
}

/// The words of a name: `AEM_PRIVATE_KEY`, `aemPrivateKey`, `AEMPrivateKey`.
fn words(name: &str) -> impl Iterator<Item = &str> {
    name.split(|letter: char| !letter.is_ascii_alphanumeric()).flat_map(|run| {
        let (letters, mut from) = (run.as_bytes(), 0);
        let begins = move |at: &usize| {
            let is = |at: usize, kind: fn(&u8) -> bool| letters.get(at).is_some_and(kind);
            is(*at, u8::is_ascii_uppercase)
                && (!is(*at - 1, u8::is_ascii_uppercase) || is(*at + 1, u8::is_ascii_lowercase))
        };
        (1..letters.len())
            .filter(begins)
            .chain([letters.len()])
            .filter_map(move |end| run.get(std::mem::replace(&mut from, end)..end))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_speak_of_aem_by_whole_words() {
        for name in [
            "AEM_PRIVATE_KEY",
            "aemPrivateKey",
            "AEMPrivateKey",
            "keys/aem.pem",
            "x/adobe-io/key",
            "MyAemKey",
            "service_token.json",
        ] {
            assert!(names_aem(name), "{name}");
        }
        for name in ["daemon.key", "DAEMON_KEY", "daemonKey", "MAEMO", "aem/keys/of/others.pem", ""] {
            assert!(!names_aem(name), "{name}");
        }
    }

    #[test]
    fn what_is_beside_it_says_whose_it_is() {
        for text in [
            "aem_client_secret: !vault |",
            "  AEM_PRIVATE_KEY: AgBy3i4OJSWK",
            "id: cm-p1-e2-integration-0",
            "imsEndpoint: x",
        ] {
            assert!(says_so("a.yaml", text), "{text}");
        }
        for text in ["client_secret: !vault |", "aem_password: !vault |", "aem: x", ""] {
            assert!(!says_so("a.yaml", text), "{text}");
        }
    }
}
