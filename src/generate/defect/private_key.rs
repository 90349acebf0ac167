//! Defects of the private key and of its fit with the certificate.

use der::asn1::{Any, ObjectIdentifier};
use der::{Decode, Encode, Tag};
use pkcs1::UintRef;
use rand_chacha::rand_core::RngCore;

use super::{Row, Tampering};
use crate::generate::blueprint::Blocks;
use crate::generate::key::{KeyPair, PUBLISHED_SEED};
use crate::generate::pem::Block;
use crate::generate::seed::{Purpose, Seed};
use crate::generate::{GenerateError, Specification, truncated};
use crate::secret::Secret;

pub(super) const DEFECTS: &[Row] = &[
    (
        "private-key-syntax",
        Tampering::Blocks(|blocks, _| {
            blocks.private_key.bytes = truncated(&blocks.private_key.bytes);
            Ok(())
        }),
    ),
    ("private-key-encrypted", Tampering::Blocks(encrypted)),
    ("private-key-algorithm", Tampering::Blocks(elliptic_curve)),
    ("private-key-inconsistent", Tampering::Blocks(inconsistent)),
    (
        "private-key-weak",
        Tampering::Key(|specification| KeyPair::with_close_primes(&specification.seed, specification.bits)),
    ),
    (
        "private-key-exponent",
        Tampering::Key(|specification| KeyPair::with_exponent(&specification.seed, specification.bits, 3)),
    ),
    // 2048 bits whatever is asked for: one key is listed, not one of each size.
    ("private-key-published", Tampering::Key(|_| KeyPair::generate(&Seed::from(PUBLISHED_SEED), 2048))),
    (
        "key-pair-mismatch",
        Tampering::Blueprint(|blueprint, specification| {
            blueprint.private_key = KeyPair::other(&specification.seed, specification.bits)?;
            Ok(())
        }),
    ),
];

/// Changes dP alone and leaves it odd, as every dP is.
fn inconsistent(blocks: &mut Blocks, _: &Specification) -> Result<(), GenerateError> {
    let mut key = pkcs1::RsaPrivateKey::from_der(blocks.private_key.bytes.expose())?;
    let mut exponent = key.exponent1.as_bytes().to_vec();
    if let Some(last) = exponent.last_mut() {
        *last ^= 2;
    }
    let exponent = Secret::new(exponent);
    key.exponent1 = UintRef::new(exponent.expose())?;
    blocks.private_key.bytes = Secret::new(key.to_der()?);
    Ok(())
}

/// A PKCS#8 `EncryptedPrivateKeyInfo` (RFC 5958 section 3) by PBES2 (RFC 8018 section 6.2), as `openssl pkcs8
/// -topk8` writes it. The ciphertext is random: what a test can't decrypt, it needn't hold.
fn encrypted(blocks: &mut Blocks, specification: &Specification) -> Result<(), GenerateError> {
    const PBES2: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.5.13");
    const PBKDF2: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.5.12");
    const HMAC_WITH_SHA256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.2.9");
    const AES_256_CBC: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.1.42");
    /// The `PrivateKeyInfo` around an RSA key.
    const INFO_LENGTH: usize = 26;
    const CIPHER_BLOCK: usize = 16;
    const ITERATIONS: u32 = 2048;

    let plain = blocks.private_key.bytes.expose().len() + INFO_LENGTH;
    // Padding always adds something (RFC 5652 section 6.3).
    let mut random = vec![0; 16 + CIPHER_BLOCK + (plain / CIPHER_BLOCK + 1) * CIPHER_BLOCK];
    specification.seed.stream(Purpose::OpaqueKey).fill_bytes(&mut random);
    let (salt, rest) = random.split_at(16);
    let (initialization_vector, ciphertext) = rest.split_at(CIPHER_BLOCK);

    let pseudorandom_function = sequence(&[&HMAC_WITH_SHA256.to_der()?, &Any::null().to_der()?])?;
    let derivation = sequence(&[
        &PBKDF2.to_der()?,
        &sequence(&[&octets(salt)?, &ITERATIONS.to_der()?, &pseudorandom_function])?,
    ])?;
    let encryption = sequence(&[&AES_256_CBC.to_der()?, &octets(initialization_vector)?])?;
    let algorithm = sequence(&[&PBES2.to_der()?, &sequence(&[&derivation, &encryption])?])?;
    let bytes = sequence(&[&algorithm, &octets(ciphertext)?])?;
    blocks.private_key = Block::new("ENCRYPTED PRIVATE KEY", Secret::new(bytes));
    Ok(())
}

/// A PKCS#8 `PrivateKeyInfo` (RFC 5958) with an `ECPrivateKey` (RFC 5915). The public point, which that makes
/// optional, is left out: readers compute it.
fn elliptic_curve(blocks: &mut Blocks, specification: &Specification) -> Result<(), GenerateError> {
    const EC_PUBLIC_KEY: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
    const P256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");

    let mut scalar = [0; 32];
    specification.seed.stream(Purpose::OpaqueKey).fill_bytes(&mut scalar);
    // From 1 to less than half of the group's order.
    scalar[0] &= 0x7F;
    scalar[31] |= 1;
    let scalar = Secret::new(scalar);
    let algorithm = sequence(&[&EC_PUBLIC_KEY.to_der()?, &P256.to_der()?])?;
    let key = Secret::new(sequence(&[&1_u8.to_der()?, &octets(scalar.expose())?])?);
    let bytes = sequence(&[&0_u8.to_der()?, &algorithm, &octets(key.expose())?])?;
    blocks.private_key = Block::new("PRIVATE KEY", Secret::new(bytes));
    Ok(())
}

fn sequence(parts: &[&[u8]]) -> Result<Vec<u8>, GenerateError> {
    Ok(Any::new(Tag::Sequence, parts.concat())?.to_der()?)
}

fn octets(bytes: &[u8]) -> Result<Vec<u8>, GenerateError> {
    Ok(Any::new(Tag::OctetString, bytes)?.to_der()?)
}
