//! What the tests of rules about PEM, certificates and keys share: a sound credential of their own making, whose parts
//! can be spoilt one by one. Nothing in it was ever issued.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Datelike as _, TimeDelta, Utc};
use dashu_int::UBig;
use dashu_int::fast_div::ConstDivisor;
use dashu_int::ops::{ExtendedGcd as _, Gcd as _};
use serde_json::json;
use sha2::{Digest as _, Sha256};

use crate::examine::{Checked, check};
use crate::finding::Finding;
use crate::generate::{Seed, Specification, generate};
use crate::rule::{Rule, Settings};
use crate::secret::Secret;

/// The keys, which take some time to find.
static KEY: LazyLock<Vec<u8>> = LazyLock::new(|| generated(2048));
static SMALL_KEY: LazyLock<Vec<u8>> = LazyLock::new(|| generated(1024));

fn generated(bits: usize) -> Vec<u8> {
    let mut specification = Specification::new(Seed::from(20), now());
    specification.bits = bits;
    let document = generate(&specification).unwrap();
    let document: serde_json::Value = serde_json::from_slice(document.expose()).unwrap();
    let pem = document["integration"]["privateKey"].as_str().unwrap();
    let body: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    STANDARD.decode(body).unwrap()
}

fn now() -> DateTime<Utc> {
    "2026-11-22T12:00:00Z".parse().unwrap()
}

/// A credential before it becomes a document.
#[derive(Clone)]
pub(crate) struct Sample {
    /// When it is judged, unless a test says otherwise.
    pub(crate) now: DateTime<Utc>,
    pub(crate) not_before: DateTime<Utc>,
    pub(crate) not_after: DateTime<Utc>,
    /// `RSAPrivateKey`
    pub(crate) private_key: Vec<u8>,
    pub(crate) certificate: Vec<u8>,
    pub(crate) expiration_date: String,
}

const CLIENT_ID: &str = "cm-p99999-e999999-integration-0";

impl Sample {
    /// A sound one.
    pub(crate) fn new() -> Self {
        let begin = now() - TimeDelta::days(30);
        Self::valid(begin, begin + TimeDelta::days(365))
    }

    pub(crate) fn valid(not_before: DateTime<Utc>, not_after: DateTime<Utc>) -> Self {
        Self::made_of(&KEY, CLIENT_ID, not_before, not_after)
    }

    pub(crate) fn with_bits(bits: usize) -> Self {
        assert_eq!(bits, 1024);
        let sound = Self::new();
        Self::made_of(&SMALL_KEY, CLIENT_ID, sound.not_before, sound.not_after)
    }

    pub(crate) fn issued_by(issuer: &str) -> Self {
        let sound = Self::new();
        Self::made_of(&KEY, issuer, sound.not_before, sound.not_after)
    }

    /// The sound one with another key, which its certificate is of, too.
    pub(crate) fn with_key(numbers: &Numbers) -> Self {
        let sound = Self::new();
        Self::made_of(&numbers.der(), CLIENT_ID, sound.not_before, sound.not_after)
    }

    fn made_of(key: &[u8], issuer: &str, not_before: DateTime<Utc>, not_after: DateTime<Utc>) -> Self {
        let certificate = certificate(&Numbers::of(key), issuer, &time(not_before), &time(not_after));
        Self {
            now: now(),
            not_before,
            not_after,
            private_key: key.to_vec(),
            certificate,
            expiration_date: not_after.format("%Y-%m-%dT%H:%M:%S.000Z").to_string(),
        }
    }

    /// Makes the certificate anew, with any text as its notAfter.
    pub(crate) fn rewrite_not_after(&mut self, tag: u8, text: &str) {
        let not_after = tlv(tag, &[text.as_bytes()]);
        self.certificate = certificate(&Numbers::of(&KEY), CLIENT_ID, &time(self.not_before), &not_after);
    }

    pub(crate) fn private_key_pem(&self) -> String {
        pem("RSA PRIVATE KEY", &self.private_key)
    }

    pub(crate) fn document(&self) -> Vec<u8> {
        self.respelt("", str::to_owned)
    }

    /// The document with the PEM of one field edited.
    pub(crate) fn respelt(&self, field: &str, edit: impl Fn(&str) -> String) -> Vec<u8> {
        let spell = |name: &str, pem: String| if name == field { edit(&pem) } else { pem };
        let document = json!({
            "ok": true,
            "integration": {
                "imsEndpoint": "ims-na1.adobelogin.com",
                "metascopes": "ent_aem_cloud_api",
                "technicalAccount": {"clientId": CLIENT_ID, "clientSecret": "p8e-SampleSampleSampleSampleSample12"},
                "email": "0a1b2c3d-0000-4000-8000-000000000001@techacct.adobe.com",
                "id": "5EED00000000000000000002@techacct.adobe.com",
                "org": "5EED00000000000000000001@AdobeOrg",
                "privateKey": spell("privateKey", self.private_key_pem()),
                "publicKey": spell("publicKey", pem("CERTIFICATE", &self.certificate)),
                "certificateExpirationDate": self.expiration_date,
            },
            "statusCode": 200,
        });
        serde_json::to_vec_pretty(&document).unwrap()
    }
}

/// What `rule` alone says of `document`.
pub(crate) fn messages(rule: &'static Rule, document: &[u8]) -> Vec<String> {
    messages_at(rule, document, now())
}

pub(crate) fn messages_at(rule: &'static Rule, document: &[u8], now: DateTime<Utc>) -> Vec<String> {
    let checked = checked_with(rule, document, |settings| settings.now = now);
    checked.findings.into_iter().map(|finding| finding.draft.message).collect()
}

pub(crate) fn findings(rule: &'static Rule, document: &[u8]) -> Vec<Finding> {
    checked_with(rule, document, |_| ()).findings
}

/// Pointer and text of what `rule` points at.
pub(crate) fn placed(rule: &'static Rule, document: &[u8]) -> Vec<(String, String)> {
    let text = std::str::from_utf8(document).unwrap();
    let place = |finding: Finding| {
        let place = finding.draft.place;
        (place.pointer.as_str().to_owned(), text[place.span.range()].to_owned())
    };
    findings(rule, document).into_iter().map(place).collect()
}

pub(crate) fn checked_with(
    rule: &'static Rule,
    document: &[u8],
    change: impl FnOnce(&mut Settings),
) -> Checked {
    let mut settings = Settings::new(now());
    change(&mut settings);
    settings.only = Some(BTreeSet::from([rule.name]));
    let checked = check(Secret::new(document.to_vec()), &settings);
    for finding in &checked.findings {
        let draft = &finding.draft;
        assert!(!draft.message.is_empty() && !draft.message.ends_with('.'), "{}", draft.message);
        assert!(!draft.label.is_empty() && !draft.label.ends_with('.'), "{}", draft.label);
        assert!(draft.help.ends_with('.'), "{}", draft.help);
        assert_ne!(draft.message, rule.summary, "the guard against leaks has replaced it");
    }
    checked
}

/// The numbers of a private key, as bytes without leading zeros.
#[derive(Clone)]
pub(crate) struct Numbers {
    pub(crate) version: Vec<u8>,
    pub(crate) n: Vec<u8>,
    pub(crate) e: Vec<u8>,
    pub(crate) d: Vec<u8>,
    pub(crate) p: Vec<u8>,
    pub(crate) q: Vec<u8>,
    pub(crate) d_p: Vec<u8>,
    pub(crate) d_q: Vec<u8>,
    pub(crate) q_inv: Vec<u8>,
}

impl Numbers {
    pub(crate) fn of(der: &[u8]) -> Self {
        use der::Decode as _;
        let key = pkcs1::RsaPrivateKey::from_der(der).unwrap();
        let bytes = |number: pkcs1::UintRef<'_>| number.as_bytes().to_vec();
        Self {
            version: vec![0],
            n: bytes(key.modulus),
            e: bytes(key.public_exponent),
            d: bytes(key.private_exponent),
            p: bytes(key.prime1),
            q: bytes(key.prime2),
            d_p: bytes(key.exponent1),
            d_q: bytes(key.exponent2),
            q_inv: bytes(key.coefficient),
        }
    }

    /// `RSAPrivateKey` of these numbers, fitting or not.
    pub(crate) fn der(&self) -> Vec<u8> {
        let Self { version, n, e, d, p, q, d_p, d_q, q_inv } = self;
        let numbers = [version, n, e, d, p, q, d_p, d_q, q_inv].map(|number| integer(number));
        tlv(0x30, &numbers.each_ref().map(Vec::as_slice))
    }

    /// `RSAPrivateKey` with a third prime behind these.
    pub(crate) fn with_a_third_prime(&self) -> Vec<u8> {
        let Self { n, e, d, p, q, d_p, d_q, q_inv, .. } = self;
        let version = vec![1];
        let numbers = [&version, n, e, d, p, q, d_p, d_q, q_inv].map(|number| integer(number));
        let third = tlv(0x30, &[&tlv(0x30, &[&integer(p), &integer(d_p), &integer(q_inv)])]);
        let parts: Vec<&[u8]> = numbers.iter().chain([&third]).map(Vec::as_slice).collect();
        tlv(0x30, &parts)
    }

    /// All numbers that follow from p, q and e.
    pub(crate) fn compute(&mut self) {
        let [p, q, e] = [&self.p, &self.q, &self.e].map(|bytes| UBig::from_be_bytes(bytes));
        let (p_minus_1, q_minus_1) = (&p - UBig::ONE, &q - UBig::ONE);
        let order = &p_minus_1 * &q_minus_1 / (&p_minus_1).gcd(&q_minus_1);
        let d = inverse(&e, &order);
        self.n = (&p * &q).to_be_bytes().into_vec();
        self.d_p = (&d % &p_minus_1).to_be_bytes().into_vec();
        self.d_q = (&d % &q_minus_1).to_be_bytes().into_vec();
        self.d = d.to_be_bytes().into_vec();
        self.q_inv = if p == q { vec![0] } else { inverse(&q, &p).to_be_bytes().into_vec() };
    }

    pub(crate) fn from_primes(p: &[u8], q: &[u8]) -> Self {
        let (p, q, none) = (p.to_vec(), q.to_vec(), Vec::new());
        let mut numbers = Self {
            version: vec![0],
            e: vec![1, 0, 1],
            p,
            q,
            n: none.clone(),
            d: none.clone(),
            d_p: none.clone(),
            d_q: none.clone(),
            q_inv: none,
        };
        numbers.compute();
        numbers
    }

    pub(crate) fn swap_primes(&mut self) {
        *self = Self::from_primes(&self.q, &self.p);
    }

    /// Another d that fits as well, larger than n.
    pub(crate) fn enlarge_private_exponent(&mut self) {
        let [p, q, d] = [&self.p, &self.q, &self.d].map(|bytes| UBig::from_be_bytes(bytes));
        let enlarged = d + (p - UBig::ONE) * (q - UBig::ONE) * UBig::from(3_u8);
        self.d = enlarged.to_be_bytes().into_vec();
    }

    /// A q that isn't prime, with all numbers fitting it.
    pub(crate) fn make_composite(&mut self) {
        let mut q = UBig::from_be_bytes(&self.q);
        let (two, e) = (UBig::from(2_u8), UBig::from(65_537_u32));
        let three = UBig::from(3_u8);
        loop {
            q += &two;
            if (&q % &three).is_zero() && (&q % &e) != UBig::ONE {
                break;
            }
        }
        *self = Self::from_primes(&self.p, &q.to_be_bytes());
    }

    /// e = 1 fits d = 1.
    pub(crate) fn set_exponents_to_one(&mut self) {
        for number in [&mut self.e, &mut self.d, &mut self.d_p, &mut self.d_q] {
            *number = vec![1];
        }
    }
}

fn inverse(number: &UBig, modulus: &UBig) -> UBig {
    let (common, coefficient, _) = number.gcd_ext(modulus);
    assert!(common == UBig::ONE);
    let modulus = dashu_int::IBig::from(modulus.clone());
    UBig::try_from((coefficient % &modulus + &modulus) % &modulus).unwrap()
}

/// A PKCS#8 `PrivateKeyInfo` around an `RSAPrivateKey`.
pub(crate) fn wrapped_in_pkcs8(key: &[u8]) -> Vec<u8> {
    let algorithm = tlv(0x30, &[&[0x06, 0x09], RSA_ENCRYPTION, &[0x05, 0x00]]);
    tlv(0x30, &[&[0x02, 0x01, 0x00], &algorithm, &tlv(0x04, &[key])])
}

pub(crate) const RSA_ENCRYPTION: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01];

/// A certificate for [`CLIENT_ID`], signed by `key`.
fn certificate(key: &Numbers, issuer: &str, not_before: &[u8], not_after: &[u8]) -> Vec<u8> {
    const SHA256_WITH_RSA: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x0B];
    const DIGEST_INFO: &[u8] =
        b"\x30\x31\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00\x04\x20";
    let name = |common_name: &str| {
        let attribute = tlv(0x30, &[&[0x06, 0x03, 0x55, 0x04, 0x03], &tlv(0x0C, &[common_name.as_bytes()])]);
        tlv(0x30, &[&tlv(0x31, &[&attribute])])
    };
    let algorithm = tlv(0x30, &[&[0x06, 0x09], SHA256_WITH_RSA, &[0x05, 0x00]]);
    let public_key = tlv(0x30, &[&integer(&key.n), &integer(&key.e)]);
    let public_key = tlv(
        0x30,
        &[&tlv(0x30, &[&[0x06, 0x09], RSA_ENCRYPTION, &[0x05, 0x00]]), &tlv(0x03, &[&[0], &public_key])],
    );
    let to_be_signed = tlv(
        0x30,
        &[
            &[0xA0, 0x03, 0x02, 0x01, 0x02],
            &integer(&[0x5E, 0xED]),
            &algorithm,
            &name(issuer),
            &tlv(0x30, &[not_before, not_after]),
            &name(CLIENT_ID),
            &public_key,
        ],
    );
    let digest = Sha256::digest(&to_be_signed);
    let padding = vec![0xFF; key.n.len() - DIGEST_INFO.len() - digest.len() - 3];
    let message = [&[0, 1], padding.as_slice(), &[0], DIGEST_INFO, &digest].concat();
    let ring = ConstDivisor::new(UBig::from_be_bytes(&key.n));
    let signature = ring.reduce(UBig::from_be_bytes(&message)).pow(&UBig::from_be_bytes(&key.d)).residue();
    let signature = signature.to_be_bytes();
    let zeros = vec![0; 1 + key.n.len() - signature.len()];
    tlv(0x30, &[&to_be_signed, &algorithm, &tlv(0x03, &[&zeros, &signature])])
}

/// As RFC 5280 section 4.1.2.5 demands.
fn time(instant: DateTime<Utc>) -> Vec<u8> {
    let (tag, format) = if instant.year() < 2050 { (0x17, "%y%m%d%H%M%SZ") } else { (0x18, "%Y%m%d%H%M%SZ") };
    tlv(tag, &[instant.format(format).to_string().as_bytes()])
}

pub(crate) fn integer(bytes: &[u8]) -> Vec<u8> {
    let sign: &[u8] = if bytes.first().is_none_or(|first| *first >= 0x80) { &[0] } else { &[] };
    tlv(0x02, &[sign, bytes])
}

pub(crate) fn tlv(tag: u8, contents: &[&[u8]]) -> Vec<u8> {
    let contents = contents.concat();
    let length = contents.len().to_be_bytes();
    let significant = &length[length.iter().take_while(|byte| **byte == 0).count().min(7)..];
    let mut der = vec![tag];
    if contents.len() >= 0x80 {
        der.push(0x80 | u8::try_from(significant.len()).unwrap());
    }
    der.extend_from_slice(significant);
    der.extend(contents);
    der
}

pub(crate) fn pem(label: &str, der: &[u8]) -> String {
    let body = STANDARD.encode(der);
    let lines: Vec<&str> =
        body.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
    format!("-----BEGIN {label}-----\r\n{}\r\n-----END {label}-----\r\n", lines.join("\r\n"))
}
