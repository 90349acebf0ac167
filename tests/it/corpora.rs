//! Other people's collections of keys, certificates and JSON: what OpenSSL and Node read of them is read, in no time and
//! without a panic. And weak keys, of the kinds that badkeys knows. `just corpora` gets them and runs this.

use std::collections::BTreeMap;
use std::fs;
use std::process::Command;
use std::time::{Duration, Instant};

use aemcred::internals::credential::Certificate;
use aemcred::internals::json::{Limits, parse};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::client::{hold, sound, with};
use crate::common::{NOW, root, run};
use crate::pem_client::run_node;

/// Where one of us reads something and the other doesn't: docs/security.md explains each.
const EXPLAINED: [(&str, &str); 9] = [
    ("x509/badasn1time.pem", "a time that is none"),
    ("x509/custom/invalid_version.pem", "a version that doesn't exist"),
    ("badkeys/sources/tests/data/fallback/invalidver.crt", "a version that doesn't exist"),
    ("x509/custom/mismatch_inner_outer_sig_algorithm.der", "two signature algorithms"),
    ("x509/custom/rsa_pss_cert_invalid_mgf.der", "two signature algorithms"),
    ("x509/custom/rsa_pss_cert_no_sig_params.der", "two signature algorithms"),
    ("x509/custom/rsa_pss_cert_unsupported_mgf_hash.der", "two signature algorithms"),
    ("x509/v1_cert.pem", "two signature algorithms"),
    ("i_structure_500_nested_arrays.json", "nested deeper than 128"),
];

/// Keys of other kinds that OpenSSL can't read: an error to both of us, but one says that the service refuses such a kind, and
/// the other that the client throws.
const OTHER_BASIS: [&str; 7] = [
    "DSA/custom/nilpotent.pem",
    "EC/ec-missing-curve.pem",
    "EC/explicit_parameters_private_key.pem",
    "PKCS8/ec-inconsistent-curve.pem",
    "PKCS8/ec-invalid-private-scalar.pem",
    "PKCS8/withdompar_private.pkcs8.pem",
    "badkeys/sources/tests/data/unsupported/sm2-priv.key",
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

/// Rules, of which one says it, and words of its message.
type Said = Option<(&'static [&'static str], &'static str)>;

/// What badkeys finds, and how we say it; docs/security.md explains what isn't said at all.
const WEAK: [(&str, Said); 22] = [
    ("fermat", Some((&["private-key-weak"], "Fermat's method finds them in round"))),
    ("fermat:square", Some((&["private-key-inconsistent"], "the two primes are the same"))),
    ("roca", Some((&["private-key-weak"], "ROCA"))),
    ("rsainvalid:e_too_large", Some((&["private-key-algorithm"], "larger than its modulus"))),
    ("rsainvalid:invalid_e", Some((&["private-key-weak"], "public exponent e is"))),
    ("rsapoly", Some((&["private-key-weak"], "only a few bits of its modulus are set"))),
    ("rsapoly:completeftp", Some((&["private-key-weak"], "only a few bits of its modulus are set"))),
    ("rsapoly:nautilus", Some((&["private-key-weak"], "only a few bits of its modulus are set"))),
    ("smalld", Some((&["private-key-weak"], "its private exponent d is so small"))),
    ("smallfactors:corrupt", Some((&["private-key-inconsistent"], "should be prime and is not"))),
    ("smallfactors:valid", Some((&["private-key-weak"], "so small that trial division finds it"))),
    ("rsawarnings:extremely_small", Some((&["private-key-algorithm"], ""))),
    ("rsawarnings:too_small", Some((&["private-key-algorithm"], ""))),
    ("rsawarnings:exponent_3", Some((&["private-key-exponent"], "it is 3"))),
    // Where it is worse than a warning, another rule says so.
    (
        "rsawarnings:exponent_not_65537",
        Some((&["private-key-exponent", "private-key-weak", "private-key-algorithm"], "exponent")),
    ),
    ("rsawarnings:not_multiple_of_8", None),
    ("rsawarnings:unusual_keysize", None),
    ("sharedprimes", None),
    ("rsabias", None),
    ("rsabias:vanity", None),
    ("pattern", None),
    ("xzbackdoor", None),
];

/// Runs `tests/corpora/weak-keys.py`, which makes keys of each kind and asks badkeys.
#[test]
#[ignore = "needs the collections; `just corpora` gets them"]
fn weak_keys_are_named_where_badkeys_names_them() {
    let badkeys = root().join("target/corpora/badkeys");
    let mut script = Command::new("python3");
    script.arg(root().join("tests/corpora/weak-keys.py")).arg(badkeys.join("sources/tests/data"));
    let output =
        script.env("PYTHONPATH", badkeys.join("packages")).output().expect("`python3` runs the judge");
    let keys: Vec<(String, String, Vec<String>)> = serde_json::from_slice(&output.stdout).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let (mut wrong, mut counts) = (Vec::new(), BTreeMap::<&str, usize>::new());
    for (name, key, named) in &keys {
        let mut document = sound();
        document["integration"]["privateKey"] = json!(key);
        // Nothing vouches for the key.
        document["integration"].as_object_mut().unwrap().remove("publicKey");
        let path = folder.path().join("a.json");
        fs::write(&path, document.to_string()).unwrap();
        let report = run(["check", "--format=json", "--now", NOW, path.to_str().unwrap()]).out;
        let report: Value = serde_json::from_str(&report).unwrap();
        let findings = report["files"][0]["findings"].as_array().unwrap();
        let said: Vec<(&str, &str)> = findings
            .iter()
            .map(|finding| (finding["rule"].as_str().unwrap(), finding["message"].as_str().unwrap()))
            .filter(|(rule, _)| rule.starts_with("private-key-"))
            .collect();
        if named.is_empty() && !said.is_empty() {
            wrong.push(format!("{name}: badkeys finds nothing, and we {said:?}"));
        }
        for named in named {
            let (_, expected) = WEAK.iter().find(|(check, _)| check == named).expect("a check of badkeys");
            *counts.entry(named).or_default() += 1;
            let is_said = |(rules, words): &(&[&str], &str)| {
                said.iter().any(|(rule, message)| rules.contains(rule) && message.contains(words))
            };
            if expected.as_ref().is_some_and(|expected| !is_said(expected)) {
                wrong.push(format!("{name}: badkeys finds {named}, and we {said:?}"));
            }
        }
    }
    println!("{} keys: {counts:?}", keys.len());
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
    for (check, _) in WEAK {
        assert!(counts.contains_key(check), "{check} is met");
    }
}
