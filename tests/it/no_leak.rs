//! No eight characters of any secret in any output: every fixture through every format and verbosity, and through
//! damage that makes parsers complain.

use std::collections::HashSet;
use std::fs;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

use aemcred::cli::Environment;

use crate::common::{FORMATS, environment, fixtures, run, run_in, run_with_input};

const WINDOW: usize = 8;

/// The secrets of a credential's text, found without aemcred's own parser: every eight bytes of them.
pub(crate) struct Secrets {
    windows: HashSet<u64>,
    /// Which places windows have, so that hardly any eight bytes of a report are looked up in the set. The tests spend
    /// their time in this look-up.
    sieve: Vec<bool>,
}

/// The bits of a place in the sieve.
const SIEVE: u32 = 20;

fn place(window: u64) -> usize {
    // Fibonacci hashing: the golden ratio of 64 bits spreads whatever comes.
    (window.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> (u64::BITS - SIEVE)) as usize
}

impl Secrets {
    pub(crate) fn of(text: &[u8]) -> Self {
        let text = String::from_utf8_lossy(text);
        let mut secrets = Self::none();
        for name in ["\"privateKey\"", "\"clientSecret\""] {
            for (start, _) in text.match_indices(name) {
                let value = text[start + name.len()..].trim_start_matches([':', ' ']);
                let Some(value) = value.strip_prefix('"') else { continue };
                // A value that was cut off ends with the text.
                secrets.add(value.split('"').next().unwrap_or_default());
            }
        }
        // So is a token: everything encoded, and the bytes of the signature. What header and claims say is public.
        let encoded = |character: char| character.is_ascii_alphanumeric() || "-_.".contains(character);
        for (start, _) in text.match_indices("eyJ").filter(|(start, _)| !text[..*start].ends_with(encoded)) {
            let token = text[start..].split(|character| !encoded(character)).next().unwrap_or_default();
            secrets.insert(token.as_bytes());
            let signature = URL_SAFE_NO_PAD.decode(token.rsplit('.').next().unwrap_or_default());
            secrets.add_bytes(&signature.unwrap_or_default());
        }
        // A private key is one wherever it stands.
        for (start, _) in text.match_indices("PRIVATE KEY-----") {
            let body = text[start..].trim_start_matches("PRIVATE KEY-----");
            secrets
                .add(body.split("-----END").next().unwrap_or_default().split('"').next().unwrap_or_default());
        }
        secrets
    }

    fn add(&mut self, secret: &str) {
        if secret.contains("REDACTED") {
            return;
        }
        let body: String = secret.split("-----").filter(|part| !part.contains(" PRIVATE KEY")).collect();
        let unescaped = body.replace("\\r", "\r").replace("\\n", "\n");
        let base64: String = unescaped.split_whitespace().collect();
        let decoded = STANDARD.decode(&base64).unwrap_or_default();
        for form in [&body, &unescaped, &base64] {
            self.insert(form.as_bytes());
        }
        self.add_bytes(&decoded);
    }

    fn add_bytes(&mut self, bytes: &[u8]) {
        self.insert(bytes);
        // Eight bytes have sixteen digits.
        let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        self.insert(&hex.as_bytes()[..hex.len().saturating_sub(WINDOW)]);
    }

    fn none() -> Self {
        Self { windows: HashSet::new(), sieve: vec![false; 1 << SIEVE] }
    }

    fn insert(&mut self, secret: &[u8]) {
        for window in secret.windows(WINDOW) {
            let window = u64::from_be_bytes(window.try_into().unwrap());
            self.windows.insert(window);
            self.sieve[place(window)] = true;
        }
    }

    /// Every eight characters of `text` are secret.
    pub(crate) fn all_of(text: &str) -> Self {
        let mut secrets = Self::none();
        secrets.insert(text.as_bytes());
        secrets
    }

    /// Takes `others` for secrets, too.
    pub(crate) fn also(&mut self, others: &Self) {
        self.windows.extend(&others.windows);
        others.windows.iter().for_each(|window| self.sieve[place(*window)] = true);
    }

    pub(crate) fn assert_absent(&self, output: &str, what: &str) {
        let mut window = 0;
        let leak = output.bytes().enumerate().position(|(offset, byte)| {
            window = window << 8 | u64::from(byte);
            offset + 1 >= WINDOW && self.sieve[place(window)] && self.windows.contains(&window)
        });
        // The leak itself is not printed: this may run where logs are kept.
        assert_eq!(leak, None, "{what}: a secret at this offset of {} bytes", output.len());
    }
}

const VARIANTS: [&[&str]; 16] = [
    &["--format=text"],
    &["--format=text", "--color=always"],
    &["--format=text", "--quiet"],
    &["--format=concise"],
    &["--format=json"],
    &["--format=jsonl"],
    &["--format=sarif"],
    &["--format=github"],
    &["--format=gitlab"],
    &["--format=junit"],
    &["--format=azure"],
    &["--format=rdjson"],
    &["--format=markdown"],
    &["--format=text", "--max-size=100"],
    &["--format=text", "--now=2050-01-01"],
    &["--format=text", "--severity=field-unknown=error", "--fail-on=note"],
];

/// A SARIF report without its table of rules: that is the same in every run, proven here, so nothing of a document is
/// in it; its examples of PEM may look like a damaged key all the same.
fn without_catalogue(report: &str) -> String {
    let mut log: serde_json::Value = serde_json::from_str(report).unwrap();
    let mut clean: serde_json::Value =
        serde_json::from_str(&run(["check", "--format=sarif", "--files-from=-"]).out).unwrap();
    let table = "/runs/0/tool/driver/rules";
    assert_eq!(log.pointer_mut(table).unwrap().take(), clean.pointer_mut(table).unwrap().take());
    log.to_string()
}

#[test]
fn no_fixture_leaks_in_any_format() {
    for path in fixtures() {
        let secrets = Secrets::of(&fs::read(&path).unwrap());
        for variant in VARIANTS {
            let arguments = [&["check"], variant].concat();
            let run = run(arguments.iter().map(Path::new).chain([path.as_path()]));
            let what = format!("{} {variant:?}", path.display());
            let out = if variant[0] == "--format=sarif" { without_catalogue(&run.out) } else { run.out };
            secrets.assert_absent(&out, &what);
            secrets.assert_absent(&run.err, &what);
        }
    }
}

/// Ways in which a document is damaged by hand, by an editor, or by another program.
pub(crate) fn damages(text: &str) -> Vec<(String, Vec<u8>)> {
    let mut damaged: Vec<(String, Vec<u8>)> = Vec::new();
    let mut add = |name: &str, text: String| damaged.push((name.to_owned(), text.into_bytes()));
    for tenth in 1..20 {
        add("cut", text[..text.len() * tenth / 20].to_owned());
        let at = text.len() * tenth / 20;
        for insert in ["\"", "\\", "\n", "\u{0}", "}", ",", "'", "\\u12", "\\x"] {
            add("inserted", format!("{}{insert}{}", &text[..at], &text[at..]));
        }
    }
    let value_of = |name: &str| {
        let start = text.find(name).unwrap() + name.len();
        let open = start + text[start..].find('"').unwrap() + 1;
        open..open + text[open..].find('"').unwrap()
    };
    let key = text[value_of("\"privateKey\":")].to_owned();
    let secret = text[value_of("\"clientSecret\":")].to_owned();
    for name in [
        "imsEndpoint",
        "metascopes",
        "clientId",
        "email",
        "id",
        "org",
        "publicKey",
        "certificateExpirationDate",
    ] {
        let mut moved = text.to_owned();
        moved.replace_range(value_of(&format!("\"{name}\":")), &secret);
        add("secret in another field", moved.clone());
        moved.replace_range(value_of("\"clientSecret\":"), "cm-p1-e2-integration-0");
        add("secret swapped", moved);
        let mut moved = text.to_owned();
        moved.replace_range(value_of(&format!("\"{name}\":")), &key);
        add("key in another field", moved);
    }
    add("secret as a key", text.replace("\"email\"", &format!("\"{secret}\"")));
    add("secret as an unknown value", text.replace("\"ok\"", &format!("\"note\": \"{secret}\", \"ok\"")));
    add("secret in a list", text.replace(&format!("\"{secret}\""), &format!("[\"{secret}\"]")));
    add("secret in an object", text.replace(&format!("\"{secret}\""), &format!("{{\"{secret}\": 1}}")));
    add("key twice", text.replace("\"ok\"", &format!("\"privateKey\": \"{key}\", \"ok\"")));
    add("key in a list of lines", {
        let lines: Vec<String> = key.split("\\r\\n").map(|line| format!("\"{line}\"")).collect();
        text.replace(&format!("\"{key}\""), &format!("[{}]", lines.join(",")))
    });
    add("key with real line breaks", text.replace(&key, &key.replace("\\r\\n", "\r\n")));
    add("key without quotation marks", text.replace(&format!("\"{key}\""), &key));
    add("key alone", key.replace("\\r\\n", "\n"));
    add("key as a string", format!("\"{key}\""));
    add("document as a string", serde_json::to_string(text).unwrap());
    add("environment", format!("AEM_SERVICECREDENTIALS_PRIVATE_KEY=\"{key}\"\nAEM_SECRET={secret}\n"));
    add("yaml", format!("clientSecret: {secret}\nprivateKey: |\n  {}\n", key.replace("\\r\\n", "\n  ")));
    for (from, to) in [
        ("\\r\\n", "\\\\r\\\\n"),
        ("\\r\\n", ""),
        ("\\r\\n", " "),
        ("\\r\\n", "\\r"),
        ("-----END", "----END"),
        ("RSA PRIVATE KEY", "PRIVATE KEY"),
        ("RSA PRIVATE KEY", "CERTIFICATE"),
        ("BEGIN RSA PRIVATE KEY-----", "BEGIN "),
        ("MII", "M!I"),
        ("MII", "MI"),
        ("\\r\\nMII", "MII"),
        ("==", ""),
    ] {
        add("PEM damaged", text.replace(from, to));
    }
    damaged
}

#[test]
#[ignore = "slow: hundreds of runs"]
fn no_damage_makes_a_leak() {
    let path = fixtures().into_iter().find(|path| path.ends_with("key-pair-mismatch/good.json")).unwrap();
    let text = fs::read_to_string(path).unwrap();
    let secrets = Secrets::of(text.as_bytes());
    assert!(secrets.windows.len() > 3000, "there is something to look for");
    for (name, damaged) in damages(&text) {
        let check = FORMATS.map(|format| vec!["check", "--format", format, "-"]);
        let others = [vec!["inspect", "-"], vec!["inspect", "--format=json", "-"], vec!["redact", "-"]];
        for arguments in check.into_iter().chain(others) {
            let run = run_with_input(&arguments, &damaged);
            let what = format!("{name}, {arguments:?}");
            secrets.assert_absent(&run.out, &what);
            secrets.assert_absent(&run.err, &what);
            // Not every damage leaves text of which a copy can be made, and what a zero byte cuts in two may be two credentials.
            let is_cut = arguments[0] == "inspect" && damaged.contains(&0);
            assert!(run.code != 2 || arguments[0] == "redact" || is_cut, "{what}: {}", run.err);
        }
    }
}

/// Ways in which a token or the document around it is damaged or kept.
fn token_damages(text: &str, token: &str) -> Vec<(String, Vec<u8>)> {
    let mut damaged: Vec<(String, Vec<u8>)> = Vec::new();
    let mut add = |name: &str, text: String| damaged.push((name.to_owned(), text.into_bytes()));
    for tenth in 1..10 {
        add("cut", text[..text.len() * tenth / 10].to_owned());
        add("token cut", text.replace(token, &token[..token.len() * tenth / 10]));
        for insert in ["\"", "\\", "\n", "\\n", " ", ".", "=", "+", "\u{200B}", "\\u0041", "*"] {
            let at = token.len() * tenth / 10;
            add("inserted", text.replace(token, &format!("{}{insert}{}", &token[..at], &token[at..])));
        }
    }
    let parts: Vec<&str> = token.split('.').collect();
    for order in [[0, 0, 2], [1, 0, 2], [0, 2, 1], [2, 1, 0], [2, 2, 2]] {
        add("parts exchanged", text.replace(token, &order.map(|index| parts[index]).join(".")));
    }
    for field in ["ok", "statusCode", "token_type", "expires_in"] {
        for value in ["true", "200", "\"bearer\"", "86399999"] {
            let from = format!("\"{field}\": {value}");
            add("token in another field", text.replace(&from, &format!("\"{field}\": \"{token}\"")));
        }
    }
    let quoted = format!("\"{token}\"");
    for value in [
        format!("\"Bearer {token}\""),
        format!("\"Authorization: Bearer {token}\""),
        format!("[{quoted}]"),
        format!("{{\"token\": {quoted}}}"),
        format!("{{{quoted}: 1}}"),
        format!("{quoted}, {quoted}: {quoted}"),
        format!("{quoted}, \"error\": {quoted}, \"error_description\": {quoted}"),
        token.to_owned(),
        format!("'{token}'"),
    ] {
        add("token otherwise", text.replace(&quoted, &value));
    }
    for line in [
        format!("{token}\n"),
        format!("Bearer {token}"),
        format!("Authorization: Bearer {token}\r\nHost: example.com\r\n"),
        format!("{token}\n{token}\n"),
        format!("{token}.{token}"),
        format!("Bearer {token} {token}"),
        quoted.clone(),
        format!("[{quoted}]"),
        format!("TOKEN={token}\n"),
        format!("token: {token}\n"),
        format!("curl -H 'Authorization: Bearer {token}' https://example.com\n"),
        format!("{{\"error\": {quoted}, \"error_description\": {quoted}}}"),
        format!(
            "{{\"project\": {{\"org\": {{\"ims_org_id\": {quoted}}}, \"workspace\": {{\"details\": {{\"credentials\": [\
                 {{\"name\": {quoted}, \"jwt\": {{\"client_id\": {quoted}, \"client_secret\": {quoted}}}}}]}}}}}}}}"
        ),
        serde_json::to_string(text).unwrap(),
    ] {
        add("token alone", line);
    }
    damaged
}

#[test]
#[ignore = "slow: hundreds of runs"]
fn no_damage_to_a_token_makes_a_leak() {
    for fixture in ["token-lifetime/good.json", "token-expires-in/good.json"] {
        let text =
            fs::read_to_string(fixtures().into_iter().find(|path| path.ends_with(fixture)).unwrap()).unwrap();
        let secrets = Secrets::of(text.as_bytes());
        assert!(secrets.windows.len() > 1000, "there is something to look for");
        let start = text.find("eyJ").unwrap();
        let token = &text[start..start + text[start..].find('"').unwrap()];
        for (name, damaged) in token_damages(&text, token) {
            // All formats write the same words; so many small damages are for the words.
            let formats = if ["cut", "token cut", "inserted"].contains(&name.as_str()) {
                &["text", "jsonl"][..]
            } else {
                &FORMATS
            };
            let check = formats.iter().map(|format| ["check", "--format", *format, "-"]);
            let inspect = ["text", "json"].map(|format| ["inspect", "--format", format, "-"]);
            for arguments in check.chain(inspect) {
                let run = run_with_input(arguments, &damaged);
                let what = format!("{name}, {arguments:?}");
                secrets.assert_absent(&run.out, &what);
                secrets.assert_absent(&run.err, &what);
                // A token in each name of a project is a credential of its own.
                let is_choice = run.err.contains("choose one with --client");
                assert!(run.code != 2 || is_choice, "{what}: {}", run.err);
            }
        }
    }
}

#[test]
fn secrets_of_a_project_are_shown_nowhere() {
    let secret = "p8e-Ab_cdefghijklmnopqrstuvwxyz01234";
    let auth = "23bc46b1-71f6-4ed5-8c54-816aa4f8c502:123zO3xZCLrMN6v2BKK1dXYFpXlPkccOFqm12CdAsMgRU4VrNZ9lyGVCGuMDGIwP";
    let project = format!(
        r#"{{"project": {{"name": "a", "org": {{"ims_org_id": "x"}}, "workspace": {{"details": {{
            "credentials": [{{"name": "{secret}", "oauth_server_to_server": {{"client_id": "{secret}", "client_secrets": ["{secret}"]}}}},
              {{"name": "b", "jwt": {{"client_id": "b", "client_secret": " {secret}", "technical_account_id": "{secret}"}}}}],
            "runtime": {{"namespaces": [{{"name": "n", "auth": "{auth}"}}]}}}}}}}}}}"#
    );
    let mut secrets = Secrets::all_of(secret);
    secrets.also(&Secrets::all_of(auth));
    let inspect: [&[&str]; 2] = [&["inspect", "-"], &["inspect", "--format=json", "-"]];
    for arguments in inspect {
        let run = run_with_input(arguments, project.as_bytes());
        secrets.assert_absent(&run.out, &format!("{arguments:?}"));
        secrets.assert_absent(&run.err, &format!("{arguments:?}"));
    }
    for variant in VARIANTS {
        let run = run_with_input([&["check"], variant, &["-"]].concat(), project.as_bytes());
        let what = format!("{variant:?}");
        let out = if variant[0] == "--format=sarif" { without_catalogue(&run.out) } else { run.out };
        secrets.assert_absent(&out, &what);
        secrets.assert_absent(&run.err, &what);
    }
}

#[test]
#[ignore = "slow: hundreds of runs"]
fn no_fixture_leaks_when_inspected_or_redacted() {
    const VARIANTS: [&[&str]; 10] = [
        &["inspect"],
        &["inspect", "--color=always"],
        &["inspect", "--format=json"],
        &["inspect", "--format=json", "--now=2050-01-01"],
        &["inspect", "--severity=field-unknown=error", "--max-size=100"],
        &["redact"],
        &["redact", "--keep=ids"],
        &["redact", "--keep=organization"],
        &["redact", "--keep=certificate,ids,organization"],
        &["redact", "--max-size=100"],
    ];
    for path in fixtures() {
        let text = fs::read(&path).unwrap();
        let secrets = Secrets::of(&text);
        for variant in VARIANTS {
            for width in [None, Some(40), Some(60)] {
                let environment = Environment { width, ..environment() };
                let run = run_in(&environment, variant.iter().map(Path::new).chain([path.as_path()]), b"");
                let what = format!("{} {variant:?} at {width:?}", path.display());
                secrets.assert_absent(&without_certificate(&run.out), &what);
                secrets.assert_absent(&run.err, &what);
                // Only text is as wide as the terminal.
                if variant[0] == "redact" || variant.contains(&"--format=json") {
                    break;
                }
            }
        }
    }
}

/// A copy without a certificate that was kept: it holds the public key, and so does the private key. Nothing else may
/// stand there.
fn without_certificate(copy: &str) -> String {
    let (begin, end) = ("-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----");
    let Some((before, (body, after))) =
        copy.split_once(begin).and_then(|(before, rest)| Some((before, rest.split_once(end)?)))
    else {
        return copy.to_owned();
    };
    let body: String = serde_json::from_str(&format!("\"{body}\"")).unwrap();
    let base64: String = body.chars().filter(|letter| !letter.is_whitespace() && *letter != '*').collect();
    let der = STANDARD.decode(&base64).unwrap();
    assert!(der.is_empty() || der.starts_with(&[0x30, 0x82]), "it is a certificate, or nothing");
    // Line breaks after it may be escaped as they are in the key.
    let line_breaks = after.find('"').unwrap_or_default();
    format!("{before}{}", &after[line_breaks..])
}
