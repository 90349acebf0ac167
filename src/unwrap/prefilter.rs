//! A glance at raw bytes that says whether unwrapping is worth the time.
//!
//! Owns: the literals that every credential has at least one of, in all spellings in which they may be wrapped. Does not
//! own: any decision. What passes is parsed, and its structure decides.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, MatchKind};

/// Words that each issued document has, in every wrapping of one layer.
const NAMES: [&str; 3] = ["imsEndpoint", "metascopes", "technicalAccount"];

/// What variables' names and values have, and documents in other spellings. Ordinary source code has none of it.
const PLAIN: [&str; 30] = [
    // The names; see `VARIABLES`.
    "SERVICECREDENTIALS",
    "AEM_AUTH_",
    "META_SCOPE",
    "METASCOPE",
    "meta_scope",
    "metaScope",
    "TECHNICAL_ACCOUNT",
    "TECHNICALACCOUNT",
    "technical_account",
    "technical-account",
    "server_to_server",
    "serverToServer",
    "@AdobeOrg",
    "@techacct.adobe.com",
    "ent_aem_cloud",
    "adobelogin.com",
    "p8e-",
    "PRIVATE KEY-----",
    "BEGIN CERTIFICATE",
    // The beginning of the tokens that Adobe issues: `{"alg":"RS256","x5u":`.
    "eyJhbGciOiJSUzI1NiIsIng1dSI6",
    // What else comes in base64: PEM, gzip, zip, and base64 of base64 of an object, of gzip.
    "LS0tLS1CRUdJTi",
    "H4sIA",
    "UEsDB",
    "ZXlK",
    "ZXdv",
    "SDRzSU",
    // What is encrypted, so that it can be counted as well kept.
    "$ANSIBLE_VAULT;",
    "age-encryption.org/v1",
    "ENC[AES256_GCM",
    "SealedSecret",
];

/// How many of [`PLAIN`] are names.
const VARIABLES: usize = 12;

/// How files begin that must be opened to be looked at: gzip, zip, Zstandard, xz, git-crypt, UTF-16; and those that
/// aemcred doesn't open and says so: 7z, RAR.
const MAGICS: [&[u8]; 11] = [
    b"\x1F\x8B\x08",
    b"PK\x03\x04",
    b"PK\x05\x06",
    b"\x28\xB5\x2F\xFD",
    b"\xFD7zXZ\0",
    b"7z\xBC\xAF\x27\x1C",
    b"Rar!\x1A\x07",
    b"\0GITCRYPT\0",
    b"\xFF\xFE",
    b"\xFE\xFF",
    b"-----BEGIN AGE",
];

/// Whether there is any trace of a credential in `bytes`, or anything that must be opened to find out.
#[must_use]
pub fn has_trace(bytes: &[u8]) -> bool {
    is_container(bytes) || LITERALS.as_ref().is_none_or(|literals| literals.is_match(bytes))
}

/// Whether `bytes` name fields of a credential, encrypted or not.
pub(super) fn names_credential(bytes: &[u8]) -> bool {
    let names = NAMES.iter().chain(PLAIN.iter().take(VARIABLES));
    names.into_iter().any(|name| memchr::memmem::find(bytes, name.as_bytes()).is_some())
}

/// Whether `bytes` are an archive, compressed or otherwise to be opened, judged by how they begin.
fn is_container(bytes: &[u8]) -> bool {
    MAGICS.iter().any(|magic| bytes.starts_with(magic))
        || is_skippable_frame(bytes)
        || is_bzip2(bytes)
        || is_tar(bytes)
        || ends_as_zip(bytes)
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

/// Whether `bytes` begin with a Zstandard frame that holds no data (RFC 8878 section 3.1.2).
pub(super) fn is_skippable_frame(bytes: &[u8]) -> bool {
    matches!(bytes, [0x50..=0x5F, 0x2A, 0x4D, 0x18, ..])
}

/// Whether `bytes` begin as bzip2 does: the size of blocks, and the first block or the end.
pub(super) fn is_bzip2(bytes: &[u8]) -> bool {
    let after = bytes.strip_prefix(b"BZh").and_then(<[u8]>::split_first);
    after.is_some_and(|(size, rest)| {
        matches!(size, b'1'..=b'9')
            && (rest.starts_with(b"1AY&SY") || rest.starts_with(b"\x17\x72\x45\x38\x50\x90"))
    })
}

/// Whether `bytes` end as a zip archive without a comment does (APPNOTE 6.3 section 4.3.16): a program may stand before it.
pub(super) fn ends_as_zip(bytes: &[u8]) -> bool {
    let record = bytes.len().checked_sub(22).and_then(|start| bytes.get(start..));
    record.is_some_and(|record| record.starts_with(b"PK\x05\x06") && record.ends_with(&[0, 0]))
}

/// Whether `bytes` begin with the header of a tar archive (POSIX.1-1988 and later).
pub(super) fn is_tar(bytes: &[u8]) -> bool {
    bytes.get(257..262) == Some(b"ustar")
}

/// Nothing only if the literals could not be compiled; then everything is looked at.
static LITERALS: LazyLock<Option<AhoCorasick>> =
    LazyLock::new(|| AhoCorasick::builder().match_kind(MatchKind::LeftmostFirst).build(literals()).ok());

/// What is looked for, one of which stands in every file that is worth a look and is no container.
#[must_use]
pub fn literals() -> Vec<Vec<u8>> {
    let mut literals: Vec<Vec<u8>> = PLAIN.iter().map(|literal| literal.as_bytes().to_vec()).collect();
    literals.extend(NAMES.iter().flat_map(|name| spellings(name.as_bytes())));
    // Claims of Adobe's tokens, which are base64 at some alignment.
    literals.extend((0..3).map(|alignment| base64_core(b"\"as\":\"ims-", alignment)));
    // A client secret may be all that a short text in base64 holds.
    literals.extend((0..3).map(|alignment| base64_core(b"p8e-", alignment)));
    literals
}

/// How `name` looks in the encodings that people wrap documents in. Percent encoding leaves letters as they are.
fn spellings(name: &[u8]) -> Vec<Vec<u8>> {
    let each = |spell: fn(&u8) -> Vec<u8>| name.iter().flat_map(spell).collect::<Vec<u8>>();
    let mut all = vec![
        name.to_vec(),
        each(|byte| format!("{byte:02x}").into_bytes()),
        each(|byte| format!("{byte:02X}").into_bytes()),
        each(|byte| format!("\\u00{byte:02x}").into_bytes()),
        each(|byte| format!("\\u00{byte:02X}").into_bytes()),
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

    #[test]
    fn every_spelling_of_every_name_is_a_trace() {
        for name in NAMES {
            for shift in 0..3 {
                let text = format!("{}\"{name}\": 1", " ".repeat(shift));
                assert!(has_trace(STANDARD.encode(&text).as_bytes()), "{name} in base64, {shift} bytes on");
            }
            let utf16: Vec<u8> = name.encode_utf16().flat_map(u16::to_be_bytes).collect();
            assert!(has_trace(&utf16));
            assert!(has_trace(
                &name.bytes().flat_map(|byte| format!("{byte:02X}").into_bytes()).collect::<Vec<u8>>()
            ));
        }
        for magic in MAGICS {
            assert!(has_trace(magic));
        }
    }

    #[test]
    fn ordinary_text_has_no_trace() {
        for text in [
            "",
            "let access_token = client_secret.private_key();",
            "{\"privateKey\": \"\", \"integration\": {\"clientId\": \"\"}}",
            "AAAAB3NzaC1yc2EAAAADAQABAAABgQ",
        ] {
            assert!(!has_trace(text.as_bytes()), "{text}");
        }
    }
}
