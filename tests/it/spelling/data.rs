//! Settings and data as text, held against programs that read them.

use super::encode::{beginning, indented, lines, many, pieces, pretty, quoted};
use super::{DOCUMENT, Table, hold, programs};

#[test]
fn hcl_is_read_as_terraform_reads_it() {
    let escaped = quoted(DOCUMENT, "\"");
    hold(&Table {
        file: "a.tf",
        good: vec![
            format!("v = {escaped}\n"),
            format!("a = 1\nv = {escaped} # a comment\nb = [\"c\"]\n"),
            format!("v = <<EOT\n{}\nEOT\n", pretty()),
            format!("v = <<-EOT\n{}  EOT\n", indented(&pretty(), "    ")),
            format!("a = \"b\"\nv = <<-JSON\n{DOCUMENT}\nJSON\n"),
            format!("v={escaped}"),
            format!("// a\n/* b */\nv = {}\n", escaped.replace('é', "\\u00e9")),
            format!("v = <<EOT\n{DOCUMENT}\nEOT\nw = 1\n"),
            format!("v = <<-EOT\n{}EOT\nw = 1\n", indented(&pretty(), "  ")),
            format!("/* a */ v = {escaped}\nw = {{\n  x = 1\n}}\n"),
            format!("v = <<EOT\n{}\nEOT\n", pretty()).replace('\n', "\r\n"),
        ],
        broken: vec![
            format!("v = \"{}", beginning(&escaped, 200).trim_start_matches('"')),
            format!("v = <<EOT\n{}", beginning(&pretty(), 300)),
            format!("v = <<EOT\n{}\nEOTS\n", beginning(&pretty(), 300)),
            format!("v = {}", beginning(DOCUMENT, 100)),
            format!("v = <<-EOT {}", beginning(&pretty(), 200)),
        ],
        hostile: vec![
            many("v = <<EOT\nimsEndpoint\n"),
            many("v = { imsEndpoint = "),
            many("v = \"{\\\"imsEndpoint\\\": ${"),
        ],
        oracle: Some(programs::hcl),
    });
}

#[test]
fn yaml_is_read_as_python_reads_it() {
    let double = serde_json::to_string(DOCUMENT).unwrap();
    let members = "imsEndpoint: ims-na1.adobelogin.com\nmetascopes: ent_aem_cloud_api # a comment\ntechnicalAccount:\n  clientId: \
         cm-p1-e2-integration-0\n  clientSecret: 'p8e-0123456789abcdefABCDEF-_ghijklmn'\nnote: 'it''s \"é\" $ \
         x'\nprivateKey: |\n  -----BEGIN PRIVATE KEY-----\n  MIIE+/9k0A==\n  -----END PRIVATE KEY-----\n";
    let folded = |text: &str| text.replace(",\\\"", ",\\\n  \\\"").replace("\"it's ", "\"it's\n  ");
    hold(&Table {
        file: "a.yaml",
        good: vec![
            format!("v: {DOCUMENT}\n"),
            format!("v: '{}'\n", DOCUMENT.replace('\'', "''")),
            format!("v: {double}\n"),
            format!("v: {}\n", folded(&double)),
            format!("v: |\n{}", indented(&pretty(), "  ")),
            format!("a: 1\nv: |-\n{}b: 2\n", indented(&pretty(), "    ")),
            format!("v: |2\n{}", indented(&pretty(), "  ")),
            format!("v: >-\n{}", indented(DOCUMENT, "  ")),
            format!("v:\n{}", indented(members, "  ")),
            format!("# a\n---\nv: !!str {double}\n...\n"),
            format!("v: &a\n{}w: *a\n", indented(members, "  ")),
            format!(
                "v: {{imsEndpoint: \"ims-na1.adobelogin.com\", {}",
                &DOCUMENT["{\"imsEndpoint\":\"ims-na1.adobelogin.com\",".len()..]
            ),
            format!("v: {}\n", double.replace('é', "\\xe9")),
            format!("v: {}\r\n# w: 1\r\n", DOCUMENT),
        ],
        broken: vec![
            format!("v: {}", beginning(DOCUMENT, 200)),
            format!("v: {}", beginning(&double, 200)),
            format!("v: '{}", beginning(DOCUMENT, 100)),
            format!("v: |\n{}w", beginning(&indented(&pretty(), "  "), 200)),
            format!("v: *a\n{}", beginning(members, 60)),
        ],
        hostile: vec![
            many("{imsEndpoint: "),
            many("- imsEndpoint: |\n"),
            format!("a: &a [imsEndpoint]\n{}", "b: [*a, *a]\n".repeat(9_000)),
        ],
        oracle: Some(|texts| {
            const READ: &str = "
def read(text): return yaml.safe_load(text)['v']";
            programs::python_module("yaml")?;
            programs::python_with(&format!("import yaml{READ}"), texts)
        }),
    });
}

#[test]
fn databases_are_read_as_sqlite_reads_them() {
    let string = format!("'{}'", DOCUMENT.replace('\'', "''"));
    let digits: String = DOCUMENT.bytes().map(|byte| format!("{byte:02x}")).collect();
    let joined: Vec<String> = pieces("'")
        .iter()
        .map(|piece| format!("'{}'", piece[1..piece.len() - 1].replace("\\'", "''").replace("\\\\", "\\")))
        .collect();
    let table = "CREATE TABLE t(k TEXT, v TEXT);\n";
    hold(&Table {
        file: "a.sql",
        good: vec![
            format!("{table}INSERT INTO t VALUES('a',{string});\n"),
            format!("{table}INSERT INTO \"t\" VALUES(1,{string});\nINSERT INTO t VALUES('b','c');\n"),
            format!("{table}INSERT INTO t (k, v) VALUES ('a', {string}), ('b', 'c');"),
            format!("{table}INSERT INTO t(v) VALUES({string});"),
            format!("{table}INSERT INTO t(v) VALUES('{}');", pretty().replace('\'', "''")),
            format!("{table}INSERT INTO t(v) VALUES(X'{digits}');"),
            format!("{table}INSERT INTO t(v) VALUES(x'{}');", digits.to_uppercase()),
            format!("{table}INSERT INTO t VALUES('a', '');\nUPDATE t SET v = {string} WHERE k = 'a';"),
            format!("{table}INSERT INTO t(v) VALUES({});", joined.join(" ||\n  ")),
            format!(
                "PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\n{table}INSERT INTO t VALUES('a',{string});\nCOMMIT;\n"
            ),
            format!("-- a comment\n/* {{ */\n{table}REPLACE INTO t(v) VALUES ({string});"),
        ],
        broken: vec![
            format!("{table}INSERT INTO t VALUES('a','{}", beginning(DOCUMENT, 200)),
            format!("{table}INSERT INTO t VALUES('a',X'{}", beginning(&digits, 401)),
            format!("{table}INSERT INTO t(v) VALUES({} ||", joined[..3].join(" || ")),
            format!("{table}INSERT INTO t(v) VALUES({} || f() || '}}');", joined[..3].join(" || ")),
            format!("{table}INSERT INTO t(v) VALUES({}", beginning(DOCUMENT, 100)),
        ],
        hostile: vec![
            many("INSERT INTO t VALUES('{\"imsEndpoint\": '' "),
            many("'{\"imsEndpoint\"' || "),
            many("X'7b22696d73456e64706f696e74"),
        ],
        oracle: Some(|texts| {
            const READ: &str = "
import sqlite3
def read(text):
    database = sqlite3.connect(':memory:')
    database.executescript(text)
    value = database.execute(\"select v from t where cast(v as text) like '%imsEndpoint%'\").fetchone()[0]
    return value.decode() if isinstance(value, bytes) else value";
            programs::python_with(READ, texts)
        }),
    });
}

#[test]
fn variables_are_read_as_node_reads_them() {
    let escaped = pretty().replace('\\', "\\\\");
    hold(&Table {
        file: ".env",
        good: vec![
            format!("v={DOCUMENT}"),
            format!("v={DOCUMENT}\n"),
            format!("v = {DOCUMENT}\n"),
            format!("export v={DOCUMENT}\nw=x\n"),
            format!("# a comment\n\nu=1\r\nv={DOCUMENT}\r\n"),
            format!("v=`{DOCUMENT}`\n"),
            format!("v=`{}`\n", pretty()),
            format!("  v={DOCUMENT}\n"),
            format!("u='a'\nv=`{DOCUMENT}` # a comment\n"),
            format!("w=a=b\nv={DOCUMENT}\n#v=c\n"),
        ],
        broken: vec![
            format!("v={}", beginning(DOCUMENT, 200)),
            format!("v=`{}", beginning(&pretty(), 200)),
            format!("v='{}", beginning(DOCUMENT, 100)),
            format!("v=\"{}", beginning(&escaped, 100)),
            format!("#v={}", beginning(DOCUMENT, 100)),
        ],
        hostile: vec![many("v={imsEndpoint"), many("imsEndpoint=`\n"), many("v=\"\\\"imsEndpoint")],
        oracle: Some(programs::node_variables),
    });
}

#[test]
fn c_is_read_as_its_compiler_reads_it() {
    let cut: Vec<String> = DOCUMENT.split_inclusive(',').map(|piece| quoted(piece, "\"")).collect();
    hold(&Table {
        file: "a.c",
        good: vec![
            format!("const char *v = {};", quoted(DOCUMENT, "\"")),
            format!("static const char v[] = {};", quoted(DOCUMENT, "\"")),
            format!("const char *v = {};", pieces("\"").join("\n  ")),
            format!("const char *v =\n  {};", cut.join(" ")),
            format!("const char *v =\n  {};", cut.join(" // more\n  ")),
            format!("const char *v = {};", cut.join(" /* more */ ")),
            format!("#define V {}\nconst char *v = V;", cut.join(" \\\n  ")),
            format!("const char *v = {};", quoted(&pretty(), "\"")),
            format!("const char *v = {};", lines("\"").join("\n ").replace("\"\n", "\\n\"\n")),
            format!("const char *v = {};", quoted(DOCUMENT, "\"").replace('é', "\\u00e9")),
            format!(
                "const char *v = \"{}\";",
                quoted(DOCUMENT, "").replace('"', "\\\"").replace(',', ",\\\n")
            ),
        ],
        broken: vec![
            format!("const char *v = \"{}", beginning(&quoted(DOCUMENT, "\""), 200).trim_start_matches('"')),
            format!("const char *v = {}", cut[..3].join(" ")),
            format!("const char *v = {} f() \"}}\";", cut[..3].join(" ")),
            format!("const char *v = {} + ", cut[..3].join(" ")),
            format!("const char *v = {};", beginning(DOCUMENT, 100)),
        ],
        hostile: vec![
            many("\"{imsEndpoint\" "),
            many("\"{\\\"imsEndpoint\\\": \"\n"),
            many("\"imsEndpoint\\\n"),
        ],
        oracle: Some(programs::c),
    });
}

#[test]
fn perl_is_read_as_perl_reads_it() {
    let single = |text: &str| format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"));
    let double = |text: &str| quoted(text, "\"").replace('$', "\\$").replace('@', "\\@");
    let cut: Vec<String> = DOCUMENT.split_inclusive(',').map(single).collect();
    hold(&Table {
        file: "a.pl",
        good: vec![
            format!("$v = {};", single(DOCUMENT)),
            format!("$v = {};", double(DOCUMENT)),
            format!("our $v = {};", cut.join(" .\n  ")),
            format!("$v =\n    {};", cut.join("\n  . ")),
            format!("$v = <<'END';\n{}\nEND\n", pretty()),
            format!(
                "$v = <<END;\n{}\nEND\n",
                pretty().replace('\\', "\\\\").replace('$', "\\$").replace('@', "\\@")
            ),
            format!("$v = <<~'END';\n{}  END\n", indented(&pretty(), "    ")),
            format!("$v = '';\n$v .= {};\n", cut.join(";\n$v .= ")),
            format!(
                "$v = join(\"\\n\",\n  {});",
                pretty().lines().map(single).collect::<Vec<_>>().join(",\n  ")
            ),
            format!("%c = (v => {});\n$v = $c{{v}};", single(DOCUMENT)),
        ],
        broken: vec![
            format!("$v = '{}", beginning(DOCUMENT, 100)),
            format!("$v = <<'END';\n{}\n", beginning(&pretty(), 300)),
            format!("$v = {} .", cut[..2].join(" . ")),
            format!("$v = {} . f() . '}}';", cut[..2].join(" . ")),
            format!("$v = {};", beginning(DOCUMENT, 100)),
        ],
        hostile: vec![many("<<'X';\nimsEndpoint\n"), many("'{imsEndpoint' . "), many("q{imsEndpoint{")],
        oracle: Some(programs::perl),
    });
}
