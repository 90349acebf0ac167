//! One credential in many wrappings: each is found, with the right path, line and column.
//!
//! Where a character must be is found out without knowing how anything is encoded: a document in which just that
//! character is another one is wrapped in the same way, and the first difference between the two is its place.

use std::io::{Cursor, Write as _};
use std::sync::OnceLock;

use aemcred::internals::generate::{Seed, Specification, generate};
use aemcred::internals::json;
use aemcred::internals::secret::Secret;
use aemcred::internals::source::{Source, Span};
use aemcred::internals::unwrap::{Limits, Unwrapped, is_candidate_file, unwrap};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use proptest::prelude::*;
use serde_json::Value;

use crate::common::NOW;
use crate::fuzz::places_are_sound;

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
    wrapping(
        "base64url",
        &[|text| {
            URL_SAFE_NO_PAD
                .encode(text.replace("\"imsEndpoint\"", "\"é\": \"???>>>\u{FF}\u{FE}\", \"imsEndpoint\""))
        }],
    ),
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
    // Strings of programming languages, in which `\n` is a line break.
    wrapping("secret_string", &[|text| format!("secret_string = {}\n", json_string(text))]),
    wrapping(
        "secret_string",
        &[|text| format!("  secret_string = {}\r\n", json_string(&text.replace('\n', "\r\n")))],
    ),
    wrapping(
        "a[0]",
        &[|text| format!("x = 1\na = {}\n", json_string(&format!("[{text}]").replacen("{\n  ", "{", 1)))],
    ),
    // YAML, and what Kubernetes keeps in it.
    wrapping("data.\"service-credentials.json\" → base64", &[base64, secret_data]),
    wrapping(
        "data.\"service-credentials.json\" → base64",
        &[wrapped_base64, |text| {
            format!("kind: Secret\ndata:\n  service-credentials.json: |\n{}", indented(text, "    "))
        }],
    ),
    wrapping(
        "data.\"service-credentials.json\" → base64",
        &[wrapped_base64, |text| {
            format!("kind: Secret\ndata:\n  service-credentials.json: >-\n{}", indented(text, "    "))
        }],
    ),
    wrapping(
        "stringData.\"a.json\"",
        &[|text| {
            format!(
                "stringData:\n  é: x\n  a.json: |-\r\n{}kind: Secret\n",
                indented(text, "    ").replace('\n', "\r\n")
            )
        }],
    ),
    wrapping(
        "items[1].data.\"service-credentials.json\" → base64",
        &[base64, secret_data, |text| {
            let item = indented(text, "    ");
            format!("apiVersion: v1\nitems:\n  - kind: Namespace\n  -\n{item}kind: List\n")
        }],
    ),
    wrapping(
        "items[0].data.c → base64",
        &[base64, |text| {
            format!(
                "{{\"kind\": \"List\", \"items\": [{{\"data\": {{\"c\": \"{text}\"}}, \"kind\": \"Secret\"}}]}}"
            )
        }],
    ),
    wrapping(
        "data.\"config.yaml\".aem.credentials",
        &[
            |text| format!("aem:\n  credentials: '{}'\n", minified(text)),
            |text| format!("kind: ConfigMap\ndata:\n  config.yaml: |\n{}", indented(text, "    ")),
        ],
    ),
    wrapping(
        "binaryData.x → base64",
        &[base64, |text| format!("binaryData: {{x: \"{text}\"}}\nkind: ConfigMap\n")],
    ),
    wrapping(
        "data → base64 → AEM_*",
        &[|text| {
            let lines = variables(text, "", "=", "\n");
            let line = |line: &str| {
                let (name, value) = line.split_once('=').unwrap();
                format!("  AEM_{name}: {}\n", STANDARD.encode(value))
            };
            format!("kind: Secret\ndata:\n  other: eHl6\n{}", lines.lines().map(line).collect::<String>())
        }],
    ),
    wrapping(
        "document 2 → aem.credentials",
        &[|text| {
            format!(
                "a: 1\n---\naem:\n  credentials: \"{}\"\n",
                minified(text).replace('\\', "\\\\").replace('"', "\\\"")
            )
        }],
    ),
    wrapping("document 2 → x → base64", &[base64, |text| format!("a: {{{{ b }}}}: c\n---\nx: {text}\n")]),
    wrapping("aem", &[|text| format!("# é\naem:\n{}other: 1\n", indented(text, "  "))]),
    wrapping(
        "aem",
        &[|text| {
            let plain = text
                .replace("  \"", "  ")
                .replace("\": ", ": ")
                .replace("\",", "\"")
                .replace("},", "")
                .replace("{\n", "\n");
            let plain = plain
                .replace(['{', '}'], "")
                .replace("true,", "true")
                .replace("ent_aem_cloud_api\"", "ent_aem_cloud_api\" # one");
            format!("aem:\n{}", indented(&plain, "  "))
        }],
    ),
    wrapping("CREDENTIALS → base64", &[base64, |text| format!("kind: X\n# CREDENTIALS={text}\n---\nb: c\n")]),
    wrapping("AEM_*", &[|text| variables(text, "AEM_", ": \"", "\"\n")]),
    wrapping(
        "spec.containers[0].env → AEM_*",
        &[|text| {
            let env = variables(text, "        - name: AEM_", "\n          value: '", "'\n");
            format!("spec:\n  containers:\n    - name: x\n      env:\n{env}")
        }],
    ),
    wrapping(
        "services.x.environment → AEM_*",
        &[|text| {
            format!("services:\n  x:\n    environment:\n{}", variables(text, "      - AEM_", "=", "\n"))
        }],
    ),
    // Properties, XML, other encodings.
    wrapping("aem.*", &[|text| variables(text, "aem.", " = ", "\n")]),
    wrapping(
        "\"aem.credentials\" → escapes",
        &[|text| {
            let value = minified(text).replace('\\', "\\\\").replace(':', "\\:").replace('=', "\\=");
            format!("# properties\naem.credentials={value}\nx=y\n")
        }],
    ),
    wrapping(
        "\"aem.credentials\" → base64",
        &[base64, |text| {
            let lines: Vec<&str> =
                text.as_bytes().chunks(70).map(|line| std::str::from_utf8(line).unwrap()).collect();
            format!("aem.credentials={}\n", lines.join("\\\n    "))
        }],
    ),
    wrapping(
        "properties.entry → base64",
        &[base64, |text| format!("<?xml version=\"1.0\"?>\n<properties><entry>{text}</entry></properties>")],
    ),
    wrapping(
        "properties.CREDENTIALS",
        &[|text| {
            let value = text.replace('&', "&amp;").replace('"', "&quot;");
            format!(
                "<properties>\n<comment>é</comment>\n<entry key=\"CREDENTIALS\">{value}</entry></properties>"
            )
        }],
    ),
    wrapping("a.b.c", &[|text| format!("<a><b c='{}'/></a>", text.replace('\n', "&#10;"))]),
    wrapping("a.b", &[|text| format!("<a><b><![CDATA[{text}]]></b></a>")]),
    wrapping(
        "config → AEM_*",
        &[|text| {
            format!("<config>{}</config>", variables(text, "<property name=\"AEM_", "\" value=\"", "\"/>\n"))
        }],
    ),
    wrapping(
        "config → AEM_*",
        &[|text| format!("<config>{}</config>", variables(text, "<entry key='AEM_", "'>", "</entry>\n"))],
    ),
    wrapping("hex", &[hex]),
    wrapping("hex", &[|text| format!("0x{}\n", hex(text).to_uppercase())]),
    wrapping("percent", &[percent]),
    wrapping("x.y → percent", &[percent, |text| format!("{{\"x\": {{\"y\": \"{text}\"}}}}")]),
    wrapping("percent", &[|text| percent(text).replace("%20", "+")]),
    wrapping("escapes", &[|text| json_string(text).trim_matches('"').to_owned()]),
    wrapping(
        "",
        &[|text| {
            ["integration", "imsEndpoint", "metascopes", "technicalAccount", "privateKey"]
                .iter()
                .fold(text.to_owned(), |text, name| text.replace(name, &escaped(name)))
        }],
    ),
    // systemd, in which one line sets several.
    wrapping("AEM_*", &[|text| variables(text, "Environment=\"AEM_", "=", "\"\n")]),
    wrapping(
        "AEM_*",
        &[|text| {
            let words = variables(text, " \"AEM_", "=", "\"").replace('\\', "\\\\");
            format!(
                "[Service]\nEnvironment=A=1{} 'B=2 3'\nExecStart=x\n",
                words.replace("\" \"", "\" \\\n  \"")
            )
        }],
    ),
    wrapping("C", &[doubled, |text| format!("[Service]\nEnvironment='C={text}'\n")]),
    wrapping(
        "services.x.environment → AEM_*",
        &[|text| {
            format!("services:\n  x:\n    environment:\n{}", variables(text, "      - \"AEM_", "=", "\"\n"))
        }],
    ),
    // Strings in which the backslashes of JSON are doubled, so that it is JSON in them too.
    wrapping("escapes", &[doubled, |text| format!("const c = JSON.parse('{text}');\n")]),
    wrapping("escapes", &[doubled, |text| format!("const c = JSON.parse(`{text}\\n`);\n")]),
    wrapping("escapes", &[doubled, |text| format!("$c = 'C={text}';\n")]),
    wrapping("c", &[doubled, |text| format!("c = '{text}'\n")]),
    wrapping("c → escapes", &[doubled, |text| format!("c = json.loads('{text}')\n")]),
    wrapping("JSON", &[|text| format!("c = json.loads(\"\"\"{text}\"\"\")\n")]),
    wrapping("c", &[|text| format!("a = 1\nc = \"\"\"\n{}\"\"\"\n", text.replace('\\', "\\\\"))]),
    wrapping(
        "escapes",
        &[|text| {
            let text = indented(&text.replace('\\', "\\\\"), "    ");
            format!("class A {{\n  String c = \"\"\"\n{text}    \"\"\";\n}}\n")
        }],
    ),
    wrapping(
        "[0].cmd → escapes",
        &[doubled, |text| format!("- cmd: set -gx C '{text}'\n  when: 1790000000\n")],
    ),
    wrapping("escapes", &[doubled, |text| format!("COPY t (a, c) FROM stdin;\n1\t{text}\n2\t\\N\n\\.\n")]),
    wrapping(
        "escapes",
        &[doubled, |text| {
            let text = text.replace('\n', "\\n");
            format!("COPY t (a, c) FROM stdin;\n1\t{text}\\n\n2\t\\N\n\\.\n")
        }],
    ),
    // FileVault has a backslash before the bracket, and before a comma in lists.
    wrapping(
        "\"jcr:root\".c → escapes",
        &[doubled, |text| format!("<jcr:root xmlns:jcr=\"x\" c=\"\\{}\"/>", text.replace('"', "&quot;"))],
    ),
    wrapping(
        "\"jcr:root\".c → escapes → [0]",
        &[doubled, |text| {
            let text = text.replace(',', "\\,").replace('"', "&quot;");
            format!("<jcr:root xmlns:jcr=\"x\" c=\"[\\{text}]\"/>")
        }],
    ),
    // An array of a text's lines.
    wrapping(
        "cells[0].source",
        &[|text| {
            format!(
                "{{\"cells\": [{{\"source\": [{}\"\\n\"]}}]}}",
                each_line(text, |line| json_string(line) + ", ")
            )
        }],
    ),
    wrapping(
        "cells[0].source.c",
        &[|text| {
            let text = text.replace('\\', "\\\\");
            let lines = each_line(text.trim_end(), |line| json_string(&format!("{line}\n")) + ", ");
            format!("{{\"cells\": [{{\"source\": [\"c = \\\"\\\"\\\"\\n\", {lines}\"\\\"\\\"\\\"\"]}}]}}")
        }],
    ),
    wrapping(
        "event.exec → JSON",
        &[|text| {
            let lines = each_line(text, |line| json_string(line) + ",\n");
            format!("{{\"event\": {{\"exec\": [\"A=1\", \"pm.f(\",\n{lines}\")\"]}}}}")
        }],
    ),
    // Objects of source code.
    wrapping("object", &[source, |text| format!("// it's {{\nconst c = {text};\n")]),
    wrapping("object", &[source, |text| format!("export default {}\n", text.replace('"', "'"))]),
    wrapping(
        "\"module.exports\" → object",
        &[source, |text| format!("module.exports = {}\n", text.replace('"', "'"))],
    ),
    wrapping("object", &[source, |text| format!("x(a, {{ b: [{text}], c: d }})\n")]),
    wrapping(
        "object",
        &[source, |text| format!("const c = {};\n", text.replace("\\r\\n", "\\r\\n\" +\n      \""))],
    ),
    wrapping("object", &[|text| format!("const c = {}\n", text.replace("\n}", ",\n}"))]),
    wrapping(
        "object",
        &[minified, |text| format!("INFO {}\n", text.replace('"', "'").replace("true", "True"))],
    ),
    wrapping("CREDENTIALS → object", &[|text| format!("CREDENTIALS = {}\n", text.replace("true", "True"))]),
    wrapping(
        "\"e.exports\" → object",
        &[source, |text| format!("a();e.exports=b;\ne.exports={}\n", text.replace("true", "!0"))],
    ),
    // Lines behind something else.
    wrapping(
        "lines",
        &[|text| format!("/**\n{} */\nclass A {{}}\n", each_line(text, |line| format!(" * {line}\n")))],
    ),
    wrapping(
        "lines",
        &[|text| each_line(&format!("{text}\nok"), |line| format!("[2026-01-02T03:04:05Z] {line}\n"))],
    ),
    wrapping("lines", &[|text| each_line(text, |line| format!("2026-01-02T03:04:05.1234567Z {line}\n"))]),
    wrapping(
        "lines → JSON",
        &[|text| {
            let before = |line: &str| format!("2026-01-02T03:04:05.123456789+01:00 stdout F {line}\r\n");
            each_line(&format!("See:\n{text}"), before)
        }],
    ),
    wrapping(
        "lines → JSON",
        &[|text| {
            let lines = each_line(&format!("cat c.json\n{text}"), |line| {
                format!("a\tb c\t2026-01-02T03:04:05.1Z {line}\n")
            });
            format!("x\n{lines}")
        }],
    ),
    wrapping(
        "lines",
        &[|text| format!("# Notes\n\n{}\nit\n", each_line(text, |line| format!("> {line}\n")))],
    ),
    wrapping(
        "lines → object",
        &[source, |text| {
            format!("/**\n * See\n{} */\n", each_line(&format!("c: {text}"), |line| format!(" * {line}\n")))
        }],
    ),
    wrapping("lines", &[|text| format!("a();\n{}", each_line(text, |line| format!("  // {line}\n")))]),
    wrapping("lines", &[|text| format!("a: b\n{}c: d\n", each_line(text, |line| format!("# {line}\n")))]),
    wrapping("lines", &[|text| each_line(text, |line| format!("web-1  | {line}\n"))]),
    // Databases.
    wrapping(
        "escapes",
        &[doubled, |text| format!("INSERT INTO t VALUES (1,'{}'),(2,'{{}}');\n", text.replace('"', "\\\""))],
    ),
    wrapping(
        "escapes",
        &[noted, doubled, |text| {
            let text = text.replace('"', "\\\"").replace('\'', "''");
            format!("INSERT INTO `t` VALUES (1,'it''s','{text}'),(2,'');\n")
        }],
    ),
    wrapping(
        "escapes",
        &[noted, doubled, |text| {
            let text = text.replace('"', "\\\"").replace('\'', "\\'");
            format!("INSERT INTO `t` VALUES (1,'it\\'s','{text}'),(2,'');\n")
        }],
    ),
    wrapping(
        "escapes",
        &[noted, minified, |text| format!("INSERT INTO t VALUES (1, '{}');\n", text.replace('\'', "''"))],
    ),
    wrapping(
        "escapes → SecretString",
        &[secret_string, |text| {
            let text = text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
            format!("INSERT INTO t VALUES (1,'{text}');\n")
        }],
    ),
    // Doubled quotation marks, and PowerShell's.
    wrapping(
        "escapes → SecretString",
        &[secret_string, |text| format!("1,\"{}\",x\n", text.replace('"', "\"\""))],
    ),
    wrapping("escapes", &[|text| format!("id,c,x\r\n1,\"{}\",y\r\n", text.replace('"', "\"\""))]),
    wrapping(
        "escapes",
        &[minified, |text| format!("1,\"{}\"\n2,\"a \"\"b\"\"\"\n", text.replace('"', "\"\""))],
    ),
    wrapping("escapes", &[|text| format!("var c = @\"\n{}\";\n", text.replace('"', "\"\""))]),
    wrapping("escapes", &[|text| format!("$c = \"{}\"\n", text.replace('"', "`\""))]),
    wrapping("hex", &[hex, |text| format!("INSERT INTO t VALUES (1, '\\x{text}');\n")]),
    wrapping("hex", &[hex, |text| format!("COPY t (c) FROM stdin;\n\\\\x{text}\n\\.\n")]),
    wrapping("hex", &[hex, |text| format!("INSERT INTO t VALUES (X'{}');\n", text.to_uppercase())]),
    wrapping(
        "x → hex",
        &[hex, |text| format!("[{{\"x\": \"\\\\x{text}\"}}]").trim_matches(['[', ']']).to_owned()],
    ),
    wrapping("hex", &[hex, |text| format!("X'{text}'")]),
    // Addresses and forms.
    wrapping(
        "percent",
        &[
            |text| percent(text).replace("%2F", "/").replace("%40", "@"),
            |text| format!("GET /x?c={text} HTTP/1.1\n"),
        ],
    ),
    wrapping(
        "lines",
        &[|text| {
            let added: String = text.lines().map(|line| format!("+{line}\n")).collect();
            format!(
                "commit abc\n\n    a\n\n--- /dev/null\n+++ b/s.json\n@@ -0,0 +1,18 @@\n{added}\ncommit def\n"
            )
        }],
    ),
    wrapping("percent", &[percent, |text| format!("1.2.3.4 - - \"GET /x?c={text}&d=1 HTTP/1.1\" 200 1\n")]),
    wrapping("percent", &[percent, |text| format!("- \"GET https://x.y/a/{text}/b%20c HTTP/1.1\" 200\n")]),
    wrapping("a → percent", &[percent, |text| format!("a=1&c={}&d=2\n", text.replace("%20", "+"))]),
    wrapping(
        "log.url → percent → JSON",
        &[percent, |text| format!("{{\"log\": {{\"url\": \"https://x.y/?c={text}\"}}}}")],
    ),
    // In the middle of something else.
    wrapping("JSON", &[|text| format!("# Notes\n\nThis is {{it}}:\n\n```\n{text}\n```\n")]),
    wrapping("escapes", &[|text| format!("class A {{\n  String c = {};\n}}\n", json_string(text))]),
    wrapping("base64", &[base64, |text| format!("#!/bin/sh\necho {text} | base64 -d > service.json\n")]),
    wrapping("base64", &[wrapped_base64, |text| format!("Dear all,\n\n{text}\nRegards: me\n")]),
    wrapping("document 2", &[|text| format!("{{\"a\": 1}}\n{}\n{{}}\n", minified(text))]),
    wrapping(
        "base64",
        &[base64, |text| format!("kubectl create secret generic x --from-literal=c={text}\n")],
    ),
    wrapping("a.href → base64", &[base64, |text| format!("<a href=\"data:application/json;base64,{text}\"")]),
    // All together.
    wrapping(
        "data.\"config.json\" → base64 → a.b → hex → SecretString → base64",
        &[
            base64,
            secret_string,
            hex,
            |text| format!("<a><b>{text}</b></a>"),
            base64,
            |text| format!("data:\n  config.json: {text}\n"),
        ],
    ),
];

pub(crate) fn escaped(text: &str) -> String {
    text.chars().map(|character| format!("\\u{:04x}", u32::from(character))).collect()
}

pub(crate) fn indented(text: &str, by: &str) -> String {
    text.lines().map(|line| format!("{by}{line}\n")).collect()
}

pub(crate) fn secret_data(text: &str) -> String {
    format!("apiVersion: v1\ndata:\n  service-credentials.json: {text}\nkind: Secret\n")
}

pub(crate) fn hex(text: &str) -> String {
    text.bytes().map(|byte| format!("{byte:02x}")).collect()
}

pub(crate) fn percent(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    text.bytes()
        .map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

pub(crate) fn json_string(text: &str) -> String {
    serde_json::to_string(text).unwrap()
}

pub(crate) fn secret_string(text: &str) -> String {
    format!("{{\n  \"ARN\": \"é\",\n  \"SecretString\": {}\n}}\n", json_string(text))
}

pub(crate) fn base64(text: &str) -> String {
    STANDARD.encode(text)
}

pub(crate) fn wrapped_base64(text: &str) -> String {
    let encoded = STANDARD.encode(text);
    encoded.as_bytes().chunks(76).map(|line| String::from_utf8(line.to_vec()).unwrap() + "\n").collect()
}

pub(crate) fn minified(text: &str) -> String {
    serde_json::from_str::<Value>(text).unwrap().to_string()
}

fn each_line(text: &str, change: impl Fn(&str) -> String) -> String {
    text.lines().map(change).collect()
}

/// With names without quotation marks, and commas at the end.
pub(crate) fn source(text: &str) -> String {
    let line = |line: &str| {
        let inner = line.trim_start().strip_prefix('"').and_then(|inner| inner.split_once("\": "));
        let Some((name, value)) = inner else { return format!("{line}\n") };
        let comma = if value.ends_with([',', '{']) { "" } else { "," };
        format!("{}{name}: {value}{comma}\n", &line[..line.len() - line.trim_start().len()])
    };
    each_line(text, line).trim_end().to_owned()
}

/// Minified, with every backslash doubled, as it stands in a string without quotation marks of the same kind in it.
pub(crate) fn doubled(text: &str) -> String {
    minified(text).replace('\\', "\\\\")
}

/// The same document with an apostrophe in it.
fn noted(text: &str) -> String {
    text.replacen('{', "{\"note\": \"it's\",", 1)
}

/// A variable for each field, the key's line breaks written out.
pub(crate) fn variables(text: &str, before: &str, between: &str, after: &str) -> String {
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

/// What is wrapped in which binary format, the path that must be shown, and whether there is a text outside.
struct Packing {
    path: &'static str,
    pack: fn(&str) -> Vec<u8>,
    is_in_text: bool,
}

const fn packing(path: &'static str, pack: fn(&str) -> Vec<u8>) -> Packing {
    Packing { path, pack, is_in_text: false }
}

const PACKINGS: &[Packing] = &[
    packing("gzip", |text| gzip(text.as_bytes())),
    packing("zstd", |text| zstd(text.as_bytes())),
    packing("zstd", |text| {
        let skipped = [&[0x50, 0x2A, 0x4D, 0x18, 3, 0, 0, 0][..], b"abc", &zstd(b"  ")].concat();
        [skipped, zstd(text.as_bytes())].concat()
    }),
    packing("gzip", |text| [gzip(b" "), gzip(text.as_bytes())].concat()),
    packing("tar → ../etc/a.json", |text| tar(&[("x", b"y"), ("../etc/a.json", text.as_bytes())])),
    packing("gzip → tar → folder/service.json", |text| {
        gzip(&tar(&[("folder/service.json", text.as_bytes())]))
    }),
    packing("bzip2", |text| [bzip2(text.as_bytes()), bzip2(b" ")].concat()),
    packing("xz", |text| [xz(b" "), xz(text.as_bytes())].concat()),
    packing("xz → tar → folder/service.json", |text| {
        xz(&tar(&[("folder/service.json", text.as_bytes())]))
    }),
    packing("bzip2 → tar → a.zip → zip → b.xz → xz", |text| {
        bzip2(&tar(&[("a.zip", &zip(&[("b.xz", &xz(text.as_bytes()))]))]))
    }),
    packing("zip → folder/service.json", |text| {
        let stub: &[u8] = b"#!/bin/sh\nexec java -jar \"$0\" \"$@\"\n";
        [stub, &zip(&[("folder/service.json", text.as_bytes())])].concat()
    }),
    packing("byte 5 → JSON", |text| format!("\0\0\0\0\0(see {text})\0").into_bytes()),
    packing("byte 7", |text| format!("SQLite\0{text}\0").into_bytes()),
    packing("zstd → tar → folder/service.json", |text| {
        zstd(&tar(&[("folder/service.json", text.as_bytes())]))
    }),
    packing("zip → folder/service.json", |text| {
        zip(&[("a", b"b"), ("folder/service.json", text.as_bytes())])
    }),
    packing("zip → streamed.json", |text| zip64(&zip(&[("streamed.json", text.as_bytes())]))),
    packing("zip → a", |text| [b"#!/bin/sh\n", &*zip64(&zip(&[("a", text.as_bytes())]))].concat()),
    packing("tar → a.json", |text| sparse_tar(text.as_bytes(), 0)),
    packing("gzip → tar → a.json → byte 4096", |text| gzip(&sparse_tar(text.as_bytes(), 4096))),
    packing("zip → a.zip → zip → b.gz → gzip", |text| {
        zip(&[("a.zip", &zip(&[("b.gz", &gzip(text.as_bytes()))]))])
    }),
    packing("zip → secret.yaml → data.\"service-credentials.json\" → base64", |text| {
        zip(&[("secret.yaml", secret_data(&base64(text)).as_bytes())])
    }),
    packing("", |text| utf16(text, u16::to_le_bytes)),
    packing("SecretString", |text| utf16(&secret_string(text), u16::to_be_bytes)),
    packing("base64", |text| STANDARD.encode(utf16(text, u16::to_le_bytes)).into_bytes()),
    packing("base64", |text| STANDARD.encode(format!("\u{FEFF}{text}")).into_bytes()),
    packing("AEM_*", |text| variables(text, "AEM_", "=", "\0").into_bytes()),
    Packing {
        path: "data.release → base64 → base64 → gzip → manifest.data.\"service-credentials.json\" → base64",
        pack: |text| {
            let release = json_string(&secret_data(&base64(text)));
            let release = gzip(format!("{{\"name\": \"x\", \"manifest\": {release}}}").as_bytes());
            let release = STANDARD.encode(STANDARD.encode(release));
            format!("apiVersion: v1\nkind: Secret\ndata:\n  release: {release}\ntype: helm.sh/release.v1\n")
                .into_bytes()
        },
        is_in_text: true,
    },
];

pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

pub(crate) fn bzip2(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

pub(crate) fn xz(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = lzma_rust2::XzWriter::new(Vec::new(), lzma_rust2::XzOptions::with_preset(1)).unwrap();
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

pub(crate) fn zstd(bytes: &[u8]) -> Vec<u8> {
    ruzstd::encoding::compress_to_vec(bytes, ruzstd::encoding::CompressionLevel::Fastest)
}

pub(crate) fn tar(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = tar::Builder::new(Vec::new());
    for (name, contents) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(contents.len() as u64);
        // The safe way refuses such names.
        header.as_mut_bytes()[..name.len()].copy_from_slice(name.as_bytes());
        header.set_cksum();
        archive.append(&header, *contents).unwrap();
    }
    archive.into_inner().unwrap()
}

pub(crate) fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    archive.add_directory("folder", zip::write::SimpleFileOptions::default()).unwrap();
    for (name, contents) in files {
        archive.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        archive.write_all(contents).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

/// The same archive as programs write it that don't know its length when they begin: with ZIP64's record of its end.
fn zip64(archive: &[u8]) -> Vec<u8> {
    let end = memchr::memmem::rfind(archive, b"PK\x05\x06").unwrap();
    let number = |at: usize, length: usize| {
        archive[end + at..][..length].iter().rev().fold(0, |n, byte| n << 8 | u64::from(*byte))
    };
    let (count, size, offset): (u64, u64, u64) = (number(10, 2), number(12, 4), number(16, 4));
    let mut record =
        [&b"PK\x06\x06"[..], &44_u64.to_le_bytes(), &[45, 3, 45, 0, 0, 0, 0, 0, 0, 0, 0, 0]].concat();
    record.extend([count, count, size, offset].into_iter().flat_map(u64::to_le_bytes));
    let locator = [&b"PK\x06\x07\0\0\0\0"[..], &(end as u64).to_le_bytes(), &[1, 0, 0, 0]].concat();
    [&archive[..end], &record, &locator, &archive[end..]].concat()
}

/// An archive of one sparse file in GNU's format, whose data are in more parts than its header has room for, behind a hole of so
/// many bytes.
fn sparse_tar(contents: &[u8], hole: usize) -> Vec<u8> {
    let octal =
        |field: &mut [u8], number: usize| field.copy_from_slice(format!("{number:011o}\0").as_bytes());
    let (mut header, mut extended) = ([0_u8; 512], [0_u8; 512]);
    header[..6].copy_from_slice(b"a.json");
    octal(&mut header[124..136], contents.len());
    header[156] = b'S';
    header[257..265].copy_from_slice(b"ustar  \0");
    for (index, part) in contents.chunks(contents.len().div_ceil(7)).enumerate() {
        let place = match index {
            0..4 => &mut header[386 + index * 24..][..24],
            _ => &mut extended[(index - 4) * 24..][..24],
        };
        octal(&mut place[..12], hole + index * contents.len().div_ceil(7));
        octal(&mut place[12..], part.len());
    }
    header[482] = 1;
    octal(&mut header[483..495], hole + contents.len());
    header[148..156].fill(b' ');
    let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
    header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    let padding = vec![0; 1024 + contents.len().wrapping_neg() % 512];
    [&header[..], &extended, contents, &padding].concat()
}

pub(crate) fn utf16(text: &str, unit: fn(u16) -> [u8; 2]) -> Vec<u8> {
    "\u{FEFF}".encode_utf16().chain(text.encode_utf16()).flat_map(unit).collect()
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
    let rest = unwrap("test", Secret::new(bytes.to_vec()), &Limits::default(), &|| false, &mut |one, _| {
        found.push(one);
    });
    (found, rest.is_some())
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
        let [Unwrapped::Document(found)] = found.as_slice() else {
            panic!("{index} {path}: is found once and nothing else, not {found:?}")
        };
        assert_eq!(found.trail.to_string(), *path, "{index}");
        assert_eq!(rest, found.trail.outermost().is_some(), "{index} {path}: what is no document comes back");
        let source = &found.source;
        let document: Value = serde_json::from_str(source.text())
            .unwrap_or_else(|error| panic!("{index} {path}: is not one document: {error}"));
        let key = document.pointer("/integration/privateKey").and_then(Value::as_str).unwrap();
        assert!(key.contains('\n') && !key.contains('\\'), "{index} {path}: the key's line breaks are real");
        for (variant, value) in sample.variants.iter().zip(["cm-p99999", "MII"]) {
            let expected = first_difference(&outer, &wrap(variant, layers));
            let offset = source.text().find(value).unwrap();
            let outermost = found.trail.outermost().unwrap_or(source);
            let first = found.trail.outer(Span::new(offset, offset + 1));
            let mut candidates =
                (first.start..first.end).map(|offset| outermost.position(offset).to_string());
            // Of two layers of base64 the first digit may have too few bits of the character to differ.
            let layers = ["base64", "hex"].map(|name| path.matches(name).count()).iter().sum::<usize>();
            let digits = if layers > 1 { 1 << layers } else { 1 };
            let found_there = candidates.by_ref().take(digits).any(|place| place == expected);
            assert!(found_there, "{index} {path}: {value} is at {expected}, not at {first:?}");
            assert!(candidates.count() < 4 << layers, "{index} {path}: {first:?} is too vague");
            let span = Span::new(offset, offset + value.len());
            let text = found.trail.outermost().map_or(source.text(), Source::text);
            let there = &text[found.trail.outer(span).range()];
            assert_eq!(found.trail.is_exact(span), there == value, "{index} {path}: {value}");
        }
    }
}

#[test]
fn what_is_packed_is_found_too() {
    let sample = sample();
    for (index, Packing { path, pack, is_in_text }) in PACKINGS.iter().enumerate() {
        let (found, rest) = all(&pack(&sample.document));
        let [Unwrapped::Document(found)] = found.as_slice() else {
            panic!("{index} {path}: is found once and nothing else, not {found:?}")
        };
        assert_eq!(found.trail.to_string(), *path, "{index}");
        assert_eq!(rest, !path.is_empty(), "{index} {path}: what is no document comes back");
        let source = &found.source;
        let text = found.trail.outermost().unwrap_or(source);
        let place = |what: &str| {
            let offset = source.text().find(what).unwrap();
            found.trail.outer(Span::new(offset, offset + what.len()))
        };
        let [client, key] = ["cm-p99999", "MII"].map(place);
        let outer = [pack(&sample.document), pack(&sample.variants[0])].map(String::from_utf8);
        if let ([Ok(outer), Ok(variant)], false) = (outer, *is_in_text || path.contains("tar")) {
            let difference =
                outer.bytes().zip(variant.bytes()).take_while(|(one, other)| one == other).count();
            assert!(client.start <= difference && difference < client.end, "{index} {path}");
        }
        assert!(client.start < client.end && client.end <= text.text().len(), "{index} {path}");
        if *is_in_text {
            assert_eq!(text.position(client.start).to_string(), "4:12", "{path}: all of the compressed text");
            assert_eq!(client, key);
        } else if source.text() == sample.document && found.trail.outermost().is_none() {
            assert_eq!(&text.text()[client.range()], "cm-p99999");
        } else {
            assert_ne!(client, key, "{index} {path}");
        }
    }
}

/// Where nothing around it takes a backslash for an escape, a key that was escaped twice is for the rules to see.
#[test]
fn what_is_really_escaped_twice_stays_so() {
    let text = doubled(&sample().document);
    for outer in [
        text.clone(),
        format!("# Notes\n\n```\n{text}\n```\nit's\n"),
        format!("C='{text}'\n"),
        format!("c = json.loads(r'{text}')\n"),
        format!("let c = r#\"{text}\"#;\n"),
        format!("const c = JSON.parse(String.raw`{text}`);\n"),
        secret_string(&text),
    ] {
        let (found, _) = all(outer.as_bytes());
        let [Unwrapped::Document(document)] = found.as_slice() else { panic!("{found:?}") };
        let document: Value = serde_json::from_str(document.source.text()).unwrap();
        let key = document.pointer("/integration/privateKey").and_then(Value::as_str).unwrap();
        assert!(key.contains("\\n") && !key.contains('\n'), "{}", &outer[..30]);
    }
}

/// What Java reads from a file is what is checked: a backslash that is not doubled is no longer there.
#[test]
fn properties_are_read_as_java_does() {
    let sample = sample();
    let compact = minified(&sample.document);
    let doubled = compact.replace('\\', "\\\\");
    let stored = doubled.replace(':', "\\:").replace('=', "\\=").replace('{', "\\u007B");
    let wrapped = doubled.replace(',', ",\\\r\n    ");
    let raw = compact.replace("\\r", "\r").replace("\\n", "\n");
    for (text, expected) in [
        (format!("# x\naem.cred={doubled}\n"), &compact),
        (format!("aem.cred : {stored}\r\nb=c\r\n"), &compact),
        (format!("aem.cred={wrapped}\n"), &compact),
        (format!("aem.cred={compact}\n"), &raw),
    ] {
        for name in ["a.properties", "conf/B.PROPERTIES"] {
            let mut found = Vec::new();
            let bytes = Secret::new(text.clone().into_bytes());
            let rest = unwrap(name, bytes, &Limits::default(), &|| false, &mut |one, _| found.push(one));
            assert!(rest.is_some());
            // Of what can't be read the parts are found, too.
            found.retain(|one| matches!(one, Unwrapped::Document(_)));
            let [Unwrapped::Document(document)] = found.as_slice() else { panic!("{name}: {found:?}") };
            assert_eq!(document.trail.to_string(), "\"aem.cred\"");
            assert!(document.source.text() == expected.as_str(), "{name}: what Java reads");
            let client = expected.find("cm-p99999").unwrap();
            let outer = document.trail.outer(Span::new(client, client + 9));
            assert_eq!(&text[outer.range()], "cm-p99999");
        }
    }
}

/// Felix escapes signs of equality and blanks.
#[test]
fn configurations_are_read_as_felix_does() {
    let sample = sample();
    let escaped = |text: &str| {
        let text = text.replace('\\', "\\\\").replace('"', "\\\"").replace('=', "\\=").replace(' ', "\\ ");
        text.replace('\r', "\\r").replace('\n', "\\n")
    };
    let fields = |type_name: &str| {
        let document: Value = serde_json::from_str(&sample.document).unwrap();
        let integration = &document["integration"];
        let account = &integration["technicalAccount"];
        [
            ("clientId", &account["clientId"]),
            ("clientSecret", &account["clientSecret"]),
            ("orgId", &integration["org"]),
            ("privateKey", &integration["privateKey"]),
            ("metascopes", &integration["metascopes"]),
        ]
        .map(|(name, value)| format!("{name}={type_name}\"{}\"\r\n", escaped(value.as_str().unwrap())))
        .concat()
    };
    for (text, path) in [
        (format!("# Configuration\n{}", fields("")), ""),
        (fields("T"), ""),
        (
            format!(":org.apache.felix.configadmin.revision:=L\"1\"\nc=\"{}\"\n", escaped(&sample.document)),
            "c",
        ),
    ] {
        let mut found = Vec::new();
        let bytes = Secret::new(text.clone().into_bytes());
        let _ = unwrap("a.b.C~d.config", bytes, &Limits::default(), &|| false, &mut |one, _| found.push(one));
        let [Unwrapped::Document(document)] = found.as_slice() else { panic!("{found:?}") };
        assert_eq!(document.trail.to_string(), path);
        let inner: Value = serde_json::from_str(document.source.text()).unwrap();
        let issued: Value = serde_json::from_str(&sample.document).unwrap();
        for field in ["/integration/privateKey", "/integration/technicalAccount/clientSecret"] {
            assert!(inner.pointer(field) == issued.pointer(field), "{path}: what Felix reads");
        }
        let source = &document.source;
        let key = source.text().find("MII").unwrap();
        assert_eq!(&text[document.trail.outer(Span::new(key, key + 3)).range()], "MII");
    }
}

#[test]
fn long_names_of_tar_are_read() {
    let sample = sample();
    let name = format!("{}service.json", "folder/".repeat(30));
    let mut archive = tar::Builder::new(Vec::new());
    let mut header = tar::Header::new_gnu();
    header.set_size(sample.document.len() as u64);
    archive.append_data(&mut header, &name, sample.document.as_bytes()).unwrap();
    let mut posix = tar::Header::new_ustar();
    posix.set_size(sample.document.len() as u64);
    archive.append_pax_extensions([("path", &*name.clone().into_bytes())]).unwrap();
    posix.set_path("short").unwrap();
    posix.set_cksum();
    archive.append(&posix, sample.document.as_bytes()).unwrap();
    let (found, _) = all(&archive.into_inner().unwrap());
    let paths: Vec<String> = found
        .iter()
        .map(|found| match found {
            Unwrapped::Document(document) => document.trail.to_string(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(paths, [format!("tar → {name}"), format!("tar → {name}")]);
}

/// What a run has in hand when it is interrupted: what was found is kept, and what wasn't looked at is named.
#[test]
fn an_interrupted_look_ends_within_an_archive() {
    let sample = sample();
    let filler = "x".repeat(200_000);
    let members = [("a", sample.document.as_str()), ("b", &filler), ("c", sample.document.as_str())];
    let mut tar = tar::Builder::new(Vec::new());
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in members {
        let mut header = tar::Header::new_gnu();
        header.set_size(text.len() as u64);
        tar.append_data(&mut header, name, text.as_bytes()).unwrap();
        zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    let tar = tar.into_inner().unwrap();
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(&tar).unwrap();
    let values = members.map(|(_, text)| json_string(&json_string(text))).join(", ");
    let looked_into = [
        ("tar → a", tar),
        ("gzip → tar → a", gzip.finish().unwrap()),
        ("zip → a", zip.finish().unwrap().into_inner()),
        ("[0]", format!("[{values}]").into_bytes()),
    ];
    for (first, bytes) in looked_into {
        let count = std::cell::RefCell::new(Vec::new());
        let interrupted = || !count.borrow().is_empty();
        let _ = unwrap("test", Secret::new(bytes), &Limits::default(), &interrupted, &mut |found, _| {
            count.borrow_mut().push(match found {
                Unwrapped::Document(document) => document.trail.to_string(),
                Unwrapped::LimitHit { limit, .. } => limit.to_string(),
                other => panic!("{other:?}"),
            });
        });
        let said = "was being read when the run was interrupted; the rest was not checked";
        assert_eq!(count.into_inner(), [first, said]);
    }
}

/// What was found, in short.
fn summary(bytes: &[u8], limits: &Limits) -> Vec<String> {
    let mut found = Vec::new();
    let _ = unwrap("test", Secret::new(bytes.to_vec()), limits, &|| false, &mut |one, _| {
        found.push(match one {
            Unwrapped::Document(document) => format!("document {}", document.trail),
            Unwrapped::Part(part) => format!("{:?} {}", part.kind, part.trail),
            Unwrapped::Encrypted(encrypted) => {
                let about = if encrypted.names_credential { " of AEM" } else { "" };
                format!("{:?}{about} {}", encrypted.kind, encrypted.trail)
            }
            Unwrapped::LimitHit { limit, trail } => format!("{limit:?} {trail}"),
            Unwrapped::Unreadable { trail, reason } => format!("{trail} {reason}"),
        });
    });
    found
}

#[test]
fn what_is_encrypted_is_well_kept() {
    let encrypted =
        |name: &str| format!("\"{name}\": \"ENC[AES256_GCM,data:AAAA,iv:BBBB,tag:CCCC,type:str]\"");
    let sops_json = format!(
        "{{\"integration\": {{\"imsEndpoint\": \"ims-na1.adobelogin.com\", \"metascopes\": \"x\", {}, {}}}, \
         \"sops\": {{\"lastmodified\": \"2026-01-01T00:00:00Z\", \"mac\": \"ENC[AES256_GCM,x]\", \"version\": \"3.9.0\"}}}}",
        encrypted("privateKey"),
        encrypted("publicKey"),
    );
    let vault = "$ANSIBLE_VAULT;1.1;AES256\n33393065306434643534\n6164643161373662\n";
    let age = "-----BEGIN AGE ENCRYPTED FILE-----\nYWdlLWVuY3J5cHRpb24ub3JnL3YxCg==\n-----END AGE ENCRYPTED FILE-----\n";
    let sample = sample();
    let half = sops_json.replacen(
        "\"ENC[",
        &format!("{} , \"x\": \"ENC[", json_string("-----BEGIN PRIVATE KEY-----")),
        1,
    );
    for (text, expected) in [
        (sops_json.clone(), vec!["Sops of AEM "]),
        (
            "sops:\n  mac: ENC[AES256_GCM,x]\n  version: 3.9.0\ndata: ENC[AES256_GCM,data:x]\n".to_owned(),
            vec!["Sops "],
        ),
        (
            "AEM_CLIENT_ID=ENC[AES256_GCM,a]\nAEM_PRIVATE_KEY=ENC[AES256_GCM,b]\nsops_mac=ENC[AES256_GCM,c]\n".to_owned(),
            vec!["Sops of AEM AEM_*"],
        ),
        (vault.to_owned(), vec!["AnsibleVault "]),
        (format!("aem:\n  imsEndpoint: x\n  key: !vault |\n{}", indented(vault, "    ")), vec!["AnsibleVault of AEM aem.key"]),
        (age.to_owned(), vec!["Age "]),
        (format!("Keep this:\n\n{age}\nBye\n"), vec!["Age "]),
        (String::from("age-encryption.org/v1\n-> X25519 x\n\u{1}\u{2}"), vec!["Age "]),
        (String::from("\0GITCRYPT\0\u{3}\u{4}"), vec!["GitCrypt "]),
        (
            "apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nspec:\n  encryptedData:\n    imsEndpoint: AgBy3i4OJSWK\n"
                .to_owned(),
            vec!["SealedSecret of AEM "],
        ),
        // Only half of it is encrypted: what isn't is a document.
        (half, vec!["Sops of AEM ", "document integration"]),
    ] {
        let found = summary(text.as_bytes(), &Limits::default());
        let found: Vec<&str> = found.iter().map(String::as_str).collect();
        assert_eq!(found, expected, "{text}");
    }
    assert_eq!(
        summary(
            &zip(&[
                ("aem/service_token.json.age", b"age-encryption.org/v1\nx"),
                ("a", sample.document.as_bytes())
            ]),
            &Limits::default()
        ),
        ["Age of AEM zip → aem/service_token.json.age", "document zip → a"],
    );
}

#[test]
fn a_redacted_sample_has_no_secret_in_it() {
    let sample = "{\"ok\": true, \"integration\": {\"imsEndpoint\": \"ims-na1.adobelogin.com\", \"technicalAccount\": {\"clientId\": \
         \"cm-p1-e2-integration\", \"clientSecret\": \"p8e-***REDACTED***\"}, \"privateKey\": \
         \"-----BEGIN RSA PRIVATE KEY----- ***REDACTED**** ----END RSA PRIVATE KEY-----\"}}";
    let markdown = format!("# Sample\n\n```json\n{sample}\n```\n\n    AEM_PRIVATE_KEY=***REDACTED***\n");
    assert_eq!(
        summary(markdown.as_bytes(), &Limits::default()),
        ["document JSON"],
        "for the rules to say that it is one"
    );
    let loose = "export AEM_CLIENT_SECRET=p8e-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\n-----BEGIN RSA PRIVATE KEY-----\n***\n";
    assert_eq!(summary(loose.as_bytes(), &Limits::default()), Vec::<String>::new());
}

#[test]
#[ignore = "slow: hundreds of runs"]
fn what_is_built_to_exhaust_is_stopped() {
    let structure = json::Limits::default();
    let limits =
        Limits { layer_size: 1 << 20, expansion: 4 << 20, members: 1000, structure, ..Limits::default() };
    let document = sample().document;
    let nested = |wrap: fn(&[u8]) -> Vec<u8>, times: usize| {
        (0..times).fold(document.clone().into_bytes(), |bytes, _| wrap(&bytes))
    };
    let zeros = vec![0; 8 << 20];
    let laughs: String = (1..30)
        .map(|level| format!("a{level}: &a{level} [{}]\n", vec![format!("*a{}", level - 1); 9].join(",")))
        .collect();
    let many: Vec<(String, Vec<u8>)> = (0..1_100).map(|number| (format!("{number}"), Vec::new())).collect();
    let many: Vec<(&str, &[u8])> =
        many.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
    let entities = format!("<!DOCTYPE x [<!ENTITY a \"imsEndpoint\">]><x>{}</x>", "&a;".repeat(100_000));
    let truncated = |bytes: Vec<u8>| bytes[..bytes.len() * 2 / 3].to_vec();
    let table: Vec<(&str, Vec<u8>, &[&str])> = vec![
        (
            "base64 of base64 …",
            nested(|bytes| STANDARD.encode(bytes).into_bytes(), 12),
            &["Depth(6) base64 → base64"],
        ),
        ("gzip of gzip …", nested(gzip, 100), &["Depth(6) gzip → gzip"]),
        ("zip of zip …", nested(|bytes| zip(&[("a", bytes)]), 50), &["Depth(6) zip → a → zip → a"]),
        ("a gzip bomb", gzip(&zeros), &["LayerSize(1048576) gzip"]),
        ("an xz bomb", xz(&zeros), &["LayerSize(1048576) xz"]),
        ("bzip2 without anything in it", bzip2(b"").repeat(1002), &["bzip2 is a damaged bzip2 file"]),
        ("a bzip2 bomb", bzip2(&zeros), &["LayerSize(1048576) bzip2"]),
        ("a Zstandard bomb", zstd(&zeros), &["LayerSize(1048576) zstd"]),
        // A header alone, which asks for a window of 128 MiB.
        (
            "a Zstandard window",
            b"\x28\xB5\x2F\xFD\x00\x88\x01\x00\x00".to_vec(),
            &["LayerSize(1048576) zstd"],
        ),
        ("a bomb of bombs", gzip(&gzip(&zeros)), &["LayerSize(1048576) gzip → gzip"]),
        (
            "a bomb in a tar",
            gzip(&tar(&[("a", &zeros)])),
            &["LayerSize(1048576) gzip → tar → a", "Expansion(4194304) gzip"],
        ),
        (
            "a bomb in a zip",
            zip(&[("a", &zeros), ("b", document.as_bytes())]),
            &["LayerSize(1048576) zip → a", "document zip → b"],
        ),
        ("many files", zip(&many), &["Members(1000) "]),
        ("a YAML bomb", format!("imsEndpoint: 1\na0: &a0 lol\n{laughs}").into_bytes(), &[]),
        ("deep YAML", format!("imsEndpoint:\n{}", "- ".repeat(50_000)).into_bytes(), &["Nesting(128) "]),
        (
            "long YAML",
            format!("imsEndpoint:\n{}", "- a\n".repeat(110_000)).into_bytes(),
            &["Values(100000) "],
        ),
        ("deep JSON", format!("\"{}", "[".repeat(100_000)).replace('"', "").into_bytes(), &["Nesting(128) "]),
        ("deep XML", "<a>".repeat(100_000).into_bytes(), &["Nesting(128) "]),
        ("entities", entities.into_bytes(), &[]),
        ("fields without objects", "{ \"imsEndpoint\" ".repeat(60_000).into_bytes(), &["Attempts(500) "]),
        ("names without quotation marks", "{ imsEndpoint: ".repeat(60_000).into_bytes(), &["Attempts(500) "]),
        ("comments without an end", "{\"imsEndpoint\": /* }".repeat(60_000).into_bytes(), &[]),
        ("names without an object", "imsEndpoint: ".repeat(60_000).into_bytes(), &["Attempts(500) "]),
        (
            "strings in a row",
            "\"{\\\"imsEndpoint\\\"".repeat(60_000).into_bytes(),
            &["Attempts(500) escapes", "Layers(20000) escapes"],
        ),
        (
            "quotation marks",
            format!("{}\"\"imsEndpoint\"\"", "\"".repeat(1 << 16)).repeat(4).into_bytes(),
            &[],
        ),
        ("backslashes", format!("'{}\\\"imsEndpoint\\\"", "\\".repeat(1 << 16)).repeat(4).into_bytes(), &[]),
        ("backticks", format!("\"{{{}`\"imsEndpoint`\"", "`".repeat(1 << 16)).repeat(4).into_bytes(), &[]),
        ("lines behind marks", "# {\n# imsEndpoint\n".repeat(60_000).into_bytes(), &[]),
        (
            "brackets in percent encoding",
            "%7B%22imsEndpoint%22".repeat(60_000).into_bytes(),
            &["Attempts(500) percent"],
        ),
        (
            "many lines in arrays",
            format!("[{}\"\"]", "[\"{\", \"imsEndpoint\"],".repeat(9_000)).into_bytes(),
            &[],
        ),
        ("values without an end", "imsEndpoint={\n".repeat(60_000).into_bytes(), &["Attempts(500) "]),
        ("keys without an end", "-----BEGIN PRIVATE KEY-----\n".repeat(40_000).into_bytes(), &[]),
        (
            "a damaged gzip file",
            truncated(gzip(format!("{} {document}", "x".repeat(90_000)).as_bytes())),
            &["gzip is a damaged gzip file", "document gzip"],
        ),
        ("a damaged xz file", truncated(xz(document.as_bytes())), &["xz is a damaged xz file"]),
        ("a damaged bzip2 file", truncated(bzip2(document.as_bytes())), &["bzip2 is a damaged bzip2 file"]),
        (
            "a damaged zip archive",
            truncated(zip(&[("a", document.as_bytes())])),
            &[" is a damaged zip archive"],
        ),
        (
            "a damaged tar archive",
            truncated(tar(&[("a", &[0; 5000]), ("b", b"x")])),
            &["tar → a is damaged in the archive", " is a damaged tar archive"],
        ),
        (
            "another compression",
            b"7z\xBC\xAF\x27\x1Cabc".to_vec(),
            &[" is a 7z archive, which aemcred can't open"],
        ),
    ];
    for (what, bytes, expected) in table {
        let found = summary(&bytes, &limits);
        assert!(found.len() == expected.len(), "{what}: {found:?}");
        for (found, expected) in found.iter().zip(expected) {
            assert!(found.starts_with(expected), "{what}: {found}");
        }
    }
}

/// Everything that the tables wrap, once.
fn corpus() -> &'static Vec<Vec<u8>> {
    static CORPUS: OnceLock<Vec<Vec<u8>>> = OnceLock::new();
    CORPUS.get_or_init(|| wrapped(&sample().document).collect())
}

/// `document` in all that the tables wrap it in.
fn wrapped(document: &str) -> impl Iterator<Item = Vec<u8>> {
    let texts = WRAPPINGS.iter().map(|one| wrap(document, one.layers).into_bytes());
    texts.chain(PACKINGS.iter().map(|one| (one.pack)(document)))
}

/// The same with a short key and certificate, so that what a fuzzer changes is seldom a digit of either.
pub(crate) fn seeds() -> Vec<Vec<u8>> {
    let shorten = |text: String, label: &str| {
        let (begin, end) = (format!("BEGIN {label}-----"), format!("-----END {label}"));
        let (start, end) = (text.find(&begin).unwrap() + begin.len(), text.find(&end).unwrap());
        format!("{}{}", &text[..start + 68], &text[end - 4..])
    };
    let document = shorten(sample().document, "RSA PRIVATE KEY");
    wrapped(&shorten(document, "CERTIFICATE")).collect()
}

/// A walk looks into everything in which a look at the file by its name would find something, in one more encoding, too.
#[test]
fn no_walk_passes_over_them() {
    for (index, bytes) in corpus().iter().enumerate() {
        let once_more = STANDARD.encode(bytes);
        assert!(is_candidate_file(bytes), "{index}");
        assert!(is_candidate_file(once_more.as_bytes()), "{index}, in base64");
        assert!(
            is_candidate_file(format!("data:\n  x: {once_more}\ny: z\n").as_bytes()),
            "{index}, in a manifest"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    /// Damaged wrappings of all kinds: never a panic, never a place outside.
    #[test]
    fn damage_of_any_kind_is_borne(
        which in any::<prop::sample::Index>(),
        damages in prop::collection::vec((any::<prop::sample::Index>(), 0_u8..5, any::<u8>()), 0..4),
    ) {
        let mut bytes = which.get(corpus()).clone();
        for (at, kind, byte) in damages {
            let at = at.index(bytes.len().max(1)).min(bytes.len());
            match kind {
                0 => bytes.truncate(at.max(1)),
                1 => bytes.insert(at, byte),
                2 => drop(bytes.drain(at..(at + usize::from(byte)).min(bytes.len()))),
                3 => bytes.splice(at..at, "é\u{1F600}".bytes()).for_each(drop),
                _ => bytes.get_mut(at).into_iter().for_each(|there| *there = byte),
            }
        }
        places_are_sound("test", &bytes);
    }

    /// Text made of what the readers look for.
    #[test]
    fn any_text_is_borne(
        parts in prop::collection::vec(prop::sample::select(PIECES), 0..40),
        random in any::<String>(),
    ) {
        places_are_sound("test", format!("{}{random}", parts.concat()).as_bytes());
        places_are_sound("test", format!("{random}{}", parts.concat()).as_bytes());
    }

    #[test]
    fn any_bytes_are_borne(
        magic in prop::sample::select(MAGICS),
        bytes in prop::collection::vec(any::<u8>(), 0..600),
    ) {
        places_are_sound("test", &[magic, &bytes].concat());
    }
}

const MAGICS: &[&[u8]] =
    &[b"", b"\x1F\x8B\x08", b"PK\x03\x04", b"\x28\xB5\x2F\xFD", b"\xFF\xFE", b"PK\x05\x06"];

/// What readers look for.
pub(crate) const PIECES: &[&str] = &[
    "{",
    "}",
    "[",
    "]",
    "\"",
    "'",
    ":",
    ",",
    "\\",
    "\\\"",
    "\n",
    "\r\n",
    " ",
    "  ",
    "\t",
    "=",
    "|\n",
    ">-\n",
    "- ",
    "---\n",
    "#",
    "&a ",
    "*a",
    "!vault ",
    "<<: ",
    "<a>",
    "</a>",
    "<a b=\"",
    "&amp;",
    "&#10;",
    "<![CDATA[",
    "]]>",
    "é",
    "\u{1F600}",
    "imsEndpoint",
    "metascopes",
    "\"integration\"",
    "technicalAccount: ",
    "privateKey",
    "AEM_CLIENT_ID=",
    "AEM_PRIVATE_KEY",
    "AEM_ORG_ID: x@AdobeOrg\n",
    "export ",
    "$'",
    "\"\"\"",
    "`",
    "-----BEGIN PRIVATE KEY-----",
    "-----END PRIVATE KEY-----",
    "p8e-0123456789abcdefghijklmnop",
    "eyJ",
    ".",
    "%7B%22",
    "%20",
    "eyJpbXNFbmRwb2ludCI6IngiLCJwcml2YXRlS2V5IjoieSJ9",
    "7b22696d73456e64706f696e74223a2278222c22",
    "\\u0069",
    "ENC[AES256_GCM,",
    "sops",
    "$ANSIBLE_VAULT;1.1",
    "kind: SealedSecret\n",
    "\0",
    "\u{FEFF}",
];
