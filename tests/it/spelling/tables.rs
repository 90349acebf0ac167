//! The tables.

use super::encode::{beginning, indented, lines, many, pieces, pretty, quoted};
use super::{DOCUMENT, Table, hold, programs};

/// The members as JavaScript and Python write them without JSON's rules.
fn object(separator: &str) -> String {
    let key = ["-----BEGIN PRIVATE KEY-----\n", "MIIE+/9k0A==\n", "-----END PRIVATE KEY-----\n"];
    let key: Vec<String> = key.iter().map(|line| quoted(line, "'")).collect();
    format!(
        "{{\n 'imsEndpoint': 'ims-na1.adobelogin.com',\n 'metascopes': \"ent_aem_cloud_api\",\n 'technicalAccount': \
         {{'clientId': 'cm-p1-e2-integration-0',\n  'clientSecret': 'p8e-0123456789abcdefABCDEF-_ghijklmn'}},\n 'note': \
         {},\n 'privateKey': {},\n}}",
        quoted("it's \"é\" $ x", "'"),
        key.join(separator)
    )
}

#[test]
fn javascript_is_read_as_node_reads_it() {
    let plain = object(" +\n  ").replace("'imsEndpoint'", "imsEndpoint").replace("'note'", "/* a */ note");
    let cut = quoted(DOCUMENT, "'");
    let half: String = cut.chars().take(cut.chars().count() / 2).collect();
    hold(&Table {
        file: "a.js",
        good: vec![
            format!("const v = {};", quoted(DOCUMENT, "\"")),
            format!("const v = {};", quoted(DOCUMENT, "'")),
            format!("const v = {};", quoted(DOCUMENT, "`")),
            format!("const v = `\n{}\n`;", pretty().replace('\\', "\\\\")),
            format!("const v = {};", pieces("'").join(" +\n  ")),
            format!("const v =\n  {};", pieces("\"").join("\n  + // more\n  ")),
            format!("let v = '';\nv += {};", pieces("'").join(";\nv += ")),
            format!("let v = '{}';", pieces("").join("\\\n").replace('\'', "\\'")),
            format!("const v = [\n{},\n].join('\\n');", lines("'").join(",\n")),
            format!("const v = JSON.parse({});", quoted(DOCUMENT, "'")),
            format!("const v = {plain};"),
            format!("const v = {};", object(" + ")),
            format!("const v = {};", quoted(DOCUMENT, "'").replace('é', "\\xe9")),
            format!("const v = {};", quoted(DOCUMENT, "'").replace('é', "\\u{e9}")),
            format!("const v = {{ // settings\n {}", &object(" +\n").replacen("{\n", "", 1)),
        ],
        broken: vec![
            format!("const v = {half}"),
            format!("const v = {half}' +"),
            format!("const v = {half}' + f() + '}}';"),
            format!("const v = `{DOCUMENT}"),
            format!("const v = {{imsEndpoint: 'a', {}", beginning(&object(" + "), 200)),
            format!("const v = {};", object(" + ").replace("'note': ", "'note': f() + ")),
        ],
        hostile: vec![
            many("'{imsEndpoint' + "),
            many("{imsEndpoint:"),
            many("v += '{\"imsEndpoint\": '; "),
            many("`imsEndpoint: ${"),
        ],
        oracle: Some(programs::node),
    });
}

#[test]
fn python_is_read_as_python_reads_it() {
    let cut = quoted(DOCUMENT, "'");
    let half: String = cut.chars().take(cut.chars().count() / 2).collect();
    hold(&Table {
        file: "a.py",
        good: vec![
            format!("v = {}", quoted(DOCUMENT, "'")),
            format!("v = {}", quoted(DOCUMENT, "\"")),
            format!("v = '''{}'''", pretty().replace('\\', "\\\\")),
            format!("v = r'''\n{}\n'''", pretty()),
            format!("v = \"\"\"\\\n{}\"\"\"", pretty().replace('\\', "\\\\")),
            format!("v = ({})", pieces("'").join("\n     ")),
            format!("v = {}", pieces("\"").join(" \\\n    ")),
            format!("v = {}", pieces("'").join(" + ")),
            format!("v = ''\nv += {}\n", pieces("'").join("\nv += ")),
            format!("import json\nv = json.loads({})", quoted(DOCUMENT, "'")),
            format!("v = '\\n'.join([\n    {},\n])", lines("'").join(",\n    ")),
            format!("v = {}", object("\n               ")),
            format!("v = {}", object(" + ")),
            format!("v = {}", quoted(DOCUMENT, "'").replace('é', "\\xe9")),
        ],
        broken: vec![
            format!("v = {half}"),
            format!("v = ({half}'\n     "),
            format!("v = {half}' + f('') + '}}'"),
            format!("v = '''{}", pretty()),
            format!("v = {}", beginning(&object(" "), 220)),
            format!("v = {}", object(" ").replace("'note': ", "'note': f() + ")),
        ],
        hostile: vec![many("('{imsEndpoint' "), many("'''{\"imsEndpoint\": "), many("{'imsEndpoint': [")],
        oracle: Some(programs::python),
    });
}

#[test]
fn shells_are_read_as_bash_reads_them() {
    let single = |text: &str| format!("'{}'", text.replace('\'', "'\\''"));
    let escaped = |text: &str| text.replace('\\', "\\\\").replace('"', "\\\"").replace('$', "\\$");
    let here = pretty().replace('\\', "\\\\").replace('$', "\\$");
    hold(&Table {
        file: "a.sh",
        good: vec![
            format!("v={}", single(DOCUMENT)),
            format!("export v={}", single(&pretty())),
            format!("v=\"{}\"", escaped(DOCUMENT)),
            format!("declare -x v=\"{}\"\n", escaped(&pretty())),
            format!("v=$'{}'", DOCUMENT.replace('\\', "\\\\").replace('\'', "\\'")),
            format!("v=$'{}'", pretty().replace('\\', "\\\\").replace('\'', "\\'").replace('\n', "\\n")),
            format!("v=$(cat <<'EOF'\n{}\nEOF\n)", pretty()),
            format!("v=$(cat <<EOF\n{here}\nEOF\n)\n"),
            format!("v=$(cat <<-'END'\n{}\tEND\n)", indented(&pretty(), "\t")),
            format!("v=\"$(cat << \"EOF\"\n{}\nEOF\n)\"", pretty()),
            format!("v=\nwhile read -r line; do v+=$line$'\\n'; done <<'EOF'\n{}\nEOF\n", pretty()),
            format!(
                "v=''\n{}",
                DOCUMENT
                    .split_inclusive(',')
                    .map(|piece| format!("v+=\"{}\"\n", escaped(piece)))
                    .collect::<String>()
            ),
        ],
        broken: vec![
            format!("v='{}", beginning(DOCUMENT, 200)),
            format!("v=\"{}", escaped(beginning(DOCUMENT, 200))),
            format!("v=$'{}", beginning(DOCUMENT, 200)),
            format!("v=$(cat <<'EOF'\n{}\nEOFS\n)", beginning(&pretty(), 300)),
            format!("v=$(cat <<EOF\n{}", beginning(&pretty(), 300)),
        ],
        hostile: vec![
            many("v=$(cat <<EOF\nimsEndpoint\n"),
            many("v='{imsEndpoint"),
            many("v+=$'{\"imsEndpoint\": \\"),
        ],
        oracle: Some(programs::bash),
    });
}

#[test]
fn java_is_read_as_java_reads_it() {
    let block = indented(&pretty().replace('\\', "\\\\"), "      ");
    let broken = |text: String| format!("{text} // broken");
    hold(&Table {
        file: "A.java",
        good: vec![
            format!("String v = {};", quoted(DOCUMENT, "\"")),
            format!("final String v = {};", pieces("\"").join(" +\n  ")),
            format!("final String v =\n    {};", pieces("\"").join("\n    + /* more */ ")),
            format!("String v = \"\"\"\n{block}      \"\"\";"),
            format!("var v = \"\"\"\n{block}\"\"\";"),
            format!("String v = \"\"\"\n    {}\\\n    \"\"\";", DOCUMENT.replace('\\', "\\\\")),
            format!("var v = new StringBuilder().append({});", pieces("\"").join(").append(")),
            format!("var v = new StringBuilder();\nv.append({});\n", pieces("\"").join(");\n  v.append(")),
            format!("String v = \"\";\nv += {};\n", pieces("\"").join(";\nv += ")),
            format!("String v = String.join(\"\\n\",\n  {});", lines("\"").join(",\n  ")),
            format!("String v = {};", quoted(DOCUMENT, "\"").replace('é', "\\u00e9")),
        ],
        broken: vec![
            broken(format!(
                "String v = \"{}",
                beginning(&quoted(DOCUMENT, "\""), 200).trim_start_matches('"')
            )),
            broken(format!("String v = {} +", pieces("\"")[..3].join(" + "))),
            broken(format!("String v = {} + f() + \"}}\";", pieces("\"")[..3].join(" + "))),
            broken(format!("String v = \"\"\"\n{}", beginning(&block, 200))),
            broken(String::from("var v = new StringBuilder().append(\"{\\\"imsEndpoint\\\": \").append(")),
        ],
        hostile: vec![
            many("\"{imsEndpoint\" + "),
            many("v.append(\"{\\\"imsEndpoint\\\": \");\n"),
            many("\"\"\"\nimsEndpoint {"),
        ],
        oracle: Some(programs::java),
    });
}

#[test]
fn property_files_are_read_as_java_reads_them() {
    let value = DOCUMENT.replace('\\', "\\\\");
    let colons = value.replace(':', "\\:").replace('=', "\\=").replace('#', "\\#");
    let cut: Vec<String> = value.split_inclusive(',').map(str::to_owned).collect();
    let unicode: String = value
        .chars()
        .map(|one| if one.is_ascii() { one.to_string() } else { format!("\\u{:04X}", u32::from(one)) })
        .collect();
    hold(&Table {
        file: "a.properties",
        good: vec![
            format!("v={value}"),
            format!("v = {value}\n"),
            format!("v:{value}\n"),
            format!("v : {value}\r\n"),
            format!("v {value}\n"),
            format!("v\t{value}\n"),
            format!("  v  =  {value}\n"),
            format!("# one\n! two = 3\n\nv={colons}\n"),
            format!("v={}\n", cut.join("\\\n     ")),
            format!("v \\\n  {}\n", cut.join("\\\r\n\t")),
            format!("v={unicode}\nw=x"),
            format!("a=b\nv={value}\nc d\n"),
            format!("v={}\n", value.replace("\"é\"", "\\\"é\\\"").replace("\\\\\\\"", "\\\\\"")),
        ],
        broken: vec![
            format!("# v={}", beginning(&value, 100)),
            String::from("v"),
            format!("v={}\\", beginning(&value, 100)),
            format!("v={}\\u12", beginning(&value, 100)),
            format!("w\\ v={}", beginning(&value, 100)),
        ],
        hostile: vec![many("v={\\\nimsEndpoint"), many("\\:imsEndpoint"), many("imsEndpoint \n")],
        oracle: Some(programs::java_properties),
    });
}

#[test]
fn php_is_read_as_php_reads_it() {
    let single = |text: &str| format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"));
    let double = |text: &str| quoted(text, "\"").replace('$', "\\$");
    let php = |text: String| format!("<?php {text}");
    let cut: Vec<&str> = DOCUMENT.split_inclusive(',').collect();
    let array = object(" .\n  ")
        .replace("': ", "' => ")
        .replace('{', "[")
        .replace('}', "]")
        .replace("\\n'", "' . \"\\n\"");
    hold(&Table {
        file: "a.php",
        good: vec![
            php(format!("$v = {};", single(DOCUMENT))),
            php(format!("$v = {};", double(DOCUMENT))),
            php(format!("$v = <<<'JSON'\n{}\nJSON;\n", pretty())),
            php(format!("$v = <<<JSON\n{}\nJSON;\n", pretty().replace('\\', "\\\\").replace('$', "\\$"))),
            php(format!("$v = <<<'END'\n{}    END;\n", indented(&pretty(), "    "))),
            php(format!(
                "$v = {};",
                cut.iter().map(|piece| single(piece)).collect::<Vec<_>>().join(" .\n  ")
            )),
            php(format!("$v = {};", cut.iter().map(|piece| double(piece)).collect::<Vec<_>>().join(" . "))),
            php(format!(
                "$v = '';\n{}",
                cut.iter().map(|piece| format!("$v .= {};\n", single(piece))).collect::<String>()
            )),
            php(format!("$v = json_decode({});", single(DOCUMENT))),
            php(format!(
                "$v = implode(\"\\n\", [\n{}\n]);",
                pretty().lines().map(single).collect::<Vec<_>>().join(",\n")
            )),
            php(format!("$v = {};", double(DOCUMENT).replace('é', "\\u{e9}"))),
        ],
        broken: vec![
            php(format!("$v = '{}", beginning(DOCUMENT, 200))),
            php(format!("$v = <<<'JSON'\n{}\n", beginning(&pretty(), 300))),
            php(format!("$v = {} .", single(beginning(DOCUMENT, 200)))),
            php(format!("$v = {} . f() . '}}';", single(beginning(DOCUMENT, 200)))),
            php(format!("$v = {};", beginning(&array, 200))),
        ],
        hostile: vec![
            many("<<<'X'\nimsEndpoint\n"),
            many("'{imsEndpoint' . "),
            many("$v .= '{\"imsEndpoint\": ';\n"),
        ],
        oracle: Some(programs::php),
    });
}

#[test]
fn toml_is_read_as_toml() {
    let basic = quoted(DOCUMENT, "\"");
    let multi = pretty().replace('\\', "\\\\");
    hold(&Table {
        file: "a.toml",
        good: vec![
            format!("v = {basic}\n"),
            format!("a = 1\nv = {basic}\n[b]\nc = 2\n"),
            format!("v = \"\"\"\n{multi}\"\"\"\n"),
            format!("v = \"\"\"{multi}\n\"\"\"\n"),
            format!("v = \"\"\"\\\n  {}\\\n  \"\"\"\n", DOCUMENT.replace('\\', "\\\\")),
            format!("v = '''\n{}'''\n", pretty()),
            format!("v = '''{}\n'''\n", pretty()),
            format!("v = '''{DOCUMENT}'''"),
            format!("v = {}\n", basic.replace('é', "\\u00E9")),
            format!("v = {basic} # a comment\n"),
            format!("\"v\" = {basic}\n"),
        ],
        broken: vec![
            format!("v = \"{}", beginning(&basic, 200).trim_start_matches('"')),
            format!("v = \"\"\"\n{}", beginning(&multi, 200)),
            format!("v = '''\n{}", beginning(&pretty(), 200)),
            format!("v = '{}'", beginning(&pretty(), 200)),
            format!("v = {}", beginning(DOCUMENT, 200)),
        ],
        hostile: vec![
            many("v = \"\"\"{imsEndpoint\n"),
            many("v = '''imsEndpoint {"),
            many("v = \"imsEndpoint\\\" "),
        ],
        oracle: Some(programs::toml),
    });
}

#[test]
fn xml_is_read_as_xml() {
    let markup = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;");
    let spelled =
        |one: char, number: String| if one.is_ascii_alphanumeric() { one.to_string() } else { number };
    let numbers: String =
        DOCUMENT.chars().map(|one| spelled(one, format!("&#{};", u32::from(one)))).collect();
    let hex: String = DOCUMENT.chars().map(|one| spelled(one, format!("&#x{:X};", u32::from(one)))).collect();
    hold(&Table {
        file: "a.xml",
        good: vec![
            format!("<v>{}</v>", markup(DOCUMENT)),
            format!("<?xml version=\"1.0\"?>\n<a><v>{}</v></a>", markup(&pretty())),
            format!("<a><v><![CDATA[{}]]></v></a>", pretty()),
            format!("<a><v>\n<![CDATA[{DOCUMENT}]]>\n</v></a>"),
            format!("<a v=\"{}\"/>", markup(DOCUMENT)),
            format!("<a v=\"{}\"/>", markup(&pretty()).replace('\n', "&#10;")),
            format!("<a v='{}'></a>", DOCUMENT.replace('\'', "&apos;")),
            format!("<v>{numbers}</v>"),
            format!("<v>{hex}</v>"),
            format!("<!-- <v>no</v> --><a><b/><v x='1'>{DOCUMENT}</v></a>"),
            format!("<!DOCTYPE a>\n<a xmlns=\"x\"><b c=\"1\"/><d v=\"{}\"/></a>", markup(DOCUMENT)),
        ],
        broken: vec![
            format!("<v>{}", markup(beginning(DOCUMENT, 200))),
            format!("<a v=\"{}", markup(beginning(DOCUMENT, 200))),
            format!("<v><![CDATA[{}", beginning(DOCUMENT, 200)),
            format!("<v>{}</w>", markup(beginning(DOCUMENT, 200))),
            format!("<a><v>{}</a>", beginning(DOCUMENT, 200)),
        ],
        hostile: vec![many("<imsEndpoint>"), many("<a imsEndpoint=\""), many("&#123;&#34;imsEndpoint&#34;:")],
        oracle: Some(programs::xml),
    });
}

/// The head of a mail whose body is in quoted-printable.
const HEAD: &str = "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n";

#[test]
fn mails_tables_and_property_lists_are_read_as_python_reads_them() {
    let printable = |text: &str, width: usize| {
        let mut lines = String::new();
        let mut length = 0;
        for byte in text.bytes() {
            let unit = match byte {
                b'\n' => "\n".to_owned(),
                b'=' | 0x7F.. => format!("={byte:02X}"),
                _ => char::from(byte).to_string(),
            };
            if length + unit.len() > width && byte != b'\n' {
                lines.push_str("=\n");
                length = 0;
            }
            length = if byte == b'\n' { 0 } else { length + unit.len() };
            lines.push_str(&unit);
        }
        lines
    };
    let body = printable(DOCUMENT, 75);
    let parts = format!(
        "From: a\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"x\"\n\n--x\nContent-Type: text/plain\n\nhi\n--x\n{HEAD}\n{body}\n--x--\n"
    );
    let doubled = DOCUMENT.replace('"', "\"\"");
    let plist = |inner: &str| {
        format!("<?xml version=\"1.0\"?>\n<plist version=\"1.0\"><dict><key>v</key>{inner}</dict></plist>")
    };
    let markup = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;");
    let members = "<dict><key>imsEndpoint</key><string>ims-na1.adobelogin.com</string><key>metascopes</key>\
         <string>ent_aem_cloud_api</string><key>technicalAccount</key><dict><key>clientId</key>\
         <string>cm-p1-e2-integration-0</string><key>clientSecret</key>\
         <string>p8e-0123456789abcdefABCDEF-_ghijklmn</string></dict><key>note</key><string>it's \"é\" $ x</string>\
         <key>privateKey</key><string>-----BEGIN PRIVATE KEY-----\nMIIE+/9k0A==\n-----END PRIVATE KEY-----\n</string></dict>";
    hold(&Table {
        file: "a.txt",
        good: vec![
            format!("{HEAD}\n{body}\n"),
            format!("From: a\nSubject: b\n{HEAD}\n{}\n", printable(&pretty(), 60)),
            format!("From: a\n{HEAD}\n{body}\n").replace('\n', "\r\n"),
            parts,
            body.clone(),
            printable(&pretty(), 70),
            printable(&pretty(), 75).replace("=3D", "=3d") + "\n",
            format!("id,body\r\n1,\"{doubled}\"\r\n"),
            format!("id;body\n1;\"{}\"\n", pretty().replace('"', "\"\"")),
            format!("id\tbody\n1\t\"{doubled}\"\n"),
            plist(&format!("<string>{}</string>", markup(DOCUMENT))),
            plist(&format!("<string>{}</string>", markup(&pretty()))),
        ],
        broken: vec![
            format!("{HEAD}\n{}", beginning(&body, 200)),
            format!("From: a\n{HEAD}{}", beginning(&body, 200)),
            beginning(&body, 200).to_owned(),
            format!("id,body\n1,\"{}", beginning(&doubled, 200)),
            plist(&format!("<string>{}", markup(beginning(DOCUMENT, 200)))),
            plist(beginning(members, 200)),
        ],
        hostile: vec![
            many("=3D=\nimsEndpoint"),
            many("<key>imsEndpoint</key>"),
            many("id,\"\"imsEndpoint\"\""),
        ],
        oracle: Some(programs::python_files),
    });
}
