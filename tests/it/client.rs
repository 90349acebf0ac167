//! The README's promise, held against the documented client's own steps in Node (`client.js`): a finding of the basis
//! `client` is there exactly when they throw, and no error means that they don't.

use std::collections::BTreeMap;
use std::fs;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use der::{Decode as _, Encode as _};
use serde_json::{Value, json};

use crate::common::{NOW, fixtures, root, run_quickly};
use crate::pem_client::{self, Keys};

/// What was said of one file.
struct Said {
    kind: String,
    findings: Vec<(String, String, String)>,
}

fn check(paths: &[String]) -> BTreeMap<String, Said> {
    let arguments = ["check", "--no-unwrap", "--format=json", "--now", NOW, "--fail-on=error"];
    let (run, _) = run_quickly(arguments.iter().copied().chain(paths.iter().map(String::as_str)));
    let report: Value = serde_json::from_str(&run.out).unwrap_or_else(|_| panic!("{}", run.err));
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let said = |file: &Value| {
        let findings = file["findings"].as_array().unwrap().iter();
        let findings = findings.map(|f| (text(&f["rule"]), text(&f["level"]), text(&f["basis"]))).collect();
        (text(&file["path"]), Said { kind: text(&file["kind"]), findings })
    };
    report["files"].as_array().unwrap().iter().map(said).collect()
}

/// Asserts the promise for all of them: names and contents.
pub(crate) fn hold(inputs: &[(String, Vec<u8>)]) {
    let folder = tempfile::tempdir().unwrap();
    let path = |index: usize| folder.path().join(format!("{index}.json")).to_str().unwrap().to_owned();
    let paths: Vec<String> = (0..inputs.len()).map(path).collect();
    for (path, (_, contents)) in paths.iter().zip(inputs) {
        fs::write(path, contents).unwrap();
    }
    let script = root().join("tests/it/client.js");
    let Some(output) = pem_client::run_node(&[script.to_str().unwrap()], &json!(paths).to_string()) else {
        return;
    };
    let throws: Vec<bool> = serde_json::from_str(&output).unwrap();
    let said = check(&paths);
    let mut wrong = Vec::new();
    for ((path, (name, _)), throws) in paths.iter().zip(inputs).zip(throws) {
        let Said { kind, findings } = &said[path];
        // The client is for neither.
        if kind.ends_with("-token") || kind == "developer-console-project" {
            continue;
        }
        let claims = findings.iter().any(|(_, _, basis)| basis == "client");
        if claims != throws {
            wrong.push(format!(
                "{name}: the client {}: {findings:?}",
                if throws { "throws" } else { "goes on" }
            ));
        }
        for (rule, level, basis) in findings {
            let consistent =
                (basis != "policy") == (level == "error") || rule == "certificate-expiry-imminent";
            assert!(consistent, "{name}: {rule} is {level} for {basis}");
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), inputs.len(), wrong.join("\n"));
}

/// The sound credential of the fixtures.
pub(crate) fn sound() -> Value {
    serde_json::from_slice(&fs::read(root().join("fixtures/field-type/good.json")).unwrap()).unwrap()
}

fn bytes(document: &Value) -> Vec<u8> {
    serde_json::to_vec_pretty(document).unwrap()
}

/// The sound credential with another value in one place.
pub(crate) fn with(pointer: &str, value: Value) -> Vec<u8> {
    let mut document = sound();
    *document.pointer_mut(pointer).unwrap() = value;
    bytes(&document)
}

/// All defects of `aemcred generate` are among the fixtures.
#[test]
fn of_the_fixtures() {
    let read = |path: std::path::PathBuf| (path.display().to_string(), fs::read(&path).unwrap());
    hold(&fixtures().into_iter().map(read).collect::<Vec<_>>());
}

const FIELDS: [&str; 14] = [
    "/ok",
    "/statusCode",
    "/integration",
    "/integration/imsEndpoint",
    "/integration/metascopes",
    "/integration/technicalAccount",
    "/integration/technicalAccount/clientId",
    "/integration/technicalAccount/clientSecret",
    "/integration/email",
    "/integration/id",
    "/integration/org",
    "/integration/privateKey",
    "/integration/publicKey",
    "/integration/certificateExpirationDate",
];

/// Written as they are: a parser would take some for others.
const VALUES: [&str; 42] = [
    "null",
    "false",
    "true",
    "0",
    "-0",
    "0.0",
    "0e7",
    "1e-999",
    "1",
    "-1",
    "12345",
    "256.1",
    "4294967296",
    "1e30",
    "1e-9",
    "404",
    "\"\"",
    "\" \"",
    "\"\\n\"",
    "\"\\r\\n\\t\"",
    "\"\\u200b\"",
    "\"\\u00a0\"",
    "\"\\ud800\"",
    "\"x\"",
    "\"0\"",
    "\"null\"",
    "\"***REDACTED***\"",
    "\"${X}\"",
    "\"{{ x }}\"",
    "\"<x>\"",
    "\"op://a/b/c\"",
    "\"{\\\"a\\\": 1}\"",
    "[]",
    "[null]",
    "[[]]",
    "[\"\"]",
    "[\"ent_aem_cloud_api\"]",
    "[\"ent_aem_cloud_sdk\", \"ent_cloudmgr_sdk\"]",
    "[1, 2]",
    "[\"a b\"]",
    "{}",
    "{\"a\": {\"b\": 1}}",
];

#[test]
fn of_other_values_in_every_field() {
    let mut inputs = Vec::new();
    for pointer in FIELDS {
        let mut missing = sound();
        let (parent, key) = pointer.rsplit_once('/').unwrap();
        missing.pointer_mut(parent).unwrap().as_object_mut().unwrap().remove(key);
        inputs.push((format!("no {key}"), bytes(&missing)));
        let mark = "\"put it here\"";
        let template = String::from_utf8(with(pointer, json!("put it here"))).unwrap();
        for value in VALUES {
            inputs.push((format!("{key}: {value}"), template.replace(mark, value).into_bytes()));
        }
        if let Some(text) = sound().pointer(pointer).and_then(|value| value.as_str().map(str::to_owned)) {
            for spelt in [
                format!(" {text}"),
                format!("{text}\n"),
                format!("\t{text} "),
                format!("\u{FEFF}{text}\u{200B}"),
                format!("{text}\u{A0}"),
                format!("{text},{text}"),
                text.to_uppercase(),
                text.replace('-', "_"),
                text.chars().rev().collect(),
            ] {
                inputs.push((format!("{key}: {spelt:?}"), with(pointer, json!(spelt))));
            }
            inputs.push((format!("{key} in an array"), with(pointer, json!([text]))));
            inputs.push((format!("{key} in lines"), with(pointer, json!(text.lines().collect::<Vec<_>>()))));
        }
    }
    hold(&inputs);
}

const PIECES: [&str; 26] = [
    "a", "1", "0x", "9", "256", ".", ".", ".", ":", ":", "/", "\\", "@", "[", "]", "%", "%41", "%2e", "#",
    "?", " ", "\t", "-", "_", "\u{200B}", "\u{FF11}",
];

#[test]
fn of_endpoints() {
    let long = ["a".repeat(300), vec!["a".repeat(60); 6].join(".")];
    let endpoints = "
        https://ims-na1.adobelogin.com|https://ims-na1.adobelogin.com/|//ims-na1.adobelogin.com|ims-na1.adobelogin.com/
        ims-na1.adobelogin.com/ims|ims-na1.adobelogin.com?|ims-na1.adobelogin.com#x|ims-na1.adobelogin.com:|\
        ims-na1.adobelogin.com:443|ims-na1.adobelogin.com:0|ims-na1.adobelogin.com:65536|ims-na1.adobelogin.com:https|\
        ims-na1.adobelogin.com:80:90|ims-na1.adobelogin.com.|ims-na1..adobelogin.com|.ims-na1.adobelogin.com|..|.|\
        IMS-NA1.adobelogin.com|ims_na1.adobelogin.com|ims-na1 .adobelogin.com|ims-na1.adobelogin.com^|a|b|c|\
        a@ims-na1.adobelogin.com|ims-na1.adobelogin.com@|@|#|?|/|\\|:|::1|[::1]|[::1]:443|[::1|[::g]|[::1]x|[|]|\
        1|256|1.2.3.4|1.2.3.4.5|1.2.3.256|0x7f.1|0x|0xg|09|a.1|a.0x1|a.1.|1.a|4294967295|4294967296|localhost|a%41b|a%20b|\
        a%zz|a%|a%2fb|a%C3%BC|a<b|a>b|a`b|a{b}|a\"b|a'b|a,b|a;b|a!b|a*b|a$b|a&b|a(b)|a=b|a+b|a~b|https://|https:|http://a/|\
        https://https://ims-na1.adobelogin.com|ftp://ims-na1.adobelogin.com|ims-na1.adobelogin.com\\x|münchen.example|\
        ims-n\u{430}1.adobelogin.com|ims\u{3002}example|ims\u{200B}-na1.adobelogin.com|ims\u{202E}-na1.adobelogin.com|\
        ims\u{AD}-na1.adobelogin.com|ims\u{2028}.example|ims\u{0}.example|ims\u{7F}.example|ims\t-na1.adobelogin.com|\
        ims\r\n-na1.adobelogin.com|１２７.0.0.1|ａ＃ｂ|ｉms.example|\u{FEFF}|a\u{3000}b|a\u{FFFD}b";
    let endpoints = endpoints.split('|').chain(["a|b", "ims-na1.adobelogin.com|x"]);
    let input = |endpoint: &str| {
        (endpoint.to_owned(), with("/integration/imsEndpoint", json!(endpoint.trim_matches(' '))))
    };
    let mut inputs: Vec<_> = endpoints.chain(long.iter().map(String::as_str)).map(input).collect();
    // And whatever else a few telling characters make.
    let mut state = 1_u32;
    let mut below = |limit: usize| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        usize::try_from(state >> 8).unwrap() % limit
    };
    for _ in 0..600 {
        let text = (0..=below(7)).map(|_| PIECES[below(PIECES.len())]).collect::<String>();
        inputs.push(input(&text));
    }
    hold(&inputs);
}

/// Something done to the numbers of a key.
type Change = fn(&mut pkcs1::RsaPrivateKey<'_>);

#[test]
fn of_private_keys() {
    let Some(keys) = pem_client::keys() else { return };
    let Keys { rsa, pkcs8, rsa_encrypted, pkcs8_encrypted, ec, ec_with_parameters, dsa, certificate, .. } =
        keys;
    let mut texts: Vec<(&str, String)> = vec![
        ("PKCS#1", rsa.clone()),
        ("PKCS#8", pkcs8.clone()),
        ("encrypted PKCS#1", rsa_encrypted.clone()),
        ("encrypted PKCS#8", pkcs8_encrypted.clone()),
        ("EC", ec.clone()),
        ("EC with parameters", ec_with_parameters.clone()),
        ("DSA", dsa.clone()),
        ("certificate", certificate.clone()),
        ("public key", keys.public.clone()),
        ("text around it", format!("*** my key ***\n{rsa}***\n")),
        ("REDACTED before it", format!("REDACTED\n{rsa}")),
        ("escaped twice", rsa.replace('\n', "\\n")),
        ("one line", rsa.replace('\n', " ")),
        ("no END", rsa.replace("-----END RSA PRIVATE KEY-----", "")),
        ("four hyphens", rsa.replacen("-----", "----", 1)),
        ("relabeled", rsa.replace("RSA PRIVATE", "PRIVATE")),
        ("cut off", rsa.lines().take(9).chain(rsa.lines().last()).map(|line| format!("{line}\n")).collect()),
        (
            "elided",
            rsa.lines()
                .take(3)
                .chain(["..."])
                .chain(rsa.lines().last())
                .map(|line| format!("{line}\n"))
                .collect(),
        ),
    ];
    for (name, oid) in [("Ed25519", 0x70), ("X25519", 0x6E)] {
        let head = [0x30, 0x2E, 2, 1, 0, 0x30, 5, 6, 3, 0x2B, 0x65, oid, 4, 0x22, 4, 0x20];
        texts.push((name, pem("PRIVATE KEY", &[&head[..], &[7; 32]].concat())));
    }
    let body: String = rsa.lines().filter(|line| !line.starts_with('-')).collect();
    let der = STANDARD.decode(body).unwrap();
    let changes: [(&str, Change); 14] = [
        ("e is 1", |key| key.public_exponent = uint(&[1])),
        ("e is 2", |key| key.public_exponent = uint(&[2])),
        ("d is 1", |key| key.private_exponent = uint(&[1])),
        ("p is 0", |key| key.prime1 = uint(&[0])),
        ("p is 1", |key| key.prime1 = uint(&[1])),
        ("p is 2", |key| key.prime1 = uint(&[2])),
        ("p is 3", |key| key.prime1 = uint(&[3])),
        ("q is 4", |key| key.prime2 = uint(&[4])),
        ("p is q", |key| key.prime1 = key.prime2),
        ("dP is 3", |key| key.exponent1 = uint(&[3])),
        ("qInv is 1", |key| key.coefficient = uint(&[1])),
        ("n is 3", |key| key.modulus = uint(&[3])),
        ("n is of 488 bits", |key| key.modulus = uint(&[0xFF; 61])),
        ("n is even", |key| key.modulus = uint(&[0xFE; 256])),
    ];
    for (name, change) in changes {
        let mut key = pkcs1::RsaPrivateKey::from_der(&der).unwrap();
        change(&mut key);
        texts.push((name, pem("RSA PRIVATE KEY", &key.to_der().unwrap())));
    }
    let input =
        |(name, text): (&str, String)| (name.to_owned(), with("/integration/privateKey", json!(text)));
    hold(&texts.into_iter().map(input).collect::<Vec<_>>());
}

fn uint(bytes: &'static [u8]) -> pkcs1::UintRef<'static> {
    pkcs1::UintRef::new(bytes).unwrap()
}

fn pem(label: &str, der: &[u8]) -> String {
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", STANDARD.encode(der))
}

#[test]
fn of_whole_files() {
    let text = String::from_utf8(bytes(&sound())).unwrap();
    let inner = sound()["integration"].to_string();
    let at = |position: &str, bytes: &[u8]| {
        let (before, after) = text.split_at(text.find(position).unwrap() + position.len());
        [before.as_bytes(), bytes, after.as_bytes()].concat()
    };
    let replaced = |from: &str, to: &str| {
        assert!(text.contains(from));
        text.replacen(from, to, 1).into_bytes()
    };
    let second =
        |key: &str, value: &str| replaced("\"ok\": true", &format!("\"ok\": true, \"{key}\": {value}"));
    let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let inputs: Vec<(&str, Vec<u8>)> = vec![
        ("as it is", text.clone().into_bytes()),
        ("byte-order mark", ["\u{FEFF}", &text].concat().into_bytes()),
        ("UTF-16", utf16),
        ("bad byte in email", at("\"email\": \"", &[0xE9])),
        ("bad byte in org", at("\"org\": \"", &[0xE9])),
        ("bad byte in privateKey", at("RSA PRIVATE KEY-----\\r\\nMII", &[0xE9])),
        ("bad byte in imsEndpoint", at("\"imsEndpoint\": \"", &[0xE9])),
        ("bad byte outside", at("\"ok\": true", &[0xE9])),
        ("NUL in email", at("\"email\": \"", &[0])),
        ("two bytes", vec![b'{', b'}']),
        ("nothing", Vec::new()),
        ("null", b"null".to_vec()),
        ("number", b"1".to_vec()),
        ("string", serde_json::to_vec(&text).unwrap()),
        ("in an array", format!("[{text}]").into_bytes()),
        ("in data", format!("{{\"data\": {text}}}").into_bytes()),
        ("in integration", format!("{{\"integration\": {text}}}").into_bytes()),
        ("inner object", inner.clone().into_bytes()),
        ("inner object twice", format!("{{\"integration\": {inner}, \"x\": {inner}}}").into_bytes()),
        ("no wrapper but integration", format!("{{\"integration\": {inner}}}").into_bytes()),
        ("twice", format!("{text}{text}").into_bytes()),
        ("comment before", format!("// x\n{text}").into_bytes()),
        ("assigned", format!("var x = {text}").into_bytes()),
        ("comma", text.replace("\n}", ",\n}").into_bytes()),
        ("text after", format!("{text}x").into_bytes()),
        ("NBSP after", format!("{text}\u{A0}").into_bytes()),
        ("ok is false", second("ok", "false")),
        ("ok first false", replaced("\"ok\": true", "\"ok\": false, \"ok\": true")),
        ("status 404", replaced("\"statusCode\": 200", "\"statusCode\": 404")),
        ("status 20", replaced("\"statusCode\": 200", "\"statusCode\": 20")),
        ("integration null after", text.replace("\"statusCode\": 200", "\"integration\": null").into_bytes()),
        ("integration null before", second("integration", "null")),
        ("org empty before", replaced("\"org\"", "\"org\": \"\", \"org\"")),
        ("org twice", replaced("\"org\"", "\"org\": \"x\", \"\\u006frg\"")),
        ("error answer", b"{\"ok\": false, \"statusCode\": 403}".to_vec()),
        ("error and integration", b"{\"ok\": false, \"statusCode\": 403, \"integration\": {}}".to_vec()),
        ("token error", b"{\"error\": \"invalid_client\", \"error_description\": \"x\"}".to_vec()),
        ("deep", second("x", &format!("{}{}", "[".repeat(200), "]".repeat(200)))),
        ("lone surrogate", second("x", "\"\\ud800\"")),
        ("many values", second("x", &format!("[{}1]", "1,".repeat(120_000)))),
        ("large", [text.as_bytes(), &vec![b' '; 1 << 20]].concat()),
        ("PEM alone", sound()["integration"]["privateKey"].as_str().unwrap().into()),
        ("variables", b"AEM_CLIENT_ID=x\nAEM_ORG=y\n".to_vec()),
    ];
    hold(&inputs.into_iter().map(|(name, contents)| (name.to_owned(), contents)).collect::<Vec<_>>());
}

/// What is said of one document: rule, level and basis, in the order of the text.
fn claims(document: &[u8]) -> Vec<String> {
    let file = tempfile::Builder::new().suffix(".json").tempfile().unwrap();
    fs::write(file.path(), document).unwrap();
    let path = file.path().to_str().unwrap().to_owned();
    let said = check(std::slice::from_ref(&path)).remove(&path).unwrap();
    said.findings.into_iter().map(|(rule, level, basis)| format!("{rule} {level} {basis}")).collect()
}

#[test]
fn cases_of_one_rule_may_claim_different_things() {
    let at = |key: &str, value: Value| {
        let pointer = FIELDS.iter().find(|pointer| pointer.ends_with(&format!("/{key}"))).unwrap();
        with(pointer, value)
    };
    let without = |key: &str| {
        let mut document = sound();
        document["integration"].as_object_mut().unwrap().remove(key);
        bytes(&document)
    };
    let text = |key: &str| sound()["integration"][key].as_str().unwrap().to_owned();
    // sha256WithRSAEncryption becomes sha1WithRSAEncryption, in both places.
    let body: String = text("publicKey").lines().filter(|line| !line.starts_with('-')).collect();
    let mut sha1 = STANDARD.decode(body).unwrap();
    let algorithm = [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 1, 0x0B];
    for end in (9..sha1.len()).filter(|end| sha1[end - 9..*end] == algorithm).collect::<Vec<_>>() {
        sha1[end - 1] = 5;
    }
    let sha1 = pem("CERTIFICATE", &sha1).replacen('\n', "\r\n", 1);
    for (document, expected) in [
        (without("org"), "field-missing error client"),
        (without("publicKey"), "field-missing warning policy"),
        (without("email"), "field-missing note policy"),
        (at("id", json!("")), "field-empty error client"),
        (at("id", json!(" ")), "field-empty error service"),
        (at("publicKey", json!("")), "field-empty warning policy"),
        (at("email", json!("")), "field-empty note policy"),
        (at("id", json!(7)), "field-type error service"),
        (at("id", json!(0)), "field-type error client"),
        (at("publicKey", json!([])), "field-type warning policy"),
        (at("email", json!(null)), "field-type note policy"),
        (at("ok", json!(1)), "field-type warning policy"),
        (at("org", json!("<org>")), "field-placeholder error service"),
        (at("privateKey", json!("<key>")), "field-placeholder error client"),
        (at("email", json!("<email>")), "field-placeholder note policy"),
        (at("org", json!(text("org") + " ")), "field-whitespace error service"),
        (at("imsEndpoint", json!(text("imsEndpoint") + " ")), "field-whitespace error client"),
        (at("email", json!(text("email") + " ")), "field-whitespace warning policy"),
        (at("imsEndpoint", json!(text("imsEndpoint") + ":x")), "ims-endpoint-form error client"),
        (at("imsEndpoint", json!(text("imsEndpoint") + "/")), "ims-endpoint-form error service"),
        (
            at("imsEndpoint", json!("https://".to_owned() + &text("imsEndpoint"))),
            "ims-endpoint-form error exposure",
        ),
        (at("imsEndpoint", json!("evil.example")), "ims-endpoint-host error exposure"),
        (at("imsEndpoint", json!("evil|example")), "ims-endpoint-host error client"),
        (at("metascopes", json!(["ent_aem_cloud_api"])), "metascopes-form error client"),
        (at("metascopes", json!("ent_aem_cloud_api,")), "metascopes-form error service"),
        (at("metascopes", json!("ent_aem_cloud_api,ent_aem_cloud_api")), "metascopes-form warning policy"),
        (at("org", json!("p8e-SampleSampleSampleSampleSample12")), "identifier-swapped error exposure"),
        (at("publicKey", json!(text("publicKey").replace("-----END", "----END"))), "pem-syntax error damage"),
        (at("publicKey", json!(text("publicKey").replace("\r\n", " "))), "pem-newlines error damage"),
        (at("publicKey", json!(text("privateKey"))), "pem-label error damage"),
        (at("privateKey", json!(text("publicKey"))), "pem-label error client"),
        (at("publicKey", json!(sha1)), "certificate-algorithm warning policy"),
        (at("statusCode", json!(403)), "document-error-response warning policy"),
    ] {
        let said = claims(&document);
        assert!(said.iter().any(|said| said == expected), "{expected}: {said:?}");
    }
}
