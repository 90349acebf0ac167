//! One verdict: whatever a file looks like, every command says the same of what it holds.
//!
//! `check` succeeds exactly where `audit` lists what can be used, or what is no credential to be used; `inspect` ends as
//! `check` does; every format has the same state; `compare` and `redact` read whatever `audit` lists.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::common::{Run, children, fixture, root, run};
use crate::no_leak::Secrets;
use crate::unwrap::{
    base64, bzip2, doubled, escaped, gzip, hex, indented, json_string, minified, percent, secret_data,
    secret_string, source, tar, utf16, variables, wrapped_base64, xz, zip, zstd,
};

/// An odd file: its name, what is in it, and the states of what it holds.
type Odd = (&'static str, Vec<u8>, &'static [&'static str]);

const SOUND: &[&str] = &["sound"];
const BROKEN: &[&str] = &["broken"];
const PARTIAL: &[&str] = &["partial"];
const REDACTED: &[&str] = &["redacted"];

fn text(name: &'static str, text: impl Into<String>, states: &'static [&'static str]) -> Odd {
    (name, text.into().into_bytes(), states)
}

/// A private key or a client secret of a document.
fn field(document: &str, pointer: &str) -> String {
    serde_json::from_str::<Value>(document).unwrap().pointer(pointer).unwrap().as_str().unwrap().to_owned()
}

fn odd_files() -> Vec<Odd> {
    let sound = fixture("key-pair-mismatch/good.json");
    let one = minified(&sound);
    let key = field(&sound, "/integration/privateKey");
    let certificate = field(&sound, "/integration/publicKey");
    let secret = field(&sound, "/integration/technicalAccount/clientSecret");
    let redacted = sound.replace(&secret, "<secret>");
    let redacted = redacted.replace(&json_string(&key), "\"***REDACTED***\"");
    let token = fixture("token-syntax/good.json");
    let bare = field(&token, "/accessToken");
    let with_mark = [&b"\xEF\xBB\xBF"[..], sound.as_bytes()].concat();
    let mut files = vec![
        // The document itself, and what is wrong around it.
        text("sound.json", &*sound, SOUND),
        text("one-line.json", &*one, SOUND),
        text("no-extension", &*sound, SOUND),
        text("blanks.json", format!("\n\t {sound}\n\n"), SOUND),
        text("comment.json", format!("// from the console\n{sound}"), BROKEN),
        text("comment.txt", format!("/* from the console */\n{sound}"), BROKEN),
        text("comment-behind.json", format!("{sound}\n// from the console"), BROKEN),
        text("twice.json", format!("{sound}{sound}"), BROKEN),
        text("twice-on-lines.json", format!("{one}\n{one}\n"), BROKEN),
        text("variable.json", format!("var x = {sound}"), BROKEN),
        text("variable.js", format!("var x = {sound};\n"), SOUND),
        text("variable.txt", format!("var x = {sound}"), SOUND),
        text("exports.js", format!("module.exports = {};\n", source(&sound)), SOUND),
        text("call.json", format!("callback({sound});"), BROKEN),
        text("comma.json", format!("{},\n", sound.trim_end()), BROKEN),
        text("cut.json", &sound[..sound.len() * 2 / 3], BROKEN),
        text("cut.txt", &sound[..sound.len() * 2 / 3], BROKEN),
        text("quoted.json", format!("'{one}'"), BROKEN),
        text("quotes.json", sound.replace('"', "'"), BROKEN),
        text("zero-byte.json", format!("{sound}\0"), BROKEN),
        text("zero-byte.txt", format!("{sound}\0"), BROKEN),
        text("zero-byte-before.json", format!("\0{sound}"), BROKEN),
        text("zero-byte-inside.json", sound.replacen(',', ",\0", 1), BROKEN),
        text("zero-byte-in-a-value.json", sound.replacen("\"email\": \"", "\"email\": \"\0", 1), BROKEN),
        text("zero-byte-in-the-key.json", sound.replacen("MII", "MII\0", 1), BROKEN),
        text("form-feed.json", format!("\u{C}{sound}"), BROKEN),
        text("no-break-space.json", format!("\u{A0}{sound}"), BROKEN),
        text("a-string.json", json_string(&sound), BROKEN),
        text("a-string.txt", json_string(&sound), BROKEN),
        text("a-string-twice.json", json_string(&json_string(&sound)), BROKEN),
        text("in-an-array.json", format!("[{sound}]"), BROKEN),
        text("in-two-arrays.json", format!("[[{sound}]]"), BROKEN),
        text("in-data.json", format!("{{\"data\": {sound}}}"), BROKEN),
        text("in-integration.json", format!("{{\"integration\": {sound}}}"), BROKEN),
        text("in-data.txt", format!("{{\"data\": [{sound}]}}"), BROKEN),
        text("base64.json", base64(&sound), BROKEN),
        text("yaml.json", secret_data(&base64(&sound)), BROKEN),
        // Encodings of the whole.
        ("mark.json", with_mark, BROKEN),
        ("utf16.json", utf16(&sound, u16::to_le_bytes), BROKEN),
        ("utf16-big.json", utf16(&sound, u16::to_be_bytes), BROKEN),
        (
            "latin1.json",
            [&b"{\"x\": \"\xE9\", "[..], sound.trim_start_matches('{').as_bytes()].concat(),
            BROKEN,
        ),
        // What other programs keep it in.
        text("base64", base64(&sound), SOUND),
        text("base64.b64", wrapped_base64(&sound), SOUND),
        text("hex.txt", hex(&sound), SOUND),
        text("percent.txt", percent(&sound), SOUND),
        text("twice.b64", base64(&base64(&sound)), SOUND),
        text("secret.yaml", secret_data(&base64(&sound)), SOUND),
        text(
            "string-data.yaml",
            format!("kind: Secret\nstringData:\n  a.json: |\n{}", indented(&sound, "    ")),
            SOUND,
        ),
        text("secrets-manager.json", secret_string(&sound), SOUND),
        text("vault.json", format!("{{\"request_id\": \"x\", \"data\": {{\"data\": {sound}}}}}"), SOUND),
        text("list.json", format!("[{{\"name\": \"a\", \"value\": {}}}, 1]", json_string(&one)), SOUND),
        text(".env", format!("A=b\nAEM='{one}'\n"), SOUND),
        text("base64.env", format!("A=b\nAEM={}\n", base64(&sound)), SOUND),
        text("java.properties", format!("aem.cred={}\n", doubled(&sound)), SOUND),
        text("config.xml", format!("<a><b>{}</b></a>", one.replace('<', "&lt;")), SOUND),
        text("notes.md", format!("# Notes\n\n```json\n{sound}```\n"), SOUND),
        text("job.log", format!("2026-11-22 got {one}\n"), SOUND),
        text("escaped.json", format!("{{\"a\": \"{}\", \"b\": 1}}", escaped(&sound)), SOUND),
        ("a.gz", gzip(sound.as_bytes()), SOUND),
        ("a.bz2", bzip2(sound.as_bytes()), SOUND),
        ("a.xz", xz(sound.as_bytes()), SOUND),
        ("a.zst", zstd(sound.as_bytes()), SOUND),
        ("a.tar", tar(&[("x/service.json", sound.as_bytes())]), SOUND),
        ("a.zip", zip(&[("service.json", sound.as_bytes())]), SOUND),
        ("a.tar.gz", gzip(&tar(&[("k.yaml", secret_data(&base64(&sound)).as_bytes())])), SOUND),
        ("dump.bin", [b"\0\x01\xFF\0", sound.as_bytes(), b"\0"].concat(), SOUND),
        // Parts, tokens, templates.
        text("fields.env", variables(&sound, "AEM_", "=", "\n"), PARTIAL),
        ("environ", variables(&sound, "AEM_", "=", "\0").into_bytes(), PARTIAL),
        text("aem.key", &*key, PARTIAL),
        text("key.pem", format!("{key}{certificate}"), PARTIAL),
        text("secret.txt", format!("client secret: {secret}\n"), PARTIAL),
        text("redacted.json", &*redacted, REDACTED),
        text("redacted.b64", base64(&redacted), REDACTED),
        text("redacted.md", format!("# Sample\n\n{redacted}\n"), REDACTED),
        text("emptied.json", redacted.replace("<secret>", ""), REDACTED),
        text("token.json", &*token, SOUND),
        text("token.txt", format!("Authorization: Bearer {bare}\n"), SOUND),
        text("token-cut.json", &token[..token.len() / 2], BROKEN),
    ];
    let other = fixture("certificate-expiration-date/good.json");
    let expired = fixture("certificate-expired/bad.json");
    let other_secret = field(&other, "/integration/technicalAccount/clientSecret");
    let second = fixture("token-lifetime/good.json");
    let second = second.split('"').find(|text| text.starts_with("eyJ")).unwrap();
    let sops = "{\"integration\": {\"imsEndpoint\": \"ENC[AES256_GCM,data:x,type:str]\", \"privateKey\": \
        \"ENC[AES256_GCM,data:y,type:str]\"}, \"sops\": {\"mac\": \"x\", \"lastmodified\": \"y\", \"version\": \"3\"}}";
    files.extend([
        // Nothing is lost beside something else.
        text("then-a-token.txt", format!("{sound}\n{bare}\n"), &["broken"]),
        text("then-a-token.log", format!("{sound}\n{bare}\n"), &["broken"]),
        text("two-tokens.txt", format!("{bare}\n{second}\n"), SOUND),
        text(
            "token-cut-by-a-line.txt",
            format!("{}\n{}\n", &bare[..bare.len() - 40], &bare[bare.len() - 40..]),
            BROKEN,
        ),
        text("lines.ndjson", format!("{one}\n{}\n", minified(&other)), SOUND),
        text("lines.json", format!("{one}\n{}\n", minified(&other)), BROKEN),
        text("with-a-comment.jsonc", format!("// a\n{sound}"), SOUND),
        text(
            "then-a-secret.txt",
            format!("{expired}\nAEM_CLIENT_SECRET={other_secret}\n"),
            &["broken", "expired", "partial"],
        ),
        text("expired-in-an-array.json", format!("[{expired}]"), &["expired"]),
        text("redacted-in-data.json", format!("{{\"data\": {redacted}}}"), REDACTED),
        text("sops.json", sops, &["encrypted"]),
        text(
            "expired.pem",
            field(&expired, "/integration/privateKey") + &field(&expired, "/integration/publicKey"),
            &["expired"],
        ),
    ]);
    for (name, folder) in [("expired.json", "certificate-expired"), ("expired.b64", "certificate-expired")] {
        let bad = fixture(&format!("{folder}/bad.json"));
        files.push(text(name, if name.ends_with("b64") { base64(&bad) } else { bad }, &["expired"]));
    }
    for (name, folder, states) in [
        ("expiring.json", "certificate-expiring", &["expiring"][..]),
        ("imminent.json", "certificate-expiry-imminent", &["expiring"]),
        ("not-yet.json", "certificate-not-yet-valid", BROKEN),
        ("inverted.json", "certificate-validity-inverted", BROKEN),
        ("mismatch.json", "key-pair-mismatch", BROKEN),
        ("host.json", "ims-endpoint-host", BROKEN),
    ] {
        files.push(text(name, fixture(&format!("{folder}/bad.json")), states));
    }
    for path in children(&root().join("tests/it/odd")) {
        let name: &'static str = path.file_name().unwrap().to_str().unwrap().to_owned().leak();
        let states: &[&str] = if name.contains("year-0000") { &["expired"] } else { BROKEN };
        files.push((name, fs::read(&path).unwrap(), states));
    }
    files
}

fn report(run: &Run) -> Value {
    serde_json::from_str(&run.out).unwrap_or_else(|error| panic!("{error}: {}{}", run.out, run.err))
}

fn strings<'v>(values: impl Iterator<Item = &'v Value>) -> BTreeSet<&'v str> {
    values.filter_map(Value::as_str).collect()
}

/// The findings that make `check` fail without keeping the credential from being used.
fn exposed_or_imminent(finding: &Value) -> bool {
    finding["level"] == "error"
        && (finding["basis"] == "exposure" || finding["rule"] == "certificate-expiry-imminent")
}

#[test]
fn every_command_has_the_same_verdict() {
    let folder = tempfile::tempdir().unwrap();
    let sound = folder.path().join("the-sound-one.json");
    fs::write(&sound, fixture("key-pair-mismatch/good.json")).unwrap();
    let files = odd_files();
    assert!(files.len() >= 80);
    let mut secrets = Secrets::of(b"");
    for name in ["key-pair-mismatch/good.json", "token-syntax/good.json", "certificate-expired/bad.json"] {
        secrets.also(&Secrets::of(fixture(name).as_bytes()));
    }
    let mut wrong = Vec::new();
    for (index, (name, bytes, states)) in files.iter().enumerate() {
        let place = folder.path().join(index.to_string());
        fs::create_dir(&place).unwrap();
        let path = place.join(name);
        fs::write(&path, bytes).unwrap();
        let run = |arguments: &[&str]| {
            let run = run(arguments.iter().map(Path::new).chain([path.as_path()]));
            secrets.assert_absent(&run.out, &format!("{name}: {arguments:?}"));
            secrets.assert_absent(&run.err, &format!("{name}: {arguments:?}"));
            run
        };
        let (check, audit) = (run(&["check", "--format=json"]), run(&["audit", "--format=json"]));
        let (checked, audited) = (report(&check), report(&audit));
        let credentials = audited["credentials"].as_array().unwrap();
        let listed = strings(credentials.iter().map(|credential| &credential["state"]));
        let findings: Vec<&Value> = checked["files"]
            .as_array()
            .unwrap()
            .iter()
            .flat_map(|file| file["findings"].as_array().unwrap())
            .collect();
        let mut say = |what: String| wrong.push(format!("{name}: {what}"));
        if listed != states.iter().copied().collect() {
            say(format!("audit lists {listed:?}, not {states:?}"));
        }
        // A template that somebody names is no credential to be used.
        let is_fine = listed.iter().all(|state| ["sound", "expiring", "partial", "redacted"].contains(state))
            && !findings.iter().any(|finding| exposed_or_imminent(finding))
            && !(findings.iter().any(|finding| finding["level"] == "error") && listed.contains("redacted"));
        if check.code != u8::from(!is_fine) {
            let rules = strings(findings.iter().map(|finding| &finding["rule"]));
            say(format!("check ends with {}, audit lists {listed:?}: {rules:?}", check.code));
        }
        let known = strings(checked["files"].as_array().unwrap().iter().map(|file| &file["state"]));
        if !(known.is_subset(&listed) && (listed.len() > 1 || known.is_empty() || known == listed)) {
            say(format!("check says {known:?}, audit {listed:?}"));
        }
        let renewals = run(&["renewals", "--tokens", "--format=json"]);
        let renewed = report(&renewals);
        let renewed =
            strings(renewed["renewals"].as_array().unwrap().iter().map(|renewal| &renewal["state"]));
        if !renewed.is_subset(&listed) {
            say(format!("renewals say {renewed:?}, audit {listed:?}"));
        }
        let inspect = run(&["inspect", "--format=json"]);
        if inspect.code != check.code {
            say(format!("inspect ends with {}, check with {}", inspect.code, check.code));
        }
        let inspected = report(&inspect);
        if inspected["state"].as_str().is_some_and(|state| !listed.contains(state)) {
            say(format!("inspect says {}, audit {listed:?}", inspected["state"]));
        }
        let days = |value: &Value, pointer: &str| value.pointer(pointer).cloned().unwrap_or(json!(null));
        let left = days(&audited, "/credentials/0/validity/days_left");
        let inspected_left = days(&inspected, "/credential/certificate/days_left");
        if !inspected_left.is_null() && inspected_left != left {
            say(format!("inspect has {inspected_left} days left, audit {left}"));
        }
        let compare = run(&["compare", "--format=json", sound.to_str().unwrap()]);
        if compare.code > 1 {
            say(format!("compare can't read it: {}", compare.err));
        }
        let redact = run(&["redact"]);
        if redact.code != 0 && !redact.err.contains("no copy") {
            say(format!("redact can't read it: {}", redact.err));
        }
        // However it is looked at, and in every format, a run ends in the same way.
        for (command, formats) in [("check", &["text", "sarif"][..]), ("audit", &["table"])] {
            let code = if command == "check" { check.code } else { audit.code };
            for format in formats {
                let format = format!("--format={format}");
                if run(&[command, &format]).code != code {
                    say(format!("{command} {format} ends in another way"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {} files:\n{}", wrong.len(), files.len(), wrong.join("\n"));
}

/// The second of notAfter is valid everywhere, half a second later it isn't anywhere.
#[test]
fn the_end_is_the_same_for_everyone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("service.json");
    let document = fixture("key-pair-mismatch/good.json");
    fs::write(&path, &document).unwrap();
    let first = report(&run([Path::new("audit"), Path::new("--format=json"), &path]));
    let end = first["credentials"][0]["validity"]["not_after"].as_str().unwrap().to_owned();
    for (fraction, state, days) in [(".000Z", "expiring", 0), (".500Z", "expired", -1)] {
        let now = format!("--now={}", end.replace('Z', fraction));
        let json = |command: &str| {
            report(&run([Path::new(command), Path::new("--format=json"), Path::new(&now), &path]))
        };
        let out = |command: &str, format: &str| {
            run([Path::new(command), Path::new(format), Path::new(&now), &path]).out
        };
        assert_eq!(json("check")["files"][0]["state"], state, "{now}");
        assert_eq!(json("check")["files"][0]["certificate"]["days_left"], days, "{now}");
        assert_eq!(json("audit")["credentials"][0]["state"], state, "{now}");
        assert_eq!(json("audit")["credentials"][0]["validity"]["days_left"], days, "{now}");
        assert_eq!(json("inspect")["state"], state, "{now}");
        assert_eq!(json("inspect")["credential"]["certificate"]["days_left"], days, "{now}");
        let renewal = &json("renewals")["renewals"][0];
        let status = if state == "expired" { "expired" } else { "imminent" };
        assert_eq!(
            (&renewal["state"], &renewal["status"], &renewal["days_left"]),
            (&json!(state), &json!(status), &json!(days)),
            "{now}"
        );
        let expired = u8::from(state == "expired");
        let metrics = out("renewals", "--format=prometheus");
        assert!(
            metrics
                .lines()
                .any(|line| line.starts_with("x509_cert_expired{") && line.ends_with(&format!(" {expired}")))
        );
        let csv = out("audit", "--format=csv");
        assert!(csv.contains(&format!(",{days},")), "{now}: {csv}");
        let words = if state == "expired" { "less than a day ago" } else { "less than a day left" };
        let table = out("audit", "--format=markdown");
        assert!(table.contains(words), "{now}: {table}");
    }
}
