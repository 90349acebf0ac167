//! Other people's collections of keys, certificates and JSON: what OpenSSL and Node read of them is read, in no time and
//! without a panic. `just corpora` gets them and runs this.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use aemcred::internals::credential::Certificate;
use aemcred::internals::json::{Limits, parse};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use crate::client::{hold, with};
use crate::common::root;
use crate::pem_client::run_node;

/// Where one of us reads something and the other doesn't: docs/security.md explains each.
const EXPLAINED: [(&str, &str); 8] = [
    ("x509/badasn1time.pem", "a time that is none"),
    ("x509/custom/invalid_version.pem", "a version that doesn't exist"),
    ("x509/custom/mismatch_inner_outer_sig_algorithm.der", "two signature algorithms"),
    ("x509/custom/rsa_pss_cert_invalid_mgf.der", "two signature algorithms"),
    ("x509/custom/rsa_pss_cert_no_sig_params.der", "two signature algorithms"),
    ("x509/custom/rsa_pss_cert_unsupported_mgf_hash.der", "two signature algorithms"),
    ("x509/v1_cert.pem", "two signature algorithms"),
    ("i_structure_500_nested_arrays.json", "nested deeper than 128"),
];

/// Keys of other kinds that OpenSSL can't read: an error to both of us, but one says that the service refuses such a kind, and
/// the other that the client throws.
const OTHER_BASIS: [&str; 6] = [
    "DSA/custom/nilpotent.pem",
    "EC/ec-missing-curve.pem",
    "EC/explicit_parameters_private_key.pem",
    "PKCS8/ec-inconsistent-curve.pem",
    "PKCS8/ec-invalid-private-scalar.pem",
    "PKCS8/withdompar_private.pkcs8.pem",
];

#[test]
#[ignore = "needs the collections; `just corpora` gets them"]
fn collections_are_read_as_openssl_and_node_do() {
    let folder = root().join("target/corpora");
    let script = root().join("tests/it/corpora.js");
    let arguments = [script.to_str().unwrap(), folder.to_str().unwrap()];
    let output = run_node(&arguments, "").expect("`node` is the judge");
    let found: Vec<(String, String, String, bool)> = serde_json::from_str(&output).unwrap();
    let (mut keys, mut wrong, mut counts) = (Vec::new(), Vec::new(), BTreeMap::<String, usize>::new());
    for (name, kind, body, taken) in found {
        *counts.entry(kind.clone()).or_default() += 1;
        let bytes = STANDARD.decode(body).unwrap();
        let text = String::from_utf8_lossy(&bytes);
        let start = Instant::now();
        let read = match kind.as_str() {
            "key" if OTHER_BASIS.iter().any(|other| name.ends_with(other)) => continue,
            "key" => {
                keys.push((name, with("/integration/privateKey", json!(text))));
                continue;
            }
            "certificate" => Certificate::from_pem(&text).is_ok(),
            _ => parse(&text, Limits::default()).is_ok(),
        };
        assert!(start.elapsed() < Duration::from_secs(1), "{name} takes {:?}", start.elapsed());
        let explained = EXPLAINED.iter().any(|(explained, _)| name.ends_with(explained));
        if (read != taken) != explained {
            wrong.push(format!(
                "{kind} {name}: {}",
                if read { "only we read it" } else { "only Node reads it" }
            ));
        }
    }
    println!("{counts:?}");
    assert!(counts.values().all(|count| *count > 50) && counts.len() == 3, "{counts:?}");
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
    let (count, start) = (keys.len(), Instant::now());
    hold(&keys);
    assert!(start.elapsed() < Duration::from_secs(1) * u32::try_from(count).unwrap());
}
