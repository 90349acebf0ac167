//! The proof: a copy is searched for every eight characters of every secret before it gets out.
//!
//! Owns: which strings of a document are secret for this, and their forms: as written, unescaped, as base64 without its
//! line breaks, decoded, and the decoded bytes in hexadecimal. Does not own: hiding. It judges the finished copy.

use std::collections::HashSet;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};

use super::marker::{MARKERS, is_marker, marker};
use super::role::Role;
use crate::credential::{Field, LABELS, armour, is_known_name, presentable};
use crate::json::{Kind, Text, Value};
use crate::secret::Secret;
use crate::source::Span;
use crate::source::hex;

const WINDOW: usize = 8;

/// Every eight characters of the secrets of a document.
pub(super) struct Secrets {
    /// Of secrets that are no PEM.
    words: HashSet<[u8; WINDOW]>,
    /// Of PEM and other base64, as text.
    encoded: HashSet<[u8; WINDOW]>,
    /// Of what PEM decodes to, as bytes.
    decoded: HashSet<[u8; WINDOW]>,
    /// Eight of those bytes each, in hexadecimal.
    hexadecimal: HashSet<[u8; 2 * WINDOW]>,
    /// What says nothing because it may be in every copy: markers, the names of fields, and armour lines.
    common: HashSet<[u8; WINDOW]>,
}

impl Secrets {
    /// No secrets yet.
    pub(super) fn new() -> Self {
        let markers = MARKERS.into_iter().map(marker);
        let fields = [
            &Field::SERVICE[..],
            &Field::DEVELOPMENT_TOKEN,
            &Field::ACCESS_TOKEN,
            &Field::PROJECT_CREDENTIAL,
        ];
        let names = fields.into_iter().flatten().map(|field| field.name().to_owned());
        let armour = LABELS
            .into_iter()
            .flat_map(|label| ["BEGIN", "END"].map(|side| format!("-----{side} {label}-----")));
        let common = markers
            .chain(names)
            .chain(armour)
            .flat_map(|text| windows(text.as_bytes()).collect::<Vec<_>>())
            .collect();
        let (words, encoded, decoded, hexadecimal) = Default::default();
        Self { words, encoded, decoded, hexadecimal, common }
    }

    /// The secrets of a whole document: what stands under a secret's name, and what looks like a secret anywhere.
    pub(super) fn of(root: &Value<'_>) -> Self {
        let mut secrets = Self::new();
        secrets.value(root, false);
        secrets
    }

    fn value(&mut self, value: &Value<'_>, secret: bool) {
        match &value.kind {
            Kind::Object(object) => {
                for member in &object.members {
                    self.string(&member.key, secret);
                    self.value(
                        &member.value,
                        secret || matches!(Role::of(member.key.as_str()), Role::Secret(_)),
                    );
                }
            }
            Kind::Array(items) => items.iter().for_each(|item| self.value(item, secret)),
            Kind::String(text) => self.string(text, secret),
            Kind::Number(number) if secret => self.add_word(number),
            Kind::Number(_) | Kind::Bool(_) | Kind::Null => {}
        }
    }

    fn string(&mut self, text: &Text<'_>, secret: bool) {
        let value = text.as_str();
        if is_marker(value) {
            return;
        }
        if !secret {
            self.add_text(value);
        } else if is_base64(value) {
            self.add_encoded(value);
            self.add_encoded(text.raw());
        } else {
            self.add_word(value);
            self.add_word(text.raw());
        }
    }

    /// Adds what looks like a secret in a text that may be anything: PEM but certificates, and words of their kind.
    pub(super) fn add_text(&mut self, text: &str) {
        let mut blocks = text.split("-----BEGIN ");
        let mut outside = blocks.next().into_iter().collect::<Vec<_>>();
        for block in blocks {
            let (inside, after) = block.split_once("-----END ").unwrap_or((block, ""));
            outside.push(after.split_once("-----").map_or(after, |(_, rest)| rest));
            let Some((label, body)) = inside.split_once("-----") else {
                outside.push(inside);
                continue;
            };
            outside.push(label);
            if label == "CERTIFICATE" {
                // Without its END it would swallow what follows its string.
                outside.extend(body.split_once('"').map(|(_, rest)| rest));
            } else {
                self.add_encoded(body);
            }
        }
        let delimiter = |letter: char| letter.is_whitespace() || "{}[]:,\"\\".contains(letter);
        for word in outside.into_iter().flat_map(without_armour).flat_map(|text| text.split(delimiter)) {
            if word.len() >= WINDOW && !presentable(word) {
                self.add_word(word);
            }
        }
    }

    /// Adds a secret that is no PEM.
    fn add_word(&mut self, word: &str) {
        self.words.extend(windows(word.as_bytes()).filter(|window| !self.common.contains(window)));
    }

    /// Adds PEM or other base64, line by line and as a whole, and what it decodes to. A key that was cut off has the rest
    /// of the document behind it, with names of fields that stay in the copy.
    fn add_encoded(&mut self, value: &str) {
        let mut joined = String::with_capacity(value.len());
        for part in value.split('"').filter(|part| !is_known_name(part)) {
            let telling = telling_windows(part).filter(|window| !self.common.contains(window));
            self.encoded.extend(telling);
            push_body(&mut joined, part);
        }
        let joined = Secret::new(joined);
        self.encoded
            .extend(windows(joined.expose().as_bytes()).filter(|window| !self.common.contains(window)));
        // Padding ends what can be decoded as one. What can't be decoded to the end is decoded as far as whole groups go.
        for digits in joined.expose().split('=') {
            let whole = digits.get(..digits.len() / 4 * 4).unwrap_or_default();
            let Ok(decoded) = STANDARD_NO_PAD.decode(whole).map(Secret::new) else { continue };
            // A certificate under another label has the client ID in it, with a field's name.
            self.decoded.extend(windows(decoded.expose()).filter(|window| !self.common.contains(window)));
            let hex = Secret::new(hex(decoded.expose()));
            self.hexadecimal.extend(windows(hex.expose().as_bytes()));
        }
    }

    /// Whether eight characters of a secret stand in `text`, in any form.
    pub(super) fn are_in(&self, text: &str) -> bool {
        let bytes = text.as_bytes();
        let lower = Secret::new(text.to_ascii_lowercase());
        let any = |set: &HashSet<[u8; WINDOW]>| windows(bytes).any(|window| set.contains(&window));
        any(&self.words)
            || any(&self.encoded)
            || any(&self.decoded)
            || windows(lower.expose().as_bytes()).any(|window| self.hexadecimal.contains(&window))
            || encodings(text).iter().any(|bytes| self.are_in_bytes(bytes.expose()))
    }

    /// Whether eight characters or bytes of a secret stand in `bytes`, in any width of characters.
    fn are_in_bytes(&self, bytes: &[u8]) -> bool {
        let narrow: Secret<Vec<u8>> = Secret::new(bytes.iter().copied().filter(|byte| *byte != 0).collect());
        [bytes, narrow.expose()].into_iter().flat_map(windows).any(|window| {
            self.words.contains(&window) || self.encoded.contains(&window) || self.decoded.contains(&window)
        })
    }

    /// Whether eight characters of a secret stand in a certificate that is to stay: its PEM and its DER. The public key is
    /// a part of the private key's numbers too, so what is in `public_key_info` is no secret.
    pub(super) fn are_in_certificate(&self, text: &str, public_key_info: &[u8]) -> bool {
        let public: HashSet<[u8; WINDOW]> = windows(public_key_info).collect();
        // What can't be read can't be cleared.
        let Ok(der) = STANDARD.decode(body(text)) else { return true };
        let narrow: Secret<Vec<u8>> = Secret::new(der.iter().copied().filter(|byte| *byte != 0).collect());
        windows(text.as_bytes()).any(|window| self.words.contains(&window))
            || windows(narrow.expose()).any(|window| self.words.contains(&window))
            || windows(&der).any(|window| {
                self.words.contains(&window)
                    || (self.encoded.contains(&window) || self.decoded.contains(&window))
                        && !public.contains(&window)
            })
            || {
                // A name in it may spell something out.
                let printable: String = der
                    .iter()
                    .map(|byte| if byte.is_ascii_graphic() { *byte as char } else { ' ' })
                    .collect();
                let printable = Secret::new(printable);
                encodings(printable.expose()).iter().any(|bytes| self.are_in_bytes(bytes.expose()))
            }
    }
}

/// What the runs of hexadecimal digits and of base64 in `text` decode to, from every digit on at which one may begin, if that
/// is long enough to hold a part of a secret; and the text without percent signs.
fn encodings(text: &str) -> Vec<Secret<Vec<u8>>> {
    let mut found = Vec::new();
    // A UUID holds sixteen bytes.
    let digits: Secret<String> =
        Secret::new(text.chars().filter(|letter| !"-: _".contains(*letter)).collect());
    for run in digits.expose().split(|letter: char| !letter.is_ascii_hexdigit()) {
        for digits in [run, run.get(1..).unwrap_or_default()] {
            let pairs = digits.as_bytes().chunks_exact(2);
            if pairs.len() >= WINDOW {
                let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
                found.push(Secret::new(pairs.filter_map(byte).collect()));
            }
        }
    }
    let is_base64 = |letter: char| letter.is_ascii_alphanumeric() || "+/-_".contains(letter);
    for run in text.split(|letter| !is_base64(letter)).filter(|run| run.len() > WINDOW * 4 / 3) {
        let run = Secret::new(run.replace('-', "+").replace('_', "/"));
        for start in 0..4 {
            let digits = run.expose().get(start..).unwrap_or_default();
            let whole = digits.get(..digits.len() / 4 * 4).unwrap_or_default();
            found.extend(STANDARD_NO_PAD.decode(whole).map(Secret::new));
        }
    }
    if text.contains('%') {
        found.push(Secret::new(without_percent(text)));
    }
    found
}

fn without_percent(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('%') {
        bytes.extend_from_slice(before.as_bytes());
        let digits = after.get(..2).filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()));
        if let Some(byte) = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            bytes.push(byte);
            rest = &after[2..];
        } else {
            bytes.push(b'%');
            rest = after;
        }
    }
    bytes.extend_from_slice(rest.as_bytes());
    bytes
}

/// Whether a string is PEM, or base64 long enough to be a key.
fn is_base64(value: &str) -> bool {
    const LONG: usize = 64;
    value.contains("-----")
        || value.len() >= LONG
            && value.chars().all(|letter| letter.is_ascii_alphanumeric() || "+/=\r\n ".contains(letter))
}

/// The base64 characters of PEM, without armour and line breaks, be they escaped twice or not.
fn body(value: &str) -> String {
    let mut body = String::with_capacity(value.len());
    push_body(&mut body, value);
    body
}

fn push_body(body: &mut String, value: &str) {
    for part in value.split("-----").filter(|part| !part.starts_with("BEGIN ") && !part.starts_with("END ")) {
        let mut letters = part.chars().peekable();
        while let Some(letter) = letters.next() {
            match letter {
                '\\' => drop(letters.next_if(|next| matches!(next, 'r' | 'n'))),
                _ if letter.is_ascii_alphanumeric() || "+/=".contains(letter) => body.push(letter),
                _ => {}
            }
        }
    }
}

/// What of `text` is no armour line.
fn without_armour(text: &str) -> impl Iterator<Item = &str> {
    let mut from = 0;
    armour(text).chain([Span::at(text.len())]).map(move |span| {
        let part = text.get(from..span.start).unwrap_or_default();
        from = span.end;
        part
    })
}

/// Every eight characters of `text` but those that are in the copy of any text: JSON's punctuation, white space, line
/// breaks, the marker `***`, the dashes and the ends of armour lines.
fn telling_windows(text: &str) -> impl Iterator<Item = [u8; WINDOW]> {
    let mut previous = ' ';
    let mut telling = Vec::with_capacity(text.len());
    for letter in text.chars() {
        let escape = previous == '\\' && matches!(letter, 'r' | 'n' | 't');
        let told = !escape && !"{}[]:,\"\\ \t\r\n*-".contains(letter);
        telling.extend(std::iter::repeat_n(told, letter.len_utf8()));
        previous = letter;
    }
    for label in LABELS {
        for (start, _) in text.match_indices(label) {
            let end = start + label.len();
            if text.get(end..).is_some_and(|rest| rest.starts_with("-----")) {
                telling.iter_mut().take(end + 5).skip(start).for_each(|told| *told = false);
            }
        }
    }
    windows(text.as_bytes()).enumerate().filter_map(move |(start, window)| {
        telling.get(start..start + WINDOW)?.contains(&true).then_some(window)
    })
}

fn windows<const N: usize>(bytes: &[u8]) -> impl Iterator<Item = [u8; N]> {
    bytes.windows(N).filter_map(|window| window.try_into().ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::{Limits, parse};

    /// Bytes without any pattern, and no key.
    fn sample() -> Vec<u8> {
        (0..96_u32).map(|number| number.wrapping_mul(2_654_435_761).to_be_bytes()[0]).collect()
    }

    fn pem() -> String {
        let body = STANDARD.encode(sample());
        let (first, second) = body.split_at(64);
        format!("-----BEGIN RSA PRIVATE KEY-----\r\n{first}\r\n{second}\r\n-----END RSA PRIVATE KEY-----\r\n")
    }

    #[test]
    fn secrets_are_found_in_every_form_and_wherever_they_came_from() {
        let pem = pem();
        let body = STANDARD.encode(sample());
        let quoted = serde_json::to_string(&pem).unwrap();
        for document in [
            format!("{{\"privateKey\": {quoted}}}"),
            format!("{{\"note\": {quoted}}}"),
            format!("{{\"note\": {}}}", serde_json::to_string(&format!("{{\"key\": {quoted}}}")).unwrap()),
            format!("{{\"private_key\": [{}]}}", quoted.replace("\\r\\n", "\", \"")),
            quoted.clone(),
        ] {
            let secrets = Secrets::of(&parse(&document, Limits::default()).unwrap());
            let lines = document.contains('[');
            for (form, leaks) in [
                (pem.as_str(), true),
                (&body[10..18], true),
                // Across a line break, which nobody sees in the base64.
                (&body[60..68], !lines),
                (&hex(&sample()[40..48]), true),
                (&hex(&sample()[40..48]).to_uppercase(), true),
                (&body[10..17], false),
                (&hex(&sample()[40..47]), false),
                ("-----BEGIN RSA PRIVATE KEY-----", lines),
                ("privateKey ***REDACTED: private key***", false),
            ] {
                // A line of armour in a list is a string of its own under a secret's name.
                let armour = form.starts_with("-----BEGIN") && form.len() < 40;
                assert!(armour || secrets.are_in(form) == leaks, "{} in {}", form.len(), document.len());
            }
        }
    }

    #[test]
    fn secrets_are_found_in_what_is_no_json() {
        let pem = pem();
        let body = STANDARD.encode(sample());
        let open = "-----BEGIN RSA PRIVATE KEY-----";
        let rest = "\",\r\n    \"publicKey\": \"*** ***\", \"client_secret\": \"p8e-AbCd1234EfGh\"\r\n}";
        let cut = pem.replace("-----END RSA PRIVATE KEY-----", "");
        let lines: Vec<_> = pem.lines().map(|line| format!("\"{line}\\n\"")).collect();
        let cases = [
            ("whole", pem.clone(), false),
            ("cut off", cut.clone(), false),
            ("cut off in a string", cut.replace("\r\n", "\\r\\n"), false),
            ("padded before the rest", format!("{open}\n{body}AA==\n{body}"), false),
            ("a label of another kind", pem.replace("RSA PRIVATE", "RSA PRIVAT"), false),
            ("a list", lines.join(",\r\n        "), false),
            ("a quotation mark in it", pem.replace(&body[20..24], "\"").replace(&body[80..84], "\""), true),
        ];
        for (name, key, damaged) in cases {
            let text = format!("{{\"privateKey\": \"{key}{rest}");
            let mut secrets = Secrets::new();
            secrets.add_text(&text);
            let mut forms = vec![&body[30..38], &body[100..108], "AbCd1234"];
            let hex = hex(&sample()[48..56]);
            if !damaged {
                // Across a line break, and decoded.
                forms.extend([&body[60..68], &hex]);
            }
            for (index, form) in forms.into_iter().enumerate() {
                assert!(secrets.are_in(form), "{name}: form {index} is not noticed");
                assert!(!secrets.are_in(&form[..7]), "{name}: form {index}");
            }
            if name.starts_with("cut") {
                let raw = if key.contains("\\r") {
                    format!("{}\\r\\n", &body[60..64])
                } else {
                    format!("{}\r\n{}", &body[61..64], &body[64..67])
                };
                assert!(secrets.are_in(&raw), "{name}: as written");
            }
            for kept in [
                "{\"privateKey\": \"-----BEGIN RSA PRIVATE KEY-----\r\n***\r\n***\r\n-----END RSA PRIVATE KEY-----\r\n",
                "\\r\\n***\\r\\n***\",\r\n    \"publicKey\": \"*** ***\", \"client_secret\": \"***\"\r\n}",
                "        \"***\\n\",\r\n        \"***\\n\"-----END CERTIFICATE-----",
            ] {
                assert!(!secrets.are_in(kept), "{name}: what every copy keeps is no secret");
            }
        }
        // A certificate without END doesn't hide the secrets behind it.
        let mut secrets = Secrets::new();
        secrets.add_text(&format!("{{\"publicKey\": \"-----BEGIN CERTIFICATE-----\\r\\nMIIB{rest}"));
        assert!(secrets.are_in("AbCd1234"));
    }

    #[test]
    fn common_words_are_no_secrets() {
        let document = r#"{"clientSecret": "certificate", "password": "integration", "token": 12345678}"#;
        let secrets = Secrets::of(&parse(document, Limits::default()).unwrap());
        assert!(!secrets.are_in("integration, ***REDACTED: certificate, RSA***"));
        assert!(secrets.are_in("a 12345678"));
    }
}
