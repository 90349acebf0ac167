//! Names of objects: SHA-1 or SHA-256 of what they contain.
//!
//! Owns: both hashes, and names as bytes and in hexadecimal. Does not own: objects.

use std::fmt;

/// How a repository names its objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ObjectFormat {
    /// SHA-1, git's default.
    Sha1,
    /// SHA-256, of `git init --object-format=sha256`.
    Sha256,
}

impl ObjectFormat {
    /// Returns how many bytes a name has.
    pub const fn length(self) -> usize {
        match self {
            Self::Sha1 => 20,
            Self::Sha256 => 32,
        }
    }

    /// Returns the hash of `parts`, one after the other.
    pub(super) fn hash(self, parts: &[&[u8]]) -> ObjectId {
        fn digest<D: sha2::Digest>(parts: &[&[u8]]) -> impl AsRef<[u8]> {
            let mut digest = D::new();
            for part in parts {
                digest.update(part);
            }
            digest.finalize().to_vec()
        }
        let mut id = ObjectId::null(self);
        match self {
            Self::Sha1 => id.fill(digest::<sha1::Sha1>(parts).as_ref()),
            Self::Sha256 => id.fill(digest::<sha2::Sha256>(parts).as_ref()),
        }
        id
    }
}

/// The name of an object.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectId {
    bytes: [u8; 32],
    length: u8,
}

impl ObjectId {
    /// Returns the name that stands for no object.
    pub(super) const fn null(format: ObjectFormat) -> Self {
        Self {
            bytes: [0; 32],
            length: match format {
                ObjectFormat::Sha1 => 20,
                ObjectFormat::Sha256 => 32,
            },
        }
    }

    fn fill(&mut self, bytes: &[u8]) {
        self.bytes.iter_mut().zip(bytes).for_each(|(to, from)| *to = *from);
    }

    /// Returns `None` if `bytes` has another length.
    pub(super) fn from_bytes(format: ObjectFormat, bytes: &[u8]) -> Option<Self> {
        let mut id = Self::null(format);
        (bytes.len() == format.length()).then(|| id.fill(bytes))?;
        Some(id)
    }

    /// Returns `None` if `hex` isn't a name in hexadecimal.
    pub(super) fn from_hex(format: ObjectFormat, hex: &[u8]) -> Option<Self> {
        let (pairs, rest) = hex.as_chunks::<2>();
        let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
        let byte = |[high, low]: &[u8; 2]| Some(digit(*high)? << 4 | digit(*low)?);
        let bytes: Option<Vec<u8>> = pairs.iter().map(byte).collect();
        Self::from_bytes(format, bytes.filter(|_| rest.is_empty())?.as_slice())
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..usize::from(self.length)).unwrap_or_default()
    }

    pub(super) fn first_byte(&self) -> u8 {
        let [first, ..] = self.bytes;
        first
    }

    /// Returns the first eight bytes as a number.
    pub(super) fn beginning(&self) -> u64 {
        self.bytes.first_chunk().map_or(0, |bytes| u64::from_be_bytes(*bytes))
    }

    pub(super) fn is_null(&self) -> bool {
        self.bytes == [0; 32]
    }
}

impl fmt::Display for ObjectId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_bytes().iter().try_for_each(|byte| write!(formatter, "{byte:02x}"))
    }
}

impl fmt::Debug for ObjectId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_git() {
        let hex = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";
        let id = ObjectFormat::Sha1.hash(&[b"tree ", b"0\0"]);
        assert_eq!(id.to_string(), hex);
        assert_eq!(ObjectId::from_hex(ObjectFormat::Sha1, hex.as_bytes()), Some(id));
        for wrong in
            ["", "4b", "4b825dc642cb6eb9a060e54bf8d69288fbee490", "zb825dc642cb6eb9a060e54bf8d69288fbee4904"]
        {
            assert_eq!(ObjectId::from_hex(ObjectFormat::Sha1, wrong.as_bytes()), None);
        }
        let hex = "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321";
        assert_eq!(ObjectFormat::Sha256.hash(&[b"tree 0\0"]).to_string(), hex);
    }
}
