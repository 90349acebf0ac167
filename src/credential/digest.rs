//! SHA-256 of something public, computed when it is first asked for.
//!
//! Owns: keeping the bytes until then. Does not own: how a digest is shown.

use std::ops::Deref;
use std::sync::OnceLock;

use sha2::{Digest as _, Sha256};

/// A digest, or the bytes that it is of. Most of those who check a credential never ask for it.
#[derive(Clone, Debug)]
pub struct LazyDigest(Inner);

#[derive(Clone, Debug)]
enum Inner {
    Known([u8; 32]),
    Of(Box<(Vec<u8>, OnceLock<[u8; 32]>)>),
}

impl LazyDigest {
    /// That of `bytes`.
    pub fn of(bytes: &[u8]) -> Self {
        Self(Inner::Of(Box::new((bytes.to_vec(), OnceLock::new()))))
    }

    /// The digest.
    pub fn get(&self) -> &[u8; 32] {
        match &self.0 {
            Inner::Known(sha256) => sha256,
            Inner::Of(lazy) => lazy.1.get_or_init(|| Sha256::digest(&lazy.0).into()),
        }
    }

    /// The same without the bytes, for those who keep many.
    #[must_use]
    pub fn computed(&self) -> Self {
        Self::from(*self.get())
    }
}

impl From<[u8; 32]> for LazyDigest {
    fn from(sha256: [u8; 32]) -> Self {
        Self(Inner::Known(sha256))
    }
}

impl Deref for LazyDigest {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        self.get()
    }
}

impl PartialEq for LazyDigest {
    fn eq(&self, other: &Self) -> bool {
        self.get() == other.get()
    }
}

impl Eq for LazyDigest {}
