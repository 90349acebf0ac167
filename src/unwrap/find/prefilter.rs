//! The literals that every credential has at least one of, looked for in raw bytes.
//!
//! Owns: these, in all spellings in which they may be wrapped. Does not
//! own: any decision. What passes is parsed, and its structure decides.

use std::sync::LazyLock;

use aho_corasick::packed::{Config, Searcher};
use aho_corasick::{AhoCorasick, AhoCorasickKind};

use crate::credential::{CLIENT_ID, CLIENT_SECRET, OWN, TECHNICAL_ACCOUNT, VALUES, VARIABLE_NAMES};
use crate::source::{FileKind, hex, signature};
use crate::unwrap::find::encrypted::{SEALED_SECRET, SOPS_VALUE};

/// What encoded documents and parts begin with: PEM, gzip, zip, base64 of an object, of base64, of gzip; and the tokens that
/// Adobe issues: `{"alg":"RS256","x5u":`. The hyphen of a client secret may be
/// written with a backslash. Exports of the Windows registry have digits with commas between.
const ENCODED: [&str; 10] = [
    "eyJhbGciOiJSUzI1NiIsIng1dSI6",
    "LS0tLS1CRUdJTi",
    "H4sIA",
    "UEsDB",
    "ZXlK",
    "ZXdv",
    "SDRzSU",
    "p8e\\",
    "REGEDIT4",
    "Windows Registry Editor",
];

/// What is encrypted, so that it can be counted as well kept.
const ENCRYPTED: [&str; 4] = [signature::ANSIBLE_VAULT, signature::AGE, SOPS_VALUE, SEALED_SECRET];

/// Returns true if there is a literal in `bytes`, or anything that must be opened to find out.
pub(crate) fn has_literal(bytes: &[u8]) -> bool {
    is_container(bytes) || LITERALS.are_in(bytes) || names_client(bytes) || has_encoded_client(bytes)
}

/// Whether something in base64 begins as client IDs do. In the middle of base64, a certificate has it.
fn has_encoded_client(bytes: &[u8]) -> bool {
    const BEGINNING: &[u8] = b"Y20tc";
    let is_digit = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_');
    let mut places = memchr::memmem::find_iter(bytes, BEGINNING);
    places.any(|at| !at.checked_sub(1).and_then(|before| bytes.get(before)).is_some_and(is_digit))
}

/// Whether a text has a client ID, beside which a secret of an older shape may stand. In binary data, certificates have it.
fn names_client(bytes: &[u8]) -> bool {
    has_client(bytes) && memchr::memchr(0, bytes).is_none()
}

/// Whether there is what client IDs begin with in `bytes`.
pub(crate) fn has_client(bytes: &[u8]) -> bool {
    let mut places = memchr::memmem::find_iter(bytes, CLIENT_ID);
    places.any(|at| bytes.get(at + CLIENT_ID.len()).is_some_and(u8::is_ascii_digit))
}

/// Whether `bytes` name fields of a credential, encrypted or not.
pub(crate) fn names_credential(bytes: &[u8]) -> bool {
    let mut names = OWN.iter().map(|field| field.name()).chain(VARIABLE_NAMES);
    names.any(|name| memchr::memmem::find(bytes, name.as_bytes()).is_some())
}

/// Whether `bytes` are to be opened, encrypted, or UTF-16, judged by how they begin.
fn is_container(bytes: &[u8]) -> bool {
    // In a database, values are as they are.
    let is_hidden = |kind: FileKind| kind.is_container() && kind != FileKind::Sqlite || kind.is_encrypted();
    FileKind::of(bytes).is_some_and(is_hidden)
        || bytes.starts_with(b"\xFF\xFE")
        || bytes.starts_with(b"\xFE\xFF")
        || is_wide(bytes)
}

/// Whether `bytes` begin as ASCII does in UTF-16 of either order, without a byte-order mark.
fn is_wide(bytes: &[u8]) -> bool {
    let Some(beginning) = bytes.get(..32) else { return false };
    let mut units = beginning.chunks_exact(2);
    let is_ascii = |byte: u8| matches!(byte, b' '..=b'~' | b'\t' | b'\r' | b'\n');
    match beginning {
        [0, ..] => units.all(|unit| unit[0] == 0 && is_ascii(unit[1])),
        _ => units.all(|unit| unit[1] == 0 && is_ascii(unit[0])),
    }
}

static LITERALS: LazyLock<Literals> = LazyLock::new(|| {
    let literals = literals();
    // However many literals there are: a short start is worth more than the last word in speed.
    let searcher = Config::new().heuristic_pattern_limits(false).builder().extend(&literals).build();
    searcher.map_or_else(|| Literals::automaton(literals), Literals::Vectors)
});

/// How the literals are looked for.
enum Literals {
    /// By vector instructions alone, which takes a seventh of the time of an automaton to make.
    Vectors(Searcher),
    /// By an automaton, where a processor has none of those instructions: of the kind that is quickest to make.
    Automaton(AhoCorasick),
    /// Not at all, if they could not be compiled; then everything is looked at.
    Unknown,
}

impl Literals {
    fn automaton(literals: Vec<Vec<u8>>) -> Self {
        let builder = &mut AhoCorasick::builder();
        builder.kind(Some(AhoCorasickKind::NoncontiguousNFA));
        builder.build(literals).map_or(Self::Unknown, Self::Automaton)
    }

    fn are_in(&self, bytes: &[u8]) -> bool {
        match self {
            Self::Vectors(searcher) => searcher.find(bytes).is_some(),
            Self::Automaton(automaton) => automaton.is_match(bytes),
            Self::Unknown => true,
        }
    }
}

/// What is looked for, one of which stands in every file that is worth a look and is no container.
pub fn literals() -> Vec<Vec<u8>> {
    let plain = VARIABLE_NAMES.into_iter().chain(VALUES).chain(ENCODED).chain(ENCRYPTED);
    let mut literals: Vec<Vec<u8>> = plain.map(|literal| literal.as_bytes().to_vec()).collect();
    literals.extend(OWN.iter().flat_map(|field| spellings(field.name().as_bytes())));
    // Claims of Adobe's tokens, which are base64 at some alignment.
    literals.extend((0..3).map(|alignment| base64_core(b"\"as\":\"ims-", alignment)));
    // One of those of the requests for them.
    literals.extend((0..3).map(|alignment| base64_core(TECHNICAL_ACCOUNT.as_bytes(), alignment)));
    // A client secret may be all that a short text in base64 holds.
    let wide: Vec<u8> = CLIENT_SECRET.bytes().flat_map(|byte| [byte, 0]).collect();
    literals.extend((0..3).map(|alignment| base64_core(CLIENT_SECRET.as_bytes(), alignment)));
    literals.extend((0..3).map(|alignment| base64_core(&wide[..wide.len() - 1], alignment)));
    literals
}

/// How `name` looks in the encodings that people wrap documents in. Percent encoding leaves letters as they are.
fn spellings(name: &[u8]) -> Vec<Vec<u8>> {
    let lower = hex(name);
    let upper = lower.to_ascii_uppercase();
    let escaped = |digits: &str| {
        digits.as_bytes().chunks(2).flat_map(|byte| [&b"\\u00"[..], byte].concat()).collect::<Vec<u8>>()
    };
    let mut all = vec![
        name.to_vec(),
        lower.clone().into_bytes(),
        upper.clone().into_bytes(),
        escaped(&lower),
        escaped(&upper),
        // In UTF-16 of either order there is a zero byte between two letters.
        name.iter().flat_map(|byte| [*byte, 0]).take(name.len() * 2 - 1).collect(),
    ];
    all.extend((0..3).map(|alignment| base64_core(name, alignment)));
    all
}

/// The digits of base64 that `word` alone decides when it begins `alignment` bytes after a quad does.
fn base64_core(word: &[u8], alignment: usize) -> Vec<u8> {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let bit = |index: usize| {
        let byte = word.get((index / 8).wrapping_sub(alignment)).copied().unwrap_or_default();
        usize::from(byte >> (7 - index % 8) & 1)
    };
    let first = (alignment * 8).div_ceil(6);
    let last = (alignment + word.len()) * 8 / 6;
    (first..last)
        .filter_map(|digit| DIGITS.get((0..6).fold(0, |value, index| value << 1 | bit(digit * 6 + index))))
        .copied()
        .collect()
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;

    use super::*;
    use crate::credential::Field;

    #[test]
    fn every_spelling_of_every_name_is_a_literal() {
        for name in OWN.map(Field::name) {
            for shift in 0..3 {
                let text = format!("{}\"{name}\": 1", " ".repeat(shift));
                assert!(has_literal(STANDARD.encode(&text).as_bytes()), "{name} in base64, {shift} bytes on");
            }
            let utf16: Vec<u8> = name.encode_utf16().flat_map(u16::to_be_bytes).collect();
            assert!(has_literal(&utf16));
            assert!(has_literal(
                &name.bytes().flat_map(|byte| format!("{byte:02X}").into_bytes()).collect::<Vec<u8>>()
            ));
        }
        for magic in [&b"\xFF\xFE"[..], b"\x1F\x8B\x08", b"Rar!\x1A\x07", b"\0GITCRYPT\0"] {
            assert!(has_literal(magic));
        }
    }

    #[test]
    fn a_client_id_is_enough_unless_a_certificate_has_it() {
        let encoded = |text: &str| STANDARD.encode(text);
        let id = "cm-p1-e2-integration-0";
        for (text, expected) in [
            (id.to_owned(), true),
            ("cm-port".to_owned(), false),
            (format!("\0{id}"), false),
            (encoded(id), true),
            (format!("data:\n  id: {}\n", encoded(id)), true),
            (encoded(&format!("CN={id}")), false),
            (encoded("cm-p"), true),
        ] {
            assert_eq!(has_literal(text.as_bytes()), expected, "{text}");
        }
    }

    /// What is almost a literal is none, and hides none after it.
    #[test]
    fn near_misses_have_no_trace() {
        let near = |literal: &Vec<u8>| [&literal[..literal.len() - 1], b"~"].concat();
        let misses: Vec<u8> =
            literals().iter().map(near).filter(|miss| !has_literal(miss)).flatten().collect();
        assert!(misses.len() > 500 && !has_literal(&misses));
        for literal in literals() {
            assert!(has_literal(&[&misses[..], &literal, &misses].concat()), "{literal:?}");
        }
    }

    #[test]
    fn ordinary_text_has_no_literal() {
        for text in [
            "",
            "let access_token = client_secret.private_key();",
            "{\"privateKey\": \"\", \"integration\": {\"clientId\": \"\"}}",
            "AAAAB3NzaC1yc2EAAAADAQABAAABgQ",
        ] {
            assert!(!has_literal(text.as_bytes()), "{text}");
        }
    }
}
