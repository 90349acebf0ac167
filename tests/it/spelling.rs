//! What programs write in source code and settings, held against these programs: each reader has a table of texts, all of
//! which are given to the program in one go.
//!
//! A good text gives the document to its program and to aemcred alike. Of a broken one the program makes nothing, or something
//! else, and aemcred nothing that is wrong. A hostile one ends.

mod encode;
mod programs;
mod tables;

use aemcred::internals::secret::Secret;
use aemcred::internals::unwrap::{Limits, Unwrapped, unwrap};
use serde_json::Value;

/// The document, with what gets lost where a string is read by the wrong program: quotation marks, a backslash, signs.
const DOCUMENT: &str = r#"{"imsEndpoint":"ims-na1.adobelogin.com","metascopes":"ent_aem_cloud_api","technicalAccount":{"clientId":"cm-p1-e2-integration-0","clientSecret":"p8e-0123456789abcdefABCDEF-_ghijklmn"},"note":"it's \"é\" $ x","privateKey":"-----BEGIN PRIVATE KEY-----\nMIIE+/9k0A==\n-----END PRIVATE KEY-----\n"}"#;

/// Gives each text to a program, and says what the variable `v` is then, if it is anything; nothing where there is no such
/// program.
type Oracle = fn(&[String]) -> Option<Vec<Option<String>>>;

struct Table {
    /// What the file is called.
    file: &'static str,
    good: Vec<String>,
    broken: Vec<String>,
    hostile: Vec<String>,
    oracle: Option<Oracle>,
}

fn document() -> Value {
    serde_json::from_str(DOCUMENT).unwrap()
}

/// The documents in `text`, each once.
fn found(file: &str, text: &str) -> Vec<Value> {
    let mut all: Vec<Value> = Vec::new();
    let bytes = Secret::new(text.as_bytes().to_vec());
    let _ = unwrap(file, bytes, &Limits::default(), &|| false, &mut |found, _| {
        if let Unwrapped::Document(document) = found {
            let value = serde_json::from_str(document.source.text()).unwrap_or_default();
            if !all.contains(&value) {
                all.push(value);
            }
        }
    });
    all
}

fn hold(table: &Table) {
    let Table { file, good, broken, hostile, oracle } = table;
    assert!(good.len() >= 10 && broken.len() >= 5 && hostile.len() >= 3, "{file}: too few");
    let mut faults = Vec::new();
    let expected = document();
    for text in good {
        let found = found(file, text);
        if found != [expected.clone()] {
            faults.push(format!("good, but {} found: {found:?}\n{text}", found.len()));
        }
    }
    for text in broken {
        // What a file is cut off after is still what it was.
        let wrong: Vec<Value> =
            found(file, text).into_iter().filter(|value| !is_part(value, &expected)).collect();
        if !wrong.is_empty() {
            faults.push(format!("broken, but {wrong:?}\n{text}"));
        }
    }
    for text in hostile {
        let found = found(file, text).len();
        if found > 1 {
            faults.push(format!("hostile, but {found} found: {}", text.chars().take(60).collect::<String>()));
        }
    }
    let all: Vec<String> = good.iter().chain(broken).cloned().collect();
    if let Some(values) = oracle.and_then(|oracle| oracle(&all)) {
        assert_eq!(values.len(), all.len(), "{file}: answers");
        for (index, (text, value)) in all.iter().zip(values).enumerate() {
            let value: Option<Value> = value.and_then(|value| serde_json::from_str(&value).ok());
            let is_right = value == Some(expected.clone());
            if is_right != (index < good.len()) {
                faults.push(format!("its program says {value:?} of\n{text}"));
            }
        }
    }
    assert!(faults.is_empty(), "{file}: {}\n{}", faults.len(), faults.join("\n\n"));
}

/// Whether each string in `value` is one of the document's or the beginning of one, or nothing.
fn is_part(value: &Value, document: &Value) -> bool {
    match value {
        Value::Object(members) => members.values().all(|value| is_part(value, document)),
        Value::Array(items) => items.iter().all(|value| is_part(value, document)),
        Value::String(text) => text.is_empty() || holds(document, text),
        _ => true,
    }
}

fn holds(value: &Value, text: &str) -> bool {
    match value {
        Value::Object(members) => members.values().any(|value| holds(value, text)),
        Value::String(one) => one.starts_with(text),
        _ => false,
    }
}
