//! Each defect is what it says.

use std::collections::{BTreeMap, BTreeSet};

use x509_parser::certificate::X509Certificate;
use x509_parser::prelude::FromDer;

use super::*;

/// The document of every defect, made once: some need a key pair of their own.
static BAD: LazyLock<BTreeMap<&str, Vec<u8>>> = LazyLock::new(|| {
    Defect::all().map(|defect| (defect.rule(), document(&specification(Some(defect.rule()))))).collect()
});

/// The defects of service credentials.
fn of_service_credentials() -> impl Iterator<Item = Defect> {
    Defect::all().filter(|defect| defect.kinds().contains(&Kind::ServiceCredentials))
}

fn bad(rule: &str) -> &'static [u8] {
    &BAD[rule]
}

fn sound() -> Vec<u8> {
    document(&specification(None))
}

/// The certificate of a defect as x509-parser sees it.
fn with_certificate<T>(rule: &str, look: impl FnOnce(&X509Certificate<'_>) -> T) -> T {
    let bytes = der(&pem(&integration(bad(rule)), "publicKey"));
    let (rest, certificate) = X509Certificate::from_der(&bytes).unwrap();
    assert!(rest.is_empty());
    look(&certificate)
}

/// Days from now to the beginning and to the end of the validity.
fn validity(rule: &str) -> (i64, i64) {
    let now = specification(None).now.timestamp();
    with_certificate(rule, |certificate| {
        let days = |time: x509_parser::time::ASN1Time| (time.timestamp() - now) / 86_400;
        (days(certificate.validity.not_before), days(certificate.validity.not_after))
    })
}

#[test]
fn there_is_one_for_every_rule_about_content() {
    let rules: Vec<_> = Defect::all().map(Defect::rule).collect();
    assert_eq!(rules.len(), crate::rules::about_content().count());
    assert_eq!(rules.iter().collect::<BTreeSet<_>>().len(), rules.len(), "each once");
    for defect in Defect::all() {
        assert_eq!(Defect::from_rule(defect.rule()), Some(defect));
    }
    assert_eq!(Defect::from_rule("suppression-unused"), None);
    assert_eq!(Defect::from_rule(""), None);
}

#[test]
fn each_differs_from_the_sound_one_and_from_every_other() {
    let mut seen = BTreeSet::from([sound()]);
    for defect in Defect::all() {
        let is_new = seen.insert(bad(defect.rule()).to_vec());
        assert!(is_new, "{defect:?} in src/generate/defect/ changes nothing, or does what another does");
    }
}

#[test]
fn each_is_marked_and_has_a_readable_certificate_unless_that_is_the_defect() {
    for defect in of_service_credentials() {
        let Ok(mut value) = serde_json::from_slice::<Value>(bad(defect.rule())) else {
            assert!(["document-encoding", "document-syntax"].contains(&defect.rule()), "{defect:?}");
            continue;
        };
        if defect.rule() != "document-wrapper" {
            value = value["integration"].take();
        }
        let others = [
            "document-kind",
            "document-error-response",
            "exposed-to-browser",
            "key-file-unread",
            "credential-retired",
        ];
        if others.contains(&defect.rule()) {
            assert!(value.is_null());
            continue;
        }
        for field in ["org", "id", "email"] {
            let synthetic = is_synthetic(value[field].as_str().unwrap());
            assert_eq!(synthetic, (defect.rule(), field) != ("field-empty", "org"), "{defect:?} {field}");
        }
        let bytes = der(&pem(&value, "publicKey"));
        let readable = X509Certificate::from_der(&bytes).is_ok_and(|(rest, _)| rest.is_empty());
        assert_eq!(readable, !["certificate-syntax", "pem-label"].contains(&defect.rule()), "{defect:?}");
    }
}

#[test]
fn documents() {
    let sound = sound();
    let encoding = bad("document-encoding");
    assert_eq!(encoding, ["\u{FEFF}".as_bytes(), &sound].concat());
    let syntax = std::str::from_utf8(bad("document-syntax")).unwrap();
    assert!(syntax.ends_with("\"statusCode\": 200,\n}\n"));
    let size = bad("document-size");
    assert_eq!(size.len(), (1 << 20) + 1);
    assert_eq!(size.trim_ascii_end(), sound.trim_ascii_end());
    let duplicate = std::str::from_utf8(bad("document-duplicate-key")).unwrap();
    assert_eq!(duplicate.matches("\"clientId\": \"cm-p99999-e99999").count(), 2);
    let error = bad("document-error-response");
    assert_eq!(error, b"{\n  \"ok\": false,\n  \"statusCode\": 404\n}\n");
    let wrapper: Value = serde_json::from_slice(bad("document-wrapper")).unwrap();
    assert_eq!(wrapper, integration(&sound));
}

#[test]
fn fields() {
    let sound = integration(&sound());
    for (rule, pointer, before, after) in [
        ("field-type", "/metascopes", None, Some("true")),
        ("field-missing", "/imsEndpoint", None, None),
        ("field-empty", "/org", None, Some("\"\"")),
        ("field-placeholder", "/technicalAccount/clientSecret", None, Some("\"***REDACTED***\"")),
        ("field-unknown", "/metaScopes", Some("absent"), Some("\"ent_aem_cloud_api\"")),
        ("ims-endpoint-form", "/imsEndpoint", None, Some("\"https://ims-na1.adobelogin.com\"")),
        ("ims-endpoint-host", "/imsEndpoint", None, Some("\"ims-na1.adobelogin.com.example.net\"")),
        ("ims-endpoint-stage", "/imsEndpoint", None, Some("\"ims-na1-stg1.adobelogin.com\"")),
        ("metascopes-form", "/metascopes", None, Some("\"ent_aem_cloud_api, ent_cloudmgr_sdk\"")),
        ("metascopes-aem", "/metascopes", None, Some("\"ent_cloudmgr_sdk\"")),
        (
            "certificate-expiration-date",
            "/certificateExpirationDate",
            None,
            Some("\"2027-10-24T12:00:00.000Z\""),
        ),
    ] {
        let bad = integration(bad(rule));
        assert_eq!(sound.pointer(pointer).is_none(), before.is_some(), "{rule}");
        assert_eq!(bad.pointer(pointer).map(ToString::to_string).as_deref(), after, "{rule}");
        // Apart from that nothing has changed.
        let mut rest = [sound.clone(), bad];
        for value in &mut rest {
            let (parent, key) = pointer.rsplit_once('/').unwrap();
            value.pointer_mut(parent).unwrap().as_object_mut().unwrap().remove(key);
        }
        assert_eq!(rest[0], rest[1], "{rule}");
    }
    let secret = |value: &Value| value["technicalAccount"]["clientSecret"].as_str().unwrap().to_owned();
    assert_eq!(secret(&integration(bad("field-whitespace"))), secret(&sound) + "\n");
    let swapped = integration(bad("identifier-swapped"));
    assert_eq!((&swapped["id"], &swapped["org"]), (&sound["org"], &sound["id"]));
    assert!(integration(bad("identifier-form"))["id"].as_str().unwrap().ends_with("@AdobeOrg"));
    with_certificate("account-mismatch", |certificate| {
        assert_eq!(certificate.subject().to_string(), "CN=cm-p99999-e999991-integration-0");
        assert_eq!(certificate.issuer(), certificate.subject());
    });
}

#[test]
fn pem_spellings() {
    let key = |rule| pem(&integration(bad(rule)), "privateKey");
    let sound = pem(&integration(&sound()), "privateKey");
    assert_eq!(key("pem-newlines"), sound.replace("\r\n", r"\r\n"));
    assert_eq!(key("pem-syntax"), sound.replace("-----END", "----END"));
    let wide = key("pem-form");
    assert_eq!(wide.lines().nth(1).unwrap().len(), 76);
    assert_eq!(der(&wide), der(&sound));
    let label = pem(&integration(bad("pem-label")), "publicKey");
    assert!(label.starts_with("-----BEGIN PUBLIC KEY-----\r\n"));
    if let Some((satisfied, text)) = openssl(&["pkey", "-pubin", "-noout", "-text"], &label) {
        assert!(satisfied && text.contains("(2048 bit)"), "{text}");
    }
}

#[test]
fn validities() {
    assert_eq!(validity("certificate-expired"), (-375, -10));
    assert_eq!(validity("certificate-expiry-imminent"), (-363, 2));
    assert_eq!(validity("certificate-expiring"), (-345, 20));
    assert_eq!(validity("certificate-not-yet-valid"), (10, 375));
    assert_eq!(validity("certificate-validity-inverted"), (565, 200));
    assert_eq!(validity("certificate-lifetime"), (-1825, 1825));
    assert_eq!(
        integration(bad("certificate-expired"))["certificateExpirationDate"],
        "2026-11-12T12:00:00.000Z"
    );
    with_certificate("certificate-time-encoding", |certificate| {
        assert!(certificate.validity.not_before.is_utctime());
        assert!(certificate.validity.not_after.is_generalizedtime());
    });
    assert_eq!(validity("certificate-time-encoding"), (-30, 335));
}

#[test]
fn certificates_that_do_not_verify() {
    let sound = der(&pem(&integration(&sound()), "publicKey"));
    let signature = der(&pem(&integration(bad("certificate-signature")), "publicKey"));
    let different = std::iter::zip(&sound, &signature).filter(|(one, other)| one != other).count();
    assert_eq!((different, sound.len()), (1, signature.len()));
    with_certificate("certificate-issuer", |certificate| {
        assert_eq!(certificate.issuer().to_string(), "CN=Synthetic Issuing CA");
    });
    // Whether openssl finds that a certificate is signed by its own key.
    for (rule, verifies) in [
        ("certificate-signature", false),
        ("certificate-issuer", false),
        ("certificate-time-encoding", true),
        ("account-mismatch", true),
        ("private-key-weak", true),
        ("private-key-exponent", true),
        ("private-key-published", true),
    ] {
        let pem = pem(&integration(bad(rule)), "publicKey");
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), &pem).unwrap();
        let path = file.path().to_str().unwrap();
        let arguments = ["verify", "-auth_level", "0", "-no_check_time", "-check_ss_sig", "-CAfile", path];
        if let Some((satisfied, text)) = openssl(&arguments, &pem) {
            assert_eq!(satisfied, verifies, "{rule}: {text}");
        }
    }
    let pem = pem(&integration(bad("certificate-algorithm")), "publicKey");
    if let Some((_, text)) = openssl(&["x509", "-noout", "-text"], &pem) {
        assert!(text.contains("rsassaPss"), "{text}");
    }
}

#[test]
fn private_keys() {
    let key = |rule| pem(&integration(bad(rule)), "privateKey");
    let Some((_, encrypted)) = openssl(&["asn1parse"], &key("private-key-encrypted")) else { return };
    for name in ["PBES2", "PBKDF2", "hmacWithSHA256", "aes-256-cbc"] {
        assert!(encrypted.contains(name), "{encrypted}");
    }
    // With a pass phrase openssl gets as far as the padding, so everything around the ciphertext is right.
    let arguments = ["pkey", "-noout", "-passin", "pass:guess"];
    let (satisfied, text) = openssl(&arguments, &key("private-key-encrypted")).unwrap();
    assert!(!satisfied && (text.contains("bad decrypt") || text.contains("maybe wrong password")), "{text}");

    let (satisfied, text) =
        openssl(&["pkey", "-check", "-noout", "-text"], &key("private-key-algorithm")).unwrap();
    assert!(satisfied && text.contains("Key is valid") && text.contains("P-256"), "{text}");
    let (_, text) = openssl(&["rsa", "-check", "-noout"], &key("private-key-inconsistent")).unwrap();
    assert!(text.contains("not congruent to d") && !text.contains("RSA key ok"), "{text}");
    let (satisfied, _) = openssl(&["rsa", "-noout"], &key("private-key-syntax")).unwrap();
    assert!(!satisfied);
    for rule in ["private-key-weak", "private-key-exponent", "private-key-published", "key-pair-mismatch"] {
        let (satisfied, text) = openssl(&["rsa", "-check", "-noout"], &key(rule)).unwrap();
        assert!(satisfied && text.contains("RSA key ok"), "{rule}: {text}");
        let (_, private) = openssl(&["rsa", "-noout", "-modulus"], &key(rule)).unwrap();
        let certificate = pem(&integration(bad(rule)), "publicKey");
        let (_, public) = openssl(&["x509", "-noout", "-modulus"], &certificate).unwrap();
        assert!(private.starts_with("Modulus="));
        assert_eq!(private == public, rule != "key-pair-mismatch", "{rule}");
    }
}

#[test]
fn weak_keys_are_weak() {
    use ::der::Decode as _;
    use num_bigint_dig::BigUint;
    let numbers = |rule| {
        let bytes = der(&pem(&integration(bad(rule)), "privateKey"));
        let key = pkcs1::RsaPrivateKey::from_der(&bytes).unwrap();
        [key.modulus, key.prime1, key.prime2, key.public_exponent]
            .map(|number| BigUint::from_bytes_be(number.as_bytes()))
    };
    let [modulus, larger, smaller, exponent] = numbers("private-key-weak");
    assert_eq!((modulus.bits(), exponent), (2048, BigUint::from(65_537_u32)));
    assert!(larger > smaller && (larger - smaller).bits() < 20);
    assert_eq!(numbers("private-key-exponent")[3], BigUint::from(3_u8));
    assert_eq!(numbers("private-key-published")[0].to_bytes_be(), {
        KeyPair::generate(&Seed::from(PUBLISHED_SEED), 2048).unwrap().modulus()
    });
}

#[test]
fn the_documented_client_refuses_what_it_must() {
    for (rule, signs) in [
        ("pem-newlines", false),
        ("pem-syntax", false),
        ("private-key-syntax", false),
        ("private-key-encrypted", false),
        ("document-encoding", false),
        ("document-syntax", false),
        ("document-wrapper", false),
        ("pem-form", true),
        ("private-key-exponent", true),
        ("certificate-expired", true),
    ] {
        let text = std::str::from_utf8(bad(rule)).unwrap();
        if let Some(signed) = client_signs(text) {
            assert_eq!(signed, signs, "{rule}");
        }
    }
}
