//! RSA keys written as DER, from their numbers.
//!
//! Owns: `RSAPrivateKey` (RFC 8017 appendix A.1.2) and `SubjectPublicKeyInfo` (RFC 5280 section 4.1.2.7). Does not own:
//! reading them (see `private_key` and `certificate`).

use dashu_int::UBig;

use crate::secret::Secret;

const INTEGER: u8 = 0x02;
const BIT_STRING: u8 = 0x03;
const SEQUENCE: u8 = 0x30;

/// `AlgorithmIdentifier` of rsaEncryption with its NULL (RFC 8017 appendix A.1).
const RSA_ENCRYPTION: &[u8] = b"\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00";

/// `RSAPrivateKey` of two primes; `numbers` are n, e, d, p, q, dP, dQ, qInv.
pub(super) fn private_key(numbers: [&UBig; 8]) -> Secret<Vec<u8>> {
    let version = integer(&UBig::ZERO);
    let numbers = numbers.map(integer);
    let parts: Vec<&[u8]> =
        std::iter::once(&version).chain(&numbers).map(|number| number.expose().as_slice()).collect();
    element(SEQUENCE, &parts)
}

/// `SubjectPublicKeyInfo` of n and e.
pub(super) fn public_key_info(modulus: &UBig, exponent: &UBig) -> Vec<u8> {
    let (modulus, exponent) = (integer(modulus), integer(exponent));
    let key = element(SEQUENCE, &[modulus.expose(), exponent.expose()]);
    let bits = element(BIT_STRING, &[&[0], key.expose()]);
    element(SEQUENCE, &[RSA_ENCRYPTION, bits.expose()]).into_inner()
}

fn integer(number: &UBig) -> Secret<Vec<u8>> {
    let bytes = Secret::new(number.to_be_bytes());
    let bytes = bytes.expose();
    // A first byte of 0x80 or more would make the number negative, and zero has a byte of its own.
    let zero: &[u8] = if bytes.first().is_none_or(|first| *first >= 0x80) { &[0] } else { &[] };
    element(INTEGER, &[zero, bytes])
}

/// One value, in a buffer of the right size from the start: one that grows leaves copies of itself behind.
fn element(tag: u8, parts: &[&[u8]]) -> Secret<Vec<u8>> {
    let length: usize = parts.iter().map(|part| part.len()).sum();
    let mut bytes = Vec::with_capacity(length + 2 + size_of::<usize>());
    bytes.push(tag);
    let digits = length.to_be_bytes();
    let leading = digits.iter().take_while(|digit| **digit == 0).count();
    match (u8::try_from(length), &digits[leading..]) {
        (Ok(short @ 0..0x80), _) => bytes.push(short),
        (_, digits) => {
            bytes.extend(u8::try_from(digits.len()).map(|count| 0x80 | count));
            bytes.extend_from_slice(digits);
        }
    }
    for part in parts {
        bytes.extend_from_slice(part);
    }
    Secret::new(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_lengths_are_der() {
        for (number, expected) in [
            (UBig::ZERO, &b"\x02\x01\x00"[..]),
            (UBig::from(127_u8), b"\x02\x01\x7f"),
            (UBig::from(128_u8), b"\x02\x02\x00\x80"),
            (UBig::from(65_537_u32), b"\x02\x03\x01\x00\x01"),
        ] {
            assert_eq!(integer(&number).expose(), expected);
        }
        for (length, header) in [
            (127_usize, &b"\x30\x7f"[..]),
            (128, b"\x30\x81\x80"),
            (255, b"\x30\x81\xff"),
            (256, b"\x30\x82\x01\x00"),
            (65_536, b"\x30\x83\x01\x00\x00"),
        ] {
            assert_eq!(element(SEQUENCE, &[&vec![7; length]]).expose()[..header.len()], *header);
        }
    }
}
