//! The gate for text from outside: names of files, arguments, values of settings, which may be a secret by mistake.
//!
//! Owns: what of such a text is shown, and whether it is a credential itself. Does not own: what of a document is shown
//! (see `credential::Exposure`).
//!
//! A word that was expected is shown if it is [`presentable`]. A path must stay readable, and hashes, UUIDs and the names
//! of temporary files are ordinary in one: only what can hardly be anything but a secret is hidden there.

use std::ops::Range;
use std::path::Path;

use crate::credential::{CLIENT_SECRET, presentable};
use crate::source::PathName;

/// What is shown in the place of what may be a secret.
pub const SIGN: &str = "…";

/// What stands in text only if it is JSON, PEM, or one of them in base64 or percent encoding.
const TELLING: [&str; 10] = [
    "{\"",
    "{'",
    "\":",
    "\\\"",
    "%7B%22",
    "%7b%22",
    "-----BEGIN",
    "-----END",
    "PRIVATE KEY-----",
    "LS0tLS1CRUdJTi",
];

/// Parts of the names of variables, keys and headers that have a secret as their value.
const SECRET_NAMES: [&str; 6] = ["secret", "password", "privatekey", "private_key", "token", BEARER];

/// What stands before the token in a header.
const BEARER: &str = "bearer";

/// So many letters and digits in a row are looked at.
const WINDOW: usize = 24;

/// In as many of them, this often a neighbor is of another kind if they are random, and almost never in names.
const CHANGES: usize = 10;

/// Fewer letters and digits than these are no document in base64.
const LONG: usize = 64;

/// So many characters after the name of a secret are looked at.
const LONGEST_VALUE: usize = 256;

/// No path is as long as this, in bytes.
const LONGEST: usize = 8192;

/// Returns `text`, or a sign if it may be a secret. For what was expected to be one of few words.
pub fn word(text: &str) -> &str {
    let mut parts = text.split(['=', ',', '/']);
    let is_plain = text.chars().count() <= 120
        && !is_document(text)
        && parts.all(|part| presentable(part) && !is_piece(part));
    if is_plain { text } else { SIGN }
}

/// Returns true if `text` has a piece of a secret in which so many hyphens and underscores are that no part of it is long enough
/// to look random: one kind of letter or digit follows another more often than in names, numbers and dates.
fn is_piece(text: &str) -> bool {
    const SHORTEST: usize = 8;
    let kind = |byte: u8| match byte {
        b'a'..=b'z' => LOWER,
        b'A'..=b'Z' => UPPER,
        b'0'..=b'9' => DIGIT,
        _ => JOINT,
    };
    let mut runs = text.split(|letter: char| !(letter.is_ascii_alphanumeric() || "_-".contains(letter)));
    runs.any(|run| {
        let kinds: Vec<u8> = run.bytes().map(kind).collect();
        let parts = kinds.split(|kind| *kind == JOINT);
        // A capital letter may begin a word.
        let changes = |part: &[u8]| {
            let begins = part.starts_with(&[UPPER, LOWER]);
            part.windows(2).filter(|pair| pair[0] != pair[1]).count() - usize::from(begins)
        };
        run.len() >= SHORTEST && parts.map(changes).sum::<usize>() > 2
    })
}

/// Returns the path `text` with a sign for every folder or file whose name may be a secret.
pub fn path(text: &str) -> String {
    masked(text, &['/', '\\'])
}

/// Returns the name of a path in reports, with a sign in place of what may be a secret. This is the only place that makes
/// one.
pub fn path_name(path: &Path) -> PathName {
    #[cfg(unix)]
    let name = PathName::from_bytes(std::os::unix::ffi::OsStrExt::as_bytes(path.as_os_str()));
    #[cfg(not(unix))]
    let name = PathName::new(path.to_string_lossy());
    PathName::new(self::path(name.as_str()))
}

/// Returns `text` with a sign for every word that may be a secret.
pub fn prose(text: &str) -> String {
    masked(text, &['/', '\\', ' ', '\t', '\n'])
}

/// Returns the name of a path that a report of aemcred gives, which may have been changed since.
pub fn shown_path(text: &str) -> PathName {
    PathName::new(path(text))
}

/// Returns what a report of aemcred says, which may have been changed since, with a sign for every word that may be a secret.
/// Names of fields and quotation marks are ordinary there.
pub fn said(text: &str) -> String {
    if is_plain(text) {
        return text.to_owned();
    }
    // It speaks of the lines around a key, and what stands between them looks random.
    words(text, &['/', '\\', ' ', '\t', '\n'], has_secret_mark)
}

/// Returns true if `text` is a secret or a document, and nothing of it a path.
pub fn is_secret(text: &str) -> bool {
    let shown = path(text);
    shown != text && shown.chars().all(|character| matches!(character, '…' | '/' | '\\'))
}

/// Returns true if `text`, of one line or many, is a credential in whole: JSON, PEM, a token, variables.
pub fn is_credential(text: &str) -> bool {
    if begins_as_json(text) {
        return true;
    }
    let (mut all, mut telling, mut secrets) = (0, 0, 0);
    for line in text.split(['\n', '\0']).map(str::trim).filter(|line| !line.is_empty()) {
        let is_secret = is_secret(line);
        all += 1;
        secrets += usize::from(is_secret);
        telling += usize::from(is_secret || is_assignment(line));
    }
    secrets > 0 && telling * 2 > all
}

fn begins_as_json(text: &str) -> bool {
    let quoting = |character: char| character.is_whitespace() || "\u{FEFF}\"'\\".contains(character);
    let text = text.trim_start_matches(quoting);
    text.strip_prefix(['{', '['])
        .is_some_and(|rest| rest.trim_start_matches([' ', '\t', '\r', '\n', '\\']).starts_with(['"', '\'']))
}

/// Returns true if `line` is the beginning of a variable or key with its value.
fn is_assignment(line: &str) -> bool {
    let line = line.strip_prefix("export ").unwrap_or(line);
    line.split_once('=').or_else(|| line.split_once(": ")).is_some_and(|(name, _)| {
        let name = name.trim_matches([' ', '"', '\'']);
        name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte))
    })
}

/// Returns true if `text` has marks of a document, or gives a secret by name.
fn is_document(text: &str) -> bool {
    begins_as_json(text) || TELLING.iter().any(|mark| text.contains(mark)) || names_secret(text)
}

/// Returns true if the name of a secret and a value that may be one stand in `text`.
fn names_secret(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    SECRET_NAMES.iter().flat_map(|name| lower.match_indices(name)).any(|(start, name)| {
        let rest = &text[start + name.len()..];
        let end = rest.char_indices().nth(LONGEST_VALUE).map_or(rest.len(), |(end, _)| end);
        let rest = &rest[..end];
        let in_name = |letter: char| letter.is_ascii_alphanumeric() || "_-\"'".contains(letter);
        let rest =
            if name == BEARER { rest } else { rest.trim_start_matches(in_name).trim_start_matches(' ') };
        let value = rest.strip_prefix(if name == BEARER { &[' '][..] } else { &['=', ':'] });
        let value = value.unwrap_or_default().trim_start_matches([' ', '"', '\'']);
        let value = value.split([' ', '\t', '\n', '"', '\'', ',', ';']).next().unwrap_or_default();
        value.split('/').any(|part| !presentable(part))
    })
}

/// Whether nothing of what a secret has can be in `text`, told in one pass: almost all names are such.
fn is_plain(text: &str) -> bool {
    let mut capitals = 0;
    text.len() < LONG
        && text.bytes().all(|byte| {
            capitals += usize::from(byte.is_ascii_uppercase());
            byte.is_ascii_alphanumeric() || b"/._-".contains(&byte)
        })
        && capitals < 3
        && !["8e-", "8E-", "eyJ", "-----"].iter().any(|mark| text.contains(mark))
}

fn masked(text: &str, separators: &[char]) -> String {
    if is_plain(text) {
        return text.to_owned();
    }
    if text.len() > LONGEST || is_document(text) {
        return SIGN.to_owned();
    }
    words(text, separators, |name| name.contains("-----") || has_secret_mark(name))
}

/// Returns `text` with a sign for each of its parts that looks random or `has_mark`.
fn words(text: &str, separators: &[char], has_mark: impl Fn(&str) -> bool) -> String {
    let random = random(text);
    let mut shown = String::with_capacity(text.len());
    let mut start = 0;
    for part in text.split_inclusive(separators) {
        let name = part.trim_end_matches(separators);
        let end = start + name.len();
        let touches = |range: &Range<usize>| range.start < end && start < range.end;
        let is_random = random.iter().any(|(range, all)| touches(range) && (*all || is_mixed(name)));
        if is_random || has_mark(name) {
            shown.push_str(SIGN);
            shown.push_str(extension(name));
        } else {
            shown.push_str(name);
        }
        shown.push_str(&part[name.len()..]);
        start += part.len();
    }
    shown
}

/// The extension of a name that is hidden: it says how the file is read.
fn extension(name: &str) -> &str {
    let dot = name.rfind('.').unwrap_or(name.len());
    let extension = &name[dot..];
    let is_short = (2..=6).contains(&extension.len());
    if is_short && extension[1..].bytes().all(|byte| byte.is_ascii_alphanumeric()) { extension } else { "" }
}

/// Returns true if `name` holds a client secret, a token, or hexadecimal digits of a document.
fn has_secret_mark(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let encoded = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    let follow = |end: usize| name.as_bytes()[end..].iter().take(16).take_while(|byte| encoded(byte)).count();
    let is_token = |start: usize| {
        let before = start.checked_sub(1).and_then(|before| name.as_bytes().get(before));
        !before.is_some_and(u8::is_ascii_alphanumeric) && follow(start) > 10
    };
    lower.match_indices(CLIENT_SECRET).any(|(start, mark)| follow(start + mark.len()) >= 4)
        || name.match_indices("eyJ").any(|(start, _)| is_token(start))
        || name.len() >= 80
            && (lower.starts_with("7b") || lower.starts_with("2d2d2d"))
            && name.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// The parts of `text` that look random, as base64 does, and whether nothing in them can be the name of a folder.
fn random(text: &str) -> Vec<(Range<usize>, bool)> {
    let kinds = kinds(text);
    let is_random = |window: &[usize]| {
        let count = |kind: u8| window.iter().filter(|at| kinds[**at] == kind).count();
        let changes =
            window.windows(2).filter(|pair| pair[1] == pair[0] + 1 && kinds[pair[0]] != kinds[pair[1]]);
        count(LOWER) >= 3 && count(UPPER) >= 3 && count(DIGIT) >= 1 && changes.count() >= CHANGES
    };
    let mut found = Vec::new();
    let mut offset = 0;
    for run in kinds.split_inclusive(|kind| *kind == OTHER) {
        let digits: Vec<usize> =
            (offset..offset + run.len()).filter(|at| matches!(kinds[*at], LOWER | UPPER | DIGIT)).collect();
        offset += run.len();
        let mut windows = digits.windows(WINDOW).enumerate().filter(|(_, window)| is_random(window));
        let Some((first, _)) = windows.next() else { continue };
        let end = windows.next_back().map_or(first, |(last, _)| last) + WINDOW;
        // Of a long text that is almost all random, the rest is part of it.
        let is_all = digits.len() >= LONG && (end - first) * 4 > digits.len() * 3;
        let window = if is_all { &digits[..] } else { &digits[first..end] };
        found.extend(window.first().zip(window.last()).map(|(first, last)| (*first..last + 1, is_all)));
    }
    found
}

const OTHER: u8 = 0;
const LOWER: u8 = 1;
const UPPER: u8 = 2;
const DIGIT: u8 = 3;
/// What else stands in base64, and what breaks its lines.
const JOINT: u8 = 4;

/// The kind of each byte of `text`. A name in one case is a hash or a UUID, and no part of base64 with slashes.
fn kinds(text: &str) -> Vec<u8> {
    let mut kinds = Vec::with_capacity(text.len());
    for part in text.split_inclusive(['/', '\\']) {
        let is_joint = part.len() < 8 || is_mixed(part);
        kinds.extend(part.bytes().map(|byte| match byte {
            b'+' | b'/' | b'=' | b'_' | b'-' | b'\\' | b'\r' | b'\n' => JOINT,
            _ if !is_joint => OTHER,
            b'a'..=b'z' => LOWER,
            b'A'..=b'Z' => UPPER,
            b'0'..=b'9' => DIGIT,
            _ => OTHER,
        }));
    }
    kinds
}

fn is_mixed(text: &str) -> bool {
    text.contains(|letter: char| letter.is_ascii_lowercase())
        && text.contains(|letter: char| letter.is_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_paths_stay_as_they_are() {
        for ordinary in [
            "",
            "-",
            "<stdin>",
            "service_token.json",
            "build/4f3a9c21/service_token.json",
            "/tmp/tmp.Ab12Cd34Ef/x.json",
            "/tmp/.tmpAbC1d2/credentials.json",
            "/private/var/folders/zz/zyxvpxvq6csfxvn_n0000000000000/T/TemporaryDirectory.aB3dE9/a.json",
            "/var/lib/kubelet/pods/0f8fad5b-d9cb-469f-a165-70867728950e/volumes/..2024_01_01_00_00_00.123456789/a",
            "objects/8843d7f92416211de9ebb963ff4ce28125932878",
            "sha256/e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855.json",
            "/nix/store/0c4xkr6mh8gq5dy6hxxkmwgdxqsyy9kg-aemcred-0.1.0/bin",
            "/home/User1/Work/AEM65/Projects/CIF22/ServiceCredentialsForProgram12345Environment67890.json",
            "C:\\Users\\Anna\\AppData\\Local\\Temp\\tmpA1B2.tmp",
            "OpenJDK17U-jdk_x64_linux_hotspot_17.0.8_7.tar.gz",
            "src/privateKeyJwk.json",
            "surveyJs/monkeyJungle/private key.pem",
            "secrets/token=latest/bearer tokens.md",
            "vault-secret:aem/prod/credentials.json",
            "/var/run/secrets/client secret 4f3a9c21.json",
            "say \"hello\" [draft] {a,b}.json",
            "cm-p12345-e67890-integration-0.json",
            "0123456789ABCDEF01234567@AdobeOrg.json",
            "Zürich/密钥.json",
        ] {
            assert_eq!(path(ordinary), ordinary);
            assert!(!is_credential(ordinary), "{ordinary}");
        }
    }

    #[test]
    fn secrets_in_paths_are_hidden() {
        let secret = "p8e-AbCdEfGhIjKlMnOpQrStUvWxYz012345";
        let random = "yYq3FJ0aV7eGmZkC9sTnB4xW8hLd2PuR";
        let token = "eyJhbGciOiJSUzI1NiJ9.eyJhcyI6Imltcy1uYTEifQ.c2lnbmF0dXJl";
        for (text, expected) in [
            (format!("a/{secret}/b.json"), "a/…/b.json"),
            (format!("a/b-{secret}.json"), "a/….json"),
            (format!("./{token}"), "./…"),
            (format!("a/Bearer {token}.txt"), "…"),
            (format!("a/{random}.json"), "a/….json"),
            (format!("/home/{random}/b.json"), "/home/…/b.json"),
            (String::from("CLIENT_SECRET=0f8fad5b-d9cb-469f-a165-70867728950e"), "…"),
            (format!("a/{{\"x\": \"{secret}\"}}"), "…"),
            (format!("-----BEGIN RSA PRIVATE KEY-----\n{random}"), "…"),
        ] {
            assert_eq!(path(&text), expected, "{text}");
        }
        assert_eq!(prose(&format!("see AEM-1234, was {secret} before")), "see AEM-1234, was … before");
    }

    #[test]
    fn credentials_are_no_lists() {
        let secret = "p8e-AbCdEfGhIjKlMnOpQrStUvWxYz012345";
        for text in [
            String::from("{\n  \"ok\": true\n}"),
            String::from("\u{FEFF}[\n  \"a\"\n]"),
            String::from("\"{\\\"ok\\\": true}\""),
            format!("{secret}\n"),
            format!("export AEM_ID=cm-p1-e2-integration-0\nAEM_SECRET={secret}\nAEM_ORG=x\n"),
            String::from("-----BEGIN X-----\nyYq3FJ0aV7eGmZkC9sTnB4xW8hLd2PuR\n-----END X-----\n"),
        ] {
            assert!(is_credential(&text), "{text}");
        }
        for text in
            [format!("a.json\n{secret}\nb.json\n"), format!("a/{secret}/b.json"), String::from("{a,b}.json")]
        {
            assert!(!is_credential(&text), "{text}");
        }
    }

    #[test]
    fn long_lines_take_no_time() {
        for part in [
            "secret=",
            "p8e-",
            "eyJ",
            "secret ",
            "aB3/",
            "Ab1Cd2Ef3Gh4Ij5Kl6Mn7Op8Qr/x/",
            "-----",
            "{\"",
            "token: \"",
        ] {
            let line = part.repeat(200_000 / part.len());
            assert!(is_credential(&line), "{part}");
            let _ = is_credential(&line.replace('/', "/\n"));
        }
    }

    #[test]
    fn words_are_shown_unless_they_may_be_secrets() {
        for plain in [
            "fromat",
            "--no-confg",
            "field-unknwon=off",
            "./report.json",
            "10MB",
            "2026-13-45",
            "2026-13-45T00:00:00Z",
            "cm-p12345-e67890-integration-0",
            "Service-Credentials_2026",
            "sha256",
            "a,b",
        ] {
            assert_eq!(word(plain), plain);
        }
        for secret in [
            "p8e-AbCdEfGh",
            "0f8fad5b-d9cb-469f-a165-70867728950e",
            "x=0123456789abcdef",
            "a\nb",
            "aB3d_9xYz",
            "on=7Z-k2_X9c",
        ] {
            assert_eq!(word(secret), SIGN, "{secret}");
        }
    }
}
