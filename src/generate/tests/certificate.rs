//! The certificate, held against the one that Adobe documents (README of `adobe/aemcs-api-client-lib`).

use std::fmt::Write as _;

use super::*;

/// What `openssl asn1parse` (3.0) prints of the documented certificate, but for the value of its serial number.
const DOCUMENTED_STRUCTURE: &str = "\
    0:d=0  hl=4 l= 788 cons: SEQUENCE
    4:d=1  hl=4 l= 508 cons: SEQUENCE
    8:d=2  hl=2 l=   3 cons: cont [ 0 ]
   10:d=3  hl=2 l=   1 prim: INTEGER           :02
   13:d=2  hl=2 l=   9 prim: INTEGER           :(serial)
   24:d=2  hl=2 l=  13 cons: SEQUENCE
   26:d=3  hl=2 l=   9 prim: OBJECT            :sha256WithRSAEncryption
   37:d=3  hl=2 l=   0 prim: NULL
   39:d=2  hl=2 l=  38 cons: SEQUENCE
   41:d=3  hl=2 l=  36 cons: SET
   43:d=4  hl=2 l=  34 cons: SEQUENCE
   45:d=5  hl=2 l=   3 prim: OBJECT            :commonName
   50:d=5  hl=2 l=  27 prim: PRINTABLESTRING   :cm-p7603-e12614-integration
   79:d=2  hl=2 l=  30 cons: SEQUENCE
   81:d=3  hl=2 l=  13 prim: UTCTIME           :201127120241Z
   96:d=3  hl=2 l=  13 prim: UTCTIME           :211127120241Z
  111:d=2  hl=2 l=  38 cons: SEQUENCE
  113:d=3  hl=2 l=  36 cons: SET
  115:d=4  hl=2 l=  34 cons: SEQUENCE
  117:d=5  hl=2 l=   3 prim: OBJECT            :commonName
  122:d=5  hl=2 l=  27 prim: PRINTABLESTRING   :cm-p7603-e12614-integration
  151:d=2  hl=4 l= 290 cons: SEQUENCE
  155:d=3  hl=2 l=  13 cons: SEQUENCE
  157:d=4  hl=2 l=   9 prim: OBJECT            :rsaEncryption
  168:d=4  hl=2 l=   0 prim: NULL
  170:d=3  hl=4 l= 271 prim: BIT STRING
  445:d=2  hl=2 l=  69 cons: cont [ 3 ]
  447:d=3  hl=2 l=  67 cons: SEQUENCE
  449:d=4  hl=2 l=  12 cons: SEQUENCE
  451:d=5  hl=2 l=   3 prim: OBJECT            :X509v3 Basic Constraints
  456:d=5  hl=2 l=   5 prim: OCTET STRING      [HEX DUMP]:30030101FF
  463:d=4  hl=2 l=  11 cons: SEQUENCE
  465:d=5  hl=2 l=   3 prim: OBJECT            :X509v3 Key Usage
  470:d=5  hl=2 l=   4 prim: OCTET STRING      [HEX DUMP]:030202F4
  476:d=4  hl=2 l=  38 cons: SEQUENCE
  478:d=5  hl=2 l=   3 prim: OBJECT            :X509v3 Subject Alternative Name
  483:d=5  hl=2 l=  31 prim: OCTET STRING      [HEX DUMP]:301D861B687474703A2F2F6578616D706C652E6F72672F7765626964236D65
  516:d=1  hl=2 l=  13 cons: SEQUENCE
  518:d=2  hl=2 l=   9 prim: OBJECT            :sha256WithRSAEncryption
  529:d=2  hl=2 l=   0 prim: NULL
  531:d=1  hl=4 l= 257 prim: BIT STRING
";

/// The documented certificate's DER around its serial number (9 bytes), modulus (256) and signature (256).
const DOCUMENTED_BEFORE_SERIAL: &str = "30820314308201fca0030201020209";
const DOCUMENTED_BEFORE_MODULUS: &str = "\
    300d06092a864886f70d01010b05003026312430220603550403131b636d2d70373630332d6531323631342d696e7465\
    67726174696f6e301e170d3230313132373132303234315a170d3231313132373132303234315a302631243022060355\
    0403131b636d2d70373630332d6531323631342d696e746567726174696f6e30820122300d06092a864886f70d010101\
    05000382010f003082010a0282010100";
const DOCUMENTED_BEFORE_SIGNATURE: &str = "\
    0203010001a3453043300c0603551d13040530030101ff300b0603551d0f0404030202f430260603551d11041f301d86\
    1b687474703a2f2f6578616d706c652e6f72672f7765626964236d65300d06092a864886f70d01010b05000382010100";

/// The PEM of a certificate with the documented one's name and dates.
fn like_documented() -> String {
    let mut specification = specification(None);
    specification.client_id = String::from("cm-p7603-e12614-integration");
    specification.not_before = "2020-11-27T12:02:41Z".parse().unwrap();
    pem(&integration(&document(&specification)), "publicKey")
}

#[test]
fn its_bytes_are_the_documented_ones_but_for_serial_and_key() {
    let bytes = der(&like_documented());
    let hexadecimal = bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    });
    let rest = hexadecimal.strip_prefix(DOCUMENTED_BEFORE_SERIAL).unwrap();
    let rest = rest[2 * 9..].strip_prefix(DOCUMENTED_BEFORE_MODULUS).unwrap();
    let rest = rest[2 * 256..].strip_prefix(DOCUMENTED_BEFORE_SIGNATURE).unwrap();
    assert_eq!(rest.len(), 2 * 256);
    assert!((0x40..0x80).contains(&bytes[15]), "the serial number is positive and fills its bytes");
}

#[test]
fn openssl_sees_the_documented_structure() {
    let Some((satisfied, text)) = openssl(&["asn1parse"], &like_documented()) else { return };
    let mut seen = String::new();
    for line in text.lines() {
        let line = if line.starts_with("   13:") {
            let (head, serial) = line.rsplit_once(':').unwrap();
            assert_eq!(serial.len(), 18);
            format!("{head}:(serial)")
        } else {
            line.trim_end().to_owned()
        };
        writeln!(seen, "{line}").unwrap();
    }
    assert!(satisfied);
    // A string literal that begins with a continued line has lost the blanks before it.
    assert_eq!(seen.trim_start(), DOCUMENTED_STRUCTURE);
}

#[test]
fn openssl_reads_and_verifies_it() {
    let pem = pem(&integration(&document(&specification(None))), "publicKey");
    let Some((_, text)) = openssl(&["x509", "-noout", "-text"], &pem) else { return };
    for line in [
        "Version: 3 (0x2)",
        "Issuer: CN = cm-p99999-e999999-integration-0",
        "Subject: CN = cm-p99999-e999999-integration-0",
        "Not Before: Oct 23 12:00:00 2026 GMT",
        "Not After : Oct 23 12:00:00 2027 GMT",
        "Public-Key: (2048 bit)",
        "Exponent: 65537 (0x10001)",
        "X509v3 Basic Constraints:",
        "CA:TRUE",
        "Digital Signature, Non Repudiation, Key Encipherment, Data Encipherment, Certificate Sign",
        "URI:http://example.org/webid#me",
    ] {
        // Releases differ in the white space around equals signs.
        let squeeze = |text: &str| text.replace(' ', "");
        assert!(squeeze(&text).contains(&squeeze(line)), "{line} is not in {text}");
    }
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), &pem).unwrap();
    let path = file.path().to_str().unwrap();
    let (satisfied, text) =
        openssl(&["verify", "-no_check_time", "-check_ss_sig", "-CAfile", path], &pem).unwrap();
    assert!(satisfied && text.contains("OK"), "{text}");
}

#[test]
fn dates_from_2050_on_are_generalized_time() {
    let mut specification = specification(None);
    specification.not_before = "2049-12-31T23:59:59Z".parse().unwrap();
    specification.lifetime = TimeDelta::seconds(1);
    let bytes = der(&pem(&integration(&document(&specification)), "publicKey"));
    let validity: &[u8] = b"\x30\x20\x17\x0d491231235959Z\x18\x0f20500101000000Z";
    assert!(bytes.windows(validity.len()).any(|window| window == validity));
}
