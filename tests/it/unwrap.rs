//! One credential in many wrappings: each is found, with the right path, line and column.
//!
//! Where a character must be is found out without knowing how anything is encoded: a document in which just that
//! character is another one is wrapped in the same way, and the first difference between the two is its place.

use aemcred::discover::unwrap::{Document, Limits, Unwrapped, unwrap};
use aemcred::generate::{Seed, Specification, generate};
use aemcred::secret::Secret;
use aemcred::source::{Source, Span};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use serde_json::Value;

use crate::common::NOW;

/// Wraps a text in another one.
type Layer = fn(&str) -> String;

/// What is wrapped how, and the path that must be shown for it.
struct Wrapping {
    path: &'static str,
    /// The innermost first.
    layers: &'static [Layer],
}

const fn wrapping(path: &'static str, layers: &'static [Layer]) -> Wrapping {
    Wrapping { path, layers }
}

const WRAPPINGS: &[Wrapping] = &[
    wrapping("", &[]),
    wrapping("[0]", &[|text| format!("[{text}]")]),
    wrapping("data.data", &[|text| format!("{{\"data\": {{\"data\": {text}}}}}")]),
    wrapping("SecretString", &[secret_string]),
    wrapping("data.data", &[|text| format!("{{\"data\": {{\"data\": {}}}}}", json_string(text))]),
    wrapping("value", &[|text| format!("{{\"value\": {}, \"contentType\": null}}", json_string(text))]),
    wrapping("payload.data → base64", &[base64, |text| format!("{{\"payload\": {{\"data\": \"{text}\"}}}}")]),
    wrapping("x", &[|text| format!("[1, {{\"name\": \"x\", \"value\": {}}}]", json_string(text))]),
    wrapping("", &[json_string]),
    wrapping("base64", &[base64]),
    wrapping("base64url", &[|text| URL_SAFE_NO_PAD.encode(format!("{text}   \u{FF}?>\u{FE}"))]),
    wrapping("base64", &[wrapped_base64]),
    wrapping("base64", &[|text| STANDARD_NO_PAD.encode(text)]),
    wrapping("base64 → base64", &[base64, wrapped_base64]),
    wrapping("SecretString → base64", &[base64, secret_string]),
    wrapping("base64 → SecretString", &[secret_string, base64]),
    wrapping("base64 → SecretString → base64", &[base64, secret_string, wrapped_base64]),
    wrapping("SecretString.SecretString", &[secret_string, secret_string]),
    wrapping("AEM_SERVICECREDENTIALS_*", &[|text| variables(text, "AEM_SERVICECREDENTIALS_", "=", "\n")]),
    wrapping(
        "AEM_SERVICECREDENTIALS_*",
        &[|text| variables(text, "export AEM_SERVICECREDENTIALS_", "='", "'\r\n")],
    ),
    wrapping("STAGE_*", &[|text| variables(text, "declare -x STAGE_", "=\"", "\"\n")]),
    wrapping("AEM_*", &[|text| variables(text, "$env:AEM_", " = \"", "\"\r\n")]),
    wrapping("base64 → AEM_*", &[|text| variables(text, "AEM_", "=", "\n"), base64]),
    wrapping("SecretString → AEM_*", &[|text| variables(text, "AEM_", "=", "\n"), secret_string]),
    wrapping(
        "SecretString → AEM_*",
        &[|text| format!("{{{}\"x\": 1}}", variables(text, "\"AEM_", "\":\"", "\",\n")), secret_string],
    ),
    wrapping(
        "Env → AEM_*",
        &[|text| format!("{{\"Env\": [{}\"A=b\"]}}", variables(text, "\"AEM_", "=", "\",\n"))],
    ),
    wrapping(
        "env → AEM_*",
        &[|text| {
            let list = variables(text, "{\"name\": \"AEM_", "\", \"value\": \"", "\"},\n");
            format!("{{\"env\": [{list}{{\"name\": \"A\", \"value\": \"b\"}}]}}")
        }],
    ),
    wrapping("CREDENTIALS", &[|text| format!("# x\nCREDENTIALS='{}'\n", minified(text))]),
    wrapping("CREDENTIALS → base64", &[base64, |text| format!("A=b\nexport CREDENTIALS=\"{text}\"\n")]),
    wrapping("CREDENTIALS", &[|text| format!("A=b\nCREDENTIALS={text}\nC=d\n")]),
    wrapping("CREDENTIALS", &[|text| format!("CREDENTIALS={}\n", json_string(&minified(text)))]),
];

fn json_string(text: &str) -> String {
    serde_json::to_string(text).unwrap()
}

fn secret_string(text: &str) -> String {
    format!("{{\n  \"ARN\": \"é\",\n  \"SecretString\": {}\n}}\n", json_string(text))
}

fn base64(text: &str) -> String {
    STANDARD.encode(text)
}

fn wrapped_base64(text: &str) -> String {
    let encoded = STANDARD.encode(text);
    encoded.as_bytes().chunks(76).map(|line| String::from_utf8(line.to_vec()).unwrap() + "\n").collect()
}

fn minified(text: &str) -> String {
    serde_json::from_str::<Value>(text).unwrap().to_string()
}

/// A variable for each field, the key's line breaks written out.
fn variables(text: &str, before: &str, between: &str, after: &str) -> String {
    let document: Value = serde_json::from_str(text).unwrap();
    let at = |pointer: &str| document.pointer(pointer).unwrap().as_str().unwrap().to_owned();
    [
        ("ORG_ID", at("/integration/org")),
        ("CLIENT_ID", at("/integration/technicalAccount/clientId")),
        ("CLIENT_SECRET", at("/integration/technicalAccount/clientSecret")),
        ("TECHNICAL_ACCOUNT_ID", at("/integration/id")),
        ("META_SCOPES", at("/integration/metascopes")),
        ("PRIVATE_KEY", at("/integration/privateKey").replace("\r\n", "\\r\\n")),
    ]
    .map(|(name, value)| format!("{before}{name}{between}{value}{after}"))
    .concat()
}

struct Sample {
    document: String,
    /// The same with another first character of the client ID, and of the private key's base64.
    variants: [String; 2],
}

fn sample() -> Sample {
    let document = generate(&Specification::new(Seed::from(11), NOW.parse().unwrap())).unwrap();
    let document = String::from_utf8(document.expose().clone()).unwrap();
    let client = document.find("cm-p99999").unwrap();
    let key = document.find("MII").unwrap();
    // These differ in the second highest bit, and so in the first digit of base64 that has a part of them.
    let variant = |at: usize, instead: &str| format!("{}{instead}{}", &document[..at], &document[at + 1..]);
    Sample { variants: [variant(client, "3"), variant(key, "1")], document }
}

fn wrap(text: &str, layers: &[Layer]) -> String {
    layers.iter().fold(text.to_owned(), |text, layer| layer(&text))
}

fn all(bytes: &[u8]) -> (Vec<Unwrapped>, bool) {
    let mut found = Vec::new();
    let rest = unwrap("test", Secret::new(bytes.to_vec()), &Limits::default(), &mut |one| found.push(one));
    (found, rest.is_some_and(|rest| rest.expose() == bytes))
}

fn documents(found: Vec<Unwrapped>) -> Vec<Document> {
    found
        .into_iter()
        .map(|found| match found {
            Unwrapped::Document(document) => document,
            other => panic!("{other:?}"),
        })
        .collect()
}

/// Line and column of the first character that differs.
fn first_difference(one: &str, other: &str) -> String {
    let at = one.chars().zip(other.chars()).take_while(|(one, other)| one == other).count();
    let before: String = one.chars().take(at).collect();
    let line = before.matches('\n').count() + 1;
    let column = before.chars().rev().take_while(|character| *character != '\n').count() + 1;
    format!("{line}:{column}")
}

#[test]
fn each_wrapping_is_found_with_its_path_and_place() {
    let sample = sample();
    for (index, Wrapping { path, layers }) in WRAPPINGS.iter().enumerate() {
        let outer = wrap(&sample.document, layers);
        let (found, rest) = all(outer.as_bytes());
        assert_eq!(rest, !layers.is_empty(), "{index} {path}: what is no document comes back");
        let found = documents(found);
        assert_eq!(found.len(), 1, "{index} {path}: is found once");
        let found = &found[0];
        assert_eq!(found.trail.to_string(), *path, "{index}");
        let source = Source::new(found.bytes.clone());
        for (variant, value) in sample.variants.iter().zip(["cm-p99999", "MII"]) {
            let expected = first_difference(&outer, &wrap(variant, layers));
            let offset = source.text().find(value).unwrap();
            let outermost = found.trail.outermost().unwrap_or(&source);
            let first = found.trail.outer(Span::new(offset, offset + 1));
            let mut candidates =
                (first.start..first.end).map(|offset| outermost.position(offset).to_string());
            // Of two layers of base64 the first digit may have too few bits of the character to differ.
            let digits = if path.matches("base64").count() > 1 { 4 } else { 1 };
            let found_there = candidates.by_ref().take(digits).any(|place| place == expected);
            assert!(found_there, "{index} {path}: {value} is at {expected}, not at {first:?}");
            assert!(candidates.count() < 4, "{index} {path}: {first:?} is too vague");
            let span = Span::new(offset, offset + value.len());
            let text = found.trail.outermost().map_or(source.text(), Source::text);
            let there = &text[found.trail.outer(span).range()];
            assert_eq!(found.trail.is_exact(span), there == value, "{index} {path}: {value}");
        }
    }
}
