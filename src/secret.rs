//! [`Secret`]: the one type through which key material, client secrets and tokens pass.
//!
//! Owns: wiping on drop, and the absence of every way to print. Does not own: knowing what is secret.

use std::fmt;

use zeroize::{Zeroize, optimization_barrier};

/// What can be overwritten where it is.
pub trait Wipe {
    /// Overwrites it with zeros, and what a buffer has room for besides.
    fn wipe(&mut self);
}

/// Overwrites `bytes` with zeros: many at a time, which `zeroize` itself does one by one. The barrier keeps the compiler from
/// leaving it out.
fn wipe(bytes: &mut [u8]) {
    bytes.fill(0);
    optimization_barrier(bytes);
}

impl Wipe for Vec<u8> {
    fn wipe(&mut self) {
        // Within its capacity nothing moves.
        self.resize(self.capacity(), 0);
        wipe(self);
        self.clear();
    }
}

impl Wipe for Box<[u8]> {
    fn wipe(&mut self) {
        wipe(self);
    }
}

impl Wipe for String {
    fn wipe(&mut self) {
        std::mem::take(self).into_bytes().wipe();
    }
}

/// Numbers wipe themselves, word by word.
macro_rules! wipe_by_zeroize {
    ($([$($parameter:tt)*] $kind:ty),*) => {
        $(impl<$($parameter)*> Wipe for $kind {
            fn wipe(&mut self) {
                self.zeroize();
            }
        })*
    };
}

wipe_by_zeroize!([] dashu_int::UBig, [const N: usize] [u64; N], [const N: usize] [u8; N]);
#[cfg(feature = "generate")]
wipe_by_zeroize!([] num_bigint_dig::BigUint, [] Vec<num_bigint_dig::BigUint>);

/// A value that is wiped when dropped and can't be shown by accident.
///
/// It has neither `Display` nor `Serialize`, its `Debug` says nothing, and the only way to the value is
/// [`Secret::expose`], which is easy to find in a review.
#[derive(Clone, Default)]
pub struct Secret<T: Wipe>(T);

impl<T: Wipe> Secret<T> {
    /// Takes charge of `value`.
    pub const fn new(value: T) -> Self {
        Self(value)
    }

    /// The value, for computing with it. What is derived from it must not reach any output.
    pub const fn expose(&self) -> &T {
        &self.0
    }
}

impl<T: Wipe + Default> Secret<T> {
    /// The value itself, to be moved into another `Secret`.
    pub fn into_inner(mut self) -> T {
        std::mem::take(&mut self.0)
    }
}

impl Secret<Vec<u8>> {
    /// Lets `fill` write to the buffer, as reading from a file does.
    ///
    /// # Errors
    ///
    /// Those of `fill`.
    pub fn fill<R, E>(&mut self, fill: impl FnOnce(&mut Vec<u8>) -> Result<R, E>) -> Result<R, E> {
        fill(&mut self.0)
    }

    /// Wipes the first `length` bytes, and keeps the buffer.
    pub fn wipe(&mut self, length: usize) {
        if let Some(beginning) = self.0.get_mut(..length) {
            wipe(beginning);
        }
    }

    /// Wipes what is in the buffer, and keeps it.
    pub fn empty(&mut self) {
        wipe(&mut self.0);
        self.0.clear();
    }

    /// Adds `bytes` at the end. A buffer that has become too small is wiped before it is given up.
    pub fn append(&mut self, bytes: &[u8]) {
        let length = self.0.len() + bytes.len();
        if length > self.0.capacity() {
            let mut larger = Vec::with_capacity(length.max(self.0.capacity() * 2));
            larger.extend_from_slice(&self.0);
            self.0.wipe();
            self.0 = larger;
        }
        self.0.extend_from_slice(bytes);
    }
}

impl<T: Wipe> Drop for Secret<T> {
    fn drop(&mut self) {
        self.0.wipe();
    }
}

impl<T: Wipe> fmt::Debug for Secret<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Secret")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_says_nothing() {
        assert_eq!(format!("{:?}", Secret::new(String::from("p8e-abcdefgh"))), "Secret");
    }

    #[test]
    fn dropping_wipes() {
        #[derive(Default)]
        struct Probe<'a>(Option<&'a std::cell::Cell<bool>>);
        impl Wipe for Probe<'_> {
            fn wipe(&mut self) {
                if let Some(flag) = self.0 {
                    flag.set(true);
                }
            }
        }
        let wiped = std::cell::Cell::new(false);
        drop(Secret::new(Probe(Some(&wiped))));
        assert!(wiped.get());
    }

    #[test]
    fn a_buffer_is_wiped_where_it_is() {
        let mut bytes = Vec::with_capacity(100);
        bytes.extend_from_slice(b"p8e-abcdefgh");
        let (place, room) = (bytes.as_ptr(), bytes.capacity());
        bytes.wipe();
        assert_eq!((bytes.as_ptr(), bytes.capacity(), bytes.len()), (place, room, 0));
        let mut text = [*b"p8e-"; 40].concat();
        wipe(&mut text[4..]);
        assert_eq!(text, [&b"p8e-"[..], &[0; 156]].concat());
    }
}
