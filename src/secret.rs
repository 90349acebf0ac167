//! [`Secret`]: the one type through which key material, client secrets and tokens pass.
//!
//! Owns: wiping on drop, and the absence of every way to print. Does not own: knowing what is secret.

use std::fmt;

use zeroize::Zeroize;

/// A value that is wiped when dropped and can't be shown by accident.
///
/// It has neither `Display` nor `Serialize`, its `Debug` says nothing, and the only way to the value is
/// [`Secret::expose`], which is easy to find in a review.
#[derive(Clone, Default)]
pub struct Secret<T: Zeroize>(T);

impl<T: Zeroize> Secret<T> {
    /// Takes charge of `value`.
    pub const fn new(value: T) -> Self {
        Self(value)
    }

    /// The value, for computing with it. What is derived from it must not reach any output.
    pub const fn expose(&self) -> &T {
        &self.0
    }
}

impl<T: Zeroize + Default> Secret<T> {
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
            beginning.zeroize();
        }
    }

    /// Adds `bytes` at the end. A buffer that has become too small is wiped before it is given up.
    pub fn append(&mut self, bytes: &[u8]) {
        let length = self.0.len() + bytes.len();
        if length > self.0.capacity() {
            let mut larger = Vec::with_capacity(length.max(self.0.capacity() * 2));
            larger.extend_from_slice(&self.0);
            self.0.zeroize();
            self.0 = larger;
        }
        self.0.extend_from_slice(bytes);
    }
}

impl<T: Zeroize> Drop for Secret<T> {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl<T: Zeroize> fmt::Debug for Secret<T> {
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
        impl Zeroize for Probe<'_> {
            fn zeroize(&mut self) {
                if let Some(flag) = self.0 {
                    flag.set(true);
                }
            }
        }
        let wiped = std::cell::Cell::new(false);
        drop(Secret::new(Probe(Some(&wiped))));
        assert!(wiped.get());
    }
}
