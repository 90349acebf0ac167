//! Spellings of PEM that programs undo before they use a key.
//!
//! Owns: base64 of a PEM, and JSON lists of its lines. Does not own: whether such a spelling is right where it stands (see
//! `form`), nor line breaks that were lost or escaped (see `pem`).

use base64::Engine as _;
use base64::alphabet::{STANDARD, URL_SAFE};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use crate::json::{Kind, Limits, Text, parse};
use crate::secret::Secret;

/// Longer values are no key.
const LONGEST: usize = 256 << 10;

const LAX: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_allow_trailing_bits(true)
    .with_decode_padding_mode(DecodePaddingMode::Indifferent);

/// Returns true if `text` has a BEGIN or END line, whatever is wrong with it.
pub(super) fn names_pem(text: &str) -> bool {
    ["BEGIN ", "END "].iter().any(|word| memchr::memmem::find(text.as_bytes(), word.as_bytes()).is_some())
}

/// The PEM that `text` is in base64 or as a list of lines, or in both. `None` if it is anything else, PEM included.
pub(super) fn plain(text: &str) -> Option<Secret<String>> {
    if text.len() > LONGEST {
        return None;
    }
    let decoded = decoded(text);
    let inner = decoded.as_ref().map_or(text, |decoded| decoded.expose());
    lines(inner).or(decoded)
}

/// What `text` stands for in base64, if that is PEM.
fn decoded(text: &str) -> Option<Secret<String>> {
    let digits = Secret::new(text.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect::<Vec<u8>>());
    let digits = digits.expose();
    if !digits.iter().all(|byte| byte.is_ascii_alphanumeric() || b"+/-_=".contains(byte)) {
        return None;
    }
    let alphabet = if digits.iter().any(|byte| b"-_".contains(byte)) { URL_SAFE } else { STANDARD };
    // The error is dropped because it carries a byte of the key.
    let bytes = Secret::new(GeneralPurpose::new(&alphabet, LAX).decode(digits).ok()?);
    let decoded = Secret::new(std::str::from_utf8(bytes.expose()).ok()?.to_owned());
    names_pem(decoded.expose()).then_some(decoded)
}

/// The lines of a JSON list, if they are PEM.
fn lines(text: &str) -> Option<Secret<String>> {
    if !text.trim_start().starts_with('[') || !names_pem(text) {
        return None;
    }
    let list = parse(text, Limits { depth: 1, values: 1_000 }).ok()?;
    let Kind::Array(items) = &list.kind else { return None };
    let lines: Option<Vec<&str>> = items.iter().map(|item| item.as_text().map(Text::as_str)).collect();
    // Enough from the start: growing would leave an unwiped copy behind.
    let mut pem = String::with_capacity(text.len() + 1);
    for line in lines? {
        pem.push_str(line);
        pem.push('\n');
    }
    Some(Secret::new(pem))
}

#[cfg(test)]
mod tests {
    use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};

    use super::*;

    #[test]
    fn other_spellings_become_pem() {
        let pem = "-----BEGIN PRIVATE KEY-----\nMIIE\n+/8=\n-----END PRIVATE KEY-----\n";
        let list = r#"["-----BEGIN PRIVATE KEY-----", "MIIE", "+/8=", "-----END PRIVATE KEY-----"]"#;
        let encoded = BASE64_STANDARD.encode(pem);
        let (first, second) = encoded.split_at(64);
        for text in [
            encoded.clone(),
            BASE64_URL_SAFE_NO_PAD.encode(pem),
            format!("{first}\n{second}\n"),
            list.to_owned(),
            BASE64_STANDARD.encode(list),
        ] {
            assert_eq!(plain(&text).map(Secret::into_inner).as_deref(), Some(pem), "{text}");
        }
        for text in ["", pem, "MIIE", "[]", "[\"a\"]", "./private.key", "LS0tLS1CRUdJTi", "-----BEGIN"] {
            assert!(plain(text).is_none(), "{text}");
        }
    }
}
