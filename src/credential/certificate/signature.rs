//! The signature of a certificate, and whether its own key made it.
//!
//! Owns: which algorithms there are, and verifying those of RSA over the SHA-2 family. Does not own: whether an algorithm
//! is a problem.

use der::asn1::ObjectIdentifier;
use sha2::{Digest as _, Sha224, Sha256, Sha384, Sha512};

use super::{PublicKey, SelfSignature};
use crate::credential::private_key::Factors;
use crate::credential::rsa;

#[derive(Clone, Copy)]
pub(super) enum Algorithm {
    Sha224,
    Sha256,
    Sha384,
    Sha512,
    /// A digest in which collisions can be made, by the algorithm's name.
    Broken(&'static str),
    /// One of RSA that isn't verified here.
    Other(&'static str),
    /// One that no RSA key can make.
    NotRsa(&'static str),
    /// None that anybody has heard of.
    Unknown,
}

impl Algorithm {
    pub(super) fn of(identifier: &[u8]) -> Self {
        const fn of(identifier: &'static str) -> ObjectIdentifier {
            ObjectIdentifier::new_unwrap(identifier)
        }
        static TABLE: [(ObjectIdentifier, Algorithm); 26] = [
            (of("1.2.840.113549.1.1.14"), Algorithm::Sha224),
            (of("1.2.840.113549.1.1.11"), Algorithm::Sha256),
            (of("1.2.840.113549.1.1.12"), Algorithm::Sha384),
            (of("1.2.840.113549.1.1.13"), Algorithm::Sha512),
            (of("1.2.840.113549.1.1.5"), Algorithm::Broken("sha1WithRSAEncryption")),
            (of("1.3.14.3.2.29"), Algorithm::Broken("sha1WithRSASignature")),
            (of("1.2.840.113549.1.1.4"), Algorithm::Broken("md5WithRSAEncryption")),
            (of("1.2.840.113549.1.1.3"), Algorithm::Broken("md4WithRSAEncryption")),
            (of("1.2.840.113549.1.1.2"), Algorithm::Broken("md2WithRSAEncryption")),
            (of("1.2.840.10045.4.1"), Algorithm::Broken("ecdsa-with-SHA1")),
            (of("1.2.840.10040.4.3"), Algorithm::Broken("dsa-with-sha1")),
            (of("1.2.840.113549.1.1.10"), Algorithm::Other("RSASSA-PSS")),
            (of("1.2.840.113549.1.1.15"), Algorithm::Other("sha512-224WithRSAEncryption")),
            (of("1.2.840.113549.1.1.16"), Algorithm::Other("sha512-256WithRSAEncryption")),
            (of("2.16.840.1.101.3.4.3.13"), Algorithm::Other("id-rsassa-pkcs1-v1-5-with-sha3-224")),
            (of("2.16.840.1.101.3.4.3.14"), Algorithm::Other("id-rsassa-pkcs1-v1-5-with-sha3-256")),
            (of("2.16.840.1.101.3.4.3.15"), Algorithm::Other("id-rsassa-pkcs1-v1-5-with-sha3-384")),
            (of("2.16.840.1.101.3.4.3.16"), Algorithm::Other("id-rsassa-pkcs1-v1-5-with-sha3-512")),
            (of("1.2.840.10045.4.3.1"), Algorithm::NotRsa("ecdsa-with-SHA224")),
            (of("1.2.840.10045.4.3.2"), Algorithm::NotRsa("ecdsa-with-SHA256")),
            (of("1.2.840.10045.4.3.3"), Algorithm::NotRsa("ecdsa-with-SHA384")),
            (of("1.2.840.10045.4.3.4"), Algorithm::NotRsa("ecdsa-with-SHA512")),
            (of("2.16.840.1.101.3.4.3.1"), Algorithm::NotRsa("dsa-with-sha224")),
            (of("2.16.840.1.101.3.4.3.2"), Algorithm::NotRsa("dsa-with-sha256")),
            (of("1.3.101.112"), Algorithm::NotRsa("Ed25519")),
            (of("1.3.101.113"), Algorithm::NotRsa("Ed448")),
        ];
        let row = TABLE.iter().find(|(known, _)| known.as_bytes() == identifier);
        row.map_or(Self::Unknown, |(_, algorithm)| *algorithm)
    }

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Sha224 => "sha224WithRSAEncryption",
            Self::Sha256 => "sha256WithRSAEncryption",
            Self::Sha384 => "sha384WithRSAEncryption",
            Self::Sha512 => "sha512WithRSAEncryption",
            Self::Broken(name) | Self::Other(name) | Self::NotRsa(name) => name,
            Self::Unknown => "an algorithm that aemcred doesn't know",
        }
    }

    /// The `DigestInfo` of `message` (RFC 8017 section 9.2 note 1).
    fn digest_info(self, message: &[u8]) -> Option<Vec<u8>> {
        let (prefix, digest): (&[u8], Vec<u8>) = match self {
            Self::Sha224 => (
                b"\x30\x2d\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x04\x05\x00\x04\x1c",
                Sha224::digest(message).to_vec(),
            ),
            Self::Sha256 => (
                b"\x30\x31\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00\x04\x20",
                Sha256::digest(message).to_vec(),
            ),
            Self::Sha384 => (
                b"\x30\x41\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x02\x05\x00\x04\x30",
                Sha384::digest(message).to_vec(),
            ),
            Self::Sha512 => (
                b"\x30\x51\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x03\x05\x00\x04\x40",
                Sha512::digest(message).to_vec(),
            ),
            Self::Broken(_) | Self::Other(_) | Self::NotRsa(_) | Self::Unknown => return None,
        };
        Some([prefix, &digest].concat())
    }
}

pub(super) fn self_signature(
    key: &PublicKey,
    algorithm: Algorithm,
    to_be_signed: &[u8],
    signature: &[u8],
    factors: Option<Factors<'_>>,
) -> SelfSignature {
    let (PublicKey::Rsa { modulus, exponent }, Some(info)) = (key, algorithm.digest_info(to_be_signed))
    else {
        return match (key, algorithm) {
            (_, Algorithm::Unknown) => SelfSignature::Unknown,
            (PublicKey::Rsa { .. }, Algorithm::NotRsa(_)) => SelfSignature::Invalid,
            _ => SelfSignature::NotTried,
        };
    };
    let factors = factors.filter(|factors| factors.modulus == modulus).map(|factors| (factors.p, factors.q));
    match rsa::signature_fits(modulus, exponent, factors, signature, &info) {
        None => SelfSignature::NotTried,
        Some(true) => SelfSignature::Valid,
        Some(false) => SelfSignature::Invalid,
    }
}
