//! JSON pointers (RFC 6901).

use std::fmt;
use std::sync::Arc;

/// A JSON pointer: the place of a value within its document, such as `/integration/privateKey`.
///
/// Copies share one text, because every finding and many a look at a field has one. There is none for the whole document.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[must_use]
pub struct Pointer(Option<Arc<str>>);

impl Pointer {
    /// The whole document.
    pub const fn root() -> Self {
        Self(None)
    }

    /// The pointer that is written like this.
    #[cfg(feature = "cli")]
    pub fn of(text: &str) -> Self {
        Self(Some(text).filter(|text| !text.is_empty()).map(Arc::from))
    }

    /// The member `key` of the object here, with `~` and `/` escaped (RFC 6901 section 3).
    pub fn key(&self, key: &str) -> Self {
        if memchr::memchr2(b'~', b'/', key.as_bytes()).is_some() {
            self.step(&key.replace('~', "~0").replace('/', "~1"))
        } else {
            self.step(key)
        }
    }

    /// The element `index`, from 0, of the array here.
    pub fn index(&self, index: usize) -> Self {
        self.step(&index.to_string())
    }

    fn step(&self, step: &str) -> Self {
        Self(Some([self.as_str(), "/", step].concat().into()))
    }

    /// The pointer as text; empty for the whole document.
    pub fn as_str(&self) -> &str {
        self.0.as_deref().unwrap_or_default()
    }
}

impl fmt::Display for Pointer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn special_characters_are_escaped() {
        assert_eq!(Pointer::root().as_str(), "");
        assert_eq!(Pointer::root().key("a/b").key("m~n").index(0).as_str(), "/a~1b/m~0n/0");
    }
}
