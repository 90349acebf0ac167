//! What programs write in source code and settings, held against these programs: each reader has a table of texts, all of
//! which are given to the program in one go.
//!
//! A good text gives the document to its program and to aemcred alike. Of a broken one the program makes nothing, or something
//! else, and aemcred nothing that is wrong. A hostile one ends.

mod data;
mod encode;
mod encodings;
mod files;
mod programs;
mod settings;
mod tables;

use aemcred::internals::secret::Secret;
use aemcred::internals::unwrap::{Limits, Unwrapped, unwrap};
use serde_json::Value;

/// The document, with what gets lost where a string is read by the wrong program: quotation marks, a backslash, signs.
const DOCUMENT: &str = r#"{"imsEndpoint":"ims-na1.adobelogin.com","metascopes":"ent_aem_cloud_api","technicalAccount":{"clientId":"cm-p1-e2-integration-0","clientSecret":"p8e-0123456789abcdefABCDEF-_ghijklmn"},"note":"it's \"é\" $ x","privateKey":"-----BEGIN PRIVATE KEY-----\nMIIE+/9k0A==\n-----END PRIVATE KEY-----\n"}"#;

/// Gives each text to a program, and says what the variable `v` is then, if it is anything; nothing where there is no such
/// program.
type Oracle<T> = fn(&[T]) -> Option<Vec<Option<String>>>;

struct Table<T = String> {
    /// What the file is called.
    file: &'static str,
    good: Vec<T>,
    broken: Vec<T>,
    hostile: Vec<T>,
    oracle: Option<Oracle<T>>,
}

fn document() -> Value {
    serde_json::from_str(DOCUMENT).unwrap()
}

/// The documents in `text`, each once.
fn found(file: &str, text: &[u8]) -> Vec<Value> {
    let mut all: Vec<Value> = Vec::new();
    let bytes = Secret::new(text.to_vec());
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

fn hold<T: AsRef<[u8]> + Clone>(table: &Table<T>) {
    hold_as(table, |value| value);
}

/// The same of what `plain` makes of each value.
fn hold_as<T: AsRef<[u8]> + Clone>(table: &Table<T>, plain: fn(Value) -> Value) {
    let Table { file, good, broken, hostile, oracle } = table;
    assert!(good.len() >= 10 && broken.len() >= 5 && hostile.len() >= 3, "{file}: too few");
    let mut faults = Vec::new();
    let expected = plain(document());
    let found = |text: &T| -> Vec<Value> { found(file, text.as_ref()).into_iter().map(plain).collect() };
    for text in good {
        let found = found(text);
        if found != [expected.clone()] {
            faults.push(format!("good, but {} found: {found:?}\n{}", found.len(), shown(text)));
        }
    }
    for text in broken {
        // What a file is cut off after is still what it was.
        let wrong: Vec<Value> = found(text).into_iter().filter(|value| !is_part(value, &expected)).collect();
        if !wrong.is_empty() {
            faults.push(format!("broken, but {wrong:?}\n{}", shown(text)));
        }
    }
    for text in hostile {
        let found = found(text).len();
        if found > 1 {
            let text: String = shown(text).chars().take(60).collect();
            faults.push(format!("hostile, but {found} found: {text}"));
        }
    }
    let all: Vec<T> = good.iter().chain(broken).cloned().collect();
    if let Some(values) = oracle.and_then(|oracle| oracle(&all)) {
        assert_eq!(values.len(), all.len(), "{file}: answers");
        for (index, (text, value)) in all.iter().zip(values).enumerate() {
            let value: Option<Value> = value.and_then(|value| serde_json::from_str(&value).ok().map(plain));
            let is_right = value == Some(expected.clone());
            if is_right != (index < good.len()) {
                faults.push(format!("its program says {value:?} of\n{}", shown(text)));
            }
        }
    }
    assert!(faults.is_empty(), "{file}: {}\n{}", faults.len(), faults.join("\n\n"));
}

fn shown(text: &impl AsRef<[u8]>) -> String {
    String::from_utf8_lossy(text.as_ref()).into_owned()
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
