//! The seed, and independent streams of random bytes drawn from it.

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use sha2::{Digest, Sha256};

use crate::secret::Secret;

/// What all of a credential's randomness comes from. Who knows it knows the private key.
#[derive(Clone, Debug)]
pub struct Seed(Secret<[u8; 32]>);

/// What random bytes are for. Each purpose has a stream of its own, so that more use of one doesn't change another.
/// The numbers are part of what a seed means and are never changed.
#[derive(Clone, Copy)]
pub(super) enum Purpose {
    Identifiers = 1,
    Key = 2,
    /// The key of somebody else, for defects.
    OtherKey = 3,
    Serial = 4,
    ClientSecret = 5,
    /// Contents of a key that is not RSA or can't be read, for defects.
    OpaqueKey = 6,
    #[cfg(any(test, feature = "internals"))]
    Pool = 7,
}

impl Seed {
    /// A seed of full strength.
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(Secret::new(bytes))
    }

    pub(super) fn stream(&self, purpose: Purpose) -> ChaCha20Rng {
        let mut stream = ChaCha20Rng::from_seed(*self.0.expose());
        stream.set_stream(purpose as u64);
        stream
    }
}

/// A seed that is easy to write down, for fixtures.
impl From<u64> for Seed {
    fn from(number: u64) -> Self {
        let digest =
            Sha256::new().chain_update("aemcred seed ").chain_update(number.to_be_bytes()).finalize();
        Self::new(digest.into())
    }
}
