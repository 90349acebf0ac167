//! Texts that stand for others, held against what Python's own modules read.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};

use super::encode::{beginning, indented, lines, many, pretty};
use super::{DOCUMENT, Table, hold, programs};

/// `text` in lines of `width` characters.
fn wrapped(text: &str, width: usize, end: &str) -> String {
    let lines = text.as_bytes().chunks(width).map(|line| String::from_utf8(line.to_vec()).unwrap() + end);
    lines.collect()
}

#[test]
fn base64_is_read_as_python_reads_it() {
    let plain = STANDARD.encode(DOCUMENT);
    let url = URL_SAFE.encode(DOCUMENT);
    hold(&Table {
        file: "a.txt",
        good: vec![
            plain.clone(),
            format!("{plain}\n"),
            STANDARD_NO_PAD.encode(DOCUMENT),
            url.clone(),
            URL_SAFE_NO_PAD.encode(pretty()),
            wrapped(&plain, 76, "\n"),
            wrapped(&plain, 64, "\r\n"),
            format!("v={plain}\n"),
            format!("{{\"v\": \"{plain}\"}}"),
            format!("v: {plain}\nw: 1\n"),
            format!("<v>{url}</v>"),
            format!("v: |\n{}", indented(&wrapped(&plain, 60, "\n"), "  ")),
            STANDARD.encode(&plain),
            format!("data:application/json;base64,{plain}"),
        ],
        broken: vec![
            beginning(&plain, 200).to_owned(),
            beginning(&plain, 203).to_owned(),
            plain.replace('I', "*"),
            plain.replace('b', "-+"),
            wrapped(&beginning(&plain, 300).replace('W', ""), 76, "\n"),
        ],
        hostile: vec![many("eyJpbXNFbmRwb2ludCI6"), many("ZXlK"), many("eyJ=\n"), many("data:;base64,")],
        oracle: Some(|texts| {
            const READ: &str = "
import base64, re
def read(text):
    while not text.startswith('{\"imsEndpoint\"') and not text.startswith('{\\n'):
        digits = max(re.findall(r'(?:[A-Za-z0-9+/_-]{4,}\\s*)+=*', text), key=len)
        digits = ''.join(digits.split()).rstrip('=')
        text = base64.b64decode(digits + '=' * (-len(digits) % 4), altchars='-_' if re.search('[-_]', digits) else None, validate=True).decode()
    return text";
            programs::python_with(READ, texts)
        }),
    });
}

#[test]
fn hexadecimal_is_read_as_python_reads_it() {
    let digits = |text: &str| text.bytes().map(|byte| format!("{byte:02x}")).collect::<String>();
    let plain = digits(DOCUMENT);
    hold(&Table {
        file: "a.txt",
        good: vec![
            plain.clone(),
            plain.to_uppercase(),
            format!("{plain}\n"),
            digits(&pretty()),
            wrapped(&plain, 60, "\n"),
            wrapped(&plain, 60, "\r\n"),
            format!("v={plain}"),
            format!("{{\"v\": \"{plain}\"}}"),
            format!("v: {plain}\n"),
            format!("{{\"v\": \"\\\\x{plain}\"}}"),
            format!("INSERT INTO a VALUES (1, X'{}');", plain.to_uppercase()),
            format!("INSERT INTO a VALUES (1, '\\x{plain}');"),
            digits(&plain),
        ],
        broken: vec![
            beginning(&plain, 200).to_owned(),
            beginning(&plain, 201).to_owned(),
            plain.replace("22", "2g"),
            format!("{plain}0"),
            format!("0{plain}"),
        ],
        hostile: vec![many("696d73456e64706f696e74"), many("7b22"), many("\\x7b22\n")],
        oracle: Some(|texts| {
            const READ: &str = "
import re
def read(text):
    while not text.startswith('{\"imsEndpoint\"') and not text.startswith('{\\n'):
        text = bytes.fromhex(max(re.findall(r'(?:[0-9A-Fa-f]{4,}\\s*)+', text), key=len)).decode()
    return text";
            programs::python_with(READ, texts)
        }),
    });
}

#[test]
fn percent_encoding_is_read_as_python_reads_it() {
    let encoded = |text: &str, keeps: fn(u8) -> bool| {
        let one = |byte: u8| if keeps(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
        text.bytes().map(one).collect::<String>()
    };
    let all = encoded(DOCUMENT, |byte| byte.is_ascii_alphanumeric());
    let some = encoded(DOCUMENT, |byte| byte.is_ascii_alphanumeric() || b"-_.~/:".contains(&byte));
    hold(&Table {
        file: "a.txt",
        good: vec![
            all.clone(),
            some.clone(),
            all.replace("%7B", "%7b").replace("%3A", "%3a").replace("%2C", "%2c"),
            encoded(&pretty(), |byte| byte.is_ascii_alphanumeric()),
            format!("v={all}"),
            format!("v={some}&w=1"),
            format!("w=1&v={all}\n"),
            format!("https://example.com/?v={all}"),
            format!("https://example.com/?w=1&v={some}#x"),
            format!("{{\"v\": \"{all}\"}}"),
            format!("v: {some}\nw: 1\n"),
            encoded(&all, |byte| byte.is_ascii_alphanumeric()),
        ],
        broken: vec![
            beginning(&all, 200).to_owned(),
            beginning(&all, 201).to_owned(),
            all.replace("%22", "%2"),
            all.replace("%7B", "%7"),
            format!("v={}", all.replace("%3A", "%zz")),
        ],
        hostile: vec![many("%7B%22imsEndpoint"), many("%"), many("%25")],
        oracle: Some(|texts| {
            const READ: &str = "
import re, urllib.parse
def read(text):
    text = max(re.findall(r'(?:%[0-9A-Fa-f]{2}|[\\w.~/:,@-])+', text.split('v=')[-1].split('\"v\":')[-1]), key=len)
    while '%' in text: text = urllib.parse.unquote(text, errors='strict')
    return text[text.index('{'):]";
            programs::python_with(READ, texts)
        }),
    });
}

#[test]
fn strings_in_strings_are_read_as_python_reads_them() {
    let string = |text: &str| serde_json::to_string(text).unwrap();
    let ascii = string(DOCUMENT).replace('é', "\\u00e9");
    let all: String = DOCUMENT.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect();
    hold(&Table {
        file: "a.json",
        good: vec![
            string(DOCUMENT),
            string(&pretty()),
            ascii.clone(),
            format!("\"{all}\""),
            format!("{{\"v\": {}}}", string(DOCUMENT)),
            format!("{{\"v\": {ascii}, \"w\": 1}}"),
            format!("{{\"v\": {}}}", string(&string(DOCUMENT))),
            format!("{{\"v\": {}}}", string(&format!("{{\"v\": {}}}", string(DOCUMENT)))),
            format!("{{\"v\": {}}}", string(&format!("{{\"v\": {}}}", string(&string(&pretty()))))),
            format!("[1, {}]", string(DOCUMENT)),
            format!("{{\"v\": {}}}", string(DOCUMENT).replace("\\\"", "\\u0022")),
            format!("{{\"v\": [\n{}]}}", lines("\"").join(",\n")),
            format!(
                "{{\"cells\": [{{\"source\": [{}]}}]}}",
                pretty().split_inclusive('\n').map(string).collect::<Vec<_>>().join(", ")
            ),
        ],
        broken: vec![
            beginning(&string(DOCUMENT), 200).to_owned(),
            format!("{{\"v\": {}", beginning(&string(DOCUMENT), 200)),
            format!("{{\"v\": {}\"}}", beginning(&string(DOCUMENT), 200)),
            format!("{{\"v\": \"{}\"}}", beginning(&all, 601)),
            format!("{{\"v\": {}}}", string(beginning(&string(DOCUMENT), 200))),
        ],
        hostile: vec![
            many("\"{\\\"imsEndpoint\\\": "),
            many("{\"imsEndpoint\": \""),
            format!("\"imsEndpoint{}\"", many("\\\\")),
            many("[\"imsEndpoint\", "),
        ],
        oracle: Some(|texts| {
            const READ: &str = "
def read(text):
    value = json.loads(text)
    while True:
        if isinstance(value, dict) and 'imsEndpoint' not in value: value = list(value.values())[0]
        elif isinstance(value, list) and isinstance(value[0], dict): value = value[0]
        elif isinstance(value, list): value = '\\n'.join(line.rstrip('\\n') for line in value if isinstance(line, str))
        elif isinstance(value, str): value = json.loads(value)
        else: return value";
            programs::python_with(READ, texts)
        }),
    });
}

#[test]
fn the_bytes_of_a_registry_are_read_as_python_reads_them() {
    let bytes = |bytes: &mut dyn Iterator<Item = u8>| {
        bytes.map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(",")
    };
    let wide = |text: &str| bytes(&mut text.encode_utf16().chain([0]).flat_map(u16::to_le_bytes));
    let cut = |digits: &str, width: usize| {
        wrapped(digits, width * 3, "\\\n  ").trim_end_matches("\\\n  ").to_owned()
    };
    let file = |values: &str| {
        format!("Windows Registry Editor Version 5.00\n\n[HKEY_CURRENT_USER\\Environment]\n{values}\n")
    };
    let (plain, ansi) = (wide(DOCUMENT), bytes(&mut DOCUMENT.bytes().chain([0])));
    let quoted = |text: &str| text.replace('\\', "\\\\").replace('"', "\\\"");
    hold(&Table {
        file: "a.reg",
        good: vec![
            file(&format!("\"v\"=hex(2):{plain}")),
            file(&format!("\"v\"=hex(2):{}", cut(&plain, 25))),
            file(&format!("\"v\"=hex(2):{}", cut(&plain, 20))).replace('\n', "\r\n"),
            file(&format!("\"v\"=hex(1):{}", plain.to_uppercase())),
            file(&format!("\"v\"=hex(7):{plain},00,00")),
            file(&format!("\"v\"=hex:{ansi}")),
            file(&format!("\"v\"=hex:{}", cut(&ansi, 25))),
            file(&format!("\"w\"=dword:00000001\n\"v\"=hex(2):{plain}\n\"x\"=\"y\"")),
            file(&format!("\"a \\\"b\\\"\"=hex(2):{plain}")),
            file(&format!("\"v\"=hex(2):{}", wide(&pretty()))),
            file(&format!("\"v\"=\"{}\"", quoted(DOCUMENT))),
            format!("REGEDIT4\n\n[HKEY_CURRENT_USER\\Environment]\n\"v\"=hex(2):{ansi}\n"),
        ],
        broken: vec![
            file(&format!("\"v\"=hex(2):{}", beginning(&plain, 1200))),
            file(&format!("\"v\"=hex(2):{},\\", beginning(&plain, 1199))),
            file(&format!("\"v\"=hex:{}", beginning(&ansi, 601))),
            file(&format!("\"v\"=hex(2:{plain}")),
            file(&format!("\"v\"=\"{}", beginning(&quoted(DOCUMENT), 200))),
        ],
        hostile: vec![
            many("\"imsEndpoint\"=hex(2):\\\n"),
            file(&format!("\"v\"=hex(2):{}", many("69,00,"))),
            many("\"\\\"imsEndpoint"),
        ],
        oracle: Some(|texts| {
            const READ: &str = r#"
import re
def read(text):
    text = text.replace('\r\n', '\n').replace('\\\n  ', '')
    line = re.search(r'^"(?:[^"\\]|\\.)*"=(?!dword)(.*)$', text, re.M).group(1)
    if line.startswith('"'):
        return re.sub(r'\\(.)', r'\1', re.fullmatch(r'"((?:[^"\\]|\\.)*)"', line).group(1))
    bytes_ = bytes.fromhex(re.fullmatch(r'hex(?:\(\d\))?:([0-9A-Fa-f,]*)', line).group(1).replace(',', ''))
    return bytes_.decode('utf-16-le' if bytes_[1] == 0 else 'utf-8').rstrip('\0')"#;
            programs::python_with(READ, texts)
        }),
    });
}
