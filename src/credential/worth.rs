//! Whether somebody could use what stands in a secret's place.
//!
//! Owns: what secrets are made of, be they damaged, and what people write who want something that looks like one. Does not own:
//! words and signs that say that a value is missing (see `placeholder`).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::placeholder::{LONG, is_placeholder};
use super::{CLIENT_SECRET, Field, is_client_secret, is_shaped};
use crate::secret::Secret;

/// Whether `value`, which is no [placeholder](is_placeholder), may be a secret of `field`, be it damaged: otherwise nobody
/// can use it for anything, and it is a sample, a label, or a reference in a notation that nobody knows here.
pub fn may_be_secret(field: Field, value: &str) -> bool {
    match field {
        Field::PrivateKey => has_key_digits(value),
        Field::ClientSecret if is_client_secret(value) => true,
        Field::ClientSecret | Field::ProjectClientSecret => {
            let is_part = |one: char| one.is_ascii_alphanumeric() || matches!(one, '-' | '_');
            let core = value.trim_matches(|one: char| !is_part(one));
            let is_whole = core.chars().all(is_part) && !value.contains(['{', '[', '(', '=']);
            // Inside something else, only what has the shape of one.
            let is_inside =
                || value.split(|one: char| !is_part(one)).any(|run| is_shaped(field, run) && is_random(run));
            let may_be = match value.split_once(CLIENT_SECRET) {
                Some((_, rest)) => is_client_secret(core) || is_random(rest),
                None if is_whole => is_random(core),
                None => is_inside(),
            };
            may_be && !is_encoded_placeholder(field, value)
        }
        _ => true,
    }
}

/// The smallest private keys of any use have more digits of base64 than this.
const LEAST_KEY_DIGITS: usize = 100;

/// Whether `value` has as many digits of base64, hexadecimal or numbers as a key, be it cut into the shortest pieces. Most
/// values begin with them.
fn has_key_digits(value: &str) -> bool {
    let is_digit = |one: char| one.is_ascii_alphanumeric() || matches!(one, '+' | '/');
    // Labels and prose have words.
    let is_word = |run: &&str| {
        let rest = run.get(1..).unwrap_or_default();
        let all = |is: fn(&u8) -> bool| rest.bytes().all(|byte| is(&byte));
        run.starts_with(|first: char| first.is_ascii_alphabetic())
            && (all(u8::is_ascii_lowercase)
                || run.starts_with(char::is_uppercase) && all(u8::is_ascii_uppercase))
    };
    let runs = value.split(|one: char| !is_digit(one)).filter(|run| !is_word(run));
    let mut missing = LEAST_KEY_DIGITS;
    let digits = runs.flat_map(str::bytes).take(LEAST_KEY_DIGITS);
    !is_pattern(digits.inspect(|_| missing -= 1)) && missing == 0
}

/// Whether `text` is as long as a client secret of which not too much is missing, and made of more than words, numbers behind
/// them, and patterns: `unit-test-secret-2024`.
fn is_random(text: &str) -> bool {
    /// A secret of which more is missing is of no use, and no older one was shorter.
    const LEAST: usize = 16;
    let is_word = |part: &str| {
        let word = part.trim_end_matches(|one: char| one.is_ascii_digit());
        let is_number = word.is_empty() && part.len() < 8;
        is_number || part.len() - word.len() <= 4 && word.chars().all(|one| one.is_ascii_alphabetic())
    };
    let parts = || text.split(|one: char| !one.is_ascii_alphanumeric());
    parts().map(str::len).sum::<usize>() >= LEAST && !is_pattern(text.bytes()) && !parts().all(is_word)
}

/// Whether a text of these `bytes` is what people write who want something long: few characters over and over, or the
/// alphabet.
fn is_pattern(bytes: impl Iterator<Item = u8>) -> bool {
    let (mut seen, mut different, mut steady, mut digits) = ([false; 256], 0, 0, 0);
    let mut last = None;
    for digit in bytes.filter(u8::is_ascii_alphanumeric) {
        different += usize::from(!std::mem::replace(&mut seen[usize::from(digit)], true));
        steady += usize::from(last.is_some_and(|last| digit.wrapping_sub(last) <= 1));
        digits += 1;
        last = Some(digit);
    }
    different < 6 || steady * 2 > digits
}

/// Returns true if `value` is base64 of a placeholder, as the template of a Kubernetes Secret has it.
fn is_encoded_placeholder(field: Field, value: &str) -> bool {
    let is_digit = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=');
    if value.len() < 8 || value.len() > LONG || !value.len().is_multiple_of(4) || !value.bytes().all(is_digit)
    {
        return false;
    }
    let decoded = STANDARD.decode(value).map(Secret::new);
    let text = decoded.as_ref().ok().and_then(|bytes| std::str::from_utf8(bytes.expose()).ok());
    text.is_some_and(|text| {
        text.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ')
            && (is_placeholder(field, text) || !may_be_secret(field, text))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_can_use_is_no_secret() {
        let key = "MIIEowIBAAKCAQEAw0HLETmJkxVwr6D87D1Pc4li/51hD0TiiVYu+RG1Wv3IsY7l";
        for (field, value, expected) in [
            (Field::ClientSecret, "p8e-q7Rk2vLx9TzW4bNc8YpD3fGh6JmS1aQe", true),
            (Field::ClientSecret, "'p8e-q7Rk2vLx9TzW4bNc8YpD'", true),
            (Field::ClientSecret, "3f2b8c1e-9d47-4a6b-8e21-5c7d9f0a1b2c", true),
            (Field::ClientSecret, "7e57da7a836bb62c34b6697e1f0c5d2a", true),
            (Field::ClientSecret, "Zq3vT9xLw2Rk7Bn5", true),
            (Field::ClientSecret, "example-secret", false),
            (Field::ClientSecret, "change-it", false),
            (Field::ClientSecret, "clientSecret", false),
            (Field::ClientSecret, "unit-test-client-secret-2024", false),
            (Field::ClientSecret, "HIER_DAS_GEHEIMNIS_EINTRAGEN", false),
            (Field::ClientSecret, "1234567890", false),
            (Field::ClientSecret, "p8e-secret", false),
            (Field::ClientSecret, "p8e- and 32 further characters follow", false),
            // As mails wrap it.
            (Field::ClientSecret, "p8e-t63u3jVz9X1-\r\n 9kVjJemcToGOGmykxyQt", true),
            (Field::ClientSecret, "p8e-abcdefghijklmnop", false),
            // Whatever has the shape of an issued one may be one.
            (Field::ClientSecret, "p8e-abcdefghijklmnopqrstuvwxyz012345", true),
            (Field::ClientSecret, "00000000-0000-0000-0000-000000000001", false),
            (Field::ClientSecret, "11111111-2222-3333-4444-555555555555", false),
            (Field::ClientSecret, "deadbeefdeadbeefdeadbeefdeadbeef", false),
            (Field::ClientSecret, "[parameters('aemSecret')]", false),
            (Field::ClientSecret, "chamber:aem", false),
            (Field::ClientSecret, "eW91ci1jbGllbnQtc2VjcmV0", false),
            (Field::PrivateKey, &format!("-----BEGIN PRIVATE KEY-----\n{key}\n{key}\n"), true),
            (Field::PrivateKey, &key.repeat(2), true),
            (
                Field::PrivateKey,
                "-----BEGIN PRIVATE KEY-----\nMIIEowIBAAKCAQEA\n-----END PRIVATE KEY-----",
                false,
            ),
            (Field::PrivateKey, "the private key, which the Developer Console lets you download once", false),
            (Field::PrivateKey, &"X".repeat(400), false),
        ] {
            assert_eq!(may_be_secret(field, value), expected, "{value}");
        }
        // However it is cut up.
        let all = key.repeat(8);
        for width in [1, 2, 4, 7, 16, 20, 64] {
            let pieces: Vec<&str> = (0..all.len() / width).map(|at| &all[at * width..][..width]).collect();
            for sign in [" ", "\n", "\\n", "-", "\", \""] {
                assert!(may_be_secret(Field::PrivateKey, &pieces.join(sign)), "{width} {sign}");
            }
        }
        let numbers: Vec<String> = all.bytes().map(|byte| byte.to_string()).collect();
        assert!(may_be_secret(Field::PrivateKey, &numbers.join(", ")));
    }
}
