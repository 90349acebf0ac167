//! The document's look and its dependence on the specification.

use super::*;

#[test]
fn the_document_looks_as_issued() {
    let bytes = document(&specification(None));
    let text = String::from_utf8(bytes).unwrap();
    let value: Value = serde_json::from_str(&text).unwrap();
    let field = |pointer: &str| value.pointer(pointer).unwrap().to_string();
    let expected = format!(
        r#"{{
  "ok": true,
  "integration": {{
    "imsEndpoint": "ims-na1.adobelogin.com",
    "metascopes": "ent_aem_cloud_api",
    "technicalAccount": {{
      "clientId": "cm-p99999-e999999-integration-0",
      "clientSecret": {}
    }},
    "email": {},
    "id": {},
    "org": {},
    "privateKey": {},
    "publicKey": {},
    "certificateExpirationDate": "2027-10-23T12:00:00.000Z"
  }},
  "statusCode": 200
}}
"#,
        field("/integration/technicalAccount/clientSecret"),
        field("/integration/email"),
        field("/integration/id"),
        field("/integration/org"),
        field("/integration/privateKey"),
        field("/integration/publicKey"),
    );
    assert_eq!(text, expected);
    let secret = value["integration"]["technicalAccount"]["clientSecret"].as_str().unwrap();
    let secret = secret.strip_prefix("p8e-").unwrap();
    assert!(
        secret.len() == 32
            && secret.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
    );
}

#[test]
fn pem_is_spelled_as_issued() {
    let integration = integration(&document(&specification(None)));
    for (field, label) in [("privateKey", "RSA PRIVATE KEY"), ("publicKey", "CERTIFICATE")] {
        let pem = pem(&integration, field);
        let lines: Vec<_> = pem.strip_suffix("\r\n").unwrap().split("\r\n").collect();
        let [first, body @ .., last] = lines.as_slice() else { panic!("{field}") };
        assert_eq!(*first, format!("-----BEGIN {label}-----"));
        assert_eq!(*last, format!("-----END {label}-----"));
        let (tail, full) = body.split_last().unwrap();
        assert!(full.iter().all(|line| line.len() == 64) && tail.len() <= 64, "{field}");
        assert!(!body.concat().contains(['\r', '\n', ' ']), "{field}");
    }
}

#[test]
fn only_the_specification_matters() {
    let mut small = specification(None);
    small.bits = 512;
    let first = generate(&small).unwrap();
    assert_eq!(first.expose(), generate(&small).unwrap().expose());
    small.now += TimeDelta::days(1);
    assert_eq!(first.expose(), generate(&small).unwrap().expose(), "now is for defects only");
    small.seed = Seed::from(2);
    let second = generate(&small).unwrap();
    let values: [Value; 2] =
        [&first, &second].map(|document| serde_json::from_slice(document.expose()).unwrap());
    for pointer in ["/technicalAccount/clientSecret", "/email", "/id", "/privateKey", "/publicKey"] {
        let [first, second] = values.each_ref().map(|value| value["integration"].pointer(pointer).unwrap());
        assert_ne!(first, second, "{pointer}");
    }
}

#[test]
fn generated_is_the_same_as_assembled_around_the_generated_key() {
    let specification = specification(None);
    assert_eq!(generate(&specification).unwrap().expose(), &document(&specification));
}

#[test]
fn the_documented_client_can_sign_with_it() {
    const PROGRAM: &str = "
        const crypto = require('crypto');
        const { integration } = JSON.parse(require('fs').readFileSync(0, 'utf8'));
        const key = crypto.createPrivateKey(integration.privateKey);
        const sign = crypto.createSign('RSA-SHA256');
        sign.update('claims');
        const verify = crypto.createVerify('RSA-SHA256');
        verify.update('claims');
        const certificate = new crypto.X509Certificate(integration.publicKey);
        console.log(verify.verify(integration.publicKey, sign.sign(key)), certificate.checkPrivateKey(key),
            certificate.verify(certificate.publicKey), key.asymmetricKeyDetails.modulusLength,
            new Date(certificate.validTo).toISOString() === integration.certificateExpirationDate);";
    let text = String::from_utf8(document(&specification(None))).unwrap();
    if let Some(output) = run("node", &["-e", PROGRAM], &text) {
        assert_eq!(
            String::from_utf8_lossy(&output.stdout),
            "true true true 2048 true\n",
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
}

#[test]
fn openssl_finds_the_private_key_sound() {
    let pem = pem(&integration(&document(&specification(None))), "privateKey");
    if let Some((satisfied, text)) = openssl(&["rsa", "-check", "-noout"], &pem) {
        // Some releases exit with 0 on a bad key, so the words count.
        assert!(satisfied && text.contains("RSA key ok"), "{text}");
    }
}

#[test]
fn impossible_specifications_are_refused() {
    let refusal = |change: fn(&mut Specification)| {
        let mut specification = specification(None);
        change(&mut specification);
        generate_with_key(&specification, &KEY).unwrap_err()
    };
    assert_eq!(refusal(|it| it.client_id = String::from("cm-p1-e2")), GenerateError::ClientId);
    assert_eq!(refusal(|it| it.organization.make_ascii_lowercase()), GenerateError::Organization);
    assert_eq!(refusal(|it| it.lifetime = TimeDelta::zero()), GenerateError::Lifetime);
    assert_eq!(refusal(|it| it.lifetime = TimeDelta::MAX), GenerateError::Date);
    assert_eq!(refusal(|it| it.lifetime = TimeDelta::days(366 * 8000)), GenerateError::Date);
    assert_eq!(refusal(|it| it.not_before = DateTime::<Utc>::MIN_UTC), GenerateError::Date);
    assert_eq!(
        refusal(|it| {
            it.not_before = "2050-01-01T00:00:00Z".parse().unwrap();
            it.defect = Defect::from_rule("certificate-time-encoding");
        })
        .to_string(),
        "certificate-time-encoding can't be brought about: both dates lie after 2049, where GeneralizedTime is \
         right and UTCTime impossible"
    );
    let mut tiny = specification(None);
    tiny.bits = 100;
    assert_eq!(generate(&tiny).unwrap_err(), GenerateError::Bits(100));
}
