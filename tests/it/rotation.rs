//! A rotation from the reminder to the last place: `aemcred compare OLD NEW --in`, and the commands of docs/renewals.md.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::common::{NOW, Run, interrupted, root, run, run_in, run_with_input};
use crate::compare::{new, old};
use crate::no_leak::Secrets;

/// The fields of a credential as variables, as programs keep them.
fn variables(credential: &Value) -> String {
    let integration = &credential["integration"];
    let text = |value: &Value| value.as_str().unwrap().replace("\r\n", "\\n");
    format!(
        "AEM_SERVICECREDENTIALS_IMS_ENDPOINT={}\nAEM_SERVICECREDENTIALS_CLIENT_ID={}\n\
         AEM_SERVICECREDENTIALS_CLIENT_SECRET={}\nAEM_SERVICECREDENTIALS_ORG_ID={}\n\
         AEM_SERVICECREDENTIALS_TECHNICAL_ACCOUNT_ID={}\nAEM_SERVICECREDENTIALS_META_SCOPES={}\n\
         AEM_SERVICECREDENTIALS_PRIVATE_KEY=\"{}\"\n",
        text(&integration["imsEndpoint"]),
        text(&integration["technicalAccount"]["clientId"]),
        text(&integration["technicalAccount"]["clientSecret"]),
        text(&integration["org"]),
        text(&integration["id"]),
        text(&integration["metascopes"]),
        text(&integration["privateKey"]),
    )
}

struct Scene {
    folder: tempfile::TempDir,
    old: Value,
    new: Value,
}

impl Scene {
    fn new(old: Value, new: Value) -> Self {
        let scene = Self { folder: tempfile::tempdir().unwrap(), old, new };
        scene.write("old.json", &scene.old.to_string());
        scene.write("new.json", &scene.new.to_string());
        scene
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn search(&self, more: &[&str]) -> Run {
        let arguments = ["compare", "--now", NOW].into_iter().chain(more.iter().copied()).map(OsString::from);
        let sides = ["old.json", "new.json"].map(|name| self.path(name).into_os_string());
        let within = [OsString::from("--in"), self.path("set").into_os_string()];
        let result = run(arguments.chain(sides).chain(within));
        for credential in [&self.old, &self.new] {
            let secrets = Secrets::of(credential.to_string().as_bytes());
            secrets.assert_absent(&result.out, "the search");
            secrets.assert_absent(&result.err, "the search's errors");
        }
        result
    }

    fn report(&self) -> (u8, Value) {
        let run = self.search(&["--format", "json"]);
        (run.code, serde_json::from_str(&run.out).unwrap_or_else(|error| panic!("{error}: {}", run.err)))
    }
}

fn text(credential: &Value, field: &str) -> String {
    credential["integration"][field].as_str().unwrap().to_owned()
}

fn with(mut credential: Value, field: &str, value: &str) -> Value {
    credential["integration"][field] = json!(value);
    credential
}

fn with_secret(mut credential: Value, secret: &str) -> Value {
    credential["integration"]["technicalAccount"]["clientSecret"] = json!(secret);
    credential
}

#[test]
fn every_place_is_told_by_what_it_holds() {
    let (old, new) = (old(), with_secret(new(), "p8e-t63u3jVz9X1-9kVjJemcToGOGmykxyQt"));
    let scene = Scene::new(old.clone(), new.clone());
    let (key, certificate) = (text(&old, "privateKey"), text(&old, "publicKey"));
    let secret = old["integration"]["technicalAccount"]["clientSecret"].as_str().unwrap();
    let manifest = |credential: &Value| {
        let data = STANDARD.encode(credential.to_string());
        format!("apiVersion: v1\nkind: Secret\nmetadata:\n  name: aem\ndata:\n  service.json: {data}\n")
    };
    let other = run([
        "generate",
        "--seed",
        "9",
        "--client-id",
        "cm-p8-e9-integration-0",
        "--not-before",
        "2026-11-01T00:00:00Z",
    ])
    .out;
    let stranger = run(["generate", "--seed", "11"]).out;
    let stranger: Value = serde_json::from_str(&stranger).unwrap();
    let half = old.to_string();
    let half = &half[..half.find("PRIVATE KEY").unwrap() + 60];
    let redacted = with(with_secret(old.clone(), "***REDACTED***"), "privateKey", "***REDACTED***");
    let table = [
        ("whole.json", old.to_string(), "old", true, "private-key certificate client-secret"),
        ("secret.yaml", manifest(&old), "old", true, "private-key certificate client-secret"),
        ("variables.env", variables(&old), "old", false, "private-key client-secret"),
        ("key.pem", key.clone(), "old", false, "private-key"),
        ("certificate.pem", certificate.clone(), "old", false, "certificate"),
        ("secret.txt", format!("clientSecret: {secret}\n"), "old", false, "client-secret"),
        (
            "mixed.json",
            with(new.clone(), "publicKey", &certificate).to_string(),
            "both",
            false,
            "certificate",
        ),
        ("mixed-2.json", with(new.clone(), "privateKey", &key).to_string(), "both", false, "private-key"),
        ("new.json", new.to_string(), "new", true, "private-key certificate client-secret"),
        ("new.yaml", manifest(&new), "new", true, "private-key certificate client-secret"),
        ("new.env", variables(&new), "new", false, "private-key client-secret"),
        ("half.json", half.to_owned(), "unknown", false, ""),
        ("other.json", other, "neither", false, ""),
        ("redacted.json", redacted.to_string(), "neither", false, ""),
    ];
    for (name, text, ..) in &table {
        scene.write(&format!("set/{name}"), text);
    }
    // A key of which nothing says that it is AEM's.
    scene.write("set/tls.pem", &text(&stranger, "privateKey"));
    let (code, report) = scene.report();
    assert_eq!(code, 1);
    assert_eq!((&report["rotation"], &report["search"]["old_is_left"]), (&json!(true), &json!(true)));
    let mut found: BTreeMap<String, (String, bool, String)> = BTreeMap::new();
    for place in report["search"]["places"].as_array().unwrap() {
        let name =
            Path::new(place["path"].as_str().unwrap()).file_name().unwrap().to_str().unwrap().to_owned();
        let parts = place["parts"].as_array().unwrap().iter().map(|part| part.as_str().unwrap());
        let parts = parts.collect::<Vec<_>>().join(" ");
        let told = (place["holds"].as_str().unwrap().to_owned(), place["whole"] == true, parts);
        assert_eq!(found.insert(name.clone(), told), None, "{name} is one place");
    }
    for (name, _, holds, whole, parts) in &table {
        let expected = ((*holds).to_owned(), *whole, (*parts).to_owned());
        assert_eq!(found.remove(*name), Some(expected), "{name}");
    }
    assert!(found.is_empty(), "{found:?}");

    let out = scene.search(&[]).out;
    assert!(out.contains("\n8 places still hold OLD; unknown: 1; NEW: 3; neither: 2\n"), "{out}");
    let schema: Value = serde_json::from_str(&run(["schema", "compare"]).out).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let errors: Vec<_> = validator.iter_errors(&report).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{errors:?}");

    // What is left out is not looked at, and a redacted copy of OLD finds all but the secret.
    let few = scene.search(&["--exclude", "**"]);
    assert!(few.code == 0 && few.out.ends_with("no place holds OLD\n"), "{}", few.out);
    scene.write("old.json", &redacted.to_string());
    let (_, report) = scene.report();
    let places = report["search"]["places"].as_array().unwrap();
    assert_eq!(places.iter().filter(|place| place["holds"] == "old").count(), 5, "{report}");
}

#[test]
fn a_rotation_is_done_when_nothing_holds_the_old_one() {
    let scene = Scene::new(old(), new());
    scene.write("set/service.json", &old().to_string());
    scene.write("set/.env", &variables(&old()));
    let left = |code: u8, sentence: &str| {
        let run = scene.search(&[]);
        assert_eq!((run.code, run.err.as_str()), (code, ""), "{}", run.out);
        assert!(run.out.ends_with(&format!("\n{sentence}\n")), "{}", run.out);
    };
    left(1, "2 places still hold OLD");
    scene.write("set/service.json", &new().to_string());
    left(1, "1 place still holds OLD; NEW: 1");
    scene.write("set/.env", &variables(&new()));
    left(0, "no place holds OLD; NEW: 2");
    // The client secret stayed the same, and alone it says nothing.
    let secret = old()["integration"]["technicalAccount"]["clientSecret"].as_str().unwrap().to_owned();
    scene.write("set/secret.txt", &format!("clientSecret: {secret}\n"));
    left(0, "no place holds OLD; NEW: 2; what both have: 1");
    // What is encrypted can't be looked into, which is said.
    let sealed = json!({"data": "ENC[AES256_GCM,data:aa,iv:bb,tag:cc,type:str]", "sops": {"mac": "x", "version": "3.8.1"}, "clientId": "cm-p1-e2-integration-0"});
    scene.write("set/sealed.json", &sealed.to_string());
    let run = scene.search(&[]);
    assert_eq!(run.code, 0, "{}", run.out);

    let path = |name: &str| scene.path(name).into_os_string();
    let missing = crate::common::run([
        OsString::from("compare"),
        OsString::from("--now"),
        NOW.into(),
        path("old.json"),
        path("new.json"),
        "--in".into(),
        path("missing"),
    ]);
    assert!(missing.code == 2 && missing.err.contains("missing"), "{}", missing.err);
    scene.write("empty.json", "{}");
    let nothing = crate::common::run([
        OsString::from("compare"),
        path("empty.json"),
        path("new.json"),
        "--in".into(),
        path("set"),
    ]);
    assert!(nothing.code == 2 && nothing.err.contains("can't be looked for"), "{}", nothing.err);
    let environment =
        aemcred::cli::Environment { interruption: interrupted(), ..crate::common::environment() };
    let arguments =
        [OsString::from("compare"), path("old.json"), path("new.json"), "--in".into(), path("set")];
    assert_eq!(run_in(&environment, arguments, b"").code, 130);
    let arguments = [
        OsString::from("compare"),
        "--now".into(),
        NOW.into(),
        path("old.json"),
        path("new.json"),
        "--in".into(),
        "-".into(),
    ];
    let piped = run_with_input(arguments, old().to_string().as_bytes());
    assert!(piped.code == 1 && piped.out.contains("✗ <stdin>:"), "{}", piped.out);
    let twice = crate::common::run([
        OsString::from("compare"),
        "-".into(),
        path("new.json"),
        "--in".into(),
        "-".into(),
    ]);
    assert!(twice.code == 2 && twice.err.contains("only once"), "{}", twice.err);
}

/// The steps of the page, in the order in which it has them.
#[cfg(unix)]
#[test]
fn the_commands_of_the_page_lead_through_a_rotation() {
    let scene = Scene::new(old(), new());
    fs::remove_file(scene.path("old.json")).unwrap();
    scene.write("deploy/service.json", &old().to_string());
    scene.write("deploy/.env", &variables(&old()));
    let page = fs::read_to_string(root().join("docs/renewals.md")).unwrap();
    // The page says nothing of the clock, and these credentials are made for one.
    let clock = format!(
        "aemcred() {{ command=$1; shift; case $command in renewals|compare) set -- --now {NOW} \"$@\";; esac; \
         command aemcred \"$command\" \"$@\"; }}\n"
    );
    let bin = Path::new(env!("CARGO_BIN_EXE_aemcred")).parent().unwrap();
    let mut outputs = Vec::new();
    for block in page.split("<!-- run: rotation").skip(1) {
        let (status, block) = block.split_once(" -->\n\n```sh\n").unwrap();
        let script = block.split_once("```").unwrap().0;
        if outputs.len() == 4 {
            scene.write("deploy/.env", &variables(&new()));
        }
        let output = Command::new("sh")
            .args(["-euc", &format!("{clock}{script}")])
            .env_clear()
            .env("PATH", format!("{}:/usr/bin:/bin", bin.display()))
            .current_dir(scene.folder.path())
            .output()
            .unwrap();
        let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert_eq!(output.status.code(), Some(status.trim().parse().unwrap_or(0)), "{script}{out}{err}");
        outputs.push(out.into_owned());
    }
    let expected = [
        "due ",
        "",
        "NEW is a rotation of OLD",
        "1 place still holds OLD; NEW: 1",
        "no place holds OLD; NEW: 2",
        "later ",
    ];
    assert_eq!(outputs.len(), expected.len());
    for (output, expected) in outputs.iter().zip(expected) {
        assert!(output.contains(expected), "{expected} is not in {output}");
    }
}
