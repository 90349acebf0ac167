//! `aemcred inspect` of credentials that lie in something else: which is found, where it is said to lie, and which one is
//! meant.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use crate::common::{Run, fixture, run, run_with_input, sound};
use crate::no_leak::Secrets;

const CLIENT: &str = "cm-p99999-e999999-integration-0";
const OTHER: &str = "cm-p99999-e999998-integration-0";

/// A Kubernetes Secret with these documents.
pub(crate) fn secret(documents: &[(&str, &str)]) -> String {
    let entry = |(name, text): &(&str, &str)| format!("  {name}: {}\n", STANDARD.encode(text));
    let data: String = documents.iter().map(entry).collect();
    format!("apiVersion: v1\nkind: Secret\nmetadata:\n  name: aem\ndata:\n{data}")
}

/// The same credential as variables, as the documented ones are called.
pub(crate) fn variables(document: &str) -> String {
    let document: Value = serde_json::from_str(document).unwrap();
    let integration = &document["integration"];
    let account = &integration["technicalAccount"];
    [
        ("CLIENT_ID", &account["clientId"]),
        ("CLIENT_SECRET", &account["clientSecret"]),
        ("TECHNICAL_ACCOUNT_ID", &integration["id"]),
        ("ORG_ID", &integration["org"]),
        ("META_SCOPES", &integration["metascopes"]),
        ("PRIVATE_KEY", &integration["privateKey"]),
    ]
    .map(|(name, value)| {
        let value = value.as_str().unwrap().replace("\r\n", "\\n");
        format!("AEM_SERVICECREDENTIALS_{name}=\"{value}\"\n")
    })
    .concat()
}

fn inspect(arguments: &[&str], input: &str) -> Run {
    let arguments = [&["inspect", "-", "--stdin-filename=kept"], arguments].concat();
    run_with_input(arguments, input.as_bytes())
}

#[test]
fn what_lies_in_something_is_told_as_if_it_were_a_file_with_its_place() {
    let schema: Value = serde_json::from_str(&run(["schema", "inspect"]).out).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let (good, bad, token) =
        (sound(), fixture("certificate-expired/bad.json"), fixture("token-expired/bad.json"));
    let string = serde_json::to_string(&good).unwrap();
    for (what, text, document, within) in [
        ("secret", secret(&[("a.json", &good)]), &good, "data.\"a.json\" → base64"),
        ("expired", secret(&[("a.json", &bad)]), &bad, "data.\"a.json\" → base64"),
        ("token", secret(&[("a.json", &token)]), &token, "data.\"a.json\" → base64"),
        ("export", format!("{{\"Name\": \"x\", \"SecretString\": {string}}}"), &good, "SecretString"),
        ("base64", STANDARD.encode(&bad), &bad, "base64"),
        ("variable", format!("A=b\nexport AEM='{}'\n", STANDARD.encode(&good)), &good, "AEM → base64"),
    ] {
        let (kept, plain) = (inspect(&["--format=json"], &text), inspect(&["--format=json"], document));
        assert_eq!(kept.code, plain.code, "{what}: {}", kept.err);
        let [mut kept, mut plain] = [kept, plain].map(|run| serde_json::from_str::<Value>(&run.out).unwrap());
        assert!(validator.is_valid(&kept), "{what}");
        assert_eq!(kept["within"], within, "{what}");
        assert_eq!(plain.get("within"), None, "{what}");
        let checked: Value = serde_json::from_str(
            &run_with_input(["check", "-", "--stdin-filename=kept", "--format=json"], text.as_bytes()).out,
        )
        .unwrap();
        let findings = checked["files"][0]["findings"].as_array().unwrap();
        for (index, finding) in kept["findings"].as_array().unwrap().iter().enumerate() {
            for field in ["rule", "line", "column", "end_line", "end_column", "fingerprint"] {
                assert_eq!(finding[field], findings[index][field], "{what}: {field}");
            }
            // The title names the place, so that no message has to.
            assert!(!finding["message"].as_str().unwrap().contains('→'), "{what}");
        }
        // The same in everything but places.
        for report in [&mut kept, &mut plain] {
            let report = report.as_object_mut().unwrap();
            report.retain(|name, _| !["within", "findings"].contains(&name.as_str()));
        }
        assert_eq!(kept, plain, "{what}");
        let text = inspect(&[], &text);
        let title = text.out.lines().next().unwrap();
        assert!(title.starts_with(&format!("kept → {within}: ")), "{what}: {title}");
    }
}

#[test]
fn variables_have_no_certificate_and_that_is_no_defect() {
    let run = inspect(&[], &variables(&sound()));
    assert_eq!((run.code, run.err.as_str()), (0, ""));
    for words in [
        "kept → AEM_SERVICECREDENTIALS_*: service credentials",
        "Not read            – publicKey is not stored in variables",
        "Signature           – publicKey is not stored in variables",
        "User in AEM         – email is not stored in variables",
        "RSA, 2,048 bits",
        "– partial: without the certificate",
    ] {
        assert!(run.out.contains(words), "{words}: {}", run.out);
    }
    // What is absent is the program's business.
    let without = variables(&sound());
    let without: String =
        without.split_inclusive('\n').filter(|line| !line.contains("META_SCOPES=")).collect();
    let report: Value = serde_json::from_str(&inspect(&["--format=json"], &without).out).unwrap();
    let unread = report["unread"].as_array().unwrap();
    let missing = unread.iter().find(|unread| unread["what"] == "metascopes").unwrap();
    assert_eq!(
        (&missing["rule"], &missing["reason"]),
        (&Value::Null, &"metascopes is not stored in variables".into())
    );
}

#[test]
fn of_several_credentials_one_is_chosen() {
    let (one, two) = (sound(), sound().replace(CLIENT, OTHER));
    let several = secret(&[("a.json", &one), ("b.json", &two)]);
    let refused = inspect(&[], &several);
    assert_eq!((refused.code, refused.out.as_str()), (2, ""));
    assert_eq!(
        refused.err,
        format!(
            "error: kept: holds 2 credentials; choose one with --client ID:\n  \
             6:11 data.\"a.json\" → base64, service credentials: {CLIENT}\n  \
             7:11 data.\"b.json\" → base64, service credentials: {OTHER}\n"
        )
    );
    for (client, place) in [(CLIENT, "a.json"), (OTHER, "b.json")] {
        let chosen = inspect(&["--client", client], &several);
        assert!(chosen.out.starts_with(&format!("kept → data.\"{place}\" → base64")), "{}", chosen.out);
        assert_eq!((chosen.code, chosen.err.as_str()), (0, ""));
    }
    let copies = inspect(&[], &secret(&[("a.json", &one), ("b.json", &one)]));
    assert_eq!(copies.code, 0);
    assert_eq!(copies.err, "aemcred: kept: 2 documents of this client are in it; this is the first\n");
    assert!(copies.out.starts_with("kept → data.\"a.json\""));
}

#[test]
fn a_client_that_is_not_there_is_said_so() {
    let unnamed = sound().replace(CLIENT, "<client>");
    for (text, words) in [
        (sound(), format!("1:1 service credentials: {CLIENT}")),
        (
            secret(&[("a.json", &sound())]),
            format!("6:11 data.\"a.json\" → base64, service credentials: {CLIENT}"),
        ),
        (secret(&[("a.json", &sound()), ("b.json", &unnamed)]), String::from("copy it to a separate file")),
        (unnamed.clone(), String::from("client ID unknown")),
        (String::from("{}"), String::from("unknown: client ID unknown")),
    ] {
        let run = inspect(&["--client", "cm-p1-e2-integration"], &text);
        assert_eq!((run.code, run.out.as_str()), (2, ""));
        assert!(
            run.err.contains("holds no credential of the client cm-p1-e2-integration")
                && run.err.contains(&words),
            "{}",
            run.err
        );
    }
    let project = r#"{"project": {"org": {}, "workspace": {"details": {"credentials": [
        {"name": "x", "api_key": {"client_id": "one"}}]}}}}"#;
    assert_eq!(inspect(&["--client", "one"], project).code, 0);
    // Something secret that was typed by mistake isn't repeated.
    let secret = "23bc46b1-71f6-4ed5-8c54-816aa4f8c502";
    let run = inspect(&["--client", secret], &sound());
    assert!(
        run.code == 2 && run.err.contains("of this client") && !run.err.contains("23bc46b1"),
        "{}",
        run.err
    );
}

#[test]
fn nothing_leaks_from_what_lies_in_something() {
    let (one, two) = (sound(), sound().replace(CLIENT, OTHER).replace("p8e-", "p9e_"));
    let token = fixture("token-expires-in/good.json");
    let mut secrets = Secrets::of(one.as_bytes());
    secrets.also(&Secrets::of(two.as_bytes()));
    secrets.also(&Secrets::of(token.as_bytes()));
    let swapped = one.replace(CLIENT, "p8e-Ab_cdefghijklmnopqrstuvwxyz01234");
    for (what, text) in [
        ("secret", secret(&[("a.json", &one)])),
        ("several", secret(&[("a.json", &one), ("b.json", &two), ("c.json", &swapped), ("d.json", &token)])),
        ("variables", variables(&one)),
        ("odd variables", variables(&two).replace("CLIENT_ID=\"", "CLIENT_ID=\"p8e-Ab_cdefgh")),
        ("token", secret(&[("a.json", &token)])),
        ("cut", variables(&one)[..1500].to_owned()),
    ] {
        let told =
            [vec!["--format=text"], vec!["--format=json"], vec!["--client=x"], vec!["--now=2050-01-01"]];
        for arguments in told {
            let run = inspect(&arguments, &text);
            for out in [run.out, run.err] {
                secrets.assert_absent(&out, &format!("{what} {arguments:?}"));
                assert!(!out.contains("p8e-Ab_c"), "{what} {arguments:?}");
            }
        }
    }
}
