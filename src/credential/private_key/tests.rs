//! What is told of private keys, apart from Node: `tests/it/key_bytes.rs` holds what is read against it.

use dashu_int::UBig;
use sha2::{Digest as _, Sha256};

use super::{KeyOddity, PrivateKey, PrivateKeyDefect, pss};
use crate::credential::der::Walk;
use crate::credential::{Certificate, PublicKey, SelfSignature};
use crate::rules::synthetic::{Numbers, RSA_ENCRYPTION, Sample, integer, pem, tlv, wrapped_in_pkcs8};

const RSA: &str = "RSA PRIVATE KEY";

fn numbers() -> Numbers {
    Numbers::of(&Sample::new().private_key)
}

fn read(label: &str, der: &[u8]) -> Result<PrivateKey, PrivateKeyDefect> {
    PrivateKey::from_pem(&pem(label, der))
}

fn key(numbers: &Numbers) -> PrivateKey {
    read(RSA, &numbers.der()).unwrap()
}

/// The certificate of the sample, made by `numbers` or at least for them.
fn certificate(numbers: &Numbers) -> Certificate {
    let sample = Sample::with_key(numbers);
    Certificate::from_pem(&pem("CERTIFICATE", &sample.certificate)).unwrap()
}

#[test]
fn openssl_signs_where_the_arithmetic_goes_through() {
    let odd = |bits: usize| ((UBig::ONE << (bits - 1)) + UBig::ONE).to_be_bytes().to_vec();
    let wide = vec![0x7F; 72];
    for (expected, why, change) in [
        (true, "a sound key", &(|_: &mut Numbers| ()) as &dyn Fn(&mut Numbers)),
        (true, "wrong exponents", &|key| key.d_p = vec![5]),
        (true, "no modulus", &|key| key.n = vec![0]),
        (true, "no modulus, and even primes", &|key| (key.n, key.p) = (vec![0], vec![2])),
        (false, "an even modulus", &|key| key.n.push(0)),
        (false, "an even p", &|key| key.p.push(0)),
        (false, "an even q", &|key| key.q.push(0)),
        (true, "room for the digest", &|key| key.n = odd(489)),
        (false, "no room for the digest", &|key| key.n = odd(488)),
        (false, "qInv with a word too many", &|key| key.q_inv = vec![0x7F; 136]),
        (true, "qInv with as many words", &|key| key.q_inv = vec![0xFF; 128]),
        (true, "qInv with a word too many beside primes of two lengths", &|key| {
            (key.p, key.q_inv) = (odd(500), wide.clone());
        }),
    ] {
        let mut numbers = numbers();
        change(&mut numbers);
        assert_eq!(key(&numbers).signs(), expected, "{why}");
    }
}

#[test]
fn a_key_is_written_as_others_write_it() {
    let der = Sample::new().private_key;
    for (label, bytes) in
        [(RSA, der.clone()), ("PRIVATE KEY", wrapped_in_pkcs8(&der)), (RSA, wrapped_in_pkcs8(&der))]
    {
        let key = read(label, &bytes).unwrap();
        assert_eq!(*key.to_pkcs1_der().unwrap().expose(), der, "{label}");
        assert_eq!(key.public_key_sha256(), certificate(&numbers()).public_key_sha256, "{label}");
        assert!(key.oddities.is_empty(), "{label}");
    }
    let mut enlarged = numbers();
    enlarged.enlarge_private_exponent();
    let written = key(&enlarged).to_pkcs1_der().unwrap();
    let written = Numbers::of(written.expose());
    assert_eq!([&written.d_p, &written.d_q, &written.q_inv], [&enlarged.d_p, &enlarged.d_q, &enlarged.q_inv]);
    let mut wrong = numbers();
    wrong.d_p = vec![5];
    assert!(key(&wrong).to_pkcs1_der().is_none(), "contradictory");
}

#[test]
fn shared_primes_are_known_by_their_digests() {
    let numbers = numbers();
    let digests = key(&numbers).prime_digests();
    assert_eq!(digests, Some([&numbers.p, &numbers.q].map(|prime| Sha256::digest(prime).into())));
    let mut wrong = numbers;
    wrong.q_inv = vec![5];
    assert_eq!(key(&wrong).prime_digests(), None);
}

/// Primes are tested only where nothing vouches for them and something can be made of the answer.
#[test]
fn composite_numbers_are_found_unless_a_signature_vouches_for_them() {
    let sound = numbers();
    assert_eq!(key(&sound).composite(None), None);
    let mut composite = sound.clone();
    composite.make_composite();
    assert_eq!(key(&composite).composite(None), Some("q"));
    assert_eq!(key(&composite).composite(Some(&certificate(&sound))), None, "another key's certificate");
    let mut own = certificate(&sound);
    let (modulus, exponent) = (UBig::from_be_bytes(&composite.n), UBig::from_be_bytes(&composite.e));
    own.public_key = PublicKey::Rsa { modulus, exponent };
    assert_eq!(own.self_signature, SelfSignature::Valid);
    assert_eq!(key(&composite).composite(Some(&own)), None, "its own, with a signature that verifies");
    own.self_signature = SelfSignature::Invalid;
    assert_eq!(key(&composite).composite(Some(&own)), Some("q"), "its own, with a signature that doesn't");
    composite.d_p = vec![5];
    assert_eq!(key(&composite).composite(None), None, "contradictory anyway");
}

#[test]
fn whatever_stands_for_a_line_break_is_taken_for_one() {
    let text = Sample::new().private_key_pem();
    let modulus = UBig::from_be_bytes(&numbers().n);
    let lines: Vec<&str> = text.lines().collect();
    for instead in ["<br>", "%0A", "%0D%0A", "|", "***", "\\\\n", "&#10;", " <br />\u{2028} ", "\u{A0}"] {
        let text = format!("key: {}{instead}", lines.join(instead));
        let key = PrivateKey::from_any_pem(&text);
        assert_eq!(key.as_ref().map(PrivateKey::modulus), Ok(&modulus), "{instead}");
    }
    // Behind others that are no keys, too.
    for before in [pem("CERTIFICATE", &Sample::new().certificate), pem(RSA, b"MII"), "-----BEGIN ".to_owned()]
    {
        let key = PrivateKey::from_any_pem(&format!("{}|{}", before.replace("\r\n", "|"), lines.join("|")));
        assert_eq!(key.as_ref().map(PrivateKey::modulus), Ok(&modulus), "{before}");
    }
    for text in [
        lines.join("seventeen of them"),
        lines[..lines.len() - 1].join("|"),
        lines[1..].join("|"),
        lines.join("|").replace("MII", "MMM"),
        lines.join("|").replace('=', "*"),
    ] {
        assert!(PrivateKey::from_any_pem(&text).is_err());
    }
}

fn algorithm(name: &[u8], parameters: &[u8]) -> Vec<u8> {
    tlv(0x30, &[&tlv(0x06, &[name]), parameters])
}

fn pkcs8(algorithm: &[u8], key: &[u8], more: &[u8]) -> Vec<u8> {
    tlv(0x30, &[&[2, 1, 0], algorithm, &tlv(0x04, &[key]), more])
}

const DSA: &[u8] = &[0x2A, 0x86, 0x48, 0xCE, 0x38, 0x04, 0x01];
const EC: &[u8] = &[0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01];

#[test]
fn other_algorithms_are_told_by_label_and_structure() {
    let rsa = Sample::new().private_key;
    let another = |kind, signs| Some(PrivateKeyDefect::Algorithm { kind, signs });
    let (dsa_key, ec_key) = ("a DSA key", "an elliptic-curve (EC) key");
    let several = "an RSA key with more than two primes";
    let dsa = tlv(0x30, &[&[2, 1, 5][..]; 6]);
    let with_product = |count: usize| {
        let mut key = numbers();
        let product = [&key.p, &key.q].into_iter().map(|prime| UBig::from_be_bytes(prime));
        let product = product.chain(std::iter::repeat_n(UBig::from(7_u8), count));
        key.n = product.fold(UBig::ONE, |product, prime| product * prime).to_be_bytes().to_vec();
        let third = tlv(0x30, &[&integer(&[7]), &integer(&[5]), &integer(&[5])]);
        let Numbers { n, e, d, p, q, d_p, d_q, q_inv, .. } = &key;
        let parts = [&vec![1], n, e, d, p, q, d_p, d_q, q_inv].map(|number| integer(number));
        let further = tlv(0x30, &vec![third.as_slice(); count]);
        let parts: Vec<&[u8]> = parts.iter().chain([&further]).map(Vec::as_slice).collect();
        tlv(0x30, &parts)
    };
    for (label, der, expected) in [
        ("PRIVATE KEY", rsa, Some(PrivateKeyDefect::Pkcs1UnderPkcs8Label)),
        ("DSA PRIVATE KEY", dsa.clone(), another(dsa_key, true)),
        ("DSA PRIVATE KEY", tlv(0x30, &[&[2, 1, 5][..]; 5]), another(dsa_key, false)),
        ("DSA PRIVATE KEY", tlv(0x30, &[&[2, 1, 5][..]; 7]), another(dsa_key, false)),
        ("DSA PRIVATE KEY", pkcs8(&algorithm(DSA, &[]), &dsa, &[]), another(dsa_key, true)),
        ("DSA PRIVATE KEY", pkcs8(&algorithm(EC, &[]), &dsa, &[]), another(dsa_key, false)),
        ("EC PRIVATE KEY", tlv(0x30, &[&[4, 1, 5]]), another(ec_key, false)),
        ("PRIVATE KEY", pkcs8(&algorithm(DSA, &[]), &dsa, &[]), another(dsa_key, true)),
        ("PRIVATE KEY", pkcs8(&algorithm(EC, &[]), &dsa, &[]), another(ec_key, true)),
        (RSA, pkcs8(&algorithm(EC, &[]), &dsa, &[]), another(ec_key, false)),
        (RSA, with_product(1), another(several, true)),
        (RSA, with_product(3), another(several, true)),
        (RSA, with_product(4), another(several, false)),
        (RSA, pkcs8(&algorithm(RSA_ENCRYPTION, &[5, 0]), &with_product(1), &[]), another(several, true)),
        (RSA, numbers().with_a_third_prime(), another(several, false)),
    ] {
        assert_eq!(read(label, &der).err(), expected, "{label}");
    }
}

#[test]
fn attributes_are_read_as_openssl_reads_them() {
    let key = Sample::new().private_key;
    let attribute = |values: &[u8]| tlv(0x30, &[&[6, 3, 42, 3, 4], &tlv(0x31, &[values])]);
    for (is_read, attributes) in [
        (true, vec![]),
        (true, attribute(&[])),
        (true, attribute(&[5, 0])),
        (true, attribute(&[2, 1, 0, 5, 0])),
        (true, [attribute(&[5, 0]), attribute(&[])].concat()),
        (false, vec![5, 0]),
        (false, attribute(&[5])),
        (false, attribute(&[5, 0, 5])),
        (false, [attribute(&[]), vec![5, 0]].concat()),
        (false, tlv(0x30, &[&[6, 3, 42, 3, 4], &[0x31, 0], &[5, 0]])),
        (false, tlv(0x30, &[&[2, 1, 0], &[0x31, 0]])),
    ] {
        let der = pkcs8(&algorithm(RSA_ENCRYPTION, &[5, 0]), &key, &tlv(0xA0, &[&attributes]));
        assert_eq!(read("PRIVATE KEY", &der).is_ok(), is_read, "{attributes:x?}");
    }
}

#[test]
fn numbers_are_odd_that_der_writes_otherwise() {
    let plain = integer(&[5]);
    let of = |first: &[u8]| {
        let mut parts = vec![[&[2, u8::try_from(first.len()).unwrap()], first].concat()];
        parts.extend(vec![plain.clone(); 7]);
        let parts: Vec<&[u8]> = [&[2, 1, 0][..]].into_iter().chain(parts.iter().map(Vec::as_slice)).collect();
        read(RSA, &tlv(0x30, &parts)).unwrap().oddities
    };
    for (digits, is_odd) in [
        (&[0][..], false),
        (&[0x7F], false),
        (&[0, 0x80], false),
        (&[0, 0xFF, 0], false),
        (&[0, 0x7F], true),
        (&[0, 0], true),
        (&[0x80], true),
        (&[0xFF, 0], true),
        (&[], true),
    ] {
        assert_eq!(of(digits).contains(&KeyOddity::Number), is_odd, "{digits:x?}");
    }
}

#[test]
fn a_restriction_to_pss_leaves_room_for_sha_256_or_not() {
    let sha2 = |last: u8| algorithm(&[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, last], &[5, 0]);
    let rsa = |last: u8, parameters: &[u8]| {
        algorithm(&[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, last], parameters)
    };
    let digest = |algorithm: &[u8]| tlv(0xA0, &[algorithm]);
    let mask = |algorithm: &[u8]| tlv(0xA1, &[algorithm]);
    let salt = |digits: &[u8]| tlv(0xA2, &[&tlv(2, &[digits])]);
    let sha256 = digest(&sha2(1));
    // Of a key of 2048 bits 256 bytes are signed: a digest of 32, two of the encoding, and the salt.
    for (allows, parts) in [
        (true, vec![sha256.clone()]),
        (true, vec![digest(&rsa(11, &[5, 0]))]),
        (false, vec![digest(&sha2(2))]),
        (false, vec![]),
        (true, vec![sha256.clone(), mask(&rsa(8, &sha2(1)))]),
        (true, vec![sha256.clone(), mask(&rsa(8, &sha2(3)))]),
        (false, vec![sha256.clone(), mask(&rsa(8, &sha2(9)))]),
        (false, vec![sha256.clone(), mask(&rsa(8, &[]))]),
        (false, vec![sha256.clone(), mask(&rsa(9, &sha2(1)))]),
        (false, vec![mask(&rsa(8, &sha2(1)))]),
        (true, vec![sha256.clone(), salt(&[0])]),
        (true, vec![sha256.clone(), salt(&[0, 222])]),
        (false, vec![sha256.clone(), salt(&[0, 223])]),
        (false, vec![sha256.clone(), salt(&[0xFF])]),
        (false, vec![sha256.clone(), salt(&[1, 0])]),
        (true, vec![sha256.clone(), salt(&[1, 0, 0, 0, 32])]),
        (true, vec![sha256.clone(), salt(&[0xFF, 0, 0, 0, 32])]),
        (false, vec![sha256.clone(), salt(&[1, 0, 0, 0, 0, 0, 0, 0, 0])]),
        (true, vec![sha256.clone(), vec![0xA3, 3, 2, 1, 9]]),
        (false, vec![sha256.clone(), vec![0xA3, 2, 5, 0]]),
        (false, vec![sha256.clone(), vec![5, 0]]),
    ] {
        let parts: Vec<&[u8]> = parts.iter().map(Vec::as_slice).collect();
        let der = tlv(0x30, &parts);
        let parameters = Walk::openssl(&der).next().unwrap();
        assert_eq!(pss::allows_sha256(Some(&parameters), 2048), allows, "{der:x?}");
    }
    let null = Walk::openssl(&[5, 0]).next().unwrap();
    assert!(!pss::allows_sha256(Some(&null), 2048));
    for (bits, allows) in [(266, true), (265, false), (0, false)] {
        assert_eq!(pss::allows_sha256(None, bits), allows, "{bits}");
    }
}
