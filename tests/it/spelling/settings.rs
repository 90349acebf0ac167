//! Settings of services and what a database exports, held against their programs.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::encode::{beginning, indented, many, pretty, quoted};
use super::{DOCUMENT, Table, hold, hold_as, programs};

#[test]
fn units_are_read_as_systemd_reads_them() {
    let double = quoted(DOCUMENT, "\"");
    let single = quoted(DOCUMENT, "'");
    let inner = &double[1..double.len() - 1];
    let unit = |lines: &str| format!("[Service]\nExecStart=/bin/true\n{lines}");
    hold(&Table {
        file: "a.service",
        good: vec![
            unit(&format!("Environment=\"v={inner}\"\n")),
            unit(&format!("Environment=\"v={inner}\"")),
            unit(&format!("Environment='v={}'\n", &single[1..single.len() - 1])),
            unit(&format!("Environment=a=1 \"v={inner}\" 'b=2 3'\n")),
            unit(&format!("Environment=a=1\nEnvironment=\"v={inner}\"\nEnvironment=b=2\n")),
            unit(&format!("# a comment\n; another\nEnvironment = \"v={inner}\"\n")),
            unit(&format!("Environment=a=1 \\\n  \"v={inner}\" \\\n  b=2\n")),
            unit(&format!("Environment=\"v={}\"\n", inner.replace('é', "\\xc3\\xa9"))),
            unit(&format!("Environment=\"v={}\"\n", inner.replace('é', "\\u00e9"))),
            unit(&format!("Environment=\"v={}\"\n", quoted(&pretty(), "\"").trim_matches('"'))),
            unit(&format!("Environment=v={}\n", inner.replace('\'', "\\'").replace(' ', "\\s"))),
            unit(&format!("Environment=\"v={}\"\n", inner.replace(' ', "\\s"))),
        ],
        broken: vec![
            unit(&format!("Environment=\"v={}", beginning(inner, 200))),
            unit(&format!("Environment=v={DOCUMENT}\n")),
            unit(&format!("Environment=\"{inner}\"\n")),
            unit(&format!("Environment=\"v={}\\\n", beginning(inner, 100))),
            unit(&format!("Environmen=\"v={}\"\n", beginning(inner, 150))),
            unit(&format!("Environment=a=1 \\\n# \"v={}\n", beginning(inner, 90))),
        ],
        hostile: vec![
            many("Environment=\"v={\\\"imsEndpoint\\\": "),
            unit(&format!("Environment={}", many("\"imsEndpoint=\\"))),
            many("Environment=v={\\\n"),
            many("SetCredential=a:{\\\"imsEndpoint\\\\\n"),
        ],
        oracle: Some(programs::systemd),
    });
}

#[test]
fn configurations_of_felix_are_read() {
    let escaped =
        |text: &str| text.replace('\\', "\\\\").replace('"', "\\\"").replace('=', "\\=").replace('\n', "\\n");
    let all = escaped(DOCUMENT);
    let blanks = all.replace(' ', "\\ ");
    hold(&Table {
        file: "a.config",
        good: vec![
            format!("v=\"{all}\"\n"),
            format!("v=\"{blanks}\"\n"),
            format!("v=\"{all}\""),
            format!("# a comment\nv=\"{all}\"\n"),
            format!("service.pid=\"a.b\"\nv=\"{blanks}\"\nport=I\"80\"\n"),
            format!("v=T\"{blanks}\"\n"),
            format!("v=[ \\\n  \"{blanks}\", \\\n  ]\n"),
            format!("v=( \\\n  \"{blanks}\", \\\n  )\n"),
            format!("v=\"{}\"\n", escaped(&pretty())),
            format!("v=\"{all}\"\r\nw=B\"true\"\r\n"),
            format!("a.b.v=\"{blanks}\"\nw=[\"x\",\"y\"]\n"),
        ],
        broken: vec![
            format!("v=\"{}", beginning(&all, 200)),
            format!("v=[ \\\n  \"{}", beginning(&all, 200)),
            format!("v=\"{}\"\n", beginning(&all, 150)),
            format!("v={}\n", beginning(DOCUMENT, 100)),
            format!("v=Q\"{}\n", beginning(&all, 120)),
        ],
        hostile: vec![
            many("v=\"{\\\"imsEndpoint\\\"\\="),
            many("v=[ \\\n \"{\\\"imsEndpoint\\\""),
            format!("v=[ {} imsEndpoint", many("\"a\", ")),
        ],
        oracle: None,
    });
}

#[test]
fn hjson_is_read_as_its_library_reads_it() {
    let members = |name: &str, key: &str| {
        format!(
            "imsEndpoint: ims-na1.adobelogin.com\nmetascopes: ent_aem_cloud_api\ntechnicalAccount: {{\n  clientId: \
             cm-p1-e2-integration-0\n  clientSecret: p8e-0123456789abcdefABCDEF-_ghijklmn\n}}\nnote: {name}\nprivateKey:{key}\n"
        )
    };
    let key = "\n  '''\n  -----BEGIN PRIVATE KEY-----\n  MIIE+/9k0A==\n  -----END PRIVATE KEY-----\n\n  '''";
    let literal = " \"-----BEGIN PRIVATE KEY-----\\nMIIE+/9k0A==\\n-----END PRIVATE KEY-----\\n\"";
    let (plain, string) = ("it's \"é\" $ x", "\"it's \\\"é\\\" $ x\"");
    let object = |name: &str, key: &str| format!("{{\n{}}}\n", indented(&members(name, key), "  "));
    // What is put together of fields has the fields alone.
    let fields = |value: Value| {
        let mut value = value.get("integration").cloned().unwrap_or(value);
        if let Some(members) = value.as_object_mut() {
            members.remove("note");
            let key = members.get("privateKey").and_then(Value::as_str).unwrap_or_default().trim().to_owned();
            members.insert(String::from("privateKey"), Value::String(key));
        }
        value
    };
    let table = Table {
        file: "a.hjson",
        good: vec![
            object(plain, literal),
            object(string, literal),
            object(string, &key.replace('\n', "\n  ")),
            members(plain, literal),
            members(string, key),
            format!("# a comment\n{}", object(string, literal)),
            format!("// a comment\n/* another */\n{}", object(string, literal)),
            format!("{{\n  # a comment\n{}", &object(string, literal)[2..]),
            object(string, literal).replace("metascopes:", "\"metascopes\":"),
            object(string, literal).replace("cloud_api\n", "cloud_api\n\n"),
            object(string, literal).replace('\n', "\r\n"),
            format!("{{ v: {} }}", object(string, literal).trim()),
            format!("{DOCUMENT}\n"),
        ],
        broken: vec![
            beginning(&object(string, literal), 200).to_owned(),
            object(string, literal).replacen('{', "[", 1),
            object(string, " '''\n  -----BEGIN PRIVATE KEY-----\n"),
            beginning(&members(string, key), 250).to_owned(),
            object("\"it's", literal),
        ],
        hostile: vec![
            many("{ imsEndpoint: "),
            many("imsEndpoint: '''\n"),
            format!("{{\n{}", many("  imsEndpoint: {\n")),
        ],
        oracle: Some(|texts| {
            const READ: &str = "
import hjson
def read(text):
    value = hjson.loads(text)
    return value.get('v', value)";
            programs::python_module("hjson")?;
            programs::python_with(READ, texts)
        }),
    };
    hold_as(&table, fields);
}

#[test]
fn extended_json_is_read_as_mongodb_reads_it() {
    let string = serde_json::to_string(DOCUMENT).unwrap();
    let base64 = STANDARD.encode(DOCUMENT);
    let id = "\"_id\":{\"$oid\":\"65a1b2c3d4e5f60718293a4b\"}";
    hold(&Table {
        file: "a.json",
        good: vec![
            format!("{{{id},\"v\":{string}}}\n"),
            format!(
                "{{{id},\"n\":{{\"$numberInt\":\"1\"}},\"v\":{string},\"d\":{{\"$date\":{{\"$numberLong\":\"1\"}}}}}}\n"
            ),
            format!("{{{id},\"d\":{{\"$date\":\"2026-01-02T03:04:05Z\"}},\"v\":{string}}}"),
            format!("{{{id},\"v\":{{\"$symbol\":{string}}}}}"),
            format!("{{{id},\"v\":{{\"$code\":{string}}}}}"),
            format!("{{{id},\"v\":{{\"$binary\":{{\"base64\":\"{base64}\",\"subType\":\"00\"}}}}}}"),
            format!("{{{id},\"v\":{{\"$binary\":\"{base64}\",\"$type\":\"00\"}}}}"),
            format!("{{\"v\":{DOCUMENT}}}"),
            format!("{{\n  {id},\n  \"n\": {{\"$numberDouble\": \"1.5\"}},\n  \"v\": {string}\n}}\n"),
            format!(
                "{{{id},\"n\":{{\"$numberDecimal\":\"1\"}},\"u\":{{\"$undefined\":true}},\"v\":{string},\"k\":{{\"$minKey\":1}}}}"
            ),
            format!("{{{id},\"v\":{}}}", serde_json::to_string(&pretty()).unwrap()),
        ],
        broken: vec![
            beginning(&format!("{{{id},\"v\":{string}}}"), 200).to_owned(),
            format!(
                "{{{id},\"v\":{{\"$binary\":{{\"base64\":\"{}\",\"subType\":\"00\"}}}}}}",
                &base64[..201]
            ),
            format!("{{{id},\"v\":{{\"$symbol\":1}},\"w\":\"{}\"}}", &base64[..100]),
            format!("{{{id},\"v\":{}", beginning(DOCUMENT, 100)),
            format!("{{{id} \"v\":{}}}", beginning(&string, 300)),
        ],
        hostile: vec![
            many("{\"v\":{\"$symbol\":\"imsEndpoint\"},\"w\":"),
            many("{\"$binary\":\"eyJpbXNFbmRwb2ludCI\"}\n"),
            format!("[{}", many("{\"$oid\":\"imsEndpoint\"},")),
        ],
        oracle: Some(|texts| {
            const READ: &str = "
from bson import json_util
def read(text):
    value = json_util.loads(text)['v']
    return value.decode() if isinstance(value, bytes) else value if isinstance(value, dict) else str(value)";
            programs::python_module("bson")?;
            programs::python_with(READ, texts)
        }),
    });
}
