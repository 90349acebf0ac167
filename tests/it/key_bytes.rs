//! Keys and certificates to the byte, against Node: what its OpenSSL reads of a key is read, and nothing else; what it
//! doesn't read of a certificate isn't called sound.

use std::path::Path;

use aemcred::internals::credential::Certificate;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::client::{hold, sound, with};
use crate::pem_client::{self, run_node};

fn pem(label: &str, der: &[u8]) -> String {
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", STANDARD.encode(der))
}

fn der(pem: &str) -> Vec<u8> {
    let body: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    STANDARD.decode(body).unwrap()
}

fn field(name: &str) -> String {
    sound().pointer(&format!("/integration/{name}")).and_then(Value::as_str).unwrap().to_owned()
}

fn tlv(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let contents = parts.concat();
    let length = u16::try_from(contents.len()).unwrap().to_be_bytes();
    [&[tag, 0x82], &length[..], &contents].concat()
}

/// The contents of the first value of `der`, whose length has two bytes.
fn inside(der: &[u8]) -> &[u8] {
    assert_eq!(der[1], 0x82);
    &der[4..4 + usize::from(u16::from_be_bytes([der[2], der[3]]))]
}

const ALGORITHM: &[u8] = b"\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00";
const VERSION: &[u8] = &[2, 1, 0];

fn pkcs8(key: &[u8]) -> Vec<u8> {
    tlv(0x30, &[VERSION, ALGORITHM, &tlv(4, &[key])])
}

/// Every value of every byte before the digits of the modulus.
fn changed_headers() -> Vec<(String, Vec<u8>)> {
    let key = der(&field("privateKey"));
    let mut inputs = Vec::new();
    for (label, der, header) in [("RSA PRIVATE KEY", key.clone(), 12), ("PRIVATE KEY", pkcs8(&key), 53)] {
        for index in 0..header {
            for value in 0..=255 {
                if value != der[index] {
                    let mut changed = der.clone();
                    changed[index] = value;
                    let document = with("/integration/privateKey", json!(pem(label, &changed)));
                    inputs.push((format!("{label}: byte {index} is {value:#04x}"), document));
                }
            }
        }
    }
    assert_eq!(inputs.len(), 16_575);
    inputs
}

#[test]
fn some_changed_headers_are_refused_where_the_client_refuses_them() {
    hold(&changed_headers().into_iter().step_by(17).collect::<Vec<_>>());
}

#[test]
#[ignore = "takes minutes; `just slow` runs it"]
fn all_changed_headers_are_refused_where_the_client_refuses_them() {
    hold(&changed_headers());
}

/// RSA as X.500 calls it, and RSA that is restricted to RSASSA-PSS, with a digest, a mask and a salt (RFC 4055 section 3.1).
fn other_names_of_rsa() -> Vec<(String, Vec<u8>)> {
    let short = |tag: u8, parts: &[&[u8]]| {
        let contents = parts.concat();
        [&[tag, u8::try_from(contents.len()).unwrap()], &contents[..]].concat()
    };
    let rsa = |last: u8| [b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01", &[last][..]].concat();
    let sha2 = |last: u8| [b"\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02", &[last][..]].concat();
    let algorithm = |name: &[u8]| short(0x30, &[name, &[5, 0]]);
    let digest = |name: &[u8]| short(0xA0, &[&algorithm(name)]);
    let mask = |name: &[u8], digest: &[u8]| short(0xA1, &[&short(0x30, &[name, &algorithm(digest)])]);
    let salt = |digits: &[u8]| short(0xA2, &[&short(2, &[digits])]);
    let (sha1, md5) = (b"\x06\x05\x2b\x0e\x03\x02\x1a", b"\x06\x08\x2a\x86\x48\x86\xf7\x0d\x02\x05");
    let mut names: Vec<Vec<u8>> = (1..=8).map(sha2).chain([5, 11, 12, 13, 14, 15, 16].map(rsa)).collect();
    names.extend([sha1.to_vec(), md5.to_vec(), vec![6, 3, 42, 3, 4]]);
    let sha256 = sha2(1);
    let mut all: Vec<(String, Vec<u8>)> = vec![
        ("none".into(), vec![]),
        ("NULL".into(), vec![5, 0]),
        ("empty".into(), vec![0x30, 0]),
        ("of a wrong kind".into(), short(0x30, &[&[2, 1, 1]])),
        ("another mask".into(), short(0x30, &[&digest(&sha256), &mask(&rsa(9), &sha256)])),
        (
            "a mask without a digest".into(),
            short(0x30, &[&digest(&sha256), &short(0xA1, &[&algorithm(&rsa(8))])]),
        ),
        ("out of order".into(), short(0x30, &[&mask(&rsa(8), &sha256), &digest(&sha256)])),
        ("twice".into(), short(0x30, &[&digest(&sha256), &digest(&sha256)])),
        ("more inside".into(), short(0x30, &[&short(0xA0, &[&algorithm(&sha256), &[5, 0]])])),
        ("primitive".into(), short(0x30, &[&short(0x80, &[&algorithm(&sha256)])])),
        ("a mask alone".into(), short(0x30, &[&mask(&rsa(8), &sha256)])),
        ("a trailer".into(), short(0x30, &[&digest(&sha256), &[0xA3, 3, 2, 1, 2]])),
        ("a trailer that is none".into(), short(0x30, &[&digest(&sha256), &[0xA3, 2, 5, 0]])),
        ("more behind".into(), short(0x30, &[&digest(&sha256), &[5, 0]])),
    ];
    for name in names {
        all.push((format!("digest {name:x?}"), short(0x30, &[&digest(&name)])));
        all.push((format!("mask {name:x?}"), short(0x30, &[&digest(&sha256), &mask(&rsa(8), &name)])));
    }
    for digits in [
        &[0][..],
        &[20],
        &[32],
        &[0, 0xDD],
        &[0, 0xDE],
        &[0, 0xDF],
        &[1, 0],
        &[],
        &[0, 1],
        &[0xFF],
        &[0x80],
        &[0x7F, 0xFF, 0xFF, 0xFF],
        &[0, 0x80, 0, 0, 0],
        &[1, 0, 0, 0, 32],
        &[0xFF, 0, 0, 0, 32],
        &[1, 0, 0, 1, 0],
        &[0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF],
        &[1, 0, 0, 0, 0, 0, 0, 0, 0],
    ] {
        let parameters = short(0x30, &[&digest(&sha256), &mask(&rsa(8), &sha256), &salt(digits)]);
        all.push((format!("salt {digits:x?}"), parameters));
    }
    let pss = |(name, parameters): (String, Vec<u8>)| {
        (format!("PSS: {name}"), short(0x30, &[&rsa(10), &parameters]))
    };
    let mut all: Vec<(String, Vec<u8>)> = all.into_iter().map(pss).collect();
    for parameters in [&[][..], &[5, 0], &[2, 1, 5]] {
        all.push((format!("X.500, {parameters:x?}"), short(0x30, &[&[6, 4, 0x55, 8, 1, 1], parameters])));
    }
    all
}

/// Structures that OpenSSL's reader and DER differ about, or that only one of them has.
#[test]
fn other_structures_are_refused_where_the_client_refuses_them() {
    let key = der(&field("privateKey"));
    let numbers = inside(&key)[VERSION.len()..].to_vec();
    let of = |parts: &[&[u8]]| tlv(0x30, parts);
    let with_version = |version: &[u8]| of(&[version, &numbers]);
    let wrapped = tlv(4, &[&key]);
    let p8 = |parts: &[&[u8]]| of(&[&[VERSION, ALGORITHM, &wrapped], parts].concat());
    let with_algorithm = |algorithm: &[u8]| of(&[VERSION, algorithm, &wrapped]);
    let open = |tag: u8, contents: &[u8]| [&[tag, 0x80], contents, &[0, 0]].concat();
    let attribute = |values: &[u8]| {
        [
            &[0xA0, 9 + u8::try_from(values.len()).unwrap(), 0x30],
            &[7 + u8::try_from(values.len()).unwrap(), 6, 3, 0x55, 4, 3, 0x31][..],
            &[u8::try_from(values.len()).unwrap()],
            values,
        ]
        .concat()
    };
    let oid = &ALGORITHM[2..13];
    let with_parameters = |parameters: &[u8]| {
        with_algorithm(&[&[0x30, 11 + u8::try_from(parameters.len()).unwrap()], oid, parameters].concat())
    };
    let third = |count: usize| {
        let prime = [0x30, 9, 2, 1, 3, 2, 1, 5, 2, 1, 7].repeat(count);
        tlv(0x30, &[&prime])
    };
    let halves = key.split_at(600);
    let pieces = [tlv(4, &[halves.0]), tlv(4, &[halves.1])].concat();
    let digits = |index: usize, replacement: &[u8]| {
        // The numbers of the key, one of them written in another way.
        let mut rest = numbers.as_slice();
        let mut all = Vec::new();
        for position in 0..8 {
            let (header, length) = match rest[1] {
                0x82 => (4, usize::from(u16::from_be_bytes([rest[2], rest[3]]))),
                0x81 => (3, usize::from(rest[2])),
                short => (2, usize::from(short)),
            };
            let contents = &rest[header..header + length];
            let contents = if position == index {
                [replacement, contents.strip_prefix(&[0]).unwrap_or(contents)].concat()
            } else {
                contents.to_vec()
            };
            all.push(tlv(2, &[&contents]));
            rest = &rest[header + length..];
        }
        of(&[VERSION, &all.concat()])
    };
    let (rsa, plain, sealed) = ("RSA PRIVATE KEY", "PRIVATE KEY", "ENCRYPTED PRIVATE KEY");
    let mut keys: Vec<(String, &str, Vec<u8>)> = vec![
        ("PKCS#1".into(), rsa, key.clone()),
        ("PKCS#1".into(), sealed, key.clone()),
        ("PKCS#8".into(), rsa, p8(&[])),
        ("PKCS#8".into(), plain, p8(&[])),
        ("PKCS#8".into(), sealed, p8(&[])),
        ("bytes after the end".into(), plain, [p8(&[]), vec![0, 1, 2]].concat()),
        ("bytes after the key".into(), plain, pkcs8(&[&key[..], &[0, 1, 2]].concat())),
        ("public key".into(), plain, p8(&[&[0x81, 3, 0, 1, 2]])),
        ("public key, constructed".into(), plain, p8(&[&[0xA1, 3, 3, 1, 0]])),
        ("attributes and public key".into(), plain, p8(&[&[0xA0, 0], &[0x81, 3, 0, 1, 2]])),
        ("[2]".into(), plain, p8(&[&[0x82, 0]])),
        ("NULL behind".into(), plain, p8(&[&[5, 0]])),
        ("attributes, none".into(), plain, p8(&[&[0xA0, 0]])),
        ("attributes, not constructed".into(), plain, p8(&[&[0x80, 0]])),
        ("attributes, text".into(), plain, p8(&[&[0xA0, 3, 1, 2, 3]])),
        ("attributes, empty sequence".into(), plain, p8(&[&[0xA0, 2, 0x30, 0]])),
        ("attributes, end of contents".into(), plain, p8(&[&[0xA0, 2, 0, 0]])),
        ("indefinite outer".into(), rsa, open(0x30, inside(&key))),
        ("indefinite outer, no end".into(), rsa, [&[0x30, 0x80], inside(&key)].concat()),
        ("indefinite primitive".into(), rsa, with_version(&[2, 0x80, 0, 0, 0])),
        ("indefinite PKCS#8".into(), plain, open(0x30, inside(&p8(&[])))),
        ("indefinite algorithm".into(), plain, with_algorithm(&open(0x30, &ALGORITHM[2..]))),
        ("pieces".into(), plain, of(&[VERSION, ALGORITHM, &tlv(0x24, &[&pieces])])),
        ("pieces, indefinite".into(), plain, of(&[VERSION, ALGORITHM, &open(0x24, &pieces)])),
        ("pieces, in pieces".into(), plain, of(&[VERSION, ALGORITHM, &open(0x24, &tlv(0x24, &[&pieces]))])),
        (
            "pieces, six deep".into(),
            plain,
            of(&[VERSION, ALGORITHM, &(0..6).fold(pieces.clone(), |inner, _| tlv(0x24, &[&inner]))]),
        ),
        (
            "pieces, seven deep".into(),
            plain,
            of(&[VERSION, ALGORITHM, &(0..7).fold(pieces.clone(), |inner, _| tlv(0x24, &[&inner]))]),
        ),
        ("a number in pieces".into(), rsa, with_version(&[0x22, 3, 2, 1, 0])),
        ("long lengths".into(), rsa, [&[0x30, 0x88, 0, 0, 0, 0, 0, 0][..], &key[2..]].concat()),
        ("longest lengths".into(), rsa, [&[0x30, 0x8A], &[0; 8][..], &key[2..]].concat()),
        ("tag in the long form".into(), rsa, [&[0x3F, 0x10], &key[1..]].concat()),
        ("tag in a padded long form".into(), rsa, [&[0x3F, 0x80, 0x10], &key[1..]].concat()),
        ("primitive sequence".into(), rsa, [&[0x10], &key[1..]].concat()),
        ("empty sequence".into(), rsa, vec![0x30, 0]),
        ("one byte".into(), rsa, vec![0x30]),
        ("cut off".into(), rsa, key[..900].to_vec()),
        ("e is as large as n".into(), rsa, digits(1, &[0xFF; 254])),
        ("further bytes inside".into(), rsa, of(&[VERSION, &numbers, &[5, 0]])),
        ("further sequence inside".into(), rsa, of(&[VERSION, &numbers, &[0x30, 0]])),
        ("a number is missing".into(), rsa, of(&[VERSION, &numbers[..numbers.len() - 132]])),
    ];
    for version in [
        &[][..],
        &[0],
        &[1],
        &[2],
        &[0x7F],
        &[0x80],
        &[0xFF],
        &[0, 0],
        &[0, 1],
        &[0, 0x80],
        &[0xFF, 0xFF],
        &[0xFF, 0x7F],
        &[0x7F; 4],
        &[0x7F; 5],
        &[0x80, 0, 0, 0],
        &[0, 0x80, 0, 0, 0],
        &[0x80, 0, 0, 0, 0],
    ] {
        let version = [&[2, u8::try_from(version.len()).unwrap()], version].concat();
        keys.push((format!("version {version:x?}"), rsa, with_version(&version)));
        keys.push((format!("version {version:x?}"), plain, of(&[&version, ALGORITHM, &wrapped])));
        for count in [0, 1, 3, 4] {
            // With primes that don't fit, OpenSSL signs or not as chance has it.
            if version == [2, 1, 1] && (1..4).contains(&count) {
                continue;
            }
            keys.push((
                format!("version {version:x?}, {count} further primes"),
                rsa,
                of(&[&version, &numbers, &third(count)]),
            ));
        }
    }
    for (name, algorithm) in other_names_of_rsa() {
        keys.push((name.clone(), plain, with_algorithm(&algorithm)));
        keys.push((name, rsa, with_algorithm(&algorithm)));
    }
    let values: &[&[u8]] = &[
        &[],
        &[5, 0],
        &[5, 1, 0],
        &[5, 0x81, 0],
        &[0x25, 0],
        &[1, 1, 0xFF],
        &[1, 0],
        &[1, 2, 0, 0],
        &[2, 0],
        &[2, 1, 0],
        &[2, 2, 0, 1],
        &[2, 2, 0, 0x80],
        &[2, 2, 0xFF, 0x80],
        &[2, 2, 0xFF, 0x7F],
        &[2, 2, 0xFF, 0],
        &[0x22, 0],
        &[3, 0],
        &[3, 1, 7],
        &[3, 1, 8],
        &[0x23, 3, 3, 1, 0],
        &[0x23, 0],
        &[4, 0],
        &[0x24, 0],
        &[6, 0],
        &[6, 1, 0x80],
        &[6, 2, 0x80, 1],
        &[6, 2, 0x81, 1],
        &[6, 1, 5],
        &[0x26, 0],
        &[7, 0],
        &[9, 1, 0xFF],
        &[10, 0],
        &[10, 1, 0],
        &[10, 2, 0, 0],
        &[12, 1, 0xFF],
        &[0x0D, 1, 1],
        &[16, 0],
        &[0x30, 0],
        &[0x30, 2, 9, 9],
        &[0x11, 0],
        &[0x31, 1, 0],
        &[0x13, 1, b'*'],
        &[23, 1, 0],
        &[23, 13, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
        &[24, 14, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
        &[28, 3, 1, 1, 1],
        &[28, 4, 1, 1, 1, 1],
        &[30, 1, 0],
        &[30, 2, 0xD8, 0],
        &[0x80, 0],
        &[0xA0, 1, 1],
        &[0x5F, 0x81, 0x7F, 0],
        &[0x5F, 0x1F, 1, 0],
        &[0x1F, 0x1F, 0],
        &[0, 0],
        &[0, 1, 0],
        &[5, 0, 5, 0],
        &[0x3F, 0x82, 0x80, 0x80, 0x80, 0x00, 0],
        &[0x3F, 0x88, 0x80, 0x80, 0x80, 0x00, 0],
        &[0xFF],
        &[0x30, 0x80, 0, 0],
        &[0x30, 0x80],
        &[0x80, 0x80, 0, 0],
        &[0xA0, 0x80, 0, 0],
    ];
    for value in values {
        keys.push((format!("parameters {value:x?}"), plain, with_parameters(value)));
        keys.push((format!("attribute {value:x?}"), plain, p8(&[&attribute(value)])));
    }
    for index in 0..8 {
        for replacement in [&[][..], &[0, 0], &[0xFF], &[0x80]] {
            keys.push((
                format!("number {index} begins with {replacement:x?}"),
                rsa,
                digits(index, replacement),
            ));
        }
    }
    let input = |(name, label, key): (String, &str, Vec<u8>)| {
        (format!("{name} under {label}"), with("/integration/privateKey", json!(pem(label, &key))))
    };
    hold(&keys.into_iter().map(input).collect::<Vec<_>>());
}

/// Keys of all kinds under all labels.
#[test]
fn labels_are_refused_where_the_client_refuses_them() {
    let Some(keys) = pem_client::keys() else { return };
    let mut inputs = Vec::new();
    for (name, key) in [
        ("PKCS#1", &keys.rsa),
        ("PKCS#8", &keys.pkcs8),
        ("encrypted PKCS#8", &keys.pkcs8_encrypted),
        ("EC", &keys.ec),
        ("DSA", &keys.dsa),
    ] {
        for label in
            ["RSA PRIVATE KEY", "PRIVATE KEY", "ENCRYPTED PRIVATE KEY", "EC PRIVATE KEY", "DSA PRIVATE KEY"]
        {
            inputs.push((
                format!("{name} under {label}"),
                with("/integration/privateKey", json!(pem(label, &der(key)))),
            ));
        }
    }
    for primes in ["3", "4"] {
        let arguments = ["genrsa", "-traditional", "-primes", primes, "2048"];
        let output = std::process::Command::new("openssl").args(arguments).output().unwrap();
        let key = String::from_utf8(output.stdout).unwrap();
        inputs.push((format!("{primes} primes"), with("/integration/privateKey", json!(key))));
    }
    hold(&inputs);
}

/// Whether Node reads each of these certificates.
fn read_by_node(folder: &Path, certificates: &[Vec<u8>]) -> Option<Vec<bool>> {
    const SCRIPT: &str = "
        const { X509Certificate } = require('crypto');
        const reads = text => { try { new X509Certificate(text); return true } catch { return false } };
        console.log(JSON.stringify(JSON.parse(require('fs').readFileSync(process.argv[1])).map(body =>
            reads(`-----BEGIN CERTIFICATE-----\\n${body}\\n-----END CERTIFICATE-----\\n`))));";
    let list = folder.join("certificates.json");
    let bodies: Vec<String> = certificates.iter().map(|der| STANDARD.encode(der)).collect();
    std::fs::write(&list, serde_json::to_vec(&bodies).unwrap()).unwrap();
    let output = run_node(&["-e", SCRIPT, list.to_str().unwrap()], "")?;
    Some(serde_json::from_str(&output).unwrap())
}

/// Asserts that what is read as a certificate can be read by OpenSSL.
fn read_no_more_than_openssl(certificates: &[Vec<u8>]) {
    let folder = tempfile::tempdir().unwrap();
    let Some(read) = read_by_node(folder.path(), certificates) else { return };
    let mut wrong = Vec::new();
    for (der, read) in certificates.iter().zip(read) {
        if !read && Certificate::from_pem(&pem("CERTIFICATE", der)).is_ok() {
            wrong.push(STANDARD.encode(der));
        }
    }
    assert!(wrong.is_empty(), "{} of {}, such as {}", wrong.len(), certificates.len(), wrong[0]);
}

/// Every value of every byte of a certificate.
fn changed_certificates() -> impl Iterator<Item = Vec<u8>> {
    let certificate = der(&field("publicKey"));
    (0..certificate.len()).flat_map(move |index| {
        let certificate = certificate.clone();
        (1..=255).map(move |difference| {
            let mut changed = certificate.clone();
            changed[index] ^= difference;
            changed
        })
    })
}

#[test]
fn some_changed_certificates_are_read_only_where_openssl_reads_them() {
    read_no_more_than_openssl(&changed_certificates().step_by(61).collect::<Vec<_>>());
}

#[test]
#[ignore = "takes minutes; `just slow` runs it"]
fn all_changed_certificates_are_read_only_where_openssl_reads_them() {
    read_no_more_than_openssl(&changed_certificates().collect::<Vec<_>>());
}
