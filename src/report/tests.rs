//! The committed JSON Schemas are those of the wire structs.

use std::fs;
use std::path::Path;

use super::{audit, compare, inspect, json, jsonl, renewals};

/// `AEMCRED_BLESS=1 cargo test --lib report::tests` writes them.
#[test]
fn schemas_are_those_of_the_wire_structs() {
    #[expect(clippy::disallowed_methods, reason = "tests have no caller to hand them the environment")]
    let bless = std::env::var_os("AEMCRED_BLESS").is_some();
    for (path, committed, schema) in [
        ("json/check", json::SCHEMA, json::schema()),
        ("jsonl/check-lines", jsonl::SCHEMA, jsonl::schema()),
        ("audit/json/audit", audit::json::SCHEMA, audit::json::schema()),
        ("audit/jsonl/audit-lines", audit::jsonl::SCHEMA, audit::jsonl::schema()),
        ("renewals/json/renewals", renewals::json::SCHEMA, renewals::json::schema()),
        ("compare/compare", compare::json::SCHEMA, compare::json::schema()),
        ("inspect/inspect", inspect::json::SCHEMA, inspect::json::schema()),
    ] {
        let text = format!("{}\n", serde_json::to_string_pretty(&schema).unwrap());
        if bless {
            let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/report");
            fs::write(folder.join(format!("{path}.schema.json")), text).unwrap();
        } else {
            assert_eq!(committed, text, "{path}: if the change is meant, `just bless` writes the schema");
        }
    }
}
