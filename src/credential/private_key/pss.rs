//! RSA keys that are restricted to RSASSA-PSS: whether the restriction leaves room for the client's signature, which is of SHA-256.
//!
//! Owns: `RSASSA-PSS-params` (RFC 4055 section 3.1) as OpenSSL 3.0 reads and obeys them, observed through Node 20. Does not own:
//! the key itself. `tests/it/key_bytes.rs` holds this against Node.

use der::asn1::ObjectIdentifier;

use crate::credential::DerDefect;
use crate::credential::der::{Element, Tag, Walk};

/// SHA-256, and RSA with it, which OpenSSL takes for the digest's name.
const SHA256: [ObjectIdentifier; 2] = [
    ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.1"),
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.11"),
];

/// Other digests that OpenSSL takes for the mask, and RSA with them: SHA-1 and the rest of SHA-2.
const OTHERS: [ObjectIdentifier; 13] = [
    ObjectIdentifier::new_unwrap("1.3.14.3.2.26"),
    ObjectIdentifier::new_unwrap("1.3.14.3.2.29"),
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.5"),
    ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.2"),
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.12"),
    ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.3"),
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.13"),
    ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.4"),
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.14"),
    ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.5"),
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.15"),
    ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.6"),
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.16"),
];

const MASK: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.8");

/// The bytes of a SHA-256 digest, and those that the encoding adds to digest and salt (RFC 8017 section 9.1.1).
const DIGEST: usize = 32;
const ADDED: usize = 2;

/// Returns true if a key of `bits` that has these parameters can sign SHA-256. Without parameters nothing is restricted.
pub(super) fn allows_sha256(parameters: Option<&Element<'_>>, bits: usize) -> bool {
    let salt = parameters.map_or(Ok(Some(0)), least_salt);
    let room = bits.saturating_sub(1).div_ceil(8).checked_sub(DIGEST + ADDED);
    salt.is_ok_and(|salt| salt.is_some_and(|salt| room.is_some_and(|room| salt <= room)))
}

/// The length of the shortest salt that is allowed; `None` if SHA-256 isn't, or the salt has no length that there is.
fn least_salt(parameters: &Element<'_>) -> Result<Option<usize>, DerDefect> {
    if parameters.tag != Tag::SEQUENCE {
        return Ok(None);
    }
    let mut walk = parameters.inside();
    let digest = tagged(&mut walk, 0, |walk| Ok(is_one_of(&SHA256, walk.algorithm()?.identifier)))?;
    let mask = tagged(&mut walk, 1, |walk| {
        let mask = walk.algorithm()?;
        let Some(parameters) = mask.parameters else { return Ok(false) };
        let digest = Walk::openssl(parameters.bytes).algorithm()?.identifier;
        Ok(is_one_of(&[MASK], mask.identifier) && (is_one_of(&SHA256, digest) || is_one_of(&OTHERS, digest)))
    })?;
    let salt = tagged(&mut walk, 2, |walk| Ok(salt(walk.sound(Tag::INTEGER)?.contents())))?;
    // Nobody looks at the trailer's number.
    tagged(&mut walk, 3, |walk| walk.sound(Tag::INTEGER))?;
    walk.finish("more follows after the parameters")?;
    // Without a digest it is SHA-1, and without a mask or salt, SHA-1's mask and 20 bytes.
    Ok(if digest == Some(true) && mask != Some(false) { salt.unwrap_or(Some(20)) } else { None })
}

/// What `read` makes of the one value that the next element tags with `number`, if it is that element.
fn tagged<'d, T>(
    walk: &mut Walk<'d>,
    number: u32,
    read: impl FnOnce(&mut Walk<'d>) -> Result<T, DerDefect>,
) -> Result<Option<T>, DerDefect> {
    let Some(element) = walk.optional(Tag::context(number))? else { return Ok(None) };
    let mut inside = element.explicit()?;
    let value = read(&mut inside)?;
    inside.finish("more follows after a parameter")?;
    Ok(Some(value))
}

/// A length as OpenSSL has it: of 64 bits at most, of which an `int` keeps the lower half.
fn salt(digits: &[u8]) -> Option<usize> {
    let sign = if digits.first().is_some_and(|first| *first >= 0x80) { -1_i64 } else { 0 };
    let value =
        digits.iter().try_fold(sign, |value: i64, byte| Some(value.checked_mul(256)? | i64::from(*byte)))?;
    let [.., first, second, third, fourth] = value.to_be_bytes();
    usize::try_from(i32::from_be_bytes([first, second, third, fourth])).ok()
}

fn is_one_of(names: &[ObjectIdentifier], bytes: &[u8]) -> bool {
    names.iter().any(|name| name.as_bytes() == bytes)
}
