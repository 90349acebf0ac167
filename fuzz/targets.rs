//! What holds of any bytes, one function a target. `fuzz_targets/` calls them with what libFuzzer makes up, and
//! `tests/it/fuzz.rs` with the corpora and with what was found.

use std::fs;
use std::path::Path;

use aemcred::chrono::{DateTime, Utc};
use aemcred::internals;
use aemcred::internals::config;
use aemcred::internals::credential::pem::{Wanted, scan};
use aemcred::internals::credential::{Certificate, PrivateKey};
use aemcred::internals::examine::{self, Checked, Input, check};
use aemcred::internals::fix::fix;
use aemcred::internals::gate;
use aemcred::internals::git::{self, Repository};
use aemcred::internals::redact::{Keep, redact};
use aemcred::internals::secret::Secret;
use aemcred::internals::source::Span;
use aemcred::internals::unwrap::{Limits, Unwrapped};
use aemcred::{Level, Settings};

/// A target's name, and what it does.
pub(crate) type Target = (&'static str, fn(&[u8]));

/// All of them.
pub(crate) const TARGETS: [Target; 10] = [
    ("document", document),
    ("pem", pem),
    ("certificate", certificate),
    ("private_key", private_key),
    ("readers", readers),
    ("unwrap", unwrap),
    ("configuration", configuration),
    ("fixes", fixes),
    ("redaction", redaction),
    ("git_index", git_index),
];

fn now() -> DateTime<Utc> {
    "2026-11-22T12:00:00Z".parse().expect("a time")
}

fn settings() -> Settings {
    Settings::new(now())
}

fn secret(bytes: &[u8]) -> Secret<Vec<u8>> {
    Secret::new(bytes.to_vec())
}

/// A document is judged, and every message is one that can be shown.
pub(crate) fn document(bytes: &[u8]) {
    for finding in check(secret(bytes), &settings()).findings {
        assert!(!finding.draft.message.is_empty(), "{} says nothing", finding.rule.name);
    }
}

/// A PEM has a block or a defect.
pub(crate) fn pem(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    for wanted in [Wanted::PrivateKey, Wanted::Certificate] {
        let scan = scan(&text, wanted);
        assert!(scan.block.is_some() || !scan.defects.is_empty(), "neither block nor defect");
        for range in scan.defects.iter().map(|defect| &defect.range) {
            assert!(text.get(range.clone()).is_some(), "a defect is somewhere in the text");
        }
    }
}

fn armoured(label: &str, der: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut body = String::new();
    for group in der.chunks(3) {
        let bits = (0..3).fold(0, |bits, index| bits << 8 | u32::from(*group.get(index).unwrap_or(&0)));
        for index in 0..4 {
            let digit = DIGITS[(bits >> (18 - 6 * index) & 63) as usize] as char;
            body.push(if index <= group.len() { digit } else { '=' });
        }
    }
    format!("-----BEGIN {label}-----\n{body}\n-----END {label}-----\n")
}

/// DER is a certificate or isn't.
pub(crate) fn certificate(bytes: &[u8]) {
    if let Ok(certificate) = Certificate::from_pem(&armoured("CERTIFICATE", bytes)) {
        let _ = certificate.validity().at(now());
    }
}

/// DER is a private key or isn't, and whatever is asked of a key is answered.
pub(crate) fn private_key(bytes: &[u8]) {
    for label in
        ["RSA PRIVATE KEY", "PRIVATE KEY", "ENCRYPTED PRIVATE KEY", "EC PRIVATE KEY", "DSA PRIVATE KEY"]
    {
        if let Ok(key) = PrivateKey::from_pem(&armoured(label, bytes)) {
            let _ = (key.signs(), key.weakness(None), key.composite(None), key.to_pkcs1_der());
        }
    }
}

/// Takes the first byte for what a file is called: a name of each kind that is read in a way of its own.
fn named(bytes: &[u8]) -> Option<(&'static str, &[u8])> {
    const NAMES: [&str; 8] = ["a.json", "a.env", "a.yaml", "a.config", "a.js", "a", "a.xml", "a.properties"];
    let (first, bytes) = bytes.split_first()?;
    Some((NAMES[usize::from(*first) % NAMES.len()], bytes))
}

/// What the readers find in a file is in it, on whole characters, and exact where they say so.
pub(crate) fn readers(bytes: &[u8]) {
    if let Some((name, bytes)) = named(bytes) {
        places_are_sound(name, bytes);
    }
}

pub(crate) fn places_are_sound(name: &str, bytes: &[u8]) {
    let limits = Limits { layers: 200, expansion: 4 << 20, layer_size: 1 << 20, ..Limits::default() };
    let mut found = Vec::new();
    let _ = internals::unwrap::unwrap(name, secret(bytes), &limits, &|| false, &mut |one, _| found.push(one));
    for one in found {
        let Unwrapped::Document(document) = one else { continue };
        let text = document.source.text();
        let Some(outermost) = document.trail.outermost() else { continue };
        let boundaries: Vec<usize> =
            text.char_indices().map(|(at, _)| at).step_by(97).chain([text.len()]).collect();
        for pair in boundaries.windows(2) {
            let span = Span::new(pair[0], pair[1]);
            let outer = document.trail.outer(span);
            let there = outermost.text().get(outer.range());
            assert!(there.is_some(), "{} {span:?} {outer:?}", document.trail);
            if document.trail.is_exact(span) {
                assert!(there == text.get(span.range()), "{} {span:?} isn't exact", document.trail);
            }
        }
    }
}

/// Whatever is in a file is judged, and each document is somewhere.
pub(crate) fn unwrap(bytes: &[u8]) {
    let Some((name, bytes)) = named(bytes) else { return };
    let input = Input::new(gate::path_name(Path::new(name)));
    for document in examine::examine(&input, secret(bytes), &settings()).documents {
        assert!(!document.checked.record.locations.is_empty(), "each document is somewhere");
    }
}

/// A configuration is read, or its mistakes are told.
pub(crate) fn configuration(bytes: &[u8]) {
    if let Err(problems) = config::parse(&String::from_utf8_lossy(bytes)) {
        assert!(!problems.is_empty(), "refused without a reason");
    }
}

fn errors(checked: &Checked) -> Vec<&'static str> {
    let errors = checked.findings.iter().filter(|finding| finding.level == Level::Error);
    errors.map(|finding| finding.rule.name).collect()
}

/// What was fixed has no error that it hadn't before, and nothing is left to fix.
pub(crate) fn fixes(bytes: &[u8]) {
    let (settings, original) = (settings(), secret(bytes));
    let before = check(original.clone(), &settings);
    if let Ok(Some(fixed)) = fix(&original, &settings, &|checked| checked) {
        let after = check(fixed.contents.clone(), &settings);
        let known = errors(&before);
        for error in errors(&after) {
            assert!(known.contains(&error), "{error} is new");
        }
        assert!(
            !matches!(fix(&fixed.contents, &settings, &|checked| checked), Ok(Some(_))),
            "not fixed at once"
        );
    }
}

/// No copy has sixteen characters of what stands between the quotation marks of a secret's name in the original.
pub(crate) fn redaction(bytes: &[u8]) {
    const LENGTH: usize = 16;
    let keep = Keep { certificate: true, identifiers: true, organization: true };
    let Ok(copy) = redact(secret(bytes), keep) else { return };
    let text = String::from_utf8_lossy(bytes);
    for name in
        ["\"clientSecret\": \"", "\"client_secret\": \"", "\"privateKey\": \"", "\"access_token\": \""]
    {
        for (start, _) in text.match_indices(name) {
            let value = text[start + name.len()..].split(['"', '\\', '-', ' ', '*']);
            for run in value.take(200).filter(|run| run.is_ascii()) {
                for window in run.as_bytes().windows(LENGTH) {
                    let telling =
                        window.iter().any(u8::is_ascii_digit) && window.iter().all(u8::is_ascii_alphanumeric);
                    let window = std::str::from_utf8(window).expect("ASCII");
                    assert!(!telling || !copy.text.contains(window), "a part of a secret is in the copy");
                }
                // What follows the string is no part of it.
                if text[start..]
                    .find(run)
                    .is_none_or(|at| !text[start + at + run.len()..].starts_with(['\\', '-', ' ', '*']))
                {
                    break;
                }
            }
        }
    }
}

/// An index is read or refused, whatever is in it; its checksum is made right, so that what is behind it is met.
pub(crate) fn git_index(bytes: &[u8]) {
    use sha1::Digest as _;
    let folder = tempfile::tempdir().expect("a folder");
    let git = folder.path().join(".git");
    for part in ["objects", "refs/heads"] {
        fs::create_dir_all(git.join(part)).expect("a folder");
    }
    fs::write(git.join("HEAD"), "ref: refs/heads/main\n").expect("a file");
    let index = [bytes, &sha1::Sha1::digest(bytes)].concat();
    fs::write(git.join("index"), index).expect("a file");
    if let Ok(Some(repository)) = Repository::discover(folder.path(), &git::Environment::default()) {
        for change in repository.changes().unwrap_or_default() {
            let _ = repository.read(&change, 1 << 20);
        }
    }
}
