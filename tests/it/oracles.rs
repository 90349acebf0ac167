//! Independent judges: a credential made without aemcred, and a machine without network.

use std::fs;
use std::io::Write as _;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::common::{fixtures, missing, oracle, oracle_with, program, root, run, run_with_input};

/// Runs `openssl`; nothing where it is not installed.
fn openssl(arguments: &[&str]) -> Option<Vec<u8>> {
    let output = oracle(Command::new("openssl").args(arguments))?;
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    Some(output.stdout)
}

/// A key and its certificate for `client`, valid for 365 days from now, made by the `openssl` program alone.
fn made_by_openssl(client: &str) -> Option<(String, String)> {
    let folder = tempfile::tempdir().unwrap();
    let (key, certificate) = (folder.path().join("key.pem"), folder.path().join("certificate.pem"));
    let (key, certificate) = (key.to_str().unwrap(), certificate.to_str().unwrap());
    openssl(&["genrsa", "-traditional", "-out", key, "2048"])?;
    let subject = format!("/CN={client}");
    openssl(&[
        "req",
        "-x509",
        "-new",
        "-key",
        key,
        "-subj",
        &subject,
        "-days",
        "365",
        "-sha256",
        "-out",
        certificate,
        "-set_serial",
        "0x785847cea0748f8c28",
        "-addext",
        "subjectAltName=URI:http://example.org/webid#me",
    ])?;
    let read = |path| fs::read_to_string(path).unwrap().replace('\n', "\r\n");
    Some((read(key), read(certificate)))
}

fn document(client: &str, key: &str, certificate: &str) -> Vec<u8> {
    let document = json!({
        "ok": true,
        "integration": {
            "imsEndpoint": "ims-na1.adobelogin.com",
            "metascopes": "ent_aem_cloud_api",
            "technicalAccount": {"clientId": client, "clientSecret": "p8e-0123456789abcdefABCDEF-_ghijklmn"},
            "email": "01234567-89ab-4cde-8f01-23456789abcd@techacct.adobe.com",
            "id": "0123456789ABCDEF01234567@techacct.adobe.com",
            "org": "89ABCDEF0123456789ABCDEF@AdobeOrg",
            "privateKey": key,
            "publicKey": certificate,
        },
        "statusCode": 200,
    });
    serde_json::to_vec_pretty(&document).unwrap()
}

/// Judged by the machine's own clock, because `openssl req` can't be told another.
fn rules_on(document: &[u8]) -> (i32, Vec<String>) {
    let mut child = program()
        .args(["check", "--format=json", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(document).unwrap();
    let output = child.wait_with_output().unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let findings = report["files"][0]["findings"].as_array().unwrap();
    let rules = findings.iter().map(|finding| finding["rule"].as_str().unwrap().to_owned()).collect();
    (output.status.code().unwrap(), rules)
}

#[test]
fn a_credential_made_by_openssl_is_sound_and_a_wrong_key_is_one_error() {
    let client = "cm-p12345-e67890-integration-0";
    let (Some((key, certificate)), Some((other, _))) = (made_by_openssl(client), made_by_openssl(client))
    else {
        return;
    };
    assert_eq!(rules_on(&document(client, &key, &certificate)), (0, vec![]));
    assert_eq!(
        rules_on(&document(client, &other, &certificate)),
        (1, vec![String::from("key-pair-mismatch")])
    );
    // The documentation's way to a PKCS#8 key: also read by the client.
    let mut openssl = Command::new("openssl");
    let pkcs8 = oracle_with(openssl.args(["pkcs8", "-topk8", "-nocrypt"]), key.as_bytes()).unwrap();
    let pkcs8 = String::from_utf8(pkcs8.stdout).unwrap();
    assert_eq!(rules_on(&document(client, &pkcs8, &certificate)), (0, vec![]));
}

#[test]
fn everything_works_without_network() {
    let alone = |arguments: &[&str]| {
        let mut command = Command::new("unshare");
        command.args(["-rn", env!("CARGO_BIN_EXE_aemcred")]).args(arguments).env_clear();
        command.output()
    };
    if !alone(&["--version"]).is_ok_and(|output| output.status.success()) {
        return missing("unshare");
    }
    let folder = root().join("fixtures");
    let arguments = ["check", "--now=2026-11-22", folder.to_str().unwrap()];
    let (with, without) = (program().args(arguments).output().unwrap(), alone(&arguments).unwrap());
    assert_eq!(
        (with.status.code(), &with.stdout, &with.stderr),
        (without.status.code(), &without.stdout, &without.stderr)
    );
}

#[test]
fn generated_credentials_are_private_files_and_never_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("service_token.json");
    let file = file.to_str().unwrap();
    assert_eq!(run(["generate", file, "--seed=3"]).code, 0);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(fs::metadata(file).unwrap().permissions().mode() & 0o777, 0o600);
    }
    let first = fs::read(file).unwrap();
    let again = run(["generate", file, "--seed=4"]);
    assert!(again.code == 2 && again.err.contains("--force"), "{}", again.err);
    assert_eq!(fs::read(file).unwrap(), first);
    assert_eq!(run(["generate", file, "--seed=4", "--force"]).code, 0);
    assert_ne!(fs::read(file).unwrap(), first);
    assert_eq!(run(["check", file]).code, 0);
    let printed = run(["generate", "--seed=3"]);
    assert_eq!(printed.out.as_bytes(), first);
    assert_eq!(run_with_input(["check", "-"], &first).code, 0);
}

#[test]
fn a_blocklist_in_badkeys_format_is_looked_up() {
    use sha2::{Digest as _, Sha256};

    let folder = tempfile::tempdir().unwrap();
    let list = folder.path().join("blocklist.dat");
    let credential =
        fixtures().into_iter().find(|path| path.ends_with("private-key-published/good.json")).unwrap();
    let Some(modulus) = modulus_of(&credential) else { return };
    let hash = Sha256::digest(modulus);
    let mut records: Vec<Vec<u8>> =
        (0..999_u32).map(|n| Sha256::digest(n.to_be_bytes())[..16].to_vec()).collect();
    records.push([&hash[..15], &[4]].concat());
    records.sort();
    fs::write(&list, records.concat()).unwrap();
    let check = |list: &std::path::Path| {
        run(["check", "--format=concise", "--blocklist"]
            .map(std::path::Path::new)
            .into_iter()
            .chain([list, &credential]))
    };
    let found = check(&list);
    assert!(found.code == 1 && found.out.contains("private-key-published"), "{} {}", found.out, found.err);
    records.retain(|record| record[..15] != hash[..15]);
    fs::write(&list, records.concat()).unwrap();
    assert_eq!(check(&list).code, 0);
    fs::write(&list, "not a list").unwrap();
    let refused = check(&list);
    assert!(refused.code == 2 && refused.err.contains("badkeys"), "{}", refused.err);
    assert_eq!(check(&folder.path().join("missing")).code, 2);
    assert_eq!(check(folder.path()).code, 2);
}

/// The modulus in the certificate, as `openssl` reads it.
fn modulus_of(credential: &std::path::Path) -> Option<Vec<u8>> {
    let document: Value = serde_json::from_slice(&fs::read(credential).unwrap()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let certificate = folder.path().join("certificate.pem");
    fs::write(&certificate, document["integration"]["publicKey"].as_str().unwrap()).unwrap();
    let printed = openssl(&["x509", "-noout", "-modulus", "-in", certificate.to_str().unwrap()])?;
    let hex = String::from_utf8(printed).unwrap();
    let hex = hex.trim().strip_prefix("Modulus=").unwrap().to_owned();
    Some((0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect())
}
