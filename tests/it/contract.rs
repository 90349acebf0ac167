//! The JSON contracts of version 1 as they were when the schemas were written by hand: `tests/schemas/contract/` has each
//! schema and reports of that time, which no change may touch.

use std::collections::BTreeSet;
use std::fs;

use jsonschema::Validator;
use serde_json::{Value, json};

use crate::common::{fixtures, root, run};

/// Names of schemas and the arguments that make such reports of a path.
const CONTRACTS: [(&str, &[&str]); 7] = [
    ("check", &["check", "--format=json"]),
    ("jsonl", &["check", "--format=jsonl"]),
    ("audit", &["audit", "--no-git", "--format=json"]),
    ("audit-jsonl", &["audit", "--no-git", "--format=jsonl"]),
    ("renewals", &["renewals", "--tokens", "--format=json"]),
    ("inspect", &["inspect", "--format=json"]),
    ("compare", &["compare", "--format=json"]),
];

fn read(name: &str) -> String {
    fs::read_to_string(root().join("tests/schemas/contract").join(name)).unwrap()
}

fn validator(schema: &str) -> Validator {
    let schema = serde_json::from_str(schema).unwrap();
    jsonschema::draft202012::options().should_validate_formats(true).build(&schema).unwrap()
}

/// What was written by hand, and what the wire structs give.
fn schemas(name: &str) -> [Validator; 2] {
    [validator(&read(&format!("{name}.schema.json"))), validator(&run(["schema", name]).out)]
}

fn values(text: &str) -> Vec<Value> {
    serde_json::Deserializer::from_str(text).into_iter().map(Result::unwrap).collect()
}

fn frozen(name: &str) -> Vec<Value> {
    values(&read(&format!("{name}.jsonl")))
}

fn assert_valid(validator: &Validator, value: &Value, what: &str) {
    let errors: Vec<_> =
        validator.iter_errors(value).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(errors.is_empty(), "{what}: {errors:?}");
}

#[test]
fn old_reports_keep_the_new_schemas() {
    for (name, _) in CONTRACTS {
        let [old, new] = schemas(name);
        for value in frozen(name) {
            assert_valid(&old, &value, name);
            assert_valid(&new, &value, name);
        }
    }
}

#[test]
fn new_reports_keep_the_old_schemas() {
    let folder = root().join("fixtures");
    for (name, arguments) in CONTRACTS {
        let [old, new] = schemas(name);
        let paths = match name {
            "inspect" | "compare" => fixtures(),
            _ => vec![folder.clone(), folder.join("missing")],
        };
        for path in paths {
            let again = (name == "compare").then(|| path.clone());
            let paths = std::iter::once(path).chain(again).map(Into::into);
            let run = run(arguments.iter().copied().map(std::ffi::OsString::from).chain(paths));
            for value in values(&run.out) {
                assert_valid(&old, &value, name);
                assert_valid(&new, &value, name);
            }
        }
    }
}

/// JSON pointers of everything in `value`.
fn pointers(value: &Value, at: &str, all: &mut Vec<String>) {
    all.push(at.to_owned());
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                pointers(value, &format!("{at}/{}", name.replace('~', "~0").replace('/', "~1")), all);
            }
        }
        Value::Array(values) => {
            for (index, value) in values.iter().enumerate() {
                pointers(value, &format!("{at}/{index}"), all);
            }
        }
        _ => {}
    }
}

/// A pointer without its indexes: the kind of place.
fn shape(pointer: &str) -> String {
    pointer.split('/').filter(|step| step.parse::<usize>().is_err()).collect::<Vec<_>>().join("/")
}

/// What is wrong by one schema is wrong by the other: each field is taken away, and replaced by something else.
#[test]
fn both_schemas_refuse_the_same() {
    for (name, _) in CONTRACTS {
        let [old, new] = schemas(name);
        let (mut tried, mut refused, mut differences) = (BTreeSet::new(), 0, Vec::new());
        for report in frozen(name) {
            let mut all = Vec::new();
            pointers(&report, "", &mut all);
            for pointer in all.into_iter().filter(|pointer| !pointer.is_empty()) {
                let was = report.pointer(&pointer).unwrap().clone();
                if !tried.insert((shape(&pointer), was.is_null())) {
                    continue;
                }
                let mut check = |damaged: &Value, what: &str| {
                    let judged = [old.is_valid(damaged), new.is_valid(damaged)];
                    if judged[0] != judged[1] {
                        differences.push(format!("{pointer} {what}: {judged:?}"));
                    }
                    refused += usize::from(!judged[0]);
                };
                let others = [
                    json!(null),
                    json!(-7),
                    json!(0.5),
                    json!("?"),
                    json!(""),
                    json!([]),
                    json!({}),
                    json!(true),
                ];
                for other in others {
                    let mut damaged = report.clone();
                    *damaged.pointer_mut(&pointer).unwrap() = other.clone();
                    check(&damaged, &format!("is {other}"));
                }
                let (parent, field) = pointer.rsplit_once('/').unwrap();
                let mut damaged = report.clone();
                if let Some(Value::Object(fields)) = damaged.pointer_mut(parent) {
                    fields.remove(field);
                    check(&damaged, "is missing");
                }
            }
        }
        // A failure always has a message; only the schema of `check` said so.
        differences.retain(|found| found != "/failures/0/message is \"\": [true, false]");
        assert_eq!(differences, [""; 0], "{name}: valid by the old schema, by the new one");
        assert!(tried.len() > 5 && refused > 20, "{name}: {} tried, {refused} refused", tried.len());
    }
}

/// Everything in a schema is described: the descriptions are the doc comments.
#[test]
fn every_field_is_described() {
    fn undescribed(schema: &Value, at: &str, all: &mut Vec<String>) {
        if let Some(properties) = schema["properties"].as_object() {
            for (name, field) in properties {
                let is_described = field["description"].is_string() || field.get("const").is_some();
                if !is_described {
                    all.push(format!("{at}/{name}"));
                }
            }
        }
        match schema {
            Value::Object(fields) => {
                fields.iter().for_each(|(name, it)| undescribed(it, &format!("{at}/{name}"), all));
            }
            Value::Array(values) => values.iter().for_each(|it| undescribed(it, at, all)),
            _ => {}
        }
    }
    for (name, _) in CONTRACTS {
        let mut all = Vec::new();
        undescribed(&serde_json::from_str(&run(["schema", name]).out).unwrap(), name, &mut all);
        assert_eq!(all, [""; 0]);
    }
}
