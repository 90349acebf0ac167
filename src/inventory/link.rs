//! Digests that tie secrets across the lines of many runs, and say nothing to whoever doesn't have the key.
//!
//! Owns: the key, its ID, and the digests that it makes (HMAC-SHA-256, RFC 2104). Does not own: reading the file of the key,
//! what is tied by digests.

use hmac::{Hmac, Mac as _};
use sha2::Sha256;

use crate::secret::Secret;
use crate::source::hex;

/// What a digest is of. Digests of different things are never equal.
#[derive(Clone, Copy, Debug)]
pub enum Linked {
    /// A prime of a private key.
    Prime,
    /// A client secret.
    ClientSecret,
    /// A token.
    Token,
}

/// The key that runs share whose lines are to be merged.
#[derive(Debug)]
pub struct LinkKey(Secret<Vec<u8>>);

impl LinkKey {
    /// The least that a key may have, in bytes: as much as its digests (RFC 2104 section 3).
    pub const SHORTEST: usize = 32;

    /// Takes charge of a key. Returns `None` if it is too short.
    pub fn new(key: Secret<Vec<u8>>) -> Option<Self> {
        (key.expose().len() >= Self::SHORTEST).then_some(Self(key))
    }

    /// The name by which lines say which key they were made with: it tells keys apart, and tells nothing of them.
    pub fn id(&self) -> String {
        let digest = self.mac(&[b"aemcred link key"]);
        hex(digest.get(..8).unwrap_or_default())
    }

    /// The digest by which something with this SHA-256 is known under this key.
    pub fn digest(&self, what: Linked, sha256: &[u8; 32]) -> [u8; 32] {
        let label: &[u8] = match what {
            Linked::Prime => b"prime",
            Linked::ClientSecret => b"client-secret",
            Linked::Token => b"token",
        };
        self.mac(&[label, &[0], sha256])
    }

    fn mac(&self, parts: &[&[u8]]) -> [u8; 32] {
        // No length of a key is wrong for HMAC.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(self.0.expose()) else { return [0; 32] };
        for part in parts {
            mac.update(part);
        }
        mac.finalize().into_bytes().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_are_those_of_the_standard() {
        // RFC 4231, test case 1: twenty bytes 0x0b and the text "Hi There".
        let mac = LinkKey(Secret::new(vec![0x0b; 20])).mac(&[b"Hi ", b"There"]);
        assert_eq!(hex(&mac), "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    }

    #[test]
    fn keys_and_things_have_digests_of_their_own() {
        assert!(LinkKey::new(Secret::new(vec![1; 31])).is_none());
        let keys = [1, 2].map(|byte| LinkKey::new(Secret::new(vec![byte; 32])).unwrap());
        let mut seen = std::collections::BTreeSet::new();
        for key in &keys {
            assert!(seen.insert(key.id()));
            for what in [Linked::Prime, Linked::ClientSecret, Linked::Token] {
                assert!(seen.insert(hex(&key.digest(what, &[7; 32]))));
            }
        }
        assert_eq!(seen.len(), 8);
    }
}
