//! What is generated, seen through eyes that are not ours: openssl, node and x509-parser.

mod certificate;
mod defects;
mod document;
mod token;

use std::io::Write as _;
use std::process::{Command, Output, Stdio};
use std::sync::LazyLock;

use serde_json::Value;

use super::*;

/// A key that tests share, because finding primes takes time.
static KEY: LazyLock<KeyPair> = LazyLock::new(|| KeyPair::generate(&Seed::from(1), 2048).unwrap());

fn specification(defect: Option<&str>) -> Specification {
    let mut specification = Specification::new(Seed::from(1), "2026-11-22T12:00:00Z".parse().unwrap());
    specification.defect = defect.map(|rule| Defect::from_rule(rule).unwrap());
    specification
}

fn document(specification: &Specification) -> Vec<u8> {
    generate_with_key(specification, &KEY).unwrap().into_inner()
}

/// The fields of a document, which must be readable.
fn integration(document: &[u8]) -> Value {
    let mut value: Value = serde_json::from_slice(document).unwrap();
    value["integration"].take()
}

fn pem(integration: &Value, field: &str) -> String {
    integration[field].as_str().unwrap().to_owned()
}

/// The bytes of a PEM block in any readable spelling.
fn der(pem: &str) -> Vec<u8> {
    use base64::Engine as _;
    let body: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    base64::engine::general_purpose::STANDARD.decode(body).unwrap()
}

/// Runs a program that may not be installed; `None`, and a line on standard error, if it isn't.
fn run(program: &str, arguments: &[&str], input: &str) -> Option<Output> {
    let child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let Ok(mut child) = child else {
        eprintln!("SKIPPED: {program} is not installed, so what it makes of the credential is not tested");
        return None;
    };
    // A program that refuses its input early closes the pipe.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    Some(child.wait_with_output().unwrap())
}

/// What openssl prints, all of it, and whether it was satisfied.
fn openssl(arguments: &[&str], input: &str) -> Option<(bool, String)> {
    run("openssl", arguments, input).map(|output| {
        let text = [output.stdout, output.stderr].concat();
        (output.status.success(), String::from_utf8_lossy(&text).into_owned())
    })
}

/// Whether the documented client can sign with the document, in the way that it does.
fn client_signs(document: &str) -> Option<bool> {
    const PROGRAM: &str = "
        const { integration } = JSON.parse(require('fs').readFileSync(0, 'utf8'));
        const sign = require('crypto').createSign('RSA-SHA256');
        sign.update('claims');
        sign.sign(integration.privateKey);";
    run("node", &["-e", PROGRAM], document).map(|output| output.status.success())
}
